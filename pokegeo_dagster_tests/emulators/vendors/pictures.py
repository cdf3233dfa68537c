"""Small genuine pictures: an animal-like figure on the flat colour that was asked for, or a landscape."""

from __future__ import annotations

import colorsys
import io
import random
import re
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
MID_GREY: Colour = (128, 128, 128)
ASPECTS = (
    "1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9",
)  # fmt: skip
WIDE_ASPECTS = ("1:4", "4:1", "1:8", "8:1")
_SIDE_PX = {"512": 512, "1K": 1024, "2K": 2048, "4K": 4096}
_FLAT = r"(?:flat|plain|uniform|solid|seamless|shadowless|single[- ]colou?r|chroma)"
# "on a flat, shadowless green background", "Background: one perfectly flat #00B140", but not
# "flat rocks in the background".
_FLAT_BACKGROUND = re.compile(
    rf"{_FLAT}(?:[\s,]+(?!(?:in|of|the|with|and)\b)[\w'#-]+){{0,5}}[\s,]+(?:background|backdrop)\b"
    r"|\b(?:background|backdrop)(?:\s+colou?r)?\s*:?\s*"
    rf"(?:(?:is|one|a|an|must|be|perfectly|completely|entirely|absolutely)\s+)*{_FLAT}",
    re.IGNORECASE,
)
_BACKGROUND = re.compile(r"\b(?:background|backdrop)\b", re.IGNORECASE)
_HEX = re.compile(r"#([0-9a-fA-F]{6})\b")


def flat_background(prompt: str) -> Colour | None:
    """The colour of the flat background that a prompt asks for; None when it asks for a place.

    The #RRGGBB nearest to the word background counts; without one it is a mid grey.
    """
    asked = _FLAT_BACKGROUND.search(prompt)
    if asked is None:
        return None
    middle = (asked.start() + asked.end()) // 2
    words = [m.start() for m in _BACKGROUND.finditer(prompt)] or [middle]
    colours = list(_HEX.finditer(prompt))
    if not colours:
        return MID_GREY
    nearest = min(colours, key=lambda m: min(abs(m.start() - word) for word in words)).group(1)
    return int(nearest[0:2], 16), int(nearest[2:4], 16), int(nearest[4:6], 16)


def real_size(aspect: str, size: str) -> tuple[int, int]:
    """Width and height of what the vendor would send: sides in steps of 16, like 1360 × 768."""
    across, down = (int(part) for part in aspect.split(":"))
    area = _SIDE_PX[size] ** 2
    width = round((area * across / down) ** 0.5 / 16) * 16
    return width, round((area * down / across) ** 0.5 / 16) * 16


def scaled_size(size: tuple[int, int], longest_px: int | None) -> tuple[int, int]:
    """The same shape with its longer side at most `longest_px`."""
    if longest_px is None or max(size) <= longest_px:
        return size
    factor = longest_px / max(size)
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


@lru_cache(maxsize=64)
def picture(prompt: str, seed: int, size: tuple[int, int], file_format: str) -> bytes:
    """The picture for a prompt as a PNG or JPEG file. The same arguments give the same bytes."""
    dice = random.Random(seed)
    flat = flat_background(prompt)
    image = _landscape(size, dice) if flat is None else _figure(size, flat, dice)
    # What a model sends has been through a codec: its flat colour is nearly flat.
    worn = io.BytesIO()
    image.save(worn, "JPEG", quality=93, subsampling=0)
    if file_format == "jpeg":
        return worn.getvalue()
    file = io.BytesIO()
    Image.open(worn).save(file, "PNG", compress_level=1)
    return file.getvalue()


def _figure(size: tuple[int, int], background: Colour, dice: random.Random) -> Image.Image:
    """An animal seen from the side, facing right, clear of the edges, its colour far from the back's."""
    width, height = size
    image = Image.new("RGB", (width * 2, height * 2), background)
    pen = ImageDraw.Draw(image)
    coat, dark, light = _coats(background, dice)
    unit = min(width, height) * 2 / 100
    x0, y0 = width - 50 * unit, height - 50 * unit
    long, tall = dice.uniform(24, 30), dice.uniform(12, 16)

    def oval(x: float, y: float, rx: float, ry: float, colour: Colour) -> None:
        pen.ellipse(
            (x0 + (x - rx) * unit, y0 + (y - ry) * unit, x0 + (x + rx) * unit, y0 + (y + ry) * unit),
            fill=colour,
        )

    def limb(points: list[tuple[float, float]], thick: float, colour: Colour) -> None:
        pen.line(
            [(x0 + x * unit, y0 + y * unit) for x, y in points],
            fill=colour,
            width=round(thick * unit),
            joint="curve",
        )

    limb([(48 - long, 52), (44 - long, 40), (47 - long, dice.uniform(24, 34))], 4, coat)
    for x in (50 - long * 0.6, 50 + long * 0.5):
        limb([(x + 4, 56), (x + 6, 84)], 6, dark)
    for x in (48 - long * 0.7, 48 + long * 0.45):
        limb([(x, 56), (x - 1, 86)], 7, coat)
    oval(48, 54, long, tall, coat)
    oval(47, 59, long * 0.7, tall * 0.5, light)
    limb([(48 + long * 0.7, 50), (76, 36)], 11, coat)
    oval(77, 34, 11, 9, coat)
    oval(86, 37, 6, 4.5, light)
    for x in (70, 76):
        limb([(x, 29), (x + dice.uniform(-4, 1), 15)], 4, dark)
    oval(80, 32, 2, 2, (20, 18, 16))
    oval(80.7, 31.4, 0.7, 0.7, (245, 245, 245))
    return image.resize(size, Image.Resampling.LANCZOS)


def _coats(background: Colour, dice: random.Random) -> tuple[Colour, Colour, Colour]:
    """Coat, shadow and belly, on the other side of the colour circle from the background."""
    hue, saturation, value = colorsys.rgb_to_hsv(*(c / 255 for c in background))
    own = (hue + dice.uniform(0.38, 0.62)) % 1 if saturation > 0.15 else dice.uniform(0.02, 0.12)
    bright = 0.42 if value > 0.75 else 0.72

    def shade(s: float, v: float) -> Colour:
        red, green, blue = colorsys.hsv_to_rgb(own, s, v)
        return round(red * 255), round(green * 255), round(blue * 255)

    return shade(0.65, bright), shade(0.7, bright * 0.55), shade(0.3, min(1.0, bright * 1.3))


def _landscape(size: tuple[int, int], dice: random.Random) -> Image.Image:
    """Sky, three ridges and a meadow, hazier with distance."""
    width, height = size
    hue = dice.uniform(0.25, 0.45)
    down = np.linspace(0, 1, height)[:, None, None]
    top, low = np.array([96, 140, 190]), np.array([222, 214, 200])
    canvas = np.broadcast_to(top + (low - top) * down, (height, width, 3)).copy()
    across = np.arange(width) / width
    rows = np.arange(height)[:, None]
    for layer in range(4):
        base = 0.42 + 0.15 * layer
        ridge = np.full(width, base)
        for octave in range(1, 6):
            phase, swing = dice.uniform(0, 6.3), 0.05 / octave
            ridge += swing * np.sin(across * 6.3 * octave * dice.uniform(0.7, 1.4) + phase)
        near = layer / 3
        colour = np.array(colorsys.hsv_to_rgb(hue, 0.18 + 0.4 * near, 0.68 - 0.38 * near)) * 255
        canvas[rows >= ridge[None, :] * height] = colour
    grain = np.random.default_rng(dice.getrandbits(32)).normal(0, 5, (height, width, 1))
    image = Image.fromarray(np.clip(canvas + grain, 0, 255).astype(np.uint8))
    return image.filter(ImageFilter.GaussianBlur(0.6))
