"""What was spent is what the ledger says, wherever it is read: also for what brought nothing."""

from decimal import Decimal

import pytest

from pokegeo_dagster.budget.caps import Caps
from pokegeo_dagster.film.errors import AnswerLost, JobFailed
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.vendors import Charge
from pokegeo_dagster.storage.catalogue import overview
from pokegeo_dagster.storage.ledger import BY, Ledger, total
from pokegeo_dagster_tests.storage.purchases import CHARGE, ME, RECIPE, RESULT, a_quote, replace_desk

D = Decimal


def asked(books, episode="haunter", key="clip_05"):
    quote = a_quote(key, episode=episode)
    (task,) = books.admit([quote], {episode: Caps()}, ME)
    return books.intend(task, ME, replace_desk(500), 0)[0]


def bought(books, usd, episode="haunter", key="clip_05"):
    return books.delivered(asked(books, episode, key), ME, D(usd), CHARGE, RESULT)


@pytest.fixture
def waste(db, books):
    """A film with one clip in it, one that failed and was charged, one that a human settled, and one
    of which nobody knows."""
    db.save_brief(Brief(episode="haunter", species="haunter"))
    good = bought(books, "0.42", key="clip_01")
    take = db.add_take(
        episode="haunter", asset="clip", key="clip_01", recipe=RECIPE, data_version="23" * 32, files={},
        slate={}, member="kling", model="kling", cost_usd=D("0.42"), paid=True, tasks=[good.id],
    )  # fmt: skip
    db.approve("haunter", "clip", "clip_01", take.id, "")
    failed = JobFailed("kie", "black", Charge(usd=D("0.10")))
    books.fail(asked(books, key="clip_02"), ME, failed, D("0.10"))
    lost = books.lose(asked(books, key="clip_03"), ME, AnswerLost("kie", "silence"))
    books.settle(lost, D("0.05"), "a human says so")
    books.lose(asked(books, key="clip_04"), ME, AnswerLost("kie", "silence"))


def test_what_failed_and_was_charged_and_what_was_settled_is_spent(db, waste):
    assert db.spent_usd("haunter") == D("0.57")
    assert db.spent_by_episode() == {"haunter": D("0.57")}
    assert db.spent_usd() == D("0.57") and db.spent_usd("gengar") == 0


def test_the_catalogue_the_caps_and_the_ledger_say_one_sum(db, books, waste, database_url):
    ledger = Ledger(database_url)

    sums = {total(ledger.report(by)).charged for by in BY}

    assert sums == {D("0.57")}
    assert [line.spent_usd for line in overview(db)] == [D("0.57")]
    spending = ledger.spending("haunter", "default", ["clip_02", "clip_03"])
    assert (spending.episode.spent, spending.episode.reserved) == (D("0.57"), D("0.42"))
    assert [spending.clips[key].spent for key in ("clip_02", "clip_03")] == [D("0.10"), D("0.05")]


def test_what_a_take_says_of_itself_is_no_money(db):
    db.add_take(
        episode="haunter", asset="clip", key="clip_05", recipe=RECIPE, data_version="23" * 32, files={},
        slate={}, member="kling", model="kling", cost_usd=D("9.00"), paid=True,
    )  # fmt: skip

    assert (db.spent_usd(), db.spent_by_episode()) == (0, {})


def test_nothing_spent_is_nobody_on_the_list(db, books):
    asked(books)

    assert db.spent_by_episode() == {}


def test_a_delivery_told_twice_is_spent_once(db, books):
    task = bought(books, "0.25")
    books.delivered(task, ME, D("0.25"), CHARGE, RESULT)

    assert db.spent_by_episode() == {"haunter": D("0.25")}


def test_small_sums_add_up_to_the_last_millionth_and_deleted_episodes_stay(db, books):
    for n in range(1, 31):
        episode = f"film-{n % 3}"
        db.save_brief(Brief(episode=episode, species="haunter"))
        bought(books, "0.100001", episode, f"clip_{n:02d}")
    bought(books, "99999.999999", "mew")
    db.delete_brief("film-1")

    spent = db.spent_by_episode()

    assert spent == {**{f"film-{n}": D("1.00001") for n in range(3)}, "mew": D("99999.999999")}
    assert sum(spent.values()) == db.spent_usd() == D("100003.000029")
    assert {episode: db.spent_usd(episode) for episode in spent} == spent


def test_a_slot_is_of_one_channel_and_its_money_too(db, books, database_url):
    bought(books, "0.30")
    (other,) = books.admit([a_quote("clip_01", episode="gengar", channel="ghosts")], {"gengar": Caps()}, ME)
    moved, _ = books.intend(other, ME, replace_desk(500), 0)
    books.delivered(moved, ME, D("0.20"), CHARGE, RESULT)

    spending = Ledger(database_url).spending("gengar", "ghosts", [])

    assert (spending.channel.spent, spending.episode.spent) == (D("0.20"), D("0.20"))
