"""What was spent and what is held, summed in the database from the ledger and the live tasks."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, func, select

from pokegeo_dagster.budget.books import State
from pokegeo_dagster.storage import schema

# A task in one of these holds its quote; once delivered, its charge is in the ledger instead.
HELD: tuple[State, ...] = ("admitted", "intent", "running", "unknown")

_tasks, _ledger = schema.tasks, schema.ledger


def sums(
    connection: Connection,
    *,
    episode: str | None = None,
    channel: str | None = None,
    key: str | None = None,
    since: datetime | None = None,
) -> dict[str, Decimal]:
    """{"spent": …, "reserved": …} in US dollars of what fits every given condition. What is held
    counts for any day: it will be spent today or later."""
    spent = select(func.sum(_ledger.c.amount_usd))
    held = select(func.sum(_tasks.c.quote_usd)).where(_tasks.c.state.in_(HELD))
    if episode is not None:
        spent, held = spent.where(_ledger.c.episode == episode), held.where(_tasks.c.episode == episode)
    if channel is not None:
        spent, held = spent.where(_ledger.c.channel == channel), held.where(_tasks.c.channel == channel)
    if key is not None:
        spent, held = spent.where(_ledger.c.clip == key), held.where(_tasks.c.key == key)
    if since is not None:
        spent = spent.where(_ledger.c.at >= since)
    return {
        "spent": connection.scalar(spent) or Decimal(0),
        "reserved": connection.scalar(held) or Decimal(0),
    }
