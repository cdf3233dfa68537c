"""Props that grow or lie about: rock, wood, plants, coral. Each stands on y = 0.9 of a bench."""

from __future__ import annotations

import numpy as np

from pokegeo_dagster.providers.house.plates import coral, foliage, stone, undergrowth
from pokegeo_dagster.providers.house.plates.canvas import Sheet, path
from pokegeo_dagster.providers.house.plates.noise import Rng

FOOT = 0.90


def draw_log(first: Sheet, second: Sheet, rng: Rng, side: float) -> None:
    line = path([(0.06, 0.80), (0.5, 0.74), (0.90, 0.79)], 30)
    _timber(first, rng, line, np.full(30, 0.19, np.float32) * (1 + 0.04 * np.sin(np.arange(30) * 0.9)), side)
    turn = np.linspace(0, 2 * np.pi, 30, endpoint=False)
    for share, tone in ((1.0, 96), (0.86, 178), (0.68, 148), (0.5, 186), (0.32, 150), (0.14, 112)):
        ring = np.stack([0.90 + np.cos(turn) * 0.05 * share, 0.79 + np.sin(turn) * 0.098 * share], axis=1)
        first.poly((ring + 0.003 * rng.standard_normal((30, 2))).astype(np.float32), tone, foliage.WOOD)
    stub = path([(0.34, 0.70), (0.32, 0.60), (0.27, 0.53)], 8)
    _timber(first, rng, stub, np.linspace(0.07, 0.035, 8, dtype=np.float32), side)
    for _ in range(46):
        x = 0.08 + 0.74 * rng.random() ** 1.2
        y = 0.695 + 0.035 * rng.random() - 0.02 * np.sin(x * 3)
        count = 9
        at = np.stack(
            [x + 0.025 * rng.standard_normal(count), y + 0.014 * rng.standard_normal(count)], axis=1
        )
        size = np.full(count, 0.022) * (0.6 + rng.random(count))
        first.dabs(
            at.astype(np.float32),
            size,
            size * 0.6,
            rng.random(count) * 3,
            110 + 55 * rng.standard_normal(count),
        )
    undergrowth.fern(first, rng, 0.2, 0.88, 0.16, side)


def _timber(sheet: Sheet, rng: Rng, line: np.ndarray, widths: np.ndarray, side: float) -> None:
    """A lying or broken stem: dark underside, fibres, light along the top."""
    sheet.limb(line, widths, 48, foliage.WOOD)
    normal = np.gradient(line, axis=0)
    normal /= np.maximum(np.hypot(normal[:, 0], normal[:, 1])[:, None], 1e-6)
    across = np.stack([normal[:, 1], -normal[:, 0]], axis=1)
    if across[len(across) // 2, 1] > 0:
        across = -across
    for n in range(34):
        place = (n + 0.5) / 34 - 0.5
        tone = 60 + 130 * np.clip(place + 0.32, 0, 1) ** 1.1 + 16 * rng.standard_normal()
        a, b = sorted(rng.integers(0, len(line), 2)) if n % 3 else (0, len(line))
        if b - a < 4:
            a, b = 0, len(line)
        wave = 0.03 * np.sin(np.arange(len(line)) * (0.5 + rng.random()) + rng.random() * 6)
        fibre = line + across * (widths * (place * 0.94 + wave * 0.4))[:, None]
        thick = widths * (0.022 + 0.03 * rng.random())
        sheet.limb(fibre[a:b].astype(np.float32), thick[a:b].astype(np.float32), tone, foliage.WOOD)


def draw_mushrooms(first: Sheet, second: Sheet, rng: Rng, side: float) -> None:
    undergrowth.clump(second, rng, 0.5, 0.91, 0.4, 0.14, 60, 0.1, 110, 0.07)
    for x, tall, wide in ((0.70, 0.34, 0.24), (0.26, 0.28, 0.20), (0.47, 0.56, 0.40), (0.83, 0.17, 0.13)):
        top = FOOT - tall
        lean = 0.03 * rng.standard_normal()
        stem = path([(x, FOOT), (x - lean, FOOT - tall * 0.5), (x + lean, top)], 12)
        widths = wide * np.linspace(0.30, 0.19, 12)
        first.limb(stem, widths.astype(np.float32), 92, foliage.WOOD)
        first.limb(
            stem + np.array([side * wide * 0.05, 0], np.float32),
            (widths * 0.45).astype(np.float32),
            178,
            foliage.WOOD,
        )
        first.limb(
            stem - np.array([side * wide * 0.09, 0], np.float32),
            (widths * 0.22).astype(np.float32),
            52,
            foliage.WOOD,
        )
        cx = x + lean
        turn = np.linspace(0, np.pi, 26)
        gills = np.stack([cx + np.cos(turn) * wide * 0.49, top + np.sin(turn) * wide * 0.13], axis=1)
        first.poly(
            np.concatenate([gills, [(cx - wide * 0.5, top - 0.01), (cx + wide * 0.5, top - 0.01)]]).astype(
                np.float32
            ),
            40,
            foliage.WOOD,
        )
        for n in range(15):
            px = cx + (n / 7 - 1) * wide * 0.44
            rib = np.array(
                [
                    (cx + (px - cx) * 0.3, top),
                    (px, top + wide * 0.11 * np.sqrt(max(0, 1 - (n / 7 - 1) ** 2))),
                ],
                np.float32,
            )
            first.limb(rib, np.full(2, wide * 0.012, np.float32), 112, foliage.WOOD)
        for share, tone, dx in ((1.0, 62, 0.0), (0.84, 104, 0.05), (0.6, 142, 0.10), (0.3, 196, 0.14)):
            dome = np.stack(
                [
                    cx + side * wide * dx + np.cos(turn) * wide * 0.5 * share,
                    top - (1 - share) * wide * 0.10 - np.sin(turn) * wide * 0.42 * share,
                ],
                axis=1,
            )
            lip = np.array(
                [
                    (cx + side * wide * dx - wide * 0.5 * share, top - (1 - share) * wide * 0.1),
                    (cx + side * wide * dx, top + wide * 0.04 * share - (1 - share) * wide * 0.1),
                    (cx + side * wide * dx + wide * 0.5 * share, top - (1 - share) * wide * 0.1),
                ]
            )
            first.poly(np.concatenate([dome, lip]).astype(np.float32), tone)
        for _ in range(11):
            a, r = np.pi * rng.random(), 0.42 * rng.random() ** 0.5
            spot = np.array(
                [(cx + np.cos(a) * wide * r, top - np.sin(a) * wide * r * 0.84 - 0.01)], np.float32
            )
            size = wide * (0.035 + 0.06 * rng.random())
            first.dabs(
                spot,
                np.array([size * 1.3]),
                np.array([size]),
                np.array([0.0]),
                np.array([210 + 20 * side * np.cos(a)]),
                foliage.WOOD,
            )


def draw_flowers(first: Sheet, second: Sheet, rng: Rng, side: float) -> None:
    undergrowth.clump(first, rng, 0.5, FOOT, 0.5, 0.5, 70, 0.08, 96, 0.05)
    for n in range(11):
        x = 0.5 + (n / 5 - 1) * 0.22 + 0.03 * rng.standard_normal()
        undergrowth.flowers(first, rng, x, FOOT, 0.62 * (0.7 + 0.4 * rng.random()), 1)
    for turn in np.linspace(-2.9, -0.25, 9):
        undergrowth.broad_leaf(
            first,
            rng,
            (0.5 + 0.14 * np.cos(turn), FOOT),
            float(turn),
            0.2,
            104 + 30 * side * np.cos(turn),
            0.3,
        )


def draw_crystals(first: Sheet, second: Sheet, rng: Rng, side: float) -> None:
    stone.crystals(second, rng, 0.5, 0.86, 0.66, side, 9)
    for x, size in ((0.30, 0.26), (0.72, 0.24), (0.51, 0.30)):
        stone.boulder(first, rng, x, 0.91, size, side, 0.45)


def draw_driftwood(first: Sheet, second: Sheet, rng: Rng, side: float) -> None:
    line = path([(0.08, 0.82), (0.45, 0.84), (0.93, 0.62)], 30)
    _timber(
        first,
        rng,
        line,
        np.linspace(0.12, 0.035, 30, dtype=np.float32) * (1 + 0.14 * np.sin(np.arange(30) * 0.6)),
        side,
    )
    for root, pull, end, wide in (
        (line[12], (0.42, 0.62), (0.30, 0.46), 0.07), (line[20], (0.74, 0.58), (0.70, 0.38), 0.05),
        (line[4], (0.14, 0.72), (0.07, 0.62), 0.06), (line[16], (0.62, 0.86), (0.76, 0.89), 0.05),
    ):  # fmt: skip
        limb = path([tuple(root), pull, end], 14)
        _timber(first, rng, limb, np.linspace(wide, wide * 0.2, 14, dtype=np.float32), side)


def draw_cactus(first: Sheet, second: Sheet, rng: Rng, side: float) -> None:
    stone.cactus(first, rng, 0.5, FOOT, 0.82, side)
    stone.boulder(second, rng, 0.38, 0.915, 0.16, side, 0.5)
    stone.boulder(second, rng, 0.60, 0.92, 0.11, side, 0.5)
    for n in range(5):
        turn = -np.pi / 2 + (n - 2) * 0.42
        at = np.array([(0.5 + np.cos(turn) * 0.03, 0.085 + np.sin(turn) * 0.03)], np.float32)
        second.dabs(
            at,
            np.array([0.055]),
            np.array([0.026]),
            np.array([turn]),
            np.array([170 + 40 * side * np.cos(turn)]),
            foliage.WOOD,
        )


def draw_coral(first: Sheet, second: Sheet, rng: Rng, side: float) -> None:
    coral.coral(first, rng, 0.5, 0.88, 0.60, side, 0)
    coral.coral(second, rng, 0.30, 0.90, 0.30, side, 2)
    coral.coral(second, rng, 0.73, 0.90, 0.30, side, 4)


def draw_pillar(first: Sheet, second: Sheet, rng: Rng, side: float) -> None:
    stone.column(second, rng, 0.5, FOOT, 0.24, 0.74, side, True)
    stone.boulder(second, rng, 0.28, 0.91, 0.2, side, 0.5, 0.5)
    stone.boulder(second, rng, 0.74, 0.915, 0.14, side, 0.6, 0.5)
    for x, top, length in ((0.41, 0.17, 0.42), (0.46, 0.20, 0.3), (0.60, 0.18, 0.5)):
        undergrowth.vine(first, rng, x, top, length, side, 0.026)
    undergrowth.clump(first, rng, 0.36, 0.92, 0.2, 0.12, 30, 0.1, 100, 0.07)


def draw_boulder(first: Sheet, second: Sheet, rng: Rng, side: float) -> None:
    stone.boulder(second, rng, 0.5, FOOT, 0.82, side, 0.7, 0.5)
    stone.boulder(second, rng, 0.16, 0.905, 0.24, side, 0.55)
    stone.boulder(second, rng, 0.84, 0.91, 0.16, side, 0.6)
    undergrowth.clump(first, rng, 0.24, 0.92, 0.3, 0.12, 40, 0.12, 100, 0.07)
    undergrowth.clump(first, rng, 0.78, 0.92, 0.25, 0.10, 30, 0.12, 100, 0.07)


def draw_fern(first: Sheet, second: Sheet, rng: Rng, side: float) -> None:
    undergrowth.fern(first, rng, 0.5, 0.76, 0.40, side, 1.6)


def draw_grass(first: Sheet, second: Sheet, rng: Rng, side: float) -> None:
    undergrowth.clump(first, rng, 0.5, FOOT, 0.24, 0.62, 150, -0.12 * side, 96, 0.028)
    undergrowth.clump(first, rng, 0.5, 0.91, 0.3, 0.34, 110, -0.12 * side, 122, 0.040)
