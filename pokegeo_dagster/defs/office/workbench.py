"""The workbench: a place a core, for whoever draws, speaks, films or encodes on this machine, however many
departments are at work. Waiting for a vendor takes none."""

import heapq
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

Turn = tuple[int, int]  # how urgent a kind of work is, then which piece of it: the lowest goes first
LAST: Turn = (9, 0)


class Workbench:
    """So many places, taken in turn: of those who wait, whoever is wanted first goes first."""

    def __init__(self, places: int):
        self._free = places
        self._waiting: list[tuple[Turn, int]] = []
        self._came = 0  # those of one turn go in the order in which they came
        self._changed = threading.Condition()

    def at(self, turn: Turn = LAST) -> AbstractContextManager[None]:
        """A place, for as long as the block lasts. It can be entered again and again."""
        return _Place(self, turn)

    @contextmanager
    def taken(self, turn: Turn) -> Iterator[None]:
        """Waits for a place, and gives it back at the end."""
        with self._changed:
            mine = (turn, self._came)
            self._came += 1
            heapq.heappush(self._waiting, mine)
            try:
                self._changed.wait_for(lambda: self._free > 0 and self._waiting[0] == mine)
                self._free -= 1
            finally:  # also where the wait was broken off: nobody may stand behind one who has left
                self._waiting.remove(mine)
                heapq.heapify(self._waiting)
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._changed.notify_all()


class _Place(AbstractContextManager[None]):
    def __init__(self, bench: Workbench, turn: Turn):
        self._bench, self._turn = bench, turn
        self._held: list[AbstractContextManager[None]] = []

    def __enter__(self) -> None:
        place = self._bench.taken(self._turn)
        place.__enter__()
        self._held.append(place)

    def __exit__(self, *fault: object) -> None:
        self._held.pop().__exit__(None, None, None)
