"""A scene: one setting with its light, paints and rolls of the dice, handed from depth to depth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from pokegeo_dagster.film.digest import seed_for
from pokegeo_dagster.film.story.screenplay import Setting
from pokegeo_dagster.film.vocabulary import Vantage
from pokegeo_dagster.providers.house.plates.canvas import Layer, Sheet, mix
from pokegeo_dagster.providers.house.plates.foliage import leaf_mass
from pokegeo_dagster.providers.house.plates.growth import is_stone, plant
from pokegeo_dagster.providers.house.plates.habitats import KITS, Kit
from pokegeo_dagster.providers.house.plates.light import Mood
from pokegeo_dagster.providers.house.plates.noise import Field, Rng, fbm, profile


@dataclass(frozen=True)
class Stand:
    """Where a vantage puts things, in frame heights."""

    horizon: float  # where the land meets the sky
    ground: float  # where the ground plane of the animal begins
    blur: float  # soft focus of the distance


STANDS: dict[Vantage, Stand] = {
    "vista": Stand(0.58, 0.755, 0.0),
    "clearing": Stand(0.63, 0.735, 0.0),
    "ground": Stand(0.67, 0.715, 0.0075),
    "thicket": Stand(0.66, 0.745, 0.0012),
    "waterside": Stand(0.53, 0.770, 0.0),
    "shelter": Stand(0.62, 0.740, 0.0016),
}


@dataclass(frozen=True)
class Scene:
    """Everything the three depths share. `place` seeds what the film keeps, `picture` what is new."""

    size: tuple[int, int]
    setting: Setting
    mood: Mood
    place: int
    picture: int

    @property
    def kit(self) -> Kit:
        """The paints and growth of the habitat."""
        return KITS[self.setting.habitat]

    @property
    def stand(self) -> Stand:
        """Where this vantage puts things."""
        return STANDS[self.setting.vantage]

    @property
    def aspect(self) -> float:
        """Width over height."""
        return self.size[1] / self.size[0]

    @cached_property
    def bristles(self) -> tuple[Field, Field]:
        """Where the brush drags each place from (fixed-point maps for `Sheet.brush`)."""
        height, width = self.size
        reach = np.float32(0.0022 * height)
        rng = self.roll("bristles")
        xs = np.arange(width, dtype=np.float32)[None, :] + fbm(rng, self.size, 70, 2, 0.7, 0.7) * reach
        ys = np.arange(height, dtype=np.float32)[:, None] + fbm(rng, self.size, 70, 2, 0.7, 1.4) * reach
        return cv2.convertMaps(xs, ys, cv2.CV_16SC2)

    @cached_property
    def grain(self) -> Field:
        """The tooth of the paper: brush texture at half size, about −1…1."""
        return fbm(self.roll("grain"), (self.size[0] // 2, self.size[1] // 2), 38, 3, 0.6, 1.5)

    def roll(self, *about: object) -> Rng:
        """Dice for one part of this picture; parts do not disturb each other."""
        return np.random.default_rng(seed_for(self.picture, *about))

    def keep(self, *about: object) -> Rng:
        """Dice that fall the same in every picture of this place."""
        return np.random.default_rng(seed_for(self.place, self.setting.habitat, *about))

    def lay_pair(self, layer: Layer, plants: Sheet, stones: Sheet, depth: float, lift: float = 1.0) -> None:
        """Paints stones and then plants with the habitat's paints, `depth` away."""
        kit, mood = self.kit, self.mood
        layer.lay(stones, mood.shade(kit.rock, depth, lift), mood.shade(kit.cap, depth, lift))
        layer.lay(plants, mood.shade(kit.leaf, depth, lift), mood.shade(kit.wood, depth, lift))

    def row(
        self, layer: Layer, names: tuple[str, ...], places: list[tuple[float, float, float]], depth: float,
        key: str, lift: float = 1.0, soft: float = 0.0,
    ) -> None:  # fmt: skip
        """Named growth at (x 0–1 of the width, foot, height), all at one depth."""
        rng = self.roll("row", key)
        plants, stones = Sheet(layer.size), Sheet(layer.size)
        for n, (x, foot, height) in enumerate(places):
            name = names[n % len(names)]
            plant(
                name,
                stones if is_stone(name) else plants,
                rng,
                (x * self.aspect, foot),
                height,
                self.mood.side,
            )
        for sheet in (plants, stones):
            sheet.texture(self.grain, 13)
            sheet.brush(self.bristles)
        if soft > 0:
            plants.defocus(soft)
            stones.defocus(soft)
        self.lay_pair(layer, plants, stones, depth, lift)

    def bed(self, layer: Layer, foot: float, depth: float, key: str) -> None:
        """The land that a row of growth stands on: from a wavy edge at `foot` down, bushes along it."""
        kit, rng = self.kit, self.roll("bed", key)
        green = kit.surface in ("soil", "grass", "mud", "pebbles", "paving")
        sheet = Sheet(layer.size, 112)
        edge = foot + 0.011 * profile(rng, 500, 3, 5, 0.5)
        sheet.below(edge, 116)
        if green:
            count = 26
            xs = rng.random(count) * self.aspect
            at = np.stack([xs, np.interp(xs, np.linspace(0, self.aspect, 500), edge)], axis=1)
            for x, y in at:
                tips = np.array([x, y]) + rng.standard_normal((4, 2)) * (0.022, 0.006)
                leaf_mass(
                    sheet,
                    rng,
                    tips.astype(np.float32),
                    0.008 + 0.012 * rng.random(),
                    self.mood.side,
                    0.25,
                    0.7,
                )
        sheet.texture(self.grain, 26)
        sheet.brush(self.bristles)
        layer.lay(sheet, self.mood.shade(mix(kit.ground, kit.leaf, 0.5) if green else kit.ground, depth))

    def spread(
        self, key: str, count: int, foot: float, tall: tuple[float, float], gap: float = 0.0
    ) -> list[tuple[float, float, float]]:
        """Places across the frame, jittered; `gap` (0–1 of the width) around the middle stays open."""
        rng = self.roll("spread", key)
        places = []
        for n in rng.permutation(count):
            x = (n + 0.5 + 0.7 * (rng.random() - 0.5)) / count * 1.12 - 0.06
            if gap > 0:
                x = x * (0.5 - gap / 2) * 2 if x < 0.5 else 1 - (1 - x) * (0.5 - gap / 2) * 2
            height = tall[0] + (tall[1] - tall[0]) * rng.random() ** 1.3
            places.append((float(x), foot + 0.008 * float(rng.standard_normal()), float(height)))
        return places
