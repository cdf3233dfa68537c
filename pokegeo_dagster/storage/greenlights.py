"""Who said yes to what: to filming a screenplay up to an amount, and to letting a film out.

A yes is for one version. When the screenplay (or the film) has changed since, it does not count.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

from sqlalchemy import and_, select

from pokegeo_dagster.storage import schema
from pokegeo_dagster.storage._database import Database

Consent = Literal["clips", "release"]
# What a yes is about: the asset whose approved version it names.
ABOUT: dict[Consent, str] = {"clips": "screenplay", "release": "final_cut"}

_greenlights, _approved = schema.greenlights, schema.approved


@dataclass(frozen=True, slots=True)
class Yes:
    """A yes. `up_to_usd` is for the whole episode, what is spent already included; none: as far as the
    caps go."""

    id: int
    episode: str
    consent: Consent
    version: str
    up_to_usd: Decimal | None
    by_whom: str
    at: datetime


def _now() -> datetime:
    return datetime.now(UTC)


class Greenlights:
    """Every yes in the database at `url`."""

    def __init__(self, url: str, now: Callable[[], datetime] = _now):
        self._database, self._now = Database(url), now

    def say_yes(
        self, episode: str, consent: Consent, version: str, up_to_usd: Decimal | None, by_whom: str
    ) -> Yes:
        """Keeps a yes to this version. The newest counts; the same one said again is one."""
        with self._database.transaction(write=True) as connection:
            of = (_greenlights.c.episode == episode, _greenlights.c.consent == consent)
            newest = select(_greenlights).where(*of, _greenlights.c.version == version)
            row = connection.execute(newest.order_by(_greenlights.c.id.desc()).limit(1)).one_or_none()
            if row is None or (row.up_to_usd, row.by_whom) != (up_to_usd, by_whom):
                said = {"episode": episode, "consent": consent, "version": version, "up_to_usd": up_to_usd,
                        "by_whom": by_whom, "at": self._now()}  # fmt: skip
                connection.execute(_greenlights.insert().values(said))
                row = connection.execute(newest.order_by(_greenlights.c.id.desc()).limit(1)).one()
            return Yes(**row._mapping)

    def standing(self, episode: str, consent: Consent = "clips") -> Yes | None:
        """The yes that counts: the newest to what is approved now."""
        current = and_(
            _approved.c.episode == _greenlights.c.episode,
            _approved.c.asset == ABOUT[consent],
            _approved.c.data_version == _greenlights.c.version,
        )
        asked = (
            select(_greenlights)
            .join_from(_greenlights, _approved, current)
            .where(_greenlights.c.episode == episode, _greenlights.c.consent == consent)
        )
        with self._database.transaction(write=False) as connection:
            row = connection.execute(asked.order_by(_greenlights.c.id.desc()).limit(1)).one_or_none()
        return None if row is None else Yes(**row._mapping)
