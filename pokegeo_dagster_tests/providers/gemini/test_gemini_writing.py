"""Dossiers, pitches and screenplays that were bought: what is asked, and what is charged."""

from __future__ import annotations

import json
import re
import threading
from decimal import Decimal
from typing import Any

import pytest

from pokegeo_dagster.film.crew import Made
from pokegeo_dagster.film.errors import AccountTrouble, AnswerLost, JobFailed, Refused
from pokegeo_dagster.film.story.dossier import Dossier
from pokegeo_dagster.film.story.pitches import Pitches
from pokegeo_dagster.film.story.rules import complaints
from pokegeo_dagster.film.story.screenplay import Screenplay
from pokegeo_dagster.film.vendors import Delivery, Job
from pokegeo_dagster.film.vocabulary import BEATS
from pokegeo_dagster.providers.gemini.researcher import GeminiResearcher
from pokegeo_dagster.providers.gemini.schema import answer_schema
from pokegeo_dagster.providers.house.writer import HouseWriter
from pokegeo_dagster_tests.providers.gemini.orders import (
    BRIEF,
    DOSSIER,
    HAUNTER,
    PITCHES,
    PLAY,
    as_data,
    carried_out,
    five,
    play,
    written,
)


def test_a_bought_dossier_is_a_dossier_like_the_houses(gemini, client, tmp_path):
    gemini.say(DOSSIER.model_dump_json())

    made = carried_out(GeminiResearcher(client).research(BRIEF, HAUNTER), tmp_path)

    assert written(made, Dossier) == DOSSIER
    assert isinstance(made, Made) and made.slate["mended"] == []


def test_bought_pitches_pick_the_best_scored(gemini, writer, tmp_path):
    data = five()
    data["options"][3]["score"] = 0.99
    gemini.say(json.dumps(data))

    pitches = written(carried_out(writer.pitch(BRIEF, DOSSIER), tmp_path), Pitches)

    assert (pitches.picked, pitches.picked_by) == (3, "best score")


def test_a_writer_is_told_how_many_references_were_ordered_and_held_to_it(gemini, writer, tmp_path):
    thrifty = BRIEF.model_copy(update={"references": 12})
    short = HouseWriter().write(thrifty, DOSSIER, PITCHES[0])
    order = writer.write(thrifty, DOSSIER, PITCHES[0])
    gemini.say(json.dumps(as_data(short) | {"author": "gemini"}))
    gemini.say(json.dumps(play()))

    bought = written(carried_out(order, tmp_path / "short"), Screenplay)
    again = carried_out(order, tmp_path / "long")

    assert "At most 12 of them" in order.request()["prompt"]
    assert len(bought.references) == 12
    assert isinstance(again, Job), "22 references where 12 were ordered are sent back to be rewritten"
    assert "at most 12 were ordered" in again.request()["prompt"]


def test_a_bought_screenplay_keeps_the_rules_and_says_who_wrote_it(gemini, order, tmp_path):
    gemini.say(json.dumps(play()))

    made = carried_out(order, tmp_path)

    bought = written(made, Screenplay)
    assert complaints(bought, 18) == [] and bought.author == "gemini"
    assert isinstance(made, Made)
    assert made.slate["clips"] == [s.clip for s in PLAY.shots]
    assert made.slate["references"] == [r.id for r in PLAY.references]
    assert (made.slate["title"], made.slate["species"], made.slate["author"]) == (
        PLAY.title,
        "haunter",
        "gemini",
    )


def test_the_wire_carries_schema_and_rules_and_no_temperature(gemini, order, tmp_path):
    gemini.say(json.dumps(play()))

    order.submit(order.prepare(tmp_path), tmp_path)

    settings = gemini.posts[0].body["generationConfig"]
    assert settings["responseMimeType"] == "application/json"
    assert "shots" in settings["responseJsonSchema"]["properties"]
    assert not settings.keys() & {"temperature", "topP", "topK", "seed"}
    assert "wildlife documentaries" in json.dumps(gemini.posts[0].body["systemInstruction"])


@pytest.mark.parametrize("what", ["dossier", "pitches", "screenplay"])
def test_every_order_names_species_clips_and_variation_on_lines_of_their_own(client, writer, what):
    job = {
        "dossier": GeminiResearcher(client).research(BRIEF, HAUNTER),
        "pitches": writer.pitch(BRIEF, DOSSIER),
        "screenplay": writer.write(BRIEF, DOSSIER, PITCHES[0]),
    }[what]

    lines = job.request()["prompt"].splitlines()

    assert {"species: haunter", "clips: 18", "variation 4711"} <= set(lines)


def test_another_seed_is_another_order_and_a_new_budget_is_not(writer):
    def prompt(**changes: Any) -> str:
        return writer.write(BRIEF.model_copy(update=changes), DOSSIER, PITCHES[0]).request()["prompt"]

    assert prompt() == prompt(budget_usd=Decimal(9), priority="high")
    assert prompt() != prompt(seed=4712)


@pytest.mark.parametrize("clips", range(1, 25))
def test_an_order_for_any_length_explains_its_beats_and_its_last_clip(writer, clips):
    brief = BRIEF.model_copy(update={"clip_count": clips})

    text = writer.write(brief, DOSSIER, PITCHES[0]).request()["prompt"]

    assert f"`clip_01` to clip_{clips:02d}" in text and "$" not in text
    shares = re.search(r"Clips each, about: (.*)\.", text)
    if clips >= 6:
        assert shares and sum(int(n) for n in re.findall(r" (\d+)", shares[1])) == clips
        assert all(beat in shares[1] for beat in BEATS)


def test_a_schema_holds_only_what_gemini_documents():
    text = json.dumps(answer_schema(Screenplay, without=("author",)))

    for word in ("default", "pattern", "minLength", "exclusiveMinimum", "minItems", "maxItems", "maximum"):
        assert f'"{word}"' not in text, word
    assert '"author"' not in text
    assert "extreme_wide" in text and "$ref" in text


def test_the_charge_is_what_gemini_counted_and_thinking_is_output(gemini, order, tmp_path):
    gemini.say(json.dumps(play()), prompt=3100, answer=8000, thoughts=2500)

    delivery = order.submit(order.prepare(tmp_path), tmp_path)

    assert isinstance(delivery, Delivery) and delivery.charge.request_id == "resp-7"
    units = {item.unit: item.units for item in delivery.charge.items}
    assert units == {"input-token": 3100, "output-token": 10500}
    assert {(i.vendor, i.model) for i in delivery.charge.items} == {("gemini", "gemini-3.8-flash")}


def test_an_uncounted_answer_is_charged_by_its_length_and_not_as_nothing(gemini, order, tmp_path):
    gemini.say(json.dumps(play()))
    del gemini.answers[0][1]["usageMetadata"]

    delivery = order.submit(order.prepare(tmp_path), tmp_path)

    assert isinstance(delivery, Delivery) and all(item.units > 1000 for item in delivery.charge.items)


@pytest.mark.parametrize("clips", [1, 6, 18, 24])
def test_the_bill_covers_a_document_of_the_houses_size_twice_and_not_ten_times(writer, clips):
    brief = BRIEF.model_copy(update={"clip_count": clips})
    length = len(HouseWriter().write(brief, DOSSIER, PITCHES[0]).model_dump_json())

    bill = {item.unit: int(item.units) for item in writer.write(brief, DOSSIER, PITCHES[0]).bill()}

    assert 2 * length / 4 < bill["output-token"] < 8 * length / 4
    assert 2000 < bill["input-token"] < 8000


def test_a_declined_prompt_is_refused_and_free(gemini, order, tmp_path):
    gemini.answer(200, {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"},
                        "usageMetadata": {"promptTokenCount": 900, "totalTokenCount": 900}})  # fmt: skip

    with pytest.raises(Refused, match="PROHIBITED_CONTENT"):
        order.submit(order.prepare(tmp_path), tmp_path)


def test_an_answer_held_back_after_it_was_written_keeps_its_charge(gemini, order, tmp_path):
    gemini.say("", finish="SAFETY", prompt=900, answer=0, thoughts=800)

    with pytest.raises(JobFailed) as failed:
        order.submit(order.prepare(tmp_path), tmp_path)

    charge: Any = failed.value.charge
    assert {i.unit: i.units for i in charge.items} == {"input-token": 900, "output-token": 800}


def test_an_answer_that_breaks_off_at_the_token_limit_has_failed_with_its_charge(gemini, order, tmp_path):
    gemini.say('{"title": "Half a fi', finish="MAX_TOKENS", answer=60000)

    with pytest.raises(JobFailed, match="token limit") as failed:
        order.submit(order.prepare(tmp_path), tmp_path)

    charge: Any = failed.value.charge
    assert charge.items[1].units == 60300


def test_an_account_limited_for_its_use_is_for_its_owner(gemini, order, tmp_path):
    gemini.say("", finish="PUP_LIMITED_DISABLED")

    with pytest.raises(AccountTrouble):
        order.submit(order.prepare(tmp_path), tmp_path)


def test_nobody_can_ask_gemini_whether_a_lost_request_landed(order, tmp_path):
    with pytest.raises(AnswerLost, match="AI Studio"):
        order.look_up(0.0, tmp_path)


def test_several_orders_at_once_do_not_count_each_others_posts(gemini, client, tmp_path):
    gemini.say(DOSSIER.model_dump_json())
    made: list[Made | Job] = []

    def one(n: int) -> None:
        job = GeminiResearcher(client).research(BRIEF, HAUNTER)
        made.extend(carried_out(job, tmp_path / f"{n}-{k}") for k in range(3))

    threads = [threading.Thread(target=one, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == len(gemini.posts) == 12 and all(isinstance(m, Made) for m in made)
