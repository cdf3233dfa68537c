"""Growth by name: how each thing a habitat mentions is put on a sheet at a place and a height."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pokegeo_dagster.providers.house.plates import coral, foliage, stone, undergrowth
from pokegeo_dagster.providers.house.plates.canvas import Field, Sheet, path
from pokegeo_dagster.providers.house.plates.noise import Rng

# (sheet, rng, x, foot, height, side, detail): side is where the light is, detail 0.2–1.
Planter = Callable[[Sheet, Rng, float, float, float, float, float], None]


def is_stone(name: str) -> bool:
    """Whether this is painted with the habitat's rock (else with its leaf and wood)."""
    return name in STONES


def _trunk(s: Sheet, r: Rng, x: float, foot: float, height: float, side: float, detail: float) -> None:
    foliage.trunk(s, r, x, foot, height * (0.09 + 0.05 * r.random()), side, -0.08)


def _giant(s: Sheet, r: Rng, x: float, foot: float, height: float, side: float, detail: float) -> None:
    """A jungle giant: a pale column under a wide crown, hung with vines."""
    crown = foot - height
    width = height * 0.075
    foliage.trunk(s, r, x, foot, width, side, crown + height * 0.1, 1.3)
    for sign in (-1, 0.2, 1):
        reach = (x + sign * height * 0.2, crown + height * 0.04)
        limb = path([(x, crown + height * 0.26), (x + sign * height * 0.05, crown + height * 0.12), reach], 8)
        s.limb(limb, np.linspace(width * 0.5, width * 0.16, 8, dtype=np.float32), 66, foliage.WOOD)
    tips = np.stack(
        [x + r.standard_normal(22) * height * 0.2, crown + 0.06 * height * r.standard_normal(22)], axis=1
    )
    foliage.leaf_mass(s, r, tips.astype(np.float32), height * 0.10, side, detail, 0.6)
    for _ in range(3):
        undergrowth.vine(
            s,
            r,
            x + height * 0.2 * r.standard_normal(),
            crown + height * 0.05,
            height * (0.2 + 0.4 * r.random()),
            side,
            height * 0.014,
        )


def _pine(s: Sheet, r: Rng, x: float, foot: float, height: float, side: float, detail: float) -> None:
    """A wind-bent pine: crooked stem, plates of needles on the lee side."""
    lean = side * -0.35 * height * (0.6 + 0.5 * r.random())
    stem = path(
        [(x, foot), (x - lean * 0.2, foot - height * 0.5), (x + lean * 0.7, foot - height * 0.95)], 14
    )
    s.limb(stem, np.linspace(height * 0.06, height * 0.012, 14, dtype=np.float32), 56, foliage.WOOD)
    s.limb(
        stem + np.array([side * height * 0.013, 0], np.float32),
        np.linspace(height * 0.016, height * 0.004, 14, dtype=np.float32),
        150,
        foliage.WOOD,
    )
    for k in (6, 8, 10, 11, 12, 13):
        tip = stem[k] + np.array([lean * (0.25 + 0.35 * r.random()), -height * 0.03], np.float32)
        s.limb(np.stack([stem[k], tip]), np.array([0.018, 0.006], np.float32) * height, 60, foliage.WOOD)
        pads = (
            tip + r.standard_normal((5, 2)).astype(np.float32) * np.array([0.09, 0.012], np.float32) * height
        )
        foliage.leaf_mass(s, r, pads.astype(np.float32), height * 0.075, side, detail * 0.7, 0.36)


def _stand(s: Sheet, r: Rng, x: float, foot: float, height: float, side: float, detail: float) -> None:
    undergrowth.clump(s, r, x, foot, height * 0.5, height * 0.8, int(30 + 50 * detail), 0.14, 112, 0.022)


def _reeds(s: Sheet, r: Rng, x: float, foot: float, height: float, side: float, detail: float) -> None:
    undergrowth.reeds(s, r, x, foot, height * 0.7, height, int(16 + 30 * detail), side)


def _fern(s: Sheet, r: Rng, x: float, foot: float, height: float, side: float, detail: float) -> None:
    undergrowth.fern(s, r, x, foot, height, side, 0.4 + 0.5 * detail)


def _broad(s: Sheet, r: Rng, x: float, foot: float, height: float, side: float, detail: float) -> None:
    for turn in np.linspace(-np.pi * 0.98, -np.pi * 0.02, 7)[r.permutation(7)]:
        tone = 96 + 40 * side * np.cos(turn) + 16 * r.standard_normal()
        undergrowth.broad_leaf(s, r, (x, foot), float(turn), height * (0.6 + 0.4 * r.random()), tone)


def _kelp(s: Sheet, r: Rng, x: float, foot: float, height: float, side: float, detail: float) -> None:
    for _ in range(3):
        undergrowth.kelp(
            s,
            r,
            x + 0.08 * height * r.standard_normal(),
            foot,
            height * (0.6 + 0.45 * r.random()),
            side,
            max(0.02, height * 0.085),
        )


def _vines(s: Sheet, r: Rng, x: float, foot: float, height: float, side: float, detail: float) -> None:
    for _ in range(3):
        undergrowth.vine(
            s, r, x + 0.06 * r.standard_normal(), -0.05, 0.25 + 0.4 * r.random(), side, 0.010 + 0.006 * detail
        )


def _cane(s: Sheet, r: Rng, x: float, foot: float, height: float, side: float, detail: float) -> None:
    for _ in range(3):
        foliage.cane(s, r, x + 0.05 * r.standard_normal(), foot, height * (0.018 + 0.01 * r.random()), side)


def _scrub(s: Sheet, r: Rng, x: float, foot: float, height: float, side: float, detail: float) -> None:
    at = np.stack(
        [x + r.standard_normal(9) * height * 0.32, foot - height * (0.16 + 0.3 * r.random(9))], axis=1
    )
    for tip in at:
        s.limb(
            np.stack([np.array([x, foot]), tip]).astype(np.float32),
            np.array([0.03, 0.01], np.float32) * height,
            60,
            foliage.WOOD,
        )
    foliage.leaf_mass(s, r, at.astype(np.float32), height * 0.2, side, detail * 0.7, 0.8)


def _corals(s: Sheet, r: Rng, x: float, foot: float, height: float, side: float, detail: float) -> None:
    forms = r.permutation(5)
    for k, form in enumerate(forms[:3]):
        size = height * (0.9 - 0.25 * k) * (0.7 + 0.4 * r.random())
        size = min(size, height * 0.5) if form in (2, 3) else size
        coral.coral(
            s,
            r,
            x + (k - 1) * height * 0.42 + 0.06 * height * r.standard_normal(),
            foot + 0.004 * k,
            size,
            side,
            int(form),
        )


def _boulder(s: Sheet, r: Rng, x: float, foot: float, height: float, side: float, detail: float) -> None:
    stone.boulder(s, r, x, foot, height * 1.5, side, 0.5 + 0.25 * r.random())


def _hoodoo(s: Sheet, r: Rng, x: float, foot: float, height: float, side: float, detail: float) -> None:
    """A desert chimney: soft strata under a hard cap."""
    y = foot
    width = height * 0.26
    for n in range(9):
        tall = height / 9
        w = (
            width * (1.2 - 0.07 * n + 0.16 * r.standard_normal())
            if n < 7
            else width * (1.15 - 0.25 * (n - 7))
        )
        stone.boulder(
            s,
            r,
            x + 0.02 * height * r.standard_normal(),
            y + tall * 0.3,
            max(w, width * 0.5),
            side,
            tall * 1.6 / max(w, width * 0.5),
        )
        y -= tall


def _column(s: Sheet, r: Rng, x: float, foot: float, height: float, side: float, detail: float) -> None:
    broken = r.random() < 0.7
    stone.column(
        s, r, x, foot, height * 0.115, height * (0.45 + 0.5 * r.random() if broken else 1.0), side, broken
    )


def _pillar(s: Sheet, r: Rng, x: float, foot: float, height: float, side: float, detail: float) -> None:
    """Dripstone that has met its other half."""
    stone.dripstone(s, r, x, foot, foot + 0.1, height * 0.26, side)
    stone.dripstone(s, r, x, -0.04, -(foot + 0.06), height * 0.24, side)


def _dripstone(s: Sheet, r: Rng, x: float, foot: float, height: float, side: float, detail: float) -> None:
    for k in range(3):
        tall = height * (0.8 - 0.26 * k) * (0.5 + 0.5 * r.random())
        stone.dripstone(
            s,
            r,
            x + height * 0.16 * (k - 1) + 0.04 * height * r.standard_normal(),
            foot,
            tall,
            tall * 0.36,
            side,
        )


PLANTS: dict[str, Planter] = {
    "broadleaf": foliage.broadleaf, "conifer": foliage.conifer, "acacia": foliage.acacia,
    "snag": foliage.snag, "palm": foliage.palm, "pine": _pine,
    "giant": _giant, "trunk": _trunk, "stand": _stand, "grassy": _stand,
    "reeds": _reeds, "fern": _fern, "broad": _broad, "kelp": _kelp,
    "vines": _vines, "cane": _cane, "scrub": _scrub,
    "cactus": lambda s, r, x, f, h, side, d: stone.cactus(s, r, x, f, h, side),
}  # fmt: skip
STONES: dict[str, Planter] = {
    "boulder": _boulder, "hoodoo": _hoodoo, "column": _column, "pillar": _pillar, "dripstone": _dripstone,
    "arch": lambda s, r, x, f, h, side, d: stone.arch(s, r, x, f, h * 0.8, h * 0.8, side),
    "basalt": lambda s, r, x, f, h, side, d: stone.basalt(s, r, x, f, h * 0.6, h * 0.75, side),
    "corals": _corals,
    "crystal": lambda s, r, x, f, h, side, d: stone.crystals(s, r, x, f, h * 0.4, side),
}  # fmt: skip


def plant(name: str, sheet: Sheet, rng: Rng, at: tuple[float, float], height: float, side: float) -> None:
    """Puts one named thing on a sheet, as finely as its height deserves."""
    detail = float(np.clip(height * 1.4, 0.18, 1.0))
    (STONES.get(name) or PLANTS[name])(sheet, rng, at[0], at[1], height, side, detail)


def scatter_litter(sheet: Sheet, rng: Rng, edge: Field, count: int, size: float) -> None:
    """Fallen leaves, shells or ash on the ground: flatter and smaller the farther away."""
    down = rng.random(count) ** 1.4
    xs = rng.random(count) * sheet.aspect
    line = np.interp(xs, np.linspace(0, sheet.aspect, len(edge)), edge)
    at = np.stack([xs, line + 0.008 + (1.02 - line) * down], axis=1).astype(np.float32)
    length = size * (0.4 + 1.6 * down) * (0.5 + rng.random(count))
    sheet.dabs(
        at,
        length,
        length * (0.25 + 0.25 * down),
        0.5 * rng.standard_normal(count),
        90 + 60 * rng.standard_normal(count),
        foliage.WOOD,
    )
