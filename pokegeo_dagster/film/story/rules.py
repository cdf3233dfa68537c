"""The rules of a good screenplay, told the way a writer would tell another writer."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator

from pydantic import ValidationError

from pokegeo_dagster.film.errors import ScreenplayInvalid
from pokegeo_dagster.film.ids import CLIP_IDS
from pokegeo_dagster.film.picture.motion import faults
from pokegeo_dagster.film.sound.pacing import spoken_seconds
from pokegeo_dagster.film.story.screenplay import Reference, Screenplay, Shot
from pokegeo_dagster.film.story.species import species_book
from pokegeo_dagster.film.vocabulary import BEATS

__all__ = ["complaints", "screenplay_from_data", "spoken_seconds", "validate"]

SHORTEST_LINE_S, LONGEST_LINE_S = 4.0, 9.3  # a 10-second clip holds the line and both its breaths
FULL_FILM_CLIPS = 18  # from here on a film needs the full set of seed images
FEWEST_REFERENCES, MOST_REFERENCES = 20, 25
FEWEST_OF_ALL = 3  # the sheet, the animal in a pose, a place
EVERY_BEAT_FROM = 6
_WORD = re.compile(r"[^\W_]+")
_A = {"character": "a character", "prop": "a prop", "environment": "an environment"}
_FIELD_OF = {"character": ("species", "pose"), "prop": ("prop",), "environment": ("setting",)}


def complaints(
    screenplay: Screenplay, clip_count: int | None = None, references: int | None = None
) -> list[str]:
    """Every mistake in a screenplay, one line each: which clip, what is wrong, what to do.

    `clip_count` is the number of clips that were ordered, where that is known; `references` the most
    seed images, where fewer than the full set will do. Empty is good.
    """
    return [
        *_numbering(screenplay, clip_count),
        *_beats(screenplay),
        *_reference_list(screenplay, references),
        *itertools.chain.from_iterable(_reference_faults(r) for r in screenplay.references),
        *_use_of_references(screenplay),
        *itertools.chain.from_iterable(_shot_faults(s) for s in screenplay.shots),
        *_repeats(screenplay),
    ]


def validate(
    screenplay: Screenplay, where: str, clip_count: int | None = None, references: int | None = None
) -> None:
    """Nothing, if the screenplay can be filmed. Raises ScreenplayInvalid with every complaint."""
    if found := complaints(screenplay, clip_count, references):
        raise ScreenplayInvalid(where, found)


def screenplay_from_data(
    data: object, where: str, clip_count: int | None = None, references: int | None = None
) -> Screenplay:
    """The screenplay in plain data (a parsed file), if it can be filmed.

    Raises ScreenplayInvalid: for a field that is missing, unknown or wrong (told by its place and
    its clip), and for every broken rule.
    """
    if not isinstance(data, dict):
        raise ScreenplayInvalid(where, [f"a screenplay is a mapping of fields, this is {_kind(data)}"])
    try:
        screenplay = Screenplay.model_validate(data)
    except ValidationError as error:
        raise ScreenplayInvalid(where, _translated(error, data)) from None
    validate(screenplay, where, clip_count, references)
    return screenplay


def _numbering(screenplay: Screenplay, clip_count: int | None) -> Iterator[str]:
    have = [s.clip for s in screenplay.shots]
    if clip_count is not None and len(have) != clip_count:
        yield (
            f"the film: {clip_count} clips were ordered and {len(have)} are written; "
            f"write exactly {clip_count}"
        )
    for clip, expected in zip(have, CLIP_IDS, strict=False):
        if clip != expected:
            yield f"{clip}: stands where {expected} belongs; number the clips clip_01, clip_02 … without gaps"
            return


def _beats(screenplay: Screenplay) -> Iterator[str]:
    order = " → ".join(BEATS)
    shots = screenplay.shots
    for before, after in itertools.pairwise(shots):
        if BEATS.index(after.beat) < BEATS.index(before.beat):
            yield (
                f"{after.clip}: the {after.beat} comes after the {before.beat}; "
                f"keep the beats in order: {order}"
            )
    if shots[0].beat != "hook":
        yield f"{shots[0].clip}: the film opens on the {shots[0].beat}; open on the hook"
    if len(shots) > 1 and shots[-1].beat != "closing":
        yield f"{shots[-1].clip}: the film ends on the {shots[-1].beat}; end on the closing"
    if len(shots) >= EVERY_BEAT_FROM:
        for beat in BEATS:
            if beat not in {s.beat for s in shots}:
                yield (
                    f"the film: no clip carries the {beat}; "
                    f"a film of {len(shots)} clips has every beat: {order}"
                )


def _reference_list(screenplay: Screenplay, most: int | None) -> Iterator[str]:
    references, shots = screenplay.references, screenplay.shots
    count = len(references)
    if most is not None and count > most:
        yield f"the film: {count} references; at most {most} were ordered, so let shots share them"
    elif most is None and len(shots) >= FULL_FILM_CLIPS and not FEWEST_REFERENCES <= count <= MOST_REFERENCES:
        yield (
            f"the film: {count} references for {len(shots)} clips; "
            f"list {FEWEST_REFERENCES} to {MOST_REFERENCES} of them"
        )
    elif count < FEWEST_OF_ALL:
        yield (
            f"the film: {count} references; list at least {FEWEST_OF_ALL} "
            "(the sheet, the animal in a pose, a place)"
        )
    for what, values in (("id", [r.id for r in references]), ("name", [r.name for r in references])):
        for value, times in Counter(values).items():
            if times > 1:
                yield f"{value}: {times} references have this {what}; give each its own"
    characters = [r for r in references if r.kind == "character"]
    if characters and characters[0].pose != "sheet":
        yield (
            f"{characters[0].id}: the first character has pose {characters[0].pose!r}; "
            "put the character sheet (pose 'sheet') first, so that the animal stays the same animal"
        )
    kinds = {r.kind for r in references}
    needed = (
        ("character", "prop", "environment")
        if len(shots) >= EVERY_BEAT_FROM
        else ("character", "environment")
    )
    for kind in needed:
        if kind not in kinds:
            yield f"the film: no reference is {_A[kind]}; list at least one"


def _reference_faults(reference: Reference) -> Iterator[str]:
    wanted = _FIELD_OF[reference.kind]
    for field in ("species", "pose", "prop", "setting"):
        given = getattr(reference, field) is not None
        if given and field not in wanted:
            yield f"{reference.id} ({reference.name}): {_A[reference.kind]} has no {field}; take it out"
        if not given and field in wanted:
            yield f"{reference.id} ({reference.name}): {_A[reference.kind]} needs {field}; add it"
    if reference.species is not None and reference.species not in species_book():
        yield f"{reference.id} ({reference.name}): no species is called {reference.species!r}; use its slug"


def _use_of_references(screenplay: Screenplay) -> Iterator[str]:
    kinds = {r.id: r.kind for r in screenplay.references}
    for shot in screenplay.shots:
        for plate in (shot.plate, *([shot.split.plate] if shot.split else [])):
            if plate not in kinds:
                yield f"{shot.clip}: its plate {plate} is not in the references; add it or name another"
            elif kinds[plate] != "environment":
                yield f"{shot.clip}: its plate {plate} is {_A[kinds[plate]]}; a plate is an environment"
        if shot.split and shot.split.plate == shot.plate:
            yield (
                f"{shot.clip}: both halves of its split show {shot.plate}; give the right half another "
                "place, or take split out and put everybody into one frame"
            )
        for subject in (*shot.subjects, *(shot.split.subjects if shot.split else ())):
            if subject.reference not in kinds:
                yield (
                    f"{shot.clip}: its subject {subject.reference} is not in the references; "
                    "add it or name another"
                )
            elif kinds[subject.reference] == "environment":
                yield f"{shot.clip}: its subject {subject.reference} is an environment; use it as the plate"
    used = {r for shot in screenplay.shots for r in shot.references}
    for reference in screenplay.references:
        if reference.id not in used and reference.pose != "sheet":
            yield f"{reference.id} ({reference.name}): no shot uses it; use it or take it out"


def _shot_faults(shot: Shot) -> Iterator[str]:
    for fault in faults(shot.motion, shot.movement):
        yield f"{shot.clip}: {fault}"
    if not _WORD.search(shot.narration):
        yield f"{shot.clip}: the narration is empty; write one line of 15 to 20 words"
        return
    seconds = spoken_seconds(shot.narration)
    if seconds < SHORTEST_LINE_S:
        yield f"{shot.clip}: the narration takes about {seconds:.1f} s; lengthen it to 6–8 s (15 to 20 words)"
    if seconds > LONGEST_LINE_S:
        yield f"{shot.clip}: the narration takes about {seconds:.1f} s; shorten it to 6–8 s (15 to 20 words)"


def _repeats(screenplay: Screenplay) -> Iterator[str]:
    first: dict[str, str] = {}
    for shot in screenplay.shots:
        line = " ".join(_WORD.findall(shot.narration)).lower()
        if line and line in first:
            yield f"{shot.clip}: says the same line as {first[line]}; write it a line of its own"
        first.setdefault(line, shot.clip)


def _translated(error: ValidationError, data: dict[object, object]) -> list[str]:
    """Pydantic's findings as «shots[4].narration (clip_05): …», in the file's own order."""
    lines = []
    for finding in error.errors(include_url=False):
        place = ""
        for step in finding["loc"]:
            place += f"[{step}]" if isinstance(step, int) else f".{step}" if place else str(step)
        name = _named(data, finding["loc"])
        lines.append(f"{place}{f' ({name})' if name else ''}: {_said(finding['type'], finding['msg'])}")
    return lines


def _named(data: dict[object, object], loc: tuple[int | str, ...]) -> str | None:
    """The clip or reference that a place in the data lies in, if it can still be read."""
    if len(loc) < 2 or loc[0] not in ("shots", "references") or not isinstance(loc[1], int):
        return None
    rows = data.get(loc[0])
    row = rows[loc[1]] if isinstance(rows, list | tuple) and loc[1] < len(rows) else None
    name = row.get("clip" if loc[0] == "shots" else "id") if isinstance(row, dict) else None
    # A name that would break the line it is told in is no name to tell.
    return name if isinstance(name, str) and name.isprintable() else None


def _said(kind: str, message: str) -> str:
    if kind == "missing":
        return "is missing; write it"
    if kind == "extra_forbidden":
        return "is not a field of a screenplay; check its spelling or take it out"
    if kind.endswith("_type") and "None" not in message:
        return f"{message[0].lower()}{message[1:]}; it is something else here"
    return message[0].lower() + message[1:]


def _kind(data: object) -> str:
    names = {"NoneType": "empty", "list": "a list", "str": "text", "int": "a number", "float": "a number"}
    return names.get(type(data).__name__, f"a {type(data).__name__}")
