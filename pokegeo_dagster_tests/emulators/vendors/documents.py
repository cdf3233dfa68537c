"""What a text model writes when a film studio asks it: dossier, pitches, screenplay, in any schema.

The house crew does the writing, so that what comes back keeps the rules of the format.
"""

from __future__ import annotations

import json
import re
from typing import Any

from pokegeo_dagster.film.ids import MOST_CLIPS
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.pitches import Pitch
from pokegeo_dagster.film.story.species import species_book
from pokegeo_dagster.providers.house.researcher import HouseResearcher
from pokegeo_dagster.providers.house.writer import HouseWriter
from pokegeo_dagster_tests.emulators.vendors.shaping import Schema, fitted, resolved

_SPECIES = re.compile(r"""["']?species["']?\s*[:=]\s*["']?([a-z0-9-]+)""", re.IGNORECASE)
_CLIPS = re.compile(
    r"""["']?(?:clips|clip[_ ]count|number of clips)["']?\s*[:=]\s*["']?(\d+)""", re.IGNORECASE
)
_CLIPS_SAID = re.compile(r"\b(\d+)\s+(?:clips|shots)\b", re.IGNORECASE)
_MOST = re.compile(r"\bat most (\d+) of them", re.IGNORECASE)
_SEED = re.compile(r"""["']?seed["']?\s*[:=]\s*["']?(\d+)""", re.IGNORECASE)


def brief_in(prompt: str) -> Brief | None:
    """The order that a prompt is about: `species: haunter`, `clips: 18`, or the brief as JSON.

    None when it names no species.
    """
    book = species_book()
    named = [m.group(1).lower() for m in _SPECIES.finditer(prompt)]
    species = next((name for name in named if name in book), None)
    if species is None:
        words = re.findall(r"[a-z0-9-]+", prompt.lower())
        species = next((word for word in words if word in book), None)
    if species is None:
        return None
    said = _CLIPS.search(prompt) or _CLIPS_SAID.search(prompt)
    seed, most = _SEED.search(prompt), _MOST.search(prompt)
    return Brief(
        episode="emulated",
        species=species,
        clip_count=min(MOST_CLIPS, max(1, int(said.group(1)))) if said else 18,
        references=int(most.group(1)) if most else None,
        seed=int(seed.group(1)) % 2**31 if seed else 1,
    )


def document_for(schema: Schema, prompt: str, author: str) -> Any:
    """The JSON value that answers a structured request, in exactly the schema's shape.

    A schema that is none of ours gets the plainest document it allows.
    """
    brief = brief_in(prompt)
    asked = asked_for(schema)
    if brief is None or asked is None:
        return fitted({}, schema)
    species = species_book()[brief.species]
    dossier = HouseResearcher().research(brief, species)
    if asked == "dossier":
        return fitted(dossier.model_dump(mode="json"), schema)
    pitches = HouseWriter().pitch(brief, dossier)
    if asked == "pitches":
        return _pitches(pitches, schema)
    screenplay = HouseWriter().write(brief, dossier, _meant(pitches, prompt))
    return fitted(screenplay.model_dump(mode="json") | {"author": author}, schema)


def asked_for(schema: Schema) -> str | None:
    """Which document a schema describes, by its fields, else by its title."""
    whole = resolved(schema, schema)
    fields = set(whole.get("properties") or ())
    if {"shots", "references"} <= fields:
        return "screenplay"
    if {"physiology", "niche"} & fields:
        return "dossier"
    if _list_of_pitches(whole, schema) is not None:
        return "pitches"
    title = str(whole.get("title", "")).lower()
    return next((word for word in ("screenplay", "dossier", "pitches") if word[:5] in title), None)


def _list_of_pitches(whole: Schema, root: Schema) -> str | None:
    """The field that holds the pitches; "" when the document itself is the list."""
    lists = {"": whole} if "items" in whole else dict(whole.get("properties") or {})
    for name, field in lists.items():
        items = resolved(resolved(field, root).get("items") or {}, root)
        if "logline" in (items.get("properties") or {}):
            return name
    return None


def _pitches(pitches: Any, schema: Schema) -> Any:
    options = [pitch.model_dump(mode="json") for pitch in pitches]
    place = _list_of_pitches(resolved(schema, schema), schema)
    if place == "":
        return fitted(options, schema)
    best = max(range(len(options)), key=lambda n: options[n]["score"])
    return fitted({place or "options": options, "picked": best, "picked_by": "best score"}, schema)


def _meant(pitches: Any, prompt: str) -> Pitch:
    """The pitch that the prompt quotes, else the best."""
    quoted = [p for p in pitches if p.logline in prompt or json.dumps(p.logline)[1:-1] in prompt]
    return max(quoted or pitches, key=lambda p: p.score)


def broken_rules(document: Any) -> Any:
    """The same document with a mistake that the schema does not see and the house does: two shots
    say the same line, or two pitches have the same title, or a fact is about nobody."""
    if isinstance(document, list):
        return document[:1] * len(document)
    document = dict(document)
    if isinstance(document.get("shots"), list) and document["shots"]:
        lines = [dict(shot) for shot in document["shots"]]
        for shot in lines:
            shot["narration"] = "It waits."
        return document | {"shots": lines}
    if "species" in document:
        return document | {"species": "nobody-has-seen-this"}
    for name, value in document.items():
        if isinstance(value, list) and value:
            return document | {name: value[:1] * len(value)}
    return document
