"""Briefs: how an order becomes an episode, whoever gives it: the terminal, the UI, or a file left for
the studio."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import dagster as dg

from pokegeo_dagster.defs.office.finishing import Finishing
from pokegeo_dagster.defs.office.partitions import EPISODES
from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.film.errors import BriefRefused, OrderRefused
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.order import Order, brief_of
from pokegeo_dagster.film.vocabulary import Priority
from pokegeo_dagster.storage.brief_box import BriefBox, Left, open_brief_box, read_orders

log = logging.getLogger("pokegeo.office")


@dataclass(frozen=True)
class TakenIn:
    """One order out of a file: the brief that was filed, or why there is none."""

    file: str
    brief: Brief | None
    why: str = ""


def drawn_up(studio: Studio, order: Order) -> Brief:
    """The brief that an order would become now. Nothing is filed. Raises OrderRefused."""
    Finishing.of(order.finish).check()
    channel = studio.channels.of(order.channel)
    taken = [b.publish_at for b in studio.db.briefs() if b.channel == channel.id and b.publish_at]
    return brief_of(order, channel, datetime.now(UTC), taken)


def file_order(studio: Studio, order: Order, instance: dg.DagsterInstance | None = None) -> Brief:
    """Files a new episode. Raises OrderRefused, BriefRefused (its name is taken); then nothing is filed."""
    brief = Finishing.of(order.finish).put_on(studio, drawn_up(studio, order))
    if not studio.db.file_brief(brief):
        filed = studio.db.brief(brief.episode)
        what = f" ({filed.species}, channel {filed.channel})" if filed else ""
        raise BriefRefused(
            f"Episode {brief.episode!r} is ordered already{what}: nothing was changed. For another film of "
            f"the same animal name another episode, such as {brief.episode}-2."
        )
    if instance is not None:
        instance.add_dynamic_partitions(str(EPISODES.name), [brief.episode])
    _tell(brief, "ordered")
    return brief


def set_priority(studio: Studio, episode: str, priority: Priority) -> Brief:
    """Changes how soon an episode gets its turn; work that is at hand goes on."""
    brief = studio.db.change_brief(episode, priority=priority)
    _tell(brief, "priority_set")
    return brief


def set_budget(studio: Studio, episode: str, budget_usd: Decimal | None) -> Brief:
    """Changes the most an episode may cost; none: as far as the caps go. It makes no other film."""
    brief = studio.db.change_brief(episode, budget_usd=budget_usd)
    _tell(brief, "budget_set")
    return brief


def delete_brief(studio: Studio, episode: str) -> None:
    """Takes an episode out of the catalogue: nothing new is begun for it. What was made and what it cost
    stay on record, and purchases under way are fetched."""
    brief = studio.db.brief(episode)
    if brief is None or not studio.db.delete_brief(episode):
        raise BriefRefused(f"There is no episode {episode!r}: `pokegeo brief list` names them.")
    _tell(brief, "deleted")


def take_in_briefs(studio: Studio, instance: dg.DagsterInstance | None = None) -> list[TakenIn]:
    """Takes in every file in the briefs folder, and under briefs/ in the bucket.

    A file is one order or a list of them. One that is in order is moved to `taken/`; one with a
    mistake to `refused/`, with the reason beside it, after what was right in it was filed: so none
    is ever looked at twice. Killed half-way it goes on: an order that is on file with the same words
    is no duplicate.
    """
    box = open_brief_box(studio.settings)
    return [told for left in box.waiting() for told in _taken_in(studio, instance, box, left)]


def _taken_in(
    studio: Studio, instance: dg.DagsterInstance | None, box: BriefBox, left: Left
) -> list[TakenIn]:
    told: list[TakenIn] = []
    try:
        there = Path(left.where)  # in a bucket: a key
        orders = read_orders(box.read(left), left.name, there.parent if there.is_absolute() else None)
    except OrderRefused as mistake:
        orders, told = [], [TakenIn(left.name, None, str(mistake))]
    for order in orders:
        try:
            told.append(TakenIn(left.name, _filed(studio, order, instance)))
        except OrderRefused as mistake:
            told.append(TakenIn(left.name, None, str(mistake)))
    wrong = [one.why for one in told if one.brief is None]
    if wrong:
        box.refuse(left, "\n".join(wrong) + "\n")
        slate = {"state": "refused", "file": left.name, "why": "; ".join(wrong)}
        log.error("%s was refused: %s", left.name, slate["why"], extra={"slate": slate})
    else:
        box.settle(left)
    return told


def _filed(studio: Studio, order: Order, instance: dg.DagsterInstance | None) -> Brief:
    """Files an order, or finds it on file: a process that was killed had filed it before."""
    try:
        return file_order(studio, order, instance)
    except BriefRefused:
        filed = studio.db.brief(order.episode or order.species.strip().lower())
        if filed is None or not _same(studio, filed, order):
            raise
        if instance is not None:
            instance.add_dynamic_partitions(str(EPISODES.name), [filed.episode])
        return filed


def _same(studio: Studio, brief: Brief, order: Order) -> bool:
    """Whether a brief is what this order became."""
    plain = brief.model_copy(update={"finish": None})
    if Finishing.of(order.finish).put_on(studio, plain).finish != brief.finish:
        return False
    return (brief.channel, brief.clip_count, brief.seed, brief.profile, brief.budget_usd) == (
        order.channel, order.clips, order.seed, order.profile, order.budget
    ) and order.references in (None, brief.references)  # fmt: skip


def _tell(brief: Brief, state: str) -> None:
    slate: Mapping[str, object] = {
        "episode": brief.episode,
        "channel": brief.channel,
        "priority": brief.priority,
        "state": state,
    }
    log.info("%s %s", brief.episode, state, extra={"slate": dict(slate)})
