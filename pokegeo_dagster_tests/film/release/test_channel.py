"""A channel: its slots in its own time, its caps, and what is refused."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from pokegeo_dagster.budget.caps import Caps
from pokegeo_dagster.film.errors import OrderRefused
from pokegeo_dagster.film.release.channel import Channel, channel_from

SATURDAY = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_films_go_out_at_the_channels_own_time_of_day() -> None:
    channel = Channel(id="poke1", timezone="America/Los_Angeles", slots=("mon 18:00",))

    assert channel.next_slot(SATURDAY) == datetime(2026, 11, 24, 2, tzinfo=UTC)


def test_a_slot_that_another_film_has_is_not_given_again() -> None:
    channel = Channel(id="poke1", slots=("mon 18:00", "thu 18:00"))
    given: list[datetime] = []

    for _ in range(6):
        found = channel.next_slot(SATURDAY, given)
        assert found is not None
        given.append(found)

    assert [f"{moment:%a}" for moment in given] == ["Mon", "Thu"] * 3
    assert sorted(set(given)) == given


def test_a_slot_keeps_its_time_of_day_when_summer_time_ends() -> None:
    channel = Channel(id="poke1", timezone="Europe/Paris", slots=("mon 18:00",))
    before_it_ends = datetime(2026, 10, 24, tzinfo=UTC)

    moments = [channel.next_slot(before_it_ends - timedelta(days=7)), channel.next_slot(before_it_ends)]

    assert [moment and moment.hour for moment in moments] == [16, 17]


def test_a_channel_without_slots_has_no_next_one() -> None:
    assert Channel(id="poke1").next_slot(SATURDAY) is None


def test_of_two_caps_the_smaller_holds() -> None:
    channel = Channel(id="poke1", cap_episode_usd=Decimal(12), cap_channel_usd=Decimal(100))

    caps = Caps(episode=Decimal(20), day=Decimal(30)).within(channel)

    assert caps == Caps(episode=Decimal(12), channel=Decimal(100), day=Decimal(30))
    assert Caps(episode=Decimal(5)).within(channel).episode == Decimal(5)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("id", "Poke 1", "lower-case letters"),
        ("timezone", "Mars/Olympus", "Europe/Paris"),
        ("timezone", "../../etc/passwd", "Europe/Paris"),
        ("slots", ["someday"], "mon 18:00"),
        ("daily_at", "25:00", "06:00"),
        ("daily_count", -1, "greater than or equal to 0"),
        ("greenlight", "auto", "--greenlight-up-to"),
        ("greenlight", "sometimes", "always_ask"),
        ("cap_episode_usd", Decimal(-1), "greater than or equal to 0"),
        ("voices", "x", "nobody knows this setting"),
        ("name", "two\nlines", "one line"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_with_what_to_write(field: str, value: object, told: str) -> None:
    with pytest.raises(OrderRefused) as refused:
        channel_from({"id": "poke1", field: value})

    assert told in str(refused.value)
