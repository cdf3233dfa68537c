"""Creature: one animal, drawn: the cut-out that every department downstream puts into a landscape."""

from __future__ import annotations

import numpy as np

from pokegeo_dagster.film.story.anatomy import Anatomy
from pokegeo_dagster.film.vocabulary import Light, Pose
from pokegeo_dagster.providers.house.creatures.bodies import pose_body
from pokegeo_dagster.providers.house.creatures.figure import Sitter
from pokegeo_dagster.providers.house.creatures.lighting import LAMPS
from pokegeo_dagster.providers.house.creatures.paint import paint

# Rises whenever the same order would look different.
EDITION = 1


def draw_creature(anatomy: Anatomy, pose: Pose, light: Light, seed: int, height_px: int) -> np.ndarray:
    """The animal as RGBA uint8 (height_px × width × 4), straight alpha, facing right.

    Tightly cropped with a clear margin of 3 px, at most 3.2 times as wide as tall, without ground or
    shadow. A portrait is cut off clean at its bottom edge, where it has no margin. The same seed
    is the same individual in every pose and light.
    """
    sitter = Sitter(anatomy, pose, seed)
    return paint(pose_body(sitter), sitter, LAMPS[light], height_px)
