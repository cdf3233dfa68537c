"""Grain: the fine noise of film stock, in brightness only."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from pokegeo_dagster.providers.house.planes import Frame, Plane

# In steps of 8 bits. Measured at 1080p on a misty wood: none costs the encoder 41 ms a frame and lets
# skies band; 0.75 costs 56 ms (3.4 Mb/s), 1.15 costs 70 ms (5.6 Mb/s) and is hardly seen for it.
STRENGTH = 0.8
_SLACK = 256  # how far the tile may be shifted, so that no two frames share their grain


class Grain:
    """Lays a differently shifted tile of noise over every frame."""

    def __init__(self, width: int, height: int, seed: int):
        self.lighter, self.darker = _tiles(width, height)
        # The shifts of a second and a half, none the same; then they come again, unseen.
        self.shifts = np.random.default_rng(seed).integers(0, _SLACK, (37, 2)).tolist()

    def lay(self, frame: Frame, number: int) -> None:
        """Grain on frame `number`."""
        x, y = self.shifts[number % len(self.shifts)]
        rows, columns = slice(y, y + frame.height), slice(x, x + frame.width)
        # Two saturating passes are cheaper than one signed one.
        cv2.add(frame.y, self.lighter[rows, columns], dst=frame.y)
        cv2.subtract(frame.y, self.darker[rows, columns], dst=frame.y)


@lru_cache(maxsize=2)
def _tiles(width: int, height: int) -> tuple[Plane, Plane]:
    """What is added and what is taken away. Read only: every clip of a size shares them."""
    noise = np.random.default_rng(24).standard_normal((height + _SLACK, width + _SLACK), np.float32)
    # A grain is a little larger than a pixel of the frame it is seen in.
    noise = cv2.GaussianBlur(noise, (0, 0), 0.55)
    noise *= np.float32(STRENGTH) / noise.std()
    whole = np.rint(noise).astype(np.int8)
    lighter, darker = np.maximum(whole, 0).astype(np.uint8), np.maximum(-whole, 0).astype(np.uint8)
    lighter.setflags(write=False)
    darker.setflags(write=False)
    return lighter, darker
