"""Answers, and what can happen to one on its way: lost, cut, late, garbled."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from pokegeo_dagster.film.digest import seed_for
from pokegeo_dagster_tests.emulators.vendors.scripted import Script

HTML = (
    b"<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n"
    b"<body><center><h1>502 Bad Gateway</h1></center><hr><center>cloudflare</center></body></html>\n"
)


@dataclass(frozen=True)
class Answer:
    """What a vendor says: a JSON document or bytes."""

    document: Any = None
    status: int = 200
    body: bytes | None = None
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    vital: Sequence[str | int] = ()  # the path of what an answer with missing fields lacks

    @property
    def content(self) -> bytes:
        """The bytes that go out."""
        return self.body if self.body is not None else json.dumps(self.document).encode()


class Line(H11Protocol):
    """One client's connection. An answer finds it in its scope and may cut it."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._gone, app = asyncio.Event(), self.app

        async def with_line(scope: Any, receive: Any, send: Any) -> None:
            scope["line"] = self
            await app(scope, receive, send)

        self.app = with_line

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._gone.set()

    async def cut(self, reset: bool) -> None:
        """End the connection: by a TCP reset, or by closing it with whatever was written sent."""
        if reset:
            connection: socket.socket = self.transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.transport.abort()
        else:
            self.transport.close()
        await self._gone.wait()


class Cut(Response):
    """No answer, or half of one, and then the end of the connection."""

    def __init__(self, half_of: Answer | None = None, reset: bool = True):
        whole = half_of.content if half_of else b""
        super().__init__(
            whole,
            half_of.status if half_of else 200,
            half_of.headers if half_of else None,
            half_of.media_type if half_of else None,
        )
        self._half = whole[: max(1, len(whole) // 2)] if half_of else None
        self._reset = reset and half_of is None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._half is not None:
            await send(
                {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
            )
            await send({"type": "http.response.body", "body": self._half, "more_body": True})
        await scope["line"].cut(self._reset)


def lost(script: Script) -> Response:
    """What a client gets whose request is dropped: nothing."""
    return Cut(reset=script.reset)


async def sent(answer: Answer, script: Script | None = None) -> Response:
    """The answer as it reaches the client, after what the script does to it."""
    do = script.do if script else None
    if script and do == "slow":
        await asyncio.sleep(script.seconds)
    if script and do == "drop_after":
        return lost(script)
    if do == "truncated":
        return Cut(half_of=answer)
    if do == "empty":
        answer = replace(answer, body=b"")
    if do == "html" and script:
        answer = Answer(status=script.status or 502, body=HTML, media_type="text/html")
    if do == "missing_fields":
        answer = _without_vital(answer)
    if do == "extra_fields":
        answer = _with_news(answer)
    return Response(answer.content, answer.status, dict(answer.headers), answer.media_type)


def _without_vital(answer: Answer) -> Answer:
    if answer.body is not None:  # bytes have their fields in the headers
        return replace(answer, headers={})
    document = json.loads(answer.content)
    place = document
    *way, last = answer.vital or (next(iter(document)),)
    for step in way:
        place = place[step]
    del place[last]
    return replace(answer, document=document)


def _with_news(answer: Answer) -> Answer:
    """The same answer from a vendor that has grown since: a field more in every object."""
    if answer.body is not None:
        return replace(answer, headers={**answer.headers, "x-new-in-2027": "yes"})
    return replace(answer, document=_grown(answer.document))


def _grown(value: Any) -> Any:
    if isinstance(value, dict):
        return {**{k: _grown(v) for k, v in value.items()}, "newIn2027": {"reason": "nobody knows yet"}}
    if isinstance(value, list):
        return [_grown(v) for v in value]
    return value


def spoilt(media: bytes, script: Script | None) -> bytes:
    """Media as the script leaves it: garbage behind its first bytes, or cut off in the middle."""
    if script and script.do == "corrupt":
        noise = random.Random(seed_for("corrupt", len(media)))
        return media[:8] + noise.randbytes(max(0, len(media) - 8))
    if script and script.do == "cut_media":
        return media[: len(media) * 2 // 5]
    return media


async def json_of(request: Request) -> dict[str, Any] | None:
    """The request's JSON object; None when it is something else."""
    try:
        document = json.loads(await request.body())
    except ValueError:
        return None
    return document if isinstance(document, dict) else None
