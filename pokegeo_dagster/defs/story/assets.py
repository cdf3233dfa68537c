"""Story: brief, dossier, pitches, screenplay, and one slice a clip."""

from typing import Any

from pydantic import Field

from pokegeo_dagster.defs.office import show
from pokegeo_dagster.defs.office.craft import Work, craft, written
from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.defs.office.takes import Take, Takes
from pokegeo_dagster.defs.story.checks import BEATS_IN_ORDER, CAMERA_LAST, NARRATION_WRITTEN
from pokegeo_dagster.defs.story.ordering import BriefConfig, ordered_in_the_ui
from pokegeo_dagster.film.crew import Credit, Made
from pokegeo_dagster.film.errors import BriefRefused
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.film.story.brief import Brief, for_an_edit
from pokegeo_dagster.film.story.dossier import Dossier
from pokegeo_dagster.film.story.pitches import Pitches
from pokegeo_dagster.film.story.rules import validate
from pokegeo_dagster.film.story.screenplay import Screenplay
from pokegeo_dagster.film.story.slices import ShotSlice, slice_shot
from pokegeo_dagster.film.story.species import find_species
from pokegeo_dagster.film.vendors import Job
from pokegeo_dagster.storage.screenplay_file import read_screenplay

DESK = Credit(member="desk", model="copy")  # work that copies what is already decided


class StoryOrder(Frozen):
    """What the story department needs of a brief: a new priority or budget is no new story."""

    species: str
    clip_count: int
    seed: int
    # Of the screenplay only, and where fewer were ordered than such a film has.
    references: int | None = Field(default=None, exclude_if=lambda most: most is None)


class StyledStoryOrder(StoryOrder):
    """The order for a channel that has a style of its own."""

    style: str


class EditedScreenplay(Frozen):
    """A screenplay that a human wrote or changed, word for word."""

    text: str


def _story_order(brief: Brief, references: int | None = None) -> StoryOrder:
    plain = StoryOrder(
        species=brief.species, clip_count=brief.clip_count, seed=brief.seed, references=references
    )
    return StyledStoryOrder(**dict(plain), style=brief.style) if brief.style else plain


def _show_brief(take: Take) -> dict[str, Any]:
    return {"brief": show.table([{"field": k, "value": str(v)} for k, v in take.read(Brief)])}


@craft(
    group="story",
    per="episode",
    kinds=("json",),
    show=_show_brief,
    config=BriefConfig,
    before=ordered_in_the_ui,
)
def brief(place: Place, studio: Studio) -> Work:
    """The order for one episode: species, channel, clip count, seed, budget. To order one here, add a
    partition to `episodes` and materialise this with config; an open studio does the rest."""
    ordered = studio.db.brief(place.episode)
    if ordered is None:
        raise BriefRefused(
            f"Nobody has ordered episode {place.episode!r}: run `pokegeo produce SPECIES "
            f"--episode {place.episode}` once, which files the brief."
        )
    return Work(order=ordered, credit=DESK, make=written(lambda: ordered), author="human")


def _show_dossier(take: Take) -> dict[str, Any]:
    dossier = take.read(Dossier)
    rows = [
        {"part": part, "fact": fact.text, "source": fact.source, "confidence": fact.confidence}
        for part in ("physiology", "niche", "story_hooks")
        for fact in getattr(dossier, part)
    ]
    return {"habitats": ", ".join(dossier.habitats), "facts": show.table(rows)}


@craft(group="story", per="episode", kinds=("json",), role="researcher", show=_show_dossier)
def dossier(place: Place, studio: Studio, *, brief: Takes) -> Work:
    """What is known of the species: body, niche, story hooks; each fact with source and confidence."""
    ordered = brief.of(place)
    value = ordered.read(Brief)
    researcher = studio.crew.researcher
    return Work(
        order=_story_order(value),
        credit=researcher.credit,
        make=written(lambda: researcher.research(value, find_species(value.species))),
        inputs=(ordered,),
    )


def _show_pitches(take: Take) -> dict[str, Any]:
    pitches = take.read(Pitches)
    rows = [
        {"picked": "★" if n == pitches.picked else "", "title": p.title, "logline": p.logline,
         "score": p.score, "why": p.why}
        for n, p in enumerate(pitches.options)
    ]  # fmt: skip
    return {"picked by": pitches.picked_by, "pitches": show.table(rows)}


@craft(group="story", per="episode", kinds=("json",), role="writer", show=_show_pitches)
def pitches(place: Place, studio: Studio, *, brief: Takes, dossier: Takes) -> Work:
    """Exactly five stories that could be told. The best-scored is picked unless a human picks."""
    ordered, known = brief.of(place), dossier.of(place)
    value, writer = ordered.read(Brief), studio.crew.writer
    pick, offer = studio.db.edit(place.episode, "pitches"), Takes("pitches", studio).find(place)
    if pick is not None and offer is not None:
        picked = offer.read(Pitches).model_copy(update={"picked": int(pick), "picked_by": "human"})
        return Work(
            order=picked,
            credit=Credit(member="human", model="pen"),
            make=written(lambda: picked),
            inputs=(ordered, known),
            author="human",
        )

    def offered() -> Pitches | Job:
        pitched = writer.pitch(value, known.read(Dossier))
        if isinstance(pitched, Job):
            return pitched
        options = tuple(pitched)
        best = max(range(len(options)), key=lambda n: options[n].score)
        return Pitches(options=options, picked=best, picked_by="best score")

    return Work(
        order=_story_order(value),
        credit=writer.credit,
        make=written(offered),
        inputs=(ordered, known),
        uses={"dossier": known.version},
    )


def _screenplay_slate(made: Made) -> dict[str, Any]:
    value = Screenplay.model_validate_json(made.files["main"].read_bytes())
    return {
        "title": value.title,
        "clips": [shot.clip for shot in value.shots],
        "references": [reference.id for reference in value.references],
        "species": value.species,
        "author": value.author,
    }


def _show_screenplay(take: Take) -> dict[str, Any]:
    play = take.read(Screenplay)
    rows = [
        {"clip": s.clip, "beat": s.beat, "framing": s.framing, "movement": s.movement,
         "narration": s.narration, "sound": s.sound_cue}
        for s in play.shots
    ]  # fmt: skip
    return {
        "title": play.title,
        "logline": play.logline,
        "atmosphere": play.atmosphere.prose,
        "references": len(play.references),
        "clips": len(play.shots),
        "script": show.table(rows),
    }


@craft(
    group="story",
    per="episode",
    kinds=("json",),
    role="writer",
    checks=(BEATS_IN_ORDER,),
    show=_show_screenplay,
)
def screenplay(place: Place, studio: Studio, *, brief: Takes, dossier: Takes, pitches: Takes) -> Work:
    """The film on paper: atmosphere, references, and every clip's picture, movement, line and sound.

    A human's edited screenplay (`pokegeo screenplay apply`) takes the writer's place.
    """
    ordered, known, offered = brief.of(place), dossier.of(place), pitches.of(place)
    value, writer = ordered.read(Brief), studio.crew.writer
    edited = studio.db.edit(place.episode, "screenplay")
    if edited is not None:
        where = f"the edited screenplay of {place.episode}"
        return Work(
            order=EditedScreenplay(text=edited),
            credit=Credit(member="human", model="pen"),
            make=written(lambda: read_screenplay(edited, where, references=for_an_edit(value))),
            inputs=(ordered, known, offered),
            about=_screenplay_slate,
            author="human",
        )

    def written_out() -> Screenplay | Job:
        play = writer.write(value, known.read(Dossier), offered.read(Pitches).chosen)
        if isinstance(play, Job):
            return play
        validate(play, f"the screenplay of {place.episode}", value.clip_count, value.references)
        return play

    return Work(
        order=_story_order(value, value.references),
        credit=writer.credit,
        make=written(written_out),
        inputs=(ordered, known, offered),
        about=_screenplay_slate,
        uses={"dossier": known.version, "pitches": offered.version},
    )


def _show_shot(take: Take) -> dict[str, Any]:
    shot = take.read(ShotSlice).shot
    return {
        "beat": shot.beat,
        "framing": shot.framing,
        "motion prompt": show.text(shot.prompt),
        "narration": show.text(shot.narration),
        "sound cue": shot.sound_cue,
        "references": ", ".join(shot.references),
    }


@craft(
    group="story",
    per="shot",
    kinds=("json",),
    checks=(CAMERA_LAST, NARRATION_WRITTEN),
    show=_show_shot,
)
def shot(place: Place, studio: Studio, *, brief: Takes, screenplay: Takes) -> Work:
    """One clip's slice of the screenplay and nothing else, so that an edit touches one clip."""
    ordered, play = brief.of(place), screenplay.of(place)
    value = slice_shot(ordered.read(Brief), play.read(Screenplay), place.key)
    return Work(
        order=value,
        credit=DESK,
        make=written(lambda: value),
        inputs=(ordered, play),
        author=play.row.author or "house",
    )
