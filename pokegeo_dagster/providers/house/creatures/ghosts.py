"""Ghosts that are mostly a face: haunter with its floating hands, and gastly in its cloud."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from pokegeo_dagster.film.story.anatomy import Anatomy
from pokegeo_dagster.providers.house.creatures.figure import (
    RGB,
    Eye,
    Figure,
    Part,
    Place,
    Sheet,
    Sitter,
    Tint,
    dim,
    fang,
    lerp,
    limb,
    oval,
    sheet,
    spike,
    spline,
)
from pokegeo_dagster.providers.house.creatures.heads import MOODS, Mood

GUM: RGB = (96, 22, 48)
TONGUE: RGB = (196, 74, 96)
FANG: RGB = (244, 238, 228)


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
    "alert": Haunt(0.10, ((-0.14, -0.78), (-0.36, -1.28), (-0.28, -1.7), (-0.6, -2.1)), (-1.05, -0.38, -2.2, 0.5),
                   (1.42, -0.05, 0.75, 0.55), 0.22, 1.12),
    "rest": Haunt(-0.16, ((-0.30, -0.70), (-0.62, -1.02), (-1.05, -1.12), (-1.5, -0.92)), (-0.42, -1.02, -0.35, 0.1),
                  (0.86, -0.98, -2.6, 0.1), 0.12, 0.86),
    "forage": Haunt(-0.50, ((-0.45, -0.45), (-0.95, -0.62), (-1.40, -0.40), (-1.9, -0.52)), (0.30, -1.32, -1.0, 0.45),
                    (1.42, -1.12, -1.15, 0.5), 0.30),
    "threat": Haunt(0.04, ((-0.15, -0.80), (-0.42, -1.32), (-0.22, -1.78), (-0.55, -2.25)), (-1.42, 0.30, 2.0, 0.95),
                    (1.62, 0.48, 1.05, 0.95), 1.0, 1.30),
    "call": Haunt(0.42, ((-0.35, -0.72), (-0.62, -1.22), (-0.55, -1.65), (-0.95, -2.0)), (-1.18, -0.62, -2.5, 0.6),
                  (1.30, -0.72, -0.75, 0.6), 0.85, 1.1),
    "travel": Haunt(-0.20, ((-0.70, -0.40), (-1.30, -0.55), (-1.85, -0.28), (-2.5, -0.48)), (0.42, -1.00, -0.30, 0.40),
                    (1.62, -0.32, 0.02, 0.55), 0.30, 1.05),
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
    veil = limb(*level.all([(x, y, w * 1.22 + 0.05) for x, y, w in spine[1:]]))
    figure.add(Part("veil", (veil,), lerp(a.base, a.glow or a.accent, 0.45), skin="smoke", soft=0.02, alpha=0.34, cast=0, ink=0,
                    melt=(tail_end, level.at(*h.wisp[0])), glow=0.25))  # fmt: skip
    wisp = limb(*level.all(spine))
    curls = [spike(level.at(*h.wisp[i]), level.at(h.wisp[i][0] + dx, h.wisp[i][1] + dy), w * r, 0.3)
             for i, dx, dy, w in ((0, -0.60, -0.30, 0.26), (1, -0.55, -0.12, 0.20), (1, 0.42, -0.36, 0.18), (2, -0.42, -0.26, 0.12), (2, 0.30, -0.34, 0.11))]  # fmt: skip
    figure.add(Part("wisp", (wisp, *curls), a.base, skin="smoke", soft=0.012, ink=0.5, alpha=0.94,
                    tints=(Tint(dark, "ramp", level.at(h.wisp[0][0], h.wisp[0][1] * 0.8), level.at(*h.wisp[2])),)))  # fmt: skip
    figure.add(_skull(a, face, h.bristle, dark))
    figure.add(*_grin(a, face.inside(0.17, -0.30), 0.74, h.gape))
    figure.add(*_glare(a, face, mood))
    figure.add(*_hand(a, face, h.near, near=True))
    if s.pose == "portrait":
        figure.cut = face.y - 1.18 * r
    return figure


def _skull(a: Anatomy, face: Place, bristle: float, dark: RGB) -> Part:
    """The head: broad, flat-cheeked, with a jagged crown that runs down its back."""
    b = bristle
    rim = [
        (0.98, -0.12), (1.02, 0.16), (0.88, 0.46),
        (1.06, 0.62 + 0.30 * b), (0.72, 0.66), (0.56, 0.78),
        (0.46, 0.92 + 0.52 * b), (0.20, 0.86), (0.02, 0.88),
        (-0.30, 0.96 + 0.58 * b), (-0.42, 0.80), (-0.58, 0.66),
        (-0.96 - 0.12 * b, 0.82 + 0.34 * b), (-0.86, 0.40), (-0.92, 0.26),
        (-1.18 - 0.38 * b, 0.28 + 0.10 * b), (-0.96, 0.00), (-0.95, -0.14),
        (-1.10 - 0.36 * b, -0.30), (-0.86, -0.40), (-0.74, -0.56),
        (-0.80 - 0.22 * b, -0.86), (-0.46, -0.74), (-0.05, -0.86), (0.42, -0.80), (0.80, -0.52),
    ]  # fmt: skip
    tips = {3, 6, 9, 12, 15, 18, 21}
    outline = _jagged(np.array(rim), tips)
    q = np.array([face.at(u, v) for u, v in outline])
    lift = lerp(a.base, a.accent, 0.30)
    tints = (
        Tint(dark, "ramp", face.at(0.1, -0.35), face.at(-0.5, -1.0)),
        Tint(lift, "spot", face.at(0.30, 0.36), (0.62 * face.scale, 0.52 * face.scale), face.turn, edge=0.5 * face.scale, strength=0.55),
        Tint(dark, "spot", face.at(-0.85, -0.1), (0.45 * face.scale, 0.8 * face.scale), face.turn, edge=0.4 * face.scale, strength=0.6),
        Tint(dim(dark, 0.6), "spot", face.at(0.20, 0.10), (0.80 * face.scale, 0.26 * face.scale), face.turn, edge=0.22 * face.scale, strength=0.55),
    )  # fmt: skip
    return Part(
        "head", (Sheet(q),), a.base, skin="hide", soft=0.004, tints=tints, ink=0.8, cast=0.35, bulge=1.0
    )


def _jagged(points: np.ndarray, tips: set[int]) -> np.ndarray:
    """A closed line that is smooth everywhere but keeps its tips sharp, with slightly hollow flanks."""
    out: list[np.ndarray] = []
    n = len(points)
    for i in range(n):
        p, q = points[i], points[(i + 1) % n]
        if i in tips or (i + 1) % n in tips:
            tip, base = (p, q) if i in tips else (q, p)
            root = points[(i + 2) % n] if i in tips else points[i - 1]
            control = (tip + base) / 2 + (base - root) * 0.10 - (tip - base)[::-1] * np.array([1, -1]) * 0.0
            t = np.linspace(0, 1, 8, endpoint=False)[:, None]
            out.append((1 - t) ** 2 * p + 2 * t * (1 - t) * control + t * t * q)
        else:
            four = np.array([points[i - 1] if (i - 1) % n not in tips else 2 * p - q, p, q,
                             points[(i + 2) % n] if (i + 2) % n not in tips else 2 * q - p])  # fmt: skip
            out.append(spline(four, steps=8)[8:16])
    return np.vstack(out)


def _grin(a: Anatomy, at: Place, w: float, gape: float) -> list[Part]:
    """A mouth from cheek to cheek with fangs above and below."""
    depth = 0.16 + 0.52 * gape
    top = [(u * w, 0.16 * u * u - 0.05 - 0.02 * gape) for u in np.linspace(-1, 1, 11)]
    low = [(u * w, 0.16 * u * u - 0.05 - depth * (1 - u * u) ** 0.75) for u in np.linspace(1, -1, 13)[1:-1]]
    mouth = sheet(*at.all([*top, *low]), smooth=False)
    parts = [Part("grin", (mouth,), GUM, skin="slime", soft=0.003, cast=0, bulge=0.10, ink=1.6,
                  tints=(Tint(dim(GUM, 0.35), "ramp", at.at(0, -0.02 - depth * 0.5), at.at(0, 0.0)),))]  # fmt: skip
    if gape > 0.25:
        lick = [(-0.36 * w, -0.05 - depth * 0.62), (0.0, -0.05 - depth * (0.40 + 0.1 * gape)), (0.40 * w, -0.05 - depth * 0.60),
                (0.30 * w, -0.05 - depth * 0.88), (0.0, -0.05 - depth * 0.97), (-0.28 * w, -0.05 - depth * 0.90)]  # fmt: skip
        parts.append(
            Part("tongue", (sheet(*at.all(lick)),), TONGUE, skin="slime", soft=0.003, cast=0.2, bulge=0.5)
        )
    fangs = []
    for u, k in ((-0.78, 0.6), (-0.52, 1.0), (-0.22, 0.6), (0.10, 0.6), (0.40, 1.0), (0.68, 0.6)):
        y = 0.16 * u * u - 0.04
        long = min(0.30, 0.16 + 0.22 * gape) * k
        fangs.append(
            fang(at.at(u * w, y), at.at(u * w * 0.97, y - long * 1.12), 0.092 * at.scale * (0.7 + 0.3 * k))
        )
    if gape > 0.28:
        for u in (-0.40, 0.30):
            y = 0.16 * u * u - 0.05 - depth * (1 - u * u) ** 0.75
            fangs.append(fang(at.at(u * w, y + 0.02), at.at(u * w, y + 0.12 + 0.14 * gape), 0.07 * at.scale))
    parts.append(Part("fangs", tuple(fangs), FANG, skin="shell", soft=0.0012, cast=0.25, ink=0.5))
    return parts


def _glare(a: Anatomy, face: Place, mood: Mood) -> list[Part | Eye]:
    """Two wedge-shaped eyes under a heavy brow."""
    r = face.scale
    items: list[Part | Eye] = []
    for side, u, width in ((-1, -0.30, 0.95), (1, 0.56, 0.80)):
        at = face.at(u, 0.20)
        openness = 1.0 if mood.eye > 0.3 else 0.0
        if openness:
            items.append(
                Eye(
                    at,
                    0.60 * r,
                    "triangle",
                    a.eye,
                    face.turn - side * -0.06,
                    width * -side,
                    1.0,
                    0.5,
                    a.belly if a.has("pale_eyes") else (238, 234, 224),
                )
            )
        else:
            items.append(
                Eye(
                    at,
                    0.56 * r,
                    "slit",
                    a.eye,
                    face.turn + side * 0.32,
                    width * -side,
                    0.42,
                    0.5,
                    (226, 214, 220),
                )
            )
    return items


def _hand(a: Anatomy, face: Place, where: tuple[float, float, float, float], near: bool) -> list[Part]:
    """A hand without an arm: a tapering wrist of smoke, a broad palm, three hooked claws."""
    x, y, turn, spread = where
    k = 0.46 if near else 0.40
    at = Place(face.x + x * face.scale, face.y + y * face.scale, k * face.scale, turn, 1.0)
    side = 1.0 if near else -1.0
    shade = 1.0 if near else 0.74
    name = f"hand {near}"
    palm = limb(*at.all([(-0.95, 0.0, 0.05), (-0.55, 0.0, 0.26), (0.0, 0.0, 0.52), (0.36, 0.0, 0.50)]))
    fingers, nails = [], []
    for i, lean in enumerate((-1.0, 0.0, 1.0)):
        open_ = lean * (0.22 + 0.55 * spread)
        f = at.inside(0.42, lean * 0.34, turn=open_)
        hook = side * (0.30 - 0.12 * spread) * (1 if i != 1 else 0.7)
        fingers.append(limb(*f.all([(-0.1, 0, 0.27), (0.42, 0.02, 0.23), (0.82, -0.10 * hook * 4, 0.13)])))
        nails.append(
            limb(
                *f.all(
                    [
                        (0.70, -0.08 * hook * 4, 0.135),
                        (1.08, -0.26 * hook * 3, 0.085),
                        (1.38, -0.55 * hook * 2.6, 0.008),
                    ]
                )
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
    wrist = Part(f"{name} veil", (limb(*at.all([(-1.35, -0.1, 0.02), (-0.7, 0.0, 0.26), (-0.2, 0.0, 0.42)])),), a.second, skin="smoke",
                 soft=0.014, alpha=0.45, cast=0, ink=0, shade=shade, melt=(at.at(-1.3, 0), at.at(-0.3, 0)))  # fmt: skip
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
    figure.add(*_grin(a, face.inside(0.2, -0.34), 0.55, max(0.2, h.gape * 0.8)))
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
