"""Connections to PostgreSQL that lay in the pool while the server was started again."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from pokegeo_dagster.storage import _database
from pokegeo_dagster.storage._database import Database
from pokegeo_dagster.storage.local_postgres import _forget_the_dead
from pokegeo_dagster_tests.emulators.postgres_server import PostgresServer

GONE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}' AND pid <> pg_backend_pid()"
)


def _name(url: str) -> str:
    return url.split("?")[0].rpartition("/")[2]


def _one(database: Database, write: bool) -> object:
    with database.transaction(write=write) as connection:
        return connection.scalar(text("SELECT 1"))


def test_a_connection_that_rested_while_its_server_went_is_replaced_and_nobody_notices(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_database, "RESTED_S", 0.0)
    url = postgres.new_database()
    database = Database(url)
    before = _one(database, write=True)

    postgres.run(GONE.format(_name(url)))

    assert before == _one(database, write=False) == _one(database, write=True) == 1
    database.close()


def test_history_keeps_its_connections_for_the_whole_process_and_outlives_its_server(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pokegeo_dagster.defs.office.history_postgres import PostgresHistory

    monkeypatch.setattr(_database, "RESTED_S", 0.0)
    url = postgres.new_database()
    first, second = PostgresHistory(url), PostgresHistory(url)
    name = _name(url)

    for history in (first, second):
        assert history.run_storage.get_runs() == []
    asked = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}' AND state = 'idle'"
    open_now = Database(postgres.admin_url)
    with open_now.transaction(write=False) as connection:
        kept = connection.scalar(text(asked))
    postgres.run(GONE.format(name))

    assert kept == 1
    assert second.run_storage.get_runs() == []
    open_now.close()


def test_the_note_of_a_killed_server_is_taken_away_also_while_nobody_has_buried_it(tmp_path: Path) -> None:
    note = tmp_path / "postmaster.pid"
    killed = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, killed.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and is not buried
    numbers = {"a zombie": killed.pid, "another program": os.getpid(), "nobody": 2**22 - 1}

    left = {}
    for who, number in numbers.items():
        note.write_text(f"{number}\n/data\n")
        _forget_the_dead(note)
        left[who] = note.exists()
    killed.wait()

    assert left == dict.fromkeys(numbers, False)


def test_the_note_of_a_server_that_runs_stays(postgres: PostgresServer) -> None:
    with Database(postgres.admin_url).transaction(write=False) as connection:
        data = Path(str(connection.scalar(text("SHOW data_directory"))))

    _forget_the_dead(data / "postmaster.pid")

    assert (data / "postmaster.pid").exists()
