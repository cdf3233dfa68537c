"""Habitats: the paints, the lie of the land and the growth of thirteen kinds of country."""

from __future__ import annotations

from dataclasses import dataclass

from pokegeo_dagster.film.vocabulary import Habitat
from pokegeo_dagster.providers.house.plates.canvas import Colour, colour
from pokegeo_dagster.providers.house.plates.terrain import RangeKind, Surface
from pokegeo_dagster.providers.house.plates.water import Liquid


@dataclass(frozen=True)
class Kit:
    """What one habitat is painted from. Growth is named in `growth.py`."""

    leaf: Colour
    wood: Colour
    ground: Colour
    litter: Colour  # the second material of the ground
    rock: Colour
    cap: Colour  # moss, snow or lichen on rock; petals
    far: Colour
    water: Colour
    surface: Surface
    liquid: Liquid
    ranges: tuple[RangeKind, ...]  # back to front
    tall: tuple[str, ...]  # what stands in the open
    dense: tuple[str, ...]  # what a thicket is made of
    cover: tuple[str, ...]  # what breaks the ground
    bank: tuple[str, ...]  # what stands at the water
    frame: tuple[str, ...]  # what hangs into the foreground
    snow: float = 0.0  # how far down the ranges their cap reaches
    rocky: float = 0.0  # how much of a boulder is capped
    closed: bool = False  # no sky: a cave, the deep


def _kit(
    paints: str, surface: Surface, liquid: Liquid, ranges: tuple[RangeKind, ...], tall: str, dense: str,
    cover: str, bank: str, frame: str, snow: float = 0.0, rocky: float = 0.0, closed: bool = False,
) -> Kit:  # fmt: skip
    leaf, wood, ground, litter, rock, cap, far, water = (colour(c) for c in paints.split())
    return Kit(
        leaf, wood, ground, litter, rock, cap, far, water, surface, liquid, ranges, tuple(tall.split()),
        tuple(dense.split()), tuple(cover.split()), tuple(bank.split()), tuple(frame.split()),
        snow, rocky, closed,
    )  # fmt: skip


# Leaf, wood, ground, litter, rock, cap, far, water.
KITS: dict[Habitat, Kit] = {
    "forest": _kit(
        "5F8A3E 6A5240 6B6B3C 8A6A3E 7C7A72 6F8E44 5F8256 4C6B62", "soil", "water",
        ("hills", "conifers", "canopy"), "broadleaf conifer broadleaf", "trunk trunk conifer",
        "grass ferns litter stones", "reeds grass stones", "branch ferns blades", rocky=0.55),
    "rainforest": _kit(
        "3F8A3A 6E5B45 5A5A34 4F7A36 6C7263 4F8A3A 3F7A58 3F6A55", "soil", "water",
        ("hills", "canopy", "canopy"), "giant palm giant", "trunk palm vines cane",
        "ferns broad litter", "ferns broad stones", "broad fronds vines", rocky=0.7),
    "grassland": _kit(
        "8E8A3C 6B4F38 A8914A 8A7A3C 94866E B59A4C 9A9A62 6C7F78", "grass", "water",
        ("hills", "hills", "canopy"), "acacia broadleaf acacia", "stand acacia stand",
        "meadow meadow stones", "grass reeds", "blades blades"),
    "wetland": _kit(
        "6E8446 5E5340 5C5A3A 6F7A42 6E6E64 6F8A48 6A8268 47605A", "mud", "water",
        ("hills", "canopy"), "snag broadleaf snag", "snag stand trunk",
        "grass tussocks litter", "reeds reeds grass", "reeds branch blades", rocky=0.5),
    "river": _kit(
        "6C9A44 76624C 7A7A50 8E8A6A 8C8A84 7A9A50 6A8E70 4A7C86", "pebbles", "water",
        ("peaks", "conifers", "canopy"), "broadleaf conifer broadleaf", "trunk broadleaf trunk",
        "grass stones stones", "stones reeds stones", "branch stones blades", snow=0.05, rocky=0.4),
    "reef": _kit(
        "5E8F5A 8A5A6A C8BC94 A79A78 8C7F92 E0806A 2A7A92 2A8AA0", "seabed", "water",
        ("stacks", "hills"), "corals kelp corals", "kelp kelp corals",
        "corals weeds stones", "corals kelp", "kelp corals", closed=True, rocky=0.6),
    "coast": _kit(
        "7F9350 7A6248 CDB78C A8986E 7E7A76 8E9A5A 7E94A0 2F7F96", "sand", "sea",
        ("hills", "stacks"), "palm pine palm", "palm grassy palm",
        "dune stones driftwood", "stones dune", "fronds blades stones"),
    "desert": _kit(
        "74884E 7A5C42 D59A5C C08048 B06A46 D8A56A C08A62 7A8C84", "sand", "mirage",
        ("mesas", "mesas", "dunes"), "cactus hoodoo cactus", "cactus hoodoo scrub",
        "stones scrubs stones", "stones scrubs", "stones scrub"),
    "mountain": _kit(
        "4E6E48 64503E 7A7A60 8A8672 84868C E4EAF0 6E7C92 3F6E86", "stone", "water",
        ("peaks", "peaks", "conifers"), "conifer conifer pine", "conifer trunk conifer",
        "stones grass stones", "stones conifers grass", "stones bough", snow=0.17, rocky=0.12),
    "volcano": _kit(
        "5C5238 453A36 4A403E 5A463E 544846 8A5A44 5A4044 803018", "basalt", "lava",
        ("cone", "peaks"), "snag basalt snag", "basalt snag basalt",
        "stones stones ash", "stones basalt", "stones snags", snow=0.0, rocky=0.1),
    "cave": _kit(
        "4E6A5A 5A5048 68665F 7A7468 74747A 5E8A7C 5A6E78 2F6E7E", "stone", "pool",
        (), "dripstone dripstone crystal", "dripstone dripstone pillar",
        "stones glow stones", "dripstone stones crystal", "drips stones", closed=True, rocky=0.15),
    "tundra": _kit(
        "566A58 6A5A4C D6DEE6 A8B0A8 8C929C F0F4F8 92A4BC 5E86A4", "snow", "ice",
        ("peaks", "hills", "conifers"), "pine snag pine", "conifer pine trunk",
        "stones tufts tufts", "stones tufts", "bough stones blades", snow=0.30, rocky=0.75),
    "ruins": _kit(
        "6A8A44 6A5642 8A8466 6F8048 A8A08C 75904E 7E8E78 51706C", "paving", "water",
        ("hills", "skyline", "canopy"), "column arch column", "column column trunk vines",
        "grass stones ferns", "column stones reeds", "vines branch stones", rocky=0.6),
}  # fmt: skip
