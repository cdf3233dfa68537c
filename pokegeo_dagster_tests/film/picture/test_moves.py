"""Camera words and movement words, and the path a frame takes."""

from __future__ import annotations

from itertools import pairwise

import pytest

from pokegeo_dagster.film.picture.moves import MARGIN, Move, aim, read_move, read_movement, travelled


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Slow push in.", "push_in"),
        ("Gentle pan left.", "pan_left"),
        ("Slow pan to the right", "pan_right"),
        ("Pans from left to right.", "pan_right"),
        ("Slow zoom out.", "pull_out"),
        ("Slow dolly in.", "push_in"),
        ("The camera pulls back slowly.", "pull_out"),
        ("Tracking right.", "track_right"),
        ("Slow tracking shot to the left.", "track_left"),
        ("Dolly left.", "track_left"),
        ("Slow tilt up.", "tilt_up"),
        ("Gentle tilt down.", "tilt_down"),
        ("Static, locked-off.", "locked"),
        ("Holds still.", "locked"),
        ("Bullet time, Dutch angle.", "push_in"),
    ],
)
def test_the_camera_does_what_it_is_told(words: str, kind: str) -> None:
    assert read_move(words).kind == kind


def test_slow_is_slower_than_fast() -> None:
    assert read_move("Slow pan left.").strength < read_move("Fast pan left.").strength


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("chest rising with a slow breath", "breath"),
        ("ears twitching", "head"),
        ("tail flicking", "tail"),
        ("wings fluttering", "wings"),
        ("gas curling off its body", "drift"),
        ("water rippling round its feet", "ripple"),
        ("flame pulsing", "glow"),
        ("eyes blinking", "blink"),
        ("leaves stirring", "sway"),
        ("standing alert, head turning", "head"),
        ("nothing that anybody knows", "breath"),
    ],
)
def test_a_body_moves_as_its_words_say(words: str, kind: str) -> None:
    assert read_movement(words) == kind


def test_every_move_opens_on_the_composed_frame() -> None:
    for kind in ("locked", "push_in", "pull_out", "pan_left", "tilt_up", "track_right"):
        opening = aim(Move(kind=kind, strength=1), 0.0, 8.0)  # type: ignore[arg-type]

        assert (opening.x, opening.y, opening.zoom) == (0.0, 0.0, 1.0)


def test_no_move_ever_shows_the_edge_of_the_master() -> None:
    nearest = 1.45
    for kind in ("push_in", "pull_out", "pan_left", "pan_right", "tilt_up", "tilt_down", "track_left"):
        for step in range(101):
            here = aim(Move(kind=kind, strength=1), step / 100, 60.0).at(nearest)  # type: ignore[arg-type]
            overhang = (1 / here.zoom - 1) / 2

            assert max(abs(here.x), abs(here.y)) + overhang <= MARGIN


def test_a_move_eases_in_and_is_still_under_way_at_the_cut() -> None:
    steps = [travelled((i + 1) / 100) - travelled(i / 100) for i in range(100)]
    changes = [b - a for a, b in pairwise(steps)]

    assert travelled(0) == 0
    assert travelled(1) == pytest.approx(1)
    assert steps[0] < 0.5 * max(steps)
    assert 0.3 * max(steps) < steps[-1] < 0.8 * max(steps)
    assert max(map(abs, changes)) < 0.1 * max(steps)  # no corner anywhere
