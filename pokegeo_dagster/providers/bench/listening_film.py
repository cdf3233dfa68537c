"""A delivered film listened to: silence, clipping, loudness over time, and where each line is heard."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import ffmpeg
import numpy as np
from numpy.typing import NDArray

from pokegeo_dagster.film.edit.delivery import SAMPLE_RATE_HZ
from pokegeo_dagster.film.edit.quality import (
    SILENCE_DBFS,
    SILENCE_S,
    FilmPlan,
    Lag,
    Stretch,
    stretches,
)
from pokegeo_dagster.film.errors import MediaDamaged
from pokegeo_dagster.providers.bench.encoder import command
from pokegeo_dagster.providers.bench.inspection_takes import clipped_runs
from pokegeo_dagster.providers.bench.sound_file import blocks, whole

_STEP = 480  # samples: levels are taken a hundred times a second
_LOW = 6  # the voice is looked for at 8 kHz: to an eighth of a millisecond
_LOW_HZ = SAMPLE_RATE_HZ // _LOW
_SEARCH_S = 0.6
_LOUD = re.compile(r"t:\s*([\d.]+).*?M:\s*(-?[\d.]+|-inf|nan).*?S:\s*(-?[\d.]+|-inf|nan)")

Mono = NDArray[np.float32]


@dataclass
class Heard:
    """What was heard. Curves: `level_dbfs` a hundred times a second; `loudness` as (s, momentary,
    short-term) ten times a second."""

    sound_s: float = 0.0
    level_dbfs: list[float] = field(default_factory=list)
    peaks: list[float] = field(default_factory=list)
    silent: tuple[Stretch, ...] = ()
    clipped: tuple[Stretch, ...] = ()
    integrated_lufs: float | None = None
    range_lu: float | None = None
    true_peak_dbtp: float | None = None
    loudness: list[tuple[float, float, float]] = field(default_factory=list)
    lags: tuple[Lag, ...] = ()


def hear_film(film: Path, plan: FilmPlan, voices: Mapping[str, Path]) -> Heard:
    """Listens to a film from end to end; `voices` are the recorded lines by clip.

    Raises MediaDamaged when its sound cannot be decoded.
    """
    power: list[NDArray[np.float64]] = []
    peaks: list[NDArray[np.float32]] = []
    low: list[Mono] = []
    clipped: list[bool] = []
    rest = np.zeros((0, 2), np.float32)
    samples = 0
    for block in blocks(film):
        samples += len(block)
        rest = np.concatenate((rest, block))
        if len(rest) < SAMPLE_RATE_HZ // 10:
            continue
        whole_steps = len(rest) // _STEP * _STEP
        sound, rest = rest[:whole_steps], rest[whole_steps:]
        steps = sound.reshape(-1, _STEP, 2)
        power.append(np.square(steps, dtype=np.float64).mean(axis=(1, 2)))
        peaks.append(np.abs(steps).max(axis=(1, 2)))
        low.append(sound.mean(axis=1).reshape(-1, _LOW).mean(axis=1))
        # A decoder gives more than full scale for what was cut off at it.
        full = peaks[-1] >= 1.0
        clipped += [bool(f) and clipped_runs(step) > 0 for f, step in zip(full, steps, strict=True)]
    if not power:
        return Heard()
    level = 10 * np.log10(np.concatenate(power) + 1e-12)
    times = [k * _STEP / SAMPLE_RATE_HZ for k in range(len(level))]
    end = samples / SAMPLE_RATE_HZ
    heard = Heard(sound_s=round(end, 4), level_dbfs=[round(float(v), 1) for v in level])
    heard.peaks = [round(float(v), 3) for v in np.concatenate(peaks)]
    heard.silent = stretches(times, [bool(v < SILENCE_DBFS) for v in level], end, SILENCE_S)
    heard.clipped = stretches(times, clipped, end, 0.0)
    heard.lags = tuple(_lags(np.concatenate(low), plan, voices))
    _measure_loudness(film, heard)
    return heard


def _lags(film: Mono, plan: FilmPlan, voices: Mapping[str, Path]) -> list[Lag]:
    found = []
    for clip in plan.clips:
        if clip.clip not in voices:
            continue
        voice = whole(voices[clip.clip]).mean(axis=1)
        voice = voice[: len(voice) // _LOW * _LOW].reshape(-1, _LOW).mean(axis=1)
        start = clip.start_frame * (SAMPLE_RATE_HZ // plan.rate_fps) + clip.voice_in
        late, likeness = _lag(film, voice, start // _LOW)
        found.append(Lag(clip=clip.clip, late_s=round(late, 5), likeness=round(likeness, 3)))
    return found


def _lag(film: Mono, voice: Mono, at: int) -> tuple[float, float]:
    """How late a voice is heard after `at`, and how much of what is heard there it is: the highest
    normalised cross-correlation within `_SEARCH_S`. Rumble is left out by taking differences."""
    reach = int(_SEARCH_S * _LOW_HZ)
    first = max(0, at - reach)
    part = np.diff(film[first : at + len(voice) + reach].astype(np.float64), prepend=0.0)
    sought = np.diff(voice.astype(np.float64), prepend=0.0)
    if len(part) < len(sought) or not sought.any():
        return 0.0, 0.0
    size = 1 << (len(part) + len(sought) - 1).bit_length()
    product = np.fft.irfft(np.fft.rfft(part, size) * np.conj(np.fft.rfft(sought, size)), size)
    lags = product[: len(part) - len(sought) + 1]
    energy = np.cumsum(np.concatenate(([0.0], np.square(part))))
    under = energy[len(sought) :] - energy[: len(part) - len(sought) + 1]
    likeness = lags / np.sqrt(np.maximum(under * np.square(sought).sum(), 1e-12))
    best = int(np.argmax(likeness))
    return (first + best - at) / _LOW_HZ, float(max(0.0, likeness[best]))


def _measure_loudness(film: Path, heard: Heard) -> None:
    """EBU R 128 as ffmpeg measures it, with its curves."""
    sound = ffmpeg.input(str(film)).audio.filter("ebur128", peak="true", framelog="info")
    arguments = [word if word != "error" else "info" for word in command(sound.output("-", format="null"))]
    done = subprocess.run(
        arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    said = done.stderr.decode(errors="replace")
    if done.returncode:
        raise MediaDamaged(f"The loudness of {film.name} cannot be measured: {said.strip()[-200:]}")
    lines, _, summary = said.rpartition("Summary:")
    heard.loudness = [(float(t), _number(m), _number(s)) for t, m, s in _LOUD.findall(lines)]
    integrated = re.search(r"I:\s+(\S+) LUFS", summary)
    if integrated and _number(integrated[1]) > -70:
        heard.integrated_lufs = _number(integrated[1])
    for name, pattern in (("range_lu", r"LRA:\s+(\S+) LU"), ("true_peak_dbtp", r"Peak:\s+(\S+) dBFS")):
        if match := re.search(pattern, summary):
            setattr(heard, name, _number(match[1]))


def _number(text: str) -> float:
    value = float(text)
    return max(value, -120.0) if np.isfinite(value) else -120.0
