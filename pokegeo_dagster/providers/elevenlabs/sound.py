"""From the vendor's bytes to the studio's sound: decoded, proven, trimmed, brought to level, written.

The same bytes give the same samples: decoding and resampling are PyAV's, one thread, no dither.
"""

from __future__ import annotations

import math
import os
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pokegeo_dagster.film.edit.delivery import SAMPLE_RATE_HZ
from pokegeo_dagster.film.errors import MediaDamaged, Refused
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.providers.bench.sound_file import Sound, whole
from pokegeo_dagster.providers.elevenlabs.models import VENDOR

Mono = NDArray[np.float32]

# What can be asked for and decoded again; the telephone formats of the vendor cannot be a film's sound.
OUTPUT_FORMATS = (
    "mp3_22050_32", "mp3_24000_48", "mp3_44100_32", "mp3_44100_64", "mp3_44100_96", "mp3_44100_128",
    "mp3_44100_192", "pcm_16000", "pcm_22050", "pcm_24000", "pcm_32000", "pcm_44100", "pcm_48000",
    "wav_16000", "wav_22050", "wav_24000", "wav_32000", "wav_44100", "wav_48000",
    "opus_48000_64", "opus_48000_96", "opus_48000_128", "opus_48000_192",
)  # fmt: skip

SPEECH_DBFS = -24.0  # RMS of the voice while it speaks: where the house's voice lies, too
SPEECH_PEAK = 10 ** (-3.0 / 20)
EFFECT_PEAK = 10 ** (-4.0 / 20)
_GRAIN = SAMPLE_RATE_HZ // 200  # 5 ms: what an edge of the voice is found to
_QUIET = 10 ** (-45.0 / 20)  # under the loudest grain by this much is silence
_SILENCE = 10 ** (-62.0 / 20)
_LEAD, _TAIL = SAMPLE_RATE_HZ // 100, 3 * SAMPLE_RATE_HZ // 100  # kept around the voice
_FADE = SAMPLE_RATE_HZ // 333
_EFFECT_FADE = SAMPLE_RATE_HZ // 100
_MELT = 6 * SAMPLE_RATE_HZ // 10


class Sounding(Frozen):
    """Where in a decoded file the voice is, in samples at 48 kHz, with a breath of room around it."""

    first: int
    last: int

    @property
    def start_s(self) -> float:
        return self.first / SAMPLE_RATE_HZ

    @property
    def seconds(self) -> float:
        return (self.last - self.first) / SAMPLE_RATE_HZ


def output_format(name: str) -> str:
    """The name again, if the studio can use it. Raises Refused with those it can."""
    if name not in OUTPUT_FORMATS:
        raise Refused(
            VENDOR, f"{name!r} is no sound format for a film; nothing was charged. Use one of: "
            f"{', '.join(OUTPUT_FORMATS)}."
        )  # fmt: skip
    return name


def extension(form: str) -> str:
    """The file ending of a format: mp3_44100_128 is an .mp3."""
    return form.split("_", 1)[0]


def form_of(data: bytes, content_type: str | None, asked: str) -> str:
    """What a download is: by its own first bytes and its header, else what was once asked for."""
    if data[:4] == b"RIFF":
        return "wav"
    if data[:4] == b"OggS":
        return "opus"
    if data[:3] == b"ID3" or "mpeg" in (content_type or "") or "mp3" in (content_type or ""):
        return "mp3"
    return asked


def decoded(path: Path, form: str, expected_s: float | None = None) -> Sound:
    """The sound of a file of the vendor's, 48 kHz, samples × 2. `expected_s` tells, for headerless
    samples, whether there is one channel or two. Raises MediaDamaged."""
    # Asked for as samples, a line comes back from the history as a file of its own kind.
    if not form.startswith("pcm_") or path.suffix in (".mp3", ".wav", ".opus"):
        return whole(path)
    rate = int(form.split("_")[1])
    data = path.read_bytes()
    stereo = expected_s is not None and len(data) / 2 / rate > 1.5 * expected_s
    if not data or len(data) % (4 if stereo else 2):
        raise MediaDamaged(f"{path.name} breaks off in the middle of a sample.")
    dressed = path.with_name(f".{path.name}.wav")
    try:
        with wave.open(str(dressed), "wb") as file:
            file.setnchannels(2 if stereo else 1)
            file.setsampwidth(2)
            file.setframerate(rate)
            file.writeframes(data)
        return whole(dressed)
    finally:
        dressed.unlink(missing_ok=True)


def mono(sound: Sound) -> Mono:
    """Both channels in one, at the level of one."""
    return sound.mean(axis=1, dtype=np.float32)


def sounding(voice: Mono) -> Sounding | None:
    """Where the voice begins and ends, to 5 ms; None in a file of silence."""
    padded = np.pad(voice, (0, -voice.size % _GRAIN)).reshape(-1, _GRAIN)
    level = np.sqrt(np.square(padded, dtype=np.float64).mean(axis=1))
    if not level.size or level.max() <= _SILENCE:
        return None
    heard = np.flatnonzero(level > max(level.max() * _QUIET, _SILENCE))
    first, last = int(heard[0]) * _GRAIN, (int(heard[-1]) + 1) * _GRAIN
    return Sounding(first=max(0, first - _LEAD), last=min(voice.size, last + _TAIL))


def speech_flaw(voice: Mono, text: str) -> str | None:
    """Why this cannot be the text, spoken: too short or too long for it; None when it can."""
    where = sounding(voice)
    seconds = where.seconds if where else 0.0
    # A short line with a long breath in it ("Wait...") is slower than any pace; two seconds more.
    least, most = max(0.2, len(text) / 30), len(text) / 4 + 2.0
    if least <= seconds <= most:
        return None
    return f"{seconds:.2f} s of voice cannot be {len(text)} characters (expected {least:.1f} to {most:.1f} s)"


def effect_flaw(sound: Sound, expected_s: float) -> str | None:
    """Why this cannot be the effect that was asked for; None when it can."""
    seconds = len(sound) / SAMPLE_RATE_HZ
    if seconds <= 0.2 or not 0.5 * expected_s <= seconds <= 1.5 * expected_s + 1.0:
        return f"{seconds:.2f} s of sound cannot be the {expected_s:g} s that were asked for"
    return "it is silent" if float(np.abs(sound).max()) <= 10 ** (-60 / 20) else None


def finished_speech(voice: Mono, where: Sounding) -> NDArray[np.int16]:
    """The voice alone, at the level that every line has, its ends without a click."""
    cut = voice[where.first : where.last].astype(np.float64)
    grain = SAMPLE_RATE_HZ // 50
    power = np.square(np.pad(cut, (0, -cut.size % grain)).reshape(-1, grain)).mean(axis=1)
    speech = power[power > power.max() * 1e-3]
    level = 10 ** (SPEECH_DBFS / 20) / np.sqrt(speech.mean())
    return _pcm(_faded(cut, _FADE) * min(level, SPEECH_PEAK / np.abs(cut).max()))


def finished_effect(sound: Sound, duration_s: float) -> NDArray[np.int16]:
    """Exactly as long as ordered, peaks in bounds, faded at both ends. What is too short begins again
    under its own end."""
    samples = round(duration_s * SAMPLE_RATE_HZ)
    long = first = np.asarray(sound, np.float64)
    melt = min(_MELT, len(sound) // 2)
    turn = np.linspace(0, math.pi / 2, melt)[:, None]
    while len(long) < samples:
        joint = long[-melt:] * np.cos(turn) + first[:melt] * np.sin(turn)
        long = np.concatenate((long[:-melt], joint, first[melt:]))
    bed = _faded(long[:samples], _EFFECT_FADE)
    return _pcm(bed * min(1.0, EFFECT_PEAK / max(float(np.abs(bed).max()), 1e-9)))


def write_wave(path: Path, pcm: NDArray[np.int16]) -> None:
    """48 kHz PCM16, mono or stereo by the array's shape; there whole or not at all."""
    draft = path.with_name(f".{path.name}.unfinished")
    with wave.open(str(draft), "wb") as file:
        file.setnchannels(1 if pcm.ndim == 1 else 2)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes(pcm.tobytes())
    os.replace(draft, path)


def _faded(sound: NDArray[np.float64], fade: int) -> NDArray[np.float64]:
    edge = min(fade, len(sound) // 2)
    ramp = np.sin(np.linspace(0, math.pi / 2, edge)).reshape((-1,) + (1,) * (sound.ndim - 1))
    out = sound.copy()
    out[:edge] *= ramp
    out[len(out) - edge :] *= ramp[::-1]
    return out


def _pcm(sound: NDArray[np.float64]) -> NDArray[np.int16]:
    return np.round(np.clip(sound, -1, 1) * 32767).astype("<i2")
