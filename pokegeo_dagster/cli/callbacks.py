"""KIE's calls: a door of its own for them, and for nothing else.

A genuine call is noted in the books as news of its task, so that whoever waits for it asks at once.
What the call says is not believed, no result is taken from it, and it buys nothing: a call that comes
twice, or for a task that nobody knows, changes nothing.
"""

import os
from collections.abc import Callable, Mapping

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from pokegeo_dagster.defs.office.casting import WEBHOOK_KEY_VARIABLE, callback_url
from pokegeo_dagster.film.errors import DatabaseUnavailable, OrderRefused
from pokegeo_dagster.providers.kie.callback import CallbackRefused, verify_callback
from pokegeo_dagster.providers.kie.troubles import VENDOR
from pokegeo_dagster.storage.books import StudioBooks
from pokegeo_dagster.storage.settings import StudioSettings, studio_home

LISTEN_VARIABLE = "POKEGEO_KIE_CALLBACK_LISTEN"
LISTEN = "127.0.0.1:3071"
MOST_BYTES = 1 << 16  # a task's record is one or two kilobytes

Note = Callable[[str, str], bool]


def callback_app(note: Note, webhook_key: str) -> Starlette:
    """The door as an ASGI application: a POST to any path, signed with `webhook_key`."""

    async def called(request: Request) -> Response:
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > MOST_BYTES:
                return PlainTextResponse("too much\n", 413)
        try:
            task_id = verify_callback(body, request.headers, webhook_key)
        except CallbackRefused as refused:
            return PlainTextResponse(f"{refused}\n", 401)
        try:
            await run_in_threadpool(note, VENDOR, task_id)
        except DatabaseUnavailable:
            return PlainTextResponse("not now\n", 503)  # KIE calls again
        return PlainTextResponse("thank you\n")  # also for a task that is over, or was never ours

    def health(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    return Starlette(
        routes=[Route("/healthz", health), Route("/{path:path}", called, methods=["POST"])],
    )


def listens_at(environ: Mapping[str, str]) -> tuple[str, int] | None:
    """Host and port to listen at; None where no address of ours was given to KIE. Raises OrderRefused."""
    if callback_url(environ) is None:
        return None
    text = environ.get(LISTEN_VARIABLE, "").strip() or LISTEN
    host, colon, port = text.rpartition(":")
    if not (host and colon and port.isdecimal() and 1 <= int(port) <= 65535):
        raise OrderRefused(f"{LISTEN_VARIABLE} is {text!r}: write host:port, for example {LISTEN}.")
    return host, int(port)


def serve_callbacks() -> None:
    """Listens until interrupted. Raises OrderRefused where nothing is set to be listened to."""
    where = listens_at(os.environ)
    if where is None:
        raise OrderRefused("Nothing calls here: set POKEGEO_KIE_CALLBACK_URL to the address for KIE to call.")
    settings = StudioSettings.from_env(os.environ, studio_home(os.environ))
    key = os.environ[WEBHOOK_KEY_VARIABLE].strip()
    app = callback_app(StudioBooks(settings.database_url).note_news, key)
    uvicorn.run(app, host=where[0], port=where[1], log_level="warning", access_log=False, server_header=False)
