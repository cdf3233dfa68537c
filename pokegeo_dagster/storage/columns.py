"""Column types that mean the same in SQLite and PostgreSQL: money, moments, row numbers."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Integer, Numeric
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

MICRO = Decimal("0.000001")
# AUTOINCREMENT in SQLite needs the plain type; ids are never given twice.
RowId = BigInteger().with_variant(Integer(), "sqlite")


class Units(TypeDecorator[Decimal]):
    """An exact Decimal with six places: seconds, characters, credits. What is finer is rounded half up.

    NUMERIC in PostgreSQL. SQLite has no exact decimals and would sum floats, so there it is a whole
    number of millionths: sums in SQL are exact in both. A float is a TypeError.
    """

    impl = Numeric
    cache_ok = True
    digits = 18

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """BIGINT for SQLite, NUMERIC elsewhere."""
        return dialect.type_descriptor(BigInteger() if dialect.name == "sqlite" else Numeric(self.digits, 6))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """An amount on its way into the database."""
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise TypeError(f"An exact amount is a Decimal, not {type(value).__name__}: {value!r}")
        exact = Decimal(value).quantize(MICRO, ROUND_HALF_UP)
        return int(exact.scaleb(6)) if dialect.name == "sqlite" else exact

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """An amount, or a sum of amounts, on its way out."""
        if value is None:
            return None
        return Decimal(value).scaleb(-6) if dialect.name == "sqlite" else Decimal(value)


class Usd(Units):
    """US dollars, exactly: below a million, to a millionth."""

    cache_ok = True
    digits = 12


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, with its zone both ways. A datetime without a zone is a TypeError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> datetime | None:
        """A moment on its way in. SQLite keeps it as text that sorts by time."""
        if value is None:
            return None
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise TypeError(f"A moment needs its zone: {value!r}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """A moment on its way out."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
