"""How loud a sound is: by EBU R 128 (ffmpeg measures), and by a quick model of it for decisions."""

from __future__ import annotations

import math
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import ffmpeg
import numpy as np
from numpy.typing import NDArray

from pokegeo_dagster.film.edit.delivery import SAMPLE_RATE_HZ
from pokegeo_dagster.film.errors import MediaDamaged, ProductionError
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.providers.bench.encoder import command
from pokegeo_dagster.providers.bench.sound_file import Sound

# What ffmpeg says of a sound that never passes the absolute gate of R 128.
_GATE_LUFS = -70.0


class SilentMix(ProductionError):
    """There is no sound to measure or to raise."""


class Loudness(Frozen):
    """What EBU R 128 says of a whole sound."""

    integrated_lufs: float
    range_lu: float
    true_peak_dbtp: float


def measure_loudness(path: Path) -> Loudness:
    """The loudness of a file's sound, as a listener's decoder gives it.

    True peak at four times the rate (BS.1770). Raises SilentMix when nothing in it passes −70 LUFS,
    and MediaDamaged when it cannot be decoded.
    """
    sound = ffmpeg.input(str(path)).audio.filter("ebur128", peak="true", framelog="quiet")
    return heard(sound.output("-", format="null"), path.name)


def heard(output: object, what: str) -> Loudness:
    """Run an ffmpeg output whose filters end in ebur128, and read its summary."""
    arguments = [argument if argument != "error" else "info" for argument in command(output)]
    done = subprocess.run(
        arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    said = done.stderr.decode(errors="replace")
    if done.returncode:
        last = (said.strip().splitlines() or ["no word from ffmpeg"])[-1]
        raise MediaDamaged(f"The loudness of {what} cannot be measured: {last}")
    summary = said.rpartition("Summary:")[2]
    integrated, peak = _figure(r"I:\s+(\S+) LUFS", summary), _figure(r"Peak:\s+(\S+) dBFS", summary)
    if not integrated > _GATE_LUFS:
        raise SilentMix(
            f"{what} is silent from end to end, so it has no loudness. Nothing was delivered. "
            "Listen to `narration` and `sound_effect` of this episode, and make the silent ones again."
        )
    return Loudness(
        integrated_lufs=integrated, range_lu=_figure(r"LRA:\s+(\S+) LU", summary), true_peak_dbtp=peak
    )


def _figure(pattern: str, summary: str) -> float:
    found = re.search(pattern, summary)
    value = float(found.group(1)) if found else math.nan
    return value if math.isfinite(value) else _GATE_LUFS


FRAME = 1024  # samples: 21 ms, as long as a syllable's attack
_WINDOW = np.hanning(FRAME).astype(np.float32)


def frame_power(sound: Sound, alike: bool = False) -> NDArray[np.float64]:
    """K-weighted power of each whole frame, both channels added: 10·log10 − 0.7 is its LUFS.

    `alike` says that both channels are nearly the same: then one is measured, and counts twice.
    """
    frames = sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME, 2)
    if alike:
        return 2 * frame_power_of(frames[:, :, :1])
    return frame_power_of(frames)


def frame_power_of(frames: NDArray[np.float32]) -> NDArray[np.float64]:
    """The same of frames already cut: frames × FRAME × channels."""
    spectrum = np.fft.rfft(frames * _WINDOW[:, None], axis=1)
    power = (spectrum.real**2 + spectrum.imag**2).sum(axis=2)
    return (power * _K_WEIGHT).sum(axis=1) * 2 / FRAME / float(np.square(_WINDOW).sum())


def lufs(power: Iterable[float] | NDArray[np.float64]) -> float:
    """Loudness of a mean K-weighted power; −120 for none at all."""
    mean = float(np.mean(np.asarray(power))) if len(np.asarray(power)) else 0.0
    return -0.691 + 10 * math.log10(max(mean, 1e-12))


def integrated(power: NDArray[np.float64]) -> float:
    """The loudness of a whole sound by its frames' power: R 128's blocks of 400 ms and both gates.

    Within 0.1 LU of a meter on speech over beds. −120 when nothing passes −70 LUFS.
    """
    total = np.concatenate(([0.0], np.cumsum(power)))
    length = min(_BLOCK_FRAMES, len(power))
    if not length:
        return lufs([])
    starts = np.arange(0, len(power) - length + 1, _BLOCK_STEP)
    blocks = (total[starts + length] - total[starts]) / length
    loud = blocks[blocks > _power_at(_GATE_LUFS)]
    if not loud.size:
        return lufs([])
    return lufs(loud[loud > _power_at(lufs(loud) - 10)])


_BLOCK_FRAMES, _BLOCK_STEP = 19, 5  # 405 ms, every 107 ms


def _power_at(level_lufs: float) -> float:
    return 10 ** ((level_lufs + 0.691) / 10)


def _k_weight() -> NDArray[np.float64]:
    """Power response of the two filters of BS.1770: +4 dB over 1.7 kHz, −3 dB at 38 Hz."""
    hz = np.fft.rfftfreq(FRAME, 1 / SAMPLE_RATE_HZ)
    z = np.exp(-2j * np.pi * hz / SAMPLE_RATE_HZ)
    shelf = (1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z**2) / (
        1 - 1.69065929318241 * z + 0.73248077421585 * z**2
    )
    high_pass = (1 - 2 * z + z**2) / (1 - 1.99004745483398 * z + 0.99007225036621 * z**2)
    return np.abs(shelf * high_pass) ** 2


_K_WEIGHT = _k_weight()
