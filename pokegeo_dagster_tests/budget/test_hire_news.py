"""Whoever waits for a vendor asks at once when it says that something happened, and never for less."""

from dataclasses import replace

import pytest

from pokegeo_dagster.film.errors import DatabaseUnavailable
from pokegeo_dagster_tests.budget.fake_trade import SLOT, FakeJob, FakeVendor


@pytest.fixture
def running(trade):
    """A task at work at the vendor, and a purse that listens."""
    purse = replace(trade.purse(), listens=True)
    quote = purse.quote(FakeJob(FakeVendor()), SLOT)
    (task,) = purse.books.admit([quote], {SLOT.episode: trade.caps}, "me|1|1|1")
    intent, _ = purse.books.intend(task, "me|1|1|1", trade.desk, 0)
    return purse, purse.books.running(intent, "me|1|1|1", "t-1")


def test_news_ends_the_wait_and_old_news_does_not(trade, running):
    purse, task = running
    trade.books.note_news("kie", "t-1")
    began = trade.clock.now()

    heard = purse.rest(task, 10.0, None)
    assert heard is not None and trade.clock.now() == began
    assert purse.rest(task, 10.0, heard) == heard
    assert trade.clock.now() >= began + 10.0


def test_a_purse_that_does_not_listen_waits_as_long_as_it_was_told(trade, running):
    _, task = running
    trade.books.note_news("kie", "t-1")
    began = trade.clock.now()

    assert trade.purse().rest(task, 10.0, None) is None
    assert trade.clock.now() == began + 10.0


def test_books_that_are_away_are_no_news(trade, running, monkeypatch):
    purse, task = running

    def away(task):
        raise DatabaseUnavailable("It is away.")

    monkeypatch.setattr(purse.books, "news", away)

    assert purse.rest(task, 2.0, None) is None
