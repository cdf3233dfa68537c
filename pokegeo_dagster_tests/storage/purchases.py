"""Purchases to put on the books, and how they get where a test wants them."""

from dataclasses import replace
from decimal import Decimal

from sqlalchemy import select

from pokegeo_dagster.budget.books import Quote, Slot
from pokegeo_dagster.budget.caps import Caps
from pokegeo_dagster.budget.quota import Desk
from pokegeo_dagster.film.vendors import Charge
from pokegeo_dagster.storage import schema

RECIPE = "ab" * 32
SLOT = Slot("haunter", "default", "clip", "clip_05", RECIPE)
NO_CAPS = {"haunter": Caps()}
ME, OTHER = "here|1|1.00|1", "there|2|2.00|1"
DESK = Desk(vendor="kie", at_once=3)
CHARGE = Charge(usd=Decimal("0.42"), request_id="req-1")
RESULT = {"files": {"main": {"key": "k"}}, "facts": {"line": "«émoi»"}, "charge": {}}


def a_quote(key="clip_05", usd="0.42", **changes):
    return Quote(replace(SLOT, key=key, **changes), "kie", "kling", Decimal(usd), {"prompt": "drifts"})


def admitted(books, key="clip_05", owner=ME):
    return books.admit([a_quote(key)], NO_CAPS, owner)[0]


def asked(books, key="clip_05", owner=ME):
    intent, _ = books.intend(admitted(books, key, owner), owner, replace_desk(200), 900)
    assert intent.state == "intent"
    return intent


def replace_desk(at_once, **changes):
    return DESK.model_copy(update={"at_once": at_once, **changes})


def ledger(db):
    columns = (schema.ledger.c.kind, schema.ledger.c.amount_usd)
    with db._database.transaction(write=False) as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(schema.ledger.c.id))]


def add_take(db, task):
    db.add_take(
        episode="haunter", asset="clip", key=task.slot.key, recipe=RECIPE, data_version="23" * 32, files={},
        slate={}, member="kling", model="kling", cost_usd=task.charged_usd, paid=True, tasks=[task.id],
    )  # fmt: skip
