"""A whole line spoken: sentences in one breath, and real silence where the line asks for it.

A sentence is synthesised in one piece, because the voice places its melody over all of it; then it
is opened at each mark, in the silence that the voice itself leaves there, and that silence is
stretched to the pause of the pacing. Nothing is cut while the voice sounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pokegeo_dagster.film.crew import Word
from pokegeo_dagster.film.sound.pacing import Mark, Phrase
from pokegeo_dagster.providers.house.synth.heart import MOST_PHONEMES, RATE_HZ, Heart, SaidWord

_SYMBOL: dict[Mark, str] = {"ellipsis": "…", "sentence": ".", "question": "?", "dash": "—", "clause": ";"}
_PUNCTUATION = " .…!?;:—,\"“”'’"
# Measured at the starts of 75 phrases: a sound is heard this much before its phoneme is placed.
_EARLY = int(0.06 * RATE_HZ)
_GRAIN = RATE_HZ // 200  # level is followed in steps of 5 ms
_QUIET_DB = -42.0  # below the loud parts of the sentence: breath noise and reverb tails are above it
_REACH = int(0.12 * RATE_HZ)  # how far from the mark its silence is looked for
_HEAD, _TAIL = int(0.008 * RATE_HZ), int(0.020 * RATE_HZ)  # kept around a phrase, inside the silence
_FADE = int(0.006 * RATE_HZ)

_Sound = NDArray[np.float32]


@dataclass(frozen=True)
class Spoken:
    """A line as sound (mono, 24 kHz, no silence at its ends), its words, and where its phrases lie."""

    samples: _Sound
    words: tuple[Word, ...]
    phrases: tuple[tuple[float, float], ...]  # start and end in seconds
    phonemes: str


@dataclass(frozen=True)
class _Piece:
    samples: _Sound
    words: list[tuple[str, int, int]]
    silence: int  # samples of true silence after it
    lead: int  # silence kept before the first sound


def speak_line(
    heart: Heart, phrases: Sequence[Phrase], names: Sequence[str], speed: float, seed: int
) -> Spoken:
    """Speak the phrases with their pauses. `speed` 1 is the voice's own pace, less is slower."""
    pieces: list[_Piece] = []
    phonemes: list[str] = []
    for breath in _breaths(heart, phrases, names):
        pieces += _say(heart, breath, speed, seed + len(pieces))
        phonemes += [phrase.phonemes for phrase in breath]
    return _join(pieces, " ".join(phonemes))


@dataclass(frozen=True)
class _Read:
    """A phrase and how it is said: its mark's symbol is the last one of `phonemes`."""

    phrase: Phrase
    words: tuple[SaidWord, ...]

    @property
    def phonemes(self) -> str:
        return " ".join(word.phonemes for word in self.words if word.phonemes) + self.symbol

    @property
    def symbol(self) -> str:
        return _SYMBOL[self.phrase.mark]


def _breaths(heart: Heart, phrases: Sequence[Phrase], names: Sequence[str]) -> list[list[_Read]]:
    """Phrases grouped into sentences, none longer than the voice was taught."""
    breaths: list[list[_Read]] = [[]]
    length = 0
    for phrase in phrases:
        for part in _of_bearable_length(_Read(phrase, _bare(heart.read(phrase.text, phrase.words, names)))):
            if breaths[-1] and (
                length + len(part.phonemes) + 1 > MOST_PHONEMES or _ends_sentence(breaths[-1][-1], part)
            ):
                breaths.append([])
                length = 0
            breaths[-1].append(part)
            length += len(part.phonemes) + 1
    return breaths


def _bare(words: tuple[SaidWord, ...]) -> tuple[SaidWord, ...]:
    """The last word without the mark it ends in, the first without quotes or opening dots."""
    bare = list(words)
    bare[-1] = SaidWord(bare[-1].text, bare[-1].phonemes.rstrip(_PUNCTUATION))
    bare[0] = SaidWord(bare[0].text, bare[0].phonemes.lstrip(_PUNCTUATION))
    return tuple(bare)


def _ends_sentence(before: _Read, after: _Read) -> bool:
    if before.phrase.mark in ("sentence", "question"):
        return True
    first = next((c for c in after.phrase.text if c.isalpha()), "a")
    return before.phrase.mark == "ellipsis" and first.isupper() and len(before.phonemes) > 24


def _of_bearable_length(read: _Read) -> list[_Read]:
    if len(read.phonemes) <= MOST_PHONEMES:
        return [read]
    half = len(read.words) // 2
    texts = " ".join(w.text for w in read.words[:half]), " ".join(w.text for w in read.words[half:])
    first = Phrase(text=texts[0], mark="clause", pause_s=0.12)
    second = Phrase(text=texts[1], mark=read.phrase.mark, pause_s=read.phrase.pause_s)
    return _of_bearable_length(_Read(first, read.words[:half])) + _of_bearable_length(
        _Read(second, read.words[half:])
    )


def _say(heart: Heart, breath: Sequence[_Read], speed: float, seed: int) -> list[_Piece]:
    said = heart.utter(" ".join(read.phonemes for read in breath), speed, seed)
    level = _level_db(said.samples)
    spans = _spans(breath, said.starts, said.ends)
    gaps = [_gap(level, marks, said.samples.size) for _, marks in spans]
    # Where two sounds nearly touch, each keeps no more than its half of the gap.
    middles = [0, *((before + after) // 2 for before, after in gaps[:-1]), said.samples.size]
    firsts = [_onset(level), *(after for _, after in gaps[:-1])]
    pieces: list[_Piece] = []
    for k, (read, (words, _)) in enumerate(zip(breath, spans, strict=True)):
        first, last = firsts[k], gaps[k][0]
        start, end = max(middles[k], first - _HEAD), min(middles[k + 1], last + _TAIL)
        inside = [
            (t, min(max(a, first), last) - start, min(max(b, first), last) - start) for t, a, b in words
        ]
        inside = _around_commas(level, inside, start)
        inside[0] = (inside[0][0], first - start, inside[0][2])
        inside[-1] = (inside[-1][0], inside[-1][1], last - start)
        silence = max(0, round(read.phrase.pause_s * RATE_HZ) - _HEAD - (end - last))
        pieces.append(_Piece(_faded(said.samples[start:end]), inside, silence, first - start))
    return pieces


def _spans(
    breath: Sequence[_Read], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> list[tuple[list[tuple[str, int, int]], tuple[int, int]]]:
    """For each phrase: its words with first and last sample, and those of its mark."""
    out: list[tuple[list[tuple[str, int, int]], tuple[int, int]]] = []
    at = 0
    for read in breath:
        words: list[tuple[str, int, int]] = []
        for word in read.words:
            n = len(word.phonemes)
            edge = int(starts[at]) - _EARLY
            words.append((word.text, edge, int(ends[at + n - 1]) - _EARLY if n else edge))
            at += n + 1 if n else 0
        at -= 1  # the mark follows the last word without a space
        out.append((words, (int(starts[at]) - _EARLY, int(ends[at]) - _EARLY)))
        at += 2
    return out


def _level_db(samples: _Sound) -> NDArray[np.float64]:
    """Level over 10 ms, every 5 ms, in dB below the loud parts."""
    grains = samples[: samples.size // _GRAIN * _GRAIN].reshape(-1, _GRAIN).astype(np.float64)
    power = np.square(grains).mean(axis=1)
    power = (power + np.roll(power, 1)) / 2 + 1e-12
    return 10 * np.log10(power / np.quantile(power, 0.95))


def _onset(level: NDArray[np.float64]) -> int:
    return int(np.argmax(level > _QUIET_DB)) * _GRAIN


def _gap(level: NDArray[np.float64], mark: tuple[int, int], size: int) -> tuple[int, int]:
    """Where the voice is silent at a mark: last sample of the sound before, first of the one after.

    At the end of the sentence the silence runs to the end of the sound.
    """
    low = max(0, (mark[0] - _REACH) // _GRAIN)
    high = min(level.size, (mark[1] + _REACH) // _GRAIN + 1)
    loud = np.flatnonzero(level > _QUIET_DB)
    if loud.size == 0 or mark[1] + _EARLY + RATE_HZ // 20 >= size:
        return (int(loud[-1] + 1) * _GRAIN if loud.size else size), size
    quiet = int(low + np.argmin(level[low:high]))
    before, after = loud[loud < quiet], loud[loud > quiet]
    first = int(before[-1] + 1) if before.size else quiet
    last = int(after[0]) - 1 if after.size else level.size
    return first * _GRAIN, max(first, last) * _GRAIN


def _around_commas(
    level: NDArray[np.float64], words: list[tuple[str, int, int]], start: int
) -> list[tuple[str, int, int]]:
    """Words with the silence after a comma taken out of both its neighbours."""
    out = list(words)
    for k, (text, _, last) in enumerate(words[:-1]):
        if not text.endswith(","):
            continue
        after_text, after_first, after_last = out[k + 1]
        low, high = ((edge + start) // _GRAIN for edge in (last - _REACH // 2, after_first + _REACH))
        quiet = np.flatnonzero(level[low:high] <= _QUIET_DB)
        if quiet.size >= 4:
            gap = (int(low + quiet[0]) * _GRAIN - start, int(low + quiet[-1] + 1) * _GRAIN - start)
            out[k] = (text, out[k][1], max(out[k][1], gap[0]))
            out[k + 1] = (after_text, min(max(gap[1], last), after_last), after_last)
    return out


def _faded(samples: _Sound) -> _Sound:
    out = samples.copy()
    n = min(_FADE, out.size // 2)
    ramp = np.sin(np.linspace(0, np.pi / 2, n, dtype=np.float32)) ** 2
    out[:n] *= ramp
    out[out.size - n :] *= ramp[::-1]
    return out


def _join(pieces: Sequence[_Piece], phonemes: str) -> Spoken:
    parts: list[_Sound] = []
    words: list[Word] = []
    phrases: list[tuple[float, float]] = []
    at = 0
    for number, piece in enumerate(pieces):
        for text, start, end in piece.words:
            words.append(Word(text=text, start_s=_seconds(at + start), end_s=_seconds(at + max(start, end))))
        phrases.append((words[-len(piece.words)].start_s, words[-1].end_s))
        parts.append(piece.samples)
        at += piece.samples.size
        if number < len(pieces) - 1:
            parts.append(np.zeros(piece.silence, np.float32))
            at += piece.silence
    return Spoken(np.concatenate(parts), tuple(words), tuple(phrases), phonemes)


def _seconds(sample: int) -> float:
    return round(sample / RATE_HZ, 4)
