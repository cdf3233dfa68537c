"""A thousand episodes in the catalogue: how long the status page takes."""

import sys
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Row, at_most
from bench.whole_process import measure

EPISODES = 1_000


def status_of_a_thousand(home: Path) -> Iterator[Row]:
    """`pokegeo status` over 1,000 episodes × 18 clips, from a cold process. The reference is the
    same command over an empty studio: what is left is reading and counting."""
    empty = {"POKEGEO_HOME": str(home.with_name("empty"))}
    command = [sys.executable, "-m", "pokegeo_dagster.cli", "status"]
    measure(command, empty)
    start = measure(command, empty)
    measure([sys.executable, "-m", "bench.fill_catalogue", str(home), str(EPISODES)])
    full = measure(command, {"POKEGEO_HOME": str(home)})
    yield at_most(
        "status of 1,000 episodes × 18 clips", full.wall_s, 2, "s", starting_the_process=start.wall_s
    )
