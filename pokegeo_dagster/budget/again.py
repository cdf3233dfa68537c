"""Again: which failed piece is tried once more by itself, and when. Time is an argument, in seconds.

Three kinds. Weather passes, so it is tried again after a rest, a few times. What a vendor is still at
work on, or has no quota left for, is asked for when it can be there. Everything else would fail the same
way tomorrow (a refusal, a cap, an account, an answer nobody knows): a change or a human comes first.
"""

from __future__ import annotations

from typing import Literal

Kind = Literal["weather", "waiting", "parked", "never", "follows"]

_WEATHER = frozenset({"NotTaken", "VendorSilent", "JobFailed", "MediaBroken", "StoreUnavailable",
                      "DatabaseUnavailable", "MediaMissing", "MediaDamaged", "ShotFailed",
                      "ProductionError"})  # fmt: skip
MOST_TRIES: dict[Kind, int] = {"weather": 5, "waiting": 40, "parked": 40}
FIRST_REST_S, LONGEST_REST_S = 10.0, 600.0


def kind_of(error_type: str) -> Kind:
    """What kind of failure it is, by the type of its error. A type nobody knows is never tried again."""
    if error_type == "NotReady":
        return "follows"  # what it is made from is not there: it comes along when that does
    if error_type == "StillAtWork":
        return "waiting"
    if error_type == "QuotaSpent":
        return "parked"
    return "weather" if error_type in _WEATHER else "never"


def due(error_type: str, tries: int, failed_at: float, parked_until: float) -> float | None:
    """When a piece that failed `tries` times may be tried again; None: not by itself.

    `parked_until` is when the vendor of its asset may be asked again (0: now).
    """
    kind = kind_of(error_type)
    if tries >= MOST_TRIES.get(kind, 0):
        return None
    rest = min(LONGEST_REST_S, FIRST_REST_S * 2 ** (tries - 1))
    return max(parked_until, failed_at + rest)
