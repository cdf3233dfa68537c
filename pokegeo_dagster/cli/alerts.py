"""`pokegeo alerts`: what a human should hear of, open and past."""

import os

from pokegeo_dagster.cli.words import wide_console
from pokegeo_dagster.storage.alarms import Alarms
from pokegeo_dagster.storage.settings import StudioSettings, studio_home
from pokegeo_dagster.storage.studio_db import StudioDb

COLOURS = {"warning": "yellow", "critical": "red"}


def show_alerts(all_of_them: bool, test: str | None) -> None:
    """A line an alert, the newest first. `test` sends a message to a channel's webhook instead."""
    if test is not None:
        _say_hello(test)
        return
    settings = StudioSettings.from_env(os.environ, studio_home(os.environ))
    StudioDb(settings.database_url).migrate()
    found = Alarms(settings.database_url).newest(only_open=not all_of_them)
    console = wide_console()
    if not found:
        console.print("Nothing needs a human.")
    for at, alert, is_open in found:
        colour = COLOURS[alert.level] if is_open else "dim"
        over = "" if is_open else " (over)"
        console.print(f"[{colour}]{alert.level:<8}[/] {at:%Y-%m-%d %H:%M} {alert.channel}{over}")
        console.print(f"         {alert.message}\n         → {alert.action}", markup=False)


def _say_hello(channel: str) -> None:
    from pokegeo_dagster.defs.office.alerts import WEBHOOK_VARIABLE
    from pokegeo_dagster.defs.office.studio import here
    from pokegeo_dagster.film.errors import OrderRefused
    from pokegeo_dagster.providers.discord import DiscordWebhook

    studio = here()
    own = studio.channels.credential(studio.channels.of(channel).id, "discord")
    url = own or os.environ.get(WEBHOOK_VARIABLE, "").strip()
    if not url:
        raise OrderRefused(
            f"Nobody is told about {channel}: set {WEBHOOK_VARIABLE}, or pokegeo channel credential "
            f"{channel} discord."
        )
    DiscordWebhook(url).say(f"pokegeo: alerts of channel {channel} come here.")
    print("Told.")
