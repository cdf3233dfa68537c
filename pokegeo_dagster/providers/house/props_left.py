"""Props that someone left: bones, a nest, eggs, a shell, a lantern. Each stands on y = 0.9 of a bench."""

from __future__ import annotations

import numpy as np

from pokegeo_dagster.providers.house.plates import foliage, stone, undergrowth
from pokegeo_dagster.providers.house.plates.canvas import Sheet, limb_outline, path
from pokegeo_dagster.providers.house.plates.noise import Rng


def draw_bones(first: Sheet, second: Sheet, rng: Rng, side: float) -> None:
    spine = path([(0.30, 0.70), (0.6, 0.60), (0.96, 0.84)], 18)
    for n in range(3, 15):
        root = spine[n]
        tall = 0.30 * np.sin(np.pi * (n - 1) / 17)
        for sign, tone in ((-1, 74), (1, 138)):
            rib = path(
                [
                    tuple(root),
                    (root[0] + 0.04 + sign * 0.035, root[1] + tall * 0.45),
                    (root[0] - 0.02 + sign * 0.03, min(0.895, root[1] + tall)),
                ],
                10,
            )
            first.limb(rib, np.linspace(0.021, 0.010, 10, dtype=np.float32), tone)
            first.limb(
                rib + np.array([side * 0.004, 0], np.float32), np.full(10, 0.005, np.float32), tone + 62
            )
    for n, knot in enumerate(spine):
        size = 0.044 * (1 - 0.025 * n)
        first.poly((knot + stone.rock_outline(rng, 0, size / 2, size * 1.25, 0.9, 9)).astype(np.float32), 110)
        first.limb(
            np.stack([knot, knot + np.array([-0.008, -size], np.float32)]),
            np.array([0.014, 0.006], np.float32),
            165,
        )
    _skull(first, rng, side)


def _skull(sheet: Sheet, rng: Rng, side: float) -> None:
    """A long-muzzled skull seen from the side, facing left and down."""
    top = [
        (0.36, 0.66),
        (0.33, 0.585),
        (0.26, 0.56),
        (0.20, 0.60),
        (0.10, 0.72),
        (0.045, 0.80),
        (0.05, 0.845),
        (0.09, 0.86),
    ]
    low = [(0.16, 0.825), (0.22, 0.80), (0.27, 0.805), (0.32, 0.77), (0.37, 0.74)]
    sheet.poly(np.array(top + low, np.float32), 128)
    sheet.poly(
        np.array(
            [
                (0.34, 0.65),
                (0.31, 0.60),
                (0.26, 0.58),
                (0.20, 0.62),
                (0.11, 0.735),
                (0.15, 0.735),
                (0.23, 0.67),
            ],
            np.float32,
        ),
        186,
    )
    jaw = [
        (0.37, 0.76),
        (0.35, 0.83),
        (0.24, 0.865),
        (0.10, 0.895),
        (0.06, 0.885),
        (0.09, 0.87),
        (0.23, 0.835),
        (0.31, 0.79),
    ]
    sheet.poly(np.array(jaw, np.float32), 96)
    turn = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    for x, y, rx, ry in ((0.245, 0.655, 0.036, 0.032), (0.085, 0.775, 0.020, 0.014)):
        sheet.poly(np.stack([x + np.cos(turn) * rx, y + np.sin(turn) * ry], axis=1).astype(np.float32), 14)
    for n in range(8):
        x = 0.075 + n * 0.022
        y = 0.852 - n * 0.0062
        sheet.poly(
            np.array([(x, y), (x + 0.017, y - 0.004), (x + 0.007, y + 0.034 - 0.002 * n)], np.float32), 200
        )
    sheet.limb(path([(0.30, 0.62), (0.28, 0.70), (0.20, 0.76)], 8), np.full(8, 0.004, np.float32), 66)


def draw_nest(first: Sheet, second: Sheet, rng: Rng, side: float) -> None:
    _twigs(first, rng, 150, 0.66, 0.10, 34, 78, behind=True)
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    bowl = np.stack(
        [0.5 + np.cos(turn) * 0.35, 0.75 + np.sin(turn) * np.where(np.sin(turn) > 0, 0.14, 0.06)], axis=1
    )
    first.poly(bowl.astype(np.float32), 40)
    for x, y, tilt in ((0.37, 0.665, -0.25), (0.63, 0.66, 0.22), (0.50, 0.69, 0.05)):
        _egg(first, rng, x, y, 0.115, tilt, side, foliage.WOOD)
    _twigs(first, rng, 620, 0.735, 0.17, 52, 150, behind=False)


def _twigs(
    sheet: Sheet, rng: Rng, count: int, y: float, thick: float, dark: float, light: float, behind: bool
) -> None:
    for n in range(count):
        turn = np.pi * rng.random() * (1 if not behind else -1)
        r = 0.34 + 0.03 * rng.standard_normal()
        x0, y0 = (
            0.5 + np.cos(turn) * r,
            y + np.sin(turn) * thick * (0.65 if behind else 0.9) * (0.6 + 0.5 * rng.random()),
        )
        reach = 0.10 + 0.13 * rng.random()
        a = 0.30 * rng.standard_normal() - 0.42 * np.cos(turn) * (1 if not behind else -1)
        p, q = (
            (x0 - np.cos(a) * reach / 2, y0 - np.sin(a) * reach / 2),
            (x0 + np.cos(a) * reach / 2, y0 + np.sin(a) * reach / 2),
        )
        line = path([p, ((p[0] + q[0]) / 2, (p[1] + q[1]) / 2 + 0.03 * rng.standard_normal()), q], 6)
        tone = dark + (light - dark) * (n / count) ** 0.8 + 24 * rng.standard_normal()
        sheet.limb(
            line, np.array([0.3, 0.9, 1, 1, 0.8, 0.2], np.float32) * (0.007 + 0.006 * rng.random()), tone
        )


def _egg(
    sheet: Sheet, rng: Rng, x: float, y: float, size: float, tilt: float, side: float, kind: int = 0
) -> None:
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    ex, ey = np.cos(turn) * 0.76 * (1 + 0.16 * np.sin(turn)), np.sin(turn)
    for share, tone, dx in (
        (1.0, 66, 0.0),
        (0.93, 106, 0.035),
        (0.80, 144, 0.08),
        (0.60, 180, 0.15),
        (0.34, 212, 0.24),
        (0.12, 240, 0.30),
    ):
        px, py = ex * share + side * dx, ey * share - dx * 1.1
        ring = np.stack(
            [
                x + (px * np.cos(tilt) - py * np.sin(tilt)) * size,
                y + (px * np.sin(tilt) + py * np.cos(tilt)) * size,
            ],
            axis=1,
        )
        sheet.poly(ring.astype(np.float32), tone, kind)
    count = 34
    a, r = rng.random(count) * 2 * np.pi, rng.random(count) ** 0.5 * 0.8
    at = np.stack([x + np.cos(a) * r * 0.74 * size, y + np.sin(a) * r * size], axis=1).astype(np.float32)
    dot = size * (0.02 + 0.06 * rng.random(count) ** 3)
    sheet.dabs(at, dot * 1.4, dot, rng.random(count) * 3, np.full(count, 58.0), kind)


def draw_eggs(first: Sheet, second: Sheet, rng: Rng, side: float) -> None:
    for x, y, size, tilt in (
        (0.36, 0.70, 0.155, -0.14),
        (0.64, 0.71, 0.15, 0.18),
        (0.50, 0.745, 0.165, 0.03),
        (0.23, 0.79, 0.12, -0.45),
    ):
        _egg(second, rng, x, y, size, tilt, side)
    undergrowth.clump(first, rng, 0.5, 0.92, 0.42, 0.15, 90, 0.1, 100, 0.09)


def draw_shell(first: Sheet, second: Sheet, rng: Rng, side: float) -> None:
    """A spiral shell: whorls that grow by the golden ratio, the mouth towards us."""
    centre, turns = np.array([0.57, 0.50]), 3.3
    count = 64
    t = np.linspace(0, 1, count)
    angle = t * turns * 2 * np.pi + 0.6
    reach = 0.30 * np.exp((t - 1) * 2.9)
    for n in range(count):
        x, y = centre + np.array([np.cos(angle[n]), np.sin(angle[n]) * 0.92]) * reach[n]
        r = reach[n] * 0.52 + 0.006
        ring = np.linspace(0, 2 * np.pi, 22, endpoint=False)
        for share, tone, dx in (
            (1.0, 52 if n % 4 == 0 else 84, 0.0),
            (0.8, 128, 0.12),
            (0.5, 172, 0.26),
            (0.2, 216, 0.36),
        ):
            disc = np.stack(
                [x + side * dx * r + np.cos(ring) * r * share, y - dx * r + np.sin(ring) * r * share], axis=1
            )
            first.poly(disc.astype(np.float32), tone, foliage.WOOD if n % 8 < 2 else 0)
    mouth = centre + np.array([np.cos(angle[-1]), np.sin(angle[-1]) * 0.92]) * reach[-1]
    ring = np.linspace(0, 2 * np.pi, 26, endpoint=False)
    for share, tone in ((1.0, 205), (0.82, 120), (0.66, 60), (0.44, 26)):
        lip = np.stack(
            [mouth[0] - 0.01 + np.cos(ring) * 0.15 * share, mouth[1] + 0.03 + np.sin(ring) * 0.185 * share],
            axis=1,
        )
        first.poly(lip.astype(np.float32), tone, 0 if share > 0.9 else foliage.WOOD)


def draw_lantern(first: Sheet, second: Sheet, rng: Rng, side: float) -> None:
    """A hanging lantern of an abandoned place, its flame still lit."""

    def plate(points: list[tuple[float, float]], tone: float, kind: int = 0) -> None:
        first.poly(np.array(points, np.float32), tone, kind)

    ring = np.linspace(0, 2 * np.pi, 30)
    loop = np.stack([0.5 + np.cos(ring) * 0.075, 0.11 + np.sin(ring) * 0.07], axis=1).astype(np.float32)
    first.limb(loop, np.full(30, 0.018, np.float32), 120)
    plate([(0.44, 0.20), (0.56, 0.20), (0.70, 0.33), (0.30, 0.33)], 84)
    plate(
        [
            (0.5 + 0.02 * side, 0.20),
            (0.5 + 0.06 * side, 0.20),
            (0.5 + 0.20 * side, 0.33),
            (0.5 + 0.06 * side, 0.33),
        ],
        176,
    )
    plate([(0.33, 0.35), (0.67, 0.35), (0.64, 0.78), (0.36, 0.78)], 150, foliage.WOOD)
    flame = [(0.5, 0.46), (0.545, 0.57), (0.55, 0.65), (0.5, 0.70), (0.45, 0.65), (0.455, 0.57)]
    plate(flame, 240, foliage.WOOD)
    plate([(0.5, 0.54), (0.522, 0.61), (0.5, 0.68), (0.478, 0.61)], 255, foliage.WOOD)
    for x0, x1 in ((0.33, 0.355), (0.42, 0.425), (0.58, 0.575), (0.67, 0.645)):
        bar = limb_outline(np.array([(x0, 0.34), (x1, 0.79)], np.float32), np.full(2, 0.022, np.float32))
        first.poly(bar, 92 + 60 * side * np.sign(x0 - 0.5))
    for y in (0.49, 0.635):
        first.limb(np.array([(0.34, y), (0.66, y)], np.float32), np.full(2, 0.012, np.float32), 78)
    plate([(0.28, 0.32), (0.72, 0.32), (0.70, 0.365), (0.30, 0.365)], 128)
    plate([(0.33, 0.77), (0.67, 0.77), (0.70, 0.83), (0.30, 0.83)], 112)
    plate([(0.27, 0.83), (0.73, 0.83), (0.73, 0.885), (0.27, 0.885)], 80)
    for y in (0.325, 0.775, 0.835):
        first.limb(np.array([(0.30, y), (0.70, y)], np.float32), np.full(2, 0.007, np.float32), 205)
    undergrowth.vine(second, rng, 0.32, 0.30, 0.4, side, 0.022)
