"""Heads in profile: muzzles, jaws and beaks with eyes. A head's radius is the place's scale."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from pokegeo_dagster.film.story.anatomy import Anatomy
from pokegeo_dagster.providers.house.creatures.appendages import DARK, PINK, ear, horns
from pokegeo_dagster.providers.house.creatures.figure import (
    RGB,
    Eye,
    Part,
    Place,
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

MOUTH: RGB = (112, 38, 40)
TONGUE: RGB = (204, 104, 104)
TOOTH: RGB = (242, 236, 220)


@dataclass(frozen=True)
class Mood:
    """What a pose does to a face: how far the mouth and the eye are open, how the ears lie."""

    mouth: float = 0.0
    eye: float = 1.0
    lay: float = 0.0
    scowl: bool = False


MOODS: dict[str, Mood] = {
    "sheet": Mood(),
    "alert": Mood(eye=1.1),
    "rest": Mood(eye=0.05, lay=0.35),
    "forage": Mood(mouth=0.12, eye=0.8, lay=0.15),
    "threat": Mood(mouth=0.95, eye=0.8, lay=0.9, scowl=True),
    "call": Mood(mouth=0.75, eye=0.7, lay=0.4),
    "travel": Mood(eye=0.95, lay=0.45),
    "portrait": Mood(eye=1.0),
}


def look(
    a: Anatomy, mood: Mood, at: tuple[float, float], size: float, turn: float, width: float = 0.86
) -> Eye:
    """The animal's eye in this mood."""
    shape = a.eyes
    if mood.eye < 0.3 and shape not in ("compound", "bead", "ring"):
        shape = "closed"
    elif mood.scowl and shape in ("round", "lidded"):
        shape = "narrow"
    opening = {"narrow": 0.65 + 0.35 * mood.eye, "triangle": 1.0}.get(shape, min(1.0, 0.25 + 0.75 * mood.eye))
    glow = 0.6 if a.has("lit_eyes") else 0.0
    white: RGB = (236, 232, 222)
    if a.eyes == "round" and not a.has("white_eyes"):
        white = lerp(a.eye, (40, 26, 20), 0.5)
    if a.has("tinted_eyes"):
        white = a.eye
    grow = 1.2 if shape in ("narrow", "triangle") else 1.0
    pupil = "slit" if a.has("slit_pupils") else "round"
    return Eye(at, size * a.eye_size * grow, shape, a.eye, turn, width, opening, glow, white, pupil)


def mammal_head(s: Sitter, head: Place, mood: Mood, snout: float, deep: float = 1.0) -> list[Part | Eye]:
    """A furred head: skull, muzzle, jaw, nose, ears. `snout` is the muzzle's length in radii."""
    a, r = s.anatomy, head.scale
    snout *= a.snout
    tip = 0.62 + snout
    drop = -0.34
    jaw_turn = -0.62 * mood.mouth
    hinge = head.inside(0.18, -0.38, turn=jaw_turn)
    muzzle: RGB = a.belly if not a.has("plain_face") else a.base
    items: list[Part | Eye] = [*ear(a, head, False, mood.lay), *horns(a, head, False)]
    jaw = hinge.limb((-0.35, 0.0, 0.42), (0.1, -0.14, 0.30 * deep), (tip - 0.34, -0.10, 0.16 * deep))
    if mood.mouth > 0.2:
        inner = [
            head.at(0.2, -0.3),
            head.at(tip - 0.05, drop - 0.08),
            hinge.at(tip - 0.3, 0.04),
            hinge.at(0.0, -0.05),
        ]
        items.append(Part("gape", (sheet(*inner, smooth=False),), MOUTH, skin="slime", soft=0.01, cast=0))
        tongue = hinge.limb((0.1, 0.02, 0.14), (tip * 0.45, 0.07, 0.13), (tip * 0.72, 0.06, 0.06))
        items.append(Part("tongue", (tongue,), TONGUE, skin="slime", soft=0.004))
    items.append(Part("jaw", (jaw,), lerp(a.base, muzzle, 0.7), skin=a.skin, soft=0.008, shaggy=0.4, ink=0.6))
    if mood.mouth > 0.4:
        items.append(_teeth(head, hinge, tip, drop, r))
    skull = oval(head.x, head.y, r, 0.96 * r, head.turn)
    cheek = oval(*head.at(0.02, -0.30), 0.80 * r, 0.62 * r, head.turn)
    nose_line = head.limb(
        (0.25, -0.10, 0.62 * deep), (0.62, drop * 0.75, 0.46 * deep), (tip - 0.12, drop, 0.24 * deep)
    )
    tints = [
        Tint(
            muzzle,
            "spot",
            head.at(tip * 0.80, drop - 0.32),
            (0.62 * snout * r + 0.3 * r, 0.42 * r),
            head.turn,
            edge=0.16 * r,
        ),
        Tint(muzzle, "spot", head.at(-0.1, -0.72), (0.75 * r, 0.42 * r), head.turn, edge=0.2 * r),
        Tint(
            lerp(a.base, DARK, 0.45),
            "spot",
            head.at(0.42, 0.16),
            (0.34 * r, 0.3 * r),
            head.turn,
            edge=0.2 * r,
            strength=0.4,
        ),
    ]
    if a.has("mask"):
        tints.append(
            Tint(a.second, "spot", head.at(0.42, 0.05), (0.62 * r, 0.34 * r), head.turn - 0.25, edge=0.05 * r)
        )
    if a.has("cheeks"):
        tints.append(Tint(a.accent, "spot", head.at(0.30, -0.42), (0.25 * r, 0.25 * r), edge=0.05 * r))
    if a.has("brow_ring"):
        tints += _ring(head, 0.15, 0.62, a.accent)
    fluff = (
        ()
        if a.skin != "fur" or a.has("sleek")
        else tuple(
            spike(head.at(-0.1, -0.35 - 0.1 * i), head.at(-0.62 + 0.12 * i, -0.72 - 0.13 * i), 0.3 * r)
            for i in range(3)
        )
    )
    items.append(
        Part("head", (skull, cheek, nose_line, *fluff), a.base, skin=a.skin, soft=0.014 if r > 0.1 else 0.008,
             tints=tuple(tints), pattern=a.pattern if a.pattern in ("stripes", "spots") else "plain",
             mark=a.second, shaggy=0.55,
             flow=np.array([head.at(tip, drop), head.at(0.5, 0.0), head.at(-0.2, 0.1), head.at(-1.1, -0.3)]))
    )  # fmt: skip
    lip = head.limb((0.30, -0.58, 0.025), (0.62, -0.60, 0.035), (tip - 0.1, drop - 0.17, 0.03))
    if mood.mouth <= 0.2:
        items.append(Part("lip", (lip,), dim(lerp(a.base, DARK, 0.75), 0.9), soft=0.002, cast=0, ink=0))
    if a.has("fangs") or (mood.mouth > 0.4 and a.has("tusks")):
        tusk = fang(head.at(tip - 0.35, drop - 0.18), head.at(tip - 0.38, drop - 0.66), 0.09 * r)
        items.append(Part("fang", (tusk,), TOOTH, skin="shell", soft=0.002))
    nose: RGB = PINK if a.has("pink_nose") else DARK
    items.append(
        Part(
            "nose",
            (oval(*head.at(tip + 0.04, drop + 0.10), 0.15 * r, 0.12 * r, head.turn - 0.3),),
            nose,
            skin="slime",
            soft=0.003,
            cast=0.2,
        )
    )
    if a.has("whiskers"):
        hairs = tuple(
            limb(
                (*head.at(tip - 0.3, drop - 0.02), 0.012 * r),
                (*head.at(tip - 0.1 - 0.3 * i, drop - 0.5 - 0.1 * i), 0.012 * r),
                (*head.at(tip - 0.2 - 0.5 * i, drop - 0.95), 0.006 * r),
            )
            for i in range(3)
        )
        items.append(Part("whiskers", hairs, (240, 236, 226), soft=0.0, cast=0, ink=0, alpha=0.7))
    items += [*horns(a, head, True), *ear(a, head, True, mood.lay)]
    items.append(look(a, mood, head.at(0.44, 0.14), 0.46 * r, head.turn - 0.08))
    return items


def _ring(head: Place, u: float, v: float, colour: RGB) -> list[Tint]:
    t = np.linspace(0, 2 * math.pi, 24, endpoint=False)
    outer = [head.at(u + 0.26 * math.cos(k), v + 0.22 * math.sin(k)) for k in t]
    inner = [head.at(u + 0.15 * math.cos(k), v + 0.11 * math.sin(k)) for k in t[::-1]]
    return [Tint(colour, "area", outline=np.array([*outer, outer[0], inner[-1], *inner]), edge=0.006)]


def _teeth(head: Place, hinge: Place, tip: float, drop: float, r: float) -> Part:
    upper = [fang(head.at(tip - 0.12 - k, drop - 0.15), head.at(tip - 0.14 - k, drop - 0.15 - h), 0.06 * r)
             for k, h in ((0, 0.22), (0.14, 0.46), (0.3, 0.2), (0.42, 0.18))]  # fmt: skip
    lower = [
        fang(hinge.at(tip - 0.46 - k, 0.0), hinge.at(tip - 0.46 - k, h), 0.05 * r)
        for k, h in ((0, 0.3), (0.2, 0.18))
    ]
    return Part("teeth", (*upper, *lower), TOOTH, skin="shell", soft=0.001, cast=0, ink=0.4)


def saurian_head(s: Sitter, head: Place, mood: Mood, snout: float, deep: float = 1.0) -> list[Part | Eye]:
    """A reptile's head: long jaws, a brow, scales."""
    a, r = s.anatomy, head.scale
    tip = 0.55 + snout * a.snout
    hinge = head.inside(-0.12, -0.42, turn=-0.55 * mood.mouth)
    under: RGB = a.belly
    items: list[Part | Eye] = [*horns(a, head, False), *ear(a, head, False, mood.lay)]
    if mood.mouth > 0.2:
        inner = [
            head.at(-0.05, -0.25),
            head.at(tip - 0.05, -0.30),
            hinge.at(tip - 0.1, 0.02),
            hinge.at(0.1, 0.0),
        ]
        items.append(Part("gape", (sheet(*inner, smooth=False),), MOUTH, skin="slime", soft=0.01, cast=0))
        tongue = hinge.limb((0.3, 0.0, 0.12), (tip * 0.6, 0.07, 0.11), (tip * 0.82, 0.08, 0.05))
        items.append(Part("tongue", (tongue,), TONGUE, skin="slime", soft=0.004))
        if not a.has("toothless"):
            low = tuple(
                fang(hinge.at(tip - 0.2 - 0.22 * k, 0.04), hinge.at(tip - 0.2 - 0.22 * k, 0.25), 0.06 * r)
                for k in range(4)
            )
            items.append(Part("low teeth", low, TOOTH, skin="shell", soft=0.001, cast=0))
    jaw = hinge.limb((-0.25, 0.05, 0.46), (0.35, -0.10, 0.32 * deep), (tip - 0.05, -0.02, 0.17 * deep))
    items.append(Part("jaw", (jaw,), lerp(a.base, under, 0.6), skin=a.skin, soft=0.008, ink=0.7, shaggy=0.2))
    skull = oval(head.x, head.y, r, 0.86 * r, head.turn)
    snout_limb = head.limb((0.15, -0.02, 0.66), (0.62, -0.10, 0.44 * deep), (tip, -0.20, 0.25 * deep))
    brow = head.limb((0.0, 0.50, 0.26), (0.42, 0.44, 0.22), (0.72, 0.24, 0.10))
    tints = [Tint(under, "spot", head.at(tip * 0.7, -0.72), (0.9 * r, 0.36 * r), head.turn, edge=0.2 * r)]
    if a.has("cheeks"):
        tints.append(Tint(a.accent, "spot", head.at(0.15, -0.32), (0.22 * r, 0.22 * r), edge=0.05 * r))
    if a.has("mask"):
        tints.append(Tint(a.second, "spot", head.at(0.35, 0.1), (0.7 * r, 0.4 * r), head.turn, edge=0.05 * r))
    items.append(
        Part(
            "head",
            (skull, snout_limb, brow),
            a.base,
            skin=a.skin,
            soft=0.012,
            tints=tuple(tints),
            shaggy=0.3,
            pattern=a.pattern if a.pattern in ("spots", "patches") else "plain",
            mark=a.second,
            flow=np.array([head.at(tip, -0.2), head.at(0.4, 0.1), head.at(-0.9, 0.0)]),
        )
    )
    if mood.mouth > 0.2 and not a.has("toothless"):
        top = tuple(
            fang(head.at(tip - 0.02 - 0.2 * k, -0.36), head.at(tip - 0.04 - 0.2 * k, -0.58), 0.06 * r)
            for k in range(5)
        )
        items.append(Part("teeth", top, TOOTH, skin="shell", soft=0.001, cast=0))
    if mood.mouth <= 0.2:
        lip = head.limb(
            (-0.25, -0.50, 0.025), (0.2, -0.42, 0.03), (0.6, -0.46, 0.03), (tip + 0.1, -0.34, 0.025)
        )
        items.append(Part("lip", (lip,), dim(lerp(a.base, DARK, 0.7), 0.9), soft=0.002, cast=0, ink=0))
        if a.has("fangs") or a.has("tusks"):
            tusk = fang(head.at(tip - 0.35, -0.42), head.at(tip - 0.36, -0.66), 0.08 * r)
            items.append(Part("fang", (tusk,), TOOTH, skin="shell", soft=0.001))
    nostril = oval(*head.at(tip + 0.06, -0.06), 0.055 * r, 0.04 * r, head.turn + 0.5)
    items.append(Part("nostril", (nostril,), DARK, soft=0.002, cast=0, ink=0))
    if a.has("whiskers"):
        feeler = limb(
            (*head.at(tip - 0.1, -0.3), 0.05 * r),
            (*head.at(tip + 0.3, -0.9), 0.04 * r),
            (*head.at(tip - 0.3, -1.6), 0.012 * r),
        )
        items.append(Part("whiskers", (feeler,), a.accent, skin="hide", soft=0.002))
    items += [*horns(a, head, True), *ear(a, head, True, mood.lay)]
    items.append(look(a, mood, head.at(0.34, 0.18), 0.44 * r, head.turn - 0.1))
    return items


def bird_head(s: Sitter, head: Place, mood: Mood, beak: str, length: float) -> list[Part | Eye]:
    """A bird's head. Beaks: `hook`, `cone`, `spear`, `bill`, `bat` (no beak, a fanged muzzle)."""
    a, r = s.anatomy, head.scale
    length *= a.snout
    colour: RGB = a.accent if not a.has("dark_beak") else dim(a.second, 0.7)
    upper = head.inside(0.7, -0.08, turn=0.16 * mood.mouth)
    lower = head.inside(0.62, -0.26, turn=-0.42 * mood.mouth)
    items: list[Part | Eye] = [*horns(a, head, False), *ear(a, head, False, mood.lay)]
    thick = {"hook": 0.36, "cone": 0.32, "spear": 0.22, "bill": 0.26}.get(beak, 0.3)
    if mood.mouth > 0.2:
        gape = [
            upper.at(-0.1, 0.0),
            upper.at(length * 0.7, -0.1),
            lower.at(length * 0.6, 0.02),
            lower.at(-0.1, -0.05),
        ]
        items.append(Part("gape", (sheet(*gape, smooth=False),), MOUTH, skin="slime", soft=0.004, cast=0))
    low = lower.limb((-0.1, 0.0, thick * 0.6), (length * 0.5, 0.0, thick * 0.42), (length * 0.86, 0.03, 0.05))
    items.append(Part("lower beak", (low,), dim(colour, 0.8), skin="shell", soft=0.002))
    skull = oval(head.x, head.y, r, 0.96 * r, head.turn)
    tints = [Tint(a.belly, "spot", head.at(0.2, -0.85), (0.8 * r, 0.55 * r), head.turn, edge=0.25 * r)]
    if a.has("mask"):
        tints.append(
            Tint(a.second, "spot", head.at(0.5, 0.05), (0.7 * r, 0.24 * r), head.turn, edge=0.06 * r)
        )
    if a.has("face_disc"):
        tints.append(
            Tint(a.belly, "spot", head.at(0.42, 0.06), (0.62 * r, 0.66 * r), head.turn, edge=0.1 * r)
        )
    if a.has("cheeks"):
        tints.append(Tint(a.accent, "spot", head.at(0.25, -0.36), (0.22 * r, 0.22 * r), edge=0.05 * r))
    flow = np.array([head.at(1.0, 0.0), head.at(0.0, 0.2), head.at(-1.0, -0.3)])
    items.append(
        Part("head", (skull,), a.base, skin=a.skin, soft=0.008, tints=tuple(tints), shaggy=0.5, flow=flow)
    )
    ridge = {
        "hook": [
            (-0.12, 0.02, 0.36),
            (length * 0.5, 0.06, 0.28),
            (length * 0.86, -0.08, 0.16),
            (length * 0.96, -0.36, 0.03),
        ],
        "spear": [(-0.12, 0.0, 0.24), (length * 0.5, 0.0, 0.17), (length, -0.02, 0.02)],
        "bill": [
            (-0.12, 0.04, 0.3),
            (length * 0.5, -0.06, 0.2),
            (length * 0.9, -0.02, 0.19),
            (length, 0.0, 0.1),
        ],
    }.get(beak, [(-0.12, 0.0, 0.32), (length * 0.5, -0.02, 0.2), (length, -0.1, 0.02)])
    items.append(Part("beak", (upper.limb(*ridge),), colour, skin="shell", soft=0.002))
    hole = oval(*upper.at(length * 0.28, 0.08), 0.06 * r, 0.035 * r, head.turn)
    items.append(Part("nostril", (hole,), dim(colour, 0.4), soft=0.001, cast=0, ink=0))
    items += [*horns(a, head, True), *ear(a, head, True, mood.lay)]
    items.append(look(a, mood, head.at(0.40, 0.16), 0.44 * r, head.turn - 0.05, 0.95))
    return items


def facing_head(
    s: Sitter, face: Place, mood: Mood, wide: float = 1.0, tall: float = 1.0, spread: float = 0.42,
    eye: float = 0.42, mouth_at: float = -0.38,
) -> list[Part | Eye]:  # fmt: skip
    """The features of a face seen three-quarters from the right, laid on whatever it belongs to:
    two eyes, the far one narrower, cheeks, mouth. Units of the face's radius."""
    a, r = s.anatomy, face.scale
    items: list[Part | Eye] = []
    shift = 0.22 * wide
    if a.has("cheeks"):
        spots = tuple(oval(*face.at(shift + d * wide, -0.26 * tall), 0.15 * r * k, 0.14 * r, face.turn)
                      for d, k in ((-0.56, 1.0), (0.5, 0.6)))  # fmt: skip
        items.append(Part("cheeks", spots, a.accent, skin="hide", soft=0.004, cast=0, ink=0.2, bulge=0.3))
    items += mouth(a, face.inside(shift, mouth_at * tall), mood, wide)
    tilt = -0.10 if a.eyes in ("narrow", "triangle") else 0.0
    for side, narrow in ((-1, 0.95), (1, 0.74)):
        one = look(a, mood, face.at(shift + side * spread * wide * (1.0 if side < 0 else 0.86), 0.12 * tall),
                   eye * r, face.turn + tilt, narrow)  # fmt: skip
        if side > 0:  # the far eye is the near one's mirror image
            one = replace(one, width=-one.width, turn=face.turn - tilt)
        items.append(one)
    return items


def mouth(a: Anatomy, at: Place, mood: Mood, wide: float = 1.0) -> list[Part]:
    """A mouth seen from the front: a line when shut, a dark opening with teeth when not."""
    r = at.scale
    w = (0.62 if a.has("wide_mouth") else 0.26) * wide
    open_ = max(mood.mouth, 0.35 if a.has("grin") else 0.0)
    if open_ < 0.2:
        curve = [(-w, 0.07, 0.022), (-w * 0.4, -0.02, 0.028), (w * 0.3, -0.03, 0.028), (w * 0.85, 0.05, 0.02)]
        return [Part("mouth", (at.limb(*curve),), DARK, soft=0.0015, cast=0, ink=0, bulge=0.2)]
    gape = 0.12 + 0.34 * open_
    out = [
        (-w, 0.10),
        (-w * 0.5, 0.03),
        (0, 0.01),
        (w * 0.5, 0.03),
        (w * 0.88, 0.10),
        (w * 0.55, 0.02 - gape),
        (0, -0.05 - gape * 1.1),
        (-w * 0.62, 0.02 - gape),
    ]
    parts = [Part("mouth", (at.sheet(*out),), MOUTH, skin="slime", soft=0.002, cast=0, ink=1.2, bulge=0.15)]
    tongue = oval(*at.at(0.0, -gape * 0.95), w * 0.5 * r, gape * 0.3 * r, at.turn)
    parts.append(Part("tongue", (tongue,), TONGUE, skin="slime", soft=0.003, cast=0, bulge=0.4))
    if a.has("fangs") or a.has("wide_mouth"):
        pegs = tuple(
            fang(at.at(u * w, 0.03), at.at(u * w, 0.03 - gape * 0.42), 0.075 * r)
            for u in (-0.62, -0.22, 0.2, 0.55)
        )
        parts.append(Part("teeth", pegs, TOOTH, skin="shell", soft=0.001, cast=0, ink=0.4))
    return parts


def muzzle_curve(points: list[tuple[float, float]]) -> np.ndarray:
    """A smooth closed outline, for tints."""
    return spline(np.array(points), closed=True)
