"""A clip that is too short is held or slowed, never by more than a viewer forgives."""

from hypothesis import given
from hypothesis import strategies as st

from pokegeo_dagster.film.edit.retiming import SLOWEST, retime
from pokegeo_dagster.film.edit.timeline import LONGEST_HOLD_S

RATES = st.sampled_from([24, 25, 30])
SOURCES = st.sampled_from([12.0, 23.976, 24.0, 25.0, 29.97, 30.0, 50.0, 59.94, 60.0])


@given(st.floats(0.1, 15), SOURCES, st.integers(1, 400), RATES)
def test_what_is_shown_always_fills_the_segment_within_the_limits(
    shown_s: float, source_fps: float, frames: int, rate: int
):
    found = retime(shown_s, source_fps, frames, rate)

    if found is None:
        longest = shown_s * min(SLOWEST, max(1, source_fps / rate)) + LONGEST_HOLD_S
        assert frames / rate > longest - 2 / rate
        return
    assert int(shown_s * found.slow * rate + 1e-6) + found.hold_frames >= frames
    assert 0 <= found.hold_frames <= LONGEST_HOLD_S * rate
    assert 1 <= found.slow <= SLOWEST
    assert found.slow == 1 or found.slow * rate <= source_fps * (1 + 1e-9)


def test_a_clip_that_is_long_enough_is_shown_as_it_is():
    found = retime(10.0, 30.0, 200, 24)

    assert found is not None and (found.slow, found.hold_frames) == (1.0, 0)
