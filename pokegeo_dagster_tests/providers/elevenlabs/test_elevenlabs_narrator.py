"""A line spoken by ElevenLabs: what leaves, what is kept, what comes back after a crash."""

import base64
import hashlib
import json
import wave
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from pokegeo_dagster.film.crew import Made, NarrationOrder
from pokegeo_dagster.film.errors import (
    AccountTrouble,
    Refused,
)
from pokegeo_dagster.film.vendors import Delivery, Job
from pokegeo_dagster.providers.elevenlabs.models import VoiceSettings
from pokegeo_dagster.providers.elevenlabs.narrator import ElevenLabsNarrator

LINE = "Here, at the edge of the marsh... a Gyarados waits... patient, and utterly still."
VOICE = "JBFqnCBsd6RMkjVDRZzb"


def narrator(vendor, model: str = "eleven_multilingual_v2", **more) -> ElevenLabsNarrator:
    return ElevenLabsNarrator(vendor.client(), VOICE, model, **more)


def job(vendor, room: Path, text: str = LINE, model: str = "eleven_multilingual_v2", **more):
    return narrator(vendor, model, **more).speak(NarrationOrder(text=text, seed=7), room)


def room(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    return made


def delivered(vendor, folder: Path, **more) -> tuple[Job, Delivery]:
    asked = job(vendor, folder, **more)
    return asked, asked.submit(asked.prepare(folder), folder)


def sound(made: Made) -> np.ndarray:
    with wave.open(str(made.files["main"])) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (48_000, 1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768


def test_what_leaves_is_the_line_the_voice_the_model_and_the_settings(vendor, tmp_path: Path):
    asked, _ = delivered(vendor, tmp_path)

    (post,) = vendor.posts
    assert post["path"] == f"/v1/text-to-speech/{VOICE}/with-timestamps"
    assert post["query"] == {"output_format": ["mp3_44100_128"]}
    assert post["body"] == {
        "text": LINE,
        "model_id": "eleven_multilingual_v2",
        "voice_settings": {"stability": 0.4, "similarity_boost": 0.75, "style": 0.12},
        "seed": 7,
    }
    recorded = json.dumps(dict(asked.request()))
    assert all(json.dumps(value) in recorded for value in post["body"].values())


def test_the_vendors_bytes_are_kept_untouched(vendor, tmp_path: Path):
    sent = {}

    def speech(text: str, form: str):
        sent["audio"] = vendor.kept(text) and vendor.audio["h1"]
        timing = vendor.history[0]["alignments"]["alignment"]
        return {"audio_base64": base64.b64encode(sent["audio"]).decode(), "alignment": timing}

    vendor.speech = speech

    _, delivery = delivered(vendor, tmp_path)

    assert set(delivery.files) == {"original", "alignment"}
    assert delivery.files["original"].read_bytes() == sent["audio"]
    kept = json.loads(delivery.files["alignment"].read_text("utf-8"))
    assert "".join(kept["alignment"]["characters"]) == LINE


def test_a_developed_line_begins_and_ends_with_the_voice_at_the_houses_level(vendor, tmp_path: Path):
    asked, delivery = delivered(vendor, tmp_path)

    made = asked.develop(delivery, room(tmp_path, "dark"))

    heard = sound(made)
    assert made.slate["samples"] == heard.size
    assert made.slate["duration_s"] == pytest.approx(heard.size / 48_000, abs=1e-4)
    level = np.abs(heard)
    assert level[:1200].max() > 0.02 and level[-2400:].max() > 0.02
    speech = (
        heard.reshape(-1, 960) if heard.size % 960 == 0 else heard[: -(heard.size % 960)].reshape(-1, 960)
    )
    power = np.square(speech).mean(axis=1)
    spoken = power[power > power.max() * 1e-3]
    assert 10 * np.log10(spoken.mean()) == pytest.approx(-24, abs=0.3)


def test_every_word_is_where_it_sounds(vendor, tmp_path: Path):
    """Against the sound itself: 0.3 s of silence before the voice are trimmed, and times with it."""
    asked, delivery = delivered(vendor, tmp_path)

    made = asked.develop(delivery, room(tmp_path, "dark"))

    words = made.slate["words"]
    assert " ".join(word["text"] for word in words) == LINE
    assert made.slate["trimmed_s"] == pytest.approx(0.3, abs=0.02)
    heard = np.abs(sound(made))
    for word in words:
        first, last = (int(word[edge] * 48_000) for edge in ("start_s", "end_s"))
        assert heard[first + 480 : last - 480].max() > 0.02
    for before, after in pairwise(words):
        first, last = int(before["end_s"] * 48_000) + 720, int(after["start_s"] * 48_000) - 720
        assert heard[first:last].max() < 0.01
    assert len(made.slate["phrases"]) == 3


def test_the_slate_has_what_the_houses_has_and_what_was_paid_for(vendor, tmp_path: Path):
    asked, delivery = delivered(vendor, tmp_path, model="eleven_v3")

    slate = asked.develop(delivery, room(tmp_path, "dark")).slate

    assert {"duration_s", "samples", "words", "phrases", "paced", "voice"} <= set(slate)
    assert slate["model"] == "eleven_v3"
    assert slate["settings"] == {"stability": 0.5, "similarity_boost": 0.75}
    assert any("0.4 became 0.5" in line for line in slate["settings_changed"])
    assert list(asked.request()["changed"]) == slate["settings_changed"]
    assert (slate["credits"], slate["characters"]) == (42.0, len(LINE))
    json.dumps(dict(slate))


def test_the_same_bytes_develop_into_the_same_line(vendor, tmp_path: Path):
    asked, delivery = delivered(vendor, tmp_path)

    rebuilt = job(vendor, tmp_path)
    first, second = (
        each.develop(delivery, room(tmp_path, name)) for each, name in ((asked, "a"), (rebuilt, "b"))
    )

    digests = {hashlib.sha256(made.files["main"].read_bytes()).hexdigest() for made in (first, second)}
    assert len(digests) == 1
    assert first.slate == second.slate


@pytest.mark.parametrize("form", ["pcm_44100", "pcm_48000"])
def test_headerless_samples_develop_too(form: str, vendor, tmp_path: Path):
    # The little vendor always records at 44.1 kHz; as 48 kHz that is a little faster, and still the line.
    asked, delivery = delivered(vendor, tmp_path, output_format=form)

    made = asked.develop(delivery, room(tmp_path, "dark"))

    assert delivery.files["original"].suffix == ".pcm"
    assert made.slate["duration_s"] > 4


def test_a_bill_counts_every_character(vendor, tmp_path: Path):
    (item,) = job(vendor, tmp_path, text="  It   waits... \n").bill()

    assert (item.vendor, item.model, item.unit) == ("elevenlabs", "eleven_multilingual_v2", "character")
    assert item.units == len("It waits...")


@pytest.mark.parametrize(
    ("model", "credits", "characters"),
    [("eleven_multilingual_v2", "42", 42), ("eleven_flash_v2_5", "42", 84), ("eleven_flash_v2_5", "", 81)],
)
def test_a_charge_is_what_the_vendor_says_in_characters_of_the_price_list(
    model: str, credits: str, characters: int, vendor, tmp_path: Path
):
    """The cheap models take half a credit for a character; without a word from the vendor, the bill."""
    vendor.headers["character-cost"] = credits

    _, delivery = delivered(vendor, tmp_path, model=model)

    (item,) = delivery.charge.items
    assert (item.units, item.unit, item.model) == (Decimal(characters), "character", model)
    assert delivery.charge.request_id == "req-1"


def test_an_answer_without_the_headers_is_a_delivery_all_the_same(vendor, tmp_path: Path):
    vendor.headers.clear()

    asked, delivery = delivered(vendor, tmp_path)

    assert delivery.charge.items == tuple(asked.bill())
    assert (
        asked.develop(asked.fetch(None, delivery, tmp_path), room(tmp_path, "dark")).slate["credits"] is None
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no word"),
        (" \n ", "no word"),
        ("... — ...", "no word"),
        ("It waits\x07.", "control"),
        ("It waits \ud800.", "control"),
        ("word " * 1_001, "5004 characters"),
    ],
)
def test_a_line_that_cannot_be_spoken_is_refused_before_anything_is_sent(
    text: str, why: str, vendor, tmp_path: Path
):
    with pytest.raises(Refused, match=why):
        job(vendor, tmp_path, text=text, model="eleven_v3")
    assert vendor.posts == [] and vendor.gets == []


def test_a_model_a_format_and_a_voice_that_are_none_are_told_before_anything_is_sent(vendor, tmp_path: Path):
    with pytest.raises(Refused, match="eleven_multilingual_v2"):
        job(vendor, tmp_path, model="eleven_v9")
    with pytest.raises(Refused, match="mp3_44100_128"):
        job(vendor, tmp_path, output_format="ulaw_8000")
    with pytest.raises(AccountTrouble, match="voice id"):
        ElevenLabsNarrator(vendor.client(), "../user").speak(NarrationOrder(text=LINE), tmp_path)
    assert vendor.posts == []


def test_neighbours_are_told_to_a_model_that_listens_and_left_out_for_one_that_does_not(
    vendor, tmp_path: Path
):
    order = NarrationOrder(text=LINE, previous_text="It was  quiet.", next_text="Then...")

    listening = narrator(vendor).speak(order, tmp_path).request()
    deaf = narrator(vendor, "eleven_v3").speak(order, tmp_path).request()

    assert (listening["previous_text"], listening["next_text"]) == ("It was quiet.", "Then...")
    assert "previous_text" not in deaf and any("next_text" in line for line in deaf["changed"])


def test_another_voice_or_manner_is_another_credit(vendor):
    client = vendor.client()
    credits = {
        ElevenLabsNarrator(client, VOICE).credit.model,
        ElevenLabsNarrator(client, "another").credit.model,
        ElevenLabsNarrator(client, VOICE, "eleven_v3").credit.model,
        ElevenLabsNarrator(client, VOICE, settings=VoiceSettings(stability=0.5)).credit.model,
    }

    assert len(credits) == 4


def test_no_record_of_a_job_holds_the_key(vendor, tmp_path: Path):
    asked, delivery = delivered(vendor, tmp_path)

    told = repr(asked) + repr(delivery) + json.dumps([dict(asked.request()), dict(delivery.facts)])

    assert "sk_0123456789abcdef" not in told
    assert vendor.posts[0]["key"] == "sk_0123456789abcdef"
