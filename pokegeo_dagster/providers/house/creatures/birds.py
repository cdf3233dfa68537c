"""Birds and bats: perched, walking, and on the wing."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from pokegeo_dagster.film.story.anatomy import Anatomy
from pokegeo_dagster.providers.house.creatures.appendages import ear
from pokegeo_dagster.providers.house.creatures.figure import (
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
    spike,
)
from pokegeo_dagster.providers.house.creatures.heads import MOODS, bird_head, facing_head, mammal_head
from pokegeo_dagster.providers.house.creatures.wings import wing


@dataclass(frozen=True)
class Build:
    """A form's frame. `slope` is how upright it sits (radians above level)."""

    leg: float = 0.20
    length: float = 0.34
    body: float = 0.17
    neck: float = 0.08
    throat: float = 0.11
    head: float = 0.125
    beak: str = "cone"
    beak_length: float = 0.75
    slope: float = 0.65
    wing: float = 0.62
    tail: float = 0.34
    tail_width: float = 0.10
    feathers: int = 5


BUILDS: dict[str, Build] = {
    "songbird": Build(),
    "raptor": Build(leg=0.20, length=0.40, body=0.165, neck=0.10, throat=0.105, head=0.11, beak="hook",
                    beak_length=0.95, slope=0.80, wing=0.86, tail=0.42, tail_width=0.12),
    "phoenix": Build(leg=0.22, length=0.40, body=0.155, neck=0.20, throat=0.08, head=0.095, beak="hook",
                     beak_length=1.05, slope=0.72, wing=1.0, tail=0.80, tail_width=0.17, feathers=6),
    "owl": Build(leg=0.14, length=0.36, body=0.21, neck=0.02, throat=0.18, head=0.19, beak="hook",
                 beak_length=0.5, slope=1.2, wing=0.62, tail=0.20, tail_width=0.10),
    "runner": Build(leg=0.46, length=0.26, body=0.18, neck=0.30, throat=0.045, head=0.10, beak="spear",
                    beak_length=1.6, slope=0.45, wing=0.30, tail=0.18),
    "waterbird": Build(leg=0.20, length=0.38, body=0.165, neck=0.24, throat=0.055, head=0.095, beak="bill",
                       beak_length=1.3, slope=0.30, wing=0.72, tail=0.20),
    "bat": Build(leg=0.07, length=0.16, body=0.13, neck=0.0, throat=0.12, head=0.15, beak="bat", slope=0.9,
                 wing=0.85, tail=0.0),
}  # fmt: skip


@dataclass(frozen=True)
class Stance:
    slope: float = 0.0
    neck: float = 0.0
    head: float = 0.0
    crouch: float = 0.0  # share of the legs folded under the body
    aloft: bool = False
    stride: float = 0.0


STANCES: dict[str, Stance] = {
    "sheet": Stance(),
    "alert": Stance(slope=0.22, neck=0.30, head=0.10),
    "rest": Stance(slope=-0.30, neck=-0.15, head=-0.20, crouch=0.85),
    "forage": Stance(slope=-0.95, neck=-1.55, head=-0.85, crouch=0.15),
    "threat": Stance(slope=-0.15, neck=-0.15, head=-0.05, crouch=0.1, stride=0.25),
    "call": Stance(slope=0.30, neck=0.30, head=0.55),
    "travel": Stance(slope=-0.50, neck=-0.60, head=-0.05, aloft=True),
    "portrait": Stance(slope=0.1),
}


def bird(s: Sitter) -> Figure:
    """The whole bird in its pose."""
    a = s.anatomy
    if a.form == "bat":
        return _bat(s)
    b = _fit(a, BUILDS.get(a.form, BUILDS["songbird"]))
    st, mood = STANCES[s.pose], MOODS[s.pose]
    aloft = st.aloft and a.form != "runner"
    slope = max(-0.35, b.slope + st.slope)
    leg = b.leg * (1 - st.crouch)
    centre = (0.0, (0.42 if aloft else leg + b.body * 0.80))
    half = b.length / 2
    breast = (centre[0] + math.cos(slope) * half, centre[1] + math.sin(slope) * half)
    rump = (centre[0] - math.cos(slope) * half, centre[1] - math.sin(slope) * half)
    way = slope * 0.5 + 0.75 + st.neck
    nape = (breast[0] + math.cos(slope) * b.body * 0.25, breast[1] + b.body * 0.30)
    poll = (nape[0] + math.cos(way) * b.neck, nape[1] + math.sin(way) * b.neck)
    if s.pose == "forage":
        poll = (nape[0] + b.neck * 0.6 + 0.03, max(b.head * 0.95, nape[1] - b.neck - b.body * 0.5))
    head = Place(
        poll[0] + 0.3 * b.head, poll[1] + 0.35 * b.head * (1 if s.pose != "forage" else -0.2), b.head, st.head
    )
    figure = Figure()
    f = figure.add
    root = Place(
        (breast[0] + centre[0]) / 2 + 0.02, (breast[1] + centre[1]) / 2 + b.body * 0.35, b.wing * a.wing_size
    )
    open_ = s.pose in ("threat", "travel", "call", "alert")
    folded = s.pose in ("rest", "forage", "sheet", "portrait")
    if not folded:
        f(*wing(a, root, s.pose, near=False, kind="feather"))
    for n in range(a.has("two_heads") + 2 * a.has("three_heads")):
        extra = Place(
            head.x - 0.10 * (n + 1), head.y + (0.07 if n == 0 else -0.05), head.scale, head.turn + 0.2 * n
        )
        neck = limb(
            (*nape, b.throat),
            ((nape[0] + extra.x) / 2, (nape[1] + extra.y) / 2, b.throat * 0.8),
            (extra.x, extra.y, b.throat * 0.9),
        )
        f(Part(f"neck {n}", (neck,), a.base, skin=a.skin, soft=0.01, shade=0.7, shaggy=0.4))
        f(*bird_head(s, extra, mood, b.beak, b.beak_length))
    _legs(figure, a, b, st, centre, near=False, aloft=aloft)
    f(*_tail(a, b, rump, slope, s.pose))
    body = limb(
        (*rump, b.body * 0.55),
        (centre[0] - 0.02, centre[1] - 0.01, b.body),
        (*breast, b.body * 0.86),
        (*nape, (b.body * 0.6 + b.throat) / 2),
    )
    neck = limb(
        (*breast, b.body * 0.7),
        (*nape, b.throat * 1.1),
        ((nape[0] + poll[0]) / 2, (nape[1] + poll[1]) / 2, b.throat),
        (*poll, b.throat * 0.95),
    )
    tints = [Tint(a.belly, "under", (0.15, 0), (0.75, -0.75), strength=0.92)]
    if a.has("chest_mark"):
        tints.append(Tint(a.accent, "spot", breast, (b.body * 0.5, b.body * 0.6), slope, edge=0.03))
    f(Part("trunk", (body, neck), a.base, skin=a.skin, soft=0.016, tints=tuple(tints), shaggy=0.55,
           pattern=a.pattern if a.pattern in ("spots", "bands") else "plain", mark=a.second,
           flow=np.array([(head.x, head.y), poll, nape, breast, centre, rump])))  # fmt: skip
    _legs(figure, a, b, st, centre, near=True, aloft=aloft)
    if a.mane in ("ruff", "collar"):
        locks = tuple(
            spike(
                poll,
                (poll[0] + math.cos(t) * b.throat * 2.3, poll[1] - 0.03 + math.sin(t) * b.throat * 1.9),
                b.throat * 0.7,
            )
            for t in (-2.6, -2.1, -1.6, -1.1, -0.6)
        )
        f(
            Part(
                "ruff",
                locks,
                a.belly if a.mane == "ruff" else a.accent,
                skin="feathers",
                soft=0.012,
                shaggy=1.0,
            )
        )
    f(*bird_head(s, head, mood, b.beak if not a.has("bill") else "bill", b.beak_length))
    f(*(_folded(a, b, root, slope) if folded else wing(a, root, s.pose, near=True, kind="feather")))
    assert open_ != folded
    if s.pose == "portrait":
        figure.cut = head.y - 2.1 * b.head
        figure.drop("tail", "leg")
    return figure


def _fit(a: Anatomy, b: Build) -> Build:
    stout = 0.88 + 0.24 * a.girth
    return replace(
        b,
        leg=b.leg * a.leg,
        body=b.body * stout,
        neck=b.neck * a.neck,
        head=b.head * a.head,
        tail=b.tail * a.tail,
    )


def _tail(a: Anatomy, b: Build, rump: Point, slope: float, pose: str) -> list[Part]:
    """A fan of long feathers, wider in flight and in anger."""
    fan = {"threat": 1.0, "travel": 0.55, "call": 0.4}.get(pose, 0.18)
    way = math.pi + slope * 0.75
    parts = []
    tone = a.accent if a.has("accent_tail") else a.second
    for i in range(b.feathers):
        t = i / (b.feathers - 1) * 2 - 1
        p = Place(rump[0], rump[1] + 0.02, b.tail, way + t * fan * 0.7)
        w = b.tail_width * 0.42 / max(b.tail, 0.1)
        long = 1.0 - 0.12 * t * t
        curl = 0.10 * t if a.form == "phoenix" else 0.0
        out = [
            (0, -w * 0.4),
            (0.45 * long, -w + curl * 0.3),
            (0.9 * long, -w * 0.8 + curl),
            (long, curl * 1.3),
            (0.9 * long, w * 0.8 + curl),
            (0.45 * long, w + curl * 0.3),
        ]
        flow = np.array([p.at(0, 0), p.at(long, curl)])
        dark = Tint(dim(tone, 0.65), "ramp", p.at(0.55, 0), p.at(1.0, 0))
        parts.append(
            Part(
                f"tail {i}",
                (p.sheet(*out),),
                lerp(a.base, tone, 0.7),
                skin="feathers",
                soft=0.004,
                bulge=0.3,
                tints=(dark,),
                flow=flow,
                shaggy=0.2,
                cast=0.3,
            )
        )
    return parts


def _folded(a: Anatomy, b: Build, root: Place, slope: float) -> list[Part]:
    """A wing laid along the flank: shoulder, coverts, and the long tips crossing over the rump."""
    p = Place(root.x + 0.02, root.y - b.body * 0.28, b.length * 1.25, math.pi + slope * 0.9)
    tip = a.accent if a.has("accent_wings") else a.second
    parts = []
    rows = (
        (6, 0.12, 0.95, 0.105, tip),
        (6, 0.04, 0.68, 0.12, lerp(a.base, tip, 0.5)),
        (5, -0.06, 0.46, 0.14, lerp(a.base, tip, 0.12)),
    )
    for row, (count, start, reach_, width, tone) in enumerate(rows):
        for i in range(count):
            t = i / (count - 1)
            f = p.inside(start, -0.20 + 0.34 * t, turn=-0.16 + 0.30 * t)
            long = reach_ * (1.0 - 0.22 * (1 - t) if row == 0 else 1.0 - 0.1 * t)
            out = [
                (0, -width * 0.6),
                (long * 0.5, -width * 0.72),
                (long * 0.92, -width * 0.4),
                (long, 0),
                (long * 0.9, width * 0.42),
                (long * 0.4, width * 0.7),
            ]
            shape = f.sheet(*out)
            dark = Tint(dim(tone, 0.68), "ramp", f.at(long * 0.4, 0), f.at(long, 0))
            parts.append(
                Part(
                    f"wing True {row} {i}",
                    (shape,),
                    tone,
                    skin="feathers",
                    soft=0.005,
                    bulge=0.35,
                    tints=(dark,),
                    flow=np.array([f.at(0, 0), f.at(long, 0)]),
                    shaggy=0.15,
                    cast=0.3,
                )
            )
    cap = oval(*p.at(0.05, -0.03), b.length * 0.26, b.length * 0.28, p.turn)
    parts.append(
        Part(
            "wing True cap",
            (cap,),
            a.base,
            skin="feathers",
            soft=0.012,
            shaggy=0.5,
            cast=0.15,
            ink=0.4,
            flow=np.array([p.at(-0.2, 0), p.at(0.4, 0)]),
        )
    )
    return parts


def _legs(f: Figure, a: Anatomy, b: Build, st: Stance, centre: Point, near: bool, aloft: bool) -> None:
    shade, side = (1.0, -1) if near else (0.62, 1)
    tone = a.accent if a.has("accent_legs") else lerp((214, 166, 92), a.second, 0.25)
    r = 0.016 + 0.012 * a.girth
    hip = (centre[0] + 0.02 + side * 0.03, centre[1] - b.body * 0.55)
    if aloft:
        foot = (hip[0] - 0.17, hip[1] - 0.06 + 0.02 * side)
    else:
        foot = (hip[0] + 0.03 + side * (0.03 + st.stride * b.leg), r)
    thigh_end = reach(hip, foot, b.leg * 0.5, b.leg * 0.62, -1.0)
    thigh = limb((*hip, b.body * 0.42), (*thigh_end, r * 1.6))
    shank = limb((*thigh_end, r * 1.1), (*foot, r))
    toes = []
    for ang, long in ((0.15, 0.085), (-0.12, 0.095), (-0.45, 0.07), (2.9, 0.05)):
        if aloft:
            ang -= 1.9
        toes.append(
            limb(
                (*foot, r * 0.95),
                (
                    foot[0] + math.cos(ang) * long * 0.6,
                    max(r * 0.6, foot[1] + math.sin(ang) * long * 0.3),
                    r * 0.8,
                ),
                (
                    foot[0] + math.cos(ang) * long,
                    max(r * 0.4, foot[1] + math.sin(ang) * long * 0.5 - 0.006),
                    r * 0.25,
                ),
            )
        )
    f.add(Part(f"leg shank {near}", (shank, *toes), tone, skin="scales", shade=shade, soft=0.003))
    f.add(
        Part(
            f"leg thigh {near}",
            (thigh,),
            lerp(a.base, a.belly, 0.4),
            skin=a.skin,
            shade=shade,
            soft=0.012,
            shaggy=0.5,
            cast=0.3,
            ink=0.5,
        )
    )


def _bat(s: Sitter) -> Figure:
    """Bats and their kin: body and face between two wings, hovering."""
    a = s.anatomy
    mood = MOODS[s.pose]
    figure = Figure()
    y = 0.42
    face = Place(
        0.06, y + 0.06, 0.17 * a.head, {"call": 0.45, "forage": -0.45, "rest": -0.2}.get(s.pose, 0.0)
    )
    size = 0.80 * a.wing_size
    pose = "alert" if s.pose == "sheet" else s.pose
    figure.add(
        *wing(a, Place(0.05, y + 0.05, size), pose, near=False, kind="bat" if a.wings == "none" else None)
    )
    body = limb((0.05, y + 0.05, 0.13), (-0.02, y - 0.10, 0.10), (-0.08, y - 0.24, 0.035))
    legs = (limb((-0.02, y - 0.16, 0.03), (0.0, y - 0.30, 0.018), (0.03, y - 0.36, 0.006)),)
    figure.add(Part("legs", legs, dim(a.base, 0.75), skin=a.skin, soft=0.004))
    figure.add(
        Part(
            "trunk",
            (body,),
            a.base,
            skin=a.skin,
            soft=0.012,
            tints=(Tint(a.belly, "under", (0.3, 0), (0.6, -0.6)),),
            shaggy=0.6,
        )
    )
    if a.has("front_face"):
        r = face.scale
        figure.add(
            *ear(a, face.inside(0.1, 0), False, mood.lay), *ear(a, face.inside(-0.3, 0), True, mood.lay)
        )
        figure.add(
            Part("head", (oval(face.x, face.y, 1.05 * r, r),), a.base, skin=a.skin, soft=0.01, shaggy=0.5)
        )
        figure.add(*facing_head(s, face, mood))
    else:
        figure.add(*mammal_head(s, face, mood, 0.35))
    figure.add(
        *wing(a, Place(-0.03, y + 0.06, size), pose, near=True, kind="bat" if a.wings == "none" else None)
    )
    if s.pose == "portrait":
        figure.cut = face.y - 1.7 * face.scale
    return figure
