"""Real places to keep things in: a folder, a bucket, SQLite and PostgreSQL."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pokegeo_dagster.storage.books import StudioBooks
from pokegeo_dagster.storage.media_store import MediaStore, open_media_store
from pokegeo_dagster.storage.settings import StudioSettings
from pokegeo_dagster.storage.studio_db import StudioDb
from pokegeo_dagster_tests.emulators.postgres_server import PostgresServer, postgres_server
from pokegeo_dagster_tests.emulators.s3_server import S3Server, s3_server


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with s3_server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        yield server


@dataclass
class Place:
    """A media store, how to open it once more, and ways to harm it behind its back."""

    environ: dict[str, str]
    home: Path
    s3: S3Server | None

    def open(self) -> MediaStore:
        """The store as another process would see it: nothing remembered."""
        return open_media_store(self.settings)

    @property
    def settings(self) -> StudioSettings:
        return StudioSettings.from_env(self.environ, self.home)

    def overwrite(self, key: str, data: bytes, *, keep_record: bool = True) -> None:
        """Put other bytes where a key's file lies, the way an accident would."""
        if self.s3 is None:
            (self.home / "media" / key).write_bytes(data)
            if not keep_record:
                (self.home / "media" / ".meta" / f"{key}.json").unlink()
            return
        client, name = self.s3.client(), f"{self.settings.s3.prefix}/{key}"
        record = client.head_object(Bucket=self.s3.bucket, Key=name)["Metadata"] if keep_record else {}
        client.put_object(Bucket=self.s3.bucket, Key=name, Body=data, Metadata=record)


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "folder":
        return Place({}, tmp_path / "studio", None)
    server = request.getfixturevalue("s3")
    own = {"POKEGEO_MEDIA": f"s3://{server.bucket}/{uuid.uuid4().hex}"}
    return Place(server.environ | own, tmp_path / "studio", server)


@pytest.fixture
def store(place: Place) -> MediaStore:
    return place.open()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'studio.db'}"
    return request.getfixturevalue("postgres").new_database()


@pytest.fixture
def db(database_url: str) -> Iterator[StudioDb]:
    database = StudioDb(database_url)
    database.migrate()
    yield database
    database.close()


class Watch:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 21, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def pass_s(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def open_books(db: StudioDb, database_url: str, watch: Watch) -> Iterator[Callable[[], StudioBooks]]:
    """The books as another process would open them."""
    opened: list[StudioBooks] = []

    def open_them() -> StudioBooks:
        opened.append(StudioBooks(database_url, watch, dead=lambda owner: owner.startswith("dead")))
        return opened[-1]

    yield open_them
    for books in opened:
        books._database.close()


@pytest.fixture
def books(open_books: Callable[[], StudioBooks]) -> StudioBooks:
    return open_books()
