"""Anatomy: the body of a species, worked out from its record; what an illustrator draws by.

Three things are laid over each other: what the record implies (size, weight, types, plain colour),
what the species' form implies (a vulpine has a bushy tail), and what is known of the one animal
(haunter's hands float). The last two are data, in body_plans.json; nobody's prose is in there.
"""

from __future__ import annotations

import json
import math
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

from pydantic import Field

from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.story.coat import RGB, Coat, coat_of
from pokegeo_dagster.film.story.species import Species
from pokegeo_dagster.film.vocabulary import BodyPlan

Ears = Literal["none", "point", "long", "round", "leaf", "fin", "bat", "droop", "fan", "tuft"]
Horns = Literal[
    "none", "unicorn", "pair", "antlers", "nose", "curl", "ram", "crest", "quiff", "antenna", "crown",
    "sprout", "plume", "fork", "blade", "spikes", "helmet", "gem",
]  # fmt: skip
Wings = Literal["none", "bat", "feather", "insect", "butterfly", "fin", "scythe"]
Back = Literal["none", "shell", "bulb", "flower", "plates", "spikes", "fin", "flame", "hump", "leaf", "tree"]
TailTip = Literal[
    "none", "point", "bushy", "flame", "bolt", "leaf", "fluke", "fan", "tuft", "ball", "club", "spade",
    "sting", "curl", "many", "feather", "scut", "ribbon",
]  # fmt: skip
Mane = Literal["none", "ruff", "mane", "flame", "collar", "cloak", "fluff"]
Pattern = Literal[
    "plain", "stripes", "spots", "patches", "plates", "scales", "rings", "bands", "saddle", "mask"
]
Skin = Literal[
    "fur", "feathers", "scales", "hide", "shell", "smoke", "crystal", "leaf", "stone", "metal", "slime",
    "chitin", "wool", "cloth",
]  # fmt: skip
EyeShape = Literal["round", "narrow", "triangle", "bead", "compound", "closed", "lidded", "ring", "slit"]

_NUMBERS = ("girth", "head", "neck", "leg", "arm", "tail", "snout", "ear_size", "wing_size", "eye_size")
_COLOURS = ("base", "second", "belly", "accent", "eye", "glow")


class Anatomy(Frozen):
    """How a species is built. Lengths are multiples of what is usual for its form, about 1."""

    species: str
    body_plan: BodyPlan
    form: str  # the finer build within the plan: "vulpine", "sea_dragon" …
    height_m: float
    girth: float = Field(ge=0, le=1)  # 0 slender, 1 stocky
    head: float = 1.0
    neck: float = 1.0
    leg: float = 1.0
    arm: float = 1.0
    tail: float = 1.0
    snout: float = 1.0
    ears: Ears = "none"
    ear_size: float = 1.0
    horns: Horns = "none"
    wings: Wings = "none"
    wing_size: float = 1.0
    back: Back = "none"
    tail_tip: TailTip = "none"
    mane: Mane = "none"
    pattern: Pattern = "plain"
    skin: Skin = "hide"
    eyes: EyeShape = "round"
    eye_size: float = 1.0
    base: RGB
    second: RGB
    belly: RGB
    accent: RGB
    eye: RGB
    glow: RGB | None = None  # the emissive part, if the animal has one
    features: tuple[str, ...] = ()  # "cheeks", "fangs", "hands" …; a painter skips what it does not know

    def has(self, feature: str) -> bool:
        """Whether this body carries a feature."""
        return feature in self.features


def anatomy_of(species: Species) -> Anatomy:
    """The body of a species: record, then form, then what is known of this one animal."""
    book = _body_plans()
    form = book["form_of"].get(species.slug) or _guess_form(species)
    row = book["forms"][form]
    usual, own = _parse(row.get("traits", "")), _parse(book["traits"].get(species.slug, ""))
    features = usual.pop("features", ()) + own.pop("features", ())
    known = usual | own
    coat = coat_of(species)
    values: dict[str, Any] = {
        "species": species.slug,
        "body_plan": row["plan"],
        "form": form,
        "height_m": species.height_m,
        "girth": _girth(species),
        "skin": _skin(species, row["plan"]),
        "eyes": _eyes(species),
        "head": _varied(species, "head", 0.05),
        "tail": _varied(species, "tail", 0.12),
        "leg": _varied(species, "leg", 0.06),
        "neck": _varied(species, "neck", 0.06),
        "snout": _varied(species, "snout", 0.1),
        "ear_size": _varied(species, "ear", 0.12),
    }
    values |= known | {"features": tuple(sorted(set(features)))}
    return Anatomy(**_coloured(coat, values))


def _coloured(coat: Coat, values: dict[str, Any]) -> dict[str, Any]:
    """The values with the coat wherever nothing better is known. A known base colour takes the
    belly and the darker second colour with it."""
    out = coat._asdict() | values
    if "base" in values:
        if "belly" not in values:
            out["belly"] = tuple(round(c + (244 - c) * 0.62) for c in values["base"])
        if "second" not in values:
            out["second"] = tuple(round(c * 0.55) for c in values["base"])
    return out


def _parse(traits: str) -> dict[str, Any]:
    """Traits as written in the data: `ears=long base=f4cf3e girth=0.6 cheeks`."""
    out: dict[str, Any] = {}
    flags: list[str] = []
    for word in traits.split():
        key, _, value = word.partition("=")
        if not value:
            flags.append(key)
        elif key in _COLOURS:
            out[key] = None if value == "none" else tuple(bytes.fromhex(value))
        else:
            out[key] = float(value) if key in _NUMBERS else value
    if flags:
        out["features"] = tuple(flags)
    return out


def _girth(species: Species) -> float:
    """0–1 from weight over height^2.5: an onix is near 0, a snorlax near 1."""
    heft = max(species.weight_kg, 0.1) / max(species.height_m, 0.1) ** 2.5
    share = (math.log(heft) - math.log(4.0)) / (math.log(130.0) - math.log(4.0))
    return round(min(1.0, max(0.0, share)), 3)


def _varied(species: Species, part: str, spread: float) -> float:
    """1 ± spread, the species' own: no two animals of a form are the same cut-out."""
    stats = species.stats
    lean = {
        "head": stats.special_attack - stats.attack,
        "leg": stats.speed - stats.defence,
        "tail": stats.speed - stats.hp,
        "neck": stats.special_defence - stats.defence,
        "snout": stats.attack - stats.special_attack,
        "ear": stats.speed - stats.attack,
    }[part]
    chance = ((species.number * 0.61803 + len(part) * 0.37) % 1.0) * 2 - 1
    return round(1 + spread * max(-1.0, min(1.0, 0.6 * lean / 60 + 0.6 * chance)), 3)


def _skin(species: Species, plan: str) -> str:
    types = species.types
    fixed = {"bird": "feathers", "insect": "chitin", "arthropod": "chitin", "plant": "leaf", "blob": "slime"}
    if plan in fixed:
        return fixed[plan]
    for kind, skin in (("steel", "metal"), ("rock", "stone")):
        if kind in types:
            return skin
    if plan == "mineral":
        return "stone"
    if plan == "floater":
        return "smoke" if types[0] == "ghost" and species.weight_kg < 10 else "cloth"
    if plan in ("fish", "serpent", "mollusc"):
        return "scales" if plan != "mollusc" else "slime"
    if "dragon" in types:
        return "scales"
    if "grass" in types or "water" in types or "Amorphous" in species.egg_groups:
        return "hide"
    if "Field" in species.egg_groups or "Fairy" in species.egg_groups or "normal" in types:
        return "fur"
    return "scales" if "Monster" in species.egg_groups or "ground" in types else "hide"


def _eyes(species: Species) -> str:
    """Grown, aggressive animals narrow their eyes; young and gentle ones look round."""
    fierce = species.stats.attack + species.stats.special_attack > 165 or "dark" in species.types
    return "narrow" if fierce and species.evolves_from else "round"


def _guess_form(species: Species) -> str:
    """The form of a species that the table does not know: by egg group, then type, then size."""
    for group, form in (
        ("Water 2", "goldfish"), ("Water 3", "crab"), ("Flying", "songbird"), ("Bug", "beetle"),
        ("Mineral", "boulder"), ("Grass", "sprout"), ("Amorphous", "sludge"), ("Human-Like", "humanoid"),
        ("Monster", "saurian_biped"), ("Dragon", "saurian_biped"), ("Fairy", "round"),
        ("Water 1", "amphibian"),
    ):  # fmt: skip
        if group in species.egg_groups:
            return form
    for kind, form in (("ghost", "doll"), ("flying", "raptor"), ("bug", "beetle"), ("steel", "golem")):
        if kind in species.types:
            return form
    return "rodent" if species.height_m < 0.6 else "canine"


@lru_cache(maxsize=1)
def _body_plans() -> dict[str, Any]:
    table = json.loads(
        files("pokegeo_dagster.film.story").joinpath("body_plans.json").read_text(encoding="utf-8")
    )
    table["form_of"] = {s: form for form, row in table["forms"].items() for s in row["species"].split()}
    return table
