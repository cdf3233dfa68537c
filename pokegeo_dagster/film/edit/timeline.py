"""The timeline: how long each segment is and where it starts, in whole frames and exact samples.

Narration is the master clock. A segment is its narration plus a breath before and after, rounded
up to whole frames, so picture and sound share every cut and nothing ever drifts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import accumulate

from pydantic import Field

from pokegeo_dagster.film.edit.delivery import SAMPLE_RATE_HZ, Delivery
from pokegeo_dagster.film.model import Frozen

BREATH_BEFORE_S = 0.35  # the picture settles before the voice comes in
BREATH_AFTER_S = 0.65
SHORTEST_SEGMENT_S = 2.0
LONGEST_HOLD_S = 0.5  # a last frame held longer than this reads as a fault


class SegmentPlan(Frozen):
    """One segment: its length, and where in it the voice begins and ends (samples at 48 kHz)."""

    frames: int = Field(ge=1)
    samples: int = Field(ge=1)
    voice_in: int = Field(ge=0)
    voice_out: int = Field(ge=0)


class Cut(Frozen):
    """A segment in its place: first frame and first sample on the film's own timeline."""

    clip: str
    start_frame: int
    frames: int
    start_sample: int
    samples: int


def plan_segment(voice_samples: int, delivery: Delivery) -> SegmentPlan:
    """The segment for a line of `voice_samples` samples at 48 kHz.

    Its length is the least whole number of frames that holds the line and both breaths.
    """
    voice_in = math.ceil(BREATH_BEFORE_S * SAMPLE_RATE_HZ)
    wanted = voice_in + voice_samples + math.ceil(BREATH_AFTER_S * SAMPLE_RATE_HZ)
    wanted = max(wanted, math.ceil(SHORTEST_SEGMENT_S * SAMPLE_RATE_HZ))
    frames = math.ceil(wanted / delivery.samples_per_frame)
    return SegmentPlan(
        frames=frames,
        samples=frames * delivery.samples_per_frame,
        voice_in=voice_in,
        voice_out=voice_in + voice_samples,
    )


def lay_cuts(clips: Sequence[str], frames: Iterable[int], delivery: Delivery) -> tuple[Cut, ...]:
    """Every segment in its place: cut k starts at the sum of the frames before it, exactly."""
    lengths = list(frames)
    starts = accumulate(lengths, initial=0)
    per_frame = delivery.samples_per_frame
    return tuple(
        Cut(
            clip=clip,
            start_frame=start,
            frames=length,
            start_sample=start * per_frame,
            samples=length * per_frame,
        )
        for clip, start, length in zip(clips, starts, lengths, strict=False)
    )


def timecode(frame: int, rate_fps: int) -> str:
    """HH:MM:SS:FF, non-drop, as an editor writes it."""
    seconds, frames = divmod(frame, rate_fps)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{frames:02d}"
