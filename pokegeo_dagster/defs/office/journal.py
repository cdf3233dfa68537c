"""The journal: one JSON line for every change of state of every piece, beside the studio's database."""

import json
import logging
from datetime import UTC, datetime
from pathlib import Path


class Journal(logging.FileHandler):
    """Appends what the production's log tells to `<home>/logs/production.jsonl`."""

    def __init__(self, home: Path):
        folder = home / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder / "production.jsonl", encoding="utf-8", delay=True)
        self.setLevel(logging.INFO)

    def format(self, record: logging.LogRecord) -> str:
        """Time (UTC, RFC 3339), level and whatever the slate holds."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        return json.dumps({"at": at, "level": record.levelname.lower(), **getattr(record, "slate", {})})


def keep_journal(home: Path) -> None:
    """Writes the journal from now on, in this process, once: the production's steps and the purse's."""
    logs = [logging.getLogger(name) for name in ("pokegeo.production", "pokegeo.purse")]
    kept = next((h for log in logs for h in log.handlers if isinstance(h, Journal)), None)
    journal = kept or Journal(home)
    for log in logs:
        log.setLevel(logging.INFO)
        if journal not in log.handlers:
            log.addHandler(journal)
    logs[1].propagate = False
