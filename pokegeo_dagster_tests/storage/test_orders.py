"""The queue: put in once, given out once, by fair turns, and taken back from the dead."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.vocabulary import Priority
from pokegeo_dagster.storage.books import StudioBooks
from pokegeo_dagster.storage.orders import LEASE_S, MOST_FRUITLESS, Order, Orders, Wanted
from pokegeo_dagster.storage.studio_db import StudioDb
from pokegeo_dagster_tests.storage import purchases
from pokegeo_dagster_tests.storage.conftest import Watch

ALIVE, DEAD = "here|1|1.0", "dead|1|1.0"


@pytest.fixture
def orders(db: StudioDb, database_url: str, watch: Watch) -> Iterator[Orders]:
    opened = Orders(database_url, watch, dead=lambda process: process.startswith("dead"))
    yield opened
    opened.close()


def _queue(
    db: StudioDb,
    orders: Orders,
    watch: Watch,
    episode: str,
    channel: str = "poke1",
    priority: Priority = "normal",
    ago_h: float = 0.0,
) -> None:
    db.save_brief(Brief(episode=episode, species="haunter", channel=channel, priority=priority))
    asked = watch.at - timedelta(hours=ago_h)
    orders.ask([Wanted(episode, "story", "first", "new brief", asked)])


def _names(orders: list[Order]) -> str:
    return "".join(order.episode for order in orders)


def test_the_same_reason_is_put_in_once(db: StudioDb, orders: Orders, watch: Watch) -> None:
    _queue(db, orders, watch, "a")

    again = orders.ask([Wanted("a", "story", "first", "new brief", watch.at)])
    (order,) = orders.claim(9)
    done = orders.begin(order.id, order.attempt, ALIVE)
    assert done is not None
    orders.end(order.id, order.attempt, "done", "")
    after = orders.ask([Wanted("a", "story", "first", "new brief", watch.at)])

    assert (again, after) == (0, 0)
    assert orders.claim(9) == []


def test_the_seeds_examples_hold_on_the_queue(db: StudioDb, orders: Orders, watch: Watch) -> None:
    for episode, channel, priority, ago in (
        ("e", "poke1", "normal", 1),
        ("d", "poke2", "normal", 2),
        ("c", "poke1", "normal", 2),
        ("b", "poke2", "high", 1),
        ("a", "poke1", "high", 1),
    ):
        _queue(db, orders, watch, episode, channel, priority, ago)  # type: ignore[arg-type]

    one_by_one = "".join(_names(orders.claim(1)) for _ in range(5))

    assert one_by_one == "abcde"


def test_small_channels_are_served_in_the_first_three_turns(
    db: StudioDb, orders: Orders, watch: Watch
) -> None:
    for n in range(20):
        _queue(db, orders, watch, f"big{n}", "big", ago_h=9)
    _queue(db, orders, watch, "tiny", "tiny")
    _queue(db, orders, watch, "small", "small")

    first = [orders.claim(1)[0].channel for _ in range(3)]

    assert sorted(str(channel) for channel in first) == ["big", "small", "tiny"]


def test_a_new_priority_counts_for_what_is_queued(db: StudioDb, orders: Orders, watch: Watch) -> None:
    _queue(db, orders, watch, "a", ago_h=2)
    _queue(db, orders, watch, "b", ago_h=1)

    db.save_brief(Brief(episode="b", species="haunter", channel="poke1", priority="high"))

    assert _names(orders.claim(1)) == "b"


def test_a_channel_at_rest_gets_no_new_work_and_keeps_its_running_work(
    db: StudioDb, orders: Orders, watch: Watch
) -> None:
    _queue(db, orders, watch, "a")
    (order,) = orders.claim(1)
    orders.begin(order.id, order.attempt, ALIVE)
    _queue(db, orders, watch, "b")

    with db._database.transaction(write=True) as connection:
        connection.execute(
            text(
                "INSERT INTO channels (id, name, timezone, active, settings_json) "
                "VALUES ('poke1', 'One', 'UTC', false, '{}')"
            )
        )

    assert orders.claim(9) == []
    assert orders.beat(order.id, order.attempt)


def test_an_episode_is_in_one_pair_of_hands(db: StudioDb, orders: Orders, watch: Watch) -> None:
    _queue(db, orders, watch, "a")
    orders.ask([Wanted("a", "clips", "v1", "greenlit", watch.at)])

    assert len(orders.claim(9)) == 1
    assert orders.claim(9) == []


def test_sixteen_who_claim_at_once_never_get_the_same_order(
    db: StudioDb, orders: Orders, watch: Watch, database_url: str
) -> None:
    for n in range(24):
        _queue(db, orders, watch, f"e{n:02d}", f"poke{n % 3}")

    with ThreadPoolExecutor(16) as pool:
        claimed = [order.id for got in pool.map(lambda _: orders.claim(2), range(16)) for order in got]

    assert sorted(claimed) == sorted(set(claimed))
    assert len(claimed) == 24
    turns = [order.channel for order in sorted(orders.at_work(), key=lambda o: o.id)]
    assert {turns.count(f"poke{n}") for n in range(3)} == {8}


def test_what_a_dead_worker_had_is_queued_again_and_a_late_word_of_his_counts_no_more(
    db: StudioDb, orders: Orders, watch: Watch
) -> None:
    _queue(db, orders, watch, "a")
    (order,) = orders.claim(1)
    running = orders.begin(order.id, order.attempt, DEAD)
    assert running is not None and orders.is_lost(running)

    orders.take_back(running, "its process died")
    watch.pass_s(60)
    (again,) = orders.claim(1)

    assert again.token != order.token
    assert not orders.beat(order.id, order.attempt)
    assert orders.end(order.id, order.attempt, "done", "") is None


def test_a_worker_that_is_silent_for_longer_than_its_lease_is_gone(
    db: StudioDb, orders: Orders, watch: Watch
) -> None:
    _queue(db, orders, watch, "a")
    (order,) = orders.claim(1)
    orders.begin(order.id, order.attempt, ALIVE)

    watch.pass_s(LEASE_S - 1)
    orders.beat(order.id, order.attempt)
    watch.pass_s(LEASE_S - 1)
    (heard,) = orders.at_work()
    watch.pass_s(2)

    assert orders.is_lost(heard)


def test_what_kills_every_worker_is_given_up(db: StudioDb, orders: Orders, watch: Watch) -> None:
    _queue(db, orders, watch, "a")

    for _ in range(MOST_FRUITLESS):
        watch.pass_s(600)
        (order,) = orders.claim(1)
        orders.take_back(order, "its process died")
    watch.pass_s(3_600)

    assert orders.claim(1) == []
    assert orders.of("a")[0].state == "failed"


def test_a_deleted_episode_is_given_to_nobody_and_its_worker_is_told_to_stop(
    db: StudioDb, orders: Orders, watch: Watch
) -> None:
    _queue(db, orders, watch, "a")
    _queue(db, orders, watch, "b")
    (order,) = orders.claim(1)
    orders.begin(order.id, order.attempt, ALIVE)

    db.delete_brief("a")
    db.delete_brief("b")

    assert not orders.beat(order.id, order.attempt)
    assert orders.claim(9) == []


def test_the_studio_leaves_alone_what_is_at_a_terminal(db: StudioDb, orders: Orders, watch: Watch) -> None:
    _queue(db, orders, watch, "a")

    orders.by_hand("a", ALIVE)
    while_it_runs = orders.claim(9)
    orders.by_hand("a", None)

    assert while_it_runs == []
    assert _names(orders.claim(9)) == "a"


def test_what_lies_at_a_vendor_with_nobody_at_it_goes_on_first(
    db: StudioDb, orders: Orders, watch: Watch, database_url: str
) -> None:
    """It holds places at the vendor's desk: two others would wait for those for an hour, with a clip each."""
    books = StudioBooks(database_url, watch)
    _queue(db, orders, watch, "haunter", "poke1", "low")
    (order,) = orders.claim(1)
    orders.begin(order.id, order.attempt, DEAD)
    bought = purchases.asked(books)
    assert bought and books.running(bought, purchases.ME, "vendors-task")
    _queue(db, orders, watch, "a", "poke2", "high", ago_h=9)
    _queue(db, orders, watch, "b", "poke3", "high", ago_h=9)
    db.add_take(episode="haunter", asset="shot", key="clip_01", recipe="ab" * 32, data_version="cd" * 16,
                files={}, slate={}, member="desk", model="copy")  # fmt: skip

    orders.take_back(order, "its process ended before it did")

    assert [order.episode for order in orders.claim(3)] == ["haunter", "a", "b"]
