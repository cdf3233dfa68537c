"""KIE's tasks: what was asked, how far it is, and what it cost when it was done."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx

from pokegeo_dagster.film.digest import digest
from pokegeo_dagster_tests.emulators.vendors.kie_files import Shelf
from pokegeo_dagster_tests.emulators.vendors.prices import VIDEO_MODELS, VideoModel
from pokegeo_dagster_tests.emulators.vendors.scripted import Script


class Unwanted(ValueError):
    """A request that KIE does not take: its code and message."""

    def __init__(self, code: int, msg: str):
        self.code = code
        super().__init__(msg)


@dataclass(frozen=True)
class Wanted:
    """A createTask request, read and found in order."""

    model: str
    input: dict[str, Any]
    duration_s: int
    credits: Decimal
    image: bytes | None
    callback: str | None
    digest: str


@dataclass
class Task:
    """One task. It is changed on the event loop only."""

    id: str
    wanted: Wanted
    script: Script | None
    due_at: float
    polls_due: int
    created_at: float = field(default_factory=time.time)
    completed_at: float | None = None
    state: str = "waiting"
    fail_code: str = ""
    fail_msg: str = ""
    file: str | None = None  # the result, on the shelf
    charged: Decimal = Decimal(0)
    polls: int = 0
    polled: asyncio.Event = field(default_factory=asyncio.Event)

    def poll(self) -> str | None:
        """Count a poll. The state that it is told, where it must be told an unfinished one."""
        self.polls += 1
        if self.polls <= self.polls_due:
            if self.polls == self.polls_due:
                self.polled.set()
            return ("waiting", "queuing")[self.polls - 1] if self.polls <= 2 else "generating"
        return None

    def card(self, state: str | None, address: str | None) -> dict[str, Any]:
        """The task as recordInfo tells it; `state` overrules how far it is."""
        state = state or self.state
        done, failed = state == "success", state == "fail"
        ended = self.completed_at if done or failed else None
        now = ended or time.time()
        return {
            "taskId": self.id,
            "model": self.wanted.model,
            "state": state,
            "param": json.dumps({"model": self.wanted.model, "input": self.wanted.input}),
            "resultJson": json.dumps({"resultUrls": [address]}) if done else "",
            "failCode": self.fail_code if failed else "",
            "failMsg": self.fail_msg if failed else "",
            "costTime": int((ended - self.created_at) * 1000) if ended else 0,
            "completeTime": int(ended * 1000) if ended else 0,
            "createTime": int(self.created_at * 1000),
            "updateTime": int(now * 1000),
            "progress": 100 if done else min(95, self.polls * 20) if not failed else 0,
            "creditsConsumed": _plain(self.charged) if done or failed else 0,
        }


def read(body: dict[str, Any] | None, shelf: Shelf, own_host: str) -> Wanted:
    """The request, held to the model's rules. Raises Unwanted."""
    if body is None:
        raise Unwanted(400, "The request body is not a JSON object")
    model = VIDEO_MODELS.get(str(body.get("model")))
    if model is None:
        raise Unwanted(404, "The model name you specified is not supported.")
    given = body.get("input")
    if not isinstance(given, dict):
        raise Unwanted(422, "input is required")
    prompt = given.get("prompt")
    if not isinstance(prompt, str) or not prompt.strip():
        raise Unwanted(422, "prompt is required")
    if len(prompt) > model.most_prompt:
        raise Unwanted(422, f"prompt must be at most {model.most_prompt} characters")
    urls = _urls(given, model)
    duration_s = _duration(given, model)
    image = shelf.behind(urls[0])
    if image is None and urls[0].startswith(own_host):
        raise Unwanted(451, "Failed to fetch the image. Kindly verify its access limits.")
    grade = given.get("mode") or given.get("resolution")
    try:
        credits = model.credits(duration_s, bool(given.get("sound") or given.get("audio")), grade)
    except KeyError:
        raise Unwanted(422, f"{grade} is not within the range of allowed options") from None
    told = {name: value for name, value in given.items() if name != model.image_field}
    key = digest(["kie", body["model"], told, [shelf.digest_behind(url) for url in urls]])
    return Wanted(body["model"], given, duration_s, credits, image, body.get("callBackUrl"), key)


def _urls(given: dict[str, Any], model: VideoModel) -> list[str]:
    value = given.get(model.image_field)
    urls: Any = value if model.image_field == "image_urls" else [value]
    if not isinstance(urls, list) or not 1 <= len(urls) <= 2:
        raise Unwanted(422, f"{model.image_field} is required")
    if not all(isinstance(url, str) and url.startswith(("http://", "https://")) for url in urls):
        raise Unwanted(422, f"{model.image_field} must be a public address")
    return urls


def _duration(given: dict[str, Any], model: VideoModel) -> int:
    value = given.get("duration", str(model.durations[0]))
    if str(value) not in {str(d) for d in model.durations}:
        raise Unwanted(422, "duration is not within the range of allowed options")
    return int(value)


async def call_back(url: str, card: dict[str, Any], key: str | None, times: int) -> None:
    """Tell a client that its task is over: `times` over, and up to three tries each."""
    failed = card["state"] == "fail"
    body = {"code": 501 if failed else 200, "msg": card["failMsg"] or "success", "data": card}
    headers = _signature(card["taskId"], key) if key else {}
    async with httpx.AsyncClient(timeout=15, trust_env=False) as client:
        for _ in range(times):
            for _attempt in range(3):
                try:
                    if (await client.post(url, json=body, headers=headers)).is_success:
                        break
                except httpx.HTTPError:
                    continue


def _signature(task_id: str, key: str) -> dict[str, str]:
    now = str(int(time.time()))
    mac = hmac.new(key.encode(), f"{task_id}.{now}".encode(), hashlib.sha256).digest()
    return {"X-Webhook-Timestamp": now, "X-Webhook-Signature": base64.b64encode(mac).decode()}


def _plain(credits: Decimal) -> int | float:
    return int(credits) if credits == credits.to_integral_value() else float(credits)
