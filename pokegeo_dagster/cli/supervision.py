"""Supervision: processes that are started in order, watched, started again when they die, and closed.

Knows nothing of what they are: a part is a command, and a question whether it is well.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pokegeo_dagster.film.errors import ProductionError

START_S = 120  # a first start imports everything on a cold disk
GRACE_S = 20  # how long a part may take to leave before it is made to
LOOK_S = 0.5
ASK_EVERY_S = 10.0  # how often a part that runs is asked whether it is well
UNWELL_TIMES = 6  # answers that may stay away in a row before it is started again
FIRST_PAUSE_S, MOST_PAUSE_S = 1.0, 30.0
DEATHS, WITHIN_S = 6, 600.0  # a part that dies more often than this is not started again


class CannotGoOn(ProductionError):
    """A part does not start, or dies again and again."""


@dataclass(frozen=True)
class Part:
    """One process: how it is started, and how it says that it is well. `why_not` is what to do when it
    never starts."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    well: Callable[[], bool]
    why_not: str = ""
    log: Path | None = None  # where its words go; none: to the terminal
    leave: signal.Signals = signal.SIGINT


@dataclass
class _Running:
    part: Part
    process: subprocess.Popen[bytes]
    asked_at: float = field(default_factory=time.monotonic)
    unwell: int = 0


class Supervisor:
    """Minds parts until it is told to stop. `tell` says what happens, a line at a time."""

    def __init__(self, parts: Sequence[Part], folder: Path, tell: Callable[[str], None]):
        self._parts, self._folder, self._tell = parts, folder, tell
        self._running: dict[str, _Running] = {}
        self._deaths: dict[str, deque[float]] = {part.name: deque(maxlen=DEATHS) for part in parts}
        self._stopped = False
        self._others: list[Supervisor] = []

    def minds_too(self, other: "Supervisor") -> None:
        """Looks after the parts of another supervisor, which opens and closes them itself."""
        self._others.append(other)

    @contextlib.contextmanager
    def open(self) -> Iterator[None]:
        """All parts, started one after the other, each once the one before it is well; closed in the
        opposite order whatever happens. Raises CannotGoOn."""
        before = {
            number: signal.signal(number, self._on_signal) for number in (signal.SIGTERM, signal.SIGHUP)
        }
        try:
            for part in self._parts:
                self._start(part)
                self._await(part)
            yield
        except KeyboardInterrupt:
            self._stopped = True
        finally:
            # A second Ctrl+C while parts are leaving must leave none of them behind.
            with _deaf_to(signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                self._close()
            for number, handler in before.items():
                signal.signal(number, handler)

    def mind(self) -> None:
        """Until somebody stops the studio. Raises CannotGoOn when a part cannot be kept alive."""
        try:
            while not self._stopped:
                for supervisor in (*self._others, self):
                    for part in supervisor._parts:
                        supervisor._look_after(part)
                time.sleep(LOOK_S)
        except KeyboardInterrupt:
            self._stopped = True

    def process(self, name: str) -> int:
        """The number of a part's process."""
        return self._running[name].process.pid

    def _on_signal(self, *_: object) -> None:
        self._stopped = True
        raise KeyboardInterrupt

    def _look_after(self, part: Part) -> None:
        running = self._running[part.name]
        ended = running.process.poll()
        if ended is None:
            ended = self._asked(running)
        if ended is None:
            return
        now = time.monotonic()
        deaths = self._deaths[part.name]
        if len(deaths) == DEATHS and now - deaths[0] < WITHIN_S:
            raise CannotGoOn(
                f"{part.name} has stopped {DEATHS + 1} times within {WITHIN_S / 60:.0f} minutes and is not "
                f"started again. {_last_words(part)}"
            )
        recent = sum(now - death < WITHIN_S for death in deaths)
        deaths.append(now)
        pause = min(FIRST_PAUSE_S * 2**recent, MOST_PAUSE_S)
        self._tell(f"{part.name} stopped ({_ending(ended)}); it is started again in {pause:.0f} s.")
        _end(running.process, GRACE_S, part.leave)  # what is left of its group
        time.sleep(pause)
        self._start(part)
        try:
            self._await(part)
        except CannotGoOn as trouble:  # one more death: it is tried again while it has not died too often
            self._tell(str(trouble))
            _end(self._running[part.name].process, GRACE_S, part.leave)
            return
        self._tell(f"{part.name} is back.")

    def _asked(self, running: _Running) -> int | None:
        """An ending for a part that runs and has not answered for a minute."""
        if time.monotonic() - running.asked_at < ASK_EVERY_S:
            return None
        running.asked_at = time.monotonic()
        running.unwell = 0 if running.part.well() else running.unwell + 1
        return -signal.SIGALRM if running.unwell >= UNWELL_TIMES else None

    def _start(self, part: Part) -> None:
        with contextlib.ExitStack() as stack:
            words = None
            if part.log is not None:
                part.log.parent.mkdir(parents=True, exist_ok=True)
                if part.log.exists() and part.log.stat().st_size > 10_000_000:
                    part.log.replace(part.log.with_suffix(".before.log"))
                words = stack.enter_context(part.log.open("ab"))
            # A session of its own: Ctrl+C reaches us alone, and we close everything in order.
            process = subprocess.Popen(
                part.command, env=dict(part.environment), cwd=self._folder, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=words, stderr=words, preexec_fn=_leave_with(os.getpid()),
            )  # fmt: skip
        self._running[part.name] = _Running(part, process)

    def _await(self, part: Part) -> None:
        process, deadline = self._running[part.name].process, time.monotonic() + START_S
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise CannotGoOn(f"{part.name} could not start. {part.why_not} {_last_words(part)}".strip())
            if part.well():
                return
            time.sleep(0.2)
        raise CannotGoOn(f"{part.name} gives no sign of life after {START_S} s. {_last_words(part)}")

    def _close(self) -> None:
        for part in reversed(self._parts):
            running = self._running.get(part.name)
            if running is not None:
                _end(running.process, GRACE_S, part.leave)


def _end(process: subprocess.Popen[bytes], grace_s: float, how: signal.Signals) -> None:
    """Asks a process and its group to leave, and makes them when they do not."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, how)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(grace_s)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextlib.contextmanager
def _deaf_to(*numbers: signal.Signals) -> Iterator[None]:
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave_with(parent: int) -> Callable[[], None] | None:
    """Makes a child leave when the supervisor is killed, where the system can (Linux)."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def in_the_child() -> None:
        prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os._exit(1)

    return in_the_child


def _ending(code: int) -> str:
    if code == -signal.SIGALRM:
        return "it did not answer for a minute"
    return signal.Signals(-code).name if code < 0 else f"exit {code}"


def _last_words(part: Part) -> str:
    if part.log is None or not part.log.exists():
        return ""
    lines = part.log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:]
    return f"Its last words ({part.log}): {' | '.join(line.strip() for line in lines)}"
