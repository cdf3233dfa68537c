"""What a director says: yes to a film, this story of the five, this line instead of that one; and what the
studio is to do, in which order."""

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import dagster as dg
from rich.console import Console
from rich.table import Table

from pokegeo_dagster.cli.pages import take_screenplay
from pokegeo_dagster.cli.production import AT_THE_TERMINAL, by_hand, watch
from pokegeo_dagster.cli.words import counted
from pokegeo_dagster.definitions import defs
from pokegeo_dagster.defs.edit.greenlight import say_yes
from pokegeo_dagster.defs.graph import GRAPH
from pokegeo_dagster.defs.office.estimating import outlook
from pokegeo_dagster.defs.office.extent import Extent, going_into
from pokegeo_dagster.defs.office.production import produce, run_asset
from pokegeo_dagster.defs.office.studio import Studio, here
from pokegeo_dagster.defs.office.takes import Takes
from pokegeo_dagster.defs.office.wanted import AGAIN, STAGES
from pokegeo_dagster.film.digest import digest
from pokegeo_dagster.film.errors import BriefRefused, OrderRefused, ProductionError, ScreenplayInvalid
from pokegeo_dagster.film.places import WHOLE_FILM, Place
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.pitches import Pitches
from pokegeo_dagster.film.story.screenplay import Screenplay
from pokegeo_dagster.storage.orders import BY_HAND, Orders, Wanted
from pokegeo_dagster.storage.screenplay_file import write_screenplay


def _brief(studio: Studio, episode: str) -> Brief:
    brief = studio.db.brief(episode)
    if brief is None:
        raise BriefRefused(f"There is no episode {episode!r}: `pokegeo status` lists them.")
    return brief


def greenlight(episode: str, up_to_usd: Decimal | None, release: bool) -> None:
    """Says what the film would cost in all, and takes the yes. A yes that is too small for the film is
    refused, because filming would only stop half-way."""
    studio = here()
    brief = _brief(studio, episode)
    if release:
        say_yes(studio, episode, None, AT_THE_TERMINAL, "release")
        print(f"{episode} may go out, as its film is now.")
        return
    if not studio.pays_for("camera", episode):
        print(f"{episode} is filmed by the house and costs nothing: it needs no greenlight.")
        return
    spent, left = studio.db.spent_usd(episode), outlook(studio, brief).order.usd
    told = f"{episode}: ${spent:.2f} spent, ${left:.2f} to come, ${spent + left:.2f} in all"
    if up_to_usd is None:
        raise OrderRefused(f"{told}. Say yes with: pokegeo greenlight {episode} --up-to {spent + left:.2f}")
    if up_to_usd < spent + left:
        raise OrderRefused(f"{told}: more than ${up_to_usd:.2f}. Nothing was said.")
    say_yes(studio, episode, up_to_usd, AT_THE_TERMINAL)
    with dg.DagsterInstance.get() as instance:
        instance.add_dynamic_partitions("episodes", [episode])
        run_asset(defs, instance, GRAPH["greenlight"], episode, [WHOLE_FILM])
    print(f"{told}. Greenlit up to ${up_to_usd:.2f}, for the screenplay as it is now.")


def pick(episode: str, number: int) -> None:
    """Another of the five pitches becomes the film. The screenplay is written anew."""
    studio = here()
    _brief(studio, episode)
    take = Takes("pitches", studio).find(Place(episode))
    if take is None:
        raise BriefRefused(f"{episode} has no pitches yet: run `pokegeo produce` for it first.")
    options = take.read(Pitches).options
    if not 1 <= number <= len(options):
        told = "; ".join(f"{n}: {option.title}" for n, option in enumerate(options, 1))
        raise BriefRefused(f"{episode} has no pitch {number}. There is {told}.")
    studio.db.save_edit(episode, "pitches", str(number - 1), author="human")
    print(f"Picked {number}, “{options[number - 1].title}”. The screenplay of {episode} is written anew.")
    if studio.db.edit(episode, "screenplay") is not None:
        print(
            "Its edited screenplay still counts: `pokegeo screenplay revert` takes it back.", file=sys.stderr
        )


def edit_screenplay(episode: str) -> None:
    """Opens the screenplay in $EDITOR until it can be filmed, or is left as it was."""
    studio = here()
    take = Takes("screenplay", studio).find(Place(episode))
    if take is None:
        raise BriefRefused(f"{episode} has no screenplay yet: run `pokegeo produce` for it first.")
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        raise OrderRefused(
            f"Set EDITOR to your editor, or use `pokegeo screenplay show {episode}` and `… apply`."
        )
    text = studio.db.edit(episode, "screenplay") or write_screenplay(take.read(Screenplay))
    with tempfile.TemporaryDirectory(prefix="screenplay-") as folder:
        file = Path(folder) / f"{episode}.yaml"
        file.write_text(text, encoding="utf-8")
        while True:
            try:
                done = subprocess.run([*shlex.split(editor), str(file)], check=False)
            except OSError as error:
                raise OrderRefused(f"EDITOR is {editor!r}, which cannot be started: {error}.") from error
            if done.returncode:
                raise OrderRefused(f"The editor ended with {done.returncode}: nothing was taken in.")
            if file.read_text(encoding="utf-8", errors="replace") == text:
                print("Nothing was changed.")
                return
            try:
                take_screenplay(episode, file)
                return
            except (ScreenplayInvalid, BriefRefused) as wrong:
                print(f"pokegeo: {wrong}", file=sys.stderr)
                if not sys.stdin.isatty() or input("Edit it again? [Y/n] ").strip().lower() in ("n", "no"):
                    kept = studio.settings.home / f"{episode}.rejected.yaml"
                    kept.write_text(file.read_text(encoding="utf-8", errors="replace"), encoding="utf-8")
                    raise OrderRefused(f"Nothing was taken in. What you wrote is in {kept}.") from wrong


def backfill(episodes: Sequence[str], clips: Sequence[str] | None, what: str) -> None:
    """Makes one asset, and whatever it is made from, of any episodes and clips. What is there and fits
    stays; what falls holds up nothing else. Run again, it goes on."""
    studio = here()
    if what not in GRAPH:
        raise BriefRefused(f"There is no asset {what!r}: choose one of {', '.join(GRAPH)}.")
    briefs = [_brief(studio, episode) for episode in dict.fromkeys(episodes)]
    extent = Extent(going_into({what}), frozenset(clips) if clips else None)
    fell: list[str] = []
    with dg.DagsterInstance.get() as instance:
        for brief in briefs:
            episode = brief.episode
            with by_hand(studio, episode), watch(studio, brief) as seen:
                produce(defs, studio, instance, episode, extent)
            asked = set(extent.of(GRAPH[what], GRAPH[what].keys(studio, episode)))
            fallen = [f for f in studio.db.failures(episode) if f.asset == what and f.key in asked]
            fell += [f"{episode} {what} {f.key}: {f.reason}" for f in fallen]
            made = seen.tally.made[what]
            print(f"{episode}: {counted(made, what)} made, {len(asked) - made - len(fallen)} as they were, "
                  f"{len(fallen)} fell.")  # fmt: skip
    if fell:
        raise ProductionError(f"{len(fell)} could not be made; everything else is kept. First: {fell[0]}")


def show_queue() -> None:
    """What is at work and what waits, in the order of its turns."""
    studio = here()
    orders = Orders(studio.settings.database_url)
    console = Console(highlight=False)
    table = Table(box=None, pad_edge=False)
    for name in ("", "episode", "channel", "priority", "what", "why"):
        table.add_column(name)
    for order in orders.at_work():
        what = order.stage if order.stage == BY_HAND else STAGES[order.stage]
        table.add_row("[green]at work[/]", order.episode, order.channel, "", what, order.why)
    for place, (order, piece) in enumerate(orders.next_turns(), 1):
        table.add_row(
            str(place), order.episode, piece.channel, piece.priority, STAGES[order.stage], order.why
        )
    for order in orders.at_the_gate():
        table.add_row("[yellow]yes?[/]", order.episode, order.channel, "", order.outcome or "", "")
    if not table.row_count:
        console.print("Nothing is at work and nothing waits.")
        return
    console.print(table)


def queue_add(episode: str) -> None:
    """Hands an episode to the studio, or has what was stopped or failed looked at again."""
    studio = here()
    _brief(studio, episode)
    orders = Orders(studio.settings.database_url)
    moment = datetime.now(UTC)
    asked = Wanted(episode, AGAIN, digest(moment.isoformat()), "a person asked for it", moment, afresh=True)
    orders.hand_over(episode)
    orders.ask([asked])
    print(f"{episode} is in the studio's hands: `pokegeo queue` shows its turn.")
