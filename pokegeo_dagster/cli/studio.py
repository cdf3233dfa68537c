"""`pokegeo studio`: the Dagster UI, its daemon and the media service, started and stopped together."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

import dagster as dg
import httpx
from rich.console import Console

from pokegeo_dagster.defs.office.production import set_pools, settle_dead_runs
from pokegeo_dagster.defs.office.studio import here
from pokegeo_dagster.film.errors import ProductionError

PATIENCE_S = 120  # a first start imports everything on a cold disk
GRACE_S = 15  # how long a process may take to leave before it is made to


def open_doors(port: int) -> int:
    """Runs the studio until Ctrl+C. Returns 0 when it was asked to close, 1 when a part of it died."""
    studio = here()
    with dg.DagsterInstance.get() as instance:
        settle_dead_runs(instance)
        set_pools(studio, instance)
    environment = {**os.environ, "DAGSTER_HOME": os.environ["DAGSTER_HOME"]}
    environment.pop("POKEGEO_TERMINAL", None)  # runs of the UI do have their output captured
    dagster = ["dagster", "dev", "-w", f"{environment['DAGSTER_HOME']}/workspace.yaml",
               "-h", "127.0.0.1", "-p", str(port), "--log-level", "warning"]  # fmt: skip
    parts = {
        "media service": [sys.executable, "-m", "pokegeo_dagster.cli", "media"],
        "Dagster": [sys.executable, "-m", *dagster],
    }
    addresses = {
        "media service": f"{studio.settings.service_url}/healthz",
        "Dagster": f"http://127.0.0.1:{port}/server_info",
    }
    running = {name: _start(command, environment) for name, command in parts.items()}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    console = Console(highlight=False, soft_wrap=True)
    try:
        for name, address in addresses.items():
            _await(name, running[name], address)
        console.print(f"The studio is open: http://127.0.0.1:{port}  (Ctrl+C closes it)")
        console.print(f"Media service: {studio.settings.service_url}")
        while all(process.poll() is None for process in running.values()):
            time.sleep(0.5)
        dead = next(name for name, process in running.items() if process.poll() is not None)
        console.print(f"[red]{dead} stopped (exit {running[dead].returncode}); closing the studio.[/]")
        return 1
    except (KeyboardInterrupt, SystemExit):
        console.print("Closing.")
        return 0
    finally:
        _close(list(running.values()))


def _start(command: Sequence[str], environment: dict[str, str]) -> subprocess.Popen:
    # A group of its own: Ctrl+C reaches us alone, and we close everything in order.
    return subprocess.Popen(command, env=environment, cwd=environment["DAGSTER_HOME"], start_new_session=True)


def _await(name: str, process: subprocess.Popen, address: str) -> None:
    """Until `address` answers. Raises ProductionError when the process ends first, or never answers."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ProductionError(f"{name} could not start: is its port taken? Tried {address}.")
        try:
            if httpx.get(address, timeout=2).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise ProductionError(f"{name} does not answer at {address} after {PATIENCE_S} s.")


def _close(processes: Sequence[subprocess.Popen]) -> None:
    for process in processes:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
    deadline = time.monotonic() + GRACE_S
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
