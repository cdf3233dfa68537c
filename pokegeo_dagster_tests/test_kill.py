"""A production killed at any moment goes on where it stopped, and the film is the same film."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pokegeo_dagster_tests.studios import BARE, CHECKOUT

ORDER = ("produce", "gyarados", "--clips", "3", "--profile", "rehearsal")


def _start(home: Path, told: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
    """The order as a person's terminal would start it: a group of processes of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "pokegeo_dagster.cli", *ORDER],
        cwd=CHECKOUT,
        env={**BARE, "POKEGEO_HOME": str(home)},
        stdout=told,
        stderr=told,
        text=True,
        start_new_session=True,
    )


def _lines(home: Path) -> int:
    journal = home / "logs" / "production.jsonl"
    return len(journal.read_text().splitlines()) if journal.exists() else 0


def _kill_after(home: Path, more: int) -> bool:
    """Runs until `more` further lines are in the journal, then kills -9 the whole group. True when
    it was killed, False when the production was faster."""
    process, goal = _start(home), _lines(home) + more
    while process.poll() is None:
        if _lines(home) >= goal:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return True
        time.sleep(0.005)  # the grain of the watch, not a wait for something to be done
    return False


@pytest.mark.timeout(900)
def test_a_killed_production_resumes_to_the_same_bytes(rehearsal: Path, tmp_path: Path, run_in) -> None:
    home, chance = tmp_path / "studio", random.Random(7)

    kills = 0
    while _kill_after(home, chance.randint(3, 35)):
        kills += 1
        assert kills < 40, "the production never got to its end"
    done = run_in(home, *ORDER)

    assert kills >= 3
    assert done.returncode == 0, done.stderr
    whole = (rehearsal / "films" / "gyarados" / "gyarados_final.mp4").read_bytes()
    assert (home / "films" / "gyarados" / "gyarados_final.mp4").read_bytes() == whole
    manifests = [h / "films" / "gyarados" / "assembly_manifest.json" for h in (home, rehearsal)]
    assert json.loads(manifests[0].read_text()) == json.loads(manifests[1].read_text())


@pytest.mark.timeout(600)
def test_ctrl_c_is_safe_and_says_how_to_go_on(tmp_path: Path, run_in) -> None:
    home = tmp_path / "studio"
    process = _start(home, subprocess.PIPE)
    while _lines(home) < 12:
        assert process.poll() is None, "it ended before it could be stopped"
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=240)

    assert process.returncode == 130
    assert "goes on where it stopped" in told and "Traceback" not in told
    before = (home / "logs" / "production.jsonl").read_text().splitlines()
    done = run_in(home, *ORDER)
    assert done.returncode == 0, done.stderr
    made = [(e["asset"], e["key"]) for e in map(json.loads, before) if e.get("state") == "made"]
    later = (home / "logs" / "production.jsonl").read_text().splitlines()[len(before) :]
    again = [(e["asset"], e["key"]) for e in map(json.loads, later) if e.get("state") == "made"]
    assert made and not set(made) & set(again)
