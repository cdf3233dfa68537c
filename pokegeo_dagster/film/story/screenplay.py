"""The screenplay: everything that is decided before anything is drawn, spoken or filmed.

The types live here; the rules of a good screenplay (beats in order, one movement a clip, camera
last) live in `rules.py` and are checked wherever a screenplay enters the house.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pokegeo_dagster.film.ids import ClipId, ReferenceId
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.vocabulary import (
    Beat,
    Framing,
    Habitat,
    Light,
    Pose,
    Prop,
    ReferenceKind,
    Vantage,
    Weather,
)


class Atmosphere(Frozen):
    """The global block that every picture of the film shares."""

    habitat: Habitat
    light: Light
    weather: Weather
    palette: tuple[str, ...] = Field(min_length=2, max_length=6)  # colour words, the key colour first
    prose: str = Field(min_length=20)  # put before every image prompt


class Setting(Frozen):
    """What an environment plate shows, and from where."""

    habitat: Habitat
    light: Light
    weather: Weather
    vantage: Vantage


class Reference(Frozen):
    """One seed image: how an animal, a thing or a place looks in this film.

    A character has `species` and `pose`; a prop has `prop`; an environment has `setting`.
    The first character is the sheet that keeps the animal the same animal.
    """

    id: ReferenceId
    kind: ReferenceKind
    name: str = Field(pattern=r"^[a-z0-9_]{3,60}$")  # file name on export: haunter_floating_alert
    description: str = Field(min_length=20)  # what an illustrator reads
    species: str | None = None
    pose: Pose | None = None
    prop: Prop | None = None
    setting: Setting | None = None


class Placement(Frozen):
    """Where a subject stands in the frame.

    `x` is its middle and `y` the foot of it, 0–1 from the left and the top edge. `height` is its
    height as a share of the frame's. `facing` says which way it looks; drawn characters face right.
    """

    reference: ReferenceId
    x: float = Field(ge=-0.2, le=1.2)
    y: float = Field(ge=0, le=1.6)
    height: float = Field(gt=0, le=2.5)
    facing: Literal["left", "right"] = "right"


SPLIT_TOLD = (
    "Split screen: two separate scenes side by side; the dividing line down the middle stays fixed, and "
    "nothing crosses it."
)


class Half(Frozen):
    """The right half of a split screen: a place and subjects of its own. Placements count in it as
    they do in a whole frame, 0–1 from its own left and top edge."""

    plate: ReferenceId
    subjects: tuple[Placement, ...] = Field(default=(), max_length=3)


class Motion(Frozen):
    """The motion prompt in its order of importance: if a camera runs out of attention, it drops
    the last words first, and those are about itself."""

    action: str = Field(min_length=5)  # [Subject] [does action].
    details: str = Field(min_length=5)  # [Body part] [does thing].
    sequence: str = Field(min_length=5)  # [Result].
    environment: str = Field(min_length=5)
    camera: str = Field(min_length=5)  # "Slow push in."

    @property
    def prompt(self) -> str:
        """The whole prompt, the camera last."""
        return " ".join((self.action, self.details, self.sequence, self.environment, self.camera))


class Shot(Frozen):
    """One planned clip: a breathing photograph, what is said over it and what is heard."""

    clip: ClipId
    beat: Beat
    framing: Framing
    plate: ReferenceId  # an environment
    subjects: tuple[Placement, ...] = Field(default=(), max_length=3)  # back to front
    # Two domains side by side: then `plate` and `subjects` are the left half, and this is the right one.
    split: Half | None = Field(default=None, exclude_if=lambda half: half is None)
    still: str = Field(min_length=10)  # what the photograph shows
    movement: str = Field(min_length=5)  # the one thing in it that moves
    motion: Motion
    narration: str = Field(min_length=1)
    sound_cue: str = Field(min_length=5)

    @property
    def references(self) -> tuple[str, ...]:
        """Every reference the opening frame is made from, the plate first, no doubles."""
        right = (self.split.plate, *(s.reference for s in self.split.subjects)) if self.split else ()
        return tuple(dict.fromkeys((self.plate, *(s.reference for s in self.subjects), *right)))

    @property
    def main_subjects(self) -> tuple[Placement, ...]:
        """Whoever the shot is about, in the whole frame: of a split screen, those of its left half."""
        if self.split is None:
            return self.subjects
        return tuple(s.model_copy(update={"x": s.x / 2}) for s in self.subjects)

    @property
    def prompt(self) -> str:
        """What a camera is told: the motion prompt, and of a split screen that it stays one."""
        if self.split is None:
            return self.motion.prompt
        told = self.motion
        return " ".join((told.action, told.details, told.sequence, told.environment, SPLIT_TOLD, told.camera))


class Screenplay(Frozen):
    """A film on paper."""

    title: str = Field(min_length=3)
    logline: str = Field(min_length=10)
    species: str
    author: str = "house"
    atmosphere: Atmosphere
    references: tuple[Reference, ...] = Field(min_length=1, max_length=30)
    shots: tuple[Shot, ...] = Field(min_length=1, max_length=24)
