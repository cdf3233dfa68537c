"""Every command of `pokegeo`, thin: it reads what was asked and hands it on."""

from pathlib import Path
from typing import Annotated

import typer

from pokegeo_dagster.film.edit.delivery import Profile
from pokegeo_dagster.film.errors import BriefRefused
from pokegeo_dagster.film.ids import MOST_CLIPS, REFERENCE_IDS, clip_id, episode_id
from pokegeo_dagster.film.story.species import find_species

app = typer.Typer(
    help="From the name of a Pokémon to a finished wildlife documentary.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
screenplay_app = typer.Typer(help="Read or replace an episode's screenplay.", no_args_is_help=True)
app.add_typer(screenplay_app, name="screenplay")

Debug = Annotated[bool, typer.Option("--debug", help="Show the whole traceback when something breaks.")]
Episode = Annotated[str, typer.Argument(help="The episode, for example haunter.")]


@app.command()
def produce(
    species: Annotated[str, typer.Argument(help="Any of the 1,025 species, for example haunter.")],
    episode: Annotated[str | None, typer.Option(help="The episode's name. [the species]")] = None,
    clips: Annotated[int | None, typer.Option(help=f"How many clips, 1–{MOST_CLIPS}. [18]")] = None,
    seed: Annotated[int | None, typer.Option(help="Another number is another film. [1]")] = None,
    profile: Annotated[
        str | None, typer.Option(help="full is 1920×1080; rehearsal is tiny, for tests. [full]")
    ] = None,
    debug: Debug = False,
) -> None:
    """Make a whole episode, or finish one. Running it again makes only what is missing or stale."""
    animal = find_species(species)
    name = episode_id(episode or animal.slug)
    if clips is not None and not 1 <= clips <= MOST_CLIPS:
        raise BriefRefused(f"{clips} clips cannot be made: ask for 1 to {MOST_CLIPS}.")
    if seed is not None and not 0 <= seed < 2**31:
        raise BriefRefused(f"Seed {seed} is out of range: choose 0 to {2**31 - 1}.")
    from pokegeo_dagster.cli.production import produce_episode

    produce_episode(animal, name, clips, seed, _profile(profile))


@app.command()
def status(
    episode: Annotated[str | None, typer.Argument(help="One episode; all of them if left out.")] = None,
    debug: Debug = False,
) -> None:
    """What is made, stale, missing or failed, by whom, and what it cost."""
    if episode is None:
        from pokegeo_dagster.cli.catalogue import all_episodes  # without Dagster, which takes a second

        all_episodes()
    else:
        from pokegeo_dagster.cli.pages import one_episode

        one_episode(episode_id(episode))


@app.command()
def redo(
    episode: Episode,
    pieces: Annotated[
        list[str] | None, typer.Argument(help="Clips (5 or clip_05) or references (ref_03).")
    ] = None,
    what: Annotated[
        str, typer.Option(help="Which asset: clip, narration, sound_effect, composite, reference …")
    ] = "clip",
    new_take: Annotated[
        bool, typer.Option("--new-take", help="Make another take even though this one still fits.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Make pieces again and bring the film up to date. Nothing else is touched."""
    from pokegeo_dagster.cli.production import redo_pieces

    keys = [p if p in REFERENCE_IDS else clip_id(p) for p in pieces or []]
    redo_pieces(episode_id(episode), what, keys, new_take)


@app.command()
def export(
    episode: Episode,
    directory: Annotated[Path, typer.Argument(help="Where to write; made if it is not there.")],
    debug: Debug = False,
) -> None:
    """Write an episode as plain files: research, script, pictures, clips, sound, manifest, film."""
    from pokegeo_dagster.cli.export import export_episode

    export_episode(episode_id(episode), directory)


@app.command()
def doctor(debug: Debug = False) -> None:
    """Check that everything the studio needs is there, and say what is not."""
    from pokegeo_dagster.cli.doctor import examine

    raise typer.Exit(0 if examine() else 1)


@app.command()
def studio(
    port: Annotated[int, typer.Option(help="Port of the Dagster UI.")] = 3000,
    debug: Debug = False,
) -> None:
    """Open the studio: the Dagster UI, its daemon and the media service, on this machine only."""
    from pokegeo_dagster.cli.studio import open_doors

    raise typer.Exit(open_doors(port))


@app.command()
def media(debug: Debug = False) -> None:
    """Serve pictures, clips and films on this machine only. (`pokegeo studio` starts it too.)"""
    import os

    from pokegeo_dagster.storage.media_service import serve_media
    from pokegeo_dagster.storage.settings import StudioSettings, studio_home

    serve_media(StudioSettings.from_env(os.environ, studio_home(os.environ)))


@screenplay_app.command("show")
def show_screenplay(episode: Episode, debug: Debug = False) -> None:
    """Print the screenplay as YAML, ready to be edited: `pokegeo screenplay show haunter > haunter.yaml`."""
    from pokegeo_dagster.cli.pages import print_screenplay

    print_screenplay(episode_id(episode))


@screenplay_app.command("apply")
def apply_screenplay(
    episode: Episode,
    file: Annotated[Path, typer.Argument(help="The edited YAML.")],
    debug: Debug = False,
) -> None:
    """Take an edited screenplay in. The next `pokegeo produce` remakes only what it touches."""
    from pokegeo_dagster.cli.pages import take_screenplay

    take_screenplay(episode_id(episode), file)


@screenplay_app.command("revert")
def revert_screenplay(episode: Episode, debug: Debug = False) -> None:
    """Go back to the writer's own screenplay."""
    from pokegeo_dagster.cli.pages import drop_screenplay

    drop_screenplay(episode_id(episode))


def _profile(text: str | None) -> Profile | None:
    if text is None or text == "full" or text == "rehearsal":
        return text
    raise BriefRefused(f"There is no profile {text!r}: choose full or rehearsal.")
