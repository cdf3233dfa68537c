"""What is wanted next of each episode, decided from how it stands. Nothing is remembered: a lost cursor,
a crash between two orders or a day without a daemon change nothing, because every order has a signature
that names its reason, and the queue takes each signature once."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Protocol

from pokegeo_dagster.budget.again import due, kind_of
from pokegeo_dagster.budget.turns import RISES_AFTER_S
from pokegeo_dagster.film.digest import digest
from pokegeo_dagster.storage.lookout import Standing
from pokegeo_dagster.storage.orders import AT_WORK, BY_HAND, Wanted

PREPRODUCTION, GATE, PRODUCTION = "preproduction", "gate", "production"
AGAIN, CUT = "again", "cut"
MOST_FOLLOWS = 5  # what still waits after so many tries waits for something that nobody makes
# What each stage of work is, for people.
STAGES = {
    PREPRODUCTION: "from the brief to the greenlight (to the film, where the house films)",
    GATE: "whether its channel agrees to its price now",
    PRODUCTION: "from the greenlight to the film",
    AGAIN: "what failed, once more",
    CUT: "the film from its segments",
}


class Said(Protocol):
    """What has been decided about an episode, outside of it."""

    def pays(self, standing: Standing) -> bool:
        """Whether filming it costs money."""
        ...

    def agrees_up_to(self, standing: Standing) -> str | None:
        """Up to what its channel's policy says yes by itself; None where a person is asked."""
        ...

    def caps(self, standing: Standing) -> str:
        """Everything that caps its spending now, as one text; another one where any of it changed."""
        ...

    def parked_until(self, asset: str) -> float:
        """Until when (seconds since 1970) nobody can make an asset: its vendor's quota is spent."""
        ...


def wanted(standings: Iterable[Standing], said: Said, now: float) -> list[Wanted]:
    """What is to be queued."""
    found = (_of(standing, said, now) for standing in standings)
    return [one for one in found if one is not None]


def _of(standing: Standing, said: Said, now: float) -> Wanted | None:
    if any(state == "queued" or state in AT_WORK for state in standing.orders.values()):
        return None  # one thing at a time
    by_hand = (BY_HAND, BY_HAND) in standing.orders
    if by_hand or (standing.screenplay is not None and not standing.orders):
        return _cut(standing, now)  # somebody makes it at a terminal
    first = (PREPRODUCTION, standing.written_for)
    if first not in standing.orders:
        why = "the story has changed" if standing.screenplay else "a new brief"
        asked_at = datetime.fromtimestamp(now, UTC) if standing.screenplay else standing.ordered_at
        return Wanted(standing.episode, *first, why, asked_at, afresh=True)
    if standing.screenplay is not None and said.pays(standing):
        if standing.greenlight is not None:
            then = (PRODUCTION, digest({"screenplay": standing.screenplay, "yes": standing.greenlight}))
            if then not in standing.orders:
                why = "it has its greenlight"
                return Wanted(standing.episode, *then, why, standing.ordered_at, afresh=True)
        elif not standing.failures and (up_to := said.agrees_up_to(standing)) is not None:
            ask = (GATE, digest({"screenplay": standing.screenplay, "policy": up_to}))
            if ask not in standing.orders:
                why = "its channel says yes by itself"
                return Wanted(standing.episode, *ask, why, standing.ordered_at)
    return (
        _again(standing, said, now)
        or _capped(standing, said, now)
        or _following(standing, now)
        or _cut(standing, now)
    )


def _following(standing: Standing, now: float) -> Wanted | None:
    """What only waited for others that had fallen, when none of those is left: a person had the last of
    them made again, in the UI or at the terminal, and the rest follows by itself."""
    fell = standing.failures
    if not fell or any(kind_of(f.error_type) != "follows" or f.tries >= MOST_FOLLOWS for f in fell):
        return None
    signature = digest({"follows": sorted((f.asset, f.key, f.tries) for f in fell)})
    if (AGAIN, signature) in standing.orders:
        return None
    return Wanted(standing.episode, AGAIN, signature, "what it waited for is there", _since(standing, now))


def _capped(standing: Standing, said: Said, now: float) -> Wanted | None:
    """What a cap held up, when any cap is another one than it was: a budget was raised, or a day has
    begun. Caps are looked at before the first cent, so one look too many costs nothing."""
    held = sorted(f"{f.asset}/{f.key}" for f in standing.failures if f.error_type == "CapReached")
    if not held:
        return None
    signature = digest({"held up": held, "caps": said.caps(standing)})
    if (AGAIN, signature) in standing.orders:
        return None
    since = _since(standing, now)
    return Wanted(standing.episode, AGAIN, signature, "a cap held it up", since, afresh=True)


def _again(standing: Standing, said: Said, now: float) -> Wanted | None:
    """The failed pieces that may be tried once more now. The signature counts the tries."""
    may = []
    for failure in standing.failures:
        # A clock that was set back must not make a failure lie in the future.
        failed_at = min(failure.at.timestamp(), now)
        when = due(failure.error_type, failure.tries, failed_at, said.parked_until(failure.asset))
        if when is not None and when <= now:
            may.append((failure.asset, failure.key, failure.tries, failure.at.isoformat()))
    if not may:
        return None
    pieces = ", ".join(f"{asset} {key}" for asset, key, *_ in may[:3]) + (" …" if len(may) > 3 else "")
    why = f"{len(may)} failed and may be tried again: {pieces}"
    return Wanted(standing.episode, AGAIN, digest(sorted(may)), why, _since(standing, now))


def _cut(standing: Standing, now: float) -> Wanted | None:
    """The film, when every segment of this screenplay is there and it was made from others, or under
    other sounds."""
    clips = standing.clips
    if not clips or any(clip not in standing.segments for clip in clips):
        return None
    used = set((standing.film_of or "").split(";"))
    joined = all(f"segment/{clip}={standing.segments[clip]}" in used for clip in clips)
    if joined and not standing.unmixed:
        return None
    # A film whose sounds are in its mix is signed as films always were: its order stays the same one.
    signature = digest({clip: standing.segments[clip] for clip in clips} | standing.unmixed)
    if (CUT, signature) in standing.orders:
        return None
    return Wanted(standing.episode, CUT, signature, "all its segments are there", _since(standing, now))


def _since(standing: Standing, now: float) -> datetime:
    """When what finishes a film counts as asked for: with its film, so that what was begun first is finished
    first; yet not so long ago that it would rise above what is more urgent."""
    return max(standing.ordered_at, datetime.fromtimestamp(now - RISES_AFTER_S / 2, UTC))
