"""The dossier: what is known of the species, each fact with its source and how sure we are."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.vocabulary import BodyPlan, Habitat

Confidence = Literal["recorded", "inferred", "imagined"]


class Fact(Frozen):
    """One sentence that can be checked."""

    text: str = Field(min_length=3)
    source: str  # "species record: types", "inferred from egg group Dragon" …
    confidence: Confidence


class Dossier(Frozen):
    """A species profile in three parts, as a field biologist would file it."""

    species: str
    name: str
    body_plan: BodyPlan
    habitats: tuple[Habitat, ...] = Field(min_length=1)  # the home first
    physiology: tuple[Fact, ...] = Field(min_length=3)  # textures, anatomy, scale
    niche: tuple[Fact, ...] = Field(min_length=3)  # habitat, diet, behaviour
    story_hooks: tuple[Fact, ...] = Field(min_length=3)
