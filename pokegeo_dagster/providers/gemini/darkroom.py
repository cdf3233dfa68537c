"""The darkroom: from a vendor's picture file to what the compositor takes. Pixels only, no network."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from pokegeo_dagster.film.crew import Made
from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.story.coat import RGB
from pokegeo_dagster.providers.bench.layers import master_size
from pokegeo_dagster.providers.bench.pixels import (
    Pixels,
    cover,
    premultiplied,
    read_png,
    unpremultiplied,
    write_png,
)
from pokegeo_dagster.providers.gemini.matting import CannotCutOut, cut_out

__all__ = ["CannotCutOut", "cutting", "flattened", "plate"]

_SHEET_PX = 1536  # a model looks at a reference in tiles; more pixels are not looked at


def plate(original: Path, delivery: Delivery, room: Path) -> Made:
    """A place as `main`: RGB, 1.2× the delivery's size. Raises MediaDamaged."""
    width, height = master_size(delivery)
    picture = cover(read_png(original, alpha=False), width, height)
    return Made({"main": write_png(room / "main.png", picture)}, {"width_px": width, "height_px": height})


def cutting(original: Path, longest_px: int, room: Path, see_through: bool = False) -> Made:
    """An animal or a thing as `main`: RGBA, trimmed, its longest side at most `longest_px`.

    Raises MediaDamaged, CannotCutOut.
    """
    cut = cut_out(read_png(original, alpha=False), see_through)
    picture, box = cut.picture, cut.box
    scale = longest_px / max(picture.shape[:2])
    if scale < 1:
        picture = _smaller(picture, scale)
        x, y, width, height = cv2.boundingRect((picture[..., 3] > 0).astype(np.uint8))
        box = (x, y, x + width, y + height)
    slate = {
        "width_px": picture.shape[1],
        "height_px": picture.shape[0],
        "bbox": list(box),
        "backdrop": "#{:02X}{:02X}{:02X}".format(*cut.backdrop),
    }
    return Made({"main": write_png(room / "main.png", picture)}, slate)


def flattened(sheet: Path, backdrop: RGB) -> bytes:
    """A cut-out laid on a colour, as the bytes of a PNG. Raises MediaDamaged."""
    picture = read_png(sheet, alpha=True)
    scale = _SHEET_PX / max(picture.shape[:2])
    if scale < 1:
        picture = _smaller(picture, scale)
    alpha = picture[..., 3:4].astype(np.float32) / 255
    below = np.array(backdrop[::-1], np.float32)
    flat = (picture[..., :3] * alpha + below * (1 - alpha) + 0.5).astype(np.uint8)
    edge = max(picture.shape[:2]) // 12
    flat = cv2.copyMakeBorder(
        flat, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=[float(c) for c in below]
    )
    done, data = cv2.imencode(".png", flat, [cv2.IMWRITE_PNG_COMPRESSION, 3])
    assert done
    return data.tobytes()


def _smaller(picture: Pixels, scale: float) -> Pixels:
    clean = cv2.resize(premultiplied(picture), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return unpremultiplied(clean)
