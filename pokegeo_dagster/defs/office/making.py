"""Making a take: one piece of work done in a room of its own, stored, recorded, approved, then announced.

A take whose recipe is the same is used again. A process killed between any two steps does the missing
ones next time; bytes are stored under their own digest, so doing one twice changes nothing. What a paid
vendor makes goes through the purse (`budget.hire`), which has steps of its own.
"""

import logging
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from pokegeo_dagster.budget.books import Slot, Task
from pokegeo_dagster.budget.hire import hire
from pokegeo_dagster.defs.office.craft import Craft, Work
from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.defs.office.takes import Take, Takes, usable_take
from pokegeo_dagster.defs.office.workbench import LAST, Turn
from pokegeo_dagster.film.crew import Made
from pokegeo_dagster.film.digest import digest
from pokegeo_dagster.film.errors import ProductionError, VendorTrouble
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.film.vendors import Job
from pokegeo_dagster.storage.keys import media_key
from pokegeo_dagster.storage.media_store import CONTENT_TYPES, MediaRef, sha256_of
from pokegeo_dagster.storage.rows import TakeRow

log = logging.getLogger("pokegeo.production")
Step = TypeVar("Step")


@dataclass(frozen=True)
class Landed:
    """A piece that is there now; `made` is False when an earlier take was used again."""

    take: Take
    work: Work
    made: bool


class Left(Frozen):
    """The order of something that was ordered before: its task in the books."""

    task: int


@dataclass(frozen=True)
class Maker:
    """Makes the pieces of one asset, each of them in a thread."""

    craft: Craft
    studio: Studio
    handles: dict[str, Takes] | None
    new_take: bool

    def slot(self, place: Place, recipe: str, number: int) -> Slot:
        return Slot(
            place.episode, self.studio.channel(place.episode), self.craft.name, place.key, recipe, number
        )

    def numbered(self, place: Place, work: Work, recipe: str) -> tuple[int, Work]:
        """Which take of its recipe this will be, and its work. A purchase on its way is that one."""
        last = self.studio.db.find_take(place.episode, self.craft.name, place.key, recipe)
        number = (last.number + 1 if self.new_take else last.number) if last else 1
        if work.paid:
            live, tried = self.studio.books.numbers(place.episode, self.craft.name, place.key, recipe)
            number = live if live is not None else max(number, tried + 1 if self.new_take else tried, 1)
        if number > 1:  # the same order with other seeds; its recipe stays what it was
            again = replace(place, take=number)
            work = self.craft.work(self.studio, again, self.handles, self.new_take)
        return number, work

    def slate(self, place: Place, state: str) -> dict[str, Any]:
        slate = {"asset": self.craft.name, "episode": place.episode, "key": place.key, "state": state}
        return slate | self.studio.about(place.episode)

    def take_for(self, place: Place, work: Work, turn: Turn = LAST) -> Landed:
        recipe = work.recipe(self.craft.name)
        row = None if self.new_take else usable_take(self.studio, self.craft.name, place, recipe)
        began, made = time.monotonic(), row is None
        if row is None:
            slate = {**self.slate(place, "started"), "member": work.credit.member}
            log.info("%s %s", self.craft.name, place, extra={"slate": slate})
            try:
                row = self._make(place, work, recipe, turn)
            except VendorTrouble as trouble:
                row, work = self._stand_in(place, trouble, turn)
        took_s = time.monotonic() - began
        self.studio.db.approve(place.episode, self.craft.name, place.key, row.id, work.inputs_text)
        state = "made" if made else "reused"
        slate = {**self.slate(place, state), "took_s": round(took_s, 3), "take": row.number,
                 "member": row.member, "cost_usd": str(row.cost_usd)}  # fmt: skip
        log.info("%s %s %s", self.craft.name, place, state, extra={"slate": slate})
        return Landed(Take(self.craft.name, place, row, self.studio), work, made)

    def _stand_in(self, place: Place, trouble: VendorTrouble, turn: Turn) -> tuple[TakeRow, Work]:
        """A take by the house in a vendor's place, marked as one, where the policy is to step down."""
        house = self.studio.at_work_on(place.episode).with_stand_in(self.craft.role)
        if house is None:
            raise trouble
        work = self.craft.work(house, place, self.handles)
        about = work.about
        marked = replace(
            work,
            about=lambda made: {
                **about(made),
                "stand_in_for": trouble.vendor,
                "stand_in_why": trouble.reason,
            },
        )
        recipe = digest({"stand-in": work.recipe(self.craft.name)})
        row = usable_take(house, self.craft.name, place, recipe)
        return row or self._make(place, marked, recipe, turn), work

    def _make(self, place: Place, work: Work, recipe: str, turn: Turn) -> TakeRow:
        number, work = self.numbered(place, work, recipe)
        with tempfile.TemporaryDirectory(prefix=f"{self.craft.name}-", dir=self.studio.scratch()) as folder:
            room = Path(folder)
            with self.studio.bench.at(turn):
                made = self._guarded(place, lambda: work.make(room))
            if isinstance(made, Job):
                return self._bought(place, work, made, self.slot(place, recipe, number), room, turn)
            return self._recorded(place, work, recipe, number, made, self._kept(place, work, made, room))

    def _bought(
        self, place: Place, work: Work, job: Job, slot: Slot, room: Path, turn: Turn = LAST
    ) -> TakeRow:
        purse = replace(self.studio.purse, bench=self.studio.bench.at(turn))
        hired = self._guarded(place, lambda: hire(job, slot, room, purse))
        if hired is None:  # another process bought it meanwhile
            row = usable_take(self.studio, self.craft.name, place, slot.recipe)
            if row is None:
                raise ProductionError(
                    f"{self.craft.name} {place} was made elsewhere and is not there: run again."
                )
            return row
        known = {path: MediaRef(**reference) for path, reference in hired.kept.items()}
        files = self._kept(place, work, hired.made, room, known)
        inside = {ref.sha256 for ref in files.values()}
        for part, reference in hired.originals.items():
            if reference["sha256"] not in inside:  # the vendor's own bytes, with their credentials
                files[part if part not in files else f"vendor_{part}"] = MediaRef(**reference)
        bought = [self.studio.books.task(number) for number in hired.tasks]
        papers = {
            "vendor_tasks": [task.task_id for task in bought if task.task_id],
            "quoted_usd": str(sum((task.quote_usd for task in bought), Decimal(0))),
        }
        made = replace(hired.made, cost_usd=hired.usd, slate={**hired.made.slate, **papers})
        return self._recorded(place, work, slot.recipe, slot.number, made, files, hired.tasks)

    def _recorded(
        self,
        place: Place,
        work: Work,
        recipe: str,
        number: int,
        made: Made,
        files: Mapping[str, MediaRef],
        tasks: tuple[int, ...] = (),
    ) -> TakeRow:
        return self.studio.db.add_take(
            episode=place.episode,
            asset=self.craft.name,
            key=place.key,
            recipe=recipe,
            number=number,
            data_version=digest({part: ref.sha256 for part, ref in files.items()})[:32],
            files=files,
            slate={**made.slate, **work.about(made)},
            member=work.credit.member,
            model=work.credit.model,
            cost_usd=made.cost_usd,
            paid=made.cost_usd > Decimal(0),
            author=work.author,
            tasks=tasks,
        )

    def _guarded(self, place: Place, step: Callable[[], Step]) -> Step:
        """What a step made. Whatever else goes wrong inside is told as this piece's failure."""
        try:
            return step()
        except ProductionError:
            raise
        except OSError as error:
            raise ProductionError(f"{self.craft.name} {place} stopped: {error}.") from error

    def _kept(
        self, place: Place, work: Work, made: Made, room: Path, known: Mapping[Path, MediaRef] | None = None
    ) -> dict[str, MediaRef]:
        """Every part, stored. A file that is stored already needs no second copy."""
        there = dict(known or {})
        if any(not path.is_relative_to(room) and path not in there for path in made.files.values()):
            there |= {take.path(part): ref for take in work.inputs for part, ref in take.files.items()}
        return {
            part: there[path] if path in there else self._put(place, part, path)
            for part, path in made.files.items()
        }

    def _put(self, place: Place, part: str, path: Path) -> MediaRef:
        key = media_key(place.episode, self.craft.name, place.key, sha256_of(path), path.suffix, part)
        return self.studio.store.put(key, path, CONTENT_TYPES[path.suffix])


def bring_in(craft: Craft, studio: Studio, task: Task, job: Job) -> TakeRow:
    """Fetches what is done at a vendor for a purchase that nothing asks for any more (its order was
    edited meanwhile), books what it cost and keeps it as a take. It is not approved."""
    place = Place(task.slot.episode, task.slot.key)
    work = Work(
        order=Left(task=task.id),
        credit=job.credit,
        make=lambda room: job,
        about=lambda made: {"prompt": task.request.get("input", {}).get("prompt", ""), "left_over": True},
    )
    with tempfile.TemporaryDirectory(prefix=f"{craft.name}-", dir=studio.scratch()) as folder:
        return Maker(craft, studio, None, False)._bought(place, work, job, task.slot, Path(folder))
