"""The journal: one JSON line for every change of state of every piece, a file a day.

Every line has `at` (UTC, RFC 3339), `level` and `state`; where they apply `asset`, `episode`, `key`,
`clip`, `channel`, `priority`, `take`, `member` or `vendor`, `task` (the studio's number of a
purchase), `vendor_task` (the vendor's), `quote_usd`, `charged_usd`, `took_s`, `why`.
docs/studio.md says which states there are.
"""

import fcntl
import json
import logging
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler
from pathlib import Path

from pokegeo_dagster.film.errors import OrderRefused

LOGS = ("pokegeo.production", "pokegeo.purse", "pokegeo.office", "pokegeo.alerts")
VARIABLE = "POKEGEO_LOGS"
PLACES = ("file", "stdout", "both")
NAME = "production.jsonl"


def _line(record: logging.LogRecord) -> str:
    """Time, level and whatever the slate holds; a line without a slate says its words."""
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    slate = dict(getattr(record, "slate", None) or {"state": "note", "message": record.getMessage()})
    key = slate.get("key")
    if isinstance(key, str) and key.startswith("clip_"):
        slate["clip"] = key
    return json.dumps({"at": at, **slate, "level": record.levelname.lower()}, default=str)


class Journal(WatchedFileHandler):
    """Appends to `<home>/logs/production.jsonl`. What is of a day before today (UTC) is put aside as
    `production-2026-11-21.jsonl`, once, by whichever process writes first."""

    def __init__(self, home: Path):
        folder = home / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        self._file, self._day = folder / NAME, ""
        super().__init__(self._file, encoding="utf-8", delay=True)
        self.setLevel(logging.INFO)

    def format(self, record: logging.LogRecord) -> str:
        """The record as one JSON line."""
        return _line(record)

    def emit(self, record: logging.LogRecord) -> None:
        """Writes a line. A full disk or a folder that is gone stops no film: the line is lost."""
        today = f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%d}"
        try:
            if today != self._day:
                self._turn_the_page(today)
                self._day = today
            super().emit(record)
        except OSError:
            self.handleError(record)

    def _turn_the_page(self, today: str) -> None:
        with (self._file.parent / ".turning").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self._file.exists():
                return
            day = f"{datetime.fromtimestamp(self._file.stat().st_mtime, UTC):%Y-%m-%d}"
            aside = self._file.with_name(f"production-{day}.jsonl")
            if day < today and not aside.exists():
                self._file.rename(aside)


class Aloud(logging.StreamHandler):
    """The same lines on standard output, for containers."""

    def __init__(self) -> None:
        super().__init__(sys.stdout)
        self.setLevel(logging.INFO)

    def format(self, record: logging.LogRecord) -> str:
        """The record as one JSON line."""
        return _line(record)


def keep_journal(home: Path, environ: Mapping[str, str] = os.environ) -> None:
    """Writes the journal from now on, in this process, once. POKEGEO_LOGS says where: file (the
    default), stdout or both. Raises OrderRefused for anything else."""
    where = environ.get(VARIABLE, "").strip().lower() or "file"
    if where not in PLACES:
        raise OrderRefused(f"{VARIABLE} is {where!r}: write {', '.join(PLACES)}.")
    logs = [logging.getLogger(name) for name in LOGS]
    there = [handler for log in logs for handler in log.handlers]
    handlers: list[logging.Handler] = []
    if where != "stdout":
        handlers.append(next((h for h in there if isinstance(h, Journal)), None) or Journal(home))
    if where != "file":
        handlers.append(next((h for h in there if isinstance(h, Aloud)), None) or Aloud())
    for log in logs:
        log.setLevel(logging.INFO)
        for handler in handlers:
            if handler not in log.handlers:
                log.addHandler(handler)
        if log.name != LOGS[0]:
            log.propagate = False
