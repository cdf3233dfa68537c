"""The writing jobs: one document a purchase, mended at home where it can be, bought once more where not."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from pokegeo_dagster.film.crew import Credit, Made
from pokegeo_dagster.film.digest import digest
from pokegeo_dagster.film.errors import JobFailed
from pokegeo_dagster.film.vendors import Charge, Delivery, Item, Job
from pokegeo_dagster.providers.gemini.client import GeminiClient
from pokegeo_dagster.providers.gemini.job import OneAnswer, kept, unusable
from pokegeo_dagster.providers.gemini.prompts import prompt
from pokegeo_dagster.providers.gemini.troubles import VENDOR
from pokegeo_dagster.providers.gemini.wire import CHARACTERS_A_TOKEN, token_items
from pokegeo_dagster.providers.scrub import shortened

EDITION = 1  # rises when the prompts or what is made of an answer change
_THOUGHT_SHARE = 1.0  # thinking is billed as output: about as much again as the document
_MOST_COMPLAINTS, _MOST_SAID = 40, 3


@dataclass(frozen=True)
class Reading:
    """What an answer turned out to be: a value, or complaints that say why not. `mended` lists the
    slips that were put right at home."""

    value: BaseModel | None
    complaints: Sequence[str] = ()
    mended: Sequence[str] = ()
    slate: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Task:
    """One document to be written. `read` judges plain data; `length` is how many characters such
    documents have, `most_tokens` the hard end of an answer with its thinking."""

    what: str  # "dossier", for messages
    prompt: str
    schema: Mapping[str, Any]
    read: Callable[[Any], Reading]
    length: int
    most_tokens: int


class TextJob(OneAnswer):
    """One document, bought."""

    def __init__(self, client: GeminiClient, model: str, task: Task, round_: int = 1):
        self._client, self._model, self._task, self._round = client, model, task, round_
        self.credit = text_credit(model)

    def bill(self) -> Sequence[Item]:
        """An estimate: the prompt and the schema at 4 characters a token, and the usual length of
        such a document with as much thinking again."""
        read = len(prompt("house_rules")) + len(self._task.prompt) + len(json.dumps(self._task.schema))
        written = self._task.length * (1 + _THOUGHT_SHARE)
        return token_items(self._model, _tokens(read), min(_tokens(written), self._task.most_tokens))

    def request(self) -> Mapping[str, Any]:
        """Prompt, model and settings."""
        return {
            "model": self._model,
            "document": self._task.what,
            "round": self._round,
            "prompt": self._task.prompt,
            "schema": digest(self._task.schema),
            "max_output_tokens": self._task.most_tokens,
        }

    def prepare(self, room: Path) -> Mapping[str, Any]:
        """The rules that every order begins with."""
        return {"rules": prompt("house_rules")}

    def submit(self, prepared: Mapping[str, Any], room: Path) -> Delivery:
        """The one POST. The delivery's file `answer` is the text exactly as it came."""
        answer = self._client.generate(
            self._model,
            [self._task.prompt],
            {
                "system_instruction": prepared["rules"],
                "response_mime_type": "application/json",
                "response_json_schema": dict(self._task.schema),
                "max_output_tokens": self._task.most_tokens,
            },
        )
        charge = answer.usage.text_charge(self._model, answer.response_id) if answer.usage else None
        if not answer.text.strip() or answer.finish not in ("STOP", None):
            raise unusable(answer, charge, "text")
        facts = {"model_version": answer.model_version, "finish_reason": answer.finish, "round": self._round}
        if charge is None:  # it wrote and did not say how much: what was estimated stands
            uncounted = token_items(
                self._model, _tokens(len(self._task.prompt)), _tokens(2 * len(answer.text))
            )
            charge = Charge(items=uncounted, request_id=answer.response_id)
        file = kept(room / "answer.json", answer.text.encode("utf-8"), charge)
        return Delivery(charge=charge, files={"answer": file}, facts=facts)

    def develop(self, delivery: Delivery, room: Path) -> Made | Job:
        """The document as `main`. A first answer that cannot be used becomes one repair order."""
        text = delivery.files["answer"].read_text(encoding="utf-8")
        reading = self._read(text)
        if reading.value is not None:
            file = room / "main.json"
            file.write_text(reading.value.model_dump_json(indent=2) + "\n", encoding="utf-8")
            slate = {**reading.slate, "mended": list(reading.mended), "rounds": self._round}
            return Made({"main": file}, slate)
        if self._round > 1:
            raise JobFailed(
                VENDOR, self._why(reading.complaints), delivery.charge, delivery.charge.request_id
            )
        order = prompt(
            "repair",
            order=self._task.prompt,
            answer=text.strip(),
            complaints="\n".join(f"- {line}" for line in reading.complaints[:_MOST_COMPLAINTS]),
        )
        return TextJob(self._client, self._model, replace(self._task, prompt=order), self._round + 1)

    def _read(self, text: str) -> Reading:
        try:
            data = json.loads(_unfenced(text))
        except ValueError as error:
            return Reading(None, [f"the answer is not JSON ({error}); answer with one JSON document"])
        return self._task.read(data)

    def _why(self, complaints: Sequence[str]) -> str:
        rest = len(complaints) - _MOST_SAID
        said = "; ".join(shortened(line) for line in complaints[:_MOST_SAID])
        more = f" (and {rest} more)" if rest > 0 else ""
        return f"its {self._task.what} breaks the rules even after a repair: {said}{more}."


def text_credit(model: str) -> Credit:
    """Who writes."""
    return Credit(member=VENDOR, model=model, edition=EDITION)


def findings(error: ValidationError) -> list[str]:
    """Pydantic's findings as complaints: where, and what is wrong."""
    lines = []
    for finding in error.errors(include_url=False):
        place = ".".join(str(step) for step in finding["loc"]) or "the document"
        lines.append(f"{place}: {finding['msg'][0].lower()}{finding['msg'][1:]}")
    return lines


def _unfenced(text: str) -> str:
    """The text without a code fence or a byte-order mark around it."""
    clean = text.strip().removeprefix("\ufeff").strip()
    fenced = re.fullmatch(r"```(?:json)?\s*(.*?)\s*```", clean, re.S)
    return fenced[1] if fenced else clean


def _tokens(characters: float) -> int:
    return math.ceil(characters / CHARACTERS_A_TOKEN)
