"""Fair turns: which piece of queued work begins next. Time is an argument, in seconds since 1970.

High goes before normal, normal before low. Within a priority the channels take turns; within a channel
the episode that was ordered first goes first. What waits for long rises, so that nothing waits for ever.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

from pokegeo_dagster.film.vocabulary import Priority

PRIORITIES: tuple[Priority, ...] = get_args(Priority)  # the first goes first
# The seeds promise «no starvation» beside strict priorities (Z9): a day of waiting is one step up.
RISES_AFTER_S = 86_400.0

# How many turns were given when a channel had its last one, by (level, channel).
LastTurns = Mapping[tuple[int, str], int]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One piece of queued work. `asked_at` is when its episode was ordered, so that what was begun first
    is finished first."""

    id: int
    channel: str
    priority: Priority
    asked_at: float


def level(priority: Priority, waited_s: float) -> int:
    """0 goes first. A clock that was set back makes no wait negative."""
    steps = int(max(0.0, waited_s) // RISES_AFTER_S)
    return max(0, PRIORITIES.index(priority) - steps)


def in_turn(waiting: Iterable[Waiting], last: LastTurns, now: float) -> Iterator[tuple[int, Waiting]]:
    """All pieces in the order of their turns, each with the level it has its turn at.

    Whoever had its last turn longest ago is next, and of those who never had one the first in the
    alphabet: rank within the channel, then channel (Z8), going on from one claim to the next.
    """
    levels: dict[int, dict[str, list[Waiting]]] = defaultdict(lambda: defaultdict(list))
    for piece in waiting:
        levels[level(piece.priority, now - piece.asked_at)][piece.channel].append(piece)
    turn = max(last.values(), default=0)
    for at in sorted(levels):
        lines = levels[at]
        for pieces in lines.values():
            pieces.sort(key=lambda piece: (piece.asked_at, piece.id), reverse=True)
        heads = [(last.get((at, channel), 0), channel) for channel in lines]
        heapq.heapify(heads)
        while heads:
            _, channel = heapq.heappop(heads)
            yield at, lines[channel].pop()
            if lines[channel]:
                turn += 1
                heapq.heappush(heads, (turn, channel))
