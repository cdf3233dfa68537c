"""`python -m bench queue`: how long the decision takes whose turn it is, with 10,000 pieces of work queued,
on both databases; against a look at the same rows that decides nothing. And who is served first when three
channels have 100, 2 and 1 films waiting, the large one's ordered first; against first come first served."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.vocabulary import Priority
from pokegeo_dagster.storage import schema
from pokegeo_dagster.storage.orders import Orders
from pokegeo_dagster.storage.studio_db import StudioDb
from pokegeo_dagster_tests.emulators.postgres_server import postgres_server

PIECES, CHANNELS, ROUNDS, TARGET_MS = 10_000, 20, 30, 50.0
WAITING, TARGET_TURNS = {"large": 100, "small": 2, "single": 1}, 3


def main() -> None:
    """Prints the median and the worst of ROUNDS claims on SQLite and on PostgreSQL, and the first turns."""
    with _databases() as urls, _databases() as others:
        for name, url in others.items():
            _tell_fairness(name, url)
        for name, url in urls.items():
            _fill(url)
            (claim, cpu_ms), look = _claims(url), _looks(url)
            met = "ok" if statistics.median(claim) <= TARGET_MS else "MISSED"
            print(
                f"{met:<6} {name}: whose turn of {PIECES:,} it is: {statistics.median(claim):.1f} ms, "
                f"worst of {ROUNDS} {max(claim):.1f} ms (target {TARGET_MS:.0f} ms), "
                f"{cpu_ms:.1f} ms of CPU here; "
                f"the rows alone: {statistics.median(look):.1f} ms"
            )


@contextmanager
def _databases() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory(prefix="pokegeo-bench-") as folder, postgres_server() as postgres:
        yield {"SQLite": f"sqlite:///{Path(folder) / 'studio.db'}", "PostgreSQL": postgres.new_database()}


def _tell_fairness(name: str, url: str) -> None:
    """One place is free at a time, and whoever gets it is done before the next decision."""
    lines = [channel for channel, films in WAITING.items() for _ in range(films)]
    _put_in(url, [Brief(episode=f"e{n}", species="haunter", channel=c) for n, c in enumerate(lines)])
    orders, turns = Orders(url), []
    for _ in lines:
        (given,) = orders.claim(1)
        orders.end(given.id, given.attempt, "done", "done")
        turns.append(given.channel)
    orders.close()
    first = {channel: turns.index(channel) + 1 for channel in WAITING}
    met = "ok" if max(first.values()) <= TARGET_TURNS else "MISSED"
    told = ", ".join(
        f"{channel} ({films} waiting) in turn {first[channel]}" for channel, films in WAITING.items()
    )
    print(
        f"{met:<6} {name}: served first: {told} (target: all within {TARGET_TURNS}); the first eight turns: "
        f"{' '.join(turns[:8])}; first come first served: single in turn {lines.index('single') + 1}"
    )


def _fill(url: str) -> None:
    levels: tuple[Priority, ...] = ("normal", "normal", "high", "low")
    _put_in(
        url,
        [
            Brief(episode=f"e{n}", species="haunter", channel=f"poke{n % CHANNELS}", priority=levels[n % 4])
            for n in range(PIECES)
        ],
    )


def _put_in(url: str, films: Sequence[Brief]) -> None:
    """All of them ordered and queued, the first the longest ago."""
    db, now = StudioDb(url), datetime.now(UTC)
    db.migrate()
    briefs, orders = [], []
    for n, brief in enumerate(films):
        ago = timedelta(seconds=len(films) - n)
        briefs.append({**brief.model_dump(include={"episode", "channel", "species", "clip_count", "seed",
                       "profile", "priority", "budget_usd"}), "brief_json": brief.model_dump_json(),
                       "created_at": now - ago})  # fmt: skip
        orders.append({"episode": brief.episode, "stage": "story", "signature": "s", "why": "new brief",
                       "state": "queued", "channel": brief.channel,
                       "priority": brief.priority, "asked_at": now - ago,
                       "queued_at": now})  # fmt: skip
    with db._database.transaction(write=True) as connection:
        connection.execute(schema.briefs.insert(), briefs)
        connection.execute(schema.orders.insert(), orders)
    db.close()


def _claims(url: str) -> tuple[list[float], float]:
    orders, took = Orders(url), []
    orders.claim(1)  # connects
    cpu = time.process_time()
    for _ in range(ROUNDS):
        began = time.perf_counter()
        assert len(orders.claim(1)) == 1
        took.append((time.perf_counter() - began) * 1000)
    cpu_ms = (time.process_time() - cpu) * 1000 / ROUNDS
    orders.close()
    return took, cpu_ms


def _looks(url: str) -> list[float]:
    db, took = StudioDb(url), []
    rows = text(
        "SELECT o.id, o.episode, b.channel, b.priority, o.asked_at, o.queued_at FROM orders o "
        "JOIN briefs b ON b.episode = o.episode WHERE o.state = 'queued'"
    )
    for _ in range(ROUNDS):
        began = time.perf_counter()
        with db._database.transaction(write=False) as connection:
            connection.execute(rows).all()
        took.append((time.perf_counter() - began) * 1000)
    db.close()
    return took


if __name__ == "__main__":
    main()
