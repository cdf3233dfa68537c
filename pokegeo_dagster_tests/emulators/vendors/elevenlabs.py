"""ElevenLabs: speech with and without timestamps, sound effects, history, voice, models, subscription.

The wire is that of the SDK 2.78.0 (provider_wire.md 3, seen 2026-11-21). As at the vendor, the
history remembers speech and not sound effects.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from decimal import ROUND_CEILING, Decimal
from threading import Lock
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pokegeo_dagster.film.digest import digest, seed_for
from pokegeo_dagster_tests.emulators.vendors import elevenlabs_troubles as say
from pokegeo_dagster_tests.emulators.vendors import sounds
from pokegeo_dagster_tests.emulators.vendors.answers import Answer, json_of, sent, spoilt
from pokegeo_dagster_tests.emulators.vendors.desk import Desk, new_id
from pokegeo_dagster_tests.emulators.vendors.elevenlabs_asking import (
    DEFAULT_VOICE_MODEL,
    effect_credits,
    effect_seconds,
    model_of,
    speech_credits,
    wrong_effect,
    wrong_speech,
)
from pokegeo_dagster_tests.emulators.vendors.elevenlabs_history import History, Remembered
from pokegeo_dagster_tests.emulators.vendors.prices import SOUND_MODELS, SOUND_USD_PER_SECOND, VOICE_MODELS
from pokegeo_dagster_tests.emulators.vendors.scripted import Script

DEFAULT_FORMAT = "mp3_44100_128"


class ElevenLabs:
    """Serves /v1 under its mount."""

    def __init__(self, desk: Desk):
        self.desk = desk
        self._history = History()
        self._used = Decimal(0)
        self._lock = Lock()

    def routes(self) -> list[Route]:
        return [
            Route("/v1/text-to-speech/{voice}", self.speak, methods=["POST"]),
            Route("/v1/text-to-speech/{voice}/with-timestamps", self.speak, methods=["POST"]),
            Route("/v1/sound-generation", self.make_effect, methods=["POST"]),
            Route("/v1/history", self.list_history),
            Route("/v1/history/{item}", self.get_history),
            Route("/v1/history/{item}/audio", self.get_audio),
            Route("/v1/voices/{voice}", self.get_voice),
            Route("/v1/models", self.list_models),
            Route("/v1/user/subscription", self.get_subscription),
        ]

    async def speak(self, request: Request) -> Response:
        """Text to speech: bytes, or JSON with timestamps."""
        voice, body = request.path_params["voice"], await json_of(request)
        output_format = request.query_params.get("output_format", DEFAULT_FORMAT)
        timed = request.url.path.endswith("/with-timestamps")
        wrong = self._wrong_key(request) or self._unfit_speech(voice, body, output_format)
        if wrong is not None or body is None:
            return await sent(wrong or say.bad_key())
        key = digest(["elevenlabs", voice, output_format, timed, body])
        return await self.desk.serve_paid(
            "elevenlabs",
            "speech",
            key,
            body["text"],
            lambda script: self._speech(voice, body, output_format, timed, key, script),
            say.trouble,
        )

    async def make_effect(self, request: Request) -> Response:
        """A sound effect: bytes."""
        body = await json_of(request)
        output_format = request.query_params.get("output_format", DEFAULT_FORMAT)
        wrong = self._wrong_key(request) or self._unfit_effect(body, output_format)
        if wrong is not None or body is None:
            return await sent(wrong or say.bad_key())
        key = digest(["elevenlabs", "effect", output_format, body])
        return await self.desk.serve_paid(
            "elevenlabs",
            "effect",
            key,
            body["text"],
            lambda script: self._effect(body, output_format, key, script),
            say.trouble,
        )

    async def list_history(self, request: Request) -> Response:
        query = dict(request.query_params)
        return await self._free(
            request, "history", "list", lambda _: Answer(self._history.page(query), vital=("history",))
        )

    async def get_history(self, request: Request) -> Response:
        item = self._history.find(request.path_params["item"])
        return await self._free(request, "history", "item", lambda _: _found(item))

    async def get_audio(self, request: Request) -> Response:
        item = self._history.find(request.path_params["item"])

        def audio(script: Script | None) -> Answer:
            if item is None:
                return _found(None)
            return Answer(body=spoilt(item.audio, script), media_type=item.card["content_type"])

        return await self._free(request, "audio", request.path_params["item"], audio)

    async def get_voice(self, request: Request) -> Response:
        voice = request.path_params["voice"]
        known = voice == self.desk.options.voice_id
        card = {
            "voice_id": voice,
            "name": "Emulated narrator",
            "category": "premade",
            "labels": {"use_case": "narration"},
            "settings": {"stability": 0.5, "similarity_boost": 0.75, "style": 0.0, "use_speaker_boost": True},
        }
        return await self._free(
            request, "voice", voice, lambda _: Answer(card) if known else _no_voice(voice)
        )

    async def list_models(self, request: Request) -> Response:
        cards = [_card(name) for name in VOICE_MODELS if name not in self.desk.options.retired]
        return await self._free(request, "models", "list", lambda _: Answer(cards, vital=(0, "model_id")))

    async def get_subscription(self, request: Request) -> Response:
        options = self.desk.options
        card = {
            "tier": "creator",
            "character_count": int(self._used),
            "character_limit": options.character_limit,
            "max_credit_limit_extension": 0,
            "can_extend_character_limit": False,
            "allowed_to_extend_character_limit": False,
            "next_character_count_reset_unix": int(time.time()) + 14 * 86_400,
            "voice_slots_used": 1,
            "professional_voice_slots_used": 0,
            "professional_voice_slots_used_in_workspace": 0,
            "voice_limit": 30,
            "can_extend_voice_limit": False,
            "can_use_instant_voice_cloning": True,
            "can_use_professional_voice_cloning": True,
            "status": "active",
            "open_invoices": [],
            "has_open_invoices": False,
        }
        return await self._free(
            request, "subscription", "mine", lambda _: Answer(card, vital=("character_count",))
        )

    async def _free(
        self, request: Request, route: str, key: str, work: Callable[[Script | None], Answer]
    ) -> Response:
        wrong = self._wrong_key(request)
        if wrong is not None:
            return await sent(wrong)
        return await self.desk.serve_free("elevenlabs", route, key, key, work, say.trouble)

    def _wrong_key(self, request: Request) -> Answer | None:
        right = request.headers.get("xi-api-key") == self.desk.options.elevenlabs_key
        return None if right else say.bad_key()

    def _unfit_speech(self, voice: str, body: dict[str, Any] | None, output_format: str) -> Answer | None:
        if voice != self.desk.options.voice_id:
            return _no_voice(voice)
        wrong = wrong_speech(body, output_format, self.desk.options.retired)
        return wrong if wrong or body is None else self._too_dear(speech_credits(body))

    def _unfit_effect(self, body: dict[str, Any] | None, output_format: str) -> Answer | None:
        wrong = wrong_effect(body, output_format, self.desk.options.retired)
        return wrong if wrong or body is None else self._too_dear(effect_credits(body))

    def _too_dear(self, credits: Decimal) -> Answer | None:
        limit = self.desk.options.character_limit
        left = limit - self._used
        return say.no_quota(limit, int(left), int(credits)) if credits > left else None

    def _speech(
        self,
        voice: str,
        body: dict[str, Any],
        output_format: str,
        timed: bool,
        key: str,
        script: Script | None,
    ) -> Answer:
        text, model = body["text"], model_of(body, DEFAULT_VOICE_MODEL)
        speed = float((body.get("voice_settings") or {}).get("speed", 1.0))
        spoken = sounds.speech(
            text, voice, speed, int(output_format.split("_")[1]), self.desk.options.characters_per_s
        )
        audio, media_type = sounds.encoded(spoken.samples, output_format)
        name, credits = new_id(), speech_credits(body)
        before, after = self._charge(
            model=model,
            what="character",
            units=Decimal(len(text)),
            usd=VOICE_MODELS[model].usd_per_thousand * len(text) / 1000,
            credits=credits,
            digest=key,
            id=name,
            about=text,
        )
        item = new_id()
        card = {
            "history_item_id": item,
            "request_id": name,
            "voice_id": voice,
            "model_id": model,
            "voice_name": "Emulated narrator",
            "voice_category": "premade",
            "text": text,
            "date_unix": int(time.time()),
            "character_count_change_from": before,
            "character_count_change_to": after,
            "content_type": media_type,
            "state": "created",
            "settings": body.get("voice_settings"),
            "source": "TTS",
            "output_format": output_format,
            "alignments": {"alignment": spoken.alignment, "normalized_alignment": spoken.alignment},
        }
        self._history.add(Remembered(card, audio))
        headers = self._headers(name, credits) | {"history-item-id": item}
        audio = spoilt(audio, script)
        if not timed:
            return Answer(body=audio, media_type=media_type, headers=headers)
        document = {
            "audio_base64": base64.b64encode(audio).decode(),
            "alignment": spoken.alignment,
            "normalized_alignment": spoken.alignment,
        }
        return Answer(document, headers=headers, vital=("audio_base64",))

    def _effect(self, body: dict[str, Any], output_format: str, key: str, script: Script | None) -> Answer:
        seconds, name = effect_seconds(body), new_id()
        samples = sounds.effect(seed_for(key), seconds, int(output_format.split("_")[1]))
        audio, media_type = sounds.encoded(samples, output_format)
        credits = effect_credits(body)
        self._charge(
            model=model_of(body, SOUND_MODELS[0]),
            what="sound-second",
            units=Decimal(str(seconds)),
            usd=SOUND_USD_PER_SECOND * Decimal(str(seconds)),
            credits=credits,
            digest=key,
            id=name,
            about=body["text"],
        )
        return Answer(body=spoilt(audio, script), media_type=media_type, headers=self._headers(name, credits))

    def _charge(self, credits: Decimal, **row: Any) -> tuple[int, int]:
        """Put it in the books; the account's character count before and after."""
        with self._lock:
            before = self._used
            self._used += credits.to_integral_value(ROUND_CEILING)
            after = self._used
        self.desk.charge(vendor="elevenlabs", **row)
        return int(before), int(after)

    def _headers(self, name: str, credits: Decimal) -> dict[str, str]:
        most = self.desk.options.most_in_flight.get("elevenlabs", 5)
        return {
            "request-id": name,
            "character-cost": str(credits.to_integral_value(ROUND_CEILING)),
            "current-concurrent-requests": str(self.desk.traffic.in_flight("elevenlabs")),
            "maximum-concurrent-requests": str(most),
        }


def _no_voice(voice: str) -> Answer:
    return say.legacy_error(400, "voice_not_found", f"A voice with the voice_id {voice} was not found.")


def _found(item: Remembered | None) -> Answer:
    if item is None:
        return say.legacy_error(400, "history_item_not_found", "History item not found.")
    return Answer(item.card, vital=("date_unix",))


def _card(name: str) -> dict[str, Any]:
    model = VOICE_MODELS[name]
    return {
        "model_id": name,
        "name": name.replace("_", " ").title(),
        "can_do_text_to_speech": True,
        "can_do_voice_conversion": False,
        "can_use_style": name != "eleven_v3",
        "can_use_speaker_boost": True,
        "requires_alpha_access": False,
        "token_cost_factor": float(model.credits_each),
        "maximum_text_length_per_request": model.most_characters,
        "model_rates": {"character_cost_multiplier": float(model.credits_each)},
        "languages": [{"language_id": "en", "name": "English"}],
    }
