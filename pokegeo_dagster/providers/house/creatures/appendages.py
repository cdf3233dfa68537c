"""Ears, horns and manes: what grows on a head, in head units (radius 1, looking right)."""

from __future__ import annotations

import math

from pokegeo_dagster.film.story.anatomy import Anatomy
from pokegeo_dagster.providers.house.creatures.figure import (
    RGB,
    Limb,
    Part,
    Place,
    Sheet,
    Tint,
    dim,
    lerp,
    limb,
    oval,
    spike,
    spline,
)

DARK: RGB = (44, 38, 40)
PINK: RGB = (206, 140, 138)
BONE: RGB = (224, 212, 186)


def ear(a: Anatomy, head: Place, near: bool, lay: float = 0.0) -> list[Part]:
    """One ear. `lay` 0 is pricked, 1 is flattened back."""
    size = a.ear_size
    root = (-0.22, 0.72) if near else (0.30, 0.80)
    lean = (0.20 if near else -0.16) + lay * 0.9
    if a.ears in ("droop",):
        root, lean = ((-0.35, 0.62), 2.4) if near else ((0.35, 0.72), -2.4)
    if a.ears in ("fin", "fan"):
        root, lean = ((-0.62, 0.2), 1.0 + 0.4 * lay) if near else ((0.1, 0.75), 0.2)
    if a.has("side_ears"):
        root, lean = ((-0.66, 0.42), 0.95 + 0.3 * lay) if near else ((0.62, 0.72), -0.75)
    e = head.inside(*root, scale=size, turn=lean)
    shade = 1.0 if near else 0.74
    colour = a.second if a.has("dark_ears") else a.base
    inner = a.accent if a.has("accent_ears") else lerp(dim(colour, 0.55), PINK, 0.35)
    name = f"ear {near}"
    common = {"skin": a.skin if a.skin in ("fur", "hide", "scales", "feathers") else "hide", "shade": shade}
    match a.ears:
        case "point":
            out = e.all([(-0.42, -0.25), (-0.40, 0.35), (-0.04, 1.05), (0.26, 0.42), (0.40, -0.25)])
            hollow = spline(e.all([(-0.22, 0.0), (-0.06, 0.82), (0.22, 0.0)]), closed=True)
            tints = [Tint(inner, "area", outline=hollow, edge=0.01)]
            if a.has("black_tips"):
                tints.append(Tint(DARK, "ramp", e.at(-0.05, 0.55), e.at(-0.05, 0.75)))
            shape = Sheet(spline(out, closed=True))
        case "long":
            rows = e.all([(0, -0.2, 0.26), (-0.05, 0.5, 0.33), (-0.10, 1.2, 0.27), (-0.12, 1.95, 0.05)])
            shape = limb(*rows)
            tints = [] if a.has("black_tips") else [
                Tint(inner, "area", outline=spline(
                    e.all([(-0.1, 0.1), (-0.2, 0.8), (-0.12, 1.6), (0.06, 0.8), (0.06, 0.1)]), closed=True
                ), edge=0.012)
            ]  # fmt: skip
            if a.has("black_tips"):
                tints.append(Tint((38, 34, 36), "ramp", e.at(-0.1, 1.22), e.at(-0.1, 1.42)))
        case "round":
            shape = oval(*e.at(0, 0.15), 0.46 * e.scale, 0.48 * e.scale)
            tints = [Tint(inner, "spot", e.at(0.02, 0.15), (0.27 * e.scale, 0.3 * e.scale), edge=0.012)]
        case "leaf":
            out = e.all([(0, -0.2), (-0.34, 0.5), (-0.1, 1.5), (0.26, 0.6)])
            shape, tints = Sheet(spline(out, closed=True)), []
            colour, common["skin"] = a.accent, "leaf"
        case "bat":
            out = e.all([(-0.45, -0.25), (-0.55, 0.7), (-0.18, 1.6), (0.25, 0.9), (0.45, -0.1)])
            hollow = spline(e.all([(-0.26, 0.0), (-0.32, 0.7), (-0.14, 1.3), (0.2, 0.2)]), closed=True)
            shape, tints = Sheet(spline(out, closed=True)), [Tint(inner, "area", outline=hollow, edge=0.012)]
        case "droop":
            shape = e.limb((0, 0, 0.22), (0.12, 0.5, 0.34), (0.02, 1.1, 0.24))
            tints = []
        case "fin" | "fan":
            out = [
                (-0.1, -0.3),
                (-0.35, 0.6),
                (-0.12, 0.62),
                (-0.02, 1.15),
                (0.16, 0.7),
                (0.5, 0.75),
                (0.3, -0.1),
            ]
            shape = Sheet(spline(e.all(out), closed=True, steps=5))
            colour = a.accent if a.has("accent_ears") else a.second
            tints = [Tint(dim(colour, 0.6), "ramp", e.at(0, 0.2), e.at(0, -0.3))]
        case "tuft":
            shape = e.sheet((-0.3, -0.2), (-0.25, 0.8), (-0.02, 0.3), (0.12, 0.9), (0.28, -0.1))
            tints = []
        case _:
            return []
    return [Part(name, (shape,), colour, soft=0.006, cast=0.25, tints=tuple(tints), shaggy=0.5, **common)]


def horns(a: Anatomy, head: Place, near: bool) -> list[Part]:
    """Horns, crests and feelers of the near or far side; single ones belong to the near side."""
    s = head.scale
    shade = 1.0 if near else 0.7
    colour = a.accent if a.has("accent_horns") else BONE
    shift = 0.0 if near else 0.34

    def grown(
        name: str, *shapes: Limb | Sheet, tone: RGB = colour, skin: str = "shell", glow: float = 0.0
    ) -> list[Part]:
        name = f"horn {name} {near}"
        return [Part(name, shapes, tone, skin=skin, soft=0.003, shade=shade, glow=glow, cast=0.3)]

    def at(u: float, v: float) -> tuple[float, float]:
        return head.at(u + shift, v + shift * 0.2)

    match a.horns:
        case "unicorn" if near:
            return grown("unicorn", spike(at(0.42, 0.72), at(1.05, 2.1), 0.16 * s, 0.05))
        case "nose" if near:
            return grown("nose", spike(at(0.95, 0.12), at(1.35, 1.15), 0.2 * s, 0.08))
        case "pair":
            return grown("pair", spike(at(-0.1, 0.8), at(-0.62, 1.75), 0.19 * s, 0.12))
        case "fork":
            return grown(
                "fork",
                limb((*at(-0.1, 0.7), 0.15 * s), (*at(-0.5, 1.3), 0.12 * s), (*at(-0.5, 2.0), 0.02 * s)),
                spike(at(-0.35, 1.2), at(0.1, 1.9), 0.1 * s, -0.1),
            )
        case "curl":
            return grown(
                "curl",
                limb((*at(-0.2, 0.65), 0.2 * s), (*at(-0.95, 1.0), 0.17 * s), (*at(-1.35, 0.55), 0.1 * s),
                     (*at(-1.2, 0.2), 0.02 * s)),
            )  # fmt: skip
        case "ram":
            turn = [
                (*at(-0.3 - 0.55 * math.sin(t) * r, 0.45 + 0.55 * math.cos(t) * r), 0.2 * s * (1.1 - t / 7))
                for t, r in ((0, 1), (1, 1.05), (2, 1.05), (3, 1), (4, 0.85), (5, 0.6))
            ]
            return grown("ram", limb(*turn))
        case "antlers":
            beam = limb((*at(-0.15, 0.75), 0.11 * s), (*at(-0.7, 1.5), 0.1 * s), (*at(-0.5, 2.5), 0.07 * s),
                        (*at(0.0, 3.0), 0.02 * s))  # fmt: skip
            tines = [
                spike(at(-0.58, 1.35), at(0.1, 1.9), 0.08 * s, 0.15),
                spike(at(-0.68, 1.9), at(-1.3, 2.4), 0.08 * s, -0.15),
                spike(at(-0.5, 2.4), at(-0.9, 3.1), 0.07 * s, -0.1),
            ]
            return grown("antlers", beam, *tines, tone=lerp(colour, (120, 88, 58), 0.3))
        case "antenna":
            tip = at(0.75 - shift, 2.0)
            stalk = limb((*at(0.1, 0.8), 0.06 * s), (*at(0.15, 1.5), 0.05 * s), (*tip, 0.04 * s))
            knob = oval(*tip, 0.15 * s, 0.15 * s)
            return grown(
                "antenna",
                stalk,
                knob,
                tone=a.accent if a.has("accent_horns") else dim(a.second, 0.8),
                skin="chitin",
            )
        case "crest" | "plume":
            plume = a.horns == "plume"
            rows = (
                ((-0.1, 0.75, -1.6, 1.9), (-0.35, 0.6, -2.0, 1.3), (-0.55, 0.35, -2.0, 0.7))
                if plume
                else (
                    (0.2, 0.8, -0.1, 1.7),
                    (-0.2, 0.8, -0.7, 1.6),
                    (-0.55, 0.6, -1.3, 1.2),
                    (-0.75, 0.25, -1.55, 0.6),
                )
            )
            if not near:
                return []
            return grown("crest", *(spike(at(u, v), at(x, y), (0.26 if plume else 0.24) * s, -0.12)
                                    for u, v, x, y in rows),
                         tone=a.accent if a.has("accent_horns") else a.second,
                         skin="feathers" if plume else a.skin)  # fmt: skip
        case "quiff" if near:
            return grown("quiff", *(spike(at(u, 0.75), at(u + d, 1.5 + h), 0.2 * s, 0.2)
                                    for u, d, h in ((-0.3, -0.3, 0.0), (0.0, -0.1, 0.3), (0.3, 0.1, 0.05))),
                         tone=a.accent if a.has("accent_horns") else a.base, skin=a.skin)  # fmt: skip
        case "crown" if near:
            return grown("crown", *(spike(at(0.75 * math.sin(t), 0.8 * math.cos(t)),
                                          at(1.5 * math.sin(t), 1.65 * math.cos(t)), 0.26 * s)
                                    for t in (-1.5, -0.9, -0.3, 0.35, 0.95)),
                         tone=a.base, skin=a.skin)  # fmt: skip
        case "sprout" if near:
            stem = head.inside(-0.05, 0.85)
            leaves = [
                stem.sheet((0, 0), (-0.5, 0.75), (-1.25, 1.0), (-0.85, 0.3)),
                stem.sheet((0, 0), (0.05, 0.85), (0.75, 1.35), (0.55, 0.5)),
            ]
            return grown("sprout", *leaves, tone=a.accent, skin="leaf")
        case "blade" if near:
            return grown(
                "blade",
                head.sheet((0.2, 0.75), (-0.2, 1.5), (-1.3, 2.0), (-0.75, 1.1), (-0.5, 0.6)),
                tone=a.accent if a.has("accent_horns") else a.second,
                skin="shell",
            )
        case "spikes" if near:
            return grown(
                "spikes",
                *(
                    spike(
                        at(math.sin(t), math.cos(t) * 0.9), at(1.7 * math.sin(t), 1.6 * math.cos(t)), 0.16 * s
                    )
                    for t in (-2.0, -1.5, -1.0, -0.5, 0.0, 0.4)
                ),
                tone=colour,
            )
        case "helmet" if near:
            out = [
                (0.85, 0.35),
                (0.5, 0.95),
                (-0.3, 1.2),
                (-1.2, 0.9),
                (-1.25, 0.1),
                (-0.5, 0.25),
                (0.2, 0.3),
            ]
            return grown("helmet", head.sheet(*out), tone=a.second)
        case "gem" if near:
            gem = head.inside(0.62, 0.62)
            return grown(
                "gem", oval(gem.x, gem.y, 0.16 * s, 0.2 * s), tone=a.accent, skin="crystal", glow=0.5
            )
    return []


def mane(a: Anatomy, head: Place, back: float) -> list[Part]:
    """The hair behind the head: drawn before the head. `back` points down the neck (radians)."""
    if a.mane not in ("mane", "flame", "fluff"):
        return []
    colour = a.belly if a.mane == "fluff" else a.accent if a.has("accent_mane") else a.second
    locks = []
    for i, t in enumerate((-1.15, -0.75, -0.35, 0.05, 0.45, 0.85)):
        way = back + t
        length = (1.75 if a.mane != "fluff" else 1.35) + 0.25 * ((i * 7) % 3 - 1)
        locks.append(
            spike(
                head.at(0.3 * math.cos(way), 0.3 * math.sin(way)),
                head.at(length * math.cos(way), length * math.sin(way)),
                0.55 * head.scale,
                0.14,
            )
        )
    glow = 0.85 if a.mane == "flame" else 0.0
    skin = "smoke" if a.mane == "flame" else "fur"
    return [Part("mane", tuple(locks), colour, skin=skin, soft=0.012, glow=glow, shaggy=1.6)]
