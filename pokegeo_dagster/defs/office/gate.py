"""The gates. Before paid clips: a channel's policy says yes, or a person is shown the film as a sketch and
its price, and is waited for. Before a film that was paid for goes out: the same policy, or a person."""

import logging
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import dagster as dg

from pokegeo_dagster.budget.consent import agrees, asked_before_release
from pokegeo_dagster.defs.edit.greenlight import say_yes
from pokegeo_dagster.defs.graph import GRAPH
from pokegeo_dagster.defs.office import show
from pokegeo_dagster.defs.office.delivery import deliver_animatic
from pokegeo_dagster.defs.office.estimating import outlook
from pokegeo_dagster.defs.office.production import TO_DO, run_asset, standing
from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.defs.office.takes import Takes
from pokegeo_dagster.film.edit import layout
from pokegeo_dagster.film.errors import OrderRefused
from pokegeo_dagster.film.places import WHOLE_FILM, Place
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.storage.orders import WAITS

log = logging.getLogger("pokegeo.production")


class NotReleased(OrderRefused):
    """Nobody has said yes to letting this film out as it is now. Nothing was written."""


@dataclass(frozen=True)
class Asked:
    """What somebody is asked to say yes to: what the whole film would cost, and where it can be seen."""

    episode: str
    usd: Decimal
    animatic: Path

    @property
    def told(self) -> str:
        """In one line, for the queue and the alert."""
        return f"{WAITS}: ${self.usd:.2f} in all; see {self.animatic}"


def at_the_gate(
    definitions: dg.Definitions, studio: Studio, instance: dg.DagsterInstance, brief: Brief
) -> Asked | None:
    """Asks the channel's policy; where that does not agree, makes the animatic, which costs nothing, and
    says what a person is asked. None: nobody needs to be asked, or the animatic fell (it is among the
    failures, and is tried again). A channel that films nothing for money is not asked either."""
    episode = brief.episode
    policy, up_to_usd = studio.greenlight_policy(episode)
    if studio.greenlights.standing(episode) is not None or policy == "never":
        return None
    usd = studio.db.spent_usd(episode) + outlook(studio, brief).order.usd
    if agrees(policy, up_to_usd, usd):
        say_yes(studio, episode, up_to_usd, f"policy of channel {brief.channel}")
        return None
    craft, place = GRAPH["animatic"], Place(episode)
    if standing(craft, studio, place).state in TO_DO:
        run_asset(definitions, instance, craft, episode, [WHOLE_FILM])
    if standing(craft, studio, place).state in TO_DO:
        return None
    asked = Asked(episode, usd, deliver_animatic(studio, episode) / layout.ANIMATIC)
    instance.report_runless_asset_event(_question(studio, asked))
    slate = {"state": "waits", "episode": episode, "for": "greenlight", "estimate_usd": f"{usd:.2f}",
             "animatic": str(asked.animatic)}  # fmt: skip
    log.info("%s %s", episode, asked.told, extra={"slate": slate | studio.about(episode)})
    return asked


def _question(studio: Studio, asked: Asked) -> dg.AssetObservation:
    """What a person is asked, on the page of `greenlight` in the UI."""
    seen, up_to = Takes("animatic", studio).of(Place(asked.episode)), f"{asked.usd:.2f}"
    return dg.AssetObservation(
        "greenlight",
        partition=asked.episode,
        description=f"{asked.episode} waits for your yes: ${up_to} for the whole film.",
        metadata={
            "the film as a sketch": show.picture(seen, "board", link=show.url(seen)),
            "watch": show.player(seen, "the animatic"),
            "the whole film would cost (USD)": float(asked.usd),
            "say yes here": show.text(f'materialize `greenlight` with config `up_to_usd: "{up_to}"`'),
            "or in the terminal": show.text(f"`pokegeo greenlight {asked.episode} --up-to {up_to}`"),
        },
    )


def demand_release(studio: Studio, episode: str) -> None:
    """Raises NotReleased where a person is to say yes before a film goes out, and has not said it of the
    film as it is now."""
    policy, up_to_usd = studio.greenlight_policy(episode)
    spent = studio.db.spent_usd(episode)
    if not asked_before_release(policy, up_to_usd, spent):
        return
    if studio.greenlights.standing(episode, "release") is None:
        raise NotReleased(
            f"Nobody has said that {episode} may go out as its film is now (${spent:.2f} were spent on it). "
            f"Look at it, then: pokegeo greenlight {episode} --release. Nothing was written; without --pack "
            "it is exported as it is."
        )
