"""Dagster's history in PostgreSQL, its connections kept.

Dagster (1.13) opens a new connection for every event it writes and every question it asks: a new server
process each time, which plans everything anew. A film has thousands of them.
"""

import os
from functools import lru_cache

from dagster_postgres import DagsterPostgresStorage
from sqlalchemy import Engine, create_engine

from pokegeo_dagster.storage._database import ask_the_rested

KEPT, MORE = 4, 24  # a process's connections: those that stay open, and how many more while all are busy
FRESH_S = 600


class PostgresHistory(DagsterPostgresStorage):
    """The history of a studio in the PostgreSQL at a URL."""

    def __init__(self, url: str):
        super().__init__(url)
        engine = _kept_open(url)
        # The UI's process puts an engine of its own in their place, with a time limit for each question.
        for part in (self._run_storage, self._event_log_storage, self._schedule_storage):
            setattr(part, "_engine", engine)  # noqa: B010 - a field of theirs, replaced


@lru_cache
def _kept_open(url: str) -> Engine:
    """One for all of a process: a code server opens an instance for every tick of a sensor."""
    engine = create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        pool_size=KEPT,
        max_overflow=MORE,
        pool_recycle=FRESH_S,
    )
    ask_the_rested(engine)  # after PostgreSQL was started again
    # The sockets of a process that forks stay its own.
    os.register_at_fork(after_in_child=lambda: engine.dispose(close=False))
    return engine
