"""The vendor's JSON, parsed once. What is missing is None; what is malformed is a ValueError."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator


class _Told(BaseModel):
    """Something the vendor says: fields we do not know are none of our business."""

    model_config = ConfigDict(frozen=True, extra="ignore", from_attributes=True, protected_namespaces=())


class Alignment(_Told):
    """When each character of the text is heard, in seconds from the start of the vendor's file."""

    characters: tuple[str, ...]
    character_start_times_seconds: tuple[float, ...]
    character_end_times_seconds: tuple[float, ...]

    @model_validator(mode="after")
    def _in_step(self) -> Alignment:
        lengths = {
            len(self.characters),
            len(self.character_start_times_seconds),
            len(self.character_end_times_seconds),
        }
        if len(lengths) != 1:
            raise ValueError("characters and their times differ in number")
        return self


class Alignments(_Told):
    """Of the text as it was sent, and as the vendor spelled it out."""

    alignment: Alignment | None = None
    normalized_alignment: Alignment | None = None


class SpeechAnswer(_Told):
    """A spoken line: the sound's bytes, and when each character is heard."""

    audio: bytes
    timing: Alignments


class HistoryItem(_Told):
    """One generation in the account's history."""

    history_item_id: str
    request_id: str | None = None
    voice_id: str | None = None
    model_id: str | None = None
    text: str | None = None
    date_unix: float
    character_count_change_from: int | None = None
    character_count_change_to: int | None = None
    output_format: str | None = None
    alignments: Alignments | None = None

    @property
    def credits(self) -> Decimal | None:
        """What it took of the account's credits; None when the vendor does not say."""
        if self.character_count_change_from is None or self.character_count_change_to is None:
            return None
        taken = self.character_count_change_to - self.character_count_change_from
        return Decimal(taken) if taken >= 0 else None


class HistoryPage(_Told):
    """A page of the history, newest first."""

    history: tuple[HistoryItem, ...]
    last_history_item_id: str | None = None
    has_more: bool = False


class Subscription(_Told):
    """What the account may still use in this period, and when the next one begins."""

    tier: str | None = None
    status: str | None = None
    character_count: int
    character_limit: int
    next_character_count_reset_unix: int | None = None

    @property
    def characters_left(self) -> int:
        return max(0, self.character_limit - self.character_count)


class Voice(_Told):
    voice_id: str
    name: str | None = None


class ModelCard(_Told):
    """A model the account is offered."""

    model_id: str
    can_do_text_to_speech: bool | None = None
    requires_alpha_access: bool | None = None
    maximum_text_length_per_request: int | None = None


class Receipt(_Told):
    """What the headers of a paid answer say. Any of them may be missing."""

    request_id: str | None = None
    history_item_id: str | None = None
    credits: Decimal | None = None
    concurrent: int | None = None
    content_type: str | None = None


class Detail(_Told):
    """Why the vendor says no, in either of its two shapes."""

    spoken: bool  # False: it was not the vendor's JSON that came back
    codes: frozenset[str] = Field(default=frozenset())
    message: str = ""
    param: str | None = None
    request_id: str | None = None


def receipt(headers: Mapping[str, str] | None) -> Receipt:
    """The headers worth keeping. httpx hands them over in small letters."""
    told = {name.lower(): value for name, value in (headers or {}).items()}
    concurrent = told.get("current-concurrent-requests", "")
    return Receipt(
        request_id=told.get("request-id") or None,
        history_item_id=told.get("history-item-id") or None,
        credits=_amount(told.get("character-cost")),
        concurrent=int(concurrent) if concurrent.isdecimal() else None,
        content_type=told.get("content-type"),
    )


def moment(headers: Mapping[str, str] | None) -> float | None:
    """When an answer was given by the vendor's clock, in seconds since 1970, to the second."""
    told = {name.lower(): value for name, value in (headers or {}).items()}
    try:
        return parsedate_to_datetime(told["date"]).timestamp()
    except (KeyError, ValueError):
        return None


def speech_answer(data: Any) -> SpeechAnswer:
    """The SDK's answer, held to its word. Raises ValueError when it holds no sound."""
    encoded = getattr(data, "audio_base_64", None)
    if not isinstance(encoded, str) or not encoded:
        raise ValueError("the answer holds no sound")
    try:
        audio = base64.b64decode(encoded, validate=True)
    except binascii.Error as garbage:
        raise ValueError("the sound in the answer is not base64") from garbage
    return SpeechAnswer(audio=audio, timing=alignments(data))


def alignments(data: Any) -> Alignments:
    """Both alignments of an answer; one that is malformed counts as not given: the sound is paid for."""
    return Alignments(
        alignment=_alignment(getattr(data, "alignment", None)),
        normalized_alignment=_alignment(getattr(data, "normalized_alignment", None)),
    )


def history_item(data: Any) -> HistoryItem:
    """A line of the history. The SDK checks nothing, so it is checked here."""
    loose = {name: getattr(data, name, None) for name in HistoryItem.model_fields if name != "alignments"}
    timing = getattr(data, "alignments", None)
    return HistoryItem.model_validate({**loose, "alignments": alignments(timing) if timing else None})


def history_page(data: Any) -> HistoryPage:
    lines = getattr(data, "history", None)
    if not isinstance(lines, list):
        raise ValueError("the history is not a list")
    return HistoryPage(
        history=tuple(history_item(line) for line in lines),
        last_history_item_id=getattr(data, "last_history_item_id", None),
        has_more=bool(getattr(data, "has_more", False)),
    )


def detail(body: Any) -> Detail:
    """What an error's body says: `{"detail": {...}}`, `{"detail": [...]}`, `{"detail": "..."}` or none."""
    if not isinstance(body, dict):
        return Detail(spoken=not body, message=body[:2000] if isinstance(body, str) else "")
    said = body.get("detail", body)
    if isinstance(said, list):
        return _complaints(said)
    if not isinstance(said, dict):
        return Detail(spoken=True, message=str(said or ""))
    words = (said.get("code"), said.get("status"))
    return Detail(
        spoken=True,
        codes=frozenset(word.lower() for word in words if isinstance(word, str)),
        message=str(said.get("message") or said.get("msg") or ""),
        param=str(said["param"]) if said.get("param") else None,
        request_id=str(said["request_id"]) if said.get("request_id") else None,
    )


def _complaints(lines: list[Any]) -> Detail:
    lines = [line for line in lines if isinstance(line, dict)]
    where = [".".join(str(part) for part in line.get("loc") or () if part != "body") for line in lines]
    return Detail(
        spoken=True,
        codes=frozenset(str(line["type"]).lower() for line in lines if line.get("type")),
        message="; ".join(str(line.get("msg") or "") for line in lines),
        param=", ".join(filter(None, where)) or None,
    )


def _alignment(data: Any) -> Alignment | None:
    if data is None:
        return None
    try:
        return Alignment.model_validate(data)
    except ValueError:
        return None


def _amount(written: str | None) -> Decimal | None:
    try:
        amount = Decimal(written or "")
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount >= 0 else None
