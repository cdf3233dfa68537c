"""`pokegeo clean`: what may go, and how much of it there is."""

from pokegeo_dagster.cli.words import wide_console
from pokegeo_dagster.defs.office.maintenance import clean
from pokegeo_dagster.defs.office.studio import here


def sweep(dry_run: bool, days: int) -> None:
    """A line for each kind of thing that went, or would go."""
    console = wide_console()
    for swept in clean(here(), dry_run, days):
        size = f", {swept.size_bytes / 2**20:,.1f} MiB" if swept.size_bytes else ""
        console.print(f"{'would go' if dry_run else 'gone':<9} {swept.count:>6}  {swept.what}{size}")
    console.print("Nothing that was paid for, that a human wrote, or that is in a film ever goes.")
