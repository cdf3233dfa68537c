"""The limiter: where a mix would pass its ceiling it is turned down, gently, and only there.

Peaks are taken once, a millisecond at a time; how a gain would sound and how far the limiter would
bow is then arithmetic on a few thousand numbers, without touching the sound again.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pokegeo_dagster.film.edit.delivery import SAMPLE_RATE_HZ
from pokegeo_dagster.providers.bench.sound_file import Sound

HOP = 48  # samples: a millisecond, the grain of every gain here
Curve = NDArray[np.float64]

_LOOK_HOPS = 5  # the gain is down before the peak arrives, and stays as long after it
_RELEASE_S = 0.08
_SIDE = 12  # samples on either side from which a value between two samples is worked out
# So quiet that no gain a film is given brings it near the ceiling: there an upper bound is enough.
_FAR_FROM_ANY_CEILING, _MOST_BETWEEN = 0.1, 1.4
# Products this small are worked out by one thread: waking the others costs more than they save.
_FEW = 24
# The voice's loudest syllables, nearer to the others, so that the limiter is seldom heard: from about
# 2 dB over the level at which a line is laid.
_PRESS_DBFS, _PRESS_RATIO, _PRESS_KNEE_DB = -21.0, 2.5, 14.0
_PRESS_ATTACK_S, _PRESS_RELEASE_S = 0.006, 0.16


def true_peaks(block: Sound, before: Sound, after: Sound) -> Curve:
    """The highest level in each hop of a block, between the samples too (four times the rate, as
    BS.1770 asks), of either channel. `before` and `after` are the samples on both sides of it."""
    hops = -(-len(block) // HOP)
    padded = np.zeros((hops * HOP + 2 * _SIDE, 2), np.float32)
    before, after = before[-_SIDE:], after[:_SIDE]
    padded[_SIDE - len(before) : _SIDE] = before
    padded[_SIDE : _SIDE + len(block)] = block
    padded[_SIDE + len(block) : _SIDE + len(block) + len(after)] = after
    highest = np.zeros(hops)
    for channel in padded.T:
        windows = np.lib.stride_tricks.sliding_window_view(channel, HOP + 2 * _SIDE)[::HOP]
        at = np.abs(channel[_SIDE : _SIDE + hops * HOP]).reshape(hops, HOP).max(axis=1)
        loud = np.flatnonzero(at > _FAR_FROM_ANY_CEILING)
        between = at * _MOST_BETWEEN
        for first in range(0, len(loud), _FEW):
            few = loud[first : first + _FEW]
            between[few] = np.maximum(at[few], np.abs(windows[few] @ _BETWEEN).max(axis=1))
        highest = np.maximum(highest, between)
    return highest


def limiting(peaks: Curve, ceiling: float) -> Curve:
    """The gain of each hop (at most 1) that keeps `peaks` at or under `ceiling`.

    Drawn straight from the middle of one hop to the next, it is low enough everywhere in a hop.
    """
    with np.errstate(divide="ignore"):
        over_db = np.maximum(20 * np.log10(np.maximum(peaks, 1e-9) / ceiling), 0)
        # Each bow fades as e^(−t/release): in logarithms a straight line, so the deepest of all bows
        # so far is a running maximum.
        slope = HOP / SAMPLE_RATE_HZ / _RELEASE_S
        fading = slope * np.arange(len(peaks))
        deep = np.exp(np.maximum.accumulate(np.log(over_db) + fading) - fading)
    wide = _widest(deep, _LOOK_HOPS + 1)
    padded = np.pad(wide, _LOOK_HOPS, mode="edge")
    smooth = np.convolve(padded, np.full(2 * _LOOK_HOPS + 1, 1 / (2 * _LOOK_HOPS + 1)), "valid")
    return 10 ** (-smooth / 20)


def gain_of(curve: Curve, first: int, samples: int) -> NDArray[np.float32]:
    """The gain of each sample from `first` on, drawn from hop to hop."""
    place = (first + np.arange(samples) + 0.5) / HOP - 0.5
    return np.interp(place, np.arange(len(curve)), curve).astype(np.float32)


def pressed(voice: Sound) -> Sound:
    """A line with its loudest syllables brought nearer to the rest. Same length."""
    hops = -(-len(voice) // HOP)
    if not hops:
        return voice
    mono = np.zeros(hops * HOP)
    mono[: len(voice)] = np.abs(voice).max(axis=1)
    power = np.square(mono).reshape(hops, HOP).mean(axis=1)
    rise, fall = (1 - math.exp(-HOP / SAMPLE_RATE_HZ / s) for s in (_PRESS_ATTACK_S, _PRESS_RELEASE_S))
    level, followed = 0.0, np.empty(hops)
    for hop, now in enumerate(power.tolist()):
        level += (now - level) * (rise if now > level else fall)
        followed[hop] = level
    over = 10 * np.log10(np.maximum(followed, 1e-12)) - _PRESS_DBFS
    bent = np.clip(over + _PRESS_KNEE_DB / 2, 0, _PRESS_KNEE_DB)
    down_db = (bent**2 / (2 * _PRESS_KNEE_DB) + np.maximum(over - _PRESS_KNEE_DB / 2, 0)) * (
        1 - 1 / _PRESS_RATIO
    )
    return voice * gain_of(10 ** (-down_db / 20), 0, len(voice))[:, None]


def _widest(curve: Curve, reach: int) -> Curve:
    """Each value as deep as the deepest within `reach` of it."""
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(curve, reach), 2 * reach + 1)
    return windows.max(axis=1)


def _between() -> NDArray[np.float32]:
    """What turns a hop and its sides into the three values after each of its samples."""
    taps = np.zeros((HOP + 2 * _SIDE, HOP * 3), np.float32)
    for sample in range(HOP):
        for third in range(3):
            distance = np.arange(1 - _SIDE, _SIDE + 1) - (third + 1) / 4
            weight = np.sinc(distance) * np.cos(np.pi * distance / (2 * _SIDE + 1)) ** 2
            first = _SIDE + sample + 1 - _SIDE
            taps[first : first + 2 * _SIDE, sample * 3 + third] = weight / weight.sum()
    return taps


_BETWEEN = _between()
