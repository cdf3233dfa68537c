"""Pages of the terminal about one episode: how it stands, and its screenplay as a file."""

from collections import Counter, defaultdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from pokegeo_dagster.cli.verdicts import print_verdicts
from pokegeo_dagster.defs.graph import CALL_SHEET
from pokegeo_dagster.defs.office.production import Standing, standings
from pokegeo_dagster.defs.office.studio import Studio, here
from pokegeo_dagster.defs.office.takes import Takes
from pokegeo_dagster.film.errors import BriefRefused
from pokegeo_dagster.film.places import WHOLE_FILM, Place
from pokegeo_dagster.film.story.brief import for_an_edit
from pokegeo_dagster.film.story.screenplay import Screenplay
from pokegeo_dagster.storage.screenplay_file import read_screenplay, write_screenplay

MARKS = {"made": "●", "stale": "◐", "missing": "·", "waiting": "·", "failed": "✗", "damaged": "!"}
COLOURS = {"made": "green", "stale": "yellow", "failed": "red", "damaged": "red"}
KEY = "● made   ◐ stale   · missing   ✗ failed   ! damaged"


def one_episode(episode: str) -> None:
    """Clips × stages of one episode, then whatever needs a person."""
    studio = here()
    brief = studio.db.brief(episode)
    if brief is None:
        raise BriefRefused(f"There is no episode {episode!r}: `pokegeo status` lists them.")
    sheet = [craft for craft in CALL_SHEET if craft.wanted(studio, episode)]
    found = {craft.name: standings(craft, studio, episode) for craft in sheet}
    console = Console(highlight=False)
    console.print(
        f"[bold]{episode}[/] · {brief.species} · {brief.clip_count} clips · {brief.profile} · "
        f"${studio.db.spent_usd(episode):.2f} spent"
    )
    if brief.finish:
        console.print(f"finished with {brief.finish.told()}")
    _film_line(console, studio, found, episode)
    _clip_table(console, found)
    counted = Counter(stand.state for stands in found.values() for stand in stands)
    console.print(f"{KEY}      " + ", ".join(f"{n} {state}" for state, n in counted.items()))
    for asset, stands in found.items():
        for stand in stands:
            if stand.state in ("failed", "damaged"):
                console.print(f"[red]{asset} {stand.place.key}[/]: {stand.why}")
            if stand.state == "damaged":
                console.print(f"  {_made_again(studio, asset, stand.place)}")
    print_verdicts(console, studio, episode)


def _made_again(studio: Studio, asset: str, place: Place) -> str:
    """How a piece whose bytes are gone is made again, and for how much: what it cost then."""
    row = studio.approved_row(place.episode, asset, place.key)
    usd = row.cost_usd if row else 0
    key = "" if place.key == WHOLE_FILM else f" {place.key}"
    again = " --new-take" if usd else ""
    return f"again, ${usd:.2f}: pokegeo redo {place.episode}{key} --what {asset}{again}"


def _film_line(console: Console, studio: Studio, found: dict[str, list[Standing]], episode: str) -> None:
    """The assets that exist once, and the references by count."""
    words = []
    for craft in CALL_SHEET:
        stands = found.get(craft.name)
        if stands is None:
            continue
        if craft.per == "episode" and stands:
            state = stands[0].state
            words.append(_mark(state, craft.name.replace("_", " ")))
        elif craft.per == "reference" and stands:
            made = sum(s.state == "made" for s in stands)
            words.append(
                _mark("made" if made == len(stands) else "stale", f"references {made}/{len(stands)}")
            )
    console.print("  ".join(words))


def _clip_table(console: Console, found: dict[str, list[Standing]]) -> None:
    stages = [craft.name for craft in CALL_SHEET if craft.per == "shot"]
    by_clip: dict[str, dict[str, Standing]] = defaultdict(dict)
    for stage in stages:
        for stand in found[stage]:
            by_clip[stand.place.key][stage] = stand
    if not by_clip:
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("clip")
    for stage in stages:
        table.add_column(stage.replace("_", " "), justify="center")
    for clip, row in by_clip.items():
        table.add_row(clip, *(_mark(row[stage].state) for stage in stages))
    console.print(table)


def _mark(state: str, word: str = "") -> str:
    colour = COLOURS.get(state, "dim")
    return f"[{colour}]{MARKS[state]}[/] {word}".rstrip()


def print_screenplay(episode: str) -> None:
    """The approved screenplay as YAML on standard output."""
    studio = here()
    print(write_screenplay(_screenplay(studio, episode)), end="")


def take_screenplay(episode: str, file: Path) -> None:
    """Checks an edited screenplay and files it. Nothing is filed unless all of it can be filmed."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BriefRefused(f"{file} cannot be read: {error}.") from error
    studio = here()
    before = _screenplay(studio, episode)
    edited = read_screenplay(text, str(file), references=for_an_edit(studio.db.brief(episode)))
    if edited.species != before.species:
        raise BriefRefused(
            f"{file} is about {edited.species}, the episode about {before.species}: "
            f"order another episode with `pokegeo produce {edited.species}`."
        )
    studio.db.save_edit(episode, "screenplay", text, author="human")
    was = {shot.clip: shot for shot in before.shots}
    changed = [shot.clip for shot in edited.shots if was.get(shot.clip) != shot]
    touched = ", ".join(changed) if changed else "no clip"
    print(f"Taken in. It changes {touched}. Now run: pokegeo produce {edited.species} --episode {episode}")


def drop_screenplay(episode: str) -> None:
    """Forgets the edit: the writer's screenplay counts again."""
    studio = here()
    if studio.db.edit(episode, "screenplay") is None:
        raise BriefRefused(f"{episode} has no edited screenplay.")
    studio.db.save_edit(episode, "screenplay", None, author="human")
    print(f"The writer's screenplay counts again. Now run: pokegeo produce … --episode {episode}")


def _screenplay(studio: Studio, episode: str) -> Screenplay:
    take = Takes("screenplay", studio).find(Place(episode, WHOLE_FILM))
    if take is None:
        raise BriefRefused(f"{episode} has no screenplay yet: run `pokegeo produce` for it first.")
    return take.read(Screenplay)
