"""The front door: what Dagster loads."""

import dagster as dg

from pokegeo_dagster.defs.graph import CALL_SHEET, GRAPH
from pokegeo_dagster.defs.office import alerts, batches, maintenance
from pokegeo_dagster.defs.office.assets import asset_of
from pokegeo_dagster.defs.office.jobs import JOBS
from pokegeo_dagster.defs.office.runs import episode_job
from pokegeo_dagster.defs.office.sensors import fair_turns
from pokegeo_dagster.defs.office.studio import StudioResource
from pokegeo_dagster.defs.office.takes import TakesIOManager

_studio = StudioResource()
_episode = episode_job(lambda: defs)

defs = dg.Definitions(
    assets=[asset_of(craft, GRAPH) for craft in CALL_SHEET],
    resources={"studio": _studio, "takes": TakesIOManager(studio=_studio)},
    jobs=[*JOBS, _episode, *maintenance.JOBS],
    sensors=[fair_turns(_episode), *alerts.SENSORS],
    schedules=[*batches.SCHEDULES, *maintenance.SCHEDULES],
    executor=dg.in_process_executor,
)
