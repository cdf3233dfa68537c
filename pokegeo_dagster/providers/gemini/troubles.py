"""What Gemini's errors mean for the purse: whether anything was taken, and when to ask again.

Two trees of errors come out of the SDK (generateContent's and the Interactions API's), and below
both the transport's. All of them end here, in one function, as `film/errors.py` words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pokegeo_dagster.film.errors import (
    AccountTrouble,
    AnswerLost,
    NotTaken,
    QuotaSpent,
    Refused,
    VendorTrouble,
)
from pokegeo_dagster.providers.scrub import shortened

VENDOR = "gemini"
FREE = "Nothing was charged."  # «If your request fails with a 400 or 500 error, you won't be charged»
# Daily quotas of the Gemini API end at midnight Pacific (rate-limit page, seen 2026-11).
_QUOTA_DAY = ZoneInfo("America/Los_Angeles")
_NO_DETAILS_WAIT_S = 60.0
_MONEY = re.compile(
    r"prepa(?:y|id)|credits? (?:balance |are |is )?deplet|spend(?:ing)?[ -](?:cap|limit)", re.I
)
_BAD_KEY = re.compile(r"api key (?:not valid|expired|not found|is invalid)|API_KEY_(?:INVALID|EXPIRED)", re.I)
# Raised by the transport before a byte of the request has left.
_BEFORE_SENDING = frozenset(
    {"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol"}
)


@dataclass(frozen=True)
class _Said:
    """An answer that says no: its HTTP status and what the body holds, in either tree's spelling."""

    code: int
    status: str
    message: str
    details: tuple[Mapping[str, Any], ...]
    enveloped: bool  # whether the body is Google's own error and not a proxy's page
    headers: Mapping[str, str]

    @property
    def request_id(self) -> str | None:
        """What Google's records may call it, where it says."""
        names = ("x-goog-request-id", "x-request-id", "x-cloud-trace-context")
        return next((self.headers[n] for n in names if n in self.headers), None)


def trouble_from(
    error: BaseException,
    *,
    now: float,
    key: str = "",
    model: str = "",
    sent: bool = True,
    billed_5xx: bool = False,
) -> VendorTrouble:
    """The trouble behind any error of a call that costs money.

    `now` (seconds since 1970) dates a quota's end. `sent` is whether the request may have left.
    `billed_5xx` is for calls whose failures may be charged (interactions): generateContent's are
    not («If your request fails with a 400 or 500 error, you won't be charged», billing FAQ).
    """
    said = _said(error)
    if said is not None:
        return _from_answer(said, now, key, model, billed_5xx)
    cause = _transport_error(error)
    name = type(cause).__name__
    words = shortened(cause, key) or name
    if name in _BEFORE_SENDING:
        return NotTaken(VENDOR, f"no connection could be made ({name}: {words}). {FREE}")
    if not sent:
        return Refused(VENDOR, f"the request could not be built ({name}: {words}). {FREE}")
    return AnswerLost(VENDOR, f"no usable answer came back ({name}: {words}).")


def next_quota_day(now: float) -> float:
    """The next midnight in America/Los_Angeles after `now`, both in seconds since 1970."""
    today = datetime.fromtimestamp(now, _QUOTA_DAY).date()
    return datetime.combine(today + timedelta(days=1), time(), _QUOTA_DAY).timestamp()


def _from_answer(said: _Said, now: float, key: str, model: str, billed_5xx: bool) -> VendorTrouble:
    words, code, request = shortened(said.message, key).rstrip(".") or said.status, said.code, said.request_id
    if code == 429:
        return _rate_limit(said, words, now)
    if code in (401, 402, 403) or said.status in ("UNAUTHENTICATED", "PERMISSION_DENIED"):
        return AccountTrouble(
            VENDOR, f"HTTP {code}, «{words}». {FREE} Check GEMINI_API_KEY and its billing.", request
        )
    if code == 400 and (_is_bad_key(said) or said.status == "FAILED_PRECONDITION"):
        return AccountTrouble(
            VENDOR, f"«{words}». {FREE} Check GEMINI_API_KEY and that billing is on.", request
        )
    if code == 404:
        return AccountTrouble(
            VENDOR,
            f"model {model!r} is not there («{words}»). {FREE} Name another one in the configuration.",
            request,
        )
    if code in (500, 503) and said.enveloped and not billed_5xx:
        return NotTaken(
            VENDOR, f"HTTP {code}, «{words}». {FREE} It is asked again later.", _retry_after(said), request
        )
    if 400 <= code < 500 and code not in (408, 409, 499):
        return Refused(
            VENDOR,
            f"HTTP {code}, «{words}». {FREE} It would be declined again: change what is asked.",
            request,
        )
    return AnswerLost(VENDOR, f"HTTP {code}, «{words}».", request)


def _rate_limit(said: _Said, words: str, now: float) -> VendorTrouble:
    quotas = [str(v.get("quotaId", "")) for d in said.details for v in d.get("violations") or ()]
    limits = re.findall(r"limit: (\d+)\b", said.message)
    if limits and not any(int(limit) for limit in limits):
        return AccountTrouble(
            VENDOR,
            f"this project has no quota for the model («{words}»). {FREE} Turn billing on.",
            said.request_id,
        )
    if any("PerDay" in quota for quota in quotas):
        # The RetryInfo that comes with it (about 36 s) is not when the day is over.
        return QuotaSpent(
            VENDOR,
            f"today's quota is used up («{words}»). {FREE} It is asked again when it is back.",
            next_quota_day(now),
            said.request_id,
        )
    if _MONEY.search(said.message):
        return AccountTrouble(
            VENDOR, f"«{words}». {FREE} Add credit or raise the spend limit.", said.request_id
        )
    if not quotas:
        reason = f"«{words}». {FREE} No quota is named: if it goes on, look at the project's spend limits."
        return NotTaken(VENDOR, reason, _retry_info(said) or _NO_DETAILS_WAIT_S, said.request_id)
    return NotTaken(
        VENDOR,
        f"too many requests («{words}»). {FREE}",
        _retry_info(said) or _NO_DETAILS_WAIT_S,
        said.request_id,
    )


def _is_bad_key(said: _Said) -> bool:
    reasons = {str(d.get("reason", "")) for d in said.details}
    return bool(reasons & {"API_KEY_INVALID", "API_KEY_EXPIRED"}) or bool(_BAD_KEY.search(said.message))


def _retry_info(said: _Said) -> float | None:
    for detail in said.details:
        if found := re.fullmatch(r"(\d+(?:\.\d+)?)s", str(detail.get("retryDelay", ""))):
            return float(found[1])
    found = re.search(r"retry in (\d+(?:\.\d+)?)s", said.message)
    return float(found[1]) if found else _retry_after(said)


def _retry_after(said: _Said) -> float | None:
    asked = said.headers.get("retry-after", "")
    return float(asked) if re.fullmatch(r"\d+(?:\.\d+)?", asked) else None


def _said(error: BaseException) -> _Said | None:
    """The HTTP answer that an error of either tree carries, if it carries one."""
    code = getattr(error, "code", None) or getattr(error, "status_code", None)
    response = getattr(error, "response", None)
    if not isinstance(code, int) or response is None:
        return None
    body = getattr(error, "details", None) or getattr(error, "body", None)
    inner = body.get("error") if isinstance(body, Mapping) else None
    inner = inner if isinstance(inner, Mapping) else {}
    outer = body if isinstance(body, Mapping) else {}
    details = inner.get("details")
    return _Said(
        code=code,
        status=str(inner.get("status") or outer.get("status") or ""),
        message=str(inner.get("message") or outer.get("message") or ""),
        details=tuple(d for d in details if isinstance(d, Mapping)) if isinstance(details, list) else (),
        enveloped=bool(inner.get("status") or inner.get("code")),
        headers={str(k).lower(): str(v) for k, v in dict(getattr(response, "headers", None) or {}).items()},
    )


def _transport_error(error: BaseException) -> BaseException:
    """The first error in a chain of causes that the transport raised; else the error itself."""
    return next((e for e in _chain(error) if type(e).__module__.startswith(("httpx", "httpcore"))), error)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
