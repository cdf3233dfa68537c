"""An episode ordered in the UI: `brief` materialised with config, as a run does it."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from pokegeo_dagster.definitions import defs
from pokegeo_dagster.defs.office.studio import Studio, open_studio
from pokegeo_dagster.film.places import WHOLE_FILM

CHECKOUT = Path(__file__).resolve().parents[1]
EPISODE = "gengar-night"


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    monkeypatch.setenv("POKEGEO_HOME", str(tmp_path / "studio"))
    monkeypatch.setenv("DAGSTER_HOME", str(CHECKOUT))
    monkeypatch.setenv("POKEGEO_TERMINAL", "1")
    open_studio.cache_clear()
    yield open_studio(tmp_path / "studio")
    open_studio.cache_clear()


def _materialised(**config: object) -> dg.ExecuteInProcessResult:
    with dg.DagsterInstance.get() as instance:
        instance.add_dynamic_partitions("episodes", [EPISODE])
        return defs.resolve_job_def("story").execute_in_process(
            instance=instance,
            partition_key=EPISODE,
            asset_selection=[dg.AssetKey("brief")],
            run_config={
                "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
                "ops": {"brief": {"config": config}},
            },
            raise_on_error=False,
        )


def test_a_brief_materialised_with_config_is_an_episode(studio: Studio) -> None:
    done = _materialised(species="gengar", clips=3, profile="rehearsal", priority="high", budget="$8")

    assert done.success
    brief = studio.db.brief(EPISODE)
    assert brief is not None and studio.db.approved_take(EPISODE, "brief", WHOLE_FILM) is not None
    assert (brief.species, brief.clip_count, brief.priority, str(brief.budget_usd)) == (
        "gengar",
        3,
        "high",
        "8",
    )


def test_an_order_that_cannot_be_fails_its_run_and_files_nothing(studio: Studio) -> None:
    done = _materialised(species="gengar", clips=99)

    assert not done.success
    assert not studio.db.briefs()
