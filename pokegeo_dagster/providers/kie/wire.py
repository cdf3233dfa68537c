"""KIE's answers, in the shapes its pages promise and in the ones it has been seen to send.

Both spellings of a field are taken (`taskId`, `task_id`). A field that decides nothing never makes
an answer unreadable: what cannot be read there is None. Seen 2026-08 to 2026-11.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, WrapValidator
from pydantic_core import PydanticCustomError, ValidationError

CREDIT_USD = Decimal("0.005")  # fixed worth of a credit (docs.kie.ai, 2026-09)

Data = TypeVar("Data")


def _or_none(value: Any, handler: Any) -> Any:
    try:
        return handler(value)
    except (ValidationError, PydanticCustomError):
        return None


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _amount(value: Any) -> Any:
    """A sum that is a number and not less than nothing."""
    if isinstance(value, bool):
        raise PydanticCustomError("amount", "not a number")
    return value


Text = Annotated[str, BeforeValidator(_text)]
MaybeText = Annotated[Text | None, WrapValidator(_or_none)]
MaybeInt = Annotated[int | None, WrapValidator(_or_none)]
Credits = Annotated[Decimal, BeforeValidator(_amount), Field(ge=0, allow_inf_nan=False)]
MaybeCredits = Annotated[Credits | None, WrapValidator(_or_none)]


def _either(*names: str) -> Any:
    return Field(default=None, validation_alias=AliasChoices(*names))


class Wire(BaseModel):
    """Something KIE said. What nobody asked for is dropped at the door."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Verdict(Wire):
    """The part of every answer that says how it went. `code` is the real status, HTTP's the second."""

    code: MaybeInt = None
    msg: MaybeText = _either("msg", "message", "error")


class Enveloped(Wire, Generic[Data]):
    """An answer that went well, with what was asked for."""

    data: Data


class CreatedTask(Wire):
    """KIE has taken a task."""

    task_id: Annotated[Text, Field(min_length=1, validation_alias=AliasChoices("taskId", "task_id"))]


class UploadedFile(Wire):
    """A file on KIE's upload host, gone after one to three days."""

    download_url: Annotated[
        str,
        Field(
            pattern=r"^https?://",
            validation_alias=AliasChoices("downloadUrl", "download_url", "fileUrl", "file_url"),
        ),
    ]


class TaskRecord(Wire):
    """One task as KIE has it now. `state`: waiting, queuing, generating, success, fail.

    `credits` is what it took; missing on some families. `progress` is 0–100 and often missing.
    """

    task_id: MaybeText = _either("taskId", "task_id")
    state: Annotated[Text, Field(min_length=1)]
    result: Any = Field(default=None, repr=False, validation_alias=AliasChoices("resultJson", "result_json"))
    fail_code: MaybeText = _either("failCode", "fail_code")
    fail_msg: MaybeText = _either("failMsg", "fail_msg")
    progress: Annotated[float | None, WrapValidator(_or_none)] = None
    credits: MaybeCredits = _either("creditsConsumed", "credits_consumed")

    @property
    def usd(self) -> Decimal | None:
        """What it took. A success that cost nothing is a field nobody filled in, so None."""
        if self.credits is None or (self.state == "success" and not self.credits):
            return None
        return self.credits * CREDIT_USD

    @property
    def urls(self) -> tuple[str, ...]:
        """Where its files lie. Signed and short-lived: never kept, never said."""
        found = self.result
        if isinstance(found, str):  # «resultJson» is JSON in a string, and "" until done
            try:
                found = json.loads(found)
            except ValueError:
                return ()
        if not isinstance(found, dict):
            return ()
        for name in ("resultUrls", "result_urls", "resultUrl", "videoUrl", "video_url"):
            value = found.get(name)
            urls = [value] if isinstance(value, str) else value if isinstance(value, list) else []
            urls = [u for u in urls if isinstance(u, str) and u.startswith(("https://", "http://"))]
            if urls:
                return tuple(urls)
        return ()
