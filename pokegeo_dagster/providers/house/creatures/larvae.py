"""Bugs before they have wings: caterpillars, centipedes and cocoons."""

from __future__ import annotations

import math

from pokegeo_dagster.providers.house.creatures.bug_parts import BUG_TILT, bug_face
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
    spike,
)
from pokegeo_dagster.providers.house.creatures.heads import MOODS, look

# How far the front of the body is raised, by pose.
REAR = {
    "sheet": 0.30,
    "alert": 0.50,
    "rest": 0.0,
    "forage": -0.15,
    "threat": 0.85,
    "call": 0.70,
    "travel": 0.15,
    "portrait": 0.40,
}


def larva(s: Sitter) -> Figure:
    """A caterpillar or a centipede: round segments, the front ones raised as the pose asks."""
    a = s.anatomy
    mood, rear = MOODS[s.pose], REAR[s.pose]
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
        BUG_TILT.get(s.pose, 0.0),
    )
    figure.add(*bug_face(s, head, mood))
    if s.pose == "portrait":
        figure.cut = head.y - 1.6 * head.scale
        figure.drop("tail")
    return figure


def cocoon(s: Sitter) -> Figure:
    """A husk with seams that leans this way and that, with two eyes looking out."""
    a = s.anatomy
    mood = MOODS[s.pose]
    tilt = {"rest": 0.5, "forage": -0.25, "threat": -0.18, "call": 0.2, "travel": -0.35}.get(s.pose, 0.0)
    p = Place(0.0, 0.5, 1.0, tilt)
    wide = 0.22 * (0.9 + 0.5 * a.girth)
    figure = Figure()
    out = [
        (0.05, 0.50),
        (-wide * 0.9, 0.32),
        (-wide * 1.35, 0.05),
        (-wide * 0.9, -0.25),
        (-0.06, -0.50),
        (wide * 0.5, -0.30),
        (wide * 1.05, -0.02),
        (wide * 0.95, 0.22),
        (wide * 0.55, 0.42),
    ]
    seams = []
    for v in (0.22, 0.0, -0.20):
        q = [p.at(-wide * 1.3, v + 0.03), p.at(0.0, v - 0.05), p.at(wide * 1.2, v + 0.06)]
        seams.append(limb(*[(x, y, 0.008) for x, y in q]))
    skin = a.skin if a.skin != "slime" else "hide"
    figure.add(
        Part(
            "husk",
            (p.sheet(*out),),
            a.base,
            skin=skin,
            soft=0.012,
            tints=(Tint(a.belly, "under", (0.5, 0), (0.9, 0.2), strength=0.6),),
            pattern=a.pattern,
            mark=a.second,
        )
    )
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
