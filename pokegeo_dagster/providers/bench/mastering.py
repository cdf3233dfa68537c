"""Mastering: the mix at delivery loudness, its true peak held, encoded once, and measured as delivered."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import ffmpeg

from pokegeo_dagster.film.edit.delivery import SAMPLE_RATE_HZ
from pokegeo_dagster.film.errors import ProductionError
from pokegeo_dagster.providers.bench.encoder import command, draft_name, run
from pokegeo_dagster.providers.bench.loudness import Loudness, heard, measure_loudness

TARGET_LUFS = -14.0
NEAR_ENOUGH_LU = 0.25  # half of what delivery allows
MOST_PEAK_DBTP = -1.0
# AAC adds up to 1.4 dB to a single peak (measured on 116 s of voice over beds): the limiter stops below.
_CODEC_HEADROOM_DB = 1.7
_CORRECTIONS = 4
# The loudest syllables, a little nearer to the others, so that the limiter is seldom heard: it starts
# 2 dB over the level at which every line is laid.
_VOICE_PRESS = {"threshold": 0.09, "ratio": 2.5, "knee": 6, "attack": 6, "release": 160, "makeup": 1}
BIT_RATE = 192_000


def master_aac(voice: Path, bed: Path, samples: int, out: Path) -> Loudness:
    """Encode voice + bed, each a 48 kHz stereo WAV of `samples`, to delivery loudness.

    Gain is corrected on the limited mix, where a round costs a fifth of an encode; then the file is
    encoded and what it decodes to is measured. Raises SilentMix, and ProductionError when the sound
    cannot be brought within tolerance.
    """
    raw = _measured(_mix(voice, bed).filter("ebur128", framelog="quiet"), "The mix")
    gain_db, ceiling_db = TARGET_LUFS - raw.integrated_lufs, MOST_PEAK_DBTP - _CODEC_HEADROOM_DB
    made = raw
    draft = draft_name(out)
    try:
        gain_db = _settled(voice, bed, samples, gain_db, ceiling_db)
        for _ in range(_CORRECTIONS):
            _encode(_limited(voice, bed, samples, gain_db, ceiling_db), draft)
            made = measure_loudness(draft)
            off_lu, over_db = TARGET_LUFS - made.integrated_lufs, made.true_peak_dbtp - MOST_PEAK_DBTP
            if abs(off_lu) <= NEAR_ENOUGH_LU and over_db <= 0:
                os.replace(draft, out)
                return made
            gain_db += off_lu
            ceiling_db -= max(0.0, over_db) + (0.1 if over_db > 0 else 0)
    finally:
        draft.unlink(missing_ok=True)
    raise ProductionError(
        f"The mix cannot be mastered: at {made.integrated_lufs:.1f} LUFS its true peak is "
        f"{made.true_peak_dbtp:.1f} dBTP. Listen to the stems for one sound far louder than the rest."
    )


def _settled(voice: Path, bed: Path, samples: int, gain_db: float, ceiling_db: float) -> float:
    """The gain at which the limited mix is at the target: limiting takes some loudness away.

    What is left after the last, small correction is known from the finished file.
    """
    for _ in range(_CORRECTIONS):
        limited = _limited(voice, bed, samples, gain_db, ceiling_db)
        found = _measured(limited.filter("ebur128", framelog="quiet"), "The limited mix")
        off = TARGET_LUFS - found.integrated_lufs
        gain_db += off * 1.15
        if abs(off) <= 0.8:
            break
    return gain_db


def _mix(voice: Path, bed: Path) -> Any:
    spoken = ffmpeg.input(str(voice)).audio.filter("acompressor", **_VOICE_PRESS)
    return ffmpeg.filter(
        [spoken, ffmpeg.input(str(bed)).audio], "amix", inputs=2, normalize=0, duration="first"
    )


def _limited(voice: Path, bed: Path, samples: int, gain_db: float, ceiling_db: float) -> Any:
    """The mix, raised, with its true peaks held: limited at four times the rate, and exactly as long.

    Without latency=1 the limiter would delay the film by 239 samples; with level at its default it
    would raise the sound once more.
    """
    return (
        _mix(voice, bed)
        .filter("volume", f"{gain_db:.4f}dB", precision="float")
        .filter("aresample", 4 * SAMPLE_RATE_HZ)
        .filter(
            "alimiter",
            limit=f"{10 ** (ceiling_db / 20):.6f}",
            level="disabled",
            latency=1,
            attack=5,
            release=80,
        )
        .filter("aresample", SAMPLE_RATE_HZ)
        .filter("apad", whole_len=samples)
        .filter("atrim", end_sample=samples)
    )


def _measured(sound: Any, what: str) -> Loudness:
    return heard(sound.output("-", format="null"), what)


def _encode(sound: Any, out: Path) -> None:
    encoded = sound.output(
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
    run(command(encoded), out.name)
