"""Ghosts that are mostly a face: haunter with its floating hands, and gastly in its cloud."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pokegeo_dagster.film.story.anatomy import Anatomy
from pokegeo_dagster.providers.house.creatures.figure import (
    RGB,
    Eye,
    Figure,
    Part,
    Place,
    Sitter,
    Tint,
    dim,
    lerp,
    oval,
    spike,
)
from pokegeo_dagster.providers.house.creatures.ghost_faces import glare, grin, jagged_skull
from pokegeo_dagster.providers.house.creatures.heads import MOODS


@dataclass(frozen=True)
class Haunt:
    """A pose: the head's turn, where the wisp streams to, and both hands as x, y, turn and how wide
    the claws are spread (head radii, near then far)."""

    turn: float
    wisp: tuple[tuple[float, float], ...]
    near: tuple[float, float, float, float]
    far: tuple[float, float, float, float]
    gape: float
    bristle: float = 1.0


_DOWN = ((-0.12, -0.75), (-0.30, -1.25), (-0.22, -1.65), (-0.50, -2.05))

HAUNTS: dict[str, Haunt] = {
    "sheet": Haunt(0.0, _DOWN, (-0.98, -0.92, -1.75, 0.35), (1.28, -0.72, -1.25, 0.35), 0.34),
    "alert": Haunt(0.10, ((-0.14, -0.78), (-0.36, -1.28), (-0.28, -1.7), (-0.6, -2.1)),
                   (-1.05, -0.38, -2.2, 0.5), (1.42, -0.05, 0.75, 0.55), 0.22, 1.12),
    "rest": Haunt(-0.16, ((-0.30, -0.70), (-0.62, -1.02), (-1.05, -1.12), (-1.5, -0.92)),
                  (-0.42, -1.02, -0.35, 0.1), (0.86, -0.98, -2.6, 0.1), 0.12, 0.86),
    "forage": Haunt(-0.50, ((-0.45, -0.45), (-0.95, -0.62), (-1.40, -0.40), (-1.9, -0.52)),
                    (0.30, -1.32, -1.0, 0.45), (1.42, -1.12, -1.15, 0.5), 0.30),
    "threat": Haunt(0.04, ((-0.15, -0.80), (-0.42, -1.32), (-0.22, -1.78), (-0.55, -2.25)),
                    (-1.42, 0.30, 2.0, 0.95), (1.62, 0.48, 1.05, 0.95), 1.0, 1.30),
    "call": Haunt(0.42, ((-0.35, -0.72), (-0.62, -1.22), (-0.55, -1.65), (-0.95, -2.0)),
                  (-1.18, -0.62, -2.5, 0.6), (1.30, -0.72, -0.75, 0.6), 0.85, 1.1),
    "travel": Haunt(-0.20, ((-0.70, -0.40), (-1.30, -0.55), (-1.85, -0.28), (-2.5, -0.48)),
                    (0.42, -1.00, -0.30, 0.40), (1.62, -0.32, 0.02, 0.55), 0.30, 1.05),
    "portrait": Haunt(0.03, _DOWN, (-1.02, -0.95, 1.9, 0.5), (1.30, -0.80, 1.2, 0.5), 0.36, 1.05),
}  # fmt: skip


def ghost_head(s: Sitter) -> Figure:
    """Haunter, or gastly, in a pose."""
    return _haunter(s) if s.anatomy.has("hands") else _gastly(s)


def _haunter(s: Sitter) -> Figure:
    a, h, mood = s.anatomy, HAUNTS[s.pose], MOODS[s.pose]
    r = 0.34
    face = Place(0.0, 0.78, r, h.turn)
    figure = Figure()
    figure.add(*_hand(a, face, h.far, near=False))
    dark = dim(a.second, 0.9)
    spine = [(0.0, 0.0, 0.86), (h.wisp[0][0] * 0.7, h.wisp[0][1] * 0.7, 0.70)]
    spine += [(x, y, w) for (x, y), w in zip(h.wisp, (0.58, 0.38, 0.23, 0.05), strict=True)]
    level = Place(face.x, face.y, r)
    tail_end = level.at(*h.wisp[-1])
    veil = level.limb(*[(x, y, w * 1.22 + 0.05) for x, y, w in spine[1:]])
    figure.add(
        Part(
            "veil",
            (veil,),
            lerp(a.base, a.glow or a.accent, 0.45),
            skin="smoke",
            soft=0.02,
            alpha=0.34,
            cast=0,
            ink=0,
            melt=(tail_end, level.at(*h.wisp[0])),
            glow=0.25,
        )
    )
    wisp = level.limb(*spine)
    curls = [
        spike(level.at(*h.wisp[i]), level.at(h.wisp[i][0] + dx, h.wisp[i][1] + dy), w * r, 0.3)
        for i, dx, dy, w in (
            (0, -0.60, -0.30, 0.26),
            (1, -0.55, -0.12, 0.20),
            (1, 0.42, -0.36, 0.18),
            (2, -0.42, -0.26, 0.12),
            (2, 0.30, -0.34, 0.11),
        )
    ]
    figure.add(
        Part(
            "wisp",
            (wisp, *curls),
            a.base,
            skin="smoke",
            soft=0.012,
            ink=0.5,
            alpha=0.94,
            tints=(Tint(dark, "ramp", level.at(h.wisp[0][0], h.wisp[0][1] * 0.8), level.at(*h.wisp[2])),),
        )
    )
    figure.add(jagged_skull(a, face, h.bristle, dark))
    figure.add(*grin(a, face.inside(0.17, -0.30), 0.74, h.gape))
    figure.add(*glare(a, face, mood))
    figure.add(*_hand(a, face, h.near, near=True))
    if s.pose == "portrait":
        figure.cut = face.y - 1.18 * r
    return figure


def _hand(a: Anatomy, face: Place, where: tuple[float, float, float, float], near: bool) -> list[Part]:
    """A hand without an arm: a tapering wrist of smoke, a broad palm, three hooked claws."""
    x, y, turn, spread = where
    k = 0.46 if near else 0.40
    at = Place(face.x + x * face.scale, face.y + y * face.scale, k * face.scale, turn, 1.0)
    side = 1.0 if near else -1.0
    shade = 1.0 if near else 0.74
    name = f"hand {near}"
    palm = at.limb((-0.95, 0.0, 0.05), (-0.55, 0.0, 0.26), (0.0, 0.0, 0.52), (0.36, 0.0, 0.50))
    fingers, nails = [], []
    for i, lean in enumerate((-1.0, 0.0, 1.0)):
        open_ = lean * (0.22 + 0.55 * spread)
        f = at.inside(0.42, lean * 0.34, turn=open_)
        hook = side * (0.30 - 0.12 * spread) * (1 if i != 1 else 0.7)
        fingers.append(f.limb((-0.1, 0, 0.27), (0.42, 0.02, 0.23), (0.82, -0.10 * hook * 4, 0.13)))
        nails.append(
            f.limb(
                (0.70, -0.08 * hook * 4, 0.135),
                (1.08, -0.26 * hook * 3, 0.085),
                (1.38, -0.55 * hook * 2.6, 0.008),
            )
        )
    thumb_tint = Tint(dim(a.second, 0.9), "ramp", at.at(-0.1, 0), at.at(-0.9, 0))
    lift = Tint(
        lerp(a.base, a.accent, 0.35),
        "spot",
        at.at(0.3, 0.1),
        (0.5 * at.scale, 0.4 * at.scale),
        edge=0.4 * at.scale,
        strength=0.6,
    )
    wrist = Part(
        f"{name} veil",
        (at.limb((-1.35, -0.1, 0.02), (-0.7, 0.0, 0.26), (-0.2, 0.0, 0.42)),),
        a.second,
        skin="smoke",
        soft=0.014,
        alpha=0.45,
        cast=0,
        ink=0,
        shade=shade,
        melt=(at.at(-1.3, 0), at.at(-0.3, 0)),
    )
    return [
        wrist,
        Part(
            f"{name} claws",
            tuple(nails),
            lerp(a.second, (30, 22, 40), 0.35),
            skin="shell",
            soft=0.0015,
            shade=shade,
            cast=0.3,
        ),
        Part(
            name,
            (palm, *fingers),
            a.base,
            skin="hide",
            soft=0.006,
            shade=shade,
            tints=(thumb_tint, lift),
            cast=0.5,
            ink=0.9,
        ),
    ]


def _gastly(s: Sitter) -> Figure:
    a, h, mood = s.anatomy, HAUNTS[s.pose], MOODS[s.pose]
    r = 0.30
    face = Place(0.0, 0.52, r, h.turn)
    figure = Figure()
    gas: RGB = a.accent
    trail = {"travel": -0.75, "rest": -0.1, "threat": 0.0}.get(s.pose, -0.2)
    dice = s.dice("gas")
    puffs = []
    for i in range(11):
        t = i / 11 * 2 * math.pi
        d = 0.92 + 0.22 * float(dice.random())
        puffs.append(
            oval(
                *face.at(math.cos(t) * d + trail * 0.5, math.sin(t) * d * 0.95 + 0.10),
                (0.52 + 0.18 * h.bristle * float(dice.random())) * r,
                0.5 * r,
            )
        )
    for k, (x, y) in enumerate(((trail - 0.7, 0.75), (trail - 1.15, 0.35), (trail + 0.1, 1.25))):
        puffs.append(oval(*face.at(x, y), (0.50 - 0.08 * k) * r, 0.40 * r))
    figure.add(
        Part(
            "gas far",
            tuple(puffs),
            gas,
            skin="smoke",
            soft=0.045,
            alpha=0.50,
            cast=0,
            ink=0,
            glow=0.28,
            bulge=0.5,
        )
    )
    figure.add(
        Part(
            "gas",
            tuple(puffs[::2]),
            lerp(gas, a.base, 0.35),
            skin="smoke",
            soft=0.04,
            alpha=0.55,
            cast=0,
            ink=0,
            glow=0.15,
            bulge=0.5,
        )
    )
    ball = oval(face.x, face.y, r, r)
    lift = Tint(
        lerp(a.base, gas, 0.45), "spot", face.at(0.35, 0.45), (0.7 * r, 0.6 * r), edge=0.6 * r, strength=0.5
    )
    figure.add(Part("head", (ball,), a.base, skin="slime", soft=0.004, tints=(lift,), cast=0.2))
    figure.add(*grin(a, face.inside(0.2, -0.34), 0.55, max(0.2, h.gape * 0.8)))
    for side, u, width in ((-1, -0.26, 0.95), (1, 0.56, 0.78)):
        shape = "ring" if mood.eye > 0.3 else "closed"
        figure.add(
            Eye(
                face.at(u, 0.18),
                0.62 * r,
                shape,
                (40, 30, 46),
                face.turn,
                width * -side,
                min(1.0, mood.eye + 0.1),
                0.0,
                (244, 242, 236),
            )
        )
    if s.pose == "portrait":
        figure.cut = face.y - 1.1 * r
    return figure
