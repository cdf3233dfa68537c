"""An order as a person writes it, and the brief that comes of it."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest

from pokegeo_dagster.film.edit.finish import AskedMark
from pokegeo_dagster.film.errors import BriefRefused, UnknownSpecies
from pokegeo_dagster.film.release.channel import Channel
from pokegeo_dagster.film.story.order import brief_of, order_from

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
POKE1 = Channel(id="poke1", voice="warm", style="Dry wit.", slots=("mon 18:00",))


def test_the_species_is_all_that_an_order_needs() -> None:
    brief = brief_of(order_from({"species": "Mr. Mime"}, "it"), Channel(id="default"), NOW)

    assert (brief.episode, brief.species, brief.clip_count, brief.priority) == (
        "mr-mime", "mr-mime", 18, "normal",
    )  # fmt: skip


def test_a_film_is_ordered_in_its_channels_voice_and_style() -> None:
    brief = brief_of(order_from({"species": "haunter"}, "it"), POKE1, NOW)

    assert (brief.channel, brief.voice, brief.style) == ("poke1", "warm", "Dry wit.")


def test_an_order_keeps_to_its_own_references_or_to_its_channels() -> None:
    thrifty = POKE1.changed(references=12)

    said = [{}, {"references": 10}, {"references": 25}]
    briefs = [brief_of(order_from({"species": "haunter", **more}, "it"), thrifty, NOW) for more in said]

    assert [brief.references for brief in briefs] == [12, 10, 25]


def test_what_is_not_ordered_is_not_in_a_brief_at_all() -> None:
    """A brief is digested: one that says nothing of references is the brief it always was."""
    brief = brief_of(order_from({"species": "haunter"}, "it"), POKE1, NOW)

    assert "references" not in brief.model_dump_json()


@pytest.mark.parametrize("references", [0, 7, 26, -12])
def test_a_number_of_references_that_cannot_be_is_refused_with_those_that_can(references: int) -> None:
    with pytest.raises(BriefRefused, match=r"references: .*8 to 25"):
        order_from({"species": "haunter", "references": references}, "it")


def test_a_publish_time_is_kept_in_utc() -> None:
    there = datetime(2026, 12, 24, 19, tzinfo=timezone(timedelta(hours=1)))

    briefs = [
        brief_of(order_from({"species": "haunter", "publish_at": at}, "it"), POKE1, NOW)
        for at in ("2026-12-24T19:00:00+01:00", "2026-12-24t18:00:00z", there)
    ]

    assert {brief.publish_at for brief in briefs} == {datetime(2026, 12, 24, 18, tzinfo=UTC)}
    assert '"publish_at":"2026-12-24T18:00:00Z"' in briefs[0].model_dump_json()


def test_next_is_the_channels_next_free_slot() -> None:
    order = order_from({"species": "haunter", "publish_at": "next"}, "it")
    monday = datetime(2026, 11, 23, 18, tzinfo=UTC)

    assert brief_of(order, POKE1, NOW).publish_at == monday
    assert brief_of(order, POKE1, NOW, [monday]).publish_at == monday + timedelta(days=7)


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2026-11-21T11:59:59Z", "is past"),
        ("2026-11-21T12:00:00Z", "is past"),
        ("2026-12-24T18:00:00", "zone"),
        ("2026-12-24", "zone"),
        ("tomorrow", "such as 2026"),
        ("2026-02-30T18:00:00Z", "no such day"),
        (datetime(2026, 12, 24), "zone"),
        (1766599200, "zone"),
    ],
)
def test_a_publish_time_that_cannot_be_is_refused(at: object, told: str) -> None:
    with pytest.raises(BriefRefused) as refused:
        brief_of(order_from({"species": "haunter", "publish_at": at}, "it"), POKE1, NOW)

    assert told in str(refused.value)


def test_every_mistake_of_an_order_is_told_at_once_with_what_it_may_say() -> None:
    with pytest.raises(BriefRefused) as refused:
        order_from({"specie": "haunter", "clips": 99, "priority": "urgent"}, "monday.yaml")

    told = str(refused.value)
    assert told.startswith("monday.yaml")
    assert all(word in told for word in ("species", "specie:", "clips", "priority", "publish_at"))


def test_an_unknown_animal_is_refused_with_those_that_look_like_it() -> None:
    with pytest.raises(UnknownSpecies, match="haunter"):
        brief_of(order_from({"species": "hauntr"}, "it"), POKE1, NOW)


def test_next_without_slots_says_how_to_make_some() -> None:
    with pytest.raises(BriefRefused, match="--slot"):
        brief_of(order_from({"species": "haunter", "publish_at": "next"}, "it"), Channel(id="p"), NOW)


def test_an_order_in_a_file_says_what_is_put_on_the_film_and_files_lie_beside_it():
    asked = {"title_card": True, "music": "bed.wav", "cross_fade": 0.5,
             "watermark": {"file": "mark.png", "corner": "top-left", "opacity": 0.4}}  # fmt: skip

    finish = order_from({"species": "haunter", "finish": asked}, "a.yaml").beside("/briefs").finish

    assert finish is not None and finish.title_card and not finish.end_card and finish.cross_fade == 0.5
    assert finish.music == "/briefs/bed.wav"
    assert isinstance(finish.watermark, AskedMark)
    assert (finish.watermark.file, finish.watermark.corner) == ("/briefs/mark.png", "top_left")


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"cross_fade": 3}, "finish.cross_fade: "),
        ({"titel_card": True}, "finish.titel_card: nobody knows this setting"),
        ({"watermark": {"corner": "top-left"}}, "file"),
    ],
)
def test_a_finish_that_cannot_be_is_refused_with_its_place(asked: dict[str, object], why: str):
    with pytest.raises(BriefRefused, match=re.escape(why)):
        order_from({"species": "haunter", "finish": asked}, "a.yaml")
