"""Studios under test: a terminal in one, a copy of one, and one that is open, as its UI asks it."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHECKOUT = Path(__file__).resolve().parents[1]
# Nothing of the machine's own environment reaches a production under test: no key (not even the
# checkout's `.env`), no ffmpeg.
BARE = {
    "PATH": "/nonexistent",
    "HOME": os.environ.get("HOME", "/"),
    "LANG": "C.UTF-8",
    "POKEGEO_ENV_FILE": "none",
}
OPENS_WITHIN_S, ENDS_WITHIN_S = 120, 280
LAUNCH = """mutation($p: ExecutionParams!){launchPipelineExecution(executionParams: $p){
__typename ... on LaunchRunSuccess{run{runId}} ... on PythonError{message}
... on RunConfigValidationInvalid{errors{message}}}}"""
ADD_EPISODE = """mutation($where: RepositorySelector!, $key: String!){addDynamicPartition(
repositorySelector: $where, partitionsDefName: "episodes", partitionKey: $key){__typename}}"""
RUNS = "{runsOrError(limit: 20){... on Runs{results{runId status tags{key value}}}}}"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ENDED = ("SUCCESS", "FAILURE", "CANCELED")

Done = subprocess.CompletedProcess[str]
Terminal = Callable[..., Done]


def pokegeo_from_nothing(home: Path, *words: str, **environment: str) -> Done:
    """`pokegeo` in a new Python of its own, in the studio at `home`: a newcomer's first command."""
    return subprocess.run(
        [sys.executable, "-m", "pokegeo_dagster.cli", *words],
        cwd=CHECKOUT,
        env={**BARE, "POKEGEO_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        timeout=ENDS_WITHIN_S,
    )


def run_pokegeo(home: Path, *words: str, **environment: str) -> Done:
    """`pokegeo` in a process of its own, in the studio at `home`, forked from one that has imported
    everything and done nothing: that takes most of what a short command costs."""
    with tempfile.TemporaryDirectory(prefix="terminal-") as room:
        out, err = Path(room, "out"), Path(room, "err")
        order = {"words": words, "environ": {**BARE, "POKEGEO_HOME": str(home), **environment},
                 "out": str(out), "err": str(err)}  # fmt: skip
        code = _warm_terminal().ended(order)
        return subprocess.CompletedProcess(words, code, out.read_text(), err.read_text())


class _WarmTerminal:
    """Where those are forked (see `bench.mortal`), one after the other."""

    def __init__(self) -> None:
        self._warm = subprocess.Popen(
            [sys.executable, "-m", "bench.mortal"],
            cwd=CHECKOUT,
            env={**BARE, "PYTHONPATH": str(CHECKOUT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._heard()

    def ended(self, order: dict[str, Any]) -> int:
        """Waits for the end of the command: its exit code, or minus the signal that ended it."""
        assert self._warm.stdin is not None
        self._warm.stdin.write(json.dumps(order) + "\n")
        self._warm.stdin.flush()
        group = self._heard()["pid"]
        watch = threading.Timer(ENDS_WITHIN_S, lambda: os.killpg(group, signal.SIGKILL))
        watch.start()
        try:
            return self._heard()["exit"]
        finally:
            watch.cancel()

    def _heard(self) -> dict[str, Any]:
        assert self._warm.stdout is not None
        return json.loads(self._warm.stdout.readline())


@cache
def _warm_terminal() -> _WarmTerminal:
    return _WarmTerminal()


def copy_studio(home: Path, to: Path) -> Path:
    """A studio of its own at `to`, with all that the one at `home` has.

    Databases are copied through SQLite: a connection that is closed meanwhile (anywhere in this process,
    whenever Python collects it) folds the write-ahead log away under a copy of the plain files.
    """

    def copy(source: str, target: str) -> None:
        if not source.endswith(".db"):
            shutil.copy2(source, target)
            return
        with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(target)) as there:
            here.backup(there)

    shutil.copytree(home, to, copy_function=copy, ignore=shutil.ignore_patterns("*.db-wal", "*.db-shm"))
    return to


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


def until(true: Callable[[], Any], seconds: float) -> Any:
    """Waits for something to be so, and gives it back."""
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline, f"it was not so after {seconds} s"
        time.sleep(0.2)
    return found


@dataclass
class OpenStudio:
    """`pokegeo studio` while it is open: its first process, and where its UI and its media service are."""

    home: Path
    process: subprocess.Popen[bytes]
    ui: str
    media: str

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """What the UI's pages ask."""
        body = {"query": query, "variables": variables}
        return httpx.post(f"{self.ui}/graphql", json=body, timeout=60).json()["data"]

    @cached_property
    def where(self) -> dict[str, str]:
        """Of the repository, as the UI's orders name it."""
        asked = "{repositoriesOrError{... on RepositoryConnection{nodes{name location{name}}}}}"
        (node,) = self.ask(asked)["repositoriesOrError"]["nodes"]
        return {"repositoryName": node["name"], "repositoryLocationName": node["location"]["name"]}

    def add_episode(self, key: str) -> None:
        """Makes the episode's partition known."""
        self.ask(ADD_EPISODE, where=self.where, key=key)

    def launch(
        self, job: str, tags: Mapping[str, str], assets: Sequence[str] = (), config: str = "{}"
    ) -> str:
        """Starts a run with Dagster's own tags of these names, of these assets alone if some are named:
        its id."""
        chosen = {"assetSelection": [{"path": [asset]} for asset in assets]} if assets else {}
        told = [{"key": f"dagster/{key}", "value": value} for key, value in tags.items()]
        params = {
            "selector": {**self.where, "pipelineName": job, **chosen},
            "runConfigData": config,
            "mode": "default",
            "executionMetadata": {"tags": told},
        }
        answer = self.ask(LAUNCH, p=params)["launchPipelineExecution"]
        assert answer["__typename"] == "LaunchRunSuccess", answer
        return answer["run"]["runId"]

    def status(self, run: str) -> str:
        """Of a run, in Dagster's words."""
        asked = "query($run: ID!){runOrError(runId: $run){... on Run{status}}}"
        return self.ask(asked, run=run)["runOrError"]["status"]

    def ended(self, run: str, seconds: float = 150) -> str:
        """Waits for a run's end, and says how it ended."""
        until(lambda: self.status(run) in ENDED, seconds)
        return self.status(run)

    def runs(self) -> list[dict[str, Any]]:
        """The latest runs."""
        return self.ask(RUNS)["runsOrError"]["results"]


@contextmanager
def opened(home: Path, **environment: str) -> Iterator[OpenStudio]:
    """An open studio at `home`, closed at the end as a person closes it.

    It talks to a file: nobody reads a pipe while a test runs, and a full one would hold the studio up.
    """
    port, media, told = free_port(), f"127.0.0.1:{free_port()}", home / "studio.log"
    with told.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "pokegeo_dagster.cli", "studio", "--port", str(port)],
            cwd=CHECKOUT,
            env={**os.environ, "POKEGEO_ENV_FILE": "none", "POKEGEO_HOME": str(home),
                 "POKEGEO_MEDIA_SERVICE": media, **environment},
            stdout=log,
            stderr=log,
        )  # fmt: skip

    def is_open() -> bool:
        assert process.poll() is None, f"the studio did not open: {told.read_text()[-2000:]}"
        return "The studio is open" in told.read_text()

    try:
        until(is_open, OPENS_WITHIN_S)
        yield OpenStudio(home, process, f"http://127.0.0.1:{port}", f"http://{media}")
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0, told.read_text()[-2000:]
    finally:
        process.kill()


@contextmanager
def browser_page(width: int = 1500, height: int = 1100) -> "Iterator[Page]":
    """A page of this machine's own Chromium, without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser.new_page(viewport={"width": width, "height": height})
        browser.close()
