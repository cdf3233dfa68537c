"""`pokegeo ledger`: what was spent, and what nobody knows yet."""

from typing import Annotated

import typer

from pokegeo_dagster.cli.options import Debug

app = typer.Typer(help="What was spent, and what nobody knows yet.")


@app.callback(invoke_without_command=True)
def ledger(
    context: typer.Context,
    by: Annotated[str, typer.Option(help="A line an episode, channel, vendor or day.")] = "episode",
    debug: Debug = False,
) -> None:
    """What was spent: quoted, charged, reserved, wasted."""
    if context.invoked_subcommand is None:
        from pokegeo_dagster.cli.ledger import show_ledger

        show_ledger(by)


@app.command("unknown")
def ledger_unknown(debug: Debug = False) -> None:
    """Purchases of which nobody knows whether they were made, and where to look."""
    from pokegeo_dagster.cli.ledger import show_unknown

    show_unknown()


@app.command("settle")
def ledger_settle(
    number: Annotated[int, typer.Argument(metavar="ID", help="As `ledger unknown` numbers it.")],
    not_charged: Annotated[bool, typer.Option("--not-charged", help="The vendor took nothing.")] = False,
    charged: Annotated[
        str | None, typer.Option(metavar="USD", help="The vendor took this, and there is nothing to fetch.")
    ] = None,
    found: Annotated[
        str | None, typer.Option(metavar="TASK_ID", help="The vendor's task: it will be fetched.")
    ] = None,
    note: Annotated[str | None, typer.Option(help="Kept in the ledger.")] = None,
    debug: Debug = False,
) -> None:
    """Say what became of an unknown purchase. Nothing is bought by this."""
    from pokegeo_dagster.cli.ledger import settle

    settle(number, not_charged, charged, found, note)
