"""What all of Gemini's jobs have in common: one POST that is its own answer, and no records after."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pokegeo_dagster.film.errors import (
    AccountTrouble,
    AnswerLost,
    JobFailed,
    MediaMissing,
    Refused,
    VendorSilent,
    VendorTrouble,
)
from pokegeo_dagster.film.vendors import Charge, Delivery, Pending, Ticket
from pokegeo_dagster.providers.gemini.troubles import FREE, VENDOR
from pokegeo_dagster.providers.gemini.wire import Answer
from pokegeo_dagster.providers.scrub import shortened

# finishReason of an answer that was made and then held back, or never begun, for what it shows.
_DECLINED = frozenset({
    "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MODEL_ARMOR", "ESCALATION",
    "LANGUAGE", "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION",
})  # fmt: skip
_REWORD = "Describe the animal by its anatomy, or soften the action, and order it again."


class OneAnswer:
    """The steps of a job whose submit brings the delivery.

    Whatever has to be read on this machine is read in `prepare`: an error in `submit` could only be
    taken for an answer that was lost, and hold its price for nothing.
    """

    vendor = VENDOR
    asynchronous = False

    def prepare(self, room: Path) -> Mapping[str, Any]:
        """Nothing is needed before the submit."""
        return {}

    def poll(self, ticket: Ticket) -> Pending | Delivery:
        """Gemini answers at once: there is nothing to ask after."""
        raise VendorSilent(
            VENDOR, f"it keeps no task {ticket.task_id}: an answer comes at once or not at all."
        )

    def fetch(self, ticket: Ticket | None, delivery: Delivery, room: Path) -> Delivery:
        """The files came with the answer. Raises MediaMissing when they are gone: Gemini keeps none."""
        if not delivery.files:
            raise MediaMissing(
                "What Gemini delivered is no longer in the store, and Gemini keeps no copy. Buy another take."
            )
        return delivery

    def look_up(self, since: float, room: Path) -> Ticket | Delivery | None:
        """Gemini keeps no record that a program can ask for."""
        raise AnswerLost(
            VENDOR,
            "It keeps no record that can be asked: look at the Logs and Usage pages of AI Studio "
            "(aistudio.google.com) whether it answered.",
        )


def kept(file: Path, data: bytes, charge: Charge | None) -> Path:
    """The file, with what came in it. Raises JobFailed, with the charge, when this machine cannot keep
    it: it was paid for, and Gemini has no second copy."""
    try:
        file.write_bytes(data)
    except OSError as error:
        why = shortened(error.strerror or error).rstrip(". ")
        reason = f"its answer came and could not be written down here ({why}). Make room on this disk."
        raise JobFailed(VENDOR, reason, charge, charge.request_id if charge else None) from None
    return file


def unusable(answer: Answer, charge: Charge | None, wanted: str) -> VendorTrouble:
    """Why an answer of HTTP 200 holds no `wanted`. Free when no output was counted.

    A declined request that cost nothing is Refused; with output on its bill it is JobFailed.
    """
    said = f" ({shortened(answer.said)})" if answer.said else ""
    finish, request = answer.finish or "none given", answer.response_id
    if answer.finish == "PUP_LIMITED_DISABLED":
        return AccountTrouble(
            VENDOR, f"the account is limited for its use of prohibited content{said}. {FREE}", request
        )
    if answer.blocked:
        reason = f"it declined the prompt: {answer.blocked}{said}. {_REWORD}"
    elif answer.finish in _DECLINED:
        reason = f"it held its {wanted} back: {finish}{said}. {_REWORD}"
    elif answer.finish == "MAX_TOKENS":
        reason = f"its {wanted} broke off at the token limit. Order fewer clips, or configure a larger model."
        return JobFailed(VENDOR, reason, charge, request)
    else:
        words = f" It said: «{shortened(answer.text)}»." if answer.text and wanted == "picture" else ""
        reason = f"it answered without a {wanted} (finish reason {finish}){said}.{words} Order it again."
        return JobFailed(VENDOR, reason, charge, request)
    billed = charge is not None and answer.usage is not None and answer.usage.output > 0
    return (
        JobFailed(VENDOR, reason, charge, request) if billed else Refused(VENDOR, f"{reason} {FREE}", request)
    )
