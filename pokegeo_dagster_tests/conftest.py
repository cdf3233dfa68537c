"""What every test stands on: no network but loopback, and a terminal of its own."""

import socket
from pathlib import Path

import pytest
from filelock import FileLock

from pokegeo_dagster_tests.studios import Done, Terminal, pokegeo_from_nothing, run_pokegeo


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole films first: a file of them that began last would be waited for alone."""
    items.sort(key=lambda item: item.path.parent != Path(__file__).parent)


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


@pytest.fixture
def pokegeo(tmp_path: Path) -> Terminal:
    """A terminal in a fresh studio."""

    def run(*words: str, **environment: str) -> Done:
        return pokegeo_from_nothing(tmp_path / "studio", *words, **environment)

    return run


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
                done = pokegeo_from_nothing(
                    home, "produce", species, "--clips", clips, "--profile", "rehearsal"
                )
                assert done.returncode == 0, done.stderr
            made.touch()
    return home


@pytest.fixture(scope="session")
def run_in() -> Terminal:
    """A terminal in a studio that is named at each call."""
    return run_pokegeo
