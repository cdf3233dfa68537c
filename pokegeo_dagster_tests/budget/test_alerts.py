"""When a human should hear of something, and in which words."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from pokegeo_dagster.budget.alerts import (
    MOST_CHARACTERS,
    Gauge,
    failed,
    may_speak,
    one_message,
    read_gauge,
    stuck,
    unknown,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def budget(used: str, limit: str = "10") -> Gauge:
    return Gauge(kind="budget", subject="budget/episode/haunter", name="the budget of haunter",
                 channel="poke1", used=Decimal(used), limit=Decimal(limit), action="look")  # fmt: skip


@pytest.mark.parametrize(
    ("used", "level"),
    [("7.999999", None), ("8", "warning"), ("9.999999", "warning"), ("10", "critical"), ("12", "critical")],
)
def test_a_warning_comes_at_eighty_percent_and_an_alarm_at_a_hundred(used: str, level: str | None) -> None:
    alert = read_gauge(budget(used))

    assert (alert and alert.level) == level


def test_a_budget_of_nothing_is_a_decision_and_no_alarm() -> None:
    assert read_gauge(budget("0", "0")) is None


def test_an_alert_says_all_that_a_reader_needs() -> None:
    alert = read_gauge(budget("8.5"))

    assert alert and alert.payload == {
        "level": "WARNING",
        "message": "the budget of haunter: $8.50 of $10.00 used (85 %)",
        "channel_id": "poke1",
        "usage": 8.5,
        "limit": 10.0,
        "percentage": 85,
        "action": "look",
    }


def test_nobody_is_told_a_hundred_percent_before_it_is() -> None:
    alert = read_gauge(budget("9.999"))

    assert alert and alert.percentage == 99


def test_a_task_is_stuck_after_half_an_hour_and_not_before() -> None:
    def asked(minutes: int) -> object:
        return stuck(
            7, "kie", "running", NOW - timedelta(minutes=minutes), NOW, "poke1", "haunter", "clip_05"
        )

    assert asked(29) is None
    assert asked(31) == asked(90)  # the same alert, however long it lasts


def test_a_refused_clip_needs_a_human_and_a_busy_vendor_does_not() -> None:
    refused = failed("haunter", "poke1", [("clip", "clip_05", "violence", "Refused")])
    busy = failed("haunter", "poke1", [("clip", "clip_05", "busy", "NotTaken")])

    assert (refused.level, busy.level) == ("critical", "warning")


def test_many_alerts_are_one_message_that_discord_takes() -> None:
    alerts = [unknown(n, "kie", Decimal("0.42"), "poke1", "haunter", f"clip_{n:02d}") for n in range(1, 400)]

    message = one_message(alerts)

    assert len(message) <= MOST_CHARACTERS
    assert "CRITICAL" in message and "and 389 more" in message


@pytest.mark.parametrize(
    ("last_s_ago", "may"), [(None, True), (299, False), (300, True), (-299, False), (-301, True)]
)
def test_a_channel_is_told_something_of_one_level_every_five_minutes(
    last_s_ago: int | None, may: bool
) -> None:
    last = None if last_s_ago is None else NOW - timedelta(seconds=last_s_ago)

    assert may_speak(NOW, last) is may
