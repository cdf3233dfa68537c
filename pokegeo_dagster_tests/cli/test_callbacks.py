"""KIE's calls at our door: noted when they are KIE's, turned away when they are not."""

import base64
import hashlib
import hmac
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pytest
import uvicorn
from starlette.testclient import TestClient

from pokegeo_dagster.cli.callbacks import MOST_BYTES, callback_app, listens_at
from pokegeo_dagster.film.errors import DatabaseUnavailable, OrderRefused
from pokegeo_dagster_tests.emulators.vendor_city import VendorCity, vendor_city
from pokegeo_dagster_tests.emulators.vendors.scripted import Script

KEY = "webhook-key"
SET = {"POKEGEO_KIE_CALLBACK_URL": "https://studio.test/kie", "POKEGEO_KIE_WEBHOOK_KEY": KEY}


@dataclass
class Desk:
    """The books, as far as the door knows them."""

    known: set[str] = field(default_factory=lambda: {"t-1"})
    noted: list[tuple[str, str, bool]] = field(default_factory=list)
    heard: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def note(self, vendor: str, task_id: str) -> bool:
        self.noted.append((vendor, task_id, task_id in self.known))
        self.heard.release()
        return task_id in self.known


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def door(desk: Desk) -> TestClient:
    return TestClient(callback_app(desk.note, KEY))


def signed(task_id: str, key: str = KEY) -> dict[str, str]:
    now = str(int(time.time()))
    mac = hmac.new(key.encode(), f"{task_id}.{now}".encode(), hashlib.sha256).digest()
    return {"X-Webhook-Timestamp": now, "X-Webhook-Signature": base64.b64encode(mac).decode()}


def call(task_id: str) -> dict[str, object]:
    return {"code": 200, "msg": "success", "data": {"taskId": task_id, "state": "success"}}


def test_a_genuine_call_is_noted_and_one_that_comes_twice_is_harmless(door: TestClient, desk: Desk) -> None:
    answers = [door.post("/kie", json=call("t-1"), headers=signed("t-1")).status_code for _ in range(2)]

    assert answers == [200, 200] and desk.noted == [("kie", "t-1", True)] * 2


@pytest.mark.parametrize("headers", [{}, signed("t-1", "another key"), signed("t-2")])
def test_a_forged_call_is_turned_away_and_not_noted(door: TestClient, desk: Desk, headers) -> None:
    assert door.post("/kie", json=call("t-1"), headers=headers).status_code == 401
    assert desk.noted == []


def test_a_call_about_an_unknown_task_is_thanked_for_so_that_it_is_not_repeated(
    door: TestClient, desk: Desk
) -> None:
    answer = door.post("/kie", json=call("t-9"), headers=signed("t-9"))

    assert (answer.status_code, desk.noted) == (200, [("kie", "t-9", False)])
    assert answer.text == door.post("/kie", json=call("t-1"), headers=signed("t-1")).text


def test_what_is_no_call_is_not_read(door: TestClient, desk: Desk) -> None:
    assert door.post("/kie", content=b"x" * (MOST_BYTES + 1), headers=signed("t-1")).status_code == 413
    assert door.post("/kie", content=b"{", headers=signed("t-1")).status_code == 401
    assert door.get("/kie").status_code == 405 and desk.noted == []


def test_while_the_books_are_away_kie_is_asked_to_call_again() -> None:
    def away(vendor: str, task_id: str) -> bool:
        raise DatabaseUnavailable("It is away.")

    door = TestClient(callback_app(away, KEY))

    assert door.post("/kie", json=call("t-1"), headers=signed("t-1")).status_code == 503


@pytest.fixture
def city() -> Iterator[VendorCity]:
    with vendor_city(video_px=(64, 36), webhook_key=KEY) as city:
        yield city


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    """The door on a port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(callback_app(desk.note, KEY), log_level="error", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/kie"
        server.should_exit = True
        thread.join(20)


def test_a_task_that_ends_at_the_vendor_is_news_here_although_it_calls_twice(
    city: VendorCity, desk: Desk, address: str
) -> None:
    city.play(Script("duplicate_callback", vendor="kie", route="task"))
    told = {"prompt": "A heron waits.", "image_url": "https://example.org/a.png", "duration": "5"}
    asked = {"model": "kling/v2-5-turbo-image-to-video-pro", "callBackUrl": address, "input": told}
    head = {"Authorization": f"Bearer {city.options.kie_key}"}

    made = httpx.post(f"{city.kie_url}/jobs/createTask", json=asked, headers=head).json()["data"]["taskId"]

    assert all(desk.heard.acquire(timeout=60) for _ in range(2))
    assert desk.noted == [("kie", made, False)] * 2
    assert len(city.charges.all()) == 1


def test_the_door_is_shut_unless_an_address_and_a_key_are_set() -> None:
    assert listens_at({}) is None
    assert listens_at(SET) == ("127.0.0.1", 3071)
    assert listens_at({**SET, "POKEGEO_KIE_CALLBACK_LISTEN": "0.0.0.0:99"}) == ("0.0.0.0", 99)
    for wrong in (
        {"POKEGEO_KIE_CALLBACK_URL": "https://studio.test/kie"},
        {**SET, "POKEGEO_KIE_CALLBACK_URL": "studio"},
        {**SET, "POKEGEO_KIE_CALLBACK_URL": "https://me:secret@studio.test/"},
        {**SET, "POKEGEO_KIE_CALLBACK_LISTEN": "3071"},
    ):
        with pytest.raises(OrderRefused, match="POKEGEO_KIE_"):
            listens_at(wrong)
