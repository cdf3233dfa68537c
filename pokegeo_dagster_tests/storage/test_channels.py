"""Channels in the studio's database, and their credentials under lock."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from pokegeo_dagster.film.errors import OrderRefused
from pokegeo_dagster.film.release.channel import Channel
from pokegeo_dagster.storage.channels import Channels
from pokegeo_dagster.storage.keyring import CredentialsLocked, Keyring, new_key
from pokegeo_dagster.storage.studio_db import StudioDb

SECRET = "sk-do-not-tell-0123456789"


@pytest.fixture
def key() -> str:
    return new_key()


@pytest.fixture
def channels(db: StudioDb, database_url: str, key: str) -> Channels:
    found = Channels(database_url, Keyring(key))
    found.add(Channel(id="poke1", name="Wild Kanto", slots=("mon 18:00",), daily_count=2))
    return found


def test_a_channel_is_kept_as_it_was_given(channels: Channels) -> None:
    assert channels.find("poke1") == Channel(
        id="poke1", name="Wild Kanto", slots=("mon 18:00",), daily_count=2
    )
    assert [channel.id for channel in channels.all()] == ["default", "poke1"]


def test_only_what_is_named_changes(channels: Channels) -> None:
    after = channels.change("poke1", active=False, cap_episode_usd=12)

    assert after == channels.find("poke1")
    assert (after.active, after.name, after.daily_count) == (False, "Wild Kanto", 2)


def test_a_change_that_cannot_be_changes_nothing(channels: Channels) -> None:
    with pytest.raises(OrderRefused, match="Europe/Paris"):
        channels.change("poke1", name="Other", timezone="Nowhere")

    assert channels.of("poke1").name == "Wild Kanto"


def test_the_default_channel_is_there_before_anyone_makes_it(channels: Channels) -> None:
    assert channels.of("default") == Channel(id="default")
    assert channels.change("default", voice="warm") == channels.of("default")


def test_a_channel_is_made_once(channels: Channels) -> None:
    with pytest.raises(OrderRefused, match="already"):
        channels.add(Channel(id="poke1"))


def test_an_unknown_channel_is_refused_with_those_there_are(channels: Channels) -> None:
    with pytest.raises(OrderRefused, match="poke1"):
        channels.of("poke2")


def test_a_credential_is_read_back_and_lies_in_no_row_in_the_clear(
    channels: Channels, database_url: str
) -> None:
    channels.keep("poke1", "kie", SECRET)

    with create_engine(database_url).connect() as connection:
        rows = str(connection.execute(text("SELECT * FROM channels")).all())
    assert channels.credentials("poke1") == {"KIE_API_KEY": SECRET}
    assert "kie" in rows and SECRET not in rows
    assert SECRET not in repr(channels) + repr(channels.find("poke1")) + repr(channels.kept("poke1"))


def test_without_a_key_nothing_is_kept_and_how_to_make_one_is_said(
    channels: Channels, database_url: str
) -> None:
    with pytest.raises(OrderRefused, match="pokegeo channel key"):
        Channels(database_url, Keyring("")).keep("poke1", "kie", SECRET)
    with pytest.raises(OrderRefused, match="44 characters"):
        Channels(database_url, Keyring("short")).keep("poke1", "kie", SECRET)

    assert channels.kept("poke1") == ()


@pytest.mark.parametrize("wrong", ["", "A" * 43 + "="])
def test_a_credential_under_another_key_is_an_error_and_never_nothing(
    channels: Channels, database_url: str, wrong: str
) -> None:
    channels.keep("poke1", "kie", SECRET)

    with pytest.raises(CredentialsLocked, match=r"kie credential of channel poke1") as locked:
        Channels(database_url, Keyring(wrong)).credentials("poke1")

    assert SECRET not in str(locked.value)


def test_keys_are_changed_without_asking_for_anything_again(
    channels: Channels, database_url: str, key: str
) -> None:
    channels.keep("poke1", "kie", SECRET)
    channels.keep("default", "discord", "https://discord.test/hook")
    newer = new_key()

    moved = Channels(database_url, Keyring(f"{newer}, {key}")).rotate()

    only_new = Channels(database_url, Keyring(newer))
    assert moved == 2
    assert only_new.credential("poke1", "kie") == SECRET
    assert only_new.credential("default", "discord") == "https://discord.test/hook"


def test_a_rotation_that_cannot_read_everything_changes_nothing(
    channels: Channels, database_url: str
) -> None:
    channels.keep("poke1", "kie", SECRET)

    with pytest.raises(CredentialsLocked):
        Channels(database_url, Keyring(new_key())).rotate()

    assert channels.credential("poke1", "kie") == SECRET


def test_settings_and_credentials_do_not_touch_each_other(channels: Channels) -> None:
    channels.keep("poke1", "kie", SECRET)
    channels.change("poke1", name="Kanto")
    channels.keep("poke1", "gemini", "other")
    channels.keep("poke1", "gemini", None)

    assert channels.kept("poke1") == ("kie",)
    assert channels.of("poke1").name == "Kanto"


def test_what_a_channel_does_not_keep_is_refused(channels: Channels) -> None:
    with pytest.raises(OrderRefused, match="elevenlabs"):
        channels.keep("poke1", "openai", SECRET)
