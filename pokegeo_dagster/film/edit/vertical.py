"""The vertical cut: which part of each frame a telephone held upright shows. Pure geometry.

One window a clip, and it stands still: the camera's own movement stays what it was, and nothing swims.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.story.screenplay import Placement

# An animal is taken to be as wide as it is high: between a giraffe and a snake, and no placement says.
_AS_WIDE_AS_HIGH = 1.0


class Window(Frozen):
    """What is kept of a frame, in pixels: whole rows, `width_px` columns from `left_px` on."""

    left_px: int = Field(ge=0)
    width_px: int = Field(ge=2, multiple_of=2)


def upright(delivery: Delivery) -> Delivery:
    """The same delivery turned upright: 1080×1920 for 1920×1080."""
    return delivery.model_copy(update={"width_px": delivery.height_px, "height_px": delivery.width_px})


def window_of(subjects: Sequence[Placement], delivery: Delivery) -> Window:
    """The window of one clip: about its subjects, as many of them as fit, the largest first; in the
    middle where there is none. It never leaves the frame."""
    width = round(delivery.height_px**2 / delivery.width_px / 2) * 2
    width = min(max(2, width), delivery.width_px - delivery.width_px % 2)
    middle = _middle_of(subjects, delivery, width) if subjects else delivery.width_px / 2
    left = min(max(0, round((middle - width / 2) / 2) * 2), delivery.width_px - width)
    return Window(left_px=left, width_px=width)


def _middle_of(subjects: Sequence[Placement], delivery: Delivery, width: int) -> float:
    # Of two of one size the later one stands in front.
    ranked = sorted(reversed(subjects), key=lambda s: -s.height)
    low, high = _span(ranked[0], delivery)
    for subject in ranked[1:]:
        left, right = _span(subject, delivery)
        if max(high, right) - min(low, left) <= width:
            low, high = min(low, left), max(high, right)
    return (low + high) / 2


def _span(subject: Placement, delivery: Delivery) -> tuple[float, float]:
    middle = subject.x * delivery.width_px
    half = subject.height * delivery.height_px * _AS_WIDE_AS_HIGH / 2
    return middle - half, middle + half
