"""A screenplay comes apart into slices that keep to themselves, and back out of its file unchanged."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pokegeo_dagster.film.errors import BriefRefused, ScreenplayInvalid
from pokegeo_dagster.film.ids import CLIP_IDS, clip_id, episode_id
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.screenplay import Screenplay, Shot
from pokegeo_dagster.film.story.slices import slice_shot
from pokegeo_dagster.film.story.species import species_book
from pokegeo_dagster.storage.screenplay_file import read_screenplay, write_screenplay
from pokegeo_dagster_tests.film.story.screenplays import film, with_shot

# --- slices ------------------------------------------------------------------------------------

BRIEF = Brief(episode="haunter", species="haunter")


def slices(play: Screenplay, brief: Brief = BRIEF) -> list[Any]:
    return [slice_shot(brief, play, shot.clip) for shot in play.shots]


def stale(before: list[Any], after: list[Any]) -> list[int]:
    return [n for n, (a, b) in enumerate(zip(before, after, strict=True), 1) if a != b]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 18), st.text(min_size=1).filter(lambda t: t not in {s.narration for s in film().shots}))
def test_an_edited_line_changes_the_slice_of_its_clip_and_of_no_other(number: int, line: str):
    edited = with_shot(film(), number, narration=line)

    assert stale(slices(film()), slices(edited)) == [number]


@pytest.mark.parametrize("field", sorted(set(Shot.model_fields) - {"clip", "split"}))
def test_whatever_is_edited_in_a_clip_stays_in_that_clip(field: str):
    other = getattr(film().shots[11], field)
    assert getattr(film().shots[1], field) != other

    assert stale(slices(film()), slices(with_shot(film(), 2, **{field: other}))) == [2]


def test_what_all_clips_share_changes_all_of_them():
    darker = film().atmosphere.model_copy(update={"prose": "The same place, an hour later and darker."})
    everyone = list(range(1, 19))

    before = slices(film())

    assert stale(before, slices(film().model_copy(update={"atmosphere": darker}))) == everyone
    assert stale(before, slices(film(), BRIEF.model_copy(update={"seed": 2}))) == everyone
    assert stale(before, slices(film(), BRIEF.model_copy(update={"profile": "rehearsal"}))) == everyone


def test_a_slice_knows_the_names_its_line_speaks():
    rival = next(r.species for r in film().references if r.species not in (None, "haunter"))
    name = species_book()[rival or ""].name

    said = slice_shot(BRIEF, with_shot(film(), 4, narration=f"{name} is near Haunter."), "clip_04")
    silent = slice_shot(BRIEF, with_shot(film(), 4, narration="Nobody is near."), "clip_04")

    assert (said.names, silent.names) == (("Haunter", name), ())


def test_there_is_no_slice_of_a_clip_that_is_not_there():
    with pytest.raises(KeyError, match="clip_19"):
        slice_shot(BRIEF, film(), "clip_19")


# --- names -------------------------------------------------------------------------------------


@given(st.integers(1, 24))
def test_a_clip_is_found_by_its_number_in_any_spelling(number: int):
    spellings = (str(number), f"{number:02d}", f"{number:03d}", f"clip_{number}", f"clip_{number:02d}")

    assert {clip_id(spelling) for spelling in spellings} == {CLIP_IDS[number - 1]}


@pytest.mark.parametrize(
    "text", ["", "0", "25", "-1", "clip_", "clip_00", "five", "1.0", "²", "٣", "9" * 5000]
)
def test_what_is_no_clip_is_refused(text: str):
    with pytest.raises(BriefRefused, match="is no clip"):
        clip_id(text)


@given(st.from_regex(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", fullmatch=True))
def test_an_episode_is_named_in_small_letters_digits_and_inner_hyphens(name: str):
    assert episode_id(name) == name == Brief(episode=name, species="haunter").episode


@pytest.mark.parametrize("name", ["", "-a", "a-", "Haunter", "a b", "a/b", "a|b", "..", "é", "a\n", "a" * 64])
def test_no_other_name_is_taken_for_an_episode(name: str):
    with pytest.raises(BriefRefused, match="cannot be a name"):
        episode_id(name)
    with pytest.raises(ValueError, match="episode"):
        Brief(episode=name, species="haunter")


# --- the file ----------------------------------------------------------------------------------

# A person may write anything that can be typed or pasted.
WRITTEN = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=20, max_size=80)
AWKWARD = st.sampled_from([
    "yes, and no: a title # with marks", "'quoted' and \"doubly\" so, at length", "- a dash opens this one",
    "ends with a colon, and spaces:   ", "1234567890123456789012", "{not} [a] mapping, but it looks it",
    "two lines of it\nand a third to come\n", "tabs\tand a\\backslash in the middle",
    "é ü 雲 and a \U0001f98a in the reeds", "null null null null null", "2026-02-11 2026-02-11 ",
    "%TAG ! is a directive", "… ends in an ellipsis ...",
])  # fmt: skip


@pytest.mark.parametrize("clips", [1, 3, 6, 18])
def test_a_screenplay_comes_back_from_its_file_as_it_was(clips: int):
    text = write_screenplay(film(clips))

    assert read_screenplay(text, "haunter.yaml", clips) == film(clips)
    assert write_screenplay(read_screenplay(text, "haunter.yaml")) == text


@settings(max_examples=25, deadline=None)
@given(
    st.one_of(WRITTEN, AWKWARD),
    st.sampled_from(["title", "logline", "author"]),
    st.sampled_from(["still", "sound_cue"]),
)
def test_whatever_is_written_in_a_field_comes_back(text: str, field: str, shot_field: str):
    play = with_shot(film(3).model_copy(update={field: text}), 2, **{shot_field: text})

    assert read_screenplay(write_screenplay(play), "haunter.yaml", 3) == play


def test_the_file_says_how_long_each_line_takes_to_say():
    text = write_screenplay(film())

    assert len(re.findall(r"^# about \d\.\d s spoken$", text, re.MULTILINE)) == 18


def test_broken_yaml_is_told_by_line_and_column():
    text = write_screenplay(film()).replace("  narration: ", "  narration: [", 1)
    line = next(n for n, row in enumerate(text.splitlines(), 1) if "narration: [" in row)

    with pytest.raises(ScreenplayInvalid) as refused:
        read_screenplay(text, "haunter.yaml")

    (complaint,) = refused.value.complaints
    told = re.match(r"line (\d+), column \d+: .*; mend the YAML there$", complaint)
    assert told and line <= int(told[1]) <= line + 2, complaint


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  narration:", "  naration:", "shots[0].naration (clip_01): is not a field of a screenplay; check"),
        ("  narration:", "  naration:", "shots[0].narration (clip_01): is missing; write it"),
        ("  beat: hook", "  beat: ending", "shots[0].beat (clip_01): input should be 'hook', 'trigger'"),
        ("  beat: hook", "  beat: closing", "clip_01: the film opens on the closing; open on the hook"),
        ("- id: ref_02", "- id: ref_99", "references[1].id (ref_99): string should match pattern"),
        ("title:", "title: []\nnote:", "title: input should be a valid string; it is something else here"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_file_is_told_with_its_place(old: str, new: str, told: str):
    text = write_screenplay(film())
    assert old in text

    with pytest.raises(ScreenplayInvalid) as refused:
        read_screenplay(text.replace(old, new, 1), "haunter.yaml")

    assert any(line.startswith(told) for line in refused.value.complaints), refused.value.complaints


@pytest.mark.parametrize(
    "text", ["", "[" * 1200, "a: 2026-13-45", "\x00", "- 1\n- 2", "a: &x [*x]", "!!python/name:os.system"]
)
def test_any_text_is_a_screenplay_or_is_refused_by_name(text: str):
    with pytest.raises(ScreenplayInvalid, match=r"^haunter\.yaml cannot be filmed: "):
        read_screenplay(text, "haunter.yaml")


def test_the_file_is_plain_yaml_that_any_editor_reads():
    read = yaml.safe_load(write_screenplay(film()))

    assert list(read) == ["title", "logline", "species", "author", "atmosphere", "references", "shots"]
    assert [shot["clip"] for shot in read["shots"]] == list(CLIP_IDS[:18])


def test_a_line_that_stands_twice_is_told_and_not_half_forgotten():
    text = write_screenplay(film()).replace("title:", "title: Another\ntitle:", 1)

    with pytest.raises(ScreenplayInvalid, match="'title' is written twice"):
        read_screenplay(text, "haunter.yaml")
