"""When a vendor may be asked again."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pokegeo_dagster.budget.quota import DESKS, Desk, desks, earliest, next_reset
from pokegeo_dagster.film.errors import OrderRefused

PACIFIC = ZoneInfo("America/Los_Angeles")
YEAR = st.floats(min_value=1_767_225_600, max_value=1_830_297_600)  # 2026 and 2027


def at(*moment: int) -> float:
    return datetime(*moment, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("now", "reset"),
    [
        (at(2026, 11, 21, 15, 0), at(2026, 11, 22, 8, 0)),
        (at(2026, 11, 22, 7, 59, 59), at(2026, 11, 22, 8, 0)),
        (at(2026, 11, 22, 8, 0), at(2026, 11, 23, 8, 0)),
        (at(2026, 3, 8, 8, 0), at(2026, 3, 9, 7, 0)),  # summer time begins: a day of 23 hours
        (at(2026, 11, 1, 7, 0), at(2026, 11, 2, 8, 0)),  # it ends: a day of 25
    ],
)
def test_a_daily_quota_is_back_at_midnight_in_california(now: float, reset: float):
    assert next_reset("gemini", now) == next_reset("youtube", now) == reset


@given(YEAR)
def test_a_reset_is_the_next_midnight_and_never_now(now: float):
    reset = next_reset("gemini", now)

    assert reset is not None and now < reset <= now + 25 * 3600
    assert (
        datetime.fromtimestamp(reset, PACIFIC).timetz()
        == datetime.fromtimestamp(reset, PACIFIC).replace(hour=0, minute=0, second=0, microsecond=0).timetz()
    )
    before = datetime.fromtimestamp(reset, PACIFIC).date() - timedelta(days=1)
    assert datetime.fromtimestamp(now, PACIFIC).date() == before


@given(YEAR, st.floats(min_value=0, max_value=86_400 * 3))
def test_a_clock_set_back_never_moves_a_reset_later(now: float, back: float):
    reset, earlier = next_reset("gemini", now), next_reset("gemini", now - back)

    assert reset is not None and earlier is not None and earlier <= reset


@pytest.mark.parametrize("vendor", ["kie", "elevenlabs", "house"])
def test_a_vendor_whose_day_is_unknown_has_no_made_up_reset(vendor: str):
    assert next_reset(vendor, at(2026, 11, 21)) is None


WAITS = st.lists(st.floats(min_value=0, max_value=4), min_size=1, max_size=60)


@given(WAITS, st.integers(min_value=1, max_value=20), st.sampled_from([1.0, 10.0, 60.0]))
def test_whoever_waits_for_its_turn_never_breaks_a_window(waits, most: int, per_s: float):
    now, sent = 1_800_000_000.0, []
    for wait in waits:
        now = earliest(now + wait, sent, most, per_s)
        sent.append(now)

    for first, last in zip(sent, sent[most:], strict=False):
        assert last - first >= per_s - 1e-6


@given(st.lists(st.floats(min_value=0, max_value=200), max_size=40), st.integers(min_value=1, max_value=20))
def test_nobody_waits_longer_than_it_must(ages, most: int):
    now = 1_000_000.0
    recent = [now - age for age in ages]

    turn = earliest(now, recent, most, 10)

    in_window = [moment for moment in recent if moment > now - 10]
    assert (turn == now) == (len(in_window) < most)
    if turn > now:
        # A hair before it, the window was still full.
        assert sum(moment > turn - 0.001 - 10 for moment in recent) >= most


@given(st.lists(st.floats(min_value=-1e9, max_value=1e9), max_size=30), st.integers(1, 10), st.randoms())
def test_a_clock_set_back_makes_nobody_wait_longer_than_one_window(recent, most: int, random):
    turn = earliest(0.0, recent, most, 60)

    assert 0 <= turn <= 60
    assert earliest(0.0, random.sample(recent, len(recent)), most, 60) == turn


def test_twenty_tasks_in_ten_seconds_is_all_that_kie_is_asked_for():
    desk = DESKS["kie"]
    sent = [100.0 + number / 10 for number in range(20)]

    assert desk.earliest(102, sent[:19]) == 102
    assert 110 < desk.earliest(102, sent) <= 111
    assert desk.memory_s >= 10


def test_the_strictest_window_of_a_desk_decides():
    desk = Desk(vendor="gemini", at_once=1, per_10s=5, per_minute=2)

    assert desk.earliest(20, [1, 2]) > 60
    assert Desk(vendor="gemini", at_once=1).earliest(20, [19.0] * 500) == 20


def test_desks_without_settings_are_careful_ones():
    assert {name: desk.at_once for name, desk in desks({}).items()} == {
        "gemini": 4, "kie": 3, "elevenlabs": 2,
    }  # fmt: skip


def test_a_setting_changes_its_desk_and_no_other():
    found = desks({"POKEGEO_POOL_KIE": "10", "POKEGEO_PER_MINUTE_GEMINI": " 15 ", "POKEGEO_PER_10S_KIE": ""})

    assert found["kie"] == Desk(vendor="kie", at_once=10, per_10s=20)
    assert found["gemini"] == Desk(vendor="gemini", at_once=4, per_minute=15)
    assert found["elevenlabs"] == DESKS["elevenlabs"]


@pytest.mark.parametrize("text", ["0", "-3", "three", "2.5", "1e3", "9999999999", "²"])
def test_a_pool_that_is_no_number_of_tasks_is_refused(text: str):
    with pytest.raises(OrderRefused, match="POKEGEO_POOL_KIE"):
        desks({"POKEGEO_POOL_KIE": text})


def test_a_pool_for_nobody_is_refused_with_the_one_meant():
    with pytest.raises(OrderRefused, match="write POKEGEO_POOL_ELEVENLABS"):
        desks({"POKEGEO_POOL_ELEVENLAB": "2"})
