"""The cards of a film: what is to be on them, and their segments, made once; its mark."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.defs.office.takes import Take, Takes
from pokegeo_dagster.film.crew import Credit
from pokegeo_dagster.film.digest import digest
from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.edit.finish import (
    ROLES,
    TITLE,
    Card,
    Watermark,
    cards_of,
)
from pokegeo_dagster.film.errors import MediaDamaged, MediaMissing
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.screenplay import Screenplay
from pokegeo_dagster.film.story.species import find_species
from pokegeo_dagster.providers.bench.marking import Stamp
from pokegeo_dagster.providers.bench.pixels import Pixels
from pokegeo_dagster.providers.bench.probe import probe
from pokegeo_dagster.providers.house.cards import make_card, still_of

CREDIT = Credit(member="house", model="cards")


@dataclass(frozen=True)
class CardMade:
    """A card as a segment: its picture, and the digest of what it was made from."""

    picture: Path
    recipe: str


def ordered_cards(studio: Studio, place: Place, brief: Brief, written: Take) -> tuple[Card, ...]:
    """The cards that a brief asks for, with the credits of everybody whose work is approved."""
    if brief.finish is None or not (brief.finish.title_card or brief.finish.end_card):
        return ()
    play = written.read(Screenplay)
    species = find_species(play.species).name
    return cards_of(brief.finish, play.title, species, _makers(studio, place, written), brief.delivery)


def _makers(studio: Studio, place: Place, written: Take) -> list[tuple[str, str]]:
    film = (place.key,)
    keys = {"reference": written.slate.get("references", ()), "clip": written.slate.get("clips", ())}
    keys |= {"narration": keys["clip"], "sound_effect": keys["clip"]}
    found = []
    for asset in (asset for assets in ROLES.values() for asset in assets):
        for key in keys.get(asset, film):
            row = studio.approved_row(place.episode, asset, key)
            if row is not None:
                found.append((asset, "human" if row.author == "human" else row.member))
    return found


def card_recipe(card: Card, under: Take, delivery: Delivery) -> str:
    """The digest of what a card's picture is made from."""
    return digest({"card": card, "under": under.files["main"].sha256, "delivery": delivery, "credit": CREDIT})


def card_still(card: Card, under: Take) -> Pixels:
    """The picture that lies under a card: the one it leads to, or the one that was seen last."""
    last = int(under.slate["frames"]) - 1
    brief = under.studio.db.brief(under.place.episode)
    shot = Takes("clip", under.studio).find(under.place)
    if shot is not None and brief is not None and brief.finish is not None and brief.finish.watermark:
        under, last = shot, min(last, probe(shot.path()).frames - 1)  # as it was shot: no mark is on it
    return still_of(under.path(), 0 if card.name == TITLE else last)


def cards_made(
    cards: Sequence[Card], segments: Sequence[Take], delivery: Delivery, before: Take | None, room: Path
) -> dict[str, CardMade]:
    """Every card by its name. One that an earlier cut of the film has is not made again."""
    made = {}
    for card in cards:
        under = segments[0] if card.name == TITLE else segments[-1]
        recipe = card_recipe(card, under, delivery)
        if before is not None and before.slate.get("cards", {}).get(card.name) == recipe:
            with contextlib.suppress(MediaMissing, MediaDamaged, KeyError):
                made[card.name] = CardMade(before.path(card.name), recipe)
                continue
        picture = make_card(card, card_still(card, under), delivery, room / f"{card.name}.mp4")
        made[card.name] = CardMade(picture, recipe)
    return made


def stamp_of(studio: Studio, watermark: Watermark | None) -> Stamp | None:
    """The mark with its picture at hand. Raises MediaMissing, MediaDamaged."""
    return Stamp(studio.store.open_local(watermark.file.key), watermark.mark) if watermark else None
