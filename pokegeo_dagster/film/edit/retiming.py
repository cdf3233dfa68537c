"""Retiming: how a clip that is too short for its line is made to last, without inventing pictures."""

from __future__ import annotations

import math

from pokegeo_dagster.film.edit.timeline import LONGEST_HOLD_S
from pokegeo_dagster.film.model import Frozen

# A wild animal at four fifths of its speed still moves like itself; slower reads as slow motion.
SLOWEST = 1.25


class Retiming(Frozen):
    """How a clip is shown: `slow` times as long as it was filmed, then its last picture held."""

    slow: float = 1.0
    hold_frames: int = 0


class Tail(Frozen):
    """What can be seen of a clip beyond its cut: `frames`, in the last `held` of which it stands still.
    `shown` is how the clip is retimed with them."""

    frames: int
    held: int
    shown: Retiming = Retiming()


def tail_of(shown_s: float, source_fps: float, frames: int, rate_fps: int, wanted: int) -> Tail:
    """Up to `wanted` frames after the first `frames` of a clip that is retimed to fill those: its handle,
    and where that ends its last picture, for half a second at most in all."""
    retiming = retime(shown_s, source_fps, frames, rate_fps)
    if retiming is None:
        return Tail(frames=0, held=0)
    have = math.floor(shown_s * retiming.slow * rate_fps + 1e-6)
    most_held = math.floor(LONGEST_HOLD_S * rate_fps + 1e-6)
    seen = max(0, min(wanted, have + most_held - frames))
    still = max(0, frames + seen - have)
    return Tail(frames=seen, held=min(seen, still), shown=Retiming(slow=retiming.slow, hold_frames=still))


def retime(shown_s: float, source_fps: float, frames: int, rate_fps: int) -> Retiming | None:
    """How a clip of `shown_s` seconds at `source_fps` fills `frames` frames at `rate_fps`; None when
    it cannot.

    A clip that is long enough is shown as it is. A short one that was filmed at a higher rate is
    slowed, by a quarter at most and only as far as it has a picture of its own for every frame: none
    is shown twice, none is made up. What is short then is held, for half a second at most.
    """
    have = math.floor(shown_s * rate_fps + 1e-6)
    most_held = math.floor(LONGEST_HOLD_S * rate_fps + 1e-6)
    if have <= 0:
        return None
    if have >= frames:
        return Retiming()
    wanted = frames / (shown_s * rate_fps)
    slow = min(wanted, SLOWEST, max(1.0, source_fps / rate_fps))
    short = max(0, frames - math.floor(shown_s * slow * rate_fps + 1e-6))
    return Retiming(slow=slow, hold_frames=short) if short <= most_held else None
