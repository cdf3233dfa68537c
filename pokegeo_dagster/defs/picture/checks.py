"""What must hold of pictures and clips. Measured on the files, not taken from what was ordered."""

from functools import lru_cache
from pathlib import Path

import dagster as dg

from pokegeo_dagster.defs.office.craft import Check, Verdict
from pokegeo_dagster.defs.office.takes import Take, Takes
from pokegeo_dagster.film.edit.quality_takes import Opening, something_to_see, subjects_in_frame
from pokegeo_dagster.film.edit.timeline import LONGEST_HOLD_S, plan_segment
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.slices import ShotSlice
from pokegeo_dagster.providers.bench.inspection_takes import look
from pokegeo_dagster.providers.bench.probe import probe

ANOTHER_FRAME = (
    "Draw what is in it again (pokegeo redo {episode} REFERENCE --what reference --new-take), or edit its "
    "framing and placement (pokegeo screenplay show {episode})."
)


@lru_cache(maxsize=4)
def _opening_in(version: str, parts: tuple[tuple[str, Path], ...]) -> Opening:
    """Three checks ask the same of one composite: it is read once."""
    return look(dict(parts))


def _opening(take: Take) -> Opening:
    wanted = ("main", "layers", *(part for part in take.files if part.startswith("subject")))
    parts = tuple((part, take.path(part)) for part in wanted if part in take.files)
    return _opening_in(take.version, parts)


def _exact(take: Take) -> Verdict:
    asked = Takes("brief", take.studio).of(take.place).read(Brief).delivery
    seen = _opening(take)
    return Verdict(
        passed=(seen.width_px, seen.height_px) == (asked.width_px, asked.height_px),
        why=f"{seen.width_px}×{seen.height_px}; {asked.width_px}×{asked.height_px} is delivered",
        measured={"width (px)": seen.width_px, "height (px)": seen.height_px},
    )


def _visible(take: Take) -> Verdict:
    seen = _opening(take)
    ruling = something_to_see(seen)
    levels = {"darkest": seen.darkest, "brightest": seen.brightest, "span": seen.span}
    return Verdict(ruling.passed, ruling.why, levels)


def _peopled(take: Take) -> Verdict:
    seen = _opening(take)
    ruling = subjects_in_frame(seen)
    return Verdict(ruling.passed, ruling.why, {name: f"{100 * share:.2f} %" for name, share in seen.subjects})


def _needed_s(take: Take) -> float:
    line = Takes("narration", take.studio).of(take.place)
    delivery = Takes("shot", take.studio).of(take.place).read(ShotSlice).delivery
    return plan_segment(line.slate["samples"], delivery).frames / delivery.rate_fps


def _long_enough(take: Take) -> Verdict:
    needed = _needed_s(take)
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
    "the_composite_is_exactly_the_delivered_size",
    "1920×1080 unless the brief says otherwise.",
    _exact,
    blocking=True,
    mend=ANOTHER_FRAME,
)
COMPOSITE_VISIBLE = Check(
    "the_composite_shows_something",
    "Neither black nor white nor one flat tone.",
    _visible,
    blocking=True,
    mend=ANOTHER_FRAME,
)
COMPOSITE_PEOPLED = Check(
    "every_subject_is_in_the_composite",
    "Whatever was placed covers some of the frame.",
    _peopled,
    blocking=True,
    mend=ANOTHER_FRAME,
)
COMPOSITE_CHECKS = (COMPOSITE_EXACT, COMPOSITE_VISIBLE, COMPOSITE_PEOPLED)
CLIP_LONG_ENOUGH = Check(
    "the_clip_is_as_long_as_its_segment_needs",
    "Filmed length against the line it plays under.",
    _long_enough,
    against=lambda take: f"{_needed_s(take):.6f}",
)
