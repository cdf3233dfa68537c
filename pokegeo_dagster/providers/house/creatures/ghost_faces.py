"""The faces of ghosts: a jagged skull, a grin full of fangs, a glare."""

from __future__ import annotations

import numpy as np

from pokegeo_dagster.film.story.anatomy import Anatomy
from pokegeo_dagster.providers.house.creatures.figure import (
    RGB,
    Eye,
    Part,
    Place,
    Sheet,
    Tint,
    dim,
    fang,
    lerp,
    spline,
)
from pokegeo_dagster.providers.house.creatures.heads import Mood

GUM: RGB = (96, 22, 48)

TONGUE: RGB = (196, 74, 96)

FANG: RGB = (244, 238, 228)


def jagged_skull(a: Anatomy, face: Place, bristle: float, dark: RGB) -> Part:
    """The head: broad, flat-cheeked, with a jagged crown that runs down its back."""
    b = bristle
    rim = [
        (0.98, -0.12), (1.02, 0.16), (0.88, 0.46),
        (1.06, 0.62 + 0.30 * b), (0.72, 0.66), (0.56, 0.78),
        (0.46, 0.92 + 0.52 * b), (0.20, 0.86), (0.02, 0.88),
        (-0.30, 0.96 + 0.58 * b), (-0.42, 0.80), (-0.58, 0.66),
        (-0.96 - 0.12 * b, 0.82 + 0.34 * b), (-0.86, 0.40), (-0.92, 0.26),
        (-1.18 - 0.38 * b, 0.28 + 0.10 * b), (-0.96, 0.00), (-0.95, -0.14),
        (-1.10 - 0.36 * b, -0.30), (-0.86, -0.40), (-0.74, -0.56),
        (-0.80 - 0.22 * b, -0.86), (-0.46, -0.74), (-0.05, -0.86), (0.42, -0.80), (0.80, -0.52),
    ]  # fmt: skip
    tips = {3, 6, 9, 12, 15, 18, 21}
    outline = _jagged(np.array(rim), tips)
    q = np.array([face.at(u, v) for u, v in outline])
    lift = lerp(a.base, a.accent, 0.30)
    tints = (
        Tint(dark, "ramp", face.at(0.1, -0.35), face.at(-0.5, -1.0)),
        Tint(
            lift,
            "spot",
            face.at(0.30, 0.36),
            (0.62 * face.scale, 0.52 * face.scale),
            face.turn,
            edge=0.5 * face.scale,
            strength=0.55,
        ),
        Tint(
            dark,
            "spot",
            face.at(-0.85, -0.1),
            (0.45 * face.scale, 0.8 * face.scale),
            face.turn,
            edge=0.4 * face.scale,
            strength=0.6,
        ),
        Tint(
            dim(dark, 0.6),
            "spot",
            face.at(0.20, 0.10),
            (0.80 * face.scale, 0.26 * face.scale),
            face.turn,
            edge=0.22 * face.scale,
            strength=0.55,
        ),
    )
    return Part(
        "head", (Sheet(q),), a.base, skin="hide", soft=0.004, tints=tints, ink=0.8, cast=0.35, bulge=1.0
    )


def _jagged(points: np.ndarray, tips: set[int]) -> np.ndarray:
    """A closed line that is smooth everywhere but keeps its tips sharp, with slightly hollow flanks."""
    out: list[np.ndarray] = []
    n = len(points)
    for i in range(n):
        p, q = points[i], points[(i + 1) % n]
        if i in tips or (i + 1) % n in tips:
            tip, base = (p, q) if i in tips else (q, p)
            root = points[(i + 2) % n] if i in tips else points[i - 1]
            control = (tip + base) / 2 + (base - root) * 0.10
            t = np.linspace(0, 1, 8, endpoint=False)[:, None]
            out.append((1 - t) ** 2 * p + 2 * t * (1 - t) * control + t * t * q)
        else:
            four = np.array([points[i - 1] if (i - 1) % n not in tips else 2 * p - q, p, q,
                             points[(i + 2) % n] if (i + 2) % n not in tips else 2 * q - p])  # fmt: skip
            out.append(spline(four, steps=8)[8:16])
    return np.vstack(out)


def grin(a: Anatomy, at: Place, w: float, gape: float) -> list[Part]:
    """A mouth from cheek to cheek with fangs above and below."""
    depth = 0.16 + 0.52 * gape
    top = [(u * w, 0.16 * u * u - 0.05 - 0.02 * gape) for u in np.linspace(-1, 1, 11)]
    low = [(u * w, 0.16 * u * u - 0.05 - depth * (1 - u * u) ** 0.75) for u in np.linspace(1, -1, 13)[1:-1]]
    mouth = at.sheet(*top, *low, smooth=False)
    parts = [
        Part(
            "grin",
            (mouth,),
            GUM,
            skin="slime",
            soft=0.003,
            cast=0,
            bulge=0.10,
            ink=1.6,
            tints=(Tint(dim(GUM, 0.35), "ramp", at.at(0, -0.02 - depth * 0.5), at.at(0, 0.0)),),
        )
    ]
    if gape > 0.25:
        lick = [
            (-0.36 * w, -0.05 - depth * 0.62),
            (0.0, -0.05 - depth * (0.40 + 0.1 * gape)),
            (0.40 * w, -0.05 - depth * 0.60),
            (0.30 * w, -0.05 - depth * 0.88),
            (0.0, -0.05 - depth * 0.97),
            (-0.28 * w, -0.05 - depth * 0.90),
        ]
        parts.append(
            Part("tongue", (at.sheet(*lick),), TONGUE, skin="slime", soft=0.003, cast=0.2, bulge=0.5)
        )
    fangs = []
    for u, k in ((-0.78, 0.6), (-0.52, 1.0), (-0.22, 0.6), (0.10, 0.6), (0.40, 1.0), (0.68, 0.6)):
        y = 0.16 * u * u - 0.04
        long = min(0.30, 0.16 + 0.22 * gape) * k
        fangs.append(
            fang(at.at(u * w, y), at.at(u * w * 0.97, y - long * 1.12), 0.092 * at.scale * (0.7 + 0.3 * k))
        )
    if gape > 0.28:
        for u in (-0.40, 0.30):
            y = 0.16 * u * u - 0.05 - depth * (1 - u * u) ** 0.75
            fangs.append(fang(at.at(u * w, y + 0.02), at.at(u * w, y + 0.12 + 0.14 * gape), 0.07 * at.scale))
    parts.append(Part("fangs", tuple(fangs), FANG, skin="shell", soft=0.0012, cast=0.25, ink=0.5))
    return parts


def glare(a: Anatomy, face: Place, mood: Mood) -> list[Part | Eye]:
    """Two wedge-shaped eyes under a heavy brow."""
    r = face.scale
    items: list[Part | Eye] = []
    for side, u, width in ((-1, -0.30, 0.95), (1, 0.56, 0.80)):
        at = face.at(u, 0.20)
        openness = 1.0 if mood.eye > 0.3 else 0.0
        if openness:
            items.append(
                Eye(
                    at,
                    0.60 * r,
                    "triangle",
                    a.eye,
                    face.turn - side * -0.06,
                    width * -side,
                    1.0,
                    0.5,
                    a.belly if a.has("pale_eyes") else (238, 234, 224),
                )
            )
        else:
            items.append(
                Eye(
                    at,
                    0.56 * r,
                    "slit",
                    a.eye,
                    face.turn + side * 0.32,
                    width * -side,
                    0.42,
                    0.5,
                    (226, 214, 220),
                )
            )
    return items
