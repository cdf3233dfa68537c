"""A real S3 server for tests: SeaweedFS from its wheel, alone on this machine's loopback."""

from __future__ import annotations

import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from boto3.session import Session
from botocore.config import Config

from pokegeo_dagster.storage.local_s3 import LocalS3, free_ports

START_S = 60


@dataclass(frozen=True)
class S3Server:
    """A running server with one empty bucket."""

    endpoint: str
    access_key: str
    secret_key: str
    bucket: str

    @property
    def environ(self) -> dict[str, str]:
        """The variables that point the studio at this server."""
        return {
            "POKEGEO_MEDIA": f"s3://{self.bucket}/studio",
            "AWS_ENDPOINT_URL_S3": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
        }

    @cache  # noqa: B019 (one client for the life of the server)
    def client(self):
        """A plain boto3 client, to look behind the store's back."""
        return Session().client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            region_name="us-east-1",
            config=Config(connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 1}),
        )


@contextmanager
def s3_server(root: Path) -> Iterator[S3Server]:
    """A server that keeps its data under `root` and ends with the block. Ready within seconds.

    It is ready when an object has been written and read back: its bucket list answers earlier.
    """
    for attempt in range(3):  # a port that was free a moment ago may be taken by the time it is used
        process, server, local = _start(root / f"s3-{attempt}")
        try:
            if _ready(process, local):
                yield server
                return
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    raise RuntimeError(f"No S3 server would start. Its log: {(root / 's3-2' / 'log').read_text()[-2000:]}")


def _start(folder: Path) -> tuple[subprocess.Popen[bytes], S3Server, LocalS3]:
    (folder / "data").mkdir(parents=True)
    local = LocalS3(folder / "data", free_ports(), "studio", secrets.token_hex(16), "pokegeo-test")
    server = S3Server(local.endpoint, local.access_key, local.secret_key, local.bucket)
    with (folder / "log").open("wb") as log:
        environ = os.environ | dict(local.environ)
        process = subprocess.Popen(local.command, env=environ, cwd=folder, stdout=log, stderr=log)
    return process, server, local


def _ready(process: subprocess.Popen[bytes], local: LocalS3) -> bool:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        if local.answers():
            return True
        time.sleep(0.05)
    return False
