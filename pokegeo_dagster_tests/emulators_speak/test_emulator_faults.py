"""Each scripted fault looks to a client as the vendor's own would, and costs what it would cost there."""

from __future__ import annotations

import io
import json
from typing import Any

import httpx
import httpx2
import pytest
from elevenlabs import ElevenLabs, UnprocessableEntityError
from elevenlabs.core.api_error import ApiError
from elevenlabs.core.request_options import RequestOptions
from google import genai
from google.genai import errors, types
from PIL import Image, UnidentifiedImageError

from pokegeo_dagster.film.story.rules import complaints
from pokegeo_dagster.film.story.screenplay import Screenplay
from pokegeo_dagster_tests.emulators.vendor_city import VendorCity
from pokegeo_dagster_tests.emulators.vendors.scripted import Kind, Script
from pokegeo_dagster_tests.emulators_speak.conftest import KieClient

IMAGE = "gemini-3-pro-image"
ONCE = RequestOptions(max_retries=0)


def draw(gemini: genai.Client) -> types.GenerateContentResponse:
    return gemini.models.generate_content(model=IMAGE, contents="A fox on a plain background.")


def write(gemini: genai.Client) -> types.GenerateContentResponse:
    schema = Screenplay.model_json_schema()
    config = types.GenerateContentConfig(response_mime_type="application/json", response_json_schema=schema)
    return gemini.models.generate_content(
        model="gemini-3.8-flash", contents="species: haunter\nclips: 6", config=config
    )


def speak(city: VendorCity, elevenlabs: ElevenLabs) -> bytes:
    return b"".join(
        elevenlabs.text_to_speech.convert(city.options.voice_id, text="It waits.", request_options=ONCE)
    )


@pytest.mark.parametrize(
    ("do", "code", "quota", "delay"),
    [
        ("rate_minute", 429, "GenerateRequestsPerMinutePerProjectPerModel", "12s"),
        ("rate_day", 429, "GenerateRequestsPerDayPerProjectPerModel", "36s"),
    ],
)
def test_geminis_quotas_differ_by_their_id_and_not_by_their_delay(
    city: VendorCity, gemini: genai.Client, do: Kind, code: int, quota: str, delay: str
) -> None:
    city.play(Script(do, vendor="gemini"))

    with pytest.raises(errors.ClientError) as caught:
        draw(gemini)

    body: Any = caught.value.details
    details = body["error"]["details"]
    assert (caught.value.code, caught.value.status) == (code, "RESOURCE_EXHAUSTED")
    assert details[0]["violations"][0]["quotaId"] == quota
    assert details[-1]["retryDelay"] == delay
    assert city.charges.all() == []


@pytest.mark.parametrize(
    ("do", "code", "word"),
    [
        ("no_credit", 429, "prepayment credits are depleted"),
        ("busy", 503, "overloaded"),
        ("invalid", 400, "INVALID_ARGUMENT"),
        ("forbidden", 403, "PERMISSION_DENIED"),
        ("model_gone", 404, "is no longer available"),
        ("server_error", 503, "UNAVAILABLE"),
        ("html", 502, "<html>"),
    ],
)
def test_gemini_says_no_in_its_own_words_and_takes_nothing(
    city: VendorCity, gemini: genai.Client, do: Kind, code: int, word: str
) -> None:
    city.play(Script(do, vendor="gemini"))

    with pytest.raises(errors.APIError) as caught:
        draw(gemini)

    assert caught.value.code == code and word in str(caught.value)
    assert city.charges.all() == []


def test_a_blocked_prompt_has_no_candidates_and_a_refused_picture_has_no_content(
    city: VendorCity, gemini: genai.Client
) -> None:
    city.play(Script("blocked", nth=1), Script("refuse", nth=2))
    blocked, refused = draw(gemini), draw(gemini)

    assert blocked.candidates is None and blocked.prompt_feedback
    assert str(blocked.prompt_feedback.block_reason) == "BlockedReason.PROHIBITED_CONTENT"
    assert refused.candidates and refused.candidates[0].content is None
    assert str(refused.candidates[0].finish_reason) == "FinishReason.IMAGE_SAFETY"
    assert city.charges.all() == []


def test_words_instead_of_a_picture_and_answers_without_their_heart_are_paid_for(
    city: VendorCity, gemini: genai.Client
) -> None:
    city.play(*(Script(do, nth=n) for n, do in enumerate(("text_only", "missing_fields", "empty"), 1)))
    words, heartless, empty = draw(gemini), draw(gemini), draw(gemini)

    assert words.parts and words.parts[0].text and words.parts[0].inline_data is None
    assert heartless.parts is None and heartless.response_id
    assert empty.candidates is None and empty.response_id is None
    assert len(city.charges.all("gemini")) == 3


def test_an_error_may_hide_in_a_200(city: VendorCity, gemini: genai.Client, kie: KieClient) -> None:
    city.play(Script("error_in_200"))

    assert draw(gemini).candidates is None
    answer = kie.create()
    assert answer.status_code == 200 and answer.json()["code"] == 500
    assert city.charges.all() == []


def test_fields_nobody_knows_disturb_no_sdk(
    city: VendorCity, gemini: genai.Client, elevenlabs: ElevenLabs, kie: KieClient
) -> None:
    city.play(Script("extra_fields"))

    assert (draw(gemini).parts or [])[0].inline_data
    timed = elevenlabs.text_to_speech.convert_with_timestamps(city.options.voice_id, text="It waits.")
    assert timed.alignment and "".join(timed.alignment.characters) == "It waits."
    assert kie.finished(kie.create().json()["data"]["taskId"])["newIn2027"]


def test_a_text_may_break_off_or_break_the_rules_of_the_house(city: VendorCity, gemini: genai.Client) -> None:
    city.play(Script("bad_json", nth=1), Script("bad_document", nth=2))
    broken_off, against_the_rules = write(gemini), write(gemini)

    with pytest.raises(json.JSONDecodeError):
        json.loads(broken_off.text or "")
    assert str((broken_off.candidates or [])[0].finish_reason) == "FinishReason.MAX_TOKENS"
    assert complaints(Screenplay.model_validate_json(against_the_rules.text or ""), 6)
    assert len(city.charges.all()) == 2


@pytest.mark.parametrize(("do", "taken"), [("drop_before", 0), ("drop_after", 1), ("truncated", 1)])
@pytest.mark.parametrize("reset", [True, False])
def test_a_cut_connection_looks_the_same_whether_it_was_charged_or_not(
    city: VendorCity, gemini: genai.Client, elevenlabs: ElevenLabs, do: Kind, taken: int, reset: bool
) -> None:
    city.play(Script(do, reset=reset))

    with pytest.raises(httpx2.NetworkError if reset and do != "truncated" else httpx2.RemoteProtocolError):
        draw(gemini)
    with pytest.raises(httpx.NetworkError if reset and do != "truncated" else httpx.RemoteProtocolError):
        speak(city, elevenlabs)

    assert [len(city.charges.all(vendor)) for vendor in ("gemini", "elevenlabs")] == [taken, taken]
    city.play()
    assert len(elevenlabs.history.list().history) == taken


def test_a_lost_line_is_in_the_history(city: VendorCity, elevenlabs: ElevenLabs) -> None:
    city.play(Script("drop_after", vendor="elevenlabs", route="speech"))

    with pytest.raises(httpx.TransportError):
        speak(city, elevenlabs)

    found = elevenlabs.history.list().history[0]
    assert found.text == "It waits."
    assert b"".join(elevenlabs.history.get_audio(found.history_item_id))[:3] == b"ID3"


def test_a_slow_answer_is_charged_although_nobody_waits_for_it(city: VendorCity) -> None:
    city.play(Script("slow", seconds=5))
    hurried = ElevenLabs(api_key=city.options.elevenlabs_key, base_url=city.elevenlabs_url, timeout=0.2)

    with pytest.raises(httpx.ReadTimeout):
        speak(city, hurried)

    assert len(city.charges.all()) == 1


def test_broken_media_come_whole_over_the_wire(city: VendorCity, gemini: genai.Client) -> None:
    city.play(Script("corrupt", nth=1), Script("cut_media", nth=2))

    for answer in (draw(gemini), draw(gemini)):
        blob = (answer.parts or [])[0].inline_data
        assert blob and blob.data and blob.data[:8] == b"\x89PNG\r\n\x1a\n"
        with pytest.raises((UnidentifiedImageError, OSError, SyntaxError)):
            Image.open(io.BytesIO(blob.data)).load()


@pytest.mark.parametrize(
    ("do", "status", "code"),
    [
        ("rate_day", 401, "quota_exceeded"),
        ("concurrent", 429, "concurrent_limit_exceeded"),
        ("rate_minute", 429, "rate_limit_exceeded"),
        ("busy", 429, "system_busy"),
        ("refuse", 403, "content_policy_violation"),
        ("forbidden", 401, "missing_permissions"),
        ("server_error", 503, "internal_server_error"),
    ],
)
def test_elevenlabs_says_no_in_its_own_words_and_takes_nothing(
    city: VendorCity, elevenlabs: ElevenLabs, do: Kind, status: int, code: str
) -> None:
    city.play(Script(do, vendor="elevenlabs"))

    with pytest.raises(ApiError) as caught:
        speak(city, elevenlabs)

    detail = caught.value.body["detail"]
    assert caught.value.status_code == status and code in (detail.get("code"), detail["status"])
    assert city.charges.all() == []


def test_elevenlabs_turns_down_what_is_malformed(city: VendorCity, elevenlabs: ElevenLabs) -> None:
    with pytest.raises(UnprocessableEntityError) as caught:
        b"".join(elevenlabs.text_to_sound_effects.convert(text="wind", duration_seconds=99))
    assert caught.value.body["detail"][0]["loc"] == ["body", "duration_seconds"]

    with pytest.raises(ApiError) as gone:
        b"".join(elevenlabs.text_to_speech.convert("nobodysVoice", text="It waits."))
    assert (gone.value.status_code, gone.value.body["detail"]["status"]) == (400, "voice_not_found")
    with pytest.raises(ApiError, match="max_character_limit_exceeded"):
        b"".join(elevenlabs.text_to_speech.convert(city.options.voice_id, text="a" * 10_001))
    assert city.charges.all() == [] and city.traffic.paid_posts() == []


def test_gemini_turns_down_what_its_models_do_not_make(gemini: genai.Client) -> None:
    image = types.ImageConfig(aspect_ratio="16:9", image_size="512")
    with pytest.raises(errors.ClientError, match="image_size 512"):
        gemini.models.generate_content(
            model=IMAGE, contents="A fox.", config=types.GenerateContentConfig(image_config=image)
        )
    with pytest.raises(errors.ClientError, match="no longer available"):
        gemini.models.generate_content(model="gemini-2.5-flash-image", contents="A fox.")
    blob = types.Part.from_bytes(data=b"x", mime_type="image/png")
    with pytest.raises(errors.ClientError, match="At most 14"):
        gemini.models.generate_content(model=IMAGE, contents=[*[blob] * 15, "A fox."])


def test_over_a_limit_each_vendor_answers_as_its_own(
    city: VendorCity, gemini: genai.Client, elevenlabs: ElevenLabs, kie: KieClient
) -> None:
    city.options.most_in_flight = {"gemini": 0, "elevenlabs": 0, "kie": 1}
    city.options.task_s = 600

    with pytest.raises(errors.ClientError, match="PerMinute"):
        draw(gemini)
    with pytest.raises(ApiError, match="concurrent_limit_exceeded"):
        speak(city, elevenlabs)
    assert [kie.create().json()["code"] for _ in range(2)] == [200, 429]
    assert city.traffic.most_in_flight("kie") == 1


def test_a_wrong_key_opens_no_door(city: VendorCity) -> None:
    with pytest.raises(errors.ClientError, match="API key not valid"):
        draw(genai.Client(api_key="wrong", http_options=types.HttpOptions(base_url=city.gemini_url)))
    with pytest.raises(ApiError, match="invalid_api_key"):
        speak(city, ElevenLabs(api_key="wrong", base_url=city.elevenlabs_url))
    answer = httpx.post(f"{city.kie_url}/jobs/createTask", headers={"Authorization": "Bearer wrong"})
    assert answer.json() == {"code": 401, "msg": "You do not have access permissions", "data": None}
    assert city.traffic.paid_posts() == []
