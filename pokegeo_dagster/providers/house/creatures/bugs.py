"""Insects and other jointed animals: larvae, cocoons, butterflies, beetles, crabs, spiders, scorpions."""

from __future__ import annotations

import math

from pokegeo_dagster.film.story.anatomy import Anatomy
from pokegeo_dagster.providers.house.creatures.appendages import DARK, horns
from pokegeo_dagster.providers.house.creatures.figure import (
    RGB,
    Figure,
    Part,
    Place,
    Point,
    Sitter,
    Tint,
    dim,
    lerp,
    limb,
    oval,
    reach,
    sheet,
    spike,
)
from pokegeo_dagster.providers.house.creatures.heads import MOODS, Mood, facing_head, look, mouth
from pokegeo_dagster.providers.house.creatures.wings import wing

# How far the front of the body is raised, by pose.
_REAR = {
    "sheet": 0.30,
    "alert": 0.50,
    "rest": 0.0,
    "forage": -0.15,
    "threat": 0.85,
    "call": 0.70,
    "travel": 0.15,
    "portrait": 0.40,
}
_TILT = {"rest": -0.12, "forage": -0.35, "threat": 0.12, "call": 0.45, "alert": 0.08}


def bug(s: Sitter) -> Figure:
    """The whole animal in its pose."""
    match s.anatomy.form:
        case "larva" | "centipede":
            return _larva(s)
        case "cocoon":
            return _cocoon(s)
        case "butterfly" | "bee":
            return _flyer(s)
        case "mantis":
            return _mantis(s)
        case "spider" | "scorpion":
            return _spider(s)
        case "crab":
            return _crab(s)
    return _beetle(s)


def _bug_face(s: Sitter, head: Place, mood: Mood, eye: float = 0.62) -> list:
    """A head in profile with one great eye, feelers and mandibles."""
    a, r = s.anatomy, head.scale
    items: list = [*horns(a, head, False)]
    tints = [Tint(a.belly, "spot", head.at(0.5, -0.5), (0.6 * r, 0.4 * r), edge=0.15 * r)]
    if a.has("mask"):
        tints.append(Tint(a.second, "spot", head.at(0.4, 0.1), (0.7 * r, 0.5 * r), edge=0.06 * r))
    if a.has("cheeks"):
        tints.append(Tint(a.accent, "spot", head.at(0.55, -0.35), (0.2 * r, 0.2 * r), edge=0.04 * r))
    skin = a.skin if a.skin != "smoke" else "hide"
    items.append(
        Part(
            "head",
            (oval(head.x, head.y, r, 0.95 * r, head.turn),),
            a.accent if a.has("accent_head") else a.base,
            skin=skin,
            soft=0.006,
            tints=tuple(tints),
            shaggy=0.5,
        )
    )
    if a.has("mandibles") or mood.mouth > 0.5:
        bite = 0.25 + 0.35 * mood.mouth
        jaws = (
            spike(head.at(0.7, -0.35), head.at(1.35, -0.35 + bite * 0.5), 0.16 * r, 0.2),
            spike(head.at(0.65, -0.5), head.at(1.25, -0.55 - bite), 0.15 * r, -0.2),
        )
        items.append(Part("mandibles", jaws, dim(a.second, 0.7), skin="chitin", soft=0.002))
    else:
        line = limb(*head.all([(0.55, -0.52, 0.03), (0.78, -0.44, 0.03), (0.92, -0.30, 0.02)]))
        items.append(Part("mouth", (line,), DARK, soft=0.001, cast=0, ink=0))
    items += horns(a, head, True)
    items.append(look(a, mood, head.at(0.42, 0.12), eye * r, head.turn, 0.9))
    return items


def _larva(s: Sitter) -> Figure:
    a = s.anatomy
    mood, rear = MOODS[s.pose], _REAR[s.pose]
    long = a.form == "centipede"
    n = 9 if long else 6
    r = (0.105 if long else 0.155) * (0.85 + 0.3 * a.girth)
    figure = Figure()
    x, y, segments = -0.55 if not long else -0.75, r, []
    for i in range(n):
        t = i / (n - 1)
        size = r * (0.72 + 0.38 * math.sin(math.pi * (0.12 + 0.78 * t)))
        hump = 0.10 * math.sin(t * math.pi * 2) * (s.pose == "travel")
        segments.append((x, max(size, y) + hump, size))
        way = rear * 1.55 * max(0.0, t - 0.35) / 0.65
        x += math.cos(way) * size * 1.22
        y += math.sin(way) * size * 1.22
    if a.tail_tip in ("sting", "point", "fork"):
        sx, sy, sr = segments[0]
        figure.add(
            Part(
                "tail",
                (spike((sx, sy), (sx - sr * 1.5, sy + sr * 1.4), sr * 0.42, -0.1),),
                a.accent,
                skin="chitin",
            )
        )
    for i, (sx, sy, sr) in enumerate(segments):
        foot = lerp(a.belly, a.accent, 0.3) if not a.has("accent_legs") else a.accent
        if sy - sr < 0.05 or long:
            legs = tuple(
                limb(
                    (sx + d * sr * 0.3, sy - sr * 0.6, sr * 0.26),
                    (
                        sx + d * sr * 0.38 + 0.02,
                        max(0.012, sy - sr * (1.05 if not long else 1.45)),
                        sr * 0.16,
                    ),
                )
                for d in (-1, 1)
            )
            figure.add(Part(f"foot {i}", legs, foot, skin="hide", soft=0.004))
        tints = [Tint(a.belly, "under", (0.42, 0), (0.0, -1.0))]
        if a.has("rings_body") and i < n - 1:
            tints.append(
                Tint(a.accent, "spot", (sx + sr * 0.1, sy + sr * 0.05), (sr * 0.34, sr * 0.34), edge=0.012)
            )
        tone = a.base if not a.has("banded") or i % 2 else a.second
        figure.add(
            Part(
                f"segment {i}",
                (oval(sx, sy, sr * 0.98, sr, 0.0),),
                tone,
                skin=a.skin,
                soft=0.006,
                tints=tuple(tints),
                cast=0.5,
                shaggy=0.8,
            )
        )
        if a.back in ("spikes", "plates"):
            figure.add(
                Part(
                    f"spine {i}",
                    (spike((sx, sy + sr * 0.7), (sx - sr * 0.2, sy + sr * 1.5), sr * 0.25),),
                    a.accent,
                    skin="chitin",
                )
            )
        if a.back == "leaf" and i == 1:
            leaf = sheet(
                (sx - sr, sy + sr * 0.2),
                (sx - sr * 0.4, sy + sr * 1.5),
                (sx + sr * 2.6, sy + sr * 1.55),
                (sx + sr * 3.2, sy + sr * 0.9),
                (sx + sr, sy + sr * 0.6),
            )
            figure.add(Part("cloak", (leaf,), (112, 160, 78), skin="leaf", soft=0.004))
    hx, hy, hr = segments[-1]
    head = Place(
        hx + hr * 0.75,
        hy + hr * (0.35 + 0.5 * max(0, rear)),
        (r * 1.28 if not long else r * 1.2) * a.head,
        _TILT.get(s.pose, 0.0),
    )
    figure.add(*_bug_face(s, head, mood))
    if s.pose == "portrait":
        figure.cut = head.y - 1.6 * head.scale
        figure.items = [i for i in figure.items if not (isinstance(i, Part) and i.name == "tail")]
    return figure


def _cocoon(s: Sitter) -> Figure:
    a = s.anatomy
    mood = MOODS[s.pose]
    tilt = {"rest": 0.5, "forage": -0.25, "threat": -0.18, "call": 0.2, "travel": -0.35}.get(s.pose, 0.0)
    p = Place(0.0, 0.5, 1.0, tilt)
    wide = 0.22 * (0.9 + 0.5 * a.girth)
    figure = Figure()
    out = [(0.05, 0.50), (-wide * 0.9, 0.32), (-wide * 1.35, 0.05), (-wide * 0.9, -0.25), (-0.06, -0.50), (wide * 0.5, -0.30), (wide * 1.05, -0.02),
           (wide * 0.95, 0.22), (wide * 0.55, 0.42)]  # fmt: skip
    seams = []
    for v in (0.22, 0.0, -0.20):
        q = [p.at(-wide * 1.3, v + 0.03), p.at(0.0, v - 0.05), p.at(wide * 1.2, v + 0.06)]
        seams.append(limb(*[(x, y, 0.008) for x, y in q]))
    skin = a.skin if a.skin != "slime" else "hide"
    figure.add(Part("husk", (sheet(*p.all(out)),), a.base, skin=skin, soft=0.012, tints=(Tint(a.belly, "under", (0.5, 0), (0.9, 0.2), strength=0.6),),
                    pattern=a.pattern, mark=a.second))  # fmt: skip
    figure.add(Part("seams", tuple(seams), dim(a.base, 0.5), soft=0.003, cast=0, ink=0, alpha=0.6))
    if a.back in ("spikes", "plates"):
        thorns = tuple(
            spike(p.at(-wide * 0.9, v), p.at(-wide * 1.9, v + 0.14), 0.05) for v in (0.3, 0.05, -0.2)
        )
        figure.items.insert(0, Part("thorns", thorns, a.second, skin="chitin"))
    face = p.inside(wide * 0.25, 0.16, 0.20)
    for side, u, width in ((-1, -0.35, 0.95), (1, 0.55, 0.75)):
        figure.add(look(a, mood, face.at(u, 0.0), 0.5 * face.scale, face.turn, -side * width))
    if s.pose == "portrait":
        figure.cut = p.y - 0.16
    return figure


def _flyer(s: Sitter) -> Figure:
    a = s.anatomy
    mood = MOODS[s.pose]
    bee = a.form == "bee"
    tilt = {"rest": -0.25, "forage": -0.55, "threat": 0.30, "call": 0.45, "travel": -0.30}.get(s.pose, 0.12)
    p = Place(0.0, 0.45, 1.0, tilt)
    figure = Figure()
    kind = "insect" if bee or a.wings == "insect" else "butterfly"
    pose = s.pose if s.pose not in ("sheet", "portrait") else "alert"
    size = (0.50 if bee else 0.56) * a.wing_size
    back = p.at(0.02, 0.09)
    figure.add(*wing(a, Place(back[0] + 0.02, back[1], size, tilt * 0.5), pose, near=False, kind=kind))
    r = (0.085 if bee else 0.075) * (0.85 + 0.4 * a.girth)
    legs = []
    for k, (u, w) in enumerate(((0.12, 0.25), (0.05, 0.0), (-0.02, -0.25))):
        root = p.at(u, -r * 0.7)
        knee = (root[0] + 0.05 + 0.03 * k, root[1] - 0.08)
        legs.append(limb((*root, 0.02), (*knee, 0.016), (knee[0] - 0.03 + w * 0.2, knee[1] - 0.10, 0.007)))
    figure.add(
        Part(
            "legs",
            tuple(legs),
            dim(a.second, 0.8) if not a.has("accent_legs") else a.accent,
            skin="chitin",
            soft=0.003,
        )
    )
    abdomen = limb(
        *p.all(
            [
                (-0.02, 0.0, r * 0.9),
                (-0.14, -0.05, r * (1.35 if bee else 0.95)),
                (-0.28, -0.14, r * (1.1 if bee else 0.75)),
                (-0.38, -0.24, r * 0.25),
            ]
        )
    )
    pattern = "bands" if bee and a.pattern == "plain" else a.pattern
    figure.add(
        Part(
            "abdomen",
            (abdomen,),
            a.base,
            skin="fur" if a.has("furry") else a.skin,
            soft=0.006,
            pattern=pattern,
            mark=a.second,
        )
    )
    if bee and a.has("stinger"):
        figure.add(
            Part(
                "sting",
                (spike(p.at(-0.35, -0.22), p.at(-0.50, -0.36), 0.028),),
                lerp(a.belly, (255, 255, 255), 0.3),
                skin="chitin",
            )
        )
    figure.add(
        Part(
            "thorax",
            (oval(*p.at(0.05, 0.02), r * 1.35, r * 1.2, tilt),),
            a.base if not a.has("accent_thorax") else a.second,
            skin="fur" if not bee else a.skin,
            soft=0.006,
            shaggy=0.7,
        )
    )
    head = p.inside(
        0.20, 0.08, (0.118 if bee else 0.135) * a.head, -tilt * 0.5 + _TILT.get(s.pose, 0.0) * 0.5
    )
    if a.has("lances"):
        for near in (False, True):
            root = p.at(0.14, -0.02 - 0.03 * near)
            tip = (root[0] + 0.34, root[1] - 0.10 + 0.20 * (s.pose == "threat") + 0.05 * (not near))
            figure.add(
                Part(
                    f"lance {near}",
                    (
                        limb(
                            (*root, 0.022),
                            ((root[0] + tip[0]) / 2, (root[1] + tip[1]) / 2 - 0.02, 0.045),
                            (*tip, 0.004),
                        ),
                    ),
                    lerp(a.belly, (240, 240, 244), 0.5),
                    skin="chitin",
                    shade=1.0 if near else 0.7,
                )
            )
    figure.add(*_bug_face(s, head, mood, 0.9 if a.eyes == "compound" else 0.72))
    figure.add(*wing(a, Place(back[0] - 0.04, back[1], size * 1.04, tilt * 0.5), pose, near=True, kind=kind))
    if s.pose == "portrait":
        figure.cut = head.y - 1.35 * head.scale
        figure.items = [
            i for i in figure.items if not (isinstance(i, Part) and i.name in ("abdomen", "sting"))
        ]
    return figure


def _jointed(root: Point, foot: Point, r: float, up: float) -> tuple:
    """A leg that rises to a knee and comes down on a point."""
    span = math.hypot(foot[0] - root[0], foot[1] - root[1])
    side = 1.0 if foot[0] > root[0] else -1.0
    knee = reach(root, foot, span * 0.5 + up, span * 0.5 + up, side)
    return (
        limb(
            (*root, r),
            (*knee, r * 0.85),
            ((knee[0] + foot[0]) / 2, (knee[1] + foot[1]) / 2, r * 0.6),
            (*foot, r * 0.12),
            steps=5,
        ),
    )


def _beetle(s: Sitter) -> Figure:
    a = s.anatomy
    mood, rear = MOODS[s.pose], _REAR[s.pose] * 0.35
    r = 0.22 * (0.85 + 0.3 * a.girth)
    figure = Figure()
    p = Place(0.0, r * (0.72 if s.pose == "rest" else 1.15), 1.0, rear - 0.06)
    leg: RGB = a.accent if a.has("accent_legs") else dim(a.base, 0.75)
    for near in (False, True):
        if near:
            shell = sheet(
                *p.all(
                    [
                        (-0.40, -0.05),
                        (-0.30, r * 0.75),
                        (0.0, r * 1.05),
                        (0.22, r * 0.70),
                        (0.26, -0.02),
                        (0.0, -r * 0.62),
                        (-0.28, -r * 0.5),
                    ]
                )
            )
            tints = [
                Tint(a.belly, "under", (0.5, 0), (0.1, -1.0)),
                Tint(dim(a.base, 0.45), "area", outline=limb_outline(p, r), edge=0.006),
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
                            (limb(*q.all([(0, -0.6, 0.35), (0, 0.4, 0.28)])),),
                            (226, 208, 170),
                            skin="hide",
                        )
                    )
                    figure.add(
                        Part(
                            f"cap {k}",
                            (
                                sheet(
                                    *q.all(
                                        [
                                            (-1.1, 0.2),
                                            (-0.8, 0.9),
                                            (0, 1.2),
                                            (0.8, 0.9),
                                            (1.1, 0.2),
                                            (0, 0.05),
                                        ]
                                    )
                                ),
                            ),
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
            legs += _jointed(
                root, (root[0] + w + shift + stride, 0.004 + (0 if near else 0.03) + lift), 0.034, 0.035
            )
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
                *_claw(a, Place(*p.at(0.28, -0.08), 0.16, 0.15 + 0.5 * (s.pose == "threat")), s.pose, True)
            )
    head = p.inside(0.34, 0.02, 0.135 * a.head, _TILT.get(s.pose, 0.0) - rear * 0.5)
    figure.add(*_bug_face(s, head, mood))
    if s.pose == "portrait":
        figure.cut = head.y - 1.15 * head.scale
    return figure


def limb_outline(p: Place, r: float):
    """The seam between wing case and neck shield, as an outline for a tint."""
    return p.all([(0.13, r * 0.95), (0.15, 0.2), (0.12, -0.1), (0.105, -0.1), (0.13, 0.2), (0.11, r * 0.95)])


def _mantis(s: Sitter) -> Figure:
    a = s.anatomy
    mood = MOODS[s.pose]
    lean = {"rest": -0.15, "forage": 0.7, "threat": 0.15, "call": -0.2, "travel": 0.4}.get(s.pose, 0.08)
    figure = Figure()
    hip = (-0.04, 0.42 if s.pose != "rest" else 0.26)
    up = math.pi / 2 - lean
    chest = (hip[0] + math.cos(up) * 0.30, hip[1] + math.sin(up) * 0.30)
    head = Place(
        chest[0] + math.cos(up) * 0.20 + 0.04,
        chest[1] + math.sin(up) * 0.20,
        0.105 * a.head,
        _TILT.get(s.pose, 0.0),
    )
    figure.add(
        *wing(
            a,
            Place(chest[0] - 0.06, chest[1] - 0.02, 0.62),
            "alert" if s.pose in ("sheet", "portrait") else s.pose,
            near=False,
            kind="insect",
        )
    )
    for near in (False, True):
        shade = 1.0 if near else 0.62
        blade_up = {"threat": 0.9, "alert": 0.35, "forage": -0.7, "rest": -1.0, "travel": -0.2}.get(
            s.pose, 0.0
        )
        root = (chest[0] + 0.02, chest[1])
        elbow = (root[0] + 0.20, root[1] - 0.06 + 0.22 * blade_up + (0.05 if not near else 0))
        p = Place(elbow[0], elbow[1], 0.36, 0.55 + blade_up * 0.8)
        arm = limb((*root, 0.045), (*elbow, 0.034))
        if a.has("claws_hand"):
            parts = _claw(a, Place(elbow[0], elbow[1], 0.17, 0.3 + blade_up * 0.6), s.pose, near)
        else:
            blade = sheet(
                *p.all(
                    [
                        (-0.1, 0.05),
                        (0.25, 0.16),
                        (0.65, 0.10),
                        (1.0, -0.30),
                        (0.62, -0.08),
                        (0.25, -0.06),
                        (-0.05, -0.08),
                    ]
                )
            )
            parts = [
                Part(
                    f"blade {near}",
                    (blade,),
                    lerp(a.belly, (236, 238, 232), 0.6),
                    skin="metal",
                    soft=0.002,
                    shade=shade,
                    bulge=0.4,
                )
            ]
        arms = [Part(f"arm {near}", (arm,), a.base, skin=a.skin, shade=shade, soft=0.004), *parts]
        foot = (
            hip[0] + (-0.10 if near else 0.14) + (0.16 if s.pose == "travel" else 0.0) * (-1 if near else 1),
            0.03,
        )
        knee = reach(hip, foot, 0.26, 0.24, 1.0)
        leg = limb(
            (*hip, 0.085),
            (*knee, 0.05),
            (foot[0] - 0.02, foot[1] + 0.06, 0.03),
            (foot[0] + 0.10, foot[1] - 0.02, 0.018),
        )
        if not near:
            figure.add(*arms, Part("leg False", (leg,), a.base, skin=a.skin, shade=shade, soft=0.006))
            abdomen = limb(
                (*hip, 0.10), (hip[0] - 0.16, hip[1] - 0.08, 0.085), (hip[0] - 0.32, hip[1] - 0.18, 0.03)
            )
            trunk = limb(
                (*hip, 0.10),
                ((hip[0] + chest[0]) / 2, (hip[1] + chest[1]) / 2, 0.075),
                (*chest, 0.095),
                (head.x - 0.03, head.y - 0.04, 0.045),
            )
            figure.add(
                Part(
                    "tail abdomen",
                    (abdomen,),
                    a.base,
                    skin=a.skin,
                    pattern="rings",
                    mark=dim(a.base, 0.8),
                    soft=0.006,
                )
            )
            figure.add(
                Part(
                    "trunk",
                    (trunk,),
                    a.base,
                    skin=a.skin,
                    soft=0.012,
                    tints=(Tint(a.belly, "under", (0.35, 0), (1.0, -0.2)),),
                )
            )
        else:
            figure.add(Part("leg True", (leg,), a.base, skin=a.skin, soft=0.006))
            figure.add(*_bug_face(s, head, mood, 0.6), *arms)
    figure.add(
        *wing(
            a,
            Place(chest[0] - 0.09, chest[1] - 0.01, 0.64),
            "alert" if s.pose in ("sheet", "portrait") else s.pose,
            near=True,
            kind="insect",
        )
    )
    if s.pose == "portrait":
        figure.cut = head.y - 2.2 * head.scale
        figure.items = [
            i for i in figure.items if not (isinstance(i, Part) and i.name.startswith(("tail", "leg")))
        ]
    return figure


def _claw(a: Anatomy, at: Place, pose: str, near: bool) -> list[Part]:
    """A pincer: a swollen hand with two hooked fingers, open in anger."""
    open_ = 0.55 if pose == "threat" else 0.32 if pose in ("alert", "call") else 0.16
    shade = 1.0 if near else 0.66
    upper = sheet(
        *at.all(
            [
                (-0.15, 0.05),
                (0.10, 0.62),
                (0.75, 0.72 + open_ * 0.5),
                (1.45, 0.25 + open_),
                (1.05, 0.28 + open_ * 0.6),
                (0.62, 0.16 + open_ * 0.2),
                (0.42, 0.0),
            ]
        )
    )
    lower = sheet(
        *at.all(
            [
                (-0.15, -0.05),
                (0.10, -0.42),
                (0.70, -0.48 - open_ * 0.2),
                (1.35, -0.05 - open_ * 0.5),
                (0.95, -0.12 - open_ * 0.3),
                (0.58, -0.02),
                (0.40, 0.02),
            ]
        )
    )
    palm = oval(*at.at(0.22, 0.08), 0.48 * at.scale, 0.50 * at.scale, at.turn)
    pale = (
        Tint(a.belly, "ramp", at.at(0.5, 0.0), at.at(1.4, 0.1), strength=0.8)
        if a.has("pale_claws")
        else Tint(dim(a.base, 0.8), "ramp", at.at(0.8, 0), at.at(1.5, 0))
    )
    return [
        Part(
            f"claw {near}",
            (lower, palm, upper),
            a.base if not a.has("accent_claws") else a.accent,
            skin=a.skin if a.skin != "slime" else "chitin",
            soft=0.006,
            shade=shade,
            tints=(pale,),
            cast=0.5,
        )
    ]


def _crab(s: Sitter) -> Figure:
    a = s.anatomy
    mood = MOODS[s.pose]
    sink = 0.10 if s.pose == "rest" else 0.0
    y = 0.34 - sink
    tilt = _TILT.get(s.pose, 0.0) * 0.5
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
                    legs += _jointed(root, (root[0] + out, 0.0 if near else 0.035), 0.034, 0.05)
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
            figure.add(*_claw(a, Place(*elbow, big, 0.45 + raise_), s.pose, False))
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
                rock = sheet(
                    *p.all(
                        [(-0.42, 0.0), (-0.36, 0.30), (-0.10, 0.46), (0.15, 0.40), (0.30, 0.12), (0.0, -0.05)]
                    )
                )
                figure.add(Part("shell", (rock,), a.second, skin="stone", soft=0.006))
            tints = (Tint(a.belly, "under", (0.28, 0), (0.0, -1.0)),)
            figure.add(
                Part(
                    "carapace",
                    (sheet(*p.all(out)),),
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
        stalk = limb(*face.all([(u, 0.4, 0.13), (u + side * 0.06, 0.95, 0.12)]))
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
    figure.add(*_claw(a, Place(at.x, at.y, at.scale, math.pi / 2 + 0.35 - raise_ * 0.2), s.pose, True))
    if s.pose == "portrait":
        figure.cut = p.y - 0.12
        figure.items = [i for i in figure.items if not (isinstance(i, Part) and i.name.startswith("leg"))]
    return figure


def _spider(s: Sitter) -> Figure:
    a = s.anatomy
    mood = MOODS[s.pose]
    scorpion = a.form == "scorpion"
    y = 0.24 if s.pose != "rest" else 0.13
    tilt = _TILT.get(s.pose, 0.0) * 0.6
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
            legs += _jointed(
                root,
                (root[0] + w + stride + (0.0 if near else 0.04), 0.004 + lift + (0 if near else 0.03)),
                0.026,
                0.085,
            )
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
                        (limb(*p.all(rows)),),
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
            figure.add(*_claw(a, Place(*elbow, 0.15, up * 0.6), s.pose, near))
    head = p.inside(0.22, 0.03, 0.105 * a.head, _TILT.get(s.pose, 0.0) * 0.5)
    figure.add(*_bug_face(s, head, mood))
    if s.pose == "portrait":
        figure.cut = head.y - 1.2 * head.scale
        figure.items = [i for i in figure.items if not (isinstance(i, Part) and i.name.startswith("tail"))]
    return figure


__all__ = ["bug", "facing_head"]
