"""Micro-movements: what moves, what stays, and that nothing tears."""

from __future__ import annotations

import numpy as np
import pytest

from pokegeo_dagster.film.picture.moves import Movement
from pokegeo_dagster.providers.house.gesture import Body, Gesture, Ripple

BODY = Body(left=100, top=200, width=300, height=400, pivot_x=250, pivot_y=600, facing="right", free=False)
SECONDS = np.arange(0, 9, 0.1).tolist()


def _swing(gesture: Gesture, share: float) -> float:
    return max(abs(gesture.offset(share, t)) for t in SECONDS)


# Shares are of the height from the foot up, or of the width from the left; the tail of an animal
# that looks to the right is on its left.
@pytest.mark.parametrize(
    ("kind", "moves", "stays"),
    [("head", 1.0, 0.2), ("blink", 1.0, 0.3), ("sway", 1.0, 0.0), ("tail", 0.0, 0.6), ("wings", 1.0, 0.5)],
)
def test_one_part_moves_and_the_rest_stays(kind: Movement, moves: float, stays: float) -> None:
    gesture = Gesture(kind, BODY, seed=1)

    assert 1.5 < _swing(gesture, moves) < 0.06 * BODY.height
    assert _swing(gesture, stays) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("kind", ["breath", "head", "tail", "wings", "drift", "glow", "blink", "sway"])
def test_every_gesture_begins_as_the_picture_was_composed(kind: Movement) -> None:
    gesture = Gesture(kind, BODY, seed=1)

    assert gesture.whole(0.0) == pytest.approx(np.eye(3), abs=1e-9)
    assert gesture.gain(0.0) == pytest.approx(1)
    assert max(abs(gesture.offset(share / 10, 0.0)) for share in range(11)) < 1e-9


def test_a_breathing_body_keeps_its_foot_on_the_ground() -> None:
    gesture = Gesture("breath", BODY, seed=1)
    foot, back = np.array([250.0, 600.0, 1]), np.array([250.0, 200.0, 1])

    feet = [np.abs(gesture.whole(t) @ foot - foot).max() for t in SECONDS]
    backs = [abs((gesture.whole(t) @ back - back)[1]) for t in SECONDS]

    assert max(feet) < 1e-9
    assert 2 < max(backs) < 6


@pytest.mark.parametrize(("kind", "axis"), [("head", 1), ("drift", 1), ("tail", 0), ("wings", 0)])
def test_neighbouring_bands_agree_at_their_border(kind: Movement, axis: int) -> None:
    gesture = Gesture(kind, BODY, seed=1)
    border = np.array([260.0, 260.0, 1.0])

    one, other = gesture.band(236, 260, 1.3), gesture.band(260, 284, 1.3)

    assert gesture.axis == ("rows", "columns")[1 - axis]
    assert one @ border == pytest.approx(other @ border, abs=1e-9)


def test_only_a_body_that_hangs_free_leaves_its_place() -> None:
    foot = np.array([250.0, 600.0, 1.0])
    free = Body(100, 200, 300, 400, 250, 600, "right", free=True)

    def way(body: Body) -> float:
        gesture = Gesture("breath", body, seed=1)
        return max(np.abs(gesture.whole(t) @ foot - foot).max() for t in SECONDS)

    assert way(BODY) < 1e-9
    assert way(free) > 2


def test_ripples_grow_towards_the_lens_and_spare_the_sky() -> None:
    water = Ripple(horizon=600, bottom=1100, frame_h=1080)

    def swing(row: float) -> float:
        return max(abs(water.offset(row, 2 + t)) for t in SECONDS)

    assert swing(590) == 0
    assert swing(700) < swing(900) < swing(1090) < 4
