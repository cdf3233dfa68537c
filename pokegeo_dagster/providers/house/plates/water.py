"""Water and its counterparts: a mirror of what stands behind, ripples, glitter, ice, lava; the deep."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np

from pokegeo_dagster.providers.house.plates.canvas import Colour, Layer, colour, mix, smoothstep
from pokegeo_dagster.providers.house.plates.light import Mood, shafts
from pokegeo_dagster.providers.house.plates.noise import Rng, fbm, profile, soft

Liquid = Literal["water", "sea", "ice", "lava", "pool", "mirage"]


def paint_water(layer: Layer, rng: Rng, mood: Mood, line: float, liquid: Liquid, tint: Colour) -> None:
    """A surface from `line` down to the bottom edge, mirroring the picture above the line."""
    h, w = layer.size
    top = int(line * h)
    rows = h - top
    depth = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    calm = {"pool": 0.25, "ice": 0.12, "mirage": 0.35, "lava": 0.3, "sea": 1.5}.get(liquid, 0.7)
    # Ripples are stretched sideways, more finely the farther away they are.
    tall = fbm(rng, (rows, w), 16, 4, 0.6, 9)
    fine = fbm(rng, (rows, w), 44, 3, 0.6, 11)
    ripple = tall * depth + fine * (1 - depth) * 0.6
    xs = np.arange(w, dtype=np.float32)[None, :] + ripple * np.float32(h * 0.011 * calm) * (0.3 + depth)
    up = np.arange(rows, dtype=np.float32)[:, None] * np.float32(0.92)
    ys = np.float32(top - 2) - up - ripple * np.float32(h * 0.020 * calm) * (0.25 + depth)
    mirror = 0.80 if liquid in ("pool", "water", "mirage") else 0.5 if liquid in ("ice", "sea") else 0.25
    body = _body(mood, liquid, tint)
    grazing = (mirror * (1 - 0.62 * depth**1.2)).astype(np.float32)
    for c in range(3):
        image = cv2.remap(layer.planes[c], xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        deep = body[c] * (1 - np.float32(0.42) * depth)
        layer.planes[c, top:] = deep + (image * np.float32(0.92) - deep) * grazing
    if liquid == "lava":
        return _lava(layer, rng, top)
    if liquid == "ice":
        return _ice(layer, rng, mood, top)
    if liquid == "sea":
        _surf(layer, rng, mood, top)
    _glitter(layer, mood, ripple, top, depth)
    glint = smoothstep(0.42, 0.9, ripple) * (0.10 + 0.22 * depth)
    layer.add(glint.astype(np.float32), mix(mood.sky, mood.key, 0.5), top)
    edge = np.exp(-depth * 26).astype(np.float32) * np.float32(0.35)
    layer.wash(edge * np.ones((1, w), np.float32), mix(mood.haze, mood.horizon, 0.5), top)


def paint_deep(layer: Layer, rng: Rng, mood: Mood, floor: float) -> None:
    """Open water from inside: bright from above, lost below, with beams and the surface as a ceiling."""
    size = layer.size
    ys = np.linspace(0, 1, size[0], dtype=np.float32)
    level = float(np.clip(mood.sky.mean() * 1.15, 0.10, 1.0))
    warm = mix(np.array([0.62, 0.98, 0.95], np.float32), mood.horizon, 0.46) * level
    blue = mix(np.array([0.10, 0.56, 0.70], np.float32), mood.sky, 0.36) * (0.25 + 0.75 * level)
    deep = mix(np.array([0.02, 0.20, 0.36], np.float32), mood.zenith, 0.28) * (0.3 + 0.7 * level)
    drift = soft(rng, size, 2.0, 4, 0.55, 1.6)
    for c in range(3):
        column = np.interp(
            ys,
            [0, 0.16, 0.46, floor, 1],
            [warm[c], mix(warm, blue, 0.6)[c], blue[c], mix(blue, deep, 0.62)[c], deep[c]],
        )
        layer.planes[c] = column.astype(np.float32)[:, None] * (1 + 0.10 * drift)
    xs = np.linspace(0, 1, size[1], dtype=np.float32)[None, :]
    pool = np.exp(-(((xs - np.float32(mood.sun[0])) / 0.26) ** 2)) * np.exp(-ys[:, None] * 3.2)
    layer.add(pool * np.float32(0.62 * level), warm / max(0.1, float(warm.max())))
    ceiling = fbm(rng, (size[0] // 5, size[1]), 5, 4, 0.6, 5)
    sheen = (
        smoothstep(0.15, 0.75, ceiling) * np.linspace(1, 0, size[0] // 5, dtype=np.float32)[:, None] ** 1.6
    )
    layer.add(sheen * np.float32(0.5 * level), np.array([0.9, 1.0, 1.0], np.float32))
    beam = shafts(rng, size, mood, layer.aspect, (mood.sun[0], -0.32))
    layer.add(beam * np.float32(0.72 * level + 0.14), np.array([0.75, 1.0, 0.98], np.float32))


def paint_fall(layer: Layer, rng: Rng, mood: Mood, x: float, top: float, foot: float, width: float) -> None:
    """A waterfall: threads of white water and the spray it ends in."""
    h, w = layer.size
    a, b = int(top * h), int(foot * h)
    ys = np.linspace(0, 1, b - a, dtype=np.float32)[:, None]
    xs = (np.arange(w, dtype=np.float32)[None, :] / h - np.float32(x)) / np.float32(width)
    threads = fbm(rng, (b - a, w), 30 * (b - a) / h, 4, 0.6, 0.06)
    sway = np.float32(0.10) * profile(rng, b - a, 3, 3)[:, None]
    inside = smoothstep(-0.56, -0.40, xs + sway + threads * 0.05) * (
        1 - smoothstep(0.40, 0.56, xs + sway * 0.5 + threads * 0.05)
    )
    layer.wash(
        np.clip(inside * (0.70 + 0.3 * threads), 0, 1).astype(np.float32), mix(mood.horizon, mood.key, 0.5), a
    )
    spray = np.exp(-((xs / 1.5) ** 2)) * np.exp(-(((ys - 1) / 0.16) ** 2))
    layer.wash((spray * 0.8).astype(np.float32), mix(mood.haze, mood.horizon, 0.6), a)


def _body(mood: Mood, liquid: Liquid, tint: Colour) -> Colour:
    if liquid == "lava":
        return colour("2A1210")
    base = tint * (mood.fill * 0.8 + mood.key * 0.25)
    return mix(base, mood.sky, 0.25 if liquid != "ice" else 0.55)


def _glitter(layer: Layer, mood: Mood, ripple: np.ndarray, top: int, depth: np.ndarray) -> None:
    """The road of light under a low sun or moon."""
    if mood.disc <= 0:
        return
    w = layer.width_px
    xs = np.linspace(0, 1, w, dtype=np.float32)[None, :] - np.float32(mood.sun[0])
    road = np.exp(-((xs / (0.035 + 0.10 * depth)) ** 2))
    spark = smoothstep(-0.05, 0.45, ripple) * road * (0.95 - 0.45 * depth)
    layer.add(
        (spark + road * 0.22).astype(np.float32) * np.float32(min(1.0, mood.glow + 0.25)),
        mood.sun_colour,
        top,
    )


def _surf(layer: Layer, rng: Rng, mood: Mood, top: int) -> None:
    h, w = layer.size
    rows = h - top
    foam = np.zeros((rows, w), np.float32)
    ys = np.arange(rows, dtype=np.float32)[:, None] / h
    for n, at in enumerate((0.05, 0.10, 0.165)):
        swell = at + 0.010 * (n + 1) * profile(rng, w, 3, 4)[None, :]
        body = np.clip(1 - np.abs(ys - swell) / (0.004 + 0.006 * n), 0, 1)
        torn = np.clip(0.45 + 0.9 * fbm(rng, (rows, w), 22, 4, 0.6, 5), 0, 1)
        face = (
            np.clip((swell - ys) / (0.02 + 0.012 * n), 0, 1) * (ys < swell) * (swell - ys < 0.02 + 0.012 * n)
        )
        layer.wash((face * 0.30).astype(np.float32), _wave_face(mood), top)
        foam = np.maximum(foam, body * torn)
    layer.wash(np.clip(foam * 0.9, 0, 1), mix(mood.horizon, mood.key, 0.4), top)


def _wave_face(mood: Mood) -> Colour:
    """The colour inside the face of a wave."""
    return mix(colour("1F5A66") * (mood.fill + 0.2), mood.sky, 0.2)


def _ice(layer: Layer, rng: Rng, mood: Mood, top: int) -> None:
    size = (layer.height_px - top, layer.width_px)
    crack = np.clip(1 - np.abs(fbm(rng, size, 5, 5, 0.55, 3.5)) * 16, 0, 1)
    layer.add(crack * np.float32(0.35), mix(mood.key, mood.sky, 0.5), top)
    drift = smoothstep(0.1, 0.6, fbm(rng, size, 7, 5, 0.55, 6))
    layer.wash(
        drift * np.float32(0.55),
        mix(mood.horizon, np.ones(3, np.float32), 0.35) * (mood.fill + mood.key * 0.4).clip(0, 1),
        top,
    )


def _lava(layer: Layer, rng: Rng, top: int) -> None:
    size = (layer.height_px - top, layer.width_px)
    veins = np.clip(1 - np.abs(fbm(rng, size, 7, 5, 0.55, 4.0)) * 3.4, 0, 1)
    layer.add(cv2.GaussianBlur(veins, (0, 0), layer.height_px / 70) * np.float32(0.9), colour("E03A14"), top)
    layer.add(smoothstep(0.5, 0.95, veins), colour("FF9A30"), top)
    layer.add(smoothstep(0.86, 1.0, veins) * np.float32(0.8), colour("FFF0B0"), top)
