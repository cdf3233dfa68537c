"""The inspection of a delivered film: its picture decoded once, and only the frames that others are
made from, which halves the cost; at a small size everything that is looked for is still to be seen."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from pokegeo_dagster.film.edit.quality import (
    BLACK_LEVEL,
    BLACK_S,
    FREEZE_S,
    STILL_CHANGE,
    STILL_LAG_S,
    FilmPlan,
    Stretch,
    stretches,
)
from pokegeo_dagster.film.errors import MediaDamaged
from pokegeo_dagster.providers.bench.probe import Probe, probe, why

SMALL = (240, 135)
_BRIGHT = SMALL[0] * SMALL[1] // 200  # a black picture may have so many spots that are not
THUMB = (256, 144)
STRIP = (0.06, 0.28, 0.5, 0.72, 0.94)  # where in a clip the frames of its strip are
_BAR_LEVEL, _BAR_CHANGE = 26, 6  # a bar is black and never changes; a night has grain

Small = NDArray[np.float32]


@dataclass
class Picture:
    """What was seen. `brightness` and `change` are curves for the page; `strip` has clip → pictures."""

    probe: Probe
    pixel_aspect: float
    times: list[float] = field(default_factory=list)
    brightness: list[float] = field(default_factory=list)
    change: list[float] = field(default_factory=list)
    black: tuple[Stretch, ...] = ()
    frozen: tuple[Stretch, ...] = ()
    bars: tuple[float, float] = (0.0, 0.0)
    strip: dict[str, list[NDArray[np.uint8]]] = field(default_factory=dict)


def inspect(film: Path, plan: FilmPlan) -> Picture:
    """Looks at a film from end to end. Raises MediaDamaged when it is not whole."""
    facts = probe(film)
    try:
        with av.open(str(film)) as container:
            return _looked(container, facts, plan)
    except (FFmpegError, OSError) as damage:
        raise MediaDamaged(f"{film.name} stops decoding: {why(damage)}") from damage


def _looked(container: Any, facts: Probe, plan: FilmPlan) -> Picture:
    video = container.streams.video[0]
    video.thread_type = "AUTO"
    video.codec_context.skip_frame = "NONREF"
    video.codec_context.options = {"err_detect": "explode"}
    aspect = video.codec_context.sample_aspect_ratio
    seen = Picture(facts, float(aspect) if aspect else 1.0)
    wanted = deque(
        ((clip.start_frame + share * clip.frames) / plan.rate_fps, clip.clip)
        for clip in plan.clips
        for share in STRIP
    )
    earlier: deque[tuple[float, Small]] = deque()
    low = high = None
    dark: list[bool] = []
    for frame in container.decode(video):
        at = float(frame.pts * video.time_base) if frame.pts is not None else 0.0
        if frame.is_corrupt:
            raise MediaDamaged(f"The picture at {at:.2f} s is damaged.")
        small = _small(frame)
        low = small if low is None else np.minimum(low, small)
        high = small if high is None else np.maximum(high, small)
        seen.times.append(round(at, 4))
        seen.brightness.append(round(float(small.mean()), 2))
        dark.append(bool(np.count_nonzero(small > BLACK_LEVEL) <= _BRIGHT))
        while len(earlier) > 1 and at - earlier[1][0] >= STILL_LAG_S:
            earlier.popleft()
        ago = earlier[0] if earlier and at - earlier[0][0] >= STILL_LAG_S - 0.02 else None
        seen.change.append(liveliness(small, ago[1]) if ago else -1.0)
        earlier.append((at, small))
        while wanted and at >= wanted[0][0]:
            seen.strip.setdefault(wanted.popleft()[1], []).append(_thumb(frame))
    end = facts.frames / float(facts.rate)
    seen.black = stretches(seen.times, dark, end, BLACK_S)
    seen.frozen = _frozen(seen.times, seen.change, dark, end)
    if low is not None and high is not None:
        seen.bars = _bars(low, high)
    return seen


def _small(frame: Any) -> Small:
    """The luma of a frame, small and smooth: compression noise is averaged away, movement is not."""
    plane = frame.planes[0]
    luma = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
    return cv2.resize(luma, SMALL, interpolation=cv2.INTER_AREA).astype(np.float32)


def liveliness(now: Small, then: Small) -> float:
    """How much more the liveliest spots (5×5, all but a two-hundredth) have changed than the quiet quarter
    of the picture, in levels. Grain and the noise of a codec are everywhere, so they are taken away;
    an edge that moves is not.

    Measured over half a second, at its least for half a second on end, on a misty photograph (its tones
    span 59 levels of 255) and on the same in fog (48), at 1280×720, without grain and with grain of 0.8
    (the house's) and 1.6 levels, encoded at crf 18 and at 0.8 Mb/s and then conformed. The house's
    stillest camera, locked: 1.32 and more, in fog; half as much movement: 0.72 and more. A true freeze:
    0.44 at most. A quarter of that movement cannot be told from a freeze, and no camera of ours makes it.
    """
    spots = cv2.blur(np.abs(now - then), (5, 5))[::3, ::3]
    ranks = (spots.size - 1) * 995 // 1000, (spots.size - 1) // 4
    ranked = np.partition(spots.ravel(), ranks)
    return round(float(ranked[ranks[0]] - ranked[ranks[1]]), 3)


def _frozen(
    times: Sequence[float], change: Sequence[float], dark: Sequence[bool], end: float
) -> tuple[Stretch, ...]:
    """A still at one moment says that nothing changed since half a second before. Black is not
    frozen: it is black."""
    still = [0 <= c < STILL_CHANGE and not d for c, d in zip(change, dark, strict=True)]
    found = stretches(times, still, end, FREEZE_S - STILL_LAG_S)
    return tuple(Stretch(start_s=round(s.start_s - STILL_LAG_S, 3), end_s=s.end_s) for s in found)


def _bars(low: Small, high: Small) -> tuple[float, float]:
    """Shares of the height and of the width that are black at both edges in every frame."""
    dead = (high <= _BAR_LEVEL) & (high - low <= _BAR_CHANGE)
    rows, columns = np.asarray(dead.all(axis=1)), np.asarray(dead.all(axis=0))
    if rows.all():
        return 0.0, 0.0
    return _both_ends(rows), _both_ends(columns)


def _both_ends(dead: NDArray[np.bool_]) -> float:
    first, last = int(np.argmin(dead)), int(np.argmin(dead[::-1]))
    return round(2 * min(first, last) / len(dead), 4)


def _thumb(frame: Any) -> NDArray[np.uint8]:
    width, height = THUMB
    return frame.reformat(width=width, height=height, format="rgb24").to_ndarray()
