"""The far layer: sky or cavern or open water, ranges, rows of growth going into the haze, water."""

from __future__ import annotations

import cv2
import numpy as np

from pokegeo_dagster.providers.house.plates.canvas import Layer, Sheet, colour, mix, smoothstep
from pokegeo_dagster.providers.house.plates.foliage import leaf_mass
from pokegeo_dagster.providers.house.plates.light import air_mask, shafts
from pokegeo_dagster.providers.house.plates.noise import facets, fbm, profile, shifted, soft, warp
from pokegeo_dagster.providers.house.plates.scene import Scene
from pokegeo_dagster.providers.house.plates.sky import paint_sky
from pokegeo_dagster.providers.house.plates.stone import dripstone
from pokegeo_dagster.providers.house.plates.terrain import paint_caustics, paint_mist, paint_range
from pokegeo_dagster.providers.house.plates.water import paint_deep, paint_fall, paint_water


def paint_far(scene: Scene) -> Layer:
    """Everything behind the middle ground, complete to every edge."""
    layer = Layer(scene.size, opaque=True)
    _backdrop(layer, scene)
    {
        "vista": _vista, "clearing": _clearing, "ground": _ground, "thicket": _thicket,
        "waterside": _waterside, "shelter": _clearing,
    }[scene.setting.vantage](layer, scene)  # fmt: skip
    if scene.stand.blur > 0:
        layer.blur(scene.stand.blur)
    _light(layer, scene)
    return layer


def _backdrop(layer: Layer, scene: Scene) -> None:
    habitat, mood, rng = scene.setting.habitat, scene.mood, scene.roll("sky")
    if habitat == "reef":
        return paint_deep(layer, rng, mood, 0.8)
    if habitat == "cave":
        return _cavern(layer, scene)
    aurora = habitat == "tundra" and mood.light in ("night", "dusk") and scene.setting.weather == "clear"
    paint_sky(layer, rng, mood, scene.stand.horizon + 0.04, scene.setting.weather, aurora)


def _vista(layer: Layer, scene: Scene) -> None:
    horizon = scene.stand.horizon
    tall = {"peaks": 0.34, "cone": 0.40, "mesas": 0.20, "dunes": 0.12, "stacks": 0.17, "skyline": 0.12}
    _ranges(layer, scene, horizon, tall, rows=4)
    if scene.setting.habitat in ("coast", "wetland", "river"):
        return _wide_water(layer, scene, horizon + 0.066)
    for key, depth, count, foot, tall_row, gap in (
        ("v1", 1.05, 16, horizon + 0.105, (0.05, 0.11), 0.0),
        ("v2", 0.6, 9, horizon + 0.165, (0.09, 0.20), 0.3),
    ):
        scene.bed(layer, foot - 0.008, depth, key)
        scene.row(layer, scene.kit.tall, scene.spread(key, count, foot, tall_row, gap), depth, key)
        paint_mist(layer, scene.roll("m", key), scene.mood.haze, foot, 0.06, 0.32)


def _wide_water(layer: Layer, scene: Scene, shore: float) -> None:
    """The far shore, its mirror, and what stands in the shallows."""
    kit = scene.kit
    scene.row(layer, kit.tall, scene.spread("v1", 15, shore - 0.004, (0.04, 0.10)), 1.25, "v1")
    paint_water(layer, scene.roll("water"), scene.mood, shore, kit.liquid, kit.water)
    paint_mist(layer, scene.roll("m"), scene.mood.haze, shore, 0.05, 0.5)
    if scene.setting.habitat == "wetland":
        scene.row(
            layer, ("reeds", "snag"), scene.spread("isles", 8, shore + 0.05, (0.04, 0.13), 0.3), 0.8, "isles"
        )


def _clearing(layer: Layer, scene: Scene) -> None:
    horizon = scene.stand.horizon
    tall = {"peaks": 0.44, "cone": 0.42, "mesas": 0.22, "dunes": 0.14, "stacks": 0.2, "skyline": 0.16}
    _ranges(layer, scene, horizon, tall, rows=2)
    open_country = scene.setting.habitat in ("grassland", "coast", "desert", "tundra", "volcano", "mountain")
    share = 0.62 if open_country else 1.0
    if scene.setting.habitat == "rainforest":
        _cliff_with_fall(layer, scene, horizon + 0.03)
    for n, (depth, count, low, high, gap) in enumerate(
        ((1.9, 11, 0.26, 0.40, 0.12), (1.25, 8, 0.38, 0.56, 0.34), (0.75, 6, 0.5, 0.75, 0.52))
    ):
        foot = horizon + 0.02 + 0.03 * n
        places = scene.spread(
            f"c{n}", round(count * (0.75 if open_country else 1)), foot, (low * share, high * share), gap
        )
        scene.bed(layer, foot - 0.012, depth + 0.1, f"c{n}")
        scene.row(layer, scene.kit.tall, places, depth, f"c{n}")
        paint_mist(layer, scene.roll("cm", n), scene.mood.haze, foot + 0.01, 0.14, 0.46 - 0.12 * n)


def _ground(layer: Layer, scene: Scene) -> None:
    horizon = scene.stand.horizon
    tall = {"peaks": 0.42, "cone": 0.48, "mesas": 0.3, "dunes": 0.2, "stacks": 0.24, "skyline": 0.2}
    _ranges(layer, scene, horizon, tall, rows=2)
    for n, (depth, count, low, high) in enumerate(((1.5, 8, 0.22, 0.42), (0.85, 6, 0.35, 0.75))):
        places = scene.spread(f"g{n}", count, horizon + 0.03 * n, (low, high), 0.3 * n)
        scene.bed(layer, horizon + 0.03 * n - 0.01, depth + 0.1, f"g{n}")
        scene.row(layer, scene.kit.tall, places, depth, f"g{n}")
        paint_mist(layer, scene.roll("gm", n), scene.mood.haze, horizon + 0.02, 0.12, 0.45)
    _bokeh(layer, scene)


def _thicket(layer: Layer, scene: Scene) -> None:
    horizon, mood = scene.stand.horizon, scene.mood
    if not scene.kit.closed:
        veil = np.full(scene.size, 0.55, np.float32)
        layer.wash(veil, mix(mood.haze, mood.horizon, 0.4))
    scene.row(layer, scene.kit.tall, scene.spread("t0", 13, horizon - 0.02, (0.30, 0.55)), 2.3, "t0")
    for n, (depth, count, low, high) in enumerate(
        ((1.9, 12, 0.30, 0.52), (1.25, 9, 0.45, 0.72), (0.72, 7, 0.65, 0.95))
    ):
        places = scene.spread(f"t{n + 1}", count, horizon + 0.02 + 0.03 * n, (low, high), 0.16 * n)
        scene.bed(layer, horizon + 0.01 + 0.03 * n, depth + 0.1, f"t{n + 1}")
        scene.row(layer, scene.kit.dense, places, depth, f"t{n + 1}")
        paint_mist(layer, scene.roll("tm", n), mood.haze, horizon + 0.02 + 0.03 * n, 0.2, 0.5 - 0.12 * n)
    _canopy(layer, scene, 0.9)


def _waterside(layer: Layer, scene: Scene) -> None:
    horizon, kit = scene.stand.horizon, scene.kit
    tall = {"peaks": 0.34, "cone": 0.38, "mesas": 0.2, "dunes": 0.1, "stacks": 0.24, "skyline": 0.14}
    _ranges(layer, scene, horizon, tall, rows=3)
    if scene.setting.habitat == "reef":
        scene.row(layer, kit.tall, scene.spread("w0", 9, horizon + 0.12, (0.10, 0.24), 0.3), 1.3, "w0")
        return
    if scene.setting.habitat in ("rainforest", "mountain"):
        _cliff_with_fall(layer, scene, horizon + 0.02)
    share = 0.5 if scene.setting.habitat in ("coast", "desert") else 1.0
    scene.row(
        layer, kit.tall, scene.spread("w0", 15, horizon + 0.012, (0.07 * share, 0.15 * share)), 1.5, "w0"
    )
    paint_mist(layer, scene.roll("wm"), scene.mood.haze, horizon + 0.01, 0.07, 0.5)
    scene.row(
        layer, kit.tall, scene.spread("w1", 6, horizon + 0.028, (0.16 * share, 0.34 * share), 0.5), 0.95, "w1"
    )
    paint_water(layer, scene.roll("water"), scene.mood, horizon + 0.034, kit.liquid, kit.water)
    paint_mist(layer, scene.roll("wm2"), scene.mood.haze, horizon + 0.03, 0.04, 0.45)


def _ranges(layer: Layer, scene: Scene, horizon: float, tall: dict[str, float], rows: int) -> None:
    kit, mood = scene.kit, scene.mood
    kinds = kit.ranges[:rows] if rows >= len(kit.ranges) else (kit.ranges[0], *kit.ranges[1:rows])
    for n, kind in enumerate(kinds):
        share = n / max(1, len(kinds) - 1) if len(kinds) > 1 else 0.4
        depth = 2.15 - 1.15 * share
        base = mix(
            kit.far, kit.leaf if kind in ("canopy", "conifers", "hills") else kit.rock, 0.3 + 0.5 * share
        )
        if kind == "dunes":
            base = kit.ground
        paint_range(
            layer, scene.roll("range", n), scene.keep("range", n), mood, kind, horizon + 0.045 * n,
            tall.get(kind, 0.15) * (1.0 - 0.25 * share), depth, base,
            kit.cap if kit.snow or kit.rocky else None,
            kit.snow * (1 - share) if kind in ("peaks", "cone", "hills") else 0.0, 0.62,
        )  # fmt: skip
        if kind == "cone":
            _eruption(layer, scene, horizon)


def _cliff_with_fall(layer: Layer, scene: Scene, foot: float) -> None:
    """A wall of rock away from the light, and a river that comes over it."""
    mood, kit, rng = scene.mood, scene.kit, scene.keep("cliff")
    middle = (0.5 - 0.20 * mood.side) * scene.aspect
    xs = np.linspace(0, scene.aspect, 500)
    wall = 1 / (1 + np.exp(-(0.42 - np.abs(xs - middle)) * 26))
    edge = foot - wall * (0.34 + 0.05 * profile(rng, 500, 7, 5, 0.55)) - 0.02 * profile(rng, 500, 12, 4)
    sheet, green = Sheet(layer.size, 112), Sheet(layer.size)
    sheet.below(edge.astype(np.float32), 112)
    half = (scene.size[0] // 2, scene.size[1] // 2)
    rock = fbm(rng, half, 8, 5, 0.6, 0.28)
    sheet.texture(rock - shifted(rock, -mood.side * half[0] / 80, half[0] / 200), 95)
    for _ in range(30):
        x = rng.random() * scene.aspect
        crest = float(np.interp(x, xs, edge))
        at = np.array([x, crest + 0.10 * rng.random() ** 3]) + rng.standard_normal((6, 2)) * (0.03, 0.008)
        leaf_mass(green, rng, at.astype(np.float32), 0.024, mood.side, 0.3, 0.7)
    for each in (sheet, green):
        each.brush(scene.bristles)
    layer.lay(sheet, mood.shade(mix(kit.rock, kit.far, 0.3), 1.25))
    x = middle + 0.06 * mood.side
    paint_fall(layer, scene.roll("fall"), mood, x, float(np.interp(x, xs, edge)) + 0.004, foot, 0.055)
    layer.lay(green, mood.shade(kit.leaf, 1.2))
    paint_mist(layer, scene.roll("fallmist"), mood.haze, foot, 0.12, 0.5)


def _eruption(layer: Layer, scene: Scene, horizon: float) -> None:
    """The plume and the glow of a crater; it stands where the kept dice put the cone."""
    place = scene.keep("range", 0)
    x = 0.42 + 0.16 * place.random()
    h, w = scene.size
    ys, xs = np.mgrid[0 : h // 4, 0 : w // 4].astype(np.float32) / np.float32(h // 4)
    crater = horizon - 0.36
    rise = np.clip(crater - ys, 0, 1)
    drift = x * scene.aspect - scene.mood.side * rise**1.3 * 0.8
    rng = scene.roll("plume")
    billow = soft(rng, xs.shape, 7, 5, 0.6) * 0.5 + 0.5
    plume = (
        np.exp(-(((xs - drift) / (0.03 + 0.30 * rise)) ** 2))
        * smoothstep(0.0, 0.03, rise)
        * np.clip(billow * 1.6 - 0.15, 0, 1)
    )
    glow = np.exp(-(np.hypot(xs - x * scene.aspect, (ys - crater) * 1.2) / 0.13))
    layer.wash(_full(plume, scene) * np.float32(0.85), mix(colour("3A2E30"), scene.mood.haze, 0.35))
    hot = (plume * np.exp(-rise * 7) * 0.8 + glow * 0.55) * (
        0.75 + 0.4 * (scene.mood.light in ("night", "dusk"))
    )
    layer.add(_full(hot, scene), colour("FF5A24"))


def _cavern(layer: Layer, scene: Scene) -> None:
    """A hall of stone: walls going into the dark, light falling in from one opening."""
    mood, rng = scene.mood, scene.roll("cavern")
    ys = np.linspace(0, 1, scene.size[0], dtype=np.float32)[:, None]
    xs = np.linspace(0, scene.aspect, scene.size[1], dtype=np.float32)[None, :]
    x = mood.sun[0] * scene.aspect
    far = np.hypot((xs - x) * 0.8, (ys - 0.26) * 1.1)
    level = float(np.clip(mood.horizon.mean() * 1.05, 0.22, 0.95))
    glow = np.exp(-far * 2.7) * level
    half = (scene.size[0] // 2, scene.size[1] // 2)
    drag = fbm(rng, half, 3, 4)
    relief = warp(facets(rng, half, 8)[0], drag, fbm(rng, half, 3, 4), half[0] * 0.05)
    relief = cv2.GaussianBlur(relief, (0, 0), half[0] / 130) * 0.5 + 0.8 * fbm(rng, half, 3, 5, 0.5, 0.8)
    step = half[0] / 60
    shaped = _full(relief - shifted(relief, -mood.side * step, step), scene)
    base = mix(scene.kit.rock, mood.haze, 0.45) * (0.10 + 0.10 * level)
    tint = mix(mood.horizon, mood.haze, 0.35)
    for c in range(3):
        layer.planes[c] = np.clip(base[c] + (tint[c] * glow) * (0.66 + 0.55 * shaped), 0.008, 1)
    opening = smoothstep(0.115, 0.06, far + 0.06 * soft(rng, scene.size, 6, 4))
    layer.wash(opening, np.clip(mix(mood.horizon, mood.sky, 0.3) * 1.12, 0, 1))
    layer.add(opening * smoothstep(0.12, 0.0, far) * np.float32(0.75), mood.sun_colour)
    for n, (depth, count, size) in enumerate(((1.7, 15, 0.20), (0.95, 11, 0.34))):
        sheet = Sheet(scene.size)
        for _ in range(count):
            px = rng.random() * scene.aspect
            length = size * (0.35 + 0.9 * rng.random() ** 2) * (0.4 + abs(px / scene.aspect - mood.sun[0]))
            dripstone(sheet, rng, px, -0.02, -length - 0.02, length * 0.30, mood.side)
        layer.lay(sheet, mood.shade(scene.kit.rock * 0.8, depth), None)
        paint_mist(layer, scene.roll("cavemist", n), mood.haze * 0.8, 0.72, 0.3, 0.22)


def _canopy(layer: Layer, scene: Scene, depth: float) -> None:
    """Leaves that close a wooded thicket above; bare countries stay open."""
    if scene.setting.habitat not in ("forest", "rainforest", "river", "wetland", "ruins"):
        return
    rng, sheet = scene.roll("canopy"), Sheet(scene.size)
    at = np.stack([rng.random(46) * scene.aspect, 0.14 * rng.random(46) ** 2 - 0.02], axis=1).astype(
        np.float32
    )
    leaf_mass(sheet, rng, at, 0.085, scene.mood.side, 0.8, 0.7)
    layer.lay(sheet, scene.mood.shade(scene.kit.leaf, depth), None)


def _bokeh(layer: Layer, scene: Scene) -> None:
    """Points of light out of focus behind a close subject."""
    rng = scene.roll("bokeh")
    h, w = scene.size
    spots = np.zeros((h // 2, w // 2), np.uint8)
    for _ in range(42):
        x, y, r = (
            rng.random() * w / 2,
            (0.1 + 0.55 * rng.random()) * h / 2,
            (0.006 + 0.014 * rng.random()) * h / 2,
        )
        disc = np.zeros_like(
            spots[max(0, int(y - r - 2)) : int(y + r + 3), max(0, int(x - r - 2)) : int(x + r + 3)]
        )
        centre = (round((x - max(0, int(x - r - 2))) * 16), round((y - max(0, int(y - r - 2))) * 16))
        cv2.circle(disc, centre, round(r * 16), int(30 + 60 * rng.random()), -1, cv2.LINE_AA, 4)
        part = spots[max(0, int(y - r - 2)) : int(y + r + 3), max(0, int(x - r - 2)) : int(x + r + 3)]
        np.maximum(part, disc[: part.shape[0], : part.shape[1]], out=part)
    glow = _full(spots.astype(np.float32) / 255, scene)
    layer.add(glow * np.float32(0.5), mix(scene.mood.key, scene.mood.horizon, 0.4))


def _light(layer: Layer, scene: Scene) -> None:
    mood = scene.mood
    if scene.setting.habitat == "reef":
        paint_caustics(layer, scene.roll("caustics"), 0.74, scene.stand.horizon + 0.08, 0.3, mood.key)
        return
    halo = air_mask(scene.size, mood, scene.aspect)
    layer.add(halo * np.float32(mood.glow * 0.42), mood.sun_colour)
    wooded = scene.setting.habitat in ("forest", "rainforest", "cave", "ruins", "river", "wetland")
    strength = (0.42 if wooded else 0.16) * (mood.glow + 0.25) * mood.contrast
    if mood.light != "overcast" or scene.setting.habitat == "cave":
        source = (mood.sun[0], min(mood.sun[1], 0.05) if wooded else mood.sun[1])
        beam = shafts(scene.roll("shafts"), scene.size, mood, scene.aspect, source)
        layer.add(beam * np.float32(min(0.5, strength)), mood.sun_colour)


def _full(field: np.ndarray, scene: Scene) -> np.ndarray:
    return cv2.resize(field.astype(np.float32), (scene.size[1], scene.size[0]), interpolation=cv2.INTER_CUBIC)
