"""Screenplays by the house writer, and ways to break one thing in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.screenplay import Reference, Screenplay
from pokegeo_dagster.film.story.species import species_book
from pokegeo_dagster.providers.house.researcher import HouseResearcher
from pokegeo_dagster.providers.house.writer import HouseWriter

LINE = "Nothing stirs beside the water for an hour... and then the reeds part, and something large goes by."


@lru_cache
def film(clips: int = 18) -> Screenplay:
    """A screenplay by the house writer, made once."""
    brief = Brief(episode="haunter", species="haunter", clip_count=clips)
    dossier = HouseResearcher().research(brief, species_book()["haunter"])
    return HouseWriter().write(brief, dossier, HouseWriter().pitch(brief, dossier)[0])


@lru_cache
def data() -> dict[str, Any]:
    return film().model_dump(mode="json", exclude_none=True)


def with_shot(play: Screenplay, number: int, **changes: Any) -> Screenplay:
    """The film with other fields in the clip of this number; no type is checked on the way."""
    shots = list(play.shots)
    shots[number - 1] = shots[number - 1].model_copy(update=changes)
    return play.model_copy(update={"shots": tuple(shots)})


def with_motion(play: Screenplay, number: int, **changes: str) -> Screenplay:
    return with_shot(play, number, motion=play.shots[number - 1].motion.model_copy(update=changes))


def with_references(play: Screenplay, references: Sequence[Reference]) -> Screenplay:
    return play.model_copy(update={"references": tuple(references)})


def with_reference(play: Screenplay, index: int, **changes: Any) -> Screenplay:
    references = list(play.references)
    references[index] = references[index].model_copy(update=changes)
    return with_references(play, references)


def index_of(play: Screenplay, kind: str) -> int:
    """The last reference of a kind: the first character is the sheet."""
    return max(n for n, reference in enumerate(play.references) if reference.kind == kind)


def without(play: Screenplay, gone: Callable[[Reference], bool]) -> Screenplay:
    """The film without some of its references, and with nobody standing where they stood."""
    left = {r.id for r in play.references if not gone(r)}
    shots = [
        s.model_copy(update={"subjects": tuple(p for p in s.subjects if p.reference in left)})
        for s in play.shots
    ]
    kept = with_references(play, [r for r in play.references if r.id in left])
    return kept.model_copy(update={"shots": tuple(shots)})


def more_sheets(play: Screenplay, count: int) -> Screenplay:
    sheet, have = play.references[0], len(play.references)
    extra = [
        sheet.model_copy(update={"id": f"ref_{have + n + 1:02d}", "name": f"another_{n}"})
        for n in range(count)
    ]
    return with_references(play, [*play.references, *extra])


def beats_without_a_twist(play: Screenplay) -> Screenplay:
    shots = [s.model_copy(update={"beat": "clash"}) if s.beat == "twist" else s for s in play.shots]
    return play.model_copy(update={"shots": tuple(shots)})


def two_references() -> Screenplay:
    """A short film of nothing but the sheet and one place."""
    sheet, place = film(3).references[0], film(3).references[-1]
    shots = [s.model_copy(update={"plate": place.id, "subjects": ()}) for s in film(3).shots]
    return with_references(film(3), [sheet, place]).model_copy(update={"shots": tuple(shots)})


def subject_is(play: Screenplay, number: int, reference: str) -> Screenplay:
    """The first subject of a clip is somebody else; whoever stood there stands in clip 2 as well."""
    subjects = play.shots[number - 1].subjects
    moved = with_shot(play, 2, subjects=(*play.shots[1].subjects, subjects[0]))
    changed = (subjects[0].model_copy(update={"reference": reference}), *subjects[1:])
    return with_shot(moved, number, subjects=changed)


def plate_is(play: Screenplay, number: int, reference: str) -> Screenplay:
    """A clip has another plate; its own is used in the next clip but one as well."""
    own = play.shots[number - 1].plate
    return with_shot(with_shot(play, number + 2, plate=own), number, plate=reference)
