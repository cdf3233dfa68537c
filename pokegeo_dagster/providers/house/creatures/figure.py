"""A figure: the posed body as a stack of soft parts, in body units (about one unit tall, y up, facing right).

Nothing here knows about pixels. Builders make figures; paint.py turns them into pictures.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from pokegeo_dagster.film.story.anatomy import Anatomy
from pokegeo_dagster.film.vocabulary import Pose

RGB = tuple[int, int, int]
Point = tuple[float, float]
Array = np.ndarray


@dataclass(frozen=True)
class Limb:
    """A round thing with a spine: rows of x, y, radius."""

    spine: Array


@dataclass(frozen=True)
class Sheet:
    """A closed outline."""

    outline: Array


@dataclass(frozen=True)
class Tint:
    """A second colour on a part. `ramp` grows from a to b; `spot` fills an ellipse at a with the
    radii b, turned by `turn`; `along` colours the stretch from a[0] to a[1] (0–1) of the part's
    flow; `under` colours what faces the direction b, beyond the cosine a[0]; `area` an outline; `flank`
    what lies to the right of the first limb's spine by more than a[0] of its radius."""

    colour: RGB
    kind: Literal["ramp", "spot", "along", "under", "area", "flank"]
    a: Point = (0.0, 0.0)
    b: Point = (0.0, -1.0)
    turn: float = 0.0
    edge: float = 0.02
    strength: float = 1.0
    outline: Array | None = None


@dataclass(frozen=True)
class Part:
    """One soft part, painted over the parts before it."""

    name: str
    shapes: tuple[Limb | Sheet, ...]
    colour: RGB
    skin: str = "hide"
    soft: float = 0.012  # how far joints flow into each other
    bulge: float = 1.0
    shade: float = 1.0  # below 1 for what lies on the far side
    alpha: float = 1.0
    glow: float = 0.0  # share of its colour that is its own light
    tints: tuple[Tint, ...] = ()
    pattern: str = "plain"
    mark: RGB = (0, 0, 0)
    flow: Array | None = None  # the line that hair and scales follow; the longest limb's if None
    shaggy: float = 1.0  # how long the coat is
    cast: float = 0.5  # how dark its contact shadow on the parts below is
    ink: float = 1.0  # how clearly its edge is drawn
    melt: tuple[Point, Point] | None = None  # it fades in from the first point to the second


@dataclass(frozen=True)
class Eye:
    """One eye: its middle, its height in units, and how it looks."""

    at: Point
    size: float
    shape: str
    iris: RGB
    turn: float = 0.0
    width: float = 1.0  # below 1 when it is seen from the side
    openness: float = 1.0
    glow: float = 0.0
    white: RGB = (236, 232, 222)
    pupil: str = "round"


@dataclass
class Figure:
    """The animal in one pose. `items` are painted in order. `cut` is the bottom edge of a portrait."""

    items: list[Part | Eye] = field(default_factory=list)
    cut: float | None = None
    left: float | None = None  # where a portrait may fade out behind the animal
    light: tuple[float, RGB] | None = None

    def add(self, *items: Part | Eye) -> Figure:
        self.items.extend(items)
        return self

    def drop(self, *names: str) -> None:
        """Take away the parts whose names begin so: a portrait shows no tail."""
        self.items = [i for i in self.items if not (isinstance(i, Part) and i.name.startswith(names))]

    def bounds(self) -> tuple[float, float, float, float]:
        """Left, bottom, right, top of everything, in units."""
        boxes = np.array([box(i) for i in self.items if isinstance(i, Part)])
        low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])


@dataclass(frozen=True)
class Sitter:
    """Who is drawn, how, and this individual's dice: everything a builder needs."""

    anatomy: Anatomy
    pose: Pose
    seed: int

    def dice(self, name: str) -> np.random.Generator:
        """Random numbers that depend on the individual and the name, never on the pose."""
        return np.random.default_rng([self.seed & 0xFFFFFFFF, *name.encode()])


@dataclass(frozen=True)
class Place:
    """A local frame: where a head or a hand is, how large, and how it is turned (radians)."""

    x: float
    y: float
    scale: float = 1.0
    turn: float = 0.0
    flip: float = 1.0

    def at(self, u: float, v: float) -> Point:
        u, v = u * self.scale * self.flip, v * self.scale
        c, s = math.cos(self.turn), math.sin(self.turn)
        return self.x + u * c - v * s, self.y + u * s + v * c

    def all(self, points: Sequence[Sequence[float]]) -> Array:
        """Rows of u, v (and a radius, which is scaled) in the world."""
        return np.array(
            [(*self.at(p[0], p[1]), *(r * self.scale for r in p[2:])) for p in points], dtype=np.float64
        )

    def limb(self, *points: Sequence[float], steps: int = 8) -> Limb:
        """A limb along rows of u, v, radius of this frame."""
        return limb(*self.all(points), steps=steps)

    def sheet(self, *points: Sequence[float], smooth: bool = True) -> Sheet:
        """A closed outline through points u, v of this frame."""
        return sheet(*self.all(points), smooth=smooth)

    def inside(self, u: float, v: float, scale: float = 1.0, turn: float = 0.0) -> Place:
        x, y = self.at(u, v)
        return replace(self, x=x, y=y, scale=self.scale * scale, turn=self.turn + turn * self.flip)


def box(part: Part) -> tuple[float, float, float, float]:
    """Left, bottom, right, top of a part, without its coat."""
    low, high = [], []
    for shape in part.shapes:
        if isinstance(shape, Limb):
            xy, r = shape.spine[:, :2], shape.spine[:, 2:3]
            low.append((xy - r).min(axis=0))
            high.append((xy + r).max(axis=0))
        else:
            low.append(shape.outline.min(axis=0))
            high.append(shape.outline.max(axis=0))
    a, b = np.min(low, axis=0), np.max(high, axis=0)
    return float(a[0]), float(a[1]), float(b[0]), float(b[1])


def spline(points: Array, closed: bool = False, steps: int = 8) -> Array:
    """A smooth line (centripetal enough Catmull-Rom) through rows of any width."""
    points = np.asarray(points, dtype=np.float64)
    if len(points) < 3 and not closed:
        t = np.linspace(0, 1, steps * 2)[:, None]
        return points[0] * (1 - t) + points[-1] * t
    if closed:
        p = np.vstack([points[-1:], points, points[:2]])
    else:
        p = np.vstack([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = []
    for p0, p1, p2, p3 in zip(p, p[1:], p[2:], p[3:], strict=False):
        pieces.append(
            0.5
            * (
                2 * p1
                + (p2 - p0) * t
                + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
                + (3 * p1 - p0 - 3 * p2 + p3) * t**3
            )
        )
    if not closed:
        pieces.append(points[-1:])
    return np.vstack(pieces)


def limb(*points: Sequence[float], steps: int = 8) -> Limb:
    """A limb along rows of x, y, radius."""
    spine = spline(np.array(points, dtype=np.float64), steps=steps)
    spine[:, 2] = np.maximum(spine[:, 2], 0.0008)
    return Limb(spine)


def sheet(*points: Sequence[float], smooth: bool = True) -> Sheet:
    """A closed outline through points, rounded unless told otherwise."""
    outline = np.array(points, dtype=np.float64)
    return Sheet(spline(outline, closed=True) if smooth else outline)


def oval(x: float, y: float, rx: float, ry: float, turn: float = 0.0) -> Sheet:
    """An ellipse, turned by radians."""
    a = np.linspace(0, 2 * math.pi, 40, endpoint=False)
    c, s = math.cos(turn), math.sin(turn)
    u, v = rx * np.cos(a), ry * np.sin(a)
    return Sheet(np.column_stack([x + u * c - v * s, y + u * s + v * c]))


def spike(root: Point, tip: Point, width: float, bend: float = 0.0) -> Limb:
    """A horn, claw or thorn from root to tip; `bend` bows it to its left by that share of its length."""
    (x0, y0), (x1, y1) = root, tip
    nx, ny = -(y1 - y0) * bend, (x1 - x0) * bend
    mid = ((x0 + x1) / 2 + nx, (y0 + y1) / 2 + ny)
    return limb((x0, y0, width), (*mid, width * 0.62), (x1, y1, width * 0.04))


def fang(root: Point, tip: Point, width: float) -> Sheet:
    """A tooth: broad and flat where it leaves the gum, sharp at the tip, its flanks a little full."""
    (x0, y0), (x1, y1) = root, tip
    ux, uy = x1 - x0, y1 - y0
    size = max(1e-6, math.hypot(ux, uy))
    nx, ny = -uy / size * width, ux / size * width
    flank = ((1.0, -0.06), (0.80, 0.35), (0.42, 0.72))
    sides = (*flank, (0.0, 1.0), *((-w, t) for w, t in reversed(flank)))
    return Sheet(np.array([(x0 + ux * t + nx * w, y0 + uy * t + ny * w) for w, t in sides]))


def reach(root: Point, foot: Point, upper: float, lower: float, bend: float) -> Point:
    """The knee between root and foot. `bend` +1 bows it forward (to the right of a downward leg
    seen from its left), −1 backward. A foot too far away straightens the leg."""
    dx, dy = foot[0] - root[0], foot[1] - root[1]
    span = max(1e-6, math.hypot(dx, dy))
    along = (upper**2 - lower**2 + span**2) / (2 * span)
    off = math.sqrt(max(0.0, upper**2 - along**2))
    ux, uy = dx / span, dy / span
    return root[0] + ux * along - uy * off * bend, root[1] + uy * along + ux * off * bend


def lerp(a: RGB, b: RGB, t: float) -> RGB:
    """A colour between two."""
    r, g, bl = (round(p + (q - p) * t) for p, q in zip(a, b, strict=True))
    return r, g, bl


def dim(a: RGB, t: float) -> RGB:
    """A darker (t < 1) or lighter version of a colour."""
    r, g, b = (min(255, round(c * t)) for c in a)
    return r, g, b
