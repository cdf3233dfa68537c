"""Soft-bodied animals: snails, clams, stars, and octopuses and jellies."""

from __future__ import annotations

import math

from pokegeo_dagster.providers.house.creatures.carriage import DRIFT_TILT
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
    spike,
)
from pokegeo_dagster.providers.house.creatures.heads import MOODS, facing_head, saurian_head


def snail(s: Sitter) -> Figure:
    """A snail, or a sea slug: a creeping foot, a shell or none, two feelers."""
    a, mood = s.anatomy, MOODS[s.pose]
    rise = {"alert": 0.10, "rest": -0.14, "forage": -0.20, "threat": 0.14, "call": 0.16}.get(s.pose, 0.0)
    figure = Figure()
    head = Place(0.44, max(0.15, 0.36 + rise), 0.125 * a.head, DRIFT_TILT.get(s.pose, 0.0))
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
                (p.limb(*spiral, steps=2),),
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


def clam(s: Sitter) -> Figure:
    """Two shells agape around a dark core with eyes."""
    a, mood = s.anatomy, MOODS[s.pose]
    gape = {"rest": 0.05, "threat": 0.75, "call": 0.60, "alert": 0.38}.get(s.pose, 0.26)
    figure = Figure()
    p = Place(-0.05, 0.36, 0.42, DRIFT_TILT.get(s.pose, 0.0) * 0.4)
    lower = p.inside(-0.3, -0.15, turn=-0.25 - gape * 0.25)
    upper = p.inside(-0.3, 0.0, turn=gape * 0.75)
    ridge = [(-0.15, 0.0), (0.0, 0.55), (0.45, 0.85), (0.95, 0.72), (1.30, 0.30), (1.36, 0.02), (0.6, -0.06)]
    low = [(u, -v * 0.62) for u, v in ridge]
    ink: RGB = (38, 30, 44)
    figure.add(
        Part(
            "lower shell",
            (lower.sheet(*low),),
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
            (upper.sheet(*ridge),),
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


def star(s: Sitter) -> Figure:
    """A star of five points, or two of them crossed, with a gem or a face in its middle."""
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
        figure.add(
            Part(
                f"star {layer}",
                (p.sheet(*outline, smooth=False),),
                tone,
                skin=skin,
                soft=0.022,
                pattern=a.pattern,
                mark=a.second,
                tints=(Tint(dim(a.base, 0.75), "under", (0.5, 0), (0, -1)),),
            )
        )
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


def octopus(s: Sitter) -> Figure:
    """A dome with a face over seven arms: octopuses, squids and jellies."""
    a, mood = s.anatomy, MOODS[s.pose]
    tilt = DRIFT_TILT.get(s.pose, 0.0) * (1.6 if s.pose == "travel" else 1.0)
    p = Place(0.0, 0.68 if s.pose != "rest" else 0.44, 0.28 * a.head, tilt)
    figure = Figure()
    n = 7
    spread = {"threat": 1.5, "travel": 0.35, "rest": 1.5, "call": 0.9}.get(s.pose, 0.85)
    stream = {"travel": -1.6, "forage": -0.3}.get(s.pose, -0.1)
    length = 1.9 * a.leg if s.pose != "rest" else 1.25
    order = sorted(range(n), key=lambda k: k % 2)
    for k in order:
        t = k / (n - 1) * 2 - 1
        near = k % 2 == 1
        wave = 0.28 * math.sin(k * 2.1 + 1)
        rows = [
            (t * 0.62, -0.55, 0.20),
            (t * (0.75 + 0.3 * spread) + stream * 0.15, -0.95, 0.165),
            (t * (0.8 + 0.75 * spread) + stream * 0.5 + wave * 0.5, -0.95 - 0.42 * length, 0.115),
            (t * (0.8 + 0.95 * spread) + stream * 1.0 - wave, -0.95 - 0.68 * length, 0.07),
            (t * (0.8 + 1.05 * spread) + stream * 1.25 - wave * 1.4, -0.95 - 0.78 * length, 0.02),
        ]
        pts = p.all(rows)
        pts[:, 1] = [
            max(y, r * 0.6) if s.pose == "rest" else y for y, r in zip(pts[:, 1], pts[:, 2], strict=True)
        ]
        figure.add(
            Part(
                f"arm {k}",
                (limb(*pts),),
                a.accent if a.has("accent_arms") else a.base if near else dim(a.base, 0.9),
                skin="slime",
                soft=0.004,
                shade=1.0 if near else 0.68,
                tints=(Tint(a.belly, "along", (0.75, 2.0), edge=0.15, strength=0.5),),
                cast=0.4,
            )
        )
    dome = p.sheet(
        (-0.92, -0.55),
        (-1.05, 0.0),
        (-0.78, 0.72),
        (-0.15, 1.12),
        (0.5, 1.0),
        (0.98, 0.42),
        (1.02, -0.15),
        (0.85, -0.55),
        (0.0, -0.72),
    )
    alpha = 0.93 if a.has("clear") else 1.0
    figure.add(
        Part(
            "dome",
            (dome,),
            a.base,
            skin="slime",
            soft=0.014,
            alpha=alpha,
            tints=(
                Tint(
                    lerp(a.base, (255, 255, 255), 0.3),
                    "spot",
                    p.at(0.2, 0.6),
                    (0.14, 0.1),
                    edge=0.1,
                    strength=0.6,
                ),
            ),
            pattern=a.pattern,
            mark=a.second,
        )
    )
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
                (p.limb((0.2, -0.45, 0.22), (0.46, -0.52, 0.16), (0.6, -0.62, 0.06)),),
                a.accent,
                skin="shell",
                soft=0.003,
            )
        )
    if s.pose == "portrait":
        figure.cut = p.y - 0.95 * p.scale
    return figure
