"""The house camera: an opening frame brought to life, in layers that move apart."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from pokegeo_dagster.film.crew import ClipOrder, Credit, Made
from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.errors import ShotFailed
from pokegeo_dagster.film.picture.moves import MARGIN, Move, Movement, aim, read_move, read_movement
from pokegeo_dagster.providers.bench.conformer import write_poster
from pokegeo_dagster.providers.bench.encoder import RawEncoder
from pokegeo_dagster.providers.bench.layers import Layer, LayerSheet, divider, read_sheet
from pokegeo_dagster.providers.bench.pixels import cover, read_png, write_png
from pokegeo_dagster.providers.house.grain import Grain
from pokegeo_dagster.providers.house.planes import Frame, Plane, yuv_of
from pokegeo_dagster.providers.house.stage import Stage
from pokegeo_dagster.providers.house.weather import Air

Side = Literal["whole", "left", "right"]
WATERY = frozenset({"river", "reef", "coast", "wetland"})
# A single picture has no room around it: the frame starts a little inside.
SINGLE_SCALE = 1.08


class HouseCamera:
    """Films with what it is given: layers when there are any, else one picture."""

    credit = Credit(member="house", model="parallax-2.5d")

    def frames_for(self, segment_frames: int, delivery: Delivery) -> int:
        """Just what the segment needs: this camera shoots no handles."""
        return segment_frames

    def would_do(self, segment_frames: int, delivery: Delivery) -> tuple[int, ...]:
        """No other length: a new one costs nothing."""
        return ()

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
        move, movement = read_move(order.camera), read_movement(order.movement)
        halves: tuple[Side, ...] = ("left", "right") if "left_layers" in composite else ("whole",)
        scenes = [_Scene(order, move, movement, side, composite, room) for side in halves]
        grain = Grain(delivery.width_px, delivery.height_px, order.seed)
        frame = Frame(delivery.width_px, delivery.height_px)
        clip, poster = room / "main.mp4", room / "poster.jpg"
        with RawEncoder(delivery, order.frames, clip) as encoder:
            for number in range(order.frames):
                for scene in scenes:
                    scene.draw(number, frame)
                grain.lay(frame, number)
                encoder.write(frame.data)
                if number == order.frames // 3:
                    write_poster(frame.bgr(), poster)
        slate = {
            "frames": order.frames,
            "duration_s": order.frames / delivery.rate_fps,
            "move": move.kind,
            "movement": movement,
            "layers": sum(scene.layers for scene in scenes),
        }
        return Made({"main": clip, "poster": poster}, slate)


class _Scene:
    """What one camera sees: all of the frame, or one half of a split screen. Both halves make the same
    move at the same time, each within its own edges."""

    def __init__(
        self,
        order: ClipOrder,
        move: Move,
        movement: Movement,
        side: Side,
        composite: Mapping[str, Path],
        room: Path,
    ):
        delivery, main = order.delivery, read_png(composite["main"], alpha=False)
        self.side, self.rate, seed = side, delivery.rate_fps, order.seed
        self.line = divider(delivery.width_px)
        self.columns = (0, delivery.width_px)
        if side != "whole":
            middle = delivery.width_px // 2
            self.columns = (0, middle) if side == "left" else (middle, delivery.width_px)
            main = main[:, self.columns[0] : self.columns[1]]
            delivery = delivery.model_copy(update={"width_px": middle})
            composite = {
                part.removeprefix(f"{side}_"): path
                for part, path in composite.items()
                if part.startswith(f"{side}_")
            }
            seed += side == "right"
        sheet, files = _layers(composite, delivery, room)
        self.layers = len(sheet.layers)
        margin = min(
            (sheet.width_px / delivery.width_px - 1) / 2, (sheet.height_px / delivery.height_px - 1) / 2
        )
        duration_s, steps = order.frames / delivery.rate_fps, max(1, order.frames - 1)
        self.path = [aim(move, i / steps, duration_s, min(MARGIN, margin)) for i in range(order.frames)]
        self.stage = Stage(
            sheet, files, delivery, move, self.path[:: max(1, order.frames // 24)] + self.path[-1:]
        )
        self.stage.perform(movement, seed, order.atmosphere.habitat in WATERY)
        size = (delivery.width_px, delivery.height_px)
        self.air = Air(*size, order.atmosphere, order.framing, seed, _air_of(main))
        self.own = Frame(*size) if side != "whole" else None

    def draw(self, number: int, frame: Frame) -> None:
        """Frame `number` of it, in its place in the frame."""
        seconds, own = number / self.rate, self.own or frame
        self.stage.draw(self.path[number], seconds, own)
        self.air.lay(own, seconds)
        if own is frame:
            return
        first, end = self.columns
        frame.y[:, first:end] = own.y
        frame.u[:, first // 2 : end // 2], frame.v[:, first // 2 : end // 2] = own.u, own.v
        if self.side == "right":
            first, end = self.line
            frame.y[:, first:end] = 16
            frame.u[:, first // 2 : end // 2] = frame.v[:, first // 2 : end // 2] = 128


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


def _air_of(picture: Plane) -> Plane:
    """The colour that fog has here, as Y, U, V: that of the light half about the horizon."""
    small = cv2.resize(picture, (64, 36), interpolation=cv2.INTER_AREA)[10:21].reshape(-1, 3)
    light = small.astype(np.float32) @ np.array([0.0722, 0.7152, 0.2126], np.float32)
    blue, green, red = small[light >= np.median(light)].mean(axis=0).tolist()
    return np.array(yuv_of((blue, green, red)), np.float32)
