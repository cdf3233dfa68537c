"""The brief box: files that a person leaves for the studio, in $POKEGEO_HOME/briefs or under briefs/ in
the bucket. Whatever is in it is looked at once, and then lies in `taken/` or `refused/`."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import yaml

from pokegeo_dagster.film.errors import BriefRefused, StoreUnavailable
from pokegeo_dagster.film.story.order import Order, order_from
from pokegeo_dagster.storage.settings import S3Place, StudioSettings

SUFFIXES = (".yaml", ".yml")
MOST_BYTES = 256 * 1024  # of a file; a thousand orders are 100 kB
MOST_AT_ONCE = 200  # files in one look
# A file that is younger than this may still be on its way (an editor, scp, a slow copy).
SETTLED_S = 1.0
TAKEN, REFUSED, BRIEFS = "taken", "refused", "briefs"


@dataclass(frozen=True, order=True)
class Left:
    """A file that somebody left. `where` is how its box finds it again."""

    name: str
    where: str
    size: int


class BriefBox(Protocol):
    """A place where files are left. Moving a file away comes last, so that a kill loses none."""

    def waiting(self) -> Sequence[Left]: ...

    def read(self, left: Left) -> str: ...

    def settle(self, left: Left) -> None:
        """Puts a file away: it was taken in."""
        ...

    def refuse(self, left: Left, why: str) -> None:
        """Puts a file aside, with the reason in a file beside it."""
        ...


def open_brief_box(settings: StudioSettings) -> BriefBox:
    """The boxes of a studio: its folder, and its bucket's prefix where it keeps its media in a bucket."""
    boxes: list[BriefBox] = [FolderBox(settings.home / BRIEFS)]
    if settings.s3 is not None:
        boxes.append(BucketBox(settings.s3))
    return Boxes(boxes)


def read_orders(text: str, where: str, folder: Path | None = None) -> list[Order]:
    """The orders in a YAML text: one, or a list. Files that they name are found from `folder`. Raises
    BriefRefused with the line of a mistake."""
    try:
        data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark
        line = f", line {mark.line + 1}" if mark else ""
        raise BriefRefused(f"{where}{line} is not YAML: {problem.problem or 'it cannot be read'}.") from None
    except (yaml.YAMLError, ValueError) as problem:
        raise BriefRefused(f"{where} is not YAML: {' '.join(str(problem).split())}.") from None
    listed = data if isinstance(data, list) else [data]
    if not listed or not all(isinstance(one, dict) for one in listed):
        raise BriefRefused(f"{where} holds no order: write “species: haunter”, and what else you want.")
    many = len(listed) > 1
    orders = [
        order_from({str(k): v for k, v in one.items()}, f"{where}, order {n}" if many else where)
        for n, one in enumerate(listed, 1)
    ]
    return [order.beside(str(folder.resolve())) for order in orders] if folder else orders


class FolderBox:
    """A folder. Files that begin with a dot are nobody's business."""

    def __init__(self, folder: Path):
        self._folder = folder

    def waiting(self) -> Sequence[Left]:
        """The files that lie there and are no longer being written, in order of name."""
        found = []
        with self._told():
            self._folder.mkdir(parents=True, exist_ok=True)
            for file in self._folder.iterdir():
                if file.suffix.lower() not in SUFFIXES or file.name.startswith(".") or not file.is_file():
                    continue
                about = file.stat()
                if time.time() - about.st_mtime >= SETTLED_S or about.st_mtime > time.time():
                    found.append(Left(file.name, str(file), about.st_size))
        return sorted(found)[:MOST_AT_ONCE]

    def read(self, left: Left) -> str:
        """What is in a file. Raises BriefRefused for what is no text."""
        check_size(left)
        with self._told():
            return as_text(Path(left.where).read_bytes(), left.name)

    def settle(self, left: Left) -> None:
        """Moves a file to taken/."""
        with self._told():
            self._move(left, TAKEN)

    def refuse(self, left: Left, why: str) -> None:
        """Moves a file to refused/, after its reason was written there."""
        with self._told():
            there = self._free(left, REFUSED)
            there.with_name(there.name + ".why.txt").write_text(why, encoding="utf-8")
            os.replace(left.where, there)

    def _move(self, left: Left, folder: str) -> None:
        os.replace(left.where, self._free(left, folder))

    def _free(self, left: Left, folder: str) -> Path:
        """A name that nothing has yet: two files of one name are both kept."""
        (self._folder / folder).mkdir(exist_ok=True)
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        names = [f"{stamp}-{left.name}", *(f"{stamp}-{n}-{left.name}" for n in range(2, 1000))]
        return next(path for name in names if not (path := self._folder / folder / name).exists())

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as problem:
            raise StoreUnavailable(
                f"The briefs folder {self._folder} cannot be used ({problem.strerror}): mend its permissions."
            ) from problem


@lru_cache(maxsize=4)
def _client_of(place: S3Place) -> Any:
    """One for all looks of a process: putting a client together takes longer than many questions."""
    from pokegeo_dagster.storage._s3_client import connect

    return connect(place)[0]


class BucketBox:
    """The objects under briefs/ beside the studio's media."""

    def __init__(self, place: S3Place):
        self._place = place
        self._prefix = f"{place.prefix}/{BRIEFS}/".lstrip("/")

    def waiting(self) -> Sequence[Left]:
        """The objects that lie there, in order of name; those in taken/ and refused/ do not."""
        with self._told():
            answer = self._client.list_objects_v2(
                Bucket=self._place.bucket, Prefix=self._prefix, Delimiter="/", MaxKeys=MOST_AT_ONCE
            )
        found = [
            Left(one["Key"].removeprefix(self._prefix), one["Key"], one["Size"])
            for one in answer.get("Contents", ())
        ]
        return sorted(left for left in found if left.name.lower().endswith(SUFFIXES))

    def read(self, left: Left) -> str:
        """What is in an object. Raises BriefRefused for what is no text."""
        check_size(left)
        with self._told():
            body = self._client.get_object(Bucket=self._place.bucket, Key=left.where)["Body"].read()
        return as_text(body, left.name)

    def settle(self, left: Left) -> None:
        """Moves an object to taken/."""
        self._move(left, TAKEN)

    def refuse(self, left: Left, why: str) -> None:
        """Moves an object to refused/, after its reason was written there."""
        with self._told():
            key = self._named(left, REFUSED)
            self._client.put_object(Bucket=self._place.bucket, Key=f"{key}.why.txt", Body=why.encode())
        self._move(left, REFUSED)

    def _named(self, left: Left, folder: str) -> str:
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        return f"{self._prefix}{folder}/{stamp}-{left.name}"

    def _move(self, left: Left, folder: str) -> None:
        bucket = self._place.bucket
        with self._told():
            source = {"Bucket": bucket, "Key": left.where}
            self._client.copy_object(Bucket=bucket, Key=self._named(left, folder), CopySource=source)
            self._client.delete_object(Bucket=bucket, Key=left.where)

    @property
    def _client(self) -> Any:
        return _client_of(self._place)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError

        from pokegeo_dagster.storage._s3_client import explain

        try:
            yield
        except (Boto3Error, BotoCoreError, ClientError) as problem:
            raise explain(problem, self._place) from None


class Boxes:
    """Several boxes as one."""

    def __init__(self, boxes: Sequence[BriefBox]):
        self._boxes = boxes
        self._whose: dict[Left, BriefBox] = {}

    def waiting(self) -> Sequence[Left]:
        """What lies in any of them."""
        self._whose = {left: box for box in self._boxes for left in box.waiting()}
        return tuple(self._whose)

    def read(self, left: Left) -> str:
        """What is in a file."""
        return self._whose[left].read(left)

    def settle(self, left: Left) -> None:
        """Puts a file away."""
        self._whose[left].settle(left)

    def refuse(self, left: Left, why: str) -> None:
        """Puts a file aside."""
        self._whose[left].refuse(left, why)


def check_size(left: Left) -> None:
    """Raises BriefRefused for a file that cannot be a brief."""
    if left.size > MOST_BYTES:
        raise BriefRefused(
            f"{left.name} is {left.size:,} bytes: a file of briefs has at most {MOST_BYTES:,}."
        )


def as_text(data: bytes, name: str) -> str:
    """Bytes as text. Raises BriefRefused."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BriefRefused(f"{name} is no text in UTF-8.") from None
