"""What the studio's database hands out: frozen values, parsed once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from pokegeo_dagster.storage.media_store import MediaRef


@dataclass(frozen=True, slots=True)
class TakeRow:
    """One bought or house-made result for one recipe. `number` counts from 1 within the recipe."""

    id: int
    episode: str
    asset: str
    key: str
    recipe: str
    number: int
    data_version: str
    files: Mapping[str, MediaRef]  # by part; `main` is the thing itself
    slate: Mapping[str, Any]
    member: str
    model: str
    cost_usd: Decimal
    paid: bool
    author: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Approved:
    """The current take of one key, and what it was made from ("asset/key=version;…")."""

    take: TakeRow
    data_version: str
    inputs_text: str
    approved_at: datetime

    @property
    def take_id(self) -> int:
        """The id of the take that is current."""
        return self.take.id


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a key could not be made the last time it was tried."""

    episode: str
    asset: str
    key: str
    reason: str
    error_type: str
    run_id: str | None
    at: datetime
    tries: int = 1  # since it last succeeded
