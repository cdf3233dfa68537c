"""The studio's database as a file of SQLite's: not one, locked, read-only, and on the disk."""

import sqlite3
from contextlib import ExitStack

import pytest

from pokegeo_dagster.film.errors import DatabaseUnavailable
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.storage import _database
from pokegeo_dagster.storage.studio_db import StudioDb


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("buy milk, and feed the haunter\n" * 100)

    with pytest.raises(DatabaseUnavailable, match="is another kind of file"):
        StudioDb(f"sqlite:///{path}").migrate()
    assert path.read_text().startswith("buy milk")


def test_a_sqlite_charge_that_was_committed_is_on_the_disk(tmp_path):
    db = StudioDb(f"sqlite:///{tmp_path / 'deep' / 'studio.db'}")
    db.migrate()

    with db._database.transaction(write=False) as connection:
        told = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in
                ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")]  # fmt: skip

    assert told == ["wal", 2, 1, 30_000]
    db.close()


@pytest.mark.parametrize("holder", ["another process", "this process"])
def test_a_locked_sqlite_file_is_waited_for_and_then_named(tmp_path, monkeypatch, holder):
    monkeypatch.setattr(_database, "PATIENCE_S", 0)
    path = tmp_path / "studio.db"
    db, other = (StudioDb(f"sqlite:///{path}") for _ in range(2))
    db.migrate()
    stranger = sqlite3.connect(path, isolation_level=None)

    with ExitStack() as held:
        if holder == "this process":
            held.enter_context(db._database.transaction(write=True))
        else:
            stranger.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseUnavailable, match=f"has been held by {holder}"):
            other.save_brief(Brief(episode="haunter", species="haunter"))
    assert other.briefs() == ()
    stranger.close()
    db.close()
    other.close()


def test_a_read_only_sqlite_file_can_still_be_read(tmp_path):
    path = tmp_path / "studio.db"
    db = StudioDb(f"sqlite:///{path}")
    db.migrate()
    db.save_brief(Brief(episode="haunter", species="haunter"))
    db.close()
    reader = StudioDb(f"sqlite:///file:{path}?mode=ro&uri=true")

    assert [one.episode for one in reader.briefs()] == ["haunter"]
    with pytest.raises(DatabaseUnavailable, match="cannot be written to: give this user the right"):
        reader.delete_brief("haunter")
    reader.close()
