"""Paid work: what a vendor promises, in a form that survives a kill between any two steps.

A paid crew member makes nothing itself. Asked to draw, film or speak, it hands back a `Job`: one
prepared, unsent request. Only the purse (`budget.hire`) carries a job out, step by step, each step
on record before the next:

    prepare → submit → (poll …) → fetch → develop

`submit` is the only step that can cost money and sends exactly one request that does. Every other
step is free and may be repeated. How a step went wrong is told by the type of the error
(`film/errors.py`): NotTaken and Refused cost nothing, JobFailed is the vendor's own word,
AnswerLost means that nobody knows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from pokegeo_dagster.film.crew import Credit, Made
from pokegeo_dagster.film.model import Frozen


class Item(Frozen):
    """One line of a bill: so many units of something that the price list has a price for."""

    vendor: str  # gemini, kie, elevenlabs
    model: str
    unit: str  # as in the price list: clip-10s, image-2k, character, sound-second, input-token …
    units: Decimal


class Charge(Frozen):
    """What the vendor says it took. `usd` is set when the vendor names money (or credits with a
    fixed worth); else `items` are what it metered, priced by the price list."""

    usd: Decimal | None = None
    items: tuple[Item, ...] = ()
    request_id: str | None = None  # what the vendor's own records call it


@dataclass(frozen=True)
class Ticket:
    """The vendor took the job and works on it. `task_id` finds it again, for anyone, at any time."""

    task_id: str
    request_id: str | None = None


@dataclass(frozen=True)
class Delivery:
    """The vendor has delivered. `files` are the vendor's own bytes, untouched, in the room, by part
    name; or there are none yet and `fetch` gets them. `facts` are JSON values that `fetch` and
    `develop` need (alignment, text, the vendor's name of a file), kept on record: no signed address
    and no key may be among them."""

    charge: Charge
    files: Mapping[str, Path] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Pending:
    """Not done yet. `progress` is 0–100 where the vendor says."""

    progress: int | None = None


@runtime_checkable
class Job(Protocol):
    """One prepared request to one vendor. Its methods are called from one thread, each step once
    or, where free, again after a crash in another process: a job is rebuilt from the same order."""

    vendor: str
    credit: Credit
    asynchronous: bool  # True: submit gives a Ticket to poll; False: submit gives the Delivery

    def bill(self) -> Sequence[Item]:
        """What it will cost. No network."""
        ...

    def request(self) -> Mapping[str, Any]:
        """What will be asked, as JSON for the record: prompt, model, settings, digests of inputs.
        Without keys, signed addresses and bytes. No network."""
        ...

    def prepare(self, room: Path) -> Mapping[str, Any]:
        """Free steps before the submit (an upload). What it returns is handed to `submit`."""
        ...

    def submit(self, prepared: Mapping[str, Any], room: Path) -> Ticket | Delivery:
        """Sends the one request that costs money. Never repeats it, whatever happens."""
        ...

    def poll(self, ticket: Ticket) -> Pending | Delivery:
        """Asks how far the vendor is. Free, so it may be repeated. Raises JobFailed, VendorSilent."""
        ...

    def fetch(self, ticket: Ticket | None, delivery: Delivery, room: Path) -> Delivery:
        """Downloads what was delivered and proves it whole. Free. Gives back a delivery with files.
        Raises VendorSilent (ask again), MediaBroken (the vendor's bytes are not what they say)."""
        ...

    def look_up(self, since: float, room: Path) -> Ticket | Delivery | None:
        """Whether a submit whose answer was lost (sent after `since`, seconds since 1970) did land,
        by the vendor's own records. None: they have no trace of it and would have one. Raises
        AnswerLost when the vendor keeps no such records."""
        ...

    def develop(self, delivery: Delivery, room: Path) -> Made | Job:
        """From the vendor's bytes to what the crew hands over, with local tools only; the same
        bytes give the same result. Another Job when the result asks for a second, paid round (the
        repair of a text). Raises JobFailed when what was delivered cannot be used."""
        ...
