"""The run that works off one order of the queue: one stage of one episode, in one process.

It is as fat as can be: the same production that `pokegeo produce` is, with all departments at work at the
same time, and a Dagster run of each asset inside, so that every piece that lands or falls is in the
history of its asset. Eighteen waiting processes an episode would cost ten times the memory and CPU.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dagster as dg
from dagster._core.errors import DagsterExecutionInterruptedError

from pokegeo_dagster.defs.office.assets import run_tags
from pokegeo_dagster.defs.office.delivery import deliver
from pokegeo_dagster.defs.office.extent import (
    FROM_THE_GREENLIGHT,
    THE_CUT,
    TO_THE_GREENLIGHT,
    WHOLE_EPISODE,
    Extent,
)
from pokegeo_dagster.defs.office.gate import at_the_gate
from pokegeo_dagster.defs.office.instance import TERMINAL_VARIABLE
from pokegeo_dagster.defs.office.production import produce
from pokegeo_dagster.defs.office.studio import Studio, StudioResource
from pokegeo_dagster.defs.office.takes import Takes
from pokegeo_dagster.defs.office.wanted import CUT, GATE, PREPRODUCTION, PRODUCTION
from pokegeo_dagster.film.errors import DatabaseUnavailable, OrderRefused, ProductionError
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.storage.orders import BEAT_S, Order, Orders
from pokegeo_dagster.storage.processes import process_name

EPISODE_JOB = "episode"
log = logging.getLogger("pokegeo.production")


class OrderConfig(dg.Config):
    """Which order of the queue, and in whose hands: the studio fills this in."""

    order: int
    attempt: int


class Beat(threading.Thread):
    """Says that a worker lives, until it ends. When the order is taken back or its episode deleted,
    everybody is sent home: what is at a vendor goes on there."""

    def __init__(self, orders: Orders, order: Order, studio: Studio):
        super().__init__(name="order-beat", daemon=True)
        self._orders, self._order, self._studio = orders, order, studio
        self._over = threading.Event()
        self.lost = False

    def run(self) -> None:
        while not self._over.wait(BEAT_S):
            try:
                alive = self._orders.beat(self._order.id, self._order.attempt)
            except DatabaseUnavailable as trouble:  # the lease is long enough for a database to come back
                log.warning("the beat of order %d was not written: %s", self._order.id, trouble)
                continue
            if not alive:
                self.lost = True
                self._studio.board.stop()
                return

    def end(self) -> None:
        """Stops beating."""
        self._over.set()


def episode_job(definitions: Callable[[], dg.Definitions]) -> dg.JobDefinition:
    """The job whose runs the queue begins."""

    @dg.op(name="work_off", description="Works off one order of the queue.")
    def work_off(context: dg.OpExecutionContext, config: OrderConfig, studio: StudioResource) -> None:
        opened = studio.open()
        orders = Orders(opened.settings.database_url)
        order = orders.begin(config.order, config.attempt, process_name())
        if order is None:
            context.log.info("This order is in other hands by now, or over: nothing to do.")
            return
        # The runs inside have no output of their own to capture: this run's is captured already.
        os.environ[TERMINAL_VARIABLE] = "1"
        context.instance.add_run_tags(context.run_id, run_tags())
        with _beating(orders, order, opened) as beat:
            fallen = _worked(context, definitions(), opened, orders, order, beat)
        if fallen:
            raise dg.Failure(
                description=f"{len(fallen)} could not be made; everything else is kept. "
                + "; ".join(fallen[:5]),
                allow_retries=False,
            )

    @dg.job(
        name=EPISODE_JOB,
        description="What the studio does by itself: one stage of one episode, begun by `fair_turns` when "
        "it is that channel's turn. To start work by hand, use the other jobs.",
    )
    def episode() -> None:
        work_off()

    return episode


@contextmanager
def _beating(orders: Orders, order: Order, studio: Studio) -> Iterator[Beat]:
    beat = Beat(orders, order, studio)
    beat.start()
    try:
        yield beat
    finally:
        beat.end()


def _worked(
    context: dg.OpExecutionContext,
    definitions: dg.Definitions,
    studio: Studio,
    orders: Orders,
    order: Order,
    beat: Beat,
) -> list[str]:
    """Does the order and says in the queue what came of it. Whatever goes wrong, the order is either
    over or back in the queue; if even that cannot be written, its lease ends by itself."""
    _tell(order, "begun")
    try:
        fallen, told = _done(definitions, studio, context.instance, order)
    except (KeyboardInterrupt, DagsterExecutionInterruptedError):
        studio.board.stop()
        run = context.instance.get_run_by_id(context.run_id)
        if run and run.status in (dg.DagsterRunStatus.CANCELING, dg.DagsterRunStatus.CANCELED):
            orders.end(order.id, order.attempt, "stopped", "stopped by a person")
            _tell(order, "stopped")
        else:  # the studio closes; it goes on when it is open again
            orders.take_back(order, "the studio was closed")
        raise
    except OrderRefused as mistake:
        orders.end(order.id, order.attempt, "failed", str(mistake))
        _tell(order, "failed", str(mistake))
        raise dg.Failure(description=str(mistake), allow_retries=False) from mistake
    except Exception as error:
        if beat.lost:
            gone = studio.db.brief(order.episode) is None
            why = "its episode was deleted" if gone else "its order was taken back"
            orders.end(order.id, order.attempt, "stopped", why)
            raise dg.Failure(description=f"Stopped: {why}.", allow_retries=False) from error
        orders.take_back(order, f"{type(error).__name__}: {error}"[:500])
        _tell(order, "taken_back", str(error))
        raise
    orders.end(order.id, order.attempt, "done", told)
    _tell(order, "done", told)
    return fallen


def _done(
    definitions: dg.Definitions, studio: Studio, instance: dg.DagsterInstance, order: Order
) -> tuple[list[str], str]:
    """Makes what an order is for. Says what fell, and in one line what came of it."""
    episode = order.episode
    brief = studio.db.brief(episode)
    if brief is None:
        return [], "done"
    pays = studio.pays_for("camera", episode)
    may_film = not pays or studio.greenlights.standing(episode) is not None
    extent: Extent = TO_THE_GREENLIGHT
    if order.stage == PRODUCTION:
        if not may_film:
            return [], "done"  # the screenplay has changed since: the yes does not count
        extent = FROM_THE_GREENLIGHT
    elif order.stage == CUT:
        extent = THE_CUT
    elif may_film and (order.stage not in (PREPRODUCTION, GATE) or not pays):
        extent = WHOLE_EPISODE
    if order.stage != GATE:
        produce(definitions, studio, instance, episode, extent)
    # What was left from an earlier stage, beyond this one's extent, did not fall now.
    fallen = [f for f in studio.db.failures(episode) if f.asset in extent.assets]
    asked = None
    if extent is TO_THE_GREENLIGHT and all(f.asset == "animatic" for f in fallen):
        asked = at_the_gate(definitions, studio, instance, brief)
        fallen = [f for f in studio.db.failures(episode) if f.asset in extent.assets]
    elif not fallen and (film := Takes("final_cut", studio).find(Place(episode))):
        deliver(studio, film, brief.species)
    told = f"{len(fallen)} could not be made" if fallen else asked.told if asked else "done"
    return [f"{f.asset} {f.key}: {f.reason}" for f in fallen], told


def _tell(order: Order, state: str, outcome: str = "") -> None:
    slate = {"episode": order.episode, "channel": order.channel, "stage": order.stage, "state": state,
             "order": order.id, "attempt": order.attempt, "why": order.why, "outcome": outcome}  # fmt: skip
    log.info("%s %s %s %s", order.episode, order.stage, state, outcome, extra={"slate": slate})


__all__ = ["EPISODE_JOB", "OrderConfig", "ProductionError", "episode_job"]
