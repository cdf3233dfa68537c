"""Where this studio keeps its things, read once from the environment and then passed around."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from pokegeo_dagster.film.errors import OrderRefused

HOME_VARIABLE = "POKEGEO_HOME"
MEDIA_SERVICE = "127.0.0.1:3070"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"[A-Za-z0-9_.=-]+(/[A-Za-z0-9_.=-]+)*")
_HOST = re.compile(r"[A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\]")


def studio_home(environ: Mapping[str, str]) -> Path:
    """Where this studio lives: POKEGEO_HOME, else `studio/` beside the package's checkout."""
    chosen = environ.get(HOME_VARIABLE)
    return Path(chosen).resolve() if chosen else Path(__file__).resolve().parents[2] / "studio"


@dataclass(frozen=True, slots=True)
class S3Place:
    """A bucket and how to reach it. Keys left None are looked for where boto3 looks
    (profile files, instance roles)."""

    bucket: str
    prefix: str = ""  # without slashes at its ends
    endpoint: str | None = None  # None: AWS itself
    region: str = "us-east-1"
    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        at = f" at {self.endpoint}" if self.endpoint else ""
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/") + at


@dataclass(frozen=True)
class StudioSettings:
    """The studio's places. Neither `repr` nor `str` shows a password or a key."""

    home: Path
    media_folder: Path
    s3: S3Place | None
    database_url: str = field(repr=False)
    service_host: str
    service_port: int
    listens: bool = True  # whether spoken lines are listened to, word by word

    @classmethod
    def from_env(cls, environ: Mapping[str, str], home: Path) -> StudioSettings:
        """The settings that `environ` asks for, with everything under `home` by default.

        POKEGEO_MEDIA is a folder (relative to home) or s3://bucket/prefix; its endpoint and keys come
        from the usual AWS variables. POKEGEO_DATABASE_URL is a SQLite or PostgreSQL URL.
        POKEGEO_MEDIA_SERVICE is host:port. POKEGEO_LISTENER=off leaves spoken lines unheard. An empty
        variable counts as absent. Touches no disk.
        Raises OrderRefused, naming the variable and what to write instead.
        """
        home = home.expanduser().absolute()
        media = environ.get("POKEGEO_MEDIA", "").strip()
        host, port = _address(environ.get("POKEGEO_MEDIA_SERVICE", "").strip() or MEDIA_SERVICE)
        return cls(
            home=home,
            media_folder=home / "media" if media.startswith("s3://") else _folder(media or "media", home),
            s3=_s3_place(media, environ) if media.startswith("s3://") else None,
            database_url=_database(environ.get("POKEGEO_DATABASE_URL", "").strip(), home),
            service_host=host,
            service_port=port,
            listens=_listens(environ.get("POKEGEO_LISTENER", "").strip()),
        )

    @property
    def cache_folder(self) -> Path:
        """Where files of a remote store are kept while they are in use."""
        return self.home / "cache" / "media"

    @property
    def media_shown(self) -> str:
        """Where the media are, for a person to read."""
        return str(self.s3 or self.media_folder)

    @property
    def database_shown(self) -> str:
        """The database's URL, for a person to read: its password is ***."""
        return without_password(self.database_url)

    @property
    def service_url(self) -> str:
        """Where the media service answers."""
        return f"http://{self.service_host}:{self.service_port}"

    def __repr__(self) -> str:
        return (
            f"StudioSettings(home={str(self.home)!r}, media={self.media_shown!r}, "
            f"database={self.database_shown!r}, service={self.service_url!r})"
        )


def without_password(url: str) -> str:
    """A database URL for a person to read: every password in it is ***."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return "(a text that is no URL)"  # it may be a password pasted alone
    secret = {name: "***" for name in parsed.query if "pass" in name or "secret" in name}
    return parsed.update_query_dict(secret).render_as_string(hide_password=True)


def _listens(text: str) -> bool:
    if text not in ("", "on", "off"):
        raise OrderRefused(
            f"POKEGEO_LISTENER is {text!r}: write on, or off where narrations are not in English."
        )
    return text != "off"


def _folder(text: str, home: Path) -> Path:
    if re.match(r"[a-z0-9+]+://", text, re.IGNORECASE):
        scheme = text.split("://")[0]
        raise OrderRefused(
            f"POKEGEO_MEDIA cannot be a {scheme}:// address: write a folder, or s3://bucket/prefix."
        )
    return (home / Path(text).expanduser()).absolute()


def _s3_place(text: str, environ: Mapping[str, str]) -> S3Place:
    bucket, _, prefix = text.removeprefix("s3://").partition("/")
    prefix = prefix.strip("/")
    # What was written is not repeated: a secret pasted in front of the bucket would land in a log.
    if not _BUCKET.fullmatch(bucket):
        raise OrderRefused(
            "POKEGEO_MEDIA does not name a bucket: write s3://bucket/prefix, the bucket with 3–63 "
            "lower-case letters, digits, dots and hyphens, and no keys in it."
        )
    if prefix and (not _PREFIX.fullmatch(prefix) or {".", ".."} & set(prefix.split("/"))):
        raise OrderRefused(
            "POKEGEO_MEDIA has a prefix that cannot be used: write letters, digits, _ . = - and single "
            "slashes, for example s3://studio/pokegeo."
        )
    access, secret = environ.get("AWS_ACCESS_KEY_ID") or None, environ.get("AWS_SECRET_ACCESS_KEY") or None
    if bool(access) != bool(secret):
        lost = "AWS_SECRET_ACCESS_KEY" if access else "AWS_ACCESS_KEY_ID"
        raise OrderRefused(
            f"{lost} is not set: set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or neither."
        )
    return S3Place(
        bucket=bucket,
        prefix=prefix,
        endpoint=_endpoint(environ),
        region=environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or "us-east-1",
        access_key=access,
        secret_key=secret,
        session_token=environ.get("AWS_SESSION_TOKEN") or None,
    )


def _endpoint(environ: Mapping[str, str]) -> str | None:
    for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"):
        text = environ.get(name, "").strip()
        if not text:
            continue
        try:
            url = urlsplit(text)
            plain = (
                url.scheme in ("http", "https") and url.hostname and "@" not in url.netloc and url.port != 0
            )
        except ValueError:
            plain = False
        if not plain:
            raise OrderRefused(
                f"{name} is no address: write http://host:port or https://host, without keys in it."
            )
        return text.rstrip("/")
    return None


def _database(text: str, home: Path) -> str:
    if not text:
        return str(URL.create("sqlite", database=str(home / "studio.db")))
    expected = (
        "write sqlite:///folder/studio.db or postgresql+psycopg2://user:password@host:5432/database "
        "(with / @ : # in a password spelt %2F %40 %3A %23)"
    )
    scheme, colon, rest = text.partition("://")
    if scheme in ("postgres", "postgresql"):
        scheme = "postgresql+psycopg2"
    try:
        url = make_url(scheme + colon + rest)
    except (ArgumentError, ValueError):
        raise OrderRefused(f"POKEGEO_DATABASE_URL is no database URL: {expected}.") from None
    if url.drivername == "postgresql+psycopg2":
        if not url.database:
            raise OrderRefused(f"POKEGEO_DATABASE_URL names no database: {expected}.")
        return url.render_as_string(hide_password=False)
    if url.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise OrderRefused(
            f"POKEGEO_DATABASE_URL is for {url.drivername}, which the studio does not speak: {expected}."
        )
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise OrderRefused(f"POKEGEO_DATABASE_URL needs a file that every process can open: {expected}.")
    return str(URL.create("sqlite", database=str((home / Path(url.database).expanduser()).absolute())))


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    host = host or "127.0.0.1"
    if not colon or not _HOST.fullmatch(host) or not port.isdecimal() or not 1 <= int(port) <= 65535:
        raise OrderRefused(
            f"POKEGEO_MEDIA_SERVICE is {text!r}, which is no address: "
            f"write host:port, for example {MEDIA_SERVICE}."
        )
    return host, int(port)
