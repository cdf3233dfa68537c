"""Planes: pictures as the encoder wants them, Y, U and V in BT.709 video range."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[Any]  # uint8

# BT.709, 8 bits: Y 16–235, U and V 16–240 about 128. Rows make Y, U, V from B, G, R and 1.
_KR, _KB = 0.2126, 0.0722
_KG = 1 - _KR - _KB
_Y = 219 / 255
_C = 224 / 255
_TO_YUV = np.array(
    [
        [_KB * _Y, _KG * _Y, _KR * _Y, 16],
        [0.5 * _C, -_KG / (1 - _KB) * 0.5 * _C, -_KR / (1 - _KB) * 0.5 * _C, 128],
        [-_KB / (1 - _KR) * 0.5 * _C, -_KG / (1 - _KR) * 0.5 * _C, 0.5 * _C, 128],
    ],
    np.float32,
)


class Frame:
    """One picture in I420: `data` is what the encoder is fed, `y`, `u` and `v` are views of it."""

    def __init__(self, width: int, height: int):
        self.width, self.height = width, height
        self.data: Plane = np.empty(width * height * 3 // 2, np.uint8)
        luma, chroma = width * height, width * height // 4
        self.y = self.data[:luma].reshape(height, width)
        self.u = self.data[luma : luma + chroma].reshape(height // 2, width // 2)
        self.v = self.data[luma + chroma :].reshape(height // 2, width // 2)

    def bgr(self) -> Plane:
        """The picture as BGR, for a poster."""
        size = (self.width, self.height)
        full = [cv2.resize(p, size, interpolation=cv2.INTER_LINEAR) for p in (self.u, self.v)]
        yuv = cv2.merge([self.y, *full])
        back = np.linalg.inv(_TO_YUV[:, :3].astype(np.float64))
        matrix = np.hstack([back, -back @ _TO_YUV[:, 3:].astype(np.float64)])
        return cv2.transform(yuv, matrix.astype(np.float32))


def yuva(picture: Plane) -> Plane:
    """BGR or straight BGRA as Y, U, V and alpha at full resolution, dimmed by the alpha.

    Four channels even where nothing is transparent: OpenCV moves four as fast as one.
    """
    yuv = cv2.transform(np.ascontiguousarray(picture[..., :3]), _TO_YUV)
    if picture.shape[2] == 3:
        alpha = np.full(picture.shape[:2], 255, np.uint8)
        return cv2.merge([*cv2.split(yuv), alpha])
    alpha = np.ascontiguousarray(picture[..., 3])
    dimmed = [cv2.multiply(plane, alpha, scale=1 / 255) for plane in cv2.split(yuv)]
    return cv2.merge([*dimmed, alpha])


def yuv_of(bgr: tuple[float, float, float]) -> tuple[float, float, float]:
    """One colour (B, G, R of 0–255) as Y, U, V."""
    y, u, v = (_TO_YUV @ np.array([*bgr, 1.0], np.float32)).tolist()
    return y, u, v
