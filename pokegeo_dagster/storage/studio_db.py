"""The studio's database: briefs, takes, what is approved, what failed, what was spent.

Every method is one transaction, safe across threads and processes, and raises DatabaseUnavailable
in one line, without a password, when the database cannot be used.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, and_, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from pokegeo_dagster.film.digest import canonical_json
from pokegeo_dagster.film.errors import BriefRefused, OrderRefused
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.storage import schema
from pokegeo_dagster.storage._database import Database
from pokegeo_dagster.storage.media_store import MediaRef
from pokegeo_dagster.storage.money import spent, spent_by_episode
from pokegeo_dagster.storage.rows import Approved, Failure, TakeRow

__all__ = ["Approved", "Failure", "StudioDb", "TakeRow"]

_takes, _approved, _failures, _briefs = schema.takes, schema.approved, schema.failures, schema.briefs
_edits, _tasks, _orders = schema.edits, schema.tasks, schema.orders


def _now() -> datetime:
    return datetime.now(UTC)


class StudioDb:
    """The database at `url` (SQLite or PostgreSQL). Connects at the first call, not before."""

    def __init__(self, url: str, now: Callable[[], datetime] = _now):
        self._database, self._now = Database(url), now

    def __repr__(self) -> str:
        return f"StudioDb({self._database.shown!r})"

    def migrate(self) -> None:
        """Make or bring up to date every table. Call it at every start: it is cheap when done."""
        self._database.migrate()

    def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        self._database.close()

    def ping(self) -> None:
        """Ask the database for a sign of life."""
        with self._database.transaction(write=False) as connection:
            connection.execute(select(_briefs.c.episode).limit(1))

    # --- briefs --------------------------------------------------------------------------------

    def save_brief(self, brief: Brief) -> None:
        """Keep a brief, in place of the episode's former one. A deleted episode comes back."""
        first = {"episode": brief.episode, "created_at": self._now()}
        with self._database.transaction(write=True) as connection:
            _upsert(connection, _briefs, first, _brief_row(brief))
            _requeue(connection, brief)

    def file_brief(self, brief: Brief) -> bool:
        """Keep the brief of a new episode. Says whether it was new: the one on file is not touched.

        A deleted episode may be ordered again.
        """
        row = {"episode": brief.episode, "created_at": self._now(), **_brief_row(brief)}
        with self._database.transaction(write=True) as connection:
            gone = delete(_briefs).where(
                _briefs.c.episode == brief.episode, _briefs.c.deleted_at.is_not(None)
            )
            connection.execute(gone)
            insert = _insert(connection, _briefs).values(row).on_conflict_do_nothing()
            return connection.execute(insert).rowcount > 0

    def change_brief(self, episode: str, **fields: Any) -> Brief:
        """Other values for some fields of a brief. Raises BriefRefused when there is no such episode."""
        asked = select(_briefs.c.brief_json).where(
            _briefs.c.episode == episode, _briefs.c.deleted_at.is_(None)
        )
        with self._database.transaction(write=True) as connection:
            found = connection.scalar(asked.with_for_update())
            if found is None:
                raise BriefRefused(f"There is no episode {episode!r}: `pokegeo brief list` names them.")
            brief = Brief.model_validate({**Brief.model_validate_json(found).model_dump(), **fields})
            change = update(_briefs).where(_briefs.c.episode == episode).values(_brief_row(brief))
            connection.execute(change)
            _requeue(connection, brief)
        return brief

    def brief(self, episode: str) -> Brief | None:
        """The brief of an episode; None when there is none or it was deleted."""
        asked = select(_briefs.c.brief_json).where(
            _briefs.c.episode == episode, _briefs.c.deleted_at.is_(None)
        )
        with self._database.transaction(write=False) as connection:
            found = connection.scalar(asked)
        return None if found is None else Brief.model_validate_json(found)

    def briefs(self) -> tuple[Brief, ...]:
        """Every brief that is not deleted, the oldest first."""
        asked = (
            select(_briefs.c.brief_json)
            .where(_briefs.c.deleted_at.is_(None))
            .order_by(_briefs.c.created_at, _briefs.c.episode)
        )
        with self._database.transaction(write=False) as connection:
            found = connection.scalars(asked).all()
        return tuple(Brief.model_validate_json(text) for text in found)

    def delete_brief(self, episode: str) -> bool:
        """Take an episode out of the catalogue. Its takes, and what they cost, stay on record.

        Says whether there was one.
        """
        change = update(_briefs).where(_briefs.c.episode == episode, _briefs.c.deleted_at.is_(None))
        queued = update(_orders).where(_orders.c.episode == episode, _orders.c.state == "queued")
        with self._database.transaction(write=True) as connection:
            connection.execute(queued.values(state="stopped", outcome="the episode was deleted"))
            return connection.execute(change.values(deleted_at=self._now())).rowcount > 0

    # --- takes ---------------------------------------------------------------------------------

    def find_take(
        self, episode: str, asset: str, key: str, recipe: str, number: int | None = None
    ) -> TakeRow | None:
        """The take of a recipe with this number, or the newest; None when there is none."""
        asked = select(_takes).where(*_of(_takes, episode, asset, key), _takes.c.recipe == recipe)
        if number is not None:
            asked = asked.where(_takes.c.number == number)
        with self._database.transaction(write=False) as connection:
            row = connection.execute(asked.order_by(_takes.c.number.desc()).limit(1)).one_or_none()
        return None if row is None else _take(row)

    def takes(self, episode: str, asset: str, key: str) -> tuple[TakeRow, ...]:
        """Every take of a key, of all recipes, the oldest first."""
        asked = select(_takes).where(*_of(_takes, episode, asset, key)).order_by(_takes.c.id)
        with self._database.transaction(write=False) as connection:
            return tuple(_take(row) for row in connection.execute(asked))

    def take(self, take_id: int) -> TakeRow | None:
        """The take with this id."""
        with self._database.transaction(write=False) as connection:
            row = connection.execute(select(_takes).where(_takes.c.id == take_id)).one_or_none()
        return None if row is None else _take(row)

    def add_take(
        self,
        *,
        episode: str,
        asset: str,
        key: str,
        recipe: str,
        data_version: str,
        files: Mapping[str, MediaRef],
        slate: Mapping[str, Any],
        member: str,
        model: str,
        number: int = 1,
        cost_usd: Decimal = Decimal(0),
        paid: bool = False,
        author: str | None = None,
        tasks: Sequence[int] = (),
    ) -> TakeRow:
        """Record a take whose files are stored, and that the purchases it came from are done.

        When this number of this recipe is on record already, nothing changes and that row is
        returned: of two makers of one take, the first counts. `slate` holds JSON values.
        """
        row = {
            "episode": episode,
            "asset": asset,
            "key": key,
            "recipe": recipe,
            "number": number,
            "data_version": data_version,
            "files_json": canonical_json({part: _told(ref) for part, ref in files.items()}),
            "slate_json": canonical_json(dict(slate)),
            "member": member,
            "model": model,
            "cost_usd": cost_usd,
            "paid": paid,
            "author": author,
            "created_at": self._now(),
        }
        which = _of(_takes, episode, asset, key)
        asked = select(_takes).where(*which, _takes.c.recipe == recipe, _takes.c.number == number)
        with self._database.transaction(write=True) as connection:
            connection.execute(_insert(connection, _takes).values(row).on_conflict_do_nothing())
            if tasks:
                done = update(_tasks).where(_tasks.c.id.in_(tasks), _tasks.c.state == "delivered")
                stamp = {"state": "stored", "settled_at": self._now(), "updated_at": self._now()}
                connection.execute(done.values({**stamp, "lease_owner": None, "lease_until": None}))
            return _take(connection.execute(asked).one())

    # --- what is approved ----------------------------------------------------------------------

    def approve(self, episode: str, asset: str, key: str, take_id: int, inputs_text: str) -> Approved:
        """Make a take the current one of its key, and forget that the key had failed.

        `inputs_text` says what the take was made from: "asset/key=version;…". Raises OrderRefused
        when the take is not one of this key.
        """
        asked = select(_takes).where(_takes.c.id == take_id, *_of(_takes, episode, asset, key))
        with self._database.transaction(write=True) as connection:
            found = connection.execute(asked).one_or_none()
            if found is None:
                raise OrderRefused(
                    f"{episode} has no take {take_id} of {asset} {key}: see its list of takes."
                )
            take, moment = _take(found), self._now()
            row = {
                "take_id": take.id,
                "data_version": take.data_version,
                "inputs_text": inputs_text,
                "approved_at": moment,
            }
            _upsert(connection, _approved, {"episode": episode, "asset": asset, "key": key}, row)
            connection.execute(delete(_failures).where(*_of(_failures, episode, asset, key)))
        return Approved(take, take.data_version, inputs_text, moment)

    def approved(self, episode: str, asset: str | None = None) -> dict[tuple[str, str], Approved]:
        """The current take of every (asset, key) of an episode, or of one asset of it."""
        asked = _approvals().where(_approved.c.episode == episode)
        if asset is not None:
            asked = asked.where(_approved.c.asset == asset)
        with self._database.transaction(write=False) as connection:
            rows = connection.execute(asked.order_by(_approved.c.asset, _approved.c.key)).all()
        return {(row.asset, row.key): _approval(row) for row in rows}

    def approved_take(self, episode: str, asset: str, key: str) -> Approved | None:
        """The current take of one key."""
        asked = _approvals().where(*_of(_approved, episode, asset, key))
        with self._database.transaction(write=False) as connection:
            row = connection.execute(asked).one_or_none()
        return None if row is None else _approval(row)

    def approved_overview(self) -> list[tuple[str, str, str, str, str]]:
        """(episode, asset, key, data version, inputs text) of everything approved, in no order."""
        # Straight from the driver: 150,000 rows are read at every look at what is stale.
        asked = "SELECT episode, asset, key, data_version, inputs_text FROM approved"
        with self._database.transaction(write=False) as connection:
            cursor = connection.connection.cursor()
            try:
                cursor.execute(asked)
                return list(cursor.fetchall())
            finally:
                cursor.close()

    def approved_films(self) -> list[tuple[str, str]]:
        """(episode, asset) of everything approved that belongs to a whole episode, in order."""
        asked = select(_approved.c.episode, _approved.c.asset).where(_approved.c.key == "film")
        with self._database.transaction(write=False) as connection:
            rows = connection.execute(asked.order_by(_approved.c.episode, _approved.c.asset)).all()
        return [(row.episode, row.asset) for row in rows]

    # --- what a human wrote ---------------------------------------------------------------------

    def edit(self, episode: str, asset: str) -> str | None:
        """What a human wrote in the place of the crew's own, if anything."""
        asked = select(_edits.c.text).where(_edits.c.episode == episode, _edits.c.asset == asset)
        with self._database.transaction(write=False) as connection:
            return connection.scalar(asked.order_by(_edits.c.id.desc()).limit(1))

    def save_edit(self, episode: str, asset: str, text: str | None, author: str) -> None:
        """Keep what a human wrote, beside what was written before; None gives the crew its turn back."""
        row = {"episode": episode, "asset": asset, "text": text, "author": author, "at": self._now()}
        with self._database.transaction(write=True) as connection:
            connection.execute(_edits.insert().values(row))

    # --- failures and money --------------------------------------------------------------------

    def record_failure(
        self, episode: str, asset: str, key: str, reason: str, error_type: str, run_id: str | None = None
    ) -> None:
        """Keep why a key could not be made, in place of an older reason, and count how often."""
        row = {"reason": reason, "error_type": error_type, "run_id": run_id, "at": self._now()}
        first = {"episode": episode, "asset": asset, "key": key, "tries": 1}
        with self._database.transaction(write=True) as connection:
            insert = _insert(connection, _failures).values(first | row)
            again = {**row, "tries": _failures.c.tries + 1}
            keys = list(_failures.primary_key.columns)
            connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=again))

    def failures(self, episode: str | None = None) -> tuple[Failure, ...]:
        """What failed and has not succeeded since, of one episode or of all."""
        asked = select(_failures).order_by(_failures.c.episode, _failures.c.asset, _failures.c.key)
        if episode is not None:
            asked = asked.where(_failures.c.episode == episode)
        with self._database.transaction(write=False) as connection:
            return tuple(Failure(**row._mapping) for row in connection.execute(asked))

    def clear_failure(self, episode: str, asset: str, key: str) -> None:
        """Forget that a key failed."""
        with self._database.transaction(write=True) as connection:
            connection.execute(delete(_failures).where(*_of(_failures, episode, asset, key)))

    def spent_usd(self, episode: str | None = None) -> Decimal:
        """What the ledger says was charged, for an episode or for all: also for what failed and for what
        a human settled, and for deleted episodes."""
        with self._database.transaction(write=False) as connection:
            return spent(connection, episode=episode)

    def spent_by_episode(self) -> dict[str, Decimal]:
        """What the ledger says was charged for each episode; one that cost nothing is not there."""
        with self._database.transaction(write=False) as connection:
            return spent_by_episode(connection)


def _of(table: Table, episode: str, asset: str, key: str) -> tuple[Any, ...]:
    return table.c.episode == episode, table.c.asset == asset, table.c.key == key


def _approvals() -> Select[Any]:
    """The takes that are current, with their approvals beside them."""
    columns = (_approved.c.inputs_text, _approved.c.approved_at)
    return select(_takes, *columns).join_from(_approved, _takes, and_(_approved.c.take_id == _takes.c.id))


def _requeue(connection: Connection, brief: Brief) -> None:
    """What waits for its turn obeys a changed brief at once."""
    queued = update(_orders).where(_orders.c.episode == brief.episode, _orders.c.state == "queued")
    connection.execute(queued.values(channel=brief.channel, priority=brief.priority))


def _brief_row(brief: Brief) -> dict[str, Any]:
    return {
        "channel": brief.channel,
        "species": brief.species,
        "clip_count": brief.clip_count,
        "seed": brief.seed,
        "profile": brief.profile,
        "priority": brief.priority,
        "budget_usd": brief.budget_usd,
        "brief_json": canonical_json(brief),
        "deleted_at": None,
    }


def _insert(connection: Connection, table: Table) -> Any:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table)


def _upsert(connection: Connection, table: Table, first: dict[str, Any], row: dict[str, Any]) -> None:
    """Insert `first` and `row`; where the primary key is there already, update with `row` alone."""
    keys = list(table.primary_key.columns)
    insert = _insert(connection, table).values(first | row)
    connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=row))


def _told(ref: MediaRef) -> dict[str, Any]:
    return {"key": ref.key, "size": ref.size, "sha256": ref.sha256, "content_type": ref.content_type}


def _take(row: Row[Any]) -> TakeRow:
    return TakeRow(
        id=row.id,
        episode=row.episode,
        asset=row.asset,
        key=row.key,
        recipe=row.recipe,
        number=row.number,
        data_version=row.data_version,
        files={part: MediaRef(**told) for part, told in json.loads(row.files_json).items()},
        slate=json.loads(row.slate_json),
        member=row.member,
        model=row.model,
        cost_usd=row.cost_usd,
        paid=row.paid,
        author=row.author,
        created_at=row.created_at,
    )


def _approval(row: Row[Any]) -> Approved:
    return Approved(_take(row), row.data_version, row.inputs_text, row.approved_at)
