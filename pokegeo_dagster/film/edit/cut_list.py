"""The cut list: the film as an editor reads it, clip by clip, with the media beside it. Pure values."""

from __future__ import annotations

from pydantic import Field

from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.edit.fades import Fade
from pokegeo_dagster.film.edit.finish import Mark
from pokegeo_dagster.film.edit.timeline import Cut
from pokegeo_dagster.film.model import Frozen

TRACKS = ("narration_stem", "effects_stem")  # in the order of the audio tracks


class Event(Frozen):
    """One clip in its cut. Paths are relative to the folder that the list lies in.

    `held_frames` is how many frames of the film's rate the media file holds; the cut uses the first
    `cut.frames` of them, what is beyond is its handle. It may hold up to half a second less than the
    cut: then its last frame stands.
    """

    cut: Cut
    video: str
    held_frames: int = Field(ge=1)
    stems: dict[str, str]  # by the names in TRACKS: each exactly as long as the cut
    line: str = ""  # what is said over it
    cue: str = ""  # what is heard over it
    fade: Fade | None = None  # how it comes over the event before it; None: a hard cut


class CutList(Frozen):
    """The whole film, its events in order and without a gap."""

    episode: str
    title: str
    delivery: Delivery
    events: tuple[Event, ...] = Field(min_length=1)
    music: str | None = None  # a file as long as the film, which lies under all of it
    watermark: str | None = None  # a PNG that is burnt into every clip, as `mark` says
    mark: Mark | None = None
    fade: int = 0  # frames over which clips were asked to fade; how long each fade is, its event says

    @property
    def frames(self) -> int:
        """The film's length."""
        return sum(event.cut.frames for event in self.events)
