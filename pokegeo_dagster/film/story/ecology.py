"""Ecology: where a species lives, what it eats, and when it wakes.

Nothing here is in the record; all of it is worked out from types, egg groups, size, stats and body,
the same way for every species, so that a dossier can say what each sentence rests on.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from pokegeo_dagster.film.digest import seed_for
from pokegeo_dagster.film.story.anatomy import anatomy_of
from pokegeo_dagster.film.story.species import Species, species_book
from pokegeo_dagster.film.vocabulary import BodyPlan, Habitat, Light, Weather

Diet = Literal[
    "leaves", "grazing", "nectar", "seeds", "insects", "small_prey", "large_prey", "fish", "plankton",
    "carrion", "sunlight", "minerals", "charge", "heat", "cold", "dreams", "omnivore",
]  # fmt: skip
Medium = Literal["ground", "air", "water"]

HUNTERS: frozenset[Diet] = frozenset({"small_prey", "large_prey", "insects", "fish"})
_GRAZERS = frozenset({"bovine", "sheep", "hoofed", "equine", "pachyderm", "sauropod", "pig"})
_HABITATS: tuple[Habitat, ...] = (
    "forest", "rainforest", "grassland", "wetland", "river", "reef", "coast",
    "desert", "mountain", "volcano", "cave", "tundra", "ruins",
)  # fmt: skip

# How strongly each clue speaks for a habitat. The first type speaks at full strength, the second at half.
_BY_TYPE: dict[str, dict[Habitat, float]] = {
    "normal": {"grassland": 3, "forest": 2},
    "fire": {"volcano": 5, "desert": 2},
    "water": {"river": 3, "coast": 3, "wetland": 2, "reef": 1},
    "grass": {"forest": 3, "rainforest": 3, "grassland": 2},
    "electric": {"grassland": 2, "mountain": 2, "ruins": 1.5, "forest": 1.5},
    "ice": {"tundra": 7, "mountain": 3},
    "fighting": {"mountain": 3, "forest": 2, "grassland": 1},
    "poison": {"wetland": 3, "rainforest": 2.5, "ruins": 1},
    "ground": {"desert": 4, "cave": 2, "grassland": 1},
    "flying": {"mountain": 2.5, "coast": 1.5, "forest": 1.5},
    "psychic": {"ruins": 3, "forest": 1.5, "mountain": 1.5},
    "bug": {"forest": 3.5, "rainforest": 3, "wetland": 1},
    "rock": {"mountain": 3.5, "cave": 3, "desert": 1.5},
    "ghost": {"ruins": 5, "cave": 2.5, "forest": 2},
    "dragon": {"mountain": 2.5, "cave": 2, "volcano": 1},
    "dark": {"forest": 2, "cave": 2, "tundra": 1},
    "steel": {"mountain": 2.5, "cave": 2.5, "ruins": 2},
    "fairy": {"forest": 3, "grassland": 2, "ruins": 1},
}
_BY_GROUP: dict[str, dict[Habitat, float]] = {
    "Water 1": {"river": 1.5, "wetland": 2, "coast": 1},
    "Water 2": {"reef": 4, "river": 2},
    "Water 3": {"coast": 3.5, "reef": 2.5},
    "Bug": {"forest": 1, "rainforest": 1},
    "Grass": {"rainforest": 1, "forest": 1},
    "Mineral": {"cave": 2, "ruins": 1.5, "mountain": 1},
    "Amorphous": {"ruins": 1, "cave": 1, "wetland": 1},
    "Flying": {"mountain": 1, "forest": 1},
    "Field": {"grassland": 1.5},
    "Fairy": {"forest": 1},
    "Monster": {"mountain": 0.7, "wetland": 0.7},
    "Dragon": {"mountain": 1},
    "Human-Like": {"ruins": 1, "forest": 0.5},
}
_BY_COLOUR: dict[str, dict[Habitat, float]] = {
    "white": {"tundra": 1.2},
    "brown": {"desert": 0.6, "grassland": 0.6, "mountain": 0.4},
    "green": {"rainforest": 0.8, "wetland": 0.6},
    "blue": {"coast": 0.5},
    "black": {"cave": 0.6, "volcano": 0.4},
    "red": {"volcano": 0.5},
    "gray": {"mountain": 0.5, "ruins": 0.4},
    "purple": {"ruins": 0.4},
    "yellow": {"grassland": 0.6, "desert": 0.3},
    "pink": {"coast": 0.3, "forest": 0.3},
}
# Bodies that could not live elsewhere: a fish is filmed under water whatever else the record hints at.
_WATER_PLANS: frozenset[BodyPlan] = frozenset({"fish", "mollusc"})
_AQUATIC: tuple[Habitat, ...] = ("reef", "coast", "river", "wetland")
_NEIGHBOURS: dict[Habitat, tuple[Habitat, ...]] = {
    "forest": ("river", "grassland", "mountain"),
    "rainforest": ("wetland", "river", "ruins"),
    "grassland": ("forest", "river", "wetland"),
    "wetland": ("river", "rainforest", "grassland"),
    "river": ("forest", "wetland", "grassland"),
    "reef": ("coast", "reef", "river"),
    "coast": ("reef", "grassland", "river"),
    "desert": ("ruins", "mountain", "grassland"),
    "mountain": ("forest", "cave", "tundra"),
    "volcano": ("mountain", "cave", "desert"),
    "cave": ("mountain", "forest", "ruins"),
    "tundra": ("mountain", "coast", "forest"),
    "ruins": ("forest", "cave", "rainforest"),
}
_WEATHERS: dict[Habitat, tuple[Weather, ...]] = {
    "forest": ("clear", "mist", "rain", "pollen"),
    "rainforest": ("rain", "mist", "clear"),
    "grassland": ("clear", "pollen", "rain", "dust"),
    "wetland": ("mist", "rain", "clear"),
    "river": ("clear", "mist", "rain"),
    "reef": ("clear",),
    "coast": ("clear", "mist", "rain"),
    "desert": ("dust", "clear"),
    "mountain": ("clear", "snow", "mist"),
    "volcano": ("embers", "clear"),
    "cave": ("mist", "clear"),
    "tundra": ("snow", "clear"),
    "ruins": ("mist", "clear", "rain", "dust"),
}


def plan_of(species: Species) -> BodyPlan:
    """The body plan of a species, remembered: rivals are sought among all of them."""
    return _build(species.slug)[0]


def form_of(species: Species) -> str:
    """The finer build of a species within its plan, remembered."""
    return _build(species.slug)[1]


@lru_cache(maxsize=2048)
def _build(slug: str) -> tuple[BodyPlan, str]:
    anatomy = anatomy_of(species_book()[slug])
    return anatomy.body_plan, anatomy.form


def habitats_of(species: Species) -> tuple[Habitat, ...]:
    """Where a species lives, its home first: two to four habitats."""
    return _habitats(species.slug)


@lru_cache(maxsize=2048)
def _habitats(slug: str) -> tuple[Habitat, ...]:
    species = species_book()[slug]
    points = _habitat_points(species)
    ranked: list[Habitat] = sorted(_HABITATS, key=lambda h: (-points[h], _HABITATS.index(h)))
    best = points[ranked[0]]
    return tuple(h for i, h in enumerate(ranked[:4]) if i < 2 or points[h] > 0.45 * best)


def neighbour_of(species: Species, home: Habitat) -> Habitat:
    """The next habitat over: another of the animal's own where it has one, else what borders its home."""
    near: tuple[Habitat, ...] = _NEIGHBOURS[home]
    own: list[Habitat] = [h for h in habitats_of(species) if h != home and h in near]
    beyond: list[Habitat] = [h for h in near if h != home]
    return own[0] if own else beyond[0]


def weathers_of(habitat: Habitat) -> tuple[Weather, ...]:
    """The weather that a habitat can have, the most telling first."""
    return _WEATHERS[habitat]


def medium_of(species: Species, habitat: Habitat) -> Medium:
    """What carries the body while it is filmed: ground, air or water."""
    plan = plan_of(species)
    if habitat == "reef" or plan == "fish":
        return "water"
    swimmer = plan in ("serpent", "mollusc") and "water" in species.types
    if swimmer and habitat in ("river", "coast", "wetland"):
        return "water"
    hovers = "Levitate" in species.abilities and plan not in ("quadruped", "serpent")
    flies = plan == "insect" and "flying" in species.types
    magnet = plan == "mineral" and "electric" in species.types and "steel" in species.types
    return "air" if plan in ("floater",) or hovers or flies or magnet else "ground"


def diet_of(species: Species) -> Diet:
    """What keeps the animal going."""
    return _diet(species.slug)


@lru_cache(maxsize=2048)
def _diet(slug: str) -> Diet:
    species = species_book()[slug]
    types, plan, stats = set(species.types), plan_of(species), species.stats
    fierce = max(stats.attack, stats.special_attack)
    large = species.height_m > 1.4
    if "ghost" in types:
        return "dreams" if "Human-Like" in species.egg_groups else "heat"
    if "electric" in types and (plan in ("mineral", "floater") or "steel" in types):
        return "charge"
    if plan == "mineral" or (types & {"rock", "steel"} and "Mineral" in species.egg_groups):
        return "minerals"
    if plan == "plant" or ("grass" in types and fierce < 90):
        return "sunlight"
    if form_of(species) in _GRAZERS:
        return "grazing"
    if {"Gluttony", "Pickup", "Harvest", "Cheek Pouch"} & set(species.abilities) and "dark" not in types:
        return "omnivore"
    if types & {"rock", "steel"} and fierce < 100:
        return "minerals"
    if "psychic" in types and "Human-Like" in species.egg_groups:
        return "dreams"
    if "water" in types:
        return "plankton" if plan == "mollusc" or fierce < 55 else "fish"
    if "bug" in types:
        return "nectar" if "flying" in types and fierce < 100 else "leaves" if fierce < 75 else "insects"
    if "ice" in types and plan == "floater":
        return "cold"
    if "poison" in types and fierce < 85:
        return "carrion"
    if types & {"dark", "dragon"} or fierce >= 100:
        return "large_prey" if large or fierce >= 110 else "small_prey"
    if plan == "bird":
        return "small_prey" if fierce > 70 else "seeds"
    if "fairy" in types or "psychic" in types:
        return "nectar"
    if "Field" in species.egg_groups and fierce < 90:
        return "grazing" if large else "omnivore"
    return "small_prey" if fierce > 75 else "omnivore"


def light_of(species: Species) -> Light:
    """The hour at which a species is best filmed."""
    types = set(species.types)
    if "ghost" in types or "dark" in types or "Insomnia" in species.abilities:
        return "night"
    if types & {"poison", "psychic"} and "grass" not in types:
        return "dusk"
    if types & {"fire", "dragon", "fighting"}:
        return "golden"
    if types & {"grass", "bug", "fairy", "flying"}:
        return "dawn"
    if types & {"ice", "steel"}:
        return "overcast"
    lights: tuple[Light, ...] = ("day", "golden", "dawn")
    return lights[seed_for("light", species.slug) % 3]


def _habitat_points(species: Species) -> dict[Habitat, float]:
    points: dict[Habitat, float] = dict.fromkeys(_HABITATS, 0.0)
    for strength, kind in zip((1.0, 0.55), species.types, strict=False):
        for habitat, value in _BY_TYPE[kind].items():
            points[habitat] += strength * value
    for group in species.egg_groups:
        for habitat, value in _BY_GROUP.get(group, {}).items():
            points[habitat] += value
    for habitat, value in _BY_COLOUR.get(species.colour, {}).items():
        points[habitat] += value
    _by_body(species, points)
    for habitat in _HABITATS:  # chance is small, but it spreads the many alike over the map
        if points[habitat]:
            points[habitat] += (seed_for("home", species.slug, habitat) % 1000) / 700
    return points


def _by_body(species: Species, points: dict[Habitat, float]) -> None:
    plan = plan_of(species)
    if plan in _WATER_PLANS and "water" in species.types:
        for habitat in _HABITATS:
            points[habitat] = points[habitat] + 4 if habitat in _AQUATIC else 0.0
        points["reef"] += 8 if plan == "fish" else 1.5  # drawn and filmed under water
    elif plan == "fish":
        points["reef"] += 12
    if "water" in species.types and species.height_m > 5:
        points["coast"] += 2
        points["reef"] += 3
    if plan == "bird":
        points["cave"] *= 0.3
    if species.height_m > 4:
        points["ruins"] *= 0.6
        points["forest"] *= 0.7
    if plan == "plant":
        for habitat in ("cave", "volcano", "tundra"):
            points[habitat] *= 0.3
    if plan == "biped" and "grass" in species.types and species.colour == "green":
        points["rainforest"] += 0.8
    if "fire" in species.types:
        for habitat in ("wetland", "river", "reef", "coast", "tundra"):
            points[habitat] *= 0.3
