"""Skins: fur, feathers, scales, stone … as fine relief and tone over a part's surface.

Every texture is laid in body units from the part's own dice, so an animal drawn small wears the same
coat as when it is drawn large.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pokegeo_dagster.providers.house.creatures.clay import Window
from pokegeo_dagster.providers.house.creatures.figure import Array, Limb, Part, Sheet, box

Dice = np.random.Generator


@dataclass
class Skin:
    """`relief` in units of body height (positive towards the viewer), `tone` a factor around 0
    (−1…1), and coverage after tufts grew out of it or smoke wore it away."""

    relief: Array
    tone: Array
    cover: Array
    gloss: float
    shine: float  # exponent of the highlight


# How strong and how tight the highlight is.
_GLOSS: dict[str, tuple[float, float]] = {
    "fur": (0.05, 8), "wool": (0.02, 6), "feathers": (0.08, 14), "scales": (0.26, 26), "hide": (0.12, 14),
    "shell": (0.30, 30), "smoke": (0.05, 6), "crystal": (0.75, 50), "leaf": (0.12, 16), "stone": (0.04, 8),
    "metal": (0.60, 34), "slime": (0.45, 40), "chitin": (0.34, 30), "cloth": (0.05, 8),
}  # fmt: skip


def clad(part: Part, window: Window, cover: Array, dice: Dice, fine: float) -> Skin:
    """The skin of a part. `fine` is below 1 for close portraits, where strokes are laid finer."""
    gloss, shine = _GLOSS.get(part.skin, (0.1, 12))
    skin = Skin(np.zeros_like(cover), np.zeros_like(cover), cover, gloss, shine)
    mottle = cloud(window, part, dice, 0.16)
    skin.tone += 0.09 * mottle
    if part.skin in ("fur", "feathers", "wool"):
        _hair(skin, part, window, dice, fine)
    elif part.skin in ("scales",):
        _scales(skin, part, window, fine)
    elif part.skin == "stone":
        _facets(skin, part, window, dice, 0.17, 0.030)
        grit = cloud(window, part, dice, 0.018)
        skin.tone += 0.08 * grit
        skin.relief += 0.0022 * grit
    elif part.skin == "crystal":
        _facets(skin, part, window, dice, 0.15, 0.040)
    elif part.skin == "smoke":
        _smoke(skin, part, window, dice)
    elif part.skin == "leaf":
        _veins(skin, part, window, dice)
    elif part.skin in ("hide", "cloth"):
        grain = cloud(window, part, dice, 0.022)
        skin.relief += 0.0012 * grain
        skin.tone += 0.035 * grain
    elif part.skin in ("chitin", "shell"):
        skin.relief += 0.002 * cloud(window, part, dice, 0.05)
    return skin


def cloud(window: Window, part: Part, dice: Dice, cell: float) -> Array:
    """Smooth noise (about −1…1) with features of `cell` units, fixed to the part's own corner."""
    x0, y0, x1, y1 = box(part)
    left, top = x0 - 0.2, y1 + 0.2
    nx, ny = int((x1 - x0 + 0.4) / cell) + 4, int((y1 - y0 + 0.4) / cell) + 4
    grid = dice.standard_normal((min(ny, 400), min(nx, 400))).astype(np.float32)
    gx, gy = window.grid()
    mx = np.broadcast_to(((gx - left) / cell).astype(np.float32), (window.height, window.width))
    my = np.broadcast_to(((top - gy) / cell).astype(np.float32), (window.height, window.width))
    return cv2.remap(
        grid,
        np.ascontiguousarray(mx),
        np.ascontiguousarray(my),
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REFLECT,
    ) * np.float32(0.8)


def flow_line(part: Part) -> Array:
    """The line that hair and scales follow: rows of x, y from root to tip."""
    if part.flow is not None:
        return part.flow
    limbs = [s for s in part.shapes if isinstance(s, Limb)]
    if limbs:
        return max(limbs, key=lambda s: float(np.hypot(*np.diff(s.spine[:, :2], axis=0).T).sum())).spine[
            :, :2
        ]
    outline = np.vstack([s.outline for s in part.shapes if isinstance(s, Sheet)])
    middle = outline.mean(axis=0)
    _, _, axes = np.linalg.svd(outline - middle, full_matrices=False)
    along = (outline - middle) @ axes[0]
    axis = axes[0] if axes[0][1] < 0 or (abs(axes[0][1]) < 0.3 and axes[0][0] < 0) else -axes[0]
    reach = float(np.abs(along).max())
    return np.linspace(middle - axis * reach, middle + axis * reach, 12)


def flow_coordinates(part: Part, window: Window) -> tuple[Array, Array, float]:
    """For every pixel: how far along the flow line it is (0–1), its signed distance from the line in
    units, and the line's length. Worked out coarsely, since it is smooth."""
    line = flow_line(part)
    step = max(1, int(0.02 * window.px_per_unit))
    w, h = max(2, window.width // step), max(2, window.height // step)
    gx, gy = window.grid()
    xs = cv2.resize(gx.astype(np.float32), (w, 1), interpolation=cv2.INTER_LINEAR)[0]
    ys = cv2.resize(gy.astype(np.float32), (1, h), interpolation=cv2.INTER_LINEAR)[:, 0]
    if len(line) > 48:
        line = line[np.linspace(0, len(line) - 1, 48).round().astype(int)]
    dx = xs[None, :, None] - line[None, None, :, 0]
    dy = ys[:, None, None] - line[None, None, :, 1]
    nearest = np.argmin(dx * dx + dy * dy, axis=2)
    tangent = np.gradient(line, axis=0)
    tangent /= np.maximum(np.hypot(tangent[:, 0], tangent[:, 1]), 1e-6)[:, None]
    pick = tangent[nearest]
    ddx = np.take_along_axis(dx, nearest[..., None], axis=2)[..., 0]
    ddy = np.take_along_axis(dy, nearest[..., None], axis=2)[..., 0]
    steps = np.hypot(*np.diff(line, axis=0).T)
    travelled = np.concatenate([[0.0], np.cumsum(steps)])
    total = max(float(travelled[-1]), 1e-6)
    along = (travelled[nearest] + ddx * pick[..., 0] + ddy * pick[..., 1]) / total
    side = ddy * pick[..., 0] - ddx * pick[..., 1]
    size = (window.width, window.height)
    along = cv2.resize(along.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    return along, cv2.resize(side.astype(np.float32), size, interpolation=cv2.INTER_LINEAR), total


def _hair(skin: Skin, part: Part, window: Window, dice: Dice, fine: float) -> None:
    """Short strokes that lie along the flow and splay towards the edges, where they grow out."""
    wool, plume = part.skin == "wool", part.skin == "feathers"
    length = (0.030 if not plume else 0.026) * (0.55 + 0.45 * part.shaggy) * fine
    x0, y0, x1, y1 = box(part)
    area = max((x1 - x0) * (y1 - y0), 1e-4)
    count = int(min(15000, area / (length * length * (0.055 if not plume else 0.12))))
    x, y = dice.uniform(x0, x1, count), dice.uniform(y0, y1, count)
    chance, bend, tones = (
        dice.standard_normal(count),
        dice.standard_normal(count),
        dice.standard_normal(count),
    )
    spot = window.pixels(np.column_stack([x, y]))
    px, py = spot[:, 0].astype(int), spot[:, 1].astype(int)
    inside = (px >= 0) & (py >= 0) & (px < window.width) & (py < window.height)
    keep = np.flatnonzero(inside)
    keep = keep[skin.cover[py[keep], px[keep]] > 0.5]
    if not len(keep):
        return
    reach = max(1.5, 0.028 * window.px_per_unit)
    soft = cv2.GaussianBlur(skin.cover, (0, 0), reach)
    gx, gy = cv2.Sobel(soft, -1, 1, 0), cv2.Sobel(soft, -1, 0, 1)
    at = (py[keep], px[keep])
    out = -np.column_stack([gx[at], gy[at]])
    edge = np.clip((1.0 - soft[at]) * 2.0, 0, 1)
    out /= np.maximum(np.hypot(out[:, 0], out[:, 1]), 1e-6)[:, None]
    line = window.pixels(flow_line(part))
    if len(line) > 40:
        line = line[np.linspace(0, len(line) - 1, 40).round().astype(int)]
    tangent = np.gradient(line, axis=0)
    tangent /= np.maximum(np.hypot(tangent[:, 0], tangent[:, 1]), 1e-6)[:, None]
    nearest = np.argmin(((spot[keep, None, :] - line[None]) ** 2).sum(axis=2), axis=1)
    way = tangent[nearest] + out * (edge * 0.45)[:, None]
    way[:, 1] += 0.12  # hair hangs
    turn = np.arctan2(way[:, 1], way[:, 0]) + (1.6 if wool else 0.20) * chance[keep]
    size = length * window.px_per_unit * (1 + 0.22 * bend[keep])
    curl = (1.3 if wool else 0.25) * bend[keep]
    start = spot[keep]
    middle = start + 0.55 * size[:, None] * np.column_stack([np.cos(turn), np.sin(turn)])
    end = middle + 0.5 * size[:, None] * np.column_stack([np.cos(turn + curl), np.sin(turn + curl)])
    strokes = np.round(np.stack([start, middle, end], axis=1) * 16).astype(np.int32)
    _lay(skin, strokes, tones[keep], edge, part, window, fine)


def _lay(
    skin: Skin, strokes: Array, tones: Array, edge: Array, part: Part, window: Window, fine: float
) -> None:
    """Draw the strokes in seven tones, and the outer ones into the silhouette."""
    sheet = np.full(skin.cover.shape, 128, np.uint8)
    width = max(1, round(0.0017 * window.px_per_unit * (0.4 + 0.6 * fine)))
    bucket = np.clip(np.round(tones * 1.6), -3, 3).astype(int)
    for level in (0, -1, 1, -2, 2, -3, 3):
        some = strokes[bucket == level]
        if len(some):
            cv2.polylines(sheet, list(some), False, 128 + level * 34, width, cv2.LINE_AA, 4)
    tone = (sheet.astype(np.float32) - 128) / 102.0
    skin.tone += tone * (0.15 if part.skin == "fur" else 0.10)
    skin.relief += tone * np.float32(0.0010 * fine)
    outer = strokes[edge > 0.5]
    if part.skin != "feathers" and part.shaggy > 0.3 and len(outer):
        tufts = np.zeros(skin.cover.shape, np.uint8)
        cv2.polylines(tufts, list(outer), False, 255, width, cv2.LINE_AA, 4)
        skin.cover = np.maximum(skin.cover, tufts.astype(np.float32) / 255.0)


def _scales(skin: Skin, part: Part, window: Window, fine: float) -> None:
    """Staggered round scales along the flow, each a little dome with a dark back edge."""
    along, side, length = flow_coordinates(part, window)
    size = np.float32(0.030 * (0.6 + 0.4 * fine))
    row = along * np.float32(length) / size
    lane = side / size
    best = np.zeros_like(row)
    for lift in (0.0, 1.0):
        r = np.floor(row) + lift
        l_off = lane + 0.5 * (r % 2)
        d2 = (row - r) ** 2 * 0.8 + (l_off - np.floor(l_off) - 0.5) ** 2 * 2.2
        best = np.maximum(best, np.maximum(0.0, 1.0 - d2))
    fade = np.clip(window.px_per_unit * size / 5.0, 0.25, 1.0)
    skin.relief += (best * np.float32(0.0042) * fade).astype(np.float32)
    skin.tone += (0.16 * (best - 0.66) * fade).astype(np.float32)


def _facets(skin: Skin, part: Part, window: Window, dice: Dice, cell: float, depth: float) -> None:
    """Flat faces: the highest of many tilted planes, as a broken stone or a crystal shows."""
    x0, y0, x1, y1 = box(part)
    count = int(np.clip((x1 - x0) * (y1 - y0) / (cell * cell) * 1.6, 7, 60))
    px, py = dice.uniform(x0, x1, count), dice.uniform(y0, y1, count)
    tilt = dice.standard_normal((count, 2)) * 0.5
    level = dice.uniform(0, 1, count)
    gx, gy = window.grid()
    step = max(1, int(window.px_per_unit / 260))
    gx, gy = gx[:, ::step], gy[::step]
    wobble = cloud(window, part, dice, 0.05)[::step, ::step] * np.float32(0.012)
    near = np.full((gy.shape[0], gx.shape[1]), 1e9, np.float32)
    second = near.copy()
    face, light = np.zeros_like(near), np.zeros_like(near)
    for i in range(count):
        ox, oy = gx - px[i], gy - py[i]
        d = np.sqrt(ox * ox + oy * oy) + wobble
        closer = d < near
        second = np.where(closer, near, np.minimum(second, d))
        near = np.where(closer, d, near)
        face = np.where(closer, (ox * tilt[i, 0] + oy * tilt[i, 1]), face)
        light = np.where(closer, np.float32(level[i]), light)
    ridge = np.clip((second - near) / 0.022, 0, 1).astype(np.float32)
    size = (window.width, window.height)
    face = cv2.resize(face.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    light = cv2.resize(light.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    ridge = cv2.resize(ridge, size, interpolation=cv2.INTER_LINEAR)
    skin.relief += face * np.float32(depth / 0.08)
    skin.relief += (ridge - 1) * np.float32(0.006)
    skin.tone += 0.22 * (light - 0.5) - 0.22 * (1 - ridge)


def _smoke(skin: Skin, part: Part, window: Window, dice: Dice) -> None:
    """Wisps: the edge dissolves in curls, the heart stays solid."""
    big, small = cloud(window, part, dice, 0.11), cloud(window, part, dice, 0.045)
    reach = max(1.0, 0.022 * window.px_per_unit)
    soft = cv2.GaussianBlur(skin.cover, (0, 0), reach)
    # Noise may only move the outline, not sow specks beyond it: it fades where nothing is near.
    near = np.clip(soft * (1 - soft) * 4, 0, 1)
    wisp = soft + 0.20 * near * (big + 0.55 * small)
    skin.cover = np.clip((wisp - 0.26) * 2.1, 0, 1).astype(np.float32)
    skin.relief += 0.010 * big + 0.004 * small
    skin.tone += 0.12 * big + 0.06 * small


def _veins(skin: Skin, part: Part, window: Window, dice: Dice) -> None:
    """A midrib and slanted side veins along the flow."""
    along, side, length = flow_coordinates(part, window)
    rib = np.exp(-((side / 0.006) ** 2))
    comb = (along * length - np.abs(side) * 0.9) / 0.055
    vein = np.exp(-(((comb - np.round(comb)) / 0.09) ** 2)) * np.clip(np.abs(side) / 0.01, 0, 1)
    line = np.maximum(rib, 0.6 * vein).astype(np.float32)
    skin.relief -= 0.0022 * line
    skin.tone += 0.10 * line + 0.05 * cloud(window, part, dice, 0.03)
