"""The catalogue in the terminal: a line an episode."""

import os

from rich.console import Console
from rich.table import Table

from pokegeo_dagster.storage.catalogue import overview
from pokegeo_dagster.storage.settings import StudioSettings, studio_home
from pokegeo_dagster.storage.studio_db import StudioDb

NUMBERS = {"made", "stale", "failed", "spent"}


def all_episodes() -> None:
    """One line an episode: how many pieces are made, stale and failed, by whom, and the cost."""
    settings = StudioSettings.from_env(os.environ, studio_home(os.environ))
    db = StudioDb(settings.database_url)
    db.migrate()
    rows = overview(db)
    if not rows:
        print("No episodes yet. Make one: pokegeo produce haunter")
        return
    table = Table(box=None, pad_edge=False)
    for name in ("episode", "species", "made", "stale", "failed", "film", "by", "spent"):
        table.add_column(name, justify="right" if name in NUMBERS else "left")
    for row in rows:
        table.add_row(
            row.episode,
            row.species,
            str(row.made),
            str(row.stale) if row.stale else "",
            str(row.failed) if row.failed else "",
            row.film,
            ", ".join(row.members),
            f"${row.spent_usd:.2f}",
        )
    Console(highlight=False).print(table)
