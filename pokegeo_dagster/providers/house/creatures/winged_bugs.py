"""Bugs with their wings out: butterflies, bees and mantises."""

from __future__ import annotations

import math

from pokegeo_dagster.providers.house.creatures.bug_parts import BUG_TILT, bug_face, pincer
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
    reach,
    spike,
)
from pokegeo_dagster.providers.house.creatures.heads import MOODS
from pokegeo_dagster.providers.house.creatures.wings import wing


def flyer(s: Sitter) -> Figure:
    """A butterfly or a bee, in the air."""
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
    abdomen = p.limb(
        (-0.02, 0.0, r * 0.9),
        (-0.14, -0.05, r * (1.35 if bee else 0.95)),
        (-0.28, -0.14, r * (1.1 if bee else 0.75)),
        (-0.38, -0.24, r * 0.25),
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
        0.20, 0.08, (0.118 if bee else 0.135) * a.head, -tilt * 0.5 + BUG_TILT.get(s.pose, 0.0) * 0.5
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
    figure.add(*bug_face(s, head, mood, 0.9 if a.eyes == "compound" else 0.72))
    figure.add(*wing(a, Place(back[0] - 0.04, back[1], size * 1.04, tilt * 0.5), pose, near=True, kind=kind))
    if s.pose == "portrait":
        figure.cut = head.y - 1.35 * head.scale
        figure.drop("abdomen", "sting")
    return figure


def mantis(s: Sitter) -> Figure:
    """A mantis on two legs, blades or pincers ahead of it."""
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
        BUG_TILT.get(s.pose, 0.0),
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
            parts = pincer(a, Place(elbow[0], elbow[1], 0.17, 0.3 + blade_up * 0.6), s.pose, near)
        else:
            blade = p.sheet(
                (-0.1, 0.05),
                (0.25, 0.16),
                (0.65, 0.10),
                (1.0, -0.30),
                (0.62, -0.08),
                (0.25, -0.06),
                (-0.05, -0.08),
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
            figure.add(*bug_face(s, head, mood, 0.6), *arms)
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
        figure.drop("tail", "leg")
    return figure
