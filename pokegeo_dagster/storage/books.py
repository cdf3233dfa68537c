"""The books of the purse in the studio's database: every purchase, and how far it got.

Each method is one transaction. Between two processes the database decides: SQLite's writers take
turns, PostgreSQL's take an advisory lock where a sum or a count must not change underneath them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, text, update

from pokegeo_dagster.budget.books import LIVE_STATES, Quote, Slot, State, Task, may_be_bought
from pokegeo_dagster.budget.caps import Caps, Spending, Spent, admit
from pokegeo_dagster.budget.quota import Desk
from pokegeo_dagster.film.digest import canonical_json
from pokegeo_dagster.film.vendors import Charge
from pokegeo_dagster.storage import schema
from pokegeo_dagster.storage._database import Database
from pokegeo_dagster.storage.money import sums
from pokegeo_dagster.storage.processes import is_dead, process_name
from pokegeo_dagster.storage.task_rows import (
    as_task,
    ended,
    first_row,
    is_slot,
    ledger_line,
    or_again,
    sayable,
    told,
)

__all__ = ["LEASE_S", "StudioBooks", "is_dead", "process_name"]

LEASE_S = 60.0
AT_WORK_AT_MOST_S = 3600.0
FORGOTTEN_S = 86_400.0
LONGEST_PARKED_S = 366 * 86_400.0
BUSY_S = 1.0  # how long to wait before asking for a place at a full desk again
PERIOD = "period"
_LOCK = 0x706F6B6765  # names our advisory lock in PostgreSQL

_NO_ERROR = {"error_type": None, "error_text": None}

_tasks, _ledger, _quotas = schema.tasks, schema.ledger, schema.quotas


def _now() -> datetime:
    return datetime.now(UTC)


class StudioBooks:
    """`budget.books.Books` in the database at `url`."""

    def __init__(self, url: str, now: Callable[[], datetime] = _now, dead: Callable[[str], bool] = is_dead):
        self._database, self._now, self._dead = Database(url), now, dead

    # --- admission -----------------------------------------------------------------------------

    def admit(self, quotes: Sequence[Quote], caps: Mapping[str, Caps], owner: str) -> list[Task]:
        """Puts purchases on the books, all or none, where they may be bought; gives back the newest
        task of each slot. `caps` is by episode. Raises CapReached."""
        with self._exclusive() as connection:
            self._free_the_dead(connection, owner)
            # Asked again behind the lock: others may have bought it since the caller looked.
            newest = {quote.slot: self._newest(connection, quote.slot) for quote in quotes}
            wanted = {quote.slot: quote for quote in quotes if may_be_bought(newest[quote.slot])}
            self._withdraw(connection, tuple(wanted))
            for episode, channel in sorted({(slot.episode, slot.channel) for slot in wanted}):
                batch = [q for s, q in wanted.items() if (s.episode, s.channel) == (episode, channel)]
                spending = self._spending(connection, episode, channel, [q.slot.key for q in batch])
                admit(caps[episode], spending, [(q.slot.key, q.usd) for q in batch])
                for quote in batch:
                    connection.execute(_tasks.insert().values(first_row(quote, owner, self._now(), LEASE_S)))
            return [task for q in quotes if (task := self._newest(connection, q.slot)) is not None]

    def _withdraw(self, connection: Connection, wanted: Sequence[Slot]) -> None:
        """Frees the money held by purchases that nobody began and nobody minds, where the same piece
        is bought now by another recipe, or nobody came back for a day. They may be admitted anew."""
        now = self._now()
        instead = [
            and_(
                _tasks.c.episode == slot.episode,
                _tasks.c.asset == slot.asset,
                _tasks.c.key == slot.key,
                _tasks.c.recipe != slot.recipe,
            )
            for slot in wanted
        ]
        idle = or_(_tasks.c.lease_owner.is_(None), _tasks.c.lease_until <= now)
        left = or_(_tasks.c.updated_at <= now - timedelta(seconds=FORGOTTEN_S), *instead)
        where = and_(_tasks.c.state == "admitted", idle, left)
        values = {"state": "refused", "error_type": "Withdrawn", "error_text": "It was never begun.",
                  "lease_owner": None, "lease_until": None, "settled_at": now, "updated_at": now}  # fmt: skip
        connection.execute(update(_tasks).where(where).values(values))

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
        with self._database.transaction(write=False) as connection:
            return self._newest(connection, slot)

    def task(self, number: int) -> Task:
        """The task with this id, as it stands now."""
        with self._database.transaction(write=False) as connection:
            return as_task(connection.execute(select(_tasks).where(_tasks.c.id == number)).one())

    def numbers(self, episode: str, asset: str, key: str, recipe: str) -> tuple[int | None, int]:
        """(the number of a live purchase of this recipe, the highest number that is not bought again
        by itself): a take on its way is finished before another is thought of."""
        which = (_tasks.c.episode == episode, _tasks.c.asset == asset, _tasks.c.key == key)
        asked = select(_tasks).where(*which, _tasks.c.recipe == recipe)
        with self._database.transaction(write=False) as connection:
            tasks = [as_task(row) for row in connection.execute(asked)]
        live = [task.slot.number for task in tasks if task.state in LIVE_STATES]
        over = [task.slot.number for task in tasks if not may_be_bought(task)]
        return max(live, default=None), max(over, default=0)

    def bought(self, episode: str, asset: str, key: str) -> frozenset[str]:
        """The recipes of a piece that are bought, or were asked for and may have been."""
        which = (_tasks.c.episode == episode, _tasks.c.asset == asset, _tasks.c.key == key)
        sent = _tasks.c.state.in_(("intent", "running", "delivered", "unknown", "stored"))
        with self._database.transaction(write=False) as connection:
            return frozenset(connection.scalars(select(_tasks.c.recipe).where(*which, sent)))

    def parked_until(self, vendor: str) -> float:
        """When a vendor whose quota is spent may be asked again (seconds since 1970); 0 is now."""
        asked = select(_quotas.c.parked_until).where(_quotas.c.vendor == vendor, _quotas.c.bucket == PERIOD)
        with self._database.transaction(write=False) as connection:
            until = connection.scalar(asked)
        return until.timestamp() if until and until > self._now() else 0.0

    def park(self, vendor: str, until: float) -> None:
        """Leaves a vendor alone until then, at most for a year."""
        now = self._now()
        moment = datetime.fromtimestamp(min(until, now.timestamp() + LONGEST_PARKED_S), UTC)
        row = {"window_start": now, "used": 0, "parked_until": moment}
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
            return as_task(connection.execute(select(_tasks).where(_tasks.c.id == task.id)).one())

    def renew(self, process: str) -> None:
        """Says that a process is still at work, on everything that any owner in it minds."""
        mine = _tasks.c.lease_owner.startswith(f"{process}|", autoescape=True)
        self._lease(mine, {"lease_until": self._now() + timedelta(seconds=LEASE_S)})

    def let_go(self, owner: str) -> None:
        """Stops minding everything `owner` minds. What is at a vendor stays there."""
        self._lease(_tasks.c.lease_owner == owner, {"lease_owner": None, "lease_until": None})

    def _free_the_dead(self, connection: Connection, asker: str) -> None:
        """Ends the leases of processes of this machine that are gone: nobody waits for them. Those of
        other machines end after their time."""
        held = and_(_tasks.c.state.in_(LIVE_STATES), _tasks.c.lease_until > self._now())
        owners = connection.scalars(select(_tasks.c.lease_owner).where(held).distinct()).all()
        process = {owner: owner.rpartition("|")[0] for owner in owners if owner and owner != asker}
        gone = {name: self._dead(f"{name}|1") for name in set(process.values())}
        if dead := [owner for owner, name in process.items() if gone[name]]:
            free = {"lease_owner": None, "lease_until": None}
            connection.execute(update(_tasks).where(held, _tasks.c.lease_owner.in_(dead)).values(free))

    def _lease(self, whose: ColumnElement[bool], values: Mapping[str, Any]) -> None:
        where = and_(whose, _tasks.c.state.in_(LIVE_STATES))
        with self._database.transaction(write=True) as connection:
            connection.execute(update(_tasks).where(where).values(values))

    # --- left behind ---------------------------------------------------------------------------

    def left_behind(self, vendor: str) -> list[Task]:
        """What runs at a vendor, as far as the books know, and nobody waits for: whoever did was stopped."""
        now = self._now()
        idle = or_(_tasks.c.lease_owner.is_(None), _tasks.c.lease_until <= now)
        where = and_(
            _tasks.c.vendor == vendor,
            _tasks.c.state == "running",
            _tasks.c.over_at.is_(None),
            _tasks.c.submitted_at > now - timedelta(seconds=AT_WORK_AT_MOST_S),
            idle,
        )
        with self._database.transaction(write=False) as connection:
            return [as_task(row) for row in connection.execute(select(_tasks).where(where))]

    def over(self, task: Task) -> None:
        """Notes that the vendor is done with a task that is left behind: it holds no place there any more.
        Whoever comes back for it fetches and books it, as if nothing had been noted."""
        where = and_(_tasks.c.id == task.id, _tasks.c.state == "running")
        with self._database.transaction(write=True) as connection:
            connection.execute(update(_tasks).where(where).values(over_at=self._now()))

    # --- news ----------------------------------------------------------------------------------

    def note_news(self, vendor: str, task_id: str) -> bool:
        """Notes that a vendor says that something happened to a task that is at work there. Nothing
        else is changed, and nothing it says is believed. False: there is no such task."""
        where = and_(
            _tasks.c.vendor == vendor, _tasks.c.vendor_task_id == task_id, _tasks.c.state == "running"
        )
        with self._database.transaction(write=True) as connection:
            noted = connection.execute(update(_tasks).where(where).values(news_at=self._now()))
            return bool(noted.rowcount)

    def news(self, task: Task) -> datetime | None:
        """When a vendor last said by itself that something happened to a task."""
        with self._database.transaction(write=False) as connection:
            return connection.scalar(select(_tasks.c.news_at).where(_tasks.c.id == task.id))

    # --- the steps -----------------------------------------------------------------------------

    def intend(self, task: Task, owner: str, desk: Desk, lost_counts_s: float) -> tuple[Task | None, float]:
        """admitted → intent, if the vendor's desk has room. Else (task, seconds to wait)."""
        now = self._now()
        # A place is the task's, not the process's: a crash frees none while the vendor is at work. What
        # the vendor says is over holds none, and after AT_WORK_AT_MOST_S it is over at any vendor.
        asking = and_(_tasks.c.state == "intent", _tasks.c.lease_until > now)
        working = and_(
            or_(and_(_tasks.c.state == "running", _tasks.c.over_at.is_(None)), asking),
            _tasks.c.submitted_at > now - timedelta(seconds=AT_WORK_AT_MOST_S),
        )
        # An intent that nobody minds is a request whose answer is lost, also before anyone says so.
        lost = and_(
            _tasks.c.state.in_(("intent", "unknown")),
            _tasks.c.submitted_at > now - timedelta(seconds=lost_counts_s),
        )
        with self._exclusive() as connection:
            self._free_the_dead(connection, owner)
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
            return self._move(connection, task, owner, ("admitted",), values, only_mine=True), 0.0

    def not_taken(self, task: Task, owner: str) -> Task | None:
        """intent, unknown → admitted: the vendor began nothing."""
        return self._step(task, owner, ("intent", "unknown"), {"state": "admitted", **_NO_ERROR})

    def running(self, task: Task, owner: str, task_id: str) -> Task | None:
        """intent, unknown → running, with the vendor's id: it may also be a human who brings it."""
        values = {"state": "running", "vendor_task_id": task_id, **_NO_ERROR}
        return self._step(task, owner, ("intent", "unknown"), values)

    def delivered(
        self, task: Task, owner: str, usd: Decimal, charge: Charge, result: Mapping[str, Any]
    ) -> Task | None:
        """→ delivered, and the charge into the ledger (unless it is there already). Also out of
        `unknown`: what came is here. A delivered task gets the `result` that was fetched since."""
        values = {"state": "delivered", "charged_usd": usd, **_NO_ERROR,
                  "result_json": sayable(canonical_json(dict(result)))}  # fmt: skip
        # Out of `admitted` when others believed that nothing was begun, and then it came.
        out_of = or_again(task, "delivered", ("admitted", "intent", "running", "unknown"))
        with self._exclusive() as connection:
            moved = self._move(connection, task, owner, out_of, values)
            if moved is not None:
                self._charge(connection, moved, usd, charge)
            return moved

    def refuse(self, task: Task, owner: str, error: Exception) -> Task | None:
        """→ refused: nothing was charged."""
        values = ended("refused", error, self._now())
        return self._step(task, owner, ("admitted", "intent", "unknown"), values)

    def fail(self, task: Task, owner: str, error: Exception, usd: Decimal) -> Task | None:
        """→ failed, and what the vendor took for it into the ledger (unless it is there already)."""
        values = ended("failed", error, self._now())
        out_of = or_again(task, "delivered", ("intent", "running", "unknown"))
        with self._exclusive() as connection:
            moved = self._move(connection, task, owner, out_of, values)
            if moved is not None and usd > 0 and moved.charged_usd == 0:
                connection.execute(update(_tasks).where(_tasks.c.id == moved.id).values(charged_usd=usd))
                charge = getattr(error, "charge", None)
                told_of = charge if isinstance(charge, Charge) else Charge(usd=usd)
                self._charge(connection, moved, usd, told_of)
                moved = replace(moved, charged_usd=usd)
            return moved

    def lose(self, task: Task, owner: str, error: Exception) -> Task | None:
        """intent → unknown: a human settles it, unless the vendor's records do."""
        values = {"state": "unknown", **told(error)}
        with self._database.transaction(write=True) as connection:
            return self._move(connection, task, owner, ("intent",), values, only_mine=True)

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
            moved = as_task(connection.execute(select(_tasks).where(_tasks.c.id == task.id)).one())
            line = ledger_line(moved, now, "settle", usd, Charge(), note)
            connection.execute(_ledger.insert().values(line))
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
        only_mine: bool = False,
    ) -> Task | None:
        """Moves a task that is still at the request that `task` is at. Who brings a vendor's answer
        to it minds it from then on, whoever did before."""
        now, asked = self._now(), _tasks.c.submitted_at
        same = asked.is_(None) if task.submitted_at is None else asked == task.submitted_at
        where = and_(_tasks.c.id == task.id, _tasks.c.state.in_(out_of), same)
        if only_mine:
            where = and_(where, _tasks.c.lease_owner == owner)
        mine = {"lease_owner": owner, "lease_until": now + timedelta(seconds=LEASE_S)}
        change = update(_tasks).where(where).values({**mine, **values, "updated_at": now})
        if not connection.execute(change).rowcount:
            return None
        return as_task(connection.execute(select(_tasks).where(_tasks.c.id == task.id)).one())

    def _charge(self, connection: Connection, task: Task, usd: Decimal, charge: Charge) -> None:
        booked = select(_ledger.c.id).where(_ledger.c.task_id == task.id, _ledger.c.kind == "charge")
        if connection.scalar(booked) is None:
            line = ledger_line(task, self._now(), "charge", usd, charge, None)
            connection.execute(_ledger.insert().values(line))

    def _newest(self, connection: Connection, slot: Slot) -> Task | None:
        asked = select(_tasks).where(*is_slot(slot)).order_by(_tasks.c.id.desc()).limit(1)
        row = connection.execute(asked).one_or_none()
        return None if row is None else as_task(row)

    @contextmanager
    def _exclusive(self) -> Iterator[Connection]:
        """A writing transaction in which nobody else moves money."""
        with self._database.transaction(write=True) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
            yield connection
