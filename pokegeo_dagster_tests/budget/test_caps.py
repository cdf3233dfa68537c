"""Under every cap, or not at all."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pokegeo_dagster.budget.caps import LEVELS, Caps, Spending, Spent, admit, money, overruns
from pokegeo_dagster.film.errors import CapReached, OrderRefused

USD = st.decimals(min_value=0, max_value=30, places=6)
BATCHES = st.lists(st.tuples(st.sampled_from(["clip_01", "clip_02", "ref_01", "film"]), USD), max_size=8)
SPENT = st.builds(Spent, spent=USD, reserved=USD)
SPENDINGS = st.builds(
    Spending,
    clips=st.dictionaries(st.sampled_from(["clip_01", "ref_01", "clip_09"]), SPENT),
    **dict.fromkeys(("episode", "channel", "day", "month"), SPENT),
)
CAPS = st.builds(Caps, **dict.fromkeys(LEVELS, st.none() | st.decimals(min_value=0, max_value=90, places=2)))


def after(spending: Spending, batch: list[tuple[str, Decimal]]) -> dict[str, list[Decimal]]:
    """Where every level would stand with the batch, added up the slow way."""
    whole = sum((usd for _, usd in batch), Decimal(0))
    pieces = {key: spending.clips.get(key, Spent()).total for key, usd in batch if usd}
    for key, usd in batch:
        pieces[key] = pieces.get(key, Decimal(0)) + usd
    levels = {name: [getattr(spending, name).total + whole] for name in LEVELS if name != "clip"}
    return {**levels, "clip": [pieces[key] for key, usd in batch if usd]}


def admitted(caps: Caps, spending: Spending, batch) -> bool:
    try:
        admit(caps, spending, batch)
    except CapReached:
        return False
    return True


@given(CAPS, SPENDINGS, BATCHES)
def test_nothing_over_any_cap_is_ever_admitted(caps, spending, batch):
    assume(any(usd > 0 for _, usd in batch))
    assume(admitted(caps, spending, batch))

    for level, totals in after(spending, batch).items():
        cap = caps.of(level)
        assert cap is None or all(total <= cap for total in totals)


@given(CAPS, SPENDINGS, BATCHES)
def test_a_batch_that_fits_is_admitted(caps, spending, batch):
    stands = after(spending, batch)
    assume(all(caps.of(name) is None or t <= caps.of(name) for name, ts in stands.items() for t in ts))

    assert admitted(caps, spending, batch)


@given(CAPS, SPENDINGS, BATCHES, st.randoms())
def test_the_order_of_a_batch_does_not_matter(caps, spending, batch, random):
    shuffled = random.sample(batch, len(batch))

    assert overruns(caps, spending, shuffled) == overruns(caps, spending, batch)


def test_of_caps_equally_far_over_the_same_one_is_named_in_any_order():
    caps, batch = Caps(clip=Decimal("0.40")), [("clip_02", Decimal("0.42")), ("clip_01", Decimal("0.42"))]

    assert overruns(caps, Spending(), batch)[0].key == overruns(caps, Spending(), batch[::-1])[0].key


@given(CAPS, SPENDINGS)
def test_work_that_costs_nothing_goes_on_whatever_was_spent(caps, spending):
    assert admitted(caps, spending, [("clip_01", Decimal(0)), ("film", Decimal(0))])


def test_a_batch_goes_up_to_the_cap_and_not_a_millionth_further():
    spending = Spending(episode=Spent(spent=Decimal("7.56"), reserved=Decimal("0.44")))
    caps = Caps(episode=Decimal(12))

    assert admitted(caps, spending, [("clip_01", Decimal(3)), ("clip_02", Decimal(1))])
    assert not admitted(caps, spending, [("clip_01", Decimal(3)), ("clip_02", Decimal("1.000001"))])


def test_what_is_bought_twice_for_one_piece_counts_twice_against_its_cap():
    caps = Caps(clip=Decimal("0.50"))

    assert not admitted(caps, Spending(), [("clip_01", Decimal("0.42")), ("clip_01", Decimal("0.10"))])
    assert admitted(caps, Spending(), [("clip_01", Decimal("0.42")), ("clip_02", Decimal("0.42"))])


def test_a_refusal_names_the_tightest_cap_what_is_gone_and_the_cheaper_ways():
    spending = Spending(
        episode=Spent(spent=Decimal("6.10"), reserved=Decimal("0.42")), day=Spent(spent=Decimal("9"))
    )
    caps = Caps(episode=Decimal(10), day=Decimal(16), month=Decimal(1000))
    ways = [("5-second clips", Decimal("3.40")), ("the house as narrator", Decimal("7.30"))]

    with pytest.raises(CapReached) as refusal:
        admit(caps, spending, [("clip_01", Decimal("7.56"))], ways)

    assert str(refusal.value) == (
        "This work costs $7.56 and the episode's cap is $10.00, of which $6.10 is spent and $0.42 reserved: "
        "$4.08 too much (the day cap would be broken too). Nothing of it was bought. Cheaper ways: "
        "the house as narrator ($7.30), 5-second clips ($3.40, fits). Raise POKEGEO_CAP_EPISODE or --budget."
    )


def test_a_refusal_for_one_piece_names_the_piece_and_its_share():
    with pytest.raises(
        CapReached, match=r"\$0\.84, \$0\.50 of it for clip_02, and the cap of clip_02 is \$0"
    ):
        admit(
            Caps(clip=Decimal("0.45")),
            Spending(),
            [("clip_01", Decimal("0.34")), ("clip_02", Decimal("0.50"))],
        )


def test_a_way_that_saves_too_little_is_not_said_to_fit():
    with pytest.raises(CapReached) as refusal:
        admit(
            Caps(day=Decimal(1)), Spending(), [("film", Decimal(3))], [("a", Decimal(2)), ("b", Decimal(4))]
        )

    assert "a ($2.00)" in str(refusal.value) and "b (" not in str(refusal.value)


def test_a_price_below_nothing_makes_no_room():
    with pytest.raises(ValueError, match="-1"):
        admit(Caps(), Spending(), [("clip_01", Decimal(-1))])


def test_caps_are_read_from_texts():
    caps = Caps.from_texts(
        {"POKEGEO_CAP_EPISODE": " 12 ", "POKEGEO_CAP_DAY": "$40.50", "POKEGEO_CAP_MONTH": "", "PATH": "x"}
    )

    assert caps == Caps(episode=Decimal(12), day=Decimal("40.50"))


@pytest.mark.parametrize("text", ["twelve", "-1", "nan", "inf", "1e9", "12,50", "0.0000001", "1 2", "٣"])
def test_a_mistyped_cap_is_refused_and_never_no_cap(text: str):
    with pytest.raises(OrderRefused, match="POKEGEO_CAP_DAY"):
        Caps.from_texts({"POKEGEO_CAP_DAY": text})


def test_a_cap_on_something_unknown_is_refused():
    with pytest.raises(OrderRefused, match="POKEGEO_CAP_EPISODE"):
        Caps.from_texts({"POKEGEO_CAP_EPSIODE": "12"})


def test_of_an_order_s_budget_and_the_episode_s_cap_the_smaller_holds():
    caps = Caps(episode=Decimal(12))

    assert caps.with_budget(Decimal(5)).episode == 5
    assert caps.with_budget(Decimal(50)).episode == 12
    assert caps.with_budget(None) == caps
    assert Caps().with_budget(Decimal(0)).episode == 0
    with pytest.raises(OrderRefused):
        caps.with_budget(Decimal("NaN"))


@pytest.mark.parametrize(
    ("usd", "told"),
    [("12", "$12.00"), ("0.0336", "$0.0336"), ("0.000075", "$0.0001"), ("9.331704", "$9.34"), ("0", "$0.00"),
     ("1234.5", "$1,234.50")],
)  # fmt: skip
def test_money_is_told_in_cents_and_never_too_small(usd: str, told: str):
    assert money(Decimal(usd)) == told
