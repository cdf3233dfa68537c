"""Rivalry: who stands against whom, worked out from what ecology knows of both, the same way for every
species."""

from __future__ import annotations

import math
import zlib
from functools import lru_cache
from typing import Literal, NamedTuple

from pokegeo_dagster.film.digest import seed_for
from pokegeo_dagster.film.story.ecology import (
    HUNTERS,
    Diet,
    Medium,
    diet_of,
    form_of,
    habitats_of,
    medium_of,
    plan_of,
)
from pokegeo_dagster.film.story.species import Species, species_book
from pokegeo_dagster.film.vocabulary import Habitat

Relation = Literal["predator", "competitor", "prey"]

# Meetings that field notes of several regions tell of; each is tried in both directions.
_KNOWN_RIVALS: tuple[tuple[str, str], ...] = (
    ("zangoose", "seviper"), ("heatmor", "durant"), ("mareanie", "corsola"), ("sableye", "carbink"),
    ("pikachu", "fearow"), ("pidgeot", "magikarp"), ("pidgeotto", "exeggcute"), ("ekans", "spearow"),
    ("toxapex", "corsola"), ("carvanha", "wailmer"), ("sharpedo", "wailmer"), ("mandibuzz", "cubone"),
    ("bruxish", "shellder"), ("talonflame", "wingull"), ("cramorant", "arrokuda"), ("spinarak", "caterpie"),
    ("ariados", "butterfree"), ("grapploct", "crabrawler"), ("golisopod", "basculin"), ("noctowl", "haunter"),
    ("haunter", "hypno"), ("greedent", "snorlax"), ("snorlax", "ursaring"), ("magnemite", "voltorb"),
    ("caterpie", "pidgey"), ("weedle", "pidgey"), ("scyther", "pinsir"), ("heracross", "pinsir"),
    ("kingler", "octillery"), ("gyarados", "dragonair"), ("skarmory", "aerodactyl"), ("vigoroth", "slaking"),
    ("growlithe", "meowth"), ("krookodile", "sandslash"), ("glalie", "spheal"), ("luxray", "mightyena"),
)  # fmt: skip


def family_of(species: Species) -> frozenset[str]:
    """The slugs of every life stage of a species, its own among them."""
    book, root = species_book(), species
    while root.evolves_from in book:
        root = book[root.evolves_from]
    found, queue = {root.slug}, [root]
    while queue:
        children = [book[s] for s in queue.pop().evolves_to if s in book]
        found |= {c.slug for c in children}
        queue += children
    return frozenset(found)


def rival_of(species: Species, seed: int, habitat: Habitat | None = None) -> Species:
    """A second species that could stand against this one: it shares `habitat` (the animal's home
    unless told), is no relation, and is of a size that makes the meeting a contest. The same
    species, seed and habitat always meet the same rival."""
    place = habitat or habitats_of(species)[0]
    ranked = _rivals_in(species, place)
    # The dozen best are all good; the seed decides among them, the best three times as often.
    weights = [3 if i < 3 else 2 if i < 6 else 1 for i in range(len(ranked))]
    pick = seed_for("rival", species.slug, seed, place) % sum(weights)
    for candidate, weight in zip(ranked, weights, strict=True):
        pick -= weight
        if pick < 0:
            return candidate
    return ranked[0]


def is_singular(species: Species) -> bool:
    """Whether there is one of it: the tagged legends, and what neither breeds nor grows out of anything."""
    alone = not species.evolves_from and not species.evolves_to
    return bool(species.tags) or ("Undiscovered" in species.egg_groups and alone)


def size_ratio(species: Species, rival: Species) -> float:
    """How much larger the rival looks to the animal: 1 is a match, 2 is no contest."""
    return _heft(rival) / _heft(species)


def relation_of(species: Species, rival: Species) -> Relation:
    """What the rival is to the animal: what hunts it, what it hunts, or what wants the same."""
    size = size_ratio(species, rival)
    if is_singular(species) or is_singular(rival):
        return "competitor"
    hunts = diet_of(rival) in HUNTERS
    if hunts and size > 1.8:
        return "predator"
    if diet_of(species) in HUNTERS and size < 0.45:
        return "prey"
    return "competitor"


def _rivals_in(species: Species, place: Habitat) -> tuple[Species, ...]:
    return tuple(species_book()[slug] for slug in _best_rivals(species.slug, place))


@lru_cache(maxsize=4096)
def _best_rivals(slug: str, place: Habitat) -> tuple[str, ...]:
    species = species_book()[slug]
    kin, known = family_of(species), _known_rivals(slug)
    here = [c for c in _candidates(place) if c.slug not in kin and c.slug not in known]
    here += [c for h in habitats_of(species) for c in _candidates(h) if c.slug in known]
    own = _candidate(species, place)
    scored = {c.slug: _rivalry(own, c) + 6.0 * (c.slug in known) for c in here}
    return tuple(sorted(scored, key=lambda s: (-scored[s], s))[:12])


@lru_cache(maxsize=1024)
def _known_rivals(slug: str) -> frozenset[str]:
    return frozenset(a if b == slug else b for a, b in _KNOWN_RIVALS if slug in (a, b))


class _Candidate(NamedTuple):
    """What counts when two animals meet."""

    slug: str
    types: frozenset[str]
    heft: float
    height_m: float
    medium: Medium
    at_home: bool
    diet: Diet
    still: bool  # it could not walk up to anyone


@lru_cache(maxsize=16)
def _candidates(place: Habitat) -> tuple[_Candidate, ...]:
    """Everyone who could be met in a habitat; legends do not quarrel over waterholes."""
    animals = species_book().values()
    return tuple(_candidate(s, place) for s in animals if not is_singular(s) and place in habitats_of(s))


def _candidate(species: Species, place: Habitat) -> _Candidate:
    return _Candidate(
        slug=species.slug,
        types=frozenset(species.types),
        heft=_heft(species),
        height_m=species.height_m,
        medium=medium_of(species, place),
        at_home=habitats_of(species)[0] == place,
        diet=diet_of(species),
        still=plan_of(species) in ("mineral", "plant", "blob") or form_of(species) == "cocoon",
    )


def _rivalry(own: _Candidate, other: _Candidate) -> float:
    """How good a meeting this would be to film."""
    size = abs(math.log2(other.heft / own.heft))
    reach = max(0.0, abs(math.log2(other.height_m / own.height_m)) - 1.0)
    score = -size * 0.7 - reach * 3.0
    score += 2.0 * other.at_home + 1.5 * (own.medium == other.medium)
    score += 1.6 * (other.diet in HUNTERS) - 3.0 * other.still
    score += 0.5 * (own.diet == other.diet) - 2.0 * (own.types == other.types)
    # A little of its own for each pair, so that neighbours in the record do not share one dozen.
    return score + (zlib.crc32(f"{own.slug}|{other.slug}".encode()) % 1000) / 600


def _heft(species: Species) -> float:
    """Size as another animal judges it: mostly height, a ghost's 100 grams notwithstanding."""
    return species.height_m**2 * max(species.weight_kg, species.height_m * 4) ** 0.33
