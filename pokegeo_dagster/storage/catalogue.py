"""How all episodes stand, at one glance: from the studio's records alone, for a thousand episodes."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from pokegeo_dagster.film.places import WHOLE_FILM
from pokegeo_dagster.storage.studio_db import StudioDb

FILM_ASSET = "final_cut"


@dataclass(frozen=True)
class EpisodeLine:
    """One episode in numbers of pieces."""

    episode: str
    species: str
    made: int
    stale: int
    failed: int
    film: str  # "ready", "stale" or ""
    members: tuple[str, ...]
    spent_usd: Decimal


def overview(db: StudioDb) -> list[EpisodeLine]:
    """A line for every episode, in order of name. A piece is stale when any version it was made
    from is not the current one."""
    versions: dict[str, dict[str, str]] = defaultdict(dict)
    inputs: dict[str, dict[str, str]] = defaultdict(dict)
    for episode, asset, key, version, text in db.approved_overview():
        versions[episode][f"{asset}/{key}"] = version
        inputs[episode][f"{asset}/{key}"] = text
    failures, money = Counter(f.episode for f in db.failures()), db.spent_by_episode()
    lines = []
    for brief in db.briefs():
        current = versions[brief.episode]
        stale = {piece for piece, text in inputs[brief.episode].items() if _is_stale(text, current)}
        film = f"{FILM_ASSET}/{WHOLE_FILM}"
        lines.append(
            EpisodeLine(
                episode=brief.episode,
                species=brief.species,
                made=len(current) - len(stale),
                stale=len(stale),
                failed=failures[brief.episode],
                film=("stale" if film in stale else "ready") if film in current else "",
                members=_members(inputs[brief.episode]),
                spent_usd=money.get(brief.episode, Decimal(0)),
            )
        )
    return sorted(lines, key=lambda line: line.episode)


def _is_stale(inputs_text: str, current: Mapping[str, str]) -> bool:
    for entry in inputs_text.split(";"):
        piece, _, version = entry.partition("=")
        if piece != "credit" and current.get(piece) != version:
            return True
    return False


def _members(inputs: Mapping[str, str]) -> tuple[str, ...]:
    """Who made the clips, most of them first in the alphabet; the desk and the bench are no crew."""
    found = {
        text.rpartition("credit=")[2].partition("/")[0]
        for piece, text in inputs.items()
        if piece.startswith(("clip/", "narration/", "reference/"))
    }
    return tuple(sorted(found))
