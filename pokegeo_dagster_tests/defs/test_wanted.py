"""What the studio wants to do next of an episode, decided from how it stands and nothing else."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pokegeo_dagster.budget.turns import RISES_AFTER_S
from pokegeo_dagster.defs.office.wanted import AGAIN, CUT, GATE, PREPRODUCTION, PRODUCTION, Wanted, wanted
from pokegeo_dagster.storage.lookout import Standing
from pokegeo_dagster.storage.rows import Failure

NOW = datetime(2026, 11, 21, 7, 59, tzinfo=UTC)  # a minute before midnight in Los Angeles
ALL_THERE = {"clip_01": "v1"}


@dataclass
class Said:
    """What was decided about every episode."""

    up_to: str | None = None
    cap: str = "12"
    parked: dict[str, float] = field(default_factory=dict)

    def pays(self, standing: Standing) -> bool:
        return True

    def agrees_up_to(self, standing: Standing) -> str | None:
        return self.up_to

    def caps(self, standing: Standing) -> str:
        return self.cap

    def parked_until(self, asset: str) -> float:
        return self.parked.get(asset, 0.0)


def _at_the_gate(**more: object) -> Standing:
    done = {(PREPRODUCTION, "brief 1"): "done"}
    plain = {"screenplay": "play 1", "clips": ("clip_01",), "orders": done}
    return Standing("haunter", "poke1", NOW, "brief 1", **{**plain, **more})  # type: ignore[arg-type]


def _failed(error: str, at: datetime = NOW, asset: str = "clip") -> Failure:
    return Failure("haunter", asset, "clip_01", "why", error, None, at, 1)


def _one(standing: Standing, said: Said, now: datetime = NOW) -> Wanted | None:
    found = wanted([standing], said, now.timestamp())
    for order in found:
        standing.orders[order.stage, order.signature] = "done"
    return found[0] if found else None


def test_a_film_at_the_gate_waits_until_somebody_says_yes() -> None:
    standing = _at_the_gate()

    assert _one(standing, Said()) is None
    standing.greenlight = 1
    order = _one(standing, Said())
    assert order is not None and order.stage == PRODUCTION


def test_a_channel_switched_to_auto_is_asked_about_what_waits_once_for_each_amount() -> None:
    standing = _at_the_gate()

    stages = [
        (order := _one(standing, Said(up_to=up_to))) and order.stage for up_to in (None, "9", "9", "20", "20")
    ]

    assert stages == [None, GATE, None, GATE, None]


def test_what_a_cap_held_up_goes_on_when_the_cap_is_raised_and_is_not_looped_on() -> None:
    standing = _at_the_gate(greenlight=1, failures=[_failed("CapReached")])
    _one(standing, Said())  # its production

    first, again, raised = (_one(standing, Said(cap=cap)) for cap in ("12", "12", "20"))

    assert first is not None and again is None
    assert raised is not None and raised.stage == AGAIN and raised.afresh


def test_there_is_no_cursor_to_lose_the_same_look_wants_the_same() -> None:
    standings = [_at_the_gate(greenlight=1), _at_the_gate(failures=[_failed("JobFailed")])]
    later = (NOW + timedelta(minutes=5)).timestamp()

    assert wanted(standings, Said(), later) == wanted(standings, Said(), later) != []


def test_parked_work_is_asked_for_at_midnight_pacific_and_not_again_when_the_clock_goes_back() -> None:
    midnight = NOW + timedelta(minutes=1)
    standing = _at_the_gate(failures=[_failed("QuotaSpent", NOW - timedelta(hours=1), "composite")])
    said = Said(parked={"composite": midnight.timestamp()})

    before, after = _one(standing, said), _one(standing, said, midnight + timedelta(seconds=1))
    set_back = _one(standing, said, NOW - timedelta(minutes=30))

    assert before is None and set_back is None
    assert after is not None and after.stage == AGAIN


def test_a_failure_in_the_future_of_a_clock_that_was_set_back_is_tried_when_the_clock_has_caught_up() -> None:
    standing = _at_the_gate(failures=[_failed("JobFailed", NOW + timedelta(hours=1))])

    set_back, caught_up = (_one(standing, Said(), NOW + timedelta(seconds=s)) for s in (0, 3_700))

    assert set_back is None
    assert caught_up is not None and caught_up.stage == AGAIN


def test_what_waited_for_a_piece_follows_when_a_person_had_that_made_again() -> None:
    refused, waits = _failed("Refused"), _failed("NotReady", asset="segment")
    standing = _at_the_gate(failures=[refused, waits])

    before = _one(standing, Said())
    standing.failures = [waits]  # the refused clip was made in the UI
    after, once = _one(standing, Said()), _one(standing, Said())

    assert before is None and once is None
    assert after is not None and (after.stage, after.why) == (AGAIN, "what it waited for is there")


def test_what_finishes_a_film_stands_where_its_film_stood_and_never_above_what_is_more_urgent() -> None:
    play = {"greenlight": 1, "segments": {"clip_01": "v1"}}
    young, old = (_at_the_gate(**play) for _ in range(2))
    old.ordered_at = NOW - timedelta(days=3)
    now = NOW + timedelta(hours=2)

    orders = [wanted([standing], Said(), now.timestamp())[0] for standing in (young, old)]
    for standing, order in zip((young, old), orders, strict=True):
        standing.orders[order.stage, order.signature] = "done"
    young_cut, old_cut = (wanted([standing], Said(), now.timestamp())[0] for standing in (young, old))

    assert (young_cut.stage, young_cut.asked_at) == (CUT, NOW)
    assert timedelta(hours=2) < now - old_cut.asked_at < timedelta(seconds=RISES_AFTER_S)
