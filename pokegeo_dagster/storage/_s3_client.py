"""A boto3 client with bounded patience, and what its errors mean to the person who runs the studio."""

from __future__ import annotations

from typing import Any

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
)

from pokegeo_dagster.film.errors import StoreUnavailable
from pokegeo_dagster.storage.settings import S3Place

_REFUSED = {
    "401", "403", "AccessDenied", "Forbidden", "InvalidAccessKeyId", "SignatureDoesNotMatch",
    "ExpiredToken", "InvalidToken", "InvalidClientTokenId", "AuthorizationHeaderMalformed",
}  # fmt: skip
_FULL = {"507", "QuotaExceeded", "InsufficientStorage", "XMinioStorageFull", "InsufficientCapacity"}


def connect(place: S3Place) -> tuple[Any, Any]:
    """Two clients for one bucket: a plain one, and one whose uploads are refused when the key exists.

    They give up on a dead server after about half a minute.
    """
    config = Config(
        signature_version="s3v4",
        connect_timeout=5,
        read_timeout=60,
        retries={"mode": "standard", "total_max_attempts": 4},
        max_pool_connections=32,
        tcp_keepalive=True,
        # Names of buckets do not resolve as hosts on most servers that are not AWS.
        s3={"addressing_style": "path" if place.endpoint else "auto"},
        # The extra trailing checksums of newer SDKs are refused by many S3-compatible servers; our
        # own sha256 covers the same ground.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    # A session of its own: boto3's default one is not safe to share between threads.
    session = Session(
        aws_access_key_id=place.access_key,
        aws_secret_access_key=place.secret_key,
        aws_session_token=place.session_token,
        region_name=place.region,
    )
    plain, creating = (session.client("s3", endpoint_url=place.endpoint, config=config) for _ in range(2))
    # s3transfer passes no IfNoneMatch on, so it is added where the request is built.
    for call in ("PutObject", "CompleteMultipartUpload"):
        creating.meta.events.register(f"provide-client-params.s3.{call}", _only_if_absent)
    return plain, creating


def _only_if_absent(params: dict[str, Any], **_: Any) -> dict[str, Any]:
    return {**params, "IfNoneMatch": "*"}


def code_of(problem: BaseException) -> str:
    """The store's own code for what went wrong, such as NoSuchKey or 404; "" when it never answered."""
    return problem.response.get("Error", {}).get("Code", "") if isinstance(problem, ClientError) else ""


def explain(problem: BaseException, place: S3Place) -> StoreUnavailable:
    """One line that says what to do about an error of boto3. Shows no key and no signed address."""
    where, code = f"The media store {place}", code_of(problem)
    if code == "NoSuchBucket" or (code == "404"):
        return StoreUnavailable(
            f"{where} has no bucket {place.bucket!r}: create it, or name another in POKEGEO_MEDIA."
        )
    if code in _REFUSED:
        return StoreUnavailable(
            f"{where} refused these credentials ({code}): check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
            "and that they may read, write, list and delete in the bucket."
        )
    if code in _FULL:
        return StoreUnavailable(
            f"{where} is full ({code}): nothing was stored. Free some space, then run this again."
        )
    if code == "NotImplemented":
        return StoreUnavailable(
            f"{where} cannot create an object only if it is new (If-None-Match), which keeps takes from "
            "being overwritten: use AWS S3, R2, MinIO, SeaweedFS or a folder."
        )
    if code:
        return StoreUnavailable(
            f"{where} answered {code}. If it does so again, look into the server's own log."
        )
    if isinstance(problem, NoCredentialsError | PartialCredentialsError | CredentialRetrievalError):
        return StoreUnavailable(
            f"{where} needs credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )
    return StoreUnavailable(
        f"{where} does not answer ({type(problem).__name__}): check that it runs and that "
        "AWS_ENDPOINT_URL_S3 is its address."
    )
