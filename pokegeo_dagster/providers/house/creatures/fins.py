"""Fins: thin membranes with rays and a darker rim."""

from __future__ import annotations

import numpy as np

from pokegeo_dagster.film.story.anatomy import Anatomy
from pokegeo_dagster.providers.house.creatures.figure import RGB, Part, Place, Sheet, Tint, dim, spline


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


def side_fin(p: Place, name: str, tone: RGB, shade: float, flare: float) -> list[Part]:
    """One of the paired fins, rooted at the place's origin."""
    out = [
        (0.0, 0.12),
        (0.45, 0.26 * flare),
        (0.95, 0.30 * flare),
        (1.0, 0.05),
        (0.75, -0.16 * flare),
        (0.30, -0.16),
    ]
    return [_rays(p, out, tone, name, shade, (0.0, 0.0))]


def tail_fin(a: Anatomy, p: Place, tone: RGB, flare: float) -> Part:
    """The fin at the end of the tail, in the shape of its form."""
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
        out = [
            (0.12, -0.22),
            (-0.30, 0.22),
            (-0.80 * flare, 0.80),
            (-0.52 * flare, 1.0),
            (-0.05, 0.62),
            (0.10, 0.62),
            (0.52 * flare, 1.0),
            (0.80 * flare, 0.80),
            (0.34, 0.22),
        ]
    return _rays(p, out, tone, "tail fin", 1.0, (0.0, -0.25))


def dorsal_fin(a: Anatomy, p: Place, spine: np.ndarray, profile: np.ndarray, size: float, tone: RGB) -> Part:
    """The fin along the back, or its crown. `profile` is half the body's depth along the spine."""
    i0, i1 = (5, 11) if a.form != "shark" else (7, 10)
    top = [(float(spine[i, 0]), float(spine[i, 1] + profile[i] - 0.03)) for i in range(i0, i1 + 1)]
    if a.has("crown_fin"):
        crest = [
            (top[0][0] - 0.05, top[0][1] + size * 0.7),
            (top[1][0], top[1][1] + size * 0.55),
            (top[2][0] - 0.02, top[2][1] + size * 1.3),
            (top[3][0], top[3][1] + size * 0.6),
            (top[4][0] + 0.02, top[4][1] + size * 1.0),
            (top[5][0] + 0.02, top[5][1] + size * 0.3),
        ]
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
