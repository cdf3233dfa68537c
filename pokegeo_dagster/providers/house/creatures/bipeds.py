"""Animals on two legs: upright reptiles in profile, and everyone else seen three-quarter from the right."""

from __future__ import annotations

import math

import numpy as np

from pokegeo_dagster.film.story.anatomy import Anatomy
from pokegeo_dagster.providers.house.creatures.appendages import mane
from pokegeo_dagster.providers.house.creatures.biped_frames import BUILDS, STANCES, Build, Stance, fitted
from pokegeo_dagster.providers.house.creatures.faces import front_head
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
from pokegeo_dagster.providers.house.creatures.heads import MOODS, Mood, bird_head, mammal_head, saurian_head
from pokegeo_dagster.providers.house.creatures.tails import back_growth, tail
from pokegeo_dagster.providers.house.creatures.wings import wing


def biped(s: Sitter) -> Figure:
    """The whole animal in its pose."""
    a = s.anatomy
    b = fitted(a, BUILDS.get(a.form, BUILDS["humanoid"]))
    st, mood = STANCES[s.pose], MOODS[s.pose]
    profile = b.face in ("saurian", "mammal", "bird")
    leg = b.leg
    pelvis = (0.0, (b.hip * 0.80 if st.sit else leg + 0.40 * b.hip))
    lean = b.lean + st.lean * (1.0 if b.face != "body" else 0.35)
    up = math.pi / 2 - lean
    chest = (pelvis[0] + math.cos(up) * b.torso, pelvis[1] + math.sin(up) * b.torso)
    way = up + st.neck - (0.12 if profile else 0.0)
    nape = (chest[0] + math.cos(up) * b.chest * 0.55, chest[1] + math.sin(up) * b.chest * 0.55)
    poll = (nape[0] + math.cos(way) * b.neck, nape[1] + math.sin(way) * b.neck)
    sink = 0.45 if b.face != "body" else 0.0
    head = Place(poll[0] + math.cos(way) * b.head * sink + (0.25 * b.head if profile else 0.12 * b.head),
                 poll[1] + math.sin(way) * b.head * (sink + 0.15), b.head,
                 st.head + (0 if st.lean < 0.5 else -0.1))  # fmt: skip
    if b.face == "body":
        head = Place(
            (pelvis[0] + chest[0]) / 2, (pelvis[1] + chest[1]) / 2 + 0.06, b.head, st.head * 0.4 - lean * 0.4
        )
    figure = Figure()
    f = figure.add
    back = np.array(
        [
            (chest[0] - b.chest * 0.80, chest[1] + 0.35 * b.chest),
            (chest[0] - b.chest * 1.0, chest[1] - 0.15 * b.torso),
            (pelvis[0] - b.hip * 0.98, pelvis[1] + 0.1),
        ]
    )
    shoulder = (chest[0] + math.cos(up) * b.chest * 0.25, chest[1] + math.sin(up) * b.chest * 0.25)
    if a.wings != "none":
        f(*wing(a, Place(shoulder[0] - 0.04, shoulder[1], 0.62 * a.wing_size), s.pose, near=False))
    _arm(figure, a, b, st, shoulder, near=False, pose=s.pose)
    _leg(figure, a, b, st, pelvis, near=False)
    f(
        *tail(
            a,
            (pelvis[0] - b.hip * 0.55, pelvis[1] - 0.1 * b.hip),
            b.tail_way + st.tail,
            b.tail,
            b.tail_r,
            b.tail_curl,
        )
    )
    f(*back_growth(a, back, 0.17 + 0.3 * b.chest, front=False))
    if a.back in ("shell",):
        shell = oval(
            (pelvis[0] + chest[0]) / 2 - b.hip * 0.52,
            (pelvis[1] + chest[1]) / 2 + 0.02,
            b.hip * 0.78,
            b.torso * 0.88,
            lean * -1,
        )
        f(Part("shell", (shell,), a.second, skin="shell", soft=0.008))
    if a.wings != "none" and profile:
        f(*wing(a, Place(shoulder[0] - 0.05, shoulder[1], 0.68 * a.wing_size), s.pose, near=True))
    f(_body(a, b, pelvis, chest, nape, poll, profile))
    if a.back in ("bulb", "flower", "hump", "tree"):
        f(*back_growth(a, back, 0.2, front=True))
    if a.wings != "none" and not profile:
        f(*wing(a, Place(shoulder[0] - b.chest * 0.7, shoulder[1], 0.68 * a.wing_size), s.pose, near=True))
    _leg(figure, a, b, st, pelvis, near=True)
    f(*_collar(a, b, nape, head))
    f(*mane(a, head, math.pi * 0.85))
    f(*_head(s, head, mood, b))
    _arm(figure, a, b, st, shoulder, near=True, pose=s.pose)
    if s.pose == "portrait":
        figure.cut = head.y - (1.9 if b.face != "body" else 0.75) * b.head
        figure.drop("tail", "flame", "leg", "foot")
    return figure


def _head(s: Sitter, head: Place, mood: Mood, b: Build) -> list[Part | Eye]:
    match b.face:
        case "saurian":
            return saurian_head(s, head, mood, b.snout, 1.1)
        case "mammal":
            return mammal_head(s, head, mood, b.snout)
        case "bird":
            return bird_head(s, head, mood, "bill" if s.anatomy.has("bill") else "hook", b.snout)
    return front_head(s, head, mood, b.snout, on_body=b.face == "body")


def _body(a: Anatomy, b: Build, pelvis: Point, chest: Point, nape: Point, poll: Point, profile: bool) -> Part:
    mid = ((pelvis[0] + chest[0]) / 2, (pelvis[1] + chest[1]) / 2)
    waist = (b.hip + b.chest) / 2 * (1.02 if a.girth > 0.5 else 0.90)
    trunk = limb(
        (pelvis[0], pelvis[1] - 0.02, b.hip * 0.88),
        (*pelvis, b.hip),
        (*mid, waist),
        (*chest, b.chest),
        (*nape, b.chest * 0.72),
    )
    neck = limb((*chest, b.chest * 0.7), (*nape, (b.chest * 0.6 + b.throat) / 2), (*poll, b.throat))
    if a.has("torso_plates"):
        tints = [
            Tint(a.belly, "spot", (mid[0] + b.hip * 0.45, mid[1]), (b.hip * 0.75, b.torso * 0.85), edge=0.02)
        ]
    elif profile:
        tints = [Tint(a.belly, "under", (0.34, 0), (1.0, -0.25), strength=0.95)]
    elif a.has("no_belly"):
        tints = []
    else:
        tints = [
            Tint(
                a.belly,
                "spot",
                (mid[0] + b.hip * 0.24, mid[1] - 0.02),
                (b.hip * 0.70, b.torso * 0.5 + b.hip * 0.62),
                edge=0.03,
            )
        ]
    if a.has("chest_mark"):
        tints.append(
            Tint(
                a.accent,
                "spot",
                (chest[0] + b.chest * 0.3, chest[1]),
                (b.chest * 0.5, b.chest * 0.35),
                edge=0.015,
            )
        )
    if a.has("back_stripes"):
        for k in (0.75, 0.35):
            y = pelvis[1] + (chest[1] - pelvis[1]) * k
            tints.append(
                Tint(a.second, "spot", (mid[0] - b.hip * 0.95, y), (b.hip * 0.62, 0.028), edge=0.012)
            )
    pattern = a.pattern if a.pattern != "mask" else "plain"
    return Part(
        "trunk",
        (trunk, neck),
        a.base,
        skin=a.skin,
        soft=0.02,
        tints=tuple(tints),
        pattern=pattern,
        mark=a.second,
        shaggy=1.3 if a.has("shaggy") else 0.6,
        flow=np.array([poll, nape, chest, mid, pelvis, (pelvis[0], pelvis[1] - b.hip)]),
    )


def _collar(a: Anatomy, b: Build, nape: Point, head: Place) -> list[Part]:
    if a.mane not in ("ruff", "collar", "cloak"):
        return []
    r = b.throat * 1.5 + 0.02
    locks = tuple(
        spike(
            (nape[0], nape[1]),
            (nape[0] + math.cos(t) * r * 2.0, nape[1] - 0.02 + math.sin(t) * r * 1.5),
            r * 0.7,
        )
        for t in (-2.9, -2.4, -1.95, -1.5, -1.05, -0.6, -0.15)
    )
    colour: RGB = a.belly if a.mane == "ruff" else a.accent
    return [Part("ruff", locks, colour, skin="fur", soft=0.012, shaggy=1.2)]


def _arm(f: Figure, a: Anatomy, b: Build, st: Stance, shoulder: Point, near: bool, pose: str) -> None:
    if b.arm < 0.02 or a.has("no_arms"):
        return
    angle, stretch = st.arms[0 if near else 1]
    if b.face != "saurian" and not near:
        root = (shoulder[0] + b.chest * 0.62, shoulder[1] - 0.02)
    elif b.face == "saurian":
        root = (shoulder[0] + b.chest * (0.25 if near else 0.45), shoulder[1] - b.chest * 0.55)
    else:
        root = (shoulder[0] - b.chest * 0.66, shoulder[1] - 0.02)
        angle = (
            angle
            if pose in ("forage", "travel")
            else math.pi - angle
            if angle > 0
            else -math.pi - angle + 0.9 * (pose in ("rest",))
        )
        if pose in ("sheet", "portrait", "alert"):
            angle = -1.75
    if b.face == "body":
        root = (root[0] * 0.98 if near else root[0], root[1] - b.chest * 0.35)
    hand = (
        root[0] + math.cos(angle) * b.arm * stretch,
        max(b.arm_r, root[1] + math.sin(angle) * b.arm * stretch),
    )
    bend = -1.0 if (near and b.face != "saurian" and pose not in ("forage", "travel")) else 1.0
    elbow = reach(root, hand, b.arm * 0.5, b.arm * 0.52, bend * (-1.0 if b.face == "saurian" else 1.0))
    r, shade = b.arm_r, 1.0 if near else 0.62
    tone: RGB = a.accent if a.has("gloves") else a.base
    arm = limb((*root, r * 1.25), (*elbow, r * 0.95), (*hand, r * 0.9))
    tints = (Tint(tone, "along", (0.72, 2.0), edge=0.02),) if a.has("gloves") else ()
    dx, dy = hand[0] - elbow[0], hand[1] - elbow[1]
    p = Place(hand[0], hand[1], r, math.atan2(dy, dx))
    if b.hand == "flipper":
        flat = limb((*root, r * 0.9), (*elbow, r * 1.25), (*hand, r * 0.25))
        f.add(Part(f"arm {near}", (flat,), a.base, skin=a.skin, shade=shade, soft=0.008, bulge=0.5, cast=0.4))
        return
    shapes: list[Limb] = [arm]
    if b.hand in ("hand", "fist", "claw", "paw"):
        long = {"hand": 1.5, "fist": 0.7, "claw": 1.1, "paw": 0.7}[b.hand]
        fat = {"hand": 0.34, "fist": 0.62, "claw": 0.40, "paw": 0.42}[b.hand]
        for k in (-0.6, 0.0, 0.6):
            q = p.inside(0.35, k * 0.55, turn=k * 0.55)
            shapes.append(q.limb((0, 0, fat * 1.1), (long * 0.6, 0, fat), (long, -0.1, fat * 0.7)))
        shapes.append(p.limb((-0.1, 0, 0.9), (0.5, 0, 1.0)))
    melt = (
        ((root[0], root[1] + r * 1.3), (root[0] + (elbow[0] - root[0]) * 0.3, root[1] - r * 0.2))
        if near and b.face != "body"
        else None
    )
    f.add(
        Part(
            f"arm {near}",
            tuple(shapes),
            a.base,
            skin=a.skin,
            shade=shade,
            soft=0.008,
            tints=tints,
            shaggy=0.35,
            cast=0.42,
            melt=melt,
            pattern=a.pattern if a.pattern in ("stripes", "bands", "rings") else "plain",
            mark=a.second,
        )
    )
    if b.hand == "claw" and not a.has("no_claws"):
        nails = []
        for k in (-0.6, 0.0, 0.6):
            q = p.inside(0.35, k * 0.55, turn=k * 0.55)
            nails.append(
                spike(q.at(1.0, -0.1), q.at(1.0 + (1.1 if a.has("claws") else 0.6), -0.25), 0.26 * r)
            )
        f.add(Part(f"claws {near}", tuple(nails), (232, 224, 204), skin="shell", shade=shade, soft=0.001))


def _leg(f: Figure, a: Anatomy, b: Build, st: Stance, pelvis: Point, near: bool) -> None:
    shade = 1.0 if near else 0.60
    r = b.leg_r
    side = -1 if near else 1
    wide = b.stance if b.face != "saurian" else b.stance * 0.5
    tone: RGB = a.second if a.has("socks") else a.belly if a.has("pale_socks") else a.base
    if st.sit:
        hip = (pelvis[0] + side * wide * 0.5 + 0.05, pelvis[1] - 0.3 * b.hip)
        foot = (
            pelvis[0] + b.hip * 0.9 + 0.35 * b.leg + (0.0 if near else 0.06),
            r * 0.8 + (0 if near else 0.02),
        )
        thigh = limb(
            (*hip, r * 1.5),
            ((hip[0] + foot[0]) / 2, max(hip[1] * 0.9, r) + 0.04, r * 1.25),
            (*foot, r * 0.85),
        )
        sole = oval(foot[0] + r * 0.4, foot[1] + r * 0.25, r * 0.75, b.foot * 0.66, -0.35)
        f.add(
            Part(f"leg {near}", (thigh,), a.base, skin=a.skin, shade=shade, soft=0.012, shaggy=0.4, cast=0.4)
        )
        f.add(Part(f"foot {near}", (sole,), lerp(tone, a.belly, 0.35), skin="hide", shade=shade, soft=0.006))
        return
    x, y = st.feet[0 if near else 1]
    hip = (pelvis[0] + side * wide * 0.75, pelvis[1] - 0.12 * b.hip)
    foot = (pelvis[0] + side * wide + x * b.leg, r * 0.55 + y * b.leg)
    upper = b.leg * 0.55 + 0.1 * b.hip
    if b.face in ("saurian", "bird"):
        hock = (foot[0] - 0.13 * b.leg - 0.035, foot[1] + 0.36 * b.leg)
        knee = reach(hip, hock, upper, upper * 0.82, 1.0)
        leg = limb(
            (hip[0], hip[1] + 0.02, b.hip * 0.66),
            (*knee, r * 1.30),
            (*hock, r * 0.72),
            (foot[0], foot[1], r * 0.62),
        )
    else:
        knee = reach(hip, foot, upper, upper, 1.0)
        leg = limb(
            (hip[0], hip[1] + 0.02, max(r * 1.3, b.hip * 0.42)),
            (*knee, r * 1.02),
            (foot[0], foot[1] + 0.02, r * 0.78),
        )
    sole = limb(
        (foot[0] - 0.22 * b.foot, foot[1] - 0.1 * r, r * 0.52),
        (foot[0] + 0.35 * b.foot, foot[1] - 0.05 * r, r * 0.60),
        (foot[0] + 0.85 * b.foot, foot[1] - 0.2 * r, r * 0.40),
    )
    melt = ((hip[0], hip[1] + b.hip * 0.55), (hip[0], hip[1] - 0.12 * b.hip)) if near else None
    tints = (
        [Tint(tone, "ramp", (foot[0], foot[1] + 0.45 * b.leg), (foot[0], foot[1] + 0.25 * b.leg))]
        if tone != a.base
        else []
    )
    f.add(
        Part(
            f"leg {near}",
            (leg, sole),
            a.base,
            skin=a.skin,
            shade=shade,
            soft=0.011,
            shaggy=0.4,
            cast=0.32,
            melt=melt,
            tints=tuple(tints),
            pattern=a.pattern if a.pattern in ("stripes", "bands") else "plain",
            mark=a.second,
        )
    )
    if b.hand == "claw" or a.has("claws"):
        toes = tuple(
            spike(
                (foot[0] + b.foot * (0.72 + 0.08 * k), foot[1] - 0.2 * r),
                (foot[0] + b.foot * (1.12 + 0.06 * k), foot[1] - 0.52 * r),
                r * 0.22,
            )
            for k in (-2.2, 0.0, 2.2)
        )
        f.add(Part(f"foot claws {near}", toes, (232, 224, 204), skin="shell", shade=shade, soft=0.001))
