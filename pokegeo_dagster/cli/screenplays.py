"""`pokegeo screenplay`: the film on paper, read, edited and handed back."""

from pathlib import Path
from typing import Annotated

import typer

from pokegeo_dagster.cli.options import Debug, Episode
from pokegeo_dagster.film.ids import episode_id

app = typer.Typer(help="Read or replace an episode's screenplay.", no_args_is_help=True)


@app.command("show")
def show_screenplay(episode: Episode, debug: Debug = False) -> None:
    """Print the screenplay as YAML, ready to be edited: `pokegeo screenplay show haunter > haunter.yaml`."""
    from pokegeo_dagster.cli.pages import print_screenplay

    print_screenplay(episode_id(episode))


@app.command("edit")
def edit_screenplay(episode: Episode, debug: Debug = False) -> None:
    """Open the screenplay in $EDITOR and take it in. A mistake comes back with its line and reason."""
    from pokegeo_dagster.cli.direction import edit_screenplay as edit

    edit(episode_id(episode))


@app.command("apply")
def apply_screenplay(
    episode: Episode,
    file: Annotated[Path, typer.Argument(help="The edited YAML.")],
    debug: Debug = False,
) -> None:
    """Take an edited screenplay in. The next `pokegeo produce` remakes only what it touches."""
    from pokegeo_dagster.cli.pages import take_screenplay

    take_screenplay(episode_id(episode), file)


@app.command("revert")
def revert_screenplay(episode: Episode, debug: Debug = False) -> None:
    """Go back to the writer's own screenplay."""
    from pokegeo_dagster.cli.pages import drop_screenplay

    drop_screenplay(episode_id(episode))
