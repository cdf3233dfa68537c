"""The call board: which pieces are still to come in the production that this process is running.

Departments work at the same time, each in a run of its own. A piece that is made from another one
that is on the board waits for it; when nothing it waits for is on the board any more, it falls.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from pokegeo_dagster.film.places import Place


class Board:
    """Pieces to come, for the threads of one process. Empty outside of a whole production."""

    def __init__(self) -> None:
        self._to_come: set[tuple[str, str, str]] = set()
        self._changed = threading.Condition()
        self._changes = 0
        self._listening: list[threading.Event] = []
        self._stopped = False

    def post(self, asset: str, places: Iterable[Place]) -> None:
        """Says that these pieces are to come."""
        with self._changed:
            self._stopped = False
            self._to_come.update(_row(asset, place) for place in places)

    def strike(self, asset: str, places: Iterable[Place]) -> None:
        """Says that these pieces have landed, or never will."""
        with self._changed:
            self._to_come.difference_update([_row(asset, place) for place in places])
            self._tell()

    def awaits(self, asset: str, place: Place) -> bool:
        """Whether this piece is still to come."""
        with self._changed:
            return _row(asset, place) in self._to_come

    def awaits_all(self, asset: str, places: Iterable[Place]) -> bool:
        """Whether these pieces are still to come, every one of them."""
        with self._changed:
            return all(_row(asset, place) in self._to_come for place in places)

    def any_of(self, assets: Iterable[str], episode: str) -> bool:
        """Whether any piece of these assets is still to come for an episode."""
        wanted = set(assets)
        with self._changed:
            return any(asset in wanted and about == episode for asset, about, _ in self._to_come)

    def stop(self) -> None:
        """Everybody goes home: nothing new is begun."""
        with self._changed:
            self._stopped = True
            self._tell()

    @property
    def stopped(self) -> bool:
        """Whether everybody was sent home."""
        return self._stopped

    @property
    def changes(self) -> int:
        """Rises with every strike: what it was made of may be there now."""
        return self._changes

    def pause(self, seconds: float) -> bool:
        """Waits; True when everybody was sent home meanwhile."""
        with self._changed:
            return self._changed.wait_for(lambda: self._stopped, seconds)

    @contextmanager
    def listening(self) -> Iterator[threading.Event]:
        """An event that is set with every change; whoever listens clears it."""
        event = threading.Event()
        with self._changed:
            self._listening.append(event)
        try:
            yield event
        finally:
            with self._changed:
                self._listening.remove(event)

    def _tell(self) -> None:
        self._changes += 1
        self._changed.notify_all()
        for event in self._listening:
            event.set()


def _row(asset: str, place: Place) -> tuple[str, str, str]:
    return asset, place.episode, place.key
