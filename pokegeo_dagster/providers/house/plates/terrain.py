"""Terrain: ranges that fade into the air, and the ground plane an animal stands on."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np

from pokegeo_dagster.providers.house.plates.canvas import Colour, Field, Layer, Sheet, colour, smoothstep
from pokegeo_dagster.providers.house.plates.light import Mood
from pokegeo_dagster.providers.house.plates.noise import Rng, crumple, facets, fbm, profile, shifted, soft

RangeKind = Literal["peaks", "hills", "dunes", "mesas", "canopy", "conifers", "stacks", "cone", "skyline"]
Surface = Literal["soil", "grass", "mud", "sand", "snow", "stone", "basalt", "paving", "pebbles", "seabed"]


def skyline(rng: Rng, kind: RangeKind, count: int, cells: float) -> Field:
    """Heights 0–1 along a range of this kind."""
    if kind == "peaks":
        broad = profile(rng, count, cells, 2, 0.5)
        return np.clip(
            0.45 + 0.34 * broad + 0.30 * (1 - 2 * np.abs(profile(rng, count, cells * 1.6, 6, 0.5, True))),
            0,
            1.4,
        )
    if kind == "mesas":
        steps = np.round(np.clip(profile(rng, count, cells * 1.3, 3) * 1.5 + 0.6, 0, 2) * 1.6) / 3.2
        soft_edge = cv2.GaussianBlur(steps.reshape(1, -1), (0, 0), count / 420).ravel()
        return np.clip(soft_edge + 0.035 * profile(rng, count, cells * 12, 4), 0, 1.2)
    if kind == "dunes":
        wave = profile(rng, count, cells, 2, 0.4)
        crest = np.abs(profile(rng, count, cells * 1.4, 2, 0.35, True))
        return np.clip(0.5 + 0.3 * wave + 0.45 * (0.4 - crest), 0, 1.2)
    if kind == "stacks":
        rise = np.clip(profile(rng, count, cells * 2.2, 3, 0.4) - 0.25, 0, 1) ** 0.35
        return np.clip(rise * (0.75 + 0.3 * profile(rng, count, cells * 4, 4)), 0, 1.2)
    if kind == "cone":
        at = np.linspace(0, 1, count, dtype=np.float32)
        middle, crater = 0.42 + 0.16 * rng.random(), 0.035
        away = np.maximum(np.abs(at - middle) - crater, 0)
        cone = np.exp(-away * 4.4) * 1.06 - 0.07 * np.exp(-(((at - middle) / crater) ** 2))
        return np.clip(cone + 0.035 * profile(rng, count, 24, 5, 0.6), 0, 1.3)
    smooth = 0.5 + 0.4 * profile(rng, count, cells, 4, 0.45)
    return np.clip(smooth, 0, 1.2)


def paint_range(
    layer: Layer, rng: Rng, place: Rng, mood: Mood, kind: RangeKind, foot: float, height: float,
    depth: float, albedo: Colour, second: Colour | None = None, snow: float = 0.0, mist: float = 0.6,
) -> None:  # fmt: skip
    """One range: its silhouette (from `place`, so that a film keeps its mountains), relief, mist at its foot.

    `snow` is how far down from the crest the second colour lies, in frame heights.
    """
    sheet = Sheet(layer.size, 120)
    cells = {"peaks": 3.2, "hills": 2.2, "dunes": 2.0, "mesas": 3.0, "stacks": 3.0, "cone": 1.0}.get(
        kind, 2.4
    )
    line = foot - height * skyline(place, kind, 900, cells)
    sheet.below(line, 118)
    if kind in ("canopy", "conifers", "skyline"):
        _crowns(sheet, rng, kind, line, foot, height, mood.side)
    half = (layer.size[0] // 2, layer.size[1] // 2)
    grain = crumple(rng, half, 5.5 if kind in ("peaks", "cone") else 4, 0.55 if kind != "dunes" else 3.5)
    if kind in ("peaks", "cone", "stacks"):
        grain = 0.6 * grain + 0.55 * fbm(rng, half, 9, 5, 0.62, 0.8)
    shift = max(1.0, half[0] / 90)
    relief = grain - shifted(grain, -mood.side * shift, shift)
    strong = {"peaks": 150, "cone": 100, "mesas": 80, "stacks": 90, "dunes": 34, "hills": 45}.get(kind, 30)
    sheet.texture(cv2.GaussianBlur(relief, (0, 0), 0.8), strong)
    _slopes(sheet, line, mood, 70 if kind in ("peaks", "dunes", "cone", "mesas") else 36)
    if snow > 0:
        _snow_line(sheet, rng, line, snow)
    layer.lay(sheet, mood.shade(albedo, depth), None if second is None else mood.shade(second, depth))
    if mist > 0:
        paint_mist(layer, rng, mood.haze, foot - height * 0.05, max(0.05, height * 0.36), mist)


def paint_mist(layer: Layer, rng: Rng, tint: Colour, level: float, spread: float, strength: float) -> None:
    """A bank of mist: thickest at `level`, thinning over `spread` above, staying below."""
    h = layer.height_px
    top = int(np.clip((level - spread * 1.6) * h, 0, h - 2))
    ys = np.linspace(top / h, 1, h - top, dtype=np.float32)[:, None]
    rise = np.exp(-np.clip(level - ys, 0, None) / np.float32(spread * 0.5)) * np.clip(
        1 - (ys - level) * 2.2, 0, 1
    )
    drift = soft(rng, (h - top, layer.width_px), 3.0 * (h - top) / h + 1, 4, 0.55, 5.0)
    layer.wash(np.clip(rise * (0.72 + 0.5 * drift), 0, 1) * np.float32(strength), tint, top)


def paint_ground(
    layer: Layer, rng: Rng, mood: Mood, line: float, horizon: float, albedo: Colour, second: Colour,
    surface: Surface, focus: float = 0.5, depth: float = 0.12,
) -> Field:  # fmt: skip
    """The ground from `line` down to the bottom edge, across the frame; returns its edge (y per column).

    Its texture runs to the vanishing line at `horizon`; a pool of light lies around `focus`
    (0–1 of the width), where the animal will stand.
    """
    sheet = Sheet(layer.size, 128)
    rough = {"snow": 0.014, "sand": 0.012, "seabed": 0.014, "paving": 0.002, "mud": 0.008}.get(surface, 0.015)
    edge = line + rough * profile(rng, 600, 3.2, 6, 0.5)
    sheet.below(edge, 128)
    top = max(0, int((line - 0.03) * layer.height_px))
    tone, kind, seams = _ground_texture(rng, layer, top, horizon, surface)
    ys = np.linspace(top / layer.height_px, 1, layer.height_px - top, dtype=np.float32)[:, None]
    xs = np.linspace(0, 1, layer.width_px, dtype=np.float32)[None, :]
    pool = np.exp(-(((xs - focus) / 0.36) ** 2) - (((ys - line - 0.09) / 0.16) ** 2))
    fall = np.clip((ys - line) / max(0.05, 1 - line), 0, 1)
    tone = tone + (22 + 66 * pool * mood.contrast - 88 * fall**1.5)
    if mood.light not in ("overcast",) and surface != "seabed":
        tone -= _long_shadows(rng, layer, mood, top, horizon) * np.float32(58 * mood.contrast)
    part = sheet.image[top:]
    part[..., 1] = np.clip(part[..., 1].astype(np.float32) + tone, 4, 250)
    part[..., 2] = np.clip(kind * 255, 0, 255)
    layer.lay(sheet, mood.shade(albedo, depth), mood.shade(second, depth))
    if seams is not None:
        _glowing_seams(layer, seams, kind, sheet.image[top:, :, 0], top)
    return edge


def paint_caustics(layer: Layer, rng: Rng, top: float, horizon: float, strength: float, tint: Colour) -> None:
    """The net of light that a moving surface throws on the sea bed."""
    at = int(top * layer.height_px)
    tile = (768, 768)
    a, b = fbm(rng, tile, 9, 2, 0.4), fbm(rng, tile, 9, 2, 0.4)
    net = np.maximum(1 - np.abs(a) * 5, 1 - np.abs(b) * 5)
    net = cv2.GaussianBlur(np.clip(net, 0, 1) ** 1.6, (0, 0), 1.4)
    lines = _in_perspective(net, layer, at, horizon, 150, 240)
    light = lines * np.float32(strength)
    if layer.alpha is not None:
        light = light * layer.alpha[at:]
    layer.add(light, tint, at)


def _slopes(sheet: Sheet, line: Field, mood: Mood, amount: float) -> None:
    """Whole faces of a range turn to the light or away from it, by the slope of its skyline."""
    slope = np.gradient(cv2.GaussianBlur(line.reshape(1, -1), (0, 0), len(line) / 130).ravel()) * len(line)
    faces = np.clip(slope * np.float32(-mood.side * 0.45 / sheet.aspect), -1, 1).astype(np.float32)
    row = cv2.resize(faces.reshape(1, -1), (sheet.width_px, 1), interpolation=cv2.INTER_LINEAR)
    top, end = sheet.rows()
    tone = sheet.image[top:end, :, 1].astype(np.float32) + row * np.float32(amount)
    sheet.image[top:end, :, 1] = np.clip(tone, 0, 255)


def _snow_line(sheet: Sheet, rng: Rng, line: Field, reach: float) -> None:
    column = cv2.resize(line.reshape(1, -1), (sheet.width_px, 1), interpolation=cv2.INTER_LINEAR)
    top, end = sheet.rows()
    ys = (np.arange(top, end, dtype=np.float32) / sheet.height_px)[:, None]
    noise = soft(rng, (end - top, sheet.width_px), 9, 5, 0.6, 0.6)
    light = sheet.image[top:end, :, 1].astype(np.float32) / 255
    inside = (ys - column) / np.float32(reach) + noise * 0.55 - (light - 0.45) * 0.9
    sheet.image[top:end, :, 2] = 255 * (1 - smoothstep(0.55, 0.95, inside))


def _crowns(
    sheet: Sheet, rng: Rng, kind: RangeKind, line: Field, foot: float, height: float, side: float
) -> None:
    """Trees (or walls) that break a skyline, back to front."""
    count = 420 if kind == "canopy" else 240
    if kind == "skyline":
        return _walls(sheet, rng, line, height, side)
    at, down = rng.random(count), np.sort(rng.random(count) ** 1.6)
    tall = height * (0.20 if kind == "conifers" else 0.13)
    for n in range(count):
        x, low = float(at[n]) * (sheet.aspect + 0.1) - 0.05, float(down[n])
        crest = float(np.interp(x, np.linspace(0, sheet.aspect, len(line)), line))
        y = crest + low * max(0.02, foot - crest) * 0.8
        size = tall * (0.6 + 0.7 * rng.random()) * (1 + low)
        if kind == "conifers":
            tone = 84 + 60 * rng.random() + 12 * low
            sheet.poly(spruce_outline(rng, x, y + size * 0.25, size * 1.5), tone)
        else:
            _crown(sheet, rng, x, y, size, side, low)


def _crown(sheet: Sheet, rng: Rng, x: float, y: float, size: float, side: float, down: float) -> None:
    turn = np.linspace(0, 2 * np.pi, 13, endpoint=False)
    for shift, tone, share in ((0.0, 88, 1.0), (0.22, 150, 0.62)):
        radius = size * share * (0.85 + 0.3 * rng.random(13))
        cx, cy = x + side * shift * size, y - shift * size * 0.8
        ring = np.stack([cx + np.cos(turn) * radius, cy + np.sin(turn) * radius * 0.8], axis=1)
        sheet.poly(ring.astype(np.float32), tone + 30 * rng.random() - 10 + 10 * down)


def spruce_outline(rng: Rng, x: float, foot: float, height: float) -> Field:
    """A conifer far away: one outline, tiers drooping, no two alike."""
    tiers = 7
    left, right = [], []
    for n in range(tiers):
        t = (n + 1) / tiers
        half = height * 0.19 * t**0.9
        y = foot - height * (1 - t * 0.96)
        for points, sign in ((left, -1), (right, 1)):
            reach = half * (0.75 + 0.5 * rng.random())
            points.append((x + sign * reach, y + height * 0.03 * rng.random()))
            points.append((x + sign * reach * 0.5, y - height * 0.015))
    top = [(x + height * 0.01 * rng.standard_normal(), foot - height)]
    return np.array(top + right + left[::-1], np.float32)


def _walls(sheet: Sheet, rng: Rng, line: Field, height: float, side: float) -> None:
    """Broken towers and arcades on a hill."""
    for _ in range(16):
        x = rng.random() * sheet.aspect
        crest = float(np.interp(x, np.linspace(0, sheet.aspect, len(line)), line))
        wide, tall = height * (0.08 + 0.16 * rng.random()), height * (0.15 + 0.5 * rng.random())
        tops = tall * (1 - 0.35 * rng.random(7))
        xs = np.linspace(x - wide / 2, x + wide / 2, 7)
        outline = [(px, crest - ty) for px, ty in zip(xs, tops, strict=True)]
        outline += [(x + wide / 2, crest + 0.08), (x - wide / 2, crest + 0.08)]
        sheet.poly(np.array(outline, np.float32), 96 + 40 * rng.random())
        lit = x + side * wide * 0.36
        strip = [(lit - wide * 0.1, crest - tall * 0.6), (lit + wide * 0.1, crest - tall * 0.6)]
        sheet.poly(
            np.array(
                [*strip, (lit + wide * 0.1, crest + 0.05), (lit - wide * 0.1, crest + 0.05)], np.float32
            ),
            190,
        )
        if wide > height * 0.13:
            gap = np.array(
                [
                    (x - wide * 0.12, crest - tall * 0.4),
                    (x, crest - tall * 0.55),
                    (x + wide * 0.12, crest - tall * 0.4),
                    (x + wide * 0.12, crest),
                    (x - wide * 0.12, crest),
                ],
                np.float32,
            )
            sheet.poly(gap, 26)


def _in_perspective(tile: Field, layer: Layer, top: int, horizon: float, across: float, away: float) -> Field:
    """A tile laid flat: looked up along lines that meet at the horizon."""
    h, w = (layer.height_px - top) // 2 + 1, layer.width_px // 2
    ys = np.linspace(top / layer.height_px, 1, h, dtype=np.float32)[:, None]
    xs = np.linspace(-0.5, 0.5, w, dtype=np.float32)[None, :] * np.float32(layer.aspect)
    near = 1 / np.maximum(ys - np.float32(horizon), 0.012)
    u = (xs * near * across + tile.shape[1] / 2).astype(np.float32)
    v = np.broadcast_to(near * away, u.shape).astype(np.float32)
    laid = cv2.remap(
        tile,
        np.ascontiguousarray(u),
        np.ascontiguousarray(v),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )
    return cv2.resize(laid, (layer.width_px, layer.height_px - top), interpolation=cv2.INTER_LINEAR)


def _ground_texture(
    rng: Rng, layer: Layer, top: int, horizon: float, surface: Surface
) -> tuple[Field, Field, Field | None]:
    """(tones to add, share of the second material, distance to glowing seams or None)."""
    size = (layer.height_px - top, layer.width_px)
    broad = _in_perspective(fbm(rng, (512, 512), 5, 5, 0.6), layer, top, horizon, 60, 60)
    fine = fbm(rng, size, 26, 4, 0.62, 4.5)
    patch = smoothstep(0.0, 0.7, broad + fine * 0.4)
    if surface in ("stone", "basalt", "pebbles", "paving"):
        cells = {"stone": 9, "basalt": 12, "pebbles": 22, "paving": 9}[surface]
        tilt, seam = _slabs(rng, 512, cells) if surface == "paving" else facets(rng, (512, 512), cells)
        flat = _in_perspective(np.clip(seam * 4, 0, 1), layer, top, horizon, 84, 84)
        tilts = _in_perspective(tilt, layer, top, horizon, 84, 84)
        tone = tilts * 30 + (flat - 0.8) * 62 + fine * 20 + broad * 16
        glow = (
            _in_perspective(1 - np.clip(seam * 11, 0, 1), layer, top, horizon, 84, 84)
            if surface == "basalt"
            else None
        )
        return tone, patch * (0.9 if surface == "paving" else 0.55), glow
    if surface in ("sand", "seabed", "snow"):
        ripple = _in_perspective(fbm(rng, (512, 512), 26, 3, 0.5, 6), layer, top, horizon, 60, 110)
        amount = {"sand": 24, "seabed": 20, "snow": 9}[surface]
        return ripple * amount + broad * 26 + fine * 6, patch * 0.5, None
    return broad * 26 + fine * (34 if surface == "grass" else 26), patch, None


def _slabs(rng: Rng, size: int, cells: int) -> tuple[Field, Field]:
    """Laid stone: courses of slabs, (a tilt per slab, distance to the joint)."""
    ys, xs = np.mgrid[0:size, 0:size].astype(np.float32) * (cells / size)
    row = np.floor(ys)
    moved = xs + 0.5 * (row % 2)
    column = np.floor(moved)
    joint = np.minimum.reduce([ys - row, row + 1 - ys, moved - column, column + 1 - moved])
    table = rng.random((cells + 2, cells + 3), dtype=np.float32) * 2 - 1
    return table[row.astype(int), column.astype(int)], np.clip(joint * 1.6, 0, 0.5).astype(np.float32)


def _long_shadows(rng: Rng, layer: Layer, mood: Mood, top: int, horizon: float) -> Field:
    """Shadows that fan out over the ground from the foot of the light, 0–1."""
    h, w = (layer.height_px - top) // 2 + 1, layer.width_px // 2
    ys = np.linspace(top / layer.height_px, 1, h, dtype=np.float32)[:, None]
    xs = np.linspace(0, 1, w, dtype=np.float32)[None, :] * np.float32(layer.aspect)
    fan = (xs - np.float32(mood.sun[0] * layer.aspect)) / np.maximum(ys - np.float32(horizon) + 0.10, 0.04)
    stripes = profile(rng, 2048, 30, 4, 0.6)
    shade = np.interp(fan.ravel(), np.linspace(-9, 9, 2048), stripes).reshape(h, w).astype(np.float32)
    shade = smoothstep(0.05, 0.75, shade + 0.35 * fbm(rng, (h, w), 5, 4, 0.6, 3))
    return cv2.resize(shade, (layer.width_px, layer.height_px - top), interpolation=cv2.INTER_LINEAR)


def _glowing_seams(layer: Layer, seams: Field, patch: Field, mask: np.ndarray, top: int) -> None:
    """Molten rock between plates of basalt: a white-hot core in a red halo."""
    lit = np.clip(seams, 0, 1) * (mask.astype(np.float32) / 255)
    patches = smoothstep(0.05, 0.5, patch)
    halo = cv2.GaussianBlur(lit, (0, 0), layer.height_px / 90)
    layer.add(halo * patches * np.float32(0.75), colour("D8361A"), top)
    layer.add(smoothstep(0.55, 0.95, lit) * patches, colour("FFB04A"), top)
