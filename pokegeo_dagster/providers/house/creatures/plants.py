"""Plants that walk: sprouts, flowers and mushrooms."""

from __future__ import annotations

import math

import numpy as np

from pokegeo_dagster.providers.house.creatures.carriage import STAND_REACH, STAND_TILT, feet
from pokegeo_dagster.providers.house.creatures.faces import front_head
from pokegeo_dagster.providers.house.creatures.figure import (
    Figure,
    Part,
    Place,
    Sitter,
    Tint,
    dim,
    lerp,
    limb,
    oval,
)
from pokegeo_dagster.providers.house.creatures.heads import MOODS
from pokegeo_dagster.providers.house.creatures.tails import LEAF


def sprout(s: Sitter) -> Figure:
    """A bulb with a face, feet, and leaves or a flower on top."""
    a, mood = s.anatomy, MOODS[s.pose]
    tilt, up = STAND_TILT.get(s.pose, 0.0), STAND_REACH.get(s.pose, 0.0)
    sit = -0.08 if s.pose == "rest" else 0.0
    r = 0.23 * (0.88 + 0.25 * a.girth)
    p = Place(0.0, 0.34 + sit, r, tilt)
    figure = Figure()
    f = figure.add
    green = LEAF if not a.has("accent_leaf") else a.accent
    if a.has("dress") or a.form == "flower":
        gown = p.sheet(
            (-0.5, 0.2), (-1.1, -1.0), (-0.9, -1.38), (0.0, -1.48), (0.9, -1.38), (1.1, -1.0), (0.5, 0.2)
        )
        if a.form != "flower" or a.has("dress"):
            f(Part("gown", (gown,), lerp(green, a.base, 0.3), skin="leaf", soft=0.012))
    leaves = 5
    flare = {"threat": 1.35, "alert": 1.15, "rest": 0.7}.get(s.pose, 1.0)
    bloom = a.has("bloom")
    if a.has("wide_petals") or bloom:
        for k in range(5):
            t = (k / 4 - 0.5) * 2.5 * flare
            q = p.inside(0.0, 0.72, turn=-t)
            petal = q.sheet((0, -0.1), (-0.55, 0.45), (-0.5, 1.05), (0.0, 1.25), (0.5, 1.05), (0.55, 0.45))
            f(
                Part(
                    f"petal {k}",
                    (petal,),
                    a.accent,
                    skin="hide",
                    soft=0.008,
                    pattern=a.pattern if a.pattern == "spots" else "plain",
                    mark=lerp(a.accent, (255, 244, 236), 0.7),
                    tints=(Tint(dim(a.accent, 0.72), "ramp", q.at(0, 0.5), q.at(0, -0.1)),),
                    shade=0.8 if k in (0, 4) else 1.0,
                )
            )
    elif a.has("fluff"):
        f(
            Part(
                "fluff",
                (
                    oval(*p.at(-0.1, 1.0), 1.05 * r, 0.85 * r),
                    oval(*p.at(-0.75, 0.5), 0.6 * r, 0.6 * r),
                    oval(*p.at(0.7, 0.6), 0.6 * r, 0.55 * r),
                ),
                lerp(a.belly, (250, 248, 240), 0.5),
                skin="wool",
                soft=0.03,
                shaggy=1.5,
            )
        )
    elif not a.has("no_leaves"):
        for k in range(leaves):
            t = (k / (leaves - 1) - 0.5) * 2.3 * flare
            q = p.inside(0.0, 0.78, turn=-t)
            long = 1.5 + 0.25 * math.cos(t)
            leaf = q.sheet(
                (0, -0.15),
                (-0.26, long * 0.4),
                (-0.20, long * 0.8),
                (0.05, long),
                (0.22, long * 0.75),
                (0.24, long * 0.35),
            )
            f(
                Part(
                    f"leaf {k}",
                    (leaf,),
                    lerp(green, dim(green, 0.7), (k % 2) * 0.5),
                    skin="leaf",
                    soft=0.005,
                    flow=np.array([q.at(0, long), q.at(0, 0)]),
                )
            )
    if a.arm > 0 and a.has("arms"):
        for near, side in ((False, 1), (True, -1)):
            root = p.at(side * 0.75, -0.1)
            way = -0.9 + 1.5 * up
            hand = (root[0] + side * math.cos(way) * 0.24, root[1] + math.sin(way) * 0.24)
            arm = limb(
                (*root, 0.03), ((root[0] + hand[0]) / 2, (root[1] + hand[1]) / 2 + 0.02, 0.026), (*hand, 0.03)
            )
            if a.has("rose_hands"):
                tone = a.accent if near else lerp(a.accent, (70, 90, 190), 0.6)
                f(Part(f"arm {near}", (arm,), green, skin="hide"))
                f(
                    Part(
                        f"rose {near}",
                        (oval(*hand, 0.085, 0.08),),
                        tone,
                        skin="hide",
                        pattern="rings",
                        mark=dim(tone, 0.7),
                    )
                )
                continue
            f(Part(f"arm {near}", (arm,), a.base, skin="hide", shade=1.0 if near else 0.7))
    feet(figure, s, p.y - r * 0.75, r * 0.55, a.base if not a.has("leaf_feet") else green, r * 0.30)
    shape = [oval(p.x, p.y, r, r * (1.0 if a.form != "flower" else 1.1), tilt)]
    if a.has("tip"):
        shape = [
            p.sheet(
                (0.0, 1.35),
                (-0.5, 0.72),
                (-1.0, 0.1),
                (-0.75, -0.7),
                (0, -1.0),
                (0.75, -0.7),
                (1.0, 0.1),
                (0.5, 0.72),
            )
        ]
    skin = a.skin if a.skin not in ("smoke",) else "hide"
    f(
        Part(
            "bulb",
            tuple(shape),
            a.base,
            skin="hide" if skin == "leaf" else skin,
            soft=0.01,
            tints=(Tint(a.belly, "spot", p.at(0.25, -0.55), (0.6 * r, 0.4 * r), edge=0.2 * r, strength=0.5),),
            pattern=a.pattern if a.pattern not in ("spots",) or not bloom else "plain",
            mark=a.second,
        )
    )
    if a.has("vines"):
        for k in range(9):
            u = -0.95 + 0.23 * k
            vine = limb(
                (*p.at(u * 0.7, 0.95 - u * u * 0.5), 0.03),
                (*p.at(u * 1.15, 0.1), 0.034),
                (*p.at(u * 1.05, -0.75 - 0.1 * (k % 2)), 0.02),
            )
            if abs(u - 0.25) > 0.35:
                f(Part(f"vine {k}", (vine,), lerp(a.base, a.second, 0.3 * (k % 3)), skin="leaf", soft=0.003))
    f(*front_head(s, p, mood, 0.0, on_body=True))
    if a.horns == "sprout" or a.has("wide_petals"):
        crown = oval(*p.at(0.0, 0.98), 0.42 * r, 0.26 * r, tilt)
        f(
            Part(
                "crown",
                (crown,),
                lerp(a.accent, (240, 214, 120), 0.6) if a.has("wide_petals") else green,
                skin="hide",
            )
        )
    if s.pose == "portrait":
        figure.cut = p.y - 0.95 * r
        figure.drop("foot")
    return figure


def mushroom(s: Sitter) -> Figure:
    """A stem with a face under a broad cap."""
    a, mood = s.anatomy, MOODS[s.pose]
    tilt = STAND_TILT.get(s.pose, 0.0)
    p = Place(0.0, 0.28, 0.21 * (0.9 + 0.3 * a.girth), tilt)
    figure = Figure()
    feet(figure, s, p.y - 0.16, 0.12, a.belly, 0.06)
    stem = limb(
        (*p.at(0, -0.75), p.scale * 0.78), (*p.at(0, 0.1), p.scale * 0.72), (*p.at(0, 0.7), p.scale * 0.62)
    )
    figure.add(Part("stem", (stem,), a.belly, skin="hide", soft=0.01))
    figure.add(*front_head(s, p.inside(0, 0.0, 0.75), mood, 0.0, on_body=True))
    wide = {"threat": 1.15, "alert": 1.06, "rest": 0.95}.get(s.pose, 1.0)
    under = p.sheet((-1.65 * wide, 0.72), (0.0, 0.50), (1.65 * wide, 0.72), (1.2, 0.92), (-1.2, 0.92))
    cap = p.sheet(
        (-1.72 * wide, 0.74),
        (-1.45, 1.35),
        (-0.7, 1.95),
        (0.15, 2.08),
        (0.95, 1.80),
        (1.5, 1.28),
        (1.72 * wide, 0.74),
        (0.9, 0.84),
        (-0.9, 0.84),
    )
    figure.add(Part("gills", (under,), dim(a.belly, 0.75), skin="hide", soft=0.006, cast=0.6))
    figure.add(
        Part(
            "cap",
            (cap,),
            a.base,
            skin="hide",
            soft=0.012,
            pattern="spots" if a.pattern == "plain" else a.pattern,
            mark=a.accent,
            cast=0.6,
        )
    )
    if s.pose == "portrait":
        figure.cut = p.y - 0.55 * p.scale
    return figure
