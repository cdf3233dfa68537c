"""The house writer: five pitches and a whole screenplay from a grammar, the species' record and a seed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pokegeo_dagster.film.crew import Credit
from pokegeo_dagster.film.digest import seed_for
from pokegeo_dagster.film.ids import CLIP_IDS
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.dossier import Dossier
from pokegeo_dagster.film.story.ecology import neighbour_of, rival_of
from pokegeo_dagster.film.story.pitches import Pitch
from pokegeo_dagster.film.story.rules import FULL_FILM_CLIPS
from pokegeo_dagster.film.story.screenplay import Placement, Screenplay, Setting, Shot
from pokegeo_dagster.film.story.species import Species, find_species, species_book
from pokegeo_dagster.film.vocabulary import Beat, Framing, Pose, Prop, Vantage
from pokegeo_dagster.providers.house import staging
from pokegeo_dagster.providers.house.casting import Cast, atmosphere_of
from pokegeo_dagster.providers.house.direction import Directed, Director
from pokegeo_dagster.providers.house.plot import (
    ACTS,
    Premise,
    lexicon_for,
    moments_for,
    pitch_of,
    premises_of,
)
from pokegeo_dagster.providers.house.prose import bank
from pokegeo_dagster.providers.house.prose.telling import Teller
from pokegeo_dagster.providers.house.staging import Plate

_REFERENCES = 22  # the worked example of the format; a small film needs four more than it has clips
_ACT_OF: dict[Beat, int] = {"hook": 0, "trigger": 0, "context": 0, "clash": 1, "twist": 1, "closing": 2}
_NEAREST_POSE: dict[Pose, tuple[Pose, ...]] = {
    "rest": ("portrait", "alert"), "travel": ("alert", "forage"), "forage": ("rest", "alert"),
    "threat": ("alert", "call"), "call": ("threat", "alert"), "portrait": ("alert", "rest"),
    "alert": ("portrait", "threat", "travel"), "sheet": ("alert",),
}  # fmt: skip
_VANTAGES: tuple[Vantage, ...] = ("vista", "clearing", "ground", "thicket", "waterside", "shelter")


@dataclass(frozen=True)
class _Planned:
    """A shot before it is framed: its beat and its moment."""

    beat: Beat
    moment: bank.Moment

    @property
    def act(self) -> int:
        return _ACT_OF[self.beat]


class HouseWriter:
    """Writes without a key and without a network. The same brief gives the same film."""

    credit = Credit(member="house", model="grammar")

    def pitch(self, brief: Brief, dossier: Dossier) -> Sequence[Pitch]:
        """Five different stories, the one that suits the animal best first."""
        species = find_species(dossier.species)
        return [pitch_of(species, p, brief.seed) for p in premises_of(species, brief.seed)]

    def write(self, brief: Brief, dossier: Dossier, pitch: Pitch) -> Screenplay:
        """The screenplay of a pitch: one of its own, or anybody's, whose animal, rival, place and
        light it keeps."""
        species = find_species(dossier.species)
        premise = _premise_behind(species, brief.seed, pitch)
        return _Draft(brief, species, premise, pitch).screenplay()


def _premise_behind(species: Species, seed: int, pitch: Pitch) -> Premise:
    """The premise that a pitch was worded from; for a stranger's pitch, the story nearest to it."""
    own = premises_of(species, seed)
    for premise in own:
        worded = pitch_of(species, premise, seed)
        if (worded.logline, worded.rival) == (pitch.logline, pitch.rival):
            return premise
    told = f"{pitch.title} {pitch.logline} {pitch.conflict}".lower()
    hits = {name: sum(told.count(word) for word in words) for name, words in _TELLTALES.items()}
    story = max(bank.STORIES, key=lambda name: (hits[name], name == own[0].story))
    book = species_book()
    rival = book[pitch.rival] if pitch.rival in book and pitch.rival != species.slug else None
    return Premise(
        story=story,
        rival=rival or rival_of(species, seed, pitch.habitat),
        habitat=pitch.habitat,
        light=pitch.light,
        weather=pitch.weather,
        score=pitch.score,
    )


_TELLTALES: dict[str, tuple[str, ...]] = {
    "hunger": ("hunger", "hungry", "food", "feed", "meal", "prey", "starv"),
    "rival": ("territor", "border", "rival", "duel", "challenge"),
    "storm": ("storm", "flood", "blizzard", "shelter", "weather", "eruption"),
    "young": ("young", "juvenile", "first", "hatchling", "learn", "cub"),
    "crossing": ("journey", "cross", "migrat", "travel", "road", "return"),
    "watch": ("guard", "nest", "eggs", "watch", "thief", "protect"),
    "lean": ("drought", "waterhole", "lean", "dry", "truce", "share"),
    "hunted": ("hunted", "hunter", "escape", "stalk", "pursu", "predator", "trail"),
}


class _Draft:
    """One screenplay in the making."""

    def __init__(self, brief: Brief, species: Species, premise: Premise, pitch: Pitch):
        self.brief, self.species, self.premise, self.pitch = brief, species, premise, pitch
        self.rival = premise.rival
        self.key = seed_for("screenplay", species.slug, premise.story, premise.rival.slug, brief.seed)
        self.dice = random.Random(self.key)  # noqa: S311 - a film is drawn from its seed
        self.lexicon = lexicon_for(species, premise, self.key)
        self.shots = [
            _Planned(beat, moment) for beat, moment in moments_for(premise, brief.clip_count, self.dice)
        ]
        self.cast = Cast()

    def screenplay(self) -> Screenplay:
        """The finished screenplay."""
        self.cast.animal(self.species, "sheet")
        poses = self._poses()
        props = self._props(1 + len(set(poses.values())))
        framed = staging.choose_plates(self._framings(), self._plates(1 + len(set(poses.values())), len(props)))
        lines = self._lines()
        subjects = self._subjects(framed, poses, props)
        directed = self._directed(framed)
        premise = self.premise
        return Screenplay(
            title=self.pitch.title,
            logline=self.pitch.logline,
            species=self.species.slug,
            atmosphere=atmosphere_of(premise.habitat, premise.light, premise.weather),
            references=self.cast.references,
            shots=tuple(
                Shot(
                    clip=CLIP_IDS[n],
                    beat=planned.beat,
                    framing=framed[n][1],
                    plate=framed[n][0].id,
                    subjects=subjects[n],
                    still=directed[n].still,
                    movement=directed[n].movement,
                    motion=directed[n].motion,
                    narration=lines[n],
                    sound_cue=directed[n].sound_cue,
                )
                for n, planned in enumerate(self.shots)
            ),
        )
