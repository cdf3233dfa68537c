"""Staging: which plate a shot is taken on, from how near, and where its subjects stand in the frame."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pokegeo_dagster.film.story.anatomy import anatomy_of
from pokegeo_dagster.film.story.ecology import Medium, medium_of
from pokegeo_dagster.film.story.screenplay import Placement, Setting
from pokegeo_dagster.film.story.species import Species
from pokegeo_dagster.film.vocabulary import BodyPlan, Framing, Vantage

# Heights as shares of the frame's: what a lens of that length would give an animal of middling size.
FRAMINGS: tuple[Framing, ...] = ("extreme_wide", "wide", "medium", "close", "detail")
_HEIGHTS: dict[Framing, tuple[float, float]] = {
    "extreme_wide": (0.13, 0.24), "wide": (0.31, 0.44), "medium": (0.56, 0.72),
    "close": (0.98, 1.22), "detail": (1.55, 1.9),
}  # fmt: skip
# Where feet are: farther off is higher in the frame; from near they are below its edge.
_GROUND: dict[Framing, float] = {
    "extreme_wide": 0.80, "wide": 0.85, "medium": 0.91, "close": 1.16, "detail": 1.42,
}  # fmt: skip
_ALOFT: dict[Framing, float] = {
    "extreme_wide": 0.47, "wide": 0.58, "medium": 0.645, "close": 1.04, "detail": 1.32,
}  # fmt: skip
# Bodies that are longer than high would leave the frame at the height of one that stands.
_LOW_PLANS: dict[BodyPlan, float] = {
    "fish": 0.72, "arthropod": 0.74, "serpent": 0.9, "quadruped": 0.92, "insect": 0.86, "mollusc": 0.88,
}  # fmt: skip
_BOTTOM_DWELLERS = frozenset({"arthropod", "plant", "mineral", "blob"})
_BOTTOM_FORMS = frozenset({"clam", "star", "snail"})


@dataclass(frozen=True)
class Plate:
    """One environment of the film: its reference id, what it shows, and in which act."""

    id: str
    setting: Setting
    act: int


def choose_framing(options: Sequence[str], before: Framing | None, dice_byte: int) -> Framing:
    """The framing of a shot among those its moment allows, not the one just seen if there is another."""
    wanted: list[Framing] = [o for o in FRAMINGS if o in options]
    fresh: list[Framing] = [o for o in wanted if o != before] or [_next_to(o) for o in wanted]
    return fresh[dice_byte % len(fresh)]


def choose_plates(
    wanted: Sequence[tuple[int, Vantage, Framing]], plates: Sequence[Plate]
) -> list[tuple[Plate, Framing]]:
    """A plate for every shot (its act, wished-for vantage and framing), so that every plate is used
    when there are shots enough, and no framing comes twice running on one plate."""
    uses: Counter[str] = Counter()
    chosen: list[tuple[Plate, Framing]] = []
    for n, (act, vantage, framing) in enumerate(wanted):
        here = [p for p in plates if p.act == act] or list(plates)
        before = chosen[-1] if chosen else None
        owed = [p for p in here if not uses[p.id]]
        left = sum(1 for a, _, _ in wanted[n:] if a == act)
        pool = owed if owed and left <= len(owed) else here
        best = max(
            pool,
            key=lambda p: (
                3 * (p.setting.vantage == vantage)
                + 2.5 * (not uses[p.id])
                - 4 * (before is not None and before[0].id == p.id)
                - 0.8 * uses[p.id]
                - plates.index(p) / 100
            ),
        )
        if before is not None and (best.id, framing) == (before[0].id, before[1]):
            framing = _next_to(framing)
        uses[best.id] += 1
        chosen.append((best, framing))
    return chosen


def is_tied_to_water(species: Species) -> bool:
    """Whether the animal would be out of place on dry land."""
    return anatomy_of(species).body_plan == "fish"


def place_alone(
    species: Species, reference: str, framing: Framing, plate: Plate, right: bool, byte: int
) -> Placement:
    """One animal on a third of the frame, looking into the rest of it: to the `right` as a rule,
    the other way now and then."""
    right = right if byte % 4 else not right
    third = {"extreme_wide": 0.33, "wide": 0.34, "medium": 0.37, "close": 0.42, "detail": 0.45}[framing]
    third += (byte // 3 % 5 - 2) * 0.012
    return Placement(
        reference=reference,
        x=round(third if right else 1 - third, 3),
        y=_foot(species, framing, plate),
        height=_height(species, framing),
        facing="right" if right else "left",
    )


def place_pair(
    species: Species,
    rival: Species,
    references: tuple[str, str],
    framing: Framing,
    plate: Plate,
    hero_left: bool,
) -> tuple[Placement, Placement]:
    """Both animals face to face, the larger one as much larger as the frame bears; back to front.

    The animal keeps its side of the frame through the whole film, so that nobody seems to turn round.
    """
    tall = max(species.height_m, rival.height_m)
    heights = []
    for animal in (species, rival):
        share = max(0.42, (animal.height_m / tall) ** 0.8)
        low, high = _HEIGHTS[framing]
        top = min(0.62, high) if framing in ("medium", "close", "detail") else high
        heights.append(
            round(max(low * 0.5, top * share * _LOW_PLANS.get(anatomy_of(animal).body_plan, 1.0)), 3)
        )
    spread = {"extreme_wide": 0.18, "wide": 0.23}.get(framing, 0.26)
    hero_x = 0.5 - spread if hero_left else 0.5 + spread
    hero = Placement(
        reference=references[0],
        x=round(hero_x, 3),
        y=_foot(species, framing, plate, pair=True),
        height=heights[0],
        facing="right" if hero_left else "left",
    )
    other = Placement(
        reference=references[1],
        x=round(1 - hero_x, 3),
        y=round(_foot(rival, framing, plate, pair=True) - 0.015, 3),
        height=heights[1],
        facing="left" if hero_left else "right",
    )
    return (other, hero)


def place_prop(reference: str, framing: Framing, beside: Placement | None, byte: int) -> Placement:
    """A thing: alone near the middle, or beside an animal on the far side of the frame and smaller."""
    if beside is None:
        height = {"extreme_wide": 0.2, "wide": 0.32, "medium": 0.42, "close": 0.58, "detail": 0.8}[framing]
        x, y = 0.5 + (byte % 7 - 3) * 0.025, {"close": 0.88, "detail": 1.0}.get(framing, 0.86)
    else:
        height = {"extreme_wide": 0.08, "wide": 0.15, "medium": 0.24}.get(framing, 0.3)
        x = (0.78 if beside.x < 0.5 else 0.22) + (byte % 5 - 2) * 0.02
        y = {"extreme_wide": 0.84, "wide": 0.88}.get(framing, 0.95)
    return Placement(reference=reference, x=round(x, 3), y=y, height=height)


def medium_on(species: Species, plate: Plate) -> Medium:
    """What carries the body on this plate: what lives on the bottom stands there under water too."""
    anatomy = anatomy_of(species)
    medium = medium_of(species, plate.setting.habitat)
    if medium == "water" and (anatomy.body_plan in _BOTTOM_DWELLERS or anatomy.form in _BOTTOM_FORMS):
        return "ground"
    return medium


def _foot(species: Species, framing: Framing, plate: Plate, pair: bool = False) -> float:
    if medium_on(species, plate) == "ground":
        return min(0.93, _GROUND[framing]) if pair else _GROUND[framing]
    return min(0.66, _ALOFT[framing]) if pair else _ALOFT[framing]


def _height(species: Species, framing: Framing) -> float:
    """Within the framing's range: a joltik near its foot, a wailord at its top."""
    low, high = _HEIGHTS[framing]
    size = (math.log2(max(0.1, species.height_m)) + 3.3) / 7.0  # 0.1 m is 0, 13 m is 1
    height = low + (high - low) * min(1.0, max(0.0, size))
    if framing in ("medium", "close"):
        height *= _LOW_PLANS.get(anatomy_of(species).body_plan, 1.0)
    return round(height, 3)


def _next_to(framing: Framing) -> Framing:
    nearer: dict[Framing, Framing] = {
        "extreme_wide": "wide", "wide": "extreme_wide", "medium": "wide",
        "close": "medium", "detail": "close",
    }  # fmt: skip
    return nearer[framing]
