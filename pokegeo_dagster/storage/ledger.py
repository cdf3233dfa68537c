"""The ledger as a person reads it: what was spent, on what, with whom, and what nobody knows yet.

Nothing is written here. `storage.books` keeps the books; this reads them for reports, and for the
question whether an order still fits under the caps.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal, get_args

from sqlalchemy import Connection, Row, func, select

from pokegeo_dagster.budget.books import Task
from pokegeo_dagster.budget.caps import Spending, Spent
from pokegeo_dagster.storage import schema
from pokegeo_dagster.storage._database import Database
from pokegeo_dagster.storage.books import StudioBooks
from pokegeo_dagster.storage.money import HELD, sums

By = Literal["episode", "channel", "vendor", "day"]
BY: tuple[By, ...] = get_args(By)
# Bought and over: what was quoted for these can be held against what was taken.
ENDED = ("delivered", "stored", "failed")

_tasks, _ledger, _takes = schema.tasks, schema.ledger, schema.takes
_approved, _briefs = schema.approved, schema.briefs


@dataclass
class Line:
    """One line of a report, in US dollars. `quoted` is for what has ended, to be held against `charged`."""

    name: str
    purchases: int = 0
    quoted: Decimal = field(default_factory=Decimal)
    charged: Decimal = field(default_factory=Decimal)
    reserved: Decimal = field(default_factory=Decimal)
    wasted: Decimal = field(default_factory=Decimal)

    def add(self, other: Line) -> None:
        """Adds another line's figures to this one's."""
        self.purchases += other.purchases
        self.quoted += other.quoted
        self.charged += other.charged
        self.reserved += other.reserved
        self.wasted += other.wasted


def total(lines: Iterable[Line]) -> Line:
    """All lines in one."""
    whole = Line("all")
    for line in lines:
        whole.add(line)
    return whole


class Ledger:
    """The books at `url`, to be looked into."""

    def __init__(self, url: str):
        self._database, self._books = Database(url), StudioBooks(url)

    def report(self, by: By) -> tuple[Line, ...]:
        """What was bought, quoted, charged, is reserved and was wasted, by `by`, in order of name.

        A day is one in UTC. Wasted is what was paid for and is in no film: takes that are not the
        approved ones of their piece, and purchases that failed after money was taken.
        """
        lines: dict[str, Line] = {}

        def line(row: Any, at: datetime) -> Line:
            name = at.astimezone(UTC).date().isoformat() if by == "day" else getattr(row, by)
            return lines.setdefault(name, Line(name))

        with self._database.transaction(write=False) as connection:
            for row in connection.execute(select(_ledger)):
                found = line(row, row.at)
                found.charged += row.amount_usd
                found.purchases += row.kind == "charge" or row.amount_usd > 0
            for row in connection.execute(select(_tasks)):
                if row.state in HELD:
                    line(row, row.created_at).reserved += row.quote_usd
                elif row.state in ENDED and row.charged_usd > 0:
                    line(row, row.settled_at or row.updated_at).quoted += row.quote_usd
                if row.state == "failed" and row.charged_usd > 0:
                    line(row, row.settled_at or row.updated_at).wasted += row.charged_usd
            for row in self._unused(connection):
                line(row, row.created_at).wasted += row.cost_usd
        return tuple(sorted(lines.values(), key=lambda found: found.name))

    def _unused(self, connection: Connection) -> Iterable[Row[Any]]:
        """Paid takes that no piece uses, with their vendor and channel."""
        used = select(_approved.c.take_id)
        asked = (
            select(
                _takes.c.episode,
                _takes.c.cost_usd,
                _takes.c.created_at,
                _takes.c.member.label("vendor"),
                _briefs.c.channel,
            )
            .join_from(_takes, _briefs, _briefs.c.episode == _takes.c.episode)
            .where(_takes.c.paid, _takes.c.id.not_in(used))
        )
        return connection.execute(asked).all()

    def spending(self, episode: str, channel: str, keys: Iterable[str]) -> Spending:
        """What is spent and reserved at every level of the caps, for an order of these pieces."""
        day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        with self._database.transaction(write=False) as connection:
            return Spending(
                clips={key: Spent(**sums(connection, episode=episode, key=key)) for key in set(keys)},
                episode=Spent(**sums(connection, episode=episode)),
                channel=Spent(**sums(connection, channel=channel)),
                day=Spent(**sums(connection, since=day)),
                month=Spent(**sums(connection, since=day.replace(day=1))),
            )

    def unknown(self) -> tuple[Task, ...]:
        """Purchases of which nobody knows whether they were made, the oldest first."""
        asked = select(_tasks.c.id).where(_tasks.c.state == "unknown").order_by(_tasks.c.id)
        with self._database.transaction(write=False) as connection:
            numbers = connection.scalars(asked).all()
        return tuple(self._books.task(number) for number in numbers)

    def under_way(self, episode: str, vendor: str) -> tuple[Task, ...]:
        """Purchases of an episode that are at work at a vendor, the oldest first."""
        which = (_tasks.c.state == "running", _tasks.c.episode == episode, _tasks.c.vendor == vendor)
        with self._database.transaction(write=False) as connection:
            numbers = connection.scalars(select(_tasks.c.id).where(*which).order_by(_tasks.c.id)).all()
        return tuple(self._books.task(number) for number in numbers)

    def purchases(self, episode: str) -> tuple[tuple[Task, Decimal], ...]:
        """Everything that was ever ordered for an episode, the oldest first, and what the ledger says it
        was charged, settled and paid back."""
        taken = (
            select(_ledger.c.task_id, func.sum(_ledger.c.amount_usd))
            .where(_ledger.c.episode == episode)
            .group_by(_ledger.c.task_id)
        )
        asked = select(_tasks.c.id).where(_tasks.c.episode == episode).order_by(_tasks.c.id)
        with self._database.transaction(write=False) as connection:
            usd = {row[0]: row[1] for row in connection.execute(taken)}
            numbers = connection.scalars(asked).all()
        return tuple((self._books.task(number), usd.get(number, Decimal(0))) for number in numbers)

    def task(self, number: int) -> Task | None:
        """The purchase with this id, if there is one."""
        asked = select(_tasks.c.id).where(_tasks.c.id == number)
        with self._database.transaction(write=False) as connection:
            there = connection.scalar(asked)
        return None if there is None else self._books.task(number)
