"""The frames of animals on four legs, by form, and what a pose does to them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pokegeo_dagster.film.story.anatomy import Anatomy


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
    "vulpine": Build(leg=0.33, length=0.46, chest=0.150, waist=0.120, rump=0.132, neck=0.15, rise=0.95,
                     throat=0.10, head=0.155, snout=0.50, tail=0.46, tail_thick=0.085, tail_way=2.5,
                     limb=0.050),
    "feline": Build(leg=0.36, length=0.60, chest=0.155, waist=0.130, rump=0.150, neck=0.17, rise=0.7,
                    head=0.13, snout=0.38, tail=0.66, tail_thick=0.036, tail_way=3.3, tail_curl=-1.6,
                    limb=0.055),
    "rodent": Build(leg=0.20, length=0.44, chest=0.17, waist=0.185, rump=0.19, neck=0.09, rise=0.5,
                    throat=0.14, head=0.165, snout=0.55, tail=0.50, tail_thick=0.032, tail_way=3.0,
                    limb=0.045),
    "weasel": Build(leg=0.20, length=0.78, chest=0.125, waist=0.115, rump=0.13, neck=0.20, rise=0.55,
                    throat=0.10, head=0.12, snout=0.55, tail=0.5, tail_thick=0.07, limb=0.045),
    "hoofed": Build(leg=0.52, length=0.60, chest=0.165, waist=0.135, rump=0.15, neck=0.34, rise=1.0,
                    throat=0.085, head=0.105, snout=1.05, tail=0.16, tail_thick=0.035, foot="hoof",
                    limb=0.045),
    "equine": Build(leg=0.52, length=0.66, chest=0.18, waist=0.155, rump=0.175, neck=0.34, rise=0.95,
                    throat=0.115, head=0.115, snout=1.25, tail=0.5, tail_thick=0.06, tail_way=3.6,
                    tail_curl=0.6, foot="hoof", limb=0.052),
    "bovine": Build(leg=0.34, length=0.72, chest=0.245, waist=0.20, rump=0.19, neck=0.14, rise=0.35,
                    throat=0.18, head=0.15, snout=0.75, tail=0.5, tail_thick=0.026, tail_way=3.6,
                    tail_curl=0.5, foot="hoof", limb=0.065),
    "sheep": Build(leg=0.24, length=0.46, chest=0.23, waist=0.24, rump=0.22, neck=0.15, rise=0.75,
                   throat=0.13, head=0.13, snout=0.55, tail=0.2, tail_thick=0.05, foot="hoof", limb=0.045),
    "pig": Build(leg=0.22, length=0.56, chest=0.22, waist=0.22, rump=0.22, neck=0.08, rise=0.2, throat=0.19,
                 head=0.17, snout=0.62, tail=0.14, tail_thick=0.026, tail_curl=-3.0, foot="hoof",
                 limb=0.065),
    "pachyderm": Build(leg=0.30, length=0.64, chest=0.25, waist=0.235, rump=0.23, neck=0.13, rise=0.3,
                       throat=0.2, head=0.175, snout=0.75, tail=0.3, tail_thick=0.05, tail_way=3.5,
                       tail_curl=0.4, foot="pad", limb=0.095, face="saurian"),
    "turtle": Build(leg=0.20, length=0.56, chest=0.19, waist=0.20, rump=0.18, neck=0.18, rise=0.75,
                    throat=0.10, head=0.14, snout=0.55, tail=0.22, tail_thick=0.06, foot="pad", limb=0.085,
                    face="saurian", sprawl=0.04),
    "sauropod": Build(leg=0.34, length=0.56, chest=0.19, waist=0.18, rump=0.18, neck=0.46, rise=1.2,
                      throat=0.085, head=0.115, snout=0.62, tail=0.36, tail_thick=0.09, tail_way=3.3,
                      tail_curl=-0.4, foot="pad", limb=0.075, face="saurian"),
    "saurian": Build(leg=0.24, length=0.58, chest=0.19, waist=0.175, rump=0.18, neck=0.12, rise=0.5,
                     throat=0.15, head=0.185, snout=0.52, tail=0.40, tail_thick=0.09, tail_way=3.2,
                     tail_curl=-0.3, foot="claw", limb=0.075, face="saurian", sprawl=0.04),
    "amphibian": Build(leg=0.18, length=0.46, chest=0.18, waist=0.165, rump=0.16, neck=0.08, rise=0.5,
                       throat=0.17, head=0.2, snout=0.38, tail=0.40, tail_thick=0.10, tail_way=3.0,
                       foot="pad", limb=0.06, face="saurian", sprawl=0.03),
    "bear": Build(leg=0.34, length=0.66, chest=0.25, waist=0.23, rump=0.235, neck=0.16, rise=0.4,
                  throat=0.19, head=0.165, snout=0.6, tail=0.08, tail_thick=0.06, foot="paw", limb=0.095),
    "crocodile": Build(leg=0.2, length=0.8, chest=0.17, waist=0.16, rump=0.16, neck=0.16, rise=0.25,
                       throat=0.14, head=0.15, snout=1.2, tail=0.7, tail_thick=0.1, foot="claw", limb=0.07,
                       face="saurian"),
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
    "alert": Stance(pitch=0.05, neck=0.30, head=0.10, tail=-0.25,
                    feet=((0.22, 0.20), (0.10, 0), (-0.08, 0), (0.12, 0))),
    "rest": Stance(drop=1.0, neck=-0.35, head=-0.25, tail=0.5, lying=True),
    "forage": Stance(pitch=-0.16, neck=-1.55, head=-0.35, tail=0.2,
                     feet=((0.22, 0), (0.42, 0), (-0.06, 0), (0.10, 0))),
    "threat": Stance(drop=0.14, pitch=-0.14, neck=-0.30, head=0.12, tail=-0.75,
                     feet=((0.34, 0), (0.14, 0), (-0.30, 0), (-0.08, 0))),
    "call": Stance(pitch=0.10, neck=0.45, head=0.75, tail=-0.1,
                   feet=((0.06, 0), (0.18, 0), (-0.10, 0), (0.06, 0))),
    "travel": Stance(pitch=0.02, neck=-0.22, head=0.05, tail=-0.45,
                     feet=((0.52, 0.10), (-0.22, 0.12), (-0.58, 0.02), (0.30, 0.06))),
    "portrait": Stance(pitch=0.62, neck=0.0, head=-0.42, tail=0.2),
}  # fmt: skip


def fitted(a: Anatomy, b: Build) -> Build:
    """The frame of this species: its girth and its own proportions."""
    stout = 0.86 + 0.28 * a.girth
    return replace(
        b,
        leg=b.leg * a.leg * (1.08 - 0.16 * a.girth),
        chest=b.chest * stout,
        waist=b.waist * stout,
        rump=b.rump * stout,
        neck=b.neck * a.neck,
        head=b.head * a.head,
        limb=b.limb * (0.9 + 0.2 * a.girth),
        throat=b.throat * stout,
    )
