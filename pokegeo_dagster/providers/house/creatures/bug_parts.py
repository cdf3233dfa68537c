"""What bugs have in common: a face in profile, jointed legs, pincers."""

from __future__ import annotations

import math

from pokegeo_dagster.film.story.anatomy import Anatomy
from pokegeo_dagster.providers.house.creatures.appendages import DARK, horns
from pokegeo_dagster.providers.house.creatures.figure import (
    Eye,
    Limb,
    Part,
    Place,
    Point,
    Sitter,
    Tint,
    dim,
    limb,
    oval,
    reach,
    spike,
)
from pokegeo_dagster.providers.house.creatures.heads import Mood, look

# How far the head is tilted (radians), by pose; level in the others.
BUG_TILT = {"rest": -0.12, "forage": -0.35, "threat": 0.12, "call": 0.45, "alert": 0.08}


def bug_face(s: Sitter, head: Place, mood: Mood, eye: float = 0.62) -> list[Part | Eye]:
    """A head in profile with one great eye, feelers and mandibles."""
    a, r = s.anatomy, head.scale
    items: list[Part | Eye] = [*horns(a, head, False)]
    tints = [Tint(a.belly, "spot", head.at(0.5, -0.5), (0.6 * r, 0.4 * r), edge=0.15 * r)]
    if a.has("mask"):
        tints.append(Tint(a.second, "spot", head.at(0.4, 0.1), (0.7 * r, 0.5 * r), edge=0.06 * r))
    if a.has("cheeks"):
        tints.append(Tint(a.accent, "spot", head.at(0.55, -0.35), (0.2 * r, 0.2 * r), edge=0.04 * r))
    skin = a.skin if a.skin != "smoke" else "hide"
    items.append(
        Part(
            "head",
            (oval(head.x, head.y, r, 0.95 * r, head.turn),),
            a.accent if a.has("accent_head") else a.base,
            skin=skin,
            soft=0.006,
            tints=tuple(tints),
            shaggy=0.5,
        )
    )
    if a.has("mandibles") or mood.mouth > 0.5:
        bite = 0.25 + 0.35 * mood.mouth
        jaws = (
            spike(head.at(0.7, -0.35), head.at(1.35, -0.35 + bite * 0.5), 0.16 * r, 0.2),
            spike(head.at(0.65, -0.5), head.at(1.25, -0.55 - bite), 0.15 * r, -0.2),
        )
        items.append(Part("mandibles", jaws, dim(a.second, 0.7), skin="chitin", soft=0.002))
    else:
        line = head.limb((0.55, -0.52, 0.03), (0.78, -0.44, 0.03), (0.92, -0.30, 0.02))
        items.append(Part("mouth", (line,), DARK, soft=0.001, cast=0, ink=0))
    items += horns(a, head, True)
    items.append(look(a, mood, head.at(0.42, 0.12), eye * r, head.turn, 0.9))
    return items


def jointed_leg(root: Point, foot: Point, r: float, up: float) -> Limb:
    """A leg that rises to a knee and comes down on a point."""
    span = math.hypot(foot[0] - root[0], foot[1] - root[1])
    side = 1.0 if foot[0] > root[0] else -1.0
    knee = reach(root, foot, span * 0.5 + up, span * 0.5 + up, side)
    shin = ((knee[0] + foot[0]) / 2, (knee[1] + foot[1]) / 2, r * 0.6)
    return limb((*root, r), (*knee, r * 0.85), shin, (*foot, r * 0.12), steps=5)


def pincer(a: Anatomy, at: Place, pose: str, near: bool) -> list[Part]:
    """A pincer: a swollen hand with two hooked fingers, open in anger."""
    open_ = 0.55 if pose == "threat" else 0.32 if pose in ("alert", "call") else 0.16
    shade = 1.0 if near else 0.66
    upper = at.sheet(
        (-0.15, 0.05),
        (0.10, 0.62),
        (0.75, 0.72 + open_ * 0.5),
        (1.45, 0.25 + open_),
        (1.05, 0.28 + open_ * 0.6),
        (0.62, 0.16 + open_ * 0.2),
        (0.42, 0.0),
    )
    lower = at.sheet(
        (-0.15, -0.05),
        (0.10, -0.42),
        (0.70, -0.48 - open_ * 0.2),
        (1.35, -0.05 - open_ * 0.5),
        (0.95, -0.12 - open_ * 0.3),
        (0.58, -0.02),
        (0.40, 0.02),
    )
    palm = oval(*at.at(0.22, 0.08), 0.48 * at.scale, 0.50 * at.scale, at.turn)
    pale = (
        Tint(a.belly, "ramp", at.at(0.5, 0.0), at.at(1.4, 0.1), strength=0.8)
        if a.has("pale_claws")
        else Tint(dim(a.base, 0.8), "ramp", at.at(0.8, 0), at.at(1.5, 0))
    )
    return [
        Part(
            f"claw {near}",
            (lower, palm, upper),
            a.base if not a.has("accent_claws") else a.accent,
            skin=a.skin if a.skin != "slime" else "chitin",
            soft=0.006,
            shade=shade,
            tints=(pale,),
            cast=0.5,
        )
    ]
