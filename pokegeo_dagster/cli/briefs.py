"""`pokegeo brief`: what is on order."""

from pathlib import Path
from typing import Annotated

import typer

from pokegeo_dagster.cli.options import Debug, Episode
from pokegeo_dagster.film.errors import BriefRefused
from pokegeo_dagster.film.ids import MOST_CLIPS, episode_id
from pokegeo_dagster.film.story.order import order_from
from pokegeo_dagster.film.vocabulary import Priority

app = typer.Typer(help="What is on order: add, list, put first, take out.", no_args_is_help=True)

PRIORITIES: tuple[Priority, ...] = ("high", "normal", "low")


@app.command("add")
def add(
    species: Annotated[
        str, typer.Argument(metavar="SPECIES|FILE", help="Any of the 1,025 species, or a YAML file.")
    ],
    episode: Annotated[str | None, typer.Option(help="The episode's name. [the species]")] = None,
    channel: Annotated[str | None, typer.Option(help="For which channel. [default]")] = None,
    clips: Annotated[int | None, typer.Option(help=f"How many clips, 1–{MOST_CLIPS}. [18]")] = None,
    references: Annotated[
        int | None, typer.Option(help="At most so many seed images. [the channel's, or as the film wants]")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Another number is another film. [1]")] = None,
    profile: Annotated[str | None, typer.Option(help="full or rehearsal. [full]")] = None,
    priority: Annotated[str | None, typer.Option(help="high, normal or low. [normal]")] = None,
    budget: Annotated[str | None, typer.Option(help="The most it may cost, in US dollars.")] = None,
    publish_at: Annotated[
        str | None, typer.Option(help="2026-12-24T18:00:00Z, or “next”: the channel's next free slot.")
    ] = None,
    debug: Debug = False,
) -> None:
    """Order an episode. The studio takes it up when its turn comes; nothing is spent by this."""
    from pokegeo_dagster.budget.caps import dollars
    from pokegeo_dagster.storage.brief_box import read_orders

    said = {"episode": episode, "channel": channel, "clips": clips, "seed": seed, "profile": profile,
            "references": references,
            "priority": priority, "publish_at": publish_at,
            "budget": None if budget is None else dollars(budget, "--budget")}  # fmt: skip
    given = {name: value for name, value in said.items() if value is not None}
    file = Path(species)
    if file.suffix.lower() in (".yaml", ".yml"):
        if given:
            raise BriefRefused(f"{file} says everything: leave out {', '.join('--' + n for n in given)}.")
        orders = read_orders(_text(file), str(file), file.parent)
    else:
        orders = [order_from({"species": species, **given}, "This brief")]
    from pokegeo_dagster.defs.office.briefs import drawn_up, file_order
    from pokegeo_dagster.defs.office.studio import here

    studio = here()
    for order in orders:
        drawn_up(studio, order)  # every mistake first: of a file with one, nothing is filed
    for order in orders:
        brief = file_order(studio, order)
        when = f", to be published {brief.publish_at:%Y-%m-%dT%H:%M:%SZ}" if brief.publish_at else ""
        print(
            f"{brief.episode} is on order: {brief.species}, {brief.clip_count} clips, channel "
            f"{brief.channel}, priority {brief.priority}{when}."
        )
    print("An open studio (make studio) takes it up; or make it here and now: pokegeo produce …")


@app.command("list")
def everything(
    channel: Annotated[str | None, typer.Option(help="Of one channel.")] = None, debug: Debug = False
) -> None:
    """A line a brief, the oldest first."""
    from rich.table import Table

    from pokegeo_dagster.cli.words import wide_console

    studio_db = _database()
    table = Table(box=None, pad_edge=False)
    for column in ("episode", "species", "channel", "priority", "clips", "budget", "publish at"):
        table.add_column(column)
    shown = [brief for brief in studio_db.briefs() if channel in (None, brief.channel)]
    if not shown:
        print("Nothing is on order. Order something: pokegeo brief add haunter")
        return
    for brief in shown:
        table.add_row(
            brief.episode,
            brief.species,
            brief.channel,
            brief.priority,
            str(brief.clip_count),
            f"${brief.budget_usd:.2f}" if brief.budget_usd is not None else "",
            f"{brief.publish_at:%Y-%m-%dT%H:%M:%SZ}" if brief.publish_at else "",
        )
    wide_console().print(table)


@app.command("set-priority")
def set_priority(
    episode: Episode,
    priority: Annotated[str, typer.Argument(help="high, normal or low.")],
    debug: Debug = False,
) -> None:
    """Change how soon an episode gets its turn. Queued work obeys at once; work at hand goes on."""
    chosen: Priority | None = next((known for known in PRIORITIES if known == priority.lower()), None)
    if chosen is None:
        raise BriefRefused(f"There is no priority {priority!r}: choose {', '.join(PRIORITIES)}.")
    from pokegeo_dagster.defs.office import briefs as office
    from pokegeo_dagster.defs.office.studio import here

    office.set_priority(here(), episode_id(episode), chosen)
    print(f"{episode} has priority {chosen} now.")


@app.command("set-budget")
def set_budget(
    episode: Episode,
    budget: Annotated[str, typer.Argument(help="The most it may cost, in US dollars; none for no limit.")],
    debug: Debug = False,
) -> None:
    """Change the most an episode may cost. What the old budget held up goes on by itself."""
    from pokegeo_dagster.budget.caps import dollars
    from pokegeo_dagster.defs.office import briefs as office
    from pokegeo_dagster.defs.office.studio import here

    limit = None if budget.strip().lower() == "none" else dollars(budget, "the budget")
    office.set_budget(here(), episode_id(episode), limit)
    print(f"{episode} may cost {'what the caps allow' if limit is None else f'${limit:.2f}'}.")


@app.command("delete")
def delete(episode: Episode, debug: Debug = False) -> None:
    """Take an episode out of the catalogue. What was made and what it cost stays on record."""
    from pokegeo_dagster.defs.office.briefs import delete_brief
    from pokegeo_dagster.defs.office.studio import here

    delete_brief(here(), episode_id(episode))
    print(f"{episode} is off the catalogue: nothing new is begun for it. Its takes and its costs are kept.")


@app.command("take-in")
def take_in(debug: Debug = False) -> None:
    """Take in the files in the briefs folder now. (An open studio does it by itself.)"""
    from pokegeo_dagster.defs.office.briefs import take_in_briefs
    from pokegeo_dagster.defs.office.studio import here

    told = take_in_briefs(here())
    for one in told:
        print(f"{one.file}: {one.brief.episode} is on order." if one.brief else f"{one.file}: {one.why}")
    if not told:
        print("There is nothing in the briefs folder.")
    if any(one.brief is None for one in told):
        raise typer.Exit(2)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BriefRefused(f"{file} cannot be read: {error}.") from error


def _database():
    import os

    from pokegeo_dagster.storage.settings import StudioSettings, studio_home
    from pokegeo_dagster.storage.studio_db import StudioDb

    settings = StudioSettings.from_env(os.environ, studio_home(os.environ))
    db = StudioDb(settings.database_url)
    db.migrate()
    return db
