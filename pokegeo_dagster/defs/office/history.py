"""Dagster's history in SQLite, written as fast as a production with many departments needs it.

Dagster (1.13) opens a new engine for every event and every look at a run, writes each with a full
flush, one thread at a time over all runs, and lays out one file a run with alembic (0.4 s each, and it
resets Python's logging).
Here connections are kept, runs do not wait for each other, and a new run's file is a copy of one that
was laid out before. What is lost when the power fails is the last second of *history*: the records of
takes and money are not here (storage/), and a production tells Dagster again what it does not know.
"""

import os
import shutil
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.storage.event_log.sqlite.sqlite_event_log import (
    INDEX_SHARD_NAME,
    SqliteEventLogStorage,
)
from dagster._core.storage.runs.sqlite.sqlite_run_storage import SqliteRunStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData
from filelock import FileLock
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool

PATIENCE_S = 60  # how long a write waits for another process's
MOST_OPEN = 32  # files of runs that are kept open; a webserver looks at thousands in its life


class SqliteHistory(DagsterSqliteStorage):
    """The history of a studio on one machine, in its home."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None):
        # Two producers that open a new studio at once would lay out the same tables (Dagster 1.13).
        with FileLock(Path(base_dir) / "laying-out.lock"):
            kept = KeptEventLog(str(Path(base_dir) / "history" / "runs"))
            super().__init__(base_dir, inst_data)
            self._event_log_storage = kept
            self._run_storage = KeptRuns(self._run_storage._conn_string)


class KeptRuns(SqliteRunStorage):
    """Dagster's list of runs, its connections kept."""

    def __init__(self, conn_string: str, inst_data: ConfigurableClassData | None = None):
        self._kept: dict[int, Engine] = {}
        super().__init__(conn_string, inst_data)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection of this process's own: what a forked one inherits is its parent's."""
        process = os.getpid()
        engine = self._kept.get(process) or self._kept.setdefault(process, _engine(self._conn_string))
        with engine.connect() as connection, connection.begin():
            yield connection


class KeptEventLog(SqliteEventLogStorage):
    """Dagster's event log, its connections kept and its files laid out by copying."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None):
        self._kept: OrderedDict[str, tuple[Engine, threading.Lock]] = OrderedDict()
        self._keeping = threading.Lock()
        self._process = os.getpid()
        runs = Path(base_dir).absolute()
        self._template = runs / f"template-{dg.__version__}.sqlite"
        index = runs / f"{INDEX_SHARD_NAME}.db"
        if not self._template.exists() or not _is_laid_out(index):
            _lay_out(runs, self._template, index)  # now, while no run of this process is logging
        super().__init__(base_dir, inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine, turn = self._engine_of(shard)
            if shard not in self._initialized_dbs:
                self._begin_file(shard, engine)
                self._initialized_dbs.add(shard)
        # A run's own file has one writer at a time in this process; other runs' do not wait for it.
        with turn, engine.connect() as connection, connection.begin():
            yield connection

    def _engine_of(self, shard: str) -> tuple[Engine, threading.Lock]:
        with self._keeping:
            if self._process != os.getpid():  # the files of a forked process are its parent's
                self._kept.clear()
                self._process = os.getpid()
            if shard not in self._initialized_dbs:
                self._kept.pop(shard, None)  # its file was wiped
            if shard not in self._kept:
                self._kept[shard] = _engine(self.conn_string_for_shard(shard)), threading.Lock()
            self._kept.move_to_end(shard)
            while len(self._kept) > MOST_OPEN:
                oldest = next(name for name in self._kept if name != INDEX_SHARD_NAME)
                self._kept.pop(oldest)[0].dispose()
            return self._kept[shard]

    def _begin_file(self, shard: str, engine: Engine) -> None:
        path = Path(self.path_for_shard(shard))
        if shard == INDEX_SHARD_NAME or path.exists():
            self._initdb(engine)
            return
        with tempfile.TemporaryDirectory(dir=self._base_dir) as folder:
            copy = Path(folder) / "run"
            shutil.copyfile(self._template, copy)
            try:
                os.link(copy, path)
            except FileExistsError:  # another process was quicker
                self._initdb(engine)


def _lay_out(runs: Path, template: Path, index: Path) -> None:
    """Puts the index and the file that others are copied from in place, each whole: a process killed
    between two of Dagster's own steps would leave an index that every later start trips over."""
    runs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=runs) as folder:
        made = SqliteEventLogStorage(folder)  # lays its index out, and marks it as up to date
        with made.run_connection("run"):
            pass
        for shard, place in (("run", template), (INDEX_SHARD_NAME, index)):
            path = Path(made.path_for_shard(shard))
            engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()
            if place.exists() and not _is_laid_out(place):
                os.replace(path, place)
            else:
                with suppress(FileExistsError):  # another process was quicker
                    os.link(path, place)


def _is_laid_out(path: Path) -> bool:
    if not path.exists():
        return False
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with engine.connect() as connection:
        tables = "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"
        if not connection.exec_driver_sql(tables).scalar():
            return False
        return bool(connection.exec_driver_sql("SELECT count(*) FROM alembic_version").scalar())


def _engine(url: str) -> Engine:
    engine = create_engine(
        url, pool_size=1, max_overflow=8, connect_args={"timeout": PATIENCE_S, "check_same_thread": False}
    )
    event.listen(engine, "connect", _set_up)
    return engine


def _set_up(connection: Any, _: Any) -> None:
    # In write-ahead logging this never damages a file; it flushes at checkpoints, not at each event.
    connection.execute("PRAGMA synchronous=NORMAL")
