"""Trees: grown by branching, leafed in three touches of the brush (shadow, body, light)."""

from __future__ import annotations

import numpy as np

from pokegeo_dagster.providers.house.plates.canvas import Field, Sheet, path
from pokegeo_dagster.providers.house.plates.noise import Rng, profile

WOOD = 255  # the kind of trunks and branches; leaves are kind 0


def broadleaf(
    sheet: Sheet, rng: Rng, x: float, foot: float, height: float, side: float, detail: float = 1.0
) -> None:
    """A round-crowned tree."""
    tips: list[tuple[float, float]] = []
    girth = height * (0.05 + 0.02 * rng.random())
    _grow(
        sheet,
        rng,
        (x, foot),
        -np.pi / 2 + 0.12 * rng.standard_normal(),
        height * 0.36,
        girth,
        4,
        side,
        tips,
        0.62,
    )
    crown(sheet, rng, np.array(tips, np.float32), height * 0.10, side, detail)


def acacia(
    sheet: Sheet, rng: Rng, x: float, foot: float, height: float, side: float, detail: float = 1.0
) -> None:
    """An umbrella tree: bare forking stems under a flat crown."""
    tips: list[tuple[float, float]] = []
    for _ in range(2):
        lean = -np.pi / 2 + 0.3 * rng.standard_normal()
        _grow(sheet, rng, (x, foot), lean, height * 0.42, height * 0.035, 3, side, tips, 0.72)
    at = np.array(tips, np.float32)
    top = foot - height * 0.86
    at[:, 1] = top + (at[:, 1] - at[:, 1].min()) * 0.22
    extra = np.stack(
        [rng.uniform(at[:, 0].min(), at[:, 0].max(), 14), top + rng.random(14) * height * 0.07], axis=1
    )
    leaf_mass(
        sheet, rng, np.concatenate([at, extra]).astype(np.float32), height * 0.1, side, detail, squash=0.36
    )


def snag(
    sheet: Sheet, rng: Rng, x: float, foot: float, height: float, side: float, detail: float = 1.0
) -> None:
    """A bare tree: dead, drowned or in winter."""
    lean = -np.pi / 2 + 0.14 * rng.standard_normal()
    _grow(sheet, rng, (x, foot), lean, height * 0.4, height * 0.055, 5, side, [], 0.68)
    _roots(sheet, rng, x, foot, height * 0.055, side)


def conifer(
    sheet: Sheet, rng: Rng, x: float, foot: float, height: float, side: float, detail: float = 1.0
) -> None:
    """A spruce: drooping boughs in tiers, ragged underneath."""
    lean = 0.02 * rng.standard_normal() * height
    spine = path([(x, foot), (x + lean, foot - height * 0.5), (x + lean * 1.6, foot - height)], 8)
    sheet.limb(spine, np.linspace(height * 0.035, height * 0.003, 8, dtype=np.float32), 52, WOOD)
    tiers = int(15 + 9 * detail)
    wide = 0.20 + 0.05 * rng.random()
    for n in range(tiers, 0, -1):
        t = n / tiers
        y = foot - height * (1 - 0.9 * t**0.92)
        cx = x + lean * (1.6 - 1.2 * t)
        for sign in (-1.0, 1.0):
            reach = height * wide * t**0.8 * (0.6 + 0.55 * rng.random()) + height * 0.012
            _bough(sheet, rng, cx, y, sign * reach, height, side, detail)
        front = height * wide * t**0.8 * (rng.random() - 0.5)
        _bough(sheet, rng, cx - front * 0.3, y + height * 0.012, front, height, side, detail)
    tip = np.array(
        [
            (x + lean * 1.6 - height * 0.006, foot - height * 0.93),
            (x + lean * 1.6, foot - height * 1.02),
            (x + lean * 1.6 + height * 0.006, foot - height * 0.93),
        ],
        np.float32,
    )
    sheet.poly(tip, 120)


def palm(
    sheet: Sheet, rng: Rng, x: float, foot: float, height: float, side: float, detail: float = 1.0
) -> None:
    """A palm or a tree fern: a leaning stem and a fountain of fronds."""
    lean = height * (0.18 * rng.standard_normal())
    crown = (x + lean, foot - height * 0.78)
    stem = path([(x, foot), (x + lean * 0.15, foot - height * 0.45), crown], 14)
    widths = np.linspace(height * 0.045, height * 0.026, 14, dtype=np.float32)
    sheet.limb(stem, widths, 62, WOOD)
    lit = stem + np.array([side * height * 0.010, 0], np.float32)
    sheet.limb(lit, widths * 0.35, 150, WOOD)
    turns = np.linspace(-np.pi * 1.12, np.pi * 0.12, 15) + 0.1 * rng.standard_normal(15)
    for turn in sorted(turns, key=lambda a: -abs(a + np.pi / 2)):
        frond(sheet, rng, crown, float(turn), height * (0.34 + 0.12 * rng.random()), side, detail)


def frond(
    sheet: Sheet,
    rng: Rng,
    root: tuple[float, float],
    turn: float,
    length: float,
    side: float,
    detail: float = 1.0,
) -> None:
    """One feathered leaf that rises and falls under its own weight."""
    dx, dy = np.cos(turn) * length, np.sin(turn) * length
    end = (root[0] + dx * 1.05, root[1] + dy * 0.55 + length * (0.42 + 0.15 * rng.random()))
    rib = path([root, (root[0] + dx * 0.6, root[1] + dy * 0.95 - length * 0.12), end], 12)
    count = int(16 + 14 * detail)
    t = np.linspace(0.06, 1, count, dtype=np.float32)
    at = np.stack([np.interp(t, np.linspace(0, 1, 12), rib[:, k]) for k in (0, 1)], axis=1)
    heading = np.arctan2(np.gradient(at[:, 1]), np.gradient(at[:, 0]))
    blade = length * 0.26 * np.sin(np.pi * (0.12 + 0.86 * t)) * (0.8 + 0.4 * rng.random(count))
    lit = 118 + 70 * side * np.sign(dx) * 0.5 + 40 * (1 - t)
    for sign in (-1, 1):
        angle = heading + sign * (0.95 + 0.15 * rng.standard_normal(count)) * (1 - 0.35 * t)
        middle = at + np.stack([np.cos(angle), np.sin(angle)], axis=1) * (blade / 2)[:, None]
        tones = lit - 30 * sign * np.sign(dx) + 22 * rng.standard_normal(count)
        sheet.dabs(middle.astype(np.float32), blade, blade * 0.22 + length * 0.006, angle, tones)
    sheet.limb(rib, np.linspace(length * 0.022, length * 0.004, 12, dtype=np.float32), 150, 0)


def trunk(
    sheet: Sheet,
    rng: Rng,
    x: float,
    foot: float,
    width: float,
    side: float,
    top: float = -0.1,
    buttress: float = 0.6,
) -> None:
    """A big stem that leaves the frame at the top: rounded by light, furrowed, flaring into roots."""
    count = 26
    t = np.linspace(0, 1, count, dtype=np.float32)
    lean = 0.12 * width * rng.standard_normal()
    ys = foot + (top - foot) * t
    xs = x + lean * t * 3 + width * 0.10 * profile(rng, count, 2.5, 3)
    spine = np.stack([xs, ys], axis=1).astype(np.float32)
    widths = width * (0.82 + 0.2 * (1 - t) + buttress * np.exp(-t * 22) + 0.05 * profile(rng, count, 7, 3))
    sheet.limb(spine, widths.astype(np.float32), 58, WOOD)
    for n in range(26):
        across = (n + 0.5) / 13 - 1 + 0.05 * rng.standard_normal()
        across = float(np.clip(across, -1, 1)) if n < 26 else 0.0
        across = across / 2 + 0.0
        round_off = np.sqrt(max(0.0, 1 - (across * 2) ** 2))
        tone = 46 + 96 * max(0.0, side * across * 2) ** 1.2 + 34 * round_off + 20 * rng.standard_normal()
        line = spine + np.stack([widths * across * 0.94, np.zeros(count)], axis=1)
        line[:, 0] += width * 0.018 * profile(rng, count, 6, 2)
        thick = width * (0.03 + 0.035 * rng.random()) * (0.5 + 0.5 * np.abs(profile(rng, count, 4, 2)))
        sheet.limb(line.astype(np.float32), thick.astype(np.float32), tone, WOOD)
    rim = spine + np.stack([widths * side * 0.46, np.zeros(count)], axis=1)
    sheet.limb(rim.astype(np.float32), (widths * 0.045).astype(np.float32), 215, WOOD)
    _roots(sheet, rng, x, foot, width * 1.15, side)


def cane(sheet: Sheet, rng: Rng, x: float, foot: float, width: float, side: float, top: float = -0.1) -> None:
    """A jointed stem: bamboo, giant reed."""
    joints = 9
    lean = 0.05 * rng.standard_normal()
    for n in range(joints):
        a, b = foot + (top - foot) * n / joints, foot + (top - foot) * (n + 0.965) / joints
        xa, xb = x + lean * n / joints, x + lean * (n + 1) / joints
        spine = np.array([(xa, a), ((xa + xb) / 2, (a + b) / 2), (xb, b)], np.float32)
        sheet.limb(
            spine,
            np.array([width, width * 0.9, width * 1.03], np.float32),
            74 + 8 * rng.standard_normal(),
            WOOD,
        )
        shifted = spine + np.array([side * width * 0.24, 0], np.float32)
        sheet.limb(shifted, np.full(3, width * 0.26, np.float32), 168, WOOD)


def crown(sheet: Sheet, rng: Rng, tips: Field, radius: float, side: float, detail: float) -> None:
    """Leaves on a whole tree: clumps of neighbouring tips, the upper ones first, each with its own
    light and shadow, so that the lit top of one stands against the dark foot of another."""
    middle = tips.mean(axis=0)
    turn = np.arctan2(tips[:, 1] - middle[1], tips[:, 0] - middle[0])
    count = max(2, min(6, len(tips) // 3))
    clump = ((turn + np.pi) / (2 * np.pi) * count + rng.random()).astype(int) % count
    near = np.hypot(*(tips - middle).T) < 0.5 * np.hypot(*(tips - middle).T).max()
    clump[near] = count
    groups = [tips[clump == k] for k in range(count + 1) if (clump == k).any()]
    for group in sorted(groups, key=lambda g: float(g[:, 1].mean())):
        leaf_mass(sheet, rng, group, radius, side, detail, 0.8)


def leaf_mass(
    sheet: Sheet, rng: Rng, at: Field, radius: float, side: float, detail: float = 1.0, squash: float = 0.8
) -> None:
    """Foliage around branch tips (n, 2): shadow first, then body, then what the light catches."""
    if len(at) == 0:
        return
    centre = at.mean(axis=0)
    extent = max(radius, float(np.ptp(at[:, 0])) / 2)
    sun = np.array([side * 0.75, -0.66], np.float32)
    lean = ((at - centre) @ sun) / extent
    order = np.argsort(lean)
    at, lean = at[order], np.clip(lean[order], -1, 1)
    # (touches per tip, offset towards the light, spread, size, tone)
    passes = (
        (24, -0.16, 0.80, 0.42, 42),
        (46, -0.06, 1.06, 0.20, 72),
        (44, 0.12, 0.88, 0.17, 112),
        (34, 0.32, 0.70, 0.14, 158),
        (18, 0.48, 0.56, 0.11, 210),
    )
    for touches, towards, spread, size, tone in passes:
        count = max(3, int(touches * detail))
        r = radius * (0.7 + 0.6 * rng.random(len(at)))
        turn = rng.random((len(at), count)) * 2 * np.pi
        away = np.sqrt(rng.random((len(at), count))) * spread
        xs = at[:, None, 0] + r[:, None] * (np.cos(turn) * away + sun[0] * towards)
        ys = at[:, None, 1] + r[:, None] * (np.sin(turn) * away * squash + sun[1] * towards * squash)
        points = np.stack([xs.ravel(), ys.ravel()], axis=1).astype(np.float32)
        length = np.repeat(r, count) * size * (0.6 + 0.8 * rng.random(len(points)))
        tones = tone + 34 * np.repeat(lean, count) + 15 * rng.standard_normal(len(points))
        angles = turn.ravel() + np.pi / 2 + 0.6 * rng.standard_normal(len(points))
        sheet.dabs(points, length, length * 0.62, angles, tones)


def _grow(
    sheet: Sheet, rng: Rng, root: tuple[float, float], heading: float, length: float, width: float,
    depth: int, side: float, tips: list[tuple[float, float]], keep: float,
) -> None:  # fmt: skip
    bend = heading + 0.25 * rng.standard_normal()
    middle = (root[0] + np.cos(bend) * length * 0.5, root[1] + np.sin(bend) * length * 0.5)
    end = (root[0] + np.cos(heading) * length, root[1] + np.sin(heading) * length)
    line = path([root, middle, end], 7)
    widths = np.linspace(width, width * 0.62, 7, dtype=np.float32)
    widths[0] *= 1.25
    sheet.limb(line, widths, 56 + 6 * rng.standard_normal(), WOOD)
    if width > 0.004:
        lit = line + np.array([side * width * 0.22, -width * 0.05], np.float32)
        sheet.limb(lit, np.linspace(width * 0.32, width * 0.16, 7, dtype=np.float32), 142, WOOD)
    if depth <= 2:
        tips.append(end)
    if depth == 0:
        return
    for n in range(2 + (rng.random() < 0.55)):
        fork = heading + (n - 0.7) * 0.62 + 0.22 * rng.standard_normal()
        fork += 0.12 * (-np.pi / 2 - fork)
        _grow(
            sheet,
            rng,
            end,
            fork,
            length * keep * (0.8 + 0.35 * rng.random()),
            width * 0.6,
            depth - 1,
            side,
            tips,
            keep,
        )


def _bough(
    sheet: Sheet, rng: Rng, x: float, y: float, reach: float, height: float, side: float, detail: float
) -> None:
    droop = abs(reach) * (0.32 + 0.25 * rng.random())
    count = 7
    t = np.linspace(0, 1, count)
    upper = np.stack([x + reach * t, y + droop * t**1.6 - abs(reach) * 0.10 * np.sin(np.pi * t)], axis=1)
    hang = abs(reach) * 0.34 * (1 - t * 0.85) * (0.5 + 0.9 * rng.random(count))
    lower = upper + np.stack([reach * 0.03 * rng.standard_normal(count), hang], axis=1)
    facing = 0.5 + 0.5 * side * np.sign(reach)
    tone = 46 + 40 * facing + 18 * rng.standard_normal()
    sheet.poly(np.concatenate([upper, lower[::-1]]).astype(np.float32), tone)
    touches = int(4 + 6 * detail)
    along = rng.random(touches)
    at = np.stack([x + reach * along, y + droop * along**1.6 - abs(reach) * 0.06], axis=1)
    length = np.full(touches, abs(reach) * 0.26) * (0.5 + rng.random(touches))
    angle = np.full(touches, np.arctan2(droop, reach)) + 0.5 * rng.standard_normal(touches)
    tones = 92 + 92 * facing + 26 * rng.standard_normal(touches)
    sheet.dabs(at.astype(np.float32), length, length * 0.3, angle, tones)


def _roots(sheet: Sheet, rng: Rng, x: float, foot: float, width: float, side: float) -> None:
    for sign in (-1, 1, -0.5, 0.5):
        reach = width * sign * (0.9 + 0.7 * rng.random())
        drop = width * 0.16 * rng.random()
        line = path(
            [
                (x + reach * 0.25, foot - width * 0.7),
                (x + reach * 0.45, foot - width * 0.02),
                (x + reach, foot + drop),
            ],
            9,
        )
        tone = 56 + 60 * max(0.0, side * sign)
        sheet.limb(line, np.linspace(width * 0.3, width * 0.03, 9, dtype=np.float32), tone, WOOD)
