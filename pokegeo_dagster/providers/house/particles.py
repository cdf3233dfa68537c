"""Particles: snow, embers, pollen, dust and rain, each drop and flake where it belongs between pixels.

They are all laid on one sheet of coverage, which is then painted in one colour: a frame of snow
costs what a frame of three flakes costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

import cv2
import numpy as np

from pokegeo_dagster.providers.house.planes import Plane

_PHASES = 8  # sub-pixel positions a flake is made for, in each direction
_DEPTHS = 12  # sizes that flakes come in: neighbours in depth share their sprites
_EDGE = 48  # pixels beyond the frame that flakes live in, so that none pops up at the edge


@dataclass(frozen=True)
class Kind:
    """What drifts through the picture. Lengths are pixels of a frame 1,080 high, speeds per second;
    pairs are the farthest and the nearest of a depth that varies from flake to flake."""

    count: int
    bgr: tuple[float, float, float]
    radius: tuple[float, float]
    cover: tuple[float, float]  # of full coverage
    fall: tuple[float, float]  # downwards
    wind: tuple[float, float]
    flutter: tuple[float, float]  # how far it swings
    period_s: tuple[float, float]
    flicker: float = 0.0
    large: int = 0  # out-of-focus ones right before the lens


class Flakes:
    """Seeded particles of one kind."""

    def __init__(self, kind: Kind, width: int, height: int, seed: int):
        draw = np.random.default_rng(seed)
        unit = height / 1080
        count = kind.count + kind.large
        depth = draw.random(count) ** 1.4  # most of them are far
        near = np.arange(count) >= kind.count
        depth[near] = 1.0
        self.kind, self.width, self.height = kind, width, height
        self.span = np.array([width + 2 * _EDGE, height + 2 * _EDGE])
        self.start = draw.random((count, 2)) * self.span
        spread = draw.uniform(0.8, 1.2, (count, 2))
        speed = np.stack([_between(kind.wind, depth), _between(kind.fall, depth)], axis=1)
        self.speed = speed * spread * unit
        self.swing = _between(kind.flutter, depth) * unit * draw.uniform(0.6, 1.4, count)
        self.period = draw.uniform(*kind.period_s, count)
        self.phase = draw.random(count)
        rows = np.rint(depth * (_DEPTHS - 1)).astype(int)
        banks = [self._bank(row / (_DEPTHS - 1), unit, lens=False) for row in range(_DEPTHS)]
        lens = self._bank(1.0, unit, lens=True) if kind.large else []
        self.sprites = [
            lens if close else banks[row] for close, row in zip(near.tolist(), rows.tolist(), strict=True)
        ]

    def _bank(self, depth: float, unit: float, lens: bool) -> list[Plane]:
        kind = self.kind
        radius = (kind.radius[0] + (kind.radius[1] - kind.radius[0]) * depth) * unit
        cover = kind.cover[0] + (kind.cover[1] - kind.cover[0]) * depth
        return _sprites(radius * 4.5, cover * 0.22) if lens else _sprites(radius, cover * 0.85)

    def lay(self, sheet: Plane, seconds: float) -> None:
        """Every particle at this time, added to a sheet of coverage that is _EDGE wider all round."""
        turn = 2 * pi * (seconds / self.period + self.phase)
        places = self.start + self.speed * seconds
        places[:, 0] += self.swing * np.sin(turn)
        places[:, 1] += 0.4 * self.swing * np.sin(turn * 1.7 + 1.0)
        places %= self.span
        if self.kind.flicker:
            light = 1 - self.kind.flicker * (0.5 + 0.5 * np.sin(turn * 2.9 + self.phase * 40))
        else:
            light = None
        for number, (x, y) in enumerate(places.tolist()):
            bank = self.sprites[number]
            size = bank[0].shape[0]
            # The sprite's middle lies on pixel (size − 1) / 2 plus its phase.
            left, top = x - (size - 1) / 2, y - (size - 1) / 2
            column, row = int(left), int(top)
            if column < 0 or row < 0 or column + size > sheet.shape[1] or row + size > sheet.shape[0]:
                continue
            phase = int((top - row) * _PHASES) * _PHASES + int((left - column) * _PHASES)
            sprite = bank[phase]
            if light is not None:
                sprite = cv2.convertScaleAbs(sprite, alpha=float(light[number]))
            there = sheet[row : row + size, column : column + size]
            cv2.add(there, sprite, dst=there)


class Rain:
    """Streaks at three depths, slanted by the wind. Each depth is one tile that slides along its
    own slant and closes on itself in both directions."""

    # Speed (px/s at 1,080 lines), length (px), thickness, coverage 0–255, drops on a tile.
    DEPTHS = ((1150, 34, 1, 52, 1000), (1750, 58, 1, 84, 380), (2600, 104, 2, 88, 80))
    SLANT = 0.11

    def __init__(self, width: int, height: int, seed: int):
        draw = np.random.default_rng(seed)
        self.width, self.height, unit = width, height, height / 1080
        self.tall = height * 3 // 2
        self.tiles = []
        for speed, length, thick, cover, count in self.DEPTHS:
            self.tiles.append((speed * unit, self._tile(draw, length * unit, thick, cover, count)))

    def lay(self, sheet: Plane, seconds: float) -> None:
        """The rain at this time, added to a sheet of the frame's size."""
        for number, (speed, tile) in enumerate(self.tiles):
            down = int(seconds * speed + number * 131) % self.tall
            side = int(seconds * speed * self.SLANT) % self.width
            _add_rolled(sheet, tile, -down % self.tall, -side % self.width)

    def _tile(self, draw: np.random.Generator, length: float, thick: int, cover: int, count: int) -> Plane:
        tile = np.zeros((self.tall, self.width), np.uint8)
        thickness = max(1, round(thick * self.height / 1080))
        for x, y, strong in draw.random((count, 3)).tolist():
            ink = int(cover * (0.5 + 0.5 * strong))
            for dx in (0, -self.width):
                for dy in (0, -self.tall):
                    _streak(tile, x * self.width + dx, y * self.tall + dy, length, self.SLANT, ink, thickness)
        # A drop is a soft line: what the shutter saw of it.
        return cv2.GaussianBlur(tile, (0, 0), sigmaX=0.6, sigmaY=length / 10 + 0.3)


def sheet_for(width: int, height: int) -> tuple[Plane, Plane]:
    """A clean sheet of coverage with its edge, and the view of it that is the frame."""
    whole = np.zeros((height + 2 * _EDGE, width + 2 * _EDGE), np.uint8)
    return whole, whole[_EDGE : _EDGE + height, _EDGE : _EDGE + width]


def _between(ends: tuple[float, float], depth: Plane) -> Plane:
    return ends[0] + (ends[1] - ends[0]) * depth


def _sprites(radius: float, cover: float) -> list[Plane]:
    """A soft disc, once for every sub-pixel phase. Below a pixel it gets fainter, not smaller."""
    soft = max(0.62, radius * 0.75)
    strength = cover * min(1.0, (radius / 0.62) ** 2)
    half = int(np.ceil(soft * 2.6)) + 1
    grid = np.arange(2 * half + 1, dtype=np.float32) - half
    bank = []
    for row in range(_PHASES):
        for column in range(_PHASES):
            y, x = grid - (row + 0.5) / _PHASES, grid - (column + 0.5) / _PHASES
            # Flatter than a Gaussian in the middle: a flake, not a glow.
            away = (x[None, :] ** 2 + y[:, None] ** 2) / np.float32(soft * soft)
            disc = np.exp(-0.5 * away ** np.float32(1.35))
            bank.append(np.rint(disc * np.float32(255 * strength)).astype(np.uint8))
    return bank


def _streak(tile: Plane, x: float, y: float, length: float, slant: float, ink: int, thickness: int) -> None:
    ends = [(x, y), (x + slant * length, y + length)]
    a, b = ((round(px * 16), round(py * 16)) for px, py in ends)
    cv2.line(tile, a, b, (ink,), thickness, cv2.LINE_AA, 4)


def _add_rolled(sheet: Plane, tile: Plane, top: int, left: int) -> None:
    """Adds the part of an endless tiling that starts at (left, top)."""
    high, wide = sheet.shape
    y = 0
    while y < high:
        rows = min(high - y, tile.shape[0] - top)
        x, start = 0, left
        while x < wide:
            columns = min(wide - x, tile.shape[1] - start)
            there = sheet[y : y + rows, x : x + columns]
            cv2.add(there, tile[top : top + rows, start : start + columns], dst=there)
            x, start = x + columns, 0
        y, top = y + rows, 0
