"""Verdicts in the terminal: what the checks found, and a person's word in spite of one."""

import getpass
from collections import defaultdict

from rich.console import Console
from rich.markup import escape

from pokegeo_dagster.defs.graph import CALL_SHEET
from pokegeo_dagster.defs.office.judging import judged
from pokegeo_dagster.defs.office.studio import Studio, here
from pokegeo_dagster.defs.office.takes import Takes
from pokegeo_dagster.film.errors import BriefRefused
from pokegeo_dagster.film.places import Place


def let_pass(episode: str, key: str, check: str, because: str) -> None:
    """Records that the current take of a piece may pass a check, and says what that frees."""
    studio = here()
    brief = studio.db.brief(episode)
    if brief is None:
        raise BriefRefused(f"There is no episode {episode!r}: `pokegeo status` lists them.")
    if not because.strip():
        raise BriefRefused('Say why it is good enough: --because "…". It is kept on record.')
    # A piece has checks of several assets: its narration's, its composite's, its clip's.
    named = [(craft, one) for craft in CALL_SHEET for one in craft.checks if one.name == check]
    if not named:
        known = sorted({one.name for craft in CALL_SHEET for one in craft.checks if one.blocking})
        raise BriefRefused(f"No check is called {check!r}. These hold up a purchase: {', '.join(known)}.")
    takes = [(Takes(craft.name, studio).find(Place(episode, key)), one) for craft, one in named]
    there = [(take, one) for take, one in takes if take is not None]
    if not there:
        assets = " or ".join(craft.name for craft, _ in named)
        raise BriefRefused(f"{episode} {key} has no {assets} yet, so there is nothing to let pass.")
    failing = [found for take, one in there if not (found := judged(one, take)).passed]
    if not failing:
        raise BriefRefused(f"{episode} {key} passes {check} already: there is nothing to let pass.")
    for found in failing:
        studio.verdicts.waive(found.take.row.id, check, because.strip(), getpass.getuser())
        print(f"{found.take.asset} {found.take.place} may pass {check}: {because.strip()}")
    print(
        f"It is on record, for this take only. Now run: pokegeo produce {brief.species} --episode {episode}"
    )


def print_verdicts(console: Console, studio: Studio, episode: str) -> None:
    """What the checks found wrong on the current takes: errors and waivers one by one, warnings by
    check."""
    takes = {row.take.id: (asset, row) for (asset, _), row in studio.db.approved(episode).items()}
    warned: dict[tuple[str, str], list[str]] = defaultdict(list)
    found = studio.verdicts.of_takes(list(takes))
    for verdict, waiver in found:
        asset, row = takes[verdict.take_id]
        if verdict.passed:
            continue
        piece = row.take.key
        if waiver is not None:
            console.print(
                f"[yellow]let pass[/] {asset} {piece} {verdict.check}: {escape(verdict.why)} "
                f"({escape(waiver.author)}: {escape(waiver.because)})"
            )
        elif verdict.severity == "error":
            console.print(f"[red]fails[/] {asset} {piece} {verdict.check}: {escape(verdict.why)}")
        else:
            warned[asset, verdict.check].append(piece)
    for (asset, check), pieces in warned.items():
        console.print(f"[yellow]warned[/] {asset} {check}: {', '.join(pieces)}")
    if found:
        failed = sum(not verdict.passed for verdict, _ in found)
        console.print(f"[dim]{len(found)} verdicts on what is in the film, {len(found) - failed} passed[/]")
