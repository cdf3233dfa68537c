"""How full the vendors' quotas are, as far as that is known for nothing: what was seen, put on record.

Rows of an account (a period's characters, a balance of credits) are replaced by the next look and never
add up, so that nightly maintenance leaves them alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, func, select, update

from pokegeo_dagster.budget.quota import Level, day_began, topped_up
from pokegeo_dagster.storage import schema
from pokegeo_dagster.storage._database import Database

_quotas, _tasks = schema.quotas, schema.tasks
CHARACTERS, CREDITS, REQUESTS = "characters", "credits", "requests"


def _now() -> datetime:
    return datetime.now(UTC)


def bucket_of(unit: str, channel: str | None) -> str:
    """The bucket of the studio's account, or of a channel's own: «credits», «credits/poke1»."""
    return f"{unit}/{channel}" if channel else unit


class Quotas:
    """The quotas on record at `url`."""

    def __init__(self, url: str, now: Callable[[], datetime] = _now):
        self._database, self._now = Database(url), now

    def period(self, vendor: str, bucket: str, used: int, limit: int) -> None:
        """What is used of a period's allowance. Less than before: a new period has begun."""
        with self._database.transaction(write=True) as connection:
            before = self._before(connection, vendor, bucket)
            began = before[0] if before and used >= before[1].used else self._now()
            self._keep(connection, vendor, bucket, began, Level(used=used, limit=limit))

    def balance(self, vendor: str, bucket: str, left: int) -> None:
        """What is left of a prepaid balance: its limit is what was there after it was last filled."""
        with self._database.transaction(write=True) as connection:
            before = self._before(connection, vendor, bucket)
            level = topped_up(before[1] if before else None, left)
            same = before is not None and before[1].limit == level.limit
            began = before[0] if before and same else self._now()
            self._keep(connection, vendor, bucket, began, level)

    def count_today(self, vendor: str, limit: int | None) -> None:
        """Counts the requests of a vendor's day by our own books. Without a limit nothing is counted."""
        began = datetime.fromtimestamp(day_began(vendor, self._now().timestamp()), UTC)
        with self._database.transaction(write=True) as connection:
            if limit is None:
                self._forget(connection, vendor, {REQUESTS})
                return
            asked = select(func.count()).where(_tasks.c.vendor == vendor, _tasks.c.submitted_at >= began)
            used = connection.scalar(asked) or 0
            self._keep(connection, vendor, REQUESTS, began, Level(used=used, limit=limit))

    def only(self, vendor: str, unit: str, buckets: Collection[str]) -> None:
        """Forgets the accounts of a vendor that are no longer there: they would alarm for ever."""
        with self._database.transaction(write=True) as connection:
            asked = select(_quotas.c.bucket).where(_quotas.c.vendor == vendor)
            known = {name for name in connection.scalars(asked) if name.split("/")[0] == unit}
            self._forget(connection, vendor, known - set(buckets))

    def _before(self, connection: Connection, vendor: str, bucket: str) -> tuple[datetime, Level] | None:
        row = connection.execute(select(_quotas).where(*_is(vendor, bucket))).one_or_none()
        return (row.window_start, Level(used=row.used, limit=row.limit_)) if row and row.limit_ else None

    def _keep(self, connection: Connection, vendor: str, bucket: str, began: datetime, level: Level) -> None:
        row = {"window_start": began, "used": level.used, "limit_": level.limit}
        if not connection.execute(update(_quotas).where(*_is(vendor, bucket)).values(row)).rowcount:
            connection.execute(_quotas.insert().values({"vendor": vendor, "bucket": bucket, **row}))

    def _forget(self, connection: Connection, vendor: str, buckets: Collection[str]) -> None:
        gone = and_(_quotas.c.vendor == vendor, _quotas.c.bucket.in_(buckets))
        connection.execute(delete(_quotas).where(gone))


def _is(vendor: str, bucket: str) -> tuple[ColumnElement[bool], ...]:
    return _quotas.c.vendor == vendor, _quotas.c.bucket == bucket
