"""What a refusal of ElevenLabs means for the purse, and how it is told without telling a secret."""

from __future__ import annotations

import re
from typing import Literal

from pokegeo_dagster.film.errors import AccountTrouble, AnswerLost, NotTaken, Refused, VendorTrouble
from pokegeo_dagster.providers.elevenlabs.models import VENDOR
from pokegeo_dagster.providers.elevenlabs.wire import Detail

Meaning = Literal["quota", "content", "request", "account", "busy", "lost"]

# Codes and statuses as documented or seen until 2026-11; both spellings are in use at the vendor.
_QUOTA = {"quota_exceeded", "insufficient_credits"}
_BUSY = {"rate_limit_exceeded", "concurrent_limit_exceeded", "too_many_concurrent_requests", "system_busy"}
_ACCOUNT = {
    "invalid_api_key", "missing_permissions", "needs_authorization", "detected_unusual_activity",
    "payment_required", "paid_plan_required", "subscription_required", "only_for_creator+",
    "output_format_not_allowed", "model_access_denied", "voice_access_denied",
    "voice_not_found", "voice_does_not_exist", "invalid_uid",
    "model_not_found", "model_deprecated", "model_can_not_do_text_to_speech",
}  # fmt: skip
# What to mend, by what the vendor's code names.
_MEND = {
    "voice": "Set ELEVENLABS_VOICE_ID (or the channel's voice) to one of the account's voices",
    "model": "Choose another model (POKEGEO_NARRATOR_MODEL, POKEGEO_FOLEY_MODEL)",
    "api_key": "Check ELEVENLABS_API_KEY",
    "": "Mend the account or its settings",
}
_CONTENT = re.compile(r"content|polic|moderat|unsafe|safety|prohibited|blocked|copyright")

_NEXT = {
    "content": "Nothing was charged. Reword it, then make it again.",
    "request": "Nothing was charged. Change what is asked, then make it again.",
    "account": "Nothing was charged. {mend}, then make it again.",
    "busy": "Nothing was begun; it is asked for again later.",
    "lost": "",  # the purse says what follows
}


def meaning(status: int | None, told: Detail) -> Meaning:
    """What an answer with an error means. Whatever is not plainly free is lost."""
    if status is None or not 400 <= status < 500 or not told.spoken:
        return "lost"
    if told.codes & _QUOTA:
        return "quota"
    if status == 429 or told.codes & _BUSY:
        return "busy"
    if told.codes & _ACCOUNT:
        return "account"
    if status in (400, 403, 422, 451) and any(_CONTENT.search(code) for code in told.codes):
        return "content"
    if status in (401, 402, 403, 404):
        return "account"
    # 408, 409, 425 and their like say nothing about what was begun.
    return "request" if status in (400, 413, 414, 415, 422, 451) else "lost"


def trouble(
    status: int | None, told: Detail, request_id: str | None, after_s: float | None, said: str
) -> VendorTrouble:
    """The error for any meaning but a spent quota, whose end is not in the answer. `said` is the
    vendor's message, already made safe to show."""
    kind = meaning(status, told)
    code = ", ".join(sorted(told.codes)) or "no code"
    where = f" at {told.param}" if told.param else ""
    if not told.spoken:
        said = "what came back is not its own answer"
    mend = next(text for what, text in _MEND.items() if what in code)
    reason = (
        f"HTTP {status} ({code}){where}: {(said or 'no reason given').rstrip('.')}. "
        f"{_NEXT[kind].format(mend=mend)}".rstrip()
    )
    if kind == "busy":
        return NotTaken(VENDOR, reason, after_s=after_s, request_id=request_id)
    if kind == "account":
        return AccountTrouble(VENDOR, reason, request_id)
    if kind in ("content", "request"):
        return Refused(VENDOR, reason, request_id)
    return AnswerLost(VENDOR, reason, request_id)
