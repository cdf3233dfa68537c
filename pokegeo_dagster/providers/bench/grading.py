"""Grading: the light and air of a place on a subject that was drawn somewhere else."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pokegeo_dagster.providers.bench.pixels import Pixels

Field = NDArray[Any]  # float32
_LUMA = np.array([0.0722, 0.7152, 0.2126], np.float32)  # BT.709, in BGR order

TINT = 0.16  # how much of the place's colour cast a subject takes on
EXPOSURE = 0.22  # how far its brightness is drawn towards the place's
WRAP = 0.5  # how much light from behind creeps round its edge
GROUNDING = 0.2  # how much darker its foot is than its back
SHADOW = 0.62  # the darkest a contact shadow gets


class Place:
    """What a subject at (left, top) stands before: a small soft copy of the plate, for colours."""

    def __init__(self, plate: Pixels, left: int, top: int, frame_h: int):
        self.left, self.top, self.frame_h = left, top, frame_h
        self.step = max(1, round(frame_h / 68))  # a copy of about 80 rows is plenty for a colour
        size = (max(1, plate.shape[1] // self.step), max(1, plate.shape[0] // self.step))
        small = cv2.resize(plate, size, interpolation=cv2.INTER_AREA)
        self.small: Field = cv2.GaussianBlur(small, (0, 0), 1.5).astype(np.float32) / np.float32(255)

    def behind(self, shape: tuple[int, int]) -> Field:
        """The soft plate behind a picture of this shape, (height, width, 3) of 0–1."""
        matrix = np.array(
            [[1 / self.step, 0, self.left / self.step], [0, 1 / self.step, self.top / self.step]]
        )
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return cv2.warpAffine(
            self.small, matrix, (shape[1], shape[0]), flags=flags, borderMode=cv2.BORDER_REPLICATE
        )

    def around(self, shape: tuple[int, int]) -> Field:
        """The mean colour around a picture of this shape."""
        reach = 0.15 * self.frame_h
        x0, x1 = self._cells(self.left - reach, self.left + shape[1] + reach, 1)
        y0, y1 = self._cells(self.top - reach, self.top + shape[0] + reach, 0)
        return self.small[y0:y1, x0:x1].reshape(-1, 3).mean(axis=0)

    def air(self) -> Field:
        """The colour that distance has here: the light half of the rows about the horizon."""
        rows = self.small[int(len(self.small) * 0.3) : max(1, int(len(self.small) * 0.55))].reshape(-1, 3)
        light = rows @ _LUMA
        return rows[light >= np.median(light)].mean(axis=0)

    def _cells(self, start: float, end: float, axis: int) -> tuple[int, int]:
        most = self.small.shape[axis]
        first = min(most - 1, max(0, int(start / self.step)))
        return first, max(first + 1, min(most, int(end / self.step)))


def grade(body: Pixels, place: Place, haze: float, contact: float) -> Pixels:
    """The subject (BGRA) in the light of its place. The alpha stays as it is."""
    colour = body[..., :3].astype(np.float32) / np.float32(255)
    alpha = body[..., 3].astype(np.float32) / np.float32(255)
    around = place.around(alpha.shape)
    colour *= _cast(colour, alpha, around)
    if contact > 0:
        rise = np.linspace(1, 0, alpha.shape[0], dtype=np.float32)[:, None, None]
        low = np.clip(1 - rise / np.float32(0.22), 0, 1)
        colour *= 1 - np.float32(GROUNDING * contact) * low * low
    behind = place.behind(alpha.shape)
    # Light from behind: strongest at the very edge, and only where the place is the brighter one.
    edge = cv2.GaussianBlur(1 - alpha, (0, 0), max(1.0, 0.007 * place.frame_h))[..., None]
    colour += np.maximum(behind - colour, 0) * edge * np.float32(WRAP)
    if haze:
        colour += (place.air() - colour) * np.float32(haze)
    out = body.copy()
    out[..., :3] = np.clip(colour * 255 + np.float32(0.5), 0, 255).astype(np.uint8)
    out[body[..., 3] == 0] = 0
    return out


def _cast(colour: Field, alpha: Field, around: Field) -> Field:
    """The factor per channel that moves a subject towards the light of its place."""
    place_luma = max(0.02, float(around @ _LUMA))
    weight = float(alpha.sum()) or 1.0
    mean = np.array([float((colour[..., c] * alpha).sum()) / weight for c in range(3)], np.float32)
    own_luma = max(0.02, float(mean @ _LUMA))
    exposure = float(np.clip((place_luma / own_luma) ** EXPOSURE, 0.72, 1.1))
    tint = np.clip(around / np.float32(place_luma), 0.55, 1.6)
    return (np.float32(exposure) * (1 + (tint - 1) * np.float32(TINT))).astype(np.float32)


def lay_shadow(
    ground: Pixels, body: Pixels, left: int, foot: tuple[float, float], contact: float, frame_h: int
) -> Pixels:
    """The ground darkened where a subject touches it. A new picture; alpha stays as it is.

    A narrow dark core under the feet lies in a wide soft one, both as flat as the ground is seen.
    """
    reach = _footprint(body, left)
    if reach is None:
        return ground
    middle, half = (reach[0] + reach[1]) / 2, max(0.012 * frame_h, (reach[1] - reach[0]) / 2)
    shade = np.zeros(ground.shape[:2], np.float32)
    for wide, flat, dark in ((1.45, 0.34, 0.45), (1.0, 0.15, 0.55)):
        _ellipse(shade, (middle, foot[1] - 0.1 * flat * half), (half * wide, max(3.0, half * flat)), dark)
    factor = 1 - np.minimum(shade, 1) * np.float32(SHADOW * contact)
    y0, y1 = _rows_of(shade)
    out = ground.copy()
    # Shadows keep a little of the sky's blue: the blue channel darkens least.
    for channel, share in enumerate((0.9, 1.0, 1.0)):
        part = out[y0:y1, :, channel].astype(np.float32)
        out[y0:y1, :, channel] = (part * (1 - (1 - factor[y0:y1]) * np.float32(share))).astype(np.uint8)
    return out


def _footprint(body: Pixels, left: int) -> tuple[float, float] | None:
    """The columns that the lowest eighth of a body spans."""
    solid = body[..., 3] > 100
    rows = np.flatnonzero(solid.any(axis=1))
    if not rows.size:
        return None
    low = solid[rows[-1] - max(2, (rows[-1] - rows[0]) // 8) : rows[-1] + 1]
    columns = np.flatnonzero(low.any(axis=0))
    return float(left + columns[0]), float(left + columns[-1])


def _ellipse(shade: Field, middle: tuple[float, float], half: tuple[float, float], dark: float) -> None:
    """Adds a soft ellipse (a Gaussian, `half` being two of its sigmas)."""
    y0, y1 = int(max(0, middle[1] - half[1] * 2)), int(min(shade.shape[0], middle[1] + half[1] * 2))
    x0, x1 = int(max(0, middle[0] - half[0] * 2)), int(min(shade.shape[1], middle[0] + half[0] * 2))
    if y1 <= y0 or x1 <= x0:
        return
    y = ((np.arange(y0, y1, dtype=np.float32) - np.float32(middle[1])) / np.float32(half[1]))[:, None]
    x = ((np.arange(x0, x1, dtype=np.float32) - np.float32(middle[0])) / np.float32(half[0]))[None, :]
    shade[y0:y1, x0:x1] += np.float32(dark) * np.exp(-2 * (x * x + y * y))


def _rows_of(shade: Field) -> tuple[int, int]:
    rows = np.flatnonzero(shade.max(axis=1) > 0.004)
    return (int(rows[0]), int(rows[-1]) + 1) if rows.size else (0, 0)
