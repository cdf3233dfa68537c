"""A screenplay is refused for every rule it breaks, in one line a mistake."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pokegeo_dagster.film.errors import ScreenplayInvalid
from pokegeo_dagster.film.ids import CLIP_IDS
from pokegeo_dagster.film.story.rules import complaints, screenplay_from_data, validate
from pokegeo_dagster.film.story.screenplay import Reference, Screenplay, Shot
from pokegeo_dagster.film.vocabulary import BEATS
from pokegeo_dagster_tests.film.story.screenplays import (
    LINE,
    beats_without_a_twist,
    data,
    film,
    index_of,
    more_sheets,
    plate_is,
    subject_is,
    two_references,
    with_motion,
    with_reference,
    with_references,
    with_shot,
    without,
)

FULL, SMALL, SHORT = film(18), film(6), film(3)
WITH_ANIMAL = next(n for n, s in enumerate(FULL.shots, 1) if len(s.subjects) == 1 and n > 4)
CLIP = f"clip_{WITH_ANIMAL:02d}"
CAST = index_of(FULL, "character")
# Each rule: what it is called, the film that breaks it and nothing else, and the one complaint: whom
# it names, what is wrong, and (after the semicolon) what to do.
BROKEN: dict[str, tuple[Screenplay, str, str]] = {
    "a clip is numbered twice": (
        with_shot(FULL, 6, clip="clip_05"), "clip_05", "stands where clip_06 belongs; number the clips",
    ),
    "a beat comes back": (
        with_shot(FULL, 7, beat="hook"),
        "clip_07", "the hook comes after the (trigger|context); keep the beats in order",
    ),
    "the film does not open on the hook": (
        with_shot(SHORT, 1, beat="trigger"), "clip_01", "opens on the trigger; open on the hook",
    ),
    "the film does not end on the closing": (
        with_shot(SHORT, 3, beat="clash"), "clip_03", "ends on the clash; end on the closing",
    ),
    "a beat is left out": (
        beats_without_a_twist(FULL), "the film", "no clip carries the twist; a film of 18 clips",
    ),
    "too many references": (more_sheets(FULL, 4), "the film", "26 references for 18 clips; list 20 to 25"),
    "too few references": (two_references(), "the film", "2 references; list at least 3"),
    "two references with one id": (
        with_reference(more_sheets(FULL, 1), 22, id="ref_01"),
        "ref_01", "2 references have this id; give each its own",
    ),
    "two references with one name": (
        with_reference(more_sheets(FULL, 1), 22, name=FULL.references[0].name),
        FULL.references[0].name, "2 references have this name; give each its own",
    ),
    "the sheet is not first": (
        with_references(FULL, [*FULL.references[1:], FULL.references[0]]),
        FULL.references[1].id, "the first character has pose '.*; put the character sheet",
    ),
    "no prop": (
        without(SMALL, lambda r: r.kind == "prop"), "the film", "no reference is a prop; list at least one",
    ),
    "no character": (
        without(more_sheets(SMALL, 0), lambda r: r.kind == "character"),
        "the film", "no reference is a character; list at least one",
    ),
    "a character with a setting": (
        with_reference(FULL, CAST, setting=FULL.references[-1].setting),
        FULL.references[CAST].id, "a character has no setting; take it out",
    ),
    "a prop with a pose": (
        with_reference(FULL, index_of(FULL, "prop"), pose="alert"),
        FULL.references[index_of(FULL, "prop")].id, "a prop has no pose; take it out",
    ),
    "a character without a pose": (
        with_reference(FULL, CAST, pose=None), FULL.references[CAST].id, "a character needs pose; add it",
    ),
    "a character without a species": (
        with_reference(FULL, CAST, species=None),
        FULL.references[CAST].id, "a character needs species; add it",
    ),
    "a prop that is no thing": (
        with_reference(FULL, index_of(FULL, "prop"), prop=None),
        FULL.references[index_of(FULL, "prop")].id, "a prop needs prop; add it",
    ),
    "an environment without a setting": (
        with_reference(FULL, -1, setting=None),
        FULL.references[-1].id, "an environment needs setting; add it",
    ),
    "an animal nobody knows": (
        with_reference(FULL, CAST, species="hauntre"),
        FULL.references[CAST].id, "no species is called 'hauntre'; use its slug",
    ),
    "a plate that is not there": (
        plate_is(FULL, 5, "ref_30"), "clip_05", "its plate ref_30 is not in the references; add it",
    ),
    "a plate that is an animal": (
        plate_is(FULL, 5, "ref_01"), "clip_05", "its plate ref_01 is a character; a plate is an environment",
    ),
    "a subject that is not there": (
        subject_is(FULL, WITH_ANIMAL, "ref_30"), CLIP, "its subject ref_30 is not in the references; add it",
    ),
    "a subject that is a place": (
        subject_is(FULL, WITH_ANIMAL, FULL.references[-1].id),
        CLIP, f"its subject {FULL.references[-1].id} is an environment; use it as the plate",
    ),
    "a reference for nothing": (
        with_reference(more_sheets(FULL, 1), 22, pose="alert"),
        "ref_23", "no shot uses it; use it or take it out",
    ),
    "a movement in two steps": (
        with_motion(with_shot(FULL, 5, movement="head turning, then rising"), 5, details="Its head turns."),
        "clip_05", "the movement .* is a sequence; keep one movement or split the clip",
    ),
    "two things that move": (
        with_motion(with_shot(FULL, 5, movement="head turning, tail swaying"), 5, details="Its head turns."),
        "clip_05", r"moves 2 things \(turning, swaying\); keep one",
    ),
    "nothing that moves": (
        with_motion(with_shot(FULL, 5, movement="its quiet head"), 5, details="Its quiet head is there."),
        "clip_05", "names nothing that moves; say it like 'ears twitching'",
    ),
    "a prompt that opens on the camera": (
        with_motion(FULL, 5, action=f"Slow push in. {FULL.shots[4].motion.action}"),
        "clip_05", r"opens with the camera \('Slow push in'\); put the camera last",
    ),
    "the camera among the details": (
        with_motion(FULL, 5, details=f"{FULL.shots[4].motion.details} The camera holds."),
        "clip_05", "the camera is spoken of in the motion's details .*; say it in camera only",
    ),
    "a camera that does not move": (
        with_motion(FULL, 5, camera="Something beautiful."),
        "clip_05", "the motion's camera says 'Something beautiful.'; use words such as 'Slow push in.'",
    ),
    "a camera with two moves": (
        with_motion(FULL, 5, camera="Slow push in. Gentle pan left."),
        "clip_05", "the motion's camera makes several moves .*; keep one",
    ),
    "an action in two steps": (
        with_motion(FULL, 5, action="It waits and leaps at the water."),
        "clip_05", "the motion's action is a sequence .*; keep one movement or split the clip",
    ),
    "a movement the prompt does not show": (
        with_shot(FULL, 5, movement="crest quivering"),
        "clip_05", "'crest quivering' is not in the motion's action or details; say it there",
    ),
    "a prompt that is too long": (
        with_motion(FULL, 5, environment="grass and more grass " * 30),
        "clip_05", "the motion prompt has 1[0-9]{2} words; keep it under 90",
    ),
    "a line of nothing": (
        with_shot(FULL, 5, narration="... !"), "clip_05", "the narration is empty; write one line of 15",
    ),
    "a line that is too short": (
        with_shot(FULL, 5, narration="It waits."), "clip_05", r"takes about \d\.\d s; lengthen it to 6–8 s",
    ),
    "a line that is too long": (
        with_shot(FULL, 5, narration=f"{LINE} {LINE}"),
        "clip_05", r"takes about \d+\.\d s; shorten it to 6–8 s",
    ),
    "a line said twice": (
        with_shot(FULL, 9, narration=FULL.shots[3].narration.upper()),
        "clip_09", "says the same line as clip_04; write it a line of its own",
    ),
}  # fmt: skip


@pytest.mark.parametrize("clips", [1, 3, 6, 18])
def test_a_good_screenplay_has_no_complaint(clips: int):
    assert complaints(film(clips), clips) == []
    assert validate(film(clips), "haunter", clips) is None


@pytest.mark.parametrize("rule", BROKEN)
def test_one_broken_rule_is_one_line_that_says_where_and_what_to_do(rule: str):
    broken, name, told = BROKEN[rule]

    (complaint,) = complaints(broken, len(broken.shots))

    assert re.match(rf"{name}( \([a-z0-9_]+\))?: ", complaint), complaint
    assert re.search(told, complaint), complaint
    assert len(complaint.partition("; ")[2]) >= len("add it"), "nothing says what to do"


def test_a_film_of_another_length_than_ordered_is_told_so():
    (complaint,) = complaints(film(18), 17)

    assert complaint == "the film: 17 clips were ordered and 18 are written; write exactly 17"


def test_every_mistake_is_told_at_once():
    two = with_shot(with_shot(film(), 5, narration="It waits."), 12, movement="its quiet head")

    with pytest.raises(ScreenplayInvalid) as refused:
        validate(two, "haunter.yaml")

    assert [line.partition(":")[0] for line in refused.value.complaints] == ["clip_05", "clip_12"]
    assert str(refused.value).startswith("haunter.yaml cannot be filmed: clip_05: ")


@pytest.mark.parametrize("rival", ["Nidoking", "Slaking", "Seaking", "Fletchling"])
def test_a_name_that_ends_like_a_movement_is_a_name(rival: str):
    """Three films of the house were once refused because Slaking faced somebody."""
    met = with_motion(film(), 11, action=f"Haunter and {rival} face each other in the ruins.")

    assert not [line for line in complaints(met) if "sequence" in line]


def test_a_chain_of_movements_is_still_told_from_a_name():
    chain = with_motion(film(), 11, action="Haunter turns and rising slowly it goes.")

    assert [line for line in complaints(chain) if "sequence" in line]


# --- any field at all --------------------------------------------------------------------------

PLACES = st.one_of(
    st.sampled_from([("title",), ("species",), ("shots",), ("references",), ("atmosphere",)]),
    st.tuples(st.just("atmosphere"), st.sampled_from(["habitat", "palette", "prose"])),
    st.tuples(st.just("shots"), st.integers(0, 17), st.sampled_from(sorted(Shot.model_fields))),
    st.tuples(
        st.just("shots"), st.integers(0, 17), st.just("motion"),
        st.sampled_from(["action", "details", "sequence", "environment", "camera"]),
    ),
    st.tuples(st.just("references"), st.integers(0, 21), st.sampled_from(sorted(Reference.model_fields))),
)  # fmt: skip
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 40), st.floats(), st.text(max_size=40), st.just({}),
    st.sampled_from([*BEATS, "sheet", "alert", "wide", "ref_02", "ref_30", "clip_03", "haunter", LINE]),
    st.sampled_from(["ears twitching", "head turning, tail swaying", "Slow push in.", "It leaps; it lands."]),
    st.lists(st.text(max_size=5), max_size=3),
)  # fmt: skip
NAMED = re.compile(r"the film: |clip_\d\d: |ref_\d\d( \(\w+\))?: |\w+: \d+ ref|[\w.\[\]]+( \([^)]*\))?: ")


def put(place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """The film's data with one field changed."""
    changed = copy.deepcopy(data())
    row: Any = changed
    for step in place[:-1]:
        row = row[step]
    row[place[-1]] = value
    return changed


@settings(max_examples=250, deadline=None)
@given(PLACES, VALUES)
def test_any_one_changed_field_is_still_a_film_or_is_told_a_line_a_mistake(
    place: tuple[Any, ...], value: Any
):
    try:
        screenplay_from_data(put(place, value), "haunter.yaml", 18)
    except ScreenplayInvalid as refused:
        told = refused.complaints
        assert told and len(set(told)) == len(told)
        assert all(NAMED.match(line) for line in told), told
        assert all(len(line.splitlines()) == 1 for line in told), told


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 17), st.sampled_from(sorted(set(Shot.model_fields) - {"split"})))
def test_a_missing_field_is_told_with_its_clip(index: int, field: str):
    broken = put(("shots", index, field), None)
    del broken["shots"][index][field]

    if field == "subjects":  # an empty place needs none
        assert Screenplay.model_validate(broken).shots[index].subjects == ()
        return
    with pytest.raises(ScreenplayInvalid) as refused:
        screenplay_from_data(broken, "haunter.yaml")

    name = "" if field == "clip" else f" ({CLIP_IDS[index]})"
    assert refused.value.complaints == (f"shots[{index}].{field}{name}: is missing; write it",)


def test_a_clip_with_an_unspeakable_name_is_told_by_its_place_alone():
    broken = put(("shots", 4, "clip"), "clip_05\nclip_06")

    with pytest.raises(ScreenplayInvalid) as refused:
        screenplay_from_data(broken, "haunter.yaml")

    (complaint,) = refused.value.complaints
    assert complaint.startswith("shots[4].clip: ") and "\n" not in complaint


@pytest.mark.parametrize("value", [None, [], "a film", 7])
def test_what_is_no_mapping_is_no_screenplay(value: object):
    with pytest.raises(ScreenplayInvalid, match="a screenplay is a mapping of fields, this is"):
        screenplay_from_data(value, "haunter.yaml")
