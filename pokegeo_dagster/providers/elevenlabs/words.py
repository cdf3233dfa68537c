"""When each word of a line is heard, from the vendor's times of its characters.

A word's time is that of its letters and digits: the silence of an ellipsis or a full stop belongs to
no word, though the mark itself stays with the word it is written on, as in the house's slate.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Literal

from pokegeo_dagster.film.crew import Word
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.sound.pacing import Phrase, phrase_line
from pokegeo_dagster.providers.elevenlabs.wire import Alignment, Alignments

Source = Literal["vendor", "vendor, pressed", "estimated"]
Span = tuple[float, float]

_LEAST_SHARE = 0.6  # of a line's letters that must be found in the alignment for it to be believed
_DRIFT_S, _DRIFT_SHARE = 0.3, 0.04
_SNAP_S = 0.3


class Timing(Frozen):
    """The words of a line with their times, and where the times are from."""

    words: tuple[Word, ...]
    phrases: tuple[Span, ...]
    source: Source
    drift_s: float  # how far the vendor's end of the last word was from the end of the sound


def time_words(text: str, told: Alignments, lead_s: float, voice_s: float) -> Timing:
    """Every word of the line, in seconds from the start of the trimmed sound.

    `lead_s` is what was trimmed off the vendor's file before the voice, `voice_s` how long the voice
    is. Times whose end is off the sound's end are stretched onto it (eleven_v3 drifts late in a
    line, elevenlabs-python issue 772, seen 2026-04); without times, words share the voice by their
    letters and the phrases' pauses.
    """
    phrases = phrase_line(text)
    pieces = [word for phrase in phrases for word in phrase.words]
    spans = _heard(pieces, told)
    source: Source = "estimated"
    drift = 0.0
    if spans is not None:
        spans = [(start - lead_s, end - lead_s) for start, end in spans]
        drift = spans[-1][1] - voice_s
        source = "vendor"
        if drift > max(_DRIFT_S, _DRIFT_SHARE * voice_s):
            spans, source = _pressed(spans, voice_s), "vendor, pressed"
        spans = _snapped(spans, voice_s)
    else:
        spans = _estimated(phrases, voice_s)
    spans = _in_order(spans, voice_s)
    words = tuple(
        Word(text=piece, start_s=round(start, 4), end_s=round(end, 4))
        for piece, (start, end) in zip(pieces, spans, strict=True)
    )
    return Timing(words=words, phrases=_phrases(phrases, words), source=source, drift_s=round(drift, 3))


def _heard(pieces: Sequence[str], told: Alignments) -> list[Span] | None:
    """The span of each word in the vendor's file, by its letters; None when too few are found."""
    for alignment in (told.alignment, told.normalized_alignment):
        if alignment is None:
            continue
        said = _said(alignment)
        wanted = [(letter, number) for number, piece in enumerate(pieces) for letter in _letters(piece)]
        found = _matched("".join(letter for letter, _ in wanted), "".join(letter for letter, _, _ in said))
        if not wanted or len(found) < _LEAST_SHARE * len(wanted):
            continue
        spans: list[Span | None] = [None] * len(pieces)
        for here, there in found:
            _, start, end = said[there]
            before = spans[wanted[here][1]]
            spans[wanted[here][1]] = (min(before[0], start), max(before[1], end)) if before else (start, end)
        return _filled(spans)
    return None


def _matched(wanted: str, said: str) -> list[tuple[int, int]]:
    if wanted == said:
        return [(place, place) for place in range(len(wanted))]
    blocks = SequenceMatcher(None, wanted, said, autojunk=False).get_matching_blocks()
    return [(block.a + step, block.b + step) for block in blocks for step in range(block.size)]


def _said(alignment: Alignment) -> list[tuple[str, float, float]]:
    times = zip(
        alignment.characters,
        alignment.character_start_times_seconds,
        alignment.character_end_times_seconds,
        strict=True,
    )
    return [(letter, start, end) for written, start, end in times for letter in _letters(written)]


def _letters(written: str) -> str:
    """What is spoken of it, in one spelling: é is e, a full stop is nothing."""
    plain = unicodedata.normalize("NFKD", written).casefold()
    return "".join(c for c in plain if c.isalnum())


def _filled(spans: Sequence[Span | None]) -> list[Span]:
    """Words the vendor has no time for share the gap between their neighbours."""
    filled: list[Span] = []
    place = 0
    while place < len(spans):
        span = spans[place]
        if span is not None:
            filled.append(span)
            place += 1
            continue
        end = place
        while end < len(spans) and spans[end] is None:
            end += 1
        left = filled[-1][1] if filled else 0.0
        after = spans[end] if end < len(spans) else None
        right = max(left, after[0]) if after else left
        step = (right - left) / (end - place)
        filled += [(left + step * k, left + step * (k + 1)) for k in range(end - place)]
        place = end
    return filled


def _pressed(spans: Sequence[Span], voice_s: float) -> list[Span]:
    origin = max(0.0, min(spans[0][0], voice_s))
    scale = (voice_s - origin) / max(spans[-1][1] - origin, 1e-6)
    return [(origin + (start - origin) * scale, origin + (end - origin) * scale) for start, end in spans]


def _snapped(spans: list[Span], voice_s: float) -> list[Span]:
    """The first word begins and the last one ends with the sound, which knows it better."""
    if abs(spans[0][0]) <= _SNAP_S:
        spans[0] = (0.0, max(0.0, spans[0][1]))
    if abs(spans[-1][1] - voice_s) <= _SNAP_S:
        spans[-1] = (min(spans[-1][0], voice_s), voice_s)
    return spans


def _estimated(phrases: Sequence[Phrase], voice_s: float) -> list[Span]:
    total = sum(phrase.pause_s + sum(map(_weight, phrase.words)) for phrase in phrases)
    spans: list[Span] = []
    at = 0.0
    for phrase in phrases:
        for word in phrase.words:
            length = _weight(word) / total * voice_s
            spans.append((at, at + length))
            at += length
        at += phrase.pause_s / total * voice_s
    return spans


def _weight(word: str) -> float:
    return 0.10 + 0.06 * len(_letters(word))


def _in_order(spans: Sequence[Span], voice_s: float) -> list[Span]:
    """Inside the sound, and no word before the end of the one before it."""
    ordered: list[Span] = []
    at = 0.0
    for start, end in spans:
        start = min(max(start, at), voice_s)
        at = min(max(end, start), voice_s)
        ordered.append((start, at))
    return ordered


def _phrases(phrases: Sequence[Phrase], words: Sequence[Word]) -> tuple[Span, ...]:
    spans: list[Span] = []
    at = 0
    for phrase in phrases:
        mine = words[at : at + len(phrase.words)]
        spans.append((mine[0].start_s, mine[-1].end_s))
        at += len(phrase.words)
    return tuple(spans)
