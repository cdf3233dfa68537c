"""What must hold of a spoken line."""

import dagster as dg

from pokegeo_dagster.defs.office.craft import Check, Verdict
from pokegeo_dagster.defs.office.takes import Take
from pokegeo_dagster.film.edit.delivery import SAMPLE_RATE_HZ
from pokegeo_dagster.providers.bench.mixer import voice_samples


def _spoken(take: Take) -> Verdict:
    seconds = voice_samples(take.path()) / SAMPLE_RATE_HZ
    return Verdict(
        passed=6.0 <= seconds <= 8.0,
        why=f"{seconds:.2f} s spoken; 6–8 s is asked",
        measured={"spoken (s)": round(seconds, 3)},
        severity=dg.AssetCheckSeverity.WARN if seconds > 0 else dg.AssetCheckSeverity.ERROR,
    )


NARRATION_SPOKEN = Check(
    "the_narration_lasts_six_to_eight_seconds",
    "Measured on the sound. A warning; empty is an error.",
    _spoken,
)
