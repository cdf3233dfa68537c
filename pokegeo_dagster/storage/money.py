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
    held = select(func.sum(_tasks.c.quote_usd)).where(_tasks.c.state.in_(HELD))
    if episode is not None:
        held = held.where(_tasks.c.episode == episode)
    if channel is not None:
        held = held.where(_tasks.c.channel == channel)
    if key is not None:
        held = held.where(_tasks.c.key == key)
    return {
        "spent": spent(connection, episode=episode, channel=channel, key=key, since=since),
        "reserved": connection.scalar(held) or Decimal(0),
    }


def spent(
    connection: Connection,
    *,
    episode: str | None = None,
    channel: str | None = None,
    key: str | None = None,
    since: datetime | None = None,
) -> Decimal:
    """What the ledger has, in US dollars, of what fits every given condition: every charge, whatever
    became of the work, and every charge that a human settled."""
    asked = select(func.sum(_ledger.c.amount_usd))
    if episode is not None:
        asked = asked.where(_ledger.c.episode == episode)
    if channel is not None:
        asked = asked.where(_ledger.c.channel == channel)
    if key is not None:
        asked = asked.where(_ledger.c.clip == key)
    if since is not None:
        asked = asked.where(_ledger.c.at >= since)
    return connection.scalar(asked) or Decimal(0)


def spent_by_episode(connection: Connection) -> dict[str, Decimal]:
    """The same for every episode that anything was charged for."""
    asked = select(_ledger.c.episode, func.sum(_ledger.c.amount_usd)).group_by(_ledger.c.episode)
    return {row[0]: row[1] for row in connection.execute(asked) if row[0] is not None and row[1]}
