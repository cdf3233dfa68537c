"""The call sheet: every craft of the production, in the order in which the work flows."""

from pokegeo_dagster.defs.edit.animatic import animatic
from pokegeo_dagster.defs.edit.assets import final_cut, segment
from pokegeo_dagster.defs.edit.greenlight import greenlight
from pokegeo_dagster.defs.edit.handover import captions, timeline
from pokegeo_dagster.defs.edit.quality import qc_report
from pokegeo_dagster.defs.edit.report import episode_report
from pokegeo_dagster.defs.edit.vertical import vertical_cut
from pokegeo_dagster.defs.office.craft import Craft
from pokegeo_dagster.defs.picture.assets import clip, composite, reference
from pokegeo_dagster.defs.sound.assets import narration, sound_effect
from pokegeo_dagster.defs.sound.mix import mix
from pokegeo_dagster.defs.story.assets import brief, dossier, pitches, screenplay, shot

CALL_SHEET: tuple[Craft, ...] = (
    brief,
    dossier,
    pitches,
    screenplay,
    shot,
    narration,
    sound_effect,
    mix,
    reference,
    composite,
    animatic,
    greenlight,
    clip,
    segment,
    final_cut,
    timeline,
    captions,
    vertical_cut,
    qc_report,
    episode_report,
)
GRAPH: dict[str, Craft] = {craft.name: craft for craft in CALL_SHEET}
