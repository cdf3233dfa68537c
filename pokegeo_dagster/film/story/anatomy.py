"""Anatomy: the body of a species, worked out from its record; what an illustrator draws by."""

from __future__ import annotations

from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.story.species import Species
from pokegeo_dagster.film.vocabulary import BodyPlan


class Anatomy(Frozen):
    """How a species is built."""

    body_plan: BodyPlan


def anatomy_of(species: Species) -> Anatomy:
    """The body of a species."""
    return Anatomy(body_plan="quadruped")
