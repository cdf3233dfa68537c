"""The desk that all three vendors share: options, script, books, and how a request is served."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from decimal import Decimal
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from pokegeo_dagster.film.digest import seed_for
from pokegeo_dagster_tests.emulators.vendors.answers import HTML, Answer, lost, sent
from pokegeo_dagster_tests.emulators.vendors.charges import Charge, Charges, Traffic
from pokegeo_dagster_tests.emulators.vendors.scripted import Playbook, Script

Work = Callable[[Script | None], Answer]  # takes the request: charges for it and makes the answer
Trouble = Callable[[Script], Answer]  # the vendor's own words for a thing that goes wrong
Door = Callable[[], Answer | None]  # why the vendor cannot take the request now; None when it can


@dataclass
class Options:
    """How the emulated vendors behave when nothing goes wrong. May be changed while they run."""

    gemini_key: str = "emulated-gemini-key"
    kie_key: str = "emulated-kie-key"
    elevenlabs_key: str = "emulated-elevenlabs-key"
    voice_id: str = "emulatedVoice00000001"
    longest_px: int | None = 512  # pictures are scaled down to this; None: the real size
    picture_format: str = "png"  # or jpeg
    video_px: tuple[int, int] = (640, 360)
    same_video: bool = True  # one clip for every request of a duration; False: from its own image
    answer_s: float = 0.0  # how long Gemini and ElevenLabs work on an answer
    characters_per_s: float = 16.0  # how fast the narrator speaks
    task_s: float = 0.0  # how long a KIE task takes, from createTask on …
    # … or how long what takes, from and to, by «vendor/route» («kie/task» for a task); each request has a
    # time of its own, the same whenever it comes.
    work_s: dict[str, tuple[float, float]] = field(default_factory=dict)
    task_polls: int = 0  # … and how many polls it is pending for at least
    kie_credits: Decimal = Decimal(1_000_000)
    kie_error_status: int = 200  # KIE's errors come with HTTP 200, the code in the body
    kie_new_tasks_per_10s: int | None = None
    kie_odd_agents_blocked: bool = False  # its upload host answers "error code: 1010" to scripts
    url_life_s: float = 86_400.0  # of KIE's result and upload addresses
    webhook_key: str | None = None  # signs KIE's callbacks
    character_limit: int = 1_000_000
    most_in_flight: dict[str, int] = field(default_factory=dict)  # by vendor; over it, their own 429
    retired: frozenset[str] = frozenset()  # models that are no longer there

    def takes_s(self, what: str, digest: str, plain_s: float) -> float:
        """How long this piece of work takes; `plain_s` where nothing is said about its kind."""
        least, most = self.work_s.get(what, (plain_s, plain_s))
        return least + (most - least) * seed_for("work", digest) / 2**32

    def change(self, wanted: dict[str, Any]) -> None:
        """Take over what a JSON object says. Raises ValueError for an option nobody knows."""
        unknown = set(wanted) - {f.name for f in fields(self)}
        if unknown:
            raise ValueError(f"no such option: {', '.join(sorted(unknown))}")
        kinds: dict[str, Callable[[Any], Any]] = {
            "kie_credits": lambda v: Decimal(str(v)),
            "video_px": lambda v: tuple(v),
            "retired": lambda v: frozenset(v),
        }
        for name, value in wanted.items():
            setattr(self, name, kinds.get(name, lambda v: v)(value))


class Desk:
    """What the vendors share. One for each running server."""

    def __init__(self, options: Options, journal: Path | None = None):
        self.options = options
        self.playbook = Playbook()
        self.charges = Charges(journal)
        self.traffic = Traffic()

    def charge(self, **row: Any) -> None:
        """Put a charge in the books, now."""
        self.charges.take(Charge(at=time.time(), **row))

    async def serve_paid(
        self,
        vendor: str,
        route: str,
        digest: str,
        text: str,
        work: Work,
        trouble: Trouble,
        door: Door | None = None,
    ) -> Response:
        """Serve a request that costs money when the vendor takes it, and only then.

        `work` runs beside the event loop; `text` is what a script's `match` is looked for in.
        `door` is asked on the event loop, right before the work.
        """
        self.traffic.posted(vendor, route, digest)

        def take(script: Script | None) -> Answer:
            self.traffic.accepted(vendor, route, digest)
            if vendor != "kie":
                time.sleep(self.options.takes_s(f"{vendor}/{route}", digest, self.options.answer_s))
            return work(script)

        limit = self.options.most_in_flight.get(vendor)
        if vendor == "kie":  # its work goes on after the answer: it counts its own tasks
            return await self._served(vendor, route, digest, text, take, trouble, door)
        with self.traffic.flight(vendor, limit) as on_board:
            if not on_board:
                return await sent(trouble(Script(do="concurrent")))
            return await self._served(vendor, route, digest, text, take, trouble)

    async def serve_free(
        self, vendor: str, route: str, key: str, text: str, work: Work, trouble: Trouble
    ) -> Response:
        """Serve a request that costs nothing."""
        self.traffic.asked(vendor, route)
        return await self._served(vendor, route, key, text, work, trouble)

    async def _served(
        self,
        vendor: str,
        route: str,
        digest: str,
        text: str,
        work: Work,
        trouble: Trouble,
        door: Door | None = None,
    ) -> Response:
        script = self.playbook.draw(vendor, route, digest, text)
        if door and (script is None or script.accepted) and (shut := door()) is not None:
            return await sent(shut)
        if script is None:
            return await sent(await run_in_threadpool(work, None))
        if script.accepted:
            answer = await run_in_threadpool(work, script)
            if script.do in ("server_error", "error_in_200", "fail"):
                answer = trouble(script)
            return lost(script) if script.do == "drop_before" else await sent(answer, script)
        if script.do == "drop_before":
            return lost(script)
        if script.do == "html":
            return await sent(Answer(status=script.status or 502, body=HTML, media_type="text/html"))
        if script.do == "empty":  # said to be free: the vendor lost it
            return await sent(Answer(body=b""))
        return await sent(trouble(script))


def new_id(kind: str = "") -> str:
    """A name as vendors give them: nobody can guess it, and it says nothing."""
    return kind + secrets.token_hex(12)


def origin(request: Request) -> str:
    """Where the client reaches this server."""
    return f"{request.url.scheme}://{request.url.netloc}"
