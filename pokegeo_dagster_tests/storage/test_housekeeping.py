"""Housekeeping: what goes, and above all what never does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from pokegeo_dagster.storage.books import StudioBooks
from pokegeo_dagster.storage.folder_store import FolderStore
from pokegeo_dagster.storage.housekeeping import Housekeeping
from pokegeo_dagster.storage.keys import media_key
from pokegeo_dagster.storage.media_store import sha256_of
from pokegeo_dagster.storage.rows import TakeRow
from pokegeo_dagster.storage.studio_db import StudioDb
from pokegeo_dagster_tests.storage.conftest import Watch
from pokegeo_dagster_tests.storage.purchases import ME, NO_CAPS, a_quote

Broom = Callable[..., Housekeeping]


@pytest.fixture
def disk(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "media")


@pytest.fixture
def broom(database_url: str, disk: FolderStore, tmp_path: Path, watch: Watch) -> Broom:
    def made(dry_run: bool = False) -> Housekeeping:
        return Housekeeping(database_url, disk, tmp_path / "run", dry_run, watch)

    return made


@pytest.fixture
def make(database_url: str, disk: FolderStore, tmp_path: Path, watch: Watch) -> Callable[..., TakeRow]:
    """A take of its own words, approved unless told."""
    db = StudioDb(database_url, watch)
    db.migrate()

    def made(words: str, approved: bool = True, key: str = "clip_05", **changes) -> TakeRow:
        file = tmp_path / "file.txt"
        file.write_text(words)
        stored = disk.put(media_key("haunter", "clip", key, sha256_of(file), ".txt"), file, "text/plain")
        given = {"member": "house", "model": "house", "slate": {}, **changes}
        row = db.add_take(
            episode="haunter", asset="clip", key=key, recipe=sha256_of(file), data_version="v" + words,
            files={"main": stored}, **given,
        )  # fmt: skip
        if approved:
            db.approve("haunter", "clip", key, row.id, "")
        return row

    return made


def test_a_house_take_that_was_replaced_a_week_ago_goes_with_its_bytes(
    make: Callable[..., TakeRow], broom: Broom, db: StudioDb, disk: FolderStore, watch: Watch
) -> None:
    old, new = make("old"), make("new")
    watch.pass_s(8 * 86_400)

    told, swept = broom(dry_run=True).superseded_takes(), broom().superseded_takes()

    assert told == swept and (swept.count, swept.size_bytes) == (1, 3)
    assert db.take(old.id) is None and disk.head(old.files["main"].key) is None
    assert db.take(new.id) is not None and disk.head(new.files["main"].key) is not None


@pytest.mark.parametrize(
    "kept",
    [
        {"paid": True, "cost_usd": Decimal("0.42"), "member": "kie"},
        {"author": "human"},
    ],
)
def test_what_was_paid_for_or_written_by_a_human_never_goes(
    make: Callable[..., TakeRow], broom: Broom, db: StudioDb, watch: Watch, kept: dict
) -> None:
    old = make("old", **kept)
    make("new")
    watch.pass_s(365 * 86_400)

    assert broom().superseded_takes().count == 0
    assert db.take(old.id) is not None


def test_an_older_take_that_is_the_approved_one_stays_and_the_newer_one_may_go(
    make: Callable[..., TakeRow], broom: Broom, db: StudioDb, watch: Watch
) -> None:
    first, second = make("first"), make("second")
    StudioDb.approve(db, "haunter", "clip", "clip_05", first.id, "")
    watch.pass_s(8 * 86_400)
    db.migrate()

    broom().superseded_takes(days=1)

    assert db.take(first.id) is not None and db.take(second.id) is None


def test_a_take_that_was_replaced_yesterday_stays(
    make: Callable[..., TakeRow], broom: Broom, watch: Watch
) -> None:
    make("old")
    watch.pass_s(30 * 86_400)
    make("new")
    watch.pass_s(86_400)

    assert broom().superseded_takes().count == 0


def test_of_a_piece_that_was_ever_bought_everything_stays(
    make: Callable[..., TakeRow], broom: Broom, books: StudioBooks, watch: Watch
) -> None:
    make("old")
    make("new")
    books.admit([a_quote("clip_05")], NO_CAPS, ME)
    watch.pass_s(8 * 86_400)

    assert broom().superseded_takes().count == 0


def test_an_orphan_goes_after_a_day_and_a_file_that_is_being_recorded_does_not(
    make: Callable[..., TakeRow], broom: Broom, disk: FolderStore, tmp_path: Path, watch: Watch
) -> None:
    used = make("used")
    loose = tmp_path / "loose.txt"
    loose.write_text("loose")
    key = media_key("haunter", "clip", "clip_06", sha256_of(loose), ".txt")
    disk.put(key, loose, "text/plain")

    first = broom().orphans()
    watch.pass_s(timedelta(hours=23).total_seconds())
    early = broom().orphans()
    watch.pass_s(timedelta(hours=2).total_seconds())
    late = broom().orphans()

    assert [swept.count for swept in (first, early, late)] == [0, 0, 1]
    assert disk.head(key) is None and disk.head(used.files["main"].key) is not None


def test_bytes_that_came_for_a_purchase_are_no_orphans(
    broom: Broom, books: StudioBooks, disk: FolderStore, tmp_path: Path, watch: Watch
) -> None:
    books.admit([a_quote("clip_05")], NO_CAPS, ME)
    loose = tmp_path / "loose.txt"
    loose.write_text("a vendor's bytes")
    key = media_key("haunter", "clip", "clip_05", sha256_of(loose), ".txt")
    disk.put(key, loose, "text/plain")

    broom().orphans()
    watch.pass_s(30 * 86_400)

    assert broom().orphans().count == 0 and disk.head(key) is not None


def test_old_counts_of_quotas_go_and_a_parked_vendor_stays_parked(
    broom: Broom, books: StudioBooks, watch: Watch
) -> None:
    books.park("gemini", watch().timestamp() + 3600)
    books.park("kie", watch().timestamp() + 30 * 86_400)
    watch.pass_s(8 * 86_400)

    assert (broom(dry_run=True).old_quotas().count, broom().old_quotas().count) == (1, 1)
    assert books.parked_until("kie") > 0 and broom().old_quotas().count == 0
