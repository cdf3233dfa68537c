"""The vendors' own books: every charge the moment it is made, and every request that was sent."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from threading import Lock
from typing import Any


@dataclass(frozen=True)
class Charge:
    """One amount a vendor took. `units` of `what`; `items` has them apart where there are several."""

    vendor: str
    model: str
    what: str  # clip-10s, image-2K, character, sound-second, token
    units: Decimal
    usd: Decimal
    digest: str  # of the request that was paid for
    id: str  # the vendor's name for it: task id, request id, response id
    at: float
    items: Mapping[str, Decimal] = field(default_factory=dict)
    about: str = ""  # what was asked for, in the client's words

    def as_json(self) -> dict[str, Any]:
        """The charge as JSON, amounts as text so that no cent is rounded."""
        row = asdict(self)
        return row | {
            "units": str(self.units),
            "usd": str(self.usd),
            "items": {name: str(units) for name, units in self.items.items()},
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Charge:
        """The charge that a line of a journal remembers."""
        amounts = {
            "units": Decimal(row["units"]),
            "usd": Decimal(row["usd"]),
            "items": {name: Decimal(units) for name, units in row["items"].items()},
        }
        return cls(**(dict(row) | amounts))


class Charges:
    """The list of charges, safe for threads. With a journal each is on disk before it is answered."""

    def __init__(self, journal: Path | None = None):
        self._journal, self._rows, self._lock = journal, list[Charge](), Lock()

    def take(self, charge: Charge) -> None:
        """Put a charge in the books."""
        with self._lock:
            if self._journal is not None:
                with self._journal.open("a", encoding="utf-8") as journal:
                    journal.write(json.dumps(charge.as_json()) + "\n")
                    journal.flush()
                    os.fsync(journal.fileno())
            self._rows.append(charge)

    def all(self, vendor: str | None = None) -> list[Charge]:
        """The charges so far, of one vendor or of all."""
        with self._lock:
            return [row for row in self._rows if vendor in (None, row.vendor)]

    def usd(self, vendor: str | None = None) -> Decimal:
        """What was taken so far."""
        return sum((row.usd for row in self.all(vendor)), Decimal(0))

    def bought_twice(self) -> dict[str, list[Charge]]:
        """Charges of the same request, by its digest: empty when nothing was ever bought twice."""
        by_digest: dict[str, list[Charge]] = {}
        for row in self.all():
            by_digest.setdefault(row.digest, []).append(row)
        return {key: rows for key, rows in by_digest.items() if len(rows) > 1}


def read_journal(path: Path) -> list[Charge]:
    """The charges in a journal, of a server that may be dead."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [Charge.from_json(json.loads(line)) for line in lines]


@dataclass
class Asked:
    """How often one paid request came, and how often the vendor took it."""

    vendor: str
    route: str
    digest: str
    posts: int = 0
    accepted: int = 0
    last_at: float = 0.0


class Traffic:
    """Who asked for what how often, and how much was in flight at once. Safe for threads."""

    def __init__(self) -> None:
        self._asked: dict[tuple[str, str, str], Asked] = {}
        self._free: Counter[str] = Counter()
        self._flying: Counter[str] = Counter()
        self._most: Counter[str] = Counter()
        self._lock = Lock()

    def posted(self, vendor: str, route: str, digest: str) -> None:
        """A paid POST came in."""
        with self._lock:
            row = self._asked.setdefault((vendor, route, digest), Asked(vendor, route, digest))
            row.posts += 1
            row.last_at = time.time()

    def accepted(self, vendor: str, route: str, digest: str) -> None:
        """The vendor took it."""
        with self._lock:
            self._asked.setdefault((vendor, route, digest), Asked(vendor, route, digest)).accepted += 1

    def asked(self, vendor: str, route: str) -> None:
        """A free request came in."""
        with self._lock:
            self._free[f"{vendor}/{route}"] += 1

    def take_off(self, vendor: str, limit: int | None) -> bool:
        """Begin one more piece of work at a vendor; False when it has as many as it may."""
        with self._lock:
            if limit is not None and self._flying[vendor] >= limit:
                return False
            self._flying[vendor] += 1
            self._most[vendor] = max(self._most[vendor], self._flying[vendor])
            return True

    def land(self, vendor: str) -> None:
        """That piece of work is over."""
        with self._lock:
            self._flying[vendor] -= 1

    @contextmanager
    def flight(self, vendor: str, limit: int | None) -> Iterator[bool]:
        """A piece of work that lasts as long as the block; False when the vendor is full."""
        on_board = self.take_off(vendor, limit)
        try:
            yield on_board
        finally:
            if on_board:
                self.land(vendor)

    def in_flight(self, vendor: str) -> int:
        """How much of a vendor's work is under way."""
        with self._lock:
            return self._flying[vendor]

    def most_in_flight(self, vendor: str) -> int:
        """How much of a vendor's work was ever under way at once."""
        with self._lock:
            return self._most[vendor]

    def paid_posts(self, vendor: str | None = None, route: str | None = None) -> list[Asked]:
        """Every paid request by its digest."""
        with self._lock:
            rows = [Asked(**asdict(row)) for row in self._asked.values()]
        return [row for row in rows if vendor in (None, row.vendor) and route in (None, row.route)]

    def as_json(self) -> dict[str, Any]:
        """All of it, as JSON."""
        paid = [asdict(row) for row in self.paid_posts()]
        with self._lock:
            return {
                "paid": paid,
                "free": dict(self._free),
                "in_flight": dict(self._flying),
                "most_in_flight": dict(self._most),
            }
