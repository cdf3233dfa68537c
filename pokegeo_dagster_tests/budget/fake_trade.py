"""A vendor, a job, a clock and a vault that do as they are told, and books in a real SQLite file that
can die at any of their commits."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import event, func, select

from pokegeo_dagster.budget.books import LIVE_STATES, Slot, Task
from pokegeo_dagster.budget.caps import Caps
from pokegeo_dagster.budget.hire import Hired, hire
from pokegeo_dagster.budget.prices import PriceList
from pokegeo_dagster.budget.purse import Patience, Purse
from pokegeo_dagster.budget.quota import Desk
from pokegeo_dagster.film.crew import Credit, Made
from pokegeo_dagster.film.errors import AnswerLost, JobFailed, MediaMissing, NotTaken, Refused, VendorSilent
from pokegeo_dagster.film.vendors import Charge, Delivery, Item, Pending, Ticket
from pokegeo_dagster.storage import schema
from pokegeo_dagster.storage.books import StudioBooks
from pokegeo_dagster.storage.money import sums
from pokegeo_dagster.storage.studio_db import StudioDb

PRICE = Decimal("0.42")
PRICES = PriceList.load("""
[[price]]
vendor = "kie"
model = "kling"
usd = { clip = "0.42" }
as_of = 2026-11-21
source = "a test"
confidence = "high"
""")
RECIPE = "ab" * 32
CREDIT = Credit(member="kling", model="kling")
SLOT = Slot("haunter", "default", "clip", "clip_05", RECIPE)
BYTES = b"ten moving seconds"
# What a vendor may answer.
REFUSED = Refused("kie", "violence. Nothing was charged. Reword it.")
BUSY = NotTaken("kie", "it is busy.", after_s=5)
LOST = AnswerLost("kie", "no answer came within 60 s.")
SILENT = VendorSilent("kie", "it did not answer.")
BROKE = JobFailed("kie", "it says that it failed.")
PAID_AND_BROKE = JobFailed("kie", "it says that it failed.", Charge(usd=Decimal("0.10")))


class Killed(BaseException):
    """The process is gone."""


class FakeClock:
    """Time that passes only while somebody waits."""

    def __init__(self) -> None:
        self.at, self.slept = 1_800_000_000.0, []

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.slept.append(seconds)
        self.at += seconds

    def moment(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)


@dataclass
class FakeVendor:
    """What a vendor did: each request that reached it, what it made, and what it took for it.

    `says` holds, step by step, what it says before it does as it should: an error to raise, a value to
    give back, or a function that is called with the job and the step's own way of doing it.
    """

    asynchronous: bool = True
    keeps_records: bool = True
    says: dict[str, list[Any]] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)  # the ids of what it took on
    taken: Decimal = Decimal(0)
    ended: dict[str, Decimal] = field(default_factory=dict)  # what failed, and was charged for even so

    @property
    def submits(self) -> int:
        return self.steps.count("submit")

    def accept(self, usd: Decimal = PRICE) -> str:
        self.made.append(f"task-{len(self.made) + 1}")
        self.taken += usd
        return self.made[-1]

    def fail(self, number: str, usd: Decimal) -> JobFailed:
        """What it took on comes to nothing, for this much."""
        self.taken += usd - PRICE
        self.ended[number] = usd
        return self.failure(number)

    def failure(self, number: str) -> JobFailed:
        return JobFailed("kie", "It failed.", Charge(usd=self.ended[number], request_id=number))

    def answer(self, step: str, job: Any, otherwise: Callable[[], Any]) -> Any:
        self.steps.append(step)
        said = self.says.get(step) or []
        if not said:
            return otherwise()
        word = said.pop(0)
        if isinstance(word, BaseException):
            raise word
        return word(otherwise) if callable(word) else word


@dataclass
class FakeJob:
    """A clip that a fake vendor is asked for."""

    shop: FakeVendor
    rounds: int = 1
    round: int = 1
    vendor: str = "kie"
    credit: Credit = CREDIT
    unit: str = "clip"

    @property
    def asynchronous(self) -> bool:
        return self.shop.asynchronous

    def bill(self) -> Sequence[Item]:
        return (Item(vendor=self.vendor, model="kling", unit=self.unit, units=Decimal(1)),)

    def request(self) -> Mapping[str, Any]:
        return {"prompt": "the haunter drifts", "round": self.round}

    def prepare(self, room: Path) -> Mapping[str, Any]:
        return self.shop.answer("prepare", self, dict)

    def submit(self, prepared: Mapping[str, Any], room: Path) -> Ticket | Delivery:
        def taken() -> Ticket | Delivery:
            number = self.shop.accept()
            return Ticket(number) if self.asynchronous else self.delivery(number, room)

        return self.shop.answer("submit", self, taken)

    def poll(self, ticket: Ticket) -> Pending | Delivery:
        def looked() -> Delivery:
            if ticket.task_id in self.shop.ended:
                raise self.shop.failure(ticket.task_id)
            return Delivery(self.charge(ticket.task_id))

        return self.shop.answer("poll", self, looked)

    def fetch(self, ticket: Ticket | None, delivery: Delivery, room: Path) -> Delivery:
        number = ticket.task_id if ticket else str(delivery.charge.request_id)
        return self.shop.answer("fetch", self, lambda: self.delivery(number, room))

    def look_up(self, since: float, room: Path) -> Ticket | Delivery | None:
        def found() -> Ticket | Delivery | None:
            if not self.shop.keeps_records:
                raise AnswerLost(self.vendor, "It keeps no record.")
            number = self.shop.made[-1] if len(self.shop.made) >= self.round else None
            if number in self.shop.ended:
                raise self.shop.failure(number)
            if number is None or self.asynchronous:
                return Ticket(number) if number else None
            return Delivery(self.charge(number), {}, {})

        return self.shop.answer("look_up", self, found)

    def develop(self, delivery: Delivery, room: Path) -> Any:
        def developed() -> Any:
            if self.round < self.rounds:
                return replace(self, round=self.round + 1)
            main = room / "main.mp4"
            main.write_bytes(delivery.files["main"].read_bytes())
            return Made({"main": main}, {"facts": dict(delivery.facts)})

        return self.shop.answer("develop", self, developed)

    def delivery(self, number: str, room: Path) -> Delivery:
        room.mkdir(exist_ok=True)
        path = room / f"vendor-{number}.mp4"
        path.write_bytes(BYTES)
        return Delivery(self.charge(number), {"main": path}, {"fetched": number})

    def charge(self, number: str) -> Charge:
        return Charge(usd=PRICE, request_id=number)


class FakeVault:
    """Bytes in memory, by a number that is their reference."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[Path, bytes]] = {}
        self.trouble: list[Exception] = []

    def keep(self, slot: Slot, part: str, path: Path) -> Mapping[str, Any]:
        if self.trouble:
            raise self.trouble.pop(0)
        key = f"{slot.key}/{part}/{path.name}"
        self.held[key] = path, path.read_bytes()
        return {"key": key}

    def open(self, reference: Mapping[str, Any]) -> Path:
        if reference["key"] not in self.held:
            raise MediaMissing(f"{reference['key']} is not in the store.")
        path, data = self.held[reference["key"]]
        path.write_bytes(data)
        return path


class MortalBooks:
    """Books whose process is killed just before, or just after, the n-th of its commits."""

    COMMITS = ("admit", "mind", "let_go", "intend", "not_taken", "running", "delivered", "refuse", "fail",
               "lose", "park")  # fmt: skip

    def __init__(self, books: StudioBooks, dies_at: int | None = None, after: bool = False):
        self._books, self._left, self._after, self.dead = books, dies_at, after, False
        self.commits: list[str] = []
        self.trouble: dict[str, list[BaseException]] = {}

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._books, name)
        return method if name not in self.COMMITS else lambda *given: self._committed(name, method, given)

    def _committed(self, name: str, method: Any, given: tuple[Any, ...]) -> Any:
        if self.dead:
            raise Killed
        self.commits.append(name)
        self.dead = self._left == 0
        if self._left is not None:
            self._left -= 1
        if self.dead and not self._after:
            raise Killed
        if self.trouble.get(name):
            raise self.trouble[name].pop(0)
        done = method(*given)
        if self.dead:
            raise Killed
        return done


def _careless(connection: Any, _: Any) -> None:
    """What a test wrote need not outlive a power cut."""
    connection.execute("PRAGMA synchronous=OFF")


class Trade:
    """A studio with one purse in it, its processes, and what its books say."""

    def __init__(self, folder: Path, patience: Patience | None = None):
        self.folder, self.url = folder, f"sqlite:///{folder / 'studio.db'}"
        self.db = StudioDb(self.url)
        self.db.migrate()
        self.clock, self.vault = FakeClock(), FakeVault()
        self.patience = patience or Patience()
        self.gone: set[str] = set()
        self.caps = Caps()
        self.desk = Desk(vendor="kie", at_once=3)
        self.told: list[str] = []
        self._processes, self._owners = itertools.count(1), itertools.count(1)
        self._lock = threading.Lock()
        self.books = StudioBooks(self.url, self.clock.moment, lambda owner: owner.split("|")[1] in self.gone)
        for database in (self.db._database, self.books._database):
            event.listen(database._connected(), "connect", _careless)

    def close(self) -> None:
        self.db.close()
        self.books._database.close()

    def purse(self, books: Any = None) -> Purse:
        """The purse of a new process."""
        with self._lock:
            process = str(next(self._processes))
        self.process = process
        return Purse(
            books=books or self.books,
            prices=PRICES,
            caps=lambda episode: self.caps,
            desks={"kie": self.desk},
            vault=self.vault,
            clock=self.clock,
            patience=self.patience,
            bench=nullcontext(),
            owner=lambda: f"host|{process}|1.00|{next(self._owners)}",
            tell=lambda task, step: self.told.append(step),
        )

    def room(self) -> Path:
        room = self.folder / f"room-{next(self._owners)}"
        room.mkdir()
        return room

    def hire(self, job: FakeJob, slot: Slot = SLOT, purse: Purse | None = None) -> Hired | None:
        return hire(job, slot, self.room(), purse or self.purse())

    def killed(self, job: FakeJob, dies_at: int, after: bool, slot: Slot = SLOT) -> bool:
        """Whether a process that hires, and is killed at that commit, ever came to it."""
        purse = self.purse(MortalBooks(self.books, dies_at, after))
        try:
            self.hire(job, slot, purse)
        except Killed:
            return True
        finally:
            self.gone.add(self.process)
        return False

    def store(self, hired: Hired | None, slot: Slot = SLOT) -> None:
        assert hired is not None
        self.db.add_take(
            episode=slot.episode, asset=slot.asset, key=slot.key, recipe=slot.recipe, number=slot.number,
            data_version="23" * 32, files={}, slate={}, member="kling", model="kling", cost_usd=hired.usd,
            paid=True, tasks=hired.tasks,
        )  # fmt: skip

    # --- what the books say --------------------------------------------------------------------

    def tasks(self) -> list[Task]:
        with self.db._database.transaction(write=False) as connection:
            numbers = connection.scalars(select(schema.tasks.c.id).order_by(schema.tasks.c.id)).all()
        return [self.books.task(number) for number in numbers]

    def tasks_of(self, episode: str) -> list[Task]:
        mine = select(schema.tasks.c.id).where(schema.tasks.c.episode == episode).order_by(schema.tasks.c.id)
        with self.db._database.transaction(write=False) as connection:
            return [self.books.task(number) for number in connection.scalars(mine).all()]

    def task(self) -> Task:
        (task,) = self.tasks()
        return task

    def spent(self, slot: Slot = SLOT) -> Decimal:
        return self._sums(slot)["spent"]

    def reserved(self, slot: Slot = SLOT) -> Decimal:
        return self._sums(slot)["reserved"]

    def charges(self) -> int:
        with self.db._database.transaction(write=False) as connection:
            return connection.scalar(select(func.count()).select_from(schema.ledger)) or 0

    def live(self) -> list[Task]:
        return [task for task in self.tasks() if task.state in LIVE_STATES]

    def _sums(self, slot: Slot) -> dict[str, Decimal]:
        with self.db._database.transaction(write=False) as connection:
            return sums(connection, episode=slot.episode)
