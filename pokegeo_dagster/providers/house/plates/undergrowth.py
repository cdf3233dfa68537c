"""What grows low: grass, reeds, ferns, broad leaves, flowers; also what grows so under water."""

from __future__ import annotations

import numpy as np

from pokegeo_dagster.providers.house.plates.canvas import Field, Sheet, path
from pokegeo_dagster.providers.house.plates.foliage import WOOD, frond
from pokegeo_dagster.providers.house.plates.noise import Rng


def blades(
    sheet: Sheet, rng: Rng, at: Field, height: Field, lean: float | Field, tones: Field, thick: float = 0.045
) -> None:
    """Grass: one bent, pointed blade per row of `at` (n, 2); `lean` is how far the wind has pushed it."""
    n = len(at)
    t = np.linspace(0, 1, 5, dtype=np.float32)[None, :]
    push = (lean + 0.34 * rng.standard_normal(n)) * height
    xs = at[:, 0, None] + push[:, None] * t**1.9
    ys = at[:, 1, None] - height[:, None] * (t - 0.16 * np.abs(push / height)[:, None] * t**2)
    half = height[:, None] * thick * (1 - t**1.4) / 2 * (0.7 + 0.6 * rng.random((n, 1)))
    left = np.stack([xs - half, ys], axis=2)
    right = np.stack([xs + half, ys], axis=2)
    sheet.polys(np.concatenate([left, right[:, ::-1]], axis=1).astype(np.float32), tones)


def meadow(
    sheet: Sheet,
    rng: Rng,
    edge: Field,
    low: float,
    count: int,
    height: float,
    lean: float,
    growth: float = 3.0,
) -> None:
    """Tufts from the ground's edge down to `low`, taller the nearer; the far ones break the edge."""
    tufts = max(1, count // 9)
    down = np.repeat(np.sort(rng.random(tufts) ** 1.8), 9)
    size = height * np.repeat(0.45 + rng.random(tufts) ** 2, 9) * (1 + growth * down)
    fan = rng.standard_normal(len(down))
    xs = np.repeat(rng.random(tufts) * (sheet.aspect + 0.1) - 0.05, 9) + fan * size * 0.42
    line = np.interp(xs, np.linspace(0, sheet.aspect, len(edge)), edge)
    at = np.stack([xs, line + (low - line) * down + 0.004], axis=1).astype(np.float32)
    tall = size * (0.55 + 0.6 * rng.random(len(down)))
    tones = 112 + 40 * rng.standard_normal(len(down)) - 44 * down
    blades(sheet, rng, at, tall.astype(np.float32), lean + 0.3 * fan, tones, 0.075)


def clump(
    sheet: Sheet, rng: Rng, x: float, foot: float, width: float, height: float, count: int, lean: float,
    tone: float = 110, thick: float = 0.04,
) -> None:  # fmt: skip
    """A stand of tall grass or reeds around one place."""
    off = np.clip(rng.standard_normal(count) * 0.42, -0.95, 0.95)
    at = np.stack([x + off * width, np.full(count, foot) + 0.012 * rng.random(count)], axis=1).astype(
        np.float32
    )
    tall = height * (0.45 + 0.65 * rng.random(count)) * np.exp(-(off**2) * 0.8)
    blades(sheet, rng, at, tall.astype(np.float32), lean, tone + 40 * rng.standard_normal(count), thick)


def reeds(
    sheet: Sheet, rng: Rng, x: float, foot: float, width: float, height: float, count: int, side: float
) -> None:
    """Reeds with their brown heads."""
    clump(sheet, rng, x, foot, width, height * 0.9, count, 0.10, 105, 0.03)
    for _ in range(max(2, count // 7)):
        px = x + rng.standard_normal() * width * 0.4
        tall = height * (0.75 + 0.4 * rng.random())
        bow = px + 0.09 * tall * rng.standard_normal()
        stem = path([(px, foot), (px, foot - tall * 0.6), (bow, foot - tall)], 8)
        sheet.limb(stem, np.full(8, height * 0.009, np.float32), 120)
        head = stem[-1] + np.array(
            [[0, 0.0], [0, height * 0.04], [0, height * 0.12], [0, height * 0.14]], np.float32
        )
        sheet.limb(head, np.array([0.004, 0.03, 0.03, 0.006], np.float32) * height, 76, WOOD)
        sheet.limb(
            head[1:3] + np.array([side * height * 0.007, 0], np.float32),
            np.full(2, height * 0.008, np.float32),
            170,
            WOOD,
        )


def fern(
    sheet: Sheet, rng: Rng, x: float, foot: float, size: float, side: float, detail: float = 0.8
) -> None:
    """A crown of fronds close to the ground."""
    turns = np.linspace(-np.pi * 1.02, np.pi * 0.02, 11) + 0.09 * rng.standard_normal(11)
    for turn in sorted(turns, key=lambda a: -abs(a + np.pi / 2) + 0.2 * rng.random()):
        frond(sheet, rng, (x, foot), float(turn), size * (0.7 + 0.4 * rng.random()), side, detail)


def broad_leaf(
    sheet: Sheet,
    rng: Rng,
    root: tuple[float, float],
    turn: float,
    length: float,
    tone: float,
    wide: float = 0.36,
) -> None:
    """A big simple leaf: one half in light, a pale rib, veins."""
    end = (root[0] + np.cos(turn) * length, root[1] + np.sin(turn) * length)
    sag = (root[0] + np.cos(turn) * length * 0.55, root[1] + np.sin(turn) * length * 0.55 - length * 0.14)
    rib = path([root, sag, end], 12)
    t = np.linspace(0, 1, 12)
    body = length * wide * np.sin(np.pi * t**0.75) ** 0.8 * (1 - 0.25 * t)
    across = np.array([-np.sin(turn), np.cos(turn)], np.float32)
    if across[1] > 0:
        across = -across
    upper = rib + across * (body / 2)[:, None]
    lower = rib - across * (body / 2)[:, None]
    sheet.poly(np.concatenate([rib, lower[::-1]]).astype(np.float32), tone - 22)
    sheet.poly(np.concatenate([rib, upper[::-1]]).astype(np.float32), tone + 26)
    for n in range(2, 11):
        for edge in (upper, lower):
            vein = np.stack(
                [rib[n - 1], (rib[n] + edge[n] * 1.6) / 2.6, edge[min(11, n + 1)] * 0.96 + rib[n] * 0.04]
            )
            sheet.limb(vein.astype(np.float32), np.full(3, length * 0.006, np.float32), tone + 8)
    sheet.limb(rib, np.linspace(length * 0.022, length * 0.006, 12, dtype=np.float32), tone + 62)


def leafy_branch(
    sheet: Sheet, rng: Rng, root: tuple[float, float], turn: float, length: float, leaf: float, side: float,
    broad: bool = False, tone: float = 70,
) -> None:  # fmt: skip
    """A branch that reaches into the frame, with side twigs and leaves."""
    end = (root[0] + np.cos(turn) * length, root[1] + np.sin(turn) * length + length * 0.12)
    pull = (root[0] + np.cos(turn - 0.25) * length * 0.55, root[1] + np.sin(turn - 0.25) * length * 0.55)
    spine = path([root, pull, end], 16)
    sheet.limb(spine, np.linspace(length * 0.045, length * 0.006, 16, dtype=np.float32), 44, WOOD)
    heading = np.arctan2(np.gradient(spine[:, 1]), np.gradient(spine[:, 0]))
    for n in range(2, 16):
        sign = 1 if n % 2 else -1
        twig = heading[n] + sign * (0.7 + 0.3 * rng.random())
        reach = length * 0.26 * (1 - n / 22)
        tip = (spine[n, 0] + np.cos(twig) * reach, spine[n, 1] + np.sin(twig) * reach + reach * 0.25)
        line = path(
            [tuple(spine[n]), ((spine[n, 0] + tip[0]) / 2, (spine[n, 1] + tip[1]) / 2 - reach * 0.1), tip], 6
        )
        sheet.limb(line, np.linspace(length * 0.012, length * 0.003, 6, dtype=np.float32), 48, WOOD)
        if broad:
            broad_leaf(sheet, rng, tip, twig + 0.5, leaf * 2.6, tone + 22 * rng.standard_normal())
            continue
        count = 14
        t = np.linspace(0.1, 1.05, count)
        at = np.stack([np.interp(t, np.linspace(0, 1, 6), line[:, k]) for k in (0, 1)], axis=1)
        size = leaf * (0.75 + 0.55 * rng.random(count)) * (1.1 - 0.4 * t)
        angle = twig + np.where(np.arange(count) % 2, 0.75, -0.75) + 0.3 * rng.standard_normal(count)
        at += np.stack([np.cos(angle), np.sin(angle) + 0.25], axis=1) * size[:, None] * 0.5
        tones = tone + 26 * rng.standard_normal(count) + 50 * (rng.random(count) < 0.2)
        sheet.dabs(at.astype(np.float32), size, size * 0.36, angle, tones)


def vine(
    sheet: Sheet, rng: Rng, x: float, top: float, length: float, side: float, leaf: float = 0.012
) -> None:
    """A liana hanging from above, leafed."""
    sway = 0.12 * length * rng.standard_normal()
    line = path([(x, top), (x + sway, top + length * 0.6), (x + sway * 0.4, top + length)], 20)
    sheet.limb(line, np.linspace(0.004, 0.0015, 20, dtype=np.float32), 60, WOOD)
    count = int(length / leaf * 1.5)
    t = rng.random(count)
    at = np.stack([np.interp(t, np.linspace(0, 1, 20), line[:, k]) for k in (0, 1)], axis=1)
    at[:, 0] += rng.standard_normal(count) * leaf * 0.6
    size = leaf * (0.7 + 0.7 * rng.random(count))
    tones = 95 + 45 * rng.standard_normal(count) + 25 * side * np.sign(at[:, 0] - x)
    sheet.dabs(at.astype(np.float32), size, size * 0.55, np.pi / 2 + 0.6 * rng.standard_normal(count), tones)


def flowers(sheet: Sheet, rng: Rng, x: float, foot: float, size: float, count: int, kind: int = WOOD) -> None:
    """Heads on stems; petals are of the second material."""
    for _ in range(count):
        px, tall = x + rng.standard_normal() * size * 0.5, size * (0.6 + 0.6 * rng.random())
        head = (px + 0.14 * tall * rng.standard_normal(), foot - tall)
        stem = path([(px, foot), (px, foot - tall * 0.5), head], 6)
        sheet.limb(stem, np.full(6, size * 0.025, np.float32), 96)
        r = size * (0.10 + 0.05 * rng.random())
        turn = np.linspace(0, 2 * np.pi, 7, endpoint=False) + rng.random()
        at = np.stack([head[0] + np.cos(turn) * r * 0.75, head[1] + np.sin(turn) * r * 0.55], axis=1)
        length = np.full(7, r * 1.25)
        tones = 165 - 70 * np.sin(turn) + 12 * rng.standard_normal(7)
        sheet.dabs(
            at.astype(np.float32),
            length,
            length * 0.62,
            np.arctan2(np.sin(turn) * 0.55, np.cos(turn)),
            tones,
            kind,
        )
        sheet.dabs(
            np.array([head], np.float32),
            np.array([r * 0.7]),
            np.array([r * 0.5]),
            np.array([0.0]),
            np.array([40.0]),
            kind,
        )


def kelp(
    sheet: Sheet, rng: Rng, x: float, foot: float, height: float, side: float, leaf: float = 0.05
) -> None:
    """A ribbon weed swaying upwards, blades on both sides."""
    sway = 0.16 * height
    t = np.linspace(0, 1, 24, dtype=np.float32)
    phase = rng.random() * 6
    xs = (
        x
        + sway * (np.sin(t * 5.5 + phase) - np.sin(phase)) * (0.25 + 0.75 * t)
        + 0.1 * height * t * rng.standard_normal()
    )
    line = np.stack([xs, foot - height * t], axis=1).astype(np.float32)
    count = int(height / leaf * 5)
    p = np.sort(rng.random(count))
    at = np.stack([np.interp(p, t, line[:, k]) for k in (0, 1)], axis=1)
    sign = np.where(rng.random(count) < 0.5, -1.0, 1.0)
    size = leaf * (0.8 + 0.6 * rng.random(count)) * (1.1 - 0.5 * p)
    angle = -np.pi / 2 + sign * (0.75 + 0.3 * rng.standard_normal(count))
    middle = at + np.stack([np.cos(angle), np.sin(angle)], axis=1) * size[:, None] * 0.45
    tones = 96 + 40 * sign * side + 30 * rng.standard_normal(count)
    sheet.dabs(middle.astype(np.float32), size, size * 0.2, angle, tones)
    sheet.limb(line, np.linspace(0.008, 0.003, 24, dtype=np.float32), 84)
