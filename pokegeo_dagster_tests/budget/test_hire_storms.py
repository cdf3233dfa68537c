"""Any weather, any kills, in any order: nothing is bought twice, and what was taken is what is booked."""

import itertools
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pokegeo_dagster.budget.books import LIVE_STATES, may_be_bought
from pokegeo_dagster.budget.quota import Desk
from pokegeo_dagster.film.errors import (
    AccountTrouble,
    AnswerLost,
    DatabaseUnavailable,
    JobFailed,
    MediaBroken,
    NotTaken,
    ProductionError,
    QuotaSpent,
    Refused,
    StoreUnavailable,
    VendorSilent,
)
from pokegeo_dagster.film.vendors import Pending
from pokegeo_dagster_tests.budget.fake_trade import (
    PRICE,
    SLOT,
    FakeJob,
    FakeVendor,
    Killed,
    MortalBooks,
    Trade,
)

# What a vendor (or the machine under us) does at a step instead of what it should, by name.
FREE = {
    "silent": VendorSilent("kie", "no word."),
    "busy": NotTaken("kie", "busy.", 1),
    "account": AccountTrouble("kie", "no credit."),
    "killed": Killed(),
}
WEATHER = {
    "prepare": [*FREE, "refused"],
    "submit": ["busy", "account", "killed", "refused", "quota", "lost", "surprise", "taken, lost",
               "taken, surprise", "taken, killed", "fails free", "fails paid"],
    "poll": [*FREE, "pending", "fails free", "fails paid"],
    "fetch": [*FREE, "broken"],
    "look_up": [*FREE, "broken"],
    "develop": ["killed", "ours"],
}  # fmt: skip
SCRIPTS = st.fixed_dictionaries({
    step: st.lists(st.sampled_from(words), max_size=3) for step, words in WEATHER.items()
})  # fmt: skip
RUNS = st.lists(
    st.tuples(
        st.none() | st.tuples(st.integers(0, 9), st.booleans()),  # the commit it is killed at: before, after
        st.sampled_from([0.0, 70.0, 400.0, 100_000.0, -30.0, -90_000.0]),  # how the clock moved since
        st.sampled_from(["", "", "", "store", "database"]),  # what else is away
    ),
    min_size=1,
    max_size=5,
)


@pytest.fixture(scope="module")
def trade(tmp_path_factory):
    trade = Trade(tmp_path_factory.mktemp("storms"))
    trade.desk = Desk(vendor="kie", at_once=200)
    yield trade
    trade.close()


def word(trade, vendor, said):
    """What a word of a script does."""

    def taken_and(error):
        def say(take):
            take()
            raise error

        return say

    def fails(usd):
        def say(step):
            if not vendor.made or vendor.steps[-1] == "submit":
                vendor.accept()
            if vendor.made[-1] in vendor.ended:
                return step()
            raise vendor.fail(vendor.made[-1], usd)

        return say

    mistake = ValueError("ours")
    return {
        **FREE,
        "pending": Pending(7),
        "broken": MediaBroken("kie", "cut short."),
        "refused": Refused("kie", "violence."),
        "quota": QuotaSpent("kie", "used up.", trade.clock.now() + 50),
        "lost": AnswerLost("kie", "no answer."),
        "surprise": mistake,
        "ours": mistake,
        "taken, lost": taken_and(AnswerLost("kie", "no answer.")),
        "taken, surprise": taken_and(mistake),
        "taken, killed": taken_and(Killed()),
        "fails free": fails(Decimal(0)),
        "fails paid": fails(Decimal("0.10")),
    }[said]


SERIAL = itertools.count(1)


@settings(max_examples=120)
@given(asynchronous=st.booleans(), keeps_records=st.booleans(), script=SCRIPTS, runs=RUNS)
def test_no_weather_and_no_kill_buys_a_take_twice_or_loses_a_charge(
    trade, asynchronous, keeps_records, script, runs
):
    trade.clock.at += 40 * 86_400
    slot = replace(SLOT, episode=f"storm_{next(SERIAL)}")
    vendor = FakeVendor(asynchronous, keeps_records)
    vendor.says = {step: [word(trade, vendor, said) for said in words] for step, words in script.items()}

    def tasks():
        return [task for task in trade.tasks_of(slot.episode)]

    def hold():
        mine = tasks()
        charged = [number for number in vendor.made if vendor.ended.get(number) != 0]
        assert len(charged) <= 1  # bought at most once, whatever was asked
        assert len([task for task in mine if task.state in LIVE_STATES]) <= 1
        open_ = [task for task in mine if task.state in ("intent", "running", "unknown")]
        assert trade.spent(slot) == vendor.taken or (open_ and trade.spent(slot) <= vendor.taken)
        held = [task.quote_usd for task in mine if task.state in ("admitted", "intent", "running", "unknown")]
        assert trade.reserved(slot) == sum(held, Decimal(0))
        assert sum((task.charged_usd for task in mine), Decimal(0)) == trade.spent(slot)

    for kill, jump_s, away in runs:
        trade.clock.at += jump_s
        books = MortalBooks(trade.books, *(kill or ()))
        trade.vault.trouble = [StoreUnavailable("away")] if away == "store" else []
        if away == "database":
            books.trouble = {step: [DatabaseUnavailable("away")] for step in ("running", "delivered", "fail")}
        with suppress(Killed, ProductionError, ValueError):
            trade.hire(FakeJob(vendor), slot, trade.purse(books))
        trade.gone.add(trade.process)
        hold()

    def at_last():
        try:
            return trade.hire(FakeJob(vendor), slot)
        except JobFailed:
            if not may_be_bought(tasks()[-1]):
                raise
        return trade.hire(FakeJob(vendor), slot)  # it had failed at the vendor, and had cost nothing

    vendor.says, trade.vault.trouble = {}, []
    trade.clock.at += 1_000_000
    try:
        hired = at_last()
    except (AnswerLost, JobFailed, Refused):
        over = tasks()[-1]
        assert (over.state, keeps_records) == ("unknown", False) or not may_be_bought(over)
    else:
        assert (hired.usd, trade.spent(slot), vendor.taken) == (PRICE, PRICE, PRICE)
        trade.store(hired, slot)
        assert (trade.reserved(slot), tasks()[-1].state) == (0, "stored")
    hold()
