"""The accounts of an episode: every purchase and every piece that cost nothing, a line each."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from pokegeo_dagster.budget.books import Task
from pokegeo_dagster.budget.cost_sheet import CostLine, use_of
from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.film.digest import digest
from pokegeo_dagster.storage.ledger import Ledger
from pokegeo_dagster.storage.rows import Approved, TakeRow

Pieces = Mapping[tuple[str, str], Approved]


def purchases(studio: Studio, episode: str) -> list[CostLine]:
    """Every purchase that was ever ordered for an episode, the oldest first."""
    pieces = studio.db.approved(episode)
    booked = Ledger(studio.settings.database_url).purchases(episode)
    return [purchase_line(task, charged, pieces) for task, charged in booked]


def free_line(row: TakeRow) -> CostLine:
    """A piece that was made here for nothing."""
    return CostLine(
        asset=row.asset,
        piece=row.key,
        take=row.number,
        by=row.member,
        model=row.model,
        state="made here",
        quoted=Decimal(0),
        charged=Decimal(0),
        use="in the film",
        ordered=moment(row.created_at),
    )


def purchase_line(task: Task, charged: Decimal, pieces: Pieces) -> CostLine:
    """A purchase, with what the ledger says it was charged and whether its take is the approved one."""
    slot = task.slot
    approved = pieces.get((slot.asset, slot.key))
    # The repair of a text is a purchase of its own, with a recipe made from the first one's.
    recipes = (
        {approved.take.recipe, digest({"recipe": approved.take.recipe, "round": 2})} if approved else set()
    )
    used = approved is not None and slot.recipe in recipes and slot.number == approved.take.number
    return CostLine(
        asset=slot.asset,
        piece=slot.key,
        take=slot.number,
        by=task.vendor,
        model=task.model,
        state=task.state,
        quoted=task.quote_usd,
        charged=charged,
        use=use_of(task.state, charged, used),
        vendor_task=task.task_id or "",
        ordered=moment(task.created_at) if task.created_at else "",
    )


def moment(at: datetime) -> str:
    """A moment in UTC, for a sheet."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
