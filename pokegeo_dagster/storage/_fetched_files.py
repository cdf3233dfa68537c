"""Files of a remote store that are in use here, kept in a folder of limited size by their sha256."""

from __future__ import annotations

import contextlib
import errno
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from pokegeo_dagster.film.errors import StoreUnavailable
from pokegeo_dagster.storage.media_store import sha256_of

KEPT_BYTES = 20 * 1000**3  # about forty films with all their takes
# A path that was handed out stays good for an hour, whatever the limit says.
IN_USE_S = 3600


class FetchedFiles:
    """A cache folder for many threads and processes. Losing it loses nothing."""

    def __init__(self, folder: Path, kept_bytes: int = KEPT_BYTES):
        self._folder, self._kept_bytes = folder, kept_bytes
        self._checked: set[tuple[str, int, int]] = set()
        # One fetch of a file at a time: two threads that want it share the result.
        self._turns = [threading.Lock() for _ in range(64)]

    def path(self, sha256: str, extension: str, size: int, fetch: Callable[[Path], None]) -> Path:
        """The file with this sha256, fetched into place by `fetch(target)` when it is not here whole."""
        path = self._folder / sha256[:2] / f"{sha256}.{extension}"
        with self._clear_errors(), self._turns[int(sha256[:2], 16) % 64]:
            if not self._whole(path, sha256, size):
                self._fetch(path, fetch)
                self._remember(path)
                self._make_room()
            stamp = path.stat()
            os.utime(path, ns=(time.time_ns(), stamp.st_mtime_ns))  # last use; the change time stays
        return path

    def _whole(self, path: Path, sha256: str, size: int) -> bool:
        try:
            found = path.stat()
        except FileNotFoundError:
            return False
        if found.st_size != size:
            return False
        if (path.name, found.st_size, found.st_mtime_ns) in self._checked:
            return True
        if sha256_of(path) != sha256:
            return False
        self._remember(path)
        return True

    def _fetch(self, path: Path, fetch: Callable[[Path], None]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        target = self._folder / f"{uuid.uuid4().hex}.part"
        try:
            fetch(target)
            os.replace(target, path)
        finally:
            target.unlink(missing_ok=True)

    def _remember(self, path: Path) -> None:
        found = path.stat()
        self._checked.add((path.name, found.st_size, found.st_mtime_ns))

    def _make_room(self) -> None:
        """Remove the files unused for longest until the folder is within its limit."""
        files = []
        for path in self._folder.rglob("*.*"):
            with contextlib.suppress(FileNotFoundError):  # another process makes room too
                found = path.stat()
                files.append((max(found.st_atime, found.st_mtime), found.st_size, path))
        total, now = sum(size for _, size, _ in files), time.time()
        for used, size, path in sorted(files):
            if total <= self._kept_bytes or now - used < IN_USE_S:
                return
            path.unlink(missing_ok=True)
            total -= size

    @contextlib.contextmanager
    def _clear_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as problem:
            full = problem.errno in (errno.ENOSPC, errno.EDQUOT)
            how = "is on a full disk: free some space" if full else f"cannot be used ({problem.strerror})"
            raise StoreUnavailable(
                f"The folder for fetched media {self._folder} {how}, then run this again."
            ) from problem
