"""Coats: what colours an animal wears, worked out from its plain colour word and its types."""

from __future__ import annotations

import colorsys
from typing import NamedTuple

from pokegeo_dagster.film.digest import seed_for
from pokegeo_dagster.film.story.species import Species

RGB = tuple[int, int, int]


class Coat(NamedTuple):
    """Colours as 0–255 red, green, blue. `glow` is None for an animal that gives no light."""

    base: RGB
    second: RGB
    belly: RGB
    accent: RGB
    eye: RGB
    glow: RGB | None


# Hue (turns), saturation, value of the ten colour words as an animal would wear them, and how far
# the hue may wander before a person would use another word.
_WORDS: dict[str, tuple[float, float, float, float]] = {
    "blue": (0.575, 0.56, 0.70, 0.035),
    "brown": (0.075, 0.50, 0.56, 0.020),
    "green": (0.300, 0.48, 0.58, 0.060),
    "gray": (0.600, 0.08, 0.56, 0.100),
    "red": (0.015, 0.66, 0.74, 0.022),
    "white": (0.120, 0.07, 0.91, 0.120),
    "purple": (0.765, 0.42, 0.56, 0.035),
    "yellow": (0.130, 0.64, 0.88, 0.014),
    "pink": (0.955, 0.36, 0.90, 0.022),
    "black": (0.650, 0.16, 0.25, 0.100),
}
_TYPE_COLOURS: dict[str, RGB] = {
    "normal": (196, 178, 148), "fire": (232, 108, 42), "water": (74, 138, 196), "grass": (106, 164, 72),
    "electric": (244, 204, 62), "ice": (158, 212, 224), "fighting": (172, 76, 58), "poison": (146, 82, 158),
    "ground": (186, 148, 92), "flying": (160, 180, 214), "psychic": (226, 106, 146), "bug": (150, 170, 58),
    "rock": (156, 138, 106), "ghost": (98, 78, 140), "dragon": (92, 84, 186), "dark": (62, 54, 62),
    "steel": (150, 160, 176), "fairy": (232, 160, 190),
}  # fmt: skip
_EYES: dict[str, RGB] = {
    "fire": (70, 122, 150), "ghost": (214, 62, 70), "dark": (204, 56, 44), "poison": (196, 60, 72),
    "dragon": (196, 120, 40), "electric": (110, 62, 30), "water": (96, 58, 46), "grass": (168, 60, 52),
    "psychic": (96, 84, 178), "ice": (66, 110, 176), "bug": (64, 48, 44), "steel": (176, 54, 48),
}  # fmt: skip
_GLOWS: dict[str, RGB] = {"fire": (255, 158, 56), "electric": (255, 232, 120), "ghost": (168, 120, 255)}


def coat_of(species: Species) -> Coat:
    """The coat of a species. The hue wanders a little by species, so two blue animals differ."""
    hue, saturation, value, wander = _WORDS.get(species.colour, _WORDS["brown"])
    dice = seed_for("coat", species.slug)
    a, b, c = ((dice >> s & 255) / 127.5 - 1 for s in (0, 8, 16))
    hue, saturation, value = hue + wander * a, saturation * (1 + 0.16 * b), value * (1 + 0.09 * c)
    base = _rgb(hue, saturation, value)
    first, last = species.types[0], species.types[-1]
    kin = _TYPE_COLOURS.get(last, base)
    pale = species.colour == "white"
    return Coat(
        base=base,
        second=_mix(_rgb(hue, saturation * 1.1, value * 0.52), kin, 0.45 if pale else 0.25),
        belly=_mix(base, (246, 236, 214), 0.62),
        accent=_mix(kin, _rgb(hue + 0.5, 0.5, 0.8), 0.25),
        eye=_EYES.get(first, _EYES.get(last, (92, 58, 38))),
        glow=next((_GLOWS[t] for t in species.types if t in _GLOWS), None),
    )


def _rgb(hue: float, saturation: float, value: float) -> RGB:
    r, g, b = colorsys.hsv_to_rgb(hue % 1.0, min(1.0, saturation), min(0.96, value))
    return round(r * 255), round(g * 255), round(b * 255)


def _mix(one: RGB, other: RGB, share: float) -> RGB:
    r, g, b = (round(p + (q - p) * share) for p, q in zip(one, other, strict=True))
    return r, g, b
