"""What was bought and is asked for no more is brought in, booked and kept."""

import json
from decimal import Decimal
from pathlib import Path
from subprocess import CompletedProcess

from pokegeo_dagster.storage.ledger import Ledger
from pokegeo_dagster.storage.studio_db import StudioDb
from pokegeo_dagster_tests.emulators.vendor_city import VendorCity, vendor_city
from pokegeo_dagster_tests.emulators.vendors.scripted import Script
from pokegeo_dagster_tests.studios import Terminal

ORDER = ("produce", "haunter", "--clips", "1", "--profile", "rehearsal")
HOUSE = {f"POKEGEO_{role}": "house" for role in ("RESEARCHER", "WRITER", "ILLUSTRATOR", "NARRATOR", "FOLEY")}
QUICK = {"POKEGEO_POLL_S": "0.1", "POKEGEO_BACKOFF_S": "0.05"}


def _edited_while_it_is_shot(home: Path, run_in: Terminal, city: VendorCity) -> CompletedProcess[str]:
    """A film given up on while its clip was shot, the clip's prompt edited, and the film asked for again."""
    keys = {**city.environ, **HOUSE, **QUICK}
    impatient = run_in(home, *ORDER, **keys, POKEGEO_GIVE_UP_S="0.3")
    assert impatient.returncode == 1 and "nothing is bought twice" in impatient.stderr
    edited = home.with_name("edited.yaml")
    text = run_in(home, "screenplay", "show", "haunter", **keys).stdout
    edited.write_text(text.replace("camera: ", "camera: Very gently, "))
    assert run_in(home, "screenplay", "apply", "haunter", str(edited), **keys).returncode == 0
    return run_in(home, *ORDER, **keys)


def test_a_clip_whose_prompt_was_edited_while_it_was_shot_is_not_lost(tmp_path: Path, run_in) -> None:
    home = tmp_path / "studio"
    with vendor_city(task_s=2.0) as city:
        done = _edited_while_it_is_shot(home, run_in, city)

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
        city.play(Script("fail", "kie", "task", nth=1))
        done = _edited_while_it_is_shot(home, run_in, city)

        assert done.returncode == 0, done.stderr
        assert len(city.charges.all("kie")) == 1
    url = f"sqlite:///{home / 'studio.db'}"
    assert Ledger(url).under_way("haunter", "kie") == ()
    assert StudioDb(url).spent_usd("haunter") == Decimal("0.42")
