"""Places at a vendor that a stopped film had taken: free when the vendor says so, and not before."""

from dataclasses import replace
from decimal import Decimal

import pytest

from pokegeo_dagster.film.errors import AccountTrouble
from pokegeo_dagster.film.vendors import Pending
from pokegeo_dagster.storage.books import AT_WORK_AT_MOST_S
from pokegeo_dagster_tests.budget.fake_trade import PRICE, SILENT, SLOT, FakeJob, FakeVendor, Trade

OTHER_FILM = replace(SLOT, episode="gengar")


def _left_behind(trade: Trade, shop: FakeVendor) -> None:
    """A desk that is full of the clips of a film that was stopped while they were shot."""
    for number in range(trade.desk.at_once):
        slot, owner = replace(SLOT, key=f"clip_{number:02d}"), f"host|stopped|1.00|{number}"
        quote = trade.purse().quote(FakeJob(shop), slot)
        (task,) = trade.books.admit([quote], {SLOT.episode: trade.caps}, owner)
        intent, wait_s = trade.books.intend(task, owner, trade.desk, 0)
        assert wait_s == 0
        trade.books.running(intent, owner, shop.accept())
        trade.books.let_go(owner)


def test_what_the_vendor_is_done_with_holds_no_place_and_is_fetched_when_its_film_goes_on(trade) -> None:
    shop = FakeVendor()
    _left_behind(trade, shop)
    began = trade.clock.now()

    trade.store(trade.hire(FakeJob(shop), OTHER_FILM), OTHER_FILM)

    assert trade.clock.now() - began < 60
    for number in range(trade.desk.at_once):
        slot = replace(SLOT, key=f"clip_{number:02d}")
        trade.store(trade.hire(FakeJob(shop), slot), slot)
    assert {task.state for task in trade.tasks()} == {"stored"}
    assert sum((task.charged_usd for task in trade.tasks()), Decimal(0)) == shop.taken == 4 * PRICE
    assert shop.submits == 1


def test_a_failure_at_the_vendor_frees_its_place_and_is_booked_when_its_film_goes_on(trade) -> None:
    shop = FakeVendor()
    _left_behind(trade, shop)
    shop.fail(shop.made[0], Decimal(0))
    shop.says["poll"] = [lambda otherwise: otherwise(), Pending(), Pending()]

    assert trade.hire(FakeJob(shop), OTHER_FILM) is not None

    assert [task.state for task in trade.tasks()[:3]] == ["running"] * 3


@pytest.mark.parametrize("word", [Pending(), SILENT, AccountTrouble("kie", "It knows no such task.")])
def test_while_the_vendor_does_not_say_that_it_is_over_the_place_is_taken(trade, word) -> None:
    shop = FakeVendor()
    _left_behind(trade, shop)
    began = trade.clock.now()
    shop.says["poll"] = [word] * int(AT_WORK_AT_MOST_S)  # more often than it is asked
    shop.says["submit"] = [lambda otherwise: shop.says.update(poll=[]) or otherwise()]

    assert trade.hire(FakeJob(shop), OTHER_FILM) is not None

    assert trade.clock.now() - began >= AT_WORK_AT_MOST_S


def test_the_vendor_is_asked_no_more_often_than_it_would_be_of_ones_own_clip(trade) -> None:
    shop = FakeVendor()
    _left_behind(trade, shop)
    shop.says["poll"] = [Pending()] * int(AT_WORK_AT_MOST_S)
    shop.says["submit"] = [lambda otherwise: shop.says.update(poll=[]) or otherwise()]

    trade.hire(FakeJob(shop), OTHER_FILM)

    assert shop.steps.index("submit") <= AT_WORK_AT_MOST_S / trade.patience.most_poll_s + 1
