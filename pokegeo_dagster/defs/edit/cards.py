"""The finish of a film: what is to be on its cards, their segments and stems, made once; its music."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.defs.office.takes import Take, Takes
from pokegeo_dagster.film.crew import Credit
from pokegeo_dagster.film.digest import digest
from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.edit.finish import (
    END,
    ROLES,
    TITLE,
    Card,
    Composed,
    Kept,
    Watermark,
    cards_of,
    music_for,
)
from pokegeo_dagster.film.errors import MediaDamaged, MediaMissing
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.screenplay import Screenplay
from pokegeo_dagster.film.story.species import find_species
from pokegeo_dagster.providers.bench.marking import Stamp
from pokegeo_dagster.providers.bench.mixer import STEMS, lay_card, lay_music
from pokegeo_dagster.providers.bench.pixels import Pixels
from pokegeo_dagster.providers.bench.probe import probe
from pokegeo_dagster.providers.house.cards import make_card, still_of
from pokegeo_dagster.providers.house.music import compose

CREDIT = Credit(member="house", model="cards")
Piece = tuple[Path, Mapping[str, Path]]  # a segment's picture and its stems


@dataclass(frozen=True)
class CardMade:
    """A card as a segment: its picture, its stems, and the digest of what it was made from."""

    name: str
    picture: Path
    stems: Mapping[str, Path]
    recipe: str

    def parts(self) -> dict[str, Path]:
        """Its files by the names they have in the film's take."""
        return {self.name: self.picture, **{f"{self.name}_{part}": path for part, path in self.stems.items()}}


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
    """Every card with its sound, in the order of the film. One that an earlier cut of the film has is
    not made again."""
    made = {}
    for card in cards:
        under = segments[0] if card.name == TITLE else segments[-1]
        bed = under.files["effects_stem"].sha256
        recipe = digest({"picture": card_recipe(card, under, delivery), "bed": bed})
        if before is not None and before.slate.get("cards", {}).get(card.name) == recipe:
            with contextlib.suppress(MediaMissing, MediaDamaged, KeyError):
                stems = {part: before.path(f"{card.name}_{part}") for part in STEMS}
                made[card.name] = CardMade(card.name, before.path(card.name), stems, recipe)
                continue
        picture = make_card(card, card_still(card, under), delivery, room / f"{card.name}.mp4")
        samples = card.frames * delivery.samples_per_frame
        stems = lay_card(under.path("effects_stem"), samples, card.name == TITLE, room, card.name)
        made[card.name] = CardMade(card.name, picture, stems, recipe)
    return made


def ordered_music(brief: Brief, written: Take) -> Composed | Kept | None:
    """The music that a brief asks for, in the mood of its screenplay."""
    if brief.finish is None or brief.finish.music is None:
        return None
    return music_for(brief.finish, written.read(Screenplay).atmosphere, brief.seed)


def music_made(studio: Studio, order: Composed | Kept | None, samples: int, room: Path) -> Path | None:
    """The bed of music, as long as the film. Raises MediaMissing, MediaDamaged."""
    if order is None:
        return None
    if isinstance(order, Kept):
        return lay_music(studio.store.open_local(order.key), samples, room)
    return lay_music(compose(order, samples, room / "composed.wav"), samples, room)


def stamp_of(studio: Studio, watermark: Watermark | None) -> Stamp | None:
    """The mark with its picture at hand. Raises MediaMissing, MediaDamaged."""
    return Stamp(studio.store.open_local(watermark.file.key), watermark.mark) if watermark else None


def in_order(cards: Mapping[str, CardMade], clips: Sequence[Piece]) -> list[Piece]:
    """The pieces of the film, each in its place."""
    first, last = ([(c.picture, c.stems)] if (c := cards.get(name)) else [] for name in (TITLE, END))
    return [*first, *clips, *last]
