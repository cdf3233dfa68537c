"""Pixels: pictures in memory (uint8, BGR or BGRA with straight alpha) and on disk (PNG)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pokegeo_dagster.film.errors import MediaDamaged

Pixels = NDArray[Any]  # uint8; OpenCV promises no more than «some array»


def read_png(path: Path, alpha: bool) -> Pixels:
    """A picture file as BGRA (`alpha`) or BGR. One without alpha comes out fully opaque.

    Raises MediaDamaged.
    """
    # Read by ourselves: OpenCV cannot open every path that Python can, and says nothing.
    try:
        data = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as missing:
        raise MediaDamaged(f"{path.name} cannot be read: {missing.strerror}") from missing
    picture = cv2.imdecode(data, cv2.IMREAD_UNCHANGED) if data.size else None
    if picture is None:
        raise MediaDamaged(f"{path.name} is not a picture that can be read. Make it again.")
    if picture.dtype == np.uint16:
        picture = (picture // 256).astype(np.uint8)
    channels = 1 if picture.ndim == 2 else picture.shape[2]
    if channels == 1:
        picture = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGRA if alpha else cv2.COLOR_GRAY2BGR)
    elif channels == 3 and alpha:
        picture = cv2.cvtColor(picture, cv2.COLOR_BGR2BGRA)
    elif channels == 4 and not alpha:
        picture = np.ascontiguousarray(picture[..., :3])
    return picture


def write_png(path: Path, picture: Pixels) -> Path:
    """The picture as a lossless PNG. Packed lightly: twice the packing time saves a tenth."""
    done, data = cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    assert done
    path.write_bytes(data.tobytes())
    return path


def cover(picture: Pixels, width: int, height: int) -> Pixels:
    """The picture scaled until it fills width × height, its overhang cut off on both sides alike."""
    high, wide = picture.shape[:2]
    scale = max(width / wide, height / high)
    # Cropped first, so that an ultra-wide picture is not scaled where nobody looks.
    keep_w, keep_h = min(wide, round(width / scale)), min(high, round(height / scale))
    x, y = (wide - keep_w) // 2, (high - keep_h) // 2
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    part = picture[y : y + keep_h, x : x + keep_w]
    return part if part.shape[:2] == (height, width) else cv2.resize(part, (width, height), interpolation=way)


def premultiplied(picture: Pixels) -> Pixels:
    """BGRA with its colour dimmed by its alpha: what may be scaled and blurred without a fringe."""
    alpha = picture[..., 3:4].astype(np.uint16)
    out = picture.copy()
    out[..., :3] = (picture[..., :3] * alpha + 127) // 255
    return out


def unpremultiplied(picture: Pixels) -> Pixels:
    """The straight BGRA of a premultiplied one. Where nothing is, there is no colour."""
    alpha = picture[..., 3:4]
    out = picture.copy()
    dim = (alpha[..., 0] > 0) & (alpha[..., 0] < 255)
    part = picture[dim].astype(np.float32)
    out[dim, :3] = np.minimum(255, part[:, :3] * (255 / part[:, 3:4]) + 0.5).astype(np.uint8)
    out[alpha[..., 0] == 0] = 0
    return out


def defocused(picture: Pixels, sigma_px: float) -> Pixels:
    """The picture out of focus; alpha softens with its shape."""
    if sigma_px < 0.5:
        return picture
    straight = picture.shape[2] == 4
    clean = premultiplied(picture) if straight else picture
    shrink = 2 if sigma_px > 2 else 1
    high, wide = picture.shape[:2]
    small = cv2.resize(clean, (wide // shrink, high // shrink), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma_px / shrink, borderType=cv2.BORDER_REPLICATE)
    back = cv2.resize(small, (wide, high), interpolation=cv2.INTER_LINEAR)
    return unpremultiplied(back) if straight else back


def lay_over(under: Pixels, over: Pixels, left: int, top: int) -> Pixels:
    """BGRA laid over BGR with its corner at (left, top), which may lie outside. A new picture."""
    out = under.copy()
    y0, x0 = max(0, top), max(0, left)
    y1, x1 = min(under.shape[0], top + over.shape[0]), min(under.shape[1], left + over.shape[1])
    if y1 <= y0 or x1 <= x0:
        return out
    part = over[y0 - top : y1 - top, x0 - left : x1 - left]
    alpha = part[..., 3]
    for channel in range(3):
        plane = out[y0:y1, x0:x1, channel]
        below = cv2.multiply(np.ascontiguousarray(plane), cv2.bitwise_not(alpha), scale=1 / 255)
        above = cv2.multiply(np.ascontiguousarray(part[..., channel]), alpha, scale=1 / 255)
        out[y0:y1, x0:x1, channel] = cv2.add(below, above)
    return out
