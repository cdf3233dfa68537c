"""Animals that swim: fish, sharks, whales, rays, sea horses, and seals and sea monsters on the move."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from pokegeo_dagster.film.story.anatomy import Anatomy
from pokegeo_dagster.providers.house.creatures.appendages import DARK, horns
from pokegeo_dagster.providers.house.creatures.figure import (
    RGB,
    Eye,
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
    spline,
)
from pokegeo_dagster.providers.house.creatures.heads import (
    MOODS,
    MOUTH,
    TOOTH,
    Mood,
    look,
    mammal_head,
    saurian_head,
)
from pokegeo_dagster.providers.house.creatures.tails import back_growth, tail


@dataclass(frozen=True)
class Build:
    """A form's frame: half the body's depth at its deepest, where that is, and the fins' sizes."""

    deep: float = 0.24
    deepest: float = 0.62
    stem: float = 0.05
    fluke: float = 0.34
    dorsal: float = 0.20
    pectoral: float = 0.20


BUILDS: dict[str, Build] = {
    "goldfish": Build(),
    "shark": Build(deep=0.18, deepest=0.68, stem=0.035, fluke=0.36, dorsal=0.24, pectoral=0.30),
    "whale": Build(deep=0.34, deepest=0.72, stem=0.045, fluke=0.26, dorsal=0.0, pectoral=0.26),
}

# How the body is tilted and bent (its tail's swing), by pose.
SWIM: dict[str, tuple[float, float]] = {
    "sheet": (0.0, 0.0), "alert": (0.10, 0.05), "rest": (-0.05, -0.08), "forage": (-0.50, 0.10), "threat": (0.12, -0.16),
    "call": (0.50, -0.08), "travel": (0.04, 0.18), "portrait": (0.05, 0.0),
}  # fmt: skip


def swimmer(s: Sitter) -> Figure:
    """The whole animal in its pose."""
    match s.anatomy.form:
        case "ray":
            return _ray(s)
        case "seahorse":
            return _seahorse(s)
        case "plesiosaur":
            return paddler(s)
    return _fish(s)


def _fish(s: Sitter) -> Figure:
    a = s.anatomy
    b = BUILDS.get(a.form, BUILDS["goldfish"])
    mood = MOODS[s.pose]
    tilt, bend = SWIM[s.pose]
    deep = b.deep * (0.62 + 0.6 * a.girth)
    p = Place(0.0, 0.5, 1.0, tilt)
    xs = np.linspace(0, 1, 15)
    profile = np.where(
        xs < b.deepest,
        b.stem + (deep - b.stem) * np.sin(np.clip(xs / b.deepest, 0, 1) * math.pi / 2) ** 1.5,
        deep * np.sqrt(np.clip(1 - ((xs - b.deepest) / (1.02 - b.deepest)) ** 2, 0, 1)) * 0.98 + 0.02,
    )
    mid = bend * (1 - xs) ** 2
    spine = np.column_stack([xs - 0.5, mid])
    upper = spine + np.column_stack([np.zeros_like(xs), profile])
    lower = spine - np.column_stack([np.zeros_like(xs), profile * (1.0 if a.form != "shark" else 0.85)])
    outline = np.vstack([upper, lower[::-1]])
    figure = Figure()
    f = figure.add
    fin: RGB = a.accent
    flare = {"threat": 1.3, "alert": 1.1, "travel": 0.8, "rest": 0.8}.get(s.pose, 1.0)
    f(*_fin(p.inside(0.14, -deep * 0.70, b.pectoral * 0.9, -2.35), "fin far", fin, 0.6, flare))
    f(_fluke(a, p.inside(-0.49, mid[0], b.fluke * a.tail, math.pi / 2 + bend * 1.6), fin, flare))
    if b.dorsal:
        f(_dorsal(a, p, spine, profile, b.dorsal * flare, fin))
    f(*_fin(p.inside(-0.18, -deep * 0.62, b.pectoral * 0.8, -2.6), "fin vent", fin, 0.85, flare))
    f(*horns(a, p.inside(0.30, deep * 0.1, 0.16), True))
    body = p.all([tuple(v) for v in outline])
    tints = [Tint(a.belly, "under", (0.18, 0), (-math.sin(tilt) * -1.0, -1.0))]
    if a.has("mask"):
        tints.append(Tint(a.second, "spot", p.at(0.36, 0.04), (0.2, deep * 0.5), tilt, edge=0.03))
    skin = a.skin if a.skin != "fur" else "scales"
    f(Part("body", (sheet(*[tuple(v) for v in body]),), a.base, skin=skin, soft=0.008, tints=tuple(tints),
           pattern=a.pattern if a.pattern != "mask" else "plain", mark=a.second, shaggy=0.2,
           flow=np.array([p.at(float(x), float(y)) for x, y in spine[::-1]])))  # fmt: skip
    gill = [
        p.at(0.24 + 0.03 * math.cos(t) * 2 - 0.03, deep * 0.55 * math.sin(t))
        for t in np.linspace(-1.3, 1.1, 7)
    ]
    f(
        Part(
            "gill",
            (limb(*[(x, y, 0.006) for x, y in gill]),),
            dim(lerp(a.base, DARK, 0.5), 0.8),
            soft=0.002,
            cast=0,
            ink=0,
            alpha=0.75,
        )
    )
    f(*_fish_mouth(a, p, deep, mood))
    f(*_fin(p.inside(0.16, -deep * 0.28, b.pectoral, -2.75 + 0.3 * (flare - 1)), "fin near", fin, 1.0, flare))
    if a.has("whiskers") or a.has("barbels"):
        for k in (0, 1):
            root = p.at(0.42 - 0.04 * k, -deep * 0.25)
            feeler = limb(
                (*root, 0.014),
                (root[0] + 0.10, root[1] - 0.10, 0.012),
                (root[0] + 0.02 - 0.1 * k, root[1] - 0.26, 0.004),
            )
            f(Part(f"barbel {k}", (feeler,), a.accent, skin="hide", soft=0.001))
    if a.has("lure"):
        stalk = limb(
            (*p.at(0.30, deep * 0.9), 0.014),
            (*p.at(0.44, deep * 0.9 + 0.22), 0.010),
            (*p.at(0.58, deep * 0.9 + 0.16), 0.01),
        )
        f(
            Part("stalk", (stalk,), a.base, soft=0.001),
            Part(
                "lure",
                (oval(*p.at(0.60, deep * 0.9 + 0.14), 0.055, 0.055),),
                a.glow or a.accent,
                skin="hide",
                glow=1.0,
            ),
        )
    if a.has("spines"):
        thorns = tuple(spike(p.at(math.cos(t) * 0.36, math.sin(t) * deep * 0.75), p.at(math.cos(t) * 0.56, math.sin(t) * deep * 1.35), 0.03)
                       for t in np.linspace(0.6, 5.7, 12))  # fmt: skip
        figure.items.insert(0, Part("spines", thorns, a.belly, skin="shell", soft=0.002))
    eye_x = 0.335 if a.form != "whale" else 0.30
    f(
        look(
            a,
            mood,
            p.at(eye_x, deep * (0.26 if a.form != "whale" else -0.02)),
            min(0.13, deep * 0.55),
            tilt,
            0.95,
        )
    )
    if s.pose == "portrait":
        figure.cut = p.y - deep * 1.0
    return figure


def _fish_mouth(a: Anatomy, p: Place, deep: float, mood: Mood) -> list[Part]:
    lip: RGB = lerp(a.belly, (214, 150, 130), 0.45) if not a.has("jaws") else lerp(a.base, DARK, 0.6)
    if mood.mouth > 0.3 or a.has("gape"):
        r = deep * 0.30
        out = [(0.40, 0.02), (0.50, r * 0.9 - 0.03), (0.53, -0.05), (0.48, -r * 1.25), (0.36, -r * 0.9)]
        parts = [Part("mouth", (sheet(*p.all(out)),), MOUTH, skin="slime", soft=0.006, cast=0, bulge=0.2)]
        if a.has("jaws"):
            teeth = tuple(
                spike(p.at(0.38 + 0.036 * k, 0.02 + 0.006 * k), p.at(0.385 + 0.036 * k, -0.05), 0.016)
                for k in range(4)
            )
            parts.append(Part("teeth", teeth, TOOTH, skin="shell", soft=0.001, cast=0))
        rim = limb(
            *p.all(
                [
                    (0.36, -r * 0.9, 0.018),
                    (0.49, -r * 1.3, 0.022),
                    (0.535, -0.05, 0.014),
                    (0.505, r * 0.9 - 0.03, 0.024),
                    (0.40, 0.02, 0.016),
                ]
            )
        )
        return [*parts, Part("lips", (rim,), lip, skin="slime", soft=0.003, cast=0.2)]
    line = limb(
        *p.all([(0.505, -deep * 0.20, 0.010), (0.46, -deep * 0.30, 0.008), (0.40, -deep * 0.28, 0.006)])
    )
    parts = [Part("mouth", (line,), lerp(a.base, DARK, 0.75), soft=0.001, cast=0, ink=0)]
    if a.has("lips"):
        parts.append(
            Part(
                "lips",
                (oval(*p.at(0.505, -deep * 0.14), 0.03, 0.045), oval(*p.at(0.49, -deep * 0.34), 0.03, 0.035)),
                lip,
                skin="slime",
                soft=0.004,
            )
        )
    return parts


def _rays(
    p: Place, pts: list[tuple[float, float]], tone: RGB, name: str, shade: float, root: tuple[float, float]
) -> Part:
    """A fin as a thin membrane with rays and a darker rim."""
    line = spline(p.all(pts), closed=True, steps=6)
    base = np.array(p.at(*root))
    tints = [
        Tint(dim(tone, 0.6), "ramp", tuple(base), tuple(line.mean(axis=0) * 1.6 - base * 0.6), strength=0.45)
    ]
    far = np.argsort(-np.hypot(*(line - base).T))
    reach = float(np.hypot(*(line[far[0]] - base)))
    for v in line[:: max(1, len(line) // 16)]:
        if np.hypot(*(v - base)) < 0.45 * reach:
            continue
        n = np.array([-(v - base)[1], (v - base)[0]])
        n = n / max(float(np.hypot(*n)), 1e-6) * 0.0028
        tints.append(
            Tint(
                dim(tone, 0.55),
                "area",
                outline=np.array([base + n, v + n * 0.4, v - n * 0.4, base - n]),
                edge=0.003,
                strength=0.7,
            )
        )
    from pokegeo_dagster.providers.house.creatures.figure import Sheet

    return Part(
        name,
        (Sheet(line),),
        tone,
        skin="hide",
        soft=0.003,
        bulge=0.22,
        shade=shade,
        tints=tuple(tints),
        cast=0.35,
    )


def _fin(p: Place, name: str, tone: RGB, shade: float, flare: float) -> list[Part]:
    out = [
        (0.0, 0.12),
        (0.45, 0.26 * flare),
        (0.95, 0.30 * flare),
        (1.0, 0.05),
        (0.75, -0.16 * flare),
        (0.30, -0.16),
    ]
    return [_rays(p, out, tone, name, shade, (0.0, 0.0))]


def _fluke(a: Anatomy, p: Place, tone: RGB, flare: float) -> Part:
    if a.form == "shark":
        out = [
            (0.10, -0.15),
            (-0.15, 0.30),
            (-1.05 * flare, 0.80),
            (-0.45, 0.62),
            (0.0, 0.42),
            (0.42, 0.60),
            (0.72 * flare, 0.66),
            (0.22, 0.20),
        ]
    elif a.form == "whale":
        out = [
            (0.12, -0.2),
            (-0.2, 0.25),
            (-0.85, 0.55),
            (-0.45, 0.62),
            (0.0, 0.45),
            (0.45, 0.62),
            (0.85, 0.55),
            (0.2, 0.25),
        ]
    else:
        out = [(0.12, -0.22), (-0.30, 0.22), (-0.80 * flare, 0.80), (-0.52 * flare, 1.0), (-0.05, 0.62), (0.10, 0.62), (0.52 * flare, 1.0),
               (0.80 * flare, 0.80), (0.34, 0.22)]  # fmt: skip
    return _rays(p, out, tone, "tail fin", 1.0, (0.0, -0.25))


def _dorsal(a: Anatomy, p: Place, spine: np.ndarray, profile: np.ndarray, size: float, tone: RGB) -> Part:
    i0, i1 = (5, 11) if a.form != "shark" else (7, 10)
    top = [(float(spine[i, 0]), float(spine[i, 1] + profile[i] - 0.03)) for i in range(i0, i1 + 1)]
    if a.has("crown_fin"):
        crest = [(top[0][0] - 0.05, top[0][1] + size * 0.7), (top[1][0], top[1][1] + size * 0.55), (top[2][0] - 0.02, top[2][1] + size * 1.3),
                 (top[3][0], top[3][1] + size * 0.6), (top[4][0] + 0.02, top[4][1] + size * 1.0), (top[5][0] + 0.02, top[5][1] + size * 0.3)]  # fmt: skip
    elif a.form == "shark":
        crest = [(top[0][0] - 0.06, top[0][1] + size * 0.95), (top[1][0] - 0.06, top[1][1] + size * 1.05)]
    else:
        crest = [
            (x - 0.05, y + size * k)
            for (x, y), k in zip(top, (0.55, 0.85, 1.0, 0.95, 0.7, 0.2), strict=False)
        ]
    pts = [top[0], *crest, *top[:0:-1]]
    middle = top[len(top) // 2]
    return _rays(p, pts, tone, "dorsal fin", 1.0, (middle[0], middle[1] - 0.1))


def _ray(s: Sitter) -> Figure:
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
        Part(
            "wing far", (sheet(*p.all(far)),), dim(a.base, 0.8), skin="hide", soft=0.01, bulge=0.35, shade=0.8
        )
    )
    body = limb(*p.all([(-0.36, 0.0, 0.06), (-0.1, 0.02, 0.15), (0.18, 0.02, 0.13), (0.32, 0.0, 0.07)]))
    figure.add(
        Part(
            "wing near",
            (sheet(*p.all(near)),),
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
                (limb(*p.all([(0.28, v, 0.035), (0.42, v * 1.3, 0.028), (0.46, v - 0.05, 0.012)])),),
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


def _seahorse(s: Sitter) -> Figure:
    a = s.anatomy
    mood = MOODS[s.pose]
    tilt = {"rest": -0.20, "forage": -0.45, "threat": 0.10, "call": 0.25, "travel": -0.30}.get(s.pose, 0.0)
    base = Place(0.0, 0.50, 1.0, tilt)
    figure = Figure()
    head = base.inside(
        0.10, 0.36, 0.145 * a.head, {"call": 0.4, "forage": -0.3}.get(s.pose, -0.1) - tilt * 0.6
    )
    curl = limb(*base.all([(-0.04, -0.14, 0.10), (-0.02, -0.32, 0.065), (0.10, -0.44, 0.05), (0.20, -0.40, 0.042), (0.20, -0.30, 0.034),
                           (0.12, -0.29, 0.026)]))  # fmt: skip
    spines = [tuple(v) for v in base.all([(-0.02, 0.40), (-0.15, 0.20), (-0.17, 0.0), (-0.12, -0.2)])]
    figure.add(*back_growth(a, np.array(spines), 0.13, front=False))
    figure.add(
        *_fin(
            base.inside(-0.10, 0.06, 0.22, 2.8),
            "back fin",
            a.accent,
            0.95,
            1.2 if s.pose == "threat" else 1.0,
        )
    )
    trunk = limb(
        *base.all([(0.06, 0.32, 0.085), (-0.02, 0.16, 0.115), (0.02, 0.0, 0.135), (-0.03, -0.16, 0.095)])
    )
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
        figure.items = [i for i in figure.items if not (isinstance(i, Part) and i.name.startswith("tail"))]
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
    f(Part("trunk", (trunk, stem), a.base, skin=a.skin, soft=0.02, tints=(Tint(a.belly, "under", (0.30, 0), (0.35, -1.0)),), shaggy=0.3,
           pattern=a.pattern if a.pattern in ("spots", "patches") else "plain", mark=a.second))  # fmt: skip
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
        figure.items = [
            i
            for i in figure.items
            if not (isinstance(i, Part) and i.name.startswith(("tail", "flipper", "shell", "knobs")))
        ]
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
    out = limb(*p.all([(0.0, 0.0, 0.20), (0.45, 0.04, 0.20), (0.85, -0.02, 0.12), (1.05, -0.06, 0.03)]))
    return [Part(name, (out,), tone, skin="hide", soft=0.008, shade=shade, cast=0.4, bulge=0.7)]


__all__ = ["Eye", "paddler", "swimmer"]
