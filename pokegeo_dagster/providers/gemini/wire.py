"""Gemini's answers, read once at the door: what was made, why it stopped, what was counted."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.vendors import Charge, Item
from pokegeo_dagster.providers.gemini.troubles import VENDOR

if TYPE_CHECKING:
    from google.genai.types import GenerateContentResponse


CHARACTERS_A_TOKEN = 4  # English prose and JSON with Gemini's tokenizer


@dataclass(frozen=True)
class Picture:
    """The bytes of one picture file, as sent or as received."""

    mime_type: str
    data: bytes


class Usage(Frozen):
    """Tokens as Gemini counted them. Thinking is billed as output; `words` are those of the answer
    that are no picture's, where it says so."""

    prompt: int = 0
    answer: int = 0
    thoughts: int = 0
    words: int = 0

    @property
    def output(self) -> int:
        """What is billed as output."""
        return self.answer + self.thoughts

    def text_charge(self, model: str, request_id: str | None) -> Charge:
        """The bill of a text answer."""
        return Charge(items=token_items(model, self.prompt, self.output), request_id=request_id)


@dataclass(frozen=True)
class Answer:
    """One answer of generateContent. `pictures` are the finished ones: drafts that the model made
    while thinking are left out."""

    text: str
    pictures: tuple[Picture, ...]
    finish: str | None  # STOP, MAX_TOKENS, IMAGE_SAFETY …
    blocked: str | None  # why the prompt was declined, if it was
    said: str  # its own words on why it stopped, if any
    usage: Usage | None
    response_id: str | None
    model_version: str | None

    @property
    def says_nothing(self) -> bool:
        """Whether it holds no word of Gemini's: another server's JSON, or an empty one."""
        return not (self.text or self.pictures or self.finish or self.blocked or self.usage)


def token_items(model: str, prompt: int, output: int) -> tuple[Item, ...]:
    """A bill in tokens: what was read and what was written."""
    units = (("input-token", prompt), ("output-token", output))
    return tuple(Item(vendor=VENDOR, model=model, unit=u, units=Decimal(n)) for u, n in units)


def read_answer(response: GenerateContentResponse) -> Answer:
    """The SDK's response as an answer."""
    candidate = response.candidates[0] if response.candidates else None
    content = candidate.content if candidate else None
    parts = [p for p in (content.parts if content and content.parts else ()) if not p.thought]
    blobs = [p.inline_data for p in parts if p.inline_data and p.inline_data.data]
    feedback = response.prompt_feedback
    said = (candidate.finish_message if candidate else None) or (
        feedback.block_reason_message if feedback else None
    )
    return Answer(
        text="".join(p.text for p in parts if p.text),
        pictures=tuple(Picture(b.mime_type or "", b.data) for b in blobs if b.data is not None),
        finish=_word(candidate.finish_reason) if candidate else None,
        blocked=_word(feedback.block_reason) if feedback else None,
        said=said or "",
        usage=_usage(response),
        response_id=response.response_id,
        model_version=response.model_version,
    )


def _usage(response: GenerateContentResponse) -> Usage | None:
    meta = response.usage_metadata
    if meta is None:
        return None
    parts = meta.candidates_tokens_details or ()
    return Usage(
        prompt=(meta.prompt_token_count or 0) + (meta.tool_use_prompt_token_count or 0),
        answer=meta.candidates_token_count or 0,
        thoughts=meta.thoughts_token_count or 0,
        words=sum(part.token_count or 0 for part in parts if _word(part.modality) == "TEXT"),
    )


def _word(value: Any) -> str | None:
    """An SDK enum as Google spells it; values newer than the SDK keep their spelling."""
    return None if value is None else str(getattr(value, "value", value))
