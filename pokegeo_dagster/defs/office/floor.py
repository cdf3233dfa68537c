"""The studio floor: where the work of one run is done, piece by piece, several at a time.

Every piece goes the same way: what it is made from is digested; a take with that digest is used
again, else one is made in a room of its own, stored, recorded and approved, and only then
announced. A process killed between any two of those steps does the missing ones next time; bytes
are stored under their own digest, so doing one twice changes nothing.
"""

import logging
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from pokegeo_dagster.defs.office.craft import Craft, Work
from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.defs.office.takes import NotReady, Take, Takes
from pokegeo_dagster.film.crew import Made
from pokegeo_dagster.film.digest import digest
from pokegeo_dagster.film.errors import MediaDamaged, ProductionError
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.storage.keys import media_key
from pokegeo_dagster.storage.media_store import MediaRef, sha256_of
from pokegeo_dagster.storage.rows import TakeRow

CONTENT_TYPES = {
    ".json": "application/json",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".mp4": "video/mp4",
    ".m4a": "audio/mp4",
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".csv": "text/csv; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}

log = logging.getLogger("pokegeo.production")


@dataclass(frozen=True)
class Landed:
    """A piece that is there now; `made` is False when an earlier take was used again."""

    take: Take
    work: Work
    made: bool


@dataclass(frozen=True)
class Fell:
    """A piece that could not be made, and why."""

    place: Place
    error: ProductionError


def do_work(
    craft: Craft,
    studio: Studio,
    places: Sequence[Place],
    handles: dict[str, Takes] | None = None,
    new_take: bool = False,
) -> Iterator[Landed | Fell]:
    """Does the work of every place, `craft.at_once` at a time, and yields each piece as it lands.

    A piece that waits for another of the same asset (a pose for the character sheet) is tried again
    when that one has landed; what is still not ready when nothing else is left falls.
    """
    waiting = list(places)
    running: dict[Future[Landed], Place] = {}
    with ThreadPoolExecutor(craft.at_once, thread_name_prefix=craft.name) as pool:
        try:
            while waiting or running:
                unready: list[Fell] = []
                for place in tuple(waiting):
                    try:
                        work = craft.work(studio, place, handles)
                    except NotReady as reason:
                        unready.append(Fell(place, reason))
                        continue
                    except ProductionError as reason:
                        waiting.remove(place)
                        yield _fell(craft, studio, place, reason)
                        continue
                    waiting.remove(place)
                    running[pool.submit(_take_for, craft, studio, place, work, handles, new_take)] = place
                if not running:
                    for fallen in unready:
                        yield _fell(craft, studio, fallen.place, fallen.error)
                    return
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    yield _result(craft, studio, running.pop(future), future)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _result(craft: Craft, studio: Studio, place: Place, future: Future[Landed]) -> Landed | Fell:
    try:
        return future.result()
    except ProductionError as error:
        return _fell(craft, studio, place, error)


def _fell(craft: Craft, studio: Studio, place: Place, error: ProductionError) -> Fell:
    studio.db.record_failure(place.episode, craft.name, place.key, str(error), type(error).__name__)
    log.error("%s %s failed: %s", craft.name, place, error, extra={"slate": _slate(craft, place, "failed")})
    return Fell(place, error)


def _slate(craft: Craft, place: Place, state: str) -> dict[str, str]:
    return {"asset": craft.name, "episode": place.episode, "key": place.key, "state": state}


def _take_for(
    craft: Craft,
    studio: Studio,
    place: Place,
    work: Work,
    handles: dict[str, Takes] | None,
    new_take: bool,
) -> Landed:
    recipe = work.recipe(craft.name)
    row = None if new_take else usable_take(studio, craft.name, place, recipe)
    began, made = time.monotonic(), row is None
    if row is None:
        log.info("%s %s", craft.name, place, extra={"slate": _slate(craft, place, "started")})
        row = _make(craft, studio, place, work, recipe, handles, new_take)
    took_s = time.monotonic() - began
    studio.db.approve(place.episode, craft.name, place.key, row.id, work.inputs_text)
    state = "made" if made else "reused"
    slate = {**_slate(craft, place, state), "took_s": round(took_s, 3), "take": row.number,
             "member": row.member, "cost_usd": str(row.cost_usd)}  # fmt: skip
    log.info("%s %s %s", craft.name, place, state, extra={"slate": slate})
    return Landed(Take(craft.name, place, row, studio), work, made)


def usable_take(studio: Studio, asset: str, place: Place, recipe: str) -> TakeRow | None:
    """The take of this recipe whose every part is still in the store, whole; the approved one first."""
    approved = studio.approved_row(place.episode, asset, place.key)
    newest = studio.db.find_take(place.episode, asset, place.key, recipe)
    row = approved if approved and approved.recipe == recipe else newest
    return row if row and is_whole(studio, row) else None


def is_whole(studio: Studio, row: TakeRow) -> bool:
    """Whether every part of a take is in the store with the size and digest it was stored with."""
    try:
        heads = [(studio.store.head(ref.key), ref) for ref in row.files.values()]
    except MediaDamaged:
        return False
    return all(head and head.size == ref.size and head.sha256 == ref.sha256 for head, ref in heads)


def _make(
    craft: Craft,
    studio: Studio,
    place: Place,
    work: Work,
    recipe: str,
    handles: dict[str, Takes] | None,
    new_take: bool,
) -> TakeRow:
    last = studio.db.find_take(place.episode, craft.name, place.key, recipe)
    number = (last.number + 1 if new_take else last.number) if last else 1
    if number > 1:  # the same order with other seeds; its recipe stays what it was
        work = craft.work(studio, replace(place, take=number), handles)
    with tempfile.TemporaryDirectory(prefix=f"{craft.name}-", dir=studio.scratch()) as folder:
        room = Path(folder)
        made = _guarded(craft, place, work.make, room)
        files = {part: _keep(craft, studio, place, work, part, made.files[part], room) for part in made.files}
    return studio.db.add_take(
        episode=place.episode,
        asset=craft.name,
        key=place.key,
        recipe=recipe,
        number=number,
        data_version=digest({part: ref.sha256 for part, ref in files.items()})[:32],
        files=files,
        slate=dict(made.slate),
        member=work.credit.member,
        model=work.credit.model,
        cost_usd=made.cost_usd,
        paid=made.cost_usd > Decimal(0),
        author=work.author,
    )


def _guarded(craft: Craft, place: Place, make: Callable[[Path], Made], room: Path) -> Made:
    """What `make` made. Whatever else goes wrong inside is told as this piece's failure."""
    try:
        return make(room)
    except ProductionError:
        raise
    except OSError as error:
        raise ProductionError(f"{craft.name} {place} stopped: {error}.") from error


def _keep(
    craft: Craft, studio: Studio, place: Place, work: Work, part: str, path: Path, room: Path
) -> MediaRef:
    """The stored part. A file that is an input's own needs no second copy."""
    if not path.is_relative_to(room):
        for take in work.inputs:
            for ref in take.files.values():
                if studio.store.open_local(ref.key) == path:
                    return ref
    key = media_key(place.episode, craft.name, place.key, sha256_of(path), path.suffix, part)
    return studio.store.put(key, path, CONTENT_TYPES[path.suffix])
