"""Fair turns: the sensor by which the studio runs itself.

Every few seconds it looks at the catalogue and the store's records, queues what is wanted, takes back
what the dead had in hand, and gives out as much as there are free places. It has no cursor: a crash
between any two of these steps, or a tick that is run twice, loses nothing and doubles nothing. What is
queued is unique by its reason, what is given out is given out once, and a run is asked for by a key
that Dagster takes once.
"""

import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import dagster as dg

from pokegeo_dagster.defs.graph import GRAPH
from pokegeo_dagster.defs.office.briefs import take_in_briefs
from pokegeo_dagster.defs.office.instance import ORDER_TAG
from pokegeo_dagster.defs.office.production import settle_dead_runs
from pokegeo_dagster.defs.office.runs import EPISODE_JOB
from pokegeo_dagster.defs.office.studio import Studio, here
from pokegeo_dagster.defs.office.wanted import wanted
from pokegeo_dagster.film.errors import OrderRefused
from pokegeo_dagster.storage.lookout import Lookout, Standing
from pokegeo_dagster.storage.orders import BY_HAND, Order, Orders

PLACES_VARIABLE = "POKEGEO_PLACES"  # how many episodes are worked on at a time
EVERY_S = 5
_OVER = frozenset({dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED})


def places() -> int:
    """How many episodes are worked on at a time. Raises OrderRefused for a setting that cannot be."""
    text = os.environ.get(PLACES_VARIABLE, "").strip() or "2"
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise OrderRefused(f"{PLACES_VARIABLE} is {text!r}: write a whole number from 1 to 100.")
    return int(text)


def tick(studio: Studio, instance: dg.DagsterInstance) -> tuple[list[dg.RunRequest], str]:
    """One look at everything: the runs to begin, and in one line what was seen and done."""
    orders = Orders(studio.settings.database_url)
    try:
        settle_dead_runs(instance)
        take_in_briefs(studio, instance)
        back = _take_back(orders, instance)
        standings = Lookout(studio.settings.database_url).look()
        new = orders.ask(wanted(standings, _Said(studio), time.time()))
        at_work = [order for order in orders.at_work() if order.stage != BY_HAND]
        orders.claim(max(0, places() - len(at_work)))
        claimed = [order for order in orders.at_work() if order.state == "claimed"]
        waiting = orders.waiting()
    finally:
        orders.close()
    told = f"{len(at_work)} at work, {len(claimed)} to begin, {waiting} waiting; {new} new, {back} taken back"
    return [_request(order) for order in claimed], told


class _Said:
    """What has been decided about episodes: by channels' accounts and policies (asked once a channel), by
    caps, and by the vendors' quotas (asked once an asset)."""

    def __init__(self, studio: Studio):
        self._studio = studio
        self._pays, self._up_to, self._parked = dict[str, bool](), dict[str, str | None](), dict[str, float]()

    def pays(self, standing: Standing) -> bool:
        """Whether filming it costs money."""
        if standing.channel not in self._pays:
            self._pays[standing.channel] = self._studio.pays_for("camera", standing.episode)
        return self._pays[standing.channel]

    def agrees_up_to(self, standing: Standing) -> str | None:
        """Up to what its channel's policy says yes by itself."""
        if standing.channel not in self._up_to:
            policy, up_to_usd = self._studio.greenlight_policy(standing.episode)
            self._up_to[standing.channel] = str(up_to_usd) if policy == "auto" else None
        return self._up_to[standing.channel]

    def caps(self, standing: Standing) -> str:
        """Everything that caps its spending now. A cap of a day is another one every day."""
        today = datetime.fromtimestamp(self._studio.purse.clock.now(), UTC).date()
        return f"{self._studio.purse.caps(standing.episode)} on {today}"

    def parked_until(self, asset: str) -> float:
        """Until when nobody can make an asset because its vendor's quota is spent."""
        if asset not in self._parked:
            role = GRAPH[asset].role if asset in GRAPH else None
            part = self._studio.parts[role] if role else None
            paid = part is not None and part.paid
            self._parked[asset] = self._studio.books.parked_until(part.vendor) if part and paid else 0.0
        return self._parked[asset]


def _take_back(orders: Orders, instance: dg.DagsterInstance) -> int:
    """Queues again what is in nobody's hands any more. Says how many."""
    back = 0
    for order in orders.at_work():
        if order.stage == BY_HAND:
            if orders.is_lost(order):
                orders.by_hand(order.episode, None)
        elif order.state == "running":
            if orders.is_lost(order):
                back += orders.take_back(order, "its process ended before it did") is not None
        elif _never_began(order, instance):
            back += orders.take_back(order, "its run ended before it began") is not None
    return back


def _never_began(order: Order, instance: dg.DagsterInstance) -> bool:
    """Whether the run that was asked for is over. One that was never asked for is asked for now."""
    runs: Sequence[dg.DagsterRun] = instance.get_runs(dg.RunsFilter(tags={ORDER_TAG: order.token}))
    return bool(runs) and all(run.status in _OVER for run in runs)


def _request(order: Order) -> dg.RunRequest:
    return dg.RunRequest(
        run_key=order.token,
        job_name=EPISODE_JOB,
        run_config={"ops": {"work_off": {"config": {"order": order.id, "attempt": order.attempt}}}},
        tags={
            ORDER_TAG: order.token,
            "pokegeo/episode": order.episode,
            "pokegeo/stage": order.stage,
            "pokegeo/channel": order.channel,
        },
    )


def fair_turns(job: dg.JobDefinition) -> dg.SensorDefinition:
    """The sensor, for the job whose runs it asks for."""

    @dg.sensor(
        name="fair_turns",
        job=job,
        minimum_interval_seconds=EVERY_S,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="The studio runs itself: new briefs are written and drawn, greenlit films are shot, "
        "what failed for a reason that passes is tried again, and a film follows its last segment. High "
        "priority first; channels take turns. Turn it off and nothing new is begun. Films that you make "
        "with `pokegeo produce` are left to you.",
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        requests, told = tick(here(), context.instance)
        if not requests:
            return dg.SkipReason(told)
        context.log.info(told)
        return dg.SensorResult(run_requests=requests)

    return sensor
