"""Alerts: looks at the books, writes what is new into the log, and tells whoever is to be told."""

import logging
import os
import time
from collections.abc import Mapping

import dagster as dg

from pokegeo_dagster.budget.alerts import STUDIO, Alert, one_message
from pokegeo_dagster.budget.caps import Caps
from pokegeo_dagster.defs.office.quotas import LOOK_EVERY_S, count_requests, look_at_quotas
from pokegeo_dagster.defs.office.studio import Studio, here
from pokegeo_dagster.film.errors import ProductionError
from pokegeo_dagster.providers.discord import DiscordWebhook
from pokegeo_dagster.storage.alarms import Alarms, Due

WEBHOOK_VARIABLE = "DISCORD_WEBHOOK_URL"

log = logging.getLogger("pokegeo.alerts")


def watch(studio: Studio, environ: Mapping[str, str] = os.environ) -> list[Alert]:
    """Looks once, tells what is to be told, and gives back what is new. Cheap, and safe to call from
    anywhere and from many processes at once; trouble with a webhook is in the log and stops nothing."""
    count_requests(studio, environ)
    alarms = Alarms(studio.settings.database_url)
    new = alarms.raise_(alarms.causes(Caps.from_texts(environ), studio.purse.caps))
    for alert in new:
        level = logging.CRITICAL if alert.level == "critical" else logging.WARNING
        slate = {"state": "alert", "alert": alert.kind, "episode": alert.episode, **alert.payload}
        log.log(level, "%s · %s", alert.message, alert.action, extra={"slate": slate})
    webhooks = _Webhooks(studio, environ)
    for due in alarms.due(webhooks.there_is_one):
        _tell(alarms, webhooks, due)
    return new


def _tell(alarms: Alarms, webhooks: "_Webhooks", due: Due) -> None:
    try:
        DiscordWebhook(webhooks.of(due.channel)).say(one_message(due.alerts))
    except ProductionError as trouble:
        slate = {"state": "not_told", "channel": due.channel, "alert_level": due.level, "why": str(trouble)}
        log.warning("an alert was not told: %s", trouble, extra={"slate": slate})
        return
    alarms.told(due)


class _Webhooks:
    """Where each channel is told: its own webhook, or the studio's."""

    def __init__(self, studio: Studio, environ: Mapping[str, str]):
        self._channels, self._studios = studio.channels, environ.get(WEBHOOK_VARIABLE, "").strip()
        self._known: dict[str, str] = {}

    def of(self, channel: str) -> str:
        """The webhook's address; empty when there is none."""
        if channel not in self._known:
            own = None
            if channel != STUDIO:
                try:
                    own = self._channels.credential(channel, "discord")
                except ProductionError as locked:
                    log.warning("%s", locked)
            self._known[channel] = own or self._studios
        return self._known[channel]

    def there_is_one(self, channel: str) -> bool:
        """Whether a channel has anyone to be told."""
        return bool(self.of(channel))


@dg.sensor(
    name="alerts",
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=(
        "Looks every minute whether a human should hear of something: a quota or a budget at 80 % and "
        "100 %, a purchase nobody knows about, one that is stuck, an episode with pieces that could not be "
        "made. It writes the log, and tells Discord where DISCORD_WEBHOOK_URL or the channel's own webhook "
        "is set: at most one message in five minutes for a channel and level. Once an hour it asks KIE and "
        "ElevenLabs, for nothing, how much is left. It starts no work."
    ),
)
def alerts_sensor(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Looks once; once an hour the vendors are asked too."""
    studio = here()
    if _its_time(context.cursor, time.time()):
        look_at_quotas(studio, os.environ)
        context.update_cursor(str(int(time.time())))  # never rounded up into the future
    new = watch(studio)
    return dg.SkipReason(f"{len(new)} new alerts" if new else "Nothing new to tell.")


def _its_time(cursor: str | None, now: float) -> bool:
    """Whether an hour has passed since the last look at the quotas. A cursor that is lost, or that a
    clock set back has put into the future, only means one free look more."""
    try:
        ago = now - float(cursor or "nan")
    except ValueError:
        return True
    return not 0 <= ago < LOOK_EVERY_S


SENSORS = [alerts_sensor]
