"""Animals of leaf and stone: sprouts, mushrooms, pitchers, cacti, trees, flowers; boulders and machines."""

from __future__ import annotations

import math

from pokegeo_dagster.providers.house.creatures.appendages import DARK
from pokegeo_dagster.providers.house.creatures.faces import front_head
from pokegeo_dagster.providers.house.creatures.figure import (
    RGB,
    Eye,
    Figure,
    Limb,
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
from pokegeo_dagster.providers.house.creatures.heads import MOODS, MOUTH, look
from pokegeo_dagster.providers.house.creatures.tails import LEAF

TILT = {"rest": -0.14, "forage": -0.40, "threat": 0.08, "call": 0.26, "travel": -0.12, "alert": 0.05}
REACH = {"threat": 1.0, "call": 0.6, "alert": 0.4, "rest": -0.8, "forage": -0.7, "travel": 0.1}


def plant(s: Sitter) -> Figure:
    """A plant that walks."""
    match s.anatomy.form:
        case "pitcher":
            return _pitcher(s)
        case "mushroom":
            return _mushroom(s)
        case "cactus" | "tree":
            return _trunk(s)
    return _sprout(s)


def _feet(figure: Figure, s: Sitter, y: float, wide: float, tone: RGB, r: float = 0.07) -> None:
    step = 0.10 if s.pose == "travel" else 0.0
    for near, side in ((False, 1), (True, -1)):
        x = side * wide + (step if near else -step)
        lift = 0.05 if s.pose == "travel" and not near else 0.0
        foot = limb((x * 0.8, y, r * 0.95), (x, r * 0.8 + lift, r), (x + r * 1.2, r * 0.62 + lift, r * 0.72))
        figure.add(Part(f"foot {near}", (foot,), tone, skin="hide", shade=1.0 if near else 0.65, soft=0.008))


def _sprout(s: Sitter) -> Figure:
    """A bulb with a face, feet, and leaves or a flower on top."""
    a, mood = s.anatomy, MOODS[s.pose]
    tilt, up = TILT.get(s.pose, 0.0), REACH.get(s.pose, 0.0)
    sit = -0.08 if s.pose == "rest" else 0.0
    r = 0.23 * (0.88 + 0.25 * a.girth)
    p = Place(0.0, 0.34 + sit, r, tilt)
    figure = Figure()
    f = figure.add
    green = LEAF if not a.has("accent_leaf") else a.accent
    if a.has("dress") or a.form == "flower":
        gown = sheet(
            *p.all(
                [
                    (-0.5, 0.2),
                    (-1.1, -1.0),
                    (-0.9, -1.38),
                    (0.0, -1.48),
                    (0.9, -1.38),
                    (1.1, -1.0),
                    (0.5, 0.2),
                ]
            )
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
            petal = sheet(
                *q.all([(0, -0.1), (-0.55, 0.45), (-0.5, 1.05), (0.0, 1.25), (0.5, 1.05), (0.55, 0.45)])
            )
            f(Part(f"petal {k}", (petal,), a.accent, skin="hide", soft=0.008, pattern=a.pattern if a.pattern == "spots" else "plain", mark=lerp(a.accent, (255, 244, 236), 0.7),
                   tints=(Tint(dim(a.accent, 0.72), "ramp", q.at(0, 0.5), q.at(0, -0.1)),), shade=0.8 if k in (0, 4) else 1.0))  # fmt: skip
    elif a.has("fluff"):
        f(Part("fluff", (oval(*p.at(-0.1, 1.0), 1.05 * r, 0.85 * r), oval(*p.at(-0.75, 0.5), 0.6 * r, 0.6 * r), oval(*p.at(0.7, 0.6), 0.6 * r, 0.55 * r)),
               lerp(a.belly, (250, 248, 240), 0.5), skin="wool", soft=0.03, shaggy=1.5))  # fmt: skip
    elif not a.has("no_leaves"):
        for k in range(leaves):
            t = (k / (leaves - 1) - 0.5) * 2.3 * flare
            q = p.inside(0.0, 0.78, turn=-t)
            long = 1.5 + 0.25 * math.cos(t)
            leaf = sheet(
                *q.all(
                    [
                        (0, -0.15),
                        (-0.26, long * 0.4),
                        (-0.20, long * 0.8),
                        (0.05, long),
                        (0.22, long * 0.75),
                        (0.24, long * 0.35),
                    ]
                )
            )
            import numpy as np

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
            ends: list = [arm]
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
            f(Part(f"arm {near}", tuple(ends), a.base, skin="hide", shade=1.0 if near else 0.7))
    _feet(figure, s, p.y - r * 0.75, r * 0.55, a.base if not a.has("leaf_feet") else green, r * 0.30)
    shape = [oval(p.x, p.y, r, r * (1.0 if a.form != "flower" else 1.1), tilt)]
    if a.has("tip"):
        shape = [
            sheet(
                *p.all(
                    [
                        (0.0, 1.35),
                        (-0.5, 0.72),
                        (-1.0, 0.1),
                        (-0.75, -0.7),
                        (0, -1.0),
                        (0.75, -0.7),
                        (1.0, 0.1),
                        (0.5, 0.72),
                    ]
                )
            )
        ]
    skin = a.skin if a.skin not in ("smoke",) else "hide"
    f(Part("bulb", tuple(shape), a.base, skin="hide" if skin == "leaf" else skin, soft=0.01, tints=(Tint(a.belly, "spot", p.at(0.25, -0.55), (0.6 * r, 0.4 * r), edge=0.2 * r, strength=0.5),),
           pattern=a.pattern if a.pattern not in ("spots",) or not bloom else "plain", mark=a.second))  # fmt: skip
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
        figure.items = [i for i in figure.items if not (isinstance(i, Part) and i.name.startswith("foot"))]
    return figure


def _mushroom(s: Sitter) -> Figure:
    a, mood = s.anatomy, MOODS[s.pose]
    tilt = TILT.get(s.pose, 0.0)
    p = Place(0.0, 0.28, 0.21 * (0.9 + 0.3 * a.girth), tilt)
    figure = Figure()
    _feet(figure, s, p.y - 0.16, 0.12, a.belly, 0.06)
    stem = limb(
        (*p.at(0, -0.75), p.scale * 0.78), (*p.at(0, 0.1), p.scale * 0.72), (*p.at(0, 0.7), p.scale * 0.62)
    )
    figure.add(Part("stem", (stem,), a.belly, skin="hide", soft=0.01))
    figure.add(*front_head(s, p.inside(0, 0.0, 0.75), mood, 0.0, on_body=True))
    wide = {"threat": 1.15, "alert": 1.06, "rest": 0.95}.get(s.pose, 1.0)
    under = sheet(*p.all([(-1.65 * wide, 0.72), (0.0, 0.50), (1.65 * wide, 0.72), (1.2, 0.92), (-1.2, 0.92)]))
    cap = sheet(
        *p.all(
            [
                (-1.72 * wide, 0.74),
                (-1.45, 1.35),
                (-0.7, 1.95),
                (0.15, 2.08),
                (0.95, 1.80),
                (1.5, 1.28),
                (1.72 * wide, 0.74),
                (0.9, 0.84),
                (-0.9, 0.84),
            ]
        )
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


def _pitcher(s: Sitter) -> Figure:
    """A bell on a stem, or a trap with a lid."""
    a, mood = s.anatomy, MOODS[s.pose]
    tilt, up = TILT.get(s.pose, 0.0), REACH.get(s.pose, 0.0)
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
        leaf = sheet(*q.all([(0, 0), (0.3, 0.18), (0.75, 0.16), (1.0, -0.02), (0.7, -0.14), (0.3, -0.10)]))
        f(Part(f"leaf {near}", (leaf,), LEAF, skin="leaf", soft=0.004, shade=1.0 if near else 0.7))
    if big:
        pot = sheet(
            *p.all(
                [
                    (-0.55, 0.78),
                    (-0.95, 0.0),
                    (-0.80, -0.85),
                    (0.0, -1.30),
                    (0.80, -0.85),
                    (0.95, 0.0),
                    (0.62, 0.82),
                    (0.0, 0.92),
                ]
            )
        )
    else:
        pot = sheet(
            *p.all(
                [
                    (-0.70, 0.75),
                    (-0.98, 0.1),
                    (-0.55, -0.55),
                    (0.1, -0.72),
                    (0.75, -0.50),
                    (1.05, 0.1),
                    (0.95, 0.45),
                    (0.2, 0.95),
                ]
            )
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
        lid = sheet(
            *p.all([(-0.60, 0.80), (-0.75, 1.35), (-0.1, 1.72), (0.85, 1.50), (0.95, 1.18), (0.2, 1.10)])
        )
        f(Part("lid", (lid,), LEAF, skin="leaf", soft=0.006))
    for side, u in ((-1, -0.12), (1, 0.62)):
        f(look(a, mood, p.at(u, 0.66 if not big else 0.10), 0.28 * p.scale, tilt, -side * 0.9))
    if s.pose == "portrait":
        figure.cut = p.y - 0.8 * p.scale
    return figure


def _trunk(s: Sitter) -> Figure:
    """A trunk with arms: cacti with thorns, trees with crowns."""
    a, mood = s.anatomy, MOODS[s.pose]
    tilt, up = TILT.get(s.pose, 0.0) * 0.6, REACH.get(s.pose, 0.0)
    cactus = a.form == "cactus"
    tall = 0.56 if not a.girth > 0.75 else 0.5
    r = 0.13 + 0.09 * a.girth
    p = Place(0.0, 0.12, 1.0, tilt)
    figure = Figure()
    f = figure.add
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
        if near:
            late = part
        else:
            f(part)
        if a.has("leaf_hands"):
            buds = tuple(
                oval(hand[0] + dx, hand[1] + dy, 0.05, 0.05)
                for dx, dy in ((-0.05, 0.03), (0.0, 0.07), (0.05, 0.03))
            )
            f(Part(f"hand {near}", buds, LEAF, skin="hide", shade=1.0 if near else 0.7))
    _feet(figure, s, 0.16, r * 0.6, a.base, 0.075)
    if not cactus and not a.has("no_crown"):
        for k in range(7):
            t = (k / 6 - 0.5) * 3.6
            q = p.inside(0.0, tall + 0.10, 0.42, -t)
            frond = sheet(*q.all([(0, 0), (-0.18, 0.4), (-0.05, 1.0), (0.14, 0.75), (0.14, 0.3)]))
            f(
                Part(
                    f"frond {k}", (frond,), lerp(LEAF, dim(LEAF, 0.7), (k % 2) * 0.6), skin="leaf", soft=0.004
                )
            )
    body = limb((*p.at(0, 0.0), r * 1.05), (*p.at(0, tall * 0.5), r), (*p.at(0, tall), r * 0.95))
    f(Part("trunk", (body,), a.base, skin="hide" if cactus else a.skin if a.skin != "leaf" else "stone", soft=0.012,
           tints=(Tint(dim(a.base, 0.75), "ramp", p.at(0, 0.15), p.at(0, -0.1)),), pattern=a.pattern, mark=a.second))  # fmt: skip
    if cactus:
        thorns = tuple(spike(p.at(u * r, v), p.at(u * r * 1.5, v + 0.05), 0.018) for u, v in
                       ((-0.9, 0.1), (-0.95, 0.3), (-0.85, 0.5), (0.9, 0.1), (0.95, 0.3), (0.85, 0.5), (-0.3, 0.66), (0.3, 0.66)))  # fmt: skip
        f(Part("thorns", thorns, lerp(a.second, (60, 50, 40), 0.4), skin="shell", soft=0.001))
    f(*front_head(s, p.inside(0, tall * 0.72, r * 1.05), mood, 0.0, on_body=True))
    f(late)
    if s.pose == "portrait":
        figure.cut = 0.12 + tall * 0.25
    return figure


def mineral(s: Sitter) -> Figure:
    """Stones with arms, and smooth orbs and machines."""
    return _orb(s) if s.anatomy.form == "orb" else _boulder(s)


def _boulder(s: Sitter) -> Figure:
    a, mood = s.anatomy, MOODS[s.pose]
    up = REACH.get(s.pose, 0.0)
    tilt = TILT.get(s.pose, 0.0) * 0.7
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
        _feet(figure, s, r * 0.3, r * 0.55, dim(a.base, 0.85), 0.08)
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
    shapes2: list = [sheet(*p.all(ring))]
    if a.horns == "crown" or a.has("crystals"):
        gems = tuple(
            spike(
                p.at(math.sin(t) * 0.7, math.cos(t) * 0.7), p.at(math.sin(t) * 1.5, math.cos(t) * 1.5), 0.09
            )
            for t in (-0.9, -0.35, 0.3, 0.9)
        )
        figure.add(Part("crystals", gems, a.accent, skin="crystal", soft=0.002, glow=0.15))
    if a.has("rays"):
        shapes2 += [
            spike(
                p.at(math.cos(t) * 0.8, math.sin(t) * 0.8), p.at(math.cos(t) * 1.45, math.sin(t) * 1.45), 0.09
            )
            for t in [k * math.pi / 4 for k in range(8)]
        ]
    figure.add(Part("boulder", tuple(shapes2), a.base, skin=skin, soft=0.010, pattern="plain", mark=a.second))
    ridge = limb(*p.all([(-0.42, 0.40, 0.10), (0.1, 0.44, 0.12), (0.55, 0.42, 0.12), (0.86, 0.36, 0.08)]))
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
                (limb(*p.all([(0.1, 0.30, 0.12), (0.34, -0.10, 0.22), (0.38, -0.22, 0.20)])),),
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


def _orb(s: Sitter) -> Figure:
    """Voltorbs, magnets, gears, bells and blades: smooth bodies with one or two eyes."""
    a, mood = s.anatomy, MOODS[s.pose]
    tilt = TILT.get(s.pose, 0.0)
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
                    (side * (0.95 - 0.75 * math.cos(t)) * 0.9, 0.62 * math.sin(t), 0.20)
                    for t in (-1.5, -0.9, 0.0, 0.9, 1.5)
                ]
                arc = [
                    (side * 1.05, -0.6, 0.2),
                    (side * 0.55, -0.62, 0.2),
                    (side * 0.12, -0.3, 0.21),
                    (side * 0.12, 0.3, 0.21),
                    (side * 0.55, 0.62, 0.2),
                    (side * 1.05, 0.6, 0.2),
                ]
                red, blue = (198, 58, 54), (66, 98, 182)
                tints = (
                    Tint(red, "spot", q.at(side * 1.1, 0.6), (0.40 * q.scale, 0.34 * q.scale), edge=0.01),
                    Tint(blue, "spot", q.at(side * 1.1, -0.6), (0.40 * q.scale, 0.34 * q.scale), edge=0.01),
                )
                f(
                    Part(
                        f"{name} magnet {side}",
                        (limb(*q.all(arc)),),
                        lerp(a.second, (176, 180, 188), 0.6),
                        skin="metal",
                        soft=0.003,
                        tints=tints,
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
            edge = sheet(
                *p.all([(-0.28, -0.2), (0.28, -0.2), (0.26, -1.5), (0.0, -2.1), (-0.26, -1.5)]), smooth=False
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
        ball: list = [oval(p.x, p.y, r, r * 0.98, tilt)]
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
                sheet(
                    *p.all(
                        [
                            (1.25, 0.2),
                            (0.75, 0.85),
                            (-0.1, 0.75),
                            (-1.0, 0.45),
                            (-1.15, -0.35),
                            (-0.5, -0.85),
                            (0.5, -0.75),
                            (0.85, -0.2),
                        ]
                    ),
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
                arc2 = limb(
                    *q.all([(0, 0, 0.05), (0.25, 0.2, 0.05), (0.35, -0.1, 0.045), (0.75, 0.12, 0.01)]),
                    steps=2,
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
