"""Heads seen three-quarter from the right: two eyes, a short muzzle, ears on both sides."""

from __future__ import annotations

from pokegeo_dagster.providers.house.creatures.appendages import DARK, PINK, ear, horns
from pokegeo_dagster.providers.house.creatures.figure import (
    RGB,
    Eye,
    Part,
    Place,
    Sitter,
    Tint,
    limb,
    oval,
    spike,
)
from pokegeo_dagster.providers.house.creatures.heads import Mood, facing_head


def front_head(s: Sitter, head: Place, mood: Mood, snout: float, on_body: bool = False) -> list[Part | Eye]:
    """A whole head, or only its face when the body is the head (`on_body`)."""
    a, r = s.anatomy, head.scale
    items: list[Part | Eye] = []
    if a.ears != "none":
        far = head.inside(0.12, 0.0)
        items += ear(a, far, False, mood.lay)
        if not on_body or a.ears != "none":
            near = Place(head.x - 0.30 * r, head.y, r, head.turn)
            items += ear(a, near, True, mood.lay)
    items += horns(a, head, False) if a.horns in ("pair", "antenna", "antlers", "curl", "fork", "ram") else []
    wide, tall = 1.10, 0.95
    tints: list[Tint] = []
    pale: RGB = a.belly
    if not a.has("plain_face") and not on_body:
        tints.append(Tint(pale, "spot", head.at(0.24, -0.46), (0.62 * r, 0.42 * r), head.turn, edge=0.12 * r))
    if a.has("mask"):
        tints.append(
            Tint(a.second, "spot", head.at(0.22, 0.10), (0.86 * r, 0.32 * r), head.turn, edge=0.05 * r)
        )
    if a.has("face_disc"):
        tints.append(Tint(pale, "spot", head.at(0.22, -0.06), (0.80 * r, 0.74 * r), head.turn, edge=0.08 * r))
    if not on_body:
        skull = oval(head.x, head.y, wide * r, tall * r, head.turn)
        cheek = oval(*head.at(0.06, -0.30), 1.02 * r, 0.66 * r, head.turn)
        tufts = ()
        if a.skin == "fur" and not a.has("sleek"):
            tufts = tuple(
                spike(head.at(d * 0.7, -0.35), head.at(d * 1.35, -0.62 + 0.16 * k), 0.3 * r)
                for d in (-1,)
                for k in (0, 1)
            )
        items.append(
            Part(
                "head",
                (skull, cheek, *tufts),
                a.base,
                skin=a.skin,
                soft=0.012,
                tints=tuple(tints),
                shaggy=0.45,
                pattern=a.pattern if a.pattern in ("stripes", "spots") else "plain",
                mark=a.second,
                cast=0.45,
            )
        )
    if snout > 0.15 and not on_body:
        pad = head.limb((0.20, -0.34, 0.40), (0.36 + snout * 0.6, -0.36, 0.30))
        items.append(
            Part(
                "muzzle",
                (pad,),
                pale if not a.has("plain_face") else a.base,
                skin=a.skin,
                soft=0.02,
                ink=0.35,
                cast=0.15,
                shaggy=0.3,
            )
        )
    at = 0.26 + snout * 0.45
    if not a.has("no_nose") and not on_body and a.skin in ("fur", "wool", "hide"):
        tone: RGB = PINK if a.has("pink_nose") else DARK
        items.append(
            Part(
                "nose",
                (oval(*head.at(at + 0.06, -0.20), 0.12 * r, 0.085 * r, head.turn),),
                tone,
                skin="slime",
                soft=0.002,
                cast=0.2,
            )
        )
    items += facing_head(
        s, head, mood, 1.0 if not on_body else 0.9, 1.0, 0.44, 0.40 if not on_body else 0.34, -0.50
    )
    if a.has("whiskers"):
        hairs = tuple(
            limb(
                (*head.at(0.3 + d * 0.3, -0.38), 0.012 * r),
                (*head.at(0.3 + d * 1.25, -0.25 - 0.2 * k), 0.008 * r),
            )
            for d in (-1, 1)
            for k in (0, 1)
        )
        items.append(Part("whiskers", hairs, (240, 236, 226), soft=0.0, cast=0, ink=0, alpha=0.75))
    items += horns(a, head, True)
    return items
