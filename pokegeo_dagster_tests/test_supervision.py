"""Processes that are minded: started in order, started again when they die, closed in order."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from pokegeo_dagster.cli import supervision
from pokegeo_dagster.cli.supervision import CannotGoOn, Part, Supervisor

# Writes its number, and leaves when it is asked to.
SERVER = """
import os, signal, sys, time
signal.signal(signal.SIGINT, lambda *_: (open(sys.argv[2], "a").write(sys.argv[3] + " left\\n"), sys.exit(0)))
open(sys.argv[1], "w").write(str(os.getpid()))
while True: time.sleep(60)
"""
DEAF = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: time.sleep(60)"


def part(folder: Path, name: str, code: str = SERVER, well: Callable[[], bool] | None = None) -> Part:
    sign = folder / f"{name}.pid"
    return Part(
        name, [sys.executable, "-c", code, str(sign), str(folder / "order"), name], os.environ,
        well or (lambda: sign.exists() and sign.read_text() != ""), log=folder / f"{name}.log",
    )  # fmt: skip


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(supervision, "LOOK_S", 0.02)


def test_parts_start_in_order_and_leave_in_the_opposite_one(tmp_path: Path) -> None:
    minder = Supervisor([part(tmp_path, "first"), part(tmp_path, "second")], tmp_path, lambda line: None)

    with minder.open():
        processes = [psutil.Process(minder.process(name)) for name in ("first", "second")]
        assert processes[0].create_time() <= processes[1].create_time()

    assert (tmp_path / "order").read_text().split() == ["second", "left", "first", "left"]
    assert not any(process.is_running() for process in processes)


def test_a_part_that_is_killed_is_started_again_and_it_is_told(tmp_path: Path) -> None:
    told: list[str] = []
    minder = Supervisor([part(tmp_path, "server")], tmp_path, told.append)
    with minder.open():
        first = minder.process("server")

        def kill_and_stop() -> None:
            os.kill(first, signal.SIGKILL)
            until(lambda: any("is back" in line for line in told))
            minder._stopped = True

        hand = threading.Thread(target=kill_and_stop)
        hand.start()
        minder.mind()
        hand.join()
        assert minder.process("server") != first

    assert "SIGKILL" in told[0] and "server is back." in told[1]


def test_a_part_that_dies_again_and_again_is_given_up_with_its_last_words(tmp_path: Path) -> None:
    dies = "import sys, time; print('no room left'); sys.stdout.flush(); time.sleep(0.2); sys.exit(3)"
    minder = Supervisor([part(tmp_path, "server", dies, well=lambda: True)], tmp_path, lambda line: None)

    with pytest.raises(CannotGoOn, match="no room left"), minder.open():
        minder.mind()


def test_a_part_that_cannot_start_says_so_and_the_others_leave(tmp_path: Path) -> None:
    broken = part(tmp_path, "broken", "raise SystemExit('its port is taken')")
    minder = Supervisor([part(tmp_path, "first"), broken], tmp_path, lambda line: None)

    with pytest.raises(CannotGoOn, match="its port is taken"), minder.open():
        pytest.fail("it opened")

    assert (tmp_path / "order").read_text() == "first left\n"


def test_a_part_that_does_not_start_at_the_first_try_after_its_death_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database whose server was killed may need a moment before another one can begin."""
    monkeypatch.setattr(supervision, "FIRST_PAUSE_S", 0.01)
    lives, ready = tmp_path / "lives", tmp_path / "ready"
    server = (
        "import pathlib, sys, time\n"
        f"lives, ready = pathlib.Path({str(lives)!r}), pathlib.Path({str(ready)!r})\n"
        "lives.write_text((lives.read_text() if lives.exists() else '') + 'i')\n"
        "if lives.read_text() in ('ii', 'iii'): sys.exit('not yet')\n"
        "ready.touch()\n"
        "time.sleep(60)"
    )
    told: list[str] = []
    minder = Supervisor([part(tmp_path, "server", server, well=ready.exists)], tmp_path, told.append)
    with minder.open():
        ready.unlink()
        os.kill(minder.process("server"), signal.SIGKILL)
        hand = threading.Thread(
            target=lambda: (until(lambda: "server is back." in told), setattr(minder, "_stopped", True))
        )
        hand.start()
        minder.mind()
        hand.join()

    assert sum("could not start" in line for line in told) == 2


def test_a_part_that_does_not_answer_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "ASK_EVERY_S", 0.01)
    told: list[str] = []
    answers = iter([True, *[False] * supervision.UNWELL_TIMES])
    minder = Supervisor([part(tmp_path, "server", well=lambda: next(answers, True))], tmp_path, told.append)
    with minder.open():
        hand = threading.Thread(
            target=lambda: (until(lambda: len(told) > 1), setattr(minder, "_stopped", True))
        )
        hand.start()
        minder.mind()
        hand.join()

    assert "did not answer" in told[0]


def test_what_will_not_leave_is_made_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "GRACE_S", 0.2)
    minder = Supervisor([part(tmp_path, "deaf", DEAF, well=lambda: True)], tmp_path, lambda line: None)

    with minder.open():
        process = psutil.Process(minder.process("deaf"))

    assert not process.is_running()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent is gone")
def test_when_the_supervisor_is_killed_its_parts_leave(tmp_path: Path) -> None:
    code = f"""
import os, sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).resolve().parents[1])!r})
from pokegeo_dagster_tests.test_supervision import part
from pokegeo_dagster.cli.supervision import Supervisor
folder = Path({str(tmp_path)!r})
minder = Supervisor([part(folder, "server")], folder, print)
with minder.open():
    (folder / "open").touch()
    minder.mind()
"""
    process = subprocess.Popen([sys.executable, "-c", code])
    until(lambda: (tmp_path / "open").exists())
    child = psutil.Process(int((tmp_path / "server.pid").read_text()))

    process.kill()
    process.wait()

    until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
