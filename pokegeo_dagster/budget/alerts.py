"""Alerts: when a human should hear of something, in which words, and how often. Nobody is told here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from pokegeo_dagster.budget.caps import money
from pokegeo_dagster.film.model import Frozen

Severity = Literal["warning", "critical"]
Kind = Literal["quota", "budget", "unknown", "stuck", "failed", "greenlight"]

WARNING_AT, CRITICAL_AT = Decimal("0.8"), Decimal(1)
PAUSE = timedelta(minutes=5)  # between two messages of one level for one channel
STUCK_AFTER = timedelta(minutes=30)  # KIE says that a film may take 15 minutes
STUDIO = "studio"  # the «channel» of what concerns every channel
MOST_LINES = 10  # of one message; Discord takes 2,000 characters
MOST_CHARACTERS = 1_900

# What a machine tries again by itself, or what passes by itself: worth knowing, no reason to get up.
PASSING = frozenset(
    {"NotTaken", "VendorSilent", "StillAtWork", "QuotaSpent", "MediaBroken", "StoreUnavailable",
     "DatabaseUnavailable", "NotReady", "Stopped"}
)  # fmt: skip


class Alert(Frozen):
    """One thing a human should hear of. `subject` is what it is about: the same subject is told once
    while it lasts."""

    kind: Kind
    level: Severity
    channel: str
    subject: str
    message: str
    action: str
    usage: Decimal | None = None
    limit: Decimal | None = None
    episode: str | None = None

    @property
    def percentage(self) -> int | None:
        """How much of the limit is used up, rounded down: 100 is never said of 99.9."""
        return int(100 * self.usage / self.limit) if self.usage is not None and self.limit else None

    @property
    def payload(self) -> dict[str, Any]:
        """What goes out, in plain values."""
        return {
            "level": self.level.upper(),
            "message": self.message,
            "channel_id": self.channel,
            "usage": None if self.usage is None else float(self.usage),
            "limit": None if self.limit is None else float(self.limit),
            "percentage": self.percentage,
            "action": self.action,
        }


class Gauge(Frozen):
    """Something of which there is only so much: a cap in US dollars, or a vendor's quota in units."""

    kind: Literal["quota", "budget"]
    subject: str  # "budget/episode/haunter"
    name: str  # "the budget of haunter"
    channel: str
    used: Decimal
    limit: Decimal
    action: str
    unit: str = ""  # empty: US dollars
    episode: str | None = None

    def told(self, amount: Decimal) -> str:
        """An amount with its unit."""
        return f"{amount:,.0f} {self.unit}" if self.unit else money(amount)


def read_gauge(gauge: Gauge) -> Alert | None:
    """The alert that a gauge gives: a warning from 80 %, critical from 100 %. A limit of nothing is a
    decision, not an emergency."""
    if gauge.limit <= 0 or gauge.used < gauge.limit * WARNING_AT:
        return None
    level: Severity = "critical" if gauge.used >= gauge.limit * CRITICAL_AT else "warning"
    share = int(100 * gauge.used / gauge.limit)
    return Alert(
        kind=gauge.kind,
        level=level,
        channel=gauge.channel,
        subject=f"{gauge.subject}/{level}",
        message=f"{gauge.name}: {gauge.told(gauge.used)} of {gauge.told(gauge.limit)} used ({share} %)",
        action=gauge.action,
        usage=gauge.used,
        limit=gauge.limit,
        episode=gauge.episode,
    )


def read_gauges(gauges: Iterable[Gauge]) -> list[Alert]:
    """The alerts that gauges give."""
    return [alert for gauge in gauges if (alert := read_gauge(gauge)) is not None]


def parked(vendor: str, until: datetime) -> Alert:
    """A vendor whose quota is spent."""
    return Alert(
        kind="quota",
        level="critical",
        channel=STUDIO,
        subject=f"quota/{vendor}/parked/{until:%Y-%m-%dT%H:%M}",
        message=f"{vendor}: the quota is spent; its work waits until {until:%Y-%m-%d %H:%M} UTC",
        action="nothing: the work is asked for again by itself. For more, raise the plan at the vendor.",
    )


def unknown(task: int, vendor: str, usd: Decimal, channel: str, episode: str, key: str) -> Alert:
    """A purchase of which nobody knows whether it was made."""
    return Alert(
        kind="unknown",
        level="critical",
        channel=channel,
        subject=f"unknown/{task}",
        message=f"{episode} {key}: nobody knows whether {vendor} took {money(usd)} (purchase {task})",
        action="pokegeo ledger unknown, then pokegeo ledger settle",
        usage=usd,
        episode=episode,
    )


def stuck(
    task: int, vendor: str, state: str, since: datetime, now: datetime, channel: str, episode: str, key: str
) -> Alert | None:
    """A purchase that has not moved for a long time; None while it may be at work."""
    waited = now - since
    if waited < STUCK_AFTER:
        return None
    minutes = int(STUCK_AFTER.total_seconds() // 60)
    return Alert(
        kind="stuck",
        level="warning",
        channel=channel,
        subject=f"stuck/{task}/{state}",
        message=f"{episode} {key}: {state} at {vendor} for more than {minutes} minutes (purchase {task})",
        action=f"look whether the studio's daemon runs; pokegeo produce goes on with it ({episode})",
        episode=episode,
    )


def failed(episode: str, channel: str, pieces: Sequence[tuple[str, str, str, str]]) -> Alert:
    """An episode with pieces that could not be made: (asset, key, reason, error type) each."""
    asset, key, reason, _ = pieces[0]
    others = f" and {len(pieces) - 1} more" if len(pieces) > 1 else ""
    grave = any(kind not in PASSING for _, _, _, kind in pieces)
    level: Severity = "critical" if grave else "warning"
    return Alert(
        kind="failed",
        level=level,
        channel=channel,
        subject=f"failed/{episode}/{level}",
        message=f"{episode}: {asset} {key}{others} could not be made: {shortened(reason, 300)}",
        action=f"pokegeo status {episode}",
        episode=episode,
    )


def waits(episode: str, channel: str, told: str) -> Alert:
    """A film that waits for somebody's yes."""
    return Alert(
        kind="greenlight",
        level="warning",
        channel=channel,
        subject=f"greenlight/{episode}/{told}",
        message=f"{episode} {told}",
        action=f"pokegeo greenlight {episode} --up-to USD",
        episode=episode,
    )


def may_speak(now: datetime, last: datetime | None) -> bool:
    """Whether a channel may be told something of one level again. A clock that was set back counts as
    no time passed, for at most one pause."""
    return last is None or now - last >= PAUSE or last - now >= PAUSE


def one_message(alerts: Sequence[Alert]) -> str:
    """Alerts of one level for one channel as one message for people."""
    level, channel = alerts[0].level.upper(), alerts[0].channel
    lines = [f"**{level}** · {channel}"]
    for alert in alerts[:MOST_LINES]:
        lines.append(f"• {alert.message}\n  → {alert.action}")
    if len(alerts) > MOST_LINES:
        lines.append(f"… and {len(alerts) - MOST_LINES} more: pokegeo alerts")
    return shortened("\n".join(lines), MOST_CHARACTERS)


def shortened(text: str, most: int) -> str:
    """A text of at most `most` characters."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
