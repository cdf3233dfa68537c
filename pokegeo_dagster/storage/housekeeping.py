"""Housekeeping: what may go from the records and the store, and nothing that was paid for or is in a film."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, and_, delete, or_, select

from pokegeo_dagster.film.errors import ProductionError
from pokegeo_dagster.storage import schema
from pokegeo_dagster.storage._database import Database
from pokegeo_dagster.storage.media_store import MediaStore
from pokegeo_dagster.storage.quotas import CHARACTERS, CREDITS

QUOTA_DAYS = 7
TAKE_DAYS = 7
# An object that nothing refers to may belong to a take that is being recorded at this moment.
ORPHAN_AGE = timedelta(days=1)
SEEN = "orphans.json"

_takes, _approved, _tasks, _quotas = schema.takes, schema.approved, schema.tasks, schema.quotas
_verdicts = schema.verdicts
_KEY = re.compile(r'"(episodes/[^"]+)"')


@dataclass(frozen=True)
class Sweep:
    """One kind of thing that went, or would go."""

    what: str
    count: int
    size_bytes: int = 0


def _now() -> datetime:
    return datetime.now(UTC)


class Housekeeping:
    """The broom of the studio at `url`. With `dry_run` it only says what it would do."""

    def __init__(
        self, url: str, store: MediaStore, notes: Path, dry_run: bool, now: Callable[[], datetime] = _now
    ):
        self._database, self._store, self._dry_run, self._now = Database(url), store, dry_run, now
        self._notes = notes / SEEN

    def old_quotas(self) -> Sweep:
        """Counts of quotas whose period began a week ago, and that park nobody any more."""
        now = self._now()
        old = and_(
            _quotas.c.window_start < now - timedelta(days=QUOTA_DAYS),
            or_(_quotas.c.parked_until.is_(None), _quotas.c.parked_until < now),
            # Accounts are one row each, looked at every hour; a sweep would let them alarm again.
            *(~_quotas.c.bucket.startswith(unit, autoescape=True) for unit in (CHARACTERS, CREDITS)),
        )
        with self._database.transaction(write=not self._dry_run) as connection:
            found = len(connection.execute(select(_quotas.c.vendor).where(old)).all())
            if found and not self._dry_run:
                connection.execute(delete(_quotas).where(old))
        return Sweep("quota rows older than 7 days", found)

    def superseded_takes(self, days: int = TAKE_DAYS) -> Sweep:
        """Takes that the house made, that are in no film, and that a newer one has replaced for `days`.

        Never one that was paid for, that a human wrote, that is approved, or whose piece was ever
        bought. The record goes first and the bytes after it: killed in between, they are orphans, which
        the next round finds.
        """
        with self._database.transaction(write=not self._dry_run) as connection:
            rows = list(self._superseded(connection, days))
            shared = self._files_of_others(connection, {number for number, _ in rows})
            if rows and not self._dry_run:
                numbers = [number for number, _ in rows]
                connection.execute(delete(_verdicts).where(_verdicts.c.take_id.in_(numbers)))
                connection.execute(delete(_takes).where(_takes.c.id.in_(numbers)))
        files = {key: size for _, held in rows for key, size in held.items() if key not in shared}
        if not self._dry_run:
            self._remove(files)
        return Sweep("house takes that newer ones replaced", len(rows), sum(files.values()))

    def _superseded(self, connection: Connection, days: int) -> Iterator[tuple[int, dict[str, int]]]:
        in_film = select(_approved.c.take_id)
        replaced = (
            select(_takes.c.id, _takes.c.files_json)
            .join_from(
                _takes,
                _approved,
                and_(
                    _approved.c.episode == _takes.c.episode,
                    _approved.c.asset == _takes.c.asset,
                    _approved.c.key == _takes.c.key,
                ),
            )
            .where(
                _takes.c.id.not_in(in_film),
                _takes.c.paid.is_(False),
                _takes.c.cost_usd == 0,
                or_(_takes.c.author.is_(None), _takes.c.author != "human"),
                _approved.c.approved_at < self._now() - timedelta(days=days),
                _takes.c.created_at < self._now() - timedelta(days=days),
                ~_ever_bought(_takes.c.episode, _takes.c.asset, _takes.c.key),
            )
        )
        for row in connection.execute(replaced):
            files = json.loads(row.files_json)
            yield row.id, {ref["key"]: ref["size"] for ref in files.values()}

    def _files_of_others(self, connection: Connection, going: set[int]) -> set[str]:
        """The keys that takes which stay, and purchases, refer to."""
        kept: set[str] = set()
        for number, files in connection.execute(select(_takes.c.id, _takes.c.files_json)):
            if number not in going:
                kept.update(_KEY.findall(files))
        for (brief,) in connection.execute(select(schema.briefs.c.brief_json)):
            kept.update(_KEY.findall(brief))  # a user's own music and mark
        for (result,) in connection.execute(select(_tasks.c.result_json)):
            kept.update(_KEY.findall(result or ""))
        return kept

    def orphans(self) -> Sweep:
        """Objects in the store that nothing refers to, and did not a day ago either."""
        with self._database.transaction(write=False) as connection:
            kept = self._files_of_others(connection, set())
            bought = {
                f"episodes/{row.episode}/{row.asset}/{row.key}/"
                for row in connection.execute(
                    select(_tasks.c.episode, _tasks.c.asset, _tasks.c.key).distinct()
                )
            }
        now = self._now()
        loose = [
            key
            for key in self._store.list("episodes")
            if key not in kept and not any(key.startswith(place) for place in bought)
        ]
        seen = self._seen()
        since = {key: seen.get(key, now.isoformat()) for key in loose}
        old = [key for key in loose if now - datetime.fromisoformat(since[key]) >= ORPHAN_AGE]
        sizes = dict(self._sizes(old))
        if not self._dry_run:
            self._remove(sizes)
            self._note({key: at for key, at in since.items() if key not in sizes})
        return Sweep("objects that nothing refers to, for a day", len(sizes), sum(sizes.values()))

    def _sizes(self, keys: Iterable[str]) -> Iterator[tuple[str, int]]:
        for key in keys:
            try:
                ref = self._store.head(key)
            except ProductionError:
                ref = None  # damaged, and nobody's
            yield key, ref.size if ref else 0

    def _remove(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._store.delete(key)

    def _seen(self) -> dict[str, str]:
        try:
            return dict(json.loads(self._notes.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return {}

    def _note(self, since: dict[str, str]) -> None:
        self._notes.parent.mkdir(parents=True, exist_ok=True)
        partial = self._notes.with_suffix(".part")
        partial.write_text(json.dumps(since), encoding="utf-8")
        partial.replace(self._notes)


def _ever_bought(episode, asset, key):
    """Whether a piece was ever bought: then everything of it stays."""
    return (
        select(_tasks.c.id)
        .where(_tasks.c.episode == episode, _tasks.c.asset == asset, _tasks.c.key == key)
        .exists()
    )
