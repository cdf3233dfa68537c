"""Weather: the air of a place, moving: fog, rain, snow, dust, embers, pollen, and passing light."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import cv2
import numpy as np

from pokegeo_dagster.film.story.screenplay import Atmosphere
from pokegeo_dagster.film.vocabulary import Framing, Light
from pokegeo_dagster.film.vocabulary import Weather as WeatherWord
from pokegeo_dagster.providers.house.particles import Flakes, Kind, Rain, sheet_for
from pokegeo_dagster.providers.house.planes import Frame, Plane, yuv_of

# How thick the drifting fog is at its thickest (0–1), by weather.
FOG: Mapping[WeatherWord, float] = {
    "mist": 0.34,
    "rain": 0.15,
    "snow": 0.14,
    "dust": 0.24,
    "embers": 0.12,
    "pollen": 0.05,
    "clear": 0.0,
}
# A lens near its subject looks through less air.
AIR: Mapping[Framing, float] = {
    "extreme_wide": 1.15,
    "wide": 1.0,
    "medium": 0.75,
    "close": 0.5,
    "detail": 0.4,
}
# How bright things that float in the air look, of their full colour.
GLEAM: Mapping[Light, float] = {
    "dawn": 0.85,
    "day": 1.0,
    "golden": 1.0,
    "dusk": 0.62,
    "night": 0.45,
    "overcast": 0.85,
}
FLAKES: Mapping[WeatherWord, Kind] = {
    "snow": Kind(
        240, (250, 248, 244), (1.6, 5.4), (0.55, 0.98), (60, 170), (14, 46), (6, 26), (2.2, 4.5), large=7
    ),
    "dust": Kind(
        95, (150, 190, 220), (1.0, 2.8), (0.22, 0.55), (-3, 8), (26, 90), (4, 14), (2.5, 6.0), large=3
    ),
    "embers": Kind(
        130, (70, 165, 255), (1.4, 4.0), (0.6, 1.0), (-38, -120), (8, 30), (8, 26), (1.4, 3.2), flicker=0.7
    ),
    "pollen": Kind(
        80, (150, 225, 245), (0.8, 2.5), (0.25, 0.6), (-6, 5), (5, 17), (8, 22), (3.5, 7.5), large=4
    ),
    "mist": Kind(18, (235, 235, 230), (0.7, 1.6), (0.1, 0.22), (-3, 4), (5, 16), (5, 14), (4.0, 8.0)),
    "clear": Kind(
        34, (205, 228, 240), (0.7, 1.9), (0.14, 0.34), (-5, 5), (3, 12), (6, 16), (4.0, 8.0), large=2
    ),
}
# Under water there is one weather: what sinks from above.
SEA_SNOW = Kind(
    85, (235, 235, 215), (0.8, 2.3), (0.16, 0.42), (5, 18), (-10, 14), (8, 22), (4.0, 8.0), large=4
)
_COARSE = 4  # fog and light are made at a quarter of the frame and enlarged
_FULL = 224  # the byte that means «unchanged» in a map of brightness: there is room above it


class Air:
    """What hangs and passes between the lens and the world, for one clip."""

    def __init__(
        self, width: int, height: int, atmosphere: Atmosphere, framing: Framing, seed: int, air: Plane
    ):
        """`air` is the colour of distance here, as Y, U, V."""
        self.width, self.height = width, height
        self.under_water = atmosphere.habitat == "reef"
        word: WeatherWord = "clear" if self.under_water else atmosphere.weather
        self.air = [float(v) for v in air]
        self.fog = FOG[word] * AIR[framing]
        self.grid = (-(-height // _COARSE), -(-width // _COARSE))
        draw = np.random.default_rng(seed)
        self.veils = [_cloud(draw, self.grid, stretch) for stretch in (2.6, 1.7)]
        self.vignette = _vignette(self.grid)
        self.depth = _depth(self.grid)
        kind = SEA_SNOW if self.under_water else FLAKES.get(word)
        gleam = GLEAM[atmosphere.light] if word != "embers" else 1.0
        self.flakes = Flakes(_framed(kind, framing), width, height, seed) if kind else None
        self.rain = Rain(width, height, seed) if word == "rain" else None
        bgr = kind.bgr if kind else (228, 222, 214)
        self.ink = yuv_of((bgr[0] * gleam, bgr[1] * gleam, bgr[2] * gleam))
        self.sheet, self.cover = sheet_for(width, height)
        # How much the light itself comes and goes: cloud shadows, and the play of light on a reef.
        self.play = 0.05 if self.under_water else 0.022
        self._full: Plane = np.empty((height, width), np.uint8)
        self._spare: Plane = np.empty((height, width), np.uint8)
        self._half = [np.empty((height // 2, width // 2), np.uint8) for _ in range(3)]

    def lay(self, frame: Frame, seconds: float) -> None:
        """The air at this time, over the frame."""
        fog = self._fog(seconds) if self.fog else None
        self._light(frame, seconds, fog)
        if fog is not None:
            self._tint(frame, fog)
        self._float(frame, seconds)

    def _fog(self, seconds: float) -> Plane:
        """How much of the air is seen, 0–1, at a quarter of the frame."""
        unit = self.grid[0] / 270
        near = _window(self.veils[0], self.grid, seconds * 5.5 * unit)
        far = _window(self.veils[1], self.grid, -seconds * 2.6 * unit)
        return (near * 0.55 + far * 0.45 + near * far * 0.5) * self.depth * np.float32(self.fog)

    def _light(self, frame: Frame, seconds: float, fog: Plane | None) -> None:
        unit = self.grid[0] / 270
        shade = _window(self.veils[1], self.grid, 90 + seconds * 7 * unit)
        bright = self.vignette * (np.float32(1) + np.float32(self.play) * (shade - np.float32(0.5)))
        if self.under_water:
            other = _window(self.veils[0], self.grid, 40 - seconds * 9 * unit)
            # Where two sheets of noise agree there are bright lines: light through waves.
            lines = np.clip(1 - np.abs(shade - other) * 9, 0, 1)
            bright *= 1 + np.float32(0.1) * lines * lines * self.depth[::-1]
        if fog is not None:
            bright *= 1 - fog
        factor = np.clip(bright * _FULL + np.float32(0.5), 0, 255).astype(np.uint8)
        self._enlarge(factor, self._full)
        cv2.multiply(frame.y, self._full, dst=frame.y, scale=1 / _FULL)
        if fog is not None:
            self._enlarge((fog * np.float32(self.air[0]) + np.float32(0.5)).astype(np.uint8), self._full)
            cv2.add(frame.y, self._full, dst=frame.y)

    def _tint(self, frame: Frame, fog: Plane) -> None:
        clear, lift, _ = self._half
        self._enlarge((255.5 - fog * 255).astype(np.uint8), clear)
        for plane, value in ((frame.u, self.air[1]), (frame.v, self.air[2])):
            cv2.multiply(plane, clear, dst=plane, scale=1 / 255)
            cv2.convertScaleAbs(clear, dst=lift, alpha=-value / 255, beta=value)
            cv2.add(plane, lift, dst=plane)

    def _float(self, frame: Frame, seconds: float) -> None:
        """Everything that floats or falls, painted in its one colour."""
        if self.flakes is None and self.rain is None:
            return
        self.sheet.fill(0)
        if self.flakes is not None:
            self.flakes.lay(self.sheet, seconds)
        if self.rain is not None:
            self.rain.lay(self.cover, seconds)
        cover, spare = self._full, self._spare
        np.copyto(cover, self.cover)
        _paint(frame.y, cover, spare, self.ink[0])
        small, other, _ = self._half
        cv2.resize(cover, small.shape[::-1], dst=small, interpolation=cv2.INTER_AREA)
        _paint(frame.u, small, other, self.ink[1])
        _paint(frame.v, small, other, self.ink[2])

    def _enlarge(self, coarse: Plane, out: Plane) -> None:
        cv2.resize(coarse, out.shape[::-1], dst=out, interpolation=cv2.INTER_LINEAR)


def _paint(plane: Plane, cover: Plane, spare: Plane, value: float) -> None:
    """plane × (1 − cover) + value × cover; the cover is left as it was."""
    cv2.bitwise_not(cover, dst=spare)
    cv2.multiply(plane, spare, dst=plane, scale=1 / 255)
    cv2.convertScaleAbs(cover, dst=spare, alpha=value / 255)
    cv2.add(plane, spare, dst=plane)


def _framed(kind: Kind, framing: Framing) -> Kind:
    """Near the subject there are fewer of them, larger and slower to leave the picture."""
    if framing not in ("close", "detail"):
        return kind
    few, near = max(6, round(kind.count * 0.55)), kind.radius
    return replace(kind, count=few, radius=(near[0] * 1.25, near[1] * 1.3))


def _cloud(draw: np.random.Generator, grid: tuple[int, int], stretch: float) -> Plane:
    """Soft noise of 0–1 on one and a half frames, stretched sideways, that closes on itself."""
    high, wide = grid[0], grid[1] * 3 // 2
    fy = np.fft.fftfreq(high)[:, None] * high
    fx = np.fft.rfftfreq(wide)[None, :] * high * stretch
    away = np.hypot(fx, fy)
    away[0, 0] = 1
    strength = away**-1.9 * (away > 0.8)
    turn = np.exp(2j * np.pi * draw.random(strength.shape))
    field = np.fft.irfft2(strength * turn, s=(high, wide))
    low, top = np.percentile(field, (2, 98))
    return np.clip((field - low) / (top - low), 0, 1).astype(np.float32)


def _window(cloud: Plane, grid: tuple[int, int], shift: float) -> Plane:
    """The part of an endless cloud that a frame sees, `shift` cells along, between cells too."""
    whole, part = int(np.floor(shift)), np.float32(shift - np.floor(shift))
    columns = np.arange(grid[1] + 1) + whole
    strip = cloud.take(columns, axis=1, mode="wrap")
    return strip[:, :-1] * (1 - part) + strip[:, 1:] * part


def _depth(grid: tuple[int, int]) -> Plane:
    """Fog lies in the middle distance: thin in the sky and before our feet."""
    y = np.linspace(0, 1, grid[0], dtype=np.float32)[:, None]
    profile = np.exp(-(((y - np.float32(0.6)) / np.float32(0.27)) ** 2)) * np.float32(0.85) + np.float32(0.15)
    return np.repeat(profile, grid[1], axis=1)


def _vignette(grid: tuple[int, int]) -> Plane:
    """1 in the middle, a ninth darker in the corners."""
    y = np.linspace(-1, 1, grid[0], dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, grid[1], dtype=np.float32)[None, :]
    away = np.sqrt((x * x + y * y) / 2)
    return 1 - np.float32(0.11) * np.clip((away - 0.45) / 0.55, 0, 1) ** 2
