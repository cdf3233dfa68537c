"""Species: the plain facts of all 1,025 animals, and how a person's spelling finds one.

The facts (types, size, groups, abilities, stats) are vendored from poke-env 0.16.1 (MIT, see
species.LICENSE); they hold no prose. What an animal eats or fears is worked out elsewhere.
"""

from __future__ import annotations

import difflib
import json
import re
import unicodedata
from functools import lru_cache
from importlib.resources import files

from pokegeo_dagster.film.errors import UnknownSpecies
from pokegeo_dagster.film.model import Frozen


class Stats(Frozen):
    """Strength in six directions, 1–255 each."""

    hp: int
    attack: int
    defence: int
    special_attack: int
    special_defence: int
    speed: int


class Species(Frozen):
    """One animal as the record knows it."""

    slug: str  # "mr-mime": how every other room names it
    number: int
    name: str  # "Mr. Mime": how a person reads it
    types: tuple[str, ...]  # lower case, one or two
    height_m: float
    weight_kg: float
    colour: str  # one of ten plain colour words
    egg_groups: tuple[str, ...]
    abilities: tuple[str, ...]
    stats: Stats
    evolves_from: str | None
    evolves_to: tuple[str, ...]
    tags: tuple[str, ...]  # "mythical", "sub-legendary" …


def find_species(name: str) -> Species:
    """The species a person means: case, accents, spaces and punctuation do not matter.

    Raises UnknownSpecies with the three closest names.
    """
    book = species_book()
    slug = _slug(name)
    if slug in book:
        return book[slug]
    squeezed = {s.replace("-", ""): s for s in book}
    if slug.replace("-", "") in squeezed:
        return book[squeezed[slug.replace("-", "")]]
    near = difflib.get_close_matches(slug, book, n=3, cutoff=0.5)
    raise UnknownSpecies(name, near)


@lru_cache(maxsize=1)
def species_book() -> dict[str, Species]:
    """Every species by slug, in the order of their numbers."""
    rows = json.loads(
        files("pokegeo_dagster.film.story").joinpath("species.json").read_text(encoding="utf-8")
    )
    return {row["slug"]: Species.model_validate(row) for row in rows}


def _slug(name: str) -> str:
    text = name.replace("♀", "-f").replace("♂", "-m").lower()
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"['’.]", "", text)).strip("-")
