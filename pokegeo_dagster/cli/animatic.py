"""`pokegeo animatic`: the film as a sketch, before anything is paid for."""

import sys

import dagster as dg

from pokegeo_dagster.cli.production import brief_for, watch
from pokegeo_dagster.cli.progress import minutes
from pokegeo_dagster.cli.words import counted
from pokegeo_dagster.definitions import defs
from pokegeo_dagster.defs.graph import CALL_SHEET, GRAPH
from pokegeo_dagster.defs.office.craft import Craft
from pokegeo_dagster.defs.office.delivery import deliver_animatic
from pokegeo_dagster.defs.office.partitions import EPISODES
from pokegeo_dagster.defs.office.production import TO_DO, run_asset, settle_dead_runs, standings
from pokegeo_dagster.defs.office.studio import Studio, here
from pokegeo_dagster.defs.office.takes import NotReady, Takes
from pokegeo_dagster.film.edit import layout
from pokegeo_dagster.film.edit.delivery import Profile
from pokegeo_dagster.film.errors import BriefRefused, ProductionError
from pokegeo_dagster.film.ids import episode_id
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.species import find_species

_FIXES = "Then run the same command again."


def sketch_episode(
    name: str, clips: int | None, seed: int | None, profile: Profile | None, new_take: bool, write: bool
) -> None:
    """Makes the animatic of an episode, and says where it is. A species that is no episode yet becomes
    one. What is still to be written is written first, by whoever is hired, if that is free or wished."""
    studio = here()
    filed = studio.db.brief(name)
    animal = find_species(filed.species if filed else name)
    name = name if filed else episode_id(animal.slug)
    brief = brief_for(studio, animal, name, clips, seed, profile)
    story = [craft for craft in CALL_SHEET if craft.group == "story"]
    if not write:
        _refuse_paid_writing(studio, brief)
    studio.db.save_brief(brief)
    with dg.DagsterInstance.get() as instance, watch(studio, brief) as seen:
        instance.add_dynamic_partitions(str(EPISODES.name), [name])
        settle_dead_runs(instance)
        for craft in story:
            keys = [s.place.key for s in standings(craft, studio, name) if s.state in TO_DO]
            keys = [key for key in keys if write or not _paid(craft, studio, Place(name, key))]
            if keys:
                run_asset(defs, instance, craft, name, keys)
            _raise_failures(studio, name, craft.name)
        run_asset(defs, instance, GRAPH["animatic"], name, [Place(name).key], new_take)
        _raise_failures(studio, name, "animatic")
        made = seen.tally.made["animatic"]
        elapsed = seen.elapsed
    take = Takes("animatic", studio).of(Place(name))
    folder = deliver_animatic(studio, name)
    slate = take.slate
    did = f"made in {elapsed}" if made else "nothing had changed: this is the one that was there"
    print(f"\nThe animatic of “{slate['title']}”: {minutes(slate['duration_s'])} long, {did}, $0.00.")
    pieces = f"{slate['stand_ins']} of {3 * slate['clips']} pieces sketched"
    print(f"{counted(slate['clips'], 'clip')}, {pieces}.\n")
    print(f"  animatic    {folder / layout.ANIMATIC}")
    print(f"  storyboard  {folder / layout.STORYBOARD}\n")
    if not made:
        print("To see in it what has landed since: add --new-take.", file=sys.stderr)


def _refuse_paid_writing(studio: Studio, brief: Brief) -> None:
    if Takes("screenplay", studio).find(Place(brief.episode)) is not None:
        return  # it is sketched as it is, even where another writer would write another one
    writing = [studio.parts[role] for role in ("researcher", "writer") if role in studio.parts]
    paid = [part.vendor for part in writing if part.paid]
    if paid:
        raise BriefRefused(
            f"The screenplay of {brief.episode} is not written yet, and here {paid[0]} writes it for money. "
            f"Nothing was asked for. See the price with `pokegeo estimate {brief.episode}`, then have it "
            f"written and sketched with `pokegeo animatic {brief.episode} --write`."
        )


def _paid(craft: Craft, studio: Studio, place: Place) -> bool:
    try:
        return craft.work(studio, place).paid
    except NotReady:
        return False


def _raise_failures(studio: Studio, episode: str, asset: str) -> None:
    fallen = [f for f in studio.db.failures(episode) if f.asset == asset]
    if fallen:
        first = fallen[0]
        raise ProductionError(f"{asset} {first.key} could not be made: {first.reason} {_FIXES}")
