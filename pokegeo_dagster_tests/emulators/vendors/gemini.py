"""The Gemini Developer API: models, and generateContent for text and pictures.

The wire is that of google-genai 3.4.0 (provider_wire.md 1, seen 2026-11-21), which mixes its
casings: every field is read in either.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pokegeo_dagster.film.digest import digest, seed_for
from pokegeo_dagster_tests.emulators.vendors import documents, pictures
from pokegeo_dagster_tests.emulators.vendors.answers import Answer, json_of, sent, spoilt
from pokegeo_dagster_tests.emulators.vendors.desk import Desk, new_id
from pokegeo_dagster_tests.emulators.vendors.gemini_troubles import bad_key, error, no_model, trouble
from pokegeo_dagster_tests.emulators.vendors.prices import GONE_MODELS, IMAGE_MODELS, MILLION, TEXT_MODELS
from pokegeo_dagster_tests.emulators.vendors.scripted import Script
from pokegeo_dagster_tests.emulators.vendors.shaping import SchemaUnfit

MOST_REFERENCE_IMAGES = 14
_IMAGE_TOKENS = 1_120  # of a picture in the prompt (litellm 1.109.1)


def either(place: Any, name: str) -> Any:
    """The field `name` of an object, in camel or in snake case; None when it has neither."""
    if not isinstance(place, dict):
        return None
    snake = re.sub(r"([A-Z])", lambda m: "_" + m[1].lower(), name)
    return place.get(name, place.get(snake))


class BadRequest(ValueError):
    """The request says something that the API does not take."""


@dataclass(frozen=True)
class Asked:
    """A generateContent request, read."""

    model: str
    body: dict[str, Any]

    @cached_property
    def config(self) -> dict[str, Any]:
        return either(self.body, "generationConfig") or {}

    @cached_property
    def parts(self) -> list[dict[str, Any]]:
        contents = self.body.get("contents")
        if not isinstance(contents, list) or not contents:
            raise BadRequest("* GenerateContentRequest.contents: contents is not specified")
        system = either(self.body, "systemInstruction")
        turns = [*([system] if isinstance(system, dict) else []), *contents]
        return [part for turn in turns for part in turn.get("parts") or []]

    @cached_property
    def text(self) -> str:
        return "\n".join(part["text"] for part in self.parts if isinstance(part.get("text"), str))

    @cached_property
    def images(self) -> list[bytes]:
        blobs = [either(part, "inlineData") for part in self.parts]
        # The SDK writes bytes in the URL's alphabet, others in the plain one: the API reads both.
        return [base64.urlsafe_b64decode(_url_safe(blob.get("data", ""))) for blob in blobs if blob]

    @property
    def route(self) -> str:
        return "image" if self.model in IMAGE_MODELS else "text"

    @property
    def tokens(self) -> int:
        """What the prompt counts as: four characters a token, and the pictures."""
        return max(1, len(self.text) // 4) + _IMAGE_TOKENS * len(self.images)

    @property
    def digest(self) -> str:
        """The request's content: the same work asked for again has the same digest."""
        return digest(["gemini", self.model, self.body])

    @property
    def picture_size(self) -> tuple[str, str]:
        """Aspect and size, as asked for or as the API chooses. Raises BadRequest."""
        model = IMAGE_MODELS[self.model]
        image = either(self.config, "imageConfig") or {}
        aspect, size = either(image, "aspectRatio") or "1:1", either(image, "imageSize") or "1K"
        if aspect not in (*pictures.ASPECTS, *(pictures.WIDE_ASPECTS if model.wide else ())):
            raise BadRequest(f"aspect_ratio {aspect} is not supported by models/{self.model}")
        if size not in model.usd:
            raise BadRequest(f"image_size {size} is not supported by models/{self.model}")
        return aspect, size

    @property
    def schema(self) -> dict[str, Any] | None:
        """The schema of the answer, if one is asked for."""
        for name in ("responseJsonSchema", "responseSchema"):
            if isinstance(either(self.config, name), dict):
                return either(self.config, name)
        return None

    def check(self) -> None:
        """Raises BadRequest for what the API would not take."""
        if not self.text.strip():
            raise BadRequest("* GenerateContentRequest.contents: text is empty")
        if len(self.images) > MOST_REFERENCE_IMAGES:
            raise BadRequest(f"At most {MOST_REFERENCE_IMAGES} images are supported")
        if self.route == "image":
            _ = self.picture_size
        elif self.schema is not None and either(self.config, "responseMimeType") != "application/json":
            raise BadRequest("response_mime_type must be application/json when a schema is given")
        elif "IMAGE" in (either(self.config, "responseModalities") or []):
            raise BadRequest(f"models/{self.model} does not support the response modality IMAGE")


class Gemini:
    """Serves /v1 and /v1beta under its mount."""

    def __init__(self, desk: Desk):
        self.desk = desk

    def routes(self) -> list[Route]:
        return [
            Route("/{version:str}/models", self.list_models),
            Route("/{version:str}/models/{model:path}", self.get_model),
            Route("/{version:str}/models/{call:path}", self.generate, methods=["POST"]),
        ]

    def _key_is_wrong(self, request: Request) -> bool:
        key = request.headers.get("x-goog-api-key") or request.query_params.get("key")
        return key != self.desk.options.gemini_key

    async def list_models(self, request: Request) -> Response:
        if self._key_is_wrong(request):
            return await sent(bad_key())
        cards = {"models": [_card(m) for m in self._offered()]}
        return await self._free("list", lambda _: Answer(cards, vital=("models",)))

    async def get_model(self, request: Request) -> Response:
        model = request.path_params["model"]
        if self._key_is_wrong(request):
            return await sent(bad_key())
        if model not in self._offered():
            return await sent(self._no_model(model))
        return await self._free(model, lambda _: Answer(_card(model), vital=("name",)))

    async def _free(self, key: str, work: Any) -> Response:
        return await self.desk.serve_free(
            "gemini", "models", key, key, work, lambda s: trouble(s, key, "models", 0)
        )

    async def generate(self, request: Request) -> Response:
        """generateContent: the one call that costs money."""
        model, _, verb = request.path_params["call"].partition(":")
        body = await json_of(request)
        if self._key_is_wrong(request):
            return await sent(bad_key())
        if verb != "generateContent":
            return await sent(error(404, f"Method {verb!r} is not one of this emulator's."))
        if model not in self._offered():
            return await sent(self._no_model(model))
        if body is None:
            return await sent(error(400, "Invalid JSON payload received. Unexpected token."))
        asked = Asked(model, body)
        try:
            asked.check()
        except (ValueError, AttributeError, TypeError) as wrong:
            return await sent(error(400, str(wrong)))
        answer = self._picture if asked.route == "image" else self._text
        return await self.desk.serve_paid(
            "gemini",
            asked.route,
            asked.digest,
            asked.text,
            lambda script: answer(asked, script),
            lambda script: trouble(script, model, asked.route, asked.tokens),
        )

    def _offered(self) -> list[str]:
        return [m for m in (*TEXT_MODELS, *IMAGE_MODELS) if m not in self.desk.options.retired]

    def _no_model(self, model: str) -> Answer:
        return no_model(model, retired=model in GONE_MODELS or model in self.desk.options.retired)

    def _picture(self, asked: Asked, script: Script | None) -> Answer:
        aspect, size = asked.picture_size
        options, model = self.desk.options, IMAGE_MODELS[asked.model]
        if script and script.do == "text_only":
            return self._written(asked, "I can describe that picture, but here is none.", "STOP")
        pixels = pictures.scaled_size(pictures.real_size(aspect, size), options.longest_px)
        seed = seed_for(asked.digest)
        data = spoilt(pictures.picture(asked.text, seed, pixels, options.picture_format), script)
        blob = {"mimeType": f"image/{options.picture_format}", "data": base64.b64encode(data).decode()}
        usage = _usage(asked.tokens, model.tokens[size], "IMAGE")
        name = new_id()
        self.desk.charge(
            vendor="gemini",
            model=asked.model,
            what=f"image-{size}",
            units=Decimal(1),
            usd=model.usd[size] + model.input_usd * asked.tokens / MILLION,
            digest=asked.digest,
            id=name,
            about=asked.text,
            items={"input-token": Decimal(asked.tokens)},
        )
        return _answer(asked.model, [{"inlineData": blob}], "STOP", usage, name)

    def _text(self, asked: Asked, script: Script | None) -> Answer:
        if asked.schema is None:
            return self._written(asked, "As asked.", "STOP")
        try:
            document = documents.document_for(asked.schema, asked.text, asked.model)
        except SchemaUnfit as unfit:
            return error(400, f"Invalid JSON schema: {unfit}")
        if script and script.do == "bad_document":
            document = documents.broken_rules(document)
        text = json.dumps(document, ensure_ascii=False)
        if script and script.do == "bad_json":
            return self._written(asked, text[: len(text) * 2 // 3], "MAX_TOKENS")
        if script and script.do == "text_only":
            return self._written(asked, "Certainly! Here is what you asked for.", "STOP")
        return self._written(asked, text, "STOP")

    def _written(self, asked: Asked, text: str, finish: str) -> Answer:
        """An answer in words, charged by the token."""
        tokens, name = max(1, len(text) // 4), new_id()
        # Words of a picture model are priced like the cheapest text: they are not its trade.
        price = TEXT_MODELS.get(asked.model) or TEXT_MODELS["gemini-3.1-flash-lite"]
        self.desk.charge(
            vendor="gemini",
            model=asked.model,
            what="token",
            units=Decimal(asked.tokens + tokens),
            usd=(price.input_usd * asked.tokens + price.output_usd * tokens) / MILLION,
            digest=asked.digest,
            id=name,
            about=asked.text,
            items={"input-token": Decimal(asked.tokens), "output-token": Decimal(tokens)},
        )
        return _answer(asked.model, [{"text": text}], finish, _usage(asked.tokens, tokens, "TEXT"), name)


def _url_safe(text: str) -> str:
    return text.translate(str.maketrans("+/", "-_"))


def _usage(prompt: int, answer: int, modality: str) -> dict[str, Any]:
    return {
        "promptTokenCount": prompt,
        "candidatesTokenCount": answer,
        "totalTokenCount": prompt + answer,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": prompt}],
        "candidatesTokensDetails": [{"modality": modality, "tokenCount": answer}],
    }


def _answer(model: str, parts: list[dict[str, Any]], finish: str, usage: dict[str, Any], name: str) -> Answer:
    candidate = {"content": {"parts": parts, "role": "model"}, "finishReason": finish, "index": 0}
    document = {
        "candidates": [candidate],
        "usageMetadata": usage,
        "modelVersion": model,
        "responseId": name,
    }
    return Answer(document, vital=("candidates", 0, "content"))


def _card(model: str) -> dict[str, Any]:
    return {
        "name": f"models/{model}",
        "version": "001",
        "displayName": model.replace("-", " ").title(),
        "inputTokenLimit": 1_048_576 if model in TEXT_MODELS else 65_536,
        "outputTokenLimit": 65_536 if model in TEXT_MODELS else 32_768,
        "supportedGenerationMethods": ["generateContent", "countTokens", "batchGenerateContent"],
    }
