"""Carriage: how a pose tilts a body without limbs to speak of, how high it reaches, its short feet."""

from __future__ import annotations

from pokegeo_dagster.providers.house.creatures.figure import RGB, Figure, Part, Sitter, limb

# Bodies that hang in the air or in the water, or flow: their tilt in radians, and where their arms
# point, from −1 (down) to 1 (up). Poses that are not named leave the body as it is.
DRIFT_TILT = {"rest": -0.16, "forage": -0.42, "threat": 0.06, "call": 0.34, "travel": -0.28, "alert": 0.08}
DRIFT_REACH = {"threat": 0.9, "call": 0.5, "alert": 0.35, "rest": -0.9, "forage": -0.9, "travel": -0.2}
# The same of bodies that stand on the ground.
STAND_TILT = {"rest": -0.14, "forage": -0.40, "threat": 0.08, "call": 0.26, "travel": -0.12, "alert": 0.05}
STAND_REACH = {"threat": 1.0, "call": 0.6, "alert": 0.4, "rest": -0.8, "forage": -0.7, "travel": 0.1}


def feet(figure: Figure, s: Sitter, y: float, wide: float, tone: RGB, r: float = 0.07) -> None:
    """Two short feet of radius `r` under a body: `wide` to both sides of the middle, leaving it at `y`."""
    step = 0.10 if s.pose == "travel" else 0.0
    for near, side in ((False, 1), (True, -1)):
        x = side * wide + (step if near else -step)
        lift = 0.05 if s.pose == "travel" and not near else 0.0
        foot = limb((x * 0.8, y, r * 0.95), (x, r * 0.8 + lift, r), (x + r * 1.2, r * 0.62 + lift, r * 0.72))
        figure.add(Part(f"foot {near}", (foot,), tone, skin="hide", shade=1.0 if near else 0.65, soft=0.008))
