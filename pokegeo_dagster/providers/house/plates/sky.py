"""Skies: gradient, clouds lit from the sun's side, stars, moon and northern lights."""

from __future__ import annotations

import cv2
import numpy as np

from pokegeo_dagster.film.vocabulary import Weather
from pokegeo_dagster.providers.house.plates.canvas import Colour, Layer, mix, smoothstep
from pokegeo_dagster.providers.house.plates.light import Mood, air_mask
from pokegeo_dagster.providers.house.plates.noise import Rng, fbm, profile, shifted, soft, warp


def paint_sky(
    layer: Layer, rng: Rng, mood: Mood, horizon: float, weather: Weather, aurora: bool = False
) -> None:
    """A whole sky down to the horizon, and its haze below it, so that nothing behind is empty."""
    size = layer.size
    ys = np.linspace(0, 1, size[0], dtype=np.float32)
    at = np.clip(ys / max(0.15, horizon), 0, 1)
    sway = soft(rng, size, 1.3, 3, 0.5, 2.5) * np.float32(0.06)
    for c in range(3):
        stops = [mood.zenith[c], mood.sky[c], mood.horizon[c]]
        column = np.interp(at, [0.0, 0.58, 1.0], stops).astype(np.float32)
        slope = np.gradient(column) * size[0]
        layer.planes[c] = column[:, None] + sway * slope[:, None] * np.float32(0.9)
    if mood.light == "night":
        _stars(layer, rng, horizon)
    halo = air_mask(size, mood, layer.aspect)
    if aurora:
        _aurora(layer, rng, mood)
    layer.add(halo * np.float32(mood.glow * 0.75), mood.sun_colour)
    if mood.disc > 0:
        _disc(layer, rng, mood)
    _clouds(layer, rng, mood, horizon, weather, halo)


def _clouds(layer: Layer, rng: Rng, mood: Mood, horizon: float, weather: Weather, halo: np.ndarray) -> None:
    h, w = layer.size
    small = (h // 2, w // 2)
    cover = {
        "clear": 0.06,
        "pollen": 0.04,
        "mist": 0.1,
        "dust": 0.0,
        "embers": 0.2,
        "rain": -0.35,
        "snow": -0.25,
    }
    low = cover[weather] - (0.38 if mood.light == "overcast" else 0.0) + 0.12 * (rng.random() - 0.5)
    body = fbm(rng, small, 2.6, 6, 0.56, 2.8)
    body = warp(body, fbm(rng, small, 3, 4, 0.5, 2), fbm(rng, small, 3, 4, 0.5, 2), h * 0.05)
    wisps = fbm(rng, small, 3.2, 5, 0.6, 6.5)
    wisps = warp(wisps, wisps, fbm(rng, small, 1.5, 3), h * 0.022)
    # Clouds flatten and crowd towards the horizon: a bias by height does most of the perspective.
    ys = np.linspace(0, 1, small[0], dtype=np.float32)[:, None] / np.float32(max(0.2, horizon))
    body += np.float32(0.16) * np.sin(ys * 5.0 + np.float32(rng.random() * 6))
    thick = smoothstep(low, low + 0.85, body) * np.clip(1.25 - ys * 0.55, 0, 1)
    # The lit rim: the cloud is thinner towards the sun than here.
    step = max(2, h // 70)
    behind = shifted(cv2.GaussianBlur(thick, (0, 0), step * 0.6), -mood.side * step, step * 0.9)
    rim = np.clip(thick - behind, 0, 1) * 1.4 + np.clip(0.5 - np.abs(thick - 0.35) * 1.6, 0, 1) * 0.35
    bright = mix(mood.key, mood.horizon, 0.35)
    if mood.light == "night":
        bright = mix(mood.sky, mood.key, 0.3)
    belly = mix(mix(mood.sky, mood.zenith, 0.5), mood.fill, 0.35)
    if mood.light == "overcast" or weather == "rain":
        belly, bright = mood.zenith * 0.86, mix(mood.sky, mood.horizon, 0.7)
    near_sun = cv2.resize(halo, (small[1], small[0]), interpolation=cv2.INTER_AREA)
    light = np.clip(rim + near_sun * 0.7 + np.clip(body, -1, 1) * 0.12 + 0.12, 0, 1)
    thick = cv2.resize(thick, (w, h), interpolation=cv2.INTER_CUBIC)
    light = cv2.resize(light, (w, h), interpolation=cv2.INTER_CUBIC)
    thin = cv2.resize(smoothstep(0.05, 1.0, wisps) * 0.34, (w, h), interpolation=cv2.INTER_CUBIC)
    opacity = np.float32(0.82 if mood.light != "night" else 0.6)
    for c in range(3):
        plane = layer.planes[c]
        plane += (bright[c] - plane) * (thin * np.float32(0.8))
        paint = belly[c] + (bright[c] - belly[c]) * light
        plane += (paint - plane) * (thick * opacity)


def _disc(layer: Layer, rng: Rng, mood: Mood) -> None:
    h = layer.height_px
    x, y, r = mood.sun[0] * layer.width_px, mood.sun[1] * h, mood.disc * h
    top, end = max(0, int(y - 3 * r)), min(h, int(y + 3 * r))
    left, right = max(0, int(x - 3 * r)), min(layer.width_px, int(x + 3 * r))
    ys, xs = np.mgrid[top:end, left:right].astype(np.float32)
    far = np.hypot(xs - x, ys - y) / r
    disc = 1 - smoothstep(0.94, 1.06, far)
    if mood.light == "night":
        seas = fbm(rng, disc.shape, 7 * disc.shape[0] / h * 20, 4)
        disc *= 0.86 + 0.16 * seas
    for c in range(3):
        plane = layer.planes[c, top:end, left:right]
        plane += (mood.sun_colour[c] - plane) * np.clip(disc, 0, 1)


def _stars(layer: Layer, rng: Rng, horizon: float) -> None:
    h, w = layer.size
    count = 900
    xs, ys = rng.random(count), rng.random(count) ** 1.2 * horizon
    power = rng.random(count) ** 5
    sky = np.zeros((h, w), np.uint8)
    for x, y, p in zip(xs, ys, power, strict=True):
        radius = max(0.35, (0.45 + 1.1 * p) * h / 1080)
        place = (round(x * w * 16), round(y * h * 16))
        glow = int(55 + 200 * p) if radius > 0.4 else int(30 + 120 * p)
        cv2.circle(sky, place, round(radius * 16), glow, -1, cv2.LINE_AA, 4)
    fade = np.clip(1.25 - np.linspace(0, 1, h, dtype=np.float32) / np.float32(horizon), 0, 1)[:, None]
    layer.add(sky.astype(np.float32) * np.float32(1 / 255) * fade, np.array([0.9, 0.95, 1.0], np.float32))
    river = soft(rng, layer.size, 1.2, 3, 0.5, 2.0)
    dust = np.clip(1 - np.abs(river) * 3.2, 0, 1) * np.clip(0.6 + soft(rng, layer.size, 7, 4) * 0.6, 0, 1)
    layer.add(dust * fade * np.float32(0.16), np.array([0.62, 0.72, 1.0], np.float32))


def _aurora(layer: Layer, rng: Rng, mood: Mood) -> None:
    h, w = layer.size[0] // 3, layer.size[1] // 3
    glow = np.zeros((h, w), np.float32)
    ys = np.linspace(0, 1, h, dtype=np.float32)[:, None]
    tints: list[tuple[Colour, np.ndarray]] = []
    for n, tint in enumerate(((0.25, 0.95, 0.62), (0.3, 0.7, 0.95))):
        foot = 0.40 - 0.13 * n + 0.13 * profile(rng, w, 2.0, 3)
        rays = 0.62 + 0.26 * profile(rng, w, 30, 3, 0.5)
        above = (foot[None, :] - ys) / (0.16 + 0.14 * np.clip(rays, 0, 1))[None, :]
        curtain = (
            np.where(above > 0, np.exp(-above * 1.6), np.exp(above * 14)) * np.clip(rays, 0.05, 1)[None, :]
        )
        curtain *= np.clip(0.55 + 0.6 * profile(rng, w, 2, 2), 0, 1)[None, :]
        tints.append((np.array(tint, np.float32), curtain.astype(np.float32)))
        glow = np.maximum(glow, curtain)
    strength = 0.62 if mood.light == "night" else 0.12
    for tint, curtain in tints:
        full = cv2.resize(curtain, (layer.width_px, layer.height_px), interpolation=cv2.INTER_CUBIC)
        layer.add(np.clip(full, 0, 1) * np.float32(strength), tint)
