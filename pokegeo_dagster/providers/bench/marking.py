"""Marking: a user's own picture with alpha, burnt into a corner of every frame of a segment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg

from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.edit.finish import Mark


@dataclass(frozen=True)
class Stamp:
    """A mark and the PNG it is made of."""

    picture: Path
    mark: Mark


def stamped(picture: Any, stamp: Stamp | None, delivery: Delivery) -> Any:
    """A stream of ffmpeg-python with the mark on it: `mark.width` of the frame's shorter side wide, its own
    shape kept, `mark.margin` of that side away from both edges."""
    if stamp is None:
        return picture
    mark, side = stamp.mark, min(delivery.width_px, delivery.height_px)
    edge = round(side * mark.margin / 2) * 2
    logo = (
        ffmpeg.input(str(stamp.picture))
        .filter("format", "rgba")
        .filter("scale", max(2, round(side * mark.width / 2) * 2), -2, flags="lanczos")
        .filter("colorchannelmixer", aa=mark.opacity)
    )
    x = edge if mark.corner.endswith("left") else f"trunc((W-w-{edge})/2)*2"
    y = edge if mark.corner.startswith("top") else f"trunc((H-h-{edge})/2)*2"
    return picture.overlay(logo, x=x, y=y, eof_action="repeat").filter("format", "yuv420p")
