"""`pokegeo studio`: every process of a studio on this machine, opened, minded and closed together.

The UI, the daemon, the code server and the media service are processes of their own; with --postgres
a PostgreSQL and an S3 server too, unless the environment names others.
"""

import contextlib
import fcntl
import json
import os
import secrets
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import httpx
from rich.console import Console

from pokegeo_dagster.cli.callbacks import listens_at
from pokegeo_dagster.cli.supervision import Part, Supervisor
from pokegeo_dagster.film.errors import OrderRefused, ProductionError
from pokegeo_dagster.storage import local_postgres, local_s3
from pokegeo_dagster.storage.settings import HOME_VARIABLE, StudioSettings, studio_home

DATABASES = {"POKEGEO_DATABASE_URL": "studio", "POKEGEO_DAGSTER_DATABASE_URL": "dagster"}
BUCKET = "pokegeo"


def open_doors(port: int, postgres: bool = False) -> int:
    """Runs the studio until Ctrl+C or SIGTERM. Returns 0 when it was asked to close, 1 when a part of
    it cannot be kept alive."""
    home = studio_home(os.environ)
    console = Console(highlight=False, soft_wrap=True)
    tell = console.print
    with _alone(home), contextlib.ExitStack() as stack:
        environment = {**os.environ, HOME_VARIABLE: str(home)}
        if postgres:
            servers, environment = _servers(home, environment)
            minder = Supervisor(servers, home, tell)
            stack.enter_context(minder.open())
            environment = _with_databases(home, environment)
            os.environ.update(environment)  # what this process opens is what its parts open
        else:
            servers, minder = [], None
        _make_ready()
        settings = StudioSettings.from_env(os.environ, home)
        environment.pop("POKEGEO_TERMINAL", None)  # runs of the UI do have their output captured
        parts = _house(home, port, settings, environment)
        everybody = Supervisor(parts, Path(environment["DAGSTER_HOME"]), tell)
        if minder is not None:
            everybody.minds_too(minder)
        try:
            with everybody.open():
                tell(f"The studio is open: http://127.0.0.1:{port}  (Ctrl+C closes it)")
                tell(f"Media service: {settings.service_url}")
                if calls := listens_at(environment):
                    tell(f"KIE's calls are heard at {calls[0]}:{calls[1]}, where your proxy brings them.")
                if postgres:
                    tell(f"Records: {settings.database_shown}; media: {settings.media_shown}")
                everybody.mind()
        except ProductionError as trouble:
            tell(f"[red]{trouble}[/] The studio is closed.")
            return 1
    tell("Closed.")
    return 0


def _make_ready() -> None:
    """The tables, the pools, and runs of dead processes put right, before anyone looks at them."""
    import dagster as dg

    from pokegeo_dagster.defs.office.production import set_pools, settle_dead_runs
    from pokegeo_dagster.defs.office.studio import here

    studio = here()
    with dg.DagsterInstance.get() as instance:
        settle_dead_runs(instance)
        set_pools(studio, instance)


def _house(home: Path, port: int, settings: StudioSettings, environment: Mapping[str, str]) -> list[Part]:
    """The processes of ours, in the order in which they need each other: four, and a door for KIE's calls
    where it was given an address."""
    code_port = _free_port()
    workspace = home / "run" / "workspace.yaml"
    workspace.write_text(
        f"load_from:\n- grpc_server:\n    host: 127.0.0.1\n    port: {code_port}\n"
        "    location_name: pokegeo\n"
    )
    logs = home / "logs"

    def python(*words: str) -> list[str]:
        return [sys.executable, "-m", *words]

    calls = listens_at(environment)
    door = f"http://{calls[0]}:{calls[1]}" if calls else ""
    callbacks = Part(
        "callbacks", python("pokegeo_dagster.cli", "callbacks"), environment,
        _web(f"{door}/healthz"), f"Is {door} taken?", logs / "callbacks.log",
    )  # fmt: skip
    return [
        *([callbacks] if calls else []),
        Part(
            "media service", python("pokegeo_dagster.cli", "media"), environment,
            _web(f"{settings.service_url}/healthz"), f"Is {settings.service_url} taken?",
            logs / "media.log",
        ),
        Part(
            "code server",
            python("dagster", "code-server", "start", "-m", "pokegeo_dagster.definitions", "-h",
                   "127.0.0.1", "-p", str(code_port), "--log-level", "warning"),
            environment, _door(code_port), "", logs / "code-server.log",
        ),
        Part(
            "daemon", python("dagster._daemon", "run", "-w", str(workspace), "--log-level", "warning"),
            environment, lambda: True, "", logs / "daemon.log",
        ),
        Part(
            "UI",
            python("dagster_webserver", "-w", str(workspace), "-h", "127.0.0.1", "-p", str(port),
                   "--log-level", "warning"),
            environment, _web(f"http://127.0.0.1:{port}/server_info"), f"Is port {port} taken?",
            logs / "ui.log",
        ),
    ]  # fmt: skip


def _servers(home: Path, environment: dict[str, str]) -> tuple[list[Part], dict[str, str]]:
    """A PostgreSQL and an S3 server of our own, as far as the environment names none."""
    parts = []
    if not _named_database(environment):
        if not local_postgres.installed():
            raise local_postgres.needed()
        folder = home / "postgres"
        parts.append(
            Part(
                "PostgreSQL",
                [sys.executable, "-m", "pokegeo_dagster.storage.local_postgres", str(folder),
                 *DATABASES.values()],
                environment, lambda: local_postgres.answers(folder), "", home / "logs" / "postgres.log",
            )
        )  # fmt: skip
    if not environment.get("POKEGEO_MEDIA", "").strip():
        kept = _secrets(home)
        server = local_s3.LocalS3(
            home / "s3", local_s3.free_ports(), kept["s3_access_key"], kept["s3_secret_key"], BUCKET
        )
        server.data.mkdir(parents=True, exist_ok=True)
        environment = {**environment, **server.environ, "POKEGEO_MEDIA": f"s3://{BUCKET}/studio"}
        parts.append(Part("S3", server.command, environment, server.answers, "", home / "logs" / "s3.log"))
    return parts, environment


def _named_database(environment: Mapping[str, str]) -> str:
    named = (environment.get(name, "").strip() for name in ("POKEGEO_DATABASE_URL", "DATABASE_URL"))
    return next(filter(None, named), "")


def _with_databases(home: Path, environment: dict[str, str]) -> dict[str, str]:
    """The URLs of both databases: those that are named, or those of our own server."""
    named = _named_database(environment)
    found = {}
    for variable, database in DATABASES.items():
        url = environment.get(variable, "").strip() or named
        found[variable] = url or local_postgres.url_of(home / "postgres", database) or ""
    return {**environment, **found}


def _secrets(home: Path) -> dict[str, str]:
    """The keys of our own servers, made once and readable by their owner alone."""
    file = home / "run" / "secrets.json"
    if not file.exists():
        made = {"s3_access_key": secrets.token_hex(10), "s3_secret_key": secrets.token_hex(24)}
        partial = file.with_suffix(".part")
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
            json.dump(made, stream)
        partial.replace(file)
    return json.loads(file.read_text(encoding="utf-8"))


@contextlib.contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One open studio a home: two daemons would ask for everything twice."""
    folder = home / "run"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "studio.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise OrderRefused(f"The studio at {home} is open already: close it first.") from None
        yield


def _web(address: str) -> Callable[[], bool]:
    def well() -> bool:
        try:
            return httpx.get(address, timeout=5).is_success
        except httpx.HTTPError:
            return False

    return well


def _door(port: int) -> Callable[[], bool]:
    def well() -> bool:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=2):
                return True
        except OSError:
            return False

    return well


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
