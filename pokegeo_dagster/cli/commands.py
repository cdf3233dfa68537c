"""Every command of `pokegeo`, thin: it reads what was asked and hands it on."""

from pathlib import Path
from typing import Annotated

import typer

from pokegeo_dagster.budget.caps import dollars
from pokegeo_dagster.cli import books, briefs, channels, screenplays
from pokegeo_dagster.cli.options import Debug, Episode
from pokegeo_dagster.film.edit.delivery import Profile
from pokegeo_dagster.film.errors import BriefRefused
from pokegeo_dagster.film.ids import MOST_CLIPS, REFERENCE_IDS, clip_id, clip_range, episode_id
from pokegeo_dagster.film.places import WHOLE_FILM
from pokegeo_dagster.film.story.brief import LEAST_REFERENCES
from pokegeo_dagster.film.story.rules import MOST_REFERENCES
from pokegeo_dagster.film.story.species import find_species

app = typer.Typer(
    help="From the name of a Pokémon to a finished wildlife documentary.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(screenplays.app, name="screenplay")
queue_app = typer.Typer(help="What the studio does next.")
app.add_typer(queue_app, name="queue")
app.add_typer(books.app, name="ledger")
app.add_typer(channels.app, name="channel")
app.add_typer(briefs.app, name="brief")

References = Annotated[
    int | None,
    typer.Option(
        help=f"At most so many seed images, {LEAST_REFERENCES}–{MOST_REFERENCES}. [as the film wants]"
    ),
]


@app.command()
def produce(
    species: Annotated[str, typer.Argument(help="Any of the 1,025 species, for example haunter.")],
    episode: Annotated[str | None, typer.Option(help="The episode's name. [the species]")] = None,
    clips: Annotated[int | None, typer.Option(help=f"How many clips, 1–{MOST_CLIPS}. [18]")] = None,
    references: References = None,
    seed: Annotated[int | None, typer.Option(help="Another number is another film. [1]")] = None,
    profile: Annotated[
        str | None, typer.Option(help="full is 1920×1080; rehearsal is tiny, for tests. [full]")
    ] = None,
    budget: Annotated[
        str | None, typer.Option(help="The most this episode may cost, in US dollars. [no limit]")
    ] = None,
    channel: Annotated[str | None, typer.Option(help="For which channel. [default]")] = None,
    title_card: Annotated[
        bool | None, typer.Option("--title-card/--no-title-card", help="Open with the film's title.")
    ] = None,
    end_card: Annotated[
        bool | None, typer.Option("--end-card/--no-end-card", help="Close with the credits.")
    ] = None,
    music: Annotated[
        bool | None, typer.Option("--music/--no-music", help="A calm bed under the film, by the house.")
    ] = None,
    music_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A bed of your own, of any length.")
    ] = None,
    watermark: Annotated[
        str | None, typer.Option(metavar="FILE.png", help="Burnt into every clip; “none” takes it away.")
    ] = None,
    watermark_corner: Annotated[
        str | None, typer.Option(help="top-left, top-right, bottom-left or bottom-right. [bottom-right]")
    ] = None,
    watermark_opacity: Annotated[float | None, typer.Option(help="0.05 to 1. [0.7]")] = None,
    watermark_width: Annotated[
        float | None, typer.Option(help="Share of the frame's shorter side, 0.02 to 0.6. [0.16]")
    ] = None,
    watermark_margin: Annotated[
        float | None, typer.Option(help="Share of the same side, 0 to 0.3. [0.04]")
    ] = None,
    cross_fade: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS", help="Clips fade into each other, 0.125 to 1 s; 0: hard cuts. [hard cuts]"
        ),
    ] = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="Take away every finish that was asked for before.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Make a whole episode, or finish one. Running it again makes only what is missing or stale.

    Cards, music, watermark and fades stay on order for the episode until you say otherwise."""
    animal = find_species(species)
    name = episode_id(episode or animal.slug)
    _in_range(clips, seed, references)
    from pokegeo_dagster.cli.production import produce_episode
    from pokegeo_dagster.defs.office.finishing import Finishing

    limit = None if budget is None else dollars(budget, "--budget")
    lies = {"corner": watermark_corner, "opacity": watermark_opacity, "width": watermark_width,
            "margin": watermark_margin}  # fmt: skip
    finish = Finishing(plain, title_card, end_card, music, music_file, watermark, lies, cross_fade)
    produce_episode(animal, name, clips, seed, _profile(profile), limit, channel, finish, references)


@app.command()
def animatic(
    episode: Annotated[str, typer.Argument(metavar="SPECIES|EPISODE", help="A species, or an episode.")],
    clips: Annotated[int | None, typer.Option(help=f"How many clips, 1–{MOST_CLIPS}. [18]")] = None,
    seed: Annotated[int | None, typer.Option(help="Another number is another film. [1]")] = None,
    profile: Annotated[str | None, typer.Option(help="full, or rehearsal. [full]")] = None,
    new_take: Annotated[
        bool, typer.Option("--new-take", help="Sketch it again, with what has landed since.")
    ] = False,
    write: Annotated[
        bool, typer.Option("--write", help="Have the screenplay written first, even by a paid writer.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Watch the film as a sketch before anything is paid for: stills, a voice, captions, $0."""
    _in_range(clips, seed)
    from pokegeo_dagster.cli.animatic import sketch_episode

    sketch_episode(episode, clips, seed, _profile(profile), new_take, write)


@app.command()
def estimate(
    order: Annotated[str, typer.Argument(metavar="SPECIES|EPISODE", help="A species, or an episode.")],
    clips: Annotated[int | None, typer.Option(help=f"How many clips, 1–{MOST_CLIPS}. [18]")] = None,
    references: References = None,
    stale: Annotated[bool, typer.Option("--stale", help="Only what an edit would buy again.")] = False,
    debug: Debug = False,
) -> None:
    """What a film, or the rest of one, would cost: line by line, before anything runs. No key needed."""
    _in_range(clips, None, references)
    from pokegeo_dagster.cli.estimate import estimate_order

    estimate_order(order, clips, stale, references)


@app.command()
def takes(
    episode: Episode,
    piece: Annotated[str | None, typer.Argument(help="A clip (5 or clip_05) or reference (ref_03).")] = None,
    what: Annotated[str, typer.Option(help="Which asset: clip, narration, reference …")] = "clip",
    use: Annotated[int | None, typer.Option(help="Make this take the current one; it costs nothing.")] = None,
    debug: Debug = False,
) -> None:
    """List every take: when, by whom, what it cost, which one is in the film. Or use an older one."""
    from pokegeo_dagster.cli.takes import show_takes

    show_takes(episode_id(episode), _key(piece) if piece else None, what, use)


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


@app.command("pass")
def let_it_pass(
    episode: Episode,
    piece: Annotated[str, typer.Argument(help="A clip (5 or clip_05), or film.")],
    check: Annotated[str, typer.Argument(help="The check, as the page that told you of it names it.")],
    because: Annotated[str, typer.Option(help="Why it is good enough. Kept on record.")],
    debug: Debug = False,
) -> None:
    """Let a take pass a check that holds it up. For this take only; what you say is kept."""
    from pokegeo_dagster.cli.verdicts import let_pass

    let_pass(episode_id(episode), _key(piece), check, because)


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

    redo_pieces(episode_id(episode), what, [_key(piece) for piece in pieces or []], new_take)


@app.command()
def pick(
    episode: Episode,
    number: Annotated[int, typer.Argument(metavar="N", help="1 to 5, as the pitches are listed.")],
    debug: Debug = False,
) -> None:
    """Choose one of the five pitches. The screenplay is written anew from it."""
    from pokegeo_dagster.cli.direction import pick as choose

    choose(episode_id(episode), number)


@app.command()
def greenlight(
    episode: Episode,
    up_to: Annotated[
        str | None,
        typer.Option("--up-to", metavar="USD", help="The most the whole episode may cost, in US dollars."),
    ] = None,
    release: Annotated[bool, typer.Option("--release", help="Say yes to letting the film out.")] = False,
    debug: Debug = False,
) -> None:
    """Say yes to filming a screenplay, up to an amount. For a screenplay that changes it does not count."""
    from pokegeo_dagster.cli.direction import greenlight as say_yes

    say_yes(episode_id(episode), None if up_to is None else dollars(up_to, "--up-to"), release)


@app.command()
def backfill(
    episodes: Annotated[str, typer.Option(help="Episodes, such as haunter,gyarados.")],
    clips: Annotated[str | None, typer.Option(help="Clips, such as 3-7 or 1,4,9-12. [all]")] = None,
    what: Annotated[str, typer.Option(help="Which asset: clip, narration, segment …")] = "clip",
    debug: Debug = False,
) -> None:
    """Make one asset, and what it is made from, of any episodes and clips. Run again, it goes on."""
    from pokegeo_dagster.cli.direction import backfill as fill

    fill(
        [episode_id(name.strip()) for name in episodes.split(",")], clip_range(clips) if clips else None, what
    )


@queue_app.callback(invoke_without_command=True)
def queue(context: typer.Context, debug: Debug = False) -> None:
    """What the studio works on, and what waits in the order of its turns."""
    if context.invoked_subcommand is None:
        from pokegeo_dagster.cli.direction import show_queue

        show_queue()


@queue_app.command("add")
def add_to_queue(episode: Episode, debug: Debug = False) -> None:
    """Hand an episode to the studio: one made at the terminal, or one that was stopped or failed."""
    from pokegeo_dagster.cli.direction import queue_add

    queue_add(episode_id(episode))


@app.command()
def export(
    episode: Episode,
    directory: Annotated[Path, typer.Argument(help="Where to write; made if it is not there.")],
    pack: Annotated[
        bool,
        typer.Option("--pack", help="The hand-over: stems, posters, vertical master, costs, provenance."),
    ] = False,
    burn_captions: Annotated[
        bool, typer.Option("--burn-captions", help="Also the film with its captions in the picture.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace files of these names that no export put there.")
    ] = False,
    codec: Annotated[
        str | None, typer.Option("--as", help="The film in another codec as well: h265 or vp9.")
    ] = None,
    debug: Debug = False,
) -> None:
    """Write an episode as plain files: research, script, pictures, clips, sound, timeline, captions, film."""
    if codec not in (None, "h265", "vp9"):
        raise BriefRefused(f"There is no codec {codec!r}: choose h265 or vp9.")
    from pokegeo_dagster.cli.export import export_episode

    export_episode(
        episode_id(episode), directory, pack=pack, burn=burn_captions, overwrite=overwrite, codec=codec
    )


@app.command()
def recut(
    timeline: Annotated[Path, typer.Argument(help="An exported .otio, with its media beside it.")],
    film: Annotated[Path, typer.Argument(help="The film to write; it must not be there yet.")],
    debug: Debug = False,
) -> None:
    """Render an exported timeline again, from the media beside it. Unchanged, it gives the same film."""
    from pokegeo_dagster.providers.bench.interchange import recut_to

    recut_to(timeline, film)
    print(f"Rendered {timeline} to {film}.")


@app.command()
def doctor(debug: Debug = False) -> None:
    """Check that everything the studio needs is there, and say what is not."""
    from pokegeo_dagster.cli.doctor import examine

    raise typer.Exit(0 if examine() else 1)


@app.command()
def clean(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    days: Annotated[int, typer.Option(min=1, help="How long a house take must have been replaced.")] = 7,
    debug: Debug = False,
) -> None:
    """Sweep: replaced house takes, orphaned objects, rooms of killed work, old quota rows and logs."""
    from pokegeo_dagster.cli.clean import sweep

    sweep(dry_run, days)


@app.command()
def alerts(
    everything: Annotated[bool, typer.Option("--all", help="Those that are over too.")] = False,
    test: Annotated[str | None, typer.Option(metavar="CHANNEL", help="Send its webhook a message.")] = None,
    debug: Debug = False,
) -> None:
    """What needs a human: quotas, budgets, unknown and stuck purchases, failed episodes."""
    from pokegeo_dagster.cli.alerts import show_alerts

    show_alerts(everything, test)


@app.command()
def studio(
    port: Annotated[int, typer.Option(help="Port of the Dagster UI.")] = 3000,
    postgres: Annotated[
        bool, typer.Option("--postgres", help="With a PostgreSQL and an S3 server (make studio-pg).")
    ] = False,
    debug: Debug = False,
) -> None:
    """Open the studio: the Dagster UI, its daemon and the media service, on this machine only."""
    from pokegeo_dagster.cli.studio import open_doors

    raise typer.Exit(open_doors(port, postgres))


@app.command()
def media(debug: Debug = False) -> None:
    """Serve pictures, clips and films on this machine only. (`pokegeo studio` starts it too.)"""
    import os

    from pokegeo_dagster.storage.media_service import serve_media
    from pokegeo_dagster.storage.settings import StudioSettings, studio_home

    serve_media(StudioSettings.from_env(os.environ, studio_home(os.environ)))


@app.command()
def callbacks(debug: Debug = False) -> None:
    """Listen for KIE's calls, where POKEGEO_KIE_CALLBACK_URL is set. (`pokegeo studio` starts it too.)"""
    from pokegeo_dagster.cli.callbacks import serve_callbacks

    serve_callbacks()


def _key(piece: str) -> str:
    return piece if piece in (*REFERENCE_IDS, WHOLE_FILM) else clip_id(piece)


def _in_range(clips: int | None, seed: int | None, references: int | None = None) -> None:
    if references is not None and not LEAST_REFERENCES <= references <= MOST_REFERENCES:
        raise BriefRefused(
            f"A film cannot keep to {references} references: ask for {LEAST_REFERENCES} to {MOST_REFERENCES}."
        )
    if clips is not None and not 1 <= clips <= MOST_CLIPS:
        raise BriefRefused(f"{clips} clips cannot be made: ask for 1 to {MOST_CLIPS}.")
    if seed is not None and not 0 <= seed < 2**31:
        raise BriefRefused(f"Seed {seed} is out of range: choose 0 to {2**31 - 1}.")


def _profile(text: str | None) -> Profile | None:
    if text is None or text == "full" or text == "rehearsal":
        return text
    raise BriefRefused(f"There is no profile {text!r}: choose full or rehearsal.")
