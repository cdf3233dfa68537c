"""`pokegeo takes`: every take of every piece, and an older one made current at no cost."""

from collections.abc import Sequence

from rich.table import Table

from pokegeo_dagster.budget.caps import money
from pokegeo_dagster.cli.words import counted, wide_console
from pokegeo_dagster.defs.graph import GRAPH
from pokegeo_dagster.defs.office.craft import Craft
from pokegeo_dagster.defs.office.studio import Studio, here
from pokegeo_dagster.defs.office.takes import is_whole
from pokegeo_dagster.film.errors import BriefRefused, ProductionError
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.storage.rows import TakeRow


def show_takes(episode: str, key: str | None, what: str, use: int | None) -> None:
    """Lists the takes of one piece or of every piece of an asset; with `use`, makes one current."""
    studio = here()
    if studio.db.brief(episode) is None:
        raise BriefRefused(f"There is no episode {episode!r}: `pokegeo status` lists them.")
    craft = GRAPH.get(what)
    if craft is None:
        raise BriefRefused(f"There is no asset {what!r}: choose one of {', '.join(GRAPH)}.")
    declared = craft.keys(studio, episode)
    if craft.per == "episode":
        key = key or declared[0]
    if key is not None and key not in declared and not studio.db.takes(episode, what, key):
        raise BriefRefused(f"{episode} has no {what} {key}: it has {', '.join(declared) or 'none yet'}.")
    if use is not None:
        if key is None:
            raise BriefRefused(f"Say which piece: pokegeo takes {episode} 5 --what {what} --use {use}")
        _use(studio, craft, Place(episode, key), use)
        return
    _list(studio, episode, what, [key] if key else declared)


def _list(studio: Studio, episode: str, what: str, keys: Sequence[str]) -> None:
    table = Table(box=None, pad_edge=False)
    for name in ("piece", "take", "made", "by", "model", "cost", ""):
        table.add_column(name, justify="right" if name in ("take", "cost") else "left")
    several = False
    for key in keys:
        takes = studio.db.takes(episode, what, key)
        current = studio.approved_row(episode, what, key)
        several |= len(takes) > 1
        for number, take in enumerate(takes, 1):
            used = "● in the film" if current is not None and take.id == current.id else ""
            made = f"{take.created_at:%Y-%m-%d %H:%M}"
            table.add_row(key, str(number), made, take.member, take.model, money(take.cost_usd), used)
    console = wide_console()
    if not table.rows:
        console.print(f"{episode} has no take of {what} yet.")
        return
    console.print(table)
    if several:
        console.print(f"[dim]Use another: pokegeo takes {episode} PIECE --what {what} --use TAKE (free)[/]")


def _use(studio: Studio, craft: Craft, place: Place, number: int) -> None:
    takes = studio.db.takes(place.episode, craft.name, place.key)
    if not 1 <= number <= len(takes):
        have = f"it has {counted(len(takes), 'take')}" if takes else "it has none yet"
        raise BriefRefused(f"{craft.name} {place} has no take {number}: {have}.")
    take = takes[number - 1]
    if not is_whole(studio, take):
        raise BriefRefused(
            f"Take {number} of {craft.name} {place} is not whole in the store: its bytes are gone."
        )
    inputs = _inputs(studio, craft, place, take)
    studio.db.approve(place.episode, craft.name, place.key, take.id, inputs or _others(take))
    brief = studio.db.brief(place.episode)
    again = f"pokegeo produce {brief.species if brief else '…'} --episode {place.episode}"
    if inputs is not None:
        print(
            f"Take {number} of {craft.name} {place} is the current one, at no cost. It is kept for as "
            f"long as it fits what it is made from. Now bring the film up to date: {again}"
        )
    else:
        print(
            f"Take {number} of {craft.name} {place} is the current one, but it was made from something else "
            f"than what is there now, so it is stale: `{again}` would make it anew. To keep it, go back to "
            "what it was made from (an earlier screenplay, the same crew) first."
        )


def _inputs(studio: Studio, craft: Craft, place: Place, take: TakeRow) -> str | None:
    """What goes into this piece now, if the take was made from just that; else None."""
    try:
        work = craft.work(studio, place)
    except ProductionError:
        return None
    would_do = {one.recipe(craft.name) for one in (work, *work.or_else)}
    return work.inputs_text if take.recipe in would_do else None


def _others(take: TakeRow) -> str:
    """Inputs that nothing current has: whoever compares them sees that the take is stale."""
    return f"recipe={take.recipe};credit={take.member}/{take.model}"
