"""A KIE of our own on this machine's loopback: real sockets, scripted answers, every request kept."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from pokegeo_dagster.film.crew import ClipOrder
from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.story.screenplay import Atmosphere
from pokegeo_dagster.providers.bench.encoder import RawEncoder
from pokegeo_dagster.providers.kie.client import KieClient

KEY = "5a1f0c9e77b84d2fa6c31be2d4958e70"
SMALL = Delivery(width_px=96, height_px=54, rate_fps=24, preset="ultrafast", crf=30)


@dataclass
class Asked:
    """One request that arrived."""

    route: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Reply:
    """One scripted answer. `cut` bytes are promised and not sent; `drop` closes without a word;
    `hold` says nothing until the server goes down."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0
    drop: bool = False
    hold: bool = False


class FakeKie:
    """The server. `script` says what a route answers, in turn; the last answer is repeated."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.scripts: dict[str, list[Reply]] = {}
        self.over = threading.Event()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                fake.serve(self)

            do_GET = do_POST = answer

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        route = f"{handler.command} {parts.path}"
        body = handler.rfile.read(int(handler.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.asked.append(Asked(route, parse_qs(parts.query), headers, body))
        script = self.scripts.get(route) or [Reply(b'{"code":404,"msg":"no such page"}', 404)]
        reply = script.pop(0) if len(script) > 1 else script[0]
        handler.close_connection = True
        if reply.hold:
            self.over.wait(30)
            return
        if reply.drop:
            return
        handler.send_response(reply.status)
        for name, value in {"Content-Type": "application/json", **reply.headers}.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(reply.body) + reply.cut))
        handler.end_headers()
        handler.wfile.write(reply.body)

    def script(self, route: str, *replies: Reply | dict[str, Any]) -> None:
        self.scripts[route] = [r if isinstance(r, Reply) else Reply(json.dumps(r).encode()) for r in replies]

    def of(self, route: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.route == route]

    def close(self) -> None:
        self.over.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def kie() -> Iterator[FakeKie]:
    fake = FakeKie()
    yield fake
    fake.close()


@pytest.fixture
def reply() -> type[Reply]:
    return Reply


@pytest.fixture
def key() -> str:
    return KEY


@pytest.fixture
def client(kie: FakeKie) -> Iterator[KieClient]:
    client = KieClient(KEY, f"{kie.url}/api/v1", kie.url)
    yield client
    client.close()


@pytest.fixture
def order() -> Callable[..., ClipOrder]:
    atmosphere = Atmosphere(
        habitat="forest",
        light="dawn",
        weather="mist",
        palette=("#203040", "#405060", "#708090"),
        prose="A cold forest before sunrise, mist between the trunks.",
    )

    def make(prompt: str = "A haunter drifts. Its eyes glow. Slow push in.", seconds: int = 5) -> ClipOrder:
        return ClipOrder(
            prompt=prompt,
            movement="floating, eyes glowing",
            camera="Slow push in.",
            framing="medium",
            atmosphere=atmosphere,
            delivery=SMALL,
            frames=seconds * SMALL.rate_fps,
            seed=1,
        )

    return make


@pytest.fixture
def composite(tmp_path: Path) -> dict[str, Path]:
    picture = tmp_path / "composite.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n the opening frame")
    return {"main": picture}


@pytest.fixture
def room(tmp_path: Path) -> Path:
    room = tmp_path / "room"
    room.mkdir()
    return room


@pytest.fixture(scope="session")
def clip_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], bytes]:
    """The bytes of a small MP4 of so many frames, brighter in every one."""
    made: dict[int, bytes] = {}

    def film(frames: int) -> bytes:
        if frames not in made:
            out = tmp_path_factory.mktemp("clips") / f"{frames}.mp4"
            luma = SMALL.width_px * SMALL.height_px
            noise = np.random.default_rng(7).integers(0, 40, luma)
            grey = np.full(luma // 2, 128, np.uint8)
            with RawEncoder(SMALL, frames, out) as encoder:
                for number in range(frames):
                    encoder.write(np.concatenate([(noise + 40 + number).astype(np.uint8), grey]))
            made[frames] = out.read_bytes()
        return made[frames]

    return film
