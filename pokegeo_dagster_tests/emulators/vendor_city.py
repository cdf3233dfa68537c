"""The three paid vendors on one port of this machine: real HTTP, genuine small media, honest books.

    with vendor_city(kie_credits=Decimal(500)) as city:
        city.play(Script("drop_after", vendor="kie", route="submit", nth=1))
        ...  # point a client at city.environ, or at city.gemini_url, city.kie_url …
        assert city.charges.bought_twice() == {}

`/control/…` does the same over HTTP, for processes of their own.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from pokegeo_dagster_tests.emulators.vendors.answers import Line, json_of
from pokegeo_dagster_tests.emulators.vendors.charges import Charges, Traffic
from pokegeo_dagster_tests.emulators.vendors.desk import Desk, Options
from pokegeo_dagster_tests.emulators.vendors.elevenlabs import ElevenLabs
from pokegeo_dagster_tests.emulators.vendors.gemini import Gemini
from pokegeo_dagster_tests.emulators.vendors.kie import Kie
from pokegeo_dagster_tests.emulators.vendors.kie_files import FILES, KieFiles, Shelf
from pokegeo_dagster_tests.emulators.vendors.scripted import Played, Script, storm

START_S = 20


class VendorCity:
    """A server that is set up and not yet running: `vendor_city` runs one in a thread."""

    def __init__(self, options: Options | None = None, journal: Path | None = None, port: int = 0):
        self.options = options or Options()
        self.desk = Desk(self.options, journal)
        self._socket = socket.create_server(("127.0.0.1", port), backlog=512)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(
            self._app(),
            http=Line,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=1,
        )
        self.server = uvicorn.Server(config)

    def serve(self) -> None:
        """Serve until `stop`, or in the main thread until Ctrl+C."""
        self.server.run(sockets=[self._socket])

    def stop(self) -> None:
        """End `serve`, wherever it runs."""
        self.server.should_exit = True

    @property
    def gemini_url(self) -> str:
        return f"{self.url}/gemini"

    @property
    def kie_url(self) -> str:
        """What stands for https://api.kie.ai/api/v1."""
        return f"{self.url}/kie/api/v1"

    @property
    def kie_upload_url(self) -> str:
        """What stands for https://kieai.redpandaai.co."""
        return f"{self.url}/kie-upload"

    @property
    def elevenlabs_url(self) -> str:
        return f"{self.url}/el"

    @property
    def environ(self) -> dict[str, str]:
        """The variables that point the studio at these vendors."""
        return {
            "GEMINI_API_KEY": self.options.gemini_key,
            "KIE_API_KEY": self.options.kie_key,
            "ELEVENLABS_API_KEY": self.options.elevenlabs_key,
            "ELEVENLABS_VOICE_ID": self.options.voice_id,
            "GOOGLE_GEMINI_BASE_URL": self.gemini_url,
            "KIE_BASE_URL": self.kie_url,
            "KIE_UPLOAD_URL": self.kie_upload_url,
            "ELEVENLABS_BASE_URL": self.elevenlabs_url,
            "POKEGEO_LISTENER": "off",  # these voices are bursts of tones: no word of theirs is as written
        }

    @property
    def charges(self) -> Charges:
        """What the vendors took."""
        return self.desk.charges

    @property
    def traffic(self) -> Traffic:
        """What was asked of them."""
        return self.desk.traffic

    @property
    def played(self) -> list[Played]:
        """The script's entries that were played."""
        return list(self.desk.playbook.played)

    def play(self, *entries: Script) -> None:
        """Play exactly these from now on; none of them plays nothing."""
        self.desk.playbook.set(entries)

    def _app(self) -> Starlette:
        shelf = Shelf()
        files = KieFiles(self.desk, shelf)
        return Starlette(
            routes=[
                Mount("/gemini", routes=Gemini(self.desk).routes()),
                Mount("/kie-upload", routes=files.upload_routes()),
                Mount(FILES, routes=files.file_routes()),
                Mount("/kie", routes=Kie(self.desk, shelf, files).routes()),
                Mount("/el", routes=ElevenLabs(self.desk).routes()),
                Mount("/control", routes=_control(self.desk)),
            ]
        )


def _control(desk: Desk) -> list[Route]:
    """The books to look into, and the script and the options to change."""

    async def charges(_: Request) -> Response:
        rows = [row.as_json() for row in desk.charges.all()]
        return JSONResponse({"charges": rows, "usd": str(desk.charges.usd())})

    async def requests(_: Request) -> Response:
        return JSONResponse(desk.traffic.as_json())

    async def script(request: Request) -> Response:
        if request.method == "GET":
            playbook = desk.playbook
            return JSONResponse(
                {
                    "entries": [asdict(entry) for entry in playbook.entries],
                    "played": [asdict(row) for row in playbook.played],
                }
            )
        body: dict[str, Any] = await json_of(request) or {}
        try:
            entries = [Script.from_json(row) for row in body.get("entries", [])]
            if "storm" in body:
                entries += storm(**body["storm"])
        except (TypeError, ValueError) as wrong:
            return JSONResponse({"error": str(wrong)}, status_code=400)
        (desk.playbook.add if body.get("add") else lambda *e: desk.playbook.set(e))(*entries)
        return JSONResponse({"entries": len(desk.playbook.entries)})

    async def options(request: Request) -> Response:
        try:
            desk.options.change(await json_of(request) or {})
        except (TypeError, ValueError, ArithmeticError) as wrong:
            return JSONResponse({"error": str(wrong)}, status_code=400)
        return Response(status_code=204)

    return [
        Route("/charges", charges),
        Route("/requests", requests),
        Route("/script", script, methods=["GET", "POST"]),
        Route("/options", options, methods=["POST"]),
    ]


@contextmanager
def vendor_city(journal: Path | None = None, port: int = 0, **options: Any) -> Iterator[VendorCity]:
    """The vendors, running in a thread until the block ends. `options` are those of `Options`."""
    city = VendorCity(Options(**options), journal, port)
    thread = threading.Thread(target=city.serve, name="vendor-city", daemon=True)
    thread.start()
    deadline = time.monotonic() + START_S
    while not city.server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("the emulated vendors did not start")
        time.sleep(0.002)
    try:
        yield city
    finally:
        city.stop()
        thread.join(timeout=START_S)
