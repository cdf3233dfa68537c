"""Scripted behaviour: which request to which vendor goes wrong, how, and whether it was charged for."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from threading import Lock
from typing import Any, Literal, get_args

from pokegeo_dagster.film.digest import seed_for

# The vendor says no before it begins anything.
Declined = Literal[
    "rate_minute", "rate_day", "exhausted", "no_credit", "concurrent", "busy", "maintenance", "invalid",
    "refuse", "blocked", "unauthorised", "forbidden", "model_gone", "server_error", "html", "error_in_200",
    "drop_before", "fail", "expired_url", "asset_unfetched",
]  # fmt: skip
# The vendor has taken the request (and charges for it), and then something happens to the answer.
Spoilt = Literal[
    "slow", "drop_after", "truncated", "corrupt", "cut_media", "missing_fields", "extra_fields", "empty",
    "text_only", "bad_json", "bad_document", "pending", "duplicate_callback",
]  # fmt: skip
Kind = Literal[Declined, Spoilt]
VENDORS = ("gemini", "kie", "elevenlabs")
# What each vendor can be asked. "task" is what becomes of a KIE task once it is taken.
ROUTES: dict[str, tuple[str, ...]] = {
    "gemini": ("text", "image", "models"),
    "kie": ("submit", "task", "poll", "credit", "upload", "link", "download"),
    "elevenlabs": ("speech", "effect", "history", "audio", "voice", "models", "subscription"),
}


@dataclass(frozen=True)
class Script:
    """One entry: what to do to the requests it fits.

    Without `nth` and `probability` it plays every time it fits. Chance is drawn from the seed, the
    request's digest and how often that request came: no order of threads changes a request's fate.
    """

    do: Kind
    vendor: str = "*"
    route: str = "*"
    nth: int | None = None  # only the nth request that fits, 1 being the first
    probability: float | None = None
    times: int | None = None  # at most so often
    match: str | None = None  # only requests that have this in their text
    polls: int = 0  # pending: so many polls …
    seconds: float = 0.0  # … and so many seconds before it is done; slow: how much later
    status: int | None = None  # HTTP status of server_error and html
    reason: str | None = None  # the vendor's word for a refusal
    reset: bool = True  # a drop is a TCP reset; False: an orderly close without an answer
    charged: bool | None = None  # whether the vendor took it; by default what the kind says
    seed: int = 1

    def __post_init__(self) -> None:
        if self.do not in KINDS:
            raise ValueError(f"{self.do!r} is nothing a vendor does; one of {', '.join(KINDS)}")
        if self.vendor not in ("*", *VENDORS):
            raise ValueError(f"there is no vendor {self.vendor!r}; one of {', '.join(VENDORS)}")
        known = ROUTES.get(self.vendor, tuple(r for routes in ROUTES.values() for r in routes))
        if self.route not in ("*", *known):
            raise ValueError(f"{self.vendor} has no route {self.route!r}; one of {', '.join(known)}")

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> Script:
        """An entry as it comes over HTTP. Raises ValueError for a word nobody knows."""
        unknown = set(row) - {f.name for f in fields(cls)}
        if unknown:
            raise ValueError(f"no such field: {', '.join(sorted(unknown))}")
        return cls(**row)

    @property
    def accepted(self) -> bool:
        """Whether the vendor takes the request (and charges for it) although this happens."""
        return self.charged if self.charged is not None else self.do in get_args(Spoilt)

    def fits(self, vendor: str, route: str, text: str) -> bool:
        """Whether a request is one of those this entry is about."""
        return (
            self.vendor in ("*", vendor)
            and self.route in ("*", route)
            and (self.match is None or self.match in text)
        )


KINDS: tuple[str, ...] = (*get_args(Declined), *get_args(Spoilt))


@dataclass(frozen=True)
class Played:
    """One entry that was played, for the record."""

    do: str
    vendor: str
    route: str
    digest: str
    at: float


@dataclass
class Playbook:
    """The entries in force, in order: the first that fits and hits is played. Safe for threads."""

    entries: list[Script] = field(default_factory=list)
    played: list[Played] = field(default_factory=list)
    _fitted: Counter[int] = field(default_factory=Counter)
    _hit: Counter[int] = field(default_factory=Counter)
    _came: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def set(self, entries: Iterable[Script]) -> None:
        """Play these from now on, and none of the earlier ones."""
        with self._lock:
            self.entries = list(entries)
            self._fitted.clear()
            self._hit.clear()

    def add(self, *entries: Script) -> None:
        """Play these too, after the earlier ones."""
        with self._lock:
            self.entries.extend(entries)

    def draw(self, vendor: str, route: str, digest: str, text: str = "") -> Script | None:
        """What happens to this request; None when nothing does."""
        with self._lock:
            self._came[vendor, route, digest] += 1
            came = self._came[vendor, route, digest]
            found = None
            for number, entry in enumerate(self.entries):
                if not entry.fits(vendor, route, text):
                    continue
                self._fitted[number] += 1
                if found is None and self._hits(number, entry, (vendor, route, digest, came)):
                    found = entry
                    self._hit[number] += 1
            if found is not None:
                self.played.append(Played(found.do, vendor, route, digest, time.time()))
            return found

    def _hits(self, number: int, entry: Script, fate: tuple[object, ...]) -> bool:
        if entry.times is not None and self._hit[number] >= entry.times:
            return False
        if entry.nth is not None and self._fitted[number] != entry.nth:
            return False
        if entry.probability is None:
            return True
        return seed_for(entry.seed, number, *fate) / 2**32 < entry.probability


_STORM: dict[tuple[str, str], tuple[str, ...]] = {
    ("gemini", "text"): (
        "rate_minute", "server_error", "html", "drop_before", "drop_after", "truncated", "slow", "empty",
        "error_in_200", "extra_fields", "missing_fields", "blocked", "refuse", "bad_json", "bad_document",
    ),
    ("gemini", "image"): (
        "rate_minute", "server_error", "html", "drop_before", "drop_after", "truncated", "slow", "empty",
        "error_in_200", "extra_fields", "missing_fields", "blocked", "refuse", "corrupt", "text_only",
    ),
    ("kie", "submit"): (
        "rate_minute", "maintenance", "server_error", "html", "drop_before", "drop_after", "truncated",
        "slow", "empty", "extra_fields", "missing_fields", "error_in_200",
    ),
    ("kie", "task"): ("fail", "refuse", "pending", "corrupt", "duplicate_callback"),
    ("kie", "poll"): (
        "server_error", "html", "drop_before", "drop_after", "truncated", "slow", "empty",
        "error_in_200", "extra_fields", "missing_fields", "rate_minute",
    ),
    ("kie", "upload"): ("server_error", "html", "drop_before", "drop_after", "truncated", "slow", "empty"),
    ("kie", "download"): (
        "expired_url", "server_error", "html", "drop_before", "truncated", "corrupt", "slow",
    ),
    ("kie", "link"): ("server_error", "html", "drop_before", "slow"),
    ("elevenlabs", "speech"): (
        "rate_minute", "concurrent", "busy", "server_error", "html", "drop_before", "drop_after", "truncated",
        "slow", "empty", "error_in_200", "extra_fields", "missing_fields", "corrupt", "refuse",
    ),
    ("elevenlabs", "effect"): (
        "rate_minute", "concurrent", "busy", "server_error", "html", "drop_before", "drop_after", "truncated",
        "slow", "empty", "error_in_200", "missing_fields", "corrupt", "refuse",
    ),
    ("elevenlabs", "history"): ("server_error", "html", "drop_before", "truncated", "slow", "empty"),
    ("elevenlabs", "audio"): ("server_error", "html", "drop_before", "truncated", "corrupt", "slow"),
}  # fmt: skip


def storm(
    rate: float = 0.2,
    seed: int = 1,
    slow_s: float = 0.2,
    without: Iterable[str] = (),
    vendors: Iterable[str] = VENDORS,
) -> list[Script]:
    """Everything that can go wrong, mixed: about `rate` of the requests to each route are hit.

    `without` leaves kinds out (drop_after, say, when no answer may be lost).
    """
    chosen, left_out, entries = set(vendors), set(without), []
    for (vendor, route), kinds in _STORM.items():
        kept = [kind for kind in kinds if kind not in left_out]
        if vendor not in chosen or not kept:
            continue
        odds = 1.0  # each entry is only asked when those before it have missed
        for kind in kept:
            entries.append(
                Script(
                    do=kind,  # pyright: ignore[reportArgumentType]
                    vendor=vendor,
                    route=route,
                    probability=min(1.0, rate / len(kept) / odds),
                    seconds=slow_s,
                    polls=2,
                    seed=seed,
                )
            )
            odds -= rate / len(kept)
    return entries
