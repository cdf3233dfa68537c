"""Judging: each take is judged once by each edition of a check, the verdict is kept in the studio's
records, and nothing is bought that would be made from a take that fails a check which blocks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import dagster as dg

from pokegeo_dagster.defs.office.craft import Check, Verdict, Work
from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.defs.office.takes import Take
from pokegeo_dagster.film.errors import CheckFailed, ProductionError
from pokegeo_dagster.storage.verdicts import JudgedRow, WaiverRow


@dataclass(frozen=True)
class Judged:
    """A verdict, and a person's word in spite of it where there is one."""

    check: Check
    take: Take
    row: JudgedRow
    waiver: WaiverRow | None = None

    @property
    def passed(self) -> bool:
        """Whether the take may go on: it passed, or was let pass."""
        return self.row.passed or self.waiver is not None

    @property
    def why(self) -> str:
        """What the check found; and, where it was let pass, by whom and why."""
        if self.row.passed or self.waiver is None:
            return self.row.why
        return f"{self.row.why}; let pass by {self.waiver.author}: {self.waiver.because}"

    @property
    def severity(self) -> dg.AssetCheckSeverity:
        """How bad it is that it failed."""
        warned = self.row.severity == "warn"
        return dg.AssetCheckSeverity.WARN if warned else dg.AssetCheckSeverity.ERROR

    @property
    def blocks(self) -> bool:
        """Whether nothing may be bought that is made from this take."""
        return self.check.blocking and not self.passed and self.row.severity == "error"


Record = Mapping[tuple[int, str], tuple[JudgedRow, WaiverRow | None]]  # by take and check


def on_record(studio: Studio, takes: Sequence[Take]) -> Record:
    """The latest verdicts on many takes, in one look."""
    found = studio.verdicts.of_takes([take.row.id for take in takes])
    return {(row.take_id, row.check): (row, waiver) for row, waiver in found}


def judged(check: Check, take: Take, record: Record | None = None) -> Judged:
    """What a check says of a take: from the records, or judged now and put there.

    A take that cannot be judged (its bytes are gone) fails, and that is not put on record. What was read
    of the records already is in `record`.
    """
    file, against = take.studio.verdicts, check.against(take)
    row, waiver = (record or {}).get((take.row.id, check.name), (None, None))
    if row is not None and (row.edition, row.against) == (check.edition, against):
        return Judged(check, take, row, None if row.passed else waiver)
    row = file.find(take.row.id, check.name, check.edition, against)
    if row is None:
        try:
            row = file.file(_row(check, take, against, check.judge(take)))
        except ProductionError as trouble:
            row = _row(check, take, against, Verdict(False, f"cannot be judged: {trouble}"))
    waiver = None if row.passed else file.waiver(take.row.id, check.name)
    return Judged(check, take, row, waiver)


def _row(check: Check, take: Take, against: str, found: Verdict) -> JudgedRow:
    warned = found.severity is dg.AssetCheckSeverity.WARN
    return JudgedRow(
        take_id=take.row.id,
        check=check.name,
        edition=check.edition,
        against=against,
        passed=found.passed,
        severity="warn" if warned else "error",
        why=found.why,
        measured=found.measured,
    )


def held_up(work: Work) -> CheckFailed | None:
    """Why nothing may be bought for this piece of work, if something it is made from fails a check
    that blocks: the first such verdict, told with what to do."""
    for take in work.inputs:
        for check in checks_of(take.asset):
            if check.blocking and (found := judged(check, take)).blocks:
                place = take.place
                return CheckFailed(
                    take.asset,
                    place.key,
                    check.name,
                    found.row.why,
                    dict(found.row.measured),
                    f"{check.mend.format(episode=place.episode, key=place.key)} To use it as it is: "
                    f'pokegeo pass {place.episode} {place.key} {check.name} --because "…"',
                )
    return None


def checks_of(asset: str) -> tuple[Check, ...]:
    """Every check of an asset."""
    from pokegeo_dagster.defs.graph import GRAPH  # made of crafts, one of which reports on verdicts

    return GRAPH[asset].checks if asset in GRAPH else ()
