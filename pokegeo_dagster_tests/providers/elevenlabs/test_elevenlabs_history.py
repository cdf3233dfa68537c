"""Lost bytes and lost answers: what the account's history gives back, so that no line is bought twice."""

import base64
import json
import time
from pathlib import Path

import pytest

from pokegeo_dagster.film.crew import NarrationOrder
from pokegeo_dagster.film.errors import AnswerLost, JobFailed, MediaBroken, VendorSilent
from pokegeo_dagster.film.vendors import Delivery
from pokegeo_dagster.providers.elevenlabs.narrator import ElevenLabsNarrator
from pokegeo_dagster.providers.elevenlabs.speech import SpeechJob

LINE = "Here, at the edge of the marsh... a Gyarados waits... patient, and utterly still."
VOICE = "JBFqnCBsd6RMkjVDRZzb"


def job(vendor, room: Path, **more) -> SpeechJob:
    return ElevenLabsNarrator(vendor.client(), VOICE, **more).speak(NarrationOrder(text=LINE, seed=7), room)


def room(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    return made


def delivered(vendor, folder: Path, **more) -> tuple[SpeechJob, Delivery]:
    asked = job(vendor, folder, **more)
    return asked, asked.submit(asked.prepare(folder), folder)


def test_lost_bytes_are_downloaded_again_and_not_bought_again(vendor, tmp_path: Path):
    vendor.kept(LINE)
    _, delivery = delivered(vendor, tmp_path)
    lost = Delivery(delivery.charge, {}, json.loads(json.dumps(dict(delivery.facts))))

    again = job(vendor, tmp_path)
    fetched = again.fetch(None, lost, room(tmp_path, "again"))

    assert len(vendor.posts) == 1
    assert fetched.charge == delivery.charge
    slate = again.develop(fetched, room(tmp_path, "dark")).slate
    assert slate["timing"] == "vendor" and slate["credits"] == 42.0


def test_a_line_asked_for_as_samples_comes_back_from_the_history_in_its_own_format(vendor, tmp_path: Path):
    """The record still says what was asked for; the file says what it is."""
    vendor.kept(LINE)
    asked, delivery = delivered(vendor, tmp_path, output_format="pcm_44100")
    first = asked.develop(delivery, room(tmp_path, "first")).slate

    fetched = asked.fetch(None, Delivery(delivery.charge, {}, delivery.facts), room(tmp_path, "again"))
    again = asked.develop(Delivery(delivery.charge, fetched.files, delivery.facts), room(tmp_path, "dark"))

    assert fetched.files["original"].suffix == ".mp3"
    assert again.slate["duration_s"] == pytest.approx(first["duration_s"], abs=0.02)


def test_whole_bytes_are_not_downloaded_again(vendor, tmp_path: Path):
    asked, delivery = delivered(vendor, tmp_path)

    assert asked.fetch(None, delivery, tmp_path) == delivery
    assert vendor.gets == []


BROKEN = {
    "not base64": {"audio_base64": "%%%"},
    "not sound": {"audio_base64": base64.b64encode(b"no sound at all" * 50).decode()},
    "no sound": {"alignment": None},
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_line_that_arrives_broken_is_taken_from_the_history(kind: str, vendor, tmp_path: Path):
    vendor.kept(LINE)
    vendor.speech = lambda text, form: BROKEN[kind]

    asked, delivery = delivered(vendor, tmp_path)
    assert delivery.files == {} and delivery.facts["history_item_id"] == "h1"

    made = asked.develop(asked.fetch(None, delivery, tmp_path), room(tmp_path, "dark"))
    assert made.slate["duration_s"] > 4
    assert len(vendor.posts) == 1


def test_a_truncated_answer_with_its_history_id_is_not_lost(vendor, tmp_path: Path):
    vendor.kept(LINE)
    vendor.accidents = [
        (200, {"content-type": "application/json", **vendor.headers}, b'{"audio_base64": "AA')
    ]

    asked, delivery = delivered(vendor, tmp_path)

    assert asked.fetch(None, delivery, tmp_path).files["original"].read_bytes() == vendor.audio["h1"]


def test_a_broken_download_may_be_tried_again(vendor, tmp_path: Path):
    vendor.kept(LINE)
    asked, delivery = delivered(vendor, tmp_path)
    vendor.audio["h1"] = vendor.audio["h1"][:50]

    with pytest.raises(MediaBroken):
        asked.fetch(None, Delivery(delivery.charge, {}, delivery.facts), tmp_path)


def test_bytes_that_the_history_no_longer_has_are_a_failure_with_its_charge(vendor, tmp_path: Path):
    asked, delivery = delivered(vendor, tmp_path)

    with pytest.raises(JobFailed) as told:
        asked.fetch(None, Delivery(delivery.charge, {}, delivery.facts), tmp_path)
    assert told.value.charge == delivery.charge


def test_a_history_that_is_closed_when_bytes_are_lost_is_asked_again_later(vendor, tmp_path: Path):
    """It is paid for: it must not end as free, nor as failed, while somebody may mend the key."""
    asked, delivery = delivered(vendor, tmp_path)
    vendor.free_accidents = [
        (401, {}, b'{"detail": {"status": "missing_permissions", "message": "history"}}')
    ]

    with pytest.raises(VendorSilent, match="missing_permissions"):
        asked.fetch(None, Delivery(delivery.charge, {}, delivery.facts), tmp_path)


@pytest.mark.parametrize("other", ["It waits.", LINE + " " + " ".join(["And waits on."] * 40)])
def test_a_sound_that_cannot_be_the_line_is_a_failure_with_its_charge(other: str, vendor, tmp_path: Path):
    vendor.kept(other)
    reading = vendor.audio["h1"]
    vendor.speech = lambda text, form: {"audio_base64": base64.b64encode(reading).decode()}
    asked, delivery = delivered(vendor, tmp_path)
    assert delivery.files == {}

    with pytest.raises(JobFailed, match="cannot be") as told:
        asked.fetch(None, delivery, tmp_path)
    assert told.value.charge == delivery.charge


def test_a_lost_answer_is_found_in_the_history_by_text_voice_and_model(vendor, tmp_path: Path):
    vendor.page = 2
    vendor.kept(LINE, "old", date_unix=100)
    vendor.kept(LINE, "other model", date_unix=1_000, model_id="eleven_v3")
    vendor.kept(LINE, "other voice", date_unix=1_001, voice_id="another")
    vendor.kept(LINE + " No.", "other text", date_unix=1_002)
    vendor.kept(LINE, "mine", date_unix=1_003)
    asked = job(vendor, tmp_path)

    found = asked.look_up(1_000.0, tmp_path)

    assert found is not None and found.facts["history_item_id"] == "mine"
    assert found.charge.items[0].units == len(LINE)
    assert found.charge.request_id == "req-mine"
    pages = [path for path in vendor.gets if path.startswith("/v1/history?") and "date_after" in path]
    assert len(pages) == 2
    assert asked.fetch(None, found, tmp_path).files["original"].read_bytes() == vendor.audio["mine"]
    assert vendor.posts == []


def test_of_two_that_fit_the_first_after_the_submit_is_taken(vendor, tmp_path: Path):
    for name, when in (("before", 990), ("first", 1_002), ("second", 1_050)):
        vendor.kept(LINE, name, date_unix=when)

    found = job(vendor, tmp_path).look_up(1_000.7, tmp_path)

    assert found is not None and found.facts["history_item_id"] == "first"


@pytest.mark.parametrize("ahead_s", [7_200.0, -7_200.0])
def test_a_machine_whose_clock_is_wrong_finds_its_line_and_no_older_one(vendor, tmp_path: Path, ahead_s):
    """Looked for by a clock two hours ahead, it would not be there, and would be bought again."""
    now = time.time()
    vendor.kept(LINE, "yesterday", date_unix=int(now) - 3_600)
    vendor.kept(LINE, "mine", date_unix=int(now) + 1)
    narrator = ElevenLabsNarrator(vendor.client(clock=lambda: time.time() + ahead_s), VOICE)

    found = narrator.speak(NarrationOrder(text=LINE, seed=7), tmp_path).look_up(now + ahead_s, tmp_path)

    assert found is not None and found.facts["history_item_id"] == "mine"


def test_a_line_of_which_the_history_has_no_trace_was_not_made(vendor, tmp_path: Path):
    vendor.kept("Something else entirely.", date_unix=1_003)

    assert job(vendor, tmp_path).look_up(1_000.0, tmp_path) is None


def test_a_closed_history_leaves_the_answer_lost_and_a_silent_one_is_asked_again(vendor, tmp_path: Path):
    asked = job(vendor, tmp_path)
    vendor.free_accidents = [(403, {}, b'{"detail": {"status": "missing_permissions"}}')]
    with pytest.raises(AnswerLost):
        asked.look_up(1_000.0, tmp_path)
    vendor.free_accidents = [(500, {}, b"")]
    with pytest.raises(VendorSilent):
        asked.look_up(1_000.0, tmp_path)
