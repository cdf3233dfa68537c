"""The ledger as it is read: sums by whatever is asked, what was wasted, what nobody knows."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from pokegeo_dagster.budget.books import Quote, Slot, Task
from pokegeo_dagster.budget.caps import Caps
from pokegeo_dagster.budget.quota import Desk
from pokegeo_dagster.film.errors import AnswerLost, JobFailed
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.vendors import Charge
from pokegeo_dagster.storage.books import StudioBooks
from pokegeo_dagster.storage.ledger import BY, Ledger, total
from pokegeo_dagster.storage.studio_db import StudioDb

DESK = Desk(vendor="kie", at_once=100)
MONDAY = datetime(2026, 11, 16, 23, 59, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 17, 0, 1, tzinfo=UTC)
D = Decimal


class House:
    """A studio's database, its books, and a clock to set."""

    def __init__(self, url: str):
        self.now = MONDAY
        self.db = StudioDb(url, now=lambda: self.now)
        self.db.migrate()
        self.books = StudioBooks(url, now=lambda: self.now)
        self.ledger = Ledger(url)
        for episode, channel in (("haunter", "ghosts"), ("gyarados", "rivers")):
            self.db.save_brief(Brief(episode=episode, species=episode, channel=channel))

    def asked(self, episode: str, key: str, vendor: str = "kie", usd: str = "0.42", number: int = 1) -> Task:
        """A purchase whose request has left."""
        channel = "ghosts" if episode == "haunter" else "rivers"
        slot = Slot(episode, channel, "clip", key, "r" * 64, number)
        (task,) = self.books.admit(
            [Quote(slot, vendor, "a-model", D(usd), {"prompt": key})], {episode: Caps()}, "me"
        )
        moved, _ = self.books.intend(task, "me", DESK, 0.0)
        assert moved is not None
        return moved

    def bought(self, episode: str, key: str, usd: str, number: int = 1, vendor: str = "kie") -> int:
        """A purchase that was delivered and is a take. Gives the take's id."""
        task = self.asked(episode, key, vendor, number=number)
        self.books.delivered(task, "me", D(usd), Charge(usd=D(usd)), {"files": {}, "facts": {}, "charge": {}})
        take = self.db.add_take(
            episode=episode, asset="clip", key=key, recipe="r" * 64, number=number, data_version="v" * 32,
            files={}, slate={}, member=vendor, model="a-model", cost_usd=D(usd), paid=True, tasks=(task.id,),
        )  # fmt: skip
        return take.id


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    built = House(str(URL.create("sqlite", database=str(tmp_path / "studio.db"))))
    yield built
    built.db.close()


def test_nothing_bought_is_an_empty_report_and_no_money(house: House) -> None:
    assert all(house.ledger.report(by) == () for by in BY)
    assert house.db.spent_usd() == 0 and house.ledger.unknown() == ()
    assert house.ledger.task(1) is None


def test_what_was_charged_is_summed_by_episode_channel_vendor_and_day(house: House) -> None:
    for key in ("clip_01", "clip_02"):
        house.db.approve("haunter", "clip", key, house.bought("haunter", key, "0.40"), "")
    house.now = TUESDAY
    take = house.bought("gyarados", "clip_01", "0.10", vendor="elevenlabs")
    house.db.approve("gyarados", "clip", "clip_01", take, "")

    told = {by: {line.name: line.charged for line in house.ledger.report(by)} for by in BY}

    assert told["episode"] == {"gyarados": D("0.10"), "haunter": D("0.80")}
    assert told["channel"] == {"ghosts": D("0.80"), "rivers": D("0.10")}
    assert told["vendor"] == {"elevenlabs": D("0.10"), "kie": D("0.80")}
    assert told["day"] == {"2026-11-16": D("0.80"), "2026-11-17": D("0.10")}
    whole = total(house.ledger.report("vendor"))
    assert (whole.purchases, whole.quoted, whole.charged) == (3, D("1.26"), D("0.90"))
    assert whole.wasted == whole.reserved == 0


@pytest.mark.parametrize("by", BY)
def test_every_grouping_comes_to_the_same_sums(house: House, by) -> None:
    house.bought("haunter", "clip_01", "0.40")
    house.asked("haunter", "clip_02")
    failed = house.asked("gyarados", "clip_01")
    house.books.fail(failed, "me", JobFailed("kie", "it broke."), D("0.21"))

    whole = total(house.ledger.report(by))

    assert (whole.charged, whole.reserved, whole.wasted) == (D("0.61"), D("0.42"), D("0.61"))
    assert whole.purchases == 2 and whole.quoted == D("0.84")


def test_a_paid_take_is_wasted_exactly_while_no_piece_uses_it(house: House) -> None:
    first, second = house.bought("haunter", "clip_01", "0.40"), house.bought("haunter", "clip_01", "0.30", 2)

    def wasted() -> Decimal:
        return total(house.ledger.report("episode")).wasted

    assert wasted() == D("0.70")
    house.db.approve("haunter", "clip", "clip_01", first, "")
    assert wasted() == D("0.30")
    house.db.approve("haunter", "clip", "clip_01", second, "")
    assert wasted() == D("0.40")


def test_an_unknown_purchase_is_listed_and_reserved_until_a_human_settles_it(house: House) -> None:
    task = house.asked("haunter", "clip_07")
    house.books.lose(task, "me", AnswerLost("kie", "nobody heard."))

    (lost,) = house.ledger.unknown()
    assert (lost.id, lost.slot.key, lost.request) == (task.id, "clip_07", {"prompt": "clip_07"})
    assert total(house.ledger.report("vendor")).reserved == D("0.42")

    house.books.settle(lost, D("0.42"), "seen on the bill")
    assert house.ledger.unknown() == ()
    (line,) = house.ledger.report("episode")
    assert (line.charged, line.reserved, line.wasted) == (D("0.42"), 0, D("0.42"))
    found = house.ledger.task(task.id)
    assert found is not None and found.state == "failed"


def test_spending_is_what_the_caps_are_held_against(house: House) -> None:
    house.now = datetime.now(UTC)
    house.bought("haunter", "clip_01", "0.40")
    house.asked("haunter", "clip_02")
    house.bought("gyarados", "clip_01", "0.10")

    spending = house.ledger.spending("haunter", "ghosts", ["clip_01", "clip_02", "clip_03"])

    assert {key: spent.total for key, spent in spending.clips.items()} == {
        "clip_01": D("0.40"), "clip_02": D("0.42"), "clip_03": D(0),
    }  # fmt: skip
    assert spending.episode.spent == spending.channel.spent == D("0.40")
    assert spending.episode.reserved == D("0.42")
    assert spending.day.spent == spending.month.spent == D("0.50")
    assert house.db.spent_usd("gyarados") == D("0.10")
