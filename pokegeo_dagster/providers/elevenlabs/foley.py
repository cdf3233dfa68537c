"""The ElevenLabs foley artist: the atmosphere of a clip from the words of its cue."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from pokegeo_dagster.film.crew import Credit, Made, SoundOrder
from pokegeo_dagster.film.edit.delivery import SAMPLE_RATE_HZ
from pokegeo_dagster.film.errors import AnswerLost, JobFailed, MediaDamaged, Refused
from pokegeo_dagster.film.vendors import Charge, Delivery, Item, Pending, Ticket
from pokegeo_dagster.providers.elevenlabs import sound
from pokegeo_dagster.providers.elevenlabs.client import ElevenLabsClient
from pokegeo_dagster.providers.elevenlabs.models import EFFECTS_MODEL, OUTPUT_FORMAT, VENDOR, effects_model

SHORTEST_S, LONGEST_S = 0.5, 30.0  # what the vendor makes


class ElevenLabsFoley:
    """Performs a cue. Holds nothing between cues, so it is safe from any thread.

    `prompt_influence` is from 0 (free) to 1 (to the letter); the vendor's own default is 0.3.
    """

    def __init__(
        self,
        client: ElevenLabsClient,
        model: str = EFFECTS_MODEL,
        *,
        prompt_influence: float = 0.3,
        output_format: str = OUTPUT_FORMAT,
    ) -> None:
        self.client, self.model = client, model
        self.prompt_influence, self.output_format = prompt_influence, output_format
        tuned = "" if prompt_influence == 0.3 else f"/{prompt_influence:g}"
        self.credit = Credit(member=VENDOR, model=f"{model}{tuned}")

    def perform(self, order: SoundOrder, room: Path) -> EffectJob:
        """The unsent request for a cue. Raises Refused for what the vendor does not make."""
        effects_model(self.model)
        sound.output_format(self.output_format)
        cue = unicodedata.normalize("NFC", " ".join(order.cue.split()))
        if not any(c.isalnum() for c in cue) or any(unicodedata.category(c) in ("Cc", "Cs") for c in cue):
            raise Refused(
                VENDOR, f"{cue[:40]!r} names no sound; nothing was charged. Give the shot a sound cue."
            )
        if not SHORTEST_S <= order.duration_s <= LONGEST_S:
            raise Refused(
                VENDOR,
                f"an effect of {order.duration_s:g} s was ordered and it makes {SHORTEST_S:g} to "
                f"{LONGEST_S:g} s; nothing was charged. Order another length.",
            )
        if not 0 <= self.prompt_influence <= 1:
            raise Refused(
                VENDOR,
                f"prompt_influence is {self.prompt_influence:g}, not 0 to 1; nothing was charged. Set it.",
            )
        asked = {
            "text": cue,
            "model_id": self.model,
            "duration_seconds": order.duration_s,
            "prompt_influence": self.prompt_influence,
            "output_format": self.output_format,
        }
        return EffectJob(self.client, self.credit, order.cue, order.duration_s, asked)


@dataclass
class EffectJob:
    """One effect, ready to be asked for. Its bytes come once: the account's history holds speech only
    ("Music and SFX generations are not included and cannot currently be retrieved via the API", says
    history.list in elevenlabs 2.78.0), so a lost answer cannot be looked up, nor bytes sent again."""

    client: ElevenLabsClient
    credit: Credit
    cue: str
    duration_s: float
    asked: Mapping[str, Any]
    vendor: str = VENDOR
    asynchronous: bool = False

    def bill(self) -> Sequence[Item]:
        """The seconds that were asked for."""
        seconds = Decimal(str(self.duration_s))
        return (Item(vendor=VENDOR, model=str(self.asked["model_id"]), unit="sound-second", units=seconds),)

    def request(self) -> Mapping[str, Any]:
        return {"endpoint": "sound-generation", **self.asked}

    def prepare(self, room: Path) -> Mapping[str, Any]:
        """Nothing has to be uploaded."""
        return {}

    def submit(self, prepared: Mapping[str, Any], room: Path) -> Delivery:
        """One POST. Raises JobFailed with the charge when what arrives is not the effect."""
        form = self.asked["output_format"]
        original = room / f"original.{sound.extension(form)}"
        # These bytes come once: a room that cannot be written to is found out before they are paid for.
        original.write_bytes(b"")
        audio, slip = self.client.sound(self.asked)
        # Credits for effects go by the plan; the price list prices seconds, so credits stay a fact.
        charge = Charge(items=tuple(self.bill()), request_id=slip.request_id)
        try:
            original.write_bytes(audio)
        except OSError as full:
            raise self._failed(f"its bytes could not be kept ({full.strerror})", charge) from full
        self._prove(original, form, charge)
        facts = {
            "format": form,
            "request_id": slip.request_id,
            "history_item_id": slip.history_item_id,
            "credits": str(slip.credits) if slip.credits is not None else None,
            "concurrent": slip.concurrent,
        }
        return Delivery(charge, {"original": original}, facts)

    def poll(self, ticket: Ticket) -> Pending | Delivery:
        """Never asked: the answer to the submit is the delivery."""
        raise RuntimeError(f"{VENDOR} answers at once; there is no ticket {ticket.task_id} to poll")

    def fetch(self, ticket: Ticket | None, delivery: Delivery, room: Path) -> Delivery:
        """The delivery as it is, proven whole. Raises JobFailed when its bytes are gone: nobody has them."""
        original = delivery.files.get("original")
        if original is None or not original.exists():
            raise self._failed("its bytes are lost and the vendor keeps no effects", delivery.charge)
        self._prove(original, str(delivery.facts["format"]), delivery.charge)
        return delivery

    def look_up(self, since: float, room: Path) -> Delivery | None:
        """Raises AnswerLost: the vendor keeps no list of effects."""
        raise AnswerLost(
            VENDOR,
            "effects are not in the account's history, so nobody can tell whether this one was made. "
            "Compare the credits used on the vendor's usage page.",
        )

    def develop(self, delivery: Delivery, room: Path) -> Made:
        """The effect as 48 kHz stereo PCM16 of exactly round(duration_s × 48000) samples.

        Slate: the house's `cue`, `duration_s` and `samples`; and `model`, `prompt_influence`,
        `credits`, `delivered_s` (how long the vendor's file is).
        """
        heard = self._prove(delivery.files["original"], str(delivery.facts["format"]), delivery.charge)
        pcm = sound.finished_effect(heard, self.duration_s)
        path = room / "effect.wav"
        sound.write_wave(path, pcm)
        taken = delivery.facts.get("credits")
        slate = {
            "cue": self.cue,
            "duration_s": len(pcm) / SAMPLE_RATE_HZ,
            "samples": len(pcm),
            "model": self.asked["model_id"],
            "prompt_influence": self.asked["prompt_influence"],
            "credits": float(taken) if taken is not None else None,
            "delivered_s": round(len(heard) / SAMPLE_RATE_HZ, 4),
        }
        return Made({"main": path}, slate)

    def _prove(self, original: Path, form: str, charge: Charge) -> sound.Sound:
        try:
            heard = sound.decoded(original, form, self.duration_s)
        except MediaDamaged as damage:
            raise self._failed(f"what was delivered is broken: {damage}", charge) from damage
        if flaw := sound.effect_flaw(heard, self.duration_s):
            raise self._failed(f"what was delivered is not the effect: {flaw}", charge)
        return heard

    def _failed(self, why: str, charge: Charge) -> JobFailed:
        return JobFailed(VENDOR, f"{why}; it was charged. Order the effect again.", charge, charge.request_id)
