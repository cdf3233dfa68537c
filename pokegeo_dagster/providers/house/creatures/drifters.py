"""Animals that hang in the air or in the water, or have no fixed shape: dolls, orbs, jellies, snails, blobs."""

from __future__ import annotations

import math

from pokegeo_dagster.film.story.anatomy import Anatomy
from pokegeo_dagster.providers.house.creatures.faces import front_head
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
from pokegeo_dagster.providers.house.creatures.heads import MOODS, facing_head, saurian_head
from pokegeo_dagster.providers.house.creatures.tails import flame
from pokegeo_dagster.providers.house.creatures.wings import wing

TILT = {"rest": -0.16, "forage": -0.42, "threat": 0.06, "call": 0.34, "travel": -0.28, "alert": 0.08}
REACH = {"threat": 0.9, "call": 0.5, "alert": 0.35, "rest": -0.9, "forage": -0.9, "travel": -0.2}


def floater(s: Sitter) -> Figure:
    """A doll that trails away below, or an orb."""
    return _balloon(s) if s.anatomy.form == "balloon" else _doll(s)


def _doll(s: Sitter) -> Figure:
    a, mood = s.anatomy, MOODS[s.pose]
    tilt, up = TILT.get(s.pose, 0.0), REACH.get(s.pose, 0.0)
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
    robe = limb((head.x - 0.03, head.y - size * 0.6, size * 0.55), (*chest, width), (chest[0] + sway * 0.35, 0.30, width * 1.08),
                (chest[0] + sway * 0.75, 0.16, width * 0.75), (chest[0] + sway * 1.25, hem, 0.02))  # fmt: skip
    frills = [spike((chest[0] + sway * 0.5 + u, 0.26), (chest[0] + sway * 1.0 + u * 1.9, 0.08 + 0.05 * k), 0.07, 0.15 * (1 if u < 0 else -1))
              for k, u in enumerate((-0.12, -0.04, 0.06, 0.13))]  # fmt: skip
    tints = [Tint(a.second, "ramp", (chest[0], 0.32), (chest[0] + sway, 0.08))]
    if not a.has("no_belly"):
        tints.append(
            Tint(a.belly, "spot", (chest[0] + 0.05, chest[1] - 0.06), (width * 0.6, 0.12), edge=0.04)
        )
    f(Part("robe", (robe, *frills), a.base, skin=skin, soft=0.014, tints=tuple(tints), pattern=a.pattern if a.pattern != "mask" else "plain", mark=a.second,
           melt=((chest[0] + sway * 1.25, hem - 0.02), (chest[0] + sway * 0.7, 0.20)) if "ghost" in a.features else None))  # fmt: skip
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
        for k, (u, v) in enumerate(((-1.5, -0.4), (-1.7, 0.1), (-1.35, 0.55), (-1.2, -0.9))):
            hair.append(spike(head.at(-0.3, 0.2), head.at(u + sway, v), 0.45 * size, 0.15))
        f(Part("hair", tuple(hair), a.second, skin=skin, soft=0.01))
    f(*front_head(s, head, mood, 0.05))
    if a.has("hat"):
        brim = limb(*head.all([(-1.7, 0.30, 0.10), (-0.6, 0.62, 0.2), (0.5, 0.66, 0.2), (1.5, 0.36, 0.10)]))
        cone = limb(*head.all([(0.0, 0.6, 0.80), (-0.15, 1.2, 0.5), (-0.65, 1.75, 0.25), (-1.2, 1.7, 0.05)]))
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


def _balloon(s: Sitter) -> Figure:
    a, mood = s.anatomy, MOODS[s.pose]
    tilt = TILT.get(s.pose, 0.0)
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
    shapes: list = [oval(face.x, face.y, r, r * (0.86 + 0.2 * a.girth), tilt)]
    if a.has("cone"):
        shapes = [
            sheet(
                *face.all(
                    [
                        (0.0, -1.6),
                        (-0.5, -0.5),
                        (-1.0, 0.2),
                        (-0.7, 0.9),
                        (0, 1.1),
                        (0.7, 0.9),
                        (1.0, 0.2),
                        (0.5, -0.5),
                    ]
                )
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
    f(Part("orb", tuple(shapes), a.base, skin=skin, soft=0.014, tints=tuple(tints), alpha=0.82 if a.has("clear") else 1.0,
           pattern=a.pattern if a.pattern != "mask" else "plain", mark=a.second, shaggy=0.8))  # fmt: skip
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


def blob(s: Sitter) -> Figure:
    """A body that flows: sludge, slime, and moles in their mounds."""
    a, mood = s.anatomy, MOODS[s.pose]
    if a.form == "mole":
        return _mole(s)
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
    up = REACH.get(s.pose, 0.0)
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
    face = Place(lean + 0.04, rise * 0.72, 0.17 if a.eyes != "bead" else 0.16, TILT.get(s.pose, 0.0) * 0.5)
    f(*front_head(s, face, mood, 0.0, on_body=True))
    f(*hands[1])
    if s.pose == "portrait":
        figure.cut = rise * 0.30
    return figure


def _mole(s: Sitter) -> Figure:
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
        face = Place(x + 0.01, top - r * 0.45, r * 0.95, TILT.get(s.pose, 0.0) * 0.4)
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


def mollusc(s: Sitter) -> Figure:
    """Snails, clams, stars, squids and jellies."""
    match s.anatomy.form:
        case "snail" | "sea_slug":
            return _snail(s)
        case "clam":
            return _clam(s)
        case "star":
            return _star(s)
    return _octopus(s)


def _snail(s: Sitter) -> Figure:
    a, mood = s.anatomy, MOODS[s.pose]
    rise = {"alert": 0.10, "rest": -0.14, "forage": -0.20, "threat": 0.14, "call": 0.16}.get(s.pose, 0.0)
    figure = Figure()
    head = Place(0.44, max(0.15, 0.36 + rise), 0.125 * a.head, TILT.get(s.pose, 0.0))
    foot = limb(
        (-0.60, 0.02, 0.02),
        (-0.35, 0.07, 0.07),
        (0.0, 0.10, 0.10),
        (0.26, 0.13, 0.105),
        (0.40, (0.15 + head.y) / 2, 0.085),
        (head.x, head.y, 0.09),
    )
    skin = "slime" if a.skin in ("slime", "hide", "scales", "stone") else a.skin
    if a.body_plan == "mollusc" and "stone" in (a.skin,):
        skin = "slime"
    lit = 0.55 if a.has("molten") else 0.0
    figure.add(
        Part(
            "foot",
            (foot,),
            a.base,
            skin=skin,
            soft=0.01,
            tints=(Tint(a.belly, "under", (0.25, 0), (0.3, -1)),),
            glow=lit,
        )
    )
    if a.back != "none" or a.form == "snail":
        p = Place(-0.10, 0.36, 0.30 * (0.8 + 0.4 * a.girth), -0.1)
        shell: RGB = a.second
        figure.add(
            Part(
                "shell",
                (oval(p.x, p.y, p.scale, p.scale * 0.92),),
                shell,
                skin="stone" if a.has("rock_shell") else "shell",
                soft=0.006,
                cast=0.7,
            )
        )
        spiral = [
            (math.cos(t) * (0.86 - t * 0.088), math.sin(t) * (0.80 - t * 0.082), 0.035)
            for t in [k * 0.32 for k in range(29)]
        ]
        figure.add(
            Part(
                "whorl",
                (limb(*p.all(spiral), steps=2),),
                dim(shell, 0.6),
                skin="shell",
                soft=0.002,
                cast=0,
                ink=0,
                bulge=0.3,
                alpha=0.85,
            )
        )
    figure.add(*saurian_head(s, head, mood, 0.22, 1.1))
    for near in (False, True):
        x = 0.15 if near else 0.45
        stalk = limb(
            (*head.at(x, 0.6), 0.022), (*head.at(x + 0.2, 1.25), 0.018), (*head.at(x + 0.25, 1.55), 0.024)
        )
        figure.items.insert(
            -1, Part(f"feeler {near}", (stalk,), a.base, skin=skin, shade=1.0 if near else 0.7)
        )
    if s.pose == "portrait":
        figure.cut = max(0.06, head.y - 1.9 * head.scale)
    return figure


def _clam(s: Sitter) -> Figure:
    a, mood = s.anatomy, MOODS[s.pose]
    gape = {"rest": 0.05, "threat": 0.75, "call": 0.60, "alert": 0.38}.get(s.pose, 0.26)
    figure = Figure()
    p = Place(-0.05, 0.36, 0.42, TILT.get(s.pose, 0.0) * 0.4)
    lower = p.inside(-0.3, -0.15, turn=-0.25 - gape * 0.25)
    upper = p.inside(-0.3, 0.0, turn=gape * 0.75)
    ridge = [(-0.15, 0.0), (0.0, 0.55), (0.45, 0.85), (0.95, 0.72), (1.30, 0.30), (1.36, 0.02), (0.6, -0.06)]
    low = [(u, -v * 0.62) for u, v in ridge]
    ink: RGB = (38, 30, 44)
    figure.add(
        Part(
            "lower shell",
            (sheet(*lower.all(low)),),
            dim(a.base, 0.85),
            skin="shell",
            soft=0.008,
            pattern="bands",
            mark=dim(a.base, 0.62),
        )
    )
    core = p.inside(0.30, 0.10, 0.48)
    figure.add(
        Part(
            "core",
            (oval(core.x, core.y, core.scale, core.scale * 0.92),),
            ink if not a.has("pearl") else a.accent,
            skin="slime",
            soft=0.006,
        )
    )
    figure.add(*facing_head(s, core.inside(0, -0.1 + 0.2 * gape), mood, 0.9, 1.0, 0.42, 0.5, -0.5))
    if a.has("tongue"):
        lick = limb(
            (*core.at(0.4, -0.55), 0.06), (*core.at(0.95, -0.75), 0.062), (*core.at(1.2, -1.1), 0.045)
        )
        figure.add(Part("tongue", (lick,), (222, 128, 134), skin="slime", soft=0.004))
    figure.add(
        Part(
            "upper shell",
            (sheet(*upper.all(ridge)),),
            a.base,
            skin="shell",
            soft=0.008,
            pattern="bands",
            mark=dim(a.base, 0.72),
            cast=0.7,
        )
    )
    if a.has("spikes"):
        thorns = tuple(
            spike(
                upper.at(0.45 + 0.5 * math.cos(t), 0.3 + 0.4 * math.sin(t)),
                upper.at(0.45 + 1.1 * math.cos(t), 0.3 + 1.0 * math.sin(t)),
                0.05,
            )
            for t in (0.5, 1.1, 1.7, 2.4)
        )
        figure.items.insert(0, Part("spikes", thorns, a.second, skin="shell"))
    if s.pose == "portrait":
        figure.cut = 0.14
    return figure


def _star(s: Sitter) -> Figure:
    a, mood = s.anatomy, MOODS[s.pose]
    turn = {"travel": -0.45, "rest": 0.3, "threat": 0.12, "call": 0.35, "forage": -0.3, "alert": 0.08}.get(
        s.pose, 0.0
    )
    p = Place(0.0, 0.5, 0.46, turn)
    figure = Figure()
    for layer in range(2 if a.has("two_stars") else 1):
        twist = 0.63 * (1 - layer) if a.has("two_stars") else 0.0
        outline = []
        for k in range(10):
            t = math.pi / 2 + k * math.pi / 5 + twist
            rr = 1.0 if k % 2 == 0 else 0.42
            outline.append((math.cos(t) * rr, math.sin(t) * rr))
        tone = a.base if layer or not a.has("two_stars") else dim(a.base, 0.75)
        skin = a.skin if a.skin != "slime" else "hide"
        figure.add(Part(f"star {layer}", (sheet(*p.all(outline), smooth=False),), tone, skin=skin, soft=0.022, pattern=a.pattern, mark=a.second,
                        tints=(Tint(dim(a.base, 0.75), "under", (0.5, 0), (0, -1)),)))  # fmt: skip
    if a.has("gem"):
        figure.add(
            Part(
                "ring", (oval(p.x, p.y, 0.40 * p.scale, 0.40 * p.scale),), a.accent, skin="metal", soft=0.003
            )
        )
        figure.add(
            Part(
                "gem",
                (oval(p.x, p.y, 0.30 * p.scale, 0.30 * p.scale),),
                a.glow or (206, 44, 62),
                skin="crystal",
                soft=0.002,
                glow=0.35,
            )
        )
    else:
        figure.add(*facing_head(s, p.inside(0.0, 0.05, 0.55), mood, 0.9, 1.0, 0.45, 0.5, -0.42))
    if s.pose == "portrait":
        figure.cut = p.y - 0.5 * p.scale
    return figure


def _octopus(s: Sitter) -> Figure:
    a, mood = s.anatomy, MOODS[s.pose]
    tilt = TILT.get(s.pose, 0.0) * (1.6 if s.pose == "travel" else 1.0)
    p = Place(0.0, 0.68 if s.pose != "rest" else 0.44, 0.28 * a.head, tilt)
    figure = Figure()
    n = 7
    spread = {"threat": 1.5, "travel": 0.35, "rest": 1.5, "call": 0.9}.get(s.pose, 0.85)
    stream = {"travel": -1.6, "forage": -0.3}.get(s.pose, -0.1)
    length = 1.9 * a.leg if s.pose != "rest" else 1.25
    order = sorted(range(n), key=lambda k: -abs(k - (n - 1) / 2) * 0 + (k % 2))
    for k in order:
        t = k / (n - 1) * 2 - 1
        near = k % 2 == 1
        wave = 0.28 * math.sin(k * 2.1 + 1)
        rows = [(t * 0.62, -0.55, 0.20), (t * (0.75 + 0.3 * spread) + stream * 0.15, -0.95, 0.165),
                (t * (0.8 + 0.75 * spread) + stream * 0.5 + wave * 0.5, -0.95 - 0.42 * length, 0.115),
                (t * (0.8 + 0.95 * spread) + stream * 1.0 - wave, -0.95 - 0.68 * length, 0.07),
                (t * (0.8 + 1.05 * spread) + stream * 1.25 - wave * 1.4, -0.95 - 0.78 * length, 0.02)]  # fmt: skip
        pts = p.all(rows)
        pts[:, 1] = [
            max(y, r * 0.6) if s.pose == "rest" else y for y, r in zip(pts[:, 1], pts[:, 2], strict=True)
        ]
        figure.add(Part(f"arm {k}", (limb(*pts),), a.accent if a.has("accent_arms") else a.base if near else dim(a.base, 0.9), skin="slime", soft=0.004,
                        shade=1.0 if near else 0.68, tints=(Tint(a.belly, "along", (0.75, 2.0), edge=0.15, strength=0.5),), cast=0.4))  # fmt: skip
    dome = sheet(
        *p.all(
            [
                (-0.92, -0.55),
                (-1.05, 0.0),
                (-0.78, 0.72),
                (-0.15, 1.12),
                (0.5, 1.0),
                (0.98, 0.42),
                (1.02, -0.15),
                (0.85, -0.55),
                (0.0, -0.72),
            ]
        )
    )
    alpha = 0.93 if a.has("clear") else 1.0
    figure.add(Part("dome", (dome,), a.base, skin="slime", soft=0.014, alpha=alpha, tints=(Tint(lerp(a.base, (255, 255, 255), 0.3), "spot", p.at(0.2, 0.6), (0.14, 0.1), edge=0.1, strength=0.6),),
                    pattern=a.pattern, mark=a.second))  # fmt: skip
    if a.has("gem"):
        gems = tuple(
            oval(*p.at(u, v), 0.21 * p.scale * k, 0.24 * p.scale)
            for u, v, k in ((-0.52, 0.42, 1.0), (0.70, 0.42, 0.72))
        )
        figure.add(Part("gems", gems, a.glow or (206, 44, 62), skin="crystal", soft=0.002, glow=0.3))
    figure.add(*front_head(s, p.inside(0.0, -0.12, 0.9), mood, 0.0, on_body=True))
    if a.has("beak"):
        figure.add(
            Part(
                "beak",
                (limb(*p.all([(0.2, -0.45, 0.22), (0.46, -0.52, 0.16), (0.6, -0.62, 0.06)])),),
                a.accent,
                skin="shell",
                soft=0.003,
            )
        )
    if s.pose == "portrait":
        figure.cut = p.y - 0.95 * p.scale
    return figure


def anatomy_tint(a: Anatomy) -> RGB:
    """A colour between the animal's own two."""
    return lerp(a.base, a.second, 0.5)
