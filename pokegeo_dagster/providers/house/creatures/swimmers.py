"""Swimmers that are no fish: mantas, sea horses, seals and plesiosaurs."""

from __future__ import annotations

import math

import numpy as np

from pokegeo_dagster.providers.house.creatures.figure import (
    RGB,
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
from pokegeo_dagster.providers.house.creatures.fins import side_fin
from pokegeo_dagster.providers.house.creatures.heads import MOODS, Mood, look, mammal_head, saurian_head
from pokegeo_dagster.providers.house.creatures.tails import back_growth, tail


def manta(s: Sitter) -> Figure:
    """A manta seen from above and ahead, its wings beating."""
    a = s.anatomy
    beat = {
        "sheet": 0.10,
        "alert": 0.30,
        "rest": -0.15,
        "forage": 0.0,
        "threat": 0.45,
        "call": 0.35,
        "travel": -0.30,
        "portrait": 0.15,
    }[s.pose]
    p = Place(0.0, 0.5, 1.0, {"forage": -0.35, "call": 0.35}.get(s.pose, 0.0))
    figure = Figure()
    figure.add(*tail(a, p.at(-0.34, 0.0), math.pi + p.turn, 0.42, 0.022, 0.3))
    far = [
        (0.20, 0.06),
        (0.05, 0.30 + beat * 0.5),
        (-0.12, 0.55 + beat),
        (-0.22, 0.28 + beat * 0.4),
        (-0.32, 0.04),
    ]
    near = [
        (0.26, -0.02),
        (0.16, -0.24 + beat * 0.25),
        (-0.02, -0.58 + beat * 0.6),
        (-0.20, -0.30 + beat * 0.2),
        (-0.34, -0.02),
    ]
    figure.add(
        Part("wing far", (p.sheet(*far),), dim(a.base, 0.8), skin="hide", soft=0.01, bulge=0.35, shade=0.8)
    )
    body = p.limb((-0.36, 0.0, 0.06), (-0.1, 0.02, 0.15), (0.18, 0.02, 0.13), (0.32, 0.0, 0.07))
    figure.add(
        Part(
            "wing near",
            (p.sheet(*near),),
            a.base,
            skin="hide",
            soft=0.01,
            bulge=0.4,
            tints=(Tint(a.belly, "ramp", p.at(0, -0.2), p.at(0, -0.6), strength=0.5),),
        )
    )
    figure.add(
        Part("body", (body,), a.base, skin="hide", soft=0.02, tints=(Tint(a.belly, "under", (0.4, 0)),))
    )
    for v in (0.06, -0.05):
        figure.add(
            Part(
                f"lobe {v}",
                (p.limb((0.28, v, 0.035), (0.42, v * 1.3, 0.028), (0.46, v - 0.05, 0.012)),),
                a.base,
                skin="hide",
            )
        )
    rings = tuple(Tint(a.accent, "spot", p.at(-0.05, v), (0.06, 0.045), edge=0.01) for v in (0.08, -0.04))
    figure.add(
        Part(
            "back marks",
            (oval(*p.at(-0.05, 0.02), 0.12, 0.11),),
            a.base,
            skin="hide",
            tints=rings,
            ink=0,
            cast=0,
            alpha=0.9,
        )
    )
    figure.add(look(a, MOODS[s.pose], p.at(0.24, 0.05), 0.085, p.turn))
    if s.pose == "portrait":
        figure.cut = 0.5 - 0.16
    return figure


def seahorse(s: Sitter) -> Figure:
    """A sea horse, upright, its tail curled under it."""
    a = s.anatomy
    mood = MOODS[s.pose]
    tilt = {"rest": -0.20, "forage": -0.45, "threat": 0.10, "call": 0.25, "travel": -0.30}.get(s.pose, 0.0)
    base = Place(0.0, 0.50, 1.0, tilt)
    figure = Figure()
    head = base.inside(
        0.10, 0.36, 0.145 * a.head, {"call": 0.4, "forage": -0.3}.get(s.pose, -0.1) - tilt * 0.6
    )
    curl = base.limb(
        (-0.04, -0.14, 0.10),
        (-0.02, -0.32, 0.065),
        (0.10, -0.44, 0.05),
        (0.20, -0.40, 0.042),
        (0.20, -0.30, 0.034),
        (0.12, -0.29, 0.026),
    )
    spines = [tuple(v) for v in base.all([(-0.02, 0.40), (-0.15, 0.20), (-0.17, 0.0), (-0.12, -0.2)])]
    figure.add(*back_growth(a, np.array(spines), 0.13, front=False))
    figure.add(
        *side_fin(
            base.inside(-0.10, 0.06, 0.22, 2.8),
            "back fin",
            a.accent,
            0.95,
            1.2 if s.pose == "threat" else 1.0,
        )
    )
    trunk = base.limb((0.06, 0.32, 0.085), (-0.02, 0.16, 0.115), (0.02, 0.0, 0.135), (-0.03, -0.16, 0.095))
    figure.add(
        Part("tail body", (curl,), a.base, skin=a.skin, soft=0.006, pattern="rings", mark=dim(a.base, 0.8))
    )
    figure.add(
        Part(
            "trunk",
            (trunk,),
            a.base,
            skin=a.skin,
            soft=0.016,
            tints=(Tint(a.belly, "under", (0.2, 0), (1.0, -0.1)),),
        )
    )
    figure.add(*saurian_head(s, head, Mood(0.15 if mood.mouth > 0.3 else 0, mood.eye, mood.lay), 1.15, 0.62))
    if s.pose == "portrait":
        figure.cut = head.y - 2.2 * head.scale
        figure.drop("tail")
    return figure


def paddler(s: Sitter) -> Figure:
    """Long necks and flippers: lapras, and seals, who lie on the shore."""
    a = s.anatomy
    mood = MOODS[s.pose]
    seal = a.form == "seal"
    neck = (0.12 if seal else 0.42) * a.neck
    lift = {"alert": 0.12, "rest": -0.55, "forage": -1.0, "threat": -0.10, "call": 0.15}.get(s.pose, 0.0)
    head_turn = {"rest": -0.1, "forage": -0.55, "call": 0.6, "alert": 0.1}.get(s.pose, 0.0)
    r = 0.19 * (0.85 + 0.35 * a.girth)
    figure = Figure()
    f = figure.add
    y = r * 0.98
    rise = 1.25 + lift
    chest = (0.24, y + 0.02)
    nape = (chest[0] + 0.10, chest[1] + r * (0.75 if seal else 0.55))
    poll = (nape[0] + math.cos(rise) * neck, max(0.12, nape[1] + math.sin(rise) * neck))
    size = (0.15 if seal else 0.105) * a.head
    head = Place(poll[0] + size * 0.4, max(poll[1] + size * 0.3, size * 0.9), size, head_turn)
    flip: RGB = a.base
    f(*_flipper(chest[0] - 0.02, y - 0.3 * r, -0.75, 0.26, flip, 0.6, "flipper far fore"))
    f(*tail(a, (-0.36, y * 0.75), math.pi + (0.25 if s.pose != "travel" else -0.1), 0.26, r * 0.42, -0.5))
    if seal and a.tail_tip == "none":
        f(*_flipper(-0.42, r * 0.5, math.pi - 0.25, 0.22, flip, 0.9, "flipper tail"))
    if not seal:
        f(*_flipper(-0.24, y - 0.4 * r, -2.35, 0.24, flip, 0.6, "flipper far hind"))
    trunk = limb(
        (-0.42, y * 0.62, r * 0.42),
        (-0.22, y * 0.92, r * 0.88),
        (0.04, y, r),
        (*chest, r * 0.92),
        (*nape, r * (0.7 if seal else 0.5)),
    )
    throat = size * (0.85 if seal else 0.62)
    stem = limb(
        (*chest, r * 0.75),
        (*nape, (r * 0.6 + throat) / 2),
        ((nape[0] + poll[0]) / 2 + 0.01, (nape[1] + poll[1]) / 2, throat),
        (*poll, throat * 0.95),
    )
    f(
        Part(
            "trunk",
            (trunk, stem),
            a.base,
            skin=a.skin,
            soft=0.02,
            tints=(Tint(a.belly, "under", (0.30, 0), (0.35, -1.0)),),
            shaggy=0.3,
            pattern=a.pattern if a.pattern in ("spots", "patches") else "plain",
            mark=a.second,
        )
    )
    back = np.array([(0.20, y + 0.86 * r), (-0.05, y + 0.98 * r), (-0.28, y * 0.9 + 0.6 * r)])
    f(*back_growth(a, back, r * 1.25, front=True))
    if a.has("shell_knobs"):
        knobs = tuple(
            spike((x, y + r * 0.95), (x - 0.01, y + r * (1.55 - abs(x) * 0.6)), 0.045)
            for x in (-0.22, -0.08, 0.06, 0.18)
        )
        f(Part("knobs", knobs, dim(a.second, 0.8), skin="shell", soft=0.003))
    if not seal:
        f(*_flipper(-0.20, y - 0.55 * r, -2.15, 0.28, flip, 1.0, "flipper hind"))
    f(
        *_flipper(
            chest[0] - 0.06,
            y - 0.45 * r,
            -1.05 if s.pose != "travel" else -2.0,
            0.30,
            flip,
            1.0,
            "flipper fore",
        )
    )
    f(*(mammal_head(s, head, mood, 0.35, 1.2) if seal else saurian_head(s, head, mood, 0.62, 1.0)))
    if s.pose == "portrait":
        figure.cut = head.y - 2.1 * size
        figure.drop("tail", "flipper", "shell", "knobs")
    return figure


def _flipper(x: float, y: float, way: float, length: float, tone: RGB, shade: float, name: str) -> list[Part]:
    p = Place(x, y, length, way)
    foot = p.at(1.0, 0)
    if foot[1] < 0.012:
        p = Place(
            x,
            y,
            length,
            math.asin(max(-1.0, min(1.0, (0.02 - y) / length))) * (1 if math.cos(way) > 0 else -1)
            + (0 if math.cos(way) > 0 else math.pi),
        )
    out = p.limb((0.0, 0.0, 0.20), (0.45, 0.04, 0.20), (0.85, -0.02, 0.12), (1.05, -0.06, 0.03))
    return [Part(name, (out,), tone, skin="hide", soft=0.008, shade=shade, cast=0.4, bulge=0.7)]
