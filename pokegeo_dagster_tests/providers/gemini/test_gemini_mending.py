"""What a bought screenplay has wrong: mended at home where it is plain, asked for once more where not."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from pokegeo_dagster.film.crew import Made
from pokegeo_dagster.film.errors import JobFailed
from pokegeo_dagster.film.story.pitches import Pitches
from pokegeo_dagster.film.story.rules import complaints
from pokegeo_dagster.film.story.screenplay import Screenplay
from pokegeo_dagster.film.vendors import Delivery, Job
from pokegeo_dagster.providers.gemini.researcher import GeminiResearcher
from pokegeo_dagster.providers.gemini.writer import GeminiWriter
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
