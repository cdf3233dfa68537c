"""The map of the house: the graph, the folders and the README tell the same story."""

import re
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from pokegeo_dagster.definitions import defs
from pokegeo_dagster.defs.graph import CALL_SHEET, GRAPH

CHECKOUT = Path(__file__).resolve().parents[1]
SPECS = {spec.key.path[-1]: spec for spec in defs.resolve_all_asset_specs()}


def test_the_graph_is_the_one_that_was_drawn() -> None:
    edges = {name: {dep.asset_key.path[-1] for dep in spec.deps} for name, spec in SPECS.items()}

    assert edges == {
        "brief": set(),
        "dossier": {"brief"},
        "pitches": {"brief", "dossier"},
        "screenplay": {"brief", "dossier", "pitches"},
        "shot": {"brief", "screenplay"},
        "narration": {"shot"},
        "sound_effect": {"shot"},
        "reference": {"brief", "screenplay"},
        "composite": {"shot", "reference"},
        "animatic": {"brief", "screenplay", "shot"},
        "greenlight": {"screenplay", "animatic"},
        "clip": {"shot", "composite", "narration", "greenlight"},
        "segment": {"brief", "shot", "clip", "narration"},
        "mix": {"brief", "screenplay", "narration", "sound_effect"},
        "final_cut": {"brief", "screenplay", "shot", "segment", "mix"},
        "qc_report": {"shot", "composite", "narration", "clip", "segment", "final_cut"},
        "episode_report": {
            "brief",
            "dossier",
            "pitches",
            "screenplay",
            "reference",
            "composite",
            "narration",
            "sound_effect",
            "clip",
            "final_cut",
            "qc_report",
        },
        "timeline": {"brief", "screenplay", "shot", "clip", "segment"},
        "captions": {"brief", "screenplay", "narration", "segment"},
        "vertical_cut": {"brief", "screenplay", "shot", "segment", "final_cut"},
    }


@pytest.mark.parametrize("name", [craft.name for craft in CALL_SHEET])
def test_every_asset_lives_in_the_folder_of_its_department(name: str) -> None:
    room = GRAPH[name].plan.__module__.split(".")[-2]

    assert SPECS[name].group_name == room
    assert SPECS[name].owners == [f"team:{room}"]


@pytest.mark.parametrize("name", [craft.name for craft in CALL_SHEET])
def test_every_asset_says_what_it_is(name: str) -> None:
    spec = SPECS[name]

    assert spec.description and len(spec.description.split()) > 5
    assert spec.kinds and spec.code_version


def test_keys_read_episode_first() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("episodes", ["haunter"])
        partitions = SPECS["clip"].partitions_def
        assert partitions is not None
        keys = partitions.get_partition_keys(dynamic_partitions_store=instance)

    assert keys[0] == "haunter|clip_01"
    assert len(keys) == 24


def test_the_readme_draws_every_asset_in_its_department() -> None:
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w+) \| (.+?) \|", readme, flags=re.MULTILINE)
    drawn = {asset: room for room, assets in rows for asset in re.findall(r"`(\w+)`", assets)}

    assert {name: spec.group_name for name, spec in SPECS.items()} == {
        name: room for name, room in drawn.items() if name in SPECS
    }


def test_the_floors_look_down_and_never_up() -> None:
    found = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--config", "setup.cfg"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
    )

    assert found.returncode == 0, found.stdout


def test_loading_the_definitions_needs_no_secret_and_leaves_no_trace(tmp_path: Path) -> None:
    """Importing opens nothing: no file is written, no socket opened, no key asked for."""
    script = (
        "import socket, os\n"
        "def shut(*a, **k): raise SystemExit('a socket was opened')\n"
        "socket.socket.connect = shut\n"
        "from pokegeo_dagster.definitions import defs\n"
        "print(len(list(defs.resolve_all_asset_specs())))\n"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={
            "POKEGEO_HOME": str(tmp_path / "studio"),
            "PATH": "/nonexistent",
            "PYTHONPATH": str(CHECKOUT),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
    )

    assert loaded.stdout.strip() == str(len(CALL_SHEET)), loaded.stderr
    assert list(tmp_path.iterdir()) == []


def test_dagster_finds_the_definitions_through_the_workspace() -> None:
    workspace = (CHECKOUT / "workspace.yaml").read_text()

    assert "pokegeo_dagster.definitions" in workspace
    assert isinstance(defs, dg.Definitions)


def test_the_ui_can_load_every_job_sensor_and_schedule() -> None:
    """Importing is not enough: names that clash are refused only when the whole is put together."""
    names = [job.name for job in defs.get_repository_def().get_all_jobs()]

    assert {"story", "references", "clips", "sketch", "cut", "maintenance"} <= set(names)
