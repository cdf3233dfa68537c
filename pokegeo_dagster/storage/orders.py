"""The queue of a studio that runs itself: what is to be done, whose turn it is, who is at it.

An order is one stage of one episode, wanted for one reason. It is put in once (its signature is unique),
given out once (`claim` is one transaction), and counts as worked on while its worker's heart beats.
Whose turn it is, is decided when it is given out: a priority or a channel that changed counts at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    exists,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from pokegeo_dagster.budget.turns import Waiting, in_turn
from pokegeo_dagster.storage import schema
from pokegeo_dagster.storage._database import Database
from pokegeo_dagster.storage.processes import is_dead

State = Literal["queued", "claimed", "running", "done", "failed", "stopped"]
AT_WORK: tuple[State, ...] = ("claimed", "running")
# A worker says every few seconds that it lives (`BEAT_S`); one that was silent for so long is gone.
BEAT_S, LEASE_S = 10.0, 90.0
# An order whose worker died this often with nothing made is given to nobody any more: it may be what
# kills them.
MOST_FRUITLESS = 5
FIRST_REST_S, LONGEST_REST_S = 5.0, 300.0
WAITS = "waits for a yes"  # how the outcome begins of an order that came to the gate
BY_HAND = "by hand"  # the stage of an episode that a person produces at a terminal
LONGEST_BY_HAND_S = 43_200.0  # a terminal on another host, of which nothing more was heard
# Any number, so long as nobody else uses it: those who claim take turns themselves.
_CLAIM_LOCK = 0x706F6B6567656F31

_orders, _briefs, _failures, _takes = schema.orders, schema.briefs, schema.failures, schema.takes
_tasks = schema.tasks


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something to be done. `signature` names the reason: the same one is not put in again."""

    episode: str
    stage: str
    signature: str
    why: str
    asked_at: datetime
    afresh: bool = False  # what failed before counts as never tried: something has changed


@dataclass(frozen=True, slots=True)
class Order:
    """An order as it stands. `attempt` counts how often it was taken back from a worker."""

    id: int
    episode: str
    stage: str
    signature: str
    why: str
    state: State
    asked_at: datetime
    queued_at: datetime
    attempt: int
    fruitless: int
    channel: str
    process: str | None = None
    claimed_at: datetime | None = None
    beat_at: datetime | None = None
    outcome: str | None = None

    @property
    def token(self) -> str:
        """Names this order in the hands of this worker: the key of its run."""
        return f"order-{self.id}-{self.attempt}"


def _now() -> datetime:
    return datetime.now(UTC)


class Orders:
    """The queue in the database at `url`. Every method is one transaction."""

    def __init__(
        self,
        url: str,
        now: Callable[[], datetime] = _now,
        dead: Callable[[str], bool] = is_dead,
    ):
        self._database, self._now, self._dead = Database(url), now, dead

    def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        self._database.close()

    # --- putting in -----------------------------------------------------------------------------

    def ask(self, wanted: Sequence[Wanted], not_before: datetime | None = None) -> int:
        """Puts in what is not there yet, whatever became of it. Says how many are new."""
        if not wanted:
            return 0
        moment = self._now()
        rows = [
            {
                "episode": w.episode,
                "stage": w.stage,
                "signature": w.signature,
                "why": w.why,
                "asked_at": w.asked_at,
                "state": "queued",
                "queued_at": moment,
                "not_before": not_before,
            }
            for w in wanted
        ]
        of = select(_briefs.c.channel, _briefs.c.priority)
        afresh = {w.episode for w in wanted if w.afresh}
        added = 0
        with self._database.transaction(write=True) as connection:
            insert = _insert(connection).on_conflict_do_nothing()
            for row in rows:
                here = (_briefs.c.episode == row["episode"], _briefs.c.deleted_at.is_(None))
                brief = connection.execute(of.where(*here)).one_or_none()
                if brief is not None:  # deleted since it was wanted
                    new = connection.execute(insert.values(row | dict(brief._mapping))).rowcount
                    added += new
                    if new and row["episode"] in afresh:
                        mine = _failures.c.episode == row["episode"]
                        connection.execute(update(_failures).where(mine).values(tries=0))
        return added

    def by_hand(self, episode: str, process: str | None) -> None:
        """A person works on this episode at a terminal. `process` is who is at it; none, when that is
        over. An episode that the studio never worked on is left to that person from then on."""
        moment = self._now()
        row = {"state": "running" if process else "stopped", "process": process, "beat_at": moment}
        first = {"episode": episode, "stage": BY_HAND, "signature": BY_HAND, "why": "at a terminal",
                 "asked_at": moment, "queued_at": moment, "channel": "", "priority": "normal"}  # fmt: skip
        with self._database.transaction(write=True) as connection:
            insert = _insert(connection).values(first | row)
            keys = [_orders.c.episode, _orders.c.stage, _orders.c.signature]
            connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=row))
            if process is None:
                others = _orders.alias()
                also = exists().where(others.c.episode == episode, others.c.stage != BY_HAND)
                mine = (_orders.c.episode == episode, _orders.c.stage == BY_HAND, also)
                connection.execute(_orders.delete().where(*mine))

    def hand_over(self, episode: str) -> None:
        """The studio takes an episode over that was made by hand, or begins it anew: what was done,
        failed or stopped is looked at again."""
        with self._database.transaction(write=True) as connection:
            of = (_orders.c.episode == episode, _orders.c.state.in_(("done", "failed", "stopped")))
            connection.execute(_orders.delete().where(*of))

    # --- giving out -----------------------------------------------------------------------------

    def claim(self, most: int) -> list[Order]:
        """The next `most` orders, by fair turns, given out to whoever asked; before them those whose
        purchases lie at a vendor with nobody at them. One episode is worked on by one worker at a time; a
        channel at rest and an episode that was deleted are left out."""
        with self._database.transaction(write=True) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _CLAIM_LOCK})
            claimed: list[int] = []
            while len(claimed) < most and (piece := self._given_out(connection)) is not None:
                claimed.append(piece)
            rows = connection.execute(select(_orders).where(_orders.c.id.in_(claimed))).all()
        return sorted((_order(row) for row in rows), key=lambda order: claimed.index(order.id))

    def next_turns(self) -> list[tuple[Order, Waiting]]:
        """Everything that waits, in the order in which it would be given out now."""
        with self._database.transaction(write=False) as connection:
            last = self._last_turns(connection)
            waiting = self._waiting(connection, select(_orders.c.id).where(*_may_begin(_orders, self._now())))
            found = {row.id: _order(row) for row in
                     connection.execute(select(_orders).where(_orders.c.state == "queued"))}  # fmt: skip
        return [(found[piece.id], piece) for _, piece in in_turn(waiting, last, self._now().timestamp())]

    def _given_out(self, connection: Connection) -> int | None:
        """Gives out the order whose turn it is. None when none may begin."""
        last = self._last_turns(connection)
        turn, now = max(last.values(), default=0) + 1, self._now()
        begun = connection.execute(_at_a_vendor(now)).one_or_none()
        if begun is not None:  # it had its turn, and goes on
            mine = (_orders.c.id == begun.id, _orders.c.state == "queued", ~_in_hand())
            stamp = {"state": "claimed", "claimed_at": now, "process": None, "beat_at": None}
            if connection.execute(update(_orders).where(*mine).values(stamp)).rowcount:
                return begun.id
        for level, piece in in_turn(self._waiting(connection, _heads(now)), last, now.timestamp()):
            stamp = {"state": "claimed", "claimed_at": now, "turn": turn, "turn_level": level,
                     "process": None, "beat_at": None}  # fmt: skip
            mine = (_orders.c.id == piece.id, _orders.c.state == "queued", ~_in_hand())
            if connection.execute(update(_orders).where(*mine).values(stamp)).rowcount:
                return piece.id
        return None

    def _waiting(self, connection: Connection, ids: Select) -> list[Waiting]:
        columns = (_orders.c.id, _orders.c.channel, _orders.c.priority, _orders.c.asked_at)
        found = connection.execute(select(*columns).where(_orders.c.id.in_(ids))).all()
        return [Waiting(row.id, row.channel, row.priority, row.asked_at.timestamp()) for row in found]

    def _last_turns(self, connection: Connection) -> dict[tuple[int, str], int]:
        columns = (_orders.c.turn_level, _orders.c.channel)  # of orders that had their turn
        asked = select(*columns, func.max(_orders.c.turn)).where(_orders.c.turn.is_not(None))
        return {(row[0], row[1]): row[2] for row in connection.execute(asked.group_by(*columns))}

    # --- at work --------------------------------------------------------------------------------

    def begin(self, order: int, attempt: int, process: str) -> Order | None:
        """claimed → running. None when the order is in other hands by now, or over."""
        stamp = {"state": "running", "process": process, "beat_at": self._now()}
        return self._move(order, attempt, ("claimed",), stamp)

    def beat(self, order: int, attempt: int) -> bool:
        """Says that its worker lives. False when it is to stop: the order was taken back, or the
        episode was deleted."""
        with self._database.transaction(write=True) as connection:
            mine = (_orders.c.id == order, _orders.c.attempt == attempt, _orders.c.state == "running")
            change = update(_orders).where(*mine).values(beat_at=self._now())
            if not connection.execute(change).rowcount:
                return False
            there = select(_briefs.c.episode).join_from(
                _briefs, _orders, _briefs.c.episode == _orders.c.episode
            )
            wanted = there.where(_orders.c.id == order, _briefs.c.deleted_at.is_(None))
            return connection.scalar(wanted) is not None

    def end(self, order: int, attempt: int, state: State, outcome: str) -> Order | None:
        """It is over: done, failed or stopped, with a word on what came of it."""
        stamp = {"state": state, "outcome": outcome, "ended_at": self._now(), "process": None}
        return self._move(order, attempt, AT_WORK, stamp)

    def take_back(self, order: Order, why: str) -> Order | None:
        """Queues an order again whose worker is gone, at once where that made something, else after a rest
        that grows; it keeps its place in line. After too many attempts that made nothing it has failed."""
        fruitless = 0 if self._made_something(order) else order.fruitless + 1
        if fruitless >= MOST_FRUITLESS:
            return self.end(order.id, order.attempt, "failed", f"given up after {fruitless} attempts: {why}")
        rest = min(LONGEST_REST_S, FIRST_REST_S * 2**fruitless) if fruitless else 0.0
        stamp = {
            "state": "queued",
            "attempt": order.attempt + 1,
            "fruitless": fruitless,
            "process": None,
            "not_before": self._now() + timedelta(seconds=rest),
            "outcome": why,
        }
        return self._move(order.id, order.attempt, AT_WORK, stamp)

    def _made_something(self, order: Order) -> bool:
        """Whether anything of its episode was made since it was given out."""
        if order.claimed_at is None:
            return False
        made = exists().where(_takes.c.episode == order.episode, _takes.c.created_at >= order.claimed_at)
        with self._database.transaction(write=False) as connection:
            return bool(connection.scalar(select(made)))

    def _move(self, order: int, attempt: int, states: Sequence[str], stamp: dict) -> Order | None:
        mine = (_orders.c.id == order, _orders.c.attempt == attempt, _orders.c.state.in_(states))
        with self._database.transaction(write=True) as connection:
            if not connection.execute(update(_orders).where(*mine).values(stamp)).rowcount:
                return None
            return _order(connection.execute(select(_orders).where(_orders.c.id == order)).one())

    # --- looking --------------------------------------------------------------------------------

    def at_work(self) -> list[Order]:
        """Orders that are given out, and episodes that are at a terminal, the oldest first."""
        asked = select(_orders).where(_orders.c.state.in_(AT_WORK))
        with self._database.transaction(write=False) as connection:
            return [_order(row) for row in connection.execute(asked.order_by(_orders.c.id))]

    def waiting(self) -> int:
        """How many orders are queued."""
        with self._database.transaction(write=False) as connection:
            asked = select(func.count()).where(_orders.c.state == "queued")
            return connection.scalar(asked) or 0

    def at_the_gate(self) -> list[Order]:
        """Of each episode that waits for somebody's yes the order that came to the gate, the oldest first."""
        with self._database.transaction(write=False) as connection:
            return [_order(row) for row in connection.execute(waiting_for_a_yes())]

    def of(self, episode: str) -> list[Order]:
        """Every order of an episode, the oldest first."""
        asked = select(_orders).where(_orders.c.episode == episode).order_by(_orders.c.id)
        with self._database.transaction(write=False) as connection:
            return [_order(row) for row in connection.execute(asked)]

    def is_lost(self, order: Order) -> bool:
        """Whether the worker of a running order is gone: dead on this host, or silent for too long."""
        if order.process is not None and self._dead(order.process):
            return True
        patience = LONGEST_BY_HAND_S if order.stage == BY_HAND else LEASE_S
        return order.beat_at is not None and (self._now() - order.beat_at).total_seconds() > patience


def waiting_for_a_yes() -> Select:
    """The orders whose episodes wait for somebody's yes: nothing was wanted of them since."""
    newest = select(func.max(_orders.c.id)).where(_orders.c.stage != BY_HAND).group_by(_orders.c.episode)
    here = select(_briefs.c.episode).where(_briefs.c.deleted_at.is_(None))
    waits = (_orders.c.state == "done", _orders.c.outcome.startswith(WAITS))
    of = (*waits, _orders.c.id.in_(newest), _orders.c.episode.in_(here))
    return select(_orders).where(*of).order_by(_orders.c.id)


def _order(row: Row) -> Order:
    known = row._mapping
    return Order(**{name: known[name] for name in Order.__dataclass_fields__})


def _may_begin(orders: FromClause, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What makes an order one that may be given out."""
    at_work = _orders.alias()
    return (
        orders.c.state == "queued",
        or_(orders.c.not_before.is_(None), orders.c.not_before <= now),
        orders.c.channel.not_in(select(schema.channels.c.id).where(~schema.channels.c.active)),
        orders.c.episode.not_in(select(at_work.c.episode).where(at_work.c.state.in_(AT_WORK))),
    )


def _heads(now: datetime) -> Select:
    """The first order of each line (a channel's of one priority). Whose turn it is, is decided among
    these: however many stand behind them stay in the database, and only an index is walked."""
    lines = (
        select(_orders.c.priority, _orders.c.channel).where(_orders.c.state == "queued").distinct().subquery()
    )
    one = _orders.alias()
    in_line = (one.c.priority == lines.c.priority, one.c.channel == lines.c.channel)
    first = select(one.c.id).where(*in_line, *_may_begin(one, now))
    head = first.order_by(one.c.asked_at, one.c.id).limit(1).scalar_subquery()
    return select(head).select_from(lines)


def _at_a_vendor(now: datetime) -> Select:
    """The order of whoever has purchases at a vendor that nobody minds, because its worker is gone. It goes
    first: those hold places at that vendor's desk, for which everybody else would wait."""
    one = _orders.alias()
    left = select(_tasks.c.episode).where(_tasks.c.state.in_(("intent", "running", "delivered")))
    there = (*_may_begin(one, now), one.c.episode.in_(left))
    return select(one.c.id).where(*there).order_by(one.c.asked_at, one.c.id).limit(1)


def _in_hand() -> ColumnElement[bool]:
    """Whether another order of the same episode is given out."""
    other = _orders.alias()
    return exists().where(other.c.episode == _orders.c.episode, other.c.state.in_(AT_WORK))


def _insert(connection: Connection):
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(_orders)
