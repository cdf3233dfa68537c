"""What the illustrator is asked for: the film's atmosphere first, then one picture."""

from __future__ import annotations

from pokegeo_dagster.film.crew import ReferenceOrder
from pokegeo_dagster.film.story.anatomy import anatomy_of
from pokegeo_dagster.film.story.screenplay import Reference
from pokegeo_dagster.film.story.species import find_species
from pokegeo_dagster.film.vocabulary import Light, Pose, Vantage, Weather
from pokegeo_dagster.providers.gemini.backdrop import Backdrop
from pokegeo_dagster.providers.gemini.prompts import prompt

_POSES: dict[Pose, str] = {
    "sheet": "standing (or hovering) calmly in its natural stance, every part of the body visible",
    "alert": "alert and motionless, attention fixed on something ahead",
    "rest": "at rest, its weight settled, eyes half closed",
    "forage": "feeding, head low",
    "threat": "in a threat display, body raised and made as large as it can be, mouth or defences shown",
    "call": "calling, head lifted, mouth open",
    "travel": "in steady travel, caught in mid-stride",
    "portrait": "a quiet portrait of the whole animal, its face turned toward us",
}
_VANTAGES: dict[Vantage, str] = {
    "vista": "far off and a little above, a wide view to the horizon",
    "clearing": "eye level of a middling animal, across an open clearing",
    "ground": "a hand's width above the ground, looking along it",
    "thicket": "through dense growth that frames both sides, shallow focus, an opening in the middle",
    "waterside": "the water's edge, low, with water in front and the bank on one side",
    "shelter": "inside a sheltered hollow, with the open place bright beyond it",
}
_LIGHTS: dict[Light, str] = {
    "dawn": "dawn, low and cool with a first pale warmth", "day": "full day, high and clear",
    "golden": "the golden hour, low and warm from one side",
    "dusk": "dusk, blue with a last ember of afterglow",
    "night": "night under a moon, dark and still readable", "overcast": "overcast, soft and without shadows",
}  # fmt: skip
_AIRS: dict[Weather, str] = {
    "clear": "clear", "mist": "mist that thickens with distance", "rain": "steady rain, everything wet",
    "snow": "snow falling and lying", "dust": "dust hanging in the air", "embers": "ash and drifting embers",
    "pollen": "pollen and seeds drifting in the light",
}  # fmt: skip
_WIDE_PLANS = frozenset({"quadruped", "fish", "serpent", "insect", "arthropod", "mollusc"})
_WIDE_PROPS = frozenset({"log", "driftwood", "bones", "nest"})
_TALL_PROPS = frozenset({"pillar", "cactus", "lantern"})
_SAME = (
    "The attached picture is the character sheet of this film. Draw the same individual: the same build, "
    "the same markings in the same places, the same colours, skin and eyes, only in the new pose. (Should "
    "the animal in it be of another species than the subject, take only its light and its realism.)"
)


_DENSE = (
    "Its vapour is dense and takes its own colour throughout; only its outermost wisps thin out, and the "
    "background's colour does not show through the body."
)


def image_prompt(order: ReferenceOrder, backdrop: Backdrop | None, with_sheet: bool) -> str:
    """The prompt for one reference. `backdrop` is the colour behind an animal or a thing."""
    reference = order.reference
    common = {
        "atmosphere": order.atmosphere.prose.strip(),
        "description": reference.description.strip(),
        "variation": order.seed,
    }
    if reference.setting is not None and backdrop is None:
        setting = reference.setting
        return prompt(
            "environment",
            **common,
            vantage=_VANTAGES[setting.vantage],
            habitat="under water, at a reef" if setting.habitat == "reef" else setting.habitat,
            light=_LIGHTS[setting.light],
            weather=_AIRS[setting.weather],
        )
    assert backdrop is not None
    flat = {"colour": backdrop.code, "colour_name": backdrop.name}
    if reference.kind == "prop":
        return prompt("prop", **common, **flat, prop=reference.prop)
    return prompt(
        "character",
        **common,
        **flat,
        anatomy=body_in_words(reference.species or ""),
        pose=_POSES[reference.pose or "alert"],
        sheet="\n".join(filter(None, [_DENSE if is_vapour(reference) else "", _SAME if with_sheet else ""])),
    )


def body_in_words(slug: str) -> str:
    """An animal for somebody who does not know its name: the studio's own record of its body."""
    species = find_species(slug)
    body = anatomy_of(species)
    build = "stocky" if body.girth > 0.66 else "slender" if body.girth < 0.33 else "evenly built"
    parts = {
        "ears": body.ears, "horns or crest": body.horns, "wings": body.wings, "back": body.back,
        "tail tip": body.tail_tip, "mane": body.mane,
    }  # fmt: skip
    worn = [f"{part}: {what}" for part, what in parts.items() if what != "none"]
    worn += ["its pattern: " + body.pattern] if body.pattern != "plain" else []
    worn += [f"also {', '.join(body.features).replace('_', ' ')}"] if body.features else []
    worn += ["part of it gives light of its own"] if body.glow else []
    colour = "grey" if species.colour == "gray" else species.colour
    form = body.form.replace("_", " ")
    return (
        f"a {build}, mainly {colour} body of the {body.body_plan} kind ({form}), {species.height_m} m tall "
        f"or long, {species.weight_kg} kg, surface like {body.skin}, {body.eyes} eyes"
        f"{'; ' if worn else ''}{'; '.join(worn)}"
    )


def is_vapour(reference: Reference) -> bool:
    """Whether the backdrop shines through the subject."""
    return reference.species is not None and anatomy_of(find_species(reference.species)).skin == "smoke"


def aspect_of(reference: Reference) -> str:
    """The shape of picture that a subject fills best."""
    if reference.kind == "environment":
        return "16:9"
    if reference.kind == "prop":
        return "3:2" if reference.prop in _WIDE_PROPS else "2:3" if reference.prop in _TALL_PROPS else "1:1"
    body = anatomy_of(find_species(reference.species or ""))
    if body.body_plan in _WIDE_PLANS and reference.pose not in ("portrait", "threat", "call"):
        return "3:2"
    return "2:3" if body.body_plan in ("biped", "plant") and body.girth < 0.4 else "1:1"
