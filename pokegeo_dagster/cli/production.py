"""`pokegeo produce` and `pokegeo redo`."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from pathlib import Path

import dagster as dg
from rich.console import Console

from pokegeo_dagster.budget.planning import expected_references
from pokegeo_dagster.cli.estimate import told_before
from pokegeo_dagster.cli.progress import ProductionWatch, minutes
from pokegeo_dagster.cli.words import counted
from pokegeo_dagster.definitions import defs
from pokegeo_dagster.defs.edit.greenlight import say_yes
from pokegeo_dagster.defs.graph import CALL_SHEET, GRAPH
from pokegeo_dagster.defs.office.briefs import drawn_up
from pokegeo_dagster.defs.office.delivery import deliver
from pokegeo_dagster.defs.office.finishing import AS_FILED, Finishing
from pokegeo_dagster.defs.office.production import produce, run_asset
from pokegeo_dagster.defs.office.studio import Studio, here
from pokegeo_dagster.defs.office.takes import Take, Takes
from pokegeo_dagster.film.edit import layout
from pokegeo_dagster.film.edit.delivery import Profile
from pokegeo_dagster.film.errors import BriefRefused, DatabaseUnavailable, ProductionError
from pokegeo_dagster.film.places import WHOLE_FILM, Place
from pokegeo_dagster.film.release.channel import DEFAULT_CHANNEL
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.order import Order
from pokegeo_dagster.film.story.species import Species
from pokegeo_dagster.storage.orders import Orders
from pokegeo_dagster.storage.processes import process_name

AT_THE_TERMINAL = "human at the terminal"


def produce_episode(
    animal: Species,
    episode: str,
    clips: int | None,
    seed: int | None,
    profile: Profile | None,
    budget_usd: Decimal | None = None,
    channel: str | None = None,
    finish: Finishing = AS_FILED,
    references: int | None = None,
) -> None:
    """Checks what it will cost against every cap, files the brief, makes what is missing, and says
    where the film is. Over a cap nothing is begun, and nothing is filed."""
    studio = here()
    brief = brief_for(studio, animal, episode, clips, seed, profile, budget_usd, channel, references)
    brief = finish.put_on(studio, brief)
    told = told_before(studio, brief)
    with by_hand(studio, episode), dg.DagsterInstance.get() as instance:
        if brief != studio.db.brief(episode):
            studio.db.save_brief(brief)
        print(
            f"{animal.name}, episode {episode}: {brief.clip_count} clips, "
            f"{brief.delivery.width_px}×{brief.delivery.height_px} at {brief.delivery.rate_fps} fps"
            f"{'; ' + brief.finish.told() if brief.finish else ''}{told}",
            file=sys.stderr,
        )
        _bring_up_to_date(studio, instance, brief)


def redo_pieces(episode: str, what: str, keys: Sequence[str], new_take: bool) -> None:
    """Makes pieces of one asset again, then brings everything made from them up to date."""
    studio = here()
    brief = studio.db.brief(episode)
    if brief is None:
        raise BriefRefused(f"There is no episode {episode!r}: `pokegeo status` lists them.")
    craft = GRAPH.get(what)
    if craft is None:
        raise BriefRefused(f"There is no asset {what!r}: choose one of {', '.join(GRAPH)}.")
    declared = craft.keys(studio, episode)
    wanted = list(keys) if craft.per != "episode" else list(declared)
    if not wanted:
        raise BriefRefused(f"Say which: `pokegeo redo {episode} 5 --what {what}`.")
    strange = [key for key in wanted if key not in declared]
    if strange:
        raise BriefRefused(f"{episode} has no {what} {', '.join(strange)}: it has {', '.join(declared)}.")
    with by_hand(studio, episode), dg.DagsterInstance.get() as instance:
        _say_yes(studio, brief)
        for key in wanted:
            _forget_damage(studio, what, Place(episode, key))
        with watch(studio, brief) as seen:
            run_asset(defs, instance, craft, episode, wanted, new_take)
        fallen = [f for f in studio.db.failures(episode) if f.asset == what and f.key in wanted]
        again = seen.tally.made[what]
        fit = len(wanted) - again - seen.tally.failed
        print(f"{what}: {again} made, {fit} still fit as they are.", file=sys.stderr)
        if fit and not new_take:
            print("For a different result ask for another take: add --new-take.", file=sys.stderr)
        _bring_up_to_date(studio, instance, brief)
    if fallen:  # the film is up to date with the takes it had
        first = fallen[0]
        raise ProductionError(
            f"{len(fallen)} of {what} could not be made again; the film keeps the take it had. "
            f"First: {first.key}: {first.reason}"
        )


def brief_for(
    studio: Studio,
    animal: Species,
    episode: str,
    clips: int | None,
    seed: int | None,
    profile: Profile | None,
    budget_usd: Decimal | None = None,
    channel: str | None = None,
    references: int | None = None,
) -> Brief:
    """The episode's brief: the one on file, or a new one, with this budget if one is named. An order
    that contradicts the one on file is refused, because following it would throw a finished film
    away; another budget is no other film."""
    filed = studio.db.brief(episode)
    asked = {"species": animal.slug, "clip_count": clips, "seed": seed, "profile": profile,
             "channel": channel, "references": references}  # fmt: skip
    given = {name: value for name, value in asked.items() if value is not None}
    if filed is None:
        wanted = {"clips": clips, "seed": seed, "profile": profile, "budget": budget_usd,
                  "references": references}  # fmt: skip
        said = {name: value for name, value in wanted.items() if value is not None}
        return drawn_up(
            studio, Order(species=animal.slug, episode=episode, channel=channel or DEFAULT_CHANNEL, **said)
        )
    other = [f"{n} {getattr(filed, n)!r}" for n, value in given.items() if getattr(filed, n) != value]
    if other:
        raise BriefRefused(
            f"Episode {episode} is already ordered with {', '.join(other)}. To make another film, name "
            f"another episode: pokegeo produce {animal.slug} --episode {episode}-2 …"
        )
    return filed if budget_usd is None else filed.model_copy(update={"budget_usd": budget_usd})


def watch(studio: Studio, brief: Brief) -> ProductionWatch:
    """What shows a production of this episode as it goes."""
    counts = {"episode": 1, "shot": brief.clip_count, "reference": 0}
    sheet = [craft for craft in CALL_SHEET if craft.wanted(studio, brief.episode)]
    expected = {craft.name: counts[craft.per] for craft in sheet}
    expected["reference"] = len(GRAPH["reference"].keys(studio, brief.episode)) or expected_references(
        brief.clip_count, brief.references
    )
    return ProductionWatch(expected, _spent(studio, brief))


def _spent(studio: Studio, brief: Brief) -> Decimal:
    return studio.db.spent_usd(brief.episode)


def _say_yes(studio: Studio, brief: Brief) -> None:
    """Whoever types the command has seen the price: it is their yes, as far as the budget goes."""
    written = studio.db.approved_take(brief.episode, "screenplay", WHOLE_FILM)
    if written is not None and studio.pays_for("camera", brief.episode):
        say_yes(studio, brief.episode, brief.budget_usd, AT_THE_TERMINAL)


@contextmanager
def by_hand(studio: Studio, episode: str) -> Iterator[None]:
    """Keeps the studio's own hands off an episode that a person makes here."""
    orders = Orders(studio.settings.database_url)
    orders.by_hand(episode, process_name())
    try:
        yield
    finally:
        with suppress(DatabaseUnavailable):
            orders.by_hand(episode, None)
        orders.close()


def _bring_up_to_date(studio: Studio, instance: dg.DagsterInstance, brief: Brief) -> None:
    with watch(studio, brief) as seen:
        fallen = produce(defs, studio, instance, brief.episode, once_written=lambda: _say_yes(studio, brief))
        elapsed = seen.elapsed
    if fallen:
        first = fallen[0]
        raise ProductionError(
            f"{len(fallen)} of {brief.episode} could not be made; everything else is kept. "
            f"First: {first.place}: {first.why} Then run the same command again."
        )
    made = sum(seen.tally.made.values())
    film = Takes("final_cut", studio).of(Place(brief.episode))
    folder = deliver(studio, film, brief.species)
    _announce(studio, film, folder, made, elapsed, brief)


def _announce(studio: Studio, film: Take, folder: Path, made: int, elapsed: str, brief: Brief) -> None:
    console = Console(highlight=False, soft_wrap=True)
    spent = _spent(studio, brief)
    length = minutes(film.slate["duration_s"])
    did = (
        f"{counted(made, 'piece')} made in {elapsed}"
        if made
        else "nothing had changed, nothing was made again"
    )
    console.print(f"\n“{film.slate['title']}” is ready: {length} long, {did}, ${spent:.2f} spent.\n")
    console.print(f"  film       {folder / layout.film(brief.species)}")
    if (vertical := folder / layout.vertical_film(brief.species)).exists():
        console.print(f"  vertical   {vertical}")
    console.print(f"  captions   {folder / layout.beside_film(brief.species, 'srt')}  (and .vtt)")
    console.print(f"  script     {folder / layout.SCRIPT}  (timed)")
    console.print(f"  cue sheet  {folder / layout.CUE_SHEET}")
    console.print(f"  manifest   {folder / layout.MANIFEST}")
    console.print(f"  quality    {folder / layout.QUALITY_PAGE}  ({_quality(studio, film)})")
    console.print(f"  report     {folder / layout.EPISODE_PAGE}  (who made what, and for how much)\n")
    console.print("See every picture and take in the UI: make studio, then http://127.0.0.1:3000")
    console.print(
        f"All files by name: pokegeo export {brief.episode} DIR  (--pack: with timeline, stems and papers)"
    )


def _quality(studio: Studio, film: Take) -> str:
    """What the inspection of the film found, in a few words."""
    slate = Takes("qc_report", studio).of(film.place).slate
    wrong = [f for f in slate["findings"] if f["outcome"] != "passed"]
    if not wrong:
        return f"passes all {slate['of']} checks"
    told = "; ".join(f"{f['check']}: {f['why']}" for f in wrong)
    return f"{slate['passed']} of {slate['of']} checks passed; {told}"


def _forget_damage(studio: Studio, asset: str, place: Place) -> None:
    """Removes stored parts that are not what was stored, so that they are made again."""
    row = studio.approved_row(place.episode, asset, place.key)
    for ref in row.files.values() if row else ():
        try:
            studio.store.open_local(ref.key)
        except ProductionError:
            studio.store.delete(ref.key)
