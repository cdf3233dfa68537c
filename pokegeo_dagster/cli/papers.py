"""The papers of a hand-over: what every piece cost, and where it is from."""

from pokegeo_dagster.budget.cost_sheet import cost_sheet
from pokegeo_dagster.cli.ledger import asked_for
from pokegeo_dagster.defs.graph import CALL_SHEET
from pokegeo_dagster.defs.office.accounts import Pieces, free_line, moment, purchase_line
from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.film.edit.provenance import Origin, provenance_sheet
from pokegeo_dagster.storage.ledger import Ledger
from pokegeo_dagster.storage.rows import TakeRow

# Where a slate keeps the words that a piece was made from.
WORDS = ("prompt", "text", "cue", "description")


def costs(studio: Studio, episode: str) -> str:
    """The cost sheet: pieces that cost nothing, then every purchase, as the ledger has it."""
    pieces = studio.db.approved(episode)
    purchases = Ledger(studio.settings.database_url).purchases(episode)
    bought = {task.slot.recipe for task, _ in purchases}
    lines = [free_line(row) for row in _in_order(pieces) if row.recipe not in bought]
    return cost_sheet([*lines, *(purchase_line(task, charged, pieces) for task, charged in purchases)])


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
                made=moment(row.created_at),
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
