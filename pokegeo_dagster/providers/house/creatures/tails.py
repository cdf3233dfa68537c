"""Tails and their tips, flames, and what grows on backs."""

from __future__ import annotations

import math

import numpy as np

from pokegeo_dagster.film.story.anatomy import Anatomy
from pokegeo_dagster.providers.house.creatures.figure import (
    RGB,
    Part,
    Place,
    Point,
    Sheet,
    Tint,
    dim,
    lerp,
    limb,
    oval,
    sheet,
    spike,
    spline,
)

LEAF: RGB = (86, 142, 64)


def tail(
    a: Anatomy, root: Point, way: float, length: float, thick: float, curl: float, wave: float = 0.0
) -> list[Part]:
    """A tail from `root`, leaving in direction `way` (radians, π is straight back), turning by `curl`
    over its length. Its tip is the species'."""
    length *= a.tail
    if length <= 0.02:
        return []
    n = 7
    rows: list[tuple[float, float, float]] = []
    x, y, turn = root[0], root[1], way
    bushy = a.tail_tip in ("bushy", "many", "feather")
    for i in range(n):
        t = i / (n - 1)
        r = thick * (
            (0.55 + 1.5 * math.sin(math.pi * min(1.0, t * 0.86 + 0.06)) ** 1.2) if bushy else (1 - 0.78 * t)
        )
        rows.append((x, y, max(r, thick * 0.16)))
        turn += (curl + wave * math.cos(t * 5)) / (n - 1)
        x += math.cos(turn) * length / (n - 1)
        y += math.sin(turn) * length / (n - 1)
    if a.tail_tip == "bolt":
        return _bolt(a, root, way, length, thick)
    if a.tail_tip == "many":
        return _many(a, root, way, length, thick)
    if bushy:
        rows[-1] = (*rows[-1][:2], thick * 0.2)
    tip = Place(rows[-1][0], rows[-1][1], thick, turn - math.pi / 2)
    parts = _tip(a, tip, length)
    tints: list[Tint] = []
    if bushy and a.has("pale_tail_tip"):
        tints.append(Tint(a.belly, "along", (0.66, 2.0), edge=0.03))
    if bushy and a.has("dark_tail_tip"):
        tints.append(Tint(a.second, "along", (0.66, 2.0), edge=0.03))
    if a.has("ringed_tail"):
        tints += [Tint(a.second, "along", (t, t + 0.12), edge=0.012) for t in (0.2, 0.45, 0.7)]
    if not bushy and a.skin in ("scales", "hide"):
        tints.append(Tint(a.belly, "under", (0.35, 0), (0.1, -1.0)))
    pattern = a.pattern if a.pattern in ("rings", "bands", "stripes") else "plain"
    body = Part(
        "tail", (limb(*rows),), a.accent if a.has("accent_tail") else a.base, skin=a.skin, soft=0.006,
        tints=tuple(tints), pattern=pattern, mark=a.second, shaggy=1.7 if bushy else 0.6,
    )  # fmt: skip
    return [*parts, body] if a.tail_tip in ("flame",) else [body, *parts]


def _tip(a: Anatomy, tip: Place, length: float) -> list[Part]:
    k = max(1.0, length * 0.32 / tip.scale)
    p = Place(tip.x, tip.y, tip.scale * k, tip.turn)
    accent = a.accent
    match a.tail_tip:
        case "flame":
            return flame(a, p.x, p.y, p.scale * 1.15, 0.12)
        case "leaf":
            shape = p.sheet((0, -0.3), (-0.5, 0.4), (-0.1, 1.4), (0.5, 0.5))
            return [Part("tail tip", (shape,), accent, skin="leaf", soft=0.003)]
        case "fluke" | "fan":
            wide = 0.85 if a.tail_tip == "fluke" else 1.15
            out = [(0, -0.3), (-0.5 * wide, 0.35), (-wide, 1.05), (-0.15, 0.72), (0.15, 0.72), (wide, 1.05),
                   (0.5 * wide, 0.35)]  # fmt: skip
            tints = (Tint(dim(accent, 0.65), "ramp", p.at(0, 0.3), p.at(0, 1.0)),)
            return [Part("tail tip", (p.sheet(*out),), accent, skin="hide", soft=0.006, tints=tints)]
        case "tuft":
            locks = tuple(
                spike(p.at(0, -0.1), p.at(u, v), 0.26 * p.scale)
                for u, v in ((-0.35, 0.7), (0, 0.95), (0.35, 0.7))
            )
            return [Part("tail tip", locks, a.second, skin="fur", soft=0.008, shaggy=1.4)]
        case "ball":
            ball = oval(*p.at(0, 0.25), 0.5 * p.scale, 0.5 * p.scale)
            glow = 0.8 if a.has("lit_tail") else 0.0
            return [Part("tail tip", (ball,), accent, skin="hide", soft=0.004, glow=glow)]
        case "club":
            shape = oval(*p.at(0, 0.2), 0.42 * p.scale, 0.55 * p.scale)
            spikes = tuple(
                spike(p.at(0, 0.2), p.at(math.sin(t) * 0.85, 0.2 + math.cos(t) * 0.95), 0.16 * p.scale)
                for t in (-1.6, -0.8, 0, 0.8, 1.6)
            )
            return [Part("tail tip", (shape, *spikes), a.second, skin="shell", soft=0.004)]
        case "spade" | "point":
            shape = p.sheet((0, -0.2), (-0.42, 0.2), (0, 1.0), (0.42, 0.2))
            return [Part("tail tip", (shape,), a.second, skin="hide", soft=0.003)]
        case "sting":
            return [
                Part(
                    "tail tip",
                    (spike(p.at(0, -0.1), p.at(0, 0.9), 0.22 * p.scale, 0.1),),
                    a.second,
                    skin="chitin",
                )
            ]
        case "ribbon":
            out = limb((*p.at(0, 0), 0.12 * p.scale), (*p.at(0.5, 0.7), 0.16 * p.scale),
                       (*p.at(-0.2, 1.3), 0.12 * p.scale), (*p.at(0.5, 1.9), 0.02 * p.scale))  # fmt: skip
            return [Part("tail tip", (out,), accent, skin="cloth")]
    return []


def _bolt(a: Anatomy, root: Point, way: float, length: float, thick: float) -> list[Part]:
    """A jagged flash: dark where it leaves the body."""
    p = Place(root[0], root[1], length * 0.62, way - math.pi / 2)
    out = [(0.03, -0.05), (-0.06, 0.25), (0.22, 0.28), (0.10, 0.62), (0.46, 0.60), (0.20, 1.38), (0.98, 1.05),
           (0.86, 0.42), (0.46, 0.44), (0.52, 0.16), (0.16, 0.14), (0.14, -0.05)]  # fmt: skip
    shape = Sheet(p.all(out))
    dark = Tint(a.second, "ramp", p.at(0.25, 0.42), p.at(0.12, 0.22))
    return [Part("tail", (shape,), a.base, skin="hide", soft=0.005, bulge=0.4, tints=(dark,))]


def _many(a: Anatomy, root: Point, way: float, length: float, thick: float) -> list[Part]:
    parts: list[Part] = []
    count = 9 if a.has("nine_tails") else 6
    for i in range(count):
        t = (i / (count - 1)) * 2 - 1
        out = way + t * 0.75 - 0.2
        bend = 0.9 * t - 0.5
        rows = []
        for k in range(6):
            u = k / 5
            ang = out + bend * u
            r = thick * (0.5 + 1.0 * math.sin(math.pi * min(1, 0.1 + 0.82 * u)))
            rows.append(
                (root[0] + math.cos(ang) * length * u * 1.1, root[1] + math.sin(ang) * length * u * 1.1, r)
            )
        rows[-1] = (*rows[-1][:2], thick * 0.1)
        tip = a.accent if a.has("accent_tail_tip") else a.base
        tints = (Tint(tip, "along", (0.72, 2.0), edge=0.06),)
        parts.append(
            Part(
                f"tail {i}",
                (limb(*rows),),
                a.base,
                skin="fur",
                soft=0.006,
                tints=tints,
                shaggy=1.5,
                shade=0.8 + 0.2 * (i / count),
            )
        )
    return parts


def flame(a: Anatomy, x: float, y: float, size: float, lean: float = 0.0, name: str = "flame") -> list[Part]:
    """A living flame rising from a point: orange, with a yellow heart."""
    p = Place(x, y, size, lean)
    outer = [(0, -0.25), (-0.42, 0.05), (-0.46, 0.5), (-0.22, 0.85), (-0.28, 1.25), (0.02, 1.0), (0.12, 1.75),
             (0.36, 0.95), (0.46, 0.45), (0.38, 0.02)]  # fmt: skip
    inner = [(0, -0.15), (-0.24, 0.1), (-0.22, 0.5), (0.0, 0.75), (0.08, 1.1), (0.22, 0.55), (0.22, 0.08)]
    hot = a.glow or (255, 150, 50)
    edge = lerp(hot, (226, 62, 20), 0.55)
    return [
        Part(
            name,
            (p.sheet(*outer),),
            edge,
            skin="hide",
            soft=0.008,
            glow=1.0,
            cast=0,
            ink=0,
            alpha=0.95,
            bulge=0.3,
        ),
        Part(
            f"{name} heart",
            (p.sheet(*inner),),
            lerp(hot, (255, 238, 150), 0.6),
            soft=0.012,
            glow=1.0,
            cast=0,
            ink=0,
            bulge=0.2,
            alpha=0.92,
        ),
    ]


def back_growth(a: Anatomy, line: np.ndarray, size: float, front: bool) -> list[Part]:
    """What grows along a back. `line` is rows of x, y from shoulders to rump on the skin; the outward
    side is to its right as it runs backwards. `front` asks for what is painted over the body."""
    if a.back == "none":
        return []
    pts = spline(np.asarray(line, dtype=np.float64))
    step = np.gradient(pts, axis=0)
    step /= np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-6)[:, None]
    out = np.column_stack([step[:, 1], -step[:, 0]])
    if out[:, 1].mean() < 0 and abs(out[:, 1].mean()) > abs(out[:, 0].mean()):
        out = -out
    over = a.back in ("shell", "bulb", "flower", "hump", "tree")
    if over != front:
        return []
    mid = pts[len(pts) // 2]
    up = out[len(pts) // 2]
    turn = math.atan2(up[1], up[0]) - math.pi / 2
    p = Place(float(mid[0]), float(mid[1]), size, turn)
    match a.back:
        case "spikes" | "plates" | "leaf":
            count, made = 7, []
            for i in range(count):
                t = (i + 0.5) / count
                k = int(t * (len(pts) - 1))
                h = size * (0.4 + 0.6 * math.sin(math.pi * t))
                base, n, s = pts[k], out[k], step[k]
                w = size * (0.30 if a.back == "plates" else 0.16)
                if a.back == "spikes":
                    made.append(spike(tuple(base - n * 0.02), tuple(base + n * h + s * h * 0.35), w))
                else:
                    q = [
                        base - n * 0.02 - s * w,
                        base + n * h * 0.6 - s * w * 0.8,
                        base + n * h + s * w * 0.4,
                        base + n * h * 0.4 + s * w,
                        base - n * 0.02 + s * w,
                    ]
                    made.append(sheet(*(tuple(v) for v in q)))
            colour = a.accent if a.has("accent_back") else a.second if a.back != "leaf" else LEAF
            return [
                Part("back", tuple(made), colour, skin="leaf" if a.back == "leaf" else "shell", soft=0.003)
            ]
        case "fin":
            edge = []
            for i in range(9):
                t = i / 8
                k = int(t * (len(pts) - 1))
                h = size * math.sin(math.pi * min(1.0, 0.12 + 0.85 * t)) ** 0.7 * (1.0 if i % 2 else 0.72)
                edge.append(tuple(pts[k] + out[k] * h + step[k] * size * 0.2))
            base = [tuple(v) for v in (pts - out * 0.02)[:: -max(1, len(pts) // 6)]]
            colour = a.accent if a.has("accent_back") else a.second
            return [Part("back", (sheet(*edge, *base),), colour, skin="hide", soft=0.004, bulge=0.4)]
        case "flame":
            parts: list[Part] = []
            for i, t in enumerate((0.9, 0.7, 0.5, 0.3, 0.12)):
                k = int(t * (len(pts) - 1))
                grow = size * (0.55 + 0.35 * math.sin(math.pi * t)) * (0.9 + 0.2 * (i % 2))
                parts += flame(a, float(pts[k][0]), float(pts[k][1]), grow, 0.55, f"flame {i}")
            return parts
        case "shell":
            return [*_shell(a, p)]
        case "hump":
            shape = oval(*p.at(0, 0.0), 0.62 * size, 0.5 * size, turn)
            return [Part("back", (shape,), a.base, skin=a.skin, soft=0.02, ink=0.4, cast=0.2)]
        case "bulb":
            return _bulb(a, p)
        case "flower":
            return _flower(a, p)
        case "tree":
            return _tree(a, p)
    return []


def _shell(a: Anatomy, p: Place) -> list[Part]:
    dome = p.sheet((-1.15, -0.42), (-0.95, 0.15), (-0.45, 0.55), (0.1, 0.62), (0.65, 0.42), (1.05, 0.0),
                         (1.12, -0.42), (0.0, -0.62))  # fmt: skip
    rim = p.limb((-1.18, -0.42, 0.10), (-0.5, -0.56, 0.12), (0.3, -0.58, 0.12), (1.15, -0.42, 0.10))
    seams = []
    dark = dim(a.second, 0.55)
    for u0, v0, u1, v1 in ((-0.6, 0.5, -0.42, 0.0), (-0.42, 0.0, -0.62, -0.5), (0.02, 0.62, 0.05, 0.05),
                           (0.05, 0.05, 0.02, -0.55), (0.62, 0.42, 0.5, 0.0), (0.5, 0.0, 0.66, -0.5),
                           (-0.42, 0.0, 0.05, 0.05), (0.05, 0.05, 0.5, 0.0), (-0.42, 0.0, -1.05, -0.05),
                           (0.5, 0.0, 1.0, -0.02)):  # fmt: skip
        line = np.array([p.at(u0, v0), p.at(u1, v1)])
        n = np.array([line[0][1] - line[1][1], line[1][0] - line[0][0]])
        n = n / max(np.hypot(*n), 1e-6) * 0.022 * p.scale
        seams.append(Tint(dark, "area", outline=np.vstack([line + n, (line - n)[::-1]]), edge=0.006))
    return [
        Part("shell", (dome,), a.second, skin="shell", soft=0.006, tints=tuple(seams)),
        Part("shell rim", (rim,), lerp(a.belly, BONE_RIM, 0.5), skin="shell", soft=0.006, cast=0.4),
    ]


BONE_RIM: RGB = (232, 222, 196)


def _bulb(a: Anatomy, p: Place) -> list[Part]:
    parts = []
    for i, (u, lean) in enumerate(((-0.55, 0.5), (0.55, -0.5), (-0.2, 0.2), (0.25, -0.15))):
        q = p.inside(u * 0.55, -0.1, turn=lean)
        leaf = q.sheet((0, -0.45), (-0.5, 0.05), (-0.36, 0.6), (0.02, 1.05), (0.36, 0.55), (0.48, 0.0))
        tone = lerp(LEAF, a.accent, 0.25) if i > 1 else dim(lerp(LEAF, a.accent, 0.2), 0.8)
        parts.append(
            Part(
                f"bulb {i}",
                (leaf,),
                tone,
                skin="leaf",
                soft=0.005,
                flow=np.array([q.at(0, 1.0), q.at(0, -0.4)]),
            )
        )
    return parts


def _flower(a: Anatomy, p: Place) -> list[Part]:
    stem = limb((*p.at(0, -0.3), 0.26 * p.scale), (*p.at(0, 0.5), 0.2 * p.scale))
    parts = [Part("stem", (stem,), dim(LEAF, 0.8), skin="leaf", soft=0.005)]
    fronds = tuple(p.sheet((0, 0.0), (0.45 * d, 0.12), (1.35 * d, 0.25), (1.75 * d, -0.12), (0.9 * d, -0.2))
                   for d in (-1, 1))  # fmt: skip
    parts.append(Part("fronds", fronds, LEAF, skin="leaf", soft=0.004))
    for i, u in enumerate((-0.95, 0.95, -0.5, 0.5, 0.0)):
        q = p.inside(u * 0.35, 0.62, turn=-u * 0.95)
        petal = q.sheet((0, -0.15), (-0.5, 0.35), (-0.42, 0.85), (0, 1.0), (0.42, 0.85), (0.5, 0.35))
        parts.append(
            Part(
                f"petal {i}",
                (petal,),
                a.accent,
                skin="hide",
                soft=0.006,
                pattern="spots",
                mark=lerp(a.accent, (250, 235, 225), 0.6),
                shade=0.85 if i < 2 else 1.0,
            )
        )
    heart = oval(*p.at(0, 0.8), 0.3 * p.scale, 0.26 * p.scale)
    return [
        *parts,
        Part("heart", (heart,), (232, 196, 88), skin="hide", pattern="spots", mark=(180, 130, 50)),
    ]


def _tree(a: Anatomy, p: Place) -> list[Part]:
    trunk = limb((*p.at(-0.3, -0.2), 0.14 * p.scale), (*p.at(-0.25, 0.8), 0.1 * p.scale))
    crown = tuple(oval(*p.at(u, v), r * p.scale, r * 0.8 * p.scale)
                  for u, v, r in ((-0.75, 1.0, 0.5), (-0.2, 1.3, 0.62), (0.35, 1.0, 0.5)))  # fmt: skip
    return [
        Part("trunk", (trunk,), (112, 84, 58), skin="stone", soft=0.004),
        Part("crown", crown, LEAF, skin="wool", soft=0.02, shaggy=1.4),
    ]
