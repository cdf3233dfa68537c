"""The brief: the order for one episode."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field, field_validator

from pokegeo_dagster.film.edit.delivery import DELIVERIES, Delivery, Profile
from pokegeo_dagster.film.edit.finish import Finish
from pokegeo_dagster.film.ids import MOST_CLIPS, EpisodeId
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.story.rules import MOST_REFERENCES
from pokegeo_dagster.film.vocabulary import Priority

# The sheet, two poses and a rival, two props and two places: with fewer, eighteen clips look alike.
LEAST_REFERENCES = 8


def _as_many(references: int) -> int:
    if not LEAST_REFERENCES <= references <= MOST_REFERENCES:
        raise ValueError(
            f"{references} cannot be: a film keeps to at most {LEAST_REFERENCES} to {MOST_REFERENCES} of them"
        )
    return references


References = Annotated[int, AfterValidator(_as_many)]  # how many seed images are drawn, at most


class Brief(Frozen):
    """What was ordered: enough to make the whole film, and to make the same film again."""

    episode: EpisodeId
    species: str  # a slug of the species book
    channel: str = "default"
    clip_count: int = Field(default=18, ge=1, le=MOST_CLIPS)
    seed: int = Field(default=1, ge=0, le=2**31 - 1)
    profile: Profile = "full"
    priority: Priority = "normal"
    budget_usd: Decimal | None = None
    voice: str = ""  # the channel's when it was ordered: an ElevenLabs voice id; empty: the studio's
    style: str = ""  # the channel's when it was ordered; empty: the studio's own
    publish_at: datetime | None = None  # UTC
    # At most so many seed images; as many as the film wants where nothing is said, and then, as with
    # `finish`, left out of the digest.
    references: References | None = Field(default=None, exclude_if=lambda most: most is None)
    # What is put on the film. Left out of the digest where nothing is: an older film stays as it is.
    finish: Finish | None = Field(default=None, exclude_if=lambda finish: finish is None)

    @field_validator("publish_at")
    @classmethod
    def _in_utc(cls, moment: datetime | None) -> datetime | None:
        if moment is not None and moment.tzinfo is None:
            raise ValueError("a publish time needs its zone, such as 2026-12-24T18:00:00Z")
        return moment.astimezone(UTC) if moment else None

    @property
    def delivery(self) -> Delivery:
        """The format this episode is delivered in."""
        return DELIVERIES[self.profile]


def for_an_edit(brief: Brief | None) -> int | None:
    """How many references a person may list who edits a film's screenplay: of a film for which fewer
    were ordered, as few or as many as there may be; else the full set is wanted (None)."""
    return MOST_REFERENCES if brief and brief.references else None
