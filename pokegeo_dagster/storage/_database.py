"""One transaction at a time on the studio's database, whichever it is, and what its errors mean."""

from __future__ import annotations

import importlib.resources
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DataError,
    DisconnectionError,
    IntegrityError,
    InterfaceError,
    NoSuchModuleError,
    ProgrammingError,
    TimeoutError,
)

from pokegeo_dagster.film.errors import DatabaseUnavailable
from pokegeo_dagster.storage.schema import HEAD
from pokegeo_dagster.storage.settings import without_password

PATIENCE_S = 30
RESTED_S = 1.0  # how long a connection may lie in the pool before it is asked whether it still is one
# Any number, so long as nobody else uses it: it names our advisory lock in PostgreSQL.
_MIGRATION_LOCK = 0x706F6B6567656F
# Alembic keeps the migration under way in a module, so one thread of a process migrates at a time.
_migrating = threading.Lock()
# Whose turn it is to write into a SQLite file, over all Database objects of a process.
_turns: dict[tuple[int, str | None], threading.Lock] = {}


class Database:
    """A database by its URL: connects at the first use, and again after a fork."""

    def __init__(self, url: str):
        self._url = url
        self._engine: Engine | None = None
        self._process = 0
        self._lock = threading.Lock()

    @property
    def shown(self) -> str:
        """The URL without its password."""
        return without_password(self._url)

    @contextmanager
    def transaction(self, write: bool) -> Iterator[Connection]:
        """A connection in a transaction that ends with the block, undone by any error.

        A writer holds SQLite's write lock from the start: a reader that turns into a writer would
        be refused at once, whatever its patience. Raises DatabaseUnavailable.
        """
        with self._clear_errors(), self._turn(write), self._connected().connect() as connection:
            connection = connection.execution_options(studio_write=write)
            if not write and connection.dialect.name == "postgresql":
                # Each of its statements sees what is committed, in a transaction as well: what that adds
                # is two more questions to the server for every answer.
                connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            with connection.begin():
                yield connection

    @contextmanager
    def _turn(self, write: bool) -> Iterator[None]:
        """SQLite has one writer at a time, and others look again after up to 0.1 s: threads of one
        process take turns here, where the next one goes on at once."""
        url = make_url(self._url)
        if not write or url.get_backend_name() != "sqlite":
            yield
            return
        turn = _turns.setdefault((os.getpid(), url.database), threading.Lock())
        if not turn.acquire(timeout=PATIENCE_S):
            raise DatabaseUnavailable(
                f"The studio's database {self.shown} has been held by this process for {PATIENCE_S} s: "
                "run this again."
            )
        try:
            yield
        finally:
            turn.release()

    def migrate(self) -> None:
        """Bring the tables up to date. Safe to call at every start, from several processes at once."""
        with self._clear_errors():
            url = make_url(self._url)
            if url.get_backend_name() == "sqlite":
                self._prepare_file(Path(str(url.database)))
        if self._revision() == HEAD:
            return
        with _migrating, self.transaction(write=True) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _MIGRATION_LOCK})
            self._upgrade(connection)

    def close(self) -> None:
        """Close the connections. The next call opens new ones."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    def _connected(self) -> Engine:
        with self._lock:
            if self._engine is None or self._process != os.getpid():
                if self._engine is not None:
                    self._engine.dispose(close=False)  # the sockets and files are the parent's
                self._engine, self._process = _engine(self._url), os.getpid()
            return self._engine

    def _revision(self) -> str | None:
        with self.transaction(write=False) as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.scalar(text("SELECT version_num FROM alembic_version"))

    def _upgrade(self, connection: Connection) -> None:
        from alembic import command  # a third of a second, needed once in the life of a database
        from alembic.config import Config
        from alembic.util import CommandError

        with importlib.resources.as_file(importlib.resources.files(f"{__package__}.migrations")) as scripts:
            config = Config()
            config.set_main_option("script_location", str(scripts).replace("%", "%%"))
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as problem:
                raise DatabaseUnavailable(
                    f"The studio's database {self.shown} was laid out by a newer pokegeo ({problem}): "
                    "upgrade pokegeo, or set POKEGEO_DATABASE_URL to another database."
                ) from problem

    def _prepare_file(self, path: Path) -> None:
        """The folder of a SQLite file, and write-ahead logging, which stays with the file."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise DatabaseUnavailable(
                f"The folder of the studio's database {path} cannot be made ({problem.strerror}): "
                "set POKEGEO_DATABASE_URL, or choose another home."
            ) from problem
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                with self._connected().connect() as connection:
                    connection.exec_driver_sql("PRAGMA journal_mode=WAL").all()
                return
            except DatabaseError as problem:
                # The switch itself does not wait for its turn, whatever busy_timeout says.
                if "locked" not in str(problem.orig) or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        try:
            yield
        except (IntegrityError, DataError):
            raise  # the database works; the caller's row does not fit
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as problem:
            raise DatabaseUnavailable(
                f"POKEGEO_DATABASE_URL is no URL of a database the studio speaks ({type(problem).__name__}): "
                "write sqlite:///folder/studio.db or postgresql+psycopg2://user:password@host:5432/database."
            ) from None
        except TimeoutError:
            raise DatabaseUnavailable(
                f"The studio's database {self.shown} is too busy: no connection was free for {PATIENCE_S} s."
            ) from None
        except (DatabaseError, InterfaceError) as problem:
            told = _explain(str(problem.orig))
            if told is None and isinstance(problem, ProgrammingError):
                raise  # our own mistake, not the database's
            told = told or f"failed ({type(problem.orig).__name__}): look into its own log."
            # No "from": what a driver says may quote the connection, password and all.
            raise DatabaseUnavailable(f"The studio's database {self.shown} {told}") from None


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(
            url,
            pool_size=8,
            max_overflow=56,
            pool_timeout=PATIENCE_S,
            connect_args={"timeout": PATIENCE_S, "check_same_thread": False},
        )
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(
        url,
        pool_size=8,
        max_overflow=24,
        pool_timeout=PATIENCE_S,
        connect_args={"connect_timeout": 10, "application_name": "pokegeo"},
    )
    ask_the_rested(engine)
    return engine


def ask_the_rested(engine: Engine) -> None:
    """Has a connection that lay in the pool for a while asked whether its server is still there, as
    `pool_pre_ping` does with all of them: one that was used a moment ago need not be asked."""

    def asked(connection: Any, record: Any, _: Any) -> None:
        if time.monotonic() - record.info.get("used_at", 0.0) > RESTED_S:
            try:
                engine.dialect.do_ping(connection)
            except Exception as gone:
                raise DisconnectionError("the server has gone") from gone

    def used(_: Any, record: Any) -> None:
        record.info["used_at"] = time.monotonic()

    event.listen(engine, "connect", used)
    event.listen(engine, "checkout", asked)
    event.listen(engine, "checkin", used)


def _set_up_sqlite(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None  # Python's own BEGIN comes late and never for DDL: we say it
    connection.execute(f"PRAGMA busy_timeout={PATIENCE_S * 1000}")
    connection.execute("PRAGMA foreign_keys=ON")
    # FULL: a charge that was committed is on the disk, also after the power fails.
    connection.execute("PRAGMA synchronous=FULL")


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("studio_write")
    if write is not None:  # a change of journal mode wants no transaction
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


# What drivers say -> what it means. The first that fits counts.
_MEANINGS = (
    ("unable to open database file", "cannot be opened: is its folder there, and may this user write to it?"),
    ("readonly database", "cannot be written to: give this user the right to, or set POKEGEO_DATABASE_URL."),
    ("read-only transaction", "is read-only, perhaps a standby: set POKEGEO_DATABASE_URL to the primary."),
    ("file is not a database", "is another kind of file: set POKEGEO_DATABASE_URL to a new one."),
    ("malformed", "is damaged: restore it from a backup."),
    ("database is locked", f"has been held by another process for {PATIENCE_S} s: run this again."),
    ("disk is full", "is on a full disk: free some space, then run this again. Nothing was half-written."),
    ("No space left", "is on a full disk: free some space, then run this again. Nothing was half-written."),
    ("no such table", "has not been laid out yet: start pokegeo once, which does it."),
    ("no such column", "was laid out by an older pokegeo: start pokegeo once, which brings it up to date."),
    ("password authentication failed", "refused the user or its password: check POKEGEO_DATABASE_URL."),
    ("no password supplied", "wants a password: put it into POKEGEO_DATABASE_URL."),
    ("pg_hba.conf", "does not let this user in from here: check POKEGEO_DATABASE_URL and pg_hba.conf."),
    ("permission denied", "does not let this user do that: grant it the rights, or use the owner."),
    ("too many", "has no connection left: raise max_connections, or stop what else uses it."),
    ("could not translate host name", "is on a host that nobody knows: check POKEGEO_DATABASE_URL."),
    ("timeout expired", "does not answer: check that it runs and that its host and port are right."),
    ("connection refused", "does not answer: check that it runs and that its host and port are right."),
    ("no such file or directory", "does not answer: check that it runs and that its socket is there."),
    ("no route to host", "does not answer: check that it runs and that its host and port are right."),
    ("network is unreachable", "does not answer: check that it runs and that its host and port are right."),
    ("starting up", "is still starting: run this again in a moment."),
    ("closed the connection", "broke off the connection: run this again."),
    ("connection already closed", "broke off the connection: run this again."),
    ("terminating connection", "broke off the connection: run this again."),
    ("ssl", "could not be reached over TLS: check sslmode in POKEGEO_DATABASE_URL."),
    ("disk i/o error", "cannot be read or written: check its disk."),
)


def _explain(driver_says: str) -> str | None:
    said = driver_says.lower()
    if 'relation "' in said and "does not exist" in said:
        return "has not been laid out yet: start pokegeo once, which does it."
    if 'database "' in said and "does not exist" in said:
        return "does not exist on its server: create it, or name another in POKEGEO_DATABASE_URL."
    if 'role "' in said and "does not exist" in said:
        return "refused the user or its password: check POKEGEO_DATABASE_URL."
    return next((meaning for words, meaning in _MEANINGS if words.lower() in said), None)
