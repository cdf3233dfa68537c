"""Animals without a fixed shape: sludge and slime, and moles in their mounds."""

from __future__ import annotations

import math

from pokegeo_dagster.providers.house.creatures.carriage import DRIFT_REACH, DRIFT_TILT
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
    sheet,
)
from pokegeo_dagster.providers.house.creatures.heads import MOODS, facing_head


def blob(s: Sitter) -> Figure:
    """A body that flows: sludge and slime."""
    a, mood = s.anatomy, MOODS[s.pose]
    rise = {
        "sheet": 0.62,
        "alert": 0.74,
        "rest": 0.36,
        "forage": 0.46,
        "threat": 0.82,
        "call": 0.80,
        "travel": 0.52,
        "portrait": 0.66,
    }[s.pose]
    lean = {"forage": 0.20, "travel": 0.14, "threat": 0.06, "call": -0.06}.get(s.pose, 0.02)
    wide = 0.36 if rise > 0.5 else 0.46
    figure = Figure()
    f = figure.add
    soft_hands = not a.has("no_arms") and a.arm > 0
    up = DRIFT_REACH.get(s.pose, 0.0)
    hands = []
    for near in (False, True):
        side = -1 if near else 1
        root = (lean * 0.6 + side * wide * 0.55, rise * 0.52)
        way = -0.5 + 1.3 * up
        tip = (root[0] + side * math.cos(way) * 0.24, max(0.05, root[1] + math.sin(way) * 0.24))
        shape = limb(
            (*root, 0.09), ((root[0] + tip[0]) / 2, (root[1] + tip[1]) / 2 + 0.02, 0.065), (*tip, 0.055)
        )
        hands.append(
            [
                Part(
                    f"arm {near}",
                    (shape,),
                    a.base,
                    skin=a.skin,
                    soft=0.02,
                    shade=1.0 if near else 0.7,
                    cast=0.3,
                )
            ]
            if soft_hands
            else []
        )
    f(*hands[0])
    tail_back = 0.35 if s.pose == "travel" else 0.12
    out = [
        (lean, rise),
        (lean - wide * 0.42, rise * 0.90),
        (-wide * 0.62 + lean * 0.5, rise * 0.55),
        (-wide * 0.92, rise * 0.22),
        (-wide * 1.15 - tail_back, 0.015),
        (-wide * 0.5, 0.0),
        (0.0, 0.01),
        (wide * 0.6, 0.0),
        (wide * 1.25, 0.02),
        (wide * 0.88, rise * 0.20),
        (wide * 0.66 + lean * 0.6, rise * 0.55),
        (wide * 0.44 + lean, rise * 0.90),
    ]
    tints = [
        Tint(dim(a.base, 0.8), "ramp", (0, rise * 0.3), (0, 0)),
        Tint(a.belly, "spot", (lean + 0.1, rise * 0.42), (wide * 0.35, rise * 0.22), edge=0.1, strength=0.35),
    ]
    f(
        Part(
            "mass",
            (sheet(*out),),
            a.base,
            skin=a.skin,
            soft=0.03,
            tints=tuple(tints),
            pattern=a.pattern,
            mark=a.second,
        )
    )
    if a.has("drips"):
        for k, u in enumerate((-0.5, -0.1, 0.35)):
            x = lean + u * wide
            f(
                Part(
                    f"drip {k}",
                    (
                        limb(
                            (x, rise * 0.5, 0.05),
                            (x + 0.02, rise * 0.3, 0.04),
                            (x + 0.03, rise * 0.16, 0.028),
                        ),
                    ),
                    lerp(a.base, a.accent, 0.2),
                    skin=a.skin,
                    soft=0.01,
                    ink=0.3,
                    cast=0.2,
                )
            )
    face = Place(
        lean + 0.04, rise * 0.72, 0.17 if a.eyes != "bead" else 0.16, DRIFT_TILT.get(s.pose, 0.0) * 0.5
    )
    f(*front_head(s, face, mood, 0.0, on_body=True))
    f(*hands[1])
    if s.pose == "portrait":
        figure.cut = rise * 0.30
    return figure


def mole(s: Sitter) -> Figure:
    """One mole or three, looking out of a mound of earth."""
    a, mood = s.anatomy, MOODS[s.pose]
    heads = ((-0.20, 0.40), (0.22, 0.36), (0.0, 0.56)) if a.has("three_heads") else ((0.0, 0.52),)
    up = {"rest": -0.14, "alert": 0.06, "threat": 0.05, "call": 0.08, "forage": -0.08}.get(s.pose, 0.0)
    figure = Figure()
    order = sorted(heads, key=lambda h: h[1], reverse=True)
    for k, (x, top) in enumerate(order):
        top += up
        r = 0.15 if len(heads) > 1 else 0.20
        body = limb((x, 0.04, r), (x, top - r * 0.4, r * 0.98), (x + 0.01, top - r * 0.2, r * 0.92))
        figure.add(
            Part(
                f"mole {k}",
                (body,),
                a.base,
                skin="hide",
                soft=0.01,
                tints=(Tint(dim(a.base, 0.7), "ramp", (x, 0.2), (x, 0.02)),),
            )
        )
        face = Place(x + 0.01, top - r * 0.45, r * 0.95, DRIFT_TILT.get(s.pose, 0.0) * 0.4)
        figure.add(*facing_head(s, face, mood, 0.9, 1.0, 0.40, 0.30, -0.72))
        figure.add(
            Part(
                f"nose {k}",
                (oval(*face.at(0.22, -0.22), 0.30 * r, 0.21 * r),),
                (214, 110, 122),
                skin="slime",
                soft=0.003,
            )
        )
    dice = s.dice("earth")
    for k in range(9):
        x = (k / 8 - 0.5) * (0.72 if len(heads) == 1 else 0.98)
        h = 0.07 + 0.05 * float(dice.random())
        figure.add(
            Part(
                f"earth {k}",
                (oval(x, h * 0.6, 0.085, h),),
                lerp((122, 92, 66), (150, 118, 84), float(dice.random())),
                skin="stone",
                soft=0.006,
            )
        )
    if s.pose == "portrait":
        figure.cut = 0.16
    return figure
