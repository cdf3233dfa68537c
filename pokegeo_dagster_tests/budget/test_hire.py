"""A purchase, step by step: what each thing that can go wrong leads to, and that it is asked for once."""

from dataclasses import replace
from decimal import Decimal

import pytest

from pokegeo_dagster.budget.caps import Caps
from pokegeo_dagster.budget.quota import Desk
from pokegeo_dagster.film.errors import (
    AccountTrouble,
    CapReached,
    JobFailed,
    MediaMissing,
    NotTaken,
    PriceMissing,
    QuotaSpent,
    Refused,
    VendorSilent,
)
from pokegeo_dagster.film.vendors import Charge, Item, Pending
from pokegeo_dagster_tests.budget.fake_trade import (
    BROKE,
    BUSY,
    BYTES,
    PAID_AND_BROKE,
    PRICE,
    REFUSED,
    SILENT,
    SLOT,
    FakeJob,
    FakeVendor,
)


@pytest.mark.parametrize("asynchronous", [True, False])
def test_what_is_bought_is_delivered_developed_and_stored(trade, asynchronous):
    vendor = FakeVendor(asynchronous, says={"poll": [Pending(), Pending(50)]} if asynchronous else {})

    hired = trade.hire(FakeJob(vendor))

    assert hired.made.files["main"].read_bytes() == BYTES
    assert (hired.usd, trade.spent(), trade.charges(), vendor.submits) == (PRICE, PRICE, 1, 1)
    assert trade.task().state == "delivered" and trade.task().owner is None
    assert list(hired.kept.values()) == list(hired.originals.values())
    running = ["running"] if asynchronous else []
    assert trade.told == ["admitted", "intent", *running, "delivered"]
    trade.store(hired)
    assert (trade.task().state, trade.reserved(), trade.live()) == ("stored", 0, [])


def test_a_take_that_was_lost_is_made_again_from_what_was_bought(trade):
    vendor = FakeVendor()
    trade.store(trade.hire(FakeJob(vendor)))

    again = trade.hire(FakeJob(vendor))

    assert (vendor.submits, trade.spent(), again.usd) == (1, PRICE, PRICE)
    assert vendor.steps.count("develop") == 2


@pytest.mark.parametrize("state", ["delivered", "stored"])
def test_bytes_that_the_store_lost_are_fetched_again_free(trade, state):
    vendor = FakeVendor()
    hired = trade.hire(FakeJob(vendor))
    if state == "stored":
        trade.store(hired)
    trade.vault.held.clear()

    again = trade.hire(FakeJob(vendor))

    assert again.made.files["main"].read_bytes() == BYTES
    assert (vendor.submits, vendor.steps.count("fetch"), trade.spent()) == (1, 2, PRICE)
    assert trade.task().state == state


def test_what_a_second_fetch_says_counts(trade):
    vendor = FakeVendor(asynchronous=False)
    trade.hire(FakeJob(vendor))
    trade.vault.held.clear()
    vendor.says["fetch"] = [lambda fetch: replace(fetch(), facts={"format": "mp3"})]

    assert trade.hire(FakeJob(vendor)).made.slate["facts"] == {"format": "mp3"}
    assert trade.hire(FakeJob(vendor)).made.slate["facts"] == {"format": "mp3"}
    assert vendor.steps.count("fetch") == 1


@pytest.mark.parametrize("gone", [MediaMissing("It keeps no copy."), JobFailed("kie", "It is expired.")])
def test_bytes_that_nobody_has_any_more_end_the_purchase_so_that_another_can_be_bought(trade, gone):
    vendor = FakeVendor(asynchronous=False)
    trade.hire(FakeJob(vendor))
    trade.vault.held.clear()
    vendor.says["fetch"] = [gone]

    with pytest.raises(JobFailed, match=r"It cost \$0\.42\. To buy another one: `pokegeo redo haunter"):
        trade.hire(FakeJob(vendor))

    assert (trade.task().state, trade.spent(), trade.charges()) == ("failed", PRICE, 1)
    assert trade.books.numbers("haunter", "clip", "clip_05", SLOT.recipe) == (None, 1)


# --- before anything is bought -------------------------------------------------------------------


def test_an_unknown_price_stops_before_the_books(trade):
    vendor = FakeVendor()

    with pytest.raises(PriceMissing):
        trade.hire(FakeJob(vendor, unit="feature-film"))

    assert (vendor.steps, trade.tasks()) == ([], [])


def test_a_cap_stops_before_anything_is_asked(trade):
    vendor, trade.caps = FakeVendor(), Caps(episode=Decimal("0.41"))

    with pytest.raises(CapReached, match=r"\$0\.42 and the episode's cap is \$0\.41"):
        trade.hire(FakeJob(vendor))

    assert (vendor.steps, trade.tasks()) == ([], [])


def test_a_batch_is_admitted_whole_or_not_at_all(trade):
    vendor, trade.caps = FakeVendor(), Caps(episode=Decimal("1.00"))
    slots = [replace(SLOT, key=f"clip_0{n}") for n in (1, 2, 3)]
    purse = trade.purse()

    with pytest.raises(CapReached):
        purse.admit([(FakeJob(vendor), slot) for slot in slots])
    assert (trade.tasks(), trade.reserved()) == ([], 0)
    purse.admit([(FakeJob(vendor), slot) for slot in slots[:2]])
    purse.admit([(FakeJob(vendor), slot) for slot in slots[:2]])

    assert (trade.reserved(), [task.owner for task in trade.tasks()]) == (2 * PRICE, [None, None])
    assert trade.hire(FakeJob(vendor), slots[0]) and trade.hire(FakeJob(vendor), slots[1])
    assert (trade.spent(), trade.reserved(), vendor.submits) == (2 * PRICE, 0, 2)


def test_a_batch_keeps_to_the_caps_of_each_of_its_episodes(trade):
    purse = replace(trade.purse(), caps=lambda name: Caps(episode=Decimal(9 if name == "haunter" else 0)))

    with pytest.raises(CapReached):
        purse.admit([(FakeJob(FakeVendor()), SLOT), (FakeJob(FakeVendor()), replace(SLOT, episode="mew"))])

    assert trade.tasks() == []


def test_admitting_a_batch_lets_nobody_elses_purchase_go(trade):
    other = trade.books.admit(
        [trade.purse().quote(FakeJob(FakeVendor()), SLOT)], {"haunter": Caps()}, "h|9|1|1"
    )

    trade.purse().admit(
        [(FakeJob(FakeVendor()), SLOT), (FakeJob(FakeVendor()), replace(SLOT, key="clip_06"))]
    )

    assert [task.owner for task in trade.tasks()] == [other[0].owner, None]


def test_money_held_for_an_older_recipe_of_a_piece_is_free_for_the_newer_one(trade):
    trade.caps, vendor = Caps(episode=PRICE), FakeVendor()
    trade.purse().admit([(FakeJob(vendor), SLOT)])

    trade.hire(FakeJob(vendor), replace(SLOT, recipe="cd" * 32))

    assert (trade.spent(), trade.reserved(), vendor.submits) == (PRICE, 0, 1)
    trade.caps = Caps()
    trade.hire(FakeJob(vendor))  # and the older one may still be bought
    assert trade.spent() == 2 * PRICE


@pytest.mark.parametrize("declined", [REFUSED, AccountTrouble("kie", "no credit.")])
def test_what_is_declined_while_it_is_prepared_is_refused_free(trade, declined):
    vendor = FakeVendor(says={"prepare": [declined]})

    with pytest.raises(type(declined)):
        trade.hire(FakeJob(vendor))

    assert (trade.task().state, trade.reserved(), vendor.submits) == ("refused", 0, 0)


def test_a_silent_vendor_is_asked_again_for_free_steps_alone(trade):
    vendor = FakeVendor(says={"prepare": [SILENT, BUSY], "poll": [SILENT] * 9, "fetch": [SILENT, SILENT]})

    assert trade.hire(FakeJob(vendor)).usd == PRICE
    assert (vendor.submits, vendor.steps.count("prepare"), vendor.steps.count("fetch")) == (1, 3, 3)


def test_a_vendor_that_stays_silent_before_the_submit_was_asked_for_nothing(trade):
    vendor = FakeVendor(says={"prepare": [SILENT] * 6})

    with pytest.raises(VendorSilent):
        trade.hire(FakeJob(vendor))

    assert (vendor.submits, trade.task().state, trade.task().owner) == (0, "admitted", None)
    assert trade.hire(FakeJob(vendor)).usd == PRICE


# --- what a submit says --------------------------------------------------------------------------


def test_refused_content_is_never_sent_again_unchanged(trade):
    vendor = FakeVendor(says={"submit": [REFUSED]})

    with pytest.raises(Refused, match="violence"):
        trade.hire(FakeJob(vendor))
    with pytest.raises(Refused, match=r"violence.*It was not sent again: change what is asked, or `pokegeo"):
        trade.hire(FakeJob(vendor))

    assert (vendor.submits, trade.task().state, trade.spent(), trade.reserved()) == (1, "refused", 0, 0)
    # A human who asks for another take gets one.
    assert trade.books.numbers("haunter", "clip", "clip_05", SLOT.recipe) == (None, 1)
    assert trade.hire(FakeJob(vendor), replace(SLOT, number=2)).usd == PRICE


def test_an_account_that_was_put_right_buys_at_the_next_hire(trade):
    vendor = FakeVendor(says={"submit": [AccountTrouble("kie", "no credit. Top it up.")]})

    with pytest.raises(AccountTrouble, match="Top it up"):
        trade.hire(FakeJob(vendor))
    assert (trade.task().state, trade.reserved()) == ("refused", 0)

    assert trade.hire(FakeJob(vendor)).usd == PRICE
    assert [task.state for task in trade.tasks()] == ["refused", "delivered"]


def test_a_spent_quota_parks_the_vendor_until_it_is_back(trade):
    back = trade.clock.now() + 3600
    vendor = FakeVendor(says={"submit": [QuotaSpent("kie", "used up.", back)]})

    with pytest.raises(QuotaSpent):
        trade.hire(FakeJob(vendor))
    with pytest.raises(QuotaSpent, match="its quota is spent until") as parked:
        trade.hire(FakeJob(vendor), replace(SLOT, key="clip_06"))

    assert (vendor.steps, parked.value.until, trade.reserved()) == (["prepare", "submit"], back, 0)
    trade.clock.at = back + 1
    assert trade.hire(FakeJob(vendor)).usd == PRICE


def test_who_waits_at_a_desk_hears_that_the_quota_was_spent_meanwhile(trade):
    trade.desk = Desk(vendor="kie", at_once=1)
    vendor = FakeVendor(says={"poll": [Pending()]})  # of the clip that was left behind there
    trade.killed(FakeJob(FakeVendor()), dies_at=4, after=False, slot=replace(SLOT, key="clip_01"))
    sleep = trade.clock.sleep

    def meanwhile(seconds):
        trade.books.park("kie", trade.clock.now() + 9000)
        sleep(seconds)

    trade.clock.sleep = meanwhile
    with pytest.raises(QuotaSpent):
        trade.hire(FakeJob(vendor))

    assert vendor.submits == 0


def test_a_quota_that_is_back_in_a_thousand_years_parks_for_one(trade):
    vendor = FakeVendor(says={"submit": [QuotaSpent("kie", "used up.", trade.clock.now() * 1000)]})

    with pytest.raises(QuotaSpent):
        trade.hire(FakeJob(vendor))

    assert trade.task().state == "refused"
    assert 0 < trade.books.parked_until("kie") - trade.clock.now() <= 366 * 86_400


def test_a_busy_vendor_is_asked_again_when_it_says_so(trade):
    vendor = FakeVendor(says={"submit": [BUSY, NotTaken("kie", "busy.")]})

    assert trade.hire(FakeJob(vendor)).usd == PRICE
    assert (vendor.submits, len(vendor.made), trade.charges()) == (3, 1, 1)
    assert 5 in trade.clock.slept


def test_a_vendor_that_stays_busy_is_left_alone_in_the_end(trade):
    vendor = FakeVendor(says={"submit": [BUSY] * 8})

    with pytest.raises(NotTaken):
        trade.hire(FakeJob(vendor))

    assert (vendor.submits, trade.task().state, trade.reserved()) == (8, "refused", 0)
    assert trade.hire(FakeJob(vendor)).usd == PRICE


@pytest.mark.parametrize("step", ["submit", "poll"])
def test_a_failure_that_was_charged_is_told_and_not_repeated(trade, step):
    vendor = FakeVendor(says={step: [PAID_AND_BROKE]})

    with pytest.raises(JobFailed, match=r"it failed\. It cost \$0\.10\. To buy another one: `pokegeo redo"):
        trade.hire(FakeJob(vendor))
    with pytest.raises(JobFailed, match=r"It cost \$0\.10\. To buy another one"):
        trade.hire(FakeJob(vendor))

    task = trade.task()
    assert (task.state, task.charged_usd, trade.spent()) == ("failed", Decimal("0.10"), Decimal("0.10"))
    assert (vendor.submits, trade.reserved()) == (1, 0)
    assert trade.hire(FakeJob(vendor), replace(SLOT, number=2)).usd == PRICE


@pytest.mark.parametrize("step", ["submit", "poll"])
def test_a_failure_that_was_free_may_be_tried_again(trade, step):
    vendor = FakeVendor(says={step: [BROKE]})

    with pytest.raises(JobFailed, match="It cost nothing"):
        trade.hire(FakeJob(vendor))
    assert (trade.task().state, trade.spent(), trade.reserved()) == ("failed", 0, 0)

    assert trade.hire(FakeJob(vendor)).usd == PRICE
    assert [task.state for task in trade.tasks()] == ["failed", "delivered"]


def test_what_was_metered_but_has_no_price_is_booked_as_it_was_quoted(trade):
    odd = Charge(items=(Item(vendor="kie", model="kling", unit="mystery", units=Decimal(7)),))
    vendor = FakeVendor(asynchronous=False)
    vendor.says["submit"] = [lambda take: replace(take(), charge=odd)]

    assert trade.hire(FakeJob(vendor)).usd == PRICE
    assert (trade.spent(), trade.task().state) == (PRICE, "delivered")


def test_a_charge_that_is_not_the_quote_is_what_is_booked(trade):
    vendor = FakeVendor(asynchronous=False)
    vendor.says["submit"] = [lambda take: replace(take(), charge=Charge(usd=Decimal("0.05")))]

    assert trade.hire(FakeJob(vendor)).usd == trade.spent() == Decimal("0.05")
    assert trade.reserved() == 0
