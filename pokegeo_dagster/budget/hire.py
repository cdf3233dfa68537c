"""Hiring: the only way to a paid call, as a machine whose every step is on the books before the next.

    quote → admitted → intent → running → delivered → stored
                         └→ unknown   └→ failed     refused

Killed anywhere, the same `hire` goes on from the last step that was committed: what runs at a vendor
is polled, what was delivered is developed, and what may have been bought is never bought again. No
retry wraps `submit`: only a vendor's own word that it began nothing leads to another one, and that
one is a new intent on the books.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path, PurePath
from typing import Any, NoReturn, TypeVar

from pokegeo_dagster.budget.books import LIVE_STATES, Slot, Task, may_be_bought
from pokegeo_dagster.budget.caps import money
from pokegeo_dagster.budget.left_behind import clears_a_place
from pokegeo_dagster.budget.purse import Purse
from pokegeo_dagster.film.crew import Made
from pokegeo_dagster.film.digest import digest
from pokegeo_dagster.film.errors import (
    AccountTrouble,
    AnswerLost,
    DatabaseUnavailable,
    JobFailed,
    MediaBroken,
    MediaDamaged,
    MediaMissing,
    NotTaken,
    ProductionError,
    QuotaSpent,
    Refused,
    StillAtWork,
    VendorSilent,
    VendorTrouble,
)
from pokegeo_dagster.film.vendors import Charge, Delivery, Job, Pending, Ticket

Answer = TypeVar("Answer")
# A free step that ends in one of these is repeated; so is writing down what a vendor answered.
WEATHER = (VendorSilent, MediaBroken, NotTaken, DatabaseUnavailable)
LONGEST_PAUSE = 60  # × backoff_s, however long a busy vendor wants to be left alone


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
        purse.let_go(owner)


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
        task = self._admitted() if last is None or may_be_bought(last) else last
        if task.state == "stored":
            return self._develop(task)  # it was bought: whatever was lost since is made from it again
        minded = self._minded(task)
        while minded is not None:
            match minded.state:
                case "admitted":
                    minded = self._buy(minded)
                case "intent":
                    minded = self._look_up(minded, "The process stopped while it was asking.")
                case "unknown":
                    minded = self._look_up(minded, _told(minded))
                case "running":
                    minded = self._wait(minded)
                case "delivered":
                    return self._develop(minded)
                case _:
                    self._as_before(minded)
        return None

    # --- getting hold of it --------------------------------------------------------------------

    def _admitted(self) -> Task:
        quote, caps = self.purse.quote(self.job, self.slot), self.purse.caps(self.slot.episode)
        (task,) = self.purse.books.admit([quote], {self.slot.episode: caps}, self.owner)
        if task.owner == self.owner:
            self.purse.tell(task, "admitted")
        return task

    def _minded(self, task: Task) -> Task | None:
        """The task, ours to mind; None when another process has stored it."""
        books, clock, patience = self.purse.books, self.purse.clock, self.purse.patience
        end = clock.now() + patience.give_up_s
        while (minded := books.mind(task, self.owner)) is None:
            task = books.task(task.id)
            if task.state == "stored":
                return None
            if task.state not in LIVE_STATES:
                self._as_before(task)
            if clock.now() > end:
                raise StillAtWork(
                    f"{task.vendor}: another process is buying this. Run the same command again later."
                )
            clock.sleep(patience.first_poll_s)
        return minded

    def _moved(self, task: Task, step: Callable[[], Task | None]) -> Task | None:
        """The task after a step on the books. Where it has moved on without us, whatever others made
        of it counts: we wait until it is ours to mind again."""
        moved = self._free(step)
        if moved is None:
            return self._minded(self.purse.books.task(task.id))
        self.purse.tell(moved, moved.state)
        return moved

    # --- the steps -----------------------------------------------------------------------------

    def _buy(self, task: Task) -> Task | None:
        self._not_parked(task)
        try:
            prepared = self._free(lambda: self.job.prepare(self.room))
        except (QuotaSpent, Refused, AccountTrouble) as declined:
            self._decline(task, declined)
        intent = self._intend(task)
        if intent is None:  # also where others wrote that intent: only they may send its request
            return self._minded(self.purse.books.task(task.id))
        self.purse.tell(intent, "intent")
        try:
            answer = self.job.submit(prepared, self.room)
        except NotTaken as busy:
            return self._not_taken(intent, busy)
        except (QuotaSpent, Refused, AccountTrouble) as declined:
            self._decline(intent, declined)
        except JobFailed as failed:
            self._fail(intent, failed)
        except VendorTrouble as lost:
            return self._look_up(intent, lost.reason)
        except Exception as surprise:  # ours or the SDK's mistake: the request may have left
            return self._look_up(intent, f"Asking stopped unexpectedly ({_where(surprise)}).")
        return self._landed(intent, answer)

    def _not_parked(self, task: Task) -> None:
        until = self.purse.books.parked_until(task.vendor)
        if until > self.purse.clock.now():
            moment = datetime.fromtimestamp(until, UTC).strftime("%Y-%m-%d %H:%M UTC")
            self._decline(task, QuotaSpent(task.vendor, f"its quota is spent until {moment}.", until))

    def _intend(self, task: Task) -> Task | None:
        """The task with our intent on the books; None when it is not ours any more."""
        desk = self.purse.desks[task.vendor]
        lost_counts_s = self.purse.patience.at_work_s if self.job.asynchronous else 0.0
        asked_at, turn = float("-inf"), 0
        while True:
            moved, wait_s = self.purse.books.intend(task, self.owner, desk, lost_counts_s)
            if moved is None or wait_s <= 0:
                return moved
            now, cleared = self.purse.clock.now(), False
            if self.job.asynchronous and now - asked_at >= self.purse.patience.most_poll_s:
                asked_at, turn = now, turn + 1
                cleared = clears_a_place(self.purse.books, task.vendor, self.job, turn)
            if not cleared:
                self.purse.clock.sleep(min(wait_s, self.purse.patience.first_poll_s))
            self._not_parked(task)  # others may have found the quota spent while we waited

    def _not_taken(self, task: Task, busy: NotTaken) -> Task | None:
        self.busy += 1
        patience = self.purse.patience
        if self.busy >= patience.busy_tries:
            self._decline(task, busy)
        moved = self._moved(task, lambda: self.purse.books.not_taken(task, self.owner))
        wait_s = busy.after_s if busy.after_s is not None else patience.backoff_s * 2**self.busy
        self.purse.clock.sleep(min(max(wait_s, 0.0), LONGEST_PAUSE * patience.backoff_s))
        return moved

    def _landed(self, task: Task, answer: Ticket | Delivery) -> Task | None:
        if isinstance(answer, Delivery):
            return self._deliver(task, answer)
        try:
            return self._moved(task, lambda: self.purse.books.running(task, self.owner, answer.task_id))
        except DatabaseUnavailable as away:
            settle = f"`pokegeo ledger settle {task.id} --found {answer.task_id}`"
            raise DatabaseUnavailable(
                f"{away} {task.vendor} took {task.slot.key}, which is not on the books: keep {settle}."
            ) from None

    def _look_up(self, task: Task, lost: str) -> Task | None:
        """Nobody heard the vendor's answer: its own records may have it. Never a second submit
        unless those records are of a kind that would show the first one."""
        books, patience = self.purse.books, self.purse.patience
        since = task.submitted_at.timestamp() if task.submitted_at else 0.0
        try:
            answer = self._free(lambda: self.job.look_up(since, self.room))
        except JobFailed as failed:
            self._fail(task, failed)
        except VendorTrouble as silent:
            return self._lose(task, lost, silent.reason)
        except ProductionError:
            raise
        except Exception as surprise:
            return self._lose(task, lost, f"Looking it up stopped unexpectedly ({_where(surprise)}).")
        if answer is not None:
            return self._landed(task, answer)
        if self.purse.clock.now() - since < patience.grace_s:
            return self._lose(task, lost, "It may still be at work: run this again in some minutes.")
        return self._moved(task, lambda: books.not_taken(task, self.owner))

    def _lose(self, task: Task, lost: str, why: str) -> Task | None:
        reason = lost if why in lost else f"{lost} {why}"
        if task.state != "unknown":
            told = AnswerLost(task.vendor, reason)
            moved = self._moved(task, lambda: self.purse.books.lose(task, self.owner, told))
            if moved is None or moved.state != "unknown":
                return moved
        raise AnswerLost(
            task.vendor,
            f"nobody knows whether {self.slot.asset} {self.slot.key} was bought: {reason} It may cost "
            f"{money(task.quote_usd)} and is not bought again by itself: see `pokegeo ledger unknown`, then "
            f"`pokegeo ledger settle {task.id}`.",
        ) from None

    def _wait(self, task: Task) -> Task | None:
        assert task.task_id is not None
        ticket, patience, clock = Ticket(task.task_id), self.purse.patience, self.purse.clock
        end, pause_s, heard = clock.now() + patience.give_up_s, patience.first_poll_s, None
        while True:
            try:
                answer = self.job.poll(ticket)
            except JobFailed as failed:
                self._fail(task, failed)
            except (*WEATHER, AnswerLost):
                answer = Pending()  # a question that went unanswered says nothing about the task
            if isinstance(answer, Delivery):
                return self._deliver(task, answer)
            if clock.now() > end:
                raise StillAtWork(
                    f"{task.vendor} has been at work for {patience.give_up_s / 60:.0f} minutes (task "
                    f"{task.task_id}). It goes on: run the same command again later, nothing is bought twice."
                )
            heard = self.purse.rest(task, pause_s, heard)
            pause_s = min(pause_s * 1.3, patience.most_poll_s)

    def _deliver(self, task: Task, delivery: Delivery) -> Task | None:
        """Keeps what came, then puts it on the books with its price. What came without its bytes and
        can be asked for by a ticket stays running until they are here."""
        if not delivery.files and task.task_id:
            delivery = self._fetched(task, delivery)
        try:
            files = self._kept(delivery)
        except Exception:  # the store is away: what was paid is on the books even so
            self._free(lambda: self._put_down(task, delivery, {}))
            raise
        return self._moved(task, lambda: self._put_down(task, delivery, files))

    def _put_down(self, task: Task, delivery: Delivery, files: Mapping[str, Any]) -> Task | None:
        charge, quoted = delivery.charge, task.quote_usd
        usd = task.charged_usd if task.state == "delivered" else self.purse.worth(charge, quoted)
        result = {"files": files, "facts": dict(delivery.facts), "charge": charge.model_dump(mode="json")}
        return self.purse.books.delivered(task, self.owner, usd, charge, result)

    def _fetched(self, task: Task, delivery: Delivery) -> Delivery:
        ticket = Ticket(task.task_id) if task.task_id else None
        try:
            return self._free(lambda: self.job.fetch(ticket, delivery, self.room))
        except JobFailed as failed:
            self._fail(task, failed, delivery.charge)
        except MediaMissing as gone:
            self._fail(task, JobFailed(task.vendor, str(gone)), delivery.charge)

    def _kept(self, delivery: Delivery) -> dict[str, Mapping[str, Any]]:
        keep = self.purse.vault.keep
        return {part: dict(keep(self.slot, part, path)) for part, path in delivery.files.items()}

    def _develop(self, task: Task) -> Hired | None:
        delivery, references = self._opened(task)
        try:
            with self.purse.bench:
                made = self.job.develop(delivery, self.room)
        except JobFailed as failed:
            self._fail(task, failed)
        if isinstance(made, Job):
            return self._second_round(task, made)
        kept = {delivery.files[part]: reference for part, reference in references.items()}
        return Hired(made, kept, references, task.charged_usd, (task.id,))

    def _second_round(self, task: Task, job: Job) -> Hired | None:
        again = replace(self.slot, recipe=digest({"recipe": self.slot.recipe, "round": 2}))
        try:
            hired = hire(job, again, self.room, self.purse)
        except (JobFailed, Refused) as ended:
            last = self.purse.books.last(again)
            if last is not None and last.state not in LIVE_STATES and not may_be_bought(last):
                # Neither round will be asked again: a live first one would stand in a new take's way.
                self.purse.books.fail(task, self.owner, ended, Decimal(0))
            raise
        if hired is None:
            return None
        return replace(hired, usd=hired.usd + task.charged_usd, tasks=(task.id, *hired.tasks))

    def _opened(self, task: Task) -> tuple[Delivery, dict[str, Mapping[str, Any]]]:
        """What was delivered, from the vault; from the vendor where the vault never had it or lost it."""
        references: dict[str, Mapping[str, Any]] = dict(task.result["files"])
        charge, look = Charge.model_validate(task.result["charge"]), self.purse.vault.open
        delivery = Delivery(charge, {}, task.result["facts"])
        try:
            files = {part: look(reference) for part, reference in references.items()}
        except (MediaMissing, MediaDamaged):
            files = {}
        if not files:
            delivery = self._fetched(task, delivery)
            references = self._kept(delivery)
            if task.state == "delivered":
                self._free(lambda: self._put_down(task, delivery, references))
            files = {part: look(reference) for part, reference in references.items()}
        return replace(delivery, files=files), references

    # --- how it can end ------------------------------------------------------------------------

    def _decline(self, task: Task, why: NotTaken | QuotaSpent | Refused | AccountTrouble) -> NoReturn:
        moved = self._free(lambda: self.purse.books.refuse(task, self.owner, why))
        if moved is not None:
            self.purse.tell(moved, "refused")
        if isinstance(why, QuotaSpent) and why.until > self.purse.books.parked_until(task.vendor):
            self.purse.books.park(task.vendor, why.until)
        raise why

    def _fail(self, task: Task, failed: JobFailed, taken: Charge | None = None) -> NoReturn:
        charge = failed.charge if isinstance(failed.charge, Charge) else taken
        usd = task.charged_usd or (self.purse.worth(charge, task.quote_usd) if charge else Decimal(0))
        moved = self._free(lambda: self.purse.books.fail(task, self.owner, failed, usd))
        if moved is not None:
            self.purse.tell(moved, "failed")
        told = f"{failed.reason} {self._cost(usd)}"
        raise JobFailed(failed.vendor, told, charge, failed.request_id) from None

    def _as_before(self, task: Task) -> NoReturn:
        """A task that ended says again how: the same request would end the same way, or cost again."""
        vendor, told = task.vendor, _told(task)
        if task.state == "failed":
            raise JobFailed(vendor, f"{told} {self._cost(task.charged_usd)}")
        match task.error_type:
            case "Refused":
                way = f"It was not sent again: change what is asked, or {self._redo()}."
                raise Refused(vendor, f"{told} {way}")
            case "AccountTrouble":
                raise AccountTrouble(vendor, told)
            case "QuotaSpent":
                raise QuotaSpent(vendor, told, self.purse.books.parked_until(vendor))
            case _:
                raise NotTaken(vendor, told)

    def _cost(self, usd: Decimal) -> str:
        if usd:
            return f"It cost {money(usd)}. To buy another one: {self._redo()}."
        return "It cost nothing: run this again for another try."

    def _redo(self) -> str:
        return f"`pokegeo redo {self.slot.episode} {self.slot.key} --what {self.slot.asset} --new-take`"

    def _free(self, step: Callable[[], Answer]) -> Answer:
        """A free step, repeated with back-off while the weather is bad."""
        patience = self.purse.patience
        for turn in range(patience.free_tries - 1):
            try:
                return step()
            except WEATHER:
                self.purse.clock.sleep(patience.backoff_s * 2**turn)
        return step()


def _told(task: Task) -> str:
    return (task.error_text or task.state).removeprefix(f"{task.vendor}: ")


def _where(error: Exception) -> str:
    """Which mistake, in which line. A stranger's own words are left out: they may quote an address or key."""
    if isinstance(error, ProductionError):
        return f"{type(error).__name__}: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    line = f", {PurePath(frames[-1].filename).name} line {frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{line}"
