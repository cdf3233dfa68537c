"""The verdicts on a film: each defect fails its own check and no other; words are counted fairly."""

import pytest

from pokegeo_dagster.film.edit.quality import (
    CHECKS,
    FilmPlan,
    Lag,
    Measured,
    PlannedClip,
    SpokenLine,
    Stretch,
    judge,
)
from pokegeo_dagster.film.edit.quality_words import aliased, far, words

PLAN = FilmPlan(
    width_px=320,
    height_px=180,
    rate_fps=24,
    clips=tuple(
        PlannedClip(clip=f"clip_0{n}", start_frame=(n - 1) * 96, frames=96, voice_in=16800, voice_out=150000,
                    line="The river waits.") for n in (1, 2, 3)
    ),
)  # fmt: skip
GOOD = Measured(
    width_px=320, height_px=180, rate_fps=24, frames=288, sound_s=12.0, integrated_lufs=-14.0,
    true_peak_dbtp=-1.5, range_lu=3.0,
    lags=tuple(Lag(clip=clip.clip, late_s=0.0, likeness=0.9) for clip in PLAN.clips),
    lines=tuple(SpokenLine(clip=clip.clip, written="", heard="", wrong=0, count=10, passed=True)
                for clip in PLAN.clips),
)  # fmt: skip
AT = (Stretch(start_s=5.0, end_s=5.2),)
LATE = tuple(lag.model_copy(update={"late_s": 0.12}) for lag in GOOD.lags)
SWAPPED = (GOOD.lags[0], *(lag.model_copy(update={"likeness": 0.1}) for lag in GOOD.lags[1:]))
MISREAD = (GOOD.lines[0].model_copy(update={"wrong": 4, "passed": False}), *GOOD.lines[1:])


def _failed(**changes: object) -> list[str]:
    found = judge(PLAN, GOOD.model_copy(update=changes))
    assert [finding.check for finding in found] == list(CHECKS)
    return [finding.check for finding in found if finding.outcome == "failed"]


def test_a_good_film_passes_every_check() -> None:
    assert _failed() == []


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"damage": "cut short"}, "the_file_is_whole"),
        ({"frames": 280}, "the_film_is_as_long_as_planned"),
        ({"on_grid": False}, "every_frame_is_on_its_beat"),
        ({"pixel_aspect": 1.33}, "the_frame_has_its_shape"),
        ({"bars": (0.25, 0.0)}, "the_frame_has_its_shape"),
        ({"black": AT}, "no_picture_is_black"),
        ({"frozen": AT}, "no_picture_is_frozen"),
        ({"silent": AT}, "no_sound_is_missing"),
        ({"clipped": AT}, "no_sound_is_clipped"),
        ({"integrated_lufs": -11.0}, "the_film_is_as_loud_as_ordered"),
        ({"lags": SWAPPED}, "every_clip_speaks_its_own_line"),
        ({"lags": LATE}, "every_line_is_in_sync"),
        ({"lines": MISREAD}, "the_words_are_as_written"),
    ],
)
def test_a_defect_fails_its_own_check_and_no_other(changes: dict[str, object], check: str) -> None:
    assert _failed(**changes) == [check]


def test_a_defect_names_the_clip_it_lies_in() -> None:
    found = {f.check: f for f in judge(PLAN, GOOD.model_copy(update={"black": AT}))}

    assert found["no_picture_is_black"].clips == ("clip_02",)


def test_what_a_listener_spells_otherwise_is_not_a_wrong_word() -> None:
    written = words("By sight, one point six metres. Haunter's colour... is a hundred grams of grey.")
    heard = words("by sight 1.6 meters, haunt her's color is 100 grams of gray")

    assert aliased(written, heard, ["Haunter"]) == written


def test_another_word_is_told_and_a_slip_of_the_ear_is_not() -> None:
    assert far(words("four pale eggs"), words("4 pail eggs")) == []
    assert far(words("the valley sleeps"), words("the mountain sleeps")) == [("valley", "mountain")]
