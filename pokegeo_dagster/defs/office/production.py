"""A whole production from the terminal: what is made, stale or missing, and the runs that mend it.

It asks the same crafts and runs the same jobs as the UI does, in this process, against the same
instance, so that everything it makes is in the history.
"""

import logging
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import dagster as dg
import psutil
from sqlalchemy.exc import IntegrityError

from pokegeo_dagster.budget.tiers import TIERS
from pokegeo_dagster.defs.graph import CALL_SHEET, GRAPH
from pokegeo_dagster.defs.office.assets import HOST_TAG, ONLY_TAG, PROCESS_TAG, run_tags
from pokegeo_dagster.defs.office.casting import bring_in_sdks
from pokegeo_dagster.defs.office.craft import POOLS, Craft
from pokegeo_dagster.defs.office.extent import WHOLE_EPISODE, Extent
from pokegeo_dagster.defs.office.jobs import job_of
from pokegeo_dagster.defs.office.partitions import EPISODES
from pokegeo_dagster.defs.office.salvage import salvage
from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.defs.office.takes import NotReady, is_whole
from pokegeo_dagster.film.errors import ProductionError
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.storage.rows import Approved, Failure

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
    definitions: dg.Definitions,
    studio: Studio,
    instance: dg.DagsterInstance,
    episode: str,
    extent: Extent = WHOLE_EPISODE,
    once_written: Callable[[], None] = lambda: None,
) -> list[Standing]:
    """Makes everything of an episode (as far as `extent` goes) that is missing or stale, and says what
    fell. `once_written` is called when the screenplay is there, before anything is made from it.

    First the story, which says what there is to make; then everything else. All assets are at work at the
    same time, each in one run over exactly the pieces that need it, each piece as soon as what it is made
    from is there. A piece that falls holds up only what is made from it. Run again, it goes on where it
    stopped. Raises KeyboardInterrupt when a person stops it, with everything at work told to stop.
    """
    instance.add_dynamic_partitions(str(EPISODES.name), [episode])
    settle_dead_runs(instance)
    set_pools(studio, instance)
    plan = _Plan(studio, instance, episode, extent)
    parts = studio.at_work_on(episode).parts  # an SDK comes in while a writer is thinking
    threading.Thread(target=bring_in_sdks, args=(parts,), name="sdks", daemon=True).start()
    story = [craft for craft in CALL_SHEET if craft.group == "story" and craft.per == "episode"]
    _all_at_once(definitions, studio, instance, episode, plan.work(story))
    once_written()
    departments = [c for c in CALL_SHEET if c not in story and c.wanted(studio, episode)]
    _all_at_once(definitions, studio, instance, episode, plan.work(departments))
    salvage(studio, episode, GRAPH["clip"])
    order = [craft.name for craft in CALL_SHEET]
    failures = sorted(studio.db.failures(episode), key=lambda f: (order.index(f.asset), f.key))
    return [Standing(Place(episode, failure.key), "failed", failure.reason) for failure in failures]


def _all_at_once(
    definitions: dg.Definitions,
    studio: Studio,
    instance: dg.DagsterInstance,
    episode: str,
    work: Sequence[tuple[Craft, list[str]]],
) -> None:
    """One thread and one run an asset. What one is made from it awaits on the board."""
    if not work:
        return
    posted = {craft.name: [Place(episode, key) for key in keys] for craft, keys in work}
    for asset, places in posted.items():
        studio.board.post(asset, places)
    _leave_logging_alone(instance)

    def run(craft: Craft, keys: list[str]) -> None:
        try:
            _until_it_is_near(studio, craft, posted)
            if craft.get_ready is not None and not studio.board.stopped:
                craft.get_ready()
            if not studio.board.stopped:
                run_asset(definitions, instance, craft, episode, keys)
        finally:
            studio.board.strike(craft.name, posted[craft.name])

    with ThreadPoolExecutor(len(work), thread_name_prefix="department") as pool:
        running = [pool.submit(run, craft, keys) for craft, keys in work]
        try:
            for future in running:
                future.result()
        except BaseException:
            studio.board.stop()
            raise


def _until_it_is_near(studio: Studio, craft: Craft, posted: Mapping[str, Sequence[Place]]) -> None:
    """Waits until what a craft's inputs are made from begins to be there, and what it gives way to is. A run
    takes a third of a second of a core to begin: that of the cut would take it from the first clips'."""
    near = [
        (earlier, posted[earlier])
        for asset in craft.inputs
        if asset in posted and asset != craft.name
        for earlier in GRAPH[asset].inputs
        if earlier in posted and earlier not in (asset, craft.name)
    ]
    before = [(asset, [place]) for asset in craft.gives_way_to for place in posted.get(asset, ())]
    with studio.board.listening() as woken:
        while not studio.board.stopped and any(studio.board.awaits_all(*one) for one in near + before):
            woken.wait()
            woken.clear()


def _leave_logging_alone(instance: dg.DagsterInstance) -> None:
    """Keeps runs that start from resetting Python's logging under those that are logging, for which
    all would wait for ever (Dagster 1.13: `get_yaml_python_handlers` applies a whole dictConfig, even
    where, as in our dagster.yaml, there is nothing to configure)."""
    if not instance.get_python_log_dagster_handler_config():
        setattr(instance, "get_yaml_python_handlers", list)  # noqa: B010 - a method of theirs, replaced


class _Plan:
    """Which pieces of each asset this production makes, told to whoever listens, asset by asset."""

    def __init__(self, studio: Studio, instance: dg.DagsterInstance, episode: str, extent: Extent):
        self._studio, self._instance, self._episode, self._extent = studio, instance, episode, extent
        self._to_come: set[str] = set()  # «asset/key» that will be made, so that what is made of it waits

    def work(self, crafts: Sequence[Craft]) -> list[tuple[Craft, list[str]]]:
        """What there is to make of each of these assets, where there is anything."""
        return [(craft, keys) for craft in crafts if (keys := self.keys_of(craft))]

    def keys_of(self, craft: Craft) -> list[str]:
        """The keys of an asset that are to be made, or looked at again because what they are made
        from is made again."""
        declared = self._extent.of(craft, craft.keys(self._studio, self._episode))
        found = [standing(craft, self._studio, Place(self._episode, key)) for key in declared]
        recorded = _recorded_versions(craft, self._instance, [s.place for s in found])
        approved = self._studio.db.approved(self._episode, craft.name)
        keys = []
        for stand in found:
            row = approved.get((craft.name, stand.place.key))
            untold = row is not None and recorded.get(stand.place.partition) != row.data_version
            if (
                stand.state in TO_DO
                or (stand.state == "made" and (untold or self._may_change(row)))
                or (stand.state == "waiting" and self._can_come(craft))
            ):
                keys.append(stand.place.key)
        self._to_come |= {f"{craft.name}/{key}" for key in keys}
        plan = {"to_do": len(keys), "of": len(found)}
        slate = {"asset": craft.name, "episode": self._episode, "state": "planned", **plan}
        log.info("%s: %d to do", craft.name, len(keys), extra={"slate": slate})
        return keys

    def _may_change(self, row: Approved | None) -> bool:
        inputs = row.inputs_text.split(";") if row else []
        return any(entry.partition("=")[0] in self._to_come for entry in inputs)

    def _can_come(self, craft: Craft) -> bool:
        """Whether anything it waits for is to come (or itself: a pose awaits the character sheet)."""
        coming = {piece.partition("/")[0] for piece in self._to_come}
        return craft.name in craft.inputs or bool(coming & set(craft.inputs))


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
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)


def set_pools(studio: Studio, instance: dg.DagsterInstance) -> None:
    """Gives Dagster's pools the sizes of the vendors' desks, for what the UI shows and starts."""
    history = instance.event_log_storage
    known = {pool.name: pool.limit for pool in history.get_pool_limits()}
    for role, pool in POOLS.items():
        size = studio.purse.desks[TIERS[role][0]].at_once
        if known.get(pool) == size:
            continue
        try:
            history.set_concurrency_slots(pool, size)
        except IntegrityError:  # a producer that started at the same moment put the pool there
            history.set_concurrency_slots(pool, size)
        known[pool] = size


def _lives(process: int) -> bool:
    return process != os.getpid() and psutil.pid_exists(process)
