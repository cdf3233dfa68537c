"""A studio that buys from the emulated vendors, the producers that work in it, and what must hold there:
whatever was killed and whenever, nothing is bought twice and nothing that was bought is off the books."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from pokegeo_dagster.budget.books import Task
from pokegeo_dagster.storage.books import StudioBooks
from pokegeo_dagster_tests.emulators.vendor_city import VendorCity, vendor_city
from pokegeo_dagster_tests.emulators.vendors.charges import Charge

CHECKOUT = Path(__file__).resolve().parents[1]
EPISODE = "haunter"
MILLION = Decimal(1_000_000)
CENT = Decimal("0.01")
# The emulators' own price of a sound, and an illustrator whose price both lists know to the digit.
PRICES = """[[price]]
vendor = "elevenlabs"
model = "eleven_text_to_sound_v2"
usd = { sound-second = "0.002" }
as_of = 2026-11-21
source = "the emulated vendor"
confidence = "high"
"""
PACE = {
    "POKEGEO_POLL_S": "0.1",
    "POKEGEO_MOST_POLL_S": "0.5",
    "POKEGEO_BACKOFF_S": "0.05",
    "POKEGEO_GRACE_S": "1",
}


class Producers:
    """A warm place where one producer at a time is started (see `bench.mortal`)."""

    def __init__(self) -> None:
        self._warm = subprocess.Popen(
            [sys.executable, "-m", "bench.mortal"],
            cwd=CHECKOUT,
            env={"PATH": "/nonexistent", "HOME": os.environ.get("HOME", "/"), "PYTHONPATH": str(CHECKOUT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._heard()

    def start(self, studio: PaidStudio, words: Sequence[str] = (), share: float = 0.0, seed: int = 1) -> int:
        """Starts `pokegeo` with these words (or what is to be done next) and gives back its process
        number. It dies at `share` of all the points at which no other producer has died."""
        order = {
            "words": words or studio.next_words,
            "environ": studio.environ,
            "out": str(studio.log),
            "err": str(studio.log),
            "dies": {"deaths": str(studio.deaths), "share": share, "seed": seed} if share else None,
        }
        assert self._warm.stdin is not None
        self._warm.stdin.write(json.dumps(order) + "\n")
        self._warm.stdin.flush()
        return self._heard()["pid"]

    def ended(self) -> int:
        """Waits for the producer's end: its exit code, or minus the signal that killed it."""
        return self._heard()["exit"]

    def close(self) -> None:
        """Ends the warm process."""
        self._warm.kill()
        self._warm.wait()

    def _heard(self) -> dict[str, Any]:
        assert self._warm.stdout is not None
        line = self._warm.stdout.readline()
        if not line:
            raise RuntimeError("the warm process ended")
        return json.loads(line)


@dataclass
class PaidStudio:
    """A home, the vendors it buys from, and the settlements a human made there."""

    home: Path
    city: VendorCity
    clips: int
    more: Mapping[str, str] = field(default_factory=dict)
    settled: dict[int, str | None] = field(
        default_factory=dict
    )  # task → the charge that a human found for it
    resumes: int = 0
    unknown: int = 0

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        (self.home / "prices.toml").write_text(PRICES)

    @property
    def environ(self) -> dict[str, str]:
        """Of a producer: nothing of this machine's own."""
        return {
            "PATH": "/nonexistent",
            "HOME": os.environ.get("HOME", "/"),
            "LANG": "C.UTF-8",
            "POKEGEO_HOME": str(self.home),
            "POKEGEO_PRICES": str(self.home / "prices.toml"),
            "POKEGEO_ILLUSTRATOR_MODEL": "gemini-3-pro-image",
            **self.city.environ,
            **PACE,
            **self.more,
        }

    @property
    def produce(self) -> tuple[str, ...]:
        """The command, the same every time."""
        return ("produce", EPISODE, "--clips", str(self.clips), "--profile", "rehearsal")

    @property
    def log(self) -> Path:
        """What the producers said."""
        return self.home / "producers.log"

    @property
    def deaths(self) -> Path:
        """The points at which producers died."""
        return self.home / "deaths.txt"

    @property
    def next_words(self) -> tuple[str, ...]:
        """What a person would type now: another take of a piece that will not be asked for again by
        itself (it was refused, or its money is gone), or `produce`."""
        last: dict[tuple[str, ...], sqlite3.Row] = {}
        for row in self.rows("SELECT * FROM tasks ORDER BY number, id"):
            last[_piece(row)] = row
        for row in last.values():
            if row["error_type"] == "Refused" or (row["state"] == "failed" and row["charged_usd"]):
                which = () if row["key"] == "film" else (row["key"],)
                return ("redo", EPISODE, *which, "--what", row["asset"], "--new-take")
        return self.produce

    def rows(self, sql: str) -> list[sqlite3.Row]:
        """What the database has, as it stands on the disk."""
        path = self.home / "studio.db"
        if not path.exists():
            return []
        connection = sqlite3.connect(path, timeout=30)
        connection.row_factory = sqlite3.Row
        try:
            return connection.execute(sql).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return []
            raise
        finally:
            connection.close()

    # --- what a human does ---------------------------------------------------------------------

    def settle(self) -> None:
        """Settles every unknown task from the vendors' own records."""
        if not self.rows("SELECT id FROM tasks WHERE state = 'unknown'"):
            return
        self._wait_for_quiet()
        books = StudioBooks(f"sqlite:///{self.home / 'studio.db'}")
        for row in self.rows("SELECT id FROM tasks WHERE state = 'unknown' ORDER BY id"):
            task = books.task(row["id"])
            found = next((c for c in self._unclaimed() if _is_about(c, task)), None)
            self.unknown += 1
            if found is not None and found.vendor == "kie":
                minded = books.mind(task, "a|1|1.0|human")
                assert minded is not None, "nobody minds an unknown task, and yet it could not be minded"
                assert books.running(minded, "a|1|1.0|human", found.id)
                books.let_go("a|1|1.0|human")
                continue
            self.settled[task.id] = found.id if found else None
            usd = found.usd if found else Decimal(0)
            assert books.settle(task, usd.quantize(1 / MILLION), "as the vendor's own records say")

    def _wait_for_quiet(self) -> None:
        end = time.monotonic() + 20
        while any(self.city.traffic.in_flight(vendor) for vendor in ("gemini", "kie", "elevenlabs")):
            assert time.monotonic() < end, "a vendor is at work for longer than it should be"
            time.sleep(0.02)

    # --- what must hold ------------------------------------------------------------------------

    def _claims(self) -> dict[str, list[int]]:
        """Which tasks each of the vendors' charges belongs to, by the vendor's own number for it."""
        claims: dict[str, list[int]] = {}
        for row in self.rows("SELECT * FROM tasks"):
            name = self.settled.get(row["id"]) or row["vendor_task_id"]
            if name is None and row["result_json"]:
                name = json.loads(row["result_json"])["charge"]["request_id"]
            if name:
                claims.setdefault(name, []).append(row["id"])
        return claims

    def _unclaimed(self) -> list[Charge]:
        claims = self._claims()
        return [charge for charge in self.city.charges.all() if charge.id not in claims]

    def broken(self, over: bool = False) -> list[str]:
        """What does not hold: empty when all is well. `over`: the production has come to its end."""
        charges = {charge.id: charge for charge in self.city.charges.all()}
        claims, wrong = self._claims(), []
        tasks = {row["id"]: row for row in self.rows("SELECT * FROM tasks")}
        for name, owners in claims.items():
            if len(owners) > 1:
                wrong.append(f"charge {name} is on the books {len(owners)} times, as tasks {owners}")
        for row in tasks.values():
            if row["charged_usd"]:
                mine = [
                    charges[name]
                    for name, owners in claims.items()
                    if row["id"] in owners and name in charges
                ]
                paid = Decimal(row["charged_usd"]) / MILLION
                if len(mine) != 1 or abs(mine[0].usd - paid) > 1 / MILLION:
                    wrong.append(f"task {row['id']} ({row['asset']} {row['key']}) is booked with {paid}, "
                                 f"the vendor took {[c.usd for c in mine]}")  # fmt: skip
        for slot, bought in self.purchases().items():
            if bought > 1:
                wrong.append(f"{slot} was bought {bought} times")
        loose = [row for row in tasks.values() if row["state"] in ("intent", "unknown", "running")]
        for charge in self._unclaimed():
            mine = next((row for row in loose if _is_about_row(charge, row)), None)
            if mine is None or over:
                wrong.append(
                    f"{charge.vendor} took {charge.usd} for {charge.about[-80:]!r}: not on the books"
                )
            else:
                loose.remove(mine)
        if over:
            wrong += [f"task {r['id']} is still {r['state']}" for r in tasks.values()
                      if r["state"] not in ("stored", "refused", "failed")]  # fmt: skip
            if abs(self.ledger_usd() - self.city.charges.usd()) >= CENT / 2:
                wrong.append(
                    f"the ledger has {self.ledger_usd()}, the vendors took {self.city.charges.usd()}"
                )
        return wrong

    def purchases(self) -> dict[str, int]:
        """How often each slot was charged for at a vendor, as far as its charges are known by name."""
        known = {charge.id for charge in self.city.charges.all()}
        owners = [owner for name, all_ in self._claims().items() if name in known for owner in all_]
        count: dict[str, int] = {}
        for row in self.rows("SELECT * FROM tasks"):
            slot = " ".join(str(part) for part in (*_piece(row), row["number"]))
            count[slot] = count.get(slot, 0) + owners.count(row["id"])
        return count

    def ledger_usd(self) -> Decimal:
        """The sum of the ledger."""
        (row,) = self.rows("SELECT COALESCE(SUM(amount_usd), 0) AS usd FROM ledger") or ({"usd": 0},)
        return Decimal(row["usd"]) / MILLION

    def quoted_usd(self) -> Decimal:
        """The sum of the quotes of everything that was charged for."""
        (row,) = self.rows("SELECT COALESCE(SUM(quote_usd), 0) AS usd FROM tasks WHERE charged_usd > 0")
        return Decimal(row["usd"]) / MILLION


def _piece(row: sqlite3.Row) -> tuple[str, ...]:
    return row["episode"], row["asset"], row["key"], row["recipe"]


def _is_about(charge: Charge, task: Task) -> bool:
    return _fits(charge, task.vendor, task.request)


def _is_about_row(charge: Charge, row: sqlite3.Row) -> bool:
    return row["vendor_task_id"] in (None, charge.id) and _fits(
        charge, row["vendor"], json.loads(row["request_json"])
    )


def _fits(charge: Charge, vendor: str, request: Mapping[str, Any]) -> bool:
    said = str(request.get("prompt") or request.get("text") or request.get("input", {}).get("prompt"))
    return charge.vendor == vendor and said in charge.about


@contextmanager
def paid_studio(
    home: Path, clips: int, more: Mapping[str, str] | None = None, **options: Any
) -> Iterator[PaidStudio]:
    """A studio and its vendors, whose charges outlive everything in a file."""
    options.setdefault("task_s", 0.3)
    with vendor_city(journal=home.parent / f"{home.name}-charges.jsonl", **options) as city:
        yield PaidStudio(home, city, clips, more or {})


def kill(process: int) -> bool:
    """Kills a producer and all it started with -9. False when it was gone already."""
    try:
        os.killpg(process, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True
