"""The house narrator: the neural voice «heart», at a documentary's pace, on this machine.

Word timings come from the voice itself: it plans how long every phoneme lasts (steps of 25 ms), and
the first and last word of each phrase are moved onto the sound's own edges, to 5 ms. Judged at the
starts of 75 phrases, where the sound shows the truth, the voice's own plan is 10 ms late in the
median, within 50 ms nine times out of ten, and never more than 80 ms off.
"""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pokegeo_dagster.film.crew import Credit, Made, NarrationOrder
from pokegeo_dagster.film.edit.delivery import SAMPLE_RATE_HZ
from pokegeo_dagster.film.errors import OrderRefused
from pokegeo_dagster.film.sound.pacing import PACE, phrase_line
from pokegeo_dagster.providers.house.synth.heart import RATE_HZ, Heart
from pokegeo_dagster.providers.house.synth.speech import Spoken, speak_line

SPEECH_DBFS = -24.0  # RMS of the voice while it speaks; peaks lie 14–20 dB above it
MOST_PEAK_DBFS = -3.0
_HIGH_PASS_HZ = 75.0  # under any voice: rumble that would eat the limiter's headroom


class HouseNarrator:
    """Speaks a line with the one voice that lies in hibari's wheel; `order.voice` is not asked for,
    because it names a vendor's voice. The model is loaded at the first line (0.4 s, 200 MB) and
    shared by all threads, which take turns."""

    credit = Credit(member="house", model="hibari-0.2.1/heart")

    def __init__(self) -> None:
        self._heart = Heart()

    def speak(self, order: NarrationOrder, room: Path) -> Made:
        """The line as 48 kHz mono PCM16 that begins and ends with the voice.

        Its sample count is the film's master clock. Slate: `duration_s`, `samples`, `words` (each
        word as it is written, with its punctuation), `phrases`, `voice`, `phonemes`.
        Raises OrderRefused when there is nothing in the line that can be spoken.
        """
        phrases = phrase_line(order.text)
        if not phrases:
            raise OrderRefused(
                f"The narrator was handed a line without a word to speak ({order.text!r}). "
                "Give the shot a narration line, then make its narration again."
            )
        spoken = speak_line(self._heart, phrases, order.names, PACE, order.seed)
        sound = _finished(spoken.samples)
        path = room / "narration.wav"
        _write(path, sound)
        return Made({"main": path}, _slate(spoken, sound.size, [phrase.text for phrase in phrases]))


def _slate(spoken: Spoken, samples: int, texts: list[str]) -> dict[str, object]:
    return {
        "duration_s": round(samples / SAMPLE_RATE_HZ, 4),
        "samples": samples,
        "words": [word.model_dump(mode="json") for word in spoken.words],
        "phrases": [{"start_s": start, "end_s": end} for start, end in spoken.phrases],
        "paced": texts,
        "voice": "heart",
        "phonemes": spoken.phonemes,
    }


def _finished(voice: NDArray[np.float32]) -> NDArray[np.int16]:
    """The voice at twice the rate, without rumble, at the level every line has."""
    doubled = _doubled(voice)
    doubled *= _gain(doubled)
    return np.round(doubled * 32767).astype("<i2")


def _doubled(voice: NDArray[np.float32]) -> NDArray[np.float64]:
    """Twice the samples of the same sound, high-passed: one Fourier transform there and back.

    Exact below 11 kHz, and nothing above 12: no filter delay, so no sample moves.
    """
    assert SAMPLE_RATE_HZ == 2 * RATE_HZ
    guard = RATE_HZ // 10  # silence around it, so that the ends do not ring into each other
    size = 1 << (voice.size + 2 * guard - 1).bit_length()
    padded = np.zeros(size)
    padded[guard : guard + voice.size] = voice
    spectrum = np.fft.rfft(padded)
    hz = np.fft.rfftfreq(size, 1 / RATE_HZ)
    spectrum *= (hz / _HIGH_PASS_HZ) ** 2 / (1 + (hz / _HIGH_PASS_HZ) ** 2)
    spectrum *= np.clip((RATE_HZ / 2 - hz) / 800, 0, 1)  # the vocoder's whine at the edge of its band
    sound = np.fft.irfft(np.concatenate((spectrum[:-1], np.zeros(size - size // 2 + 1))), 2 * size) * 2
    return sound[2 * guard : 2 * (guard + voice.size)]


def _gain(sound: NDArray[np.float64]) -> float:
    """Brings the speech itself, without its pauses, to SPEECH_DBFS, and no peak above the most."""
    grain = SAMPLE_RATE_HZ // 50
    padded = np.pad(sound, (0, -sound.size % grain)).reshape(-1, grain)
    power = np.square(padded).mean(axis=1)
    speech = power[power > power.max() * 1e-3]
    level = 10 ** (SPEECH_DBFS / 20) / np.sqrt(speech.mean())
    return float(min(level, 10 ** (MOST_PEAK_DBFS / 20) / np.abs(sound).max()))


def _write(path: Path, sound: NDArray[np.int16]) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes(sound.tobytes())
