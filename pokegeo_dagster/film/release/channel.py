"""A channel: for whom films are made, in which voice and style, how many, when, and for how much."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, StringConstraints, ValidationError, field_validator, model_validator

from pokegeo_dagster.film.errors import OrderRefused
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.story.brief import References

# Who says yes before money is spent on pictures: a human for every film; nobody up to an amount a film,
# and a human beyond it; or nothing paid is filmed for this channel at all.
GreenlightPolicy = Literal["always_ask", "auto", "never"]
DEFAULT_CHANNEL = "default"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# What a channel may keep under lock, and the variable that it takes the place of.
CREDENTIALS: Mapping[str, str] = {
    "gemini": "GEMINI_API_KEY",
    "kie": "KIE_API_KEY",
    "elevenlabs": "ELEVENLABS_API_KEY",
    "discord": "DISCORD_WEBHOOK_URL",
    "youtube": "YOUTUBE_OAUTH",
}
MOST_A_DAY = 50

_SLOT = re.compile(r"(mon|tue|wed|thu|fri|sat|sun) ([01][0-9]|2[0-3]):([0-5][0-9])")
ChannelId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$")]
Usd = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=6)]
OneLine = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300, pattern=r"^[^\r\n\x00]*$")]


class Channel(Frozen):
    """What a channel wants of its films. Money is in US dollars; times of day are the channel's own.

    A new voice or style is for films ordered from then on: those on order keep theirs, because a new
    voice would mean buying every line again.
    """

    id: ChannelId
    name: OneLine = ""
    voice: OneLine = ""  # an ElevenLabs voice id; empty: the studio's
    style: OneLine = ""  # a sentence that the paid writer keeps to; empty: the studio's own
    references: References | None = None  # seed images a film, at most; none: as many as it wants
    timezone: str = "UTC"
    slots: tuple[str, ...] = ()  # when films go out: "mon 18:00"
    cap_clip_usd: Usd | None = None
    cap_episode_usd: Usd | None = None
    cap_channel_usd: Usd | None = None  # everything ever spent for the channel
    greenlight: GreenlightPolicy = "always_ask"
    greenlight_up_to_usd: Usd | None = None  # for «auto»
    daily_count: int = Field(default=0, ge=0, le=MOST_A_DAY)  # films that the daily schedule begins
    daily_at: str = Field(default="06:00", pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")
    active: bool = True  # paused: nothing new is begun, what is at work goes on

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, zone: str) -> str:
        try:
            return ZoneInfo(zone).key
        except (ZoneInfoNotFoundError, ValueError, OSError):  # what names no file, or a folder
            why = "no such time zone: write one such as Europe/Paris or America/Los_Angeles"
            raise ValueError(why) from None

    @field_validator("slots")
    @classmethod
    def _are_slots(cls, slots: tuple[str, ...]) -> tuple[str, ...]:
        found = tuple(dict.fromkeys(" ".join(slot.lower().split()) for slot in slots))
        for slot in found:
            if not _SLOT.fullmatch(slot):
                raise ValueError(f"{slot!r} is no slot: write a day and a time, such as “mon 18:00”")
        return found

    @model_validator(mode="after")
    def _auto_has_an_amount(self) -> Channel:
        if self.greenlight == "auto" and self.greenlight_up_to_usd is None:
            raise ValueError("greenlight auto needs an amount: --greenlight-up-to 12")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The channel's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def title(self) -> str:
        """What a person calls it."""
        return self.name or self.id

    def changed(self, **fields: object) -> Channel:
        """This channel with other settings. Raises OrderRefused, naming the setting and the mistake."""
        return channel_from({**self.model_dump(), **fields})

    def next_slot(self, after: datetime, taken: Collection[datetime] = ()) -> datetime | None:
        """The first publishing slot later than `after` that nobody has, in UTC; None without slots.

        A slot that summer time skips is an hour later, one that comes twice is the first of the two.
        """
        day = after.astimezone(self.zone).date()
        there = {moment.astimezone(UTC) for moment in taken}
        slots = [(DAYS.index(slot[:3]), time.fromisoformat(slot[4:])) for slot in self.slots]
        for ahead in range(7 * (len(there) + 2) if slots else 0):
            date = day + timedelta(days=ahead)
            for _, at in sorted(slot for slot in slots if slot[0] == date.weekday()):
                moment = datetime.combine(date, at, self.zone).astimezone(UTC)
                if moment > after and moment not in there:
                    return moment
        return None


def channel_from(data: Mapping[str, object]) -> Channel:
    """A channel of plain values. Raises OrderRefused with every mistake in one line."""
    try:
        return Channel.model_validate(dict(data))
    except ValidationError as wrong:
        raise OrderRefused(f"Channel {data.get('id')!r} cannot be: {mistakes(wrong)}.") from None


_HINTS = {
    "id": "use 1–63 lower-case letters, digits and inner hyphens, such as poke1",
    "daily_at": "write a time of day, such as 06:00",
}


def mistakes(wrong: ValidationError) -> str:
    """What is wrong with a value, field by field, for a person."""
    told = []
    for error in wrong.errors(include_url=False):
        where = ".".join(str(part) for part in error["loc"])
        why = error["msg"].removeprefix("Value error, ")
        if error["type"] == "extra_forbidden":
            why = "nobody knows this setting"
        if error["type"] == "string_pattern_mismatch":
            why = _HINTS.get(where, "it must be one line of text")
        told.append(f"{where}: {why}" if where else why)
    return "; ".join(told)
