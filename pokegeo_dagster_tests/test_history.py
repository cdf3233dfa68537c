"""The history of runs on one machine, whatever happened while it was laid out."""

import sqlite3
from pathlib import Path

import pytest

from pokegeo_dagster.defs.office.history import KeptEventLog


@pytest.mark.parametrize("left", ["nothing", "an empty file", "some of its tables"])
def test_a_history_whose_layout_was_interrupted_is_laid_out_at_the_next_start(
    tmp_path: Path, left: str
) -> None:
    if left != "nothing":
        (tmp_path / "index.db").touch()
    if left == "some of its tables":
        with sqlite3.connect(tmp_path / "index.db") as half:
            half.execute("CREATE TABLE event_logs (id INTEGER PRIMARY KEY)")

    log = KeptEventLog(str(tmp_path))

    assert log.has_table("dynamic_partitions") and log.has_secondary_index("asset_key_table")
    log.add_dynamic_partitions("episodes", ["haunter"])
    assert KeptEventLog(str(tmp_path)).get_dynamic_partitions("episodes") == ["haunter"]


def test_every_run_has_a_file_of_its_own_that_is_a_copy_of_one_laid_out_before(tmp_path: Path) -> None:
    log = KeptEventLog(str(tmp_path))

    with log.run_connection("first") as one, log.run_connection("second") as two:
        tables = [c.exec_driver_sql("SELECT name FROM sqlite_master").scalars().all() for c in (one, two)]

    assert "event_logs" in tables[0] and tables[0] == tables[1]
    assert sorted(log.get_all_run_ids()) == ["first", "second"]
