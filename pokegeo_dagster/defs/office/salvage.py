"""Salvage: what was bought and is asked for no more (its order was edited while a vendor was at work)
is fetched all the same, booked, and kept as a take. Paid for is paid for."""

import logging

from pokegeo_dagster.defs.office.craft import Craft
from pokegeo_dagster.defs.office.making import bring_in
from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.film.errors import JobFailed, ProductionError
from pokegeo_dagster.film.vendors import Job, Pending, Ticket
from pokegeo_dagster.providers.kie.camera import KlingCamera
from pokegeo_dagster.storage.ledger import Ledger

log = logging.getLogger("pokegeo.purse")


def salvage(studio: Studio, episode: str, camera_craft: Craft) -> int:
    """Brings in every clip of an episode that is done at KIE and that nobody is waiting for. Says how
    many. What is still at work there is left for the next time; trouble with one stops no other."""
    camera = studio.at_work_on(episode).crew.camera
    if not isinstance(camera, KlingCamera):
        return 0
    brought = 0
    for task in Ledger(studio.settings.database_url).under_way(episode, "kie"):
        job = camera.under_way(task.request)
        try:
            if task.task_id is None or _still_at_work(job, task.task_id):
                continue
            bring_in(camera_craft, studio, task, job)
            brought += 1
        except ProductionError as trouble:  # a failure is booked by then; silence is asked again next time
            log.warning("task %s of %s was not brought in: %s", task.task_id, task.slot.key, trouble)
    return brought


def _still_at_work(job: Job, task_id: str) -> bool:
    try:
        return isinstance(job.poll(Ticket(task_id)), Pending)
    except JobFailed:
        return False  # over, and the purse books how
