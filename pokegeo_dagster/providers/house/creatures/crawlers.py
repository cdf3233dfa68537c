"""Bugs on jointed legs: beetles, crabs, spiders and scorpions."""

from __future__ import annotations

import math

from pokegeo_dagster.providers.house.creatures.appendages import horns
from pokegeo_dagster.providers.house.creatures.bug_parts import BUG_TILT, bug_face, jointed_leg, pincer
from pokegeo_dagster.providers.house.creatures.figure import (
    RGB,
    Array,
    Figure,
    Part,
    Place,
    Sitter,
    Tint,
    dim,
    limb,
    oval,
    spike,
)
from pokegeo_dagster.providers.house.creatures.heads import MOODS, look, mouth
from pokegeo_dagster.providers.house.creatures.larvae import REAR


def beetle(s: Sitter) -> Figure:
    """A beetle: six legs under a wing case, with mushrooms on it where the species has them."""
    a = s.anatomy
    mood, rear = MOODS[s.pose], REAR[s.pose] * 0.35
    r = 0.22 * (0.85 + 0.3 * a.girth)
    figure = Figure()
    p = Place(0.0, r * (0.72 if s.pose == "rest" else 1.15), 1.0, rear - 0.06)
    leg: RGB = a.accent if a.has("accent_legs") else dim(a.base, 0.75)
    for near in (False, True):
        if near:
            shell = p.sheet(
                (-0.40, -0.05),
                (-0.30, r * 0.75),
                (0.0, r * 1.05),
                (0.22, r * 0.70),
                (0.26, -0.02),
                (0.0, -r * 0.62),
                (-0.28, -r * 0.5),
            )
            tints = [
                Tint(a.belly, "under", (0.5, 0), (0.1, -1.0)),
                Tint(dim(a.base, 0.45), "area", outline=_shield_seam(p, r), edge=0.006),
            ]
            figure.add(
                Part(
                    "shell",
                    (shell,),
                    a.base,
                    skin=a.skin,
                    soft=0.008,
                    tints=tuple(tints),
                    pattern=a.pattern,
                    mark=a.second,
                    shaggy=0.8,
                )
            )
            if a.back == "flower" or a.has("mushrooms"):
                for k, (u, size) in enumerate(((-0.15, 0.16), (0.08, 0.13))):
                    q = p.inside(u, r * 0.95, size)
                    figure.add(
                        Part(
                            f"stalk {k}",
                            (q.limb((0, -0.6, 0.35), (0, 0.4, 0.28)),),
                            (226, 208, 170),
                            skin="hide",
                        )
                    )
                    figure.add(
                        Part(
                            f"cap {k}",
                            (q.sheet((-1.1, 0.2), (-0.8, 0.9), (0, 1.2), (0.8, 0.9), (1.1, 0.2), (0, 0.05)),),
                            a.accent,
                            skin="hide",
                            pattern="spots",
                            mark=(240, 214, 120),
                        )
                    )
        legs = []
        for u, w in ((0.18, 0.22), (0.02, 0.04), (-0.16, -0.20)):
            root = p.at(u, -r * 0.35)
            shift = 0.0 if near else 0.05
            stride = (0.08 if (w > 0) == near else -0.06) * (s.pose == "travel")
            lift = 0.14 if s.pose == "threat" and w > 0.1 else 0.0
            foot = (root[0] + w + shift + stride, 0.004 + (0 if near else 0.03) + lift)
            legs.append(jointed_leg(root, foot, 0.034, 0.035))
        figure.add(
            Part(
                f"legs {near}",
                tuple(legs),
                leg,
                skin="chitin",
                soft=0.004,
                shade=1.0 if near else 0.6,
                cast=0.35,
            )
        )
        if near and a.has("pincers"):
            figure.add(
                *pincer(a, Place(*p.at(0.28, -0.08), 0.16, 0.15 + 0.5 * (s.pose == "threat")), s.pose, True)
            )
    head = p.inside(0.34, 0.02, 0.135 * a.head, BUG_TILT.get(s.pose, 0.0) - rear * 0.5)
    figure.add(*bug_face(s, head, mood))
    if s.pose == "portrait":
        figure.cut = head.y - 1.15 * head.scale
    return figure


def _shield_seam(p: Place, r: float) -> Array:
    """The seam between wing case and neck shield, as an outline for a tint."""
    return p.all([(0.13, r * 0.95), (0.15, 0.2), (0.12, -0.1), (0.105, -0.1), (0.13, 0.2), (0.11, r * 0.95)])


def crab(s: Sitter) -> Figure:
    """A crab seen from ahead: a broad carapace, stalked eyes, two pincers."""
    a = s.anatomy
    mood = MOODS[s.pose]
    sink = 0.10 if s.pose == "rest" else 0.0
    y = 0.34 - sink
    tilt = BUG_TILT.get(s.pose, 0.0) * 0.5
    p = Place(0.0, y, 1.0, tilt)
    figure = Figure()
    raise_ = {"threat": 0.75, "call": 0.45, "alert": 0.25, "rest": -0.35, "forage": -0.55}.get(s.pose, 0.05)
    leg: RGB = a.second if a.has("socks") else dim(a.base, 0.88)
    for near in (False, True):
        shade = 1.0 if near else 0.62
        legs = []
        for i in range(3):
            for side in (-1, 1):
                root = p.at(side * (0.14 + 0.05 * i), -0.06 - (0.02 if near else 0))
                out = (
                    side * (0.20 + 0.11 * i)
                    + (0.04 if (i % 2 == 0) == near else -0.04) * (s.pose == "travel")
                    + (0.05 if not near else 0)
                )
                if near or i < 2:
                    legs.append(jointed_leg(root, (root[0] + out, 0.0 if near else 0.035), 0.034, 0.05))
        figure.add(Part(f"legs {near}", tuple(legs), leg, skin="chitin", soft=0.004, shade=shade))
        if not near:
            arm = p.at(0.24, 0.02)
            elbow = (arm[0] + 0.13, arm[1] + 0.02 + 0.10 * raise_)
            big = 0.21 * a.arm
            figure.add(
                Part(
                    "arm False",
                    (limb((*arm, 0.045), (*elbow, 0.04)),),
                    a.base,
                    skin="chitin",
                    shade=0.75,
                    soft=0.004,
                )
            )
            figure.add(*pincer(a, Place(*elbow, big, 0.45 + raise_), s.pose, False))
            out = [
                (-0.34, 0.0),
                (-0.30, 0.15),
                (-0.12, 0.23),
                (0.12, 0.23),
                (0.30, 0.15),
                (0.34, 0.0),
                (0.22, -0.15),
                (0.0, -0.19),
                (-0.22, -0.15),
            ]
            if a.back in ("shell", "hump"):
                rock = p.sheet(
                    (-0.42, 0.0), (-0.36, 0.30), (-0.10, 0.46), (0.15, 0.40), (0.30, 0.12), (0.0, -0.05)
                )
                figure.add(Part("shell", (rock,), a.second, skin="stone", soft=0.006))
            tints = (Tint(a.belly, "under", (0.28, 0), (0.0, -1.0)),)
            figure.add(
                Part(
                    "carapace",
                    (p.sheet(*out),),
                    a.base,
                    skin="chitin" if a.skin != "stone" else "stone",
                    soft=0.01,
                    tints=tints,
                    pattern=a.pattern,
                    mark=a.second,
                )
            )
            figure.add(*horns(a, p.inside(0.05, 0.06, 0.17), True))
    face = p.inside(0.06, 0.02, 0.22)
    for side, u in ((-1, -0.42), (1, 0.62)):
        stalk = face.limb((u, 0.4, 0.13), (u + side * 0.06, 0.95, 0.12))
        if not a.has("no_stalks"):
            figure.add(Part(f"stalk {side}", (stalk,), a.base, skin="chitin", soft=0.003))
        figure.add(
            look(
                a,
                mood,
                face.at(u + side * 0.06, 1.0 if not a.has("no_stalks") else 0.3),
                0.40 * face.scale,
                tilt,
                -side * (0.95 if side < 0 else 0.8),
            )
        )
    figure.add(*mouth(a, face.inside(0.12, -0.18), mood, 1.2))
    arm = p.at(-0.22, -0.02)
    elbow = (arm[0] - 0.13, arm[1] - 0.02 + 0.16 * raise_)
    figure.add(Part("arm True", (limb((*arm, 0.05), (*elbow, 0.045)),), a.base, skin="chitin", soft=0.004))
    at = Place(
        *elbow, 0.24 * a.arm * (1.5 if a.has("one_big_claw") else 1.0), math.pi - 0.85 - raise_ * 0.7, -1.0
    )
    figure.add(*pincer(a, Place(at.x, at.y, at.scale, math.pi / 2 + 0.35 - raise_ * 0.2), s.pose, True))
    if s.pose == "portrait":
        figure.cut = p.y - 0.12
        figure.drop("leg")
    return figure


def spider(s: Sitter) -> Figure:
    """A spider, or a scorpion with its tail curled over its back."""
    a = s.anatomy
    mood = MOODS[s.pose]
    scorpion = a.form == "scorpion"
    y = 0.24 if s.pose != "rest" else 0.13
    tilt = BUG_TILT.get(s.pose, 0.0) * 0.6
    p = Place(0.0, y, 1.0, tilt)
    figure = Figure()
    leg: RGB = a.accent if a.has("accent_legs") else dim(a.base, 0.8)
    r = 0.13 * (0.85 + 0.4 * a.girth)
    for near in (False, True):
        legs = []
        for u, w in ((0.14, 0.34), (0.07, 0.16), (-0.02, -0.12), (-0.10, -0.34)):
            root = p.at(u, -0.03)
            lift = 0.28 if s.pose == "threat" and w > 0.3 else 0.0
            stride = (0.06 if (w > 0) == near else -0.06) * (s.pose == "travel")
            foot = (root[0] + w + stride + (0.0 if near else 0.04), 0.004 + lift + (0 if near else 0.03))
            legs.append(jointed_leg(root, foot, 0.026, 0.085))
        if near:
            if scorpion:
                curl = {"threat": 1.25, "rest": 0.6, "forage": 0.9}.get(s.pose, 1.0)
                rows = [
                    (-0.16, 0.0, 0.095),
                    (-0.34, 0.06, 0.075),
                    (-0.44, 0.24 * curl, 0.065),
                    (-0.36, 0.44 * curl, 0.055),
                    (-0.18, 0.54 * curl, 0.05),
                ]
                figure.add(
                    Part(
                        "tail",
                        (p.limb(*rows),),
                        a.base,
                        skin=a.skin,
                        pattern="rings",
                        mark=dim(a.base, 0.6),
                        soft=0.005,
                    )
                )
                if a.tail_tip != "none" or not a.has("water"):
                    figure.add(
                        Part(
                            "tail sting",
                            (spike(p.at(-0.17, 0.54 * curl), p.at(0.02, 0.46 * curl), 0.045, 0.2),),
                            a.accent,
                            skin="chitin",
                        )
                    )
            else:
                back = oval(*p.at(-0.24, 0.07), r * 1.75, r * 1.45, 0.25)
                marks = (
                    Tint(a.second, "spot", p.at(-0.28, 0.12), (0.10, 0.045), 0.3, edge=0.015),
                    Tint(a.second, "spot", p.at(-0.22, 0.02), (0.10, 0.03), 0.3, edge=0.015),
                )
                figure.add(
                    Part(
                        "abdomen",
                        (back,),
                        a.base,
                        skin=a.skin,
                        soft=0.006,
                        tints=(*marks, Tint(a.belly, "under", (0.5, 0))),
                        pattern=a.pattern,
                        mark=a.second,
                    )
                )
            figure.add(
                Part("thorax", (oval(*p.at(0.04, 0.0), r * 1.15, r * 0.9),), a.base, skin=a.skin, soft=0.006)
            )
        figure.add(
            Part(
                f"legs {near}",
                tuple(legs),
                leg,
                skin="chitin",
                soft=0.004,
                shade=1.0 if near else 0.6,
                pattern="bands" if a.has("banded") else "plain",
                mark=a.second,
                cast=0.35,
            )
        )
        if scorpion or a.has("pincers"):
            up = {"threat": 0.7, "rest": -0.3, "forage": -0.4}.get(s.pose, 0.15)
            root = p.at(0.20, 0.0 + (0.03 if not near else -0.02))
            elbow = (root[0] + 0.13, root[1] + 0.06 + 0.1 * up)
            figure.add(
                Part(
                    f"arm {near}",
                    (limb((*root, 0.035), (*elbow, 0.035)),),
                    a.base,
                    skin=a.skin,
                    shade=1.0 if near else 0.65,
                )
            )
            figure.add(*pincer(a, Place(*elbow, 0.15, up * 0.6), s.pose, near))
    head = p.inside(0.22, 0.03, 0.105 * a.head, BUG_TILT.get(s.pose, 0.0) * 0.5)
    figure.add(*bug_face(s, head, mood))
    if s.pose == "portrait":
        figure.cut = head.y - 1.2 * head.scale
        figure.drop("tail")
    return figure
