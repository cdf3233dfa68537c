"""An order for an episode, as a person writes it (terminal, UI, a file), and the brief that comes of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationError

from pokegeo_dagster.film.edit.delivery import Profile
from pokegeo_dagster.film.edit.finish import AskedFinish
from pokegeo_dagster.film.errors import BriefRefused
from pokegeo_dagster.film.ids import MOST_CLIPS, episode_id
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.release.channel import DEFAULT_CHANNEL, Channel, mistakes
from pokegeo_dagster.film.story.brief import Brief, References
from pokegeo_dagster.film.story.species import find_species
from pokegeo_dagster.film.vocabulary import Priority

NEXT = "next"  # a publish time: the channel's next free slot
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)")


def _moment(value: object) -> object:
    """A moment in UTC, or «next»."""
    if value is None or value == NEXT or value == "":
        return value or None
    if isinstance(value, str):
        if not _RFC_3339.fullmatch(value.strip()):
            raise ValueError("write date, time and zone, such as 2026-12-24T18:00:00Z, or “next”")
        try:
            value = datetime.fromisoformat(value.strip().upper())
        except ValueError:
            raise ValueError("there is no such day or time") from None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError("a publish time needs its zone, such as 2026-12-24T18:00:00Z")
    return value.astimezone(UTC)


class Order(Frozen):
    """What a person asks for. Only the species is needed; everything else has a default."""

    species: str
    episode: str | None = None  # its name; the species unless told
    channel: str = DEFAULT_CHANNEL
    clips: int = Field(default=18, ge=1, le=MOST_CLIPS)
    references: References | None = None  # seed images, at most; the channel's, or as the film wants
    seed: int = Field(default=1, ge=0, le=2**31 - 1)
    profile: Profile = "full"
    priority: Priority = "normal"
    budget: Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=6)] | None = None  # US dollars
    publish_at: Annotated[datetime | str | None, BeforeValidator(_moment)] = None
    finish: AskedFinish | None = None  # what is put on the film

    def beside(self, folder: str) -> Order:
        """The same order, its files found from this folder."""
        return self.model_copy(update={"finish": self.finish.beside(folder)}) if self.finish else self


def order_from(data: Mapping[str, object], where: str) -> Order:
    """The order that plain values make. Raises BriefRefused with every mistake in one line."""
    try:
        return Order.model_validate(dict(data))
    except ValidationError as wrong:
        known = ", ".join(Order.model_fields)
        raise BriefRefused(f"{where} cannot be ordered: {mistakes(wrong)}. A brief has {known}.") from None


def brief_of(order: Order, channel: Channel, now: datetime, taken: Collection[datetime] = ()) -> Brief:
    """The brief of an order, with the channel's voice, style and most references of today.

    `taken` are the publish times of the channel's other films. Raises UnknownSpecies, BriefRefused.
    """
    animal = find_species(order.species)
    return Brief(
        episode=episode_id(order.episode or animal.slug),
        species=animal.slug,
        channel=channel.id,
        clip_count=order.clips,
        seed=order.seed,
        profile=order.profile,
        priority=order.priority,
        budget_usd=order.budget,
        voice=channel.voice,
        style=channel.style,
        references=order.references or channel.references,
        publish_at=_publish_time(order, channel, now, taken),
    )


def _publish_time(
    order: Order, channel: Channel, now: datetime, taken: Collection[datetime]
) -> datetime | None:
    wanted = order.publish_at
    if wanted == NEXT:
        found = channel.next_slot(now, taken)
        if found is None:
            raise BriefRefused(
                f"Channel {channel.id} has no publishing slots: name a time, or give it some with "
                f"`pokegeo channel set {channel.id} --slot 'mon 18:00'`."
            )
        return found
    if not isinstance(wanted, datetime):
        return None
    if wanted <= now:
        at, it_is = (f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for moment in (wanted, now))
        raise BriefRefused(f"The publish time {at} is past (it is {it_is}): name one that lies ahead.")
    return wanted
