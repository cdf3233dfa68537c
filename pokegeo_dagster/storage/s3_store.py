"""The media store in a bucket: AWS S3, R2, MinIO, SeaweedFS, anything that speaks S3.

An object carries its own record (size and sha256) as metadata, so it is whole or absent, and
creating it is conditional on nobody having done so before.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig, create_transfer_manager
from botocore.exceptions import BotoCoreError, ClientError

from pokegeo_dagster.film.errors import MediaDamaged, StoreUnavailable
from pokegeo_dagster.storage._fetched_files import FetchedFiles
from pokegeo_dagster.storage._s3_client import code_of, connect, explain
from pokegeo_dagster.storage.keys import check_prefix, parse_key
from pokegeo_dagster.storage.media_store import CHUNK_BYTES, KeyTaken, MediaRef, damaged, missing, sha256_of
from pokegeo_dagster.storage.settings import S3Place

PART_BYTES = 16 * 1024 * 1024  # larger files go up in parts of this size
URL_LIFE_S = 3600
LEFTOVER_AGE = timedelta(days=1)
_ABSENT = {"404", "NoSuchKey", "NotFound"}
# 409 is AWS's answer when two conditional writes of one key overlap.
_TAKEN = {"412", "PreconditionFailed", "409", "ConditionalRequestConflict"}


class S3Store:
    """A MediaStore in a bucket that exists. `cache` is a folder for the files in use."""

    def __init__(self, place: S3Place, cache: Path):
        self._place = place
        self._fetched = FetchedFiles(cache)
        # Objects whose bytes this process has put or checked: key -> the store's own tag for them.
        self._checked: dict[str, str] = {}
        # Objects of which a checked copy was made in the cache folder: key -> what they are.
        self._known: dict[str, MediaRef] = {}
        self._bucket_seen = False
        self._clients: tuple[Any, Any] | None = None
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"S3Store({str(self._place)!r})"

    def put(self, key: str, source: Path, content_type: str) -> MediaRef:
        """Store `source`, which must not change meanwhile: see MediaStore.put."""
        ref = MediaRef(str(parse_key(key)), source.stat().st_size, sha256_of(source), content_type)
        for _ in range(5):
            stored, spoilt = self._stored_whole(key)
            if stored is not None:
                if stored.sha256 != ref.sha256:
                    raise KeyTaken(key, stored.sha256, ref.sha256)
                return stored
            # Only what is known to be damaged may be overwritten.
            if self._upload(self._client if spoilt else self._creating, ref, source):
                return ref
        raise StoreUnavailable(
            f"{key} in the media store ({self._place}) is being changed by others: run this again."
        )

    def head(self, key: str) -> MediaRef | None:
        """What is stored under `key`: see MediaStore.head."""
        found = self._head(key)
        return None if found is None else self._ref(key, found)

    def open_local(self, key: str) -> Path:
        """A checked copy in the cache folder, fetched when it is not there yet."""
        # What is stored under a key never changes: a file that is here, checked, needs no word from there.
        ref = self._known.get(key) or self._require(key)

        def fetch(target: Path) -> None:
            with self._clear_errors(key):
                self._client.download_file(self._place.bucket, self._name(key), str(target), Config=_TRANSFER)
            if sha256_of(target) != ref.sha256:
                raise damaged(key, str(self._place), "its bytes are not those that were stored")

        path = self._fetched.path(ref.sha256, parse_key(key).extension, ref.size, fetch)
        self._known[key] = ref
        return path

    def read_bytes(self, key: str) -> bytes:
        """All the bytes, checked."""
        return self.open_local(key).read_bytes()

    def stream(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` up to `end`: see MediaStore.stream."""
        size = self._require(key).size
        end = size if end is None else min(end, size)
        if start >= end:
            return iter(())
        with self._clear_errors(key):
            body = self._client.get_object(
                Bucket=self._place.bucket, Key=self._name(key), Range=f"bytes={start}-{end - 1}"
            )["Body"]
        return self._chunks(key, body)

    def url(self, key: str) -> str:
        """An address that anyone may GET for an hour. Asks the store nothing."""
        with self._clear_errors(key):
            return self._client.generate_presigned_url(
                "get_object",
                Params={"Bucket": self._place.bucket, "Key": self._name(key)},
                ExpiresIn=URL_LIFE_S,
            )

    def list(self, prefix: str = "") -> list[str]:
        """The keys that begin with `prefix`, in order."""
        folder = self._prefixed("")
        # Only `episodes/` holds media; a probe of another process may lie beside it for a moment.
        wanted = check_prefix(prefix)
        asked = wanted if wanted.startswith("episodes/") else "episodes/"
        with self._clear_errors():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._place.bucket, Prefix=folder + asked
            )
            keys = [found["Key"].removeprefix(folder) for page in pages for found in page.get("Contents", ())]
        return sorted(key for key in keys if key.startswith(wanted))

    def delete(self, key: str) -> None:
        """Remove an object; removing what is not there is no error."""
        with self._clear_errors():
            self._client.delete_object(Bucket=self._place.bucket, Key=self._name(key))

    def probe_writable(self) -> None:
        """Write, read and remove a tiny object; drop uploads that broke off a day ago.

        The bucket must exist: the studio makes none.
        """
        name = self._prefixed(f".probe/{uuid.uuid4().hex}")
        where: dict[str, Any] = {"Bucket": self._place.bucket, "Key": name}
        with self._clear_errors():
            self._client.put_object(**where, Body=b"pokegeo")
            self._client.get_object(**where)["Body"].read()
            self._client.delete_object(**where)
        # Keys that may not list uploads are good enough: a rule of the bucket can do this as well.
        with contextlib.suppress(ClientError):
            self._sweep()

    # --- inside --------------------------------------------------------------------------------

    def _name(self, key: str) -> str:
        return self._prefixed(str(parse_key(key)))

    def _prefixed(self, text: str) -> str:
        return f"{self._place.prefix}/{text}" if self._place.prefix else text

    def _head(self, key: str) -> dict[str, Any] | None:
        try:
            return self._client.head_object(Bucket=self._place.bucket, Key=self._name(key))
        except ClientError as problem:
            # A HEAD has no body, so a bucket that is not there looks the same: ask once more.
            if code_of(problem) in _ABSENT:
                self._require_bucket()
                return None
            raise explain(problem, self._place) from problem
        except BotoCoreError as problem:
            raise explain(problem, self._place) from problem

    def _require_bucket(self) -> None:
        if not self._bucket_seen:
            with self._clear_errors():
                self._client.head_bucket(Bucket=self._place.bucket)
            self._bucket_seen = True

    def _ref(self, key: str, found: dict[str, Any]) -> MediaRef:
        told = found.get("Metadata", {})
        if "pokegeo-sha256" not in told or not told.get("pokegeo-size", "").isdecimal():
            raise damaged(key, str(self._place), "the record of what it should be is lost")
        ref = MediaRef(key, int(told["pokegeo-size"]), told["pokegeo-sha256"], found.get("ContentType", ""))
        if ref.size != found["ContentLength"]:
            raise damaged(
                key, str(self._place), f"it has {found['ContentLength']} bytes instead of {ref.size}"
            )
        return ref

    def _require(self, key: str) -> MediaRef:
        ref = self.head(key)
        if ref is None:
            raise missing(key, str(self._place))
        return ref

    def _stored_whole(self, key: str) -> tuple[MediaRef | None, bool]:
        """What a put must respect, and whether something damaged lies in its place.

        Bytes that this process has neither put nor checked are read once: a put is the remedy for
        damage, so it must not take a damaged object's word for being whole.
        """
        found = self._head(key)
        if found is None:
            return None, False
        try:
            ref = self._ref(key, found)
            if self._checked.get(key) != found["ETag"]:
                digest = hashlib.sha256()
                for chunk in self.stream(key):
                    digest.update(chunk)
                if digest.hexdigest() != ref.sha256:
                    return None, True
                self._checked[key] = found["ETag"]
            return ref, False
        except MediaDamaged:
            return None, True

    def _upload(self, client: Any, ref: MediaRef, source: Path) -> bool:
        """Send the file; False when another writer was first."""
        where = {"Bucket": self._place.bucket, "Key": self._prefixed(ref.key)}
        about = {
            "ContentType": ref.content_type,
            "Metadata": {"pokegeo-sha256": ref.sha256, "pokegeo-size": str(ref.size)},
        }
        with self._clear_errors(), source.open("rb") as file:
            try:
                if ref.size <= PART_BYTES:
                    client.put_object(**where, **about, Body=file)
                else:
                    with create_transfer_manager(client, _TRANSFER) as manager:
                        manager.upload(file, where["Bucket"], where["Key"], about).result()
            except ClientError as problem:
                if code_of(problem) in _TAKEN:
                    return False
                raise
        return True

    def _sweep(self) -> None:
        oldest = datetime.now(UTC) - LEFTOVER_AGE
        pages = self._client.get_paginator("list_multipart_uploads").paginate(
            Bucket=self._place.bucket, Prefix=self._prefixed("episodes/")
        )
        for upload in [found for page in pages for found in page.get("Uploads", ())]:
            if upload["Initiated"] < oldest:
                self._client.abort_multipart_upload(
                    Bucket=self._place.bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                )

    def _chunks(self, key: str, body: Any) -> Iterator[bytes]:
        with contextlib.closing(body), self._clear_errors(key):
            yield from body.iter_chunks(CHUNK_BYTES)

    @property
    def _client(self) -> Any:
        return self._connected()[0]

    @property
    def _creating(self) -> Any:
        """A client whose uploads are refused when the key exists."""
        return self._connected()[1]

    def _connected(self) -> tuple[Any, Any]:
        with self._lock:
            if self._clients is None:
                with self._clear_errors():
                    self._clients = connect(self._place)
            return self._clients

    @contextlib.contextmanager
    def _clear_errors(self, reading: str | None = None) -> Iterator[None]:
        try:
            yield
        except (BotoCoreError, ClientError, Boto3Error) as problem:
            if reading and code_of(problem) in _ABSENT:
                raise missing(reading, str(self._place)) from None
            raise explain(problem, self._place) from problem


_TRANSFER = TransferConfig(multipart_threshold=PART_BYTES, multipart_chunksize=PART_BYTES, max_concurrency=4)
