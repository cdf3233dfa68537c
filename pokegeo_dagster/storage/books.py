"""The books of the purse in the studio's database: every purchase, and how far it got.

Each method is one transaction. Between two processes the database decides: SQLite's writers take
turns, PostgreSQL's take an advisory lock where a sum or a count must not change underneath them.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import psutil
from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, text, update

from pokegeo_dagster.budget.books import AT_THE_VENDOR, LIVE_STATES, Quote, Slot, State, Task
from pokegeo_dagster.budget.caps import Caps, Spending, Spent, admit
from pokegeo_dagster.budget.quota import Desk
from pokegeo_dagster.film.digest import canonical_json
from pokegeo_dagster.film.vendors import Charge
from pokegeo_dagster.storage import schema
from pokegeo_dagster.storage._database import Database
from pokegeo_dagster.storage.money import sums

LEASE_S = 60.0
AT_WORK_AT_MOST_S = 3600.0
BUSY_S = 1.0  # how long to wait before asking for a place at a full desk again
PERIOD = "period"
_LOCK = 0x706F6B6765  # names our advisory lock in PostgreSQL

_tasks, _ledger, _quotas = schema.tasks, schema.ledger, schema.quotas


def _now() -> datetime:
    return datetime.now(UTC)


def process_name() -> str:
    """A name for this process that no other has: host, number, and the moment it began. Owners of
    tasks are named after it («<process>|<serial>»), so that a dead one can be told from a slow one."""
    process = psutil.Process()
    return f"{socket.gethostname()}|{process.pid}|{process.create_time():.2f}"


def is_dead(owner: str) -> bool:
    """Whether a minder is a process of this host that is gone. Of other hosts nothing is known."""
    host, process, began, _ = owner.split("|")
    if host != socket.gethostname() or int(process) == os.getpid():
        return False
    try:
        return abs(psutil.Process(int(process)).create_time() - float(began)) > 0.05
    except psutil.NoSuchProcess:
        return True


class StudioBooks:
    """`budget.books.Books` in the database at `url`."""

    def __init__(self, url: str, now: Callable[[], datetime] = _now, dead: Callable[[str], bool] = is_dead):
        self._database, self._now, self._dead = Database(url), now, dead

    # --- admission -----------------------------------------------------------------------------

    def admit(self, quotes: Sequence[Quote], caps: Caps, owner: str) -> list[Task]:
        """Puts purchases on the books, all or none, unless they are there already. Raises CapReached."""
        with self._exclusive() as connection:
            found = {quote.slot: self._live(connection, quote.slot) for quote in quotes}
            wanted = [quote for quote in quotes if found[quote.slot] is None]
            for episode, channel in {(q.slot.episode, q.slot.channel) for q in wanted}:
                batch = [q for q in wanted if q.slot.episode == episode]
                spending = self._spending(connection, episode, channel, [q.slot.key for q in batch])
                admit(caps, spending, [(q.slot.key, q.usd) for q in batch])
                for quote in batch:
                    connection.execute(_tasks.insert().values(self._first(quote, owner)))
            return [_must(self._live(connection, quote.slot)) for quote in quotes]

    def _first(self, quote: Quote, owner: str) -> dict[str, Any]:
        slot, now = quote.slot, self._now()
        return {
            "episode": slot.episode,
            "asset": slot.asset,
            "key": slot.key,
            "recipe": slot.recipe,
            "number": slot.number,
            "channel": slot.channel,
            "vendor": quote.vendor,
            "model": quote.model,
            "state": "admitted",
            "request_json": canonical_json(dict(quote.request)),
            "quote_usd": quote.usd,
            "charged_usd": Decimal(0),
            "lease_owner": owner,
            "lease_until": now + timedelta(seconds=LEASE_S),
            "created_at": now,
            "updated_at": now,
        }

    def _spending(self, connection: Connection, episode: str, channel: str, keys: Sequence[str]) -> Spending:
        now = self._now()
        day = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return Spending(
            clips={key: Spent(**sums(connection, episode=episode, key=key)) for key in set(keys)},
            episode=Spent(**sums(connection, episode=episode)),
            channel=Spent(**sums(connection, channel=channel)),
            day=Spent(**sums(connection, since=day)),
            month=Spent(**sums(connection, since=day.replace(day=1))),
        )

    # --- looking -------------------------------------------------------------------------------

    def last(self, slot: Slot) -> Task | None:
        """The newest task of a slot."""
        asked = select(_tasks).where(*_is(slot)).order_by(_tasks.c.id.desc()).limit(1)
        with self._database.transaction(write=False) as connection:
            row = connection.execute(asked).one_or_none()
        return None if row is None else _task(row)

    def task(self, number: int) -> Task:
        """The task with this id, as it stands now."""
        with self._database.transaction(write=False) as connection:
            return _task(connection.execute(select(_tasks).where(_tasks.c.id == number)).one())

    def numbers(self, episode: str, asset: str, key: str, recipe: str) -> tuple[int | None, int]:
        """(the number of a live purchase of this recipe, the highest number ever bought or tried
        for money): a take on its way is finished before another is thought of."""
        which = (_tasks.c.episode == episode, _tasks.c.asset == asset, _tasks.c.key == key)
        asked = select(_tasks.c.number, _tasks.c.state, _tasks.c.charged_usd).where(
            *which, _tasks.c.recipe == recipe
        )
        with self._database.transaction(write=False) as connection:
            rows = connection.execute(asked).all()
        live = [row.number for row in rows if row.state in LIVE_STATES]
        paid = [row.number for row in rows if row.state in LIVE_STATES or row.charged_usd > 0]
        return max(live, default=None), max(paid, default=0)

    def parked_until(self, vendor: str) -> float:
        """When a vendor whose quota is spent may be asked again (seconds since 1970); 0 is now."""
        asked = select(_quotas.c.parked_until).where(_quotas.c.vendor == vendor, _quotas.c.bucket == PERIOD)
        with self._database.transaction(write=False) as connection:
            until = connection.scalar(asked)
        return until.timestamp() if until and until > self._now() else 0.0

    def park(self, vendor: str, until: float) -> None:
        """Leaves a vendor alone until then."""
        moment = datetime.fromtimestamp(until, UTC)
        row = {"window_start": self._now(), "used": 0, "parked_until": moment}
        with self._exclusive() as connection:
            which = (_quotas.c.vendor == vendor, _quotas.c.bucket == PERIOD)
            if not connection.execute(update(_quotas).where(*which).values(row)).rowcount:
                connection.execute(_quotas.insert().values({"vendor": vendor, "bucket": PERIOD, **row}))

    # --- minding -------------------------------------------------------------------------------

    def mind(self, task: Task, owner: str) -> Task | None:
        """Takes charge of a live task that nobody minds, or whose minder is gone."""
        now = self._now()
        with self._database.transaction(write=False) as connection:
            row = connection.execute(select(_tasks).where(_tasks.c.id == task.id)).one()
        minder = row.lease_owner
        if row.state not in LIVE_STATES:
            return None
        if minder not in (None, owner) and row.lease_until > now and not self._dead(minder):
            return None
        unchanged = _tasks.c.lease_owner.is_(None) if minder is None else _tasks.c.lease_owner == minder
        values = {"lease_owner": owner, "lease_until": now + timedelta(seconds=LEASE_S)}
        still = (_tasks.c.lease_until.is_(None) if row.lease_until is None
                 else _tasks.c.lease_until == row.lease_until)  # fmt: skip
        with self._database.transaction(write=True) as connection:
            where = and_(_tasks.c.id == task.id, unchanged, still, _tasks.c.state.in_(LIVE_STATES))
            if not connection.execute(update(_tasks).where(where).values(values)).rowcount:
                return None
            return _task(connection.execute(select(_tasks).where(_tasks.c.id == task.id)).one())

    def renew(self, process: str) -> None:
        """Says that a process is still at work, on everything that any owner in it minds."""
        mine = _tasks.c.lease_owner.startswith(f"{process}|", autoescape=True)
        self._lease(mine, {"lease_until": self._now() + timedelta(seconds=LEASE_S)})

    def let_go(self, owner: str) -> None:
        """Stops minding everything `owner` minds. What is at a vendor stays there."""
        self._lease(_tasks.c.lease_owner == owner, {"lease_owner": None, "lease_until": None})

    def _lease(self, whose: ColumnElement[bool], values: Mapping[str, Any]) -> None:
        where = and_(whose, _tasks.c.state.in_(LIVE_STATES))
        with self._database.transaction(write=True) as connection:
            connection.execute(update(_tasks).where(where).values(values))

    # --- the steps -----------------------------------------------------------------------------

    def intend(self, task: Task, owner: str, desk: Desk, lost_counts_s: float) -> tuple[Task | None, float]:
        """admitted → intent, if the vendor's desk has room. Else (task, seconds to wait)."""
        now = self._now()
        # A place is the task's, not the process's: a crash frees none while the vendor is at work. What
        # nobody has asked about for AT_WORK_AT_MOST_S is over at any vendor.
        working = and_(
            _tasks.c.state.in_(AT_THE_VENDOR),
            _tasks.c.submitted_at > now - timedelta(seconds=AT_WORK_AT_MOST_S),
        )
        lost = and_(
            _tasks.c.state == "unknown", _tasks.c.submitted_at > now - timedelta(seconds=lost_counts_s)
        )
        with self._exclusive() as connection:
            there = select(func.count()).where(_tasks.c.vendor == task.vendor, or_(working, lost))
            if (connection.scalar(there) or 0) >= desk.at_once:
                return task, BUSY_S
            since = now - timedelta(seconds=desk.memory_s)
            asked = select(_tasks.c.submitted_at).where(
                _tasks.c.vendor == task.vendor, _tasks.c.submitted_at > since
            )
            recent = [moment.timestamp() for moment in connection.scalars(asked)]
            wait = desk.earliest(now.timestamp(), recent) - now.timestamp()
            if wait > 0:
                return task, wait
            values = {"state": "intent", "submitted_at": now}
            return self._move(connection, task, owner, ("admitted",), values), 0.0

    def not_taken(self, task: Task, owner: str) -> Task | None:
        """intent → admitted: the vendor began nothing."""
        return self._step(task, owner, ("intent",), {"state": "admitted"})

    def running(self, task: Task, owner: str, task_id: str) -> Task | None:
        """intent → running, with the vendor's id. A human may bring an id for what was unknown."""
        values = {"state": "running", "vendor_task_id": task_id, "error_type": None, "error_text": None}
        return self._step(task, owner, ("intent", "unknown"), values)

    def delivered(
        self, task: Task, owner: str, usd: Decimal, charge: Charge, result: Mapping[str, Any]
    ) -> Task | None:
        """→ delivered, and the charge into the ledger. Also out of `unknown`: what came is here."""
        values = {
            "state": "delivered",
            "charged_usd": usd,
            "result_json": canonical_json(dict(result)),
            "error_type": None,
            "error_text": None,
        }
        with self._exclusive() as connection:
            moved = self._move(connection, task, owner, ("intent", "running", "unknown", "delivered"), values)
            if moved is not None:
                self._charge(connection, moved, usd, charge)
            return moved

    def refuse(self, task: Task, owner: str, error: Exception) -> Task | None:
        """→ refused: nothing was charged."""
        return self._step(
            task, owner, ("admitted", "intent", "running"), _ended("refused", error, self._now())
        )

    def fail(self, task: Task, owner: str, error: Exception, usd: Decimal) -> Task | None:
        """→ failed, and what the vendor took for it into the ledger (unless it is there already)."""
        values = _ended("failed", error, self._now())
        with self._exclusive() as connection:
            moved = self._move(connection, task, owner, ("intent", "running", "delivered"), values)
            if moved is not None and usd > 0 and moved.charged_usd == 0:
                connection.execute(update(_tasks).where(_tasks.c.id == moved.id).values(charged_usd=usd))
                self._charge(connection, moved, usd, Charge(usd=usd))
            return moved

    def lose(self, task: Task, owner: str, error: Exception) -> Task | None:
        """→ unknown: a human settles it."""
        values = {"state": "unknown", "error_type": type(error).__name__, "error_text": str(error)}
        return self._step(task, owner, ("intent",), values)

    def settle(self, task: Task, usd: Decimal, note: str) -> Task | None:
        """A human's word on an unknown task: it cost `usd` (0: nothing) and there is nothing to fetch."""
        now = self._now()
        state: State = "failed" if usd > 0 else "refused"
        values = {"state": state, "charged_usd": usd, "error_type": "Settled", "error_text": note,
                  "lease_owner": None, "lease_until": None, "settled_at": now, "updated_at": now}  # fmt: skip
        where = and_(_tasks.c.id == task.id, _tasks.c.state == "unknown")
        with self._exclusive() as connection:
            if not connection.execute(update(_tasks).where(where).values(values)).rowcount:
                return None
            moved = _task(connection.execute(select(_tasks).where(_tasks.c.id == task.id)).one())
            connection.execute(_ledger.insert().values(self._line(moved, "settle", usd, Charge(), note)))
            return moved

    def _step(
        self, task: Task, owner: str, out_of: tuple[State, ...], values: Mapping[str, Any]
    ) -> Task | None:
        with self._database.transaction(write=True) as connection:
            return self._move(connection, task, owner, out_of, values)

    def _move(
        self,
        connection: Connection,
        task: Task,
        owner: str,
        out_of: tuple[State, ...],
        values: Mapping[str, Any],
    ) -> Task | None:
        mine = and_(_tasks.c.id == task.id, _tasks.c.lease_owner == owner, _tasks.c.state.in_(out_of))
        stamped = {**values, "updated_at": self._now()}
        if not connection.execute(update(_tasks).where(mine).values(stamped)).rowcount:
            return None
        return _task(connection.execute(select(_tasks).where(_tasks.c.id == task.id)).one())

    def _charge(self, connection: Connection, task: Task, usd: Decimal, charge: Charge) -> None:
        booked = select(_ledger.c.id).where(_ledger.c.task_id == task.id, _ledger.c.kind == "charge")
        if connection.scalar(booked) is None:
            connection.execute(_ledger.insert().values(self._line(task, "charge", usd, charge, None)))

    def _line(self, task: Task, kind: str, usd: Decimal, charge: Charge, note: str | None) -> dict[str, Any]:
        item = charge.items[0] if len(charge.items) == 1 else None
        return {
            "task_id": task.id,
            "at": self._now(),
            "kind": kind,
            "vendor": task.vendor,
            "model": task.model,
            "units": item.units if item else None,
            "unit": item.unit if item else None,
            "amount_usd": usd,
            "episode": task.slot.episode,
            "channel": task.slot.channel,
            "clip": task.slot.key,
            "note": note or (f"request {charge.request_id}" if charge.request_id else None),
        }

    def _live(self, connection: Connection, slot: Slot) -> Task | None:
        asked = select(_tasks).where(*_is(slot), _tasks.c.state.in_(LIVE_STATES))
        row = connection.execute(asked).one_or_none()
        return None if row is None else _task(row)

    def _exclusive(self) -> Any:
        return _Exclusive(self._database)


class _Exclusive:
    """A writing transaction in which nobody else moves money."""

    def __init__(self, database: Database):
        self._transaction = database.transaction(write=True)

    def __enter__(self) -> Connection:
        connection = self._transaction.__enter__()
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
        return connection

    def __exit__(self, *error: Any) -> bool | None:
        return self._transaction.__exit__(*error)


def _is(slot: Slot) -> tuple[ColumnElement[bool], ...]:
    return (
        _tasks.c.episode == slot.episode,
        _tasks.c.asset == slot.asset,
        _tasks.c.key == slot.key,
        _tasks.c.recipe == slot.recipe,
        _tasks.c.number == slot.number,
    )


def _ended(state: State, error: Exception, now: datetime) -> dict[str, Any]:
    return {
        "state": state,
        "error_type": type(error).__name__,
        "error_text": str(error),
        "lease_owner": None,
        "lease_until": None,
        "settled_at": now,
    }


def _must(task: Task | None) -> Task:
    assert task is not None, "a purchase that was just put on the books is not there"
    return task


def _task(row: Row[Any]) -> Task:
    return Task(
        id=row.id,
        slot=Slot(row.episode, row.channel, row.asset, row.key, row.recipe, row.number),
        vendor=row.vendor,
        model=row.model,
        state=row.state,
        quote_usd=row.quote_usd,
        charged_usd=row.charged_usd,
        task_id=row.vendor_task_id,
        request=json.loads(row.request_json or "{}"),
        result=json.loads(row.result_json or "{}"),
        error_type=row.error_type,
        error_text=row.error_text,
        owner=row.lease_owner,
        submitted_at=row.submitted_at,
        created_at=row.created_at,
    )
