"""A telephone held upright shows the subject, whole if it fits, and nothing outside the frame."""

from hypothesis import given
from hypothesis import strategies as st

from pokegeo_dagster.film.edit.delivery import DELIVERIES
from pokegeo_dagster.film.edit.vertical import upright, window_of
from pokegeo_dagster.film.story.screenplay import Placement

FULL = DELIVERIES["full"]
PLACES = st.builds(
    Placement, reference=st.just("ref_01"), x=st.floats(-0.2, 1.2), y=st.floats(0, 1.6),
    height=st.floats(0.01, 2.5),
)  # fmt: skip


def at(x: float, height: float = 0.4) -> Placement:
    return Placement(reference="ref_01", x=x, y=0.9, height=height)


@given(st.lists(PLACES, max_size=3), st.sampled_from([*DELIVERIES.values(), upright(FULL)]))
def test_no_window_leaves_the_frame(subjects: list[Placement], delivery):
    window = window_of(subjects, delivery)

    assert window.left_px >= 0 and window.left_px + window.width_px <= delivery.width_px
    assert window.left_px % 2 == 0
    if delivery.width_px > delivery.height_px:  # its shape is the upright frame's, but for two pixels
        assert abs(window.width_px - delivery.height_px**2 / delivery.width_px) <= 2


@given(st.floats(0.0, 1.0))
def test_the_subject_is_in_the_window_wherever_it_stands(x: float):
    window = window_of([at(x)], FULL)

    assert window.left_px <= x * 1920 <= window.left_px + window.width_px


def test_two_subjects_that_fit_are_both_shown_and_else_the_larger_one():
    near = window_of([at(0.5, 0.2), at(0.6, 0.2)], FULL)
    far = window_of([at(0.1, 0.3), at(0.8, 0.5)], FULL)

    assert near.left_px + near.width_px / 2 == 0.55 * 1920
    assert far == window_of([at(0.8, 0.5)], FULL)


def test_a_place_without_a_subject_is_shown_in_its_middle_and_the_frame_is_1080_by_1920():
    window, form = window_of([], FULL), upright(FULL)

    assert abs(window.left_px + window.width_px / 2 - 960) <= 1
    assert (form.width_px, form.height_px) == (1080, 1920)
