"""Runs as the UI starts them: a range of clips, some of which fall, some of which nobody asked for."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from pokegeo_dagster.definitions import defs
from pokegeo_dagster.defs.graph import GRAPH
from pokegeo_dagster.defs.office.production import run_asset
from pokegeo_dagster.defs.office.studio import open_studio
from pokegeo_dagster.film.errors import ShotFailed
from pokegeo_dagster.providers.house.camera import HouseCamera
from pokegeo_dagster_tests.studios import copy_studio

CHECKOUT = Path(__file__).resolve().parents[1]
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@pytest.fixture
def studio(rehearsal: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the rehearsed studio, opened in this process."""
    home = tmp_path / "studio"
    copy_studio(rehearsal, home)
    monkeypatch.setenv("POKEGEO_HOME", str(home))
    monkeypatch.setenv("DAGSTER_HOME", str(CHECKOUT))
    monkeypatch.setenv("POKEGEO_TERMINAL", "1")
    open_studio.cache_clear()
    yield home
    open_studio.cache_clear()


def _range(first: str, last: str) -> dict[str, str]:
    return {
        "dagster/asset_partition_range_start": first,
        "dagster/asset_partition_range_end": last,
    }


def test_one_run_over_all_keys_announces_each_declared_piece_once(studio: Path) -> None:
    """It also holds the mark that keeps Dagster from announcing a whole range a second time."""
    with dg.DagsterInstance.get() as instance:
        result = defs.resolve_job_def("clips").execute_in_process(
            instance=instance, tags=_range("haunter|clip_01", "haunter|clip_24"), run_config=QUIET
        )

    told = Counter(
        (event.asset_key.path[-1], event.partition)
        for event in result.all_events
        if event.event_type_value == "ASSET_MATERIALIZATION" and event.asset_key
    )
    clips = [f"haunter|clip_0{n}" for n in range(1, 7)]
    assert told == Counter(
        (asset, clip)
        for asset in ("shot", "narration", "sound_effect", "composite", "clip", "segment")
        for clip in clips
    )


def test_exactly_the_pieces_that_fell_are_failed_and_the_others_go_on(
    studio: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = HouseCamera.film

    def refuses_one(self, order, composite, room):
        if "clip_02" in str(composite["main"]):
            raise ShotFailed("clip", "clip_02", "the lens fell off")
        return film(self, order, composite, room)

    monkeypatch.setattr(HouseCamera, "film", refuses_one)
    keys = [f"clip_0{n}" for n in range(1, 5)]
    with dg.DagsterInstance.get() as instance:
        run_asset(defs, instance, GRAPH["clip"], "haunter", keys, new_take=True)
        asset = defs.resolve_asset_graph().get(dg.AssetKey("clip"))
        status = instance.get_status_by_partition(
            dg.AssetKey("clip"), [f"haunter|{key}" for key in keys], asset.partitions_def
        )

    assert {k: v.value for k, v in status.items()} == {
        "haunter|clip_01": "MATERIALIZED",
        "haunter|clip_02": "FAILED",
        "haunter|clip_03": "MATERIALIZED",
        "haunter|clip_04": "MATERIALIZED",
    }
    db = open_studio(studio).db
    assert [(f.asset, f.key, f.error_type) for f in db.failures()] == [("clip", "clip_02", "ShotFailed")]
    assert len(db.takes("haunter", "clip", "clip_01")) == 2
    assert len(db.takes("haunter", "clip", "clip_02")) == 1


def test_a_run_whose_process_was_killed_is_settled_at_the_next_start(studio: Path) -> None:
    from pokegeo_dagster.defs.office.assets import HOST_TAG, PROCESS_TAG, run_tags
    from pokegeo_dagster.defs.office.production import settle_dead_runs

    with dg.DagsterInstance.get() as instance:
        job = defs.resolve_job_def("cut")
        gone = {**run_tags(), PROCESS_TAG: "4194303"}  # beyond what Linux hands out by default
        dead = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED, tags=gone)
        elsewhere = instance.create_run_for_job(
            job, status=dg.DagsterRunStatus.STARTED, tags={**gone, HOST_TAG: "another-machine"}
        )

        settle_dead_runs(instance)

        assert instance.get_run_by_id(dead.run_id).status is dg.DagsterRunStatus.FAILURE
        assert instance.get_run_by_id(elsewhere.run_id).status is dg.DagsterRunStatus.STARTED


def test_the_overview_counts_what_an_edit_made_stale(studio: Path) -> None:
    from pokegeo_dagster.storage.catalogue import overview

    db = open_studio(studio).db
    before = {line.episode: line for line in overview(db)}
    shot = db.approved_take("haunter", "shot", "clip_03")
    take = db.add_take(
        episode="haunter", asset="shot", key="clip_03", recipe="f" * 64, number=1, data_version="new",
        files=shot.take.files, slate={}, member="desk", model="copy", cost_usd=shot.take.cost_usd,
        paid=False, author="human",
    )  # fmt: skip
    db.approve("haunter", "shot", "clip_03", take.id, shot.inputs_text)

    after = {line.episode: line for line in overview(db)}

    assert (before["haunter"].stale, before["haunter"].film) == (0, "ready")
    # narration, effect, composite, clip, segment of that clip, the film, its timeline and captions
    assert (after["haunter"].stale, after["haunter"].film) == (8, "stale")
    assert after["gyarados"] == before["gyarados"]
