"""The Kling camera: opening frames brought to life by KIE.ai, for money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from pokegeo_dagster.film.crew import ClipOrder, Credit
from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.edit.timeline import LONGEST_HOLD_S
from pokegeo_dagster.film.errors import OrderRefused, Refused, ShotFailed
from pokegeo_dagster.providers.kie.client import KieClient
from pokegeo_dagster.providers.kie.job import KlingJob, KlingJobUnderWay, PublicUrl, Setting
from pokegeo_dagster.providers.kie.models import DEFAULT_MODEL, model_named
from pokegeo_dagster.providers.kie.troubles import FREE, VENDOR

ClipSeconds = int | Literal["auto"]
AUTO_SECONDS = (5, 10)  # what every model that is sold by the clip shoots
MOST_PICTURE_BYTES = 10_000_000  # KIE's limit for an input picture (docs.kie.ai, 2026)


class KlingCamera:
    """Films by a Kling model at KIE. Hands back unsent jobs; only the purse sends them.

    `seconds` is the one length it shoots, or "auto": 5 where the segment fits into it, else 10.
    `quality` is one of the model's own words, its best affordable one when left out. `public_url`
    gives a picture of our own store an address that the internet can read; without it pictures are
    uploaded to KIE. `callback_url` is told when a task ends. Raises OrderRefused when the model cannot
    be set like that.
    """

    def __init__(
        self,
        client: KieClient,
        model: str = DEFAULT_MODEL,
        seconds: ClipSeconds = 10,
        *,
        quality: str | None = None,
        sound: bool = False,
        negative_prompt: str | None = None,
        public_url: PublicUrl | None = None,
        callback_url: str | None = None,
    ):
        known = model_named(model)
        if quality is None and known.qualities:
            quality = known.qualities[0]
        lengths = AUTO_SECONDS if seconds == "auto" else (seconds,)
        settings = [Setting(known, length, quality, sound, negative_prompt) for length in lengths]
        for setting in settings:
            _check(setting)
        self._lengths, self._setting = lengths, settings[-1]
        self._client, self._public_url, self._callback_url = client, public_url, callback_url
        self.credit = Credit(member=VENDOR, model=_credit_name(self._setting), edition=1)

    def frames_for(self, segment_frames: int, delivery: Delivery) -> int:
        """The shortest of this camera's lengths that holds the segment, with its last frame held for no
        longer than that may be; in frames of the delivery. Raises ShotFailed when none does."""
        for seconds in self._lengths:
            if _holds(seconds, segment_frames, delivery):
                return seconds * delivery.rate_fps
        needs_s = segment_frames / delivery.rate_fps
        raise ShotFailed(
            "clip",
            "of a long line",
            f"its segment needs {needs_s:.2f} s and {self._setting.model.name} shoots "
            f"{self._setting.seconds} s. {FREE} Shorten the line{self._longer(needs_s)}.",
        )

    def would_do(self, segment_frames: int, delivery: Delivery) -> tuple[int, ...]:
        """Every length of this model that holds the segment, the shortest first, whatever is set."""
        enough = (s for s in sorted(self._setting.model.seconds) if _holds(s, segment_frames, delivery))
        return tuple(seconds * delivery.rate_fps for seconds in enough)

    def film(self, order: ClipOrder, composite: Mapping[str, Path], room: Path) -> KlingJob:
        """The clip as one unsent job. The prompt is sent as it is ordered, camera words last. An order
        of a length that the model shoots is of that length, whatever is set: it may be under way.

        Raises ShotFailed without a usable composite or when the order is longer than the camera
        shoots, Refused when the prompt is longer than the model reads. All before any money.
        """
        picture = composite.get("main")
        if picture is None:
            raise ShotFailed("clip", "its composite", "it is not made yet. Composite the shot first.")
        size = picture.stat().st_size
        if size > MOST_PICTURE_BYTES:
            raise ShotFailed(
                "clip",
                "its composite",
                f"it has {size / 1e6:.1f} MB and KIE takes {MOST_PICTURE_BYTES / 1e6:.0f} MB. {FREE} "
                "Deliver in a smaller size.",
            )
        setting = replace(self._setting, seconds=self._seconds_of(order))
        if len(order.prompt) > setting.model.most_prompt:
            raise Refused(
                VENDOR,
                f"the motion prompt has {len(order.prompt)} characters and {setting.model.name} reads "
                f"{setting.model.most_prompt}. {FREE} Shorten it.",
            )
        if not order.prompt.strip():
            raise Refused(VENDOR, f"the motion prompt is empty. {FREE} Write one.")
        return KlingJob(
            self._client,
            self.credit,
            setting,
            order,
            picture,
            public_url=self._public_url,
            callback_url=self._callback_url,
        )

    def under_way(self, request: Mapping[str, Any]) -> KlingJobUnderWay:
        """The job of a clip that was ordered with `request` (as the books keep it) and is at KIE."""
        asked = request.get("input", {})
        model = model_named(str(request["model"]))
        setting = Setting(model, int(asked.get("duration", self._setting.seconds)))
        return KlingJobUnderWay(self._client, self.credit, setting)

    @property
    def usual_seconds(self) -> int:
        """How long a clip of a usual line will be: such lines fill more than five seconds."""
        return self._setting.seconds

    def _seconds_of(self, order: ClipOrder) -> int:
        rate = order.delivery.rate_fps
        seconds, rest = divmod(order.frames, rate)
        if not rest and seconds in self._setting.model.seconds:
            return seconds
        return self.frames_for(order.frames, order.delivery) // rate

    def _longer(self, needs_s: float) -> str:
        """A longer setting of the same model that would do, if it has one."""
        enough = [s for s in self._setting.model.seconds if s >= needs_s]
        return f", or set POKEGEO_CLIP_SECONDS={min(enough)}" if enough else ""


def _holds(seconds: int, segment_frames: int, delivery: Delivery) -> bool:
    """Whether a clip holds a segment, with its last frame held for no longer than that may be."""
    return segment_frames <= (seconds + LONGEST_HOLD_S) * delivery.rate_fps


def _check(setting: Setting) -> None:
    model, faults = setting.model, []
    if setting.seconds not in model.seconds:
        faults.append(f"it shoots {', '.join(map(str, model.seconds))} s, not {setting.seconds} s")
    if setting.quality is not None and setting.quality not in model.qualities:
        choice = ", ".join(model.qualities) or "no choice of quality"
        faults.append(f"its quality is {choice}, not {setting.quality!r}")
    if setting.sound and not model.sound_field:
        faults.append("it cannot be asked for sound")
    longest, words = model.most_negative_prompt, setting.negative_prompt or ""
    if words and len(words) > longest:
        faults.append(f"its negative prompt holds {longest} characters, not {len(words)}")
    if faults:
        raise OrderRefused(f"The camera {model.name} cannot be set so: {'; '.join(faults)}. {FREE}")


def _credit_name(setting: Setting) -> str:
    """The model, and everything a clip's look depends on that is not in its order: a take that was
    shot at another quality must not pass for this one."""
    words = [setting.model.name, setting.quality or "", "sound" if setting.sound else ""]
    if setting.negative_prompt:
        words.append(f"without «{setting.negative_prompt}»")
    return " ".join(filter(None, words))
