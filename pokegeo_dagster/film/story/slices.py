"""Slices of a screenplay: exactly what one clip depends on, so that an edit touches one clip."""

from __future__ import annotations

from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.screenplay import Atmosphere, Screenplay, Shot
from pokegeo_dagster.film.story.species import species_book


class ShotSlice(Frozen):
    """One clip's part of the screenplay, and nothing of the other clips."""

    shot: Shot
    atmosphere: Atmosphere
    delivery: Delivery
    seed: int
    names: tuple[str, ...]  # proper names that its narration speaks


def slice_shot(brief: Brief, screenplay: Screenplay, clip: str) -> ShotSlice:
    """What `clip` depends on. Raises KeyError when the screenplay has no such clip."""
    shot = next((s for s in screenplay.shots if s.clip == clip), None)
    if shot is None:
        raise KeyError(clip)
    book = species_book()
    animals = dict.fromkeys((screenplay.species, *(r.species for r in screenplay.references)))
    names = [book[slug].name for slug in animals if slug in book]
    return ShotSlice(
        shot=shot,
        atmosphere=screenplay.atmosphere,
        delivery=brief.delivery,
        seed=brief.seed,
        names=tuple(name for name in names if name in shot.narration),
    )
