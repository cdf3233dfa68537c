"""How a line is cut into phrases, and how long it will take."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pokegeo_dagster.film.sound.pacing import PAUSES_S, phrase_line, spoken_seconds, syllables

LINES = st.lists(
    st.sampled_from(["the", "Haunter", "waits", "in", "Mr.", "mist", "3.5", "metres", "away", "“cold”"]),
    min_size=1,
    max_size=12,
).flatmap(
    lambda words: st.lists(
        st.sampled_from([" ", ", ", "... ", "… ", ". ", "; ", " — ", "? "]),
        min_size=len(words),
        max_size=len(words),
    ).map(lambda marks: "".join(word + mark for word, mark in zip(words, marks, strict=True)))
)


@given(LINES)
def test_no_word_of_a_line_is_lost_or_moved(line: str):
    phrases = phrase_line(line)

    said = " ".join(word for phrase in phrases for word in phrase.words)
    assert re.findall(r"\w+", said) == re.findall(r"\w+", line)


@given(LINES)
def test_there_is_a_pause_after_every_phrase_but_the_last(line: str):
    *before, last = phrase_line(line)

    assert last.pause_s == 0
    assert all(phrase.pause_s == PAUSES_S[phrase.mark] > 0.2 for phrase in before)


def test_an_ellipsis_is_a_long_breath_and_a_comma_is_left_to_the_voice():
    first, second = phrase_line("Here, at dawn... a Haunter waits, patient.")

    assert (first.text, first.mark) == ("Here, at dawn...", "ellipsis")
    assert 0.32 <= first.pause_s <= 0.45
    assert second.text == "a Haunter waits, patient."


@pytest.mark.parametrize("line", ["Mr. Mime waits.", "It is 3.5 metres long.", "J. Oak saw it."])
def test_a_full_stop_inside_a_name_or_a_number_is_no_pause(line: str):
    assert len(phrase_line(line)) == 1


@pytest.mark.parametrize("line", ["", "   ", "...", " — ", "?!"])
def test_a_line_without_a_word_has_no_phrase_and_takes_no_time(line: str):
    assert phrase_line(line) == ()
    assert spoken_seconds(line) == 0


@given(LINES, LINES)
def test_more_words_take_more_time(line: str, more: str):
    assert spoken_seconds(f"{line} {more}") > spoken_seconds(line)


def test_an_ellipsis_costs_its_pause():
    plain, paced = spoken_seconds("The mist waits here"), spoken_seconds("The mist... waits here")

    assert paced - plain == pytest.approx(PAUSES_S["ellipsis"])


@pytest.mark.parametrize(("word", "number"), [("the", 1), ("whisper", 2), ("relentless", 3), ("Flabébé", 3)])
def test_syllables_are_counted_by_spelling(word: str, number: int):
    assert syllables(word) == number
