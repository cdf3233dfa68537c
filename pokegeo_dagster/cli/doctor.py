"""`pokegeo doctor`: everything the studio needs, tried one by one."""

import os
import shutil
import subprocess
from collections.abc import Callable
from importlib.metadata import version

import imageio_ffmpeg
from rich.console import Console

from pokegeo_dagster.film.errors import ProductionError
from pokegeo_dagster.film.story.species import species_book
from pokegeo_dagster.storage.media_store import open_media_store
from pokegeo_dagster.storage.settings import StudioSettings, studio_home
from pokegeo_dagster.storage.studio_db import StudioDb

ROOMY_GIB = 2  # an episode keeps about 0.6 GiB: pictures, clips, stems, film


def examine() -> bool:
    """Tries every part and prints a line for each. True when a film can be made."""

    console = Console(highlight=False, soft_wrap=True)
    home = studio_home(os.environ)
    settings: list[StudioSettings] = []

    def read_settings() -> str:
        settings.append(StudioSettings.from_env(os.environ, home))
        return f"home {home}"

    def store() -> str:
        open_media_store(settings[0]).probe_writable()
        return f"media store {settings[0].media_shown}: writable"

    def database() -> str:
        StudioDb(settings[0].database_url).migrate()
        return f"database {settings[0].database_shown}: reachable, up to date"

    checks: tuple[Callable[[], str], ...] = (
        read_settings, store, database, _disk, _encoder, _voice, _book, _crew,
    )  # fmt: skip
    well = True
    for check in checks:
        try:
            console.print(f"[green]ok[/]   {check()}")
        except (ProductionError, OSError, IndexError) as error:
            well = False
            console.print(f"[red]no[/]   {error}")
    console.print("A film can be made." if well else "Mend what is marked no, then run doctor again.")
    return well


def _disk() -> str:
    home = studio_home(os.environ)
    home.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(home).free / 2**30
    if free < ROOMY_GIB:
        raise ProductionError(f"Only {free:.1f} GiB free at {home}: an episode needs about {ROOMY_GIB}.")
    return f"{free:.0f} GiB free"


def _encoder() -> str:
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    told = subprocess.run([ffmpeg, "-version"], capture_output=True, text=True, check=True).stdout
    return " ".join(told.split()[:3]) + " (from the wheel)"


def _voice() -> str:
    return f"voice: hibari {version('hibari-tts')}, heart"


def _book() -> str:
    return f"species book: {len(species_book()):,} species"


def _crew() -> str:
    return "crew: every job is done by the house crew, at no cost"
