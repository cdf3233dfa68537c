"""A whole production from the terminal: what is made, stale or missing, and the runs that mend it.

It asks the same crafts and runs the same jobs as the UI does, in this process, against the same
instance, so that everything it makes is in the history.
"""

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import dagster as dg
import psutil

from pokegeo_dagster.defs.graph import CALL_SHEET
from pokegeo_dagster.defs.office.assets import HOST_TAG, ONLY_TAG, PROCESS_TAG, run_tags
from pokegeo_dagster.defs.office.craft import Craft
from pokegeo_dagster.defs.office.floor import is_whole
from pokegeo_dagster.defs.office.jobs import job_of
from pokegeo_dagster.defs.office.partitions import EPISODES
from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.defs.office.takes import NotReady
from pokegeo_dagster.film.errors import ProductionError
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.storage.rows import Failure

State = Literal["made", "stale", "missing", "waiting", "failed", "damaged"]
TO_DO: frozenset[State] = frozenset({"stale", "missing", "failed", "damaged"})

log = logging.getLogger("pokegeo.production")


@dataclass(frozen=True)
class Standing:
    """How one piece stands: `why` says what changed, what is awaited or what went wrong."""

    place: Place
    state: State
    why: str = ""


def standing(craft: Craft, studio: Studio, place: Place) -> Standing:
    """How one piece stands, by content: what it is made from against what it was made from."""
    if failure := _failure(craft, studio, place):
        return Standing(place, "failed", failure.reason)
    approved = studio.db.approved_take(place.episode, craft.name, place.key)
    try:
        work = craft.work(studio, place)
    except NotReady as reason:
        return Standing(place, "waiting", str(reason))
    except ProductionError as reason:
        return Standing(place, "failed", str(reason))
    if approved is None:
        return Standing(place, "missing")
    if not is_whole(studio, approved.take):
        return Standing(place, "damaged", "its bytes in the store are gone or not what was stored")
    if approved.take.recipe != work.recipe(craft.name):
        return Standing(place, "stale", "what it is made from has changed")
    if approved.inputs_text != work.inputs_text:
        return Standing(place, "stale", "an input has a new version; this take still fits it")
    return Standing(place, "made")


def _failure(craft: Craft, studio: Studio, place: Place) -> Failure | None:
    found = studio.db.failures(place.episode)
    return next((f for f in found if (f.asset, f.key) == (craft.name, place.key)), None)


def standings(craft: Craft, studio: Studio, episode: str) -> list[Standing]:
    """How every declared piece of an asset stands, in order."""
    return [standing(craft, studio, Place(episode, key)) for key in craft.keys(studio, episode)]


def produce(
    definitions: dg.Definitions, studio: Studio, instance: dg.DagsterInstance, episode: str
) -> list[Standing]:
    """Makes everything of an episode that is missing or stale, asset by asset, and says what fell.

    Each asset is one run over exactly the pieces that need it. A piece that falls holds up only
    what is made from it. Run again, it goes on where it stopped.
    """
    instance.add_dynamic_partitions(str(EPISODES.name), [episode])
    settle_dead_runs(instance)
    fallen: list[Standing] = []
    for craft in CALL_SHEET:
        keys = _to_run(craft, studio, instance, episode)
        plan = {"to_do": len(keys), "of": len(craft.keys(studio, episode))}
        slate = {"asset": craft.name, "episode": episode, "state": "planned", **plan}
        log.info("%s: %d to do", craft.name, len(keys), extra={"slate": slate})
        if keys:
            run_asset(definitions, instance, craft, episode, keys)
        fallen += [
            Standing(Place(episode, failure.key), "failed", failure.reason)
            for failure in studio.db.failures(episode)
            if failure.asset == craft.name
        ]
    return fallen


def _to_run(craft: Craft, studio: Studio, instance: dg.DagsterInstance, episode: str) -> list[str]:
    found = standings(craft, studio, episode)
    recorded = _recorded_versions(craft, instance, [s.place for s in found])
    keys = []
    for stand in found:
        waits_for_its_own = stand.state == "waiting" and craft.name in craft.inputs
        row = studio.approved_row(episode, craft.name, stand.place.key)
        untold = row is not None and recorded.get(stand.place.partition) != row.data_version
        if stand.state in TO_DO or waits_for_its_own or (stand.state == "made" and untold):
            keys.append(stand.place.key)
    return keys


def _recorded_versions(craft: Craft, instance: dg.DagsterInstance, places: Sequence[Place]) -> dict[str, str]:
    """The data version of each piece's latest materialisation, as Dagster knows it."""
    tags = instance.event_log_storage.get_latest_tags_by_partition(
        dg.AssetKey(craft.name),
        dg.DagsterEventType.ASSET_MATERIALIZATION,
        tag_keys=["dagster/data_version"],
        asset_partitions=[place.partition for place in places],
    )
    return {partition: found.get("dagster/data_version", "") for partition, found in tags.items()}


def run_asset(
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    craft: Craft,
    episode: str,
    keys: Sequence[str],
    new_take: bool = False,
) -> None:
    """One run of one asset over some keys of an episode.

    Pieces that fall are in the studio's database afterwards; anything else that stops the run is
    raised as ProductionError, and Ctrl+C, which Dagster turns into a failed step, as
    KeyboardInterrupt.
    """
    first, last = Place(episode, keys[0]).partition, Place(episode, keys[-1]).partition
    one = first == last
    ranged = {"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last}
    job = definitions.resolve_job_def(job_of(craft.name))
    result = job.execute_in_process(
        instance=instance,
        partition_key=first if one else None,
        asset_selection=[dg.AssetKey(craft.name)],
        tags={**run_tags(), ONLY_TAG: ",".join(keys), **({} if one else ranged)},
        run_config={
            "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
            **({"ops": {craft.name: {"config": {"new_take": True}}}} if new_take else {}),
        },
        raise_on_error=False,
    )
    if not result.success:
        _raise_unforeseen(result)


def _raise_unforeseen(result: dg.ExecuteInProcessResult) -> None:
    """Raises what stopped a run, unless it was pieces that fell (those are told one by one)."""
    for event in result.all_events:
        if event.is_step_failure:
            data = event.step_failure_data
            if data.user_failure_data is None and data.error is not None:
                cause = data.error.cause or data.error
                if "DagsterExecutionInterruptedError" in (data.error.cls_name, cause.cls_name):
                    raise KeyboardInterrupt
                raise ProductionError(
                    f"{event.step_key} stopped unexpectedly: {cause.message.strip()}"
                ) from RuntimeError(data.error.to_string())


def settle_dead_runs(instance: dg.DagsterInstance) -> None:
    """Marks runs of ours whose process is gone (kill -9, power cut) as failed, so that no page
    shows them as still at work. What they had finished is kept."""
    going = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING])
    here = run_tags()[HOST_TAG]
    for run in instance.get_runs(going):
        process = run.tags.get(PROCESS_TAG, "")
        if run.tags.get(HOST_TAG) == here and process.isdigit() and not _lives(int(process)):
            instance.report_run_failed(run, "Its process ended before it did. Run it again to go on.")


def _lives(process: int) -> bool:
    return process != os.getpid() and psutil.pid_exists(process)
