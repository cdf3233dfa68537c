"""Light: what a time of day does to sky, haze, shadow and edge, and the glow it throws.

Six lights, each one cohesive palette. Habitats and weather lean on it, a screenplay's colour
words tint it a little, and the episode decides from which side the light falls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from pokegeo_dagster.film.digest import seed_for
from pokegeo_dagster.film.vocabulary import Habitat, Light, Weather
from pokegeo_dagster.providers.house.plates.canvas import Colour, Field, Layer, Ramp, colour, mix, ramp
from pokegeo_dagster.providers.house.plates.noise import Rng, fbm, profile


@dataclass(frozen=True)
class Mood:
    """The light of one picture. `sun` is in frame heights, x 0–1 of the width; above 0 is outside."""

    light: Light
    zenith: Colour
    sky: Colour
    horizon: Colour
    haze: Colour
    key: Colour  # direct light
    fill: Colour  # light from everywhere else
    sun_colour: Colour
    sun: tuple[float, float]
    disc: float  # radius of the visible sun or moon; 0 when it is hidden or out of frame
    glow: float
    thick: float  # how fast the air swallows colour
    contrast: float

    @property
    def side(self) -> float:
        """Where the light comes from: −1 left, +1 right."""
        return 1.0 if self.sun[0] >= 0.5 else -1.0

    @property
    def low(self) -> bool:
        """Whether the light stands low and behind the scene."""
        return 0 < self.sun[1] < 0.7

    def shade(self, albedo: Colour, depth: float, lift: float = 1.0) -> Ramp:
        """The colours of a material from its deepest shadow to its lit edge, `depth` (0–3) away."""
        direct = self.contrast
        deep = albedo * self.fill * 0.22 * lift
        dark = albedo * self.fill * 0.62 * lift
        half = albedo * (self.fill * 0.85 + self.key * 0.28 * direct) * lift
        lit = albedo * (self.fill * 0.75 + self.key * 0.85 * direct) * lift
        # A low light comes from behind: what it touches takes its colour, the rest falls into shade.
        warm = 1.0 if self.low else 0.0
        half, lit = half * (1 - 0.10 * warm), mix(lit, self.key * lift, 0.10 * warm)
        edge = mix(lit, self.key * min(1.0, lift * 1.4), (0.40 + 0.22 * warm) * min(1.0, direct))
        air = 1 - float(np.exp(-depth * self.thick))
        stops = ((0.0, deep), (0.3, dark), (0.58, half), (0.84, lit), (1.0, edge))
        return ramp(*((at, mix(np.clip(c, 0, 1), self.haze, air)) for at, c in stops))


def mood_of(
    light: Light, weather: Weather, habitat: Habitat, palette: Sequence[str], seed: int, picture: int
) -> Mood:
    """The light of one plate. The seed of the episode fixes the side, the picture the small things."""
    base = _LIGHTS[light]
    place, own = np.random.default_rng(seed_for(seed, "light")), np.random.default_rng(picture)
    across = 0.22 + 0.14 * place.random() + 0.04 * own.random()
    across = across if place.random() < 0.5 else 1 - across
    mood = replace(base, sun=(across, base.sun[1] + 0.04 * (own.random() - 0.5)))
    mood = _in_habitat(mood, habitat)
    mood = _in_weather(mood, weather)
    return _tinted(mood, palette)


def air_mask(size: tuple[int, int], mood: Mood, aspect: float) -> Field:
    """How strongly the glow around the sun or moon reaches each place, 0–1."""
    h, w = size[0] // 4, size[1] // 4
    ys, xs = np.mgrid[0:h, 0:w].astype(np.float32) / h
    far = np.hypot(xs - mood.sun[0] * aspect, (ys - mood.sun[1]) * 1.15)
    halo = 0.55 * np.exp(-far * 2.4) + 0.45 * np.exp(-((far / 0.16) ** 1.3))
    return cv2.resize(halo.astype(np.float32), (size[1], size[0]), interpolation=cv2.INTER_CUBIC)


def shafts(rng: Rng, size: tuple[int, int], mood: Mood, aspect: float, source: tuple[float, float]) -> Field:
    """Beams spreading from a source (x 0–1 of the width, y in heights), 0–1."""
    h, w = size[0] // 4, size[1] // 4
    ys, xs = np.mgrid[0:h, 0:w].astype(np.float32) / h
    dx, dy = xs - source[0] * aspect, ys - source[1]
    angle = np.arctan2(dx, dy)
    rays = profile(rng, 2048, 26, 4, 0.6)
    rays = np.clip(rays * 1.1 - 0.12, 0, 1)
    beam = np.interp(angle.ravel(), np.linspace(-np.pi, np.pi, 2048), rays).reshape(h, w).astype(np.float32)
    far = np.hypot(dx, dy)
    reach = np.exp(-far * 1.25) * np.clip(far * 4, 0, 1) * np.clip(dy * 3 + 0.4, 0, 1)
    beam *= reach * (0.75 + 0.25 * fbm(rng, (h, w), 2, 3))
    beam = cv2.GaussianBlur(beam, (0, 0), h / 160)
    return np.clip(cv2.resize(beam, (size[1], size[0]), interpolation=cv2.INTER_CUBIC), 0, 1)


def vignette(size: tuple[int, int], depth: float) -> Field:
    """A darkening towards the corners, 1 in the middle."""
    ys = np.linspace(-1, 1, size[0], dtype=np.float32)[:, None]
    xs = np.linspace(-1, 1, size[1], dtype=np.float32)[None, :]
    return 1 - np.float32(depth) * np.clip((xs * xs * 0.62 + ys * ys * 0.55) - 0.18, 0, 1)


def grade(layer: Layer, mood: Mood) -> None:
    """The last pass of every layer: shadows lean to the sky's colour, lights to the sun's."""
    tint = mood.zenith * 0.035
    for c in range(3):
        plane = layer.planes[c]
        floor = np.float32(tint[c]) if layer.alpha is None else layer.alpha * np.float32(tint[c])
        plane *= np.float32(1 - tint[c])
        plane += floor


def _in_habitat(mood: Mood, habitat: Habitat) -> Mood:
    lean, share, thick = _HABITAT_AIR[habitat]
    tint = colour(lean)
    level = float(mood.haze.mean() / max(0.05, tint.mean()))
    haze = mix(mood.haze, np.clip(tint * level, 0, 1), share)
    if habitat == "cave":  # light comes in by one hole; the air itself is dark
        mood = replace(mood, fill=mood.fill * 0.62)
        haze = haze * 0.42
    if habitat == "reef":  # distance takes the colour of the water, not of a sky
        level = float(np.clip(mood.sky.mean() * 1.15, 0.1, 1.0))
        haze = mix(np.array([0.07, 0.44, 0.58], np.float32), mood.sky, 0.28) * (0.25 + 0.75 * level)
    if habitat == "volcano":  # soot: the air is brown and dark, even at noon
        haze = haze * 0.74
        mood = replace(mood, sky=mix(mood.sky, haze, 0.35), fill=mood.fill * 0.88)
    horizon = mix(mood.horizon, np.clip(tint * float(mood.horizon.mean() / tint.mean()), 0, 1), share * 0.5)
    return replace(mood, haze=haze, horizon=horizon, thick=mood.thick * thick)


def _in_weather(mood: Mood, weather: Weather) -> Mood:
    veil = mood.haze
    if weather in ("rain", "snow"):
        grey = np.full(3, float(mood.sky.mean()), np.float32)
        share = 0.45 if weather == "rain" else 0.3
        return replace(
            mood,
            zenith=mix(mood.zenith, grey * 0.7, share),
            sky=mix(mood.sky, grey * (0.8 if weather == "rain" else 1.05), share),
            horizon=mix(mood.horizon, grey, share),
            haze=mix(veil, np.clip(grey * (0.9 if weather == "rain" else 1.1), 0, 1), share),
            disc=0.0,
            glow=mood.glow * 0.6,
            contrast=mood.contrast * 0.7,
            thick=mood.thick * 1.35,
        )
    if weather == "mist":
        return replace(
            mood, thick=mood.thick * 1.75, sky=mix(mood.sky, veil, 0.4), contrast=mood.contrast * 0.85
        )
    if weather == "dust":
        sand = np.clip(colour("D9A066") * float(veil.mean() / 0.62), 0, 1)
        return replace(mood, haze=mix(veil, sand, 0.5), sky=mix(mood.sky, sand, 0.4), thick=mood.thick * 1.45)
    if weather == "embers":
        ash = np.clip(colour("8A5040") * float(veil.mean() / 0.42), 0, 1)
        return replace(mood, haze=mix(veil, ash, 0.4), sky=mix(mood.sky, ash, 0.3), thick=mood.thick * 1.2)
    if weather == "pollen":
        return replace(mood, glow=mood.glow * 1.2)
    return mood


def _tinted(mood: Mood, palette: Sequence[str]) -> Mood:
    found = [colour(_WORDS[w]) for name in palette for w in name.lower().split() if w in _WORDS]
    if not found:
        return mood
    key = found[0] / max(0.2, float(found[0].max()))
    air = np.mean(found, axis=0).astype(np.float32)
    air = np.clip(air * float(mood.haze.mean() / max(0.08, float(air.mean()))), 0, 1)
    return replace(
        mood,
        key=np.clip(mix(mood.key, key * float(mood.key.max()), 0.12), 0, 1),
        haze=mix(mood.haze, air, 0.16),
        sky=mix(mood.sky, np.clip(air * float(mood.sky.mean() / air.mean()), 0, 1), 0.1),
    )


def _light(
    name: Light, colours: str, sun_y: float, disc: float, glow: float, thick: float, contrast: float
) -> Mood:
    zenith, sky, horizon, haze, key, fill, sun = (colour(c) for c in colours.split())
    return Mood(name, zenith, sky, horizon, haze, key, fill, sun, (0.3, sun_y), disc, glow, thick, contrast)


# Zenith, sky, horizon, haze, key, fill, sun; then the sun's height, its disc, glow, air, contrast.
_LIGHTS: dict[Light, Mood] = {
    "dawn": _light("dawn", "5B76A6 B8A4BE F7CBA6 D6B5B4 FFC79B 8288AE FFE3BE", 0.46, 0.030, 0.75, 0.92, 0.85),
    "day": _light("day", "2F6FB8 86BCE2 DCEFF2 B4D3E4 FFF4DA 93AAC2 FFFFF0", -0.25, 0.0, 0.30, 0.62, 1.0),
    "golden": _light(
        "golden", "5F86B4 E9BE86 FFD488 E6B374 FFBE5A 827A94 FFF3C4", 0.36, 0.036, 1.0, 0.85, 1.05
    ),
    "dusk": _light("dusk", "1F2552 7B4A80 F58A56 8F5F84 FF8752 4F4D80 FFC28A", 0.52, 0.040, 0.80, 0.80, 0.85),
    "night": _light(
        "night", "050A1A 10223F 2B4C6B 233F5C A9C8F2 22365A EAF2FF", 0.17, 0.038, 0.55, 0.72, 0.78
    ),
    "overcast": _light(
        "overcast", "848F9A A9B4BB D3D7D4 B2BCBF D0D1CC 939CA3 E8E8E2", -0.1, 0.0, 0.12, 0.95, 0.62
    ),
}

# What hangs in the air of a habitat, how much it colours the haze, and how thick it is.
_HABITAT_AIR: dict[Habitat, tuple[str, float, float]] = {
    "forest": ("A9BFA2", 0.30, 1.05),
    "rainforest": ("8FB598", 0.42, 1.30),
    "grassland": ("D5C79A", 0.20, 0.85),
    "wetland": ("A8B5A0", 0.34, 1.30),
    "river": ("A3BEC0", 0.22, 0.95),
    "reef": ("2E9BB0", 0.85, 1.20),
    "coast": ("A9C6D2", 0.25, 0.85),
    "desert": ("E0B182", 0.40, 0.75),
    "mountain": ("9DB4D0", 0.28, 0.80),
    "volcano": ("A2604E", 0.55, 1.15),
    "cave": ("3F8090", 0.70, 1.00),
    "tundra": ("C4D8E8", 0.35, 0.90),
    "ruins": ("B5B58E", 0.25, 1.00),
}

# Colour words a writer uses, as paint.
_WORDS: dict[str, str] = {
    "amber": "E8A33A", "gold": "E6B54A", "golden": "E6B54A", "ochre": "C58B38", "copper": "B56A3C",
    "rust": "A4502E", "crimson": "A2202F", "scarlet": "C8302A", "ember": "E0582A", "rose": "D98A94",
    "coral": "EE7B66", "peach": "F3B58F", "cream": "EFE3C4", "ivory": "EEE8D6", "sand": "D9BE8C",
    "umber": "6B4A34", "sepia": "7A5A3E", "bronze": "9C6F3C", "orange": "E3842F", "red": "C0392B",
    "yellow": "E8C94A", "straw": "DCC67E", "honey": "DFA845", "moss": "6E7F3B", "olive": "7C7A3C",
    "fern": "5E8B4C", "emerald": "2F8F62", "jade": "4FA381", "green": "4F8F4A", "sage": "9CAB86",
    "pine": "2F5A47", "teal": "2C7F83", "turquoise": "3FB5B0", "aqua": "59C2C6", "cyan": "4FBCD0",
    "azure": "3F86CF", "blue": "3A6CB0", "navy": "1F305E", "indigo": "3B3A78", "cobalt": "2A4FA0",
    "slate": "5F6E7C", "steel": "73889A", "silver": "BCC6CE", "pearl": "DCDCDC", "ash": "8E8E8A",
    "charcoal": "3A3C40", "black": "26262A", "grey": "8A8E92", "gray": "8A8E92", "white": "EDEFF0",
    "violet": "6E4C9E", "purple": "6B4290", "lavender": "A99AC8", "lilac": "B79CC6", "mauve": "9C7A9A",
    "plum": "6A3A5E", "magenta": "A8408A", "pink": "E19AB0", "ice": "CFE4EE", "mist": "BCC7CC",
    "brown": "75523A", "bone": "DDD2B8", "lava": "E8501E", "obsidian": "25232A", "midnight": "131C3A",
}  # fmt: skip
