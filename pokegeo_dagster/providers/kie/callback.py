"""KIE's callback: whether it really is KIE that calls, and about which task.

Pure: bytes and headers in, a task id out. What the callback says of the task is not believed; the
id only says which task to ask about. Callbacks may come twice.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping
from typing import Annotated

from pydantic import AliasChoices, Field, ValidationError

from pokegeo_dagster.film.errors import ProductionError
from pokegeo_dagster.providers.kie.wire import Text, Wire

TOLERANCE_S = 300.0  # KIE wants its answer within 15 s, so an honest call is never this old

_TaskId = Annotated[Text, Field(min_length=1)]


class CallbackRefused(ProductionError):
    """A callback that KIE did not send, or not now. Answer it with 401 and do nothing."""


class _Named(Wire):
    camel: Annotated[_TaskId | None, Field(validation_alias=AliasChoices("taskId"))] = None
    snake: Annotated[_TaskId | None, Field(validation_alias=AliasChoices("task_id"))] = None


class _Body(_Named):
    data: _Named = _Named()


def verify_callback(
    body: bytes | str, headers: Mapping[str, str], hmac_key: str, *, now: float | None = None
) -> str:
    """The id of the task that a genuine callback is about.

    `body` as it came, `headers` in any case, `hmac_key` the webhookHmacKey of KIE's settings page;
    `now` in seconds since 1970, this moment when left out. The signature is the base64 of
    HMAC-SHA256(`taskId.timestamp`), so it does not cover the rest of the body.
    Raises CallbackRefused.
    """
    if not hmac_key:
        raise CallbackRefused("A KIE callback cannot be checked without the webhook key. Set it first.")
    found = {name.lower(): value.strip() for name, value in headers.items()}
    timestamp, signature = found.get("x-webhook-timestamp", ""), found.get("x-webhook-signature", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12 and signature):
        raise CallbackRefused("A callback without KIE's timestamp and signature was refused.")
    task_id = _task_id(body)
    digest = hmac.new(hmac_key.encode(), f"{task_id}.{timestamp}".encode(), hashlib.sha256).digest()
    if not hmac.compare_digest(base64.b64encode(digest), signature.encode()):
        raise CallbackRefused("A callback whose signature is not KIE's was refused. Is the key current?")
    age_s = (time.time() if now is None else now) - int(timestamp)
    if abs(age_s) > TOLERANCE_S:
        raise CallbackRefused(f"A KIE callback signed {age_s:.0f} s ago was refused. Is the clock right?")
    return task_id


def _task_id(body: bytes | str) -> str:
    """KIE's pages disagree on `taskId` and `task_id`; a body that names two tasks is a trick."""
    try:
        read = _Body.model_validate_json(body)
    except ValidationError:
        raise CallbackRefused("A callback whose body cannot be read was refused.") from None
    named = {name for name in (read.data.camel, read.data.snake, read.camel, read.snake) if name}
    if len(named) != 1:
        raise CallbackRefused(f"A callback that names {len(named)} tasks was refused; KIE names one.")
    return named.pop()
