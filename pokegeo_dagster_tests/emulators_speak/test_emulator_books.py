"""The vendors' books: every charge once, at its price, and still there after a kill."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from elevenlabs import ElevenLabs
from elevenlabs.core.api_error import ApiError
from google import genai
from google.genai import types

from pokegeo_dagster_tests.emulators.vendor_city import VendorCity, vendor_city
from pokegeo_dagster_tests.emulators.vendors.charges import Charge, Charges, read_journal
from pokegeo_dagster_tests.emulators.vendors.scripted import Playbook, Script, storm
from pokegeo_dagster_tests.emulators_speak.conftest import KieClient, eventually


def draw(gemini: genai.Client, size: str = "2K", model: str = "gemini-3-pro-image") -> None:
    image = types.ImageConfig(aspect_ratio="16:9", image_size=size)
    config = types.GenerateContentConfig(response_modalities=["IMAGE"], image_config=image)
    gemini.models.generate_content(model=model, contents="A fox.", config=config)


def speak(city: VendorCity, elevenlabs: ElevenLabs, text: str, model: str = "eleven_multilingual_v2") -> None:
    b"".join(elevenlabs.text_to_speech.convert(city.options.voice_id, text=text, model_id=model))


def test_every_vendor_charges_its_list_price_once(
    city: VendorCity, gemini: genai.Client, elevenlabs: ElevenLabs, kie: KieClient
) -> None:
    draw(gemini)
    gemini.models.generate_content(model="gemini-3.8-flash", contents="x" * 4000)
    speak(city, elevenlabs, "a" * 100)
    b"".join(elevenlabs.text_to_sound_effects.convert(text="wind", duration_seconds=10))
    kie.finished(kie.create(duration="10").json()["data"]["taskId"])

    rows = {(row.vendor, row.what): row for row in city.charges.all()}
    assert {key: row.usd for key, row in rows.items()} == {
        ("gemini", "image-2K"): Decimal("0.134") + Decimal(2) / 1_000_000,
        ("gemini", "token"): (1000 * Decimal("0.75") + 2 * Decimal("3.75")) / 1_000_000,
        ("elevenlabs", "character"): Decimal("0.008"),
        ("elevenlabs", "sound-second"): Decimal("0.02"),
        ("kie", "clip-10s"): Decimal("0.42"),
    }
    assert rows["gemini", "token"].items == {"input-token": 1000, "output-token": 2}
    assert len(city.charges.all()) == 5 and city.charges.bought_twice() == {}


def test_the_price_follows_model_and_size(
    city: VendorCity, gemini: genai.Client, elevenlabs: ElevenLabs, kie: KieClient
) -> None:
    draw(gemini, "4K", "gemini-3.1-flash-image")
    speak(city, elevenlabs, "a" * 1000, "eleven_flash_v2_5")
    sung = {"model": "kling-2.6/image-to-video", "image_urls": ["https://example.org/a.png"], "sound": True}
    kie.finished(kie.create(**sung).json()["data"]["taskId"])

    usd = {row.vendor: row.usd for row in city.charges.all()}
    assert usd == {"gemini": Decimal("0.1510005"), "elevenlabs": Decimal("0.04"), "kie": Decimal("0.55")}


def test_a_film_bought_twice_is_found_out_although_its_picture_was_uploaded_twice(
    city: VendorCity, kie: KieClient
) -> None:
    for picture in (b"picture", b"picture", b"another"):
        kie.finished(kie.create(kie.upload(picture)).json()["data"]["taskId"])

    (digest,) = city.charges.bought_twice()
    posts = {row.digest: (row.posts, row.accepted) for row in city.traffic.paid_posts("kie", "submit")}
    assert posts[digest] == (2, 2) and sorted(posts.values()) == [(1, 1), (2, 2)]


def test_a_task_is_charged_once_however_often_it_is_polled(city: VendorCity, kie: KieClient) -> None:
    task = kie.create().json()["data"]["taskId"]
    kie.finished(task)

    for _ in range(5):
        kie.record(task)

    assert [row.id for row in city.charges.all()] == [task]


def test_kies_balance_falls_by_what_was_made_and_holds_what_is_being_made(
    city: VendorCity, kie: KieClient
) -> None:
    def balance() -> int:
        return kie.http.get(f"{city.kie_url}/chat/credit").json()["data"]

    city.options.kie_credits = Decimal(100)
    kie.finished(kie.create().json()["data"]["taskId"])
    assert balance() == 58

    city.options.task_s = 600
    assert [kie.create().json()["code"] for _ in range(2)] == [200, 402]
    assert balance() == 58


def test_a_period_quota_runs_out(city: VendorCity, elevenlabs: ElevenLabs) -> None:
    city.options.character_limit = 15
    speak(city, elevenlabs, "a" * 10)

    with pytest.raises(ApiError, match="You have 5 credits remaining, while 10 credits are required"):
        speak(city, elevenlabs, "b" * 10)

    assert len(city.charges.all()) == 1


def test_charges_outlive_the_server(tmp_path: Path) -> None:
    journal = tmp_path / "charges.jsonl"
    with vendor_city(journal, video_px=(160, 90)) as city, KieClient(city) as kie:
        kie.finished(kie.create().json()["data"]["taskId"])
        seen_alive = read_journal(journal)
        taken = city.charges.all()

    assert seen_alive == taken == read_journal(journal) and len(taken) == 1


def test_a_charge_is_in_the_journal_before_it_is_in_the_books(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    charges, synced = Charges(tmp_path / "j"), []
    monkeypatch.setattr("os.fsync", lambda _: synced.append(len(charges._rows)))

    charges.take(Charge("kie", "m", "clip-5s", Decimal(1), Decimal("0.21"), "d", "t", 0.0))

    assert synced == [0] and len(charges.all()) == 1


def test_the_books_and_the_script_are_there_over_http(city: VendorCity, kie: KieClient) -> None:
    def control(name: str, body: dict | None = None) -> httpx.Response:
        url = f"{city.url}/control/{name}"
        return kie.http.get(url) if body is None else kie.http.post(url, json=body)

    entry = {"do": "no_credit", "vendor": "kie", "route": "submit", "nth": 1}
    assert control("script", {"entries": [entry]}).json() == {"entries": 1}
    assert control("options", {"kie_credits": "500", "task_polls": 1}).status_code == 204
    codes = [kie.create().json()["code"] for _ in range(2)]
    eventually(lambda: any(t for t in control("requests").json()["in_flight"].values()))
    task = next(iter(city.traffic.paid_posts("kie")))

    assert codes == [402, 200] and (task.posts, task.accepted) == (2, 1)
    assert control("script").json()["played"][0]["do"] == "no_credit"
    assert control("charges").json() == {"charges": [], "usd": "0"}
    assert control("script", {"storm": {"rate": 0.3, "seed": 7}}).json()["entries"] > 50
    assert control("script", {"entries": [{"do": "nonsense"}]}).status_code == 400
    assert control("script", {"entries": [{"do": "fail", "route": "somewhere"}]}).status_code == 400
    assert control("options", {"no_such": 1}).status_code == 400


def _fates(order: Callable[[range], list[int]], rate: float = 0.2) -> dict[int, str | None]:
    playbook = Playbook(storm(rate, seed=3))
    drawn = {n: playbook.draw("kie", "submit", f"digest {n}") for n in order(range(600))}
    return {n: script.do if script else None for n, script in drawn.items()}


def test_a_storm_hits_about_its_rate_with_everything_there_is_in_any_order_alike() -> None:
    fates = _fates(list)

    hit = [do for do in fates.values() if do]
    assert 0.15 < len(hit) / 600 < 0.25
    assert {s.do for s in storm() if (s.vendor, s.route) == ("kie", "submit")} == set(hit)
    assert fates == _fates(lambda numbers: list(reversed(numbers)))
    assert not {"drop_after"} & {s.do for s in storm(without=["drop_after"])}


def test_a_script_plays_as_often_as_it_says() -> None:
    playbook = Playbook([Script("busy", vendor="kie", nth=2), Script("fail", match="fox", times=1)])

    def draw(vendor: str, text: str) -> str | None:
        script = playbook.draw(vendor, "submit" if vendor == "kie" else "image", "d", text)
        return script.do if script else None

    asked = [("kie", "a fox"), ("kie", "a fox"), ("gemini", "an owl"), ("gemini", "a fox")]
    assert [draw(*one) for one in asked] == ["fail", "busy", None, None]


def test_in_a_storm_the_books_hold_one_charge_for_every_request_that_was_taken(city: VendorCity) -> None:
    city.play(*storm(0.6, seed=11, slow_s=0.01))
    key = {"xi-api-key": city.options.elevenlabs_key}

    def say(number: int) -> None:
        with httpx.Client(headers=key, timeout=20, trust_env=False) as client:
            url = f"{city.elevenlabs_url}/v1/text-to-speech/{city.options.voice_id}"
            for _ in range(2):
                try:
                    client.post(url, json={"text": f"Line {number}."})
                except httpx.TransportError:
                    continue

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(say, range(40)))

    asked = city.traffic.paid_posts("elevenlabs")
    charged = {row.digest: 0 for row in asked}
    for row in city.charges.all("elevenlabs"):
        charged[row.digest] += 1
    assert len({row.do for row in city.played}) > 8
    assert sum(row.posts for row in asked) == 80
    assert charged == {row.digest: row.accepted for row in asked}
    assert 1 < city.traffic.most_in_flight("elevenlabs") <= 8
