"""Movements: the small things that one body can do while the rest of it stays a photograph."""

from __future__ import annotations

from pokegeo_dagster.film.story.anatomy import Anatomy
from pokegeo_dagster.film.story.ecology import Medium
from pokegeo_dagster.film.story.species import Species

Gesture = tuple[str, str]  # the movement as a director says it, and as a sentence

_BY_PLAN: dict[str, tuple[Gesture, ...]] = {
    "quadruped": (
        ("head turning", "Its head turns a little toward a sound"),
        ("tail swaying", "Its tail sways once from side to side"),
        ("nostrils flaring", "Its nostrils flare as it tests the air"),
    ),
    "biped": (
        ("head turning", "Its head turns slowly toward a sound"),
        ("shoulders rising with each breath", "Its shoulders rise with each breath"),
    ),
    "bird": (
        ("head tilting", "Its head tilts to one side"),
        ("wings trembling", "Its wings tremble against its sides"),
    ),
    "fish": (
        ("fins fanning", "Its fins fan the water"),
        ("gills pulsing", "Its gills pulse evenly"),
        ("tail swaying", "Its tail sways against the current"),
    ),
    "serpent": (
        ("coils shifting", "Its coils shift by a hand's width"),
        ("head swaying", "Its head sways a little from side to side"),
    ),
    "insect": (
        ("antennae trembling", "Its antennae tremble in the air"),
        ("head tilting", "Its head tilts a little"),
    ),
    "arthropod": (
        ("legs shifting", "One of its legs shifts its grip"),
        ("eyes glinting", "Light glints in its eyes"),
    ),
    "floater": (
        ("drifting on the air", "Its outline drifts up and down on the air"),
        ("edges curling", "Its edges curl and uncurl"),
    ),
    "plant": (
        ("leaves swaying", "Its leaves sway in a light wind"),
        ("petals trembling", "The outermost parts of it, soft as petals, tremble"),
    ),
    "blob": (
        ("surface rippling", "A slow wave ripples over its surface"),
        ("body swelling with breath", "Its body swells and sinks with its breath"),
    ),
    "mollusc": (
        ("arms swaying", "Its soft arms sway a little"),
        ("body pulsing", "Its body pulses with a slow rhythm"),
    ),
    "mineral": (
        ("light shimmering on its surface", "Light shimmers on its surface"),
        ("rocking very slightly", "It rocks very slightly where it rests"),
    ),
}
_BY_FORM: dict[str, tuple[Gesture, ...]] = {
    "clam": (
        ("valves trembling", "Its valves tremble at the edge"),
        ("body pulsing", "Its body pulses slowly"),
    ),
    "star": (
        ("core pulsing with light", "Its core pulses with light"),
        ("arms swaying", "Its arms sway a little"),
    ),
    "snail": (
        ("feelers swaying", "Its feelers sway as they test the way"),
        ("flanks breathing", "Its flanks move with its breathing"),
    ),
    "cocoon": (
        ("shell trembling", "Its shell trembles once, from inside"),
        ("eyes blinking", "Its eyes blink"),
    ),
    "larva": (
        ("head swaying", "Its head sways from side to side"),
        ("flanks rippling", "Its flanks ripple"),
    ),
    "whale": (
        ("flippers swaying", "Its flippers sway in the swell"),
        ("eyes blinking", "One of its eyes blinks"),
    ),
    "tree": (
        ("branches swaying", "Its branches sway"),
        ("leaves trembling", "Its leaves tremble"),
    ),
    "cactus": (
        ("flowers trembling", "The growth on its crown, bright as flowers, trembles"),
        ("swaying in the wind", "It sways very slightly in the wind"),
    ),
    "mushroom": (
        ("spores drifting from its cap", "A few spores drift from its cap"),
        ("swaying in the air", "It sways a little in the moving air"),
    ),
}
_BY_TYPE: dict[str, Gesture] = {
    "electric": ("sparks flickering", "Sparks flicker along its outline"),
    "fire": ("heat shimmering above it", "Heat shimmers in the air above it"),
    "ghost": ("glow pulsing", "A faint glow pulses within it"),
    "psychic": ("aura shimmering", "A faint aura shimmers around it"),
}
# What has no breath to be seen.
_BREATHLESS_PLANS = frozenset({"mineral", "plant", "floater", "fish", "mollusc"})


def breathes(species: Species, anatomy: Anatomy) -> bool:
    """Whether a flank that rises and falls would be true of this animal."""
    return anatomy.body_plan not in _BREATHLESS_PLANS and not {"ghost", "steel"} & set(species.types)


def gestures_of(species: Species, anatomy: Anatomy, medium: Medium) -> list[Gesture]:
    """Every small movement that this body has the parts for, at least two of them."""
    plan = anatomy.body_plan
    found = list(_BY_FORM.get(anatomy.form, _BY_PLAN[plan]))
    if breathes(species, anatomy):
        found.append(("breathing slowly", "It breathes slowly, and its sides rise and fall"))
    if anatomy.eyes not in ("closed", "compound") and plan not in ("mineral", "plant"):
        found.append(("eyes blinking", "Its eyes blink once"))
    if anatomy.ears != "none" and plan in ("quadruped", "biped"):
        found.append(("ears twitching", "Its ears twitch toward a sound"))
    if anatomy.skin == "feathers" and medium != "water":
        found.append(("feathers stirring in the wind", "Its feathers stir in the wind"))
    if anatomy.skin in ("fur", "wool") and medium == "ground":
        found.append(("fur rippling in the wind", "Its fur ripples in the wind"))
    if anatomy.wings != "none" and plan not in ("bird", "fish"):
        found.append(("wings trembling", "Its wings tremble in the air"))
    if anatomy.tail_tip == "flame":
        found.append(("flame wavering on its tail", "The flame on its tail wavers"))
    if medium == "air" and plan != "floater":
        found.append(("drifting on the air", "It drifts slowly up and down on the air"))
    found += [gesture for kind, gesture in _BY_TYPE.items() if kind in species.types]
    return found
