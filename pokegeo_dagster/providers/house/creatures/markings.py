"""Markings: what colour a part is at every pixel: ground colour, tints, and its coat's pattern."""

from __future__ import annotations

import math

import cv2
import numpy as np

from pokegeo_dagster.providers.house.creatures.clay import Window, swell
from pokegeo_dagster.providers.house.creatures.figure import Array, Limb, Part, Tint
from pokegeo_dagster.providers.house.creatures.lighting import linear
from pokegeo_dagster.providers.house.creatures.skins import cloud, flow_coordinates


def colour_of(part: Part, window: Window, cover: Array, dice: np.random.Generator) -> Array:
    """Linear colour (h×w×3 float32) of a part before any light falls on it."""
    colour = np.empty((window.height, window.width, 3), np.float32)
    colour[:] = linear(part.colour)
    if not part.tints and part.pattern == "plain":
        return colour
    gx, gy = window.grid()
    hairy = part.skin in ("fur", "wool", "feathers")
    warp = cloud(window, part, dice, 0.06)
    if hairy:
        warp = warp + 0.8 * cloud(window, part, dice, 0.02)
    warp *= np.float32(0.011 if hairy else 0.004)
    flow = None
    if part.pattern != "plain" or any(t.kind in ("along", "flank") for t in part.tints):
        flow = flow_coordinates(part, window)
    if part.pattern != "plain" and flow is not None:
        share = _pattern(part, window, gx + warp, gy + warp, flow, warp, dice)
        colour += (share * np.float32(0.9))[..., None] * (linear(part.mark) - colour)
    for tint in part.tints:
        share = _share(tint, part, window, gx, gy, warp, flow, cover)
        colour += (share * np.float32(tint.strength))[..., None] * (linear(tint.colour) - colour)
    return colour


def _step(x: Array) -> Array:
    x = np.clip(x, 0, 1)
    return x * x * (3 - 2 * x)


def _share(
    tint: Tint, part: Part, window: Window, gx: Array, gy: Array, warp: Array,
    flow: tuple[Array, Array, float] | None, cover: Array,
) -> Array:  # fmt: skip
    """How much of a tint lies on each pixel, 0–1."""
    if tint.kind == "spot":
        c, s = math.cos(tint.turn), math.sin(tint.turn)
        dx, dy = gx - tint.a[0] + warp, gy - tint.a[1] + warp
        u, v = (dx * c + dy * s) / tint.b[0], (dy * c - dx * s) / tint.b[1]
        d = np.sqrt(u * u + v * v)
        return _step((1 - d) * min(tint.b) / max(tint.edge, 1e-4) + 0.5).astype(np.float32)
    if tint.kind == "ramp":
        ax, ay = tint.b[0] - tint.a[0], tint.b[1] - tint.a[1]
        t = ((gx - tint.a[0]) * ax + (gy - tint.a[1]) * ay) / max(ax * ax + ay * ay, 1e-9) + warp * 3
        return _step(t).astype(np.float32)
    if tint.kind == "along" and flow is not None:
        along, _, length = flow
        along = along + warp / max(length, 0.05)
        soft = tint.edge / max(length, 0.05)
        return (_step((along - tint.a[0]) / soft + 0.5) * _step((tint.a[1] - along) / soft + 0.5)).astype(
            np.float32
        )
    if tint.kind == "flank" and flow is not None:
        along, side, _ = flow
        spine = next(s.spine for s in part.shapes if isinstance(s, Limb))
        radius = np.interp(along, np.linspace(0, 1, len(spine)), spine[:, 2]).astype(np.float32)
        return _step((-side / np.maximum(radius, 1e-4) - tint.a[0] + warp * 6) / 0.16 + 0.5).astype(
            np.float32
        )
    if tint.kind == "area" and tint.outline is not None:
        mask = np.zeros((window.height, window.width), np.uint8)
        points = np.round(window.pixels(tint.outline) * 16).astype(np.int32)
        cv2.fillPoly(mask, [points], 255, cv2.LINE_AA, 4)
        field = mask.astype(np.float32) / 255
        sigma = tint.edge * window.px_per_unit * 0.5
        return cv2.GaussianBlur(field, (0, 0), sigma) if sigma > 0.5 else field
    height = swell(cover, 1.0)
    nx = -cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=5, scale=1 / 128)
    ny = cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=5, scale=1 / 128)
    nz = 1 / np.sqrt(1 + nx * nx + ny * ny)
    norm = max(math.hypot(*tint.b), 1e-6)
    facing = (nx * tint.b[0] + ny * tint.b[1]) * nz / norm
    facing = cv2.GaussianBlur(facing, (0, 0), max(1.0, 0.012 * window.px_per_unit))
    return _step((facing - tint.a[0] + warp * 6) / 0.3 + 0.5).astype(np.float32)


def _pattern(
    part: Part, window: Window, gx: Array, gy: Array, flow: tuple[Array, Array, float], warp: Array,
    dice: np.random.Generator,
) -> Array:  # fmt: skip
    """The coat's pattern, 0–1, in the part's own flow so that it bends with the limb."""
    along, side, length = flow
    run = along * np.float32(length)
    big = cloud(window, part, dice, 0.12)
    match part.pattern:
        case "stripes":
            wave = np.sin((run + 0.035 * big) * (2 * math.pi / 0.13)) - 0.25 + 0.35 * big
            return _step(wave * 2.2)
        case "rings" | "bands":
            wave = np.sin(run * (2 * math.pi / (0.17 if part.pattern == "bands" else 0.11)) + 40 * warp)
            return _step((wave - 0.1) * 3.5)
        case "spots":
            fine = cloud(window, part, dice, 0.055)
            return _step((fine - 0.55) * 4)
        case "patches":
            return _step((big - 0.25) * 4)
        case "saddle":
            return _step((0.5 * big + side * 18 + 0.1) * 1.5)
        case "plates" | "scales":
            seam = np.abs(run / 0.09 - np.round(run / 0.09))
            return 0.6 * _step((0.10 - seam) * 12)
        case _:
            return np.zeros_like(run)
