"""Each fault scripted for KIE looks to a client as KIE's own would, and costs what it would cost there."""

from __future__ import annotations

import base64
import http.server
import json
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx
import pytest

from pokegeo_dagster_tests.emulators.vendor_city import VendorCity
from pokegeo_dagster_tests.emulators.vendors.scripted import Kind, Script
from pokegeo_dagster_tests.emulators_speak.conftest import KieClient, eventually


@pytest.mark.parametrize(
    ("do", "code"),
    [
        ("no_credit", 402), ("rate_minute", 429), ("maintenance", 455), ("invalid", 422),
        ("asset_unfetched", 451), ("forbidden", 505), ("rate_day", 433),
    ],
)  # fmt: skip
def test_kies_errors_come_inside_http_200(city: VendorCity, kie: KieClient, do: Kind, code: int) -> None:
    city.play(Script(do, vendor="kie", route="submit"))

    answer = kie.create()

    assert (answer.status_code, answer.json()["code"], answer.json()["data"]) == (200, code, None)
    assert city.charges.all() == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"duration": "7"}, 422),
        ({"prompt": "a" * 2501}, 422),
        ({"image_url": "data:image/png;base64,AA"}, 422),
        ({"model": "kling/of-yesterday"}, 404),
    ],
)
def test_kie_turns_down_what_its_model_does_not_take(
    kie: KieClient, changes: dict[str, str], code: int
) -> None:
    assert kie.create(**changes).json()["code"] == code


def test_an_upload_that_is_gone_cannot_be_filmed(city: VendorCity, kie: KieClient) -> None:
    city.options.url_life_s = 0

    assert kie.create(kie.upload(b"picture")).json()["code"] == 451


def test_a_pending_task_is_unfinished_for_as_many_polls_as_scripted(city: VendorCity, kie: KieClient) -> None:
    city.play(Script("pending", vendor="kie", route="task", polls=3))
    task = kie.create().json()["data"]["taskId"]

    first = [kie.record(task) for _ in range(3)]

    assert [card["state"] for card in first] == ["waiting", "queuing", "generating"]
    assert {card["resultJson"] for card in first} == {""}
    assert kie.finished(task)["state"] == "success"


def test_a_task_takes_its_time_from_its_creation(city: VendorCity, kie: KieClient) -> None:
    city.options.task_s = 0.4
    task = kie.create().json()["data"]["taskId"]

    assert kie.record(task)["state"] != "success" and city.charges.all() == []
    assert kie.finished(task)["costTime"] >= 400


@pytest.mark.parametrize(("do", "word"), [("fail", "generation failed"), ("refuse", "risk control")])
@pytest.mark.parametrize("disputed", [False, True])
def test_a_failed_task_says_so_and_costs_nothing_unless_kie_errs(
    city: VendorCity, kie: KieClient, do: Kind, word: str, disputed: bool
) -> None:
    city.play(Script(do, vendor="kie", route="task", charged=disputed))

    card = kie.finished(kie.create().json()["data"]["taskId"])

    assert (card["state"], card["failCode"], card["resultJson"]) == ("fail", "501", "")
    assert word in card["failMsg"]
    assert card["creditsConsumed"] == (42 if disputed else 0)
    assert len(city.charges.all()) == disputed


def test_a_lost_task_goes_on_and_is_charged(city: VendorCity, kie: KieClient) -> None:
    city.play(Script("drop_after", vendor="kie", route="submit"))

    with pytest.raises(httpx.ReadError):
        kie.create()

    eventually(lambda: city.charges.all("kie"))
    assert city.charges.usd() == Decimal("0.21")


def test_an_expired_address_answers_403_until_there_is_a_new_one(city: VendorCity, kie: KieClient) -> None:
    task = kie.create().json()["data"]["taskId"]
    old = json.loads(kie.finished(task)["resultJson"])["resultUrls"][0]
    city.play(Script("expired_url", vendor="kie", route="download", nth=1))

    dead = [kie.http.get(old).status_code for _ in range(2)]
    fresh = json.loads(kie.record(task)["resultJson"])["resultUrls"][0]
    link = kie.http.post(f"{city.kie_url}/common/download-url", json={"url": old}).json()["data"]

    assert dead == [403, 403]
    assert kie.http.get(fresh).content == kie.http.get(link).content != b""


def test_a_callback_tells_of_the_end_signed_and_sometimes_twice(city: VendorCity, kie: KieClient) -> None:
    city.options.webhook_key = "secret"
    city.play(Script("duplicate_callback", vendor="kie", route="task"))
    with _listener() as (address, heard):
        task = kie.create(callback=address).json()["data"]["taskId"]
        eventually(lambda: len(heard) == 2)

    assert [call["data"]["taskId"] for call, _ in heard] == [task, task]
    assert heard[0][0]["code"] == 200 and heard[0][0]["data"]["state"] == "success"
    assert len(base64.b64decode(heard[0][1]["X-Webhook-Signature"])) == 32
    assert len(city.charges.all()) == 1


def test_kie_takes_so_many_new_tasks_in_ten_seconds(city: VendorCity, kie: KieClient) -> None:
    city.options.kie_new_tasks_per_10s = 3

    assert [kie.create().json()["code"] for _ in range(4)] == [200, 200, 200, 429]


class _listener:
    """A server that writes down what is posted to it."""

    def __enter__(self) -> tuple[str, list[tuple[dict[str, Any], dict[str, str]]]]:
        heard: list[tuple[dict[str, Any], dict[str, str]]] = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                heard.append((json.loads(body), dict(self.headers.items())))
                self.send_response(200)
                self.end_headers()

            log_message: Callable[..., None] = lambda *_: None

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_address[1]}/done", heard

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
