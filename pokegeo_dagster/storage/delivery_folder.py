"""A delivery folder: files put where a person asked for them, all of them or none, and nobody else's
touched.

Everything is laid out in a hidden folder inside first, where a full disk or a pulled plug harms
nothing, then moved into place. `pokegeo.sha256` lists what was put there, and `sha256sum -c` on it
proves it: a file that is on the list and still has that digest is ours to replace, any other is its
owner's.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from pokegeo_dagster.film.errors import OrderRefused, StoreUnavailable
from pokegeo_dagster.storage.media_store import CHUNK_BYTES, sha256_of
from pokegeo_dagster.storage.processes import is_dead, process_name

LIST = "pokegeo.sha256"
_UNFINISHED = ".unfinished-"
_MARGIN_BYTES = 8 * 2**20  # for the file system's own needs


class FolderInUse(OrderRefused):
    """The folder holds files that were not put there by an export. Nothing was written."""


class DeliveryFolder:
    """`directory`, being filled. Use it in a `with` block; `place` at its end moves everything in.

    Left without `place`, or by an error, nothing has changed there. Raises FolderInUse,
    StoreUnavailable (cannot be written, no room), with what to do.
    """

    def __init__(self, directory: Path, overwrite: bool = False):
        self.directory, self.overwrite = directory.expanduser().absolute(), overwrite
        self._room = self.directory / f"{_UNFINISHED}{process_name()}"
        self._new: dict[str, str] = {}
        self._was_there = True

    def __enter__(self) -> DeliveryFolder:
        if self.directory.exists() and not self.directory.is_dir():
            raise FolderInUse(f"{self.directory} is a file: name a folder, or one that is not there yet.")
        try:
            self._was_there = self.directory.is_dir()
            self.directory.mkdir(parents=True, exist_ok=True)
            self._known = self._listed()
            self._room.mkdir()
        except OSError as error:
            raise self._trouble(error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._room, ignore_errors=True)
        if not self._was_there:
            with contextlib.suppress(OSError):
                self.directory.rmdir()  # only when nothing was placed
        if isinstance(error, OSError):
            raise self._trouble(error) from error

    def make_room(self, names: Iterable[str], size: int) -> None:
        """Makes sure, before anything is written, that none of `names` is somebody else's file, and that
        `size` bytes fit. Raises FolderInUse, StoreUnavailable."""
        foreign = [] if self.overwrite else sorted(name for name in names if self._is_foreign(name))
        if foreign:
            more = f" and {len(foreign) - 3} more" if len(foreign) > 3 else ""
            raise FolderInUse(
                f"{self.directory} holds files that no export put there, or that were changed since: "
                f"{', '.join(foreign[:3])}{more}. Nothing was written. Choose another folder, or add "
                "--overwrite to replace them."
            )
        free = shutil.disk_usage(self.directory).free
        if size + _MARGIN_BYTES > free:
            raise StoreUnavailable(
                f"{self.directory} has room for {free / 2**20:,.0f} MB and {size / 2**20:,.0f} MB are to be "
                "written. Nothing was. Free some space, or choose another folder."
            )

    def draft(self, name: str) -> Path:
        """Where to write the file `name`; `keep` it when it is whole."""
        path = self._room / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def keep(self, name: str) -> None:
        """Counts a file that was written at `draft(name)` among those to be placed."""
        self._new[name] = sha256_of(self._room / name)

    def copy(self, name: str, source: Path) -> None:
        """A copy of `source`, read once: its digest is of what was written."""
        digest = hashlib.sha256()
        with source.open("rb") as whole, self.draft(name).open("wb") as copy:
            while chunk := whole.read(CHUNK_BYTES):
                digest.update(chunk)
                copy.write(chunk)
        self._new[name] = digest.hexdigest()

    def write(self, name: str, text: str) -> None:
        """A text file."""
        self.draft(name).write_text(text, encoding="utf-8")
        self.keep(name)

    def place(self) -> None:
        """Moves everything where it belongs. Killed in the middle, the next export goes on: the list of
        the unfinished one says what it had put there."""
        kept = {
            name: digest
            for name, digests in self._known.items()
            if name not in self._new and (digest := self._digest(name)) in digests
        }
        listed = sorted({**kept, **self._new}.items())
        (self._room / LIST).write_text("".join(f"{digest}  {name}\n" for name, digest in listed), "utf-8")
        for name in self._new:
            target = self.directory / name
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(self._room / name, target)
        os.replace(self._room / LIST, self.directory / LIST)

    def _is_foreign(self, name: str) -> bool:
        path = self.directory / name
        if not path.exists() and not path.is_symlink():
            return False
        return self._digest(name) not in self._known.get(name, ())

    def _digest(self, name: str) -> str | None:
        path = self.directory / name
        return sha256_of(path) if path.is_file() else None

    def _listed(self) -> dict[str, set[str]]:
        """What earlier exports put here: finished ones, and any that was killed as it moved its files in,
        of which nobody knows how far it came."""
        known: dict[str, set[str]] = {}
        _add_list(self.directory / LIST, known)
        for room in self.directory.glob(f"{_UNFINISHED}*"):
            if not is_dead(room.name.removeprefix(_UNFINISHED)):
                raise FolderInUse(
                    f"Another export to {self.directory} is at work: wait until it is done. If none is, "
                    f"delete {room.name} in it."
                )
            _add_list(room / LIST, known)
            shutil.rmtree(room, ignore_errors=True)
        return known

    def _trouble(self, error: OSError) -> StoreUnavailable:
        why = "the disk is full" if error.errno == errno.ENOSPC else error.strerror or str(error)
        return StoreUnavailable(
            f"{self.directory} cannot be written ({why}). Nothing in it was changed. Free some space, or "
            "choose another folder."
        )


def _add_list(path: Path, known: dict[str, set[str]]) -> None:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    for line in lines:
        digest, _, name = line.partition("  ")
        known.setdefault(name, set()).add(digest)
