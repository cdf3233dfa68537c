"""`pokegeo doctor`: everything the studio needs, tried one by one; what a vendor is asked here is free."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import imageio_ffmpeg
from rich.console import Console
from rich.markup import escape

from pokegeo_dagster.budget.caps import LEVELS, Caps, money
from pokegeo_dagster.budget.prices import PriceList
from pokegeo_dagster.budget.quota import desks
from pokegeo_dagster.budget.tiers import KEYS, Part, Role
from pokegeo_dagster.defs.office.casting import parts_of
from pokegeo_dagster.defs.office.quotas import note_balance
from pokegeo_dagster.film.errors import OrderRefused, ProductionError
from pokegeo_dagster.film.story.species import species_book
from pokegeo_dagster.providers.bench.credentials import CERTIFICATE, signing_of
from pokegeo_dagster.storage.media_store import open_media_store
from pokegeo_dagster.storage.quotas import CHARACTERS, Quotas
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

    parts: dict[Role, Part] = {}

    def casting() -> str:
        parts.update(parts_of(os.environ))
        paid = sum(part.paid for part in parts.values())
        if not paid:
            return "crew: every job is done by the house crew, at no cost"
        return f"crew: {paid} of {len(parts)} jobs are done by paid vendors"

    checks: tuple[Callable[[], str], ...] = (
        read_settings, store, database, _disk, _encoder, _voice, _book, _credentials, _money, casting,
    )  # fmt: skip
    well = all([_tried(console, check) for check in checks])
    for part in parts.values():
        console.print(f"       {escape(part.told)}")
    asked = {part.vendor for part in parts.values() if part.paid}
    free: dict[str, Callable[[], str]] = {
        "gemini": lambda: _gemini(parts),
        "kie": lambda: _kie(_quotas(settings)),
        "elevenlabs": lambda: _elevenlabs(parts, _quotas(settings)),
    }
    well = all([_tried(console, free[vendor]) for vendor in KEYS if vendor in asked]) and well
    console.print("A film can be made." if well else "Mend what is marked no, then run doctor again.")
    return well


def _tried(console: Console, check: Callable[[], str]) -> bool:
    try:
        console.print(f"[green]ok[/]   {escape(check())}")
    except (ProductionError, OSError, IndexError) as error:
        console.print(f"[red]no[/]   {escape(' '.join(str(error).split()))}")
        return False
    return True


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


def _credentials() -> str:
    """The certificate that exports are signed with, if there is one: it signs a trial."""
    signing = signing_of(os.environ)
    if signing is None:
        return f"content credentials: no certificate ({CERTIFICATE}); films go out unsigned"
    return f"content credentials: {signing.subject} signs, until {signing.expires:%Y-%m-%d}"


def _money() -> str:
    """Caps, quotas and prices: whether they can be read, and what they are."""
    caps = Caps.from_texts(os.environ)
    desks(os.environ)
    prices = _prices(os.environ)
    old = prices.stale(datetime.now(UTC).date())
    there = [f"{level} {money(cap)}" for level in LEVELS if (cap := caps.of(level)) is not None]
    seen = f"; {len(old)} prices were last seen over 90 days ago ({old[0]} …)" if old else ""
    return f"caps: {', '.join(there) or 'none is set'}; {len(prices.prices)} prices{seen}"


def _prices(environ: Mapping[str, str]) -> PriceList:
    own = environ.get("POKEGEO_PRICES", "").strip()
    if not own:
        return PriceList.load()
    try:
        return PriceList.load(Path(own).expanduser().read_text(encoding="utf-8"), own)
    except (OSError, UnicodeDecodeError) as error:
        raise OrderRefused(f"POKEGEO_PRICES names {own}, which cannot be read: {error}.") from error


def _gemini(parts: Mapping[Role, Part]) -> str:
    from pokegeo_dagster.providers.gemini.client import GeminiClient, preflight

    models = sorted({part.model for part in parts.values() if part.vendor == "gemini" and part.model})
    client = GeminiClient(os.environ["GEMINI_API_KEY"], os.environ.get("GOOGLE_GEMINI_BASE_URL") or None)
    gone = [model for model, there in preflight(client, models).items() if not there]
    if gone:
        raise ProductionError(
            f"gemini: this key is not offered {', '.join(gone)}: choose another model "
            "(POKEGEO_WRITER_MODEL, POKEGEO_RESEARCHER_MODEL, POKEGEO_ILLUSTRATOR_MODEL)."
        )
    return f"gemini: the key works, {', '.join(models)} can be used"


def _quotas(settings: Sequence[StudioSettings]) -> Quotas | None:
    """Where what vendors say of themselves is kept, so that alerts know it too."""
    return Quotas(settings[0].database_url) if settings else None


def _kie(quotas: Quotas | None) -> str:
    from pokegeo_dagster.providers.kie.client import BASE_URL, UPLOAD_URL, KieClient
    from pokegeo_dagster.providers.kie.preflight import preflight

    client = KieClient(
        os.environ["KIE_API_KEY"],
        os.environ.get("KIE_BASE_URL") or BASE_URL,
        os.environ.get("KIE_UPLOAD_URL") or UPLOAD_URL,
    )
    left = preflight(client)
    if quotas:
        note_balance(quotas, left.credits)
    return f"kie: the key works, {left.credits.normalize():,f} credits left, worth ${left.usd:,.2f}"


def _elevenlabs(parts: Mapping[Role, Part], quotas: Quotas | None) -> str:
    from pokegeo_dagster.providers.elevenlabs.client import ElevenLabsClient
    from pokegeo_dagster.providers.elevenlabs.preflight import preflight

    mine = {role: part for role, part in parts.items() if part.vendor == "elevenlabs"}
    voice = os.environ.get("ELEVENLABS_VOICE_ID", "").strip() if "narrator" in mine else ""
    models = sorted({part.model for part in mine.values() if part.model})
    base = os.environ.get("ELEVENLABS_BASE_URL") or None
    ready = preflight(ElevenLabsClient(os.environ["ELEVENLABS_API_KEY"], base), voice or None, models)
    if quotas:
        quotas.period("elevenlabs", CHARACTERS, ready.characters_used, ready.characters)
    back = f" until {datetime.fromtimestamp(ready.resets_at, UTC):%Y-%m-%d}" if ready.resets_at else ""
    speaks = f", voice “{ready.voice_name}”" if ready.voice_name else ""
    return f"elevenlabs: the key works, {ready.characters_left:,} characters left{back}{speaks}"
