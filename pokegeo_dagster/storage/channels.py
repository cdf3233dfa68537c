"""The channels of the studio, and their credentials under lock."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, select, update

from pokegeo_dagster.film.digest import canonical_json
from pokegeo_dagster.film.errors import OrderRefused
from pokegeo_dagster.film.release.channel import CREDENTIALS, DEFAULT_CHANNEL, Channel, channel_from
from pokegeo_dagster.storage import schema
from pokegeo_dagster.storage._database import Database
from pokegeo_dagster.storage.keyring import Keyring

_channels = schema.channels
_COLUMNS = {"id", "name", "voice", "timezone", "active"}  # the rest of a channel is in settings_json


class Channels:
    """The channels in the database at `url`. The channel «default» is always there."""

    def __init__(self, url: str, keyring: Keyring):
        self._database, self._keyring = Database(url), keyring

    def all(self) -> tuple[Channel, ...]:
        """Every channel, in order of name; «default» is always one of them."""
        with self._database.transaction(write=False) as connection:
            rows = connection.execute(select(_channels).order_by(_channels.c.id)).all()
        found = {DEFAULT_CHANNEL: Channel(id=DEFAULT_CHANNEL)} | {row.id: _channel(row) for row in rows}
        return tuple(found[name] for name in sorted(found))

    def find(self, name: str) -> Channel | None:
        """A channel; None when there is none of this name."""
        with self._database.transaction(write=False) as connection:
            row = self._row(connection, name)
        if row is None:
            return Channel(id=DEFAULT_CHANNEL) if name == DEFAULT_CHANNEL else None
        return _channel(row)

    def of(self, name: str) -> Channel:
        """A channel. Raises OrderRefused, naming those there are."""
        found = self.find(name)
        if found is None:
            known = ", ".join(channel.id for channel in self.all())
            raise OrderRefused(
                f"There is no channel {name!r}: there is {known}. Make it: pokegeo channel add {name}"
            )
        return found

    def add(self, channel: Channel) -> None:
        """A new channel. Raises OrderRefused when there is one of this name."""
        with self._database.transaction(write=True) as connection:
            if self._row(connection, channel.id) is not None:
                raise OrderRefused(
                    f"There is a channel {channel.id!r} already: change it with `pokegeo channel set`."
                )
            connection.execute(_channels.insert().values(_columns(channel)))

    def change(self, name: str, /, **fields: object) -> Channel:
        """Other settings for a channel, all or none. Raises OrderRefused."""
        with self._database.transaction(write=True) as connection:
            row = self._row(connection, name, lock=True)
            before = _channel(row) if row is not None else self.of(name)
            after = before.changed(**fields)
            if row is None:
                connection.execute(_channels.insert().values(_columns(after)))
            else:
                connection.execute(update(_channels).where(_channels.c.id == name).values(_columns(after)))
        return after

    # --- credentials ---------------------------------------------------------------------------

    def kept(self, name: str) -> tuple[str, ...]:
        """Which credentials a channel keeps. Their values are not read."""
        with self._database.transaction(write=False) as connection:
            row = self._row(connection, name)
        return tuple(sorted(_tokens(row)))

    def credentials(self, name: str) -> Mapping[str, str]:
        """A channel's own credentials by the variable whose place they take. Raises CredentialsLocked."""
        with self._database.transaction(write=False) as connection:
            row = self._row(connection, name)
        return {
            CREDENTIALS[what]: self._keyring.unlock(token, f"The {what} credential of channel {name}")
            for what, token in _tokens(row).items()
            if what in CREDENTIALS
        }

    def credential(self, name: str, what: str) -> str | None:
        """One credential of a channel. Raises CredentialsLocked."""
        with self._database.transaction(write=False) as connection:
            token = _tokens(self._row(connection, name)).get(what)
        return token and self._keyring.unlock(token, f"The {what} credential of channel {name}")

    def keep(self, name: str, what: str, secret: str | None) -> None:
        """Locks a credential away in place of the former one; None takes it out. Raises OrderRefused."""
        if what not in CREDENTIALS:
            raise OrderRefused(f"A channel keeps no credential {what!r}: it keeps {', '.join(CREDENTIALS)}.")
        token = None if secret is None else self._keyring.lock(secret)
        channel = self.of(name)
        with self._database.transaction(write=True) as connection:
            row = self._row(connection, name, lock=True)
            if row is None:  # the default channel, which is there before its row
                connection.execute(_channels.insert().values(_columns(channel)))
            tokens = {k: v for k, v in {**_tokens(row), what: token}.items() if v is not None}
            self._write(connection, name, tokens)

    def rotate(self) -> int:
        """Locks every credential again with the first key of the keyring. Says how many; raises
        CredentialsLocked when one cannot be read, and then none was changed."""
        done = 0
        with self._database.transaction(write=True) as connection:
            for row in connection.execute(select(_channels).with_for_update()).all():
                tokens = {
                    what: self._keyring.lock(
                        self._keyring.unlock(token, f"The {what} credential of channel {row.id}")
                    )
                    for what, token in _tokens(row).items()
                }
                if tokens:
                    self._write(connection, row.id, tokens)
                    done += len(tokens)
        return done

    def _write(self, connection: Connection, name: str, tokens: Mapping[str, str]) -> None:
        values = {"credentials_json": canonical_json(dict(tokens)) if tokens else None}
        connection.execute(update(_channels).where(_channels.c.id == name).values(values))

    def _row(self, connection: Connection, name: str, lock: bool = False) -> Row[Any] | None:
        asked = select(_channels).where(_channels.c.id == name)
        return connection.execute(asked.with_for_update() if lock else asked).one_or_none()


def _tokens(row: Row[Any] | None) -> dict[str, str]:
    return json.loads(row.credentials_json) if row is not None and row.credentials_json else {}


def _columns(channel: Channel) -> dict[str, Any]:
    data = channel.model_dump(mode="json")
    return {
        "id": channel.id,
        "name": channel.name,
        "voice": channel.voice,
        "timezone": channel.timezone,
        "active": channel.active,
        "settings_json": canonical_json({k: v for k, v in data.items() if k not in _COLUMNS}),
    }


def _channel(row: Row[Any]) -> Channel:
    known = {"id": row.id, "name": row.name, "voice": row.voice or "", "timezone": row.timezone}
    return channel_from({**json.loads(row.settings_json), **known, "active": row.active})
