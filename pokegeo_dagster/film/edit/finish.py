"""The finish: what is put on a film that could also go out without it. Nothing, unless it is asked for.

A card is a segment like any other: it has its place in the cut, its own length in whole frames, and
two stems. So whoever reads the cut needs to know only that a card has no clip, no line and no camera.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.edit.timeline import Cut, lay_cuts
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.story.screenplay import Atmosphere

CardName = Literal["title", "end"]
Corner = Literal["top_left", "top_right", "bottom_left", "bottom_right"]
Mood = Literal["serene", "solemn", "tense"]
TITLE: CardName = "title"
END: CardName = "end"
# Shorter reads as a fault; longer than half of the shortest segment, and a clip would be all fade.
SHORTEST_FADE_S, LONGEST_FADE_S = 0.125, 1.0
CARD_S: dict[CardName, float] = {"title": 4.5, "end": 6.0}  # long enough to be read twice
MADE_WITH_AI = "Made with AI"
# Roles in the order of a roll of credits, each with the assets whose makers it names.
ROLES: dict[str, tuple[str, ...]] = {
    "Research": ("dossier",),
    "Screenplay": ("pitches", "screenplay"),
    "Pictures": ("reference",),
    "Camera": ("clip",),
    "Narration": ("narration",),
    "Sound": ("sound_effect",),
}
NAMES = {"house": "House crew", "human": "By hand", "gemini": "Google Gemini", "kie": "Kling",
         "elevenlabs": "ElevenLabs", "openai": "OpenAI", "comfyui": "ComfyUI"}  # fmt: skip


class Kept(Frozen):
    """A file of the user's, kept in the store by its digest from the moment the brief is filed."""

    name: str  # what they called it
    key: str
    sha256: str


class Composed(Frozen):
    """Music by the house: the same dice and mood give the same bed."""

    seed: int
    mood: Mood


class Mark(Frozen):
    """How a watermark lies: its width and its distance from both edges are shares of the frame's shorter
    side."""

    corner: Corner = "bottom_right"
    opacity: float = Field(default=0.7, ge=0.05, le=1)
    width: float = Field(default=0.16, ge=0.02, le=0.6)
    margin: float = Field(default=0.04, ge=0, le=0.3)


class Watermark(Mark):
    """A user's picture with alpha, burnt into every clip; cards are without it."""

    file: Kept

    @property
    def mark(self) -> Mark:
        """How it lies, without what it is."""
        return Mark(corner=self.corner, opacity=self.opacity, width=self.width, margin=self.margin)


class Finish(Frozen):
    """What a film is finished with."""

    title_card: bool = False
    end_card: bool = False
    music: Literal["house"] | Kept | None = None
    watermark: Watermark | None = None
    # How long clips fade into each other; None: hard cuts.
    cross_fade_s: float | None = Field(
        default=None, ge=SHORTEST_FADE_S, le=LONGEST_FADE_S, exclude_if=lambda fade: fade is None
    )

    @property
    def is_plain(self) -> bool:
        """Whether nothing is put on the film."""
        return self == Finish()

    def told(self) -> str:
        """In a few words."""
        music = f"music ({self.music.name})" if isinstance(self.music, Kept) else "music"
        mark = f"watermark ({self.watermark.file.name})" if self.watermark else ""
        fades = f"cross-fades of {self.cross_fade_s:g} s" if self.cross_fade_s else ""
        said = [("title card", self.title_card), ("end card", self.end_card), (music, self.music),
                (mark, self.watermark), (fades, self.cross_fade_s)]  # fmt: skip
        return ", ".join(what for what, there in said if there) or "plain"


def _underlined(corner: object) -> object:
    return corner.replace("-", "_") if isinstance(corner, str) else corner


class AskedMark(Mark):
    """A watermark as a person asks for it in a file: its own file by name."""

    file: str
    corner: Annotated[Corner, BeforeValidator(_underlined)] = "bottom_right"


class AskedFinish(Frozen):
    """A finish as a person asks for it in a file. Files are named, from where the order lies."""

    title_card: bool = False
    end_card: bool = False
    music: bool | str = False  # true: composed by the house
    watermark: str | AskedMark | None = None
    cross_fade: float | None = Field(default=None, ge=SHORTEST_FADE_S, le=LONGEST_FADE_S)

    def beside(self, folder: str) -> AskedFinish:
        """The same with the files found from this folder."""
        music = str(PurePath(folder, self.music)) if isinstance(self.music, str) else self.music
        mark = self.watermark
        if isinstance(mark, AskedMark):
            mark = mark.model_copy(update={"file": str(PurePath(folder, mark.file))})
        elif mark is not None:
            mark = str(PurePath(folder, mark))
        return self.model_copy(update={"music": music, "watermark": mark})


class Card(Frozen):
    """One card: its words, and how long it stands. `credits` are pairs of a role and who did it."""

    name: CardName
    heading: str
    under: str
    credits: tuple[tuple[str, str], ...] = ()
    frames: int


def music_for(finish: Finish | None, atmosphere: Atmosphere, seed: int) -> Composed | Kept | None:
    """The music that a finish asks for: the user's, or the house's in the mood of the story's light."""
    if finish is None or finish.music is None:
        return None
    if isinstance(finish.music, Kept):
        return finish.music
    return Composed(seed=seed, mood=mood_of(atmosphere))


def mood_of(atmosphere: Atmosphere) -> Mood:
    """What a place sounds like: an open morning, a grey or a dark one, or one where something burns."""
    if atmosphere.weather in ("embers", "dust"):
        return "tense"
    if atmosphere.light in ("night", "dusk", "overcast") or atmosphere.weather in ("rain", "snow"):
        return "solemn"
    return "serene"


def is_card(name: str) -> bool:
    """Whether a segment of the cut is a card and not a clip."""
    return name in CARD_S


def card_frames(name: CardName, delivery: Delivery) -> int:
    """How long a card stands."""
    return round(CARD_S[name] * delivery.rate_fps)


def lay_programme(
    clips: Sequence[str], frames: Iterable[int], finish: Finish | None, delivery: Delivery
) -> tuple[Cut, ...]:
    """Every segment of the film in its place, cards included."""
    names, lengths = list(clips), list(frames)
    if finish and finish.title_card:
        names, lengths = [TITLE, *names], [card_frames(TITLE, delivery), *lengths]
    if finish and finish.end_card:
        names, lengths = [*names, END], [*lengths, card_frames(END, delivery)]
    return lay_cuts(names, lengths, delivery)


def cards_and_clips(cuts: Sequence[Cut]) -> tuple[tuple[Cut, ...], tuple[Cut, ...]]:
    """The cards among the segments of a cut, and the clips."""
    return (
        tuple(cut for cut in cuts if is_card(cut.clip)),
        tuple(cut for cut in cuts if not is_card(cut.clip)),
    )


def cards_of(
    finish: Finish | None, title: str, species: str, makers: Sequence[tuple[str, str]], delivery: Delivery
) -> tuple[Card, ...]:
    """The cards that a finish asks for. `makers` are pairs of an asset and the member who made it."""
    if finish is None:
        return ()
    cards = []
    if finish.title_card:
        cards.append(Card(name=TITLE, heading=title, under=species, frames=card_frames(TITLE, delivery)))
    if finish.end_card:
        cards.append(
            Card(
                name=END, heading=title, under=MADE_WITH_AI, credits=credit_roll(makers),
                frames=card_frames(END, delivery),
            )
        )  # fmt: skip
    return tuple(cards)


def credit_roll(makers: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Who did what, by role; a role that two shared names both, whoever did most first."""
    roll = []
    for role, assets in ROLES.items():
        members = [member for asset, member in makers if asset in assets]
        ranked = sorted(dict.fromkeys(members), key=lambda member: -members.count(member))
        if ranked:
            roll.append((role, ", ".join(NAMES.get(member, member.capitalize()) for member in ranked)))
    return tuple(roll)
