"""The purse: the books, the prices, the caps, the clock and the patience that every purchase needs.

`budget.hire` spends from it. Nothing here is bought.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from pokegeo_dagster.budget.books import Books, Quote, Slot, Task, may_be_bought
from pokegeo_dagster.budget.caps import Caps
from pokegeo_dagster.budget.prices import PriceList
from pokegeo_dagster.budget.quota import Desk
from pokegeo_dagster.film.errors import DatabaseUnavailable, PriceMissing
from pokegeo_dagster.film.vendors import Charge, Job

LISTENING_S = 0.5  # how often the books are looked at for a vendor's news while its work is awaited


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
    listens: bool = False  # whether vendors tell of their own accord when something happened

    def today(self) -> date:
        """The day whose prices hold, in UTC."""
        return datetime.fromtimestamp(self.clock.now(), UTC).date()

    def quote(self, job: Job, slot: Slot) -> Quote:
        """What a job would cost today. Raises PriceMissing."""
        usd = self.prices.cost(job.bill(), self.today())
        return Quote(slot, job.vendor, job.credit.model, usd, job.request())

    def worth(self, charge: Charge, quoted: Decimal) -> Decimal:
        """What a vendor took, in US dollars. Where it did not say, or metered something that has no
        price, what was quoted is what it takes: the purchase is made, and cannot fail for that."""
        if charge.usd is not None:
            return charge.usd
        if not charge.items:
            return quoted
        try:
            return self.prices.cost(charge.items, self.today())
        except PriceMissing:
            return quoted

    def admit(self, jobs: Sequence[tuple[Job, Slot]]) -> None:
        """Reserves the money for purchases that are not on the books yet: for all of them or for none.

        Raises CapReached, PriceMissing; nothing was spent then, and nothing is reserved.
        """
        wanted = {slot: job for job, slot in jobs if may_be_bought(self.books.last(slot))}
        if not wanted:
            return
        quotes = [self.quote(job, slot) for slot, job in wanted.items()]
        caps = {episode: self.caps(episode) for episode in {slot.episode for slot in wanted}}
        owner = self.owner()
        try:
            for task in self.books.admit(quotes, caps, owner):
                if task.owner == owner:
                    self.tell(task, "admitted")
        finally:
            self.let_go(owner)

    def rest(self, task: Task, seconds: float, heard: datetime | None) -> datetime | None:
        """Waits before a task is asked after again: so long, or until there is other news of it than
        what was `heard`. Gives back the news there is."""
        if not self.listens:
            self.clock.sleep(seconds)
            return None
        end, news = self.clock.now() + seconds, heard
        while (left := end - self.clock.now()) > 0:
            with suppress(DatabaseUnavailable):
                news = self.books.news(task)
            if news != heard:
                break
            self.clock.sleep(min(left, LISTENING_S))
        return news

    def let_go(self, owner: str) -> None:
        """Stops minding what `owner` minds, as far as the books can be written to: what is not let go
        now is taken over when its lease ends."""
        with suppress(DatabaseUnavailable):
            self.books.let_go(owner)
