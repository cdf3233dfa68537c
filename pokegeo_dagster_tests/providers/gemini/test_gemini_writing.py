"""Dossiers, pitches and screenplays that were bought: what is asked, mended, repaired and charged."""

from __future__ import annotations

import copy
import json
import re
import threading
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pokegeo_dagster.film.crew import Made
from pokegeo_dagster.film.errors import AccountTrouble, AnswerLost, JobFailed, Refused
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.dossier import Dossier
from pokegeo_dagster.film.story.pitches import Pitches
from pokegeo_dagster.film.story.rules import complaints
from pokegeo_dagster.film.story.screenplay import Screenplay
from pokegeo_dagster.film.story.species import find_species
from pokegeo_dagster.film.vendors import Delivery, Job
from pokegeo_dagster.film.vocabulary import BEATS
from pokegeo_dagster.providers.gemini.researcher import GeminiResearcher
from pokegeo_dagster.providers.gemini.schema import answer_schema
from pokegeo_dagster.providers.gemini.writer import GeminiWriter
from pokegeo_dagster.providers.house.researcher import HouseResearcher
from pokegeo_dagster.providers.house.writer import HouseWriter

HAUNTER = find_species("haunter")
BRIEF = Brief(episode="haunter-1", species="haunter", clip_count=18, seed=4711)
DOSSIER = HouseResearcher().research(BRIEF, HAUNTER)
PITCHES = list(HouseWriter().pitch(BRIEF, DOSSIER))
PLAY = HouseWriter().write(BRIEF, DOSSIER, PITCHES[0])


def as_data(value: Any) -> dict[str, Any]:
    return json.loads(value.model_dump_json())


def five() -> dict[str, Any]:
    return {"options": [as_data(p) for p in PITCHES]}


def play(**changes: Any) -> dict[str, Any]:
    data = as_data(PLAY) | changes
    del data["author"]
    return data


@pytest.fixture
def writer(client):
    return GeminiWriter(client)


@pytest.fixture
def order(writer) -> Job:
    return writer.write(BRIEF, DOSSIER, PITCHES[0])


def carried_out(job: Job, room: Path) -> Made | Job:
    """Every step as the purse takes it, the delivery written down and read again in between."""
    room.mkdir(parents=True, exist_ok=True)
    delivery = job.submit(job.prepare(room), room)
    assert isinstance(delivery, Delivery)
    facts = json.loads(json.dumps(delivery.facts))
    kept = Delivery(delivery.charge, delivery.files, facts)
    return job.develop(job.fetch(None, kept, room), room)


def written(made: Made | Job, kind: Any) -> Any:
    assert isinstance(made, Made)
    text = made.files["main"].read_text(encoding="utf-8")
    assert text.endswith("}\n")
    return kind.model_validate_json(text)


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


def test_slips_of_the_pen_are_mended_at_home_and_named(gemini, order, tmp_path):
    data = play(species="Haunter")
    data["references"] = [*data["references"][1:], data["references"][0]]  # the sheet last
    for row in data["references"]:
        row["id"] = row["id"].replace("ref_0", "ref_")
        row["prop"] = row["prop"] or "none"
    for shot in data["shots"]:
        shot["clip"] = "clip_01"
        shot["narration"] = f"  {shot['narration']}\n"
        shot["framing"] = shot["framing"].replace("_", " ").title()
        shot["plate"] = shot["plate"].replace("ref_0", "ref_")
        for subject in shot["subjects"]:
            subject["reference"] = subject["reference"].replace("ref_0", "ref_")
    data["shots"][0]["subjects"].append(
        {"reference": data["shots"][0]["plate"], "x": 0.5, "y": 1, "height": 1}
    )
    gemini.say(f"```json\n{json.dumps(data)}\n```")

    made = carried_out(order, tmp_path)

    bought = written(made, Screenplay)
    names = {r.id: r.name for r in PLAY.references}
    mended = {r.id: r.name for r in bought.references}
    for before, after in zip(PLAY.shots, bought.shots, strict=True):
        assert [mended[r] for r in after.references] == [names[r] for r in before.references]
        assert after.narration == before.narration
    assert isinstance(made, Made) and len(gemini.posts) == 1
    told = "; ".join(made.slate["mended"])
    for slip in (
        "species 'Haunter'",
        "sheet put first",
        "numbered in order",
        "an environment among its subjects",
    ):
        assert slip in told, told


def test_the_right_half_of_a_split_screen_is_mended_with_the_left_one(gemini, order, tmp_path):
    data = play()
    plates = [r["id"] for r in data["references"] if r["kind"] == "environment"]
    shot = next(s for s in data["shots"] if s["subjects"])
    other = next(p for p in plates if p != shot["plate"])
    stone = {**data["references"][-1], "id": "ref_29", "kind": "prop", "name": "the far stone",
             "prop": "boulder", "species": None, "pose": None, "setting": None}  # fmt: skip
    data["references"].append(stone)  # seen in no other half
    placed = {"x": 0.5, "y": 0.9, "height": 9.0, "facing": "left"}
    seen = [{"reference": "ref 29", **placed}, {"reference": other, **placed}]
    shot["split"] = {"plate": other, "subjects": seen}
    data["shots"][-1]["split"] = {"plate": data["shots"][-1]["plate"], "subjects": []}
    gemini.say(json.dumps(data))

    made = written(carried_out(order, tmp_path), Screenplay)

    half = next(s.split for s in made.shots if s.split)
    names, before = ({r["id"]: r["name"] for r in p["references"]} for p in (as_data(made), data))
    assert [(names[s.reference], s.height) for s in half.subjects] == [("the_far_stone", 2.5)]
    assert names[half.plate] == before[other]
    assert made.shots[-1].split is None
    assert complaints(made, 18) == []


def test_gemini_is_told_what_a_split_screen_is(order):
    told = order.request()["prompt"]

    assert "`split`: null, except" in told and "RIGHT half" in told


def test_a_good_screenplay_is_not_touched(gemini, order, tmp_path):
    gemini.say(json.dumps(play()))

    made = carried_out(order, tmp_path)

    assert isinstance(made, Made) and made.slate["mended"] == []
    assert written(made, Screenplay) == PLAY.model_copy(update={"author": "gemini"})


def test_scores_out_of_ten_and_names_for_slugs_are_mended(gemini, writer, tmp_path):
    data = five()
    for option in data["options"]:
        option["score"] = option["score"] * 10
        option["rival"] = "Mr. Mime"
    data["options"].append({**copy.deepcopy(data["options"][0]), "title": "One Too Many", "score": 0.1})
    gemini.say(json.dumps(data))

    made = carried_out(writer.pitch(BRIEF, DOSSIER), tmp_path)

    pitches = written(made, Pitches)
    assert [p.score for p in pitches.options] == pytest.approx([p.score for p in PITCHES])
    assert {p.rival for p in pitches.options} == {"mr-mime"}
    assert isinstance(made, Made) and len(made.slate["mended"]) >= 3


def broken_play() -> dict[str, Any]:
    data = play()
    data["shots"][4]["movement"] = "ears twitching, then leaping at prey"
    data["shots"][7]["motion"]["camera"] = "The wind blows."
    return data


def test_an_answer_that_breaks_the_rules_is_repaired_once_with_the_complaints(gemini, order, tmp_path):
    gemini.say(json.dumps(broken_play()))
    gemini.say(json.dumps(play()))

    repair = carried_out(order, tmp_path / "first")

    assert not isinstance(repair, Made) and isinstance(repair, Job)
    text = repair.request()["prompt"]
    assert "clip_05: the movement" in text and "clip_08: the motion's camera" in text
    assert "then leaping at prey" in text and "species: haunter\n" in text and "clips: 18\n" in text
    made = carried_out(repair, tmp_path / "second")
    assert written(made, Screenplay).shots == PLAY.shots
    assert isinstance(made, Made) and made.slate["rounds"] == 2 and len(gemini.posts) == 2


def test_the_same_first_answer_gives_the_same_repair_order_in_another_process(gemini, client, tmp_path):
    gemini.say(json.dumps(broken_play()))
    first = GeminiWriter(client).write(BRIEF, DOSSIER, PITCHES[0])
    delivery = first.submit(first.prepare(tmp_path), tmp_path)
    assert isinstance(delivery, Delivery)

    again = GeminiWriter(client).write(BRIEF, DOSSIER, PITCHES[0])
    one, other = (job.develop(delivery, tmp_path) for job in (first, again))

    assert isinstance(one, Job) and isinstance(other, Job)
    assert one.request() == other.request() and one.bill() == other.bill()


def test_a_repair_that_fails_too_is_the_end_and_says_why_shortly(gemini, order, tmp_path):
    gemini.say(json.dumps(broken_play()))

    repair = carried_out(order, tmp_path / "first")
    assert isinstance(repair, Job)
    with pytest.raises(JobFailed) as failed:
        carried_out(repair, tmp_path / "second")

    assert "clip_05" in str(failed.value) and len(str(failed.value)) < 900
    assert len(gemini.posts) == 2


@pytest.mark.parametrize(
    "text", ["not json at all", "[1, 2]", "{}", '{"shots": [], "references": 5}', "null"]
)
def test_nonsense_becomes_a_repair_order_and_never_a_crash(gemini, client, writer, tmp_path, text):
    gemini.say(text)
    jobs = (
        GeminiResearcher(client).research(BRIEF, HAUNTER),
        writer.pitch(BRIEF, DOSSIER),
        writer.write(BRIEF, DOSSIER, PITCHES[0]),
    )

    for number, job in enumerate(jobs):
        assert not isinstance(carried_out(job, tmp_path / str(number)), Made)


def test_a_rival_nobody_knows_is_complained_of(gemini, writer, tmp_path):
    data = five()
    data["options"][0]["rival"] = "Sherlock"
    gemini.say(json.dumps(data))

    repair = carried_out(writer.pitch(BRIEF, DOSSIER), tmp_path)

    assert isinstance(repair, Job) and "'sherlock'" in repair.request()["prompt"]


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
