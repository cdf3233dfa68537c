"""Whether a studio that was killed again and again kept its promises: nothing made or bought twice,
nothing lost, and the vendors' own books equal to the ledger."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, func, select, text

from pokegeo_dagster.storage import schema
from pokegeo_dagster.storage.media_store import open_media_store
from pokegeo_dagster.storage.settings import StudioSettings
from pokegeo_dagster_tests.emulators.vendor_city import VendorCity

CENT = Decimal("0.01")


class Records:
    """The studio's records, read past the studio."""

    def __init__(self, url: str):
        self._engine = create_engine(url, pool_pre_ping=True)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """What the database has. Raises SQLAlchemyError while its server is down."""
        with self._engine.connect() as connection:
            return [dict(row._mapping) for row in connection.execute(text(sql))]

    def booked_usd(self) -> Decimal:
        """The sum of the ledger."""
        with self._engine.connect() as connection:
            return connection.scalar(select(func.sum(schema.ledger.c.amount_usd))) or Decimal(0)

    def count(self, asset: str) -> int:
        """How many pieces of an asset are approved."""
        with self._engine.connect() as connection:
            asked = select(func.count()).where(schema.approved.c.asset == asset)
            return connection.scalar(asked) or 0


def journal(home: Path) -> Iterator[dict[str, Any]]:
    """Every line of the journal, the oldest first."""
    for file in [*sorted((home / "logs").glob("production-*.jsonl")), home / "logs" / "production.jsonl"]:
        for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else []:
            try:
                yield json.loads(line)
            except ValueError:  # its writer was killed in the middle of it
                continue


def broken(
    records: Records, settings: StudioSettings, city: VendorCity, home: Path, episodes: int, clips: int
) -> list[str]:
    """What does not hold. Empty when all is well."""
    return [*_twice(records, home), *_money(records, city), *_lost(records, settings, episodes, clips)]


def _twice(records: Records, home: Path) -> Iterator[str]:
    several = (
        "SELECT episode, asset, key, COUNT(*) AS n FROM takes GROUP BY 1, 2, 3, recipe HAVING COUNT(*) > 1"
    )
    for row in records.rows(several):
        yield f"{row['episode']} {row['asset']} {row['key']} has {row['n']} takes of one digest"
    made = Counter(
        (line["episode"], line["asset"], line["key"]) for line in journal(home) if line.get("state") == "made"
    )
    for piece, times in made.items():
        if times > 1:
            yield f"{' '.join(piece)} was made {times} times"


def _money(records: Records, city: VendorCity) -> Iterator[str]:
    claimed: Counter[str] = Counter()
    for row in records.rows("SELECT vendor_task_id, result_json FROM tasks"):
        name: str | None = row["vendor_task_id"]
        if name is None and row["result_json"]:
            name = json.loads(row["result_json"])["charge"]["request_id"]
        claimed[name or ""] += 1
    for charge in city.charges.all():
        if claimed[charge.id] != 1:
            yield f"a charge of {charge.vendor}, ${charge.usd}, is on the books {claimed[charge.id]} times"
    states = Counter(row["state"] for row in records.rows("SELECT state FROM tasks"))
    for state in states.keys() - {"stored", "refused", "failed"}:
        yield f"{states[state]} purchases are still {state}"
    booked = records.booked_usd()
    if abs(booked - city.charges.usd()) >= CENT / 2:
        yield f"the ledger has ${booked}, the vendors took ${city.charges.usd()}"


def _lost(records: Records, settings: StudioSettings, episodes: int, clips: int) -> Iterator[str]:
    for asset, wanted in (("clip", clips), ("segment", clips), ("final_cut", 1)):
        if (found := records.count(asset)) != episodes * wanted:
            yield f"there are {found} of {asset}, not {episodes * wanted}"
    for row in records.rows("SELECT episode, asset, key, reason FROM failures"):
        yield f"{row['episode']} {row['asset']} {row['key']} is marked as failed: {row['reason']}"
    store = open_media_store(settings)
    approved = "SELECT t.* FROM approved a JOIN takes t ON t.id = a.take_id"
    for row in records.rows(approved):
        for ref in json.loads(row["files_json"]).values():
            head = store.head(ref["key"])
            if head is None or head.size != ref["size"]:
                yield f"{row['episode']} {row['asset']} {row['key']}: {ref['key']} is not in the store"
