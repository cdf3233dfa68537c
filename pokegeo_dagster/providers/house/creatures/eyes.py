"""Eyes, painted last: an iris with depth, a pupil, the shade of the lid and a catch-light."""

from __future__ import annotations

import math

import cv2
import numpy as np

from pokegeo_dagster.providers.house.creatures.figure import Array, Eye
from pokegeo_dagster.providers.house.creatures.lighting import Lamps, linear

_OVER = 3  # drawn this much larger, then brought down
# How broad the dark skin around the eye is, in its radii.
_RIMS = {"narrow": 0.10, "triangle": 0.075, "closed": 0.0, "slit": 0.07, "bead": 0.05, "ring": 0.08}


def paint_eye(canvas: Array, eye: Eye, lamps: Lamps, scale: float, left: float, top: float) -> None:
    """Paint one eye onto the canvas (premultiplied linear light), only where there is an animal."""
    reach = eye.size * 0.95 + 2 / scale
    x0, y0 = int((eye.at[0] - reach - left) * scale), int((top - eye.at[1] - reach) * scale)
    n = int(2 * reach * scale) + 2
    a, b = max(0, x0), max(0, y0)
    c, d = min(canvas.shape[1], x0 + n), min(canvas.shape[0], y0 + n)
    if c - a < 2 or d - b < 2:
        return
    art = _draw(eye, lamps, n, (eye.at[0] - left) * scale - x0, (top - eye.at[1]) * scale - y0, scale)
    art = art[b - y0 : d - y0, a - x0 : c - x0]
    view = canvas[b:d, a:c]
    alpha = art[..., 3:] * np.clip(view[..., 3:] * 1.5, 0, 1)
    view[..., :3] = view[..., :3] * (1 - alpha) + art[..., :3] * alpha


def _draw(eye: Eye, lamps: Lamps, n: int, cx: float, cy: float, scale: float) -> Array:
    big = n * _OVER
    r = eye.size * 0.5 * scale * _OVER
    yy, xx = np.mgrid[0:big, 0:big].astype(np.float32)
    dx, dy = (xx + 0.5 - cx * _OVER) / r, -(yy + 0.5 - cy * _OVER) / r
    co, si = math.cos(-eye.turn), math.sin(-eye.turn)
    u, v = (dx * co - dy * si) / eye.width, dx * si + dy * co
    inside = _opening(eye, u, v)
    edge = 1.2 / r
    alpha = np.clip(inside / edge + 0.5, 0, 1)
    # The dark skin around the eye.
    rim = np.clip((inside + _RIMS.get(eye.shape, 0.17)) / (edge * 2) + 0.5, 0, 1)
    light = np.array(lamps.key, np.float32) * 0.75 + np.array(lamps.sky, np.float32) * 0.7
    light = np.maximum(light, 0.12) * lamps.eye
    colour = _ball(eye, u, v, light)
    lid = np.clip((inside - 0.02) / 0.28, 0, 1)
    upper = np.clip(v * 0.9 + 0.5, 0, 1)
    colour *= (1 - 0.62 * upper * (1 - lid))[..., None]
    if eye.glow:
        own = linear(eye.iris) * np.float32(1.5 * eye.glow)
        colour += own * np.clip(1 - (u * u + v * v), 0.1, 1)[..., None] * np.float32(0.6)
    for du, dv, size, power in ((0.22, 0.30, 0.20, 1.0), (-0.20, -0.26, 0.09, 0.45)):
        if eye.shape in ("bead", "round", "ring", "lidded") or power == 1.0:
            q = np.hypot(u - math.copysign(du, eye.width), v - dv * min(1.0, eye.openness + 0.15))
            spark = np.clip((size - q) / (2 * edge) + 0.5, 0, 1) * np.float32(power)
            colour += spark[..., None] * (np.maximum(light, 0.35) * 1.1 - colour)
    dark = linear((26, 20, 22)) * light
    out = np.empty((big, big, 4), np.float32)
    out[..., :3] = dark + (colour - dark) * alpha[..., None]
    out[..., 3] = np.maximum(alpha, rim * 0.88)
    return cv2.resize(out, (n, n), interpolation=cv2.INTER_AREA)


def _opening(eye: Eye, u: Array, v: Array) -> Array:
    """Signed distance-like field: above 0 inside the lids, about 1 in the middle."""
    ball = 1 - np.hypot(u, v)
    o = eye.openness
    match eye.shape:
        case "narrow":
            return np.minimum(ball, np.minimum(0.42 * o - v + 0.30 * u * -1.0, v + 0.50 - 0.1 * u * u))
        case "triangle":
            # A flat-bottomed wedge: the upper lid falls steeply towards the nose.
            sides = (0.80 - np.abs(u), v + 0.52, (0.20 * o - 0.62 * u - v) * 0.85)
            return -0.05 * np.log(sum(np.exp(-np.clip(side, -1, 1) / 0.05) for side in sides))
        case "slit":
            return np.minimum(0.34 * o - np.abs(v) - 0.22 * u * u, 1.05 - np.abs(u))
        case "closed":
            return 0.09 - np.abs(v + 0.26 - 0.26 * (1 - u * u)) + np.minimum(0, 0.9 - np.abs(u))
        case "lidded":
            return np.minimum(ball, 0.28 * o - v)
        case _:
            return np.minimum(ball, o * 1.02 - v)


def _ball(eye: Eye, u: Array, v: Array, light: Array) -> Array:
    if eye.shape == "closed":
        return np.broadcast_to(linear((28, 22, 24)) * light, (*u.shape, 3)).copy()
    iris_r, pupil_r = {
        "round": (0.86, 0.52), "bead": (0.97, 0.86), "narrow": (0.60, 0.27), "triangle": (0.20, 0.13),
        "lidded": (0.72, 0.40), "slit": (0.5, 0.22), "ring": (0.52, 0.34), "compound": (1.2, 0.0),
    }.get(eye.shape, (0.8, 0.45))  # fmt: skip
    q = np.hypot(u, v) if eye.shape != "triangle" else np.hypot(u - 0.02, v + 0.2)
    iris, white = linear(eye.iris), linear(eye.white)
    soft = np.float32(0.07)
    colour = np.broadcast_to(white, (*u.shape, 3)).copy()
    inner = np.clip((iris_r - q) / soft + 0.5, 0, 1)[..., None]
    spoke = 1 + 0.16 * np.sin(np.arctan2(v, u) * 17 + 3 * q)
    depth = (
        (0.55 + 0.75 * np.clip(0.45 - v * 0.9, 0, 1)) * spoke * np.clip(1.35 - 0.75 * q / iris_r, 0.4, 1.2)
    )
    tone = iris if eye.shape != "bead" else iris * 0.35
    colour += inner * (tone * depth[..., None] - colour)
    if eye.shape == "compound":
        cell = np.cos(u * 22) * np.cos((v + 0.5 * u) * 22)
        colour = np.maximum(iris * (0.55 + 0.3 * cell + 0.4 * np.clip(v, -0.5, 1))[..., None], 0)
    hole = np.hypot(u * (2.4 if eye.pupil == "slit" else 1.0), v) if eye.shape != "triangle" else q
    pupil = np.clip((pupil_r - hole) / soft + 0.5, 0, 1)[..., None]
    colour += pupil * (linear((14, 10, 12)) - colour)
    return (colour * light).astype(np.float32)
