"""The three vendors, and the clients that the studio uses, pointed at them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from elevenlabs import ElevenLabs
from google import genai
from google.genai import types

from pokegeo_dagster_tests.emulators.vendor_city import VendorCity, vendor_city

KLING = "kling/v2-5-turbo-image-to-video-pro"
PATIENCE_S = 30


@pytest.fixture
def city() -> Iterator[VendorCity]:
    """Vendors with empty books and nothing going wrong."""
    with vendor_city(video_px=(160, 90)) as running:
        yield running


@pytest.fixture
def gemini(city: VendorCity) -> genai.Client:
    options = types.HttpOptions(base_url=city.gemini_url, timeout=PATIENCE_S * 1000)
    return genai.Client(api_key=city.options.gemini_key, http_options=options)


@pytest.fixture
def elevenlabs(city: VendorCity) -> ElevenLabs:
    return ElevenLabs(api_key=city.options.elevenlabs_key, base_url=city.elevenlabs_url, timeout=PATIENCE_S)


@pytest.fixture
def kie(city: VendorCity) -> Iterator[KieClient]:
    with KieClient(city) as client:
        yield client


class KieClient:
    """What a client of KIE does, with nothing but httpx."""

    def __init__(self, city: VendorCity):
        self.city = city
        key = {"Authorization": f"Bearer {city.options.kie_key}"}
        self.http = httpx.Client(headers=key, timeout=PATIENCE_S, trust_env=False)

    def __enter__(self) -> KieClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def upload(self, image: bytes, name: str = "a.png") -> str:
        """The address of an uploaded image."""
        answer = self.http.post(
            f"{self.city.kie_upload_url}/api/file-stream-upload",
            files={"file": (name, image, "image/png")},
            data={"uploadPath": "images", "fileName": name},
        ).json()
        return answer["data"]["downloadUrl"]

    def create(self, image_url: str = "https://example.org/a.png", **changes: Any) -> httpx.Response:
        """The answer to createTask."""
        given = {"prompt": "The fox breathes.", "image_url": image_url, "duration": "5"} | changes
        body = {"model": given.pop("model", KLING), "input": given}
        if "callback" in given:
            body["callBackUrl"] = given.pop("callback")
        return self.http.post(f"{self.city.kie_url}/jobs/createTask", json=body)

    def record(self, task_id: str) -> dict[str, Any]:
        """What recordInfo says of a task."""
        url = f"{self.city.kie_url}/jobs/recordInfo"
        return self.http.get(url, params={"taskId": task_id}).json()["data"]

    def finished(self, task_id: str) -> dict[str, Any]:
        """What recordInfo says once the task is over."""
        return eventually(
            lambda: card if (card := self.record(task_id))["state"] in ("success", "fail") else None
        )


def eventually(look: Callable[[], Any]) -> Any:
    """The first true thing that `look` sees. Fails after half a minute."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if seen := look():
            return seen
        time.sleep(0.01)
    raise AssertionError("it never came to pass")
