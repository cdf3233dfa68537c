"""The studio's database, on SQLite and on a real PostgreSQL."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, func, insert, inspect, select
from sqlalchemy.exc import IntegrityError

from pokegeo_dagster.film.errors import DatabaseUnavailable, OrderRefused
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.storage import schema
from pokegeo_dagster.storage.media_store import MediaRef
from pokegeo_dagster.storage.studio_db import StudioDb

RECIPE, OTHER_RECIPE = "ab" * 32, "cd" * 32
FILES = {
    "main": MediaRef(f"episodes/haunter/clip/clip_05/{RECIPE}.mp4", 1234, "ef" * 32, "video/mp4"),
    "poster": MediaRef(f"episodes/haunter/clip/clip_05/{RECIPE}.poster.jpg", 12, "01" * 32, "image/jpeg"),
}


def a_take(**changes):
    return {
        "episode": "haunter",
        "asset": "clip",
        "key": "clip_05",
        "recipe": RECIPE,
        "data_version": "23" * 32,
        "files": FILES,
        "slate": {"duration_s": 4.25, "words": ["gaseous", "«émoi»"]},
        "member": "house",
        "model": "parallax",
    } | changes


def reopened(database_url):
    return StudioDb(database_url)


def test_a_brief_comes_back_as_it_was_ordered(db):
    brief = Brief(episode="haunter", species="haunter", clip_count=3, budget_usd=Decimal("12.34"))
    db.save_brief(brief)
    db.save_brief(Brief(episode="gengar", species="gengar"))

    assert db.brief("haunter") == brief
    assert db.brief("mew") is None
    assert [one.episode for one in db.briefs()] == ["haunter", "gengar"]


def test_a_changed_brief_takes_the_place_of_the_first(db):
    db.save_brief(Brief(episode="haunter", species="haunter", clip_count=3))
    db.save_brief(Brief(episode="haunter", species="haunter", clip_count=5))

    assert [one.clip_count for one in db.briefs()] == [5]


def test_a_deleted_episode_leaves_the_catalogue_but_not_the_books(db):
    db.save_brief(Brief(episode="haunter", species="haunter"))
    db.add_take(**a_take(cost_usd=Decimal("1.50"), paid=True))

    assert db.delete_brief("haunter") is True
    assert db.delete_brief("haunter") is False
    assert (db.brief("haunter"), db.briefs()) == (None, ())
    assert [take.cost_usd for take in db.takes("haunter", "clip", "clip_05")] == [Decimal("1.50")]
    db.save_brief(Brief(episode="haunter", species="haunter"))
    assert db.brief("haunter") is not None


def test_a_take_comes_back_with_its_files_and_slate(db, database_url):
    made = db.add_take(**a_take(cost_usd=Decimal("0.000001"), author="ash"))

    found = reopened(database_url).find_take("haunter", "clip", "clip_05", RECIPE)

    assert found == made
    assert found.files == FILES
    assert found.slate["words"] == ["gaseous", "«émoi»"]
    assert (found.number, found.cost_usd, found.paid, found.author) == (1, Decimal("0.000001"), False, "ash")
    assert found.created_at.tzinfo is not None
    assert abs(found.created_at - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_take_on_record_is_not_recorded_twice(db):
    first = db.add_take(**a_take())

    assert db.add_take(**a_take(member="someone else")) == first
    assert db.takes("haunter", "clip", "clip_05") == (first,)


def test_the_newest_take_of_a_recipe_is_found_and_older_ones_by_number(db):
    first, second = db.add_take(**a_take()), db.add_take(**a_take(number=2))
    other = db.add_take(**a_take(recipe=OTHER_RECIPE))

    assert db.find_take("haunter", "clip", "clip_05", RECIPE) == second
    assert db.find_take("haunter", "clip", "clip_05", RECIPE, 1) == first
    assert db.find_take("haunter", "clip", "clip_05", RECIPE, 3) is None
    assert db.find_take("haunter", "clip", "clip_06", RECIPE) is None
    assert db.takes("haunter", "clip", "clip_05") == (first, second, other)
    assert db.take(first.id) == first


def test_one_take_of_a_key_is_current_and_an_older_one_may_be_again(db):
    first, second = db.add_take(**a_take()), db.add_take(**a_take(number=2, data_version="45" * 32))

    db.approve("haunter", "clip", "clip_05", second.id, "shot/clip_05=1")
    db.approve("haunter", "clip", "clip_05", first.id, "shot/clip_05=2")

    current = db.approved("haunter")[("clip", "clip_05")]
    assert (current.take, current.take_id) == (first, first.id)
    assert (current.data_version, current.inputs_text) == (first.data_version, "shot/clip_05=2")
    assert db.approved_take("haunter", "clip", "clip_05") == current


def test_what_is_approved_can_be_asked_by_episode_and_asset(db):
    for episode, asset, key in [
        ("haunter", "clip", "clip_01"),
        ("haunter", "final_cut", "film"),
        ("mew", "clip", "clip_01"),
    ]:
        take = db.add_take(**a_take(episode=episode, asset=asset, key=key))
        db.approve(episode, asset, key, take.id, "")

    assert set(db.approved("haunter")) == {("clip", "clip_01"), ("final_cut", "film")}
    assert set(db.approved("haunter", "clip")) == {("clip", "clip_01")}
    assert db.approved("gengar") == {}
    assert db.approved_films() == [("haunter", "final_cut")]
    assert sorted(row[:3] for row in db.approved_overview()) == [
        ("haunter", "clip", "clip_01"),
        ("haunter", "final_cut", "film"),
        ("mew", "clip", "clip_01"),
    ]  # fmt: skip


def test_a_take_of_another_key_cannot_be_approved(db):
    take = db.add_take(**a_take())

    for episode, key, take_id in [
        ("haunter", "clip_06", take.id),
        ("mew", "clip_05", take.id),
        ("haunter", "clip_05", 999),
    ]:
        with pytest.raises(OrderRefused, match="has no take"):
            db.approve(episode, "clip", key, take_id, "")
    assert db.approved("haunter") == {}


def test_a_failure_stays_until_the_key_succeeds(db):
    db.record_failure("haunter", "clip", "clip_05", "no light", "ShotFailed", "run-1")
    db.record_failure("haunter", "clip", "clip_05", "no film", "ShotFailed", "run-2")
    db.record_failure("mew", "clip", "clip_01", "gone", "ShotFailed")

    (failure,) = db.failures("haunter")
    assert (failure.key, failure.reason, failure.run_id) == ("clip_05", "no film", "run-2")
    assert len(db.failures()) == 2
    db.approve("haunter", "clip", "clip_05", db.add_take(**a_take()).id, "")
    assert db.failures("haunter") == ()
    db.clear_failure("mew", "clip", "clip_01")
    assert db.failures() == ()


def test_money_is_never_a_float(db):
    with pytest.raises(Exception, match="An exact amount is a Decimal, not float"):
        db.add_take(**a_take(cost_usd=0.1))


def test_sixteen_makers_of_one_take_make_one_take(db, database_url):
    others = [db, reopened(database_url)]

    with ThreadPoolExecutor(16) as pool:
        rows = set(pool.map(lambda n: others[n % 2].add_take(**a_take(author=str(n))).id, range(48)))

    assert len(rows) == 1
    assert len(db.takes("haunter", "clip", "clip_05")) == 1
    others[1].close()


def test_sixteen_approvals_at_once_leave_one_of_them_whole(db, database_url):
    takes = [db.add_take(**a_take(number=n, data_version=f"{n:064d}")) for n in range(1, 17)]
    others = [db, reopened(database_url)]

    def approve(take):
        others[take.number % 2].approve("haunter", "clip", "clip_05", take.id, f"shot/clip_05={take.number}")

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(approve, takes))

    current = db.approved("haunter")[("clip", "clip_05")]
    assert current.data_version == f"{current.take.number:064d}"
    assert current.inputs_text == f"shot/clip_05={current.take.number}"
    others[1].close()


MIGRATE = (
    "import sys; from pokegeo_dagster.storage.studio_db import StudioDb; StudioDb(sys.argv[1]).migrate()"
)


def test_studios_that_start_at_once_lay_out_one_database(database_url):
    starts = [subprocess.Popen([sys.executable, "-c", MIGRATE, database_url]) for _ in range(3)]

    assert [start.wait() for start in starts] == [0, 0, 0]
    db = StudioDb(database_url)
    assert db.briefs() == ()
    db.close()


def test_threads_that_start_at_once_lay_out_each_database_once(tmp_path, database_url):
    urls = [database_url, *(f"sqlite:///{tmp_path / f'{n}.db'}" for n in range(3))]
    databases = [StudioDb(url) for url in urls * 3]

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda db: db.migrate(), databases))

    assert [db.briefs() for db in databases] == [()] * 12
    for db in databases:
        db.close()


def test_the_revisions_lay_out_exactly_the_schema(db, database_url):
    engine = create_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []
        assert context.get_current_revision() == schema.HEAD
        live = {index["name"]: index["unique"] for index in inspect(connection).get_indexes("tasks")}
        assert live["uq_tasks_live"]
    engine.dispose()


def test_the_newest_revision_is_the_one_the_schema_names():
    assert (
        ScriptDirectory(f"{schema.__file__.rpartition('/')[0]}/migrations").get_current_head() == schema.HEAD
    )


def test_a_database_of_a_newer_studio_is_left_alone(db, database_url):
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()

    with pytest.raises(DatabaseUnavailable, match=r"laid out by a newer pokegeo.*upgrade pokegeo"):
        db.migrate()


def a_task(**changes):
    now = datetime.now(UTC)
    words = {"episode": "haunter", "asset": "clip", "key": "clip_05", "recipe": RECIPE, "number": 1}
    words |= {"channel": "default", "vendor": "kling", "model": "v3", "state": "running"}
    return words | {"created_at": now, "updated_at": now} | changes


def test_the_database_itself_stops_a_second_buyer_of_one_take(db):
    def buy(**changes):
        with db._database.transaction(write=True) as connection:
            connection.execute(insert(schema.tasks), a_task(**changes))

    buy(state="failed")
    buy(state="unknown")
    for state in ("intent", "submitted", "running", "delivered"):
        with pytest.raises(IntegrityError):
            buy(state=state)
    buy(number=2)
    with pytest.raises(IntegrityError):
        buy(number=3, state="lost")


def test_the_ledger_sums_exactly_and_belongs_to_its_task(db):
    def entry(**changes):
        row = {"at": datetime.now(UTC), "kind": "charge", "vendor": "kling", "amount_usd": Decimal("0.1")}
        return row | {"units": Decimal("10.5"), "unit": "s"} | changes

    with db._database.transaction(write=True) as connection:
        connection.execute(insert(schema.tasks), a_task())
        task_id = connection.scalar(select(schema.tasks.c.id))
        connection.execute(insert(schema.ledger), entry(task_id=task_id))
        connection.execute(insert(schema.ledger), [entry(task_id=task_id, kind="settle")] * 2)
        assert connection.scalar(select(func.sum(schema.ledger.c.amount_usd))) == Decimal("0.3")
        assert connection.scalar(select(func.sum(schema.ledger.c.units))) == Decimal("31.5")
    with pytest.raises(IntegrityError), db._database.transaction(write=True) as connection:
        connection.execute(insert(schema.ledger), [entry(task_id=task_id + 1)])


def test_a_task_is_charged_for_once_whoever_books_it(db):
    row = {"at": datetime.now(UTC), "kind": "charge", "vendor": "kling", "amount_usd": Decimal("0.42")}
    with db._database.transaction(write=True) as connection:
        connection.execute(insert(schema.tasks), a_task())
        booked = row | {"task_id": connection.scalar(select(schema.tasks.c.id))}
        connection.execute(insert(schema.ledger), booked)

    with pytest.raises(IntegrityError), db._database.transaction(write=True) as connection:
        connection.execute(insert(schema.ledger), booked)


def test_what_fails_half_way_leaves_no_half(db):
    def buy_in_the_dark():
        with db._database.transaction(write=True) as connection:
            connection.execute(insert(schema.tasks), a_task())
            raise RuntimeError("the lights went out")

    with pytest.raises(RuntimeError):
        buy_in_the_dark()

    with db._database.transaction(write=False) as connection:
        assert connection.execute(select(schema.tasks)).all() == []


def test_a_database_that_was_never_laid_out_says_so(database_url):
    with pytest.raises(DatabaseUnavailable, match="has not been laid out yet: start pokegeo once"):
        StudioDb(database_url).briefs()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql+psycopg2://me:hunter2@127.0.0.1:9/studio", "does not answer: check that it runs"),
        ("sqlite:////dev/null/studio.db", "cannot be made"),
        ("mysql://me:hunter2@db/studio", "no URL of a database the studio speaks"),
        ("hunter2", "no URL of a database the studio speaks"),
    ],
)
def test_a_database_out_of_reach_is_said_in_one_line_without_its_password(url, told):
    db = StudioDb(url)

    for use in (db.migrate, db.briefs):
        with pytest.raises(DatabaseUnavailable) as refusal:
            use()
        assert "\n" not in str(refusal.value)
        assert "hunter2" not in f"{refusal.value} {db!r}"
    with pytest.raises(DatabaseUnavailable, match=told):
        db.migrate()


def test_a_missing_database_and_a_stranger_are_told_apart(postgres):
    url = postgres.new_database()

    with pytest.raises(DatabaseUnavailable, match="does not exist on its server: create it"):
        StudioDb(url.replace("/studio_", "/nothing_")).migrate()
    with pytest.raises(DatabaseUnavailable, match="refused the user or its password"):
        StudioDb(url.replace("postgres:", "stranger:hunter2")).migrate()
