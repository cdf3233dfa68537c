"""A look at the vendors' quotas: what they say for nothing, and what our own books count."""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from decimal import Decimal

from pokegeo_dagster.budget.quota import desks
from pokegeo_dagster.budget.tiers import KEYS, Vendor
from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.film.errors import ProductionError
from pokegeo_dagster.storage.quotas import CHARACTERS, CREDITS, Quotas, bucket_of

LOOK_EVERY_S = 3600
LOOK_AT_MOST_S = 25.0  # of the sensor's minute: who has not answered by then is asked an hour later

log = logging.getLogger("pokegeo.alerts")


def look_at_quotas(studio: Studio, environ: Mapping[str, str]) -> None:
    """Asks each account that a key is there for how much of it is used up, and puts it on record. Free.
    Whoever does not answer keeps the record it has; nothing is raised."""
    quotas = Quotas(studio.settings.database_url)
    asked: dict[tuple[str, str, str | None], Callable[[], None]] = {}
    for channel, keys in _accounts(studio, environ):
        for vendor, look, unit in _LOOKS:
            if keys.get(KEYS[vendor], "").strip():
                asked[vendor, unit, channel] = _bound(
                    look, quotas, {**environ, **keys}, bucket_of(unit, channel)
                )
    _together(asked)
    for vendor, _, unit in _LOOKS:
        quotas.only(vendor, unit, {bucket_of(u, who) for v, u, who in asked if (v, u) == (vendor, unit)})


def count_requests(studio: Studio, environ: Mapping[str, str]) -> None:
    """Counts today's requests where a day's limit is set: POKEGEO_PER_DAY_GEMINI. Costs one query."""
    try:
        limit = desks(environ)["gemini"].per_day
    except ProductionError as wrong:
        log.warning("%s", wrong)
        return
    Quotas(studio.settings.database_url).count_today("gemini", limit)


def note_balance(quotas: Quotas, credits: Decimal, bucket: str = CREDITS) -> None:
    """Puts a KIE balance on record."""
    quotas.balance("kie", bucket, max(0, int(credits)))


def _accounts(studio: Studio, environ: Mapping[str, str]) -> list[tuple[str | None, Mapping[str, str]]]:
    """The studio's own keys, and those of every channel that has some."""
    found: list[tuple[str | None, Mapping[str, str]]] = [(None, environ)]
    for channel in studio.channels.all():
        try:
            own = studio.channels.credentials(channel.id)
        except ProductionError as locked:
            log.warning("%s", locked)
            continue
        if own:
            found.append((channel.id, own))
    return found


def _kie(quotas: Quotas, environ: Mapping[str, str], bucket: str) -> None:
    from pokegeo_dagster.providers.kie.client import BASE_URL, UPLOAD_URL, KieClient

    base, upload = environ.get("KIE_BASE_URL") or BASE_URL, environ.get("KIE_UPLOAD_URL") or UPLOAD_URL
    note_balance(quotas, KieClient(environ[KEYS["kie"]], base, upload).credit(), bucket)


def _elevenlabs(quotas: Quotas, environ: Mapping[str, str], bucket: str) -> None:
    from pokegeo_dagster.providers.elevenlabs.client import ElevenLabsClient

    base = environ.get("ELEVENLABS_BASE_URL") or None
    account = ElevenLabsClient(environ[KEYS["elevenlabs"]], base).subscription()
    quotas.period("elevenlabs", bucket, account.character_count, account.character_limit)


Look = Callable[[Quotas, Mapping[str, str], str], None]
_LOOKS: tuple[tuple[Vendor, Look, str], ...] = (
    ("kie", _kie, CREDITS),
    ("elevenlabs", _elevenlabs, CHARACTERS),
)


def _bound(
    look: Look,
    quotas: Quotas,
    environ: Mapping[str, str],
    bucket: str,
) -> Callable[[], None]:
    return lambda: look(quotas, environ, bucket)


def _together(asked: Mapping[tuple[str, str, str | None], Callable[[], None]]) -> None:
    """Asks everybody at once, and waits for nobody longer than there is time."""
    pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="quota")
    futures = {pool.submit(look): vendor for (vendor, _, _), look in asked.items()}
    done, late = wait(futures, LOOK_AT_MOST_S)
    pool.shutdown(wait=False, cancel_futures=True)
    for future in done:
        trouble = future.exception()
        if isinstance(trouble, ProductionError):
            log.warning("%s did not say how much is left: %s", futures[future], trouble)
        elif trouble is not None:
            raise trouble
    for future in late:
        log.warning("%s did not say in time how much is left", futures[future])
