"""What a whole studio takes of the machine: CPU and memory of every process of it, by what they are."""

from __future__ import annotations

import contextlib
import threading
from collections import defaultdict
from pathlib import Path

import psutil

LOOK_S, WEIGH_S = 1.0, 10.0
FFMPEG, WORKER = "ffmpeg", "run workers"
# What a process is, by a word of its command; the first that fits counts.
_KINDS = (
    ("ffmpeg", FFMPEG), ("spawn_main", WORKER), ("execute_run", WORKER), ("postgres", "PostgreSQL"),
    ("weed", "S3"), ("dagster._daemon", "daemon"), ("webserver", "UI"), ("code-server", "code server"),
    ("dagster", "code server"), ("pokegeo_dagster.cli", "supervisor and media service"),
)  # fmt: skip


class Tree(threading.Thread):
    """Watches the studio whose first process is `root` until `end`.

    A process is asked once a second how much CPU it has used; what it used after the last question is
    not counted. An ffmpeg is counted by the worker that waited for it, however short it lived; one whose
    worker was killed is lost. Memory is the proportional set size, weighed every ten seconds.
    """

    def __init__(self, root: int, postgres: Path | None):
        super().__init__(name="tree", daemon=True)
        self._root, self._postgres = psutil.Process(root), postgres
        self._over = threading.Event()
        self._cpu_s: dict[tuple[int, float], tuple[str, float]] = {}
        self._waited_s: dict[tuple[int, float], float] = {}  # of the children of workers
        self._kinds: dict[tuple[int, float], str] = {}
        self.peak_mib, self.peak_processes, self.peak_by = 0.0, 0, dict[str, float]()
        self.idle = 0.0  # share of all cores that nobody used, over the whole time

    def run(self) -> None:
        looks, before = 0, psutil.cpu_times()
        while not self._over.wait(LOOK_S):
            found = self._processes()
            for process in found:
                with contextlib.suppress(psutil.Error):
                    self._look(process)
            if looks % int(WEIGH_S / LOOK_S) == 0:
                self._weigh(found)
            looks += 1
        now = psutil.cpu_times()
        spent = [after - at_first for after, at_first in zip(now, before, strict=True)]
        idle = sum(spent[now._fields.index(name)] for name in ("idle", "iowait") if name in now._fields)
        self.idle = idle / max(sum(spent), 1.0)

    def end(self) -> None:
        """Looks no more."""
        self._over.set()
        self.join()

    def cpu_s(self) -> dict[str, float]:
        """CPU seconds so far, by kind of process."""
        total: dict[str, float] = defaultdict(float)
        for kind, seconds in list(self._cpu_s.values()):
            if kind != FFMPEG:
                total[kind] += seconds
        total[FFMPEG] = sum(list(self._waited_s.values()))
        return dict(total)

    def _processes(self) -> list[psutil.Process]:
        found: list[psutil.Process] = []
        with contextlib.suppress(psutil.Error):
            found = [self._root, *self._root.children(recursive=True)]
        with contextlib.suppress(psutil.Error, OSError, ValueError, TypeError):
            # It leaves its parent as soon as it runs.
            if self._postgres is not None:
                postmaster = (self._postgres / "data" / "postmaster.pid").read_text().split()[0]
                server = psutil.Process(int(postmaster))
                found += [server, *server.children(recursive=True)]
        return list({process.pid: process for process in found}.values())

    def _look(self, process: psutil.Process) -> None:
        name = (process.pid, process.create_time())
        kind = self._kinds.get(name) or self._kind(process)
        times = process.cpu_times()
        self._cpu_s[name] = (kind, times.user + times.system)
        if kind == WORKER:
            self._kinds[name] = kind
            self._waited_s[name] = times.children_user + times.children_system

    def _kind(self, process: psutil.Process) -> str:
        words = " ".join([process.name(), *process.cmdline()])
        return next((kind for word, kind in _KINDS if word in words), "other")

    def _weigh(self, found: list[psutil.Process]) -> None:
        by: dict[str, float] = defaultdict(float)
        for process in found:
            with contextlib.suppress(psutil.Error, AttributeError, OSError, ValueError):
                rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
                pss = next(line for line in rollup.splitlines() if line.startswith("Pss:"))
                by[self._kind(process)] += int(pss.split()[1]) / 1024
        if sum(by.values()) > self.peak_mib:
            self.peak_mib, self.peak_by, self.peak_processes = sum(by.values()), dict(by), len(found)
