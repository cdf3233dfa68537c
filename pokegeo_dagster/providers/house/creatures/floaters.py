"""Animals that hang in the air: dolls that trail away below, balloons and orbs."""

from __future__ import annotations

import math

from pokegeo_dagster.providers.house.creatures.carriage import DRIFT_REACH, DRIFT_TILT
from pokegeo_dagster.providers.house.creatures.faces import front_head
from pokegeo_dagster.providers.house.creatures.figure import (
    Figure,
    Limb,
    Part,
    Place,
    Sheet,
    Sitter,
    Tint,
    lerp,
    limb,
    oval,
    spike,
)
from pokegeo_dagster.providers.house.creatures.heads import MOODS
from pokegeo_dagster.providers.house.creatures.tails import flame
from pokegeo_dagster.providers.house.creatures.wings import wing


def doll(s: Sitter) -> Figure:
    """A doll: a head and sleeves above a robe that trails away below."""
    a, mood = s.anatomy, MOODS[s.pose]
    tilt, up = DRIFT_TILT.get(s.pose, 0.0), DRIFT_REACH.get(s.pose, 0.0)
    size = 0.20 * a.head
    head = Place(0.05, 0.76, size, tilt)
    sway = {"travel": -0.40, "rest": -0.18, "call": -0.15, "threat": -0.08}.get(s.pose, -0.10)
    chest = (-0.01 + sway * 0.12, 0.50)
    figure = Figure()
    f = figure.add
    if a.wings != "none":
        f(
            *wing(
                a,
                Place(chest[0], chest[1] + 0.06, 0.48 * a.wing_size),
                s.pose if s.pose != "sheet" else "alert",
                near=False,
            )
        )
    skin = a.skin if a.skin != "smoke" else "cloth"
    arms: list[list[Part]] = []
    for near in (False, True):
        side = -1 if near else 1
        root = (chest[0] + side * 0.09, chest[1] + 0.02)
        way = -1.15 + 1.5 * up
        hand = (root[0] + side * math.cos(way) * 0.26 * a.arm, root[1] + math.sin(way) * 0.26 * a.arm)
        elbow = ((root[0] + hand[0]) / 2 + side * 0.03, (root[1] + hand[1]) / 2 - 0.02)
        sleeve = limb((*root, 0.045), (*elbow, 0.036), (*hand, 0.04))
        arms.append(
            []
            if a.has("no_arms")
            else [Part(f"arm {near}", (sleeve,), a.base, skin=skin, soft=0.006, shade=1.0 if near else 0.65)]
        )
    f(*arms[0])
    width = 0.12 + 0.10 * a.girth
    hem = 0.07
    robe = limb(
        (head.x - 0.03, head.y - size * 0.6, size * 0.55),
        (*chest, width),
        (chest[0] + sway * 0.35, 0.30, width * 1.08),
        (chest[0] + sway * 0.75, 0.16, width * 0.75),
        (chest[0] + sway * 1.25, hem, 0.02),
    )
    frills = [
        spike(
            (chest[0] + sway * 0.5 + u, 0.26),
            (chest[0] + sway * 1.0 + u * 1.9, 0.08 + 0.05 * k),
            0.07,
            0.15 * (1 if u < 0 else -1),
        )
        for k, u in enumerate((-0.12, -0.04, 0.06, 0.13))
    ]
    tints = [Tint(a.second, "ramp", (chest[0], 0.32), (chest[0] + sway, 0.08))]
    if not a.has("no_belly"):
        tints.append(
            Tint(a.belly, "spot", (chest[0] + 0.05, chest[1] - 0.06), (width * 0.6, 0.12), edge=0.04)
        )
    f(
        Part(
            "robe",
            (robe, *frills),
            a.base,
            skin=skin,
            soft=0.014,
            tints=tuple(tints),
            pattern=a.pattern if a.pattern != "mask" else "plain",
            mark=a.second,
            melt=((chest[0] + sway * 1.25, hem - 0.02), (chest[0] + sway * 0.7, 0.20))
            if "ghost" in a.features
            else None,
        )
    )
    if a.has("necklace"):
        beads = tuple(
            oval(
                chest[0] - 0.10 + 0.05 * k, chest[1] + 0.075 - 0.03 * math.sin(math.pi * k / 4), 0.024, 0.024
            )
            for k in range(5)
        )
        f(Part("beads", beads, a.accent, skin="crystal", soft=0.001, glow=0.3))
    hair = []
    if a.has("hair"):
        for u, v in ((-1.5, -0.4), (-1.7, 0.1), (-1.35, 0.55), (-1.2, -0.9)):
            hair.append(spike(head.at(-0.3, 0.2), head.at(u + sway, v), 0.45 * size, 0.15))
        f(Part("hair", tuple(hair), a.second, skin=skin, soft=0.01))
    f(*front_head(s, head, mood, 0.05))
    if a.has("hat"):
        brim = head.limb((-1.7, 0.30, 0.10), (-0.6, 0.62, 0.2), (0.5, 0.66, 0.2), (1.5, 0.36, 0.10))
        cone = head.limb((0.0, 0.6, 0.80), (-0.15, 1.2, 0.5), (-0.65, 1.75, 0.25), (-1.2, 1.7, 0.05))
        f(Part("hat", (cone, brim), a.second, skin="cloth", soft=0.02))
    if a.has("candle"):
        f(*flame(a, head.x, head.y + size * 1.1, size * 0.75))
    f(*arms[1])
    if a.wings != "none":
        f(
            *wing(
                a,
                Place(chest[0] - 0.05, chest[1] + 0.06, 0.52 * a.wing_size),
                s.pose if s.pose != "sheet" else "alert",
                near=True,
            )
        )
    if s.pose == "portrait":
        figure.cut = head.y - 1.85 * size
    return figure


def balloon(s: Sitter) -> Figure:
    """A round body with its face on it, and strands, knobs or icicles as the species has them."""
    a, mood = s.anatomy, MOODS[s.pose]
    tilt = DRIFT_TILT.get(s.pose, 0.0)
    r = 0.34
    face = Place(0.0, 0.5, r, tilt)
    figure = Figure()
    f = figure.add
    skin = a.skin if a.skin != "smoke" else "slime"
    if a.has("puffs"):
        dice = s.dice("puffs")
        for k in range(5):
            t = 0.9 + k * 0.55
            q = face.at(math.cos(t) * 1.15, math.sin(t) * 1.05)
            puff = tuple(
                oval(q[0] + 0.05 * float(dice.normal()), q[1] + 0.05 * float(dice.normal()), 0.10, 0.085)
                for _ in range(3)
            )
            f(
                Part(
                    f"puff {k}",
                    puff,
                    lerp(a.belly, a.accent, 0.3),
                    skin="smoke",
                    soft=0.02,
                    alpha=0.6,
                    cast=0,
                    ink=0,
                )
            )
    if a.wings != "none":
        f(*wing(a, face.inside(-0.2, 0.2, 1.5), s.pose if s.pose != "sheet" else "alert", near=False))
    if a.has("arms") or a.has("tassel"):
        ends = (-0.9, -0.3, 0.3, 0.9) if a.has("tassel") else (-1.1, 1.1)
        for k, u in enumerate(ends):
            way = 0.35 * u + 0.25 * math.sin(k) - (0.7 if s.pose == "travel" else 0.0)
            strand = limb(
                (*face.at(u * 0.5, -0.7), 0.05),
                (*face.at(u * 0.7 + way * 0.3, -1.15), 0.045),
                (*face.at(u * 0.8 + way * 0.7, -1.6), 0.03),
            )
            f(Part(f"strand {k}", (strand,), a.accent, skin="cloth", soft=0.004))
    shapes: list[Limb | Sheet] = [oval(face.x, face.y, r, r * (0.86 + 0.2 * a.girth), tilt)]
    if a.has("cone"):
        shapes = [
            face.sheet(
                (0.0, -1.6),
                (-0.5, -0.5),
                (-1.0, 0.2),
                (-0.7, 0.9),
                (0, 1.1),
                (0.7, 0.9),
                (1.0, 0.2),
                (0.5, -0.5),
            )
        ]
    if a.has("knobs"):
        shapes += [
            oval(*face.at(math.cos(t), math.sin(t)), 0.30 * r, 0.30 * r)
            for t in (0.5, 1.3, 2.1, 2.9, 3.8, 4.7, 5.6)
        ]
    if a.has("icy"):
        shapes += [
            spike(
                face.at(math.cos(t) * 0.7, math.sin(t) * 0.7),
                face.at(math.cos(t) * 1.4, math.sin(t) * 1.35),
                0.2 * r,
            )
            for t in (0.4, 1.2, 2.0, 2.8, 3.7, 4.7, 5.7)
        ]
    tints = [Tint(a.belly, "spot", face.at(0.2, -0.55), (0.6 * r, 0.4 * r), edge=0.15 * r)]
    if a.has("two_halves"):
        tints.append(Tint(a.second, "ramp", face.at(0, -0.02), face.at(0, -0.1)))
    if a.has("skull_mark"):
        tints.append(Tint(a.belly, "spot", face.at(0.15, -0.62), (0.3 * r, 0.22 * r), edge=0.03 * r))
    f(
        Part(
            "orb",
            tuple(shapes),
            a.base,
            skin=skin,
            soft=0.014,
            tints=tuple(tints),
            alpha=0.82 if a.has("clear") else 1.0,
            pattern=a.pattern if a.pattern != "mask" else "plain",
            mark=a.second,
            shaggy=0.8,
        )
    )
    if a.has("clear"):
        f(
            Part(
                "core",
                (oval(*face.at(0.05, 0.0), 0.55 * r, 0.5 * r),),
                a.second,
                skin="slime",
                soft=0.01,
                cast=0,
                ink=0.2,
            )
        )
    f(*front_head(s, face, mood, 0.0, on_body=True))
    if a.has("candle"):
        f(*flame(a, face.x, face.y + r, r * 0.6))
    if a.wings != "none":
        f(*wing(a, face.inside(-0.6, 0.2, 1.6), s.pose if s.pose != "sheet" else "alert", near=True))
    if s.pose == "portrait":
        figure.cut = face.y - 0.85 * r
    return figure
