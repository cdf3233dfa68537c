"""Maintenance: once a night, if somebody turns it on, or by `pokegeo clean`."""

import shutil
import time
from pathlib import Path

import dagster as dg

from pokegeo_dagster.defs.office.studio import Studio, StudioResource
from pokegeo_dagster.storage.housekeeping import TAKE_DAYS, Housekeeping, Sweep

A_DAY_S = 86_400
LOG_DAYS = 90


def clean(studio: Studio, dry_run: bool, take_days: int = TAKE_DAYS) -> list[Sweep]:
    """Sweeps, or says what would be swept. Nothing that was paid for, that a human wrote or that is in a
    film ever goes."""
    home = studio.settings.home
    broom = Housekeeping(studio.settings.database_url, studio.store, home / "run", dry_run)
    if not dry_run:
        studio.store.probe_writable()  # clears what crashed uploads of earlier days left behind
    return [
        broom.old_quotas(),
        broom.superseded_takes(take_days),
        broom.orphans(),
        _old_things("rooms of work that was killed", studio.scratch(), "*", 1, dry_run),
        _old_things(
            f"logs older than {LOG_DAYS} days", home / "logs", "production-*.jsonl", LOG_DAYS, dry_run
        ),
    ]


def _old_things(what: str, folder: Path, names: str, days: int, dry_run: bool) -> Sweep:
    old = [path for path in folder.glob(names) if time.time() - path.stat().st_mtime > days * A_DAY_S]
    size = sum(
        file.stat().st_size
        for path in old
        for file in (path.rglob("*") if path.is_dir() else [path])
        if file.is_file()
    )
    if not dry_run:
        for path in old:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
    return Sweep(what, len(old), size)


@dg.op(description="Sweeps the studio: see the schedule «nightly_maintenance».")
def sweep(context: dg.OpExecutionContext, studio: StudioResource) -> None:
    """Sweeps, and says in the run's log what went."""
    for swept in clean(studio.open(), dry_run=False):
        context.log.info(f"{swept.count} {swept.what}, {swept.size_bytes:,} bytes")


@dg.job(
    name="maintenance",
    description=(
        "Sweeps the studio: quota rows older than 7 days, house takes that newer ones replaced for a week, "
        "objects that nothing refers to, rooms of killed work, old logs. Never anything that was paid "
        "for, that a human wrote, or that is in a film. `pokegeo clean --dry-run` says what would go."
    ),
)
def maintenance() -> None:
    """Sweeps once."""
    sweep()


nightly_maintenance = dg.ScheduleDefinition(
    name="nightly_maintenance",
    job=maintenance,
    cron_schedule="0 1 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.STOPPED,
    description="Off until you turn it on. Every night at 01:00 UTC: the job «maintenance».",
)

SCHEDULES = [nightly_maintenance]
JOBS = [maintenance]
