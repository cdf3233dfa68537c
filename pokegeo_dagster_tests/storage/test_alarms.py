"""The alarms: what the books give cause for, told once, and not too often, whoever looks."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlalchemy import create_engine

from pokegeo_dagster.budget.alerts import Alert
from pokegeo_dagster.budget.caps import Caps
from pokegeo_dagster.film.errors import AnswerLost, Refused
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.vendors import Charge
from pokegeo_dagster.storage import schema
from pokegeo_dagster.storage.alarms import Alarms
from pokegeo_dagster.storage.books import StudioBooks
from pokegeo_dagster.storage.orders import WAITS, Orders, Wanted
from pokegeo_dagster.storage.studio_db import StudioDb
from pokegeo_dagster_tests.storage.conftest import Watch
from pokegeo_dagster_tests.storage.purchases import DESK, ME, a_quote
from pokegeo_dagster_tests.storage.purchases import NO_CAPS as OF_HAUNTER

NO_CAPS = Caps()


def everyone(channel: str) -> bool:
    return True


def alert(subject: str, level: str = "warning", channel: str = "poke1") -> Alert:
    return Alert.model_validate(
        {"kind": "failed", "level": level, "channel": channel, "subject": subject,
         "message": f"about {subject}", "action": "look"}
    )  # fmt: skip


@pytest.fixture
def alarms(db: StudioDb, database_url: str, watch: Watch) -> Alarms:
    return Alarms(database_url, watch)


def subjects(found: Iterable[Alert]) -> set[str]:
    return {one.subject for one in found}


def test_something_is_new_once_while_it_lasts(alarms: Alarms) -> None:
    first, again = alarms.raise_([alert("a"), alert("b")]), alarms.raise_([alert("a"), alert("b")])
    over, back = alarms.raise_([alert("b")]), alarms.raise_([alert("a"), alert("b")])

    assert [subjects(found) for found in (first, again, over, back)] == [{"a", "b"}, set(), set(), {"a"}]


def test_a_restart_repeats_nothing_and_waits_out_its_five_minutes(
    alarms: Alarms, database_url: str, watch: Watch
) -> None:
    alarms.raise_([alert("a")])
    (first,) = alarms.due(everyone)
    alarms.told(first)

    restarted = Alarms(database_url, watch)
    restarted.raise_([alert("a"), alert("b")])
    watch.pass_s(299)
    soon = restarted.due(everyone)
    watch.pass_s(1)
    (later,) = restarted.due(everyone)

    assert soon == []
    assert [one.subject for one in later.alerts] == ["b"]


def test_levels_and_channels_do_not_hold_each_other_up(alarms: Alarms) -> None:
    alarms.raise_([alert("a"), alert("b", "critical"), alert("c", channel="poke2"), alert("d")])

    due = alarms.due(everyone)

    assert {(one.channel, one.level, len(one.alerts)) for one in due} == {
        ("poke1", "warning", 2),
        ("poke1", "critical", 1),
        ("poke2", "warning", 1),
    }


def test_what_did_not_go_out_is_tried_again_after_the_pause(alarms: Alarms, watch: Watch) -> None:
    alarms.raise_([alert("a")])
    alarms.due(everyone)  # and the webhook is broken

    at_once = alarms.due(everyone)
    watch.pass_s(300)
    (again,) = alarms.due(everyone)

    assert at_once == [] and again.alerts[0].subject == "a"


def test_what_is_over_before_it_was_told_is_not_told(alarms: Alarms) -> None:
    alarms.raise_([alert("a")])
    alarms.raise_([])

    assert alarms.due(everyone) == []


def test_many_watchers_at_once_tell_it_once(alarms: Alarms, database_url: str, watch: Watch) -> None:
    def look(_: int) -> int:
        mine = Alarms(database_url, watch)
        new = mine.raise_([alert("a")])
        return len(new) + 100 * len(mine.due(everyone))

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(look, range(6)))

    assert sum(found) == 101


def test_a_lost_answer_and_a_failed_piece_are_causes_until_they_are_settled(
    alarms: Alarms, db: StudioDb, books: StudioBooks
) -> None:
    db.save_brief(Brief(episode="haunter", species="haunter", channel="poke1"))
    (task,) = books.admit([a_quote()], OF_HAUNTER, ME)
    intent, _ = books.intend(task, ME, DESK, 60)
    assert intent is not None
    lost = books.lose(intent, ME, AnswerLost("kie", "silence"))
    db.record_failure("haunter", "clip", "clip_05", "violence", Refused.__name__)

    before = alarms.causes(NO_CAPS, lambda episode: NO_CAPS)
    assert lost is not None
    books.settle(lost, Decimal(0), "looked it up")
    db.delete_brief("haunter")
    after = alarms.causes(NO_CAPS, lambda episode: NO_CAPS)

    assert subjects(before) == {f"unknown/{task.id}", "failed/haunter/critical"}
    assert after == []


def test_a_purchase_that_does_not_move_is_a_cause_after_half_an_hour(
    alarms: Alarms, books: StudioBooks, watch: Watch
) -> None:
    (task,) = books.admit([a_quote()], OF_HAUNTER, ME)
    intent, _ = books.intend(task, ME, DESK, 60)
    assert intent is not None
    books.running(intent, ME, "task-1")

    early = alarms.causes(NO_CAPS, lambda episode: NO_CAPS)
    watch.pass_s(31 * 60)

    assert early == []
    assert subjects(alarms.causes(NO_CAPS, lambda episode: NO_CAPS)) == {f"stuck/{task.id}/running"}


def test_what_is_promised_fills_a_budget_as_what_is_spent_does(alarms: Alarms, books: StudioBooks) -> None:
    one = a_quote()
    (task,) = books.admit([one], OF_HAUNTER, ME)
    intent, _ = books.intend(task, ME, DESK, 60)
    assert intent is not None
    held = alarms.causes(Caps(day=one.usd), lambda episode: Caps(episode=Decimal("0.50")))
    books.delivered(intent, ME, one.usd, Charge(usd=one.usd), {})
    spent = alarms.causes(Caps(day=one.usd), lambda episode: Caps(episode=Decimal("0.50")))

    budgets = [{(a.kind, a.level, a.percentage) for a in found} for found in (held, spent)]
    assert budgets == [{("budget", "critical", 100), ("budget", "warning", 84)}] * 2


def test_a_spent_quota_is_a_cause_until_it_is_back(alarms: Alarms, books: StudioBooks, watch: Watch) -> None:
    books.park("gemini", watch().timestamp() + 3600)

    parked = alarms.causes(NO_CAPS, lambda episode: NO_CAPS)
    watch.pass_s(3601)

    assert [(a.kind, a.level) for a in parked] == [("quota", "critical")]
    assert alarms.causes(NO_CAPS, lambda episode: NO_CAPS) == []


@pytest.mark.parametrize(("used", "level"), [(7_999, None), (8_000, "warning"), (10_000, "critical")])
def test_a_counted_quota_is_a_cause_from_eighty_percent(
    alarms: Alarms, database_url: str, watch: Watch, used: int, level: str | None
) -> None:
    row = {"vendor": "youtube", "bucket": "poke1", "window_start": watch(), "used": used, "limit_": 10_000}
    with create_engine(database_url).begin() as connection:
        connection.execute(schema.quotas.insert().values(row))

    found = alarms.causes(NO_CAPS, lambda episode: NO_CAPS)

    assert [one.level for one in found] == ([level] if level else [])


def test_a_film_that_waits_for_a_yes_is_told_until_something_is_wanted_of_it(
    db: StudioDb, alarms: Alarms, database_url: str, watch: Watch
) -> None:
    db.save_brief(Brief(episode="haunter", species="haunter", channel="poke1"))
    orders = Orders(database_url, watch)
    orders.ask([Wanted("haunter", "preproduction", "first", "a new brief", watch.at)])
    (order,) = orders.claim(1)
    orders.begin(order.id, order.attempt, "here|1|1.0")
    orders.end(order.id, order.attempt, "done", f"{WAITS}: $4.20 in all; see films/haunter/animatic.mp4")

    (waits,) = alarms.causes(NO_CAPS, lambda episode: NO_CAPS)
    orders.ask([Wanted("haunter", "production", "yes 1", "it has its greenlight", watch.at)])
    greenlit = alarms.causes(NO_CAPS, lambda episode: NO_CAPS)

    assert waits.channel == "poke1" and "$4.20 in all; see films/haunter/animatic.mp4" in waits.message
    assert waits.action.startswith("pokegeo greenlight haunter --up-to")
    assert greenlit == []
