"""Captions: what is said, a readable piece at a time, on the film's own clock. Pure values and text.

The limits are those of the trade (Netflix Timed Text Style Guide, English: 42 characters, two lines,
20 characters a second, five sixths of a second at least), and one of ours: a caption comes with its
first word and goes with its last, unless it must stay to be read.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pydantic import Field

from pokegeo_dagster.film.crew import Word
from pokegeo_dagster.film.model import Frozen

MOST_LINES = 2
MOST_IN_LINE = 42  # characters
MOST_A_SECOND = 20  # characters, spaces counted
SHORTEST_MS = 833
LONGEST_MS = 7000
HOLD_MS = 80  # how far a caption's edges may lie from its words, where it can be read as it is spoken

_SENTENCE = re.compile(r"(?:[.!?…]|\.\.\.|[—–])[\"'”’)\]]*$")
_CLAUSE = re.compile(r"[,;:][\"'”’)\]]*$")
# A line should not end on these: they belong to what follows.
_CLINGING = re.compile(
    r"an?|the|of|to|in|on|at|by|for|from|with|as|and|or|but|nor|if|than|that|its|his|her|their|our|my|your|"
    r"is|are|was|were|be|been|has|have|had|no|not|this|these|those|it|he|she|they|we|i"
)
# A line may well begin with these.
_OPENING = re.compile(
    r"and|or|but|nor|so|yet|if|as|than|that|which|who|where|when|while|until|because|for|from|with|to|in|"
    r"on|at|by|of|into|over|under|through|between|before|after"
)


class Caption(Frozen):
    """One caption: its lines, and when it is on the screen, in milliseconds from the film's start."""

    start_ms: int = Field(ge=0)
    end_ms: int = Field(ge=0)
    lines: tuple[str, ...]
    voice_ms: tuple[int, int]  # when its first word begins and its last one ends

    @property
    def text(self) -> str:
        """Its words in one line."""
        return " ".join(self.lines)

    @property
    def a_second(self) -> float:
        """How many characters a second a viewer has to read."""
        return len(self.text) * 1000 / max(1, self.end_ms - self.start_ms)


class SpokenLine(Frozen):
    """One clip's line as it is heard: its words in seconds from the start of its sound; the sound begins
    at `voice_ms` of the film, and the picture is cut at `cut_ms`."""

    words: tuple[Word, ...]
    voice_ms: float
    cut_ms: float


def caption_film(lines: Sequence[SpokenLine]) -> tuple[Caption, ...]:
    """The captions of a film, in order: none overlaps the next, and none stays beyond its clip's cut."""
    return tuple(caption for line in lines for caption in caption_line(line))


def caption_line(line: SpokenLine) -> tuple[Caption, ...]:
    """One line's captions, opened where a reader would take a breath.

    The cheapest of all ways to part the words: every way is weighed (a line has some twenty words).
    Words that are spoken faster than anyone reads stay as long as there is room, and are then faster
    than the limit; nothing is left out.
    """
    words = [piece for word in line.words for piece in _bearable(word, line.voice_ms)]
    if not words:
        return ()
    cheapest: list[tuple[float, int]] = [(0.0, 0)]  # for the first n words: the cost, where the last begins
    for end in range(1, len(words) + 1):
        ways = [
            (cheapest[begin][0] + cost, begin)
            for begin in range(end)
            if (cost := _cost(words, begin, end, line.cut_ms)) is not None
        ]
        cheapest.append(min(ways))
    captions: list[Caption] = []
    end = len(words)
    while end:
        begin = cheapest[end][1]
        captions.append(_caption(words, begin, end, line.cut_ms))
        end = begin
    return tuple(reversed(captions))


def complaints(captions: Sequence[Caption]) -> list[str]:
    """What is wrong with captions, by the limits above; empty when all can be read."""
    wrong: list[str] = []
    for number, caption in enumerate(captions, 1):
        if len(caption.lines) > MOST_LINES or any(len(line) > MOST_IN_LINE for line in caption.lines):
            wrong.append(f"caption {number} is more than {MOST_LINES} lines of {MOST_IN_LINE}")
        if caption.a_second > MOST_A_SECOND:
            wrong.append(f"caption {number} asks for {caption.a_second:.0f} characters a second")
        if abs(caption.start_ms - caption.voice_ms[0]) > HOLD_MS:
            wrong.append(f"caption {number} is off its first word")
        if caption.end_ms < caption.voice_ms[1] - HOLD_MS:
            wrong.append(f"caption {number} goes before its last word")
    for number, (before, after) in enumerate(pairwise(captions), 1):
        if after.start_ms < before.end_ms:
            wrong.append(f"captions {number} and {number + 1} overlap")
    return wrong


def srt(captions: Sequence[Caption]) -> str:
    """The captions as SubRip, ready for any player and any platform."""
    return "\n".join(
        f"{number}\n{_clock(c.start_ms, ',')} --> {_clock(c.end_ms, ',')}\n" + "\n".join(c.lines) + "\n"
        for number, c in enumerate(captions, 1)
    )


def vtt(captions: Sequence[Caption]) -> str:
    """The captions as WebVTT, ready for a web page."""
    cues = [
        f"{number}\n{_clock(c.start_ms, '.')} --> {_clock(c.end_ms, '.')}\n"
        + "\n".join(html.escape(line, quote=False) for line in c.lines)
        + "\n"
        for number, c in enumerate(captions, 1)
    ]
    return "\n".join(["WEBVTT\n", *cues])


@dataclass(frozen=True)
class _Heard:
    """A word, or a piece of one too long for a line, in milliseconds of the film."""

    text: str
    start: float
    end: float


def _bearable(word: Word, voice_ms: float) -> list[_Heard]:
    start, end = voice_ms + word.start_s * 1000, voice_ms + word.end_s * 1000
    texts = word.text.split()
    pieces = [part for text in texts for part in re.findall(f".{{1,{MOST_IN_LINE}}}", text)]
    step = (end - start) / max(1, len(pieces))
    return [_Heard(piece, start + step * k, start + step * (k + 1)) for k, piece in enumerate(pieces)]


def _caption(words: Sequence[_Heard], begin: int, end: int, cut_ms: float) -> Caption:
    lines = _in_lines(tuple(word.text for word in words[begin:end]))
    assert lines is not None
    start, voice_end = words[begin].start, words[end - 1].end
    room = words[end].start if end < len(words) else max(cut_ms, voice_end)
    needed = max(SHORTEST_MS, len(" ".join(lines)) * 1000 / MOST_A_SECOND + 2)  # 2 ms for the rounding
    stop = min(room, max(voice_end + HOLD_MS, start + needed))
    return Caption(
        start_ms=round(start),
        end_ms=max(round(start) + 1, round(stop)),
        lines=lines,
        voice_ms=(round(start), round(voice_end)),
    )


def _cost(words: Sequence[_Heard], begin: int, end: int, cut_ms: float) -> float | None:
    """How bad a caption of these words would be; None when they do not fit on the screen."""
    if _in_lines(tuple(word.text for word in words[begin:end])) is None:
        return None
    made = _caption(words, begin, end, cut_ms)
    length = made.end_ms - made.start_ms
    cost = 10.0
    cost += max(0.0, made.a_second - MOST_A_SECOND) * 200
    cost += max(0, SHORTEST_MS - length) / 4
    cost += max(0, length - LONGEST_MS) / 10
    cost += max(0, made.end_ms - made.voice_ms[1] - HOLD_MS) / 40  # it stays only to be read
    cost += max(0, 12 - len(made.text)) * 1.5
    # What is said after a pause is not given away before it.
    pauses = (later.start - word.end for word, later in pairwise(words[begin:end]))
    cost += sum(min(20.0, max(0.0, pause - 250) / 12) for pause in pauses)
    if end < len(words):
        cost += _break(words[end - 1].text, words[end].text)
    return cost


def _break(before: str, after: str) -> float:
    """How much it hurts to part two words."""
    if _SENTENCE.search(before):
        return 0.0
    if _CLAUSE.search(before):
        return 4.0
    if _CLINGING.fullmatch(before.lower()):
        return 45.0
    return 14.0 if _OPENING.fullmatch(after.lower().strip("“\"'")) else 25.0


@lru_cache(maxsize=4096)
def _in_lines(texts: tuple[str, ...]) -> tuple[str, ...] | None:
    """The words in one line if they fit, else in two of about the same length; None if they do not."""
    whole = " ".join(texts)
    if len(whole) <= MOST_IN_LINE:
        return (whole,)
    ways: list[tuple[float, tuple[str, str]]] = []
    for at in range(1, len(texts)):
        upper, lower = " ".join(texts[:at]), " ".join(texts[at:])
        if max(len(upper), len(lower)) <= MOST_IN_LINE:
            # A longer second line sits better than a longer first one.
            uneven = len(lower) - len(upper) if len(lower) >= len(upper) else 1.4 * (len(upper) - len(lower))
            ways.append((uneven + _break(texts[at - 1], texts[at]), (upper, lower)))
    return min(ways)[1] if ways else None


def _clock(ms: int, mark: str) -> str:
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}{mark}{ms % 1000:03d}"
