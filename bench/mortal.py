"""Producers that can be killed at any committed step: `python -m bench.mortal` is where they start.

A warm process that has imported the studio and opened nothing. For every order on its input (one JSON a
line) it forks a producer with a group and an environment of its own, and says on its output when that
one began and how it ended. A producer may be mortal: it then kills its whole group with -9 right before
or right after its nth commit that moved something on the books or among the takes.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pokegeo_dagster.film.digest import seed_for

# Written at every start or with every beat, whatever was done: dying at these proves no step.
NO_STEPS = frozenset({"let_go", "renew", "mind", "migrate", "record_failure", "save_brief"})


def make_mortal(deaths: Path, share: float, seed: int) -> None:
    """From now on this process dies at the first deadly point that nobody died at before: right before
    or right after the commit of one step of one piece. `share` of all points are deadly."""
    from pokegeo_dagster.storage import _database

    known = set(deaths.read_text().splitlines()) if deaths.exists() else set()
    plain, lock = _database.Database.transaction, threading.Lock()

    def dies(point: str) -> None:
        if point in known or seed_for(seed, point) / 2**32 >= share:
            return
        with lock, deaths.open("a") as file:
            file.write(f"{point}\n")
            file.flush()
            os.killpg(0, signal.SIGKILL)

    @contextmanager
    def mortal(self: Any, *, write: bool) -> Iterator[Any]:
        step = _step() if write else ""
        with plain(self, write=write) as connection:
            begun = _changes(connection, step) if step else 0
            yield connection
            moved = bool(step) and _changes(connection, step) > begun
            if moved:
                dies(f"before {step}")
        if moved:
            dies(f"after {step}")

    setattr(_database.Database, "transaction", mortal)  # noqa: B010 - a method of theirs, replaced


def _step() -> str:
    """«delivered narration clip_03»: the method of the books or of the studio's database that is at
    work, and on which piece. Empty for those that are no steps."""
    frame = sys._getframe(2)
    while frame is not None:
        known = frame.f_locals
        if type(known.get("self")).__name__ in ("StudioBooks", "StudioDb"):
            name = frame.f_code.co_name
            if not name.startswith("_"):
                return "" if name in NO_STEPS else f"{name} {_piece(known)}"
        frame = frame.f_back
    return ""


def _piece(known: Mapping[str, Any]) -> str:
    task = known.get("task") or next(iter(known.get("quotes") or ()), None)
    return f"{task.slot.asset} {task.slot.key}" if task else f"{known.get('asset')} {known.get('key')}"


def _changes(connection: Any, step: str) -> int:
    """How far a step has moved the books: rows changed (SQLite counts). A take that is approved again
    after a kill, because Dagster had not heard of it yet, is no step."""
    if step.startswith("approve "):
        return connection.exec_driver_sql("SELECT COUNT(*) FROM approved").scalar()
    return connection.connection.driver_connection.total_changes


def _die(where: str) -> None:
    os.write(2, f"\n†{where}\n".encode())
    os.killpg(0, signal.SIGKILL)


def main() -> None:
    """Starts a producer for each order, one after the other, until there are no more orders."""
    _die_with_parent()
    import alembic.command  # noqa: F401 - imported here once, for all producers
    import elevenlabs  # noqa: F401
    import google.genai  # noqa: F401

    import pokegeo_dagster.cli.commands
    import pokegeo_dagster.cli.production  # noqa: F401

    assert threading.active_count() == 1, "a producer that is forked from threads would not be a real one"
    _say({"ready": os.getpid()})
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            _produce(order)
        _say({"pid": child})
        _, status = os.waitpid(child, 0)
        _say({"exit": os.waitstatus_to_exitcode(status)})


def _die_with_parent() -> None:
    """No producer outlives the proof that it is part of (Linux; elsewhere it ends by itself)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def _say(words: dict[str, Any]) -> None:
    os.write(1, (json.dumps(words) + "\n").encode())


def _produce(order: dict[str, Any]) -> None:
    """The producer itself: never returns."""
    from pokegeo_dagster.cli import main as pokegeo

    _die_with_parent()
    os.setsid()
    out, err = (os.open(order[name], os.O_WRONLY | os.O_CREAT | os.O_APPEND) for name in ("out", "err"))
    nothing = os.open(os.devnull, os.O_RDONLY)
    for mine, theirs in ((0, nothing), (1, out), (2, err)):
        os.dup2(theirs, mine)
    os.environ.clear()
    os.environ.update(order["environ"])
    sys.argv = ["pokegeo", *order["words"]]
    if order.get("dies"):
        make_mortal(Path(order["dies"]["deaths"]), order["dies"]["share"], order["dies"]["seed"])
    code = 1
    try:
        pokegeo()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
