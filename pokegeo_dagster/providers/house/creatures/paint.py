"""Paint: a figure becomes a picture. Parts are pressed, clad, coloured, lit and laid one over another."""

from __future__ import annotations

import cv2
import numpy as np

from pokegeo_dagster.providers.house.creatures.clay import Window, press, swell, window_of
from pokegeo_dagster.providers.house.creatures.eyes import paint_eye
from pokegeo_dagster.providers.house.creatures.figure import Array, Eye, Figure, Part, Sitter
from pokegeo_dagster.providers.house.creatures.lighting import Lamps, linear
from pokegeo_dagster.providers.house.creatures.markings import colour_of
from pokegeo_dagster.providers.house.creatures.skins import clad

MARGIN_PX = 3
# The animal is painted at most this tall and enlarged: edges are sharpened again, strokes stay soft.
# Painting at full size costs twice the CPU and is not told apart on a moving picture.
_PAINTED_PX = 860
_SMALLEST_PX = 300


def paint(figure: Figure, sitter: Sitter, lamps: Lamps, height_px: int) -> Array:
    """RGBA uint8, straight alpha, exactly height_px tall, tightly cropped with a clear margin.

    A portrait has no margin below: it is cut there.
    """
    x0, y0, x1, y1 = figure.bounds()
    pad = 0.09
    bottom = y0 - pad if figure.cut is None else figure.cut
    left, top, right = x0 - pad, y1 + pad, x1 + pad
    inner = height_px - 2 * MARGIN_PX if figure.cut is None else height_px - MARGIN_PX
    scale = min(_PAINTED_PX, max(_SMALLEST_PX, inner)) / (y1 - max(y0, bottom))
    scale = float(scale)
    size = (max(8, round((right - left) * scale)), max(8, round((top - bottom) * scale)))
    fine = 1.0 if figure.cut is None else float(np.clip((y1 - bottom) * 1.1, 0.4, 1.0))
    canvas = np.zeros((size[1], size[0], 4), np.float32)  # premultiplied linear light
    for index, item in enumerate(figure.items):
        if isinstance(item, Eye):
            paint_eye(canvas, item, lamps, scale, left, top)
        else:
            _lay_part(canvas, item, sitter, lamps, scale, left, top, fine, index)
    return _develop(canvas, height_px, cut=figure.cut is not None)


def _lay_part(
    canvas: Array, part: Part, sitter: Sitter, lamps: Lamps, scale: float, left: float, top: float,
    fine: float, index: int,
) -> None:  # fmt: skip
    window = window_of(part, scale, left, top, (canvas.shape[1], canvas.shape[0]))
    if window is None:
        return
    cover = press(part, window)
    if not cover.any():
        return
    skin = clad(part, window, cover, sitter.dice(part.name), fine)
    albedo = colour_of(part, window, skin.cover, sitter.dice(part.name + " marks"))
    skin.relief, skin.tone = skin.relief.astype(np.float32), skin.tone.astype(np.float32)
    skin.cover = skin.cover.astype(np.float32)
    height = swell(cover, float(part.bulge))
    normal, soft_normal = _normals(height, skin.relief * np.float32(scale))
    albedo *= np.clip(1.0 + skin.tone * 1.15, 0.3, 1.8)[..., None]
    lit = _light(albedo, normal, soft_normal, lamps, skin.gloss, skin.shine)
    if part.glow:
        warm = linear(part.colour) * np.float32(1.25)
        lit = lit * np.float32(1 - part.glow) + (
            0.35 * albedo + 0.65 * albedo * warm + 0.1 * warm
        ) * np.float32(part.glow * 1.35)
    lit *= np.float32(part.shade)
    _draw_edge(lit, skin.cover, part, scale)
    if part.melt:
        skin.cover = skin.cover * _melt(part.melt, window)
    view = canvas[window.y0 : window.y0 + window.height, window.x0 : window.x0 + window.width]
    if part.cast > 0:
        _contact(view, skin.cover, part.cast, scale)
    alpha = (skin.cover * np.float32(part.alpha))[..., None]
    view[..., :3] = view[..., :3] * (1 - alpha) + lit * alpha
    view[..., 3:] = view[..., 3:] * (1 - alpha) + alpha


def _melt(melt: tuple[tuple[float, float], tuple[float, float]], window: Window) -> Array:
    (ax, ay), (bx, by) = melt
    gx, gy = window.grid()
    dx, dy = bx - ax, by - ay
    t = np.clip(((gx - ax) * dx + (gy - ay) * dy) / max(dx * dx + dy * dy, 1e-9), 0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)


def _normals(height: Array, relief: Array) -> tuple[Array, Array]:
    """Unit normals (x right, y up, z out) with and without the fine relief."""
    out = []
    for surface in (height + relief, height):
        n = np.empty((*surface.shape, 3), np.float32)
        n[..., 0] = -cv2.Sobel(surface, cv2.CV_32F, 1, 0, ksize=3, scale=0.125)
        n[..., 1] = cv2.Sobel(surface, cv2.CV_32F, 0, 1, ksize=3, scale=0.125)
        n[..., 2] = 1.0
        n /= np.sqrt((n * n).sum(axis=2, keepdims=True))
        out.append(n)
    return out[0], out[1]


def _light(albedo: Array, normal: Array, soft: Array, lamps: Lamps, gloss: float, shine: float) -> Array:
    key_from = np.array(lamps.key_from, np.float32)
    key_from /= np.linalg.norm(key_from)
    facing = normal @ key_from
    wrapped = np.clip((facing + 0.28) / 1.28, 0, 1)
    wrapped *= wrapped * (1.6 - 0.6 * wrapped)  # a firmer terminator than plain cosine
    up = normal[..., 1] * 0.5 + 0.5
    light = wrapped[..., None] * np.array(lamps.key, np.float32)
    light += up[..., None] * np.array(lamps.sky, np.float32)
    light += (1 - up)[..., None] * np.array(lamps.bounce, np.float32)
    lit = albedo * light
    rim_from = np.array(lamps.rim_from, np.float32)
    rim = np.clip(1 - soft[..., 2], 0, 1) ** 2.2 * np.clip(
        soft[..., 0] * rim_from[0] + soft[..., 1] * rim_from[1], 0, 1
    )
    lit += (0.55 * rim)[..., None] * np.array(lamps.rim, np.float32) * (0.25 + 0.75 * albedo)
    half = key_from + np.array([0, 0, 1], np.float32)
    half /= np.linalg.norm(half)
    glint = np.clip(normal @ half, 0, 1) ** np.float32(shine) * np.float32(gloss * 0.55)
    lit += glint[..., None] * np.array(lamps.key, np.float32)
    return lit


def _draw_edge(lit: Array, cover: Array, part: Part, scale: float) -> None:
    """A soft darker rim just inside the outline, as a brush would leave it; and colour pulled
    outwards past the outline, so that enlarging does not bring in black."""
    if part.ink > 0:
        soft = cv2.GaussianBlur(cover, (0, 0), max(0.8, 0.006 * scale))
        band = np.clip(1.0 - soft, 0, 0.5) * 2
        lit *= (1 - 0.5 * part.ink * band * band)[..., None]


def _contact(view: Array, cover: Array, strength: float, scale: float) -> None:
    """The shade that a part throws on what it lies on: close by and a little below."""
    small = max(1, int(scale / 180))
    size = (max(1, cover.shape[1] // small), max(1, cover.shape[0] // small))
    soft = cv2.GaussianBlur(
        cv2.resize(cover, size, interpolation=cv2.INTER_AREA), (0, 0), 0.022 * scale / small
    )
    soft = cv2.resize(soft, (cover.shape[1], cover.shape[0]), interpolation=cv2.INTER_LINEAR)
    drop = int(0.014 * scale)
    soft = np.roll(soft, drop, axis=0)
    soft[:drop] = 0
    view[..., :3] *= (1 - np.float32(strength * 0.85) * soft)[..., None]


def _develop(canvas: Array, height_px: int, cut: bool) -> Array:
    """Crop, scale to the wished height, and turn linear premultiplied light into RGBA."""
    solid = canvas[..., 3] > 0.03
    rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
    y0, y1 = rows[0], canvas.shape[0] if cut else rows[-1] + 1
    x0, x1 = columns[0], columns[-1] + 1
    canvas = canvas[y0:y1, x0:x1]
    inner_h = height_px - (MARGIN_PX if cut else 2 * MARGIN_PX)
    grow = inner_h / canvas.shape[0]
    width = min(round(canvas.shape[1] * grow), round(height_px * 3.2) - 2 * MARGIN_PX)
    alpha = canvas[..., 3:]
    colour = canvas[..., :3] / np.maximum(alpha, 1e-3)
    # Past the outline there is no colour of its own: take the neighbours', or edges turn dark.
    veil = cv2.GaussianBlur(canvas, (0, 0), 3.0)
    colour = np.where(alpha > 0.02, colour, veil[..., :3] / np.maximum(veil[..., 3:], 1e-4))
    colour = np.clip(colour, 0, 4)
    colour = colour / (1 + 0.16 * colour * colour)  # highlights roll off instead of clipping
    both = np.dstack([cv2.pow(np.clip(colour, 0, 1), 1 / 2.2), alpha])
    both = cv2.resize(
        both, (max(4, width), inner_h), interpolation=cv2.INTER_CUBIC if grow > 1 else cv2.INTER_AREA
    )
    alpha = np.clip(both[..., 3], 0, 1)
    if grow > 1.05:
        soft = cv2.GaussianBlur(both[..., :3], (0, 0), 1.2)
        both[..., :3] += 0.6 * (both[..., :3] - soft)
    picture = np.zeros((height_px, max(4, width) + 2 * MARGIN_PX, 4), np.uint8)
    view = picture[MARGIN_PX : MARGIN_PX + inner_h, MARGIN_PX:-MARGIN_PX]
    view[..., :3] = np.clip(both[..., :3] * 255 + 0.5, 0, 255)
    view[..., 3] = alpha * 255 + 0.5
    return picture


__all__ = ["MARGIN_PX", "Window", "paint"]
