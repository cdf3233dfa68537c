"""Verdicts on file: what every check found on every take, and what a person let pass."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Row, select
from sqlalchemy.dialects import postgresql, sqlite

from pokegeo_dagster.film.digest import canonical_json
from pokegeo_dagster.storage import schema
from pokegeo_dagster.storage._database import Database

Severity = Literal["warn", "error"]
_verdicts, _waivers = schema.verdicts, schema.waivers


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """What one edition of a check found on one take."""

    take_id: int
    check: str
    edition: int
    against: str
    passed: bool
    severity: Severity
    why: str
    measured: Mapping[str, Any] = field(default_factory=dict)  # JSON values
    judged_at: datetime | None = None  # None until it is on file


@dataclass(frozen=True, slots=True)
class WaiverRow:
    """A person's word that a take is good enough in spite of a check."""

    take_id: int
    check: str
    because: str
    author: str
    at: datetime


class VerdictFile:
    """Verdicts and waivers in the database at `url`. Connects at the first call, not before."""

    def __init__(self, url: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)):
        self._database, self._now = Database(url), now

    def find(self, take_id: int, check: str, edition: int, against: str = "") -> JudgedRow | None:
        """What this edition of a check found on a take, if it has judged it."""
        asked = select(_verdicts).where(*_of(take_id, check, edition, against))
        with self._database.transaction(write=False) as connection:
            row = connection.execute(asked).one_or_none()
        return None if row is None else _judged(row)

    def file(self, found: JudgedRow) -> JudgedRow:
        """Keep a verdict. Of two judges of one take by one edition, the first counts; that one is
        returned."""
        row = {
            "take_id": found.take_id,
            "check_name": found.check,
            "edition": found.edition,
            "against": found.against,
            "passed": found.passed,
            "severity": found.severity,
            "why": found.why,
            "measured_json": canonical_json(dict(found.measured)),
            "judged_at": self._now(),
        }
        asked = select(_verdicts).where(*_of(found.take_id, found.check, found.edition, found.against))
        with self._database.transaction(write=True) as connection:
            dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
            connection.execute(dialect.insert(_verdicts).values(row).on_conflict_do_nothing())
            return _judged(connection.execute(asked).one())

    def waive(self, take_id: int, check: str, because: str, author: str) -> WaiverRow:
        """Keep a person's word that this take may pass this check, and why."""
        row = {"take_id": take_id, "check_name": check, "because": because, "author": author}
        at = self._now()
        with self._database.transaction(write=True) as connection:
            connection.execute(_waivers.insert().values({**row, "at": at}))
        return WaiverRow(take_id, check, because, author, at)

    def of_takes(self, take_ids: Sequence[int]) -> list[tuple[JudgedRow, WaiverRow | None]]:
        """The latest verdict of every check on each of these takes, with a person's word in spite of
        it if there is one, in the order in which they were judged."""
        asked = select(_verdicts).where(_verdicts.c.take_id.in_(take_ids)).order_by(_verdicts.c.id)
        words = select(_waivers).where(_waivers.c.take_id.in_(take_ids)).order_by(_waivers.c.id)
        with self._database.transaction(write=False) as connection:
            found = {(row.take_id, row.check_name): _judged(row) for row in connection.execute(asked)}
            waived = {(row.take_id, row.check_name): _waived(row) for row in connection.execute(words)}
        return [(row, waived.get(key)) for key, row in found.items()]

    def waiver(self, take_id: int, check: str) -> WaiverRow | None:
        """The newest word on this take and check, if a person gave one."""
        asked = select(_waivers).where(_waivers.c.take_id == take_id, _waivers.c.check_name == check)
        with self._database.transaction(write=False) as connection:
            row = connection.execute(asked.order_by(_waivers.c.id.desc()).limit(1)).one_or_none()
        return None if row is None else _waived(row)


def _of(take_id: int, check: str, edition: int, against: str) -> tuple[Any, ...]:
    return (
        _verdicts.c.take_id == take_id,
        _verdicts.c.check_name == check,
        _verdicts.c.edition == edition,
        _verdicts.c.against == against,
    )


def _waived(row: Row[Any]) -> WaiverRow:
    return WaiverRow(row.take_id, row.check_name, row.because, row.author, row.at)


def _judged(row: Row[Any]) -> JudgedRow:
    return JudgedRow(
        take_id=row.take_id,
        check=row.check_name,
        edition=row.edition,
        against=row.against,
        passed=row.passed,
        severity=row.severity,
        why=row.why,
        measured=json.loads(row.measured_json),
        judged_at=row.judged_at,
    )
