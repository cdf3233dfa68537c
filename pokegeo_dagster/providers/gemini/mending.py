"""Slips of the pen that are put right at home: mending them with a second purchase would cost money
and add nothing. Whatever is mended is named, so that a producer sees it."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

from pokegeo_dagster.film.errors import UnknownSpecies
from pokegeo_dagster.film.ids import CLIP_IDS, REFERENCE_IDS
from pokegeo_dagster.film.story.rules import FEWEST_OF_ALL, FEWEST_REFERENCES, FULL_FILM_CLIPS
from pokegeo_dagster.film.story.species import Species, find_species

AUTHOR = "gemini"
_WORDS = frozenset({
    "habitat", "light", "weather", "vantage", "pose", "prop", "kind", "beat", "framing", "facing",
    "body_plan", "confidence",
})  # fmt: skip
_FIELDS = {"character": ("species", "pose"), "prop": ("prop",), "environment": ("setting",)}
_REACH = {"x": (-0.2, 1.2), "y": (0.0, 1.6), "height": (0.02, 2.5)}
_ID = re.compile(r"ref[_\- ]?0*(\d{1,2})", re.I)


def mended_dossier(data: Any, species: Species) -> tuple[Any, list[str]]:
    """A dossier's data, tidied, under the species' own name."""
    if not isinstance(data, dict):
        return data, []
    data, notes = _tidied(data)
    _set(data, "species", species.slug, notes)
    _set(data, "name", species.name, notes)
    habitats = data.get("habitats")
    if isinstance(habitats, list) and all(isinstance(h, str) for h in habitats):
        once = list(dict.fromkeys(h.lower() for h in habitats))
        _set(data, "habitats", once, notes)
    return data, notes


def mended_pitches(data: Any, species: Species) -> tuple[Any, list[str]]:
    """Five pitches' data: scores from 0 to 1, rivals by their slug, the best five of more."""
    if isinstance(data, list):
        data = {"options": data}
    if not isinstance(data, dict) or not _rows(data, "options"):
        return data, []
    data, notes = _tidied(data)
    options = _rows(data, "options")
    scores = [o["score"] for o in options if isinstance(o.get("score"), int | float)]
    top = max(scores, default=1)
    scale = 1 if top <= 1 else 10 if top <= 10 else 100
    if scale > 1 and len(scores) == len(options):
        notes.append(f"scores out of {scale} brought to 0–1")
        for option in options:
            option["score"] = option["score"] / scale
    for option in options:
        rival = _slug(option.get("rival"))
        _set(option, "rival", None if rival in ("", "none", "null", species.slug) else rival, notes)
    if len(options) > 5 and len(scores) == len(options):
        best = sorted(range(len(options)), key=lambda n: -options[n]["score"])[:5]
        notes.append(f"the best five of {len(options)} pitches kept")
        data["options"] = [options[n] for n in sorted(best)]
    return data, notes


def mended_screenplay(data: Any, species: Species, most: int | None = None) -> tuple[Any, list[str]]:
    """A screenplay's data: numbered in order, names and slugs as the house spells them, nothing in a
    field where it does not belong. What is told in it stays as it was told. `most` references were
    ordered, where fewer than the full set will do."""
    if not isinstance(data, dict) or not _rows(data, "references") or not _rows(data, "shots"):
        return data, []
    data, notes = _tidied(data)
    _set(data, "species", species.slug, notes)
    data["author"] = AUTHOR
    references, shots = _rows(data, "references"), _rows(data, "shots")
    _mend_references(references, notes)
    _sheet_first(references, notes)
    _mend_subjects(references, shots, notes)
    _take_out_unused(data, references, shots, notes, most)
    _number(_rows(data, "references"), shots, notes)
    return data, notes


def _mend_references(references: list[dict[str, Any]], notes: list[str]) -> None:
    seen: set[str] = set()
    for row in references:
        for field in ("species", "pose", "prop", "setting"):
            if row.get(field) is not None and field not in _FIELDS.get(str(row.get("kind")), (field,)):
                notes.append(f"{row.get('id')}: {field} of a {row.get('kind')} taken out")
                row[field] = None
        if row.get("species") is not None:
            _set(row, "species", _slug(row["species"]), notes)
        name = re.sub(r"[^a-z0-9]+", "_", str(row.get("name") or "").lower()).strip("_")[:56]
        number, plain_name = 2, name
        while name in seen:
            name, number = f"{plain_name}_{number}", number + 1
        seen.add(name)
        _set(row, "name", name, notes)


def _sheet_first(references: list[dict[str, Any]], notes: list[str]) -> None:
    people = [n for n, row in enumerate(references) if row.get("kind") == "character"]
    sheets = [n for n in people if references[n].get("pose") == "sheet"]
    if sheets and people[0] != sheets[0]:
        references.insert(people[0], references.pop(sheets[0]))
        notes.append("the character sheet put first")


def _mend_subjects(references: list[dict[str, Any]], shots: list[dict[str, Any]], notes: list[str]) -> None:
    places = {_known(row.get("id")) for row in references if row.get("kind") == "environment"}
    for shot in shots:
        _mend_split(shot, notes)
        for half in _halves(shot):
            subjects = [s for s in half.get("subjects") or () if isinstance(s, dict)]
            standing = [s for s in subjects if _known(s.get("reference")) not in places]
            if len(standing) < len(subjects):
                notes.append(f"{shot.get('clip')}: an environment among its subjects taken out")
            for subject in standing:
                for field, (low, high) in _REACH.items():
                    value = subject.get(field)
                    if isinstance(value, int | float):
                        _set(subject, field, min(high, max(low, value)), notes)
            half["subjects"] = standing


def _mend_split(shot: dict[str, Any], notes: list[str]) -> None:
    """A right half that is empty, or that shows the left one's place and nobody, is no split screen."""
    half = shot.get("split")
    if half is None:
        shot.pop("split", None)
        return
    same = isinstance(half, dict) and _known(half.get("plate")) in (None, _known(shot.get("plate")))
    if same and not half.get("subjects"):
        notes.append(f"{shot.get('clip')}: a split with nothing in its right half taken out")
        del shot["split"]


def _halves(shot: dict[str, Any]) -> list[dict[str, Any]]:
    """The shot, and the right half of its split screen."""
    half = shot.get("split")
    return [shot, half] if isinstance(half, dict) else [shot]


def _take_out_unused(
    data: dict[str, Any],
    references: list[dict[str, Any]],
    shots: list[dict[str, Any]],
    notes: list[str],
    most: int | None,
) -> None:
    """Pictures that no shot uses are not drawn, as long as enough remain."""
    halves = [half for shot in shots for half in _halves(shot)]
    used = {_known(half.get("plate")) for half in halves}
    used |= {_known(s.get("reference")) for half in halves for s in half["subjects"]}
    kept = [row for row in references if _known(row.get("id")) in used or row.get("pose") == "sheet"]
    fewest = FEWEST_REFERENCES if most is None and len(shots) >= FULL_FILM_CLIPS else FEWEST_OF_ALL
    if fewest <= len(kept) < len(references):
        gone = [str(row.get("id")) for row in references if row not in kept]
        notes.append(f"references that no shot uses taken out: {', '.join(gone)}")
        data["references"] = kept


def _number(references: list[dict[str, Any]], shots: list[dict[str, Any]], notes: list[str]) -> None:
    """References and clips counted in their own order; every mention of a reference follows it."""
    ids = [_reference_number(row.get("id")) for row in references]
    if len(set(ids)) == len(ids) <= len(REFERENCE_IDS) and None not in ids:
        new = dict(zip(ids, REFERENCE_IDS, strict=False))
        changed = [row.get("id") for row in references] != list(REFERENCE_IDS[: len(ids)])
        for row, name in zip(references, REFERENCE_IDS, strict=False):
            row["id"] = name
        for half in (half for shot in shots for half in _halves(shot)):
            half["plate"] = new.get(_reference_number(half.get("plate")), half.get("plate"))
            for subject in half["subjects"]:
                old = subject.get("reference")
                subject["reference"] = new.get(_reference_number(old), old)
        if changed:
            notes.append("references numbered in order")
    if len(shots) <= len(CLIP_IDS):
        if [shot.get("clip") for shot in shots] != list(CLIP_IDS[: len(shots)]):
            notes.append("clips numbered in order")
        for shot, clip in zip(shots, CLIP_IDS, strict=False):
            shot["clip"] = clip


def _reference_number(name: Any) -> int | None:
    found = _ID.fullmatch(name.strip()) if isinstance(name, str) else None
    return int(found[1]) if found else None


def _known(name: Any) -> Any:
    """A reference's number, however its id is spelled; anything else as it is."""
    number = _reference_number(name)
    return name if number is None else number


def _tidied(data: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """A copy with single spaces, and vocabulary in small letters."""
    notes: list[str] = []
    count = 0

    def tidy(value: Any, key: str = "") -> Any:
        nonlocal count
        if isinstance(value, dict):
            return {k: tidy(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [tidy(v, key) for v in value]
        if not isinstance(value, str):
            return value
        clean = " ".join(value.split())
        if key in _WORDS:
            clean = re.sub(r"[\s\-]+", "_", clean.lower())
            return None if clean in ("", "none", "null", "n/a") else _counted(clean, value)
        return _counted(clean, value)

    def _counted(clean: str, value: str) -> str:
        nonlocal count
        count += clean != value
        return clean

    tidied = tidy(copy.deepcopy(data))
    if count:
        notes.append(f"spelling and spaces tidied in {count} field{'s' if count > 1 else ''}")
    return tidied, notes


def _slug(name: Any) -> str:
    """The slug of whatever animal a name means; what nobody knows stays as it is, to be complained of."""
    if not isinstance(name, str) or not name.strip():
        return ""
    try:
        return find_species(name).slug
    except UnknownSpecies:
        return name.strip().lower()


def _set(row: dict[str, Any], field: str, value: Any, notes: list[str]) -> None:
    if row.get(field) != value:
        where = row.get("clip") or row.get("id") or row.get("title") or row.get("reference") or ""
        notes.append(f"{f'{where}: ' if where else ''}{field} {row.get(field)!r} written {value!r}")
        row[field] = value


def _rows(data: Mapping[str, Any], field: str) -> list[dict[str, Any]]:
    """A list of mappings; empty when it is anything else."""
    rows = data.get(field)
    return rows if isinstance(rows, list) and rows and all(isinstance(r, dict) for r in rows) else []
