"""The stage: a composite's layers, moved apart under a camera that never rounds to pixels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.picture.moves import Aim, Move, Movement
from pokegeo_dagster.providers.bench.layers import Layer, LayerSheet, Role
from pokegeo_dagster.providers.bench.pixels import read_png
from pokegeo_dagster.providers.house.gesture import Body, Gesture, Ripple
from pokegeo_dagster.providers.house.planes import Frame, Plane, yuva

# Bilinear sampling of a picture enlarged once is as steady as cubic sampling of the original and
# costs a third: at 1.5 the sharpness varies by 1 % with the sub-pixel phase (16 % at 1.0).
ENLARGED: Mapping[Role, float] = {"far": 1.25, "plate": 1.5, "mid": 1.5, "subject": 1.5, "near": 1.25}
_CELL = 16  # source pixels to a cell of the map that says where a layer is empty or solid
_BLOCKS = 16  # columns of blocks in which a frame is drawn
_STRIP = 1 / 8  # of the frame's height: small enough for a strip of all planes to stay in cache
_BAND = 1 / 45  # of the frame's height: the width of the bands that a gesture bends a body in


class Screen:
    """One layer ready to be moved: packed Y, U, V and alpha, and where it is empty or solid."""

    def __init__(self, layer: Layer, picture: Plane, reach: tuple[int, int, int, int]):
        self.layer = layer
        self.size = (picture.shape[1], picture.shape[0])
        self.gesture: Gesture | None = None
        self.ripple: Ripple | None = None
        x0, y0, x1, y1 = _within(reach, layer, picture)
        self.left, self.top = layer.left_px + x0, layer.top_px + y0
        self.empty = x1 <= x0 or y1 <= y0
        if self.empty:
            return
        self.scale = ENLARGED[layer.role]
        packed = yuva(picture[y0:y1, x0:x1])
        size = (round(packed.shape[1] * self.scale), round(packed.shape[0] * self.scale))
        self.packed: Plane = cv2.resize(packed, size, interpolation=cv2.INTER_CUBIC)
        # Rounded sizes make the two scales differ a little from the wanted one.
        self.scale_x, self.scale_y = size[0] / packed.shape[1], size[1] / packed.shape[0]
        self.opaque = picture.shape[2] == 3
        # A plate that is asked for more than it has repeats its edge; a cut-out has nothing there.
        self.border = cv2.BORDER_REPLICATE if layer.role != "subject" else cv2.BORDER_CONSTANT
        self._some, self._all = (None, None) if self.opaque else _maps(self.packed)

    def source(self) -> Plane:
        """Master pixels to pixels of the packed picture, as a 3×3 matrix (both at pixels' middles)."""
        sx, sy = self.scale_x, self.scale_y
        return np.array([[sx, 0, -self.left * sx - 0.5], [0, sy, -self.top * sy - 0.5], [0, 0, 1]])

    def cover(self, edges: Plane, rows: tuple[float, float], matrix: Plane) -> tuple[Plane, Plane]:
        """For blocks between the frame columns `edges`, in frame `rows`: whether the layer shows at
        all, and whether it hides everything behind it."""
        count = len(edges) - 1
        if self.opaque:
            return np.ones(count, bool), np.ones(count, bool)
        some, full = self._some, self._all
        assert some is not None and full is not None  # noqa: PT018
        high, wide = some.shape[0] - 1, some.shape[1] - 1
        xs = matrix[0, 0] * edges + matrix[0, 2]
        lean = sorted((matrix[0, 1] * rows[0], matrix[0, 1] * rows[1]))
        pad = 9 if self.ripple else 3  # what sampling and ripples borrow from the neighbours
        x0 = np.clip(np.floor((xs[:-1] + lean[0] - pad) / _CELL), 0, wide).astype(int)
        x1 = np.clip(np.ceil((xs[1:] + lean[1] + pad) / _CELL), 0, wide).astype(int)
        y0 = int(np.clip(np.floor((matrix[1, 1] * rows[0] + matrix[1, 2] - pad) / _CELL), 0, high))
        y1 = int(np.clip(np.ceil((matrix[1, 1] * rows[1] + matrix[1, 2] + pad) / _CELL), 0, high))
        area = np.maximum(0, x1 - x0) * max(0, y1 - y0)
        shown = _sum(some, x0, x1, y0, y1) > 0
        hides = (_sum(full, x0, x1, y0, y1) == area) & (area > 0)
        return shown, hides & shown


@dataclass
class _Part:
    """A rectangle of the frame (even pixels) that one layer fills, with one map back to its source."""

    x0: int
    x1: int
    y0: int
    y1: int
    matrix: Plane


class Stage:
    """The layers of one composite. `draw` paints a moment of the move into a frame."""

    def __init__(
        self,
        sheet: LayerSheet,
        files: Mapping[str, Path],
        delivery: Delivery,
        move: Move,
        path: Sequence[Aim],
    ):
        self.width, self.height = delivery.width_px, delivery.height_px
        self.middle = (sheet.width_px / 2, sheet.height_px / 2)
        self.depth = move.depth
        self.screens: list[Screen] = []
        for layer in sheet.layers:
            has_alpha = layer.role not in ("plate", "far")
            picture = read_png(files[layer.part], alpha=has_alpha)
            screen = Screen(layer, picture, self._reach(layer, path))
            if not screen.empty:
                self.screens.append(screen)
        step = 2 * max(4, round(self.height * _STRIP / 2))
        self.strips = [(y, min(self.height, y + step)) for y in range(0, self.height, step)]
        edges = np.linspace(0, self.width, _BLOCKS + 1)
        self.edges = (np.round(edges / 2) * 2).astype(int)
        rows = max(b - a for a, b in self.strips)
        self._packed: Plane = np.empty(rows * self.width * 4, np.uint8)
        self._scratch = [np.empty(rows * self.width, np.uint8) for _ in range(5)]
        self._quarter = [np.empty(rows * self.width // 4, np.uint8) for _ in range(3)]

    def perform(self, movement: Movement, seed: int, water: bool) -> None:
        """Gives every subject its gesture: the largest the ordered one, the others a breath."""
        bodies = [s for s in self.screens if s.layer.role == "subject"]
        largest = max(bodies, key=lambda s: s.packed.size, default=None)
        for number, screen in enumerate(bodies):
            kind: Movement = movement if screen is largest else "breath"
            kind = "breath" if kind == "ripple" else kind
            screen.gesture = Gesture(kind, self._body(screen), seed + number)
        if movement == "ripple" and water:
            # The house paints water on its far layer, and a bank of dry land before it.
            for screen in self.screens:
                if screen.layer.role in ("far", "plate"):
                    horizon = self.middle[1] + 0.04 * self.height
                    screen.ripple = Ripple(horizon, self.middle[1] + 0.34 * self.height, self.height)

    def draw(self, aim: Aim, seconds: float, frame: Frame) -> None:
        """The picture at this aim and time, into `frame`."""
        cameras = [self._camera(screen.layer, aim) for screen in self.screens]
        wholes = [s.gesture.whole(seconds) if s.gesture else np.eye(3) for s in self.screens]
        matrices = [
            screen.source() @ whole @ camera
            for screen, whole, camera in zip(self.screens, wholes, cameras, strict=True)
        ]
        boxes = [self._box(s, m) if s.gesture else None for s, m in zip(self.screens, matrices, strict=True)]
        for y0, y1 in self.strips:
            for index, first, last, solid in self._plan(y0, y1, matrices, boxes):
                screen = self.screens[index]
                parts = self._parts(
                    screen, cameras[index], wholes[index], matrices[index], (first, last), (y0, y1), seconds
                )
                gain = screen.gesture.gain(seconds) if screen.gesture else 1.0
                self._fill(screen, parts, (first, last, y0, y1), solid, gain, frame)

    def _plan(
        self, y0: int, y1: int, matrices: Sequence[Plane], boxes: Sequence[tuple[int, int, int, int] | None]
    ) -> list[tuple[int, int, int, bool]]:
        """What to paint in a strip, back to front: layer, first and last column, whether solid.
        Nothing is painted where a layer before it hides it."""
        hidden = np.zeros(_BLOCKS, bool)
        jobs: list[tuple[int, int, int, bool]] = []
        for index in range(len(self.screens) - 1, -1, -1):
            box = boxes[index]
            if box is not None:
                if box[1] < y1 and box[3] > y0 and not hidden.all():
                    jobs.append((index, box[0], box[2], False))
                continue
            shown, solid = self.screens[index].cover(self.edges.astype(float), (y0, y1), matrices[index])
            wanted = shown & ~hidden
            for first, last in _runs(wanted, solid):
                jobs.append((index, int(self.edges[first]), int(self.edges[last]), bool(solid[first])))
            hidden |= solid
        return jobs[::-1]

    def _parts(
        self,
        screen: Screen,
        camera: Plane,
        whole: Plane,
        matrix: Plane,
        columns: tuple[int, int],
        rows: tuple[int, int],
        seconds: float,
    ) -> Iterator[_Part]:
        gesture = screen.gesture
        bends = gesture is not None and gesture.axis != "whole"
        if screen.ripple is None and not bends:
            yield _Part(*columns, *rows, matrix)
            return
        source = screen.source()
        step = max(2, round(self.height * _BAND / (3 if screen.ripple else 1)))
        if gesture is not None and gesture.axis == "columns":
            for x in range(columns[0], columns[1], step):
                end = min(columns[1], x + step)
                bent = gesture.band(_at(camera, x, 0), _at(camera, end, 0), seconds)
                yield _Part(x, end, *rows, source @ whole @ bent @ camera)
            return
        bender = screen.ripple or gesture
        assert bender is not None
        for y in range(rows[0], rows[1], step):
            end = min(rows[1], y + step)
            bent = bender.band(_at(camera, y, 1), _at(camera, end, 1), seconds)
            yield _Part(*columns, y, end, source @ whole @ bent @ camera)

    def _fill(
        self,
        screen: Screen,
        parts: Iterator[_Part],
        rect: tuple[int, int, int, int],
        solid: bool,
        gain: float,
        frame: Frame,
    ) -> None:
        x0, x1, y0, y1 = rect
        high, wide = y1 - y0, x1 - x0
        packed = self._packed[: high * wide * 4].reshape(high, wide, 4)
        for part in parts:
            # The map starts at this part's corner, and at the middle of its first pixel.
            matrix = (part.matrix @ np.array([[1, 0, part.x0 + 0.5], [0, 1, part.y0 + 0.5], [0, 0, 1]]))[:2]
            cv2.warpAffine(
                screen.packed,
                matrix,
                (part.x1 - part.x0, part.y1 - part.y0),
                dst=packed[part.y0 - y0 : part.y1 - y0, part.x0 - x0 : part.x1 - x0],
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                borderMode=screen.border,
            )
        planes = [flat[: high * wide].reshape(high, wide) for flat in self._scratch]
        cv2.split(packed, planes[:4])  # ten times as fast as mixChannels, and as much in place
        luma, alpha, spare = planes[0], planes[3], planes[4]
        if gain != 1.0:
            cv2.convertScaleAbs(luma, dst=luma, alpha=gain)
        half = (wide // 2, high // 2)
        small = [flat[: high * wide // 4].reshape(high // 2, wide // 2) for flat in self._quarter]
        targets = (frame.u, frame.v)
        if solid:
            np.copyto(frame.y[y0:y1, x0:x1], luma)
            for plane, target in zip(planes[1:3], targets, strict=True):
                view = target[y0 // 2 : y1 // 2, x0 // 2 : x1 // 2]
                cv2.resize(plane, half, dst=view, interpolation=cv2.INTER_AREA)
            return
        cv2.bitwise_not(alpha, dst=alpha)
        view = frame.y[y0:y1, x0:x1]
        cv2.multiply(view, alpha, dst=spare, scale=1 / 255)
        cv2.add(spare, luma, dst=view)
        cv2.resize(alpha, half, dst=small[0], interpolation=cv2.INTER_AREA)
        for plane, target in zip(planes[1:3], targets, strict=True):
            view = target[y0 // 2 : y1 // 2, x0 // 2 : x1 // 2]
            cv2.resize(plane, half, dst=small[1], interpolation=cv2.INTER_AREA)
            cv2.multiply(view, small[0], dst=small[2], scale=1 / 255)
            cv2.add(small[1], small[2], dst=view)

    def _camera(self, layer: Layer, aim: Aim) -> Plane:
        """Frame coordinates to master coordinates for one layer, as a 3×3 matrix."""
        # A camera that turns or zooms moves near and far more alike than one that travels.
        here = aim.at(1 + (layer.rate - 1) * self.depth)
        shift_x, shift_y = here.x * self.width, here.y * self.height
        lean = aim.x * self.width * layer.lean * self.depth / self.height
        zoom = 1 / here.zoom
        to_master = np.array(
            [
                [zoom, 0, self.middle[0] - zoom * self.width / 2 + shift_x],
                [0, zoom, self.middle[1] - zoom * self.height / 2 + shift_y],
                [0, 0, 1],
            ]
        )
        if not lean:
            return to_master
        return np.array([[1, lean, -lean * layer.level_px], [0, 1, 0], [0, 0, 1]]) @ to_master

    def _body(self, screen: Screen) -> Body:
        layer, (width, height) = screen.layer, screen.size
        bottom = self.middle[1] + 0.47 * self.height
        return Body(
            left=layer.left_px,
            top=layer.top_px,
            width=width,
            height=max(height, layer.pivot_y_px - layer.top_px),
            pivot_x=layer.pivot_x_px,
            pivot_y=layer.pivot_y_px,
            facing=layer.facing,
            # What is cut by the frame's lower edge would show its cut if it rose.
            free=not layer.grounded and layer.pivot_y_px < bottom,
        )

    def _reach(self, layer: Layer, path: Sequence[Aim]) -> tuple[int, int, int, int]:
        """The part of the master that this layer can ever show: the rest is not kept in memory."""
        corners = []
        for aim in path:
            camera = self._camera(layer, aim)
            for x, y in ((0, 0), (self.width, 0), (0, self.height), (self.width, self.height)):
                corners.append((camera @ np.array([x, y, 1.0]))[:2])
        low, high = np.min(corners, axis=0), np.max(corners, axis=0)
        slack = 8 + (0.06 if layer.role == "subject" else 0.012) * self.height
        x0, y0 = np.floor(low - slack).astype(int).tolist()
        x1, y1 = np.ceil(high + slack).astype(int).tolist()
        return x0, y0, x1, y1

    def _box(self, screen: Screen, matrix: Plane) -> tuple[int, int, int, int]:
        """The even rectangle of the frame in which a moving body lies, gesture and all."""
        back = np.linalg.inv(matrix)
        high, wide = screen.packed.shape[:2]
        xs, ys = [], []
        for x, y in ((0, 0), (wide, 0), (0, high), (wide, high)):
            point = back @ np.array([x, y, 1.0])
            xs.append(point[0])
            ys.append(point[1])
        slack = 2 + 0.035 * (screen.gesture.size if screen.gesture else 0)
        x0 = int(np.clip((min(xs) - slack) // 2 * 2, 0, self.width))
        x1 = int(np.clip((max(xs) + slack) // 2 * 2 + 2, 0, self.width))
        y0 = int(np.clip((min(ys) - slack) // 2 * 2, 0, self.height))
        y1 = int(np.clip((max(ys) + slack) // 2 * 2 + 2, 0, self.height))
        return x0, y0, x1, y1


def _within(reach: tuple[int, int, int, int], layer: Layer, picture: Plane) -> tuple[int, int, int, int]:
    """The reach in the picture's own pixels, cut to where the picture has anything."""
    left, top, right, bottom = 0, 0, picture.shape[1], picture.shape[0]
    if picture.shape[2] == 4:
        left, top, width, height = cv2.boundingRect((picture[..., 3] > 2).astype(np.uint8))
        # Two empty pixels all round, so that what is repeated beyond the edge is nothing.
        right, bottom = min(right, left + width + 2), min(bottom, top + height + 2)
        left, top = max(0, left - 2), max(0, top - 2)
    return (
        max(left, reach[0] - layer.left_px),
        max(top, reach[1] - layer.top_px),
        min(right, reach[2] - layer.left_px),
        min(bottom, reach[3] - layer.top_px),
    )


def _maps(packed: Plane) -> tuple[Plane, Plane]:
    """Summed tables of the cells with any alpha, and of those with nothing but full alpha."""
    alpha = packed[..., 3]
    high, wide = -alpha.shape[0] % _CELL, -alpha.shape[1] % _CELL
    cells = np.pad(alpha, ((0, high), (0, wide)), mode="edge")
    cells = cells.reshape(cells.shape[0] // _CELL, _CELL, cells.shape[1] // _CELL, _CELL)
    some, full = cells.max(axis=(1, 3)) > 2, cells.min(axis=(1, 3)) >= 254
    return _summed(some), _summed(full)


def _summed(cells: Plane) -> Plane:
    table = np.zeros((cells.shape[0] + 1, cells.shape[1] + 1), np.int64)
    table[1:, 1:] = cells.cumsum(axis=0).cumsum(axis=1)
    return table


def _sum(table: Plane, x0: Plane, x1: Plane, y0: int, y1: int) -> Plane:
    return table[y1, x1] - table[y0, x1] - table[y1, x0] + table[y0, x0]


def _runs(wanted: Plane, solid: Plane) -> Iterator[tuple[int, int]]:
    """Neighbouring blocks that are wanted and equally solid, as (first, past the last)."""
    first = None
    for block in range(len(wanted) + 1):
        ends = block == len(wanted) or not wanted[block]
        if first is not None and (ends or solid[block] != solid[first]):
            yield first, block
            first = None
        if first is None and not ends:
            first = block


def _at(camera: Plane, place: float, axis: int) -> float:
    """The master row (axis 1) or column (axis 0) at a frame row or column."""
    return float(camera[axis, axis] * place + camera[axis, 2])
