"""What must hold of pictures and clips. Measured on the files, not taken from what was ordered."""

import dagster as dg
from PIL import Image

from pokegeo_dagster.defs.office.craft import Check, Verdict
from pokegeo_dagster.defs.office.takes import Take, Takes
from pokegeo_dagster.film.edit.timeline import LONGEST_HOLD_S, plan_segment
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.slices import ShotSlice
from pokegeo_dagster.providers.bench.probe import probe


def _exact(take: Take) -> Verdict:
    asked = Takes("brief", take.studio).of(take.place).read(Brief).delivery
    with Image.open(take.path()) as picture:
        width, height = picture.size
    passed = (width, height) == (asked.width_px, asked.height_px)
    return Verdict(
        passed=passed,
        why=f"{width}×{height}; {asked.width_px}×{asked.height_px} is delivered",
        measured={"width (px)": width, "height (px)": height},
    )


def _long_enough(take: Take) -> Verdict:
    line = Takes("narration", take.studio).of(take.place)
    delivery = Takes("shot", take.studio).of(take.place).read(ShotSlice).delivery
    needed = plan_segment(line.slate["samples"], delivery).frames / delivery.rate_fps
    there = probe(take.path()).duration_s
    held = needed - there <= LONGEST_HOLD_S
    return Verdict(
        passed=there + 1e-6 >= needed,
        why=f"{there:.3f} s filmed; its segment needs {needed:.3f} s"
        + ("; the last frame is held" if held and there + 1e-6 < needed else ""),
        measured={"filmed (s)": there, "needed (s)": needed},
        severity=dg.AssetCheckSeverity.WARN if held else dg.AssetCheckSeverity.ERROR,
    )


COMPOSITE_EXACT = Check(
    "the_composite_is_exactly_the_delivered_size", "1920×1080 unless the brief says otherwise.", _exact
)
CLIP_LONG_ENOUGH = Check(
    "the_clip_is_as_long_as_its_segment_needs", "Filmed length against the line it plays under.", _long_enough
)
