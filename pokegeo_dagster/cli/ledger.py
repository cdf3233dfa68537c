"""`pokegeo ledger`: what was spent, what nobody knows, and a human's word on it."""

import json
import os
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pokegeo_dagster.budget.books import Task
from pokegeo_dagster.budget.caps import dollars, money
from pokegeo_dagster.cli.words import counted, wide_console
from pokegeo_dagster.film.errors import BriefRefused
from pokegeo_dagster.storage.books import StudioBooks
from pokegeo_dagster.storage.ledger import BY, By, Ledger, total
from pokegeo_dagster.storage.processes import process_name
from pokegeo_dagster.storage.settings import StudioSettings, studio_home
from pokegeo_dagster.storage.studio_db import StudioDb

# Where a vendor's own records are, for eyes (2026-11-21).
LOOK_AT = {
    "gemini": "the Logs and Usage pages of AI Studio (aistudio.google.com); it keeps nothing to fetch",
    "kie": "the task logs of kie.ai (kie.ai/logs): a task of that moment with this prompt has a task id",
    "elevenlabs": "History and Usage at elevenlabs.io, by the text of the line",
}
WITH_TASKS = ("kie",)  # these name a task that can be asked after
MOST_SHOWN = 100  # characters of what was asked
# What tells a person most about a request, of each vendor's fields.
TELLING = ("text", "prompt", "task", "endpoint")


def show_ledger(by: str) -> None:
    """A line an episode, channel, vendor or day: bought, quoted, charged, reserved, wasted."""
    grouped: By | None = next((known for known in BY if known == by), None)
    if grouped is None:
        raise BriefRefused(f"The ledger is not kept by {by!r}: choose {', '.join(BY)}.")
    ledger = Ledger(_database())
    lines = ledger.report(grouped)
    console = wide_console()
    if not lines:
        console.print("Nothing was ever bought here.")
        return
    table = Table(box=None, pad_edge=False)
    for name in (_title(grouped), "purchases", "quoted", "charged", "reserved", "wasted"):
        table.add_column(name, justify="left" if name == _title(grouped) else "right")
    for line in (*lines, total(lines)) if len(lines) > 1 else lines:
        sums = (line.quoted, line.charged, line.reserved, line.wasted)
        table.add_row(line.name, str(line.purchases), *(_usd(usd) for usd in sums))
    console.print(table)
    console.print(
        "[dim]quoted: before, for what has ended · reserved: promised, not charged yet · wasted: paid for "
        "and in no film[/]"
    )
    if lost := ledger.unknown():
        console.print(
            f"[yellow]{counted(len(lost), 'purchase')} nobody knows about[/]: see `pokegeo ledger unknown`."
        )


def show_unknown() -> None:
    """Every purchase whose answer was lost: what was asked, when, of whom, and where to look."""
    lost = Ledger(_database()).unknown()
    console = wide_console()
    if not lost:
        console.print("Nothing is unknown: every purchase has its answer.")
    for task in lost:
        _tell(console, task)


def settle(
    number: int, not_charged: bool, charged: str | None, found: str | None, note: str | None = None
) -> None:
    """Puts a human's word on a purchase on the books. Nothing is asked and nothing is bought."""
    if [not_charged, charged is not None, found is not None].count(True) != 1:
        raise BriefRefused(
            f"Say what became of purchase {number}: one of --not-charged, --charged USD, --found TASK_ID."
        )
    url = _database()
    task = Ledger(url).task(number)
    if task is None:
        raise BriefRefused(f"There is no purchase {number}: `pokegeo ledger unknown` lists what is open.")
    if task.state != "unknown":
        raise BriefRefused(
            f"Purchase {number} ({_piece(task)}) is {task.state}, which leaves nothing to settle."
        )
    if found is not None:
        print(_fetchable(StudioBooks(url), task, found.strip()))
    else:
        usd = dollars(charged, "--charged") if charged is not None else Decimal(0)
        print(_settled(StudioBooks(url), task, usd, note))


def _settled(books: StudioBooks, task: Task, usd: Decimal, note: str | None) -> str:
    word = note or ("a human says that it was charged" if usd else "a human says that it was not charged")
    if books.settle(task, usd, word) is None:
        raise BriefRefused(f"Purchase {task.id} was settled by somebody else just now: look again.")
    if usd:
        return (
            f"Settled: {_piece(task)} cost {money(usd)} and brought nothing. To buy another one: "
            f"pokegeo redo {task.slot.episode} {task.slot.key} --what {task.slot.asset} --new-take"
        )
    return (
        f"Settled: {_piece(task)} cost nothing. The next `pokegeo produce` of {task.slot.episode} buys it "
        f"({money(task.quote_usd)})."
    )


def _fetchable(books: StudioBooks, task: Task, task_id: str) -> str:
    if task.vendor not in WITH_TASKS:
        raise BriefRefused(
            f"{task.vendor} has no tasks to fetch: settle purchase {task.id} with --charged USD or "
            "--not-charged."
        )
    if not task_id or len(task_id) > 200 or not task_id.isprintable() or " " in task_id:
        raise BriefRefused(
            f"{task_id!r} is no task id of {task.vendor}: copy it from {LOOK_AT[task.vendor]}."
        )
    owner = f"{process_name()}|settle"
    minded = books.mind(task, owner)
    if minded is None:
        raise BriefRefused(f"Another process is looking for purchase {task.id} just now: try again later.")
    try:
        moved = books.running(minded, owner, task_id)
    finally:
        books.let_go(owner)
    if moved is None:
        raise BriefRefused(f"Purchase {task.id} was settled by somebody else just now: look again.")
    return (
        f"Noted: {_piece(task)} is task {task_id} at {task.vendor}. The next `pokegeo produce` of "
        f"{task.slot.episode} fetches it; nothing is bought again."
    )


def _tell(console: Console, task: Task) -> None:
    when = f"{task.submitted_at or task.created_at:%Y-%m-%d %H:%M:%S} UTC"
    lines = (
        f"[bold]{task.id}[/]  {escape(_piece(task))}, take {task.slot.number} · {task.vendor} "
        f"{escape(task.model)} · quoted {money(task.quote_usd)} · asked {when}",
        f"     asked for: {escape(summary(task.request))}",
        f"     what happened: {escape(task.error_text or 'nothing is known')}",
        f"     look at: {LOOK_AT.get(task.vendor, task.vendor)}",
        f"     then: pokegeo ledger settle {task.id} --not-charged | --charged {task.quote_usd.normalize():f}"
        + (" | --found TASK_ID" if task.vendor in WITH_TASKS else ""),
    )
    for line in lines:
        console.print(line)


def summary(request: Mapping[str, Any]) -> str:
    """What was asked, in a line: the words of the request, found wherever the vendor puts them."""
    words = asked_for(request)
    text = " ".join((words or json.dumps(dict(request), ensure_ascii=False)).split())
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"


def asked_for(value: object) -> str:
    """The words of a request, whole, wherever the vendor puts them; nothing where there are none."""
    if not isinstance(value, Mapping):
        return ""
    for name in TELLING:
        if isinstance(value.get(name), str) and value[name].strip():
            return value[name]
    return next((found for inner in value.values() if (found := asked_for(inner))), "")


def _piece(task: Task) -> str:
    return f"{task.slot.episode} {task.slot.asset} {task.slot.key}"


def _title(by: By) -> str:
    return "day (UTC)" if by == "day" else by


def _usd(usd: Decimal) -> str:
    return money(usd) if usd else "–"


def _database() -> str:
    """The studio's database, laid out."""
    settings = StudioSettings.from_env(os.environ, studio_home(os.environ))
    StudioDb(settings.database_url).migrate()
    return settings.database_url
