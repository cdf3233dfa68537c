"""Quotas: when a vendor's day begins again, how many requests fit into a moment, and how many tasks a
vendor's desk takes at once. Time is an argument, in seconds since 1970."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import Field

from pokegeo_dagster.film.errors import OrderRefused
from pokegeo_dagster.film.model import Frozen

# Daily quotas of these are given back at midnight in California (provider_wire facts, 2026-11-21). The
# others say themselves when: ElevenLabs as next_character_count_reset_unix, a KIE key's cap not at all.
PACIFIC_DAYS = frozenset({"gemini", "youtube"})
_PACIFIC = "America/Los_Angeles"

# Requests leave here evenly and arrive there bunched: a window is kept this much longer than the vendor's.
JITTER_S = 0.5
MOST_AT_ONCE = 200
MOST_A_WINDOW = 100_000


def next_reset(vendor: str, now: float) -> float | None:
    """When a vendor's daily quota is given back after `now`; None for vendors whose day is not known.

    Always later than `now`, by at most 25 hours (the day on which summer time ends). It depends on
    nothing but `now`, so a clock that was set back only makes the wait longer by as much.
    """
    if vendor not in PACIFIC_DAYS:
        return None
    pacific = ZoneInfo(_PACIFIC)
    today = datetime.fromtimestamp(now, pacific).date()
    # Midnight is worked out from the calendar: adding 24 hours is wrong on two days a year.
    midnight = datetime.combine(today + timedelta(days=1), time(), pacific)
    return midnight.timestamp()


def day_began(vendor: str, now: float) -> float:
    """When a vendor's day of `now` began: at midnight in California, or in UTC where it is not known."""
    zone = ZoneInfo(_PACIFIC if vendor in PACIFIC_DAYS else "UTC")
    return datetime.combine(datetime.fromtimestamp(now, zone).date(), time(), zone).timestamp()


class Level(Frozen):
    """How full a quota is, in its own units."""

    used: int
    limit: int


def topped_up(before: Level | None, left: int) -> Level:
    """The level of a prepaid balance, of which only what is left is told. Its limit is what was there
    when it was last filled: a rise by more than a tenth of that is a filling, less is money given back
    for what failed."""
    if before is None or left - (before.limit - before.used) > before.limit / 10:
        return Level(used=0, limit=left)
    limit = max(before.limit, left)
    return Level(used=limit - left, limit=limit)


def earliest(now: float, recent: Sequence[float], most: int, per_s: float) -> float:
    """The first moment, not before `now`, at which one more request keeps to `most` in any `per_s`.

    `recent` are the moments of earlier requests, in any order. A moment later than `now` (a clock was
    set back) counts as now, so the answer is never more than `per_s` away.
    """
    if most < 1 or per_s <= 0:
        raise ValueError(f"{most} requests in {per_s} s let nothing through.")
    if len(recent) < most:
        return now
    # The request that must have left the window before another may come in.
    blocking = sorted(min(moment, now) for moment in recent)[-most]
    return max(now, blocking + per_s)


class Window(Frozen):
    """At most `most` requests in any `per_s` seconds."""

    most: int = Field(ge=1)
    per_s: float = Field(gt=0)

    def earliest(self, now: float, recent: Sequence[float]) -> float:
        """The first moment at which one more request fits."""
        return earliest(now, recent, self.most, self.per_s)


class Desk(Frozen):
    """How a vendor wants to be asked: tasks in flight at once, requests a moment. None: it does not say."""

    vendor: str
    at_once: int = Field(ge=1, le=MOST_AT_ONCE)
    per_10s: int | None = Field(default=None, ge=1, le=MOST_A_WINDOW)
    per_minute: int | None = Field(default=None, ge=1, le=MOST_A_WINDOW)
    per_day: int | None = Field(default=None, ge=1, le=MOST_A_WINDOW)  # told of, not kept to: 429 does that

    @property
    def windows(self) -> tuple[Window, ...]:
        """The windows to keep to, a little longer than the vendor's own."""
        limits = ((self.per_10s, 10), (self.per_minute, 60))
        return tuple(Window(most=most, per_s=per_s + JITTER_S) for most, per_s in limits if most)

    @property
    def memory_s(self) -> float:
        """How far back requests must be remembered."""
        return max((window.per_s for window in self.windows), default=0.0)

    def earliest(self, now: float, recent: Sequence[float]) -> float:
        """The first moment at which one more request fits into every window."""
        return max((window.earliest(now, recent) for window in self.windows), default=now)


# KIE: 20 new tasks in 10 s, at least 100 at once allowed; 3 is enough for an evening and kind to a purse.
# ElevenLabs: 2 at once is the free plan's limit (Starter 3, Creator 5, Pro 10). Gemini's limits differ by
# billing tier and model, so no window is assumed: its own 429 tells.
DESKS: Mapping[str, Desk] = {
    "gemini": Desk(vendor="gemini", at_once=4),
    "kie": Desk(vendor="kie", at_once=3, per_10s=20),
    "elevenlabs": Desk(vendor="elevenlabs", at_once=2),
}
_SETTINGS = {
    "POKEGEO_POOL_": ("at_once", MOST_AT_ONCE),
    "POKEGEO_PER_10S_": ("per_10s", MOST_A_WINDOW),
    "POKEGEO_PER_MINUTE_": ("per_minute", MOST_A_WINDOW),
    "POKEGEO_PER_DAY_": ("per_day", MOST_A_WINDOW),
}


def desks(texts: Mapping[str, str]) -> Mapping[str, Desk]:
    """Every vendor's desk, with what `texts` change: POKEGEO_POOL_KIE=10, POKEGEO_PER_10S_KIE=20,
    POKEGEO_PER_MINUTE_GEMINI=15, POKEGEO_PER_DAY_GEMINI=250. An empty text changes nothing.

    Raises OrderRefused.
    """
    found = dict(DESKS)
    for name, text in texts.items():
        prefix = next((p for p in _SETTINGS if name.startswith(p)), None)
        if prefix is None or not text.strip():
            continue
        vendor = name.removeprefix(prefix).lower()
        if vendor not in found:
            raise OrderRefused(f"{name} is for no vendor we know: {_did_you_mean(vendor, prefix)}.")
        field, most = _SETTINGS[prefix]
        found[vendor] = found[vendor].model_copy(update={field: _count(text, name, most)})
    return found


def _count(text: str, name: str, most: int) -> int:
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) < 9 and 1 <= int(digits) <= most):
        raise OrderRefused(
            f"{name} is {text!r}: write a whole number from 1 to {most:,}. To use a vendor no more, "
            "leave its key unset."
        )
    return int(digits)


def _did_you_mean(vendor: str, prefix: str) -> str:
    close = difflib.get_close_matches(vendor, DESKS, n=1) or DESKS
    return "write " + " or ".join(prefix + name.upper() for name in close)
