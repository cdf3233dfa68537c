"""The near layer: a sparse, dark, soft frame at the edges, or the mouth of a shelter."""

from __future__ import annotations

import numpy as np

from pokegeo_dagster.providers.house.plates.canvas import Layer, Sheet
from pokegeo_dagster.providers.house.plates.foliage import frond, trunk
from pokegeo_dagster.providers.house.plates.growth import plant
from pokegeo_dagster.providers.house.plates.noise import Rng, profile
from pokegeo_dagster.providers.house.plates.scene import Scene
from pokegeo_dagster.providers.house.plates.stone import boulder, dripstone
from pokegeo_dagster.providers.house.plates.undergrowth import (
    broad_leaf,
    clump,
    fern,
    kelp,
    leafy_branch,
    vine,
)

_SOFT = {
    "vista": 0.0026,
    "clearing": 0.0034,
    "ground": 0.0105,
    "thicket": 0.0065,
    "waterside": 0.0045,
    "shelter": 0.004,
}


def paint_near(scene: Scene) -> Layer:
    """What stands between the camera and the animal; transparent in the middle."""
    layer = Layer(scene.size, opaque=False)
    plants, stones = Sheet(scene.size, 60), Sheet(scene.size, 60)
    rng = scene.roll("near")
    if scene.setting.vantage == "shelter":
        _mouth(stones, plants, scene, rng)
    heavy = -scene.mood.side if rng.random() < 0.7 else scene.mood.side
    # Two things make a frame and three a hedge; a shelter's mouth is frame enough for one.
    chosen = rng.permutation(len(scene.kit.frame))[: 1 if scene.setting.vantage == "shelter" else 2]
    for n, which in enumerate(chosen):
        _hang(scene.kit.frame[which], plants, stones, scene, rng, heavy if n % 2 == 0 else -heavy)
    for sheet in (plants, stones):
        sheet.texture(scene.grain, 20)
        sheet.defocus(_SOFT[scene.setting.vantage])
    # Close things are seen against the light: a third of the paint's brightness, and cooler.
    lift = 0.40 if scene.mood.light != "night" else 0.34
    scene.lay_pair(layer, plants, stones, 0.02, lift)
    return layer


def _hang(name: str, plants: Sheet, stones: Sheet, scene: Scene, rng: Rng, side: float) -> None:
    """One thing at one corner; `side` −1 is left."""
    aspect, light = scene.aspect, scene.mood.side
    big = {"ground": 1.5, "thicket": 1.2, "vista": 0.9}.get(scene.setting.vantage, 1.0)
    edge = aspect if side > 0 else 0.0
    if name == "blades":
        for k in range(4):
            x = edge - side * (0.02 + 0.10 * k + 0.05 * rng.random())
            clump(
                plants,
                rng,
                x,
                1.03,
                0.16,
                (0.36 - 0.06 * k) * big * (0.7 + 0.5 * rng.random()),
                26,
                -0.12 * light,
                80,
                0.05,
            )
        clump(plants, rng, aspect - edge + side * 0.05, 1.04, 0.2, 0.2 * big, 22, -0.12 * light, 74, 0.055)
    elif name in ("branch", "bough"):
        turn = np.pi * 0.86 if side > 0 else np.pi * 0.14
        high = 0.16 * rng.random()
        for k in range(1 + (rng.random() < 0.6)):
            root = (edge + side * 0.05, high - 0.02 + 0.11 * k + 0.04 * rng.random())
            leafy_branch(
                plants,
                rng,
                root,
                turn + 0.3 * (k - 0.5) + 0.1 * rng.standard_normal(),
                0.5 * (0.75 + 0.45 * rng.random()),
                0.060 if name == "branch" else 0.034,
                light,
                tone=62,
            )
    elif name == "ferns":
        fern(plants, rng, edge - side * 0.06, 1.06, 0.42 * big, light)
        fern(plants, rng, aspect - edge + side * 0.02, 1.09, 0.34 * big, light)
    elif name == "fronds":
        for k in range(5):
            turn = (np.pi if side > 0 else 0.0) + side * (0.34 - 0.26 * k)
            frond(
                plants,
                rng,
                (edge + side * 0.06, 0.06 + 0.03 * k),
                turn,
                0.52 * (0.7 + 0.4 * rng.random()),
                light,
                1.0,
            )
    elif name == "broad":
        for k in range(6):
            turn = -np.pi / 2 - side * (0.1 + 0.26 * k)
            broad_leaf(
                plants,
                rng,
                (edge + side * 0.02, 1.06),
                turn,
                (0.5 - 0.03 * k) * big * (0.7 + 0.4 * rng.random()),
                64 + 20 * rng.standard_normal(),
            )
    elif name == "vines":
        for _ in range(5):
            vine(
                plants,
                rng,
                edge - side * (0.34 * rng.random() ** 1.5),
                -0.05,
                0.2 + 0.45 * rng.random(),
                light,
                0.026,
            )
    elif name == "reeds":
        for k in range(3):
            plant(
                "reeds", plants, rng, (edge - side * (0.04 + 0.11 * k), 1.05), (0.52 - 0.11 * k) * big, light
            )
    elif name == "kelp":
        for k in range(3):
            kelp(plants, rng, edge - side * (0.03 + 0.09 * k), 1.06, (0.95 - 0.26 * k), light, 0.075)
    elif name == "corals":
        plant("corals", stones, rng, (edge - side * 0.10, 1.08), 0.36 * big, light)
    elif name == "drips":
        for k in range(9):
            x = rng.random() * aspect
            length = (0.08 + 0.30 * abs(x / aspect - 0.5) ** 1.2 * 2) * (0.5 + 0.7 * rng.random())
            dripstone(stones, rng, x, -0.04, -length, length * 0.34 + 0.01, light)
            if k < 2:
                dripstone(stones, rng, edge - side * 0.09 * k, 1.06, 0.46 - 0.18 * k, 0.17, light)
    elif name in ("scrub", "snags"):
        plant(
            "scrub" if name == "scrub" else "snag", plants, rng, (edge - side * 0.02, 1.08), 0.5 * big, light
        )
    elif name == "stones":
        for k in range(2):
            boulder(
                stones,
                rng,
                edge - side * (0.04 + 0.22 * k),
                1.08 + 0.03 * k,
                0.42 * (1 - 0.35 * k),
                light,
                0.5,
                scene.kit.rocky,
            )


def _mouth(stones: Sheet, plants: Sheet, scene: Scene, rng: Rng) -> None:
    """The dark rim of a hollow: rock, or roots where there are trees."""
    aspect = scene.aspect
    turn = np.linspace(0, 2 * np.pi, 260, endpoint=False)
    wooded = scene.setting.habitat in ("forest", "rainforest", "wetland", "river", "grassland")
    rough = np.concatenate(
        [profile(rng, 130, 8, 5, 0.55, not wooded), profile(rng, 130, 8, 5, 0.55, not wooded)[::-1]]
    )
    power = 0.62  # squarer than an ellipse, so that the frame stays at the frame
    xs = np.sign(np.cos(turn)) * np.abs(np.cos(turn)) ** power * 0.40 * aspect
    ys = np.sign(np.sin(turn)) * np.abs(np.sin(turn)) ** power * np.where(np.sin(turn) > 0, 0.52, 0.40)
    sheet = plants if wooded else stones
    kind = 255 if wooded else 0
    for grow, tone in ((0.955, 176), (0.985, 110), (1.03, 66), (1.08, 38), (1.16, 20)):
        share = grow + 0.055 * rough + 0.01 * rng.standard_normal(260)
        hole = np.stack([aspect / 2 + xs * share, 0.50 + ys * share], axis=1).astype(np.float32)
        _around(sheet, hole, tone, kind)
    if wooded:
        for sign in (-1, 1):
            trunk(plants, rng, aspect / 2 + sign * aspect * 0.46, 1.1, 0.16, scene.mood.side, -0.1, 0.9)
        for _ in range(9):
            x = aspect * (0.1 + 0.8 * rng.random())
            vine(plants, rng, x, 0.05, 0.06 + 0.14 * rng.random(), scene.mood.side, 0.016)


def _around(sheet: Sheet, hole: np.ndarray, tone: float, kind: int) -> None:
    """Fills everything outside a hole: frame and hole are one outline, joined by a seam."""
    aspect = sheet.aspect
    start = int(np.argmin(hole[:, 1]))
    ring = np.roll(hole, -start, axis=0)
    x = ring[0, 0]
    outer = np.array(
        [(x, -0.2), (-0.3, -0.2), (-0.3, 1.3), (aspect + 0.3, 1.3), (aspect + 0.3, -0.2), (x, -0.2)],
        np.float32,
    )
    sheet.poly(np.concatenate([ring, ring[:1], outer]), tone, kind)
