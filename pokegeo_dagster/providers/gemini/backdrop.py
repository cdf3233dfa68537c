"""The backdrop of a picture that will be cut out: the colour farthest from everything in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pokegeo_dagster.film.story.anatomy import anatomy_of
from pokegeo_dagster.film.story.coat import RGB
from pokegeo_dagster.film.story.species import Species
from pokegeo_dagster.film.vocabulary import Prop


@dataclass(frozen=True)
class Backdrop:
    """One flat colour and how to say it."""

    name: str
    rgb: RGB

    @property
    def code(self) -> str:
        """#RRGGBB."""
        return "#{:02X}{:02X}{:02X}".format(*self.rgb)


# Studio colours that image models know by name. Green first: of equals, the one models keep flattest.
BACKDROPS = (
    Backdrop("chroma-key green", (0, 177, 64)),
    Backdrop("chroma-key magenta", (226, 0, 148)),
    Backdrop("chroma-key blue", (0, 71, 255)),
)
_GREENS = ((70, 120, 50), (120, 150, 70))
_PROPS: dict[Prop, tuple[RGB, ...]] = {
    "boulder": ((120, 115, 110), (90, 110, 70)), "log": ((100, 75, 50), (90, 120, 60)),
    "fern": _GREENS, "mushrooms": ((150, 90, 60), (220, 200, 180)),
    "flowers": (*_GREENS, (230, 170, 190)), "bones": ((225, 215, 195),),
    "nest": ((130, 100, 65),), "eggs": ((225, 215, 195), (130, 100, 65)),
    "crystals": ((170, 190, 235), (150, 110, 200)), "shell": ((220, 190, 160), (200, 140, 130)),
    "driftwood": ((160, 145, 125),), "grass": _GREENS, "cactus": _GREENS,
    "coral": ((225, 110, 100), (235, 160, 140)), "pillar": ((160, 150, 135), (100, 120, 80)),
    "lantern": ((150, 110, 60), (255, 200, 110)),
}  # fmt: skip


def backdrop_for_species(species: Species) -> Backdrop:
    """The backdrop that none of an animal's colours comes near."""
    body = anatomy_of(species)
    colours = [body.base, body.second, body.belly, body.accent, body.eye]
    return farthest([*colours, body.glow] if body.glow else colours)


def backdrop_for_prop(prop: Prop) -> Backdrop:
    """The backdrop for a thing."""
    return farthest(_PROPS[prop])


def farthest(colours: Sequence[RGB]) -> Backdrop:
    """The backdrop whose hue is in none of the colours; of several such, the one farthest from all.

    Only colourfulness counts, since light and shade take a colour anywhere between black and white.
    """
    return max(
        BACKDROPS, key=lambda b: (-round(max(_shared(b.rgb, c) for c in colours), 1), _gap(b, colours))
    )


def _shared(backdrop: RGB, colour: RGB) -> float:
    """How much of the backdrop's colourfulness a colour has: 1 is all of it, 0 none."""
    (a1, b1), (a2, b2) = _chroma(backdrop), _chroma(colour)
    return max(0.0, (a1 * a2 + b1 * b2) / (a1 * a1 + b1 * b1))


def _gap(backdrop: Backdrop, colours: Sequence[RGB]) -> float:
    a, b = _chroma(backdrop.rgb)
    return min(((a - x) ** 2 + (b - y) ** 2) ** 0.5 for x, y in map(_chroma, colours))


def _chroma(rgb: RGB) -> tuple[float, float]:
    """The a and b of Oklab (Ottosson 2020), in hundredths."""
    r, g, b = (((c / 255 + 0.055) / 1.055) ** 2.4 if c > 10 else c / 255 / 12.92 for c in rgb)
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    medium = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        100 * (1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short),
        100 * (0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short),
    )
