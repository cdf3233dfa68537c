"""`make bench`: every figure of the film, in one run, each against a reference in the same run; about twenty
minutes. `python -m bench animatic cut` measures only those; all of them are in PARTS.

With options of their own: `cut` (`--clips`, `--runs`, `--folder`), `checks HOME EPISODE`, `purse` (the proofs
of the purse), `studio` (a studio that runs itself), `queue` (whose turn it is), `walk` (the
pictures of docs/walk.md).
"""

import importlib
import json
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from bench.animatic import animatic_figures
from bench.catalogue import status_of_a_thousand
from bench.checks import checks_figures
from bench.cut import cut_figures
from bench.episode import episode_figures
from bench.figures import Row, each_told, table

RESULTS = Path(__file__).with_name("results.json")
# Once each: the ways of cutting are 18 clips long, and take turns within the run. `python -m bench cut` takes
# the median of three.
PARTS: dict[str, Callable[[Path], Iterable[Row]]] = {
    "animatic": lambda folder: animatic_figures(folder / "animatic"),
    "episode": lambda folder: episode_figures(folder / "episode"),
    "catalogue": lambda folder: status_of_a_thousand(folder / "catalogue"),
    "cut": lambda folder: cut_figures(folder, clips=18, runs=1),
    "checks": lambda folder: checks_figures(folder / "mixed", folder / "ours.mp4"),
}
# What has a command line of its own, by its name here.
ALONE = {"checks": "bench.checks", "cut": "bench.cut", "purse": "bench.purse", "studio": "bench.studio",
         "queue": "bench.turns", "walk": "bench.walk"}  # fmt: skip


def main(parts: Iterable[str]) -> None:
    """Prints each figure with its target as soon as it is there, and all of them at the end. Every part
    replaces its own figures in bench/results.json."""
    before = json.loads(RESULTS.read_text())["figures"] if RESULTS.exists() else []
    kept = {name: [row for row in before if row.get("part") == name] for name in PARTS}
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pokegeo-bench-") as folder:
        for part in parts:
            print(f"\n{part}", flush=True)
            kept[part] = [{"part": part, **row} for row in each_told(PARTS[part](Path(folder)))]
            _write([row for rows in kept.values() for row in rows])
    rows = [row for name in parts for row in kept[name]]
    missed = sum(row["met"] is False for row in rows)
    print(f"\n{table(rows)}\n\n{len(rows)} figures, {missed} missed, in "
          f"{(time.monotonic() - began) / 60:.0f} minutes; written to {RESULTS.name}")  # fmt: skip


def _write(rows: list[Row]) -> None:
    machine = f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    at = datetime.now(UTC).isoformat(timespec="seconds")
    told = {"at": at, "machine": machine, "figures": rows}
    RESULTS.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    words = sys.argv[1:]
    if words and words[0] in ALONE and (len(words) == 1 or words[1] not in PARTS):
        sys.argv = [f"python -m bench {words[0]}", *words[1:]]
        importlib.import_module(ALONE[words[0]]).main()
    elif unknown := [word for word in words if word not in PARTS]:
        sys.exit(f"There is no {unknown[0]}: choose {', '.join({**PARTS, **ALONE})}.")
    else:
        main(words or PARTS)
