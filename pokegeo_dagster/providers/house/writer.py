"""The house writer: five pitches and a whole screenplay from a grammar, the species' record and a seed."""

from __future__ import annotations

from collections.abc import Sequence

from pokegeo_dagster.film.crew import Credit
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.dossier import Dossier
from pokegeo_dagster.film.story.pitches import Pitch
from pokegeo_dagster.film.story.rivalry import rival_of
from pokegeo_dagster.film.story.screenplay import Screenplay
from pokegeo_dagster.film.story.species import Species, find_species, species_book
from pokegeo_dagster.providers.house.draft import Draft
from pokegeo_dagster.providers.house.plot import (
    Premise,
    pitch_of,
    premises_of,
)
from pokegeo_dagster.providers.house.prose import bank


class HouseWriter:
    """Writes without a key and without a network. The same brief gives the same film."""

    credit = Credit(member="house", model="grammar", edition=2)

    def pitch(self, brief: Brief, dossier: Dossier) -> Sequence[Pitch]:
        """Five different stories, the one that suits the animal best first."""
        species = find_species(dossier.species)
        return [pitch_of(species, p, brief.seed) for p in premises_of(species, brief.seed)]

    def write(self, brief: Brief, dossier: Dossier, pitch: Pitch) -> Screenplay:
        """The screenplay of a pitch: one of its own, or anybody's, whose animal, rival, place and
        light it keeps."""
        species = find_species(dossier.species)
        premise = _premise_behind(species, brief.seed, pitch)
        return Draft(brief, species, premise, pitch).screenplay()


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
