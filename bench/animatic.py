"""`python -m bench animatic`: how long a director waits for the film as a sketch, and what it costs."""

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Row, at_most, each_told
from bench.whole_process import measure

SPECIES = "haunter"


def main() -> None:
    """Prints its figures."""
    with tempfile.TemporaryDirectory(prefix="pokegeo-bench-") as folder:
        each_told(animatic_figures(Path(folder) / "animatic"))


def animatic_figures(home: Path) -> Iterator[Row]:
    """A film of eighteen clips with a timeline in 1080p, sketched in an empty studio, its story included."""
    took = measure([sys.executable, "-m", "pokegeo_dagster.cli", "animatic", SPECIES],
                   {"POKEGEO_HOME": str(home)})  # fmt: skip
    spent = re.search(r"\$(\d+\.\d\d)\.", took.output)
    assert spent, took.output
    assert "18 clips" in took.output, took.output
    yield at_most("animatic of 18 clips, from a name", took.wall_s, 60, "s", cpu_s=took.cpu_s)
    yield at_most("what it cost", float(spent.group(1)), 0, "$")


if __name__ == "__main__":
    main()
