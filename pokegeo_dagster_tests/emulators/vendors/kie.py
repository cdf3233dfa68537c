"""KIE.ai: Kling tasks by createTask and recordInfo, the balance, and fresh addresses of results.

A task is charged the moment it succeeds, whoever asks or does not ask after it.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from decimal import Decimal

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pokegeo_dagster_tests.emulators.vendors.answers import Answer, json_of, sent, spoilt
from pokegeo_dagster_tests.emulators.vendors.desk import Desk, Work, new_id, origin
from pokegeo_dagster_tests.emulators.vendors.films import Projector
from pokegeo_dagster_tests.emulators.vendors.kie_files import KieFiles, Shelf
from pokegeo_dagster_tests.emulators.vendors.kie_tasks import Task, Unwanted, Wanted, call_back, read
from pokegeo_dagster_tests.emulators.vendors.kie_troubles import RISK_CONTROL, said, trouble
from pokegeo_dagster_tests.emulators.vendors.prices import CREDIT_USD
from pokegeo_dagster_tests.emulators.vendors.scripted import Script

_FAILURES = {
    "fail": ("501", "generation failed"),
    "refuse": ("501", RISK_CONTROL),
    "blocked": ("501", RISK_CONTROL),
    "asset_unfetched": ("451", "Failed to fetch the image."),
}


class Kie:
    """Serves the API under its mount: /api/v1/…, and the same without that prefix."""

    def __init__(self, desk: Desk, shelf: Shelf, files: KieFiles):
        self.desk, self.shelf, self.files = desk, shelf, files
        self.projector = Projector()
        self.tasks: dict[str, Task] = {}
        self._spent = self._held = Decimal(0)
        self._begun: deque[float] = deque()
        self._shooting: set[asyncio.Task[None]] = set()

    def routes(self) -> list[Route]:
        return [
            Route(f"{prefix}{path}", endpoint, methods=[method])
            for prefix in ("/api/v1", "")
            for method, path, endpoint in (
                ("POST", "/jobs/createTask", self.create),
                ("GET", "/jobs/recordInfo", self.record),
                ("GET", "/chat/credit", self.credit),
                ("POST", "/common/download-url", self.link),
            )
        ]

    async def create(self, request: Request) -> Response:
        """createTask: takes the work; it is paid for when it succeeds."""
        if (wrong := self._wrong_key(request)) is not None:
            return await sent(wrong)
        base = origin(request)
        try:
            wanted = read(await json_of(request), self.shelf, base)
        except Unwanted as no:
            return await sent(self._no(no.code, str(no)))
        task_id, loop = new_id(), asyncio.get_running_loop()

        def begin(_: Script | None) -> Answer:
            asyncio.run_coroutine_threadsafe(self._begin(task_id, wanted, base), loop).result()
            return Answer(
                {"code": 200, "msg": "success", "data": {"taskId": task_id}}, vital=("data", "taskId")
            )

        return await self.desk.serve_paid(
            "kie",
            "submit",
            wanted.digest,
            str(wanted.input),
            begin,
            self._trouble,
            lambda: self._door(wanted),
        )

    async def record(self, request: Request) -> Response:
        """recordInfo: how far a task is."""
        task = self.tasks.get(request.query_params.get("taskId", ""))
        if task is None:
            return await self._free(request, "poll", "nobody", lambda _: self._no(404, "recordInfo is null"))
        state, base = task.poll(), origin(request)

        def card(_: Script | None) -> Answer:
            document = {"code": 200, "msg": "success", "data": self._card(task, state, base)}
            return Answer(document, vital=("data", "state"))

        return await self._free(request, "poll", task.wanted.digest, card)

    async def credit(self, request: Request) -> Response:
        left = self.desk.options.kie_credits - self._spent
        document = {"code": 200, "msg": "success", "data": float(left) if left % 1 else int(left)}
        return await self._free(request, "credit", "mine", lambda _: Answer(document, vital=("data",)))

    async def link(self, request: Request) -> Response:
        """download-url: a new address of a result, for 20 minutes."""
        url = str((await json_of(request) or {}).get("url", ""))
        new = self.files.new_link(origin(request), url)

        def answer(_: Script | None) -> Answer:
            if new is None:
                return self._no(422, "url is not one of ours")
            return Answer({"code": 200, "msg": "success", "data": new}, vital=("data",))

        return await self._free(request, "link", url.partition("?")[0], answer)

    async def _free(self, request: Request, route: str, key: str, work: Work) -> Response:
        if (wrong := self._wrong_key(request)) is not None:
            return await sent(wrong)
        return await self.desk.serve_free("kie", route, key, key, work, self._trouble)

    def _no(self, code: int, msg: str) -> Answer:
        return said(code, msg, self.desk.options.kie_error_status)

    def _trouble(self, script: Script) -> Answer:
        return trouble(script, self.desk.options.kie_error_status)

    def _wrong_key(self, request: Request) -> Answer | None:
        right = request.headers.get("authorization") == f"Bearer {self.desk.options.kie_key}"
        return None if right else self._no(401, "You do not have access permissions")

    def _door(self, wanted: Wanted) -> Answer | None:
        """Why one more task is not taken; else a place for it is, and its credits are held."""
        options, now = self.desk.options, time.monotonic()
        while self._begun and now - self._begun[0] >= 10:
            self._begun.popleft()
        most = options.kie_new_tasks_per_10s
        if most is not None and len(self._begun) >= most:
            return self._trouble(Script(do="rate_minute"))
        if options.kie_credits - self._spent - self._held < wanted.credits:
            return self._trouble(Script(do="no_credit"))
        if not self.desk.traffic.take_off("kie", options.most_in_flight.get("kie")):
            return self._trouble(Script(do="concurrent"))
        self._begun.append(now)
        self._held += wanted.credits
        return None

    async def _begin(self, task_id: str, wanted: Wanted, base: str) -> None:
        script = self.desk.playbook.draw("kie", "task", wanted.digest, str(wanted.input))
        options = self.desk.options
        seconds, polls = options.takes_s("kie/task", wanted.digest, options.task_s), options.task_polls
        if script and script.do in ("pending", "slow"):
            seconds, polls = script.seconds, script.polls
        task = Task(task_id, wanted, script, time.time() + seconds, polls)
        self.tasks[task_id] = task
        shooting = asyncio.create_task(self._shoot(task, base))
        self._shooting.add(shooting)
        shooting.add_done_callback(self._shooting.discard)

    async def _shoot(self, task: Task, base: str) -> None:
        """The vendor's side of a task, from its beginning to the callback."""
        wanted, script = task.wanted, task.script
        try:
            await asyncio.sleep(max(0.0, task.due_at - time.time()))
            if task.polls < task.polls_due:
                await task.polled.wait()
            task.state = "generating"
            if script and script.do in _FAILURES:
                task.fail_code, task.fail_msg = _FAILURES[script.do]
                task.fail_msg = script.reason or task.fail_msg
                self._end(task, "fail", charged=bool(script.charged))
            else:
                task.file = await run_in_threadpool(self._film, task)
                self._end(task, "success", charged=True)
        finally:
            self._held -= wanted.credits
            self.desk.traffic.land("kie")
        if wanted.callback:
            times = 2 if script and script.do == "duplicate_callback" else 1
            card = self._card(task, None, base)
            await call_back(wanted.callback, card, self.desk.options.webhook_key, times)

    def _film(self, task: Task) -> str:
        options, wanted = self.desk.options, task.wanted
        film = self.projector.film(wanted.image, wanted.duration_s, options.video_px, options.same_video)
        return self.shelf.put(f"results/{task.id}/0.mp4", spoilt(film, task.script))

    def _end(self, task: Task, state: str, charged: bool) -> None:
        """The task is over: charge for it and say so, in this order."""
        wanted = task.wanted
        if charged:
            task.charged = wanted.credits
            self._spent += wanted.credits
            self.desk.charge(
                vendor="kie",
                model=wanted.model,
                what=f"clip-{wanted.duration_s}s",
                units=Decimal(1),
                usd=wanted.credits * CREDIT_USD,
                digest=wanted.digest,
                id=task.id,
                about=wanted.input["prompt"],
                items={"credit": wanted.credits},
            )
        task.completed_at, task.state = time.time(), state

    def _card(self, task: Task, state: str | None, base: str) -> dict[str, object]:
        address = None
        if task.file and (state or task.state) == "success":
            address = self.shelf.address(base, task.file, self.desk.options.url_life_s)
        return task.card(state, address)
