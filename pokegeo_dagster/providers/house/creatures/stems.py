"""Plants on a stem or a trunk: pitchers, cacti and trees."""

from __future__ import annotations

import math

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
    spike,
)
from pokegeo_dagster.providers.house.creatures.heads import MOODS, MOUTH, look
from pokegeo_dagster.providers.house.creatures.tails import LEAF


def pitcher(s: Sitter) -> Figure:
    """A bell on a stem, or a trap with a lid."""
    a, mood = s.anatomy, MOODS[s.pose]
    tilt, up = STAND_TILT.get(s.pose, 0.0), STAND_REACH.get(s.pose, 0.0)
    big = a.girth > 0.45 or a.has("trap")
    figure = Figure()
    f = figure.add
    p = Place(0.02, 0.66 if not big else 0.48, 0.20 if not big else 0.34, tilt - 0.15)
    if not big:
        stem = limb(
            (-0.05, 0.05, 0.016), (0.06, 0.24, 0.016), (-0.05, 0.42, 0.017), (p.x - 0.04, p.y - 0.08, 0.02)
        )
        f(Part("stem", (stem,), (146, 110, 66), skin="hide", soft=0.002))
        roots = tuple(spike((-0.05, 0.08), (-0.05 + d, 0.0), 0.022, 0.1) for d in (-0.13, -0.04, 0.07, 0.14))
        f(Part("roots", roots, (128, 94, 58), skin="hide", soft=0.003))
    for near, side in ((False, 1), (True, -1)):
        root = (p.x + side * 0.03, p.y - (0.20 if not big else 0.15))
        q = Place(root[0], root[1], 0.30, (0.15 + up * 0.6) if side > 0 else math.pi - 0.15 - up * 0.6)
        leaf = q.sheet((0, 0), (0.3, 0.18), (0.75, 0.16), (1.0, -0.02), (0.7, -0.14), (0.3, -0.10))
        f(Part(f"leaf {near}", (leaf,), LEAF, skin="leaf", soft=0.004, shade=1.0 if near else 0.7))
    if big:
        pot = p.sheet(
            (-0.55, 0.78),
            (-0.95, 0.0),
            (-0.80, -0.85),
            (0.0, -1.30),
            (0.80, -0.85),
            (0.95, 0.0),
            (0.62, 0.82),
            (0.0, 0.92),
        )
    else:
        pot = p.sheet(
            (-0.70, 0.75),
            (-0.98, 0.1),
            (-0.55, -0.55),
            (0.1, -0.72),
            (0.75, -0.50),
            (1.05, 0.1),
            (0.95, 0.45),
            (0.2, 0.95),
        )
    f(
        Part(
            "pot",
            (pot,),
            a.base,
            skin="hide",
            soft=0.012,
            tints=(Tint(a.belly, "under", (0.4, 0), (0.5, -1.0), strength=0.6),),
            pattern=a.pattern,
            mark=a.second,
        )
    )
    gape = 0.30 + 0.45 * mood.mouth
    lips = oval(*p.at(0.40, 0.22 if not big else 0.45), 0.40 * p.scale, gape * 0.62 * p.scale, tilt)
    f(
        Part("lips", (lips,), (226, 150, 150), skin="slime", soft=0.004),
        Part(
            "maw",
            (oval(*p.at(0.42, 0.22 if not big else 0.45), 0.30 * p.scale, gape * 0.42 * p.scale, tilt),),
            MOUTH,
            skin="slime",
            cast=0,
        ),
    )
    if big:
        lid = p.sheet((-0.60, 0.80), (-0.75, 1.35), (-0.1, 1.72), (0.85, 1.50), (0.95, 1.18), (0.2, 1.10))
        f(Part("lid", (lid,), LEAF, skin="leaf", soft=0.006))
    for side, u in ((-1, -0.12), (1, 0.62)):
        f(look(a, mood, p.at(u, 0.66 if not big else 0.10), 0.28 * p.scale, tilt, -side * 0.9))
    if s.pose == "portrait":
        figure.cut = p.y - 0.8 * p.scale
    return figure


def trunk(s: Sitter) -> Figure:
    """A trunk with arms: cacti with thorns, trees with crowns."""
    a, mood = s.anatomy, MOODS[s.pose]
    tilt, up = STAND_TILT.get(s.pose, 0.0) * 0.6, STAND_REACH.get(s.pose, 0.0)
    cactus = a.form == "cactus"
    tall = 0.56 if not a.girth > 0.75 else 0.5
    r = 0.13 + 0.09 * a.girth
    p = Place(0.0, 0.12, 1.0, tilt)
    figure = Figure()
    f = figure.add
    arms: list[Part] = []
    for near, side in ((False, 1), (True, -1)):
        root = p.at(side * r * 0.8, tall * 0.55)
        way = 0.1 + 0.9 * up
        elbow = (root[0] + side * 0.16, root[1] + 0.02 + 0.10 * math.sin(way))
        hand = (elbow[0] + side * 0.08, elbow[1] + 0.18 * (0.5 + up))
        arm = limb((*root, 0.055), (*elbow, 0.055), (*hand, 0.05))
        part = Part(
            f"arm {near}",
            (arm,),
            a.base,
            skin=a.skin if a.skin != "leaf" else "hide",
            shade=1.0 if near else 0.65,
            soft=0.01,
        )
        arms.append(part)
        if not near:
            f(part)
        if a.has("leaf_hands"):
            buds = tuple(
                oval(hand[0] + dx, hand[1] + dy, 0.05, 0.05)
                for dx, dy in ((-0.05, 0.03), (0.0, 0.07), (0.05, 0.03))
            )
            f(Part(f"hand {near}", buds, LEAF, skin="hide", shade=1.0 if near else 0.7))
    feet(figure, s, 0.16, r * 0.6, a.base, 0.075)
    if not cactus and not a.has("no_crown"):
        for k in range(7):
            t = (k / 6 - 0.5) * 3.6
            q = p.inside(0.0, tall + 0.10, 0.42, -t)
            frond = q.sheet((0, 0), (-0.18, 0.4), (-0.05, 1.0), (0.14, 0.75), (0.14, 0.3))
            f(
                Part(
                    f"frond {k}", (frond,), lerp(LEAF, dim(LEAF, 0.7), (k % 2) * 0.6), skin="leaf", soft=0.004
                )
            )
    body = limb((*p.at(0, 0.0), r * 1.05), (*p.at(0, tall * 0.5), r), (*p.at(0, tall), r * 0.95))
    f(
        Part(
            "trunk",
            (body,),
            a.base,
            skin="hide" if cactus else a.skin if a.skin != "leaf" else "stone",
            soft=0.012,
            tints=(Tint(dim(a.base, 0.75), "ramp", p.at(0, 0.15), p.at(0, -0.1)),),
            pattern=a.pattern,
            mark=a.second,
        )
    )
    if cactus:
        thorns = tuple(
            spike(p.at(u * r, v), p.at(u * r * 1.5, v + 0.05), 0.018)
            for u, v in (
                (-0.9, 0.1),
                (-0.95, 0.3),
                (-0.85, 0.5),
                (0.9, 0.1),
                (0.95, 0.3),
                (0.85, 0.5),
                (-0.3, 0.66),
                (0.3, 0.66),
            )
        )
        f(Part("thorns", thorns, lerp(a.second, (60, 50, 40), 0.4), skin="shell", soft=0.001))
    f(*front_head(s, p.inside(0, tall * 0.72, r * 1.05), mood, 0.0, on_body=True))
    f(arms[1])
    if s.pose == "portrait":
        figure.cut = 0.12 + tall * 0.25
    return figure
