"""The cost sheet: what was paid, for what, and what of it is in the film."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pokegeo_dagster.budget.cost_sheet import COLUMNS, CostLine, Use, cost_sheet, use_of

CENTS = st.integers(0, 10**9).map(lambda n: Decimal(n) / 10**6)
USES = st.sampled_from(["in the film", "wasted", "on its way", "nothing"])


def line(quoted: Decimal, charged: Decimal, use: Use, asset: str = "clip") -> CostLine:
    return CostLine(asset=asset, piece="clip_05", take=2, by="kie", model="kling", state="stored",
                    quoted=quoted, charged=charged, use=use, vendor_task="t-1")  # fmt: skip


@given(st.lists(st.tuples(CENTS, CENTS, USES), max_size=12))
def test_the_sheet_adds_up_to_the_last_millionth(money: list[tuple[Decimal, Decimal, Use]]):
    rows = list(csv.DictReader(io.StringIO(cost_sheet([line(*each) for each in money]))))

    body, (total, used, wasted, _) = rows[:-4], rows[-4:]
    assert sum(Decimal(row["charged USD"]) for row in body) == Decimal(total["charged USD"])
    assert sum(Decimal(row["quoted USD"]) for row in body) == Decimal(total["quoted USD"])
    assert Decimal(wasted["charged USD"]) == sum((c for _, c, use in money if use == "wasted"), Decimal(0))
    assert Decimal(used["charged USD"]) == sum((c for _, c, use in money if use == "in the film"), Decimal(0))


def test_every_purchase_is_told_by_piece_vendor_and_model():
    row = next(csv.reader(io.StringIO(cost_sheet([line(Decimal("0.42"), Decimal("0.40"), "in the film")])
                                      .split("\n", 1)[1])))  # fmt: skip

    assert dict(zip(COLUMNS, row, strict=True)) == {
        "asset": "clip", "piece": "clip_05", "take": "2", "by": "kie", "model": "kling", "state": "stored",
        "quoted USD": "0.420000", "charged USD": "0.400000", "use": "in the film", "vendor task": "t-1",
        "ordered (UTC)": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("state", "charged", "in_film", "use"),
    [
        ("stored", "0.42", True, "in the film"),
        ("stored", "0.42", False, "wasted"),
        ("failed", "0.10", False, "wasted"),
        ("failed", "0", False, "nothing"),
        ("refused", "0", False, "nothing"),
        ("running", "0", False, "on its way"),
        ("unknown", "0", True, "on its way"),
        ("stored", "0", True, "in the film"),
    ],
)
def test_what_became_of_a_purchase(state: str, charged: str, in_film: bool, use: str):
    assert use_of(state, Decimal(charged), in_film) == use
