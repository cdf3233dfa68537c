"""The Gemini writer: five pitches, then a screenplay that the house's rules accept."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import Field, ValidationError

from pokegeo_dagster.film.errors import ScreenplayInvalid
from pokegeo_dagster.film.ids import CLIP_IDS
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.dossier import Dossier
from pokegeo_dagster.film.story.pitches import Pitch, Pitches
from pokegeo_dagster.film.story.rules import (
    EVERY_BEAT_FROM,
    FEWEST_REFERENCES,
    FULL_FILM_CLIPS,
    MOST_REFERENCES,
    screenplay_from_data,
)
from pokegeo_dagster.film.story.screenplay import Screenplay
from pokegeo_dagster.film.story.species import Species, find_species, species_book
from pokegeo_dagster.film.vendors import Job
from pokegeo_dagster.film.vocabulary import BEATS, Habitat, Light, Prop, Weather
from pokegeo_dagster.providers.gemini.client import GeminiClient
from pokegeo_dagster.providers.gemini.mending import mended_pitches, mended_screenplay
from pokegeo_dagster.providers.gemini.prompts import prompt
from pokegeo_dagster.providers.gemini.schema import answer_schema
from pokegeo_dagster.providers.gemini.text_job import Reading, Task, TextJob, findings, text_credit

# Characters, measured on the house's documents (pitches 2,100; a screenplay 900 + 800 a clip + 300 a
# reference) and raised for descriptions that are twice as long.
_PITCHES_LENGTH, _PLAY_LENGTH, _CLIP_LENGTH, _REFERENCE_LENGTH = 3_200, 900, 1_000, 550
_PITCHES_TOKENS, _PLAY_TOKENS = 16_384, 65_536
# How many clips of eighteen each beat gets.
_SHARES = {"hook": 2, "trigger": 3, "context": 4, "clash": 4, "twist": 3, "closing": 2}
_AIM = 22


class FivePitches(Frozen):
    """The answer to an order for pitches."""

    options: tuple[Pitch, ...] = Field(min_length=5, max_length=5)


class GeminiWriter:
    """Offers five stories, then writes one, for money."""

    def __init__(self, client: GeminiClient, model: str = "gemini-3.8-flash"):
        self._client, self._model = client, model
        self.credit = text_credit(model)

    def pitch(self, brief: Brief, dossier: Dossier) -> Job:
        """The order for five pitches. Its take is a Pitches as JSON, the best-scored one picked."""
        species = find_species(dossier.species)
        task = Task(
            what="list of pitches",
            prompt=prompt(
                "pitches",
                **_head(brief, species),
                habitats=", ".join(get_args(Habitat)),
                lights=", ".join(get_args(Light)),
                weathers=", ".join(get_args(Weather)),
                dossier=_dossier_in_lines(dossier),
            )
            + _house_style(brief),
            schema=answer_schema(FivePitches),
            read=lambda data: _read_pitches(data, species),
            length=_PITCHES_LENGTH,
            most_tokens=_PITCHES_TOKENS,
        )
        return TextJob(self._client, self._model, task)

    def write(self, brief: Brief, dossier: Dossier, pitch: Pitch) -> Job:
        """The order for the screenplay of a pitch. Its take is a Screenplay as JSON."""
        species, clips = find_species(dossier.species), brief.clip_count
        pictures = min(_AIM, clips + 4, brief.references or _AIM)
        task = Task(
            what="screenplay",
            prompt=prompt(
                "screenplay",
                **_head(brief, species),
                file=species.slug.replace("-", "_"),
                last_clip=CLIP_IDS[clips - 1],
                story=_story_in_lines(pitch),
                beats_wanted=_beats_wanted(clips),
                references_wanted=_references_wanted(clips, brief.references),
                props=", ".join(get_args(Prop)),
                dossier=_dossier_in_lines(dossier),
            )
            + _house_style(brief),
            schema=answer_schema(Screenplay, without=("author",)),
            read=lambda data: _read_screenplay(data, species, clips, brief.references),
            length=_PLAY_LENGTH + _CLIP_LENGTH * clips + _REFERENCE_LENGTH * pictures,
            most_tokens=_PLAY_TOKENS,
        )
        return TextJob(self._client, self._model, task)


def _read_pitches(data: Any, species: Species) -> Reading:
    clean, mended = mended_pitches(data, species)
    try:
        options = FivePitches.model_validate(clean).options
        best = max(range(5), key=lambda n: options[n].score)
        value = Pitches(options=options, picked=best, picked_by="best score")
    except ValidationError as error:
        return Reading(None, findings(error))
    unknown = [p for p in options if p.rival is not None and p.rival not in species_book()]
    if unknown:
        return Reading(
            None, [f"{p.title}: no species is called {p.rival!r}; use a slug or null" for p in unknown]
        )
    return Reading(value, mended=mended)


def _read_screenplay(data: Any, species: Species, clips: int, references: int | None) -> Reading:
    clean, mended = mended_screenplay(data, species, references)
    try:
        play = screenplay_from_data(clean, "the screenplay", clips, references)
    except ScreenplayInvalid as invalid:
        return Reading(None, invalid.complaints)
    slate = {
        "title": play.title,
        "clips": [shot.clip for shot in play.shots],
        "references": [reference.id for reference in play.references],
        "species": play.species,
        "author": play.author,
    }
    return Reading(play, mended=mended, slate=slate)


def _head(brief: Brief, species: Species) -> dict[str, object]:
    return {"species": species.slug, "name": species.name, "clips": brief.clip_count, "seed": brief.seed}


def _dossier_in_lines(dossier: Dossier) -> str:
    lines = [f"Body: {dossier.body_plan}. Habitats, the home first: {', '.join(dossier.habitats)}."]
    for part in ("physiology", "niche", "story_hooks"):
        lines.append(f"\n{part.replace('_', ' ').capitalize()}:")
        lines += [f"- {fact.text} ({fact.confidence})" for fact in getattr(dossier, part)]
    return "\n".join(lines)


def _house_style(brief: Brief) -> str:
    """What the channel wants of all its films, if it wants anything."""
    if not brief.style:
        return ""
    return f"\n\n## The channel's style, which every film of it keeps to\n\n{brief.style}\n"


def _story_in_lines(pitch: Pitch) -> str:
    rival = (
        f"{species_book()[pitch.rival].name} (`{pitch.rival}`)" if pitch.rival in species_book() else "none"
    )
    return "\n".join(
        (
            f"title: {pitch.title}",
            f"logline: {pitch.logline}",
            f"conflict: {pitch.conflict}",
            f"other species: {rival}",
            f"habitat: {pitch.habitat}; light: {pitch.light}; weather: {pitch.weather}",
        )
    )


def _beats_wanted(clips: int) -> str:
    order = ", ".join(BEATS)
    if clips == 1:
        return "One clip only: its beat is `hook`."
    if clips < EVERY_BEAT_FROM:
        return (
            f"Beats follow the order {order}. With {clips} clips not every beat is there: the first clip is "
            "the `hook`, the last one the `closing`, those between are taken from the rest in order."
        )
    counts = _spread(clips)
    shares = ", ".join(f"{beat} {count}" for beat, count in counts.items())
    return f"Every beat occurs, in this order and never going back: {order}. Clips each, about: {shares}."


def _spread(clips: int) -> dict[str, int]:
    """Clips by beat: one each, the rest to whichever beat is owed most."""
    counts = dict.fromkeys(_SHARES, 1)
    while sum(counts.values()) < clips:
        owed = max(counts, key=lambda beat: _SHARES[beat] / counts[beat])
        counts[owed] += 1
    return counts


def _references_wanted(clips: int, most: int | None = None) -> str:
    if most is not None and most < min(_AIM, clips + 4):
        return (
            f"At most {most} of them, and every one in use: the sheet, the poses that most shots can share, "
            "a prop, and as many environments as are left; several shots share a picture."
        )
    if clips >= FULL_FILM_CLIPS:
        return (
            f"{FEWEST_REFERENCES} to {MOST_REFERENCES} of them, best {_AIM}: the sheet and 5 or 6 poses of "
            "the animal, up to 3 pictures of the rival, 4 to 6 props, 8 or 9 environments."
        )
    if clips >= EVERY_BEAT_FROM:
        return (
            f"About {clips + 4} of them: the sheet, two or three poses, a prop or more, enough environments."
        )
    return f"At least 3 and about {clips + 3}: the sheet, the animal in a pose that is used, and a place."
