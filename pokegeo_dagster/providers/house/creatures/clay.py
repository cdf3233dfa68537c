"""Clay: parts as pixels: how much of a pixel a part covers, and how far it swells towards the viewer."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pokegeo_dagster.providers.house.creatures.figure import Array, Limb, Part, Sheet, box

_SHIFT = 4  # cv2 draws at sixteenths of a pixel
_FINE = 1 << _SHIFT
_COARSE_PX = 128  # the longest side of the grid that bodies are swollen on: they are smooth


@dataclass(frozen=True)
class Window:
    """A pixel rectangle of the picture and where it lies in body units."""

    x0: int
    y0: int
    width: int
    height: int
    px_per_unit: float
    left: float  # unit x of the picture's left edge
    top: float  # unit y of the picture's top edge

    def pixels(self, points: Array) -> Array:
        """Unit points as pixel positions in this window."""
        x = (points[:, 0] - self.left) * self.px_per_unit - self.x0
        y = (self.top - points[:, 1]) * self.px_per_unit - self.y0
        return np.column_stack([x, y])

    def grid(self) -> tuple[Array, Array]:
        """Unit x (1×w) and y (h×1) of every pixel's middle."""
        x = (np.arange(self.width, dtype=np.float32) + 0.5 + self.x0) / self.px_per_unit + self.left
        y = self.top - (np.arange(self.height, dtype=np.float32) + 0.5 + self.y0) / self.px_per_unit
        return x[None, :], y[:, None]


def window_of(
    part: Part, px_per_unit: float, left: float, top: float, size: tuple[int, int]
) -> Window | None:
    """The rectangle a part can touch, clipped to the picture (width, height); None if outside."""
    pad = 0.02 + 3 * part.soft + 0.05 * part.shaggy
    x0, y0, x1, y1 = box(part)
    a = max(0, int((x0 - pad - left) * px_per_unit))
    b = max(0, int((top - y1 - pad) * px_per_unit))
    c = min(size[0], int((x1 + pad - left) * px_per_unit) + 1)
    d = min(size[1], int((top - y0 + pad) * px_per_unit) + 1)
    if c - a < 2 or d - b < 2:
        return None
    return Window(a, b, c - a, d - b, px_per_unit, left, top)


def press(part: Part, window: Window) -> Array:
    """Coverage (0–1, float32) of a part in its window, with joints flowed together by `soft`."""
    mask = np.zeros((window.height, window.width), np.uint8)
    for shape in part.shapes:
        _press_limb(mask, shape, window) if isinstance(shape, Limb) else _press_sheet(mask, shape, window)
    sigma = float(part.soft * window.px_per_unit)
    field = mask.astype(np.float32) / 255.0
    if sigma < 0.6:
        return field
    field = cv2.GaussianBlur(field, (0, 0), sigma)
    # The blurred edge climbs 1/(σ√2π) a pixel: stretching it back makes it one pixel wide.
    return np.clip((field - 0.5) * (sigma * 2.2) + 0.5, 0.0, 1.0)


def _press_sheet(mask: Array, shape: Sheet, window: Window) -> None:
    points = np.round(window.pixels(shape.outline) * _FINE).astype(np.int32)
    cv2.fillPoly(mask, [points], 255, cv2.LINE_AA, _SHIFT)


def _press_limb(mask: Array, shape: Limb, window: Window) -> None:
    xy = window.pixels(shape.spine[:, :2])
    r = shape.spine[:, 2] * window.px_per_unit
    step = np.diff(xy, axis=0)
    length = np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-6)
    normal = np.column_stack([-step[:, 1], step[:, 0]]) / length[:, None]
    quads = np.stack(
        [
            xy[:-1] + normal * r[:-1, None],
            xy[1:] + normal * r[1:, None],
            xy[1:] - normal * r[1:, None],
            xy[:-1] - normal * r[:-1, None],
        ],
        axis=1,
    )
    for quad in np.round(quads * _FINE).astype(np.int32):
        cv2.fillConvexPoly(mask, quad, 255, cv2.LINE_AA, _SHIFT)
    for (x, y), radius in zip(np.round(xy * _FINE).astype(int), np.round(r * _FINE).astype(int), strict=True):
        cv2.circle(mask, (int(x), int(y)), max(1, int(radius)), 255, -1, cv2.LINE_AA, _SHIFT)


_CROSS = np.array([[0, 0.25, 0], [0.25, 0, 0.25], [0, 0.25, 0]], np.float32)


def swell(mask: Array, bulge: float) -> Array:
    """Height in pixels of a soft body with this outline: the root of Poisson's membrane.

    For a disc or a stripe that is a sphere's or a tube's surface, and in between it is smooth.
    """
    h, w = mask.shape
    scale = min(1.0, _COARSE_PX / max(h, w))
    size = (max(4, round(w * scale)), max(4, round(h * scale)))
    fine = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
    levels = [fine]
    while min(levels[-1].shape) > 12:
        levels.append(cv2.pyrDown(levels[-1]))
    u = np.zeros_like(levels[-1])
    for depth in range(len(levels) - 1, -1, -1):
        m = levels[depth]
        if u.shape != m.shape:
            u = cv2.resize(u, (m.shape[1], m.shape[0]), interpolation=cv2.INTER_LINEAR)
        load = np.float32(0.25 * 2.6 * 4.0**depth)
        for _ in range(36 if depth else 18):
            u = (cv2.filter2D(u, -1, _CROSS, borderType=cv2.BORDER_REPLICATE) + load) * m
    u = cv2.resize(cv2.GaussianBlur(u, (0, 0), 0.6), (w, h), interpolation=cv2.INTER_LINEAR)
    if scale < 0.7:  # enlarging leaves a lattice that a glossy skin would show
        reach = 0.55 / scale
        u = cv2.blur(cv2.blur(u, (2 * round(reach) + 1,) * 2), (2 * round(reach) + 1,) * 2)
    return np.sqrt(np.maximum(u, 0.0)) * np.float32(bulge / scale)
