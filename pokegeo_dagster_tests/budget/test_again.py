"""What is tried again by itself, and what waits for a change or a human."""

import pytest

from pokegeo_dagster.budget.again import FIRST_REST_S, LONGEST_REST_S, MOST_TRIES, due
from pokegeo_dagster.film import errors

NOW = 1_763_700_000.0


def test_weather_is_tried_again_after_a_rest_that_grows_and_not_for_ever() -> None:
    rests = [due("JobFailed", n, NOW, 0) for n in range(1, MOST_TRIES["weather"])]

    assert rests == [NOW + FIRST_REST_S * 2**n for n in range(MOST_TRIES["weather"] - 1)]
    assert due("JobFailed", MOST_TRIES["weather"], NOW, 0) is None
    assert due("StillAtWork", 30, NOW, 0) == NOW + LONGEST_REST_S


@pytest.mark.parametrize(
    "error", ["Refused", "AccountTrouble", "AnswerLost", "CapReached", "PriceMissing", "ScreenplayInvalid"]
)
def test_what_would_fail_the_same_way_tomorrow_is_never_tried_by_itself(error: str) -> None:
    assert issubclass(getattr(errors, error), errors.ProductionError)
    assert due(error, 1, NOW, 0) is None


def test_what_has_no_quota_waits_for_its_reset() -> None:
    assert due("QuotaSpent", 1, NOW, NOW + 36_000) == NOW + 36_000


def test_what_only_waits_for_another_piece_comes_along_with_it() -> None:
    assert due("NotReady", 1, NOW, 0) is None
