"""The media store: what every place that can keep a film's files promises.

Two places keep it: `folder_store` (the embedded default) and `s3_store`. One conformance suite
holds both to these words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pokegeo_dagster.film.errors import MediaDamaged, MediaMissing, ProductionError
from pokegeo_dagster.storage.keys import make_again

if TYPE_CHECKING:
    from pokegeo_dagster.storage.settings import StudioSettings

CHUNK_BYTES = 256 * 1024


CONTENT_TYPES = {
    ".json": "application/json",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".mp4": "video/mp4",
    ".m4a": "audio/mp4",
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".pcm": "audio/pcm",
    ".csv": "text/csv; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".srt": "text/plain; charset=utf-8",  # its own type is known to few browsers, which would save it
    ".vtt": "text/vtt; charset=utf-8",
    ".otio": "application/json",
    ".edl": "text/plain; charset=utf-8",
    ".fcpxml": "application/xml",
    ".html": "text/html; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class MediaRef:
    """One stored file: where it is and what it must be. `size` in bytes, `sha256` as 64 hex digits."""

    key: str
    size: int
    sha256: str
    content_type: str


class KeyTaken(ProductionError):
    """A put of other bytes under a key that already holds good ones. Nothing was overwritten."""

    def __init__(self, key: str, stored: str, offered: str):
        self.key, self.stored, self.offered = key, stored, offered
        super().__init__(
            f"{key} already holds other bytes (sha256 {stored[:12]}…, offered {offered[:12]}…). "
            "A key never changes: store the new file under its own digest."
        )


class MediaStore(Protocol):
    """Keeps files under immutable keys. Every method may be called from many threads and processes.

    All of them raise MediaKeyInvalid for a text that is no key, and StoreUnavailable, in one line
    that says what to do, when the place itself cannot be used.
    """

    def put(self, key: str, source: Path, content_type: str) -> MediaRef:
        """Store a copy of `source`; the file appears whole or not at all.

        The same bytes under the same key succeed again without writing. Other bytes raise
        KeyTaken, unless what lies there is damaged: then this put repairs it.
        """
        ...

    def head(self, key: str) -> MediaRef | None:
        """What is stored, or None when nothing is. Raises MediaDamaged when its size is not its
        record's, or its record is lost."""
        ...

    def open_local(self, key: str) -> Path:
        """A file of this machine with exactly the stored bytes, checked against their sha256.

        Read it, do not keep its path for later, never write to it. Raises MediaMissing, MediaDamaged.
        """
        ...

    def read_bytes(self, key: str) -> bytes:
        """All the bytes, checked. Raises MediaMissing, MediaDamaged."""
        ...

    def stream(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` up to, not including, `end` (None: the last), unchecked.

        Raises MediaMissing before the first byte.
        """
        ...

    def url(self, key: str) -> str | None:
        """An address that anyone may GET for the next hour, or None when the store has none."""
        ...

    def list(self, prefix: str = "") -> list[str]:
        """The keys that begin with `prefix`, in order."""
        ...

    def delete(self, key: str) -> None:
        """Remove a file. Removing what is not there is no error."""
        ...

    def probe_writable(self) -> None:
        """Write, read and remove a tiny file, so that a bad store is known before any work.

        Also clears what crashed uploads of earlier days left behind.
        """
        ...


def open_media_store(settings: StudioSettings) -> MediaStore:
    """The store that the settings name. Opens nothing yet: the first call does."""
    # boto3 takes a third of a second to import; a studio that keeps a folder never needs it.
    if settings.s3 is not None:
        from pokegeo_dagster.storage.s3_store import S3Store

        return S3Store(settings.s3, settings.cache_folder)
    from pokegeo_dagster.storage.folder_store import FolderStore

    return FolderStore(settings.media_folder)


def sha256_of(path: Path) -> str:
    """The sha256 of a file, as 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def missing(key: str, where: str) -> MediaMissing:
    """The error for a key with nothing under it."""
    return MediaMissing(f"{key} is not in the media store ({where}). {make_again(key)}")


def damaged(key: str, where: str, how: str) -> MediaDamaged:
    """The error for a key whose bytes are not the ones that were put there; `how` says what was seen."""
    return MediaDamaged(f"{key} in the media store ({where}) is damaged: {how}. {make_again(key)}")
