"""Split screens on paper: what may be split, and what a camera is told of it."""

from pokegeo_dagster.film.digest import canonical_json
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.rules import complaints
from pokegeo_dagster.film.story.screenplay import Half, Placement, Screenplay
from pokegeo_dagster.film.story.species import find_species
from pokegeo_dagster.providers.house.researcher import HouseResearcher
from pokegeo_dagster.providers.house.writer import HouseWriter
from pokegeo_dagster.storage.screenplay_file import read_screenplay, write_screenplay


def _play() -> Screenplay:
    brief = Brief(episode="haunter", species="haunter", clip_count=6)
    dossier = HouseResearcher().research(brief, find_species("haunter"))
    return HouseWriter().write(brief, dossier, HouseWriter().pitch(brief, dossier)[0])


def _split(play: Screenplay, plate: str) -> Screenplay:
    """The second clip with a right half on this plate."""
    subject = next(s.subjects[0] for s in play.shots if s.subjects)
    half = Half(plate=plate, subjects=(Placement(reference=subject.reference, x=0.5, y=0.9, height=0.5),))
    shots = [s.model_copy(update={"split": half}) if n == 1 else s for n, s in enumerate(play.shots)]
    return play.model_copy(update={"shots": tuple(shots)})


def test_a_split_shot_comes_back_from_the_file_a_person_edits() -> None:
    play = _play()
    other = next(s.plate for s in play.shots if s.plate != play.shots[1].plate)

    split = _split(play, other)

    assert complaints(split) == []
    assert read_screenplay(write_screenplay(split), "edited.yaml") == split
    assert other in split.shots[1].references


def test_two_halves_of_the_same_place_are_no_split_screen() -> None:
    play = _play()

    [told] = complaints(_split(play, play.shots[1].plate))

    assert told.startswith("clip_02: both halves of its split show ")


def test_a_half_needs_a_place_that_is_one() -> None:
    told = complaints(_split(_play(), "ref_30"))

    assert told == ["clip_02: its plate ref_30 is not in the references; add it or name another"]


def test_a_camera_is_told_of_the_split_and_last_of_itself() -> None:
    play = _play()
    shot = _split(play, "ref_30").shots[1]

    assert "Split screen" in shot.prompt
    assert shot.prompt.endswith(shot.motion.camera)
    assert play.shots[1].prompt == play.shots[1].motion.prompt


def test_a_vertical_cut_of_a_split_shot_looks_at_its_left_half() -> None:
    play = _play()
    whole = next(s for s in play.shots if s.subjects)
    shot = whole.model_copy(update={"split": Half(plate="ref_30")})

    assert [s.x for s in shot.main_subjects] == [s.x / 2 for s in whole.subjects]
    assert whole.main_subjects == whole.subjects


def test_a_shot_that_is_whole_is_digested_as_it_always_was() -> None:
    assert "split" not in canonical_json(_play())
