"""The daily batch: so many films a channel, begun at its own time of day. Off until somebody turns it on."""

from collections.abc import Sequence
from datetime import datetime, time

import dagster as dg

from pokegeo_dagster.defs.office.briefs import file_order
from pokegeo_dagster.defs.office.studio import Studio, here
from pokegeo_dagster.film.errors import BriefRefused
from pokegeo_dagster.film.release.channel import Channel
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.order import Order
from pokegeo_dagster.film.story.species import species_book


def order_batches(studio: Studio, now: datetime) -> list[Brief]:
    """Orders what each active channel is to begin today and has not begun yet. An episode is named after
    its channel, its day and its number, so asking twice, or a clock set back, orders nothing twice."""
    ordered: list[Brief] = []
    for channel in studio.channels.all():
        local = now.astimezone(channel.zone)
        if channel.active and local.time() >= time.fromisoformat(channel.daily_at):
            ordered += _todays(studio, channel, local)
    return ordered


def _todays(studio: Studio, channel: Channel, local: datetime) -> Sequence[Brief]:
    briefs: list[Brief] = []
    for number in range(1, channel.daily_count + 1):
        episode = f"{channel.id[:40]}-{local:%Y%m%d}-{number}"
        if studio.db.brief(episode) is not None:
            continue
        known = {brief.species for brief in studio.db.briefs()}
        species = next((s.slug for s in species_book().values() if s.slug not in known), None)
        if species is None:  # every animal has its film
            return briefs
        try:
            briefs.append(file_order(studio, Order(species=species, episode=episode, channel=channel.id)))
        except BriefRefused:  # another process was quicker
            continue
    return briefs


@dg.schedule(
    name="daily_batch",
    cron_schedule="*/10 * * * *",
    target=dg.AssetSelection.assets("brief"),
    default_status=dg.DefaultScheduleStatus.STOPPED,
    description="Once a day, at each channel's own time (`pokegeo channel set poke1 --daily-count 2 "
    "--daily-at 06:00`), orders so many films of animals that have none yet. Off until you turn it on. "
    "It files briefs and nothing else: `fair_turns` makes them, and paid clips wait for their greenlight.",
)
def daily_batch(context: dg.ScheduleEvaluationContext) -> dg.SkipReason:
    """Looks every ten minutes whether a channel's time has come."""
    ordered = order_batches(here(), context.scheduled_execution_time)
    return dg.SkipReason(f"ordered {', '.join(b.episode for b in ordered) or 'nothing'}")


SCHEDULES = [daily_batch]
