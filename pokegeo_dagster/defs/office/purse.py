"""The studio's purse: the books, the prices, the caps and the clock, put together for `budget.hire`."""

import itertools
import logging
import threading
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from pokegeo_dagster.budget.books import Slot, Task
from pokegeo_dagster.budget.caps import Caps
from pokegeo_dagster.budget.prices import PriceList
from pokegeo_dagster.budget.purse import Patience, Purse
from pokegeo_dagster.budget.quota import desks
from pokegeo_dagster.defs.office.board import Board
from pokegeo_dagster.defs.office.casting import callback_url
from pokegeo_dagster.film.errors import OrderRefused, StillAtWork
from pokegeo_dagster.storage.books import LEASE_S, StudioBooks, process_name
from pokegeo_dagster.storage.channels import Channels
from pokegeo_dagster.storage.greenlights import Greenlights
from pokegeo_dagster.storage.keys import media_key
from pokegeo_dagster.storage.media_store import CONTENT_TYPES, MediaRef, MediaStore, sha256_of
from pokegeo_dagster.storage.studio_db import StudioDb

PRICES_VARIABLE = "POKEGEO_PRICES"
# Seconds, for those who wait for faster or slower vendors than ours.
PATIENCE_VARIABLES = {
    "POKEGEO_POLL_S": "first_poll_s",
    "POKEGEO_MOST_POLL_S": "most_poll_s",
    "POKEGEO_GIVE_UP_S": "give_up_s",
    "POKEGEO_BACKOFF_S": "backoff_s",
    "POKEGEO_GRACE_S": "grace_s",
}

log = logging.getLogger("pokegeo.purse")


class StudioVault:
    """A vendor's own bytes in the media store, beside the takes they became."""

    def __init__(self, store: MediaStore):
        self._store = store

    def keep(self, slot: Slot, part: str, path: Path) -> Mapping[str, Any]:
        """Stores one file under its own digest; the same bytes twice are stored once."""
        key = media_key(slot.episode, slot.asset, slot.key, sha256_of(path), path.suffix, part)
        return asdict(self._store.put(key, path, CONTENT_TYPES[path.suffix]))

    def open(self, reference: Mapping[str, Any]) -> Path:
        """A local, verified file."""
        return self._store.open_local(MediaRef(**reference).key)


class StudioClock:
    """The time of day; waiting ends early when everybody is sent home."""

    def __init__(self, board: Board):
        self._board = board

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Waits. Raises StillAtWork when the production is stopped meanwhile."""
        if self._board.pause(seconds):
            raise StillAtWork("Stopped while a vendor was at work. It goes on; run the same command again.")


class Heartbeat:
    """Says every few seconds that this process is alive, on everything it minds."""

    def __init__(self, books: StudioBooks):
        self._books, self._began = books, False
        self._lock = threading.Lock()

    def begin(self) -> None:
        """Starts beating, once, until the process ends."""
        with self._lock:
            if not self._began:
                self._began = True
                threading.Thread(target=self._beat, name="heartbeat", daemon=True).start()

    def _beat(self) -> None:
        while True:
            time.sleep(LEASE_S / 3)
            try:
                self._books.renew(process_name())
            except Exception as error:  # a database that is away for a moment must not stop the heart
                log.warning("the heartbeat was not written: %s", error)


def studio_purse(
    environ: Mapping[str, str],
    db: StudioDb,
    channels: Channels,
    greenlights: Greenlights,
    store: MediaStore,
    books: StudioBooks,
    board: Board,
    bench: AbstractContextManager[Any],
) -> Purse:
    """The purse of a studio. Raises OrderRefused for settings that cannot be."""
    serials, heart, process = itertools.count(1), Heartbeat(books), process_name()
    caps = Caps.from_texts(environ)

    def owner() -> str:
        heart.begin()
        return f"{process}|{next(serials)}"

    def caps_of(episode: str) -> Caps:
        brief = db.brief(episode)
        if brief is None:
            return caps
        channel = channels.find(brief.channel)
        yes = greenlights.standing(episode)
        said = [brief.budget_usd, yes.up_to_usd if yes else None]
        least = min((usd for usd in said if usd is not None), default=None)
        return (caps.within(channel) if channel else caps).with_budget(least)

    return Purse(
        books=books,
        prices=_prices(environ),
        caps=caps_of,
        desks=desks(environ),
        vault=StudioVault(store),
        clock=StudioClock(board),
        patience=_patience(environ),
        owner=owner,
        bench=bench,
        tell=lambda task, state: _tell(task, state, db),
        listens=callback_url(environ) is not None,
    )


def _prices(environ: Mapping[str, str]) -> PriceList:
    own = environ.get(PRICES_VARIABLE, "").strip()
    if not own:
        return PriceList.load()
    try:
        return PriceList.load(Path(own).expanduser().read_text(encoding="utf-8"), own)
    except (OSError, UnicodeDecodeError) as error:
        raise OrderRefused(f"{PRICES_VARIABLE} names {own}, which cannot be read: {error}.") from error


def _patience(environ: Mapping[str, str]) -> Patience:
    patience = Patience()
    for variable, field in PATIENCE_VARIABLES.items():
        if text := environ.get(variable, "").strip():
            patience = replace(patience, **{field: _seconds(text, variable)})
    return patience


def _seconds(text: str, variable: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds < 86_400:
        raise OrderRefused(f"{variable} is {text!r}: write seconds, such as 2.5.")
    return seconds


def _tell(task: Task, state: str, db: StudioDb) -> None:
    slot, brief = task.slot, db.brief(task.slot.episode)
    slate = {
        "asset": slot.asset,
        "episode": slot.episode,
        "channel": slot.channel,
        "priority": brief.priority if brief else None,
        "key": slot.key,
        "state": state,
        "vendor": task.vendor,
        "task": task.id,
        "vendor_task": task.task_id,
        "quote_usd": str(task.quote_usd),
        "charged_usd": str(task.charged_usd),
        "take": slot.number,
    }
    log.info("%s %s %s %s", slot.asset, slot.key, task.vendor, state, extra={"slate": slate})
