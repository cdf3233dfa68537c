"""The gate before money is spent on pictures, and how a yes is said."""

from decimal import Decimal
from typing import Any

from pydantic import Field

from pokegeo_dagster.budget.caps import dollars
from pokegeo_dagster.defs.office import show
from pokegeo_dagster.defs.office.craft import TakeConfig, Work, craft, written
from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.defs.office.takes import NotReady, Take, Takes
from pokegeo_dagster.film.crew import Credit
from pokegeo_dagster.film.edit.greenlight import Greenlight
from pokegeo_dagster.film.errors import OrderRefused
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.storage.greenlights import ABOUT, Consent, Yes

PRODUCER = Credit(member="desk", model="greenlight")
IN_THE_UI = "human in the UI"


class NotGreenlit(NotReady):
    """Nobody has said yes to this screenplay."""

    def __init__(self, place: Place):
        super().__init__("greenlight", place)
        self.args = (
            f"Nobody has said yes to filming {place.episode} as its screenplay is now: look at it, then "
            "materialize greenlight with up_to_usd, or run "
            f"`pokegeo greenlight {place.episode} --up-to USD`.",
        )


class GreenlightConfig(TakeConfig):
    """A yes, said by materialising `greenlight` with this config."""

    up_to_usd: str = Field(
        default="", description="Yes: «12» is the most this episode may cost in all, in US dollars."
    )
    release: bool = Field(default=False, description="Yes: the film as it is now may be handed over.")


def say_yes(
    studio: Studio, episode: str, up_to_usd: Decimal | None, by_whom: str, consent: Consent = "clips"
) -> Yes:
    """Keeps somebody's yes to what is approved now: the screenplay, or the film. Raises NotReady when
    there is nothing to say yes to."""
    policy, _ = studio.greenlight_policy(episode)
    if consent == "clips" and policy == "never":
        raise OrderRefused(
            f"The channel of {episode} films nothing for money (greenlight never). To change that: "
            f"pokegeo channel set {studio.channel(episode)} --greenlight always_ask"
        )
    about = studio.db.approved_take(episode, ABOUT[consent], Place(episode).key)
    if about is None:
        raise NotReady(ABOUT[consent], Place(episode))
    return studio.greenlights.say_yes(episode, consent, about.data_version, up_to_usd, by_whom)


def _said_in_the_ui(studio: Studio, place: Place, config: TakeConfig) -> None:
    if isinstance(config, GreenlightConfig) and config.up_to_usd:
        say_yes(studio, place.episode, dollars(config.up_to_usd, "up_to_usd"), IN_THE_UI)
    if isinstance(config, GreenlightConfig) and config.release:
        say_yes(studio, place.episode, None, IN_THE_UI, "release")


def _show_greenlight(take: Take) -> dict[str, Any]:
    yes = take.read(Greenlight)
    up_to = "as far as the caps go" if yes.up_to_usd is None else f"${yes.up_to_usd:.2f} for the episode"
    return {"up to": up_to, "said by": yes.by, "screenplay": show.text(f"`{yes.screenplay}`")}


@craft(
    group="edit",
    per="episode",
    kinds=("json",),
    show=_show_greenlight,
    config=GreenlightConfig,
    before=_said_in_the_ui,
    needed=lambda studio, episode: studio.pays_for("camera", episode),
)
def greenlight(place: Place, studio: Studio, *, screenplay: Takes, animatic: Takes) -> Work:
    """A yes to film this screenplay, up to an amount: paid clips wait for it. Look at the animatic and the
    estimate, then say it by materialising this with `up_to_usd`, or with `pokegeo greenlight`. It does not
    count for a changed screenplay. The house's camera costs nothing and needs none. With `release`: the film
    as it is now may be handed over."""
    play = screenplay.of(place)
    seen = animatic.find(place)  # none: who says yes unasked needs no sketch
    yes = studio.greenlights.standing(place.episode)
    if yes is None:
        raise NotGreenlit(place)
    value = Greenlight(
        episode=place.episode, screenplay=play.version, up_to_usd=yes.up_to_usd, by=yes.by_whom
    )
    inputs = (play,) if seen is None else (play, seen)
    return Work(order=value, credit=PRODUCER, make=written(lambda: value), inputs=inputs, author=yes.by_whom)
