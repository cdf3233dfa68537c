"""What KIE's codes mean for the purse. The code in the body is the status; HTTP's is the second.

A code stands among the free refusals only if KIE documents it as one: whatever else comes back
from a request for paid work may have been charged.
"""

from __future__ import annotations

import re
import time

from pokegeo_dagster.film.errors import (
    AccountTrouble,
    AnswerLost,
    NotTaken,
    QuotaSpent,
    Refused,
    VendorSilent,
    VendorTrouble,
)
from pokegeo_dagster.providers.http import Answer, AnswerGarbled, HttpTrouble, NeverSent
from pokegeo_dagster.providers.kie.wire import Verdict
from pokegeo_dagster.providers.scrub import shortened

VENDOR = "kie"
LOGS = "https://kie.ai/logs"
FREE = "Nothing was charged."

# 20 new tasks in 10 s are allowed; a task over that is declined, not queued.
RATE_PAUSE_S, BUSY_PAUSE_S, MAINTENANCE_PAUSE_S = 10.0, 30.0, 120.0

_ACCOUNT = {
    401: "Check the KIE API key.",
    402: "Top up the KIE account.",
    403: "Check what this KIE API key may do, and its list of allowed addresses.",
    404: "KIE does not know this model (any more): choose another one.",
    433: "Raise the spending limit of this KIE API key.",
    505: "KIE has switched this model off: choose another one.",
}
_PAUSE = {429: RATE_PAUSE_S, 451: BUSY_PAUSE_S, 455: MAINTENANCE_PAUSE_S, 550: BUSY_PAUSE_S}
_PERIOD = re.compile(r"\b(?:(dai|day|24[ -]?h)|(hour))", re.I)
_MODEL_GONE = re.compile(
    r"\bmodel\b.{0,60}\b(?:not (?:supported|found|exist|available)|invalid|unknown)", re.I
)


class PictureUnreachable(NotTaken):
    """KIE could not fetch the opening frame from the address it was given, and began nothing."""


def code_of(verdict: Verdict, answer: Answer) -> int:
    """How it went: the body's own word if it has one. HTTP's 201 and 202 are a «yes» too."""
    if verdict.code is not None:
        return verdict.code
    return 200 if 200 <= answer.status < 300 else answer.status


def declined_task(code: int, verdict: Verdict, answer: Answer, secrets: tuple[str, ...]) -> VendorTrouble:
    """Why a request for paid work brought no task: free when KIE says so, else AnswerLost."""
    said, request_id = _said(code, verdict, secrets), answer.request_id
    period = _PERIOD.search(verdict.msg or "") if code in (402, 429, 433) else None
    if period:
        until = _period_end(time.time(), 86_400 if period[1] else 3_600)
        return QuotaSpent(VENDOR, f"{said}. {FREE} Wait, or raise the key's limit.", until, request_id)
    if code in _ACCOUNT:
        return AccountTrouble(VENDOR, f"{said}. {FREE} {_ACCOUNT[code]}", request_id)
    if code in _PAUSE:
        after_s = max(_PAUSE[code], answer.after_s or 0.0)
        kind = PictureUnreachable if code == 451 else NotTaken
        return kind(VENDOR, f"{said}. {FREE} It is asked again later.", after_s, request_id)
    if code in (400, 422):
        if _MODEL_GONE.search(verdict.msg or ""):
            return AccountTrouble(VENDOR, f"{said}. {FREE} {_ACCOUNT[404]}", request_id)
        return Refused(VENDOR, f"{said}. {FREE} Change the motion prompt or the opening frame.", request_id)
    return lost(said, request_id)


def unheard_task(trouble: HttpTrouble) -> VendorTrouble:
    """What a request for paid work that got no usable answer has cost: nothing, or nobody knows."""
    if isinstance(trouble, NeverSent):
        return NotTaken(VENDOR, f"{trouble.text}. {FREE} It is asked again later.", BUSY_PAUSE_S)
    # Cloudflare stands before KIE and answers in web pages; what it turns away never got in.
    if isinstance(trouble, AnswerGarbled) and trouble.status == 429:
        pause_s = max(RATE_PAUSE_S, trouble.after_s or 0.0)
        return NotTaken(VENDOR, f"{trouble.text}. {FREE}", pause_s, trouble.request_id)
    if isinstance(trouble, AnswerGarbled) and trouble.status in (401, 403):
        return AccountTrouble(
            VENDOR,
            f"{trouble.text}. {FREE} Something before KIE turns this machine away: check key and network.",
            trouble.request_id,
        )
    return lost(trouble.text, trouble.request_id)


def lost(why: str, request_id: str | None = None) -> AnswerLost:
    """Nobody knows whether KIE took the task. What it may have cost and what to do is the purse's to say."""
    return AnswerLost(VENDOR, f"{why}.", request_id)


def silent(trouble: HttpTrouble) -> VendorSilent:
    """A free question that got no answer."""
    return VendorSilent(VENDOR, f"{trouble.text}. It is asked again.", trouble.request_id)


def declined_question(
    code: int, verdict: Verdict, answer: Answer, secrets: tuple[str, ...], what: str
) -> VendorTrouble:
    """Why a free question before any paid work was declined."""
    said, request_id = f"{what}: {_said(code, verdict, secrets)}", answer.request_id
    if code in (401, 402, 403, 433):
        return AccountTrouble(VENDOR, f"{said}. {FREE} {_ACCOUNT[code]}", request_id)
    if code in (400, 413, 415, 422):
        return Refused(VENDOR, f"{said}. {FREE} Look at the picture that was sent.", request_id)
    return VendorSilent(VENDOR, f"{said}. It is asked again.", request_id)


def unanswered(code: int, verdict: Verdict, answer: Answer, secrets: tuple[str, ...]) -> VendorSilent:
    """A question about a task that was already taken: whatever the code, the task is not undone."""
    hint = f" {_ACCOUNT[code]}" if code in (401, 403) else ""
    said = _said(code, verdict, secrets)
    return VendorSilent(VENDOR, f"{said}, asked about a task.{hint} It is asked again.", answer.request_id)


def _said(code: int, verdict: Verdict, secrets: tuple[str, ...]) -> str:
    words = shortened(verdict.msg or "", *secrets).rstrip(". ")
    return f"declined with code {code}" + (f" («{words}»)" if words else "")


def _period_end(now: float, period_s: int) -> float:
    """When the running hour or day (UTC) is over. KIE does not say; too early costs nothing."""
    return (now // period_s + 1) * period_s
