"""The alarms: what is open, what was told and when, and what the books give cause for."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import Connection, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from pokegeo_dagster.budget import alerts
from pokegeo_dagster.budget.alerts import STUDIO, Alert, Gauge, Severity, may_speak
from pokegeo_dagster.budget.books import LIVE_STATES
from pokegeo_dagster.budget.caps import Caps
from pokegeo_dagster.film.digest import canonical_json
from pokegeo_dagster.storage import schema
from pokegeo_dagster.storage._database import Database
from pokegeo_dagster.storage.money import HELD
from pokegeo_dagster.storage.orders import waiting_for_a_yes
from pokegeo_dagster.storage.quotas import CHARACTERS, CREDITS, REQUESTS

_alerts, _tasks, _ledger = schema.alerts, schema.tasks, schema.ledger
_quotas, _failures, _briefs = schema.quotas, schema.failures, schema.briefs
_LOCK = 0x706F6B65616C72  # any number that nobody else uses

CapsOf = Callable[[str], Caps]


@dataclass(frozen=True)
class Due:
    """Alerts of one level for one channel whose turn to be told it is."""

    channel: str
    level: Severity
    alerts: tuple[Alert, ...]
    ids: tuple[int, ...]


def _now() -> datetime:
    return datetime.now(UTC)


class Alarms:
    """The alarms of the studio at `url`."""

    def __init__(self, url: str, now: Callable[[], datetime] = _now):
        self._database, self._now = Database(url), now

    # --- what there is cause for -----------------------------------------------------------------

    def causes(self, studio: Caps, caps_of: CapsOf) -> list[Alert]:
        """Everything that a human should hear of, by the books as they stand. `studio` are the caps of
        all channels together, `caps_of` those of one episode."""
        with self._database.transaction(write=False) as connection:
            found = [*self._purchases(connection), *self._failed(connection), *self._quotas(connection)]
            rows = connection.execute(waiting_for_a_yes()).all()
            found += [alerts.waits(row.episode, row.channel, row.outcome) for row in rows]
            return [*found, *alerts.read_gauges(self._budgets(connection, studio, caps_of))]

    def _purchases(self, connection: Connection) -> Iterator[Alert]:
        now = self._now()
        columns = (_tasks.c.id, _tasks.c.vendor, _tasks.c.state, _tasks.c.quote_usd, _tasks.c.channel,
                   _tasks.c.episode, _tasks.c.key, _tasks.c.updated_at)  # fmt: skip
        for row in connection.execute(select(*columns).where(_tasks.c.state.in_(LIVE_STATES))):
            if row.state == "unknown":
                yield alerts.unknown(row.id, row.vendor, row.quote_usd, row.channel, row.episode, row.key)
                continue
            told = alerts.stuck(
                row.id, row.vendor, row.state, row.updated_at, now, row.channel, row.episode, row.key
            )
            if told is not None:
                yield told

    def _failed(self, connection: Connection) -> Iterator[Alert]:
        asked = (
            select(_failures, _briefs.c.channel)
            .join_from(_failures, _briefs, _failures.c.episode == _briefs.c.episode)
            .where(_briefs.c.deleted_at.is_(None))
            .order_by(_failures.c.episode, _failures.c.at)
        )
        fallen: dict[tuple[str, str], list[tuple[str, str, str, str]]] = defaultdict(list)
        for row in connection.execute(asked):
            fallen[row.episode, row.channel].append((row.asset, row.key, row.reason, row.error_type))
        for (episode, channel), pieces in fallen.items():
            yield alerts.failed(episode, channel, pieces)

    def _quotas(self, connection: Connection) -> Iterator[Alert]:
        now = self._now()
        for row in connection.execute(select(_quotas)):
            if row.parked_until is not None and row.parked_until > now:
                yield alerts.parked(row.vendor, row.parked_until)
            elif row.limit_:
                unit, _, channel = row.bucket.partition("/")
                known = unit in (CHARACTERS, CREDITS, REQUESTS)
                gauge = Gauge(
                    kind="quota",
                    subject=f"quota/{row.vendor}/{row.bucket}/{row.window_start:%Y-%m-%d}",
                    name=row.vendor if known else f"{row.vendor} {row.bucket}",
                    channel=channel or STUDIO,
                    used=Decimal(row.used),
                    limit=Decimal(row.limit_),
                    unit=unit if known else "units",
                    action=f"fill up the {row.vendor} account: at nothing its work stops"
                    if unit == CREDITS
                    else f"work of {row.vendor} waits when it is spent; raise the plan at the vendor",
                )
                yield from alerts.read_gauges([gauge])

    def _budgets(self, connection: Connection, studio: Caps, caps_of: CapsOf) -> Iterator[Gauge]:
        """How full every cap is: of each film that money moved for, each channel, the day, the month."""
        day = self._now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        month = day.replace(day=1)
        who = (_tasks.c.episode, _tasks.c.channel)
        held = select(*who, func.sum(_tasks.c.quote_usd)).where(_tasks.c.state.in_(HELD)).group_by(*who)
        paid = (_ledger.c.episode, _ledger.c.channel)
        spent = select(*paid, func.sum(_ledger.c.amount_usd)).group_by(*paid)
        promises = connection.execute(held).all()
        episodes: dict[str, Decimal] = defaultdict(Decimal)
        channels: dict[str, Decimal] = defaultdict(Decimal)
        channel_of: dict[str, str] = {}
        for episode, channel, usd in (*promises, *connection.execute(spent)):
            episodes[episode] += usd
            channels[channel] += usd
            channel_of[episode] = channel
        promised = sum((usd for _, _, usd in promises), Decimal(0))
        for level, since, cap in (("day", day, studio.day), ("month", month, studio.month)):
            if cap is not None:
                gone = select(func.sum(_ledger.c.amount_usd)).where(_ledger.c.at >= since)
                used = (connection.scalar(gone) or Decimal(0)) + promised
                yield _budget(f"{level}/{since:%Y-%m-%d}", f"the {level}'s budget", STUDIO, used, cap)
        limits = {episode: caps_of(episode) for episode in episodes}
        for episode, used in episodes.items():
            cap = limits[episode].episode
            if cap is not None:
                name = f"the budget of {episode}"
                yield _budget(f"episode/{episode}", name, channel_of[episode], used, cap, episode)
        for channel, used in channels.items():
            some = next((e for e, of in channel_of.items() if of == channel), None)
            cap = limits[some].channel if some else None
            if cap is not None:
                yield _budget(f"channel/{channel}", f"the budget of channel {channel}", channel, used, cap)

    # --- what was told ---------------------------------------------------------------------------

    def raise_(self, found: Iterable[Alert]) -> list[Alert]:
        """Opens what is new among the causes, and settles what is over. Gives back what is new."""
        now, causes = self._now(), {alert.subject: alert for alert in found}
        new = []
        with self._alone() as connection:
            open_ = set(connection.scalars(select(_alerts.c.subject).where(_alerts.c.settled_at.is_(None))))
            for subject in open_ - set(causes):
                over = update(_alerts).where(_alerts.c.subject == subject, _alerts.c.settled_at.is_(None))
                connection.execute(over.values(settled_at=now))
            for subject, alert in causes.items():
                if subject in open_:
                    continue
                dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
                insert = dialect.insert(_alerts).values(_row(alert, now)).on_conflict_do_nothing()
                if connection.execute(insert).rowcount:
                    new.append(alert)
        return new

    def due(self, channels_told: Callable[[str], bool]) -> list[Due]:
        """What may be told now, and is marked as being tried: at most one message in five minutes for a
        channel and level, whoever asks and however often the studio is started.

        `channels_told` says whether a channel has anyone to be told.
        """
        now, found = self._now(), []
        with self._alone() as connection:
            waiting = (
                select(_alerts)
                .where(_alerts.c.settled_at.is_(None), _alerts.c.told_at.is_(None))
                .order_by(_alerts.c.id)
            )
            groups: dict[tuple[str, Severity], list[tuple[int, Alert]]] = defaultdict(list)
            for row in connection.execute(waiting):
                groups[row.channel, row.level].append(
                    (row.id, Alert.model_validate(json.loads(row.details_json)))
                )
            for (channel, level), rows in groups.items():
                if not channels_told(channel):
                    continue
                last = connection.scalar(
                    select(func.max(_alerts.c.tried_at)).where(
                        _alerts.c.channel == channel, _alerts.c.level == level
                    )
                )
                if not may_speak(now, last):
                    continue
                ids = tuple(number for number, _ in rows)
                connection.execute(update(_alerts).where(_alerts.c.id.in_(ids)).values(tried_at=now))
                found.append(Due(channel, level, tuple(alert for _, alert in rows), ids))
        return found

    def told(self, due: Due) -> None:
        """Says that a message went out."""
        with self._database.transaction(write=True) as connection:
            change = update(_alerts).where(_alerts.c.id.in_(due.ids))
            connection.execute(change.values(told_at=self._now()))

    def newest(self, most: int = 50, only_open: bool = False) -> Sequence[tuple[datetime, Alert, bool]]:
        """The newest alerts: when, what, and whether it is still open."""
        asked = select(_alerts).order_by(_alerts.c.id.desc()).limit(most)
        if only_open:
            asked = asked.where(_alerts.c.settled_at.is_(None))
        with self._database.transaction(write=False) as connection:
            rows = connection.execute(asked).all()
        return [
            (row.at, Alert.model_validate(json.loads(row.details_json)), row.settled_at is None)
            for row in rows
        ]

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        """A writing transaction in which nobody else raises or tells alarms."""
        with self._database.transaction(write=True) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
            yield connection


def _budget(
    subject: str, name: str, channel: str, used: Decimal, cap: Decimal, episode: str | None = None
) -> Gauge:
    return Gauge(
        kind="budget",
        subject=f"budget/{subject}",
        name=name,
        channel=channel,
        used=used,
        limit=cap,
        action="pokegeo ledger says for what; raise the cap, or let it hold",
        episode=episode,
    )


def _row(alert: Alert, now: datetime) -> dict[str, object]:
    return {
        "at": now,
        "kind": alert.kind,
        "level": alert.level,
        "channel": alert.channel,
        "subject": alert.subject,
        "episode": alert.episode,
        "message": alert.message,
        "details_json": canonical_json(alert),
    }
