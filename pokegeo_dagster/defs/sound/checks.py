"""What must hold of a spoken line, before a clip is bought that is as long as it is."""

from functools import lru_cache
from pathlib import Path

import dagster as dg

from pokegeo_dagster.defs.office.craft import Check, Verdict
from pokegeo_dagster.defs.office.takes import Take, Takes
from pokegeo_dagster.film.edit.delivery import SAMPLE_RATE_HZ
from pokegeo_dagster.film.edit.quality_takes import (
    Ruling,
    Voice,
    can_be_heard,
    fits_its_clip,
    is_undistorted,
    words_of_a_line,
)
from pokegeo_dagster.film.story.slices import ShotSlice
from pokegeo_dagster.providers.bench.inspection_takes import hear
from pokegeo_dagster.providers.bench.listening import EDITION, listen
from pokegeo_dagster.providers.bench.mixer import voice_samples

ANOTHER_LINE = (
    "Ask for another take (pokegeo redo {episode} {key} --what narration --new-take), go back to an older "
    "one (pokegeo takes {episode} {key} --what narration), or edit the line (pokegeo screenplay show "
    "{episode})."
)


def _spoken(take: Take) -> Verdict:
    seconds = voice_samples(take.path()) / SAMPLE_RATE_HZ
    return Verdict(
        passed=6.0 <= seconds <= 8.0,
        why=f"{seconds:.2f} s spoken; 6–8 s is asked",
        measured={"spoken (s)": round(seconds, 3)},
        severity=dg.AssetCheckSeverity.WARN if seconds > 0 else dg.AssetCheckSeverity.ERROR,
    )


def verdict(ruling: Ruling, **measured: object) -> Verdict:
    """A ruling as Dagster is told it; underscores in the names of what was measured are spaces."""
    warned = ruling.severity == "warn"
    return Verdict(
        ruling.passed,
        ruling.why,
        {name.replace("_", " "): value for name, value in measured.items()},
        dg.AssetCheckSeverity.WARN if warned else dg.AssetCheckSeverity.ERROR,
    )


@lru_cache(maxsize=8)
def _voice_in(path: Path, sha256: str) -> Voice:
    """Three checks ask the same of one file: it is decoded once."""
    return hear(path)


def _voice(take: Take) -> Voice:
    return _voice_in(take.path(), take.files["main"].sha256)


def _fits(take: Take) -> Verdict:
    found = _voice(take)
    return verdict(fits_its_clip(found), spoken_s=round(found.duration_s, 3))


def _audible(take: Take) -> Verdict:
    found = _voice(take)
    return verdict(can_be_heard(found), loudest_second_dbfs=found.loudest_dbfs)


def _clean(take: Take) -> Verdict:
    found = _voice(take)
    return verdict(is_undistorted(found), clipped=found.clipped_runs)


def _as_written(take: Take) -> Verdict:
    text = take.slate["text"]
    if not take.studio.settings.listens:
        return Verdict(True, "not listened to: POKEGEO_LISTENER is off", {"written": text})
    found = listen(take.path(), text, Takes("shot", take.studio).of(take.place).read(ShotSlice).names)
    return verdict(
        words_of_a_line(found.wrong, found.count, found.strange),
        written=text,
        heard=found.text,
        words=found.count,
        wrong=found.wrong,
        word_error_percent=round(100 * found.error, 1),
    )


NARRATION_SPOKEN = Check(
    "the_narration_lasts_six_to_eight_seconds",
    "Measured on the sound. A warning; empty is an error.",
    _spoken,
)
NARRATION_FITS = Check(
    "the_narration_fits_the_longest_clip",
    "As long as ten seconds of film can carry, with a breath before and after.",
    _fits,
    blocking=True,
    mend=ANOTHER_LINE,
)
NARRATION_AUDIBLE = Check(
    "the_narration_can_be_heard", "There is a voice in it.", _audible, blocking=True, mend=ANOTHER_LINE
)
NARRATION_CLEAN = Check(
    "the_narration_is_undistorted", "Nothing is clipped.", _clean, blocking=True, mend=ANOTHER_LINE
)
NARRATION_AS_WRITTEN = Check(
    "the_narration_says_what_is_written",
    "Heard by a small recogniser; names, numbers and spelling aliased. Over 30 % of a line is an error, a "
    "word that sounds nothing like what is written a warning.",
    _as_written,
    edition=EDITION,
    blocking=True,
    mend=ANOTHER_LINE,
    against=lambda take: "" if take.studio.settings.listens else "unheard",
)
NARRATION_CHECKS = (
    NARRATION_SPOKEN,
    NARRATION_FITS,
    NARRATION_AUDIBLE,
    NARRATION_CLEAN,
    NARRATION_AS_WRITTEN,
)
