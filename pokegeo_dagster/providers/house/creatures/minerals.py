"""Bodies of stone and metal: boulders with arms, and smooth orbs and machines."""

from __future__ import annotations

import math

from pokegeo_dagster.providers.house.creatures.appendages import DARK
from pokegeo_dagster.providers.house.creatures.carriage import STAND_REACH, STAND_TILT, feet
from pokegeo_dagster.providers.house.creatures.faces import front_head
from pokegeo_dagster.providers.house.creatures.figure import (
    Eye,
    Figure,
    Limb,
    Part,
    Place,
    Sheet,
    Sitter,
    Tint,
    dim,
    lerp,
    limb,
    oval,
    spike,
)
from pokegeo_dagster.providers.house.creatures.heads import MOODS


def boulder(s: Sitter) -> Figure:
    """A boulder with a face, and arms unless the species has none."""
    a, mood = s.anatomy, MOODS[s.pose]
    up = STAND_REACH.get(s.pose, 0.0)
    tilt = STAND_TILT.get(s.pose, 0.0) * 0.7
    hover = 0.0 if a.has("feet") else 0.10
    r = 0.30 * (0.85 + 0.3 * a.girth)
    p = Place(0.0, r + hover - (0.06 if s.pose == "rest" else 0.0), r, tilt)
    figure = Figure()
    dice = s.dice("boulder")
    skin = a.skin if a.skin in ("stone", "crystal", "metal") else "stone"
    arms: list[list[Part]] = []
    for near, side in ((False, 1), (True, -1)):
        root = p.at(side * 0.82, 0.10)
        way = -0.55 + 1.45 * up
        elbow = (root[0] + side * 0.20 * a.arm, root[1] + 0.20 * math.sin(way) - 0.03)
        hand = (elbow[0] + side * 0.06 + 0.05, elbow[1] + 0.22 * math.sin(way + 0.8) + 0.03)
        shapes: list[Limb] = [limb((*root, 0.062), (*elbow, 0.058)), limb((*elbow, 0.055), (*hand, 0.075))]
        for k in (-0.6, 0.0, 0.6):
            shapes.append(
                limb(
                    (*hand, 0.045),
                    (
                        hand[0] + math.cos(way + 0.8 + k) * 0.10 * side,
                        hand[1] + math.sin(way + 0.8 + k) * 0.10,
                        0.03,
                    ),
                )
            )
        arms.append(
            [
                Part(
                    f"arm {near}",
                    tuple(shapes),
                    a.base,
                    skin=skin,
                    soft=0.008,
                    shade=1.0 if near else 0.65,
                    cast=0.5,
                )
            ]
            if not a.has("no_arms")
            else []
        )
    figure.add(*arms[0])
    if a.has("feet"):
        feet(figure, s, r * 0.3, r * 0.55, dim(a.base, 0.85), 0.08)
    ring = []
    for k in range(13):
        t = k / 13 * 2 * math.pi
        ring.append(
            (
                math.cos(t) * (1.0 + 0.10 * (float(dice.random()) - 0.5) * 2),
                math.sin(t) * (0.95 + 0.10 * (float(dice.random()) - 0.5) * 2),
            )
        )
    if a.has("moon"):
        ring = [
            (0.55, 0.95),
            (-0.2, 1.0),
            (-0.85, 0.5),
            (-0.95, -0.2),
            (-0.5, -0.85),
            (0.3, -1.0),
            (0.75, -0.75),
            (0.2, -0.45),
            (-0.02, 0.05),
            (0.15, 0.6),
        ]
    body: list[Limb | Sheet] = [p.sheet(*ring)]
    if a.horns == "crown" or a.has("crystals"):
        gems = tuple(
            spike(
                p.at(math.sin(t) * 0.7, math.cos(t) * 0.7), p.at(math.sin(t) * 1.5, math.cos(t) * 1.5), 0.09
            )
            for t in (-0.9, -0.35, 0.3, 0.9)
        )
        figure.add(Part("crystals", gems, a.accent, skin="crystal", soft=0.002, glow=0.15))
    if a.has("rays"):
        body += [
            spike(
                p.at(math.cos(t) * 0.8, math.sin(t) * 0.8), p.at(math.cos(t) * 1.45, math.sin(t) * 1.45), 0.09
            )
            for t in [k * math.pi / 4 for k in range(8)]
        ]
    figure.add(Part("boulder", tuple(body), a.base, skin=skin, soft=0.010, pattern="plain", mark=a.second))
    ridge = p.limb((-0.42, 0.40, 0.10), (0.1, 0.44, 0.12), (0.55, 0.42, 0.12), (0.86, 0.36, 0.08))
    if a.eyes in ("narrow", "triangle"):
        figure.add(Part("brow", (ridge,), dim(a.base, 0.92), skin=skin, soft=0.006, cast=0.6, ink=0.6))
    if a.has("one_ear"):
        figure.add(
            Part("ear", (oval(*p.at(0.2, 0.1), 0.30 * r, 0.36 * r),), a.second, skin=skin),
            Part("hole", (oval(*p.at(0.22, 0.1), 0.16 * r, 0.21 * r),), DARK, cast=0),
        )
    else:
        figure.add(*front_head(s, p.inside(0, 0.06, 0.86), mood, 0.0, on_body=True))
    if a.has("big_nose"):
        figure.add(
            Part(
                "nose",
                (p.limb((0.1, 0.30, 0.12), (0.34, -0.10, 0.22), (0.38, -0.22, 0.20)),),
                a.accent,
                skin=skin,
                soft=0.006,
                cast=0.6,
            )
        )
    figure.add(*arms[1])
    if s.pose == "portrait":
        figure.cut = p.y - 0.75 * r
    return figure


def orb(s: Sitter) -> Figure:
    """Voltorbs, magnets, gears, bells and blades: smooth bodies with one or two eyes."""
    a, mood = s.anatomy, MOODS[s.pose]
    tilt = STAND_TILT.get(s.pose, 0.0)
    figure = Figure()
    f = figure.add
    spots = ((0.0, 0.55, 0.30),)
    if a.has("three"):
        spots = ((-0.02, 0.82, 0.21), (0.30, 0.42, 0.22), (-0.30, 0.42, 0.23))
    if a.has("two"):
        spots = ((0.20, 0.66, 0.22), (-0.18, 0.46, 0.26))
    flash = {"threat": 0.35, "call": 0.25}.get(s.pose, 0.0)
    for k, (x, y, r) in enumerate(spots):
        p = Place(x, y, r, tilt + 0.15 * k)
        name = f"orb {k}"
        if a.has("magnets"):
            lift = {"threat": 0.45, "alert": 0.2, "call": 0.3, "rest": -0.35}.get(s.pose, 0.0)
            for side in (1, -1):
                q = p.inside(side * 0.98, 0.05, 0.62, side * lift)
                arc = [
                    (side * 1.05, -0.6, 0.2),
                    (side * 0.55, -0.62, 0.2),
                    (side * 0.12, -0.3, 0.21),
                    (side * 0.12, 0.3, 0.21),
                    (side * 0.55, 0.62, 0.2),
                    (side * 1.05, 0.6, 0.2),
                ]
                red, blue = (198, 58, 54), (66, 98, 182)
                poles = (
                    Tint(red, "spot", q.at(side * 1.1, 0.6), (0.40 * q.scale, 0.34 * q.scale), edge=0.01),
                    Tint(blue, "spot", q.at(side * 1.1, -0.6), (0.40 * q.scale, 0.34 * q.scale), edge=0.01),
                )
                f(
                    Part(
                        f"{name} magnet {side}",
                        (q.limb(*arc),),
                        lerp(a.second, (176, 180, 188), 0.6),
                        skin="metal",
                        soft=0.003,
                        tints=poles,
                        shade=1.0 if side < 0 else 0.8,
                    )
                )
            for u, v in ((0.0, 1.0), (-0.55, -0.85), (0.6, -0.8)):
                bolt = (
                    limb((*p.at(u * 0.9, v * 0.9), 0.035), (*p.at(u * 1.2, v * 1.18), 0.03)),
                    oval(*p.at(u * 1.28, v * 1.26), 0.17 * r, 0.12 * r),
                )
                f(Part(f"{name} bolt {u}", bolt, (150, 152, 160), skin="metal", soft=0.002))
        if a.has("blade"):
            edge = p.sheet(
                (-0.28, -0.2), (0.28, -0.2), (0.26, -1.5), (0.0, -2.1), (-0.26, -1.5), smooth=False
            )
            f(Part(f"{name} blade", (edge,), (186, 190, 200), skin="metal", soft=0.003))
            ribbon = limb(
                (*p.at(-0.4, 0.6), 0.05),
                (*p.at(-1.2, 0.3 + 0.5 * flash), 0.055),
                (*p.at(-1.5, -0.6), 0.06),
                (*p.at(-1.2, -1.2 + flash), 0.03),
            )
            f(Part(f"{name} ribbon", (ribbon,), a.accent, skin="cloth", soft=0.004))
        if a.has("limbs"):
            for j, (u, v) in enumerate(((-1.0, -0.5), (-0.5, -0.9), (0.6, -0.9), (1.05, -0.5))):
                leg = limb(
                    (*p.at(u * 0.7, v * 0.5), 0.09),
                    (*p.at(u * 1.5, v * 0.9 + 0.35), 0.08),
                    (*p.at(u * 1.75, -1.6), 0.07),
                )
                claws = tuple(
                    spike(p.at(u * 1.75, -1.55), p.at(u * 1.75 + d, -1.9), 0.04) for d in (-0.2, 0.0, 0.2)
                )
                f(
                    Part(
                        f"{name} leg {j}",
                        (leg, *claws),
                        a.base,
                        skin="metal",
                        soft=0.006,
                        shade=0.7 if j in (1, 2) else 1.0,
                    )
                )
        if a.has("arm_tail"):
            arm = limb((*p.at(-0.7, 0.1), 0.11), (*p.at(-1.5, 0.2 + flash), 0.09), (*p.at(-2.2, 0.1), 0.08))
            claws = tuple(spike(p.at(-2.2, 0.1), p.at(-2.75, 0.1 + d), 0.05) for d in (-0.35, 0.0, 0.35))
            f(Part(f"{name} arm", (arm, *claws), a.base, skin="metal", soft=0.006))
        ball: list[Limb | Sheet] = [oval(p.x, p.y, r, r * 0.98, tilt)]
        if a.has("gear"):
            ball += [
                limb(
                    (*p.at(math.cos(t) * 0.8, math.sin(t) * 0.8), 0.07),
                    (*p.at(math.cos(t) * 1.2, math.sin(t) * 1.2), 0.062),
                )
                for t in [i * math.pi / 4 for i in range(8)]
            ]
        if a.has("polygon"):
            ball = [
                p.sheet(
                    (1.25, 0.2),
                    (0.75, 0.85),
                    (-0.1, 0.75),
                    (-1.0, 0.45),
                    (-1.15, -0.35),
                    (-0.5, -0.85),
                    (0.5, -0.75),
                    (0.85, -0.2),
                    smooth=False,
                )
            ]
        tints: list[Tint] = []
        if a.has("two_halves"):
            tints.append(Tint(a.second, "ramp", p.at(0, -0.02), p.at(0, -0.08)))
        skin = a.skin if a.skin not in ("stone", "smoke") else "metal"
        f(
            Part(
                name,
                tuple(ball),
                a.base,
                skin=skin,
                soft=0.006,
                tints=tuple(tints),
                pattern=a.pattern,
                mark=a.second,
            )
        )
        if a.has("polygon"):
            tail = spike(p.at(-0.9, 0.1), p.at(-1.75, 0.55), 0.10)
            legs = tuple(
                limb((*p.at(u, -0.6), 0.07), (*p.at(u + 0.05, -1.15), 0.06), (*p.at(u + 0.3, -1.25), 0.04))
                for u in (-0.45, 0.3)
            )
            f(Part("legs", (tail, *legs), a.accent, skin="metal", soft=0.004))
        if a.has("one_eye"):
            f(
                Eye(
                    p.at(0.28, 0.08),
                    0.95 * r,
                    "ring" if mood.eye > 0.3 else "slit",
                    a.eye,
                    tilt,
                    0.9,
                    max(0.25, min(1.0, mood.eye)),
                    0.2,
                    (244, 242, 236),
                )
            )
        else:
            f(*front_head(s, p.inside(0, 0.05), mood, 0.0, on_body=True))
        if flash and a.glow and not a.has("blade"):
            for j in range(3):
                t = 0.6 + j * 1.9 + k
                q = Place(*p.at(math.cos(t) * 1.15, math.sin(t) * 1.15), r * 0.5, t - 0.4)
                arc2 = q.limb(
                    (0, 0, 0.05), (0.25, 0.2, 0.05), (0.35, -0.1, 0.045), (0.75, 0.12, 0.01), steps=2
                )
                f(
                    Part(
                        f"{name} spark {j}", (arc2,), a.glow, skin="hide", soft=0.002, glow=1.0, cast=0, ink=0
                    )
                )
    if s.pose == "portrait":
        x, y, r = spots[-1]
        figure.cut = y - 0.8 * r
    return figure
