"""Ducking: the bed bows under the voice, before the voice arrives, and rises after it has gone."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pokegeo_dagster.film.edit.delivery import SAMPLE_RATE_HZ
from pokegeo_dagster.providers.bench.loudness import FRAME, lufs
from pokegeo_dagster.providers.bench.sound_file import Sound

DUCK_DB = 10.0  # how far the bed goes down under any voice
CLEAR_LU = 10.0  # the voice lies at least this far over the ducked bed …
DEEPEST_DUCK_DB = 24.0  # … unless the bed would have to vanish for it
_SPEECH_LUFS = -50.0
_AHEAD_S, _ATTACK_S, _HOLD_S, _RELEASE_S = 0.12, 0.20, 0.18, 0.40
_FRAMES_PER_S = SAMPLE_RATE_HZ / FRAME


@dataclass(frozen=True)
class Levels:
    """K-weighted power of voice and bed in each frame of one segment."""

    voice: NDArray[np.float64]
    bed: NDArray[np.float64]


def duck_curve(segments: Sequence[Levels]) -> NDArray[np.float64]:
    """Gain of the bed in dB, one value a frame, over the whole film.

    It is down while anybody speaks, reaches the bottom as the first word starts, holds through the
    gaps between words, and takes 400 ms to come back.
    """
    depth = np.concatenate([_depth(levels) for levels in segments])
    return _smooth(_spread(depth))


def mixed_power(segments: Sequence[Levels], curve: NDArray[np.float64]) -> NDArray[np.float64]:
    """K-weighted power of voice and ducked bed together in each frame of the film."""
    voice, bed = (np.concatenate([getattr(levels, part) for levels in segments]) for part in ("voice", "bed"))
    return voice + bed * 10 ** (curve / 10)


def clearest(segments: Sequence[Levels], curve: NDArray[np.float64]) -> float:
    """By how much the voice is over the ducked bed while it speaks, in LU, in the segment in which
    it is least. 60 when nobody speaks or nothing lies under the voice."""
    least, at = 60.0, 0
    for levels in segments:
        speaks = levels.voice > 10 ** ((_SPEECH_LUFS + 0.691) / 10)
        bed = levels.bed * 10 ** (curve[at : at + len(levels.bed)] / 10)
        at += len(levels.bed)
        if speaks.any():
            least = min(least, lufs(levels.voice[speaks]) - lufs(bed[speaks]))
    return least


def _depth(levels: Levels) -> NDArray[np.float64]:
    """How far down each frame wants the bed: nothing where nobody speaks."""
    speaks = levels.voice > 10 ** ((_SPEECH_LUFS + 0.691) / 10)
    if not speaks.any():
        return np.zeros(len(levels.voice))
    over = lufs(levels.voice[speaks]) - lufs(levels.bed[speaks])
    return np.where(speaks, min(DEEPEST_DUCK_DB, max(DUCK_DB, CLEAR_LU - over)), 0.0)


def _spread(depth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each frame as deep as the deepest one soon after it or just before it."""
    ahead, hold = (math.ceil(s * _FRAMES_PER_S) for s in (_AHEAD_S, _HOLD_S))
    padded = np.pad(depth, (hold, ahead))
    return np.lib.stride_tricks.sliding_window_view(padded, hold + ahead + 1).max(axis=1)


def _smooth(depth: NDArray[np.float64]) -> NDArray[np.float64]:
    """A straight way down in the attack's time (begun early enough), an easing way up."""
    fall = DUCK_DB / (_ATTACK_S * _FRAMES_PER_S)
    rise = 1 - math.exp(-3 / (_RELEASE_S * _FRAMES_PER_S))  # 95 % back after the release
    out = depth.copy()
    # Backwards first: no frame may be more than one step of the attack above its successor.
    for k in range(len(out) - 2, -1, -1):
        out[k] = max(out[k], out[k + 1] - fall)
    for k in range(1, len(out)):
        out[k] = max(out[k], out[k - 1] * (1 - rise))
    return -out


def ducked(bed: Iterator[Sound], curve: NDArray[np.float64]) -> Iterator[Sound]:
    """The bed with the curve on it, block by block, the gain drawn straight from frame to frame."""
    gains = 10 ** (np.append(curve, curve[-1:] if len(curve) else [0.0]) / 20)
    at = 0
    for block in bed:
        place = (at + np.arange(len(block))) / FRAME - 0.5
        yield block * np.interp(place, np.arange(len(gains)), gains).astype(np.float32)[:, None]
        at += len(block)
