"""Wings of every make, folded or spread as the pose asks. A wing's unit is its length when spread."""

from __future__ import annotations

import math

import numpy as np

from pokegeo_dagster.film.story.anatomy import Anatomy
from pokegeo_dagster.providers.house.creatures.figure import (
    RGB,
    Part,
    Place,
    Sheet,
    Tint,
    dim,
    lerp,
    oval,
    spline,
)

# How far wings are open, 0–1, and where they point (radians above straight back), by pose.
SPREAD: dict[str, tuple[float, float]] = {
    "sheet": (0.42, 0.75), "alert": (0.55, 0.95), "rest": (0.0, 0.05), "forage": (0.08, 0.12),
    "threat": (1.0, 1.25), "call": (0.62, 1.05), "travel": (1.0, 0.95), "portrait": (0.35, 0.75),
}  # fmt: skip


def wing(a: Anatomy, root: Place, pose: str, near: bool, kind: str | None = None) -> list[Part]:
    """One wing growing from `root`, reaching back and up. The far one is darker and turned a little."""
    spread, raise_ = SPREAD[pose]
    if not near:
        raise_ += 0.30 if spread > 0.2 else 0.05
        root = Place(root.x + 0.12 * root.scale * (0.4 + spread), root.y + 0.02, root.scale * 0.94, root.turn)
    shade = 1.0 if near else 0.64
    match kind or a.wings:
        case "bat":
            return _bat(a, root, spread, raise_, shade, near)
        case "feather":
            return _feather(a, root, spread, raise_, shade, near)
        case "insect":
            return _insect(a, root, spread, raise_, shade, near)
        case "butterfly":
            return _butterfly(a, root, spread, raise_, shade, near)
        case "fin":
            return _fin(a, root, spread, raise_, shade, near)
    return []


def _bat(a: Anatomy, root: Place, spread: float, raise_: float, shade: float, near: bool) -> list[Part]:
    p = root.inside(0, 0, turn=math.pi - raise_ - 0.15)  # u runs out along the arm, −v is its leading edge
    elbow = (0.30, -0.10 + 0.05 * spread)
    wrist = (0.62, -0.16 - 0.06 * spread)
    open_ = 0.22 + 0.78 * spread
    tips = []
    for ang, r in ((-0.10, 0.62), (0.50, 0.66), (1.05, 0.66), (1.60, 0.58)):
        t = -0.12 + ang * open_
        tips.append((wrist[0] + math.cos(t) * r, wrist[1] + math.sin(t) * r))
    inner = (0.04 + 0.14 * spread, 0.34 * open_ + 0.05)
    edge: list[tuple[float, float]] = [(0.0, -0.05), elbow, wrist, tips[0]]
    for q, w in zip(tips, [*tips[1:], inner], strict=True):
        mid = ((q[0] + w[0]) / 2, (q[1] + w[1]) / 2)
        pull = 0.24
        edge += [(mid[0] + (wrist[0] * 0.7 - mid[0]) * pull, mid[1] + (wrist[1] * 0.7 - mid[1]) * pull), w]
    outline: list[tuple[float, float]] = []
    flip = [(u, -v) for u, v in edge]
    for i, q in enumerate(flip):
        outline.append(q)
        if i >= 3 and i % 2 == 1 and i + 2 < len(flip):
            b, c = flip[i + 1], flip[i + 2]
            for t in (0.25, 0.5, 0.75):
                outline.append(((1 - t) ** 2 * q[0] + 2 * t * (1 - t) * b[0] + t * t * c[0],
                                (1 - t) ** 2 * q[1] + 2 * t * (1 - t) * b[1] + t * t * c[1]))  # fmt: skip
    outline = [
        q for i, q in enumerate(outline) if not (q in flip and flip.index(q) >= 4 and flip.index(q) % 2 == 0)
    ]
    skin_tone: RGB = a.accent
    q = np.array([p.at(*xy) for xy in outline])
    shadow = Tint(dim(skin_tone, 0.62), "ramp", p.at(0.9, 0), p.at(0.1, 0))
    name = f"wing {near}"
    parts = [Part(f"{name} skin", (Sheet(q),), skin_tone, skin="hide", soft=0.007, bulge=0.22, shade=shade,
                  tints=(shadow,), cast=0.35)]  # fmt: skip
    bones = [p.limb((0, 0.04, 0.055), (elbow[0], -elbow[1], 0.045), (wrist[0], -wrist[1], 0.036))]
    for u, v in tips:
        bones.append(
            p.limb(
                (wrist[0], -wrist[1], 0.024),
                ((wrist[0] + u) / 2, -(wrist[1] + v) / 2 + 0.02, 0.018),
                (u, -v, 0.006),
            )
        )
    bones.append(p.limb((wrist[0], -wrist[1], 0.02), (wrist[0] + 0.05, -wrist[1] + 0.13, 0.005)))
    parts.append(Part(f"{name} bones", tuple(bones), a.base, skin="hide", soft=0.004, shade=shade, cast=0.3))
    return parts


def _feather(a: Anatomy, root: Place, spread: float, raise_: float, shade: float, near: bool) -> list[Part]:
    p = root.inside(0, 0, turn=math.pi - raise_)
    tip_tone: RGB = a.accent if a.has("accent_wings") else a.second
    name = f"wing {near}"
    parts: list[Part] = []
    open_ = 0.16 + 0.84 * spread
    wrist = (0.42 + 0.06 * spread, 0.10 * spread)
    rows = (
        ("primaries", 9, 0.66, 0.080, tip_tone, 0.0),
        ("secondaries", 8, 0.46, 0.080, lerp(a.base, tip_tone, 0.55), 0.0),
        ("coverts", 9, 0.27, 0.075, lerp(a.base, tip_tone, 0.15), 0.0),
    )  # fmt: skip
    for row, count, length, width, tone, _ in rows:
        for i in range(count):
            t = i / (count - 1)  # 0 near the body, 1 at the leading tip
            u, v = wrist[0] * t, wrist[1] * t - 0.02
            if row == "primaries":
                u, v = wrist[0] * (0.55 + 0.45 * t), wrist[1] * (0.55 + 0.45 * t) - 0.01
            lean = (1.0 - t) * (1.75 if row != "primaries" else 1.35) * open_ + 0.02
            reach_ = length * (0.72 + 0.28 * t if row == "primaries" else 0.9 + 0.1 * math.sin(math.pi * t))
            f = p.inside(u, v, turn=lean)
            out = [
                (0, -width * 0.4),
                (reach_ * 0.45, -width * 0.62),
                (reach_ * 0.9, -width * 0.42),
                (reach_, 0.0),
                (reach_ * 0.9, width * 0.34),
                (reach_ * 0.4, width * 0.5),
            ]
            shape = f.sheet(*out)
            dark = Tint(dim(tone, 0.7), "ramp", f.at(reach_ * 0.5, 0), f.at(reach_, 0))
            quill = np.array([f.at(0, 0), f.at(reach_, 0)])
            parts.append(
                Part(
                    f"{name} {row} {i}",
                    (shape,),
                    tone,
                    skin="feathers",
                    soft=0.004,
                    bulge=0.3,
                    shade=shade,
                    tints=(dark,),
                    flow=quill,
                    shaggy=0.15,
                    cast=0.30,
                    ink=0.8,
                )
            )
    arm = p.limb(
        (0.0, 0.0, 0.085),
        (wrist[0] * 0.6, wrist[1] * 0.5 - 0.01, 0.075),
        (wrist[0] + 0.05, wrist[1], 0.05),
        (wrist[0] + 0.26, wrist[1] * 0.9 - 0.03, 0.018),
    )
    parts.append(
        Part(f"{name} arm", (arm,), a.base, skin="feathers", soft=0.01, shade=shade, shaggy=0.5, cast=0.2)
    )
    return parts


def _insect(a: Anatomy, root: Place, spread: float, raise_: float, shade: float, near: bool) -> list[Part]:
    parts = []
    tone: RGB = lerp(a.belly, (226, 236, 242), 0.6)
    for i, (lean, length) in enumerate(((0.30, 0.85), (-0.22, 1.0))):
        p = root.inside(0, 0, turn=math.pi - max(0.18, raise_) - lean * (0.3 + spread))
        out = [
            (0, 0.0),
            (0.35 * length, 0.14),
            (0.8 * length, 0.15),
            (length, 0.02),
            (0.75 * length, -0.10),
            (0.3 * length, -0.05),
        ]
        vein = Tint(dim(tone, 0.55), "along", (0.0, 0.02), edge=0.01)
        parts.append(
            Part(
                f"wing {near} {i}",
                (p.sheet(*out),),
                tone,
                skin="leaf",
                soft=0.003,
                bulge=0.15,
                shade=shade,
                alpha=0.62,
                cast=0.1,
                tints=(vein,),
                flow=np.array([p.at(0, 0), p.at(length, 0.02)]),
            )
        )
    return parts


def _butterfly(a: Anatomy, root: Place, spread: float, raise_: float, shade: float, near: bool) -> list[Part]:
    p = root.inside(0, 0, turn=math.pi - max(0.55, raise_) + 0.1)
    tone: RGB = a.accent
    rim = a.second if not a.has("pale_wings") else dim(a.second, 0.8)
    upper = [
        (0, 0),
        (0.25, 0.16),
        (0.62, 0.38),
        (1.0, 0.42),
        (1.08, 0.12),
        (0.86, -0.16),
        (0.45, -0.18),
        (0.1, -0.08),
    ]
    lower = [(0, -0.02), (0.4, -0.1), (0.72, -0.3), (0.68, -0.62), (0.4, -0.72), (0.14, -0.4)]
    k = 0.62 + 0.38 * spread  # narrower as they close
    parts = []
    for name, out in (("lower", lower), ("upper", upper)):
        pts = [(u, v * (k if near else k * 0.9)) for u, v in out]
        line = spline(p.all(pts), closed=True)
        middle = line.mean(axis=0)
        cell = middle + (line - middle) * 0.72
        tints = [Tint(tone, "area", outline=cell, edge=0.02)]
        for j in range(3):
            v = line[int(len(line) * (0.36 + 0.12 * j))]
            spot = middle + (v - middle) * 0.86
            tints.append(Tint(lerp(a.belly, (255, 255, 255), 0.4), "spot", (float(spot[0]), float(spot[1])),
                              (0.035 * root.scale * 2, 0.028 * root.scale * 2), edge=0.008))  # fmt: skip
        for j in range(4):
            v = line[int(len(line) * (0.25 + 0.14 * j))]
            base = np.array(p.at(0, 0))
            n = np.array([-(v - base)[1], (v - base)[0]])
            n = n / max(float(np.hypot(*n)), 1e-6) * 0.005
            tints.append(
                Tint(
                    rim,
                    "area",
                    outline=np.array([base + n, v + n, v - n, base - n]),
                    edge=0.004,
                    strength=0.8,
                )
            )
        parts.append(
            Part(
                f"wing {near} {name}",
                (Sheet(line),),
                rim,
                skin="hide",
                soft=0.005,
                bulge=0.18,
                shade=shade,
                tints=tuple(tints),
                cast=0.25,
            )
        )
    return parts


def _fin(a: Anatomy, root: Place, spread: float, raise_: float, shade: float, near: bool) -> list[Part]:
    p = root.inside(0, 0, turn=math.pi - raise_ * 0.6)
    out = [
        (0, 0.08),
        (0.3, 0.28 + 0.2 * spread),
        (0.75, 0.3 + 0.2 * spread),
        (0.62, 0.12),
        (0.72, 0.0),
        (0.5, -0.05),
        (0, -0.08),
    ]
    tint = Tint(dim(a.accent, 0.65), "ramp", p.at(0.35, 0), p.at(0.75, 0.1))
    return [Part(f"wing {near}", (p.sheet(*out),), a.accent, skin="hide", soft=0.004, bulge=0.25, shade=shade,
                 tints=(tint,), cast=0.3)]  # fmt: skip


def elytra(a: Anatomy, at: Place, near: bool) -> Part:
    """A beetle's wing case."""
    shape = oval(at.x, at.y, 0.5 * at.scale, 0.28 * at.scale, at.turn)
    return Part(f"wing case {near}", (shape,), a.base, skin="chitin", soft=0.004)
