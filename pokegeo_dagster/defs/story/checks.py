"""What must hold of a story before anything is drawn, spoken or filmed."""

import dagster as dg

from pokegeo_dagster.defs.office.craft import Check, Verdict
from pokegeo_dagster.defs.office.takes import Take
from pokegeo_dagster.film.picture.motion import faults
from pokegeo_dagster.film.sound.pacing import spoken_seconds
from pokegeo_dagster.film.story.brief import for_an_edit
from pokegeo_dagster.film.story.rules import complaints
from pokegeo_dagster.film.story.screenplay import Screenplay
from pokegeo_dagster.film.story.slices import ShotSlice


def _beats(take: Take) -> Verdict:
    play = take.read(Screenplay)
    found = complaints(play, references=for_an_edit(take.studio.db.brief(take.place.episode)))
    return Verdict(
        passed=not found,
        why="; ".join(found) or "every rule of the format holds",
        measured={"clips": len(play.shots), "references": len(play.references), "complaints": len(found)},
    )


def _camera(take: Take) -> Verdict:
    planned = take.read(ShotSlice).shot
    found = faults(planned.motion, planned.movement)
    return Verdict(not found, "; ".join(found) or "one movement, camera last", {"faults": len(found)})


def _narration(take: Take) -> Verdict:
    line = take.read(ShotSlice).shot.narration
    seconds = spoken_seconds(line)
    return Verdict(
        passed=bool(line.strip()) and 6.0 <= seconds <= 8.0,
        why=f"about {seconds:.1f} s spoken; 6–8 s is asked",
        measured={"estimated (s)": round(seconds, 2)},
        severity=dg.AssetCheckSeverity.WARN if line.strip() else dg.AssetCheckSeverity.ERROR,
    )


BEATS_IN_ORDER = Check(
    "the_screenplay_can_be_filmed",
    "Beats in order, every reference there, one movement a clip, the camera last.",
    _beats,
)
CAMERA_LAST = Check(
    "the_motion_prompt_puts_the_camera_last",
    "A breathing photograph: one movement, and the camera in the last words only.",
    _camera,
)
NARRATION_WRITTEN = Check(
    "the_line_speaks_for_six_to_eight_seconds", "By estimate, before it is spoken.", _narration
)
