"""The studio as a person meets it: the UI in a browser, a clip materialised, its picture seen."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from pokegeo_dagster_tests.conftest import copy_studio

CHECKOUT = Path(__file__).resolve().parents[1]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium on this machine: install it to have the UI tested"
)


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


@pytest.fixture(scope="module")
def studio(rehearsal: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """An open studio over a copy of the rehearsal: the addresses of its UI and its media service."""
    home = tmp_path_factory.mktemp("ui") / "studio"
    copy_studio(rehearsal, home)
    ui, media = _free_port(), _free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "pokegeo_dagster.cli", "studio", "--port", str(ui)],
        cwd=CHECKOUT,
        env={
            **os.environ,
            "POKEGEO_ENV_FILE": "none",
            "POKEGEO_HOME": str(home),
            "POKEGEO_MEDIA_SERVICE": f"127.0.0.1:{media}",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "The studio is open" in line:
            break
    assert process.poll() is None, "the studio did not open"
    yield f"http://127.0.0.1:{ui}", f"http://127.0.0.1:{media}"
    process.send_signal(signal.SIGINT)
    assert process.wait(40) == 0


def _runs(ui: str) -> list[dict]:
    asked = "{runsOrError(limit: 20){... on Runs{results{runId status tags{key value}}}}}"
    answer = httpx.post(f"{ui}/graphql", json={"query": asked}, timeout=30).json()
    return answer["data"]["runsOrError"]["results"]


@pytest.mark.timeout(280)
def test_a_clip_is_materialised_from_the_ui_and_its_preview_is_seen(studio: tuple[str, str]) -> None:
    from playwright.sync_api import sync_playwright

    ui, media = studio
    before = {run["runId"] for run in _runs(ui)}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page(viewport={"width": 1500, "height": 1100})
        page.goto(f"{ui}/assets/clip?view=partitions&partition=haunter%7Cclip_02", timeout=120_000)
        page.get_by_role("button", name="Materialize").first.click(timeout=60_000)
        # A film by the house has no greenlight, and Dagster asks whether that is meant.
        page.get_by_role("button", name="Confirm").click(timeout=60_000)
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("button", name="Launch").last.click(timeout=60_000)
        run = _await_run(ui, before)
        page.goto(f"{ui}/assets/clip?view=partitions&partition=haunter%7Cclip_02", timeout=120_000)
        page.get_by_text("made by").first.wait_for(timeout=60_000)
        picture = page.locator(f"img[src*='{media}/media/haunter/clip/clip_02/poster']").first
        picture.wait_for(timeout=60_000)
        width = picture.evaluate("image => image.decode().then(() => image.naturalWidth)")
        browser.close()

    assert run["status"] == "SUCCESS", json.dumps(run)
    assert width == 320


def _await_run(ui: str, before: set[str]) -> dict:
    deadline = time.monotonic() + 150
    while time.monotonic() < deadline:
        new = [run for run in _runs(ui) if run["runId"] not in before]
        if new and new[0]["status"] in ("SUCCESS", "FAILURE", "CANCELED"):
            return new[0]
        time.sleep(0.5)
    raise AssertionError("the run that the UI launched never ended")


def test_the_film_plays_by_its_short_url(studio: tuple[str, str]) -> None:
    _, media = studio
    whole = httpx.get(f"{media}/media/haunter/final_cut/film", timeout=30)
    part = httpx.get(f"{media}/media/haunter/final_cut/film", headers={"Range": "bytes=100-199"}, timeout=30)

    assert whole.headers["content-type"] == "video/mp4"
    assert part.status_code == 206 and part.content == whole.content[100:200]
    assert httpx.get(f"{media}/media/haunter/..%2f..%2fstudio.db", timeout=30).status_code == 404
