"""A Gemini that answers what it is told to, and remembers what it was asked."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from pokegeo_dagster.film.vendors import Job
from pokegeo_dagster.providers.gemini.client import GeminiClient, Timeouts
from pokegeo_dagster.providers.gemini.writer import GeminiWriter
from pokegeo_dagster_tests.providers.gemini.orders import BRIEF, DOSSIER, PITCHES

KEY = "AIzaTest-0123456789-abcdefghij"


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    port: int = 0  # the other end of its connection

    @property
    def parts(self) -> list[dict[str, Any]]:
        return self.body["contents"][0]["parts"]

    @property
    def prompt(self) -> str:
        return "".join(part.get("text", "") for part in self.parts)


@dataclass
class FakeGemini:
    """What is answered next (the last answer stays), and everything that was asked."""

    url: str = ""
    answers: list[tuple[int, Any]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    silent: threading.Event = field(default_factory=threading.Event)  # set: accepts, never answers
    released: threading.Event = field(default_factory=threading.Event)
    hang_up: bool = False

    @property
    def posts(self) -> list[Asked]:
        return [one for one in self.asked if one.method == "POST"]

    def answer(self, status: int, body: Any) -> None:
        self.answers.append((status, body))

    def say(
        self, text: str, finish: str = "STOP", prompt: int = 1200, answer: int = 900, thoughts: int = 300
    ):
        self.answer(200, said([{"text": text}], finish, prompt, answer, thoughts))

    def show(self, *pictures: bytes, mime: str = "image/jpeg", finish: str = "STOP") -> None:
        parts = [{"inlineData": {"mimeType": mime, "data": base64.b64encode(p).decode()}} for p in pictures]
        self.answer(200, said(parts, finish, 400, 1120 * len(pictures), 150))


def said(parts: list[dict[str, Any]], finish: str, prompt: int, answer: int, thoughts: int) -> dict[str, Any]:
    return {
        "candidates": [{"content": {"parts": parts, "role": "model"}, "finishReason": finish, "index": 0}],
        "usageMetadata": {
            "promptTokenCount": prompt,
            "candidatesTokenCount": answer,
            "thoughtsTokenCount": thoughts,
            "totalTokenCount": prompt + answer + thoughts,
        },
        "modelVersion": "as-served",
        "responseId": "resp-7",
    }


def _handler(fake: FakeGemini) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {k.lower(): v for k, v in self.headers.items()}
            fake.asked.append(
                Asked(
                    self.command, self.path, headers, json.loads(raw) if raw else {}, self.client_address[1]
                )
            )
            if fake.silent.is_set():
                fake.released.wait(20)
            if fake.silent.is_set() or fake.hang_up:
                self.close_connection = True
                return
            status, body = fake.answers.pop(0) if len(fake.answers) > 1 else fake.answers[0]
            data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "text/html" if isinstance(body, str) else "application/json")
            self.send_header("content-length", str(len(data)))
            for name, value in fake.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


@pytest.fixture
def gemini() -> Iterator[FakeGemini]:
    """A server of this test's own."""
    fake = FakeGemini()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(fake))
    server.daemon_threads = True
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield fake
    fake.released.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def client(gemini: FakeGemini) -> Iterator[GeminiClient]:
    """A client that speaks to it, on 21 November 2026, 15:00 UTC."""
    opened = GeminiClient(KEY, gemini.url, timeouts=Timeouts(read_s=10), clock=lambda: 1795273200.0)
    yield opened
    opened.close()


@pytest.fixture
def writer(client: GeminiClient) -> GeminiWriter:
    return GeminiWriter(client)


@pytest.fixture
def order(writer: GeminiWriter) -> Job:
    return writer.write(BRIEF, DOSSIER, PITCHES[0])
