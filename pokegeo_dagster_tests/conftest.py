"""What every test stands on: no network but loopback, and a terminal of its own."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from filelock import FileLock

CHECKOUT = Path(__file__).resolve().parents[1]
# Nothing of the machine's own environment reaches a production under test: no key (not even the
# checkout's `.env`), no ffmpeg.
BARE = {
    "PATH": "/nonexistent",
    "HOME": os.environ.get("HOME", "/"),
    "LANG": "C.UTF-8",
    "POKEGEO_ENV_FILE": "none",
}

Terminal = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that would reach out of this machine fails where it tries."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else "unix"
        if host not in ("unix", "127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {host}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


def run_pokegeo(home: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`pokegeo` in a process of its own, in the studio at `home`."""
    return subprocess.run(
        [sys.executable, "-m", "pokegeo_dagster.cli", *words],
        cwd=CHECKOUT,
        env={**BARE, "POKEGEO_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        timeout=280,
    )


@pytest.fixture
def pokegeo(tmp_path: Path) -> Terminal:
    """A terminal in a fresh studio."""

    def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return run_pokegeo(tmp_path / "studio", *words, **environment)

    return run


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


@pytest.fixture(scope="session")
def rehearsal(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A studio in which a six-clip haunter and a three-clip gyarados were made at rehearsal size.

    Shared by the tests that only look, in all of pytest's processes; a test that changes something copies
    it (`copy_studio`).
    """
    room = tmp_path_factory.getbasetemp()
    room = room if worker_id == "master" else room.parent
    home, made = room / "rehearsal" / "studio", room / "rehearsal" / "made"
    home.parent.mkdir(exist_ok=True)
    with FileLock(home.parent / "lock"):
        if not made.exists():
            for species, clips in (("haunter", "6"), ("gyarados", "3")):
                done = run_pokegeo(home, "produce", species, "--clips", clips, "--profile", "rehearsal")
                assert done.returncode == 0, done.stderr
            made.touch()
    return home


@pytest.fixture(scope="session")
def run_in() -> Terminal:
    """A terminal in a studio that is named at each call."""
    return run_pokegeo
