"""The studio floor: which pieces of one run begin when, several at a time, and which of them fall.

How one piece is made is told in `making.py`.
"""

import logging
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pokegeo_dagster.budget.books import Slot
from pokegeo_dagster.defs.office.craft import Craft, Work
from pokegeo_dagster.defs.office.judging import held_up
from pokegeo_dagster.defs.office.making import Landed, Maker
from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.defs.office.takes import NotReady, Takes, usable_take
from pokegeo_dagster.film.errors import CapReached, PriceMissing, ProductionError
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.film.vendors import Job

A_WHILE_S = 5.0  # how long a floor without work in hand waits for the board to change

log = logging.getLogger("pokegeo.production")


@dataclass(frozen=True)
class Fell:
    """A piece that could not be made, and why."""

    place: Place
    error: ProductionError


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
    floor = _Floor(Maker(craft, studio, handles, new_take))
    try:
        yield from floor.work_off(list(places))
    finally:
        studio.board.strike(craft.name, places)


@dataclass
class _Floor:
    maker: Maker

    def __post_init__(self) -> None:
        self.craft, self.studio = self.maker.craft, self.maker.studio

    def work_off(self, waiting: list[Place]) -> Iterator[Landed | Fell]:
        order = {place: number for number, place in enumerate(self._in_order(waiting))}
        queue: dict[Place, Work] = {}  # what can begin, and has not yet
        running: dict[Future[Landed], Place] = {}
        unready: list[Late] = []
        board, planned_at = self.studio.board, -1
        crewed = [self.studio.at_work_on(episode) for episode in {place.episode for place in waiting}]
        at_once = max((s.at_once(self.craft.role, self.craft.at_once) for s in crewed), default=1)
        with board.listening() as woken, ThreadPoolExecutor(at_once, self.craft.name) as pool:

            def begin() -> bool:
                """Begins what there is room for, in the order in which it is wanted, not of arrival.
                False where it lets others go first."""
                if self._gives_way(queue):
                    return False
                for place in sorted(queue, key=order.__getitem__)[: at_once - len(running)]:
                    turn = (0 if self.craft.clips_wait else 1, order[place])
                    future = pool.submit(self.maker.take_for, place, queue.pop(place), turn)
                    running[future] = place
                    future.add_done_callback(lambda _: woken.set())
                return True

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
                    may_begin = begin()
                    if running:
                        woken.wait()
                        woken.clear()  # before looking: what happens from here on is heard next time
                        done = {future: running.pop(future) for future in list(running) if future.done()}
                        begin()  # before these are told of: nobody waits for that
                        for future, place in done.items():
                            yield self._result(place, future)
                            # Only now has Dagster heard of it: what is made from it comes after it
                            # in the history too.
                            board.strike(self.craft.name, [place])
                    elif not may_begin or (waiting and self._to_come(unready)):
                        woken.wait(A_WHILE_S)
                        woken.clear()
                    elif waiting and planned_at == board.changes:
                        for late in unready:
                            yield self._fell(Fell(late.place, late.error))
                        return
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _in_order(self, places: Sequence[Place]) -> list[Place]:
        """The pieces in the order in which the rest of the film wants them."""
        wanted = self.craft.wanted_in
        if wanted is None:
            return list(places)
        try:
            turn = {
                Place(episode, key): number
                for episode in {place.episode for place in places}
                for number, key in enumerate(wanted(self.studio, episode))
            }
        except ProductionError:  # a text that cannot be read: each piece says so when its turn comes
            return list(places)
        return sorted(places, key=lambda place: turn.get(place, len(turn)))

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
                work = self.craft.work(self.studio, place, self.maker.handles, self.maker.new_take)
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
                self.maker.new_take or usable_take(self.studio, self.craft.name, place, recipe) is None
            ):
                continue
            if reason := self._held(place, work, recipe):
                held.append(Fell(place, reason))
                del ready[place]
                continue
            try:
                number, numbered = self.maker.numbered(place, work, recipe)
            except ProductionError as reason:  # another take may need a yes that the first one has
                held.append(Fell(place, reason))
                del ready[place]
                continue
            with tempfile.TemporaryDirectory(dir=self.studio.scratch()) as folder:
                try:
                    made = numbered.make(Path(folder))
                except ProductionError:
                    continue  # it says so itself when its turn comes
            if isinstance(made, Job):
                jobs.append((made, self.maker.slot(place, recipe, number)))
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
        slate = {**self.maker.slate(place, "failed"), "error": type(error).__name__, "why": str(error)}
        log.error("%s %s failed: %s", self.craft.name, place, error, extra={"slate": slate})
        self.studio.board.strike(self.craft.name, [place])
        return fell
