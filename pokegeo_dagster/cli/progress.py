"""Progress: what a newcomer watches while a film is made. It listens to the production's own log."""

import logging
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

# Relative weight of one piece of each asset (seconds on two cores at full size, measured once).
# Only the ratio counts: the estimate scales them by how this machine is doing.
WEIGHTS = {"reference": 0.55, "composite": 0.32, "clip": 7.3, "narration": 0.14, "sound_effect": 0.11,
           "segment": 0.05, "animatic": 30.0, "mix": 6.0, "final_cut": 1.5, "qc_report": 9.0}  # fmt: skip
LIGHT = 0.05
PURSE = "pokegeo.purse"
LOGS = ("pokegeo.production", PURSE)
# The purse's steps that are told where no bar is: what takes minutes, and what needs a person.
SAID = {"running": "is at work", "unknown": "did not answer"}


@dataclass
class Tally:
    """How far a production is: planned and done pieces by asset."""

    expected: Counter[str]
    done: Counter[str] = field(default_factory=Counter)
    made: Counter[str] = field(default_factory=Counter)
    failed: int = 0

    def share(self) -> float:
        """Weighted share of the work that is done, 0–1."""
        total = sum(WEIGHTS.get(a, LIGHT) * n for a, n in self.expected.items())
        done = sum(WEIGHTS.get(a, LIGHT) * min(n, self.expected[a]) for a, n in self.done.items())
        return done / total if total else 1.0


class ProductionWatch(logging.Handler):
    """Shows a production as it goes: a live bar on a terminal, plain lines anywhere else."""

    def __init__(self, expected: dict[str, int], spent: Decimal):
        super().__init__(logging.INFO)
        self.tally = Tally(Counter(expected))
        self.spent = spent  # in US dollars, by the ledger; what is delivered from now on is added
        self.began = time.monotonic()
        self.console = Console(file=sys.stderr, highlight=False)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%  {task.fields[clock]}"),
            console=self.console,
        )
        self._task = self._bar.add_task("setting up", total=1.0, clock=self._clock())

    def __enter__(self) -> "ProductionWatch":
        for name in LOGS:
            log = logging.getLogger(name)
            log.setLevel(logging.INFO)
            log.propagate = False
            log.addHandler(self)
        if self.console.is_terminal:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        for name in LOGS:
            logging.getLogger(name).removeHandler(self)
        if self.console.is_terminal:
            self._bar.stop()

    def emit(self, record: logging.LogRecord) -> None:
        slate = getattr(record, "slate", None)
        if slate is None:
            return
        asset, state = slate["asset"], slate["state"]
        if record.name == PURSE:
            self._paid(state, slate)
            return
        if state == "planned":
            # What need not be made is as good as done; how many there are is sure only now.
            self.tally.expected[asset] = slate["of"]
            self.tally.done[asset] = slate["of"] - slate["to_do"]
            return
        if state in ("made", "reused", "failed"):
            self.tally.done[asset] += 1
            self.tally.made[asset] += state == "made"
            self.tally.failed += state == "failed"
        self._tell(asset, slate["key"], state)

    def _paid(self, state: str, slate: Mapping[str, str]) -> None:
        """The purse's steps: what was delivered is paid for, and the clock says so."""
        if state in ("delivered", "failed"):
            self.spent += Decimal(slate["charged_usd"])
        if self.console.is_terminal:
            self._bar.update(self._task, clock=self._clock())
        elif state in SAID:
            told = f"{slate['vendor']} {SAID[state]}"
            cost = slate["charged_usd"] if state == "delivered" else slate["quote_usd"]
            where = f"{slate['asset'].replace('_', ' ')} {slate['key']}".removesuffix(" film")
            self.console.print(f"{self._clock()}  {where}: {told}, ${Decimal(cost):.2f}", soft_wrap=True)

    def _tell(self, asset: str, key: str, state: str) -> None:
        total, done = self.tally.expected[asset], self.tally.done[asset]
        name = asset.replace("_", " ")
        where = f"{name} {min(done, total)}/{total}" if total > 1 else name
        if self.console.is_terminal:
            self._bar.update(
                self._task, completed=self.tally.share(), description=f"{where:<22}", clock=self._clock()
            )
        elif state != "started":
            label = "" if key == "film" else f" {key}"
            self.console.print(f"{self._clock()}  {where}{label} {state}", soft_wrap=True)

    @property
    def elapsed(self) -> str:
        """Minutes and seconds since it began."""
        return minutes(time.monotonic() - self.began)

    def _clock(self) -> str:
        elapsed, share = time.monotonic() - self.began, self.tally.share()
        left = f"about {minutes(elapsed / share - elapsed)} left" if share > 0.06 else "estimating"
        return f"{minutes(elapsed)} elapsed, {left}, ${self.spent:.2f} spent"


def minutes(seconds: float) -> str:
    """«2:05»."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
