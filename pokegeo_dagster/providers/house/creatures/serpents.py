"""Animals that are mostly body: snakes, sea dragons, eels, and worms of rock."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from pokegeo_dagster.film.story.anatomy import Anatomy
from pokegeo_dagster.providers.house.creatures.appendages import mane
from pokegeo_dagster.providers.house.creatures.figure import (
    Array,
    Figure,
    Limb,
    Part,
    Place,
    Sitter,
    Tint,
    dim,
    limb,
    sheet,
    spline,
)
from pokegeo_dagster.providers.house.creatures.heads import MOODS, saurian_head
from pokegeo_dagster.providers.house.creatures.tails import back_growth, tail
from pokegeo_dagster.providers.house.creatures.wings import wing


@dataclass(frozen=True)
class Build:
    """A form's frame: the body's thickest radius, the head's, and how blunt the snout is."""

    body: float = 0.075
    head: float = 0.105
    snout: float = 0.75
    deep: float = 1.1
    taper: float = 0.75


BUILDS: dict[str, Build] = {
    "snake": Build(body=0.062, head=0.085, snout=0.72, deep=0.95),
    "sea_dragon": Build(body=0.085, head=0.115, snout=0.72, deep=1.35),
    "eel": Build(body=0.075, head=0.098, snout=0.5, deep=1.1),
    "rock_worm": Build(body=0.115, head=0.150, snout=0.55, deep=1.2, taper=0.6),
}

# The body's line from tail to head, and the head's turn, by pose.
PATHS: dict[str, tuple[tuple[tuple[float, float], ...], float]] = {
    "sheet": (((-0.92, 0.20), (-0.66, 0.07), (-0.34, 0.08), (0.00, 0.09), (0.26, 0.15), (0.28, 0.36),
              (0.08, 0.50), (-0.06, 0.66), (0.00, 0.86), (0.16, 0.93)), -0.06),
    "alert": (((-0.86, 0.12), (-0.58, 0.07), (-0.28, 0.09), (0.05, 0.09), (0.24, 0.20), (0.20, 0.42),
              (0.04, 0.58), (-0.02, 0.78), (0.06, 0.98), (0.20, 1.06)), 0.08),
    "rest": (((0.40, 0.08), (0.05, 0.07), (-0.30, 0.10)), -0.10),
    "forage": (((-1.05, 0.10), (-0.74, 0.22), (-0.42, 0.12), (-0.10, 0.09), (0.16, 0.20), (0.38, 0.34),
               (0.58, 0.30), (0.70, 0.18)), -0.55),
    "threat": (((-0.85, 0.34), (-0.70, 0.12), (-0.38, 0.08), (-0.02, 0.09), (0.26, 0.18), (0.20, 0.42),
               (-0.12, 0.55), (-0.22, 0.78), (-0.06, 0.98), (0.16, 1.00)), -0.10),
    "call": (((-0.88, 0.14), (-0.58, 0.07), (-0.28, 0.09), (0.05, 0.10), (0.26, 0.20), (0.22, 0.44),
             (0.10, 0.64), (0.10, 0.86), (0.18, 1.02)), 0.75),
    "travel": (((-1.02, 0.30), (-0.78, 0.44), (-0.52, 0.36), (-0.28, 0.16), (-0.02, 0.14), (0.20, 0.32),
               (0.42, 0.48), (0.66, 0.46), (0.80, 0.42)), -0.04),
    "portrait": (((-0.60, 0.05), (-0.30, 0.05), (0.05, 0.10), (0.14, 0.30), (0.06, 0.52), (0.00, 0.72),
                 (0.06, 0.90), (0.18, 0.96)), -0.04),
}  # fmt: skip


def serpent(s: Sitter) -> Figure:
    """The whole animal in its pose."""
    a = s.anatomy
    b = BUILDS.get(a.form, BUILDS["snake"])
    stout = 0.9 + 0.35 * a.girth
    b = replace(b, body=b.body * stout, head=b.head * a.head)
    if a.form == "rock_worm" and not a.has("smooth"):
        return _rocks(s, b)
    points, turn = PATHS[s.pose]
    figure = Figure()
    coil = s.pose == "rest"
    if coil:
        head = _coil(figure, a, b)
    else:
        line = _thick(spline(np.array(points)), b)
        head = Place(line[-1, 0] + 0.25 * b.head, line[-1, 1] + 0.15 * b.head, b.head, turn)
        _body(figure, a, line)
    figure.add(*_collar(a, b, head, s.pose))
    figure.add(*mane(a, head, math.pi * 0.9))
    figure.add(*saurian_head(s, head, MOODS[s.pose], b.snout, b.deep))
    if s.pose == "portrait":
        figure.cut = head.y - 2.4 * b.head
        figure.drop("tail")
    return figure


def _thick(line: Array, b: Build) -> Array:
    """Radii along a body from tail tip to nape."""
    t = np.linspace(0, 1, len(line))
    r = (
        b.body
        * np.clip(np.minimum((t / b.taper) ** 0.7, 1.0), 0.05, 1.0)
        * (1 - 0.18 * np.clip((t - 0.72) / 0.28, 0, 1))
    )
    return np.column_stack([line[:, :2], r])


def _body(figure: Figure, a: Anatomy, line: Array) -> None:
    """A body along rows of x, y, radius: what grows behind it, then itself, belly to its right."""
    step = np.gradient(line[:, :2], axis=0)
    step /= np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-6)[:, None]
    left = np.column_stack([-step[:, 1], step[:, 0]])
    ridge = line[:, :2] + left * line[:, 2:3] * 0.9
    upper = ridge[len(ridge) * 2 // 5 :][::-1]
    if a.back != "none":
        figure.add(
            *back_growth(a, upper[:: max(1, len(upper) // 8)], float(line[:, 2].max()) * 1.5, front=False)
        )
    if a.wings != "none":
        k = len(line) * 3 // 4
        figure.add(*wing(a, Place(line[k, 0], line[k, 1], 0.42 * a.wing_size), "alert", near=False))
    way = math.atan2(-step[0, 1], -step[0, 0])
    if a.tail_tip != "none":
        figure.add(*tail(a, (float(line[0, 0]), float(line[0, 1])), way, 0.10, float(line[2, 2]), 0.1))
    pattern = a.pattern if a.pattern not in ("mask", "plates") else "plain"
    tints = (
        Tint(a.belly, "flank", (0.30, 0)),
        *(
            [
                Tint(a.accent, "spot", tuple(line[k, :2]), (0.035, 0.035), edge=0.006)
                for k in range(8, len(line), 9)
            ]
            if a.has("body_spots")
            else []
        ),
    )
    figure.add(
        Part(
            "body",
            (Limb(line),),
            a.base,
            skin=a.skin,
            soft=0.006,
            tints=tints,
            pattern=pattern,
            mark=a.second,
            shaggy=0.2,
            flow=line[::-1, :2],
        )
    )
    if a.has("scutes"):
        seams = []
        for k in range(6, len(line) - 2, 3):
            p, n, r = line[k, :2], left[k], line[k, 2]
            seams.append(
                limb(
                    (*(p - n * r * 0.36), r * 0.03),
                    (*(p - n * r * 0.72 - step[k] * r * 0.06), r * 0.05),
                    (*(p - n * r * 0.96), r * 0.03),
                )
            )
        figure.add(
            Part("scutes", tuple(seams), dim(a.belly, 0.6), soft=0.001, cast=0, ink=0, alpha=0.7, bulge=0.1)
        )
    if a.wings != "none":
        k = len(line) * 3 // 4
        figure.add(*wing(a, Place(line[k, 0], line[k, 1], 0.46 * a.wing_size), "alert", near=True))


def _coil(figure: Figure, a: Anatomy, b: Build) -> Place:
    """Asleep: three turns stacked on one another, the head laid on top."""
    r = b.body
    levels = ((0.46, r * 1.15), (0.38, r * 2.55), (0.29, r * 3.9))
    belly = (Tint(a.belly, "under", (0.62, 0), (0.0, -1.0), strength=0.8),)
    pattern = a.pattern if a.pattern != "mask" else "plain"

    def half(w: float, y: float, lo: float, hi: float) -> Limb:
        """One arc of a turn, from angle to angle."""
        return limb(*((w * math.cos(t), y + w * 0.30 * math.sin(t), r) for t in np.linspace(lo, hi, 9)))

    def skinned(
        name: str, shape: Limb, shade: float = 1.0, tints: tuple[Tint, ...] = (), cast: float = 0.5
    ) -> Part:
        return Part(name, (shape,), a.base, skin=a.skin, soft=0.005, shade=shade, tints=tints,
                    pattern=pattern, mark=a.second, shaggy=0.2, cast=cast)  # fmt: skip

    figure.add(*tail(a, (0.52, r * 0.8), -0.05, 0.22, r * 0.7, 0.5))
    for k, (w, y) in enumerate(levels):
        far, near = half(w, y + r * 0.5, 0.0, math.pi), half(w, y + r * 0.3, math.pi, 2 * math.pi)
        figure.add(skinned(f"coil far {k}", far, shade=0.62))
        figure.add(skinned(f"coil near {k}", near, tints=belly, cast=0.55))
    y = levels[-1][1] + r * 1.9
    neck = limb(
        (-0.22, y - r * 0.8, r * 0.95), (-0.10, y + r * 0.1, r * 0.92), (0.06, y + r * 0.25, r * 0.86)
    )
    figure.add(skinned("neck", neck, tints=belly))
    return Place(0.10, y + r * 0.35, b.head, -0.12)


def _collar(a: Anatomy, b: Build, head: Place, pose: str) -> list[Part]:
    """Hoods, gill fins and collars behind the head."""
    parts: list[Part] = []
    r = b.head
    flare = 1.25 if pose == "threat" else 1.0
    if a.has("hood"):
        p = Place(head.x - 0.9 * r, head.y - 1.25 * r, r * 1.5 * flare, 0.25)
        shape = p.sheet(
            (0.15, 1.0),
            (-0.75, 0.65),
            (-1.0, 0.0),
            (-0.62, -0.9),
            (0.1, -1.25),
            (0.55, -0.8),
            (0.62, 0.1),
            (0.5, 0.7),
        )
        eyes = [
            Tint(a.accent, "spot", p.at(u, 0.15), (0.20 * p.scale, 0.26 * p.scale), edge=0.008)
            for u in (-0.45, 0.25)
        ]
        smile = Tint(
            dim(a.second, 0.5), "spot", p.at(-0.1, -0.45), (0.35 * p.scale, 0.08 * p.scale), edge=0.008
        )
        parts.append(Part("hood", (shape,), a.base, skin=a.skin, soft=0.008, tints=(*eyes, smile), bulge=0.6))
    if a.has("gill_fins"):
        for near in (False, True):
            p = Place(
                head.x - (0.62 if near else 0.25) * r,
                head.y + 0.05 * r,
                r * 1.35 * flare,
                0.5 if near else 0.1,
            )
            tips = ((-0.1, 1.15), (-0.62, 1.0), (-1.0, 0.55), (-1.08, 0.0))
            edge = [(0.1, 0.1)]
            for i, q in enumerate(tips):
                edge.append(q)
                if i < 3:
                    n = tips[i + 1]
                    edge.append(((q[0] + n[0]) * 0.38, (q[1] + n[1]) * 0.38))
            edge.append((0.0, -0.25))
            tint = Tint(dim(a.accent, 0.55), "ramp", p.at(-0.3, 0.4), p.at(0.05, 0.0))
            parts.append(
                Part(
                    f"gill fin {near}",
                    (p.sheet(*edge),),
                    a.accent,
                    skin="hide",
                    soft=0.003,
                    bulge=0.25,
                    tints=(tint,),
                    shade=1.0 if near else 0.7,
                )
            )
    return parts


def _rocks(s: Sitter, b: Build) -> Figure:
    """A chain of boulders, the largest behind the head."""
    a = s.anatomy
    points, turn = PATHS[s.pose]
    if s.pose == "rest":
        points = (
            (0.62, 0.07),
            (0.34, 0.08),
            (0.0, 0.09),
            (-0.34, 0.12),
            (-0.48, 0.30),
            (-0.24, 0.42),
            (0.04, 0.42),
        )
    line = spline(np.array(points))
    steps = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    figure = Figure()
    dice = s.dice("rocks")
    at, k = 0.0, 0
    while at < steps[-1] - b.body * 0.2:
        t = at / steps[-1]
        r = b.body * (0.30 + 0.75 * t**0.8)
        x, y = (float(np.interp(at, steps, line[:, i])) for i in (0, 1))
        y = max(y, r)
        wobble = 1 + 0.10 * (dice.random(9) - 0.5)
        ring = [
            (x + math.cos(i * 0.698 + k) * r * w * 1.04, y + math.sin(i * 0.698 + k) * r * w)
            for i, w in enumerate(wobble)
        ]
        tone = dim(a.base, 0.9 + 0.2 * float(dice.random()))
        figure.add(Part(f"rock {k}", (sheet(*ring),), tone, skin=a.skin, soft=0.006, cast=0.65))
        at += r * 1.42
        k += 1
    x, y = float(line[-1, 0]), float(line[-1, 1])
    head = Place(x + 0.05, y + 0.02, b.head, turn)
    if a.horns == "none" and not a.has("no_crest"):
        crest = head.sheet((-0.35, 0.6), (-0.55, 1.2), (-0.1, 1.95), (0.1, 1.2), (0.3, 0.7))
        figure.add(Part("crest", (crest,), dim(a.base, 0.85), skin="stone", soft=0.004))
    figure.add(*saurian_head(s, head, MOODS[s.pose], b.snout, b.deep))
    if s.pose == "portrait":
        figure.cut = head.y - 1.9 * b.head
    return figure
