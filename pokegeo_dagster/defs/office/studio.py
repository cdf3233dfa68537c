"""The studio: everything that is open while work is done: the store, the database, the crew."""

import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import dagster as dg

from pokegeo_dagster.budget.purse import Purse
from pokegeo_dagster.budget.tiers import Part, Role
from pokegeo_dagster.defs.office.board import Board
from pokegeo_dagster.defs.office.casting import Casts
from pokegeo_dagster.defs.office.journal import keep_journal
from pokegeo_dagster.defs.office.purse import studio_purse
from pokegeo_dagster.defs.office.workbench import Workbench
from pokegeo_dagster.film.crew import Crew
from pokegeo_dagster.film.errors import StoreUnavailable
from pokegeo_dagster.film.release.channel import GreenlightPolicy
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.providers.house.crew import house_crew
from pokegeo_dagster.storage.books import StudioBooks
from pokegeo_dagster.storage.channels import Channels
from pokegeo_dagster.storage.greenlights import Greenlights
from pokegeo_dagster.storage.keyring import Keyring
from pokegeo_dagster.storage.media_store import MediaStore, open_media_store
from pokegeo_dagster.storage.rows import TakeRow
from pokegeo_dagster.storage.settings import HOME_VARIABLE, StudioSettings, studio_home
from pokegeo_dagster.storage.studio_db import StudioDb
from pokegeo_dagster.storage.verdicts import VerdictFile

A_DAY_S = 86_400
WORKERS = 2  # pieces drawn, filmed or encoded at a time in one process; each runs one thread and one encoder
IN_TRANSIT = 2  # pieces being uploaded, downloaded or developed beside those at the vendor


@dataclass(frozen=True)
class Studio:
    """An open studio. One per process; its members are safe to use from several threads."""

    settings: StudioSettings
    store: MediaStore
    db: StudioDb
    books: StudioBooks
    channels: Channels
    verdicts: VerdictFile
    greenlights: Greenlights
    purse: Purse = field(repr=False)
    parts: Mapping[Role, Part]
    crew: Crew = field(repr=False)
    house: Crew = field(repr=False)
    casts: Casts | None = field(repr=False)  # none: this crew works on every episode
    board: Board = field(repr=False)
    bench: Workbench = field(repr=False)

    def scratch(self) -> Path:
        """The folder in which rooms are made."""
        return self.settings.home / "scratch"

    def channel(self, episode: str) -> str:
        """The channel an episode is made for."""
        brief = self.db.brief(episode)
        return brief.channel if brief else "default"

    def about(self, episode: str) -> dict[str, str]:
        """What every line of the journal says of an episode."""
        brief = self.db.brief(episode)
        return {"channel": brief.channel, "priority": brief.priority} if brief else {}

    def staffed(self, brief: Brief) -> "Studio":
        """This studio with the crew that works on a film: its channel may have accounts and a voice of
        its own. Raises CredentialsLocked."""
        if self.casts is None:
            return self
        parts, crew = self.casts.of(brief)
        return self if crew is self.crew else replace(self, parts=parts, crew=crew)

    def at_work_on(self, episode: str) -> "Studio":
        """This studio with the crew that works on an episode."""
        brief = self.db.brief(episode) if self.casts else None
        return self.staffed(brief) if brief else self

    def pays_for(self, role: Role, episode: str) -> bool:
        """Whether a role's work on an episode costs money."""
        return self.at_work_on(episode).parts[role].paid

    def greenlight_policy(self, episode: str) -> tuple[GreenlightPolicy, Decimal | None]:
        """Who says yes to an episode's paid clips, and up to what by itself."""
        channel = self.channels.find(self.channel(episode))
        return (channel.greenlight, channel.greenlight_up_to_usd) if channel else ("always_ask", None)

    def at_once(self, role: Role | None, here: int) -> int:
        """How many pieces of a role's work are in hand at a time: as many as a vendor's desk takes
        and some in transit, or `here` where the work is done on this machine."""
        part = self.parts[role] if role else None
        return self.purse.desks[part.vendor].at_once + IN_TRANSIT if part and part.paid else here

    def with_stand_in(self, role: Role | None) -> "Studio | None":
        """This studio with the house in a vendor's place, where that is the policy for the role."""
        if role is None or self.parts[role].fallback != "house":
            return None
        crew = replace(self.crew, **{role: getattr(self.house, role)})
        return replace(self, crew=crew, casts=None)

    def approved_row(self, episode: str, asset: str, key: str) -> TakeRow | None:
        """The approved take of one piece, if there is one."""
        approved = self.db.approved_take(episode, asset, key)
        return approved.take if approved else None


def here() -> Studio:
    """The studio that the environment names, open."""
    return open_studio(studio_home(os.environ))


@lru_cache(maxsize=4)
def open_studio(home: Path) -> Studio:
    """The studio at `home`, its database migrated and its store proven writable.

    Raises StoreUnavailable, DatabaseUnavailable, OrderRefused (a setting that cannot be).
    """
    settings = StudioSettings.from_env(os.environ, home)
    _furnish(settings.home)
    db = StudioDb(settings.database_url)
    db.migrate()
    store = open_media_store(settings)
    store.probe_writable()
    keep_journal(settings.home)
    books, board, bench = StudioBooks(settings.database_url), Board(), Workbench(WORKERS)
    channels = Channels(settings.database_url, Keyring.from_env(os.environ))
    house = house_crew()
    casts = Casts(house, dict(os.environ), channels)
    parts, crew = casts.of(None)
    greenlights = Greenlights(settings.database_url)
    return Studio(
        settings=settings,
        store=store,
        db=db,
        books=books,
        channels=channels,
        verdicts=VerdictFile(settings.database_url),
        greenlights=greenlights,
        purse=studio_purse(os.environ, db, channels, greenlights, store, books, board, bench.at()),
        parts=parts,
        crew=crew,
        house=house,
        casts=casts,
        board=board,
        bench=bench,
    )


def _furnish(home: Path) -> None:
    """Makes the home, and clears rooms that work killed a day ago or longer left behind."""
    scratch = home / "scratch"
    try:
        scratch.mkdir(parents=True, exist_ok=True)
        for room in scratch.iterdir():
            if time.time() - room.stat().st_mtime > A_DAY_S:
                shutil.rmtree(room, ignore_errors=True)
    except OSError as error:
        raise StoreUnavailable(
            f"The studio's home {home} cannot be written ({error.strerror}): free or fix it, or set "
            f"{HOME_VARIABLE} to a folder that can be."
        ) from error


class StudioResource(dg.ConfigurableResource):
    """The store, the database and the crew. Opened at first use, never at import.

    Configured by the environment (POKEGEO_HOME, POKEGEO_MEDIA, POKEGEO_DATABASE_URL, AWS_…), so
    that no secret is ever part of a run's configuration.
    """

    def open(self) -> Studio:
        """The open studio of this process."""
        return here()
