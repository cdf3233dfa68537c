"""What becomes of a paid request at ElevenLabs: sent once, and its end told by its right name."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from pokegeo_dagster.film.crew import NarrationOrder, SoundOrder
from pokegeo_dagster.film.errors import (
    AccountTrouble,
    AnswerLost,
    NotTaken,
    QuotaSpent,
    Refused,
    VendorSilent,
    VendorTrouble,
)
from pokegeo_dagster.providers.elevenlabs.client import ElevenLabsClient
from pokegeo_dagster.providers.elevenlabs.foley import ElevenLabsFoley
from pokegeo_dagster.providers.elevenlabs.narrator import ElevenLabsNarrator
from pokegeo_dagster.providers.elevenlabs.preflight import preflight

LINE = "A Gyarados waits... patient, and utterly still."
KEY = "sk_0123456789abcdef"
VOICE = "JBFqnCBsd6RMkjVDRZzb"
RESET = 4_102_444_800


def says(status: int, detail: object, **headers: str):
    told = {"content-type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
    return status, told, json.dumps({"detail": detail}).encode()


def page(status: int):
    return status, {"content-type": "text/html"}, b"<html><body>Bad gateway</body></html>"


def submit_line(vendor, room: Path) -> VendorTrouble:
    job = ElevenLabsNarrator(vendor.client(), VOICE).speak(NarrationOrder(text=LINE), room)
    with pytest.raises(VendorTrouble) as told:
        job.submit(job.prepare(room), room)
    return told.value


def submit_cue(vendor, room: Path) -> VendorTrouble:
    order = SoundOrder(cue="Rain on leaves", duration_s=3, seed=1)
    job = ElevenLabsFoley(vendor.client()).perform(order, room)
    with pytest.raises(VendorTrouble) as told:
        job.submit(job.prepare(room), room)
    return told.value


NO = {
    "wrong key": (says(401, {"status": "invalid_api_key", "message": "Invalid API key"}), AccountTrouble),
    "permission": (says(401, {"code": "missing_permissions", "message": "no tts"}), AccountTrouble),
    "no money": (says(402, {"code": "payment_required", "message": "Pay"}), AccountTrouble),
    "forbidden": (says(403, {"status": "only_for_creator+", "message": "Upgrade"}), AccountTrouble),
    "no voice": (says(400, {"status": "voice_not_found", "message": "No such voice"}), AccountTrouble),
    "no voice, 404": (says(404, {"code": "voice_not_found"}), AccountTrouble),
    "no model": (says(400, {"code": "model_not_found", "message": "No such model"}), AccountTrouble),
    "policy": (says(403, {"status": "content_against_policy", "message": "Violence"}), Refused),
    "policy, 400": (says(400, {"code": "content_policy_violation", "message": "Violence"}), Refused),
    "too long": (says(400, {"status": "max_character_limit_exceeded", "message": "long"}), Refused),
    "validation": (says(422, [{"loc": ["body", "seed"], "msg": "too big", "type": "int"}]), Refused),
    "rate": (says(429, {"code": "rate_limit_exceeded", "message": "slow down"}), NotTaken),
    "concurrent": (says(429, {"status": "too_many_concurrent_requests"}), NotTaken),
    "busy": (says(429, {"status": "system_busy", "message": "busy"}), NotTaken),
    "bare 429": ((429, {}, b""), NotTaken),
    "broken": (says(500, {"status": "internal_server_error"}), AnswerLost),
    "busy 503": (says(503, {"status": "system_busy"}), AnswerLost),
    "timeout 408": (says(408, "time-out"), AnswerLost),
    "html": (page(502), AnswerLost),
    "html 403": (page(403), AnswerLost),
    "html 200": (page(200), AnswerLost),
    "garbage 200": ((200, {"content-type": "application/json"}, b'{"audio_base64": "AAA'), AnswerLost),
    "nothing 200": ((200, {"content-type": "application/json"}, b"{}"), AnswerLost),
    "redirect": ((307, {"location": "http://127.0.0.1:9/"}, b""), AnswerLost),
    "reset": ("reset", AnswerLost),
    "half an answer": ("half", AnswerLost),
}  # fmt: skip


@pytest.mark.parametrize("why", NO)
def test_a_line_is_posted_once_and_its_end_has_its_right_name(why: str, vendor, tmp_path: Path):
    accident, expected = NO[why]
    vendor.accidents = [accident] * 5

    trouble = submit_line(vendor, tmp_path)

    assert type(trouble) is expected
    assert len(vendor.posts) == 1
    assert KEY not in str(trouble) and "\n" not in str(trouble)


@pytest.mark.parametrize("why", [why for why in NO if why not in ("garbage 200", "nothing 200")])
def test_an_effect_is_posted_once_and_its_end_has_its_right_name(why: str, vendor, tmp_path: Path):
    accident, expected = NO[why]
    vendor.accidents = [accident] * 5

    trouble = submit_cue(vendor, tmp_path)

    assert type(trouble) is expected
    assert len(vendor.posts) == 1


def test_json_instead_of_an_effect_is_a_lost_answer(vendor, tmp_path: Path):
    vendor.accidents = [(200, {"content-type": "application/json"}, b'{"ok": true}')]

    assert type(submit_cue(vendor, tmp_path)) is AnswerLost


def test_the_wait_that_a_busy_vendor_asks_for_is_kept(vendor, tmp_path: Path):
    vendor.accidents = [says(429, {"code": "rate_limit_exceeded"}, retry_after="7", request_id="req-9")]

    trouble = submit_line(vendor, tmp_path)

    assert isinstance(trouble, NotTaken)
    assert (trouble.after_s, trouble.request_id) == (7.0, "req-9")


def test_a_wrong_parameter_is_named(vendor, tmp_path: Path):
    vendor.accidents = [says(400, {"code": "invalid_parameters", "message": "no", "param": "seed"})]
    named = submit_line(vendor, tmp_path)
    vendor.accidents = [says(422, [{"loc": ["body", "voice_settings", "speed"], "msg": "x", "type": "y"}])]

    listed = submit_line(vendor, tmp_path)

    assert "at seed" in str(named)
    assert "voice_settings.speed" in str(listed)


def test_a_spent_quota_says_when_it_is_back(vendor, tmp_path: Path):
    vendor.accidents = [says(401, {"status": "quota_exceeded", "message": "5 credits remaining."})]

    trouble = submit_line(vendor, tmp_path)

    assert isinstance(trouble, QuotaSpent)
    assert trouble.until == RESET


@pytest.mark.parametrize("back", [None, 1_000])
def test_a_spent_quota_that_never_comes_back_is_the_accounts_trouble(back, vendor, tmp_path: Path):
    vendor.accidents = [says(401, {"code": "quota_exceeded", "message": "empty"})]
    vendor.subscription["next_character_count_reset_unix"] = back

    trouble = submit_line(vendor, tmp_path)

    assert type(trouble) is AccountTrouble
    assert "no day" in str(trouble)


def test_a_spent_quota_whose_end_cannot_be_read_is_the_accounts_trouble(vendor, tmp_path: Path):
    vendor.accidents = [says(401, {"code": "quota_exceeded", "message": "empty"})]
    vendor.free_accidents = [page(500)]

    trouble = submit_line(vendor, tmp_path)

    assert type(trouble) is AccountTrouble
    assert "could not be read" in str(trouble)


def test_a_vendor_that_cannot_be_reached_took_nothing(vendor, tmp_path: Path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    vendor.url = f"http://127.0.0.1:{port}"

    assert type(submit_line(vendor, tmp_path)) is NotTaken


@pytest.mark.parametrize("key", ["", "  ", "sk two words", "schlüssel"])
def test_a_key_that_is_none_is_told_before_anything_is_sent(key: str, vendor, tmp_path: Path):
    job = ElevenLabsNarrator(ElevenLabsClient(key, vendor.url), VOICE).speak(
        NarrationOrder(text=LINE), tmp_path
    )

    with pytest.raises(AccountTrouble):
        job.submit({}, tmp_path)
    assert vendor.posts == []


def test_a_message_that_repeats_the_key_does_not_reach_the_error(vendor, tmp_path: Path):
    own = "an-old-key-without-a-mark"
    said = f"bad key {own} see https://x.test/help?sig=abcdef\nand " + "more " * 100
    vendor.accidents = [says(401, {"status": "invalid_api_key", "message": said})]
    job = ElevenLabsNarrator(ElevenLabsClient(own, vendor.url), VOICE).speak(
        NarrationOrder(text=LINE), tmp_path
    )

    with pytest.raises(AccountTrouble) as told:
        job.submit({}, tmp_path)

    trouble = told.value
    assert own not in str(trouble) and "sig=" not in str(trouble) and "\n" not in str(trouble)
    assert "https://x.test/help" in str(trouble)
    assert len(str(trouble)) < 400
    assert trouble.__cause__ is None  # the SDK's error shows the whole answer


def test_free_questions_that_fail_are_asked_again_by_whoever_asked(vendor):
    client = vendor.client()
    for accident in (page(503), says(429, {"status": "system_busy"}), "reset"):
        vendor.free_accidents = [accident]
        before = len(vendor.gets)

        with pytest.raises(VendorSilent):
            client.subscription()
        assert len(vendor.gets) == before + 1


def test_a_preflight_tells_what_the_account_has(vendor):
    ready = preflight(vendor.client(), VOICE, ["eleven_multilingual_v2", "eleven_text_to_sound_v2"])

    assert (ready.characters_left, ready.resets_at) == (5_000, RESET)
    assert ready.voice_name == "George"
    assert ready.models == ("eleven_multilingual_v2", "eleven_v3")
    assert vendor.posts == []


def test_a_preflight_names_the_voice_the_model_and_the_subscription_that_are_not_there(vendor):
    with pytest.raises(AccountTrouble, match="voice_not_found"):
        preflight(vendor.client(), "nobody", [])
    with pytest.raises(AccountTrouble, match=r"not offered eleven_v4.*eleven_multilingual_v2"):
        preflight(vendor.client(), VOICE, ["eleven_v4"])
    vendor.subscription["status"] = "free_disabled"
    with pytest.raises(AccountTrouble, match="free_disabled"):
        preflight(vendor.client(), VOICE, [])


def test_importing_the_room_loads_no_sdk():
    rooms = ", ".join(
        f"pokegeo_dagster.providers.elevenlabs.{name}" for name in ("narrator", "foley", "preflight")
    )
    code = f"import sys, {rooms}; sys.exit(any(m in sys.modules for m in ('elevenlabs', 'httpx')))"

    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
