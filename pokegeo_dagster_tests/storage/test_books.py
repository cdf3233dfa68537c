"""The purse's books on SQLite and on a real PostgreSQL: promises that hold between processes."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import func, select, text

from pokegeo_dagster.budget.books import LIVE_STATES
from pokegeo_dagster.budget.caps import Caps
from pokegeo_dagster.film.errors import AnswerLost, CapReached, JobFailed, NotTaken, QuotaSpent, Refused
from pokegeo_dagster.storage import schema
from pokegeo_dagster.storage.books import StudioBooks
from pokegeo_dagster.storage.studio_db import StudioDb
from pokegeo_dagster_tests.storage.purchases import (
    CHARGE,
    DESK,
    ME,
    NO_CAPS,
    OTHER,
    RECIPE,
    RESULT,
    SLOT,
    a_quote,
    add_take,
    admitted,
    asked,
    ledger,
    replace_desk,
)

# --- admission -----------------------------------------------------------------------------------


def test_a_purchase_comes_back_as_it_was_put_down(books):
    task = admitted(books)

    assert books.last(SLOT) == books.task(task.id) == task
    assert (task.state, task.quote_usd, task.owner) == ("admitted", Decimal("0.42"), ME)
    assert (task.slot, dict(task.request)) == (SLOT, {"prompt": "drifts"})
    assert books.last(replace(SLOT, number=2)) is None


def test_sixteen_buyers_under_a_cap_for_one_of_them_admit_one(open_books):
    several, caps = [open_books() for _ in range(2)], {"haunter": Caps(episode=Decimal("0.60"))}

    def buy(n):
        try:
            return several[n % 2].admit([a_quote(f"clip_{n:02}")], caps, f"h|{n}|1|1")[0]
        except CapReached:
            return None

    with ThreadPoolExecutor(16) as pool:
        bought = [task for task in pool.map(buy, range(16)) if task]

    assert len(bought) == 1


def test_sixteen_buyers_of_one_take_make_one_purchase(open_books):
    several = [open_books() for _ in range(2)]

    with ThreadPoolExecutor(16) as pool:
        numbers = set(pool.map(lambda n: admitted(several[n % 2], owner=f"h|{n}|1|1").id, range(32)))

    assert len(numbers) == 1


def test_two_batches_that_do_not_both_fit_are_one_whole_batch(open_books):
    several, caps = [open_books() for _ in range(2)], {"haunter": Caps(day=Decimal("3.00"))}

    def buy(n):
        batch = [a_quote(f"clip_{n}{piece}", "1.00") for piece in range(2)]
        try:
            return len(several[n % 2].admit(batch, caps, ME))
        except CapReached:
            return 0

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(buy, range(8))) == [0] * 7 + [2]


def test_a_take_that_was_stored_since_the_buyer_looked_is_not_bought_again(db, books):
    task = books.delivered(asked(books), ME, Decimal("0.42"), CHARGE, RESULT)
    add_take(db, task)

    (again,) = books.admit([a_quote()], NO_CAPS, OTHER)

    assert (again.id, again.state) == (task.id, "stored")


class OurRefused(Refused):
    """A vendor's module has names of its own."""


class OurBusy(NotTaken):
    """And more of them."""


@pytest.mark.parametrize(
    ("error", "kind", "bought_again"),
    [
        (OurRefused("kie", "violence"), "Refused", False),
        (OurBusy("kie", "busy"), "NotTaken", True),
        (QuotaSpent("kie", "used up", 9.0), "QuotaSpent", True),
    ],
)
def test_only_what_may_end_otherwise_is_admitted_anew(books, error, kind, bought_again):
    refused = books.refuse(asked(books), ME, error)

    assert refused.error_type == kind
    assert (admitted(books).id != refused.id) == bought_again


def test_money_that_is_held_counts_for_any_day_and_month(books, watch):
    admitted(books)
    watch.pass_s(40 * 86_400)
    books.renew("here|1|1.00")

    for cap in ("day", "month"):
        with pytest.raises(CapReached):
            books.admit([a_quote("clip_06")], {"haunter": Caps(**{cap: Decimal("0.80")})}, ME)


def test_money_that_was_spent_counts_for_its_own_day(books, watch):
    books.delivered(asked(books), ME, Decimal("0.42"), CHARGE, RESULT)
    caps = {"haunter": Caps(day=Decimal("0.80"))}
    with pytest.raises(CapReached):
        books.admit([a_quote("clip_06")], caps, ME)

    watch.pass_s(86_400)
    assert books.admit([a_quote("clip_06")], caps, ME)
    watch.pass_s(-86_400)  # a clock that was set back asks for more money, not for less
    with pytest.raises(CapReached):
        books.admit([a_quote("clip_07")], caps, ME)


def test_what_nobody_came_back_for_in_a_day_holds_no_money(books, watch):
    admitted(books, "clip_01")
    books.let_go(ME)
    kept, caps = admitted(books, "clip_02", OTHER), {"haunter": Caps(episode=Decimal("0.84"))}
    with pytest.raises(CapReached):
        books.admit([a_quote("clip_06")], caps, ME)

    watch.pass_s(86_400)
    books.renew("there|2|2.00")

    assert books.admit([a_quote("clip_06")], caps, ME)
    assert books.task(kept.id).state == "admitted"
    assert books.last(replace(SLOT, key="clip_01")).state == "refused"


# --- the steps -----------------------------------------------------------------------------------

MOVES = {
    "not_taken": lambda books, task: books.not_taken(task, ME),
    "running": lambda books, task: books.running(task, ME, "task-1"),
    "delivered": lambda books, task: books.delivered(task, ME, Decimal("0.42"), CHARGE, RESULT),
    "refuse": lambda books, task: books.refuse(task, ME, Refused("kie", "no")),
    "fail": lambda books, task: books.fail(task, ME, JobFailed("kie", "no"), Decimal("0.10")),
    "lose": lambda books, task: books.lose(task, ME, AnswerLost("kie", "no answer")),
    "settle": lambda books, task: books.settle(task, Decimal("0.42"), "seen on the bill"),
}
ALLOWED = {
    "admitted": {"delivered", "refuse"},
    "intent": {"not_taken", "running", "delivered", "refuse", "fail", "lose"},
    "running": {"delivered", "fail"},
    "delivered": {"delivered", "fail"},
    "unknown": {"not_taken", "running", "delivered", "refuse", "fail", "settle"},
    "stored": set(),
    "failed": set(),
    "refused": set(),
}


def brought_to(books, db, state):
    if state == "admitted":
        return admitted(books)
    task = asked(books)
    ways = {"running": "running", "delivered": "delivered", "stored": "delivered", "unknown": "lose",
            "failed": "fail", "refused": "refuse"}  # fmt: skip
    if state in ways:
        task = MOVES[ways[state]](books, task)
    if state == "stored":
        add_take(db, task)
    return books.task(task.id)


@pytest.mark.parametrize("state", ALLOWED)
@pytest.mark.parametrize("move", MOVES)
def test_a_purchase_moves_only_where_it_may(books, db, state, move):
    task = brought_to(books, db, state)
    assert task.state == state

    moved = MOVES[move](books, task)

    assert (moved is not None) == (move in ALLOWED[state])
    after = books.task(task.id)
    assert after == (task if moved is None else moved)
    charges = [usd for kind, usd in ledger(db) if kind == "charge"]
    assert len(charges) <= 1 and sum(usd for _, usd in ledger(db)) == after.charged_usd
    if after.state not in LIVE_STATES:
        assert after.owner is None and books.mind(after, OTHER) is None


def test_only_who_minds_a_task_asks_or_gives_up(books):
    task = admitted(books)
    assert books.intend(task, OTHER, DESK, 0)[0] is None
    intent, _ = books.intend(task, ME, DESK, 0)

    assert books.lose(intent, OTHER, AnswerLost("kie", "gone")) is None
    assert books.intend(task, ME, DESK, 0)[0] is None


def test_an_answer_counts_whoever_brings_it_and_who_brings_it_minds_it(books, db):
    intent = asked(books)
    books.let_go(ME)
    lost = books.lose(books.mind(intent, OTHER), OTHER, AnswerLost("kie", "gone"))

    moved = books.delivered(intent, ME, Decimal("0.42"), CHARGE, RESULT)

    assert (lost.state, moved.state, moved.owner) == ("unknown", "delivered", ME)
    assert (moved.error_text, ledger(db)) == (None, [("charge", Decimal("0.42"))])


def test_a_second_delivery_books_no_second_charge(books, db):
    intent = asked(books)
    first = books.delivered(intent, ME, Decimal("0.42"), CHARGE, RESULT)

    assert books.delivered(intent, OTHER, Decimal("9.99"), CHARGE, RESULT) is None
    again = books.delivered(first, ME, first.charged_usd, CHARGE, {**RESULT, "facts": {"again": 1}})

    assert (again.result["facts"], again.charged_usd) == ({"again": 1}, Decimal("0.42"))
    assert ledger(db) == [("charge", Decimal("0.42"))]


def test_a_strangers_words_fit_into_any_database(books):
    task = books.delivered(
        asked(books), ME, Decimal(0), CHARGE, {**RESULT, "facts": {"said": "a\x00\ud800b"}}
    )
    failed = books.fail(task, ME, JobFailed("kie", "half\x00a\udfff word"), Decimal(0))

    assert failed.error_text == "kie: halfa? word"


def test_a_vendor_is_parked_until_its_quota_is_back(books, open_books, watch):
    until = watch.at.timestamp() + 100
    assert books.parked_until("kie") == 0
    books.park("kie", until)
    books.park("gemini", until + 900)

    assert (open_books().parked_until("kie"), books.parked_until("elevenlabs")) == (until, 0)
    watch.pass_s(101)
    assert books.parked_until("kie") == 0


def test_a_refused_take_leaves_its_number_behind_for_a_new_one(books):
    which = ("haunter", "clip", "clip_05", RECIPE)
    assert books.numbers(*which) == (None, 0)
    task = asked(books)
    assert books.numbers(*which) == (1, 1)

    books.refuse(task, ME, NotTaken("kie", "busy"))
    assert books.numbers(*which) == (None, 0)
    books.refuse(asked(books), ME, Refused("kie", "violence"))
    assert books.numbers(*which) == (None, 1)


# --- takes ---------------------------------------------------------------------------------------


def test_a_take_and_the_end_of_its_purchases_are_one_commit(books, db):
    delivered, unknown = (brought_to(books, db, "delivered"), asked(books, "clip_06"))
    books.lose(unknown, ME, AnswerLost("kie", "gone"))
    numbers = [delivered.id, unknown.id]
    row = {"episode": "haunter", "asset": "clip", "key": "clip_05", "recipe": RECIPE, "files": {},
           "data_version": "23" * 32, "slate": {}, "member": "kling", "model": "kling"}  # fmt: skip

    with pytest.raises(Exception, match="An exact amount is a Decimal"):
        db.add_take(**row, cost_usd=0.42, tasks=numbers)
    assert books.task(delivered.id).state == "delivered"
    db.add_take(**row, cost_usd=Decimal("0.42"), tasks=numbers)
    db.add_take(**row, cost_usd=Decimal("0.42"), tasks=numbers)

    assert [books.task(n).state for n in numbers] == ["stored", "unknown"]
    assert books.task(delivered.id).owner is None


def test_thirty_threads_buy_side_by_side_and_nothing_is_locked(open_books, db):
    several = [open_books() for _ in range(3)]

    def buy(n):
        books, owner = several[n % 3], f"h|{n}|1|1"
        books.admit([a_quote(f"clip_{n:02}")], {"haunter": Caps(episode=Decimal(100))}, owner)
        task = books.mind(books.last(replace(SLOT, key=f"clip_{n:02}")), owner)
        intent, _ = books.intend(task, owner, replace_desk(200), 900)
        running = books.running(intent, owner, f"task-{n}")
        books.renew(f"h|{n}|1")
        add_take(db, books.delivered(running, owner, Decimal("0.42"), CHARGE, RESULT))
        books.let_go(owner)

    with ThreadPoolExecutor(30) as pool:
        list(pool.map(buy, range(30)))

    assert ledger(db) == [("charge", Decimal("0.42"))] * 30
    with db._database.transaction(write=False) as connection:
        stored = select(func.count()).select_from(schema.tasks).where(schema.tasks.c.state == "stored")
        assert connection.scalar(stored) == 30


def test_a_database_from_before_the_purse_keeps_its_rows_and_gives_no_number_twice(database_url):
    db = StudioDb(database_url)
    with db._database.transaction(write=True) as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            text(
                "INSERT INTO tasks (episode, asset, key, recipe, number, channel, vendor, model, state, "
                "created_at, updated_at) VALUES ('haunter', 'clip', 'clip_05', :recipe, 1, 'default', 'kie', "
                "'kling', 'refused', '2026-11-21 12:00:00', '2026-11-21 12:00:00')"
            ),
            {"recipe": RECIPE},
        )
    db.migrate()
    db.migrate()

    with db._database.transaction(write=True) as connection:
        (number,) = connection.scalars(text("SELECT id FROM tasks WHERE state = 'refused'"))
        connection.execute(text("DELETE FROM tasks"))
    assert StudioBooks(database_url).admit([a_quote()], NO_CAPS, ME)[0].id > number
    db.close()
