"""`make bench`: every figure of the README, in one run, against a reference in the same run.

`python -m bench purse` runs the proofs of the purse instead (see `bench.purse`), `studio` those of a studio
that runs itself (`bench.studio`), `queue` the decision whose turn it is (`bench.turns`)."""

import json
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench.catalogue import status_of_a_thousand
from bench.episode import episode_figures

RESULTS = Path(__file__).with_name("results.json")


def main() -> None:
    """Prints each figure with its target and writes them to bench/results.json."""
    with tempfile.TemporaryDirectory(prefix="pokegeo-bench-") as folder:
        rows = [*episode_figures(Path(folder) / "episode"), *status_of_a_thousand(Path(folder) / "catalogue")]
    for row in rows:
        met = "ok " if row["met"] else "MISSED"
        print(f"{met:<6} {row['figure']}: {row['value']:.3g} {row['unit']} (target {row['target']})")
    RESULTS.write_text(
        json.dumps(
            {
                "at": datetime.now(UTC).isoformat(timespec="seconds"),
                "machine": f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}",
                "figures": rows,
            },
            indent=2,
        )
        + "\n"
    )
    print(f"written to {RESULTS.relative_to(Path.cwd())}")
    sys.exit(0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["checks"]:
        del sys.argv[1]
        from bench.checks import main
    elif sys.argv[1:2] == ["purse"]:  # `python -m bench purse` is `python -m bench.purse`
        del sys.argv[1]
        from bench.purse import main
    elif sys.argv[1:2] == ["queue"]:
        from bench.turns import main
    elif sys.argv[1:2] == ["studio"]:
        del sys.argv[1]
        from bench.studio import main
    elif sys.argv[1:2] == ["cut"]:
        del sys.argv[1]
        from bench.cut import main
    main()
