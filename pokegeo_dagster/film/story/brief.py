"""The brief: the order for one episode."""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field

from pokegeo_dagster.film.edit.delivery import DELIVERIES, Delivery, Profile
from pokegeo_dagster.film.ids import MOST_CLIPS, EpisodeId
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.vocabulary import Priority


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

    @property
    def delivery(self) -> Delivery:
        """The format this episode is delivered in."""
        return DELIVERIES[self.profile]
