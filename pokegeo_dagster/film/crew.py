"""The jobs on the set, as small Protocols, and the orders they are handed.

An order is a frozen value that says everything the work depends on except the input files, so
its digest (with the digests of those files and the member's `Credit`) is the recipe of a take.
Whoever fills a job writes its files into `room`, an empty folder that is theirs, and returns them.
The same order, inputs and member must give the same bytes: there is no clock in an order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from pydantic import Field

from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.dossier import Dossier
from pokegeo_dagster.film.story.pitches import Pitch
from pokegeo_dagster.film.story.screenplay import Atmosphere, Half, Placement, Reference, Screenplay
from pokegeo_dagster.film.story.species import Species
from pokegeo_dagster.film.vocabulary import Framing


class Credit(Frozen):
    """Who does a job and with what. `edition` rises whenever the same order would look or sound
    different, so that takes of an older edition are known to be older."""

    member: str  # "house", "kling" …
    model: str
    edition: int = 1


@dataclass(frozen=True)
class Made:
    """What a crew member hands over: files by part name (`main` always), and a slate of facts
    measured from them (JSON values: sizes, durations in seconds, words)."""

    files: Mapping[str, Path]
    slate: Mapping[str, Any] = field(default_factory=dict)
    cost_usd: Decimal = Decimal(0)


class ReferenceOrder(Frozen):
    """One seed image. Characters other than the sheet get the sheet's picture as `sheet`."""

    reference: Reference
    atmosphere: Atmosphere
    delivery: Delivery
    seed: int  # the same for every reference of an episode: one animal, one place


class CompositeOrder(Frozen):
    """The opening frame of one shot, from the pictures named in it."""

    framing: Framing
    plate: str  # a reference id: the background
    subjects: tuple[Placement, ...]
    split: Half | None = Field(default=None, exclude_if=lambda half: half is None)  # the right half
    delivery: Delivery


class ClipOrder(Frozen):
    """The moving picture of one shot: `frames` long, in the delivery's size and rate."""

    prompt: str
    movement: str
    camera: str
    framing: Framing
    atmosphere: Atmosphere
    delivery: Delivery
    frames: int
    seed: int


class NarrationOrder(Frozen):
    """One spoken line. `names` are proper names in it that a voice may stumble over.

    `previous_text` and `next_text` are what is said around it, for voices that listen to it. They are
    part of the recipe: with them, an edited line makes its neighbours stale. Left out, they leave no
    trace in the order's digest.
    """

    text: str
    names: tuple[str, ...] = ()
    voice: str | None = None
    seed: int = 1
    previous_text: str | None = Field(default=None, exclude_if=lambda said: said is None)
    next_text: str | None = Field(default=None, exclude_if=lambda said: said is None)


class SoundOrder(Frozen):
    """The atmosphere of one clip: `cue` says what is heard, for `duration_s` seconds."""

    cue: str
    duration_s: float
    seed: int


class Word(Frozen):
    """One spoken word and when, in seconds from the start of its sound file."""

    text: str
    start_s: float
    end_s: float


class Researcher(Protocol):
    """Finds out what is known of a species."""

    credit: Credit

    def research(self, brief: Brief, species: Species) -> Dossier: ...


class Writer(Protocol):
    """Offers five stories, then writes one."""

    credit: Credit

    def pitch(self, brief: Brief, dossier: Dossier) -> Sequence[Pitch]: ...

    def write(self, brief: Brief, dossier: Dossier, pitch: Pitch) -> Screenplay: ...


class Illustrator(Protocol):
    """Draws a seed image. Parts: `main`, an RGBA PNG cut out for characters and props, an RGB PNG
    1.2× the delivery's size for environments. The house adds depth layers of an environment:
    `far` (RGB), `mid` and `near` (RGBA), all of main's size, whose stack is main."""

    credit: Credit

    def draw(self, order: ReferenceOrder, sheet: Path | None, room: Path) -> Made: ...


class Compositor(Protocol):
    """Builds the opening frame. Parts: `main`, exactly the delivery's size; and the layers a house
    camera moves apart (see providers/bench/compositor.py). Of a split screen there are two sets of
    layers, whose parts begin with `left_` and `right_`."""

    credit: Credit

    def compose(
        self, order: CompositeOrder, pictures: Mapping[str, Mapping[str, Path]], room: Path
    ) -> Made: ...


class Camera(Protocol):
    """Brings an opening frame to life. Parts: `main`, an MP4 at least `frames` long, and `poster`,
    a JPEG of its first third. `frames_for` says how long a clip this camera would shoot for a
    segment of so many frames; a vendor has fixed lengths, the house shoots just what is needed.
    `would_do` are all lengths of its clips, however it was set when they were shot, that hold the
    segment: what is bought is not bought again because a setting changed."""

    credit: Credit

    def frames_for(self, segment_frames: int, delivery: Delivery) -> int: ...

    def would_do(self, segment_frames: int, delivery: Delivery) -> tuple[int, ...]: ...

    def film(self, order: ClipOrder, composite: Mapping[str, Path], room: Path) -> Made: ...


class Narrator(Protocol):
    """Speaks a line. Parts: `main`, a sound file without silence at its ends. The slate has
    `duration_s` and `words` (a list of Word dumps)."""

    credit: Credit

    def speak(self, order: NarrationOrder, room: Path) -> Made: ...


class FoleyArtist(Protocol):
    """Performs a cue. Parts: `main`, a stereo sound file at least `duration_s` long."""

    credit: Credit

    def perform(self, order: SoundOrder, room: Path) -> Made: ...


@dataclass(frozen=True)
class Crew:
    """Everyone on the set: one member a job."""

    researcher: Researcher
    writer: Writer
    illustrator: Illustrator
    compositor: Compositor
    camera: Camera
    narrator: Narrator
    foley: FoleyArtist
