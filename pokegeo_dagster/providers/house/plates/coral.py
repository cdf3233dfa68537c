"""Coral in five forms, each with its own mix of the two paints it is given."""

from __future__ import annotations

import numpy as np

from pokegeo_dagster.providers.house.plates.canvas import Sheet, path
from pokegeo_dagster.providers.house.plates.noise import Rng


def coral(sheet: Sheet, rng: Rng, x: float, foot: float, size: float, side: float, form: int) -> None:
    """A coral: 0 staghorn, 1 fan, 2 brain, 3 table, 4 tubes. Each form has its own mix of the two paints."""
    kind = (255, 200, 120, 30, 165)[form]
    forks = 1 if size > 0.16 else 0  # small ones end a fork earlier: nobody sees it, and it halves the work
    if form == 0:
        for n in range(7):
            _antler(
                sheet,
                rng,
                (x + size * 0.05 * rng.standard_normal(), foot),
                -np.pi / 2 + (n - 3) * 0.32 + 0.1 * rng.standard_normal(),
                size * 0.42,
                size * 0.085,
                2 + forks,
                side,
                kind,
            )
    elif form == 1:
        for n in range(13):
            heading = -np.pi / 2 + (n - 6) * 0.17
            _antler(sheet, rng, (x, foot), heading, size * 0.36, size * 0.03, 3 + forks, side, kind)
    elif form == 2:
        turn = np.linspace(np.pi, 2 * np.pi, 22)
        for share, tone in ((1.0, 84), (0.90, 112), (0.74, 138), (0.5, 166)):
            cx, cy = x + side * size * 0.16 * (1 - share), foot - size * 0.12 * (1 - share)
            ring = np.stack(
                [cx + np.cos(turn) * size * 0.5 * share, cy + np.sin(turn) * size * 0.46 * share], axis=1
            )
            sheet.poly(ring.astype(np.float32), tone, kind)
        for _ in range(70):
            a, r = np.pi * (1 + rng.random()), size * 0.46 * rng.random() ** 0.5
            p = (x + np.cos(a) * r, foot + np.sin(a) * r * 0.92)
            line = path(
                [
                    p,
                    (p[0] + 0.06 * size * rng.standard_normal(), p[1] - 0.05 * size),
                    (p[0] + 0.09 * size * rng.standard_normal(), p[1] + 0.03 * size),
                ],
                6,
            )
            sheet.limb(line, np.full(6, size * 0.014, np.float32), 52, kind)
    elif form == 3:
        for n, rise in enumerate((0.2, 0.42, 0.64)):
            wide = size * (0.62 - 0.12 * n)
            cx, cy = x + size * 0.1 * rng.standard_normal(), foot - size * rise
            sheet.limb(
                np.array([(x, foot), (cx, cy)], np.float32),
                np.array([size * 0.09, size * 0.12], np.float32),
                54,
                kind,
            )
            turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
            edge = 1 + 0.08 * rng.standard_normal(24)
            for drop, tone in ((size * 0.05, 56), (0.0, 150)):
                ring = np.stack(
                    [cx + np.cos(turn) * wide * edge * 0.8, cy + drop + np.sin(turn) * size * 0.055 * edge],
                    axis=1,
                )
                sheet.poly(ring.astype(np.float32), tone, kind)
    else:
        for _ in range(8):
            px = x + size * 0.22 * rng.standard_normal()
            tall = size * (0.35 + 0.5 * rng.random())
            w = size * (0.10 + 0.04 * rng.random())
            lean = 0.35 * (px - x)
            line = path([(px, foot), (px + lean * 0.3, foot - tall * 0.5), (px + lean, foot - tall)], 8)
            sheet.limb(line, np.linspace(w * 0.75, w, 8, dtype=np.float32), 76, kind)
            sheet.limb(
                line + np.array([side * w * 0.24, 0], np.float32), np.full(8, w * 0.24, np.float32), 150, kind
            )
            turn = np.linspace(0, 2 * np.pi, 14, endpoint=False)
            for share, tone in ((1.05, 172), (0.68, 22)):
                ring = np.stack(
                    [
                        line[-1, 0] + np.cos(turn) * w * 0.5 * share,
                        line[-1, 1] + np.sin(turn) * w * 0.2 * share,
                    ],
                    axis=1,
                )
                sheet.poly(ring.astype(np.float32), tone, kind)


def _antler(
    sheet: Sheet,
    rng: Rng,
    root: tuple[float, float],
    heading: float,
    length: float,
    width: float,
    depth: int,
    side: float,
    kind: int = 0,
) -> None:
    end = (root[0] + np.cos(heading) * length, root[1] + np.sin(heading) * length)
    middle = ((root[0] + end[0]) / 2 + 0.06 * length * rng.standard_normal(), (root[1] + end[1]) / 2)
    line = path([root, middle, end], 6)
    sheet.limb(line, np.linspace(width, width * 0.7, 6, dtype=np.float32), 78 - 6 * depth, kind)
    sheet.limb(
        line + np.array([side * width * 0.24, 0], np.float32), np.full(6, width * 0.26, np.float32), 156, kind
    )
    if depth == 0:
        sheet.dabs(
            np.array([end], np.float32),
            np.array([width]),
            np.array([width]),
            np.array([0.0]),
            np.array([205.0]),
            kind,
        )
        return
    for sign in (-1, 1):
        fork = heading + sign * (0.36 + 0.16 * rng.random())
        _antler(
            sheet, rng, end, fork, length * (0.62 + 0.16 * rng.random()), width * 0.74, depth - 1, side, kind
        )
