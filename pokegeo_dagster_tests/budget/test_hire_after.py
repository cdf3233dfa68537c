"""What runs at a vendor, what was delivered, and what is away meanwhile: paid once, and never lost."""

from dataclasses import replace

import pytest

from pokegeo_dagster.film.errors import (
    AccountTrouble,
    DatabaseUnavailable,
    JobFailed,
    MediaBroken,
    StillAtWork,
    StoreUnavailable,
)
from pokegeo_dagster.film.vendors import Pending
from pokegeo_dagster_tests.budget.fake_trade import (
    BYTES,
    PRICE,
    FakeJob,
    FakeVendor,
    MortalBooks,
)


def test_a_vendor_that_takes_longer_than_our_patience_goes_on(trade):
    vendor = FakeVendor(says={"poll": [Pending()] * 1000})

    with pytest.raises(StillAtWork, match="20 minutes \\(task task-1\\)"):
        trade.hire(FakeJob(vendor))
    assert (trade.task().state, trade.task().owner, trade.reserved()) == ("running", None, PRICE)

    vendor.says.clear()
    assert trade.hire(FakeJob(vendor)).usd == PRICE
    assert (vendor.submits, trade.charges()) == (1, 1)


@pytest.mark.parametrize("step", ["poll", "fetch"])
def test_an_account_in_trouble_while_a_task_runs_leaves_it_running(trade, step):
    vendor = FakeVendor(says={step: [AccountTrouble("kie", "the key was revoked.")]})

    with pytest.raises(AccountTrouble):
        trade.hire(FakeJob(vendor))

    assert trade.task().state == "running"
    assert trade.hire(FakeJob(vendor)).usd == PRICE
    assert vendor.submits == 1


def test_bytes_that_stay_broken_leave_the_task_running_and_are_fetched_by_a_later_hire(trade):
    vendor = FakeVendor(says={"fetch": [MediaBroken("kie", "cut short.")] * 6})

    with pytest.raises(MediaBroken):
        trade.hire(FakeJob(vendor))
    assert (trade.task().state, trade.spent()) == ("running", 0)

    assert trade.hire(FakeJob(vendor)).usd == PRICE
    assert (vendor.submits, trade.charges()) == (1, 1)


def test_an_answer_without_its_bytes_is_on_the_books_before_they_are_fetched(trade):
    vendor = FakeVendor(asynchronous=False, says={"fetch": [MediaBroken("kie", "cut short.")] * 6})
    vendor.says["submit"] = [lambda take: replace(take(), files={})]

    with pytest.raises(MediaBroken):
        trade.hire(FakeJob(vendor))
    assert (trade.task().state, trade.spent()) == ("delivered", PRICE)

    assert trade.hire(FakeJob(vendor)).made.files["main"].read_bytes() == BYTES
    assert (vendor.submits, trade.charges(), "look_up" in vendor.steps) == (1, 1, False)


def test_a_fetch_that_says_the_job_failed_books_what_the_delivery_cost(trade):
    vendor = FakeVendor(says={"fetch": [JobFailed("kie", "it is expired.")]})

    with pytest.raises(JobFailed, match=r"expired\. It cost \$0\.42"):
        trade.hire(FakeJob(vendor))

    assert (trade.task().state, trade.spent(), trade.reserved()) == ("failed", PRICE, 0)


@pytest.mark.parametrize("asynchronous", [True, False])
def test_a_store_that_is_away_loses_no_charge(trade, asynchronous):
    vendor = FakeVendor(asynchronous)
    trade.vault.trouble = [StoreUnavailable("The bucket does not answer.")]

    with pytest.raises(StoreUnavailable):
        trade.hire(FakeJob(vendor))
    assert (trade.task().state, trade.spent()) == ("delivered", PRICE)

    assert trade.hire(FakeJob(vendor)).usd == PRICE
    assert (vendor.submits, trade.charges()) == (1, 1)


def test_a_database_that_is_away_for_a_moment_loses_no_ticket(trade):
    vendor, books = FakeVendor(), MortalBooks(trade.books)
    books.trouble["running"] = [DatabaseUnavailable("broke off the connection.")] * 2
    books.trouble["let_go"] = [DatabaseUnavailable("broke off the connection.")]

    assert trade.hire(FakeJob(vendor), purse=trade.purse(books)).usd == PRICE
    assert (vendor.submits, trade.charges()) == (1, 1)


def test_a_ticket_that_could_not_be_written_down_is_told(trade):
    books = MortalBooks(trade.books)
    books.trouble["running"] = [DatabaseUnavailable("is on a full disk.")] * 6

    with pytest.raises(DatabaseUnavailable, match=r"full disk.*`pokegeo ledger settle 1 --found task-1`"):
        trade.hire(FakeJob(FakeVendor()), purse=trade.purse(books))


def test_what_cannot_be_used_was_paid_for_and_is_not_bought_again_by_itself(trade):
    vendor = FakeVendor(says={"develop": [JobFailed("kie", "the animal has two heads.")]})

    for _ in range(2):
        with pytest.raises(JobFailed, match=r"two heads\. It cost \$0\.42\. To buy another one"):
            trade.hire(FakeJob(vendor))

    assert (vendor.submits, trade.spent(), trade.task().state) == (1, PRICE, "failed")


def test_a_mistake_of_ours_in_the_dark_room_costs_nothing(trade):
    vendor = FakeVendor(says={"develop": [ZeroDivisionError("ours")]})

    with pytest.raises(ZeroDivisionError):
        trade.hire(FakeJob(vendor))

    assert trade.hire(FakeJob(vendor)).usd == PRICE
    assert (vendor.submits, trade.charges()) == (1, 1)
