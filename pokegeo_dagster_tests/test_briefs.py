"""Orders as a studio gets them: from files, from the terminal, for channels of their own."""

import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pokegeo_dagster.defs.office.briefs import set_priority, take_in_briefs
from pokegeo_dagster.defs.office.studio import Studio, open_studio
from pokegeo_dagster.defs.story.ordering import BriefConfig, ordered_in_the_ui
from pokegeo_dagster.film.edit.finish import Kept
from pokegeo_dagster.film.errors import BriefRefused, OrderRefused
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.film.release.channel import Channel
from pokegeo_dagster.providers.bench.sound_file import WaveWriter
from pokegeo_dagster.storage.keyring import CredentialsLocked, Keyring
from pokegeo_dagster_tests.studios import Terminal

KEYS = ("GEMINI_API_KEY", "KIE_API_KEY", "ELEVENLABS_API_KEY", "ELEVENLABS_VOICE_ID", "FERNET_KEY")


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Studio:
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("FERNET_KEY", "A" * 43 + "=")
    open_studio.cache_clear()
    return open_studio(tmp_path / "studio")


def leave(studio: Studio, name: str, text: str) -> Path:
    file = studio.settings.home / "briefs" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    os.utime(file, (time.time() - 5,) * 2)
    return file


def test_a_file_in_the_briefs_folder_is_an_episode_once(studio: Studio) -> None:
    leave(studio, "monday.yaml", "species: haunter\npriority: high\nclips: 6\n")

    first, second = take_in_briefs(studio), take_in_briefs(studio)

    brief = studio.db.brief("haunter")
    assert [one.brief for one in first] == [brief] and second == []
    assert brief and (brief.priority, brief.clip_count) == ("high", 6)


def test_of_a_file_with_a_mistake_the_rest_is_taken_and_the_file_lies_aside(studio: Studio) -> None:
    leave(studio, "monday.yaml", "- species: haunter\n- species: hauntr\n- species: gengar\n")

    told = take_in_briefs(studio)

    aside = sorted(path.name for path in (studio.settings.home / "briefs" / "refused").iterdir())
    why = (studio.settings.home / "briefs" / "refused" / aside[1]).read_text()
    assert [one.brief and one.brief.episode for one in told] == ["haunter", None, "gengar"]
    assert aside[0].endswith("-monday.yaml") and aside[1].endswith("-monday.yaml.why.txt")
    assert "hauntr" in why and "haunter" in why
    assert take_in_briefs(studio) == []


def test_killed_between_filing_and_putting_the_file_away_it_is_no_duplicate(studio: Studio) -> None:
    text = "species: haunter\nclips: 6\n"
    leave(studio, "monday.yaml", text)
    take_in_briefs(studio)
    leave(studio, "monday.yaml", text)

    (told,) = take_in_briefs(studio)

    assert told.brief == studio.db.brief("haunter")
    assert not (studio.settings.home / "briefs" / "refused").exists()


def test_a_file_says_the_finish_and_its_files_lie_beside_it(studio: Studio) -> None:
    text = "species: haunter\nfinish: {end_card: true, music: bed.wav, cross_fade: 0.5}\n"
    monday = leave(studio, "monday.yaml", text)
    with WaveWriter(monday.with_name("bed.wav")) as bed:
        bed.write(np.full((9 * 48_000, 2), 0.1))

    (told,) = take_in_briefs(studio)
    leave(studio, "again.yaml", text)
    (again,) = take_in_briefs(studio)

    assert told.brief is not None, told.why
    finish = told.brief.finish
    assert finish and finish.told() == "end card, music (bed.wav), cross-fades of 0.5 s"
    assert isinstance(finish.music, Kept) and studio.store.open_local(finish.music.key).stat().st_size
    assert again.brief == told.brief  # on order already, with the same words


def test_a_file_whose_music_is_not_there_is_refused_and_nothing_is_filed(studio: Studio) -> None:
    leave(studio, "monday.yaml", "species: haunter\nfinish: {music: gone.mp3}\n")

    (told,) = take_in_briefs(studio)

    assert told.brief is None and "gone.mp3 is not there" in told.why
    assert studio.db.brief("haunter") is None


def test_another_order_of_the_same_name_is_refused_and_changes_nothing(studio: Studio) -> None:
    leave(studio, "a.yaml", "species: haunter\n")
    take_in_briefs(studio)
    before = studio.db.brief("haunter")
    leave(studio, "b.yaml", "species: haunter\nclips: 3\n")

    (told,) = take_in_briefs(studio)

    assert told.brief is None and "ordered already" in told.why and "haunter-2" in told.why
    assert studio.db.brief("haunter") == before


def test_a_priority_is_changed_and_nothing_else_is(studio: Studio) -> None:
    leave(studio, "a.yaml", "species: haunter\n")
    (told,) = take_in_briefs(studio)
    assert told.brief is not None

    after = set_priority(studio, "haunter", "low")

    assert after == told.brief.model_copy(update={"priority": "low"}) == studio.db.brief("haunter")


def test_a_channel_with_accounts_of_its_own_is_worked_for_with_them(studio: Studio) -> None:
    studio.channels.add(Channel(id="poke1", voice="warm"))
    studio.channels.keep("poke1", "elevenlabs", "sk-poke1")
    leave(studio, "a.yaml", "- {species: haunter, channel: poke1}\n- species: gengar\n")
    take_in_briefs(studio)

    theirs, ours = studio.at_work_on("haunter"), studio.at_work_on("gengar")

    assert theirs.parts["narrator"].vendor == "elevenlabs"
    assert theirs.crew.narrator.credit.member == "elevenlabs"
    assert ours.parts["narrator"].vendor == "house" and ours is studio
    assert studio.at_work_on("haunter").crew is theirs.crew


def test_a_new_voice_of_a_channel_leaves_films_on_order_as_they_are(studio: Studio) -> None:
    studio.channels.add(Channel(id="poke1", voice="warm"))
    leave(studio, "a.yaml", "{species: haunter, channel: poke1}")
    take_in_briefs(studio)
    studio.channels.change("poke1", voice="stern")
    leave(studio, "b.yaml", "{species: gengar, channel: poke1}")
    take_in_briefs(studio)

    voices = [brief.voice for brief in studio.db.briefs()]

    assert voices == ["warm", "stern"]


def test_accounts_that_cannot_be_unlocked_stop_the_work_and_no_other_is_charged(studio: Studio) -> None:
    studio.channels.add(Channel(id="poke1"))
    studio.channels.keep("poke1", "kie", "sk-poke1")
    leave(studio, "a.yaml", "{species: haunter, channel: poke1}")
    take_in_briefs(studio)
    assert studio.casts is not None
    studio.casts._channels._keyring = Keyring("")

    with pytest.raises(CredentialsLocked):
        studio.at_work_on("haunter")


def test_the_smaller_of_the_channels_cap_and_the_studios_holds_for_its_films(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.channels.add(Channel.model_validate({"id": "poke1", "cap_episode_usd": "3", "cap_clip_usd": "1"}))
    leave(studio, "a.yaml", "{species: haunter, channel: poke1, budget: 2}")
    take_in_briefs(studio)

    caps = studio.purse.caps("haunter")

    assert (caps.clip, caps.episode) == (1, 2)


def test_a_stand_in_is_the_house_whatever_the_channel_has(studio: Studio) -> None:
    studio.channels.add(Channel(id="poke1", voice="warm"))
    studio.channels.keep("poke1", "elevenlabs", "sk-poke1")
    leave(studio, "a.yaml", "{species: haunter, channel: poke1}")
    take_in_briefs(studio)
    theirs = studio.at_work_on("haunter")
    willing = {role: part.model_copy(update={"fallback": "house"}) for role, part in theirs.parts.items()}

    house = replace(theirs, parts=willing).with_stand_in("narrator")

    assert house is not None
    assert house.at_work_on(Place("haunter").episode).crew.narrator.credit.member == "house"


def test_the_terminal_orders_for_a_channel_and_says_what_is_wrong(pokegeo: Terminal) -> None:
    assert pokegeo("channel", "add", "poke1", "--slot", "mon 18:00").returncode == 0

    ordered = pokegeo("brief", "add", "haunter", "--channel", "poke1", "--publish-at", "next")
    again = pokegeo("brief", "add", "haunter", "--channel", "poke1")
    past = pokegeo("brief", "add", "gengar", "--publish-at", "2020-01-01T00:00:00Z")
    nobody = pokegeo("brief", "add", "gengar", "--channel", "poke2")

    assert ordered.returncode == 0 and "channel poke1" in ordered.stdout, ordered.stderr
    assert [done.returncode for done in (again, past, nobody)] == [2, 2, 2]
    assert "ordered already" in again.stderr
    assert "is past" in past.stderr
    assert "pokegeo channel add poke2" in nobody.stderr


def test_a_brief_materialised_in_the_ui_is_the_order_of_its_partition(studio: Studio) -> None:
    ordered_in_the_ui(studio, Place("haunter"), BriefConfig(clips=6, priority="high"))
    ordered_in_the_ui(studio, Place("haunter"), BriefConfig())  # materialised again, with nothing said

    brief = studio.db.brief("haunter")
    assert brief and (brief.species, brief.clip_count, brief.priority) == ("haunter", 6, "high")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"species": "hauntr"}, "haunter"),
        ({"clips": 99}, "clips"),
        ({"publish_at": "2020-01-01T00:00:00Z"}, "is past"),
        ({"budget": "a lot"}, "budget"),
        ({"channel": "poke9"}, "channel add poke9"),
    ],
)
def test_a_mistake_in_the_ui_is_told_and_nothing_is_ordered(studio: Studio, said: dict, told: str) -> None:
    with pytest.raises(OrderRefused, match=told):
        ordered_in_the_ui(studio, Place("haunter"), BriefConfig(**said))

    assert studio.db.brief("haunter") is None


def test_another_species_for_an_episode_on_order_is_refused(studio: Studio) -> None:
    ordered_in_the_ui(studio, Place("haunter"), BriefConfig())

    with pytest.raises(BriefRefused, match="haunter-2"):
        ordered_in_the_ui(studio, Place("haunter"), BriefConfig(species="gengar"))
