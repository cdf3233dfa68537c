"""The house camera: an opening frame brought to life, in layers that move apart."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np

from pokegeo_dagster.film.crew import ClipOrder, Credit, Made
from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.errors import ShotFailed
from pokegeo_dagster.film.picture.moves import MARGIN, aim, read_move, read_movement
from pokegeo_dagster.providers.bench.conformer import write_poster
from pokegeo_dagster.providers.bench.encoder import RawEncoder
from pokegeo_dagster.providers.bench.layers import Layer, LayerSheet, read_sheet
from pokegeo_dagster.providers.bench.pixels import cover, read_png, write_png
from pokegeo_dagster.providers.house.grain import Grain
from pokegeo_dagster.providers.house.planes import Frame, Plane, yuv_of
from pokegeo_dagster.providers.house.stage import Stage
from pokegeo_dagster.providers.house.weather import Air

WATERY = frozenset({"river", "reef", "coast", "wetland"})
# A single picture has no room around it: the frame starts a little inside.
SINGLE_SCALE = 1.08


class HouseCamera:
    """Films with what it is given: layers when there are any, else one picture."""

    credit = Credit(member="house", model="parallax-2.5d")

    def frames_for(self, segment_frames: int, delivery: Delivery) -> int:
        """Just what the segment needs: this camera shoots no handles."""
        return segment_frames

    def film(self, order: ClipOrder, composite: Mapping[str, Path], room: Path) -> Made:
        """The clip: `main`, an MP4 of exactly `order.frames` frames in the delivery profile and
        without sound, which a conformer takes as it is; and `poster`, a JPEG of its first third.

        It opens on the composite, and never stops dead: the move is still under way at the cut.
        Raises ShotFailed when there is no composite, MediaDamaged when it cannot be read,
        EncodeFailed when ffmpeg gives up.
        """
        delivery = order.delivery
        if "main" not in composite:
            raise ShotFailed("clip", "its composite", "it is not made yet. Composite the shot first.")
        sheet, files = _layers(composite, delivery, room)
        margin = min(
            (sheet.width_px / delivery.width_px - 1) / 2, (sheet.height_px / delivery.height_px - 1) / 2
        )
        move, movement = read_move(order.camera), read_movement(order.movement)
        duration_s = order.frames / delivery.rate_fps
        steps = max(1, order.frames - 1)
        path = [aim(move, i / steps, duration_s, min(MARGIN, margin)) for i in range(order.frames)]
        stage = Stage(sheet, files, delivery, move, path[:: max(1, order.frames // 24)] + path[-1:])
        stage.perform(movement, order.seed, order.atmosphere.habitat in WATERY)
        size = (delivery.width_px, delivery.height_px)
        air = Air(*size, order.atmosphere, order.framing, order.seed, _air_of(composite["main"]))
        grain, frame = Grain(*size, order.seed), Frame(*size)
        clip, poster = room / "main.mp4", room / "poster.jpg"
        with RawEncoder(delivery, order.frames, clip) as encoder:
            for number, here in enumerate(path):
                seconds = number / delivery.rate_fps
                stage.draw(here, seconds, frame)
                air.lay(frame, seconds)
                grain.lay(frame, number)
                encoder.write(frame.data)
                if number == order.frames // 3:
                    write_poster(frame.bgr(), poster)
        slate = {
            "frames": order.frames,
            "duration_s": duration_s,
            "move": move.kind,
            "movement": movement,
            "layers": len(sheet.layers),
        }
        return Made({"main": clip, "poster": poster}, slate)


def _layers(
    composite: Mapping[str, Path], delivery: Delivery, room: Path
) -> tuple[LayerSheet, Mapping[str, Path]]:
    """The composite's layers, or the whole of it as the only one, enlarged a little."""
    if "layers" in composite:
        sheet = read_sheet(composite["layers"])
        missing = [layer.part for layer in sheet.layers if layer.part not in composite]
        if missing:
            raise ShotFailed(
                "clip",
                "its composite",
                f"its layers {', '.join(missing)} are gone. Composite the shot again.",
            )
        return sheet, composite
    width, height = (2 * round(side * SINGLE_SCALE / 2) for side in (delivery.width_px, delivery.height_px))
    enlarged = cover(read_png(composite["main"], alpha=False), width, height)
    plate = Layer(part="plate", role="plate")
    sheet = LayerSheet(width_px=width, height_px=height, layers=(plate,))
    return sheet, {"plate": write_png(room / "plate.png", enlarged)}


def _air_of(main: Path) -> Plane:
    """The colour that fog has here, as Y, U, V: that of the light half about the horizon."""
    picture = read_png(main, alpha=False)
    small = cv2.resize(picture, (64, 36), interpolation=cv2.INTER_AREA)[10:21].reshape(-1, 3)
    light = small.astype(np.float32) @ np.array([0.0722, 0.7152, 0.2126], np.float32)
    blue, green, red = small[light >= np.median(light)].mean(axis=0).tolist()
    return np.array(yuv_of((blue, green, red)), np.float32)
