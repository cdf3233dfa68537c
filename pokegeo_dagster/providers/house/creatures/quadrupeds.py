"""Animals on four legs, in profile: from weasels to sauropods, and seals, who lie on what they have."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from pokegeo_dagster.film.story.anatomy import Anatomy
from pokegeo_dagster.providers.house.creatures.appendages import mane
from pokegeo_dagster.providers.house.creatures.figure import (
    RGB,
    Eye,
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
from pokegeo_dagster.providers.house.creatures.heads import MOODS, Mood, mammal_head, saurian_head
from pokegeo_dagster.providers.house.creatures.tails import back_growth, tail
from pokegeo_dagster.providers.house.creatures.wings import wing


@dataclass(frozen=True)
class Build:
    """A form's frame, in units: where the legs' length, the trunk's length and the chest's radius
    belong. `rise` is how steeply the neck leaves (radians)."""

    leg: float = 0.40
    length: float = 0.62
    chest: float = 0.18
    waist: float = 0.14
    rump: float = 0.15
    neck: float = 0.22
    rise: float = 0.85
    throat: float = 0.105
    head: float = 0.13
    snout: float = 0.75
    tail: float = 0.48
    tail_thick: float = 0.05
    tail_way: float = 2.7
    tail_curl: float = -0.9
    foot: str = "paw"
    limb: float = 0.060
    face: str = "mammal"
    sprawl: float = 0.0


BUILDS: dict[str, Build] = {
    "canine": Build(),
    "vulpine": Build(leg=0.33, length=0.46, chest=0.150, waist=0.120, rump=0.132, neck=0.15, rise=0.95, throat=0.10,
                    head=0.155, snout=0.50, tail=0.46, tail_thick=0.085, tail_way=2.5, limb=0.050),
    "feline": Build(leg=0.36, length=0.60, chest=0.155, waist=0.130, rump=0.150, neck=0.17, rise=0.7, head=0.13,
                    snout=0.38, tail=0.66, tail_thick=0.036, tail_way=3.3, tail_curl=-1.6, limb=0.055),
    "rodent": Build(leg=0.20, length=0.44, chest=0.17, waist=0.185, rump=0.19, neck=0.09, rise=0.5, throat=0.14,
                    head=0.165, snout=0.55, tail=0.50, tail_thick=0.032, tail_way=3.0, limb=0.045),
    "weasel": Build(leg=0.20, length=0.78, chest=0.125, waist=0.115, rump=0.13, neck=0.20, rise=0.55, throat=0.10,
                    head=0.12, snout=0.55, tail=0.5, tail_thick=0.07, limb=0.045),
    "hoofed": Build(leg=0.52, length=0.60, chest=0.165, waist=0.135, rump=0.15, neck=0.34, rise=1.0, throat=0.085,
                    head=0.105, snout=1.05, tail=0.16, tail_thick=0.035, foot="hoof", limb=0.045),
    "equine": Build(leg=0.52, length=0.66, chest=0.18, waist=0.155, rump=0.175, neck=0.34, rise=0.95, throat=0.115,
                    head=0.115, snout=1.25, tail=0.5, tail_thick=0.06, tail_way=3.6, tail_curl=0.6, foot="hoof", limb=0.052),
    "bovine": Build(leg=0.34, length=0.72, chest=0.245, waist=0.20, rump=0.19, neck=0.14, rise=0.35, throat=0.18,
                    head=0.15, snout=0.75, tail=0.5, tail_thick=0.026, tail_way=3.6, tail_curl=0.5, foot="hoof", limb=0.065),
    "sheep": Build(leg=0.24, length=0.46, chest=0.23, waist=0.24, rump=0.22, neck=0.15, rise=0.75, throat=0.13,
                   head=0.13, snout=0.55, tail=0.2, tail_thick=0.05, foot="hoof", limb=0.045),
    "pig": Build(leg=0.22, length=0.56, chest=0.22, waist=0.22, rump=0.22, neck=0.08, rise=0.2, throat=0.19,
                 head=0.17, snout=0.62, tail=0.14, tail_thick=0.026, tail_curl=-3.0, foot="hoof", limb=0.065),
    "pachyderm": Build(leg=0.30, length=0.64, chest=0.25, waist=0.235, rump=0.23, neck=0.13, rise=0.3, throat=0.2,
                       head=0.175, snout=0.75, tail=0.3, tail_thick=0.05, tail_way=3.5, tail_curl=0.4, foot="pad",
                       limb=0.095, face="saurian"),
    "turtle": Build(leg=0.20, length=0.56, chest=0.19, waist=0.20, rump=0.18, neck=0.18, rise=0.75, throat=0.10,
                    head=0.14, snout=0.55, tail=0.22, tail_thick=0.06, foot="pad", limb=0.085, face="saurian", sprawl=0.04),
    "sauropod": Build(leg=0.34, length=0.56, chest=0.19, waist=0.18, rump=0.18, neck=0.46, rise=1.2, throat=0.085,
                      head=0.115, snout=0.62, tail=0.36, tail_thick=0.09, tail_way=3.3, tail_curl=-0.4, foot="pad",
                      limb=0.075, face="saurian"),
    "saurian": Build(leg=0.24, length=0.58, chest=0.19, waist=0.175, rump=0.18, neck=0.12, rise=0.5, throat=0.15,
                     head=0.185, snout=0.52, tail=0.40, tail_thick=0.09, tail_way=3.2, tail_curl=-0.3, foot="claw",
                     limb=0.075, face="saurian", sprawl=0.04),
    "amphibian": Build(leg=0.18, length=0.46, chest=0.18, waist=0.165, rump=0.16, neck=0.08, rise=0.5, throat=0.17,
                       head=0.2, snout=0.38, tail=0.40, tail_thick=0.10, tail_way=3.0, foot="pad", limb=0.06,
                       face="saurian", sprawl=0.03),
    "bear": Build(leg=0.34, length=0.66, chest=0.25, waist=0.23, rump=0.235, neck=0.16, rise=0.4, throat=0.19,
                  head=0.165, snout=0.6, tail=0.08, tail_thick=0.06, foot="paw", limb=0.095),
    "crocodile": Build(leg=0.2, length=0.8, chest=0.17, waist=0.16, rump=0.16, neck=0.16, rise=0.25, throat=0.14,
                       head=0.15, snout=1.2, tail=0.7, tail_thick=0.1, foot="claw", limb=0.07, face="saurian"),
}  # fmt: skip


@dataclass(frozen=True)
class Stance:
    """What a pose does to the frame. Feet are shifts in leg lengths (near fore, far fore, near hind,
    far hind), each forward and up."""

    drop: float = 0.0  # how far the trunk sinks, in leg lengths
    pitch: float = 0.0
    neck: float = 0.0
    head: float = 0.0
    tail: float = 0.0
    feet: tuple[tuple[float, float], ...] = ((0.02, 0), (0.16, 0), (-0.10, 0), (0.08, 0))
    lying: bool = False


STANCES: dict[str, Stance] = {
    "sheet": Stance(),
    "alert": Stance(pitch=0.05, neck=0.30, head=0.10, tail=-0.25, feet=((0.22, 0.20), (0.10, 0), (-0.08, 0), (0.12, 0))),
    "rest": Stance(drop=1.0, neck=-0.35, head=-0.25, tail=0.5, lying=True),
    "forage": Stance(pitch=-0.16, neck=-1.55, head=-0.35, tail=0.2, feet=((0.22, 0), (0.42, 0), (-0.06, 0), (0.10, 0))),
    "threat": Stance(drop=0.14, pitch=-0.14, neck=-0.30, head=0.12, tail=-0.75,
                     feet=((0.34, 0), (0.14, 0), (-0.30, 0), (-0.08, 0))),
    "call": Stance(pitch=0.10, neck=0.45, head=0.75, tail=-0.1, feet=((0.06, 0), (0.18, 0), (-0.10, 0), (0.06, 0))),
    "travel": Stance(pitch=0.02, neck=-0.22, head=0.05, tail=-0.45,
                     feet=((0.52, 0.10), (-0.22, 0.12), (-0.58, 0.02), (0.30, 0.06))),
    "portrait": Stance(pitch=0.62, neck=0.0, head=-0.42, tail=0.2),
}  # fmt: skip


def quadruped(s: Sitter) -> Figure:
    """The whole animal in its pose."""
    a = s.anatomy
    build = _fit(a, BUILDS.get(a.form, BUILDS["canine"]))
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
    coat = _coat(a)
    _legs(figure, a, build, stance, hip, shoulder, near=False)
    back = [(shoulder[0] - 0.02, shoulder[1] + build.chest * 0.92), (0.0 * c + (hip[0] + shoulder[0]) / 2, (hip[1] + shoulder[1]) / 2 + build.waist * 1.0),
            (hip[0] - 0.05, hip[1] + build.rump * 0.85)]  # fmt: skip
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
    figure.add(_trunk(a, build, hip, shoulder, nape, poll, coat))
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


def _fit(a: Anatomy, b: Build) -> Build:
    """The frame of this species: its girth and its own proportions."""
    stout = 0.86 + 0.28 * a.girth
    return replace(b, leg=b.leg * a.leg * (1.08 - 0.16 * a.girth), chest=b.chest * stout, waist=b.waist * stout,
                   rump=b.rump * stout, neck=b.neck * a.neck, head=b.head * a.head, limb=b.limb * (0.9 + 0.2 * a.girth),
                   throat=b.throat * stout)  # fmt: skip


def _head(s: Sitter, head: Place, mood: Mood, build: Build) -> list[Part | Eye]:
    if build.face == "saurian":
        return saurian_head(s, head, mood, build.snout, 1.1)
    return mammal_head(
        s, head, mood, build.snout, 1.2 if s.anatomy.form in ("pig", "bovine", "bear") else 1.0
    )


def _coat(a: Anatomy) -> dict[str, object]:
    skin = "wool" if a.form == "sheep" else a.skin
    return {"skin": skin, "pattern": a.pattern, "mark": a.second}


def _trunk(
    a: Anatomy, b: Build, hip: Point, shoulder: Point, nape: Point, poll: Point, coat: dict[str, object]
) -> Part:
    mid = ((hip[0] + shoulder[0]) / 2, (hip[1] + shoulder[1]) / 2)
    body = limb((hip[0] - 0.3 * b.rump, hip[1] - 0.02, b.rump * 0.86), (*hip, b.rump), (mid[0], mid[1] + 0.01, b.waist),
                (*shoulder, b.chest), (shoulder[0] + 0.25 * b.chest, shoulder[1] + 0.02, b.chest * 0.9))  # fmt: skip
    neck = limb((shoulder[0] - 0.02, shoulder[1] + 0.04, b.chest * 0.82), (*nape, (b.chest * 0.75 + b.throat) / 2),
                ((nape[0] + poll[0]) / 2, (nape[1] + poll[1]) / 2, b.throat * 1.04), (*poll, b.throat * 0.92))  # fmt: skip
    wool: RGB = lerp(a.belly, (250, 244, 230), 0.4) if a.form == "sheep" else a.base
    tints = [Tint(a.belly, "under", (0.30, 0), (0.12, -1.0), strength=0.85)]
    if a.has("dark_back"):
        tints.append(Tint(a.second, "under", (0.45, 0), (-0.1, 1.0), strength=0.9))
    if a.has("rings_body"):
        tints += [
            Tint(a.accent, "spot", (x, mid[1] + 0.02), (0.05, 0.06), edge=0.01) for x in (hip[0], shoulder[0])
        ]
    flow = np.array([poll, nape, shoulder, mid, hip, (hip[0] - b.rump, hip[1])])
    return Part("trunk", (body, neck), wool, soft=0.022, tints=tuple(tints), flow=flow,
                shaggy=1.5 if a.form in ("sheep",) or a.has("shaggy") else 0.75, **coat)  # type: ignore[arg-type] # fmt: skip


def _ruff(a: Anatomy, b: Build, nape: Point, poll: Point, turn: float) -> list[Part]:
    """The collar of fur at the throat, over the chest."""
    if a.mane not in ("ruff", "collar", "cloak"):
        return []
    at = Place(
        (nape[0] * 0.45 + poll[0] * 0.55), (nape[1] * 0.45 + poll[1] * 0.55), b.throat, turn - math.pi / 2
    )
    locks = tuple(spike(at.at(0.6 * math.cos(t), 0.15 + 0.2 * math.sin(t)), at.at(1.75 * math.cos(t), -0.6 + 1.3 * math.sin(t)), 0.8 * b.throat, 0.1)
                  for t in (-2.9, -2.4, -1.9, -1.45, -1.0, -0.6, -0.2, 0.15))  # fmt: skip
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
    leg = limb((root[0], root[1], b.rump * 0.78), (*_mid(root, knee, 0.6), b.rump * 0.62), (*knee, t * 1.35), (*hock, t * 0.82),
               (foot[0] - 0.01, foot[1] + 0.05, t * 0.78), (foot[0] + 0.01, foot[1] + 0.01, t * 0.74))  # fmt: skip
    _leg(f, a, b, "hind", leg, foot, shade, low, near, root, knee)


def _fore(
    f: Figure, a: Anatomy, b: Build, root: Point, foot: Point, shade: float, low: RGB, near: bool
) -> None:
    elbow = reach(root, foot, 0.46 * (root[1] - 0.02) + 0.04, 0.56 * (root[1] - 0.02) + 0.03, -0.9)
    t = b.limb
    leg = limb((root[0], root[1] + 0.25 * b.chest, b.chest * 0.55), (root[0], root[1], b.chest * 0.52), (*elbow, t * 1.12),
               (*_mid(elbow, foot, 0.55), t * 0.84), (foot[0], foot[1] + 0.05, t * 0.74), (foot[0], foot[1] + 0.01, t * 0.72))  # fmt: skip
    _leg(f, a, b, "fore", leg, foot, shade, low, near, root, elbow)


def _leg(f: Figure, a: Anatomy, b: Build, name: str, leg: object, foot: Point, shade: float, low: RGB, near: bool,
         root: Point, knee: Point) -> None:  # fmt: skip
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
            toes = [spike((x + t * (long * 1.2 + 0.1 * k), y - t * 0.15), (x + t * (long * 1.2 + 0.62 + 0.14 * k), y - t * 0.5), t * 0.20)
                    for k in (-1.6, 0.0, 1.0)]  # fmt: skip
    hip_r = b.rump if name == "hind" else b.chest
    melt = (
        ((root[0], root[1] + 0.62 * hip_r), (root[0] + (knee[0] - root[0]) * 0.15, root[1] - 0.30 * hip_r))
        if near
        else None
    )
    f.add(Part(f"{name} leg {near}", tuple(shapes), colour, skin="fur" if a.form == "sheep" else a.skin, shade=shade, soft=0.012,  # type: ignore[arg-type]
               tints=tuple(tints), pattern=pattern, mark=a.second, shaggy=0.45, melt=melt, cast=0.28, ink=0.8))  # fmt: skip
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
    fore = limb((shoulder[0] - 0.04, shoulder[1] - 0.10 * b.chest, b.chest * 0.5), (shoulder[0] - 0.02, y + 0.03, t * 1.05),
                (shoulder[0] + reach_x * 0.6, y, t * 0.85), (shoulder[0] + reach_x + 0.03 * near, y - 0.01, t * 0.78))  # fmt: skip
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
    f.add(Part("hind leg True", (haunch, shin), a.base if a.form != "sheep" else lerp(a.belly, (250, 244, 230), 0.4),
               skin="wool" if a.form == "sheep" else a.skin, soft=0.014, shaggy=0.5, cast=0.35, pattern=pattern, mark=a.second))  # fmt: skip


def _mid(p: Point, q: Point, t: float = 0.5) -> Point:
    return p[0] + (q[0] - p[0]) * t, p[1] + (q[1] - p[1]) * t


def _keep_bust(f: Figure, head: Place, b: Build) -> None:
    """A portrait shows what belongs to head, throat and shoulders; a tail would float in it."""
    kept = ("tail", "hind", "flame")
    f.items = [i for i in f.items if not (isinstance(i, Part) and i.name.startswith(kept))]
    f.left = head.x - 4 * b.head


def shade_of(colour: RGB, near: bool) -> RGB:
    """The far side of a thing."""
    return colour if near else dim(colour, 0.6)
