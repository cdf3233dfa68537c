"""The proofs of the purse, as a command: `python -m bench.purse`.

Productions that buy from the emulated vendors are killed with -9 (right before and right after the
commit of every step, then at any moment), run two at once, and sent through storms of faults; after
each of these the vendors' own books are laid beside ours. `--makespan` times a whole film instead.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench.purse_makespan import makespan
from bench.purse_storm import weathered
from bench.purse_studio import PaidStudio, Producers, kill, paid_studio

DONE = 0


@dataclass
class Tally:
    """What happened, over all productions."""

    kills: int = 0
    resumes: int = 0
    unknown: int = 0
    most_per_slot: int = 0
    taken_usd: float = 0.0
    booked_usd: float = 0.0
    quoted_usd: float = 0.0
    points: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def close(self, studio: PaidStudio) -> None:
        """Adds a production that has come to its end."""
        self.wrong += studio.broken(over=True)
        self.unknown += studio.unknown
        self.most_per_slot = max(self.most_per_slot, *studio.purchases().values())
        self.taken_usd += float(studio.city.charges.usd())
        self.booked_usd += float(studio.ledger_usd())
        self.quoted_usd += float(studio.quoted_usd())
        if studio.deaths.exists():
            self.points |= set(studio.deaths.read_text().splitlines())

    @property
    def off(self) -> float:
        """By how much the quotes missed what was charged, as a share of it."""
        return abs(self.quoted_usd / self.taken_usd - 1) if self.taken_usd else 0.0


def killed_at_steps(
    studio: PaidStudio,
    producers: Producers,
    tally: Tally,
    most: int,
    share: float = 1.0,
    seed: int = 1,
    then_ends: bool = True,
) -> None:
    """One production, killed at `share` of its steps, at most `most` times, then left to end."""
    kills = 0
    while then_ends or kills < most:
        deadly = share if kills < most else 0.0
        producers.start(studio, share=deadly, seed=seed)
        code = producers.ended()
        kills += code < 0
        if _is_over(studio, tally, code):
            return


def killed_at_random(
    studio: PaidStudio,
    producers: Producers,
    tally: Tally,
    most: int,
    chance: random.Random,
    longest_s: float = 6.0,
) -> None:
    """One production, killed `most` times at moments that nobody chose, then left to end."""
    for _ in range(most):
        process = producers.start(studio)
        time.sleep(chance.uniform(0.3, longest_s))
        kill(process)
        if _is_over(studio, tally, producers.ended()):
            return
    killed_at_steps(studio, producers, tally, most=0)


def two_at_once(
    studio: PaidStudio, both: tuple[Producers, Producers], tally: Tally, rounds_of_death: int = 0
) -> None:
    """Two producers of the same episode, started at the same moment, again and again until both find
    nothing to do. In the first rounds both are killed at a fifth of their steps."""
    rounds = 0
    while True:
        rounds += 1
        for seed, producers in enumerate(both, 1):
            share = 0.2 if rounds <= rounds_of_death else 0.0
            producers.start(studio, studio.produce, share=share, seed=seed)
        codes = sorted((producers.ended() for producers in both), key=abs)
        tally.kills += codes[0] < 0  # the other one is counted with the round
        worst = codes[-1]
        if _is_over(studio, tally, worst):
            return


def _is_over(studio: PaidStudio, tally: Tally, code: int) -> bool:
    """Looks at the books after a producer's end, lets a human settle, and says whether all is done."""
    tally.wrong += studio.broken()
    tally.kills += code < 0
    lost = bool(studio.rows("SELECT id FROM tasks WHERE state = 'unknown'"))
    studio.settle()
    over = code == DONE and not lost and studio.next_words == studio.produce
    tally.resumes += not over
    if code > 0 and "unforeseen" in studio.log.read_text():
        tally.wrong.append("a producer ended in something unforeseen")
    if over:
        tally.close(studio)
    return over


def proofs(kills: int, seeds: int, folder: Path) -> Tally:
    """Every proof but the makespan, into one tally."""
    tally, chance = Tally(), random.Random(1)  # noqa: S311 - moments to kill at, no secrets
    with ExitStack() as open_:
        first, second = Producers(), Producers()
        open_.callback(first.close)
        open_.callback(second.close)
        steps, number = kills * 3 // 4, 0
        while tally.kills < steps:
            number += 1
            with paid_studio(folder / f"steps-{number}", 2) as studio:
                # The first at every step there is, the next ones at some of them, deeper into the film.
                share = 1.0 if number == 1 else 0.3
                killed_at_steps(studio, first, tally, steps - tally.kills, share, seed=number)
            _told(f"killed at steps, production {number}", tally)
        while tally.kills < kills:
            number += 1
            with paid_studio(folder / f"random-{number}", 2) as studio:
                killed_at_random(studio, first, tally, min(25, kills - tally.kills), chance)
            _told(f"killed at random, production {number}", tally)
        with paid_studio(folder / "two", 2) as studio:
            two_at_once(studio, (first, second), tally, rounds_of_death=6)
        _told("two producers at once", tally)
        for seed in range(1, seeds + 1):
            with paid_studio(folder / f"storm-{seed}", 2) as studio:
                weather = weathered(studio, first, seed)
            tally.wrong += weather.wrong
            print(f"storm {seed}: {weather}", flush=True)
    return tally


def _told(what: str, tally: Tally) -> None:
    print(f"{what}: {tally.kills} kills so far, {len(tally.wrong)} broken promises", flush=True)


def main() -> None:
    """Runs the proofs, prints their figures, and exits with 1 when one of them failed."""
    words = argparse.ArgumentParser(prog="python -m bench.purse", description=__doc__)
    words.add_argument("--kills", type=int, default=100)
    words.add_argument("--storms", type=int, default=3, help="how many seeds of fault storms")
    words.add_argument("--makespan", action="store_true", help="time a film of 18 clips instead")
    words.add_argument("--shortened", type=float, default=20, help="vendors are so many times quicker")
    words.add_argument("--pools", type=int, nargs="+", default=[3, 10], help="videos at a time")
    asked = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="pokegeo-purse-") as folder:
        if asked.makespan:
            met = [_made(makespan(Path(folder) / str(n), n, asked.shortened)) for n in asked.pools]
            sys.exit(not all(met))
        tally = proofs(asked.kills, asked.storms, Path(folder))
    print(
        f"kills                  {tally.kills}\n"
        f"  at different steps   {len(tally.points)}\n"
        f"resumes                {tally.resumes}\n"
        f"unknown, settled       {tally.unknown}\n"
        f"purchases per slot     {tally.most_per_slot} at most\n"
        f"the vendors took       ${tally.taken_usd:.4f}\n"
        f"the ledger has         ${tally.booked_usd:.4f}\n"
        f"quoted beforehand      ${tally.quoted_usd:.4f} ({tally.off:.2%} off; target 2 %)"
    )
    for line in tally.wrong:
        print(f"BROKEN  {line}")
    sys.exit(bool(tally.wrong))


def _made(figures: dict) -> bool:
    for name, value in figures.items():
        told = value if not isinstance(value, float) else f"{value:.0f}" if value >= 100 else f"{value:.3g}"
        print(f"{name:<24}{told}", flush=True)
    print()
    return figures["met"] and not figures["wrong"]


if __name__ == "__main__":
    main()
