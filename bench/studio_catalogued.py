"""`python -m bench studio --catalogued 1000`: whether a studio stays quick when its catalogue is large:
loading the definitions, one tick of the sensor, and whose turn it is. On SQLite, from cold processes."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench import turns
from bench.whole_process import measure

LOAD = "from pokegeo_dagster.definitions import defs; defs.get_repository_def().get_all_jobs()"
NOTHING = "import dagster"
# The first tick of a process opens the studio; a daemon's are like the second. Both are told.
TICK = """
import time
import dagster as dg
from pokegeo_dagster.defs.office.sensors import tick
from pokegeo_dagster.defs.office.studio import here
studio = here()
with dg.DagsterInstance.get() as instance:
    for _ in range(4):
        began, cpu = time.perf_counter(), time.process_time()
        _, told = tick(studio, instance)
        print(f"TICK {time.perf_counter() - began} {time.process_time() - cpu} {told}")
"""
LOAD_TARGET_S, TICK_TARGET_S = 3.0, 2.0


def look(count: int) -> None:
    """Fills a catalogue of `count` finished episodes of 18 clips, and prints how quick it is then."""
    with tempfile.TemporaryDirectory(prefix="pokegeo-bench-") as folder:
        home = Path(folder) / "studio"
        environ = {"POKEGEO_HOME": str(home), "DAGSTER_HOME": str(Path.cwd()), "POKEGEO_ENV_FILE": "none"}
        measure([sys.executable, "-m", "bench.fill_catalogue", str(home), str(count)])
        plain = measure([sys.executable, "-c", NOTHING], environ)
        load = measure([sys.executable, "-c", LOAD], environ)
        _told("loading the definitions", load.wall_s, load.cpu_s, LOAD_TARGET_S)
        print(f"       (of which importing Dagster: {plain.wall_s:.2f} s, {plain.cpu_s:.2f} s of CPU)")
        lines = measure([sys.executable, "-c", TICK], environ).output.splitlines()
        ticks = [line.split(maxsplit=3) for line in lines if line.startswith("TICK")]
        for name, (_, wall, cpu, said) in zip(("first", "second", "third", "fourth"), ticks, strict=True):
            _told(f"the {name} tick of the sensor", float(wall), float(cpu), TICK_TARGET_S)
            print(f"       ({said})")
    turns.main()


def _told(what: str, wall_s: float, cpu_s: float, target_s: float) -> None:
    met = "ok" if wall_s <= target_s else "MISSED"
    print(f"{met:<6} {what}: {wall_s:.2f} s, {cpu_s:.2f} s of CPU (target {target_s:.0f} s)", flush=True)
