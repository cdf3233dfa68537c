"""What a human wrote is kept, newest first and nothing lost; what each episode cost adds up. On SQLite
and on a real PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, select

from pokegeo_dagster.film.errors import DatabaseUnavailable
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.storage import schema
from pokegeo_dagster.storage.media_store import MediaRef
from pokegeo_dagster.storage.studio_db import StudioDb

FILES = {"main": MediaRef("episodes/a/clip/clip_05/x.mp4", 12, "ef" * 32, "video/mp4")}
PLAY = "title: «Émoi»\nshots:\n  - narration: 'one'\n    # a person's note 🦊\n"


def rows(database_url: str):
    engine = create_engine(database_url)
    with engine.connect() as connection:
        found = connection.execute(select(schema.edits).order_by(schema.edits.c.id)).all()
    engine.dispose()
    return found


def test_where_nobody_wrote_there_is_no_edit(db):
    assert db.edit("haunter", "screenplay") is None


def test_an_edit_comes_back_letter_by_letter_in_another_process(db, database_url):
    db.save_edit("haunter", "screenplay", PLAY, "ash")

    assert db.edit("haunter", "screenplay") == PLAY
    assert StudioDb(database_url).edit("haunter", "screenplay") == PLAY


def test_the_newest_edit_counts_and_the_older_ones_stay_on_record(db, database_url):
    for text, author in (("one", "ash"), ("two", "misty"), ("three", "ash")):
        db.save_edit("haunter", "screenplay", text, author)

    assert db.edit("haunter", "screenplay") == "three"
    kept = rows(database_url)
    assert [(row.text, row.author) for row in kept] == [("one", "ash"), ("two", "misty"), ("three", "ash")]


def test_of_two_edits_of_one_moment_the_later_saved_counts(database_url):
    """Clocks tie, and clocks go back; the order of saving does not."""
    moments = iter(
        [datetime(2026, 5, 2, tzinfo=UTC), datetime(2026, 5, 2, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)]
    )
    db = StudioDb(database_url, now=lambda: next(moments))
    db.migrate()

    db.save_edit("haunter", "screenplay", "first", "ash")
    db.save_edit("haunter", "screenplay", "second", "ash")
    assert db.edit("haunter", "screenplay") == "second"
    db.save_edit("haunter", "screenplay", "after the clock was set back", "ash")

    assert db.edit("haunter", "screenplay") == "after the clock was set back"
    db.close()


def test_the_crew_gets_its_turn_back_and_may_lose_it_again(db):
    db.save_edit("haunter", "screenplay", PLAY, "ash")
    db.save_edit("haunter", "screenplay", None, "ash")
    assert db.edit("haunter", "screenplay") is None

    db.save_edit("haunter", "screenplay", "again", "ash")

    assert db.edit("haunter", "screenplay") == "again"


def test_an_edit_is_of_one_asset_of_one_episode(db):
    db.save_edit("haunter", "screenplay", "of haunter", "ash")
    db.save_edit("haunter", "pitches", "2", "ash")
    db.save_edit("haunter-2", "screenplay", "of the other", "ash")
    db.save_edit("haunter", "pitches", None, "ash")

    assert db.edit("haunter", "screenplay") == "of haunter"
    assert db.edit("haunter-2", "screenplay") == "of the other"
    assert (db.edit("haunter", "pitches"), db.edit("haunter-2", "pitches")) == (None, None)


def test_an_empty_text_was_written_by_somebody(db):
    db.save_edit("haunter", "screenplay", "", "ash")

    assert db.edit("haunter", "screenplay") == ""


def test_an_edit_outlives_the_episode_in_the_catalogue(db):
    db.save_brief(Brief(episode="haunter", species="haunter"))
    db.save_edit("haunter", "screenplay", PLAY, "ash")

    db.delete_brief("haunter")

    assert db.edit("haunter", "screenplay") == PLAY


def test_of_many_who_write_at_once_nobody_is_lost(db, database_url):
    with ThreadPoolExecutor(4) as desks:
        list(desks.map(lambda n: db.save_edit("haunter", "screenplay", f"draft {n}", f"hand {n}"), range(12)))

    kept = rows(database_url)
    assert {row.text for row in kept} == {f"draft {n}" for n in range(12)}
    assert db.edit("haunter", "screenplay") == kept[-1].text


def test_without_tables_an_edit_is_refused_and_not_lost_silently(database_url):
    db = StudioDb(database_url)

    with pytest.raises(DatabaseUnavailable, match="has not been laid out yet"):
        db.save_edit("haunter", "screenplay", PLAY, "ash")
    with pytest.raises(DatabaseUnavailable, match="has not been laid out yet"):
        db.edit("haunter", "screenplay")
    db.close()
