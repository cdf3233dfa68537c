"""The pitches: five stories that could be told, and the one that will be."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.vocabulary import Habitat, Light, Weather


class Pitch(Frozen):
    """One story in a paragraph. `score` (0–1) is the writer's own judgement, with its reason."""

    title: str = Field(min_length=3)
    logline: str = Field(min_length=20)
    conflict: str  # who or what stands against the animal
    rival: str | None  # slug of a second species that appears, if any
    habitat: Habitat
    light: Light
    weather: Weather
    score: float = Field(ge=0, le=1)
    why: str


class Pitches(Frozen):
    """Exactly five pitches and the picked one (0–4), with who picked it."""

    options: tuple[Pitch, ...] = Field(min_length=5, max_length=5)
    picked: int = Field(ge=0, le=4)
    picked_by: Literal["best score", "human"]

    @model_validator(mode="after")
    def _titles_differ(self) -> Pitches:
        if len({p.title for p in self.options}) != 5:
            raise ValueError("the five pitches need five different titles")
        return self

    @property
    def chosen(self) -> Pitch:
        """The story that will be filmed."""
        return self.options[self.picked]
