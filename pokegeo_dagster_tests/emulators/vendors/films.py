"""Small genuine films: H.264 in MP4, 24 pictures a second, a picture slowly coming closer."""

from __future__ import annotations

import hashlib
import io
import subprocess
import tempfile
from pathlib import Path
from threading import Lock

import cv2
import imageio_ffmpeg
import numpy as np
from PIL import Image

from pokegeo_dagster_tests.emulators.vendors import pictures

RATE_FPS = 24
_CLOSER = 0.08  # how much bigger the last picture is than the first


class Projector:
    """Makes each film once and keeps it in memory: by its image and duration, or by duration only."""

    def __init__(self) -> None:
        self._films: dict[tuple[str, int, tuple[int, int]], bytes] = {}
        self._lock = Lock()  # one encoder at a time: the second asker finds the film made

    def film(self, image: bytes | None, duration_s: int, size: tuple[int, int], same: bool) -> bytes:
        """The film's file. With `same` every request of a duration and size gets the first one made."""
        of = "any" if same else hashlib.sha256(image or b"").hexdigest()
        with self._lock:
            key = (of, duration_s, size)
            if key not in self._films:
                self._films[key] = _shot(image, duration_s, size)
            return self._films[key]


def _shot(image: bytes | None, duration_s: int, size: tuple[int, int]) -> bytes:
    width, height = size
    still = _still(image, (width * 5 // 4, height * 5 // 4))
    frames = duration_s * RATE_FPS
    with tempfile.TemporaryDirectory(prefix="pokegeo-film-") as folder:
        file = Path(folder) / "film.mp4"
        command = [
            imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-y",
            "-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{width}x{height}", "-r", str(RATE_FPS),
            "-i", "pipe:",
            "-an", "-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p",
            "-colorspace", "bt709", "-movflags", "+faststart", str(file),
        ]  # fmt: skip
        process = subprocess.Popen(command, stdin=subprocess.PIPE)
        assert process.stdin is not None
        for number in range(frames):
            process.stdin.write(_frame(still, size, number / max(1, frames - 1)).tobytes())
        process.stdin.close()
        if process.wait():
            raise RuntimeError("ffmpeg made no film of the emulator's picture")
        return file.read_bytes()


def _still(image: bytes | None, size: tuple[int, int]) -> np.ndarray:
    """The picture a film opens on; one of our own where there is none that can be read."""
    try:
        picture = Image.open(io.BytesIO(image or b"")).convert("RGB")
    except OSError:
        own = pictures.picture("a place", 1, (size[0] // 2, size[1] // 2), "jpeg")
        picture = Image.open(io.BytesIO(own)).convert("RGB")
    return np.asarray(picture.resize(size, Image.Resampling.BICUBIC))[:, :, ::-1]


def _frame(still: np.ndarray, size: tuple[int, int], part: float) -> np.ndarray:
    high, wide = still.shape[:2]
    zoom = size[0] / wide * (1 + _CLOSER * part)
    move = np.array([[zoom, 0, (size[0] - wide * zoom) / 2], [0, zoom, (size[1] - high * zoom) / 2]])
    return cv2.warpAffine(still, move, size, flags=cv2.INTER_LINEAR)
