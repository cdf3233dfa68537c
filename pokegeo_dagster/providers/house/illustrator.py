"""The house illustrator: plates painted in layers, animals drawn by their anatomy, props cut out.

It needs no key and no network, only the order: the same order gives the same bytes.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from pokegeo_dagster.film.crew import Credit, Made, ReferenceOrder
from pokegeo_dagster.film.digest import seed_for
from pokegeo_dagster.film.errors import ProductionError
from pokegeo_dagster.film.story.anatomy import anatomy_of
from pokegeo_dagster.film.story.species import find_species
from pokegeo_dagster.providers.house import creature
from pokegeo_dagster.providers.house.plates.canvas import Bytes
from pokegeo_dagster.providers.house.plates.light import mood_of
from pokegeo_dagster.providers.house.plates.plate import paint_plate
from pokegeo_dagster.providers.house.props import draw_prop

# Rises whenever a plate or a prop would look different; the creatures count their own editions.
_EDITION = 0
# A camera that moves needs more picture than the frame shows: at 1.2× it moves without enlarging.
_OVERSCAN = 1.2
_PROP_SHARE = 0.55  # longest side of a prop, of the delivery's height
_CHARACTER_SHARE = 1.1  # height of a character, of the delivery's height: close-ups enlarge it


class HouseIllustrator:
    """Draws every reference of a film without a vendor."""

    credit = Credit(member="house", model="layered-paint", edition=_EDITION + creature.EDITION)

    def draw(self, order: ReferenceOrder, sheet: Path | None, room: Path) -> Made:
        """The picture of one reference; `main` always, and `far`, `mid`, `near` of an environment.

        `sheet` is not looked at: an animal is the same in every picture because its seed is.
        The slate has `width_px` and `height_px` of main. Raises UnknownSpecies, and
        ProductionError for a reference that does not say what it shows.
        """
        reference = order.reference
        if reference.kind == "environment" and reference.setting is not None:
            return self._environment(order, room)
        if reference.kind == "prop" and reference.prop is not None:
            return self._prop(order, room)
        if reference.kind == "character" and reference.species is not None:
            return self._character(order, room)
        raise ProductionError(
            f"Reference {reference.id} is of kind {reference.kind!r} but does not say what it shows. "
            f"Nothing was drawn. Give it a species, a prop or a setting in the screenplay."
        )

    def _environment(self, order: ReferenceOrder, room: Path) -> Made:
        setting = order.reference.setting
        assert setting is not None
        size = _even(order.delivery.height_px * _OVERSCAN), _even(order.delivery.width_px * _OVERSCAN)
        plate = paint_plate(setting, order.atmosphere, size, order.seed, order.reference.id)
        pictures = {"main": plate.main, "far": plate.far, "mid": plate.mid, "near": plate.near}
        files = {part: _write(room / f"{part}.png", picture) for part, picture in pictures.items()}
        return Made(files, {"width_px": size[1], "height_px": size[0]})

    def _prop(self, order: ReferenceOrder, room: Path) -> Made:
        prop, air = order.reference.prop, order.atmosphere
        assert prop is not None
        own = seed_for(order.seed, order.reference.id, prop)
        mood = mood_of(air.light, air.weather, air.habitat, air.palette, order.seed, own)
        longest = round(order.delivery.height_px * _PROP_SHARE)
        picture = draw_prop(prop, air.habitat, mood, np.random.default_rng(own), longest)
        return _cut_out(room, picture)

    def _character(self, order: ReferenceOrder, room: Path) -> Made:
        reference = order.reference
        species = find_species(reference.species or "")
        picture = creature.draw_creature(
            anatomy_of(species),
            reference.pose or "alert",
            order.atmosphere.light,
            seed_for(order.seed, species.slug),
            round(order.delivery.height_px * _CHARACTER_SHARE),
        )
        return _cut_out(room, cv2.cvtColor(picture, cv2.COLOR_RGBA2BGRA))


def _cut_out(room: Path, picture: Bytes) -> Made:
    """A picture with alpha, and what a compositor asks of it: its size and where anything is."""
    used_x, used_y = np.flatnonzero(picture[..., 3].any(axis=0)), np.flatnonzero(picture[..., 3].any(axis=1))
    box = [int(used_x[0]), int(used_y[0]), int(used_x[-1]) + 1, int(used_y[-1]) + 1]
    facts = {"width_px": picture.shape[1], "height_px": picture.shape[0], "bbox": box}
    return Made({"main": _write(room / "main.png", picture)}, facts)


def _write(path: Path, picture: Bytes) -> Path:
    """A PNG, packed lightly: level 1 takes a third of the time of level 3 for a tenth more bytes."""
    if not cv2.imwrite(str(path), picture, [cv2.IMWRITE_PNG_COMPRESSION, 1]):
        raise ProductionError(
            f"{path.name} could not be written to {path.parent}. Nothing was kept. Is the disk full?"
        )
    return path


def _even(pixels: float) -> int:
    return round(pixels / 2) * 2
