"""A paid film ordered run by run as the UI orders them: bought once, its papers on every page."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.storage.orders import Orders
from pokegeo_dagster.storage.studio_db import StudioDb
from pokegeo_dagster_tests.emulators.vendor_city import VendorCity, vendor_city

CHECKOUT = Path(__file__).resolve().parents[1]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
EPISODE, CLIPS = "duo", 2
ADD = """mutation($where: RepositorySelector!, $key: String!){addDynamicPartition(
repositorySelector: $where, partitionsDefName: "episodes", partitionKey: $key){__typename}}"""
LAUNCH = """mutation($params: ExecutionParams!){launchPipelineExecution(executionParams: $params){
__typename ... on LaunchRunSuccess{run{runId}} ... on PythonError{message}
... on RunConfigValidationInvalid{errors{message}}}}"""


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


@pytest.fixture
def city() -> Iterator[VendorCity]:
    """The vendors, quick ones."""
    with vendor_city(task_s=0.5) as opened:
        yield opened


@pytest.fixture
def ui(city: VendorCity, tmp_path: Path) -> Iterator[tuple[str, str, Path]]:
    """An open studio with every key and one brief: the addresses of its UI and media service, its home."""
    home, port, media = tmp_path / "studio", _free_port(), _free_port()
    home.mkdir()
    db = StudioDb(f"sqlite:///{home / 'studio.db'}")
    db.migrate()
    Orders(f"sqlite:///{home / 'studio.db'}").by_hand(EPISODE, None)  # every run is started by the test
    db.save_brief(Brief(episode=EPISODE, species="haunter", clip_count=CLIPS, profile="rehearsal"))
    process = subprocess.Popen(
        [sys.executable, "-m", "pokegeo_dagster.cli", "studio", "--port", str(port)],
        cwd=CHECKOUT,
        env={
            **os.environ,
            **city.environ,
            "POKEGEO_HOME": str(home),
            "POKEGEO_ENV_FILE": "none",
            "POKEGEO_POLL_S": "0.2",
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
    yield f"http://127.0.0.1:{port}", f"http://127.0.0.1:{media}", home
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0


def _ask(ui: str, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = httpx.post(f"{ui}/graphql", json={"query": query, "variables": variables or {}}, timeout=60)
    return answer.json()["data"]


def _where(ui: str) -> dict[str, str]:
    asked = "{repositoriesOrError{... on RepositoryConnection{nodes{name location{name}}}}}"
    (node,) = _ask(ui, asked)["repositoriesOrError"]["nodes"]
    return {"repositoryName": node["name"], "repositoryLocationName": node["location"]["name"]}


def _run(
    ui: str, job: str, assets: list[str], first: str, last: str | None = None, config: str = "{}"
) -> None:
    """Materialises assets over a range of partitions as one run, and waits for it to succeed."""
    tags = (
        {"dagster/partition": first}
        if last is None
        else {"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last}
    )
    where = _where(ui)
    params = {
        "selector": {**where, "pipelineName": job, "assetSelection": [{"path": [a]} for a in assets]},
        "runConfigData": config,
        "mode": "default",
        "executionMetadata": {"tags": [{"key": k, "value": v} for k, v in tags.items()]},
    }
    told = _ask(ui, LAUNCH, {"params": params})["launchPipelineExecution"]
    assert told["__typename"] == "LaunchRunSuccess", told
    asked = "query($id: ID!){runOrError(runId: $id){... on Run{status}}}"
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        status = _ask(ui, asked, {"id": told["run"]["runId"]})["runOrError"]["status"]
        if status in ("SUCCESS", "FAILURE", "CANCELED"):
            assert status == "SUCCESS", (job, assets)
            return
        time.sleep(0.3)
    raise AssertionError(f"{job} never ended")


@pytest.mark.timeout(290)
def test_a_paid_film_is_made_from_the_ui_and_every_piece_shows_its_papers(
    ui: tuple[str, str, Path], city: VendorCity
) -> None:
    address, media, home = ui
    added = _ask(address, ADD, {"where": _where(address), "key": EPISODE})["addDynamicPartition"]
    assert added["__typename"] == "AddDynamicPartitionSuccess", added

    _run(address, "story", ["brief", "dossier", "pitches", "screenplay"], EPISODE)
    _run(address, "references", ["reference"], f"{EPISODE}|ref_01", f"{EPISODE}|ref_30")
    yes = json.dumps({"ops": {"greenlight": {"config": {"up_to_usd": "9"}}}})
    _run(address, "say_yes", ["greenlight"], EPISODE, config=yes)
    stages = ["shot", "narration", "sound_effect", "composite", "clip", "segment"]
    _run(address, "clips", stages, f"{EPISODE}|clip_01", f"{EPISODE}|clip_02")
    _run(address, "cut", ["final_cut"], EPISODE)

    clips = StudioDb(f"sqlite:///{home / 'studio.db'}").approved(EPISODE, "clip")
    assert [row.take.member for row in clips.values()] == ["kie"] * CLIPS
    assert all(row.take.cost_usd == Decimal("0.42") for row in clips.values())
    assert Counter(c.vendor for c in city.charges.all())["kie"] == CLIPS
    film = httpx.get(f"{media}/media/{EPISODE}/final_cut", timeout=30)
    assert film.headers["content-type"] == "video/mp4"
    if CHROMIUM:
        _look(address, clips[("clip", "clip_01")].take.slate["vendor_tasks"][0])


def _look(ui: str, vendor_task: str) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page(viewport={"width": 1500, "height": 1400})
        page.goto(f"{ui}/assets/clip?view=partitions&partition={EPISODE}%7Cclip_01", timeout=120_000)
        page.get_by_text(vendor_task).first.wait_for(timeout=60_000)
        page.get_by_text("0.42").first.wait_for(timeout=60_000)
        browser.close()
