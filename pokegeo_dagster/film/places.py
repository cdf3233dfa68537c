"""Places in the film: which piece of which episode a piece of work is for."""

from __future__ import annotations

from dataclasses import dataclass, field

from pokegeo_dagster.film.digest import seed_for

WHOLE_FILM = "film"  # the key of an asset that exists once an episode


@dataclass(frozen=True, order=True)
class Place:
    """One piece of one episode: `key` is a clip, a reference, or «film» for the whole."""

    episode: str
    key: str = WHOLE_FILM
    # Which attempt is being made. It changes the seeds of the work, never what the work is.
    take: int = field(default=1, compare=False)

    @classmethod
    def of_partition(cls, partition: str) -> Place:
        """The place that «haunter|clip_05» or «haunter» names."""
        episode, _, key = partition.partition("|")
        return cls(episode, key or WHOLE_FILM)

    @property
    def partition(self) -> str:
        """The Dagster partition key of this place."""
        return self.episode if self.key == WHOLE_FILM else f"{self.episode}|{self.key}"

    def seed(self, *parts: object) -> int:
        """A seed for this place: the first take's, or one of its own for every later take."""
        return seed_for(*parts) if self.take == 1 else seed_for(*parts, "take", self.take)

    def __str__(self) -> str:
        return self.episode if self.key == WHOLE_FILM else f"{self.episode} {self.key}"
