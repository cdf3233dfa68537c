"""A purchase and a line of the ledger, as rows of the studio's database and back."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row

from pokegeo_dagster.budget.books import Quote, Slot, State, Task
from pokegeo_dagster.film.digest import canonical_json
from pokegeo_dagster.film.errors import (
    AccountTrouble,
    AnswerLost,
    JobFailed,
    NotTaken,
    QuotaSpent,
    Refused,
)
from pokegeo_dagster.film.vendors import Charge
from pokegeo_dagster.storage import schema

_tasks = schema.tasks
_ENDS = (Refused, AccountTrouble, QuotaSpent, NotTaken, JobFailed, AnswerLost)


def first_row(quote: Quote, owner: str, now: datetime, lease_s: float) -> dict[str, Any]:
    """A purchase as it is first put on the books."""
    slot = quote.slot
    return {
        "episode": slot.episode,
        "asset": slot.asset,
        "key": slot.key,
        "recipe": slot.recipe,
        "number": slot.number,
        "channel": slot.channel,
        "vendor": quote.vendor,
        "model": quote.model,
        "state": "admitted",
        "request_json": canonical_json(dict(quote.request)),
        "quote_usd": quote.usd,
        "charged_usd": Decimal(0),
        "lease_owner": owner,
        "lease_until": now + timedelta(seconds=lease_s),
        "created_at": now,
        "updated_at": now,
    }


def ledger_line(
    task: Task, now: datetime, kind: str, usd: Decimal, charge: Charge, note: str | None
) -> dict[str, Any]:
    """One line of the ledger: what moved, and for which purchase."""
    item = charge.items[0] if len(charge.items) == 1 else None
    return {
        "task_id": task.id,
        "at": now,
        "kind": kind,
        "vendor": task.vendor,
        "model": task.model,
        "units": item.units if item else None,
        "unit": item.unit if item else None,
        "amount_usd": usd,
        "episode": task.slot.episode,
        "channel": task.slot.channel,
        "clip": task.slot.key,
        "note": note or (sayable(f"request {charge.request_id}") if charge.request_id else None),
    }


def is_slot(slot: Slot) -> tuple[ColumnElement[bool], ...]:
    """The rows of a slot."""
    return (
        _tasks.c.episode == slot.episode,
        _tasks.c.asset == slot.asset,
        _tasks.c.key == slot.key,
        _tasks.c.recipe == slot.recipe,
        _tasks.c.number == slot.number,
    )


def or_again(task: Task, state: State, out_of: tuple[State, ...]) -> tuple[State, ...]:
    """A task that is known to be in `state` may be moved out of that one, and otherwise not."""
    return (state,) if task.state == state else out_of


def ended(state: State, error: Exception, now: datetime) -> dict[str, Any]:
    """What a settled purchase's row says from now on."""
    over = {"lease_owner": None, "lease_until": None, "settled_at": now}
    return {"state": state, **told(error), **over}


def told(error: Exception) -> dict[str, Any]:
    """What happened, by its name in `film.errors`: a vendor's own kind of Refused is a Refused."""
    kind = next((known for known in _ENDS if isinstance(error, known)), type(error))
    return {"error_type": kind.__name__, "error_text": sayable(str(error))}


def sayable(said: str) -> str:
    """A stranger's text without what PostgreSQL or UTF-8 cannot hold."""
    return said.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def as_task(row: Row[Any]) -> Task:
    """A row as the purse knows it."""
    return Task(
        id=row.id,
        slot=Slot(row.episode, row.channel, row.asset, row.key, row.recipe, row.number),
        vendor=row.vendor,
        model=row.model,
        state=row.state,
        quote_usd=row.quote_usd,
        charged_usd=row.charged_usd,
        task_id=row.vendor_task_id,
        request=json.loads(row.request_json or "{}"),
        result=json.loads(row.result_json or "{}"),
        error_type=row.error_type,
        error_text=row.error_text,
        owner=row.lease_owner,
        submitted_at=row.submitted_at,
        created_at=row.created_at,
    )
