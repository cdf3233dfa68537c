"""Casting: the reference list of a film, described so that any illustrator can draw from it."""

from __future__ import annotations

from collections.abc import Sequence

from pokegeo_dagster.film.ids import REFERENCE_IDS
from pokegeo_dagster.film.story.anatomy import Anatomy, anatomy_of
from pokegeo_dagster.film.story.screenplay import Atmosphere, Reference, Setting
from pokegeo_dagster.film.story.species import Species
from pokegeo_dagster.film.vocabulary import BodyPlan, Habitat, Light, Pose, Prop, Vantage, Weather
from pokegeo_dagster.providers.house.prose.bank import phrases
from pokegeo_dagster.providers.house.prose.grammar import mend
from pokegeo_dagster.providers.house.prose.measures import kilograms, metres

_CUT_OUT = "Full body in frame, side view facing right, flat plain background, no shadow."
_POSES: dict[Pose, str] = {
    "sheet": "standing calmly, every part of the body visible",
    "alert": "alert and motionless, attention fixed ahead",
    "rest": "at rest, weight settled, eyes half closed",
    "forage": "feeding, head low",
    "threat": "in a threat display, body raised and made large",
    "call": "calling, head lifted",
    "travel": "in steady travel, mid-stride",
    "portrait": "in a quiet portrait, face toward us",
}
_PLANS: dict[BodyPlan, str] = {
    "quadruped": "four-legged animal", "biped": "two-legged animal", "bird": "bird",
    "fish": "fish-like swimmer", "serpent": "long serpentine animal", "insect": "insect",
    "arthropod": "armoured, many-legged animal", "floater": "limbless animal that hovers",
    "plant": "plant-like animal", "blob": "soft, shapeless animal", "mollusc": "soft-bodied sea animal",
    "mineral": "mineral body that lives",
}  # fmt: skip
_SKINS = {
    "fur": "short dense fur", "feathers": "layered feathers", "scales": "fine overlapping scales",
    "hide": "creased leathery hide", "shell": "a hard weathered shell", "smoke": "dark translucent vapour",
    "crystal": "clear faceted crystal", "leaf": "smooth leaf-green skin", "stone": "rough natural stone",
    "metal": "brushed metal plates", "slime": "glossy wet skin", "chitin": "polished chitin plates",
    "wool": "thick curled wool", "cloth": "thin rippling veils of skin",
}  # fmt: skip
_VANTAGES: dict[Vantage, str] = {
    "vista": "wide view to the horizon", "clearing": "open clearing at eye level",
    "ground": "low angle near the ground", "thicket": "seen through dense growth, shallow focus",
    "waterside": "at the water's edge", "shelter": "a sheltered hollow with the open place beyond",
}  # fmt: skip
_PALETTES: dict[Light, tuple[str, ...]] = {
    "dawn": ("pale rose", "cool grey"), "day": ("clear blue", "sunlit cream"),
    "golden": ("amber", "long brown"), "dusk": ("slate blue", "ember orange"),
    "night": ("ink blue", "moon silver"), "overcast": ("pewter", "soft white"),
}  # fmt: skip
_GROUNDS: dict[Habitat, tuple[str, str]] = {
    "forest": ("moss green", "bark brown"), "rainforest": ("deep green", "wet black"),
    "grassland": ("straw gold", "sage"), "wetland": ("reed green", "peat brown"),
    "river": ("river green", "stone grey"), "reef": ("turquoise", "coral pink"),
    "coast": ("sea grey", "foam white"), "desert": ("ochre", "rust"),
    "mountain": ("granite grey", "snow white"), "volcano": ("basalt black", "lava red"),
    "cave": ("limestone", "deep umber"), "tundra": ("ice blue", "bone white"),
    "ruins": ("old stone", "ivy green"),
}  # fmt: skip


class Cast:
    """The references of one film, numbered in the order in which they are asked for."""

    def __init__(self) -> None:
        self._rows: list[Reference] = []

    @property
    def references(self) -> tuple[Reference, ...]:
        """Everything cast so far."""
        return tuple(self._rows)

    def animal(self, species: Species, pose: Pose) -> str:
        """The id of an animal in a pose."""
        pose_words = _POSES[pose]
        sheet = "Character sheet: " if pose == "sheet" else ""
        text = f"{sheet}{species.name}, {body_in_words(species)}, {pose_words}. {_CUT_OUT}"
        return self._id(
            Reference(
                id=self._next,
                kind="character",
                name=f"{_file(species.slug)}_{pose}",
                description=mend(text),
                species=species.slug,
                pose=pose,
            )
        )

    def thing(self, prop: Prop) -> str:
        """The id of a prop."""
        noun = phrases("objects")[prop]["noun"][0]
        text = (
            f"{noun}, weathered and natural, in sharp focus. "
            "The whole object in frame, flat plain background, no shadow."
        )
        return self._id(
            Reference(id=self._next, kind="prop", name=f"prop_{prop}", description=mend(text), prop=prop)
        )

    def place(self, setting: Setting) -> str:
        """The id of an environment."""
        place = phrases("places")[setting.habitat]
        air = air_in_words(setting.habitat, setting.light, setting.weather)
        text = (
            f"{place['place'][0]}, {_VANTAGES[setting.vantage]}, {air}. "
            f"In view: {place['cover'][0]}, {place['edge'][0]}. "
            "No animals, no people, ultra-wide natural landscape."
        )
        name = f"env_{setting.habitat}_{setting.vantage}_{setting.light}_{setting.weather}"
        return self._id(
            Reference(id=self._next, kind="environment", name=name, description=mend(text), setting=setting)
        )

    @property
    def _next(self) -> str:
        return REFERENCE_IDS[len(self._rows)]

    def _id(self, reference: Reference) -> str:
        for row in self._rows:
            if row.name == reference.name:
                return row.id
        self._rows.append(reference)
        return reference.id


def atmosphere_of(habitat: Habitat, light: Light, weather: Weather) -> Atmosphere:
    """The block that every picture of a film shares."""
    palette = (*_GROUNDS[habitat], *_PALETTES[light])
    prose = (
        f"Hyper-realistic wildlife documentary photography {phrases('places')[habitat]['in_place'][0]}: "
        f"{air_in_words(habitat, light, weather)}. A restrained palette of {_listed(palette)}. "
        "Long lens, shallow depth of field, natural texture, fine grain. No people, no text."
    )
    return Atmosphere(habitat=habitat, light=light, weather=weather, palette=palette, prose=prose)


def air_in_words(habitat: Habitat, light: Light, weather: Weather) -> str:
    """Light and weather as a photographer notes them."""
    skies = phrases("skies")
    air = skies["under_water" if habitat == "reef" else "weathers"]
    picture = air["picture"] if habitat == "reef" else air[weather]["picture"]
    return f"{skies['lights'][light]['picture']}, {picture}"


def body_in_words(species: Species) -> str:
    """The animal by its anatomy, for whoever has never heard its name."""
    anatomy = anatomy_of(species)
    colour = "grey" if species.colour == "gray" else species.colour
    plan = _PLANS[anatomy.body_plan]
    build = "stocky" if anatomy.girth > 0.66 else "slender" if anatomy.girth < 0.33 else "well-proportioned"
    size = f"{metres(species.height_m)} in size and {kilograms(species.weight_kg)} in weight"
    parts = _parts(anatomy)
    carried = f", with {_listed(parts)}" if parts else ""
    return mend(f"a {build} {colour} {plan}, {size}, its body of {_SKINS[anatomy.skin]}{carried}")


def _parts(anatomy: Anatomy) -> list[str]:
    parts = []
    if anatomy.ears != "none":
        parts.append(f"{_EARS.get(anatomy.ears, anatomy.ears)} ears")
    if anatomy.horns != "none":
        parts.append(_HORNS.get(anatomy.horns, f"a {anatomy.horns}"))
    if anatomy.wings != "none":
        parts.append(f"{anatomy.wings} wings" if anatomy.wings != "scythe" else "scythe-shaped forelimbs")
    if anatomy.back != "none":
        along = anatomy.back in ("plates", "spikes")
        parts.append(f"{anatomy.back} along its back" if along else f"a {anatomy.back} on its back")
    if anatomy.tail_tip not in ("none", "many"):
        parts.append(
            f"a tail that ends in a {anatomy.tail_tip}" if anatomy.tail_tip != "bushy" else "a bushy tail"
        )
    if anatomy.mane != "none":
        parts.append(f"a {anatomy.mane} about its neck")
    if anatomy.pattern != "plain":
        parts.append(f"a pattern of {anatomy.pattern}")
    parts.append(f"{_EYES.get(anatomy.eyes, anatomy.eyes)} eyes")
    return parts


_EARS = {
    "point": "pointed", "leaf": "leaf-shaped", "fin": "fin-like", "bat": "large bat-like",
    "droop": "drooping", "fan": "fan-shaped", "tuft": "tufted",
}  # fmt: skip
_EYES = {"bead": "bead-like", "lidded": "heavy-lidded", "ring": "ringed", "slit": "slit-pupilled"}
_HORNS = {
    "unicorn": "a single horn", "pair": "a pair of horns", "antlers": "antlers",
    "nose": "a horn on the nose", "curl": "a curl on the head", "ram": "curled horns",
    "crest": "a crest", "quiff": "a quiff", "antenna": "antennae", "crown": "a crown of points",
    "sprout": "a sprout on the head", "plume": "a plume", "fork": "a forked horn",
    "blade": "a blade on the head", "spikes": "spikes on the head", "helmet": "a helmet of bone",
    "gem": "a gem on the brow",
}  # fmt: skip


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _file(slug: str) -> str:
    return slug.replace("-", "_")
