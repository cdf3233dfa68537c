"""One environment plate: three layers painted, graded alike and stacked."""

from __future__ import annotations

from dataclasses import dataclass

import cv2

from pokegeo_dagster.film.digest import seed_for
from pokegeo_dagster.film.story.screenplay import Atmosphere, Setting
from pokegeo_dagster.providers.house.plates.canvas import Bytes, Layer, stack
from pokegeo_dagster.providers.house.plates.distance import paint_far
from pokegeo_dagster.providers.house.plates.foreground import paint_near
from pokegeo_dagster.providers.house.plates.light import grade, mood_of, vignette
from pokegeo_dagster.providers.house.plates.middle import paint_mid
from pokegeo_dagster.providers.house.plates.scene import Scene

# Below this height a plate is painted at twice its size and reduced: thin blades stay blades.
_SMALL_PX = 500


@dataclass(frozen=True)
class Plate:
    """An environment in three depths, as bytes: `far` BGR, `mid` and `near` BGRA with straight alpha."""

    far: Bytes
    mid: Bytes
    near: Bytes

    @property
    def main(self) -> Bytes:
        """The layers laid over each other (BGR)."""
        return stack(self.far, self.mid, self.near)


def paint_plate(
    setting: Setting, atmosphere: Atmosphere, size: tuple[int, int], seed: int, about: str
) -> Plate:
    """The plate of a setting at (height, width) pixels.

    `seed` is the episode's: it keeps the side of the light and the mountains; `about` (a
    reference's id) makes this picture another look at the same place.
    """
    paint_size = (size[0] * 2, size[1] * 2) if size[0] < _SMALL_PX else size
    picture = seed_for(seed, about, setting.model_dump_json())
    mood = mood_of(setting.light, setting.weather, setting.habitat, atmosphere.palette, seed, picture)
    scene = Scene(paint_size, setting, mood, seed, picture)
    return Plate(*(_finish(paint(scene), scene, size) for paint in (paint_far, paint_mid, paint_near)))


def _finish(layer: Layer, scene: Scene, size: tuple[int, int]) -> Bytes:
    grade(layer, scene.mood)
    layer.scale(vignette(layer.size, 0.42))
    if layer.size != size:
        _reduce(layer, size)
    return layer.bytes()


def _reduce(layer: Layer, size: tuple[int, int]) -> None:
    to = (size[1], size[0])
    planes = [cv2.resize(p, to, interpolation=cv2.INTER_AREA) for p in layer.planes]
    alpha = None if layer.alpha is None else cv2.resize(layer.alpha, to, interpolation=cv2.INTER_AREA)
    layer.become(planes, alpha)
