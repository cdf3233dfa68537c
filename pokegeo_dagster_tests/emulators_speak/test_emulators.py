"""The emulated vendors give the real SDKs what the vendors would: documents, pictures, films, sounds."""

from __future__ import annotations

import base64
import io
import json
import os
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest
from elevenlabs import ElevenLabs, VoiceSettings
from google import genai
from google.genai import types
from PIL import Image
from pydantic import BaseModel, TypeAdapter

from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.story.dossier import Dossier
from pokegeo_dagster.film.story.pitches import Pitch, Pitches
from pokegeo_dagster.film.story.rules import complaints
from pokegeo_dagster.film.story.screenplay import Screenplay
from pokegeo_dagster_tests.emulators.vendor_city import VendorCity
from pokegeo_dagster_tests.emulators.vendors import pictures
from pokegeo_dagster_tests.emulators_speak.conftest import KieClient, eventually

CHECKOUT = Path(__file__).resolve().parents[2]
TEXT, IMAGE = "gemini-3.8-flash", "gemini-3-pro-image"
LINE = "Haunter waits in the dark of the wall, and the wall breathes with it."


def ask(gemini: genai.Client, prompt: str, schema: dict) -> types.GenerateContentResponse:
    config = types.GenerateContentConfig(response_mime_type="application/json", response_json_schema=schema)
    return gemini.models.generate_content(model=TEXT, contents=prompt, config=config)


def draw(gemini: genai.Client, prompt: str, aspect: str, size: str) -> tuple[str, Image.Image]:
    config = types.GenerateContentConfig(
        response_modalities=["IMAGE"], image_config=types.ImageConfig(aspect_ratio=aspect, image_size=size)
    )
    response = gemini.models.generate_content(model=IMAGE, contents=prompt, config=config)
    blob = (response.parts or [])[0].inline_data
    assert blob and blob.data and blob.mime_type
    return blob.mime_type, Image.open(io.BytesIO(blob.data))


def sound(data: bytes) -> tuple[float, int]:
    """Seconds and rate of a sound file."""
    with av.open(io.BytesIO(data), "r") as file:
        stream = file.streams.audio[0]
        samples = sum(frame.samples for frame in file.decode(stream))
        return samples / stream.rate, stream.rate


@pytest.mark.parametrize("model", [Dossier, Pitches, Screenplay])
def test_a_structured_question_is_answered_with_a_document_that_holds(
    gemini: genai.Client, model: type[BaseModel]
) -> None:
    response = ask(gemini, "species: haunter\nclips: 18\nWrite it.", model.model_json_schema())

    document = model.model_validate_json(response.text or "")
    usage = response.usage_metadata
    assert usage and usage.candidates_token_count == len(response.text or "") // 4
    if isinstance(document, Screenplay):
        assert document.species == "haunter" and len(document.shots) == 18
        assert complaints(document, 18) == []


def test_the_brief_may_come_as_json_and_decides_how_many_clips_there_are(gemini: genai.Client) -> None:
    prompt = json.dumps({"brief": {"species": "ho-oh", "clip_count": 3}})

    document = Screenplay.model_validate_json(ask(gemini, prompt, Screenplay.model_json_schema()).text or "")

    assert (document.species, len(document.shots)) == ("ho-oh", 3)


def test_the_sdks_own_schema_of_a_class_comes_back_as_that_class(gemini: genai.Client) -> None:
    config = types.GenerateContentConfig(response_mime_type="application/json", response_schema=Dossier)

    response = gemini.models.generate_content(model=TEXT, contents="species: haunter", config=config)

    assert isinstance(response.parsed, Dossier) and response.parsed.species == "haunter"


def test_a_bare_list_of_pitches_and_a_schema_of_another_shape_are_filled_too(gemini: genai.Client) -> None:
    class Plan(Frozen):
        title: str
        beats: tuple[str, ...]
        mood: str | None

    bare = ask(gemini, "species: haunter", TypeAdapter(list[Pitch]).json_schema())
    other = ask(gemini, "Plan a day.", Plan.model_json_schema())

    assert len(TypeAdapter(list[Pitch]).validate_json(bare.text or "")) == 5
    assert Plan.model_validate_json(other.text or "").title


def test_a_picture_on_a_flat_ground_is_a_figure_on_exactly_that_colour(gemini: genai.Client) -> None:
    prompt = "A haunter, fur #AA0000, on a flat, uniform, shadowless background, colour #00B140."

    mime_type, picture = draw(gemini, prompt, "16:9", "2K")

    pixels = np.asarray(picture).astype(int)
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    assert mime_type == "image/png" and picture.format == "PNG"
    assert picture.width == 512 and abs(picture.width / picture.height - 16 / 9) < 0.02
    assert np.abs(edge - (0, 0xB1, 0x40)).max() <= 6
    away = np.abs(pixels - (0, 0xB1, 0x40)).max(axis=2) > 60
    assert 0.05 < away.mean() < 0.5


def test_a_ground_without_a_colour_is_grey_and_a_place_has_none() -> None:
    assert pictures.flat_background("a fox on a plain background") == (128, 128, 128)
    said = "Background: one perfectly flat, uniform green, exactly #00B140. Key colour #112233."
    assert pictures.flat_background(said) == (0, 0xB1, 0x40)
    for place in ("a wide valley, key colour #112233", "flat rocks in the background, solid ground"):
        assert pictures.flat_background(place) is None


def test_the_same_picture_request_gets_the_same_picture_and_another_one_another(
    city: VendorCity, gemini: genai.Client
) -> None:
    city.options.picture_format = "jpeg"
    first, again, other = (
        draw(gemini, prompt, "3:2", "1K")[1]
        for prompt in ("A valley at dawn.", "A valley at dawn.", "A valley at dusk.")
    )

    assert first.format == "JPEG"
    assert first.tobytes() == again.tobytes() != other.tobytes()


def test_the_models_can_be_listed_and_asked_for(gemini: genai.Client) -> None:
    names = {model.name for model in gemini.models.list()}

    assert {f"models/{TEXT}", f"models/{IMAGE}"} <= names
    assert gemini.models.get(model=TEXT).name == f"models/{TEXT}"


def test_a_film_is_made_from_an_uploaded_picture(city: VendorCity, kie: KieClient) -> None:
    image = kie.upload(pictures.picture("a fox", 1, (320, 180), "png"))
    created = kie.create(image, duration="10").json()

    card = kie.finished(created["data"]["taskId"])
    film = kie.http.get(json.loads(card["resultJson"])["resultUrls"][0])

    assert card["state"] == "success" and card["creditsConsumed"] == 84
    assert json.loads(card["param"])["input"]["duration"] == "10"
    assert film.headers["content-type"] == "video/mp4"
    with av.open(io.BytesIO(film.content), "r") as file:
        stream = file.streams.video[0]
        assert (stream.codec_context.name, stream.average_rate) == ("h264", 24)
        assert (stream.width, stream.height) == city.options.video_px
        assert sum(1 for _ in file.decode(stream)) == 240


def test_films_are_shared_by_duration_unless_each_picture_is_to_have_its_own(
    city: VendorCity, kie: KieClient
) -> None:
    def film(seed: int) -> bytes:
        image = kie.upload(pictures.picture("a fox", seed, (320, 180), "png"))
        card = kie.finished(kie.create(image).json()["data"]["taskId"])
        return kie.http.get(json.loads(card["resultJson"])["resultUrls"][0]).content

    assert film(1) == film(2)
    city.options.same_video = False
    assert film(1) != film(2)


def test_an_upload_by_base64_leads_to_the_same_bytes(city: VendorCity, kie: KieClient) -> None:
    body = {"base64Data": "data:image/png;base64,AAEC", "uploadPath": "images", "fileName": "b.png"}

    answer = kie.http.post(f"{city.kie_upload_url}/api/file-base64-upload", json=body).json()

    assert answer["success"] and answer["data"]["fileSize"] == 3
    assert kie.http.get(answer["data"]["downloadUrl"]).content == b"\x00\x01\x02"


@pytest.mark.parametrize("output_format", ["mp3_44100_128", "wav_24000", "opus_48000_96"])
def test_a_line_is_spoken_at_about_fourteen_characters_a_second(
    city: VendorCity, elevenlabs: ElevenLabs, output_format: str
) -> None:
    with elevenlabs.text_to_speech.with_raw_response.convert(
        city.options.voice_id, text=LINE, output_format=output_format
    ) as response:
        seconds, rate = sound(b"".join(response.data))

    assert rate == int(output_format.split("_")[1])
    assert len(LINE) / seconds == pytest.approx(14, rel=0.1)
    assert response.headers["character-cost"] == str(len(LINE))
    assert response.headers["request-id"] and response.headers["history-item-id"]


def test_timestamps_fit_the_sound_and_the_text(city: VendorCity, elevenlabs: ElevenLabs) -> None:
    answer = elevenlabs.text_to_speech.convert_with_timestamps(
        city.options.voice_id, text=LINE, voice_settings=VoiceSettings(speed=0.8)
    )

    timing = answer.alignment
    assert timing and "".join(timing.characters) == LINE
    starts, ends = timing.character_start_times_seconds, timing.character_end_times_seconds
    assert starts == sorted(starts) and all(a <= b for a, b in zip(starts, ends, strict=True))
    assert ends[-1] == pytest.approx(sound(base64.b64decode(answer.audio_base_64))[0], abs=0.25)


def test_an_effect_is_as_long_as_asked(elevenlabs: ElevenLabs) -> None:
    pcm = b"".join(
        elevenlabs.text_to_sound_effects.convert(
            text="wind in pines", duration_seconds=2.5, output_format="pcm_48000"
        )
    )

    samples = np.frombuffer(pcm, "<i2")
    assert len(samples) == 120_000 and np.abs(samples).max() > 3_000


def test_the_history_finds_a_line_again_with_its_sound_and_its_price(
    city: VendorCity, elevenlabs: ElevenLabs
) -> None:
    spoken = [
        b"".join(elevenlabs.text_to_speech.convert(city.options.voice_id, text=text))
        for text in ("One.", "Two, then.", "Three.")
    ]

    page = elevenlabs.history.list(page_size=2, voice_id=city.options.voice_id)
    rest = elevenlabs.history.list(start_after_history_item_id=page.last_history_item_id)
    found = page.history[1]

    assert [item.text for item in page.history] == ["Three.", "Two, then."] and page.has_more
    assert [item.text for item in rest.history] == ["One."] and not rest.has_more
    assert b"".join(elevenlabs.history.get_audio(found.history_item_id)) == spoken[1]
    assert found.character_count_change_to - found.character_count_change_from == len("Two, then.")
    assert elevenlabs.history.get(found.history_item_id).request_id == found.request_id
    assert elevenlabs.history.list(date_after_unix=int(time.time()) + 60).history == []


def test_the_account_knows_its_voice_its_models_and_what_it_has_used(
    city: VendorCity, elevenlabs: ElevenLabs
) -> None:
    b"".join(elevenlabs.text_to_speech.convert(city.options.voice_id, text="Eleven char"))

    assert elevenlabs.user.subscription.get().character_count == 11
    assert elevenlabs.voices.get(city.options.voice_id).voice_id == city.options.voice_id
    longest = {m.model_id: m.maximum_text_length_per_request for m in elevenlabs.models.list()}
    assert longest["eleven_multilingual_v2"] == 10_000


def test_by_hand_it_prints_the_variables_and_serves_until_interrupted(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pokegeo_dagster_tests.emulators", "--journal", str(tmp_path / "j")]
    with subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(9)]
        exported = dict(
            line.removeprefix("export ").strip().split("=", 1) for line in lines if line[0] != "#"
        )
        options = SimpleNamespace(kie_key=exported["KIE_API_KEY"])
        stand_in = SimpleNamespace(options=options, kie_url=exported["KIE_BASE_URL"])
        with KieClient(stand_in) as kie:  # pyright: ignore[reportArgumentType]
            balance = kie.http.get(f"{exported['KIE_BASE_URL']}/chat/credit").json()["data"]
            kie.create()
            eventually((tmp_path / "j").exists)
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(timeout=20) in (0, -signal.SIGINT, 130)

    assert {"GEMINI_API_KEY", "ELEVENLABS_VOICE_ID", "KIE_UPLOAD_URL", "GOOGLE_GEMINI_BASE_URL"} <= set(
        exported
    )
    assert balance == Decimal(1_000_000)
