"""What ElevenLabs takes and what it turns down, and what a request costs in credits."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from pokegeo_dagster_tests.emulators.vendors import elevenlabs_troubles as say
from pokegeo_dagster_tests.emulators.vendors import sounds
from pokegeo_dagster_tests.emulators.vendors.answers import Answer
from pokegeo_dagster_tests.emulators.vendors.prices import (
    SOUND_CREDITS_PER_SECOND,
    SOUND_MODELS,
    VOICE_MODELS,
)

DEFAULT_VOICE_MODEL = "eleven_multilingual_v2"
_SETTINGS = {"stability": (0, 1), "similarity_boost": (0, 1), "style": (0, 1), "speed": (0.7, 1.2)}


def model_of(body: dict[str, Any], default: str) -> str:
    """The model that a request names."""
    return body.get("model_id") or default


def speech_credits(body: dict[str, Any]) -> Decimal:
    """What a spoken line takes of the account's credits."""
    return len(body["text"]) * VOICE_MODELS[model_of(body, DEFAULT_VOICE_MODEL)].credits_each


def effect_seconds(body: dict[str, Any]) -> float:
    """How long an effect becomes: as asked, else as the vendor chooses."""
    return float(body.get("duration_seconds") or 5.0)


def effect_credits(body: dict[str, Any]) -> Decimal:
    """What an effect takes of the account's credits."""
    return Decimal(str(effect_seconds(body))) * SOUND_CREDITS_PER_SECOND


def wrong_speech(body: dict[str, Any] | None, output_format: str, retired: Collection[str]) -> Answer | None:
    """Why a line is not spoken; None when it is."""
    wrong = _wrong_text(body, output_format)
    if wrong is not None or body is None:
        return wrong
    model = model_of(body, DEFAULT_VOICE_MODEL)
    if model not in VOICE_MODELS or model in retired:
        return say.error(400, "model_not_found", f"A model with model ID {model} does not exist.")
    if len(body["text"]) > VOICE_MODELS[model].most_characters:
        return say.legacy_error(
            400, "max_character_limit_exceeded", "This request's text is longer than this model takes."
        )
    return _wrong_settings(model, body.get("voice_settings") or {})


def wrong_effect(body: dict[str, Any] | None, output_format: str, retired: Collection[str]) -> Answer | None:
    """Why an effect is not made; None when it is."""
    wrong = _wrong_text(body, output_format)
    if wrong is not None or body is None:
        return wrong
    model = model_of(body, SOUND_MODELS[0])
    if model not in SOUND_MODELS or model in retired:
        return say.error(400, "model_not_found", f"A model with model ID {model} does not exist.")
    for name, low, high in (("duration_seconds", 0.5, 30), ("prompt_influence", 0, 1)):
        value = body.get(name)
        if value is not None and not (isinstance(value, int | float) and low <= value <= high):
            return say.unprocessable(["body", name], f"Input should be from {low} to {high}")
    return None


def _wrong_text(body: dict[str, Any] | None, output_format: str) -> Answer | None:
    if body is None:
        return say.unprocessable(["body"], "JSON decode error", "json_invalid")
    if not isinstance(body.get("text"), str):
        return say.unprocessable(["body", "text"], "Field required", "missing")
    if not body["text"].strip():
        return say.error(400, "invalid_parameters", "The text is empty.", legacy="empty_text")
    if not sounds.FORMATS.fullmatch(output_format):
        return say.unprocessable(["query", "output_format"], "Input should be a known format", "enum")
    return None


def _wrong_settings(model: str, settings: dict[str, Any]) -> Answer | None:
    for name, (low, high) in _SETTINGS.items():
        value = settings.get(name)
        if value is not None and not (isinstance(value, int | float) and low <= value <= high):
            return say.unprocessable(
                ["body", "voice_settings", name], f"Input should be from {low} to {high}"
            )
    if model == "eleven_v3" and settings.get("stability", 0.5) not in (0, 0.5, 1):
        return say.legacy_error(
            400, "invalid_ttd_stability", "Invalid TTD stability value. Must be one of: [0.0, 0.5, 1.0]"
        )
    return None
