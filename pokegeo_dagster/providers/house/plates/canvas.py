"""The paint box: layers that pictures are built on, sheets that shapes are cut from, colour ramps.

Places are in units of the frame's height (x runs 0…aspect, y 0…1 downwards); colours are sRGB
0–1; layers are three float planes, premultiplied when they have an alpha.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

# OpenCV's stubs answer with the widest array there is, so these names say more than the types do.
Field = NDArray[Any]  # float32
Bytes = NDArray[Any]  # uint8
Colour = NDArray[Any]  # (3,) float32
Ramp = NDArray[Any]  # (256, 3): the colour of every tone

_SUBPIXEL = 4


def colour(hex_rgb: str) -> Colour:
    """The colour of six hex digits."""
    return np.array([int(hex_rgb[i : i + 2], 16) for i in (0, 2, 4)], np.float32) / 255


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """`share` of b in a."""
    return (a * (1 - share) + b * share).astype(np.float32)


def ramp(*stops: tuple[float, Colour]) -> Ramp:
    """Colours for tones 0–255 through stops at 0–1."""
    at = np.array([s[0] for s in stops]) * 255
    tones = np.arange(256)
    planes = [np.interp(tones, at, [s[1][c] for s in stops]) for c in range(3)]
    return np.stack(planes, axis=1).astype(np.float32)


def smoothstep(low: float, high: float, value: Field) -> Field:
    """0 below low, 1 above high, an S between."""
    t = np.clip((value - np.float32(low)) / np.float32(high - low), 0, 1)
    return t * t * (3 - 2 * t)


class Sheet:
    """Shapes waiting for paint: per pixel a mask, a tone (0 shadow – 255 light) and a kind
    (0 the first material – 255 the second).

    One unit is the sheet's height, unless `unit_px` says otherwise; `origin_px` is where (0, 0) lies.
    """

    def __init__(
        self, size: tuple[int, int], tone: int = 90, unit_px: float | None = None, origin_px: float = 0.0
    ):
        self.size = size
        self._unit_px, self._origin_px = unit_px or size[0], origin_px
        self.height_px, self.width_px = size
        self.aspect = self.width_px / self.height_px
        self.image: Bytes = np.zeros((*size, 3), np.uint8)
        self.image[..., 1] = tone

    def poly(self, points: Field, tone: float, kind: int = 0) -> None:
        """A filled outline."""
        fixed = self._fixed(points)
        ink = (255, int(min(255, max(0, tone))), kind)
        cv2.fillPoly(self.image, [fixed], ink, cv2.LINE_AA, _SUBPIXEL)

    def polys(self, outlines: Field, tones: Field, kind: int = 0) -> None:
        """Many outlines of equally many points, (n, points, 2), each with its tone."""
        fixed = self._fixed(outlines)
        inks = np.clip(tones, 0, 255).astype(int).tolist()
        for outline, ink in zip(fixed, inks, strict=True):
            cv2.fillPoly(self.image, [outline], (255, ink, kind), cv2.LINE_AA, _SUBPIXEL)

    def dabs(self, at: Field, length: Field, width: Field, angle: Field, tones: Field, kind: int = 0) -> None:
        """Leaf-shaped touches of a brush, one per row of `at` (n, 2)."""
        leaf = (
            np.array([(-1, 0), (-0.45, 0.8), (0.3, 1), (1, 0), (0.35, -0.9), (-0.5, -0.75)], np.float32) / 2
        )
        along, across = leaf[None, :, 0] * length[:, None], leaf[None, :, 1] * width[:, None]
        cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
        points = np.stack([along * cos - across * sin, along * sin + across * cos], axis=2) + at[:, None, :]
        fixed = self._fixed(points)
        inks = np.clip(tones, 0, 255).astype(int).tolist()
        for outline, ink in zip(fixed, inks, strict=True):
            cv2.fillConvexPoly(self.image, outline, (255, ink, kind), cv2.LINE_AA, _SUBPIXEL)

    def limb(self, path: Field, widths: Field, tone: float, kind: int = 0) -> None:
        """A tapering stroke along a path (n, 2), `widths` (n,) across it."""
        self.poly(limb_outline(path, widths), tone, kind)

    def below(self, skyline: Field, tone: float, kind: int = 0) -> None:
        """Everything under a skyline: one y per pixel column."""
        xs = np.arange(len(skyline), dtype=np.float32) * (self.aspect / (len(skyline) - 1))
        top = np.stack([xs, skyline], axis=1)
        ends = np.array(
            [(self.aspect + 0.1, skyline[-1]), (self.aspect + 0.1, 1.1), (-0.1, 1.1), (-0.1, skyline[0])]
        )
        self.poly(np.concatenate([top, ends]).astype(np.float32), tone, kind)

    def _fixed(self, points: Field) -> NDArray[np.int32]:
        """Places as OpenCV's fixed-point pixels."""
        return np.round((points * self._unit_px + self._origin_px) * 2**_SUBPIXEL).astype(np.int32)

    def rows(self) -> tuple[int, int]:
        """The first row with any mask, and the row after the last."""
        used = np.flatnonzero(self.image[..., 0].any(axis=1))
        return (int(used[0]), int(used[-1]) + 1) if used.size else (0, 0)

    def texture(self, field: Field, amount: float) -> None:
        """Adds a field (about −1…1, a frame of any size) to the tones, `amount` tones strong."""
        if field.shape != self.size:
            field = cv2.resize(field, (self.width_px, self.height_px), interpolation=cv2.INTER_LINEAR)
        top, end = self.rows()
        tone = self.image[top:end, :, 1].astype(np.float32)
        tone += field[top:end] * np.float32(amount)
        self.image[top:end, :, 1] = np.clip(tone, 0, 255)

    def brush(self, bristles: tuple[NDArray[Any], NDArray[Any]]) -> None:
        """Drags every edge a little, by maps for `cv2.remap`: outlines become brush strokes."""
        top, end = self.rows()
        if top < end:
            reach = (slice(top, end), slice(None))
            self.image[top:end] = cv2.remap(
                self.image,
                bristles[0][reach],
                bristles[1][reach],
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            )

    def defocus(self, radius: float) -> None:
        """Soft focus: `radius` in frame heights. Tones spread with their shapes, not with the void."""
        sigma = radius * self.height_px
        if sigma < 0.4:
            return
        shrink = max(1, int(sigma / 1.5))
        small = cv2.resize(
            self.image, (self.width_px // shrink, self.height_px // shrink), interpolation=cv2.INTER_AREA
        ).astype(np.float32)
        mask = small[..., 0:1] / 255
        small[..., 1:] *= mask
        # The edges repeat outwards, so that a blurred shape still reaches the border of its layer.
        small = cv2.GaussianBlur(small, (0, 0), sigma / shrink, borderType=cv2.BORDER_REPLICATE)
        small[..., 1:] /= np.maximum(small[..., 0:1] / 255, 1e-3)
        back = cv2.resize(
            np.clip(small, 0, 255).astype(np.uint8),
            (self.width_px, self.height_px),
            interpolation=cv2.INTER_LINEAR,
        )
        self.image = back


class Layer:
    """One depth of a picture while it is painted."""

    def __init__(self, size: tuple[int, int], opaque: bool):
        self.size = size
        self.height_px, self.width_px = size
        self.aspect = self.width_px / self.height_px
        self.planes: Field = np.zeros((3, *size), np.float32)
        self.alpha: Field | None = None if opaque else np.zeros(size, np.float32)

    def lay(self, sheet: Sheet, first: Ramp, second: Ramp | None = None, strength: float = 1.0) -> None:
        """Paints a sheet's shapes, tones through the ramp of their kind."""
        top, end = sheet.rows()
        if top == end:
            return
        mask8, tone, kind = cv2.split(np.ascontiguousarray(sheet.image[top:end]))
        mask = mask8.astype(np.float32) * np.float32(strength / 255)
        share = None if second is None else kind.astype(np.float32) / np.float32(255)
        for c in range(3):
            paint = cv2.LUT(tone, np.ascontiguousarray(first[:, c]))
            if share is not None and second is not None:
                other = cv2.LUT(tone, np.ascontiguousarray(second[:, c]))
                other -= paint
                other *= share
                paint += other
            self._over(c, top, end, paint, mask)
        self._cover(top, end, mask)

    def wash(self, mask: Field, tint: Colour, top: int = 0) -> None:
        """A veil of one colour; the mask (0–1) begins at row `top`."""
        end = top + mask.shape[0]
        for c in range(3):
            plane = self.planes[c, top:end]
            if self.alpha is None:
                plane += (tint[c] - plane) * mask
            else:
                plane += (tint[c] * self.alpha[top:end] - plane) * mask

    def add(self, light: Field, tint: Colour, top: int = 0) -> None:
        """Light added as a screen, so that it never burns out; only onto what is painted."""
        end = top + light.shape[0]
        for c in range(3):
            plane = self.planes[c, top:end]
            ceiling = np.float32(1) if self.alpha is None else self.alpha[top:end]
            plane += np.maximum(ceiling - plane, 0) * (light * tint[c])

    def scale(self, field: Field) -> None:
        """Multiplies every plane by a field."""
        for c in range(3):
            self.planes[c] *= field

    def blur(self, radius: float) -> None:
        """Soft focus of an opaque layer; `radius` in frame heights."""
        sigma = radius * self.height_px
        shrink = max(1, int(sigma / 2))
        for c in range(3):
            small = cv2.resize(
                self.planes[c],
                (self.width_px // shrink, self.height_px // shrink),
                interpolation=cv2.INTER_AREA,
            )
            small = cv2.GaussianBlur(small, (0, 0), sigma / shrink, borderType=cv2.BORDER_REPLICATE)
            self.planes[c] = cv2.resize(small, (self.width_px, self.height_px), interpolation=cv2.INTER_CUBIC)

    def bytes(self) -> Bytes:
        """What is written: BGR, or BGRA with straight alpha, rounded with a fine ordered dither."""
        dither = _dither(self.size)
        planes: list[Bytes] = []
        for c in (2, 1, 0):
            plane = self.planes[c]
            if self.alpha is not None:
                plane = plane / np.maximum(self.alpha, np.float32(1 / 512))
            planes.append(np.clip(plane * np.float32(255) + dither, 0, 255).astype(np.uint8))
        if self.alpha is not None:
            alpha = np.clip(self.alpha * np.float32(255) + np.float32(0.5), 0, 255).astype(np.uint8)
            # Straight colour under nothing is noise that costs file size: it is black instead.
            planes = [cv2.bitwise_and(p, p, mask=alpha) for p in planes]
            planes.append(alpha)
        return cv2.merge(planes)

    def become(self, planes: Sequence[Field], alpha: Field | None) -> None:
        """Takes other planes of one size: the same picture, resized."""
        self.planes, self.alpha = np.stack(planes), alpha
        self.size = self.height_px, self.width_px = planes[0].shape[:2]

    def _over(self, c: int, top: int, end: int, paint: Field, mask: Field) -> None:
        plane = self.planes[c, top:end]
        paint -= plane
        paint *= mask
        plane += paint

    def _cover(self, top: int, end: int, mask: Field) -> None:
        if self.alpha is not None:
            part = self.alpha[top:end]
            part += (1 - part) * mask


def stack(far: Bytes, *layers: Bytes) -> Bytes:
    """Layers (BGRA, straight alpha) laid over a far picture (BGR), rounded to the nearest byte."""
    out = far
    for layer in layers:
        alpha = layer[..., 3].astype(np.uint16)
        planes = []
        for c in range(3):
            blend = layer[..., c].astype(np.uint16) * alpha
            blend += out[..., c].astype(np.uint16) * (255 - alpha)
            blend += 127
            planes.append((blend // 255).astype(np.uint8))
        out = cv2.merge(planes)
    return out


def limb_outline(path: Field, widths: Field) -> Field:
    """The outline of a stroke: down one side of the path and back up the other."""
    along = np.gradient(path, axis=0)
    along /= np.maximum(np.hypot(along[:, 0], along[:, 1])[:, None], 1e-6)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) * (widths[:, None] / 2)
    return np.concatenate([path + across, (path - across)[::-1]]).astype(np.float32)


def path(points: Sequence[tuple[float, float]], count: int = 12) -> Field:
    """A smooth quadratic curve through the plane: start, pull, end."""
    a, b, c = (np.array(p, np.float32) for p in points)
    t = np.linspace(0, 1, count, dtype=np.float32)[:, None]
    return (a * (1 - t) ** 2 + b * (2 * t * (1 - t)) + c * t**2).astype(np.float32)


def _dither(size: tuple[int, int]) -> Field:
    """Half a step of ordered noise (a 4×4 Bayer matrix): skies without bands, and files that pack."""
    bayer = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32)
    tile = (bayer + 0.5) / 16
    return np.tile(tile, (size[0] // 4 + 1, size[1] // 4 + 1))[: size[0], : size[1]]
