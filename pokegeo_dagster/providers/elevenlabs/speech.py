"""One spoken line as a job: asked for once, kept whole, found again in the account's history."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from pokegeo_dagster.film.crew import Credit, Made
from pokegeo_dagster.film.edit.delivery import SAMPLE_RATE_HZ
from pokegeo_dagster.film.errors import (
    AccountTrouble,
    AnswerLost,
    JobFailed,
    MediaBroken,
    MediaDamaged,
    VendorSilent,
)
from pokegeo_dagster.film.sound.pacing import phrase_line
from pokegeo_dagster.film.vendors import Charge, Delivery, Item, Pending, Ticket
from pokegeo_dagster.providers.elevenlabs import sound, wire
from pokegeo_dagster.providers.elevenlabs.client import ElevenLabsClient
from pokegeo_dagster.providers.elevenlabs.models import VENDOR, VoiceModel, VoiceSettings
from pokegeo_dagster.providers.elevenlabs.words import time_words

_CLOCKS_S = 60.0  # by how much the vendor's clocks may differ among themselves, and we measure wrongly


@dataclass
class SpeechJob:
    """One line, ready to be asked for. The answer is the sound itself; the account's history keeps it,
    so that a lost answer is looked up and lost bytes are downloaded again."""

    client: ElevenLabsClient
    credit: Credit
    voice_id: str
    text: str
    asked: Mapping[str, Any]
    changed: tuple[str, ...]
    wished: VoiceSettings
    model: VoiceModel
    vendor: str = VENDOR
    asynchronous: bool = False

    def bill(self) -> Sequence[Item]:
        """Every character of the line, spaces and dots among them."""
        return (self._item(Decimal(len(self.text))),)

    def request(self) -> Mapping[str, Any]:
        """What leaves, and what was wished for and could not be granted."""
        return {
            "endpoint": "text-to-speech/with-timestamps",
            "voice_id": self.voice_id,
            **self.asked,
            "wished": self.wished.model_dump(mode="json"),
            "changed": list(self.changed),
        }

    def prepare(self, room: Path) -> Mapping[str, Any]:
        """Nothing has to be uploaded."""
        return {}

    def submit(self, prepared: Mapping[str, Any], room: Path) -> Delivery:
        """One POST. What arrives damaged is handed on without files: `fetch` gets it from the history."""
        asked_at = self.client.clock()
        answer, slip = self.client.speak(self.voice_id, _for_the_sdk(self.asked))
        facts = {**_facts(slip), "asked_at": asked_at, "format": self.asked["output_format"]}
        charge = self._charge(slip.credits, slip.request_id)
        if answer is None:
            return Delivery(charge, {}, facts)
        try:
            files = self._kept(answer.audio, answer.timing, facts["format"], room)
        except OSError:
            # Paid for, and no room on this disk: the history gives it again.
            return Delivery(charge, {}, facts)
        flaw = self._flaw(files["original"], facts["format"])
        return Delivery(charge, {}, {**facts, "damaged": flaw}) if flaw else Delivery(charge, files, facts)

    def poll(self, ticket: Ticket) -> Pending | Delivery:
        """Never asked: the answer to the submit is the delivery."""
        raise RuntimeError(f"{VENDOR} answers at once; there is no ticket {ticket.task_id} to poll")

    def fetch(self, ticket: Ticket | None, delivery: Delivery, room: Path) -> Delivery:
        """The delivery with whole files: as they are, or downloaded again from the history.

        Raises MediaBroken when the history's sound does not decode, JobFailed with the charge when
        the history has it no more or it cannot be this line, VendorSilent.
        """
        original = delivery.files.get("original")
        if original and original.exists() and not self._flaw(original, str(delivery.facts.get("format"))):
            return delivery
        try:
            item = self._listed(delivery)
            given = self.client.history_audio(item.history_item_id) if item else None
        except (AccountTrouble, AnswerLost) as closed:
            # It is paid for and still there: whoever mends the key gets it.
            raise VendorSilent(
                VENDOR, f"the line is in a history that may not be read: {closed.reason}"
            ) from closed
        if item is None or given is None:
            raise JobFailed(
                VENDOR,
                "the sound is lost and the account's history does not have it any more; it was charged. "
                "Order the line again.",
                delivery.charge,
                delivery.charge.request_id,
            )
        audio, slip = given
        form = sound.form_of(audio, slip.content_type, self.asked["output_format"])
        files = self._kept(audio, item.alignments or wire.Alignments(), form, room)
        self._prove(files["original"], form, delivery.charge)
        facts = {name: fact for name, fact in delivery.facts.items() if name != "damaged"}
        return Delivery(
            delivery.charge, files, {**facts, "format": form, "history_item_id": item.history_item_id}
        )

    def look_up(self, since: float, room: Path) -> Delivery | None:
        """The line in the account's history, by its exact text, voice and model; None when it is not.

        A line whose connection broke a moment ago may still be in the making: whoever asks waits
        before a None is believed. Raises VendorSilent, AnswerLost when the history may not be read.
        """
        item = self._found(since)
        if item is None:
            return None
        facts = {
            "history_item_id": item.history_item_id,
            "request_id": item.request_id,
            "credits": str(item.credits) if item.credits is not None else None,
            "asked_at": since,
            "format": self.asked["output_format"],
        }
        return Delivery(self._charge(item.credits, item.request_id), {}, facts)

    def develop(self, delivery: Delivery, room: Path) -> Made:
        """The line as 48 kHz mono PCM16 that begins and ends with the voice, at the house's level.

        Slate: the house's `duration_s`, `samples`, `words`, `phrases`, `paced` and `voice`; and
        `model`, `settings`, `settings_changed`, `characters`, `credits`, `timing` (where the words'
        times are from), `timing_drift_s`, `trimmed_s`.
        """
        original = delivery.files["original"]
        try:
            voice = sound.mono(sound.decoded(original, str(delivery.facts["format"])))
        except MediaDamaged as damage:
            raise self._failed(str(damage), delivery.charge) from damage
        where = sound.sounding(voice)
        flaw = sound.speech_flaw(voice, self.text)
        if where is None or flaw:
            raise self._failed(flaw, delivery.charge)
        pcm = sound.finished_speech(voice, where)
        path = room / "narration.wav"
        sound.write_wave(path, pcm)
        timing = time_words(self.text, _read(delivery.files.get("alignment")), where.start_s, where.seconds)
        taken = delivery.facts.get("credits")
        slate = {
            "duration_s": round(pcm.size / SAMPLE_RATE_HZ, 4),
            "samples": pcm.size,
            "words": [word.model_dump(mode="json") for word in timing.words],
            "phrases": [{"start_s": start, "end_s": end} for start, end in timing.phrases],
            "paced": [phrase.text for phrase in phrase_line(self.text)],
            "voice": self.voice_id,
            "model": self.model.name,
            "settings": dict(self.asked["voice_settings"]),
            "settings_changed": list(self.changed),
            "characters": len(self.text),
            "credits": float(taken) if taken is not None else None,
            "timing": timing.source,
            "timing_drift_s": timing.drift_s,
            "trimmed_s": round(where.start_s, 4),
        }
        return Made({"main": path}, slate)

    def _item(self, characters: Decimal) -> Item:
        return Item(vendor=VENDOR, model=self.model.name, unit="character", units=characters)

    def _charge(self, taken: Decimal | None, request_id: str | None) -> Charge:
        """Credits turned into the characters that the price list prices: the cheap models take half a
        credit for one. Without a word from the vendor, the bill."""
        if taken is None:
            return Charge(items=tuple(self.bill()), request_id=request_id)
        return Charge(items=(self._item(taken / self.model.credits_per_character),), request_id=request_id)

    def _kept(self, audio: bytes, timing: wire.Alignments, form: str, room: Path) -> dict[str, Path]:
        original = room / f"original.{sound.extension(form)}"
        original.write_bytes(audio)
        alignment = room / "alignment.json"
        alignment.write_text(json.dumps(timing.model_dump(mode="json"), ensure_ascii=False), "utf-8")
        return {"original": original, "alignment": alignment}

    def _flaw(self, original: Path, form: str) -> str | None:
        try:
            return sound.speech_flaw(sound.mono(sound.decoded(original, form)), self.text)
        except (MediaDamaged, OSError) as damage:
            return str(damage)

    def _prove(self, original: Path, form: str, charge: Charge) -> None:
        """The history's own sound: broken bytes may come whole next time, a wrong line never does."""
        try:
            voice = sound.mono(sound.decoded(original, form))
        except MediaDamaged as damage:
            raise MediaBroken(
                VENDOR, f"the download from the history is broken: {damage}", charge.request_id
            ) from damage
        if flaw := sound.speech_flaw(voice, self.text):
            raise self._failed(flaw, charge)

    def _failed(self, why: str | None, charge: Charge) -> JobFailed:
        return JobFailed(
            VENDOR,
            f"what was delivered is not the line: {why}; it was charged. Listen to it in the account's "
            "history, then order the line again.",
            charge,
            charge.request_id,
        )

    def _listed(self, delivery: Delivery) -> wire.HistoryItem | None:
        item_id = delivery.facts.get("history_item_id")
        if item_id:
            return self.client.history_item(str(item_id))
        return self._found(float(delivery.facts.get("asked_at") or 0.0), delivery.charge.request_id)

    def _found(self, since: float, request_id: str | None = None) -> wire.HistoryItem | None:
        """The history's line that is this job's: by the request's id, else the first made after `since`
        (by this machine's clock), else the last one shortly before it."""
        try:
            since -= self.client.clock_ahead_s(self.voice_id)
            mine = [
                item for item in self.client.history(self.voice_id, since - _CLOCKS_S) if self._is_mine(item)
            ]
        except AccountTrouble as closed:
            raise AnswerLost(
                VENDOR, f"the history may not be read ({closed.reason}), so nobody knows."
            ) from closed
        named = [item for item in mine if request_id and item.request_id == request_id]
        later = [item for item in mine if item.date_unix >= int(since)]
        earlier = [item for item in mine if item.date_unix < int(since)]
        ranked = [
            *named,
            *sorted(later, key=lambda item: item.date_unix),
            *sorted(earlier, key=lambda item: -item.date_unix),
        ]
        return ranked[0] if ranked else None

    def _is_mine(self, item: wire.HistoryItem) -> bool:
        said = unicodedata.normalize("NFC", " ".join((item.text or "").split()))
        # A field that the vendor leaves out cannot speak against it.
        return (
            said == self.text
            and item.voice_id in (None, self.voice_id)
            and item.model_id in (None, self.model.name)
        )


def _for_the_sdk(asked: Mapping[str, Any]) -> dict[str, Any]:
    from elevenlabs.types import VoiceSettings as SdkSettings

    return {**asked, "voice_settings": SdkSettings(**asked["voice_settings"])}


def _facts(slip: wire.Receipt) -> dict[str, Any]:
    return {
        "history_item_id": slip.history_item_id,
        "request_id": slip.request_id,
        "credits": str(slip.credits) if slip.credits is not None else None,
        "concurrent": slip.concurrent,
    }


def _read(path: Path | None) -> wire.Alignments:
    """The kept alignment; none when it is lost or unreadable, for the sound alone is a line, too."""
    try:
        return wire.Alignments.model_validate_json(path.read_bytes()) if path else wire.Alignments()
    except (OSError, ValueError):
        return wire.Alignments()
