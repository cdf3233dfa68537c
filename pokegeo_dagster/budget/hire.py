"""Hiring: the only way to a paid call, as a machine whose every step is on the books before the next.

    quote → admitted → intent → running → delivered → stored
                         └→ unknown   └→ failed     refused

Killed anywhere, the same `hire` goes on from the last step that was committed: what runs at a vendor
is polled, what was delivered is developed, and what may have been bought is never bought again. No
retry wraps `submit`: only a vendor's own word that it began nothing leads to another one, and that
one is a new intent on the books.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn, Protocol, TypeVar

from pokegeo_dagster.budget.books import LIVE_STATES, Books, Quote, Slot, Task
from pokegeo_dagster.budget.caps import Caps, money
from pokegeo_dagster.budget.prices import PriceList
from pokegeo_dagster.budget.quota import Desk
from pokegeo_dagster.film.crew import Made
from pokegeo_dagster.film.digest import digest
from pokegeo_dagster.film.errors import (
    AccountTrouble,
    AnswerLost,
    JobFailed,
    MediaBroken,
    MediaDamaged,
    MediaMissing,
    NotTaken,
    QuotaSpent,
    Refused,
    StillAtWork,
    VendorSilent,
)
from pokegeo_dagster.film.vendors import Charge, Delivery, Job, Pending, Ticket

Answer = TypeVar("Answer")


class Clock(Protocol):
    """Time, as seconds since 1970, and waiting."""

    def now(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


class Vault(Protocol):
    """Where a vendor's own bytes are kept. A reference is JSON, and outlives the process."""

    def keep(self, slot: Slot, part: str, path: Path) -> Mapping[str, Any]: ...

    def open(self, reference: Mapping[str, Any]) -> Path:
        """A local, verified file. Raises MediaMissing, MediaDamaged."""
        ...


@dataclass(frozen=True)
class Patience:
    """How long the purse waits, in seconds. From KIE's own advice: poll every 2–3 s with back-off;
    a film takes 2–5 minutes, sometimes 15."""

    first_poll_s: float = 2.0
    most_poll_s: float = 10.0
    give_up_s: float = 1200.0  # then the task is left running, and a later run asks again
    free_tries: int = 6  # of one free step
    busy_tries: int = 8  # new intents after «nothing was begun»
    backoff_s: float = 1.0
    # How long a request whose answer was lost may still be at work before «no trace of it» is believed.
    grace_s: float = 180.0
    # How long a task may be at work at a vendor that polls: counted against what it may do at once.
    at_work_s: float = 900.0


@dataclass(frozen=True)
class Purse:
    """Everything a purchase needs but the job itself."""

    books: Books
    prices: PriceList
    caps: Callable[[str], Caps]  # of an episode
    desks: Mapping[str, Desk]
    vault: Vault
    clock: Clock
    patience: Patience
    bench: AbstractContextManager[Any]  # a place at it is taken while something is developed
    owner: Callable[[], str]  # a new name for each purchase that is minded
    tell: Callable[[Task, str], None]  # one line per step, for the journal

    def quote(self, job: Job, slot: Slot) -> Quote:
        """What a job would cost today. Raises PriceMissing."""
        today = datetime.fromtimestamp(self.clock.now(), UTC).date()
        usd = self.prices.cost(job.bill(), today)
        return Quote(slot, job.vendor, job.credit.model, usd, job.request())

    def admit(self, jobs: Sequence[tuple[Job, Slot]]) -> None:
        """Reserves the money for purchases that are not on the books yet: for all of them or for none.

        Raises CapReached, PriceMissing; nothing was spent then, and nothing is reserved.
        """
        wanted = [(job, slot) for job, slot in jobs if _is_new(self.books.last(slot))]
        if not wanted:
            return
        owner = self.owner()
        episode = wanted[0][1].episode
        try:
            for task in self.books.admit(
                [self.quote(job, slot) for job, slot in wanted], self.caps(episode), owner
            ):
                self.tell(task, "admitted")
        finally:
            self.books.let_go(owner)


@dataclass(frozen=True)
class Hired:
    """What a purchase brought: the work, the vendor's own bytes (path → reference in the vault), what
    it cost, and the tasks to mark as stored when it is."""

    made: Made
    kept: Mapping[Path, Mapping[str, Any]]
    originals: Mapping[str, Mapping[str, Any]]
    usd: Decimal
    tasks: tuple[int, ...]


def hire(job: Job, slot: Slot, room: Path, purse: Purse) -> Hired | None:
    """Carries a job out, from wherever the books say it stands. None: another process did, meanwhile.

    Raises the VendorTrouble that ended it, CapReached, PriceMissing, or StillAtWork when patience
    ends before the vendor is done (the task goes on; the next `hire` picks it up).
    """
    owner = purse.owner()
    try:
        return _Purchase(job, slot, room, purse, owner).carried_out()
    finally:
        purse.books.let_go(owner)


@dataclass
class _Purchase:
    job: Job
    slot: Slot
    room: Path
    purse: Purse
    owner: str
    busy: int = 0

    def carried_out(self) -> Hired | None:
        last = self.purse.books.last(self.slot)
        if last is not None and last.state == "stored":
            return self._develop(last)  # it was bought: whatever was lost since is made from it again
        if last is not None and not _is_new(last) and last.state not in LIVE_STATES:
            self._as_before(last)
        task = last if last is not None and last.state in LIVE_STATES else self._admitted()
        minded = self._minded(task)
        while minded is not None:
            match minded.state:
                case "admitted":
                    minded = self._buy(minded)
                case "intent":
                    minded = self._look_up(minded, _died(self.job.vendor))
                case "unknown":
                    minded = self._look_up(minded, AnswerLost(self.job.vendor, minded.error_text or ""))
                case "running":
                    minded = self._wait(minded)
                case "delivered":
                    return self._develop(minded)
                case _:
                    self._as_before(minded)
        return None

    # --- getting hold of it --------------------------------------------------------------------

    def _admitted(self) -> Task:
        quote = self.purse.quote(self.job, self.slot)
        (task,) = self.purse.books.admit([quote], self.purse.caps(self.slot.episode), self.owner)
        self.purse.tell(task, "admitted")
        return task

    def _minded(self, task: Task) -> Task | None:
        """The task, ours to mind; None when another process has stored it."""
        end = self.purse.clock.now() + self.purse.patience.give_up_s
        while True:
            minded = self.purse.books.mind(task, self.owner)
            if minded is not None:
                return minded
            task = self.purse.books.task(task.id)
            if task.state == "stored":
                return None
            if task.state not in LIVE_STATES:
                self._as_before(task)
            if self.purse.clock.now() > end:
                raise StillAtWork(
                    f"{task.vendor}: another process is buying this. Run the same command again later."
                )
            self.purse.clock.sleep(self.purse.patience.first_poll_s)

    def _again(self, task: Task) -> Task | None:
        """A step of ours was not accepted: somebody else minds the task. What they make of it counts."""
        return self._minded(self.purse.books.task(task.id))

    # --- the steps -----------------------------------------------------------------------------

    def _buy(self, task: Task) -> Task | None:
        purse, books = self.purse, self.purse.books
        if (until := books.parked_until(task.vendor)) > purse.clock.now():
            spent = QuotaSpent(task.vendor, f"its quota is spent until {_moment(until)}.", until)
            books.refuse(task, self.owner, spent)
            raise spent
        try:
            prepared = self._free(lambda: self.job.prepare(self.room))
        except (Refused, AccountTrouble) as declined:
            books.refuse(task, self.owner, declined)
            raise
        intent = self._intend(task)
        if intent is None:
            return self._again(task)
        purse.tell(intent, "intent")
        try:
            answer = self.job.submit(prepared, self.room)
        except NotTaken as busy:
            return self._not_taken(intent, busy)
        except QuotaSpent as spent:
            books.park(intent.vendor, spent.until)
            books.refuse(intent, self.owner, spent)
            raise
        except (Refused, AccountTrouble) as declined:
            books.refuse(intent, self.owner, declined)
            raise
        except JobFailed as failed:
            self._fail(intent, failed)
        except AnswerLost as lost:
            return self._look_up(intent, lost)
        except Exception as surprise:  # ours or the SDK's mistake: the request may have left
            reason = f"stopped unexpectedly ({type(surprise).__name__}: {surprise})"
            return self._look_up(intent, AnswerLost(intent.vendor, reason))
        return self._landed(intent, answer)

    def _intend(self, task: Task) -> Task | None:
        desk = self.purse.desks[task.vendor]
        lost_counts_s = self.purse.patience.at_work_s if self.job.asynchronous else 0.0
        while True:
            moved, wait_s = self.purse.books.intend(task, self.owner, desk, lost_counts_s)
            if moved is None or wait_s <= 0:
                return moved
            self.purse.clock.sleep(min(wait_s, self.purse.patience.first_poll_s))

    def _not_taken(self, task: Task, busy: NotTaken) -> Task | None:
        self.busy += 1
        patience = self.purse.patience
        if self.busy >= patience.busy_tries:
            self.purse.books.refuse(task, self.owner, busy)
            raise busy
        moved = self.purse.books.not_taken(task, self.owner)
        wait_s = busy.after_s if busy.after_s is not None else patience.backoff_s * 2**self.busy
        self.purse.clock.sleep(min(wait_s, 60 * patience.backoff_s))
        return moved or self._again(task)

    def _landed(self, task: Task, answer: Ticket | Delivery) -> Task | None:
        if isinstance(answer, Ticket):
            moved = self.purse.books.running(task, self.owner, answer.task_id)
            if moved is not None:
                self.purse.tell(moved, "running")
            return moved or self._again(task)
        return self._deliver(task, answer)

    def _look_up(self, task: Task, lost: AnswerLost) -> Task | None:
        """Nobody heard the vendor's answer: its own records may have it. Never a second submit
        unless those records are of a kind that would show the first one."""
        since = task.submitted_at.timestamp() if task.submitted_at else 0.0
        try:
            answer = self._free(lambda: self.job.look_up(since, self.room))
        except AnswerLost as unknowable:
            self._lose(task, AnswerLost(task.vendor, f"{lost.reason} {unknowable.reason}"))
        except (VendorSilent, AccountTrouble) as silent:
            self._lose(task, AnswerLost(task.vendor, f"{lost.reason} {silent.reason}"))
        if answer is not None:
            return self._landed(task, answer)
        if self.purse.clock.now() - since < self.purse.patience.grace_s:
            self._lose(
                task, AnswerLost(task.vendor, f"{lost.reason} It may still be at work: run this again.")
            )
        moved = self.purse.books.not_taken(task, self.owner)
        return moved or self._again(task)

    def _lose(self, task: Task, lost: AnswerLost) -> NoReturn:
        moved = self.purse.books.lose(task, self.owner, lost) or task
        self.purse.tell(moved, "unknown")
        raise AnswerLost(
            task.vendor,
            f"{lost.reason} It may cost {money(task.quote_usd)} and is not bought again by itself: "
            f"`pokegeo ledger unknown`, then `pokegeo ledger settle {task.id}`.",
        ) from None

    def _wait(self, task: Task) -> Task | None:
        assert task.task_id is not None
        ticket, patience, clock = Ticket(task.task_id), self.purse.patience, self.purse.clock
        end, pause_s = clock.now() + patience.give_up_s, patience.first_poll_s
        while True:
            try:
                answer = self.job.poll(ticket)
            except VendorSilent:
                answer = Pending()  # a question that went unanswered says nothing about the task
            except JobFailed as failed:
                self._fail(task, failed)
            if isinstance(answer, Delivery):
                fetched = answer
                if not answer.files:
                    fetched = self._free(lambda found=answer: self.job.fetch(ticket, found, self.room))
                return self._deliver(task, fetched)
            if clock.now() > end:
                raise StillAtWork(
                    f"{task.vendor} has been at work for {patience.give_up_s / 60:.0f} minutes (task "
                    f"{task.task_id}). It goes on: run the same command again later, nothing is bought twice."
                )
            clock.sleep(pause_s)
            pause_s = min(pause_s * 1.3, patience.most_poll_s)

    def _deliver(self, task: Task, delivery: Delivery) -> Task | None:
        if not delivery.files:
            ticket = Ticket(task.task_id) if task.task_id else None
            delivery = self._free(lambda: self.job.fetch(ticket, delivery, self.room))
        files = {part: dict(self.purse.vault.keep(self.slot, part, path))
                 for part, path in delivery.files.items()}  # fmt: skip
        charge, usd = delivery.charge, self._worth(delivery.charge, task)
        result = {"files": files, "facts": dict(delivery.facts), "charge": charge.model_dump(mode="json")}
        moved = self.purse.books.delivered(task, self.owner, usd, charge, result)
        if moved is not None:
            self.purse.tell(moved, "delivered")
        return moved or self._again(task)

    def _worth(self, charge: Charge, task: Task) -> Decimal:
        if charge.usd is not None:
            return charge.usd
        if not charge.items:
            return task.quote_usd  # the vendor said nothing: what was quoted is what it takes
        return self.purse.prices.cost(
            charge.items, datetime.fromtimestamp(self.purse.clock.now(), UTC).date()
        )

    def _develop(self, task: Task) -> Hired | None:
        delivery, references = self._opened(task)
        try:
            with self.purse.bench:
                made = self.job.develop(delivery, self.room)
        except JobFailed as failed:
            self.purse.books.fail(task, self.owner, failed, Decimal(0))
            raise JobFailed(
                failed.vendor,
                f"{failed.reason} It cost {money(task.charged_usd)}. For another one: `pokegeo redo "
                f"{self.slot.episode} {self.slot.key} --what {self.slot.asset} --new-take`.",
                failed.charge,
                failed.request_id,
            ) from None
        if isinstance(made, Job):
            return self._second_round(task, made)
        kept = {delivery.files[part]: reference for part, reference in references.items()}
        return Hired(made, kept, references, task.charged_usd, (task.id,))

    def _second_round(self, task: Task, job: Job) -> Hired | None:
        again = replace(self.slot, recipe=digest({"recipe": self.slot.recipe, "round": 2}))
        hired = hire(job, again, self.room, self.purse)
        if hired is None:
            return None
        return replace(hired, usd=hired.usd + task.charged_usd, tasks=(task.id, *hired.tasks))

    def _opened(self, task: Task) -> tuple[Delivery, dict[str, Mapping[str, Any]]]:
        """What was delivered, from the vault; from the vendor again where the vault has lost it."""
        references: dict[str, Mapping[str, Any]] = dict(task.result["files"])
        charge = Charge.model_validate(task.result["charge"])
        delivery = Delivery(charge, {}, task.result["facts"])
        try:
            files = {part: self.purse.vault.open(reference) for part, reference in references.items()}
        except (MediaMissing, MediaDamaged):
            ticket = Ticket(task.task_id) if task.task_id else None
            fetched = self._free(lambda: self.job.fetch(ticket, delivery, self.room))
            references = {part: dict(self.purse.vault.keep(self.slot, part, path))
                          for part, path in fetched.files.items()}  # fmt: skip
            files = {part: self.purse.vault.open(reference) for part, reference in references.items()}
        return replace(delivery, files=files), references

    # --- how it can end ------------------------------------------------------------------------

    def _fail(self, task: Task, failed: JobFailed) -> NoReturn:
        charge = failed.charge if isinstance(failed.charge, Charge) else None
        usd = self._worth(charge, task) if charge else Decimal(0)
        self.purse.books.fail(task, self.owner, failed, usd)
        self.purse.tell(task, "failed")
        cost = f"It charged {money(usd)}." if usd else "It charged nothing."
        raise JobFailed(failed.vendor, f"{failed.reason} {cost}", charge, failed.request_id) from None

    def _as_before(self, task: Task) -> NoReturn:
        """A task that ended says again how: the same request would end the same way, or cost again."""
        told = (task.error_text or task.state).removeprefix(f"{task.vendor}: ")
        redo = f"`pokegeo redo {self.slot.episode} {self.slot.key} --what {self.slot.asset} --new-take`"
        if task.state == "failed":
            cost = f" It cost {money(task.charged_usd)}." if task.charged_usd else ""
            raise JobFailed(task.vendor, f"{told}{cost} To buy another one: {redo}.")
        raise Refused(task.vendor, f"{told} It was not sent again: change what is asked, or {redo}.")

    def _free(self, step: Callable[[], Answer]) -> Answer:
        """A free step, repeated with back-off while the vendor is silent or its bytes arrive broken."""
        for turn in itertools.count(1):
            try:
                return step()
            except (VendorSilent, MediaBroken):
                if turn >= self.purse.patience.free_tries:
                    raise
                self.purse.clock.sleep(self.purse.patience.backoff_s * 2 ** (turn - 1))
        raise AssertionError("unreachable")


def _is_new(last: Task | None) -> bool:
    """Whether a slot may be bought: never tried, or it ended without money for a reason that may be
    gone (an account put right, a quota that is back, a failure of the vendor's own)."""
    if last is None:
        return True
    if last.state == "refused":
        return last.error_type != Refused.__name__
    return last.state == "failed" and last.charged_usd == 0


def _died(vendor: str) -> AnswerLost:
    return AnswerLost(vendor, "The process stopped while it was asking.")


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
