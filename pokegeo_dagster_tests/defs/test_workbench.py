"""The workbench: a place a core, and the work that the first clips wait for goes first."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pokegeo_dagster.defs.office.workbench import LAST, Turn, Workbench


@contextmanager
def _held(bench: Workbench, waiting: list[threading.Thread]) -> Iterator[None]:
    """The only place, taken until everybody waits for it."""
    with bench.at():
        for thread in waiting:
            before = len(bench._waiting)
            thread.start()
            while len(bench._waiting) == before and thread.is_alive():
                threading.Event().wait(0.001)
        yield
    for thread in waiting:
        thread.join()


def test_whoever_is_wanted_first_goes_first_and_equals_as_they_came() -> None:
    bench, done = Workbench(1), list[str]()

    def work(name: str, turn: Turn) -> threading.Thread:
        def run() -> None:
            with bench.at(turn):
                done.append(name)

        return threading.Thread(target=run)

    late = [work("an effect", (1, 0)), work("the second plate", (0, 1)), work("the sheet", (0, 0)),
            work("whatever", LAST), work("another effect", (1, 0))]  # fmt: skip
    with _held(bench, late):
        pass

    assert done == ["the sheet", "the second plate", "an effect", "another effect", "whatever"]


def test_a_place_is_given_back_whatever_happens_at_it() -> None:
    bench = Workbench(1)

    for _ in range(2):
        try:
            with bench.at((0, 0)):
                raise ValueError("a brush broke")
        except ValueError:
            pass

    with bench.at():
        assert not bench._waiting


def test_one_who_breaks_off_waiting_stands_in_nobodys_way(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Workbench(1)

    def broken_off(*_: object) -> None:
        raise KeyboardInterrupt

    with bench.at():
        monkeypatch.setattr(bench._changed, "wait_for", broken_off)
        with pytest.raises(KeyboardInterrupt), bench.at((0, 0)):
            pass
        monkeypatch.undo()

    assert not bench._waiting
    with bench.at():
        pass
