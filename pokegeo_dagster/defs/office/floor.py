"""The studio floor: where the work of one run is done, piece by piece, several at a time.

Every piece goes the same way: what it is made from is digested; a take with that digest is used
again, else one is made in a room of its own, stored, recorded and approved, and only then
announced. A process killed between any two of those steps does the missing ones next time; bytes
are stored under their own digest, so doing one twice changes nothing. What a paid vendor makes goes
through the purse (`budget.hire`), which has steps of its own.
"""

import logging
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from pokegeo_dagster.budget.books import Slot, Task
from pokegeo_dagster.budget.hire import hire
from pokegeo_dagster.defs.office.craft import Craft, Work
from pokegeo_dagster.defs.office.judging import held_up
from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.defs.office.takes import NotReady, Take, Takes
from pokegeo_dagster.film.crew import Made
from pokegeo_dagster.film.digest import digest
from pokegeo_dagster.film.errors import CapReached, MediaDamaged, PriceMissing, ProductionError, VendorTrouble
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.film.vendors import Job
from pokegeo_dagster.storage.keys import media_key
from pokegeo_dagster.storage.media_store import CONTENT_TYPES, MediaRef, sha256_of
from pokegeo_dagster.storage.rows import TakeRow

LOOK_AGAIN_S = 0.25  # how soon a floor with work in hand looks at the board again
A_WHILE_S = 5.0  # how long one without waits for the board to change

log = logging.getLogger("pokegeo.production")
Step = TypeVar("Step")


@dataclass(frozen=True)
class Landed:
    """A piece that is there now; `made` is False when an earlier take was used again."""

    take: Take
    work: Work
    made: bool


@dataclass(frozen=True)
class Fell:
    """A piece that could not be made, and why."""

    place: Place
    error: ProductionError


class Left(Frozen):
    """The order of something that was ordered before: its task in the books."""

    task: int


@dataclass(frozen=True)
class Late:
    """A piece that cannot begin, and what it is waiting for."""

    place: Place
    error: NotReady


class Stopped(ProductionError):
    """The production was stopped by a person."""


def do_work(
    craft: Craft,
    studio: Studio,
    places: Sequence[Place],
    handles: dict[str, Takes] | None = None,
    new_take: bool = False,
) -> Iterator[Landed | Fell]:
    """Does the work of every place, several at a time, and yields each piece as it lands.

    A piece that waits for another (a pose for the character sheet; whatever another department has
    on the board) is begun when that one has landed; what is still not ready when nothing it waits
    for is to come any more falls.
    """
    floor = _Floor(craft, studio, handles, new_take)
    try:
        yield from floor.work_off(list(places))
    finally:
        studio.board.strike(craft.name, places)


@dataclass
class _Floor:
    craft: Craft
    studio: Studio
    handles: dict[str, Takes] | None
    new_take: bool

    def work_off(self, waiting: list[Place]) -> Iterator[Landed | Fell]:
        order = {place: number for number, place in enumerate(waiting)}
        queue: dict[Place, Work] = {}  # what can begin, and has not yet
        running: dict[Future[Landed], Place] = {}
        unready: list[Late] = []
        board, planned_at = self.studio.board, -1
        crewed = [self.studio.at_work_on(episode) for episode in {place.episode for place in waiting}]
        at_once = max((s.at_once(self.craft.role, self.craft.at_once) for s in crewed), default=1)
        with ThreadPoolExecutor(at_once, thread_name_prefix=self.craft.name) as pool:
            try:
                while waiting or queue or running:
                    if board.stopped:
                        raise Stopped("Stopped before it was done. What is made is kept.")
                    seen = board.changes
                    if waiting and planned_at != seen:
                        planned_at = seen
                        still = [late for late in unready if board.awaits(late.error.asset, late.error.place)]
                        unchanged = {late.place for late in still}
                        ready, later, fallen = self._sorted([p for p in waiting if p not in unchanged])
                        unready = still + later
                        waiting = [late.place for late in unready]
                        fallen += self._reserved(ready)
                        queue |= ready
                        for fell in fallen:
                            yield self._fell(fell)
                    held = self._gives_way(queue)
                    # In the order of the call sheet, not of arrival: a pose, which half the film waits
                    # for, goes before the last of the props.
                    for place in (
                        [] if held else sorted(queue, key=order.__getitem__)[: at_once - len(running)]
                    ):
                        running[pool.submit(self._take_for, place, queue.pop(place))] = place
                    if running:
                        patience = LOOK_AGAIN_S if waiting or board.busy else None
                        done, _ = wait(running, timeout=patience, return_when=FIRST_COMPLETED)
                        for future in done:
                            place = running.pop(future)
                            yield self._result(place, future)
                            # Only now has Dagster heard of it: what is made from it comes after it
                            # in the history too.
                            board.strike(self.craft.name, [place])
                    elif held or (waiting and self._to_come(unready)):
                        board.wait(seen, A_WHILE_S)
                    elif waiting and planned_at == board.changes:
                        for late in unready:
                            yield self._fell(Fell(late.place, late.error))
                        return
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _gives_way(self, queue: Mapping[Place, Work]) -> bool:
        """Whether what is here lets others go first, who share its vendor's desk or its bench."""
        first = self.craft.gives_way_to
        return any(self.studio.board.any_of(first, place.episode) for place in queue) if first else False

    def _sorted(self, waiting: Sequence[Place]) -> tuple[dict[Place, Work], list[Late], list[Fell]]:
        """What can begin, what waits for something, and what can never be."""
        ready: dict[Place, Work] = {}
        unready: list[Late] = []
        fallen: list[Fell] = []
        for place in waiting:
            try:
                work = self.craft.work(self.studio, place, self.handles, self.new_take)
            except NotReady as reason:
                unready.append(Late(place, reason))
                continue
            except ProductionError as reason:
                fallen.append(Fell(place, reason))
                continue
            late = next((t for t in work.inputs if self.studio.board.awaits(t.asset, t.place)), None)
            if late is None:
                ready[place] = work
            else:
                unready.append(Late(place, NotReady(late.asset, late.place)))
        return ready, unready, fallen

    def _to_come(self, unready: Sequence[Late]) -> bool:
        """Whether what any of these waits for is still to come from another department."""
        upstream = [name for name in self.craft.inputs if name != self.craft.name]
        return any(self.studio.board.any_of(upstream, late.place.episode) for late in unready)

    def _reserved(self, ready: dict[Place, Work]) -> list[Fell]:
        """Reserves the money for everything that can begin: for all of it, or nothing of it begins.
        What would be made from a take that fails a check which blocks is not begun."""
        jobs: list[tuple[Job, Slot]] = []
        held: list[Fell] = []
        for place, work in list(ready.items()):
            recipe = work.recipe(self.craft.name)
            if not work.paid or not (
                self.new_take or usable_take(self.studio, self.craft.name, place, recipe) is None
            ):
                continue
            if reason := self._held(place, work, recipe):
                held.append(Fell(place, reason))
                del ready[place]
                continue
            number, numbered = self._numbered(place, work, recipe)
            with tempfile.TemporaryDirectory(dir=self.studio.scratch()) as folder:
                try:
                    made = numbered.make(Path(folder))
                except ProductionError:
                    continue  # it says so itself when its turn comes
            if isinstance(made, Job):
                jobs.append((made, self._slot(place, recipe, number)))
        try:
            if jobs:
                self.studio.purse.admit(jobs)
        except (CapReached, PriceMissing) as reason:
            bought = {(slot.episode, slot.key) for _, slot in jobs}
            refused = [place for place in ready if (place.episode, place.key) in bought]
            for place in refused:
                del ready[place]
            return [*held, *(Fell(place, reason) for place in refused)]
        return held

    def _held(self, place: Place, work: Work, recipe: str) -> ProductionError | None:
        """Why nothing may be bought for this piece. What is at work at a vendor is bought already."""
        live, _ = self.studio.books.numbers(place.episode, self.craft.name, place.key, recipe)
        return held_up(work) if live is None else None

    def _slot(self, place: Place, recipe: str, number: int) -> Slot:
        return Slot(
            place.episode, self.studio.channel(place.episode), self.craft.name, place.key, recipe, number
        )

    def _numbered(self, place: Place, work: Work, recipe: str) -> tuple[int, Work]:
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

    def _result(self, place: Place, future: Future[Landed]) -> Landed | Fell:
        try:
            return future.result()
        except ProductionError as error:
            return self._fell(Fell(place, error))

    def _fell(self, fell: Fell) -> Fell:
        place, error = fell.place, fell.error
        self.studio.db.record_failure(
            place.episode, self.craft.name, place.key, str(error), type(error).__name__
        )
        slate = {**self._slate(place, "failed"), "error": type(error).__name__, "why": str(error)}
        log.error("%s %s failed: %s", self.craft.name, place, error, extra={"slate": slate})
        self.studio.board.strike(self.craft.name, [place])
        return fell

    def _slate(self, place: Place, state: str) -> dict[str, Any]:
        slate = {"asset": self.craft.name, "episode": place.episode, "key": place.key, "state": state}
        return slate | self.studio.about(place.episode)

    def _take_for(self, place: Place, work: Work) -> Landed:
        recipe = work.recipe(self.craft.name)
        row = None if self.new_take else usable_take(self.studio, self.craft.name, place, recipe)
        began, made = time.monotonic(), row is None
        if row is None:
            slate = {**self._slate(place, "started"), "member": work.credit.member}
            log.info("%s %s", self.craft.name, place, extra={"slate": slate})
            try:
                row = self._make(place, work, recipe)
            except VendorTrouble as trouble:
                row, work = self._stand_in(place, trouble)
        took_s = time.monotonic() - began
        self.studio.db.approve(place.episode, self.craft.name, place.key, row.id, work.inputs_text)
        state = "made" if made else "reused"
        slate = {**self._slate(place, state), "took_s": round(took_s, 3), "take": row.number,
                 "member": row.member, "cost_usd": str(row.cost_usd)}  # fmt: skip
        log.info("%s %s %s", self.craft.name, place, state, extra={"slate": slate})
        return Landed(Take(self.craft.name, place, row, self.studio), work, made)

    def _stand_in(self, place: Place, trouble: VendorTrouble) -> tuple[TakeRow, Work]:
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
        return row or self._make(place, marked, recipe), work

    def _make(self, place: Place, work: Work, recipe: str) -> TakeRow:
        number, work = self._numbered(place, work, recipe)
        with tempfile.TemporaryDirectory(prefix=f"{self.craft.name}-", dir=self.studio.scratch()) as folder:
            room = Path(folder)
            with self.studio.bench:
                made = self._guarded(place, lambda: work.make(room))
            if isinstance(made, Job):
                return self._bought(place, work, made, self._slot(place, recipe, number), room)
            return self._recorded(place, work, recipe, number, made, self._kept(place, work, made, room))

    def _bought(self, place: Place, work: Work, job: Job, slot: Slot, room: Path) -> TakeRow:
        hired = self._guarded(place, lambda: hire(job, slot, room, self.studio.purse))
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
        return _Floor(craft, studio, None, False)._bought(place, work, job, task.slot, Path(folder))


def usable_take(studio: Studio, asset: str, place: Place, recipe: str) -> TakeRow | None:
    """The take of this recipe whose every part is still in the store, whole; the approved one first."""
    approved = studio.approved_row(place.episode, asset, place.key)
    newest = studio.db.find_take(place.episode, asset, place.key, recipe)
    row = approved if approved and approved.recipe == recipe else newest
    return row if row and is_whole(studio, row) else None


def is_whole(studio: Studio, row: TakeRow) -> bool:
    """Whether every part of a take is in the store with the size and digest it was stored with."""
    try:
        heads = [(studio.store.head(ref.key), ref) for ref in row.files.values()]
    except MediaDamaged:
        return False
    return all(head and head.size == ref.size and head.sha256 == ref.sha256 for head, ref in heads)
