"""Noise fields and profiles: the irregularity of everything that is painted.

Grids are counted in cells per frame height, never in pixels, so that a rehearsal-sized plate
shows the same clouds and ridges as a full-sized one.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[Any]  # float32
Rng = np.random.Generator


def fbm(
    rng: Rng, size: tuple[int, int], cells: float, octaves: int = 5, gain: float = 0.5, stretch: float = 1.0
) -> Field:
    """Fractal noise of (height, width), about −1…1 around 0.

    `cells` are features per frame height of the coarsest octave; `stretch` above 1 draws them out
    sideways, below 1 upwards. Octaves are added up a pyramid, so only the last step costs full size.
    """
    height, width = size
    rows = cells * max(1.0, stretch) ** 0.5
    columns = rows * width / height / stretch
    field: Field = np.zeros((2, 2), np.float32)
    weight, total = 1.0, 0.0
    for _ in range(octaves):
        shape = (max(2, round(rows)) + 1, max(2, round(columns)) + 1)
        grid = rng.random(shape, dtype=np.float32) * 2 - 1
        field = cv2.resize(field, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC) + grid * weight
        total += weight * weight
        weight *= gain
        rows, columns = rows * 2.03, columns * 2.03
    shrinking = field.shape[0] > height * 1.5
    field = cv2.resize(field, (width, height), interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_CUBIC)
    return np.multiply(field, np.float32(1.15 / total**0.5), dtype=np.float32)


def soft(
    rng: Rng, size: tuple[int, int], cells: float, octaves: int = 4, gain: float = 0.5, stretch: float = 1.0
) -> Field:
    """`fbm` worked out at a quarter of the size and enlarged: for clouds, mist and light."""
    small = (max(8, size[0] // 4), max(8, size[1] // 4))
    return cv2.resize(
        fbm(rng, small, cells, octaves, gain, stretch), (size[1], size[0]), interpolation=cv2.INTER_CUBIC
    )


def warp(field: Field, dx: Field, dy: Field, reach_px: float) -> Field:
    """The field looked up at displaced places: it turns blobs into wisps and strata into folds."""
    height, width = field.shape
    xs = np.arange(width, dtype=np.float32)[None, :] + dx * np.float32(reach_px)
    ys = np.arange(height, dtype=np.float32)[:, None] + dy * np.float32(reach_px)
    return cv2.remap(field, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)


def shifted(field: Field, dx: float, dy: float) -> Field:
    """The field moved by (dx, dy) pixels; its edges repeat, so that no seam comes in from outside."""
    move = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    return cv2.warpAffine(field, move, field.shape[::-1], borderMode=cv2.BORDER_REPLICATE)


def crumple(rng: Rng, size: tuple[int, int], cells: float, stretch: float = 1.0) -> Field:
    """Ridged, folded noise, 0…1 with sharp creases: eroded slopes, bark, rock."""
    base = fbm(rng, size, cells, 4, 0.55, stretch)
    base = warp(base, fbm(rng, size, cells * 0.7, 3), fbm(rng, size, cells * 0.7, 3), size[0] / cells * 0.35)
    fine = fbm(rng, size, cells * 3.1, 3, 0.6, stretch)
    return np.clip(1.0 - np.abs(base) * 1.5 - np.abs(fine) * 0.35, 0, 1)


def facets(rng: Rng, size: tuple[int, int], cells: float) -> tuple[Field, Field]:
    """A broken surface: (a random tilt −1…1 per Voronoi cell, the distance to the nearest seam).

    The distance is in cells, about 0 on a seam and 0.5 in the middle of a cell.
    """
    height, width = size
    step = height / cells
    seeds = np.full(size, 255, np.uint8)
    rows, columns = int(cells) + 2, int(cells * width / height) + 2
    ys = ((np.arange(rows)[:, None] + rng.random((rows, columns)) - 0.5) * step).astype(int)
    xs = ((np.arange(columns)[None, :] + rng.random((rows, columns)) - 0.5) * step).astype(int)
    seeds[np.clip(ys, 0, height - 1), np.clip(xs, 0, width - 1)] = 0
    _, labels = cv2.distanceTransformWithLabels(seeds, cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL)
    tilt = (rng.random(rows * columns + 2, dtype=np.float32) * 2 - 1)[np.asarray(labels, np.intp)]
    changes = np.zeros(size, np.uint8)
    changes[:, 1:] |= (labels[:, 1:] != labels[:, :-1]).astype(np.uint8)
    changes[1:, :] |= (labels[1:, :] != labels[:-1, :]).astype(np.uint8)
    seam = cv2.distanceTransform(1 - changes, cv2.DIST_L2, 3) / np.float32(step)
    return tilt, seam.astype(np.float32)


def profile(
    rng: Rng, count: int, cells: float, octaves: int = 6, gain: float = 0.5, sharp: bool = False
) -> Field:
    """A one-dimensional skyline of `count` samples, about −1…1. Sharp ones keep their corners."""
    out = np.zeros(count, np.float32)
    at = np.linspace(0, 1, count, dtype=np.float32)
    weight, total = 1.0, 0.0
    for _ in range(octaves):
        knots = rng.random(int(cells) + 3, dtype=np.float32) * 2 - 1
        place = at * cells + rng.random() * 0.9
        index = place.astype(int)
        t = place - index
        if not sharp:
            t = t * t * (3 - 2 * t)
        out += weight * (knots[index] * (1 - t) + knots[index + 1] * t)
        total += weight * weight
        weight *= gain
        cells *= 2.07
    return out * np.float32(1.1 / total**0.5)
