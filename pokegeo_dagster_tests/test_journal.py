"""The journal: a line for every change of state, a file a day, for people and for log collectors."""

import json
import logging
import os
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pokegeo_dagster.defs.office.journal import LOGS, Aloud, Journal, keep_journal
from pokegeo_dagster.film.errors import OrderRefused

YESTERDAY = datetime(2026, 11, 20, 23, 59, tzinfo=UTC).timestamp()


def record(at: float | None = None, **slate: object) -> logging.LogRecord:
    made = logging.LogRecord("pokegeo.production", logging.INFO, "", 0, "clip made", None, None)
    made.slate = slate
    if at is not None:
        made.created = at
    return made


def lines(file: Path) -> list[dict]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_a_line_says_which_clip_when_and_what(tmp_path: Path) -> None:
    Journal(tmp_path).emit(record(YESTERDAY, asset="clip", key="clip_05", state="made", channel="poke1"))

    (line,) = lines(tmp_path / "logs" / "production.jsonl")
    assert line == {
        "at": "2026-11-20T23:59:00.000+00:00", "level": "info", "asset": "clip", "key": "clip_05",
        "clip": "clip_05", "state": "made", "channel": "poke1",
    }  # fmt: skip


def test_yesterdays_lines_are_put_aside_and_none_is_lost(tmp_path: Path) -> None:
    Journal(tmp_path).emit(record(YESTERDAY, state="made", n=1))
    today = tmp_path / "logs" / "production.jsonl"
    os.utime(today, (YESTERDAY, YESTERDAY))
    one, other = Journal(tmp_path), Journal(tmp_path)

    one.emit(record(state="made", n=2))
    other.emit(record(state="made", n=3))

    assert [line["n"] for line in lines(tmp_path / "logs" / "production-2026-11-20.jsonl")] == [1]
    assert [line["n"] for line in lines(today)] == [2, 3]


def _write(home: Path, who: int) -> None:
    journal = Journal(home)
    for n in range(50):
        journal.emit(record(state="made", n=100 * who + n))


def test_processes_that_write_at_once_do_not_mix_their_lines(tmp_path: Path) -> None:
    Journal(tmp_path).emit(record(YESTERDAY, state="made", n=-1))
    os.utime(tmp_path / "logs" / "production.jsonl", (YESTERDAY, YESTERDAY))
    with ProcessPoolExecutor(3) as pool:
        list(pool.map(_write, [tmp_path] * 3, range(3)))

    found = [line["n"] for file in (tmp_path / "logs").glob("production*.jsonl") for line in lines(file)]
    assert sorted(found) == sorted([-1, *(100 * who + n for who in range(3) for n in range(50))])


@pytest.fixture
def fresh_logs() -> None:
    for name in LOGS:
        logging.getLogger(name).handlers.clear()


@pytest.mark.usefixtures("fresh_logs")
def test_containers_get_the_same_lines_on_standard_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_journal(tmp_path, {"POKEGEO_LOGS": "stdout"})
    keep_journal(tmp_path, {"POKEGEO_LOGS": "stdout"})

    handlers = logging.getLogger("pokegeo.purse").handlers
    logging.getLogger("pokegeo.purse").info("x", extra={"slate": {"state": "running", "task": 7}})

    (line,) = capsys.readouterr().out.splitlines()
    ours = [type(handler) for handler in handlers if not type(handler).__module__.startswith("_pytest")]
    assert ours == [Aloud]
    assert json.loads(line)["task"] == 7
    assert not (tmp_path / "logs").exists()
    for name in LOGS:
        logging.getLogger(name).handlers.clear()


def test_a_place_for_logs_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OrderRefused, match="stdout"):
        keep_journal(tmp_path, {"POKEGEO_LOGS": "syslog"})
