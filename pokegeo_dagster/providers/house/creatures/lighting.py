"""The lamps: what each hour of the day does to a rounded surface. Colours are linear light."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pokegeo_dagster.film.vocabulary import Light

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Lamps:
    """A key light, the sky above, what bounces from the ground, and a rim from behind.

    Directions are x right, y up, z towards the viewer. The key stands before the face: animals
    are drawn looking right.
    """

    key: Colour
    key_from: tuple[float, float, float]
    sky: Colour
    bounce: Colour
    rim: Colour
    rim_from: tuple[float, float]
    eye: float = 1.0  # how bright an eye stays


LAMPS: dict[Light, Lamps] = {
    "day": Lamps(
        (1.06, 1.00, 0.88), (0.36, 0.74, 0.57), (0.34, 0.40, 0.50), (0.22, 0.20, 0.14),
        (0.55, 0.58, 0.60), (-0.55, 0.83),
    ),
    "dawn": Lamps(
        (1.00, 0.76, 0.60), (0.66, 0.42, 0.62), (0.34, 0.34, 0.48), (0.20, 0.16, 0.16),
        (0.95, 0.62, 0.46), (-0.80, 0.60),
    ),
    "golden": Lamps(
        (1.18, 0.80, 0.44), (0.62, 0.46, 0.63), (0.30, 0.29, 0.36), (0.24, 0.16, 0.08),
        (1.25, 0.74, 0.28), (-0.78, 0.62),
    ),
    "dusk": Lamps(
        (0.66, 0.50, 0.60), (0.55, 0.52, 0.65), (0.24, 0.22, 0.40), (0.13, 0.10, 0.15),
        (1.00, 0.46, 0.36), (-0.85, 0.52), 0.92,
    ),
    "night": Lamps(
        (0.34, 0.46, 0.72), (0.30, 0.78, 0.55), (0.10, 0.14, 0.26), (0.045, 0.06, 0.10),
        (0.40, 0.56, 0.92), (-0.62, 0.78), 0.86,
    ),
    "overcast": Lamps(
        (0.60, 0.62, 0.64), (0.18, 0.86, 0.48), (0.44, 0.48, 0.54), (0.20, 0.20, 0.19),
        (0.34, 0.37, 0.42), (-0.50, 0.86),
    ),
}  # fmt: skip


def linear(colour: tuple[int, int, int]) -> np.ndarray:
    """A screen colour (0–255) as linear light (0–1)."""
    return (np.array(colour, dtype=np.float32) / 255.0) ** np.float32(2.2)
