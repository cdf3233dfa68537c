"""One clip at KIE, from the upload of its opening frame to the file on disk."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from pokegeo_dagster.film.crew import ClipOrder, Credit, Made
from pokegeo_dagster.film.errors import (
    AccountTrouble,
    JobFailed,
    MediaBroken,
    MediaDamaged,
    NotTaken,
    VendorSilent,
)
from pokegeo_dagster.film.vendors import Charge, Delivery, Item, Pending, Ticket
from pokegeo_dagster.providers.kie.client import ExpiredAddress, KieClient
from pokegeo_dagster.providers.kie.models import KlingModel
from pokegeo_dagster.providers.kie.proof import measured, proven
from pokegeo_dagster.providers.kie.troubles import LOGS, VENDOR, PictureUnreachable, lost
from pokegeo_dagster.providers.kie.wire import TaskRecord
from pokegeo_dagster.providers.scrub import shortened

PublicUrl = Callable[[Path], str]
OWN_STORE = "own store"


@dataclass(frozen=True)
class Setting:
    """How the camera is set: all that a request says besides prompt and picture."""

    model: KlingModel
    seconds: int
    quality: str | None = None
    sound: bool = False
    negative_prompt: str | None = None

    def fields(self, prompt: str) -> dict[str, Any]:
        """The request's `input`, in this model's own words, without the picture's address."""
        model = self.model
        fields: dict[str, Any] = {"prompt": prompt, **dict(model.fixed)}
        fields["duration"] = str(self.seconds) if model.seconds_as_text else self.seconds
        if model.quality_field:
            fields[model.quality_field] = self.quality
        if model.sound_field:
            fields[model.sound_field] = self.sound
        if self.negative_prompt:
            fields["negative_prompt"] = self.negative_prompt
        return fields


class KlingJob:
    """One unsent clip. Needs nothing but its order and its picture to be rebuilt after a kill."""

    asynchronous = True

    def __init__(
        self,
        client: KieClient,
        credit: Credit,
        setting: Setting,
        order: ClipOrder,
        picture: Path,
        *,
        public_url: PublicUrl | None = None,
        callback_url: str | None = None,
    ):
        self.vendor, self.credit = VENDOR, credit
        self._client, self._setting, self._order, self._picture = client, setting, order, picture
        self._public_url, self._callback_url = public_url, callback_url

    def bill(self) -> Sequence[Item]:
        """One clip, or so many seconds, by the model's unit."""
        setting, model = self._setting, self._setting.model
        units = 1 if model.sold_by == "clip" else setting.seconds
        unit = model.unit(setting.seconds, setting.quality, setting.sound)
        return (Item(vendor=VENDOR, model=model.name, unit=unit, units=Decimal(units)),)

    def request(self) -> Mapping[str, Any]:
        """The request as it will be sent, with the picture's digest in the place of its address."""
        model = self._setting.model
        fields = self._setting.fields(self._order.prompt)
        return {"model": model.name, "input": {**fields, model.image_field: f"sha256:{self._digest}"}}

    def prepare(self, room: Path) -> Mapping[str, Any]:
        """Makes the picture reachable for KIE: uploads it, unless our own store is public.

        Our store's signed address is not among what is returned; `submit` asks for it anew.
        """
        if self._public_url:
            return {"picture": OWN_STORE}
        name = f"{self._digest[:32]}{self._picture.suffix.lower() or '.png'}"
        return {"picture": self._client.upload_image(self._picture, name)}

    def submit(self, prepared: Mapping[str, Any], room: Path) -> Ticket:
        """One createTask. A signed address of the picture is in it and nowhere else."""
        model = self._setting.model
        picture = str(prepared["picture"])
        address = self._address(picture)
        fields = self._setting.fields(self._order.prompt)
        fields[model.image_field] = [address] if model.image_field == "image_urls" else address
        try:
            created = self._client.create_task(model.name, fields, self._callback_url)
        except PictureUnreachable as trouble:
            if picture != OWN_STORE:
                raise
            # The next address of our store would be as unreachable as this one.
            raise AccountTrouble(
                VENDOR,
                f"KIE cannot reach the media store's address of the opening frame ({trouble.reason}) Make "
                "the store public to the internet, or let pictures be uploaded to KIE.",
                trouble.request_id,
            ) from None
        return Ticket(created.task_id, created.request_id)

    def poll(self, ticket: Ticket) -> Pending | Delivery:
        """How far KIE is. A state that nobody has heard of is not an end."""
        record = self._client.record_info(ticket.task_id)
        if record.state == "fail":
            raise self._failed(record, ticket)
        if record.state != "success":
            done = record.progress
            known = done is not None and 0 <= done <= 100
            return Pending(int(done) if known and done is not None else None)
        facts: dict[str, Any] = {"task_id": ticket.task_id}
        if record.credits:
            facts["credits"] = str(record.credits)
        return Delivery(self._charge(record, ticket.task_id), facts=facts)

    def fetch(self, ticket: Ticket | None, delivery: Delivery, room: Path) -> Delivery:
        """Downloads the clip as it is, by as many addresses as KIE has for it, and proves it whole."""
        task_id = ticket.task_id if ticket else str(delivery.facts["task_id"])
        clip = room / "vendor.mp4"
        self._download(task_id, clip)
        try:
            proven(clip, self._setting.seconds)
        except MediaBroken:
            clip.unlink(missing_ok=True)
            raise
        return Delivery(delivery.charge, {"main": clip}, {**delivery.facts, "task_id": task_id})

    def look_up(self, since: float, room: Path) -> Ticket | Delivery | None:
        """KIE has no list of tasks: only a human can look. Raises AnswerLost."""
        raise lost(f"KIE keeps no list of tasks that a machine can ask: look at {LOGS}")

    def develop(self, delivery: Delivery, room: Path) -> Made:
        """The vendor's own bytes as `main`, and the picture a third into them as `poster`."""
        from pokegeo_dagster.providers.bench.conformer import poster_of

        source, clip = delivery.files["main"], room / "main.mp4"
        try:
            facts = measured(source)
            poster = poster_of(source, facts.frames // 3, room)
        except MediaDamaged as damage:
            raise JobFailed(VENDOR, f"the clip cannot be used: {damage}", charge=delivery.charge) from None
        if clip != source:
            shutil.copyfile(source, clip)
        slate = {
            "frames": facts.frames,
            "duration_s": facts.duration_s,
            "width_px": facts.width_px,
            "height_px": facts.height_px,
            "rate_fps": facts.rate_fps,
            "codec": facts.codec,
            "sound": facts.sound,
            "movement": self._movement,
            "task_id": delivery.facts.get("task_id"),
            "credits": delivery.facts.get("credits"),
        }
        return Made({"main": clip, "poster": poster}, slate)

    @property
    def _movement(self) -> str | None:
        return self._order.movement

    @cached_property
    def _digest(self) -> str:
        return hashlib.sha256(self._picture.read_bytes()).hexdigest()

    def _address(self, picture: str) -> str:
        if picture != OWN_STORE or not self._public_url:
            return picture
        try:
            return self._public_url(self._picture)
        except Exception as fault:
            # Nothing has left yet, and an error that nobody expects would count as «maybe paid».
            raise NotTaken(
                VENDOR,
                f"the media store gave no address for the opening frame ({shortened(fault)}). Nothing was "
                "sent or charged. Look at the store.",
            ) from None

    def _charge(self, record: TaskRecord, task_id: str) -> Charge:
        """What KIE says it took; where it does not say, the bill, which the price list prices."""
        items = () if record.usd is not None else tuple(self.bill())
        return Charge(usd=record.usd, items=items, request_id=task_id)

    def _failed(self, record: TaskRecord, ticket: Ticket) -> JobFailed:
        why = shortened(record.fail_msg or "no reason given").rstrip(". ")
        code = f" (code {record.fail_code})" if record.fail_code else ""
        cost = "was not charged as far as KIE says" if not record.usd else f"took ${record.usd}"
        charge = None if record.usd is None else Charge(usd=record.usd, request_id=ticket.task_id)
        return JobFailed(
            VENDOR,
            f"task {ticket.task_id} failed{code}: {why}. It {cost}. Reword the motion prompt or make another "
            f"opening frame; the task is at {LOGS}.",
            charge=charge,
            request_id=ticket.task_id,
        )

    def _download(self, task_id: str, clip: Path) -> None:
        first = self._result_url(task_id)
        try:
            self._client.download(first, clip)
            return
        except ExpiredAddress:
            second = self._result_url(task_id)
        if second != first:
            try:
                self._client.download(second, clip)
                return
            except ExpiredAddress:
                pass
        self._client.download(self._client.download_url(second), clip)

    def _result_url(self, task_id: str) -> str:
        record = self._client.record_info(task_id)
        if not record.urls:
            raise VendorSilent(
                VENDOR, f"task {task_id} is done and names no file yet. It is asked again.", task_id
            )
        return record.urls[0]


class KlingJobUnderWay(KlingJob):
    """A clip that is at KIE already, as the books tell it: it can be asked for and fetched, by nothing
    but its task, and it cannot be ordered again. What it was ordered from may be gone."""

    def __init__(self, client: KieClient, credit: Credit, setting: Setting):
        self.vendor, self.credit = VENDOR, credit
        self._client, self._setting = client, setting

    def request(self) -> Mapping[str, Any]:
        """Nothing is asked any more."""
        return {}

    def prepare(self, room: Path) -> Mapping[str, Any]:
        """There is nothing to prepare. Raises AccountTrouble."""
        raise AccountTrouble(VENDOR, "this clip was ordered before and is not ordered again.")

    def submit(self, prepared: Mapping[str, Any], room: Path) -> Ticket:
        """It was ordered before. Raises AccountTrouble."""
        raise AccountTrouble(VENDOR, "this clip was ordered before and is not ordered again.")

    @property
    def _movement(self) -> str | None:
        return None
