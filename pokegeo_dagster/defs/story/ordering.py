"""An order said in the UI: `brief` materialised with config makes the episode."""

from pydantic import Field

from pokegeo_dagster.defs.office.briefs import file_order
from pokegeo_dagster.defs.office.craft import TakeConfig
from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.film.errors import BriefRefused
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.film.release.channel import DEFAULT_CHANNEL
from pokegeo_dagster.film.story.order import Order, order_from
from pokegeo_dagster.film.story.species import find_species


class BriefConfig(TakeConfig):
    """What is ordered. Everything has a default; the species is the episode's name unless told."""

    species: str = Field(default="", description="Any of the 1,025 species; the episode's name unless told.")
    channel: str = Field(default=DEFAULT_CHANNEL, description="For whom: `pokegeo channel list`.")
    clips: int = Field(default=18, description="1–24; a clip is about seven seconds of film.")
    references: int = Field(default=0, description="Seed images at most, 8–25; 0: as many as it wants.")
    seed: int = Field(default=1, description="Another number is another film.")
    profile: str = Field(default="full", description="full is 1920×1080; rehearsal is tiny.")
    priority: str = Field(default="normal", description="high, normal or low.")
    budget: str = Field(default="", description="The most it may cost, in US dollars.")
    publish_at: str = Field(
        default="", description="2026-12-24T18:00:00Z, or «next»: the channel's next free slot."
    )


def ordered_in_the_ui(studio: Studio, place: Place, config: TakeConfig) -> None:
    """Files the order, if the episode is not on order yet. Raises OrderRefused, and BriefRefused where
    the config contradicts the brief on file."""
    if not isinstance(config, BriefConfig):
        return
    filed = studio.db.brief(place.episode)
    if filed is None:
        file_order(studio, _order(place, config))
        return
    if config.species and find_species(config.species).slug != filed.species:
        raise BriefRefused(
            f"Episode {place.episode} is ordered already, of {filed.species}: for a film of {config.species} "
            "add another partition, such as " + f"{place.episode}-2."
        )


def _order(place: Place, config: BriefConfig) -> Order:
    said = {
        "species": config.species or place.episode,
        "episode": place.episode,
        "channel": config.channel,
        "clips": config.clips,
        "references": config.references or None,
        "seed": config.seed,
        "profile": config.profile,
        "priority": config.priority,
        "budget": config.budget.strip().removeprefix("$") or None,
        "publish_at": config.publish_at.strip() or None,
    }
    return order_from(said, f"The brief of {place.episode}")
