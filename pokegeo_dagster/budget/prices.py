"""The price list: what each unit of each vendor's work costs on a day, exactly, and who says so."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Annotated, Any, Literal, NoReturn

from pydantic import ConfigDict, Field, StringConstraints, ValidationError, model_validator

from pokegeo_dagster.film.errors import OrderRefused, PriceMissing
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.vendors import Item

HOUSE = "house"  # works for nothing and needs no entry
OLD_AFTER = timedelta(days=90)
THE_LIST = "the price list (pokegeo_dagster/budget/prices.toml)"

Confidence = Literal["high", "medium", "low"]
Usd = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,6}(\.[0-9]{1,12})?$")]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$", max_length=120)]


class Price(Frozen):
    """What one unit costs. `amount` is for `per` units, as the vendor words it ($0.75 a million)."""

    vendor: Name
    model: Name
    unit: Name
    amount: Decimal = Field(ge=0)
    per: int = Field(default=1, ge=1)
    as_of: date
    source: str = Field(min_length=3)
    confidence: Confidence
    valid_from: date | None = None
    valid_until: date | None = None  # the last day of this price

    @property
    def usd(self) -> Decimal:
        """US dollars for one unit (to 28 digits where a vendor's price does not divide evenly)."""
        return self.amount / self.per

    def holds(self, on: date) -> bool:
        """Whether this is the price on a day."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_until is None or on <= self.valid_until
        )


class _Entry(Frozen):
    """One [[price]] of a file: a model's units that share a source and a date."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    vendor: Name
    model: Name
    usd: dict[Name, Usd] = Field(min_length=1)
    per: int = Field(default=1, ge=1)
    as_of: date
    source: str = Field(min_length=3)
    confidence: Confidence
    valid_from: date | None = None
    valid_until: date | None = None

    @model_validator(mode="after")
    def _has_a_day(self) -> _Entry:
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError("valid_until is before valid_from")
        return self

    def prices(self) -> tuple[Price, ...]:
        shared = self.model_dump(exclude={"usd"})
        return tuple(Price(unit=unit, amount=Decimal(usd), **shared) for unit, usd in self.usd.items())


@dataclass(frozen=True)
class PriceList:
    """Every price the studio knows, by vendor, model and unit."""

    prices: tuple[Price, ...]

    @classmethod
    def load(cls, own: str | None = None, own_name: str = "your price file") -> PriceList:
        """The list that comes with the house; with the text of a user's own file, that one over it.

        An own file replaces every price of the (vendor, model, unit)s that it names and adds the others.
        Raises OrderRefused when it cannot be read, naming the entry and the mistake.
        """
        house = _house_list()
        return house if own is None else house.overlaid(cls(_parsed(own, own_name)))

    def overlaid(self, own: PriceList) -> PriceList:
        """This list, with `own` prices in place of its own wherever both have the same unit."""
        kept = (p for p in self.prices if _key(p) not in own._book)
        return PriceList((*kept, *own.prices))

    def price(self, vendor: str, model: str, unit: str, on: date) -> Price:
        """The price of a unit on a day; the house's is zero. Raises PriceMissing."""
        if vendor == HOUSE:
            return Price(
                vendor=HOUSE, model=model, unit=unit, amount=Decimal(0), as_of=on, source="the house crew",
                confidence="high",
            )  # fmt: skip
        for price in self._book.get((vendor, model, unit), ()):
            if price.holds(on):
                return price
        self._refuse(vendor, model, unit, on)

    def cost(self, items: Iterable[Item], on: date) -> Decimal:
        """What a bill comes to on a day, in US dollars: summed exactly, then rounded half up to a
        millionth. Raises PriceMissing when any line has no price."""
        total = sum((self._worth(item, on) for item in items), Fraction(0))
        return _rounded(total)

    def units(self, vendor: str, model: str) -> tuple[str, ...]:
        """The units in which a model is sold, in the list's order; none for an unknown model."""
        return tuple(dict.fromkeys(p.unit for p in self.prices if (p.vendor, p.model) == (vendor, model)))

    def shown(self, on: date | None = None) -> tuple[Price, ...]:
        """The list for a table, by vendor, model and unit: those of a day, or all of them."""
        listed = [p for p in self.prices if on is None or p.holds(on)]
        return tuple(sorted(listed, key=lambda p: (*_key(p), p.valid_from or date.min)))

    def stale(self, on: date) -> tuple[str, ...]:
        """One line for each model whose price, good for that day, was last seen over 90 days before."""
        oldest: dict[tuple[str, str], date] = {}
        for price in self.shown(on):
            name = (price.vendor, price.model)
            oldest[name] = min(price.as_of, oldest.get(name, price.as_of))
        return tuple(
            f"{vendor} {model}: price of {seen}, {(on - seen).days} days old"
            for (vendor, model), seen in oldest.items()
            if on - seen > OLD_AFTER
        )

    @cached_property
    def _book(self) -> Mapping[tuple[str, str, str], tuple[Price, ...]]:
        book: dict[tuple[str, str, str], tuple[Price, ...]] = {}
        for price in self.prices:
            book[_key(price)] = (*book.get(_key(price), ()), price)
        return book

    def _worth(self, item: Item, on: date) -> Fraction:
        if item.units < 0:
            raise ValueError(f"A bill cannot hold {item.units} × {item.unit}: it would hide other costs.")
        price = self.price(item.vendor, item.model, item.unit, on)
        return Fraction(item.units) * Fraction(price.amount) / price.per

    def _refuse(self, vendor: str, model: str, unit: str, on: date) -> NoReturn:
        if known := self._book.get((vendor, model, unit)):
            days = "; ".join(_days(p) for p in known)
            why = f"is listed for {days} and not for {on}"
        elif units := self.units(vendor, model):
            why = f"is not listed (that model is sold by {', '.join(units)})"
        else:
            models = dict.fromkeys(p.model for p in self.prices if p.vendor == vendor)
            why = f"is not listed (of {vendor} it has {', '.join(models) or 'nothing'})"
        raise PriceMissing(
            f"What {vendor} {model} costs for one {unit} {why} in {THE_LIST}, so nothing was bought. Add a "
            "[[price]] for it to your own price file (POKEGEO_PRICES), or choose a model that is listed."
        )


def _key(price: Price) -> tuple[str, str, str]:
    return (price.vendor, price.model, price.unit)


def _days(price: Price) -> str:
    parts = (f"from {price.valid_from}" if price.valid_from else "",
             f"until {price.valid_until}" if price.valid_until else "")  # fmt: skip
    return " ".join(p for p in parts if p) or "every day"


def _rounded(amount: Fraction) -> Decimal:
    """`amount` to a millionth of a dollar, half up, without a detour through 28 digits."""
    millionths = (amount * 2_000_000 + 1) // 2
    return Decimal(millionths).scaleb(-6)


@lru_cache(maxsize=1)
def _house_list() -> PriceList:
    text = files("pokegeo_dagster.budget").joinpath("prices.toml").read_text(encoding="utf-8")
    return PriceList(_parsed(text, THE_LIST))


def _parsed(text: str, where: str) -> tuple[Price, ...]:
    try:
        data: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise OrderRefused(f"{where} is not TOML: {error}. Mend it there.") from None
    entries = data.pop("price", [])
    if data or not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        names = ", ".join(sorted(data)) or "price"
        raise OrderRefused(f"{where} has {names}, which is no price: write [[price]] entries only.")
    prices = tuple(p for number, e in enumerate(entries, 1) for p in _entry(e, number, where).prices())
    _without_overlap(prices, where)
    return prices


def _entry(data: dict[str, Any], number: int, where: str) -> _Entry:
    try:
        return _Entry.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(step) for step in first["loc"]) or "entry"
        name = f"{data.get('vendor', '?')} {data.get('model', '?')}"
        raise OrderRefused(
            f"{where}, [[price]] {number} ({name}): {field}: {first['msg']}. Write it as in {THE_LIST}: "
            'usd as text in quotes ("0.42"), days as 2026-11-21.'
        ) from None


def _without_overlap(prices: tuple[Price, ...], where: str) -> None:
    """Two prices for one unit on one day would make the bill depend on the order of a file."""
    spans: dict[tuple[str, str, str], list[tuple[date, date]]] = {}
    for price in prices:
        first, last = price.valid_from or date.min, price.valid_until or date.max
        for other_first, other_last in spans.setdefault(_key(price), []):
            if first <= other_last and other_first <= last:
                raise OrderRefused(f"{where} has two prices on a day for {' '.join(_key(price))}. Keep one.")
        spans[_key(price)].append((first, last))
