"""The books: what the purse writes down, step by step, and the promises whoever keeps them makes.

A task is one purchase: one take of one piece, at one vendor. Its state says how far it got:

    admitted → intent → running → delivered → stored
                 └→ unknown          └→ failed     refused

`intent` is written before the request leaves, `running` carries the vendor's own id, `delivered`
what it cost and the vendor's bytes (none where they are still to be fetched). A settled task
(stored, failed, refused) is history.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, Protocol

from pokegeo_dagster.budget.caps import Caps
from pokegeo_dagster.budget.quota import Desk
from pokegeo_dagster.film.errors import Refused
from pokegeo_dagster.film.vendors import Charge

State = Literal["admitted", "intent", "running", "delivered", "unknown", "stored", "failed", "refused"]
LIVE_STATES: tuple[State, ...] = ("admitted", "intent", "running", "delivered", "unknown")


@dataclass(frozen=True)
class Slot:
    """Which purchase: take `number` of `recipe` for one piece of an episode. A second round (the
    repair of a text) has a recipe of its own."""

    episode: str
    channel: str
    asset: str
    key: str
    recipe: str
    number: int = 1


@dataclass(frozen=True)
class Quote:
    """A purchase that is asked for: at whom, for how much, and what would be sent."""

    slot: Slot
    vendor: str
    model: str
    usd: Decimal
    request: Mapping[str, Any]


@dataclass(frozen=True)
class Task:
    """A purchase as it stands in the books."""

    id: int
    slot: Slot
    vendor: str
    model: str
    state: State
    quote_usd: Decimal
    charged_usd: Decimal
    task_id: str | None  # the vendor's own
    request: Mapping[str, Any]
    result: Mapping[str, Any] = field(default_factory=dict)  # delivered: files, facts
    error_type: str | None = None
    error_text: str | None = None
    owner: str | None = None
    submitted_at: datetime | None = None
    created_at: datetime | None = None


def may_be_bought(last: Task | None) -> bool:
    """Whether a slot with this newest task may be bought: never tried, or it ended without money for
    a reason that may be gone (an account put right, a quota that is back, the vendor's own failure)."""
    if last is None:
        return True
    if last.state == "refused":
        return last.error_type != Refused.__name__
    return last.state == "failed" and last.charged_usd == 0


class Books(Protocol):
    """Every method is one transaction, committed when it returns. A method that moves a task gives
    it back as it then stands; None when the task has moved on since, and nothing was changed.

    Only who minds a task may begin a request (`intend`) or give up its answer (`lose`). A vendor's
    answer counts whoever brings it, as long as the task is still at the request it answers
    (`submitted_at`): who brings it minds the task from then on.
    """

    def admit(self, quotes: Sequence[Quote], caps: Mapping[str, Caps], owner: str) -> list[Task]:
        """Puts purchases on the books, all or none, where they may be bought; gives back the newest
        task of each slot. `caps` is by episode. Raises CapReached."""
        ...

    def last(self, slot: Slot) -> Task | None:
        """The newest task of a slot."""
        ...

    def task(self, number: int) -> Task:
        """The task with this id, as it stands now."""
        ...

    def mind(self, task: Task, owner: str) -> Task | None:
        """Takes charge of a live task that nobody minds, or whose minder is gone."""
        ...

    def renew(self, process: str) -> None:
        """Says that a process is still at work, on everything that any owner in it minds."""
        ...

    def let_go(self, owner: str) -> None:
        """Stops minding everything `owner` minds. What is at a vendor stays there."""
        ...

    def intend(self, task: Task, owner: str, desk: Desk, lost_counts_s: float) -> tuple[Task | None, float]:
        """admitted → intent, if the vendor's desk has room. Else (task, seconds to wait).

        A request whose answer was lost may be at work: it takes a place for `lost_counts_s`."""
        ...

    def not_taken(self, task: Task, owner: str) -> Task | None:
        """intent, unknown → admitted: the vendor began nothing."""
        ...

    def running(self, task: Task, owner: str, task_id: str) -> Task | None:
        """intent, unknown → running, with the vendor's id."""
        ...

    def delivered(
        self, task: Task, owner: str, usd: Decimal, charge: Charge, result: Mapping[str, Any]
    ) -> Task | None:
        """→ delivered, and the charge into the ledger (unless it is there already). Also out of
        `unknown`: what came is here. A delivered task gets the `result` that was fetched since."""
        ...

    def refuse(self, task: Task, owner: str, error: Exception) -> Task | None:
        """→ refused: nothing was charged."""
        ...

    def fail(self, task: Task, owner: str, error: Exception, usd: Decimal) -> Task | None:
        """→ failed, and what the vendor took for it into the ledger (unless it is there already)."""
        ...

    def lose(self, task: Task, owner: str, error: Exception) -> Task | None:
        """intent → unknown: a human settles it, unless the vendor's records do."""
        ...

    def left_behind(self, vendor: str) -> list[Task]:
        """What runs at a vendor, as far as the books know, and nobody waits for."""
        ...

    def over(self, task: Task) -> None:
        """Notes that the vendor is done with a task that is left behind: it holds no place any more."""
        ...

    def news(self, task: Task) -> datetime | None:
        """When a vendor last said by itself that something happened to a task: a reason to ask now."""
        ...

    def parked_until(self, vendor: str) -> float:
        """When a vendor whose quota is spent may be asked again (seconds since 1970); 0 is now."""
        ...

    def park(self, vendor: str, until: float) -> None:
        """Leaves a vendor alone until then."""
        ...
