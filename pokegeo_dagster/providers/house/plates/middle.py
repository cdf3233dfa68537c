"""The middle layer: the ground plane the animal stands on, and what flanks it."""

from __future__ import annotations

import numpy as np

from pokegeo_dagster.film.vocabulary import Habitat
from pokegeo_dagster.providers.house.plates.canvas import Field, Layer, Sheet
from pokegeo_dagster.providers.house.plates.growth import is_stone, plant, scatter_litter
from pokegeo_dagster.providers.house.plates.light import air_mask, shafts
from pokegeo_dagster.providers.house.plates.scene import Scene
from pokegeo_dagster.providers.house.plates.stone import boulder, crystals
from pokegeo_dagster.providers.house.plates.terrain import paint_caustics, paint_ground
from pokegeo_dagster.providers.house.plates.undergrowth import clump, flowers, meadow, reeds

# What stands tall at the edge of the water, or of what is there in its place.
_ON_BANKS: dict[Habitat, tuple[str, ...]] = {
    "forest": ("broadleaf", "reeds", "boulder"),
    "rainforest": ("palm", "broad", "fern"),
    "grassland": ("reeds", "stand", "boulder"),
    "wetland": ("reeds", "snag", "reeds"),
    "river": ("boulder", "broadleaf", "boulder"),
    "reef": ("corals", "kelp", "corals"),
    "coast": ("boulder", "stand", "boulder"),
    "desert": ("hoodoo", "boulder", "scrub"),
    "mountain": ("boulder", "conifer", "boulder"),
    "volcano": ("basalt", "boulder", "snag"),
    "cave": ("dripstone", "crystal", "boulder"),
    "tundra": ("boulder", "pine", "boulder"),
    "ruins": ("column", "boulder", "reeds"),
}


def paint_mid(scene: Scene) -> Layer:
    """Ground and flanks; transparent above, opaque from the ground line down."""
    layer = Layer(scene.size, opaque=False)
    stand, kit = scene.stand, scene.kit
    _flanks(layer, scene)
    surface = (
        "mud" if scene.setting.vantage == "waterside" and kit.surface in ("soil", "grass") else kit.surface
    )
    focus = 0.5 + 0.06 * float(scene.roll("focus").standard_normal())
    edge = paint_ground(
        layer, scene.roll("ground"), scene.mood, stand.ground, min(stand.horizon, stand.ground - 0.06),
        kit.ground, kit.litter, surface, focus,
    )  # fmt: skip
    if scene.setting.habitat == "reef":
        paint_caustics(layer, scene.roll("caustics"), stand.ground, stand.ground - 0.1, 0.42, scene.mood.key)
    _cover(layer, scene, edge)
    _light(layer, scene)
    return layer


def _flanks(layer: Layer, scene: Scene) -> None:
    """Tall things at the sides of the frame; the middle belongs to the animal."""
    vantage, ground = scene.setting.vantage, scene.stand.ground
    rng = scene.roll("flanks")
    side = -scene.mood.side  # the heavier flank stands against the light
    heavy, light = (0.5 + 0.5 * side * 0.86), (0.5 - 0.5 * side * 0.92)
    names = scene.kit.tall
    if vantage == "vista":
        places = [
            (heavy, ground + 0.02, 0.30 + 0.14 * rng.random()),
            (heavy - side * 0.10, ground + 0.012, 0.18),
        ]
    elif vantage == "clearing":
        places = [
            (heavy + side * 0.02, ground + 0.03, 0.80),
            (light, ground + 0.02, 0.62),
            (heavy - side * 0.13, ground + 0.015, 0.36),
        ]
    elif vantage == "thicket":
        names = scene.kit.dense
        places = [
            (heavy + side * 0.01, ground + 0.05, 1.0),
            (light - side * 0.01, ground + 0.04, 0.86),
            (heavy - side * 0.16, ground + 0.015, 0.66),
            (light + side * 0.13, ground + 0.012, 0.5),
        ]
    elif vantage == "waterside":
        names = _ON_BANKS[scene.setting.habitat]
        places = [
            (heavy, ground + 0.03, 0.30),
            (light, ground + 0.02, 0.22),
            (heavy - side * 0.12, ground + 0.012, 0.17),
        ]
    elif vantage == "ground":
        places = [(heavy + side * 0.04, ground + 0.02, 0.55)]
    else:
        places = [(heavy, ground + 0.02, 0.5)]
    scene.row(layer, names, places, 0.22, "flanks")


def _cover(layer: Layer, scene: Scene, edge: Field) -> None:
    kit, ground, aspect = scene.kit, scene.stand.ground, scene.aspect
    close = {
        "ground": 1.7,
        "vista": 0.62,
        "thicket": 1.05,
        "shelter": 1.0,
        "clearing": 1.0,
        "waterside": 1.0,
    }[scene.setting.vantage]
    names = kit.cover + (kit.bank if scene.setting.vantage == "waterside" else ())
    plants, stones = Sheet(layer.size, 100), Sheet(layer.size, 100)
    rng, side = scene.roll("cover"), scene.mood.side
    lean = -0.16 * side
    for name in names:
        if name in ("grass", "meadow", "dune", "tufts", "tussocks", "weeds"):
            count, tall = {
                "grass": (1100, 0.018),
                "meadow": (3600, 0.040),
                "dune": (220, 0.034),
                "tufts": (160, 0.020),
                "tussocks": (420, 0.028),
                "weeds": (200, 0.03),
            }[name]
            meadow(plants, rng, edge, 1.03, count, tall * close, lean, 2.4)
            if name in ("meadow", "tussocks", "dune"):
                for x in _edges(rng, 6):
                    clump(
                        plants,
                        rng,
                        x * aspect,
                        ground + 0.06 + 0.2 * rng.random(),
                        0.10,
                        0.11 * close,
                        34,
                        lean,
                    )
            if name == "grass" and rng.random() < 0.6:
                flowers(plants, rng, float(_edges(rng, 1)[0]) * aspect, ground + 0.06, 0.035 * close, 7)
        elif name in ("litter", "ash", "driftwood"):
            scatter_litter(plants, rng, edge, 420 if name == "litter" else 120, 0.012 * close)
        elif name == "stones":
            for x in _edges(rng, 5):
                down = rng.random() ** 1.5
                size = (0.025 + 0.11 * down) * (0.6 + 0.9 * rng.random()) * close
                boulder(stones, rng, x * aspect, ground + 0.02 + 0.22 * down, size, side, 0.6, kit.rocky)
        elif name == "reeds":
            for x in _edges(rng, 4):
                reeds(
                    plants,
                    rng,
                    x * aspect,
                    ground + 0.01 + 0.05 * rng.random(),
                    0.10,
                    0.16 + 0.08 * rng.random(),
                    30,
                    side,
                )
        elif name == "glow":
            for x in _edges(rng, 3):
                crystals(stones, rng, x * aspect, ground + 0.03 + 0.08 * rng.random(), 0.06 * close, side)
        else:
            one = {"ferns": "fern", "scrubs": "scrub", "conifers": "conifer", "snags": "snag"}.get(name, name)
            for x in _edges(rng, 4):
                down = rng.random() ** 1.6
                size = (
                    (0.07 + 0.10 * down)
                    * close
                    * (1.3 if one in ("dripstone", "corals", "column", "kelp") else 1)
                )
                plant(
                    one,
                    stones if is_stone(one) else plants,
                    rng,
                    (x * aspect, ground + 0.015 + 0.16 * down),
                    size,
                    side,
                )
    stones.texture(scene.grain, 16)
    scene.lay_pair(layer, plants, stones, 0.14)


def _edges(rng: np.random.Generator, count: int) -> np.ndarray:
    """Places (0–1) that crowd to the sides and thin out in the middle."""
    away = 0.5 * (1 - rng.random(count) ** 1.7 * 0.72)
    return 0.5 + away * np.where(rng.random(count) < 0.5, -1, 1)


def _light(layer: Layer, scene: Scene) -> None:
    mood = scene.mood
    assert layer.alpha is not None
    if mood.light != "overcast":
        halo = air_mask(scene.size, mood, scene.aspect) * layer.alpha
        layer.add(halo * np.float32(mood.glow * 0.36), mood.sun_colour)
    if (
        scene.setting.habitat in ("forest", "rainforest", "cave", "ruins", "reef")
        and mood.light != "overcast"
    ):
        beam = shafts(
            scene.roll("shafts"), scene.size, mood, scene.aspect, (mood.sun[0], min(mood.sun[1], 0.05))
        )
        layer.add(beam * layer.alpha * np.float32(0.22 * mood.contrast), mood.sun_colour)
