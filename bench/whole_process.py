"""Measuring whole processes: wall, CPU of the process and everything it started, peak memory."""

import os
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Figures:
    """What one command took. `peak_mib` is the sum over the process tree, sampled every 0.1 s."""

    wall_s: float
    cpu_s: float
    peak_mib: float
    output: str


def measure(command: Sequence[str], environment: dict[str, str] | None = None) -> Figures:
    """Runs a command to its end. Raises RuntimeError with its output when it fails."""
    before = os.times()
    began = time.monotonic()
    process = subprocess.Popen(
        command,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    peak = [0.0]
    watcher = threading.Thread(target=_watch, args=(process.pid, peak), daemon=True)
    watcher.start()
    output, _ = process.communicate()
    wall = time.monotonic() - began
    watcher.join()
    after = os.times()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{output}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Figures(wall, cpu, peak[0], output)


def _watch(pid: int, peak: list[float]) -> None:
    try:
        root = psutil.Process(pid)
        while root.is_running() and root.status() != psutil.STATUS_ZOMBIE:
            peak[0] = max(peak[0], _tree_mib(root))
            time.sleep(0.1)
    except psutil.NoSuchProcess:
        return


def _tree_mib(root: psutil.Process) -> float:
    total = 0
    for process in [root, *root.children(recursive=True)]:
        try:
            # Proportional set size counts a page that two processes share once.
            total += process.memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.AccessDenied, AttributeError):
            continue
    return total / 2**20
