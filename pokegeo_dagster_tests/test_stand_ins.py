"""When a vendor cannot deliver: by default its work waits; where a producer says so, the house stands
in, is marked as a stand-in, and gives way to the real take later."""

import json
from pathlib import Path

from pokegeo_dagster.storage.studio_db import StudioDb
from pokegeo_dagster_tests.emulators.vendor_city import vendor_city
from pokegeo_dagster_tests.emulators.vendors.scripted import Script

ORDER = ("produce", "haunter", "--clips", "2", "--profile", "rehearsal")
# Only the camera is paid: the others would only take time here.
HOUSE = {f"POKEGEO_{role}": "house" for role in ("RESEARCHER", "WRITER", "ILLUSTRATOR", "NARRATOR", "FOLEY")}
QUICK = {"POKEGEO_POLL_S": "0.1", "POKEGEO_BACKOFF_S": "0.05"}


def _clips(home: Path) -> dict[str, tuple[str, str | None]]:
    found = StudioDb(f"sqlite:///{home / 'studio.db'}").approved("haunter", "clip")
    return {key: (row.take.member, row.take.slate.get("stand_in_for")) for (_, key), row in found.items()}


def test_work_waits_for_its_vendor_unless_told_otherwise(tmp_path: Path, run_in) -> None:
    home = tmp_path / "studio"
    with vendor_city(task_s=0.2) as city:
        city.play(Script("no_credit", "kie", "submit"))
        without = run_in(home, *ORDER, **city.environ, **HOUSE, **QUICK)
        assert without.returncode == 1
        assert "kie" in without.stderr and "Top up the KIE account" in without.stderr
        assert _clips(home) == {}

        city.play()
        after = run_in(home, *ORDER, **city.environ, **HOUSE, **QUICK)

        assert after.returncode == 0, after.stderr
        assert _clips(home) == {"clip_01": ("kie", None), "clip_02": ("kie", None)}
        assert len(city.charges.all("kie")) == 2


def test_a_stand_in_is_marked_and_gives_way_to_the_real_take(tmp_path: Path, run_in) -> None:
    home, step_down = tmp_path / "studio", {"POKEGEO_WHEN_STUCK_CAMERA": "step_down"}
    with vendor_city(task_s=0.2) as city:
        city.play(Script("no_credit", "kie", "submit"))
        stood_in = run_in(home, *ORDER, **city.environ, **HOUSE, **QUICK, **step_down)

        assert stood_in.returncode == 0, stood_in.stderr
        assert _clips(home) == {"clip_01": ("house", "kie"), "clip_02": ("house", "kie")}
        assert city.charges.all("kie") == []
        status = run_in(home, "status", "haunter", **city.environ, **HOUSE, **step_down)
        assert "2 stale" in status.stdout, status.stdout

        city.play()
        real = run_in(home, *ORDER, **city.environ, **HOUSE, **QUICK, **step_down)

        assert real.returncode == 0, real.stderr
        assert _clips(home) == {"clip_01": ("kie", None), "clip_02": ("kie", None)}
        made = [json.loads(line) for line in (home / "logs" / "production.jsonl").read_text().splitlines()]
        assert sum(line.get("asset") == "clip" and line.get("state") == "made" for line in made) == 4
