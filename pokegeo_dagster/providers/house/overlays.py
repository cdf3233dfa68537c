"""Overlays: what is laid on the frames of a sketch: words on a box, the running timecode, a watermark."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.edit.finish import Mark
from pokegeo_dagster.providers.bench.lettering import lettered
from pokegeo_dagster.providers.bench.marking import Stamp
from pokegeo_dagster.providers.bench.pixels import Pixels, read_png
from pokegeo_dagster.providers.house.planes import Frame, Plane, yuva

EDGE = 0.035  # how far from the frame's edge anything is written
LABEL_SIZE = 1 / 32


@dataclass(frozen=True)
class Overlay:
    """A picture with alpha, ready to be laid on frames."""

    luma: Plane
    keep: Plane  # how much of the frame stays, 0–255
    small: tuple[Plane, Plane, Plane]  # U, V and what stays, at half size

    @staticmethod
    def of(picture: Pixels) -> Overlay:
        high, wide = (picture.shape[0] + 1) // 2 * 2, (picture.shape[1] + 1) // 2 * 2
        padded = np.zeros((high, wide, 4), np.uint8)
        padded[: picture.shape[0], : picture.shape[1]] = picture
        y, u, v, alpha = cv2.split(yuva(padded))
        keep = cv2.bitwise_not(alpha)
        half = (wide // 2, high // 2)
        u, v, less = (cv2.resize(plane, half, interpolation=cv2.INTER_AREA) for plane in (u, v, keep))
        return Overlay(y, keep, (u, v, less))

    def lay(self, frame: Frame, left: int, top: int) -> None:
        """On the frame, its corner at the even pixel at or before (left, top)."""
        left, top = left // 2 * 2, top // 2 * 2
        high, wide = self.luma.shape
        view = frame.y[top : top + high, left : left + wide]
        cv2.add(cv2.multiply(view, self.keep, scale=1 / 255), self.luma, dst=view)
        u, v, less = self.small
        for plane, own in ((frame.u, u), (frame.v, v)):
            view = plane[top // 2 : (top + high) // 2, left // 2 : (left + wide) // 2]
            cv2.add(cv2.multiply(view, less, scale=1 / 255), own, dst=view)


class Clock:
    """The running timecode in the lower right corner (or `up` in the upper one), put together from eleven
    glyphs."""

    def __init__(self, delivery: Delivery, up: bool = False):
        size = max(9, round(delivery.height_px * LABEL_SIZE))
        glyphs = {c: lettered([c], "sans_semibold", size) for c in "0123456789:"}
        wide = max(glyph.shape[1] for glyph in glyphs.values())
        edge = round(delivery.height_px * EDGE)
        high = next(iter(glyphs.values())).shape[0]
        self.step = (wide - size // 6) // 2 * 2
        self.left = delivery.width_px - edge - self.step * 11
        self.top = edge if up else delivery.height_px - edge - high
        self.glyphs: dict[str, Overlay] = {}
        for letter, glyph in glyphs.items():
            cell = np.zeros((high, self.step, 4), np.uint8)
            x = max(0, (self.step - glyph.shape[1]) // 2)
            skip = max(0, (glyph.shape[1] - self.step) // 2)
            part = glyph[:, skip : skip + self.step]
            cell[:, x : x + part.shape[1]] = part
            self.glyphs[letter] = Overlay.of(on_box(cell, 0))

    def lay(self, frame: Frame, text: str) -> None:
        for number, letter in enumerate(text):
            self.glyphs[letter].lay(frame, self.left + number * self.step, self.top)


@dataclass(frozen=True)
class Logo:
    """A watermark in its corner, as it will lie in the film."""

    overlay: Overlay
    left: int
    top: int

    @staticmethod
    def of(stamp: Stamp, delivery: Delivery) -> Logo:
        """Of the size and strength that the film will have it in (see `bench.marking`)."""
        mark, side = stamp.mark, min(delivery.width_px, delivery.height_px)
        picture = read_png(stamp.picture, alpha=True)
        wide = max(2, round(side * mark.width / 2) * 2)
        high = max(2, round(picture.shape[0] * wide / picture.shape[1] / 2) * 2)
        small = cv2.resize(picture, (wide, high), interpolation=cv2.INTER_AREA)
        small[..., 3] = np.round(small[..., 3] * mark.opacity)
        return Logo(Overlay.of(small), *_corner(mark, delivery, wide, high))

    def lay(self, frame: Frame) -> None:
        """On a frame."""
        self.overlay.lay(frame, self.left, self.top)


def _corner(mark: Mark, delivery: Delivery, wide: int, high: int) -> tuple[int, int]:
    edge = round(min(delivery.width_px, delivery.height_px) * mark.margin)
    left = edge if mark.corner.endswith("left") else delivery.width_px - wide - edge
    return left, edge if mark.corner.startswith("top") else delivery.height_px - high - edge


def on_box(words: Pixels, margin: int, strength: int = 150) -> Pixels:
    """White words on a dark, see-through box."""
    high, wide = words.shape[0] + 2 * margin, words.shape[1] + 2 * margin
    alpha = np.zeros((high, wide), np.float32)
    alpha[margin : high - margin, margin : wide - margin] = words[..., 3] / 255
    over = alpha + (1 - alpha) * strength / 255
    out = np.empty((high, wide, 4), np.uint8)
    out[..., :3] = np.round(255 * alpha / over)[..., None]
    out[..., 3] = np.round(255 * over)
    return out
