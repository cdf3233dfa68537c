"""The media store in a folder: the embedded default, safe against crashes and against itself.

    <root>/episodes/…      the files, as their keys say
    <root>/.meta/episodes/…  beside each, its record: size, sha256 and content type
    <root>/.tmp/           files on their way in
    <root>/.locks/         one lock for every 1/256 of the keys, so that writers of one key take turns

A file is written and synced out of sight, then its record is, and only then does a link make it
visible: whatever instant the power fails, a key has its whole file or none.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import shutil
import stat
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pokegeo_dagster.film.errors import MediaDamaged, StoreUnavailable
from pokegeo_dagster.storage.keys import check_prefix, is_key, parse_key
from pokegeo_dagster.storage.media_store import CHUNK_BYTES, KeyTaken, MediaRef, damaged, missing, sha256_of

# A crashed writer's leftovers go after a day: no copy into the store takes that long.
LEFTOVER_AGE_S = 24 * 3600


class FolderStore:
    """A MediaStore in a folder of a local disk. Makes the folder when it is first written to."""

    def __init__(self, root: Path):
        self._root = Path(os.path.realpath(root))
        # Files whose sha256 this process has checked: key -> (size, time of last change).
        self._checked: dict[str, tuple[int, int]] = {}
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"FolderStore({str(self._root)!r})"

    def put(self, key: str, source: Path, content_type: str) -> MediaRef:
        """Store a copy of `source`: see MediaStore.put."""
        parse_key(key)
        with source.open("rb") as file, self._clear_errors():
            stored = self._stored_whole(key)
            if stored is not None:  # known without a copy, so also on a full disk
                return _same(stored, hashlib.file_digest(file, "sha256").hexdigest())
            copy = self._copy_in(file)
            try:
                ref = MediaRef(key, copy.stat().st_size, sha256_of(copy), content_type)
                with self._turn(key):
                    stored = self._stored_whole(key)
                    if stored is not None:
                        return _same(stored, ref.sha256)
                    self._reveal(copy, ref)
                    self._remember(key)
                    return ref
            finally:
                copy.unlink(missing_ok=True)

    def head(self, key: str) -> MediaRef | None:
        """What is stored under `key`: see MediaStore.head."""
        with self._clear_errors(key):
            found = self._stat(key)
            return None if found is None else self._record(key, found.st_size)

    def open_local(self, key: str) -> Path:
        """The stored file itself, its sha256 checked once by this process unless it changes."""
        with self._clear_errors(key):
            ref = self._check(key)
            if ref is None:
                raise missing(key, str(self._root))
            return self._path(key)

    def read_bytes(self, key: str) -> bytes:
        """All the bytes, checked."""
        with self._clear_errors(key):
            ref = self.head(key)
            if ref is None:
                raise missing(key, str(self._root))
            data = self._path(key).read_bytes()
        if hashlib.sha256(data).hexdigest() != ref.sha256:
            raise damaged(key, str(self._root), "its bytes have changed since they were stored")
        return data

    def stream(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` up to `end`: see MediaStore.stream."""
        with self._clear_errors(key):
            if self._stat(key) is None:
                raise missing(key, str(self._root))
            file = self._path(key).open("rb")
        return _read_range(file, start, end)

    def url(self, key: str) -> None:
        """None: a folder has no address. The media service serves it."""
        parse_key(key)

    def list(self, prefix: str = "") -> list[str]:
        """The keys that begin with `prefix`, in order."""
        top = self._root / check_prefix(prefix).rpartition("/")[0]
        keys: list[str] = []
        with self._clear_errors():
            for folder, _, names in os.walk(top):
                inside = Path(folder).relative_to(self._root).as_posix()
                keys += [f"{inside}/{name}" for name in names if inside.startswith("episodes/")]
        return sorted(key for key in keys if key.startswith(prefix) and is_key(key))

    def delete(self, key: str) -> None:
        """Remove a file and then its record."""
        parse_key(key)
        with self._clear_errors(), self._turn(key):
            for path in (self._path(key), self._record_path(key)):
                self._require_plain(path.parent)
                path.unlink(missing_ok=True)
                if path.parent.is_dir():
                    _sync_folder(path.parent)

    def probe_writable(self) -> None:
        """Write, read and remove a tiny file; clear what crashed writers left a day ago."""
        with self._clear_errors():
            probe = self._new_file(b"pokegeo")
            try:
                if probe.read_bytes() != b"pokegeo":
                    raise StoreUnavailable(
                        f"The media folder {self._root} does not give back what is written."
                    )
            finally:
                probe.unlink(missing_ok=True)
            self._sweep()

    # --- reading -------------------------------------------------------------------------------

    def _path(self, key: str) -> Path:
        return self._root / str(parse_key(key))

    def _record_path(self, key: str) -> Path:
        return self._root / ".meta" / f"{parse_key(key)}.json"

    def _stat(self, key: str) -> os.stat_result | None:
        """The file's stat, if there is one and it truly lies inside the store."""
        path = self._path(key)
        try:
            found = path.lstat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        # A link could lead a reader, or the media service, to any file of this machine.
        if not stat.S_ISREG(found.st_mode) or Path(os.path.realpath(path)) != path:
            raise damaged(key, str(self._root), "it is not a plain file inside the store")
        return found

    def _record(self, key: str, real_size: int) -> MediaRef:
        """The record of a file. Raises MediaDamaged when it is lost or disagrees with the real size."""
        try:
            told = json.loads(self._record_path(key).read_text())
            ref = MediaRef(key, int(told["size"]), str(told["sha256"]), str(told["content_type"]))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            raise damaged(key, str(self._root), "the record of what it should be is lost") from None
        if ref.size != real_size:
            raise damaged(key, str(self._root), f"it has {real_size} bytes instead of {ref.size}")
        return ref

    def _check(self, key: str) -> MediaRef | None:
        """The record of a file whose bytes are as they should be; None when there is no file."""
        found = self._stat(key)
        if found is None:
            return None
        ref, seen = self._record(key, found.st_size), (found.st_size, found.st_mtime_ns)
        with self._lock:
            if self._checked.get(key) == seen:
                return ref
        if sha256_of(self._path(key)) != ref.sha256:
            raise damaged(key, str(self._root), "its bytes have changed since they were stored")
        self._remember(key, seen)
        return ref

    def _stored_whole(self, key: str) -> MediaRef | None:
        """What a put must respect: a good file. A damaged one counts as none."""
        try:
            return self._check(key)
        except MediaDamaged:
            return None

    def _remember(self, key: str, seen: tuple[int, int] | None = None) -> None:
        if seen is None:
            found = self._path(key).lstat()
            seen = (found.st_size, found.st_mtime_ns)
        with self._lock:
            self._checked[key] = seen

    # --- writing -------------------------------------------------------------------------------

    def _copy_in(self, source: BinaryIO) -> Path:
        """A synced copy of `source` inside the store, out of sight. The caller removes it."""
        copy = self._new_file()
        try:
            with copy.open("wb") as ours:
                _copy(source, ours)
                os.fsync(ours.fileno())
        except BaseException:
            copy.unlink(missing_ok=True)
            raise
        return copy

    def _reveal(self, copy: Path, ref: MediaRef) -> None:
        """Make a synced copy visible under its key: the record first, then the file."""
        path, record = self._path(ref.key), self._record_path(ref.key)
        for folder in (record.parent, path.parent):
            self._make_folders(folder)
            self._require_plain(folder)
        if path.is_symlink() or path.exists():  # damaged: gone before anything claims to describe it
            path.unlink()
            _sync_folder(path.parent)
        told = {"size": ref.size, "sha256": ref.sha256, "content_type": ref.content_type, "key": ref.key}
        os.replace(self._new_file(json.dumps(told).encode()), record)
        _sync_folder(record.parent)
        try:
            os.link(copy, path)
        except OSError as problem:
            if problem.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK):
                raise
            os.rename(copy, path)  # a disk without hard links (exFAT): the turn keeps others out
        _sync_folder(path.parent)

    def _new_file(self, data: bytes = b"") -> Path:
        """A new synced file in `.tmp`, holding `data`."""
        self._make_folders(self._root / ".tmp")
        path = self._root / ".tmp" / uuid.uuid4().hex
        with path.open("xb") as file:
            file.write(data)
            file.flush()
            if data:
                os.fsync(file.fileno())
        return path

    def _make_folders(self, folder: Path) -> None:
        """Make a folder and the ones above it, each synced into its parent."""
        if folder.is_dir():
            return
        self._make_folders(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync_folder(folder.parent)

    @contextlib.contextmanager
    def _turn(self, key: str) -> Iterator[None]:
        """Hold the lock of this key, against threads and processes; a crash gives it back."""
        self._make_folders(self._root / ".locks")
        name = hashlib.sha256(key.encode()).hexdigest()[:2]
        with (self._root / ".locks" / name).open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # closing the file gives it back
            yield

    def _sweep(self) -> None:
        oldest = time.time() - LEFTOVER_AGE_S
        for path in (self._root / ".tmp").iterdir():
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < oldest:
                    path.unlink()

    def _require_plain(self, folder: Path) -> None:
        """Raises StoreUnavailable when a link inside the store leads `folder` somewhere else."""
        if Path(os.path.realpath(folder)) != folder:
            raise StoreUnavailable(
                f"{folder} is a link, so nothing is written there. To keep media on another disk, "
                "set POKEGEO_MEDIA to a folder of that disk."
            )

    @contextlib.contextmanager
    def _clear_errors(self, reading: str | None = None) -> Iterator[None]:
        """Say what is wrong with the folder. A file that goes while it is read is a missing one."""
        try:
            yield
        except OSError as problem:
            if reading and isinstance(problem, FileNotFoundError):
                raise missing(reading, str(self._root)) from None
            raise StoreUnavailable(self._explain(problem)) from problem

    def _explain(self, problem: OSError) -> str:
        where = f"The media folder {self._root}"
        if problem.errno in (errno.ENOSPC, errno.EDQUOT):
            return f"{where} is on a full disk: nothing was stored. Free some space, then run this again."
        if problem.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return f"{where} is closed to this user: allow writing there, or set POKEGEO_MEDIA to another."
        if problem.errno in (errno.ENOTDIR, errno.EEXIST, errno.ENOENT):
            return f"{where} cannot be made: its path is not made of folders. Set POKEGEO_MEDIA to a folder."
        return (
            f"{where} cannot be used ({problem.strerror}): check its disk, or set POKEGEO_MEDIA to another."
        )


def _same(stored: MediaRef, offered: str) -> MediaRef:
    """What is stored, if the offered bytes are the same. Raises KeyTaken."""
    if stored.sha256 != offered:
        raise KeyTaken(stored.key, stored.sha256, offered)
    return stored


def _copy(source: BinaryIO, target: BinaryIO) -> None:
    """Copy a file from its start within the kernel, sharing blocks where the disk can; else by reading it."""
    if hasattr(os, "copy_file_range"):
        try:
            while os.copy_file_range(source.fileno(), target.fileno(), 1 << 30):
                pass
        except OSError as problem:
            if problem.errno not in (errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM):
                raise
    # Both stand where the kernel stopped: at the end, or at the start where it would not begin.
    shutil.copyfileobj(source, target, CHUNK_BYTES)
    target.flush()


def _read_range(file: BinaryIO, start: int, end: int | None) -> Iterator[bytes]:
    with file:
        file.seek(start)
        left = None if end is None else max(end - start, 0)
        while left is None or left > 0:
            chunk = file.read(CHUNK_BYTES if left is None else min(CHUNK_BYTES, left))
            if not chunk:
                return
            left = None if left is None else left - len(chunk)
            yield chunk


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
