"""Telling: which line is said over a moment, so that a film never sounds like itself twice."""

from __future__ import annotations

import random
import re
from collections import Counter

from pokegeo_dagster.film.sound.pacing import spoken_seconds
from pokegeo_dagster.providers.house.prose.bank import Moment
from pokegeo_dagster.providers.house.prose.grammar import Line, expand, slots_of
from pokegeo_dagster.providers.house.prose.lexicon import Lexicon

BEST_S = 6.3  # with its breaths, 18 such lines are a film of 132 seconds
_SHORTEST_S, _LONGEST_S = 4.6, 8.6  # inside the rules' limits, with room for a voice that takes its time
# Said once in a film: a second time they are no longer news.
_ONCE = frozenset({
    "size", "weight", "as_heavy", "as_long", "home", "sight", "far", "storm_sign", "colour", "r_size",
    "between", "glimpse",
})  # fmt: skip


class Teller:
    """Tells one film, line by line, in the order in which it is cut."""

    def __init__(self, lexicon: Lexicon, dice: random.Random, keep: frozenset[str] = frozenset()):
        """`keep` are slots that a later moment will need, so no earlier one may spend them."""
        self._lexicon, self._dice, self._keep = lexicon, dice, keep
        self._said: set[str] = set()
        self._openings: Counter[str] = Counter()
        self._last = ""
        self._over_s = 0.0  # how much longer the lines so far are than they should be
        self._spent: Counter[str] = Counter()

    def tell(self, moment: Moment, main: bool = False) -> str:
        """The best line for this moment: fit for the film's tags, a good length, not said before.

        `main` says that this is the moment the kept slots were kept for.
        Raises LookupError when the bank has no line at all that fits.
        """
        best: tuple[float, str, Line] | None = None
        for line in moment.lines:
            if not line.fits(self._lexicon.tags):
                continue
            for _ in range(3):
                text = expand(line.text, self._lexicon.words, self._dice)
                cost = self._cost(line, text, main) + self._dice.uniform(0.0, 2.6)
                if best is None or cost < best[0]:
                    best = cost, text, line
        if best is None:
            raise LookupError(f"no line of {moment.name} fits a film of {sorted(self._lexicon.tags)}")
        self._remember(best[1], best[2])
        return best[1]

    def _cost(self, line: Line, text: str, main: bool) -> float:
        seconds = spoken_seconds(text)
        aim = min(7.0, max(5.4, BEST_S - self._over_s / 3))
        outside_s = max(0.0, _SHORTEST_S - seconds, seconds - _LONGEST_S)
        # Where long names make every line too long, the shortest is said: chance may not outweigh it.
        cost = 0.9 * abs(seconds - aim) + (40.0 + 12.0 * outside_s) * (outside_s > 0)
        cost += 100.0 * (text in self._said) - 1.1 * bool(line.needs)
        cost += 3.0 * self._openings[_opening(text, 2)] + 0.7 * self._openings[_opening(text, 1)]
        cost += 1.6 * (_opening(text, 1) == _opening(self._last, 1)) + 0.7 * (
            _turn(text) == _turn(self._last)
        )
        spent = slots_of(line.text) & _ONCE
        cost += 4.0 * sum(self._spent[slot] for slot in spent)
        cost += 0.0 if main else 4.0 * len(spent & self._keep)
        cost += 2.5 * self._spent[line.text]
        return cost

    def _remember(self, text: str, line: Line) -> None:
        self._said.add(text)
        self._last = text
        self._over_s += spoken_seconds(text) - BEST_S
        self._openings[_opening(text, 1)] += 1
        self._openings[_opening(text, 2)] += 1
        self._spent.update(slots_of(line.text) & _ONCE)
        self._spent[line.text] += 1


def _opening(text: str, words: int) -> str:
    return " ".join(re.findall(r"[^\s.,!?]+", text)[:words]).lower() + f"/{words}"


def _turn(text: str) -> str:
    """The word on which a line turns: what follows its last ellipsis."""
    return text.rpartition("... ")[2].split(" ")[0]
