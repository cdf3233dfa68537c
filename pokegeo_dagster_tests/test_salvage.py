"""What was bought and is asked for no more is brought in, booked and kept."""

import json
from decimal import Decimal
from pathlib import Path

from pokegeo_dagster.storage.ledger import Ledger
from pokegeo_dagster.storage.studio_db import StudioDb
from pokegeo_dagster_tests.emulators.vendor_city import vendor_city
from pokegeo_dagster_tests.emulators.vendors.scripted import Script

ORDER = ("produce", "haunter", "--clips", "1", "--profile", "rehearsal")
HOUSE = {f"POKEGEO_{role}": "house" for role in ("RESEARCHER", "WRITER", "ILLUSTRATOR", "NARRATOR", "FOLEY")}
QUICK = {"POKEGEO_POLL_S": "0.1", "POKEGEO_BACKOFF_S": "0.05"}


def test_a_clip_whose_prompt_was_edited_while_it_was_shot_is_not_lost(tmp_path: Path, run_in) -> None:
    home = tmp_path / "studio"
    with vendor_city(task_s=2.0) as city:
        keys = {**city.environ, **HOUSE, **QUICK}
        impatient = run_in(home, *ORDER, **keys, POKEGEO_GIVE_UP_S="0.3")
        assert impatient.returncode == 1 and "nothing is bought twice" in impatient.stderr
        text = run_in(home, "screenplay", "show", "haunter", **keys).stdout
        edited = tmp_path / "edited.yaml"
        edited.write_text(text.replace("camera: ", "camera: Very gently, "))
        assert run_in(home, "screenplay", "apply", "haunter", str(edited), **keys).returncode == 0

        done = run_in(home, *ORDER, **keys)

        assert done.returncode == 0, done.stderr
        assert len(city.charges.all("kie")) == 2
    url = f"sqlite:///{home / 'studio.db'}"
    takes = StudioDb(url).takes("haunter", "clip", "clip_01")
    assert [take.cost_usd for take in takes] == [Decimal("0.42")] * 2
    left = [take for take in takes if take.slate.get("left_over")]
    assert len(left) == 1 and "Very gently" not in left[0].slate["prompt"]
    approved = StudioDb(url).approved_take("haunter", "clip", "clip_01")
    assert approved is not None and approved.take.id != left[0].id
    assert StudioDb(url).spent_usd("haunter") == Decimal("0.84")
    assert Ledger(url).under_way("haunter", "kie") == ()
    stored = [json.loads(line) for line in (home / "logs" / "production.jsonl").read_text().splitlines()]
    assert sum(line.get("state") == "delivered" for line in stored) == 2


def test_a_left_clip_that_failed_at_the_vendor_holds_no_money_any_more(tmp_path: Path, run_in) -> None:
    home = tmp_path / "studio"
    with vendor_city(task_s=2.0) as city:
        keys = {**city.environ, **HOUSE, **QUICK}
        city.play(Script("fail", "kie", "task", nth=1))
        assert run_in(home, *ORDER, **keys, POKEGEO_GIVE_UP_S="0.3").returncode == 1
        text = run_in(home, "screenplay", "show", "haunter", **keys).stdout
        edited = tmp_path / "edited.yaml"
        edited.write_text(text.replace("camera: ", "camera: Very gently, "))
        assert run_in(home, "screenplay", "apply", "haunter", str(edited), **keys).returncode == 0

        done = run_in(home, *ORDER, **keys)

        assert done.returncode == 0, done.stderr
        assert len(city.charges.all("kie")) == 1
    url = f"sqlite:///{home / 'studio.db'}"
    assert Ledger(url).under_way("haunter", "kie") == ()
    assert StudioDb(url).spent_usd("haunter") == Decimal("0.42")
