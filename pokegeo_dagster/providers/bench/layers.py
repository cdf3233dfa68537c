"""Layers: what a composite is made of, on paper, for a camera that moves its parts separately.

All of it lies on the master: a sheet 1.2× the frame, on which the frame of the opening picture is
the window in the middle, pixel for pixel.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.errors import MediaDamaged
from pokegeo_dagster.film.model import Frozen

MASTER_SCALE = 1.2
Role = Literal["plate", "far", "mid", "subject", "near"]


class Layer(Frozen):
    """One picture on the master. Pixels are the master's, from its left top corner.

    `rate` says how far it moves when the subject moves by 1. A leaning layer moves faster below
    row `level` and slower above it, by `lean` per frame height: a ground that recedes.
    """

    part: str  # the part of the take that holds its picture
    role: Role
    left_px: int = 0
    top_px: int = 0
    rate: float = 1.0
    lean: float = 0.0
    level_px: float = 0.0
    # Subjects only: the middle of the foot, which stays where it is while the body moves.
    pivot_x_px: float = 0.0
    pivot_y_px: float = 0.0
    facing: Literal["left", "right"] = "right"
    grounded: bool = False


class LayerSheet(Frozen):
    """Every layer, back to front."""

    width_px: int
    height_px: int
    layers: tuple[Layer, ...]


def master_size(delivery: Delivery) -> tuple[int, int]:
    """Width and height of the master, in even pixels, the frame's window exactly in the middle."""
    return _master(delivery.width_px), _master(delivery.height_px)


def divider(width_px: int) -> tuple[int, int]:
    """First and past-the-last column of the dark line between the halves of a split screen: a 240th of
    the frame, on whole colour samples."""
    half = max(2, 2 * round(width_px / 960))
    return width_px // 2 - half, width_px // 2 + half


def _master(frame_px: int) -> int:
    # Twice an even margin keeps the window's corner on a whole colour sample.
    return frame_px + 4 * round(frame_px * (MASTER_SCALE - 1) / 4)


def read_sheet(path: Path) -> LayerSheet:
    """The sheet in a file. Raises MediaDamaged."""
    try:
        return LayerSheet.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValidationError) as damage:
        raise MediaDamaged(f"{path.name} is not a sheet of layers. Composite the shot again.") from damage
