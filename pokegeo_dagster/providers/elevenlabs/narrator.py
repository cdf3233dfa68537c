"""The ElevenLabs narrator: a line spoken by a voice of the account, with the time of every character."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any

from pokegeo_dagster.film.crew import Credit, NarrationOrder
from pokegeo_dagster.film.errors import AccountTrouble, Refused
from pokegeo_dagster.film.sound.pacing import phrase_line
from pokegeo_dagster.providers.elevenlabs import sound
from pokegeo_dagster.providers.elevenlabs.client import ElevenLabsClient
from pokegeo_dagster.providers.elevenlabs.models import (
    OUTPUT_FORMAT,
    VENDOR,
    VOICE_MODEL,
    Settled,
    VoiceModel,
    VoiceSettings,
    settings_for,
    voice_model,
)
from pokegeo_dagster.providers.elevenlabs.speech import SpeechJob

_VOICE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class ElevenLabsNarrator:
    """Speaks with one voice of the account; an order may name another. Holds nothing between lines,
    so it is safe from any thread. What is configured wrongly is told when a line is ordered."""

    def __init__(
        self,
        client: ElevenLabsClient,
        voice_id: str,
        model: str = VOICE_MODEL,
        settings: VoiceSettings | None = None,
        *,
        output_format: str = OUTPUT_FORMAT,
        language_code: str | None = None,
    ) -> None:
        self.client, self.voice_id, self.model = client, voice_id.strip(), model
        self.settings = settings or VoiceSettings()
        self.output_format, self.language_code = output_format, language_code
        # Voice and manner are part of who speaks: another voice is another take.
        self.credit = Credit(member=VENDOR, model=f"{model}/{self.voice_id}/{self.settings.tag}")

    def speak(self, order: NarrationOrder, room: Path) -> SpeechJob:
        """The unsent request for a line. Nothing touches the network or `room` before it is submitted.

        Raises Refused for a line that this model cannot take, AccountTrouble when no voice is chosen.
        """
        model = voice_model(self.model)
        sound.output_format(self.output_format)
        voice = (order.voice or self.voice_id).strip()
        if not _VOICE_ID.fullmatch(voice):
            raise AccountTrouble(
                VENDOR,
                f"{voice!r} is no voice id; nothing was charged. Set ELEVENLABS_VOICE_ID, then try again.",
            )
        text = speakable(order.text, model)
        settled = settings_for(model.name, self.settings)
        asked, dropped = _asked(text, order, model, self, settled)
        return SpeechJob(
            client=self.client,
            credit=self.credit,
            voice_id=voice,
            text=text,
            asked=asked,
            changed=(*settled.changed, *dropped),
            wished=self.settings,
            model=model,
        )


def speakable(text: str, model: VoiceModel) -> str:
    """A line as it is sent: single spaces, one spelling of every accent.

    Raises Refused when nothing in it can be spoken, when it holds control characters, or when it is
    longer than the model takes.
    """
    line = unicodedata.normalize("NFC", " ".join(text.split()))
    odd = sorted({f"U+{ord(c):04X}" for c in line if unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn")})
    if odd:
        raise Refused(
            VENDOR, f"the line holds control characters ({', '.join(odd)}); nothing was charged. Remove them."
        )
    if not phrase_line(line):
        raise Refused(
            VENDOR, f"there is no word to speak in {line[:40]!r}; nothing was charged. Give the shot a line."
        )
    if len(line) > model.characters:
        raise Refused(
            VENDOR,
            f"the line has {len(line)} characters and {model.name} takes {model.characters}; "
            "nothing was charged. Shorten it, or choose a model that takes more.",
        )
    return line


def _asked(
    text: str, order: NarrationOrder, model: VoiceModel, who: ElevenLabsNarrator, settled: Settled
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The request's body as JSON, and what of the order this model cannot be told."""
    asked: dict[str, Any] = {
        "text": text,
        "model_id": model.name,
        "voice_settings": dict(settled.sent),
        "output_format": who.output_format,
        "seed": order.seed % 2**32,
    }
    dropped: list[str] = []
    neighbours = {"previous_text": order.previous_text, "next_text": order.next_text}
    for name, said in neighbours.items():
        if said and model.neighbours:
            asked[name] = " ".join(said.split())
        elif said:
            dropped.append(f"{name} is left out: {model.name} does not take it")
    if who.language_code and model.language_code:
        asked["language_code"] = who.language_code
    elif who.language_code:
        dropped.append(f"language_code {who.language_code} is left out: {model.name} does not take it")
    return asked, tuple(dropped)
