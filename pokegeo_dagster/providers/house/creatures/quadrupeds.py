"""Animals on four legs, in profile: from weasels to sauropods."""

from __future__ import annotations

import math

import numpy as np

from pokegeo_dagster.film.story.anatomy import Anatomy
from pokegeo_dagster.providers.house.creatures.appendages import mane
from pokegeo_dagster.providers.house.creatures.figure import (
    RGB,
    Eye,
    Figure,
    Limb,
    Part,
    Place,
    Point,
    Sitter,
    Tint,
    lerp,
    limb,
    oval,
    reach,
    spike,
)
from pokegeo_dagster.providers.house.creatures.heads import MOODS, Mood, mammal_head, saurian_head
from pokegeo_dagster.providers.house.creatures.quadruped_frames import BUILDS, STANCES, Build, Stance, fitted
from pokegeo_dagster.providers.house.creatures.tails import back_growth, tail
from pokegeo_dagster.providers.house.creatures.wings import wing


def quadruped(s: Sitter) -> Figure:
    """The whole animal in its pose."""
    a = s.anatomy
    build = fitted(a, BUILDS.get(a.form, BUILDS["canine"]))
    stance, mood = STANCES[s.pose], MOODS[s.pose]
    low = max(build.chest, build.rump)
    drop = stance.drop * max(0.0, build.leg - 0.30 * low) if stance.lying else stance.drop * build.leg
    height = build.leg + 0.55 * low - drop
    half = build.length / 2
    c, sn = math.cos(stance.pitch), math.sin(stance.pitch)
    hip, shoulder = (-half * c, height - half * sn), (half * c, height + half * sn)
    if s.pose == "threat":
        hip = (hip[0], hip[1] + 0.02)
    turn = build.rise + stance.neck * (0.6 if build.neck < 0.12 else 1.0) + stance.pitch * 0.4
    nape = (shoulder[0] + 0.35 * build.chest, shoulder[1] + 0.25 * build.chest)
    length = build.neck * (1.0 if s.pose != "forage" else 1.0 + 0.5 * min(1.0, build.leg / 0.4))
    poll = (nape[0] + math.cos(turn) * length, nape[1] + math.sin(turn) * length)
    floor = build.head * 0.95 if s.pose == "forage" else build.head * 0.55
    poll = (poll[0], max(poll[1], floor))
    head = Place(poll[0] + 0.35 * build.head * math.cos(turn), poll[1] + 0.35 * build.head * math.sin(turn),
                 build.head, stance.head + (-0.5 if s.pose == "forage" else 0.0))  # fmt: skip
    figure = Figure()
    _legs(figure, a, build, stance, hip, shoulder, near=False)
    back = [
        (shoulder[0] - 0.02, shoulder[1] + build.chest * 0.92),
        ((hip[0] + shoulder[0]) / 2, (hip[1] + shoulder[1]) / 2 + build.waist),
        (hip[0] - 0.05, hip[1] + build.rump * 0.85),
    ]
    if a.wings != "none":
        figure.add(
            *wing(
                a,
                Place(shoulder[0] - 0.1, shoulder[1] + build.chest * 0.5, 0.62 * a.wing_size, 0.0),
                s.pose,
                near=False,
            )
        )
    rear = (hip[0] - build.rump * 0.72, hip[1] + build.rump * 0.35)
    way = build.tail_way + stance.tail + stance.pitch * 0.3
    figure.add(*tail(a, rear, way, build.tail, build.tail_thick, build.tail_curl))
    figure.add(*back_growth(a, np.array(back), build.chest * 1.25, front=False))
    figure.add(_trunk(a, build, hip, shoulder, nape, poll))
    figure.add(*_ruff(a, build, nape, poll, turn))
    figure.add(*back_growth(a, np.array(back), build.chest * 1.35, front=True))
    _legs(figure, a, build, stance, hip, shoulder, near=True)
    if a.wings != "none":
        figure.add(
            *wing(
                a,
                Place(shoulder[0] - 0.06, shoulder[1] + build.chest * 0.45, 0.68 * a.wing_size, 0.0),
                s.pose,
                near=True,
            )
        )
    figure.add(*mane(a, head, turn + math.pi))
    figure.add(*_head(s, head, mood, build))
    if s.pose == "portrait":
        figure.cut = head.y - 2.15 * build.head
        _keep_bust(figure, head, build)
    return figure


def _head(s: Sitter, head: Place, mood: Mood, build: Build) -> list[Part | Eye]:
    if build.face == "saurian":
        return saurian_head(s, head, mood, build.snout, 1.1)
    return mammal_head(
        s, head, mood, build.snout, 1.2 if s.anatomy.form in ("pig", "bovine", "bear") else 1.0
    )


def _trunk(a: Anatomy, b: Build, hip: Point, shoulder: Point, nape: Point, poll: Point) -> Part:
    mid = ((hip[0] + shoulder[0]) / 2, (hip[1] + shoulder[1]) / 2)
    body = limb(
        (hip[0] - 0.3 * b.rump, hip[1] - 0.02, b.rump * 0.86),
        (*hip, b.rump),
        (mid[0], mid[1] + 0.01, b.waist),
        (*shoulder, b.chest),
        (shoulder[0] + 0.25 * b.chest, shoulder[1] + 0.02, b.chest * 0.9),
    )
    neck = limb(
        (shoulder[0] - 0.02, shoulder[1] + 0.04, b.chest * 0.82),
        (*nape, (b.chest * 0.75 + b.throat) / 2),
        ((nape[0] + poll[0]) / 2, (nape[1] + poll[1]) / 2, b.throat * 1.04),
        (*poll, b.throat * 0.92),
    )
    wool: RGB = lerp(a.belly, (250, 244, 230), 0.4) if a.form == "sheep" else a.base
    tints = [Tint(a.belly, "under", (0.30, 0), (0.12, -1.0), strength=0.85)]
    if a.has("dark_back"):
        tints.append(Tint(a.second, "under", (0.45, 0), (-0.1, 1.0), strength=0.9))
    if a.has("rings_body"):
        tints += [
            Tint(a.accent, "spot", (x, mid[1] + 0.02), (0.05, 0.06), edge=0.01) for x in (hip[0], shoulder[0])
        ]
    flow = np.array([poll, nape, shoulder, mid, hip, (hip[0] - b.rump, hip[1])])
    return Part(
        "trunk",
        (body, neck),
        wool,
        skin="wool" if a.form == "sheep" else a.skin,
        soft=0.022,
        tints=tuple(tints),
        pattern=a.pattern,
        mark=a.second,
        flow=flow,
        shaggy=1.5 if a.form == "sheep" or a.has("shaggy") else 0.75,
    )


def _ruff(a: Anatomy, b: Build, nape: Point, poll: Point, turn: float) -> list[Part]:
    """The collar of fur at the throat, over the chest."""
    if a.mane not in ("ruff", "collar", "cloak"):
        return []
    at = Place(
        (nape[0] * 0.45 + poll[0] * 0.55), (nape[1] * 0.45 + poll[1] * 0.55), b.throat, turn - math.pi / 2
    )
    locks = tuple(
        spike(
            at.at(0.6 * math.cos(t), 0.15 + 0.2 * math.sin(t)),
            at.at(1.75 * math.cos(t), -0.6 + 1.3 * math.sin(t)),
            0.8 * b.throat,
            0.1,
        )
        for t in (-2.9, -2.4, -1.9, -1.45, -1.0, -0.6, -0.2, 0.15)
    )
    ball = oval(at.x, at.y, 1.25 * b.throat, 1.1 * b.throat, at.turn)
    colour = a.belly if a.mane == "ruff" else a.accent
    return [Part("ruff", (ball, *locks), colour, skin="fur", soft=0.014, shaggy=1.3, cast=0.35)]


def _legs(f: Figure, a: Anatomy, b: Build, st: Stance, hip: Point, shoulder: Point, near: bool) -> None:
    shade = 1.0 if near else 0.58
    fore, hind = (0, 2) if near else (1, 3)
    low: RGB = a.second if a.has("socks") else a.belly if a.has("pale_socks") else a.base
    if st.lying:
        _folded(f, a, b, hip, shoulder, near, low)
        return
    shift = 0.0 if near else 0.03
    x, y = st.feet[hind]
    root = (hip[0] - 0.02 + shift, hip[1] - 0.05 * b.rump)
    foot = (root[0] + x * b.leg - 0.02 - b.sprawl, b.limb * 0.55 + y * b.leg + shift * 0.3)
    _hind(f, a, b, root, foot, shade, low, near)
    x, y = st.feet[fore]
    root = (shoulder[0] + shift, shoulder[1] - 0.30 * b.chest)
    foot = (root[0] + x * b.leg + b.sprawl, b.limb * 0.55 + y * b.leg + shift * 0.3)
    _fore(f, a, b, root, foot, shade, low, near)


def _hind(
    f: Figure, a: Anatomy, b: Build, root: Point, foot: Point, shade: float, low: RGB, near: bool
) -> None:
    drop = root[1] - foot[1]
    hock = (foot[0] - 0.16 * b.leg - 0.02, foot[1] + 0.34 * min(drop, b.leg))
    knee = reach(root, hock, 0.42 * b.leg + 0.5 * b.rump, 0.40 * b.leg + 0.3 * b.rump, 1.0)
    t = b.limb
    leg = limb(
        (root[0], root[1], b.rump * 0.78),
        (*_mid(root, knee, 0.6), b.rump * 0.62),
        (*knee, t * 1.35),
        (*hock, t * 0.82),
        (foot[0] - 0.01, foot[1] + 0.05, t * 0.78),
        (foot[0] + 0.01, foot[1] + 0.01, t * 0.74),
    )
    _leg(f, a, b, "hind", leg, foot, shade, low, near, root, knee)


def _fore(
    f: Figure, a: Anatomy, b: Build, root: Point, foot: Point, shade: float, low: RGB, near: bool
) -> None:
    elbow = reach(root, foot, 0.46 * (root[1] - 0.02) + 0.04, 0.56 * (root[1] - 0.02) + 0.03, -0.9)
    t = b.limb
    leg = limb(
        (root[0], root[1] + 0.25 * b.chest, b.chest * 0.55),
        (root[0], root[1], b.chest * 0.52),
        (*elbow, t * 1.12),
        (*_mid(elbow, foot, 0.55), t * 0.84),
        (foot[0], foot[1] + 0.05, t * 0.74),
        (foot[0], foot[1] + 0.01, t * 0.72),
    )
    _leg(f, a, b, "fore", leg, foot, shade, low, near, root, elbow)


def _leg(
    f: Figure, a: Anatomy, b: Build, name: str, leg: Limb, foot: Point, shade: float, low: RGB, near: bool,
    root: Point, knee: Point,
) -> None:  # fmt: skip
    """A whole leg with its foot; the near one melts into the flank between its root and its knee."""
    t = b.limb
    x, y = foot
    tints = [Tint(low, "ramp", (x, y + 0.42 * b.leg), (x, y + 0.26 * b.leg))] if low != a.base else []
    if a.form == "sheep":
        tints = [Tint(a.base, "ramp", (x, y + 0.30), (x, y + 0.16))]
    pattern = a.pattern if a.pattern in ("stripes", "spots", "rings") else "plain"
    colour = lerp(a.belly, (250, 244, 230), 0.4) if a.form == "sheep" else a.base
    toes = []
    if b.foot == "hoof":
        hoof = limb((x - 0.004, y + 0.03, t * 0.78), (x + 0.02, y - t * 0.25, t * 0.86))
        tone = a.accent if a.has("accent_hooves") else (70, 60, 56)
        f.add(Part(f"{name} hoof {near}", (hoof,), tone, skin="shell", shade=shade, soft=0.002))
        shapes = [leg]
    else:
        long = {"paw": 0.8, "claw": 1.0, "pad": 0.5}.get(b.foot, 0.8)
        shapes = [
            leg,
            limb(
                (x - 0.01, y, t * 0.66),
                (x + t * long * 0.7, y - t * 0.02, t * 0.62),
                (x + t * long * 1.2, y - t * 0.14, t * 0.44),
            ),
        ]
        if b.foot == "claw" or a.has("claws"):
            toes = [
                spike(
                    (x + t * (long * 1.2 + 0.1 * k), y - t * 0.15),
                    (x + t * (long * 1.2 + 0.62 + 0.14 * k), y - t * 0.5),
                    t * 0.20,
                )
                for k in (-1.6, 0.0, 1.0)
            ]
    hip_r = b.rump if name == "hind" else b.chest
    melt = (
        ((root[0], root[1] + 0.62 * hip_r), (root[0] + (knee[0] - root[0]) * 0.15, root[1] - 0.30 * hip_r))
        if near
        else None
    )
    f.add(
        Part(
            f"{name} leg {near}",
            tuple(shapes),
            colour,
            skin="fur" if a.form == "sheep" else a.skin,
            shade=shade,
            soft=0.012,
            tints=tuple(tints),
            pattern=pattern,
            mark=a.second,
            shaggy=0.45,
            melt=melt,
            cast=0.28,
            ink=0.8,
        )
    )
    if toes:
        f.add(
            Part(f"{name} claws {near}", tuple(toes), (228, 218, 196), skin="shell", shade=shade, soft=0.001)
        )


def _folded(f: Figure, a: Anatomy, b: Build, hip: Point, shoulder: Point, near: bool, low: RGB) -> None:
    """Lying: forelegs stretched ahead on the ground, the hind leg tucked under its haunch."""
    shade, lift = (1.0, 0.0) if near else (0.6, 0.025)
    t = b.limb
    y = t * 0.7 + lift
    tints = (Tint(low, "ramp", (shoulder[0] + 0.16, y), (shoulder[0] + 0.24, y)),) if low != a.base else ()
    reach_x = min(0.34, 0.75 * b.leg)
    fore = limb(
        (shoulder[0] - 0.04, shoulder[1] - 0.10 * b.chest, b.chest * 0.5),
        (shoulder[0] - 0.02, y + 0.03, t * 1.05),
        (shoulder[0] + reach_x * 0.6, y, t * 0.85),
        (shoulder[0] + reach_x + 0.03 * near, y - 0.01, t * 0.78),
    )
    f.add(
        Part(
            f"fore leg {near}",
            (fore,),
            a.base,
            skin=a.skin,
            shade=shade,
            soft=0.01,
            tints=tints,
            shaggy=0.45,
            cast=0.35,
        )
    )
    if not near:
        return
    haunch = oval(hip[0] + 0.02, max(hip[1] - 0.08, b.rump * 0.70), b.rump * 0.98, b.rump * 0.80, 0.35)
    shin = limb(
        (hip[0] - 0.02, t * 0.9, t * 1.0),
        (hip[0] + b.rump * 0.9, t * 0.75, t * 0.85),
        (hip[0] + b.rump * 1.5, t * 0.62, t * 0.66),
    )
    pattern = a.pattern if a.pattern in ("stripes", "spots") else "plain"
    f.add(
        Part(
            "hind leg True",
            (haunch, shin),
            a.base if a.form != "sheep" else lerp(a.belly, (250, 244, 230), 0.4),
            skin="wool" if a.form == "sheep" else a.skin,
            soft=0.014,
            shaggy=0.5,
            cast=0.35,
            pattern=pattern,
            mark=a.second,
        )
    )


def _mid(p: Point, q: Point, t: float = 0.5) -> Point:
    return p[0] + (q[0] - p[0]) * t, p[1] + (q[1] - p[1]) * t


def _keep_bust(f: Figure, head: Place, b: Build) -> None:
    """A portrait shows what belongs to head, throat and shoulders; a tail would float in it."""
    f.drop("tail", "hind", "flame")
    f.left = head.x - 4 * b.head
