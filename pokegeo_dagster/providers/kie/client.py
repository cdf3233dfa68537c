"""KIE.ai's HTTP interface: one method a request, typed answers, the purse's troubles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pokegeo_dagster.film.errors import AccountTrouble, AnswerLost, VendorSilent, VendorTrouble
from pokegeo_dagster.providers.http import Answer, AnswerGarbled, Http, HttpTrouble, Timeouts
from pokegeo_dagster.providers.kie.troubles import (
    FREE,
    VENDOR,
    code_of,
    declined_question,
    declined_task,
    lost,
    silent,
    unanswered,
    unheard_task,
)
from pokegeo_dagster.providers.kie.wire import (
    CreatedTask,
    Enveloped,
    TaskRecord,
    UploadedFile,
    Verdict,
)

if TYPE_CHECKING:
    import httpx

BASE_URL = "https://api.kie.ai/api/v1"
UPLOAD_URL = "https://kieai.redpandaai.co"
UPLOAD_FOLDER = "pokegeo"
MOST_CLIP_BYTES = 512 << 20
# Patience where an answer that is given up on may be money: KIE has been slow, not silent.
SUBMIT = Timeouts(connect_s=10, read_s=180, write_s=60, pool_s=10)
_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}
_EXPIRED = frozenset({400, 401, 403, 404, 410})

_Told = Callable[[int, Verdict], VendorTrouble]


class ExpiredAddress(VendorSilent):
    """The address of a file is not good (any more). Ask KIE for another one."""


@dataclass(frozen=True)
class Created:
    """KIE took the task: its id, and the id of the request that asked for it."""

    task_id: str
    request_id: str | None = None


class KieClient:
    """A connection to KIE.ai. Opens nothing before the first request; safe to share between threads.

    `base_url` and `upload_url` point it at another server; only where they are http may results be.
    """

    def __init__(
        self,
        api_key: str,
        base_url: str = BASE_URL,
        upload_url: str = UPLOAD_URL,
        *,
        timeouts: Timeouts | None = None,
        submit_timeouts: Timeouts = SUBMIT,
        transport: httpx.BaseTransport | None = None,
    ):
        key = api_key.strip()
        if not key or not key.isascii() or not key.isprintable():
            raise AccountTrouble(VENDOR, f"the API key is empty or garbled. {FREE} Set KIE_API_KEY.")
        self.base_url, self.upload_url = base_url.rstrip("/"), upload_url.rstrip("/")
        self._submit_timeouts, self._secrets = submit_timeouts, (key,)
        self._http = Http(
            VENDOR,
            headers={"Authorization": f"Bearer {key}"},
            secrets=self._secrets,
            timeouts=timeouts,
            transport=transport,
        )

    def __repr__(self) -> str:
        return f"KieClient(base_url={self.base_url!r})"

    def upload_image(self, path: Path, name: str) -> str:
        """Puts a picture on KIE's upload host, under `name`; its address there, for a day or more.

        Free. Raises AccountTrouble, Refused, VendorSilent.
        """
        kind = _TYPES.get(Path(name).suffix.lower(), "application/octet-stream")
        answer = self._question(
            "POST",
            f"{self.upload_url}/api/file-stream-upload",
            form={"uploadPath": UPLOAD_FOLDER, "fileName": name},
            files={"file": (name, path.read_bytes(), kind)},
        )
        return self._before(answer, Enveloped[UploadedFile], "the upload").download_url

    def create_task(self, model: str, fields: Mapping[str, Any], callback_url: str | None = None) -> Created:
        """Sends the one request that costs money, exactly once.

        Raises Refused, AccountTrouble, QuotaSpent, NotTaken (all free) or AnswerLost.
        """
        body: dict[str, Any] = {"model": model, "input": dict(fields)}
        if callback_url:
            body["callBackUrl"] = callback_url
        try:
            answer = self._http.ask(
                "POST", f"{self.base_url}/jobs/createTask", json=body, timeouts=self._submit_timeouts
            )
            verdict = answer.read(Verdict)
        except HttpTrouble as trouble:
            raise unheard_task(trouble) from None
        code = code_of(verdict, answer)
        trouble = declined_task(code, verdict, answer, self._secrets)
        if not isinstance(trouble, AnswerLost):
            raise trouble
        try:
            task = answer.read(Enveloped[CreatedTask]).data
        except AnswerGarbled as garbled:
            if code == 200:
                trouble = lost(f"it said «yes» and no task id ({garbled.text})", answer.request_id)
            raise trouble from None
        return Created(task.task_id, answer.request_id)

    def record_info(self, task_id: str) -> TaskRecord:
        """One task as KIE has it now. Free. Raises VendorSilent."""
        answer = self._question("GET", f"{self.base_url}/jobs/recordInfo", query={"taskId": task_id})
        record = self._about_task(answer, Enveloped[TaskRecord], any_code=True)
        if record.task_id not in (None, task_id):
            raise VendorSilent(VENDOR, f"asked about task {task_id}, it told of another. It is asked again.")
        return record

    def credit(self) -> Decimal:
        """The credits left on the account. Free. Raises AccountTrouble, VendorSilent."""
        answer = self._question("GET", f"{self.base_url}/chat/credit")
        return self._before(answer, Enveloped[Decimal], "the credit balance")

    def download_url(self, url: str) -> str:
        """A fresh address, good for 20 minutes, of a result. Free. Raises VendorSilent."""
        answer = self._question("POST", f"{self.base_url}/common/download-url", json={"url": url})
        return self._about_task(answer, Enveloped[str])

    def download(self, url: str, to: Path) -> int:
        """Fetches a result into `to`; its size in bytes. Free.

        Raises ExpiredAddress (also when a web page lies there), VendorSilent.
        """
        try:
            return self._http.download(
                url, to, most_bytes=MOST_CLIP_BYTES, web_only=self.base_url.startswith("https:")
            )
        except AnswerGarbled as page:
            raise ExpiredAddress(VENDOR, f"{page.text}. A new address is asked for.") from None
        except HttpTrouble as trouble:
            if trouble.status in _EXPIRED:
                raise ExpiredAddress(VENDOR, f"{trouble.text}. A new address is asked for.") from None
            raise silent(trouble) from None

    def close(self) -> None:
        """Lets go of the connections."""
        self._http.close()

    def _question(self, method: str, url: str, **asked: Any) -> Answer:
        try:
            return self._http.ask(method, url, **asked)
        except HttpTrouble as trouble:
            raise silent(trouble) from None

    def _before(self, answer: Answer, shape: type[Enveloped[Any]], what: str) -> Any:
        """The data of a question asked before any work: a declined one may be the account's fault."""
        return self._data(answer, shape, lambda c, v: declined_question(c, v, answer, self._secrets, what))

    def _about_task(self, answer: Answer, shape: type[Enveloped[Any]], any_code: bool = False) -> Any:
        """The data of a question about a task that KIE took: never taken for a refusal of the task."""
        return self._data(answer, shape, lambda c, v: unanswered(c, v, answer, self._secrets), any_code)

    def _data(self, answer: Answer, shape: type[Enveloped[Any]], told: _Told, any_code: bool = False) -> Any:
        try:
            verdict = answer.read(Verdict)
        except AnswerGarbled as garbled:
            trouble: VendorTrouble = silent(garbled)
            if garbled.status in (401, 403):
                trouble = told(garbled.status, Verdict(msg=garbled.text))
            raise trouble from None
        code = code_of(verdict, answer)
        if code != 200 and not any_code:
            raise told(code, verdict)
        try:
            return answer.read(shape).data
        except AnswerGarbled as garbled:
            raise (silent(garbled) if code == 200 else told(code, verdict)) from None
