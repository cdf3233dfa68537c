"""Fish, sharks and whales, seen from the side."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from pokegeo_dagster.film.story.anatomy import Anatomy
from pokegeo_dagster.providers.house.creatures.appendages import DARK, horns
from pokegeo_dagster.providers.house.creatures.figure import (
    RGB,
    Figure,
    Part,
    Place,
    Sitter,
    Tint,
    dim,
    lerp,
    limb,
    oval,
    sheet,
    spike,
)
from pokegeo_dagster.providers.house.creatures.fins import dorsal_fin, side_fin, tail_fin
from pokegeo_dagster.providers.house.creatures.heads import MOODS, MOUTH, TOOTH, Mood, look


@dataclass(frozen=True)
class Build:
    """A form's frame: half the body's depth at its deepest, where that is, and the fins' sizes."""

    deep: float = 0.24
    deepest: float = 0.62
    stem: float = 0.05
    fluke: float = 0.34
    dorsal: float = 0.20
    pectoral: float = 0.20


BUILDS: dict[str, Build] = {
    "goldfish": Build(),
    "shark": Build(deep=0.18, deepest=0.68, stem=0.035, fluke=0.36, dorsal=0.24, pectoral=0.30),
    "whale": Build(deep=0.34, deepest=0.72, stem=0.045, fluke=0.26, dorsal=0.0, pectoral=0.26),
}

# How the body is tilted and bent (its tail's swing), by pose.
SWIM: dict[str, tuple[float, float]] = {
    "sheet": (0.0, 0.0),
    "alert": (0.10, 0.05),
    "rest": (-0.05, -0.08),
    "forage": (-0.50, 0.10),
    "threat": (0.12, -0.16),
    "call": (0.50, -0.08),
    "travel": (0.04, 0.18),
    "portrait": (0.05, 0.0),
}  # fmt: skip


def fish(s: Sitter) -> Figure:
    """A fish, a shark or a whale, side on."""
    a = s.anatomy
    b = BUILDS.get(a.form, BUILDS["goldfish"])
    mood = MOODS[s.pose]
    tilt, bend = SWIM[s.pose]
    deep = b.deep * (0.62 + 0.6 * a.girth)
    p = Place(0.0, 0.5, 1.0, tilt)
    xs = np.linspace(0, 1, 15)
    profile = np.where(
        xs < b.deepest,
        b.stem + (deep - b.stem) * np.sin(np.clip(xs / b.deepest, 0, 1) * math.pi / 2) ** 1.5,
        deep * np.sqrt(np.clip(1 - ((xs - b.deepest) / (1.02 - b.deepest)) ** 2, 0, 1)) * 0.98 + 0.02,
    )
    mid = bend * (1 - xs) ** 2
    spine = np.column_stack([xs - 0.5, mid])
    upper = spine + np.column_stack([np.zeros_like(xs), profile])
    lower = spine - np.column_stack([np.zeros_like(xs), profile * (1.0 if a.form != "shark" else 0.85)])
    outline = np.vstack([upper, lower[::-1]])
    figure = Figure()
    f = figure.add
    fin: RGB = a.accent
    flare = {"threat": 1.3, "alert": 1.1, "travel": 0.8, "rest": 0.8}.get(s.pose, 1.0)
    f(*side_fin(p.inside(0.14, -deep * 0.70, b.pectoral * 0.9, -2.35), "fin far", fin, 0.6, flare))
    f(tail_fin(a, p.inside(-0.49, mid[0], b.fluke * a.tail, math.pi / 2 + bend * 1.6), fin, flare))
    if b.dorsal:
        f(dorsal_fin(a, p, spine, profile, b.dorsal * flare, fin))
    f(*side_fin(p.inside(-0.18, -deep * 0.62, b.pectoral * 0.8, -2.6), "fin vent", fin, 0.85, flare))
    f(*horns(a, p.inside(0.30, deep * 0.1, 0.16), True))
    body = p.all([tuple(v) for v in outline])
    tints = [Tint(a.belly, "under", (0.18, 0), (-math.sin(tilt) * -1.0, -1.0))]
    if a.has("mask"):
        tints.append(Tint(a.second, "spot", p.at(0.36, 0.04), (0.2, deep * 0.5), tilt, edge=0.03))
    skin = a.skin if a.skin != "fur" else "scales"
    f(Part("body", (sheet(*[tuple(v) for v in body]),), a.base, skin=skin, soft=0.008, tints=tuple(tints),
           pattern=a.pattern if a.pattern != "mask" else "plain", mark=a.second, shaggy=0.2,
           flow=np.array([p.at(float(x), float(y)) for x, y in spine[::-1]])))  # fmt: skip
    gill = [
        p.at(0.24 + 0.03 * math.cos(t) * 2 - 0.03, deep * 0.55 * math.sin(t))
        for t in np.linspace(-1.3, 1.1, 7)
    ]
    f(
        Part(
            "gill",
            (limb(*[(x, y, 0.006) for x, y in gill]),),
            dim(lerp(a.base, DARK, 0.5), 0.8),
            soft=0.002,
            cast=0,
            ink=0,
            alpha=0.75,
        )
    )
    f(*_fish_mouth(a, p, deep, mood))
    f(
        *side_fin(
            p.inside(0.16, -deep * 0.28, b.pectoral, -2.75 + 0.3 * (flare - 1)), "fin near", fin, 1.0, flare
        )
    )
    if a.has("whiskers") or a.has("barbels"):
        for k in (0, 1):
            root = p.at(0.42 - 0.04 * k, -deep * 0.25)
            feeler = limb(
                (*root, 0.014),
                (root[0] + 0.10, root[1] - 0.10, 0.012),
                (root[0] + 0.02 - 0.1 * k, root[1] - 0.26, 0.004),
            )
            f(Part(f"barbel {k}", (feeler,), a.accent, skin="hide", soft=0.001))
    if a.has("lure"):
        stalk = limb(
            (*p.at(0.30, deep * 0.9), 0.014),
            (*p.at(0.44, deep * 0.9 + 0.22), 0.010),
            (*p.at(0.58, deep * 0.9 + 0.16), 0.01),
        )
        f(
            Part("stalk", (stalk,), a.base, soft=0.001),
            Part(
                "lure",
                (oval(*p.at(0.60, deep * 0.9 + 0.14), 0.055, 0.055),),
                a.glow or a.accent,
                skin="hide",
                glow=1.0,
            ),
        )
    if a.has("spines"):
        thorns = tuple(
            spike(
                p.at(math.cos(t) * 0.36, math.sin(t) * deep * 0.75),
                p.at(math.cos(t) * 0.56, math.sin(t) * deep * 1.35),
                0.03,
            )
            for t in np.linspace(0.6, 5.7, 12)
        )
        figure.items.insert(0, Part("spines", thorns, a.belly, skin="shell", soft=0.002))
    eye_x = 0.335 if a.form != "whale" else 0.30
    f(
        look(
            a,
            mood,
            p.at(eye_x, deep * (0.26 if a.form != "whale" else -0.02)),
            min(0.13, deep * 0.55),
            tilt,
            0.95,
        )
    )
    if s.pose == "portrait":
        figure.cut = p.y - deep * 1.0
    return figure


def _fish_mouth(a: Anatomy, p: Place, deep: float, mood: Mood) -> list[Part]:
    lip: RGB = lerp(a.belly, (214, 150, 130), 0.45) if not a.has("jaws") else lerp(a.base, DARK, 0.6)
    if mood.mouth > 0.3 or a.has("gape"):
        r = deep * 0.30
        out = [(0.40, 0.02), (0.50, r * 0.9 - 0.03), (0.53, -0.05), (0.48, -r * 1.25), (0.36, -r * 0.9)]
        parts = [Part("mouth", (p.sheet(*out),), MOUTH, skin="slime", soft=0.006, cast=0, bulge=0.2)]
        if a.has("jaws"):
            teeth = tuple(
                spike(p.at(0.38 + 0.036 * k, 0.02 + 0.006 * k), p.at(0.385 + 0.036 * k, -0.05), 0.016)
                for k in range(4)
            )
            parts.append(Part("teeth", teeth, TOOTH, skin="shell", soft=0.001, cast=0))
        rim = p.limb(
            (0.36, -r * 0.9, 0.018),
            (0.49, -r * 1.3, 0.022),
            (0.535, -0.05, 0.014),
            (0.505, r * 0.9 - 0.03, 0.024),
            (0.40, 0.02, 0.016),
        )
        return [*parts, Part("lips", (rim,), lip, skin="slime", soft=0.003, cast=0.2)]
    line = p.limb((0.505, -deep * 0.20, 0.010), (0.46, -deep * 0.30, 0.008), (0.40, -deep * 0.28, 0.006))
    parts = [Part("mouth", (line,), lerp(a.base, DARK, 0.75), soft=0.001, cast=0, ink=0)]
    if a.has("lips"):
        parts.append(
            Part(
                "lips",
                (oval(*p.at(0.505, -deep * 0.14), 0.03, 0.045), oval(*p.at(0.49, -deep * 0.34), 0.03, 0.035)),
                lip,
                skin="slime",
                soft=0.004,
            )
        )
    return parts
