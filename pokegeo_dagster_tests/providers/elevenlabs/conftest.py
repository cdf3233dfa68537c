"""A small ElevenLabs on loopback: real sound, the vendor's own shapes, and every way to go wrong."""

import base64
import io
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import av
import numpy as np
import pytest

from pokegeo_dagster.providers.elevenlabs.client import ElevenLabsClient

KEY = "sk_0123456789abcdef"
VOICE = "JBFqnCBsd6RMkjVDRZzb"
RATE_HZ = 44_100
RESET = 4_102_444_800  # a day far ahead

LEAD_S, LETTER_S, SPACE_S, PAUSE_S, END_S = 0.30, 0.06, 0.10, 0.50, 0.40


@dataclass(frozen=True)
class Reading:
    """A line as the vendor might read it: a hum for every word, silence elsewhere."""

    samples: np.ndarray
    alignment: dict[str, list[Any]]
    spans: list[tuple[float, float]]  # of each word, as it truly sounds


def read_aloud(text: str) -> Reading:
    at = LEAD_S
    chars, starts, ends = [], [], []
    spans: list[tuple[float, float]] = []
    speaking = False
    for place, char in enumerate(text):
        length = LETTER_S if char.isalnum() else SPACE_S if char == " " else 0.0
        if char == "." and text[place + 1 : place + 2] != ".":
            length = PAUSE_S
        begin = 0.0 if place == 0 else at
        if char.isalnum():
            spans = [*spans[:-1], (spans[-1][0], at + length)] if speaking else [*spans, (at, at + length)]
        speaking = char.isalnum() or (speaking and char in "'’-")
        at += length
        chars.append(char)
        starts.append(round(begin, 3))
        ends.append(round(at, 3))
    samples = np.zeros(int((at + END_S) * RATE_HZ))
    for start, end in spans:
        first, last = int(start * RATE_HZ), int(end * RATE_HZ)
        time = np.arange(last - first) / RATE_HZ
        samples[first:last] = 0.3 * np.sin(2 * np.pi * 180 * time) + 0.1 * np.sin(2 * np.pi * 1200 * time)
    alignment = {
        "characters": chars,
        "character_start_times_seconds": starts,
        "character_end_times_seconds": ends,
    }
    return Reading(samples, alignment, spans)


def mp3(samples: np.ndarray, channels: int = 1) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=RATE_HZ)
        stream.bit_rate = 128_000
        stream.layout = "mono" if channels == 1 else "stereo"
        planes = np.repeat(samples[None].astype(np.float32), channels, axis=0)
        frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout=stream.layout.name)
        frame.rate = RATE_HZ
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return out.getvalue()


def pcm(samples: np.ndarray) -> bytes:
    return np.round(samples * 32767).astype("<i2").tobytes()


Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Vendor:
    """What arrived, and what is answered. `accidents` are answered first, one for each paid POST."""

    url: str = ""
    posts: list[dict[str, Any]] = field(default_factory=list)
    gets: list[str] = field(default_factory=list)
    accidents: list[Answer | str] = field(default_factory=list)
    free_accidents: list[Answer | str] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)
    audio: dict[str, bytes] = field(default_factory=dict)
    subscription: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    effect: bytes = b""
    page: int = 1000
    speech: Callable[[str, str], dict[str, Any]] | None = None

    def client(self, **more: Any) -> ElevenLabsClient:
        return ElevenLabsClient(KEY, self.url, **more)

    def kept(self, text: str, item_id: str = "h1", **more: Any) -> dict[str, Any]:
        """A line of the history, newest first, with its sound."""
        reading = read_aloud(text)
        self.audio[item_id] = mp3(reading.samples)
        item = {
            "history_item_id": item_id,
            "request_id": f"req-{item_id}",
            "voice_id": VOICE,
            "model_id": "eleven_multilingual_v2",
            "text": text,
            "date_unix": 1_000,
            "character_count_change_from": 100,
            "character_count_change_to": 100 + len(text),
            "content_type": "audio/mpeg",
            "state": "created",
            "source": "TTS",
            "alignments": {"alignment": reading.alignment, "normalized_alignment": reading.alignment},
            **more,
        }
        self.history.insert(0, item)
        return item


def says(status: int, detail: Any, **headers: str) -> Answer:
    told = {"content-type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
    return status, told, json.dumps({"detail": detail}).encode()


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    book = Vendor()
    book.headers = {"request-id": "req-1", "character-cost": "42", "history-item-id": "h1"}
    book.headers["current-concurrent-requests"] = "2"
    book.subscription = {
        "tier": "creator",
        "character_count": 95_000,
        "character_limit": 100_000,
        "next_character_count_reset_unix": RESET,
        "status": "active",
    }

    class Desk(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            parts = urlsplit(self.path)
            sent = {"path": parts.path, "query": parse_qs(parts.query), "body": body}
            book.posts.append({**sent, "key": self.headers["xi-api-key"]})
            if book.accidents:
                self._happen(book.accidents.pop(0))
            elif parts.path == "/v1/sound-generation":
                self._give((200, {"content-type": "audio/mpeg", **book.headers}, book.effect))
            else:
                self._give(self._spoken(body["text"], sent["query"]["output_format"][0]))

        def do_GET(self) -> None:
            book.gets.append(self.path)
            if book.free_accidents:
                return self._happen(book.free_accidents.pop(0))
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            match parts.path.strip("/").split("/")[1:]:
                case ["user", "subscription"]:
                    self._json(book.subscription)
                case ["voices", name]:
                    if name == VOICE:
                        self._json({"voice_id": VOICE, "name": "George"})
                    else:
                        self._give(says(400, {"status": "voice_not_found", "message": "no such voice"}))
                case ["models"]:
                    names = ("eleven_multilingual_v2", "eleven_v3")
                    self._json([{"model_id": name, "can_do_text_to_speech": True} for name in names])
                case ["history"]:
                    self._json(self._page(query))
                case ["history", item, "audio"]:
                    if item in book.audio:
                        self._give((200, {"content-type": "audio/mpeg"}, book.audio[item]))
                    else:
                        self._give(says(404, {"status": "history_item_not_found"}))
                case ["history", item]:
                    found = [line for line in book.history if line["history_item_id"] == item]
                    self._json(found[0]) if found else self._give(says(404, {"status": "not_found"}))
                case _:
                    self._give(says(404, "not found"))

        def _page(self, query: dict[str, str]) -> dict[str, Any]:
            lines = [
                line for line in book.history if line["date_unix"] >= int(query.get("date_after_unix", 0))
            ]
            ids = [line["history_item_id"] for line in lines]
            first = ids.index(query["start_after_history_item_id"]) + 1 if query.get(
                "start_after_history_item_id") else 0  # fmt: skip
            lines = lines[first : first + min(book.page, int(query["page_size"]))]
            last = lines[-1]["history_item_id"] if lines else None
            more = bool(lines) and ids[-1] != last
            return {"history": lines, "last_history_item_id": last, "has_more": more}

        def _spoken(self, text: str, form: str) -> Answer:
            if book.speech is not None:
                told = book.speech(text, form)
            else:
                reading = read_aloud(text)
                audio = mp3(reading.samples) if form.startswith("mp3") else pcm(reading.samples)
                told = {"audio_base64": base64.b64encode(audio).decode(), "alignment": reading.alignment}
            return 200, {"content-type": "application/json", **book.headers}, json.dumps(told).encode()

        def _happen(self, accident: Answer | str) -> None:
            if accident == "reset":
                # RST instead of an answer, once the request has been read
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                self.close_connection = True
            elif accident == "half":
                self.wfile.write(b'HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"audio')
                self.close_connection = True
            else:
                assert not isinstance(accident, str)
                self._give(accident)

        def _json(self, value: Any) -> None:
            self._give((200, {"content-type": "application/json"}, json.dumps(value).encode()))

        def _give(self, answer: Answer) -> None:
            status, headers, body = answer
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass

    server = Quiet(("127.0.0.1", 0), Desk)
    book.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield book
    server.shutdown()
    server.server_close()
    thread.join()
