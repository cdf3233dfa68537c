"""Sound files read and written: any of them as 48 kHz stereo, sample-exact, a block at a time."""

from __future__ import annotations

import wave
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.container import InputContainer
from av.error import FFmpegError
from numpy.typing import NDArray

from pokegeo_dagster.film.edit.delivery import SAMPLE_RATE_HZ
from pokegeo_dagster.film.errors import MediaDamaged

Sound = NDArray[np.float32]  # samples × 2, full scale is 1

BLOCK = SAMPLE_RATE_HZ  # samples read at a time

# An MP3 whose encoder left no note of its delay begins with the silence that every encoder and
# decoder of its kind adds: 576 + 529 samples of its own rate (measured: 1,203 at 48 kHz).
_MP3_DELAY = 1105
_MP3_NOTES = (b"Xing", b"Info", b"VBRI")


def blocks(path: Path) -> Iterator[Sound]:
    """The sound of a file (WAV, MP3, AAC; any rate and channels; a film's sound track) in order.

    Encoder delay is left out, so sample 0 is the first the maker put in. A mono sound is in both
    channels at its own level. Raises MediaDamaged when the file has no sound or cannot be decoded.
    """
    plain = _plain_wave(path)
    if plain is not None:
        yield from plain
        return
    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise MediaDamaged(f"{path.name} has no sound in it.")
            stream = container.streams.audio[0]
            skip = _unnoted_delay(path, container.format.name, stream.codec_context.sample_rate)
            mono = stream.codec_context.channels == 1
            resampler = AudioResampler("flt", "mono" if mono else "stereo", SAMPLE_RATE_HZ)
            for frame in _frames(container, resampler):
                sound = _stereo(frame, mono)
                if skip:
                    sound, skip = sound[skip:], max(0, skip - len(sound))
                if len(sound):
                    yield sound
    except (FFmpegError, OSError) as damage:
        raise MediaDamaged(f"{path.name} cannot be decoded as sound: {damage}") from damage


def whole(path: Path) -> Sound:
    """All of a file at once: for the sound of one clip, not of a film."""
    parts = list(blocks(path))
    return np.concatenate(parts) if parts else np.zeros((0, 2), np.float32)


def count(path: Path) -> int:
    """How many samples a file decodes to at 48 kHz."""
    return sum(len(block) for block in blocks(path))


def even_blocks(paths: Sequence[Path], size: int = BLOCK) -> Iterator[Sound]:
    """Several files played on end, in blocks of exactly `size` samples (the last may be shorter)."""
    held: list[Sound] = []
    have = 0
    for block in (block for path in paths for block in blocks(path)):
        held.append(block)
        have += len(block)
        if have >= size:
            joined = np.concatenate(held)
            for start in range(0, have - size + 1, size):
                yield joined[start : start + size]
            held = [joined[have - have % size :]]
            have %= size
    if have:
        yield np.concatenate(held)


class WaveWriter:
    """A 48 kHz stereo PCM16 file that grows block by block."""

    def __init__(self, path: Path):
        self.path, self.samples = path, 0
        self._file = wave.open(str(path), "wb")  # noqa: SIM115  # closed by __exit__
        self._file.setnchannels(2)
        self._file.setsampwidth(2)
        self._file.setframerate(SAMPLE_RATE_HZ)

    def write(self, sound: NDArray[np.floating]) -> None:
        """The next block, samples × 2; what is over full scale is clipped."""
        pcm = np.round(np.clip(sound, -1, 32767 / 32768) * 32768).astype("<i2")
        self._file.writeframes(pcm.tobytes())
        self.samples += len(sound)

    def __enter__(self) -> WaveWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def _plain_wave(path: Path) -> Iterator[Sound] | None:
    """The blocks of a WAV that already is 48 kHz PCM16, at a tenth of a decoder's cost; else None."""
    try:
        with wave.open(str(path), "rb") as file:
            form = (file.getframerate(), file.getsampwidth())
            if form != (SAMPLE_RATE_HZ, 2) or file.getnchannels() > 2:
                return None
    except (wave.Error, EOFError, OSError):
        return None
    return _wave_blocks(path)


def _wave_blocks(path: Path) -> Iterator[Sound]:
    with wave.open(str(path), "rb") as file:
        channels = file.getnchannels()
        while pcm := file.readframes(BLOCK):
            sound = np.frombuffer(pcm, "<i2").reshape(-1, channels).astype(np.float32) / np.float32(32768)
            yield np.repeat(sound, 2, axis=1) if channels == 1 else sound


def _frames(container: InputContainer, resampler: AudioResampler) -> Iterator[AudioFrame]:
    for frame in container.decode(audio=0):
        # The resampler would fill what it takes for gaps; the timeline here is the sample count.
        frame.pts = None
        yield from resampler.resample(frame)
    yield from resampler.resample(None)


def _stereo(frame: AudioFrame, mono: bool) -> Sound:
    samples = frame.to_ndarray().reshape(-1, 1 if mono else 2).astype(np.float32, copy=False)
    return np.repeat(samples, 2, axis=1) if mono else samples


def _unnoted_delay(path: Path, container: str, rate_hz: int) -> int:
    if container != "mp3":
        return 0
    with path.open("rb") as file:
        head = file.read(10)
        if head[:3] == b"ID3":
            length = sum(
                (byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True)
            )
            file.seek(10 + length)
        else:
            file.seek(0)
        first = file.read(512)
    if any(note in first for note in _MP3_NOTES):
        return 0
    return round(Fraction(_MP3_DELAY * SAMPLE_RATE_HZ, rate_hz))
