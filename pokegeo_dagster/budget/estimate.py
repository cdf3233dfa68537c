"""The estimate: what an episode would cost, line by line, before anything is asked for; from its pieces as
they stand, or, while it has no screenplay, from what such films usually need. How it is shown is not here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pydantic import Field

from pokegeo_dagster.budget.prices import HOUSE, PriceList
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.vendors import Item

KEPT, MISSING = "kept", "missing"


class Line(Frozen):
    """One piece of work and what it would cost. `usd` is 0 for what is kept and for the house."""

    asset: str
    key: str  # clip_05, ref_02, film
    vendor: str
    model: str
    items: tuple[Item, ...] = ()
    usd: Decimal = Field(ge=0)
    price_date: date | None = None  # when the oldest of its prices was seen; None: nothing to pay
    why: str = Field(pattern=r"^(missing|kept|stale(: .+)?)$")  # "stale: narration changed"

    @property
    def bought(self) -> bool:
        """Whether this line is to be paid for."""
        return self.why != KEPT and self.vendor != HOUSE


@dataclass(frozen=True)
class Row:
    """Lines of an estimate that look alike, for one row of a table."""

    asset: str
    why: str
    vendor: str
    model: str
    keys: tuple[str, ...]
    items: tuple[Item, ...]  # added up by unit
    usd: Decimal
    price_date: date | None

    @property
    def pieces(self) -> int:
        """How many pieces of work it stands for."""
        return len(self.keys)


class Estimate(Frozen):
    """Every piece of work of an order, priced on a day."""

    lines: tuple[Line, ...]

    @property
    def usd(self) -> Decimal:
        """What all of it would cost, in US dollars."""
        return _sum(self.lines)

    @property
    def batch(self) -> tuple[tuple[str, Decimal], ...]:
        """What is to be paid for, as the caps take it: (piece, US dollars)."""
        return tuple((line.key, line.usd) for line in self.lines if line.bought)

    @property
    def oldest_price(self) -> date | None:
        """When the oldest price in it was seen."""
        return min((line.price_date for line in self.lines if line.price_date), default=None)

    def by_asset(self) -> dict[str, Decimal]:
        """US dollars by asset, in the order of the lines."""
        return self._by("asset")

    def by_vendor(self) -> dict[str, Decimal]:
        """US dollars by vendor, in the order of the lines."""
        return self._by("vendor")

    def rows(self) -> tuple[Row, ...]:
        """The lines for a table: those of one asset, vendor, model and reason together, in order."""
        groups: dict[tuple[str, str, str, str], list[Line]] = {}
        for line in self.lines:
            groups.setdefault((line.asset, line.why, line.vendor, line.model), []).append(line)
        return tuple(
            Row(*head, keys=tuple(line.key for line in lines), items=_added_up(lines), usd=_sum(lines),
                price_date=min((line.price_date for line in lines if line.price_date), default=None))
            for head, lines in groups.items()
        )  # fmt: skip

    def _by(self, field: str) -> dict[str, Decimal]:
        totals: dict[str, Decimal] = {}
        for line in self.lines:
            name = getattr(line, field)
            totals[name] = totals.get(name, Decimal(0)) + line.usd
        return totals


def estimate(lines: Iterable[Line]) -> Estimate:
    """The estimate of these pieces of work."""
    return Estimate(lines=tuple(lines))


def priced(
    asset: str, key: str, items: Sequence[Item], why: str, prices: PriceList, on: date,
    *, vendor: str = HOUSE, model: str = HOUSE,
) -> Line:  # fmt: skip
    """A line with its price on a day. `vendor` and `model` are those of the bill's first item where it
    has one. What is kept costs nothing, whatever its price. Raises PriceMissing."""
    if items:
        vendor, model = items[0].vendor, items[0].model
    paid = [item for item in items if item.vendor != HOUSE] if why != KEPT else []
    seen = [prices.price(item.vendor, item.model, item.unit, on).as_of for item in paid]
    return Line(
        asset=asset,
        key=key,
        vendor=vendor,
        model=model,
        items=tuple(items),
        usd=prices.cost(paid, on),
        price_date=min(seen, default=None),
        why=why,
    )


def _sum(lines: Iterable[Line]) -> Decimal:
    return sum((line.usd for line in lines), Decimal(0))


def _added_up(lines: Iterable[Line]) -> tuple[Item, ...]:
    units: dict[tuple[str, str, str], Decimal] = {}
    for line in lines:
        for item in line.items:
            name = (item.vendor, item.model, item.unit)
            units[name] = units.get(name, Decimal(0)) + item.units
    return tuple(Item(vendor=v, model=m, unit=u, units=n) for (v, m, u), n in units.items())
