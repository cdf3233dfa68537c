"""The house composer: a calm bed under a whole film, synthesised: wide pads that change slowly.

Every tone is a spectrum of softly spread partials with the phases of chance, turned into sound by one
inverse transform: a choir of strings that repeats without a seam, has no beat and no attack.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from pokegeo_dagster.film.crew import Credit
from pokegeo_dagster.film.digest import seed_for
from pokegeo_dagster.film.edit.delivery import SAMPLE_RATE_HZ
from pokegeo_dagster.film.edit.finish import Composed, Mood
from pokegeo_dagster.providers.bench.sound_file import Sound, WaveWriter

CREDIT = Credit(member="house", model="composer")
_TABLE = 1 << 18  # samples of a tone before it comes round: five and a half seconds
_HIGHEST_HZ = 4200.0
_HOLD_S, _RISE_S, _FALL_S = 9.0, 3.6, 4.8
_PEAK = 0.25

# Chords as steps over the tonic, the bass first. Seconds and sevenths, no leading tone: nothing pulls.
_CHORDS: Mapping[Mood, tuple[tuple[int, ...], ...]] = {
    "serene": ((0, 7, 16, 19, 26), (-3, 4, 12, 16, 19), (5, 12, 16, 21, 24), (7, 14, 17, 19, 24)),
    "solemn": ((0, 7, 15, 19, 26), (-4, 3, 12, 15, 19), (3, 10, 15, 19, 22), (-2, 5, 14, 17, 22)),
    "tense": ((0, 7, 12, 14, 19), (5, 12, 15, 20, 24), (-4, 8, 12, 15, 20), (-5, 7, 10, 14, 19)),
}
_TONICS = (45, 46, 48, 50, 43)  # MIDI: about A2, where a bass is felt and a telephone still has its octave
_LEVELS = (0.9, 0.62, 0.5, 0.44, 0.3)  # bass to top
_DARK = {"serene": 1.5, "solemn": 1.75, "tense": 1.9}  # how steeply partials fall with their number


def compose(order: Composed, samples: int, out: Path) -> Path:
    """A bed as a 48 kHz stereo WAV, exactly `samples` long. The same order gives the same bytes."""
    draft = out.with_name(f".{out.name}.unfinished")
    with WaveWriter(draft) as file:
        file.write(composed(order, samples))
    os.replace(draft, out)
    return out


def composed(order: Composed, samples: int) -> Sound:
    """The bed itself, its peak at a quarter of full scale."""
    dice = np.random.default_rng(seed_for(order.seed, "music"))
    tonic = _TONICS[int(dice.integers(len(_TONICS)))]
    chords = _CHORDS[order.mood]
    out = np.zeros((samples, 2), np.float32)
    count = max(1, round(samples / SAMPLE_RATE_HZ / _HOLD_S))
    hold = samples / count
    for number in range(count):
        # The last chord is the first one: a film ends at home.
        chord = chords[0] if number == count - 1 else chords[number % len(chords)]
        begin = round(number * hold - _RISE_S * SAMPLE_RATE_HZ / 2) if number else 0
        end = round((number + 1) * hold + _FALL_S * SAMPLE_RATE_HZ / 2)
        _lay(out, chord, tonic, (begin, min(end, samples)), dice, _DARK[order.mood])
    return out * np.float32(_PEAK / max(float(np.abs(out).max(initial=0.0)), 1e-9))


def _lay(
    out: Sound,
    chord: Sequence[int],
    tonic: int,
    span: tuple[int, int],
    dice: np.random.Generator,
    dark: float,
) -> None:
    begin, end = span
    length = end - begin
    envelope = _envelope(length)
    for step, level in zip(chord, _LEVELS, strict=True):
        hz = 440 * 2 ** ((tonic + step - 69) / 12)
        left, right = (_tone(hz, int(dice.integers(1, 1 << 31)), dark) for _ in range(2))
        # Each tone breathes by itself, so that the chord is never quite still.
        wander = 1 + 0.22 * np.sin(
            np.linspace(0, 2 * np.pi * length / SAMPLE_RATE_HZ / dice.uniform(5, 9), length, dtype=np.float32)
            + np.float32(dice.uniform(0, 6.28))
        )
        gain = envelope * wander * np.float32(level)
        offset = int(dice.integers(_TABLE))
        for channel, table in enumerate((left, right)):
            tiled = np.resize(np.roll(table, offset), length)
            out[begin:end, channel] += tiled * gain


def _envelope(length: int) -> np.ndarray:
    rise, fall = (min(round(s * SAMPLE_RATE_HZ), length // 2) for s in (_RISE_S, _FALL_S))
    out = np.ones(length, np.float32)
    out[:rise] = np.sin(np.linspace(0, np.pi / 2, rise, dtype=np.float32))
    out[length - fall :] *= np.cos(np.linspace(0, np.pi / 2, fall, dtype=np.float32))
    return out


@lru_cache(maxsize=16)
def _bins() -> np.ndarray:
    return np.fft.rfftfreq(_TABLE, 1 / SAMPLE_RATE_HZ)


def _tone(hz: float, seed: int, dark: float) -> np.ndarray:
    """A tone that comes round without a seam, RMS 1: partials, each spread wider than the one below."""
    dice = np.random.default_rng(seed)
    size = np.zeros(_TABLE // 2 + 1)
    step_hz = SAMPLE_RATE_HZ / _TABLE
    number = 1
    while number * hz < _HIGHEST_HZ:
        middle, spread = number * hz, max(0.35, hz * 0.0035 * number**1.1)
        reach = int(5 * spread / step_hz) + 2
        at = round(middle / step_hz)
        near = slice(max(1, at - reach), at + reach)
        away = (_bins()[near] - middle) / spread
        # Over 1.2 kHz everything falls faster: warmth, and no hiss under a voice.
        soft = 1 / (1 + (middle / 1200) ** 2)
        size[near] += np.exp(-0.5 * away * away) / number**dark * soft / np.sqrt(spread)
        number += 1
    phases = dice.uniform(0, 2 * np.pi, len(size))
    table = np.fft.irfft(size * np.exp(1j * phases), _TABLE)
    return (table / max(float(np.sqrt(np.mean(table**2))), 1e-12)).astype(np.float32)
