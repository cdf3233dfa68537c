"""Captions: every word once, in order, readable, and there when it is spoken."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pokegeo_dagster.film.crew import Word
from pokegeo_dagster.film.edit.captions import (
    HOLD_MS,
    MOST_A_SECOND,
    MOST_IN_LINE,
    MOST_LINES,
    Caption,
    SpokenLine,
    caption_film,
    caption_line,
    complaints,
    srt,
    vtt,
)

GOLDEN = Path(__file__).resolve().parents[2] / "golden"
LINES = (
    "The warmth goes first, then the small noises. Only afterwards... does Haunter let itself be seen.",
    "Here is the one Haunter was waiting for. An Eelektrik comes the way thieves come... as if on the way "
    "to somewhere else.",
    "It weighs one tenth of a kilogram, and it can pass through any wall that people have ever built "
    "against the dark.",
)


def spoken(text: str, start_ms: float = 350, letters_a_second: float = 15.0) -> SpokenLine:
    """A line as a voice speaks it: a word takes its letters' time, a sentence and an ellipsis a pause."""
    words: list[Word] = []
    at = 0.0
    for piece in text.split():
        length = (len(piece) + 1) / letters_a_second
        words.append(Word(text=piece, start_s=at, end_s=at + length * 0.9))
        at += length + (0.4 if piece.endswith((".", "…")) else 0.15 if piece.endswith(",") else 0)
    end_ms = start_ms + words[-1].end_s * 1000 if words else start_ms
    return SpokenLine(words=tuple(words), voice_ms=start_ms, cut_ms=end_ms + 650)


def film(*texts: str) -> list[SpokenLine]:
    lines: list[SpokenLine] = []
    for text in texts:
        lines.append(spoken(text, (lines[-1].cut_ms if lines else 0) + 350))
    return lines


WORDS = st.text("abcdefghijklmnopqrstuvwxyzé'", min_size=1, max_size=14)
MARKS = st.sampled_from(["", "", "", "", ",", "...", ".", "?", " —", ";"])
TEXTS = st.lists(st.tuples(WORDS, MARKS), min_size=1, max_size=45).map(
    lambda pairs: " ".join(word + mark for word, mark in pairs)
)


@settings(deadline=None, max_examples=150)
@given(st.lists(TEXTS, min_size=1, max_size=3), st.floats(7, 17))
def test_every_caption_of_a_calm_voice_can_be_read(texts: list[str], pace: float):
    lines: list[SpokenLine] = []
    for text in texts:
        lines.append(spoken(text, (lines[-1].cut_ms if lines else 0) + 350, pace))

    made = caption_film(lines)

    assert complaints(made) == []
    for caption in made:
        assert 1 <= len(caption.lines) <= MOST_LINES
        assert max(map(len, caption.lines)) <= MOST_IN_LINE
        assert caption.a_second <= MOST_A_SECOND
    assert all(before.end_ms <= after.start_ms for before, after in pairwise(made))


@settings(deadline=None, max_examples=100)
@given(TEXTS, st.floats(5, 60))
def test_every_word_is_shown_once_and_comes_with_its_voice(text: str, pace: float):
    """However fast the voice is: nothing is left out to keep a limit."""
    line = spoken(text, 1234.5, pace)

    made = caption_line(line)

    assert " ".join(caption.text for caption in made) == " ".join(text.split())
    starts = {round(line.voice_ms + word.start_s * 1000) for word in line.words}
    ends = [line.voice_ms + word.end_s * 1000 for word in line.words]
    at = 0
    for caption in made:
        assert caption.start_ms in starts
        at += len(caption.text.split())
        assert caption.end_ms >= ends[at - 1] - HOLD_MS
        assert caption.end_ms <= round(line.cut_ms)


def test_a_caption_goes_with_its_last_word_where_it_can_be_read_in_time():
    made = caption_film(film(*LINES))

    assert all(abs(caption.end_ms - caption.voice_ms[1]) <= HOLD_MS for caption in made)


def test_captions_are_opened_where_the_voice_takes_breath():
    made = caption_line(spoken(LINES[0]))

    assert [caption.lines for caption in made] == [
        ("The warmth goes first,", "then the small noises."),
        ("Only afterwards...",),
        ("does Haunter let itself be seen.",),
    ]


def test_no_line_ends_on_a_word_that_belongs_to_the_next():
    lines = [line for caption in caption_film(film(*LINES)) for line in caption.lines]

    assert not [line for line in lines if re.search(r" (the|a|of|to|and|in|an)$", line)]


def test_a_word_longer_than_a_line_is_broken_and_nothing_of_it_is_lost():
    made = caption_line(spoken("x" * 100))

    assert complaints([c for c in made if c.a_second <= MOST_A_SECOND]) == []
    assert "".join("".join(caption.lines) for caption in made) == "x" * 100


def test_a_voice_faster_than_anyone_reads_is_complained_of():
    made = caption_line(spoken(LINES[1], letters_a_second=40))

    assert any("characters a second" in complaint for complaint in complaints(made))


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"lines": ("one", "two", "three")}, "more than 2 lines"),
        ({"lines": ("x" * 43,)}, "more than 2 lines of 42"),
        ({"start_ms": 900}, "off its first word"),
        ({"end_ms": 1500}, "goes before its last word"),
    ],
)
def test_what_is_wrong_with_a_caption_is_said(broken: dict, said: str):
    good = Caption(start_ms=1000, end_ms=6000, lines=("A line.",), voice_ms=(1000, 6000))

    assert complaints([good]) == []
    assert said in complaints([good.model_copy(update=broken)])[0]


def test_captions_that_overlap_are_complained_of():
    good = Caption(start_ms=1000, end_ms=3000, lines=("A line.",), voice_ms=(1000, 3000))
    late = good.model_copy(update={"start_ms": 2950, "voice_ms": (2950, 3000)})

    assert "captions 1 and 2 overlap" in complaints([good, late])


def test_a_line_without_words_has_no_captions():
    assert caption_line(SpokenLine(words=(), voice_ms=0, cut_ms=2000)) == ()
    assert srt([]) == "" and vtt([]) == "WEBVTT\n"


@pytest.mark.parametrize(("ending", "written"), [("srt", srt), ("vtt", vtt)])
def test_the_captions_of_three_lines_are_the_ones_that_were_reviewed(ending: str, written):
    golden = (GOLDEN / f"captions.{ending}").read_text(encoding="utf-8")

    assert written(caption_film(film(*LINES))) == golden


def test_marks_that_mean_something_on_a_web_page_are_only_marks():
    made = caption_line(spoken("Two <b>bold</b> & quick --> gone."))

    assert "Two &lt;b&gt;bold&lt;/b&gt; &amp; quick --&gt; gone." in vtt(made).replace("\n", " ")
