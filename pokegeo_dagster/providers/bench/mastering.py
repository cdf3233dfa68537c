"""Mastering: the mix at delivery loudness, its true peak held, encoded once, and measured as delivered."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import ffmpeg
import numpy as np

from pokegeo_dagster.film.edit.delivery import (
    LOUDNESS_TOLERANCE_LU,
    MOST_PEAK_DBTP,
    SAMPLE_RATE_HZ,
    TARGET_LUFS,
)
from pokegeo_dagster.film.errors import ProductionError
from pokegeo_dagster.providers.bench.encoder import command, draft_name, run_fed
from pokegeo_dagster.providers.bench.limiter import HOP, Curve, gain_of, limiting, true_peaks
from pokegeo_dagster.providers.bench.loudness import (
    FRAME,
    Loudness,
    SilentMix,
    integrated,
    measure_loudness,
)
from pokegeo_dagster.providers.bench.sound_file import Sound, even_blocks

NEAR_ENOUGH_LU = LOUDNESS_TOLERANCE_LU / 2
# AAC adds up to 1.4 dB to a single peak (measured on 116 s of voice over beds): the limiter stops below.
_CODEC_HEADROOM_DB = 1.7
_CORRECTIONS = 4
_BLOCK = 48 * FRAME  # samples: whole hops and whole frames, about a second
BIT_RATE = 192_000


def master_aac(voice: Path, bed: Path, power: Curve, out: Path) -> Loudness:
    """Encode voice + bed, two 48 kHz stereo WAV files of one length, to delivery loudness.

    `power` is the mix's K-weighted power in each frame (see `frame_power`).
    The gain is found on levels and peaks, without touching the sound; then the file is encoded and
    what it decodes to is measured, and corrected in the rare case that it is not within tolerance.
    Raises SilentMix, and ProductionError when the sound cannot be brought there.
    """
    if not integrated(power) > -70:
        raise SilentMix(
            "The mix is silent from end to end, so it has no loudness. Nothing was delivered. "
            "Listen to `narration` and `sound_effect` of this episode, and make the silent ones again."
        )
    survey = _Survey(_peaks(voice, bed), power)
    aim_lufs, ceiling_db = TARGET_LUFS, MOST_PEAK_DBTP - _CODEC_HEADROOM_DB
    draft, made = draft_name(out), None
    try:
        for _ in range(_CORRECTIONS):
            gain, curve = survey.settled(aim_lufs, 10 ** (ceiling_db / 20))
            _encode(_mastered(voice, bed, gain, curve), draft)
            made = measure_loudness(draft)
            off_lu, over_db = TARGET_LUFS - made.integrated_lufs, made.true_peak_dbtp - MOST_PEAK_DBTP
            if abs(off_lu) <= NEAR_ENOUGH_LU and over_db <= 0:
                os.replace(draft, out)
                return made
            aim_lufs += off_lu
            ceiling_db -= max(0.0, over_db) + (0.1 if over_db > 0 else 0)
    finally:
        draft.unlink(missing_ok=True)
    assert made is not None
    raise ProductionError(
        f"The mix cannot be mastered: at {made.integrated_lufs:.1f} LUFS its true peak is "
        f"{made.true_peak_dbtp:.1f} dBTP. Listen to the stems for one sound far louder than the rest."
    )


@dataclass(frozen=True)
class _Survey:
    """A mix as numbers: its true peak in each hop, its K-weighted power in each frame."""

    peaks: Curve
    power: Curve

    def settled(self, aim_lufs: float, ceiling: float) -> tuple[float, Curve]:
        """The gain at which the limited mix is at `aim_lufs`, and what the limiter does then."""
        gain = 10 ** ((aim_lufs - integrated(self.power)) / 20)
        curve = limiting(self.peaks * gain, ceiling)
        for _ in range(12):
            off = aim_lufs - integrated(self.power * self._squared(curve * gain))
            if abs(off) <= 0.01:
                break
            gain *= 10 ** (off * 1.1 / 20)
            curve = limiting(self.peaks * gain, ceiling)
        return gain, curve

    def _squared(self, curve: Curve) -> Curve:
        """The mean square of a gain in each frame."""
        total = np.concatenate(([0.0], np.cumsum(np.square(curve))))
        edges = np.interp(np.arange(len(self.power) + 1) * (FRAME / HOP), np.arange(len(total)), total)
        return np.diff(edges) * (HOP / FRAME)


def _mix(voice: Path, bed: Path) -> Iterator[Sound]:
    for spoken, under in zip(even_blocks([voice], _BLOCK), even_blocks([bed], _BLOCK), strict=True):
        yield spoken + under


def _peaks(voice: Path, bed: Path) -> Curve:
    nothing = np.zeros((0, 2), np.float32)
    peaks = []
    before, block = nothing, nothing
    for after in chain(_mix(voice, bed), (nothing,)):
        if len(block):
            peaks.append(true_peaks(block, before, after))
        before, block = block, after
    return np.concatenate(peaks)


def _mastered(voice: Path, bed: Path, gain: float, curve: Curve) -> Iterator[bytes]:
    at = 0
    for block in _mix(voice, bed):
        yield (block * (gain_of(curve, at, len(block)) * np.float32(gain))[:, None]).astype("<f4").tobytes()
        at += len(block)


def _encode(sound: Iterator[bytes], out: Path) -> None:
    raw = ffmpeg.input("pipe:", format="f32le", ar=SAMPLE_RATE_HZ, ac=2)
    encoded = raw.output(
        str(out),
        **{
            "c:a": "aac",
            "b:a": BIT_RATE,
            "ar": SAMPLE_RATE_HZ,
            "ac": 2,
            "threads": 1,
            "map_metadata": -1,
            "fflags": "+bitexact",
            "flags:a": "+bitexact",
            # In the default time scale of 1/1000 s the edit list would cut up to 47 samples off the end.
            "movie_timescale": SAMPLE_RATE_HZ,
            "movflags": "+faststart",
            "f": "mp4",
        },
    )
    run_fed(command(encoded), sound, out.name)
