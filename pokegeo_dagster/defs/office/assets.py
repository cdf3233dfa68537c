"""From crafts to Dagster assets: partitions, inputs, events, checks. The only place that knows both."""

import inspect
import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
from dagster._core.definitions.source_asset import SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION
from dagster._core.storage.tags import BACKFILL_ID_TAG

from pokegeo_dagster.defs.office.craft import PARTITIONS, Check, Craft, TakeConfig
from pokegeo_dagster.defs.office.floor import Fell, do_work
from pokegeo_dagster.defs.office.judging import Judged, judged
from pokegeo_dagster.defs.office.making import Landed
from pokegeo_dagster.defs.office.partitions import mapping_between
from pokegeo_dagster.defs.office.studio import Studio, StudioResource
from pokegeo_dagster.defs.office.takes import Take, Takes
from pokegeo_dagster.film.digest import digest
from pokegeo_dagster.film.errors import ProductionError
from pokegeo_dagster.film.places import Place

ONLY_TAG = "pokegeo/only"  # the keys of a run that covers a range but means some of it: «clip_03,clip_07»
HOST_TAG, PROCESS_TAG = "pokegeo/host", "pokegeo/process"  # who runs it, to know a dead run from a slow one


def asset_of(craft: Craft, graph: Mapping[str, Craft]) -> dg.AssetsDefinition:
    """The Dagster asset of a craft.

    A run may cover many keys of an episode: each is announced (materialisation, then checks) the
    moment it lands, and if any fell the step fails at the end, so that Dagster shows exactly those
    as failed. Keys that the screenplay does not declare are skipped with a word in the log.
    """
    partitions = PARTITIONS[craft.per]

    def body(context: dg.AssetExecutionContext, studio: StudioResource, config: TakeConfig, **handles: Takes):
        yield from _run(craft, context, studio.open(), handles, config)

    body.__name__ = craft.name
    # Dagster reads an asset's inputs off its parameters; these are known only here.
    plain = inspect.Parameter.POSITIONAL_OR_KEYWORD
    body.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter("context", plain, annotation=dg.AssetExecutionContext),
            inspect.Parameter("studio", plain, annotation=StudioResource),
            inspect.Parameter("config", plain, annotation=craft.config),
            *(inspect.Parameter(name, plain, annotation=Takes) for name in _upstream(craft)),
        ]
    )
    body.__annotations__ = {
        "context": dg.AssetExecutionContext,
        "studio": StudioResource,
        "config": craft.config,
    }
    return dg.multi_asset(
        name=craft.name,
        outs={
            craft.name: dg.AssetOut(
                is_required=False,
                dagster_type=dg.Nothing,
                description=craft.description,
                group_name=craft.group,
                kinds=set(craft.kinds),
                owners=[f"team:{craft.group}"],
                code_version=craft.code_version,
            )
        },
        ins={
            name: dg.AssetIn(
                name,
                input_manager_key="takes",
                partition_mapping=mapping_between(PARTITIONS[graph[name].per], partitions),
            )
            for name in _upstream(craft)
        },
        partitions_def=partitions,
        backfill_policy=dg.BackfillPolicy.single_run(),
        pool=craft.pool,
        check_specs=[
            dg.AssetCheckSpec(
                check.name, asset=craft.name, description=check.description, blocking=check.blocking
            )
            for check in craft.checks
        ],
    )(body)


def _upstream(craft: Craft) -> tuple[str, ...]:
    """Its inputs, but for itself (a pose is drawn after the character sheet of the same asset)."""
    return tuple(name for name in craft.inputs if name != craft.name)


def _run(
    craft: Craft,
    context: dg.AssetExecutionContext,
    studio: Studio,
    handles: dict[str, Takes],
    config: TakeConfig,
) -> Iterator[Any]:
    places = _places(craft, context, studio)
    for place in places if craft.before else ():
        _prepared(craft, studio, place, config)
    if craft.name in craft.inputs:
        handles = {**handles, craft.name: Takes(craft.name, studio)}
    fallen: list[Fell] = []
    verdicts: dict[str, list[Judged]] = {check.name: [] for check in craft.checks}
    for piece in do_work(craft, studio, places, handles, config.new_take):
        if isinstance(piece, Fell):
            fallen.append(piece)
            continue
        for check in craft.checks:
            verdict = judged(check, piece.take)
            verdicts[check.name].append(verdict)
            # Dagster takes an evaluation here (1.13); only its annotation does not say so.
            context.log_event(_evaluation(verdict))  # pyright: ignore
        yield _materialization(craft, context, piece)
    for check in craft.checks:
        yield _summary(craft, check, verdicts[check.name])
    if fallen:
        raise dg.Failure(
            description="; ".join(str(f.error) for f in fallen),
            metadata={f.place.partition: str(f.error) for f in fallen},
            allow_retries=False,
        )
    # The output lets assets further down this run go on. Its materialisations were announced above,
    # one a key with a data version each, which an Output cannot carry; this mark keeps Dagster
    # (1.13) from announcing the whole range a second time. A test holds it to that.
    yield dg.Output(None, craft.name, metadata={SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION: True})


def _prepared(craft: Craft, studio: Studio, place: Place, config: TakeConfig) -> None:
    """What a person said with the run's config, done. What cannot be done is a failure like any other."""
    assert craft.before is not None
    try:
        craft.before(studio, place, config)
    except ProductionError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from error


def _places(craft: Craft, context: dg.AssetExecutionContext, studio: Studio) -> Sequence[Place]:
    asked = [Place.of_partition(key) for key in context.partition_keys]
    only = context.run.tags.get(ONLY_TAG)
    if only is not None:
        asked = [place for place in asked if place.key in only.split(",")]
    declared = {episode: craft.keys(studio, episode) for episode in {p.episode for p in asked}}
    unused = [p for p in asked if p.key not in declared[p.episode]]
    if unused:
        context.log.info(
            "Skipped, not in the screenplay: " + ", ".join(f"{p.episode} {p.key}" for p in unused)
        )
    return [p for p in asked if p.key in declared[p.episode]]


def _newest_event(instance: dg.DagsterInstance, asset: str) -> int | None:
    records = instance.fetch_materializations(dg.AssetKey(asset), limit=1).records
    return records[0].storage_id if records else None


def _materialization(
    craft: Craft, context: dg.AssetExecutionContext, piece: Landed
) -> dg.AssetMaterialization:
    take, work = piece.take, piece.work
    # Asked for now and not at the start: other departments may be at work at the same time.
    pointers = {name: _newest_event(context.instance, name) for name in _upstream(craft)}
    tags = {
        "dagster/code_version": craft.code_version,
        "dagster/data_version": take.version,
        "dagster/data_version_is_user_provided": "true",
    }
    for name, pointer in pointers.items():
        versions = {t.place.key: t.version for t in work.inputs if t.asset == name}
        tags[f"dagster/input_data_version/{name}"] = digest(versions)[:32]
        tags[f"dagster/input_event_pointer/{name}"] = str(pointer) if pointer else "NULL"
    if backfill := context.run.tags.get(BACKFILL_ID_TAG):
        tags[BACKFILL_ID_TAG] = backfill
    return dg.AssetMaterialization(
        craft.name,
        partition=take.place.partition,
        metadata={**craft.show(take), **_credits(piece)},
        tags=tags,
    )


def _credits(piece: Landed) -> dict[str, Any]:
    row = piece.take.row
    return {
        "made by": f"{row.member} · {row.model}",
        "author": row.author,
        "cost (USD)": float(row.cost_usd),
        **_purchase(piece),
        "take": row.number,
        "how": "made now" if piece.made else "an earlier take, used again",
        "recipe": row.recipe[:16],
        "files": dg.MetadataValue.md("\n".join(f"- `{ref.key}`" for ref in row.files.values())),
    }


def _purchase(piece: Landed) -> dict[str, Any]:
    """What a paid take's own papers say: the vendor's task, what it quoted and what it charged."""
    row = piece.take.row
    if not row.paid:
        return {}
    return {
        "vendor": row.member,
        "model": row.model,
        "vendor's task": ", ".join(row.slate.get("vendor_tasks", ())) or "answered at once",
        "quoted (USD)": float(row.slate.get("quoted_usd", 0)),
        "spent on the episode (USD)": float(piece.take.studio.db.spent_usd(row.episode)),
    }


def _evaluation(found: Judged) -> dg.AssetCheckEvaluation:
    return dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey(found.take.asset),
        check_name=found.check.name,
        passed=found.passed,
        severity=found.severity,
        description=found.why,
        metadata=dict(found.row.measured),
        partition=found.take.place.partition,
        blocking=found.check.blocking,
    )


def _summary(craft: Craft, check: Check, verdicts: Sequence[Judged]) -> dg.AssetCheckResult:
    """The run's own word on a check: failed if any piece failed, as badly as the worst of them.

    Of a check that blocks it is a warning: Dagster (1.13) ends a step whose blocking check fails with
    an error, and with it every other clip of the run. What may not be bought is held up clip by clip,
    by `held_up`; each piece's own evaluation says how bad it is.
    """
    failed = [found for found in verdicts if not found.passed]
    worst = any(found.severity is dg.AssetCheckSeverity.ERROR for found in failed) and not check.blocking
    return dg.AssetCheckResult(
        asset_key=craft.name,
        check_name=check.name,
        passed=not failed,
        severity=dg.AssetCheckSeverity.ERROR if worst or not failed else dg.AssetCheckSeverity.WARN,
        description="; ".join(f"{found.take.place}: {found.why}" for found in failed)
        or f"{len(verdicts)} checked",
        metadata={"checked": len(verdicts), "failed": len(failed)},
    )


def run_tags() -> dict[str, str]:
    """Tags that say which process runs a run, so that a later one can tell whether it still lives."""
    return {HOST_TAG: socket.gethostname(), PROCESS_TAG: str(os.getpid())}


__all__ = ["ONLY_TAG", "Take", "asset_of", "run_tags"]
