"""Whose turn it is: the seeds' worked examples, and nobody waits for ever."""

from hypothesis import given
from hypothesis import strategies as st

from pokegeo_dagster.budget.turns import PRIORITIES, RISES_AFTER_S, Waiting, in_turn, level

NOW = 1_763_700_000.0
HOUR = 3_600.0


def _waiting(number: int, channel: str, priority: str, hours: float) -> Waiting:
    return Waiting(number, channel, priority, NOW - hours * HOUR)  # type: ignore[arg-type]


def _names(pieces: dict[str, tuple[str, str, float]], last: dict[tuple[int, str], int] | None = None) -> str:
    numbered = {n: name for n, name in enumerate(pieces)}
    waiting = [_waiting(n, *pieces[name]) for n, name in numbered.items()]
    return "".join(numbered[piece.id] for _, piece in in_turn(reversed(waiting), last or {}, NOW))


def test_high_goes_first_and_the_longest_wait_first_within_a_priority() -> None:
    """Seed 000's worked example of priorities."""
    pieces = {
        "A": ("poke1", "high", 1.0),
        "B": ("poke1", "normal", 2.0),
        "C": ("poke1", "high", 0.5),
        "D": ("poke1", "low", 3.0),
    }

    assert _names(pieces) == "ACBD"


def test_channels_take_turns_within_a_priority() -> None:
    """Seed 000's worked example of channels, which its own SQL does not give (Z8)."""
    pieces = {
        "A": ("poke1", "high", 1.0),
        "B": ("poke2", "high", 1.0),
        "C": ("poke1", "normal", 2.0),
        "D": ("poke2", "normal", 2.0),
        "E": ("poke1", "normal", 1.0),
    }

    assert _names(pieces) == "ABCDE"


def test_two_small_channels_are_served_in_the_first_three_turns() -> None:
    waiting = [_waiting(n, "a", "normal", 9) for n in range(100)]
    waiting += [_waiting(100 + n, "b", "normal", 2) for n in range(2)] + [_waiting(200, "c", "normal", 1)]

    turns = [piece.channel for _, piece in in_turn(waiting, {}, NOW)]

    assert "".join(turns[:8]) == "abcabaaa"
    assert len(turns) == 103


def test_turns_go_on_from_one_claim_to_the_next() -> None:
    """Rank within what still waits would serve the first channel of the alphabet for ever."""
    pieces = {"A": ("poke1", "normal", 9.0), "B": ("poke2", "normal", 1.0)}

    assert _names(pieces, last={(1, "poke1"): 7}) == "BA"
    assert _names(pieces, last={(0, "poke1"): 7}) == "AB", "a turn at high is none at normal"


def test_low_work_that_waits_for_days_rises() -> None:
    pieces = {"A": ("poke1", "normal", 1.0), "B": ("poke1", "low", 25.0)}

    assert _names(pieces) == "BA"
    assert level("low", 2.5 * RISES_AFTER_S) == 0


def test_a_clock_that_was_set_back_makes_nothing_sink() -> None:
    assert level("low", -9 * RISES_AFTER_S) == PRIORITIES.index("low")


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(PRIORITIES), st.floats(-10, 100)), max_size=60)
)
def test_everything_that_waits_gets_exactly_one_turn(drawn: list[tuple[str, str, float]]) -> None:
    waiting = [_waiting(n, *piece) for n, piece in enumerate(drawn)]

    turns = [piece for _, piece in in_turn(waiting, {}, NOW)]

    assert sorted(piece.id for piece in turns) == list(range(len(drawn)))
    for channel in "abc":
        for at in range(3):
            mine = [p.asked_at for lev, p in in_turn(waiting, {}, NOW) if (lev, p.channel) == (at, channel)]
            assert mine == sorted(mine), "first come, first served within a channel"
