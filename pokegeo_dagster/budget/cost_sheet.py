"""The cost sheet of a film: every piece and every purchase, quoted and charged, waste beside it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Literal

from pokegeo_dagster.film.edit.episode_report import Account
from pokegeo_dagster.film.model import Frozen

Use = Literal["in the film", "wasted", "on its way", "nothing"]
COLUMNS = ("asset", "piece", "take", "by", "model", "state", "quoted USD", "charged USD", "use",
           "vendor task", "ordered (UTC)")  # fmt: skip


class CostLine(Frozen):
    """One purchase, or one piece that was made here for nothing. US dollars.

    `use`: «in the film» (its take is the approved one), «wasted» (money was taken and its take is not in
    the film, or there is none), «on its way» (promised, not charged), «nothing» (nothing was taken).
    """

    asset: str
    piece: str
    take: int
    by: str
    model: str
    state: str
    quoted: Decimal
    charged: Decimal
    use: Use
    vendor_task: str = ""
    ordered: str = ""


def use_of(state: str, charged: Decimal, in_film: bool) -> Use:
    """What became of a purchase."""
    if in_film and state in ("delivered", "stored"):
        return "in the film"
    if charged > 0:
        return "wasted"
    return "nothing" if state in ("failed", "refused", "stored", "delivered") else "on its way"


def cost_sheet(lines: Sequence[CostLine]) -> str:
    """CSV: a row a line, then what it comes to, in all and by use. To six places, as vendors charge."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for line in lines:
        money = (f"{line.quoted:.6f}", f"{line.charged:.6f}")
        rows.writerow([line.asset, line.piece, line.take, line.by, line.model, line.state, *money, line.use,
                       line.vendor_task, line.ordered])  # fmt: skip
    for name, chosen in (
        ("total", list(lines)),
        ("in the film", [line for line in lines if line.use == "in the film"]),
        ("wasted", [line for line in lines if line.use == "wasted"]),
        ("on its way", [line for line in lines if line.use == "on its way"]),
    ):
        quoted = sum((line.quoted for line in chosen), Decimal(0))
        charged = sum((line.charged for line in chosen), Decimal(0))
        rows.writerow([name, "", "", "", "", "", f"{quoted:.6f}", f"{charged:.6f}", "", "", ""])
    return out.getvalue()


def by_vendor(lines: Iterable[CostLine], makers: Iterable[str]) -> tuple[Account, ...]:
    """What each vendor made and took, in order of name. `makers` names who made each piece that is in the
    film, once a piece; who made some and took nothing has an account too."""
    lines, made = list(lines), Counter(makers)

    def account(by: str) -> Account:
        mine = [line for line in lines if line.by == by]
        return Account(
            by=by,
            pieces=made[by],
            purchases=len(mine),
            quoted=sum((line.quoted for line in mine), Decimal(0)),
            charged=sum((line.charged for line in mine), Decimal(0)),
            wasted=sum((line.charged for line in mine if line.use == "wasted"), Decimal(0)),
            on_its_way=sum((line.quoted for line in mine if line.use == "on its way"), Decimal(0)),
        )

    return tuple(account(by) for by in sorted({*made, *(line.by for line in lines)}))
