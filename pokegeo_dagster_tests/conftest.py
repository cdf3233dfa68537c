"""What every test stands on: no network but loopback, and a terminal of its own."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

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


@pytest.fixture(scope="session")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A studio in which a six-clip haunter and a three-clip gyarados were made at rehearsal size.

    Shared by the tests that only look; a test that changes something copies it.
    """
    home = tmp_path_factory.mktemp("rehearsal") / "studio"
    for species, clips in (("haunter", "6"), ("gyarados", "3")):
        done = run_pokegeo(home, "produce", species, "--clips", clips, "--profile", "rehearsal")
        assert done.returncode == 0, done.stderr
    return home


@pytest.fixture(scope="session")
def run_in() -> Terminal:
    """A terminal in a studio that is named at each call."""
    return run_pokegeo
