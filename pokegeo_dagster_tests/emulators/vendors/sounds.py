"""Small genuine sounds: speech-like bursts with their alignment, and the noise of a place."""

from __future__ import annotations

import io
import re
import struct
from dataclasses import dataclass
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from pokegeo_dagster.film.digest import seed_for

FORMATS = re.compile(
    r"mp3_(?:22050_32|24000_48|44100_(?:32|64|96|128|192))|(?:pcm|wav)_(?:8000|16000|22050|24000|32000|44100|48000)"
    r"|[ua]law_8000|opus_48000_(?:32|64|96|128|192)"
)
_STOPS = {".": 5.0, "!": 5.0, "?": 5.0, ",": 2.5, ";": 3.0, ":": 3.0, "—": 3.5, "…": 5.5}  # in characters
_TAIL_S = 0.12
_Samples = NDArray[np.float64]


@dataclass(frozen=True)
class Spoken:
    """A spoken line: samples (mono, −1…1), and when each character is heard."""

    samples: _Samples
    alignment: dict[str, Any]


def speech(text: str, voice: str, speed: float, rate: int, characters_per_s: float) -> Spoken:
    """A tone burst for every syllable of the text, so many characters a second, its stops included."""
    weights = [1 + _STOPS.get(character, 0.0) for character in text]
    each_s = len(text) / characters_per_s / speed / sum(weights)
    starts, ends, now = [], [], 0.05
    for weight in weights:
        starts.append(round(now, 3))
        now += weight * each_s
        ends.append(round(now, 3))
    samples = np.zeros(round((now + _TAIL_S) * rate))
    pitch = 100 + seed_for("voice", voice) % 90
    for match in re.finditer(r"[^\W\d_]*[aeiouyAEIOUY]+[^\W\d_aeiouyAEIOUY]*|[\w]+", text):
        begin, end = starts[match.start()], ends[match.end() - 1]
        _burst(samples, begin, end, pitch * (1 + 0.12 * (len(match[0]) % 3 - 1)), rate)
    alignment = {
        "characters": list(text),
        "character_start_times_seconds": starts,
        "character_end_times_seconds": ends,
    }
    return Spoken(samples, alignment)


def _burst(samples: _Samples, begin_s: float, end_s: float, pitch_hz: float, rate: int) -> None:
    start, stop = round(begin_s * rate), min(len(samples), round(end_s * rate))
    if stop - start < 8:
        return
    t = np.arange(stop - start) / rate
    tone = sum(np.sin(2 * np.pi * pitch_hz * k * t) / k for k in range(1, 9))
    envelope = np.sin(np.pi * np.linspace(0, 1, stop - start)) ** 0.7
    samples[start:stop] += 0.18 * tone * envelope


def effect(seed: int, duration_s: float, rate: int) -> _Samples:
    """Wind-like noise of exactly this duration, rising and falling."""
    count = round(duration_s * rate)
    noise = np.random.default_rng(seed).normal(0, 1, count)
    spectrum = np.fft.rfft(noise)
    hertz = np.fft.rfftfreq(count, 1 / rate)
    cutoff = 300 + seed % 1200
    soft = np.fft.irfft(spectrum / (1 + (hertz / cutoff) ** 2), count)
    swell = 0.7 + 0.3 * np.sin(np.linspace(0, 2 * np.pi * duration_s / 4, count) + seed % 7)
    return 0.25 * soft * swell / (np.std(soft) + 1e-9)


def encoded(samples: _Samples, output_format: str, channels: int = 1) -> tuple[bytes, str]:
    """A sound as the vendor sends it in this format, and its content type."""
    codec, rate, *kbps = output_format.split("_")
    pcm = (np.clip(np.repeat(samples[:, None], channels, 1), -1, 1) * 32767).astype("<i2")
    if codec == "pcm":
        return pcm.tobytes(), "audio/pcm"
    if codec == "wav":
        return _wav_header(pcm.nbytes, int(rate), channels) + pcm.tobytes(), "audio/wav"
    library, container, media_type = {
        "mp3": ("libmp3lame", "mp3", "audio/mpeg"),
        "opus": ("libopus", "ogg", "audio/ogg"),
        "ulaw": ("pcm_mulaw", "mulaw", "audio/basic"),
        "alaw": ("pcm_alaw", "alaw", "audio/x-alaw-basic"),
    }[codec]
    bits = int(kbps[0]) * 1000 if kbps else None
    return _in_codec(pcm, int(rate), library, container, bits, channels), media_type


def _in_codec(
    pcm: NDArray[Any], rate: int, library: str, container: str, bits: int | None, channels: int
) -> bytes:
    file = io.BytesIO()
    layout = "mono" if channels == 1 else "stereo"
    with av.open(file, "w", format=container) as out:
        stream: Any = out.add_stream(library, rate=rate, layout=layout)
        if bits:
            stream.bit_rate = bits
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(pcm.reshape(1, -1)), "s16", layout)
        frame.sample_rate, frame.pts = rate, 0
        # The encoder takes frames of its own size and sample format.
        resampler = av.AudioResampler(
            stream.codec_context.format, layout, rate, frame_size=stream.codec_context.frame_size or 0
        )
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            out.mux(stream.encode(part))
        out.mux(stream.encode(None))
    return file.getvalue()


def _wav_header(size: int, rate: int, channels: int) -> bytes:
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF", 36 + size, b"WAVE", b"fmt ", 16, 1, channels, rate, rate * channels * 2, channels * 2, 16,
        b"data", size,
    )  # fmt: skip
