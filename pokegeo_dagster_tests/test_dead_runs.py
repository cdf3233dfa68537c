"""A run worker that is killed under the real daemon: noticed, its places freed, its work gone on with."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.storage.orders import Orders
from pokegeo_dagster.storage.studio_db import StudioDb

CHECKOUT = Path(__file__).resolve().parents[1]
ADD = """mutation($where: RepositorySelector!){addDynamicPartition(repositorySelector: $where,
partitionsDefName: "episodes", partitionKey: "haunter"){__typename}}"""
LAUNCH = """mutation($p: ExecutionParams!){launchPipelineExecution(executionParams: $p){
... on LaunchRunSuccess{run{runId}}}}"""
STATUS = "query($run: ID!){runOrError(runId: $run){... on Run{status}}}"
POOLS = "{instance{concurrencyLimits{concurrencyKey claimedSlots{runId}}}}"


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


def _until(true: Callable[[], Any], seconds: float) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline, f"it was not so after {seconds} s"
        time.sleep(0.2)
    return found


class Ui:
    """The UI of an open studio, as its pages ask it."""

    def __init__(self, address: str):
        self._address = f"{address}/graphql"
        asked = "{repositoriesOrError{... on RepositoryConnection{nodes{name location{name}}}}}"
        (node,) = self.ask(asked)["repositoriesOrError"]["nodes"]
        self.where = {"repositoryName": node["name"], "repositoryLocationName": node["location"]["name"]}

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        body = {"query": query, "variables": variables}
        return httpx.post(self._address, json=body, timeout=60).json()["data"]

    def launch(self, job: str, **tags: str) -> str:
        told = [{"key": f"dagster/{key}", "value": value} for key, value in tags.items()]
        params = {"selector": {**self.where, "jobName": job}, "mode": "default", "runConfigData": {},
                  "executionMetadata": {"tags": told}}  # fmt: skip
        return self.ask(LAUNCH, p=params)["launchPipelineExecution"]["run"]["runId"]

    def status(self, run: str) -> str:
        return self.ask(STATUS, run=run)["runOrError"]["status"]


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Ui, Path]]:
    home, port = tmp_path / "studio", _free_port()
    home.mkdir()
    db = StudioDb(f"sqlite:///{home / 'studio.db'}")
    db.migrate()
    Orders(f"sqlite:///{home / 'studio.db'}").by_hand("haunter", None)  # its run is started by the test
    db.save_brief(Brief(episode="haunter", species="haunter"))  # full size: it takes a while to draw
    process = subprocess.Popen(
        [sys.executable, "-m", "pokegeo_dagster.cli", "studio", "--port", str(port)],
        cwd=CHECKOUT,
        env={**os.environ, "POKEGEO_ENV_FILE": "none", "POKEGEO_HOME": str(home),
             "POKEGEO_MEDIA_SERVICE": f"127.0.0.1:{_free_port()}"},
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert any("The studio is open" in line for line in process.stdout), "the studio did not open"
    yield process, Ui(f"http://127.0.0.1:{port}"), home
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0


@pytest.mark.timeout(280)
def test_a_killed_run_is_noticed_and_its_places_are_free_within_a_minute(
    studio: tuple[subprocess.Popen[str], Ui, Path],
) -> None:
    process, ui, home = studio
    ui.ask(ADD, where=ui.where)
    story = ui.launch("story", partition="haunter")
    assert _until(lambda: ui.status(story) in ("SUCCESS", "FAILURE"), 120) and ui.status(story) == "SUCCESS"
    ranged = {"asset_partition_range_start": "haunter|ref_01", "asset_partition_range_end": "haunter|ref_22"}
    run = ui.launch("references", **ranged)
    _until(lambda: any(room.name.startswith("reference-") for room in (home / "scratch").iterdir()), 120)
    family = psutil.Process(process.pid).children(recursive=True)
    (worker,) = [child for child in family if "spawn_main" in " ".join(child.cmdline())]

    worker.kill()

    _until(lambda: ui.status(run) == "FAILURE", 60)
    pools = ui.ask(POOLS)["instance"]["concurrencyLimits"]
    assert [slot for pool in pools for slot in pool["claimedSlots"] if slot["runId"] == run] == []
