"""A run worker that is killed under the real daemon: noticed, its places freed, its work gone on with."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.storage.orders import Orders
from pokegeo_dagster.storage.studio_db import StudioDb
from pokegeo_dagster_tests.studios import OpenStudio, opened, until

POOLS = "{instance{concurrencyLimits{concurrencyKey claimedSlots{runId}}}}"


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[OpenStudio]:
    home = tmp_path / "studio"
    home.mkdir()
    db = StudioDb(f"sqlite:///{home / 'studio.db'}")
    db.migrate()
    Orders(f"sqlite:///{home / 'studio.db'}").by_hand("haunter", None)  # its run is started by the test
    db.save_brief(Brief(episode="haunter", species="haunter"))  # full size: it takes a while to draw
    with opened(home) as studio:
        yield studio


@pytest.mark.timeout(280)
def test_a_killed_run_is_noticed_and_its_places_are_free_within_a_minute(studio: OpenStudio) -> None:
    scratch = studio.home / "scratch"
    studio.add_episode("haunter")
    assert studio.ended(studio.launch("story", {"partition": "haunter"})) == "SUCCESS"
    ranged = {"asset_partition_range_start": "haunter|ref_01", "asset_partition_range_end": "haunter|ref_22"}
    run = studio.launch("references", ranged)
    until(lambda: any(room.name.startswith("reference-") for room in scratch.iterdir()), 120)
    family = psutil.Process(studio.process.pid).children(recursive=True)
    (worker,) = [child for child in family if "spawn_main" in " ".join(child.cmdline())]

    worker.kill()

    until(lambda: studio.status(run) == "FAILURE", 60)
    pools = studio.ask(POOLS)["instance"]["concurrencyLimits"]
    assert [slot for pool in pools for slot in pool["claimedSlots"] if slot["runId"] == run] == []
