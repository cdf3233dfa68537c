"""Narration is the master clock: whatever is said, the segments close up to the sample and never drift."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pokegeo_dagster.film.edit.delivery import DELIVERIES, SAMPLE_RATE_HZ, Delivery
from pokegeo_dagster.film.edit.timeline import (
    BREATH_AFTER_S,
    BREATH_BEFORE_S,
    SHORTEST_SEGMENT_S,
    Cut,
    SegmentPlan,
    lay_cuts,
    plan_segment,
    timecode,
)

Rate = Literal[24, 25, 30]
RATES = st.sampled_from([24, 25, 30])
VOICES = st.integers(1, 30 * SAMPLE_RATE_HZ)


def delivery(rate_fps: Rate = 24, **changes: Any) -> Delivery:
    values = {"width_px": 320, "height_px": 180, "rate_fps": rate_fps, "preset": "ultrafast", "crf": 28}
    return Delivery.model_validate(values | changes)


def film(voices: Sequence[int], form: Delivery) -> tuple[list[SegmentPlan], tuple[Cut, ...]]:
    plans = [plan_segment(voice, form) for voice in voices]
    names = [f"clip_{n:02d}" for n in range(1, len(voices) + 1)]
    return plans, lay_cuts(names, (plan.frames for plan in plans), form)


@given(VOICES, RATES)
def test_the_voice_lies_inside_its_segment_with_a_breath_on_both_sides(voice: int, rate: Rate):
    plan = plan_segment(voice, delivery(rate))

    assert plan.voice_out - plan.voice_in == voice
    assert plan.voice_in >= BREATH_BEFORE_S * SAMPLE_RATE_HZ
    assert plan.samples - plan.voice_out >= BREATH_AFTER_S * SAMPLE_RATE_HZ


@given(VOICES, RATES)
def test_a_segment_is_the_least_whole_number_of_frames_that_holds_its_line(voice: int, rate: Rate):
    form = delivery(rate)

    plan = plan_segment(voice, form)

    assert plan.samples == plan.frames * form.samples_per_frame
    shorter = plan.samples - form.samples_per_frame
    holds_line = shorter >= voice + (BREATH_BEFORE_S + BREATH_AFTER_S) * SAMPLE_RATE_HZ
    assert not (holds_line and shorter >= SHORTEST_SEGMENT_S * SAMPLE_RATE_HZ)


@given(st.integers(0, SAMPLE_RATE_HZ // 2), RATES)
def test_a_word_still_gets_a_segment_that_can_be_looked_at(voice: int, rate: Rate):
    plan = plan_segment(voice, delivery(rate))

    assert plan.frames == SHORTEST_SEGMENT_S * rate


@given(st.lists(VOICES, min_size=1, max_size=24), RATES)
def test_the_cuts_close_up_without_a_gap_or_an_overlap(voices: list[int], rate: Rate):
    plans, cuts = film(voices, delivery(rate))

    assert (cuts[0].start_frame, cuts[0].start_sample) == (0, 0)
    for before, after in pairwise(cuts):
        assert after.start_frame == before.start_frame + before.frames
        assert after.start_sample == before.start_sample + before.samples
    assert cuts[-1].start_frame + cuts[-1].frames == sum(plan.frames for plan in plans)
    assert cuts[-1].start_sample + cuts[-1].samples == sum(plan.samples for plan in plans)


@given(st.lists(VOICES, min_size=1, max_size=24), RATES)
def test_every_cut_starts_at_the_sum_of_the_samples_before_it(voices: list[int], rate: Rate):
    plans, cuts = film(voices, delivery(rate))

    assert [cut.start_sample for cut in cuts] == list(accumulate((p.samples for p in plans), initial=0))[:-1]
    assert [(c.clip, c.frames) for c in cuts] == [(f"clip_{n:02d}", p.frames) for n, p in enumerate(plans, 1)]


@given(st.lists(VOICES, min_size=60, max_size=60), RATES)
def test_sixty_segments_on_sound_and_picture_have_not_drifted_by_a_sample(voices: list[int], rate: Rate):
    _, cuts = film(voices, delivery(rate))

    drifts = [
        Fraction(cut.start_sample, SAMPLE_RATE_HZ) - Fraction(cut.start_frame, rate)
        for cut in cuts
    ]  # fmt: skip
    assert set(drifts) == {0}


@given(st.lists(VOICES, min_size=2, max_size=24), st.data())
def test_a_longer_line_moves_what_follows_it_and_nothing_else(voices: list[int], data: st.DataObject):
    changed = data.draw(st.integers(0, len(voices) - 1))
    longer = [voice + SAMPLE_RATE_HZ * (n == changed) * 3 for n, voice in enumerate(voices)]

    (before, cuts), (after, moved) = film(voices, delivery()), film(longer, delivery())

    assert moved[: changed + 1] == (*cuts[:changed], moved[changed])
    shift = after[changed].frames - before[changed].frames
    assert shift > 0
    assert [c.start_frame + shift for c in cuts[changed + 1 :]] == [
        c.start_frame for c in moved[changed + 1 :]
    ]
    assert [c.frames for c in cuts[changed + 1 :]] == [c.frames for c in moved[changed + 1 :]]


@pytest.mark.parametrize("rate", [24, 25, 30])
def test_a_frame_is_a_whole_number_of_samples(rate: Rate):
    assert delivery(rate).samples_per_frame * rate == SAMPLE_RATE_HZ


@pytest.mark.parametrize(
    "changes",
    [{"rate_fps": 23.976}, {"rate_fps": 29}, {"rate_fps": 60}, {"width_px": 321}, {"height_px": 179},
     {"width_px": 0}, {"height_px": -2}],
)  # fmt: skip
def test_no_film_is_delivered_in_a_format_that_would_drift_or_not_encode(changes: dict[str, Any]):
    with pytest.raises(ValidationError):
        delivery(**changes)


def test_the_full_delivery_is_what_was_promised():
    full = DELIVERIES["full"]

    assert (full.width_px, full.height_px, full.rate_fps) == (1920, 1080, 24)
    assert DELIVERIES["rehearsal"].rate_fps == full.rate_fps  # a rehearsal is cut as the film will be
    assert (
        full.width_px * DELIVERIES["rehearsal"].height_px == full.height_px * DELIVERIES["rehearsal"].width_px
    )


@given(st.integers(0, 100 * 3600 * 24 - 1), RATES)
def test_a_timecode_counts_every_frame_once(frame: int, rate: Rate):
    hours, minutes, seconds, frames = (int(part) for part in timecode(frame, rate).split(":"))

    assert minutes < 60 and seconds < 60 and frames < rate
    assert ((hours * 60 + minutes) * 60 + seconds) * rate + frames == frame
    assert len(timecode(frame, rate)) == len("00:00:00:00")


def test_timecodes_are_as_an_editor_writes_them():
    assert [timecode(f, 24) for f in (0, 23, 24, 1439, 1440, 86_400)] == [
        "00:00:00:00", "00:00:00:23", "00:00:01:00", "00:00:59:23", "00:01:00:00", "01:00:00:00",
    ]  # fmt: skip
