"""The papers of a hand-over: what every piece cost, and where it is from."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from pokegeo_dagster.budget.books import Task
from pokegeo_dagster.budget.cost_sheet import CostLine, cost_sheet, use_of
from pokegeo_dagster.cli.ledger import asked_for
from pokegeo_dagster.defs.graph import CALL_SHEET
from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.film.digest import digest
from pokegeo_dagster.film.edit.provenance import Origin, provenance_sheet
from pokegeo_dagster.storage.ledger import Ledger
from pokegeo_dagster.storage.rows import Approved, TakeRow

Pieces = Mapping[tuple[str, str], Approved]
# Where a slate keeps the words that a piece was made from.
WORDS = ("prompt", "text", "cue", "description")


def costs(studio: Studio, episode: str) -> str:
    """The cost sheet: pieces that cost nothing, then every purchase, as the ledger has it."""
    pieces = studio.db.approved(episode)
    purchases = Ledger(studio.settings.database_url).purchases(episode)
    bought = {task.slot.recipe for task, _ in purchases}
    lines = [_free(row) for row in _in_order(pieces) if row.recipe not in bought]
    return cost_sheet([*lines, *(_purchase(task, charged, pieces) for task, charged in purchases)])


def origins(studio: Studio, episode: str) -> str:
    """The provenance sheet: every piece that is in the film."""
    pieces = studio.db.approved(episode)
    purchases = Ledger(studio.settings.database_url).purchases(episode)
    asked = {(t.slot.asset, t.slot.key, t.slot.recipe, t.slot.number): t.request for t, _ in purchases}
    told = []
    for row in _in_order(pieces):
        request = asked.get((row.asset, row.key, row.recipe, row.number))
        words = asked_for(request) if request else ""
        slate = row.slate
        told.append(
            Origin(
                asset=row.asset,
                piece=row.key,
                take=row.number,
                by=row.member,
                model=row.model,
                author="human" if _by_human(row, pieces) else "machine",
                prompt=words or next((str(slate[name]) for name in WORDS if slate.get(name)), ""),
                recipe=row.recipe,
                made=_moment(row.created_at),
                sha256=row.files["main"].sha256,
                inputs=pieces[row.asset, row.key].inputs_text,
                stand_in_for=str(slate.get("stand_in_for") or ""),
            )
        )
    return provenance_sheet(told)


def _in_order(pieces: Pieces) -> list[TakeRow]:
    order = {craft.name: number for number, craft in enumerate(CALL_SHEET)}
    known = [approved.take for (asset, _), approved in pieces.items() if asset in order]
    return sorted(known, key=lambda row: (order[row.asset], row.key))


def _by_human(row: TakeRow, pieces: Pieces) -> bool:
    """Whether the words are a human's: its own, or those of the shot or screenplay it was made from."""
    source = ("shot", row.key) if row.key.startswith("clip_") else ("screenplay", "film")
    above = pieces.get(source) if row.key != "film" else None
    return "human" in (row.author, above.take.author if above else None)


def _free(row: TakeRow) -> CostLine:
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
        ordered=_moment(row.created_at),
    )


def _purchase(task: Task, charged: Decimal, pieces: Pieces) -> CostLine:
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
        ordered=_moment(task.created_at) if task.created_at else "",
    )


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
