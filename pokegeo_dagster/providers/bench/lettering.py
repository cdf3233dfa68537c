"""Lettering: words as pictures, in the two families that come with the program (both OFL)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pokegeo_dagster.providers.bench.pixels import Pixels

Face = Literal["serif", "serif_light", "serif_italic", "serif_semibold", "sans", "sans_semibold"]
Align = Literal["left", "center", "right"]

_FILES: dict[Face, tuple[str, str]] = {
    "serif": ("font_source_serif_pro", "SourceSerifPro"),
    "serif_light": ("font_source_serif_pro", "SourceSerifProLight"),
    "serif_italic": ("font_source_serif_pro", "SourceSerifProIt"),
    "serif_semibold": ("font_source_serif_pro", "SourceSerifProSemibold"),
    "sans": ("font_source_sans_pro", "SourceSansPro"),
    "sans_semibold": ("font_source_sans_pro", "SourceSansProSemibold"),
}


@lru_cache(maxsize=64)
def font(face: Face, size_px: int) -> ImageFont.FreeTypeFont:
    """A face at a size (pixels to the em)."""
    module, name = _FILES[face]
    package = __import__(module)
    # Without Raqm the result depends on no library of the machine it runs on.
    return ImageFont.truetype(getattr(package, name), size_px, layout_engine=ImageFont.Layout.BASIC)


def width_of(text: str, face: Face, size_px: int, tracking: float = 0.0) -> float:
    """How wide a line is set, in pixels. `tracking` is extra space after each letter, in ems."""
    return font(face, size_px).getlength(text) + max(0, len(text) - 1) * tracking * size_px


def wrapped(text: str, face: Face, size_px: int, width_px: float) -> list[str]:
    """A text in as few lines as fit the width, all of about the same length: no line of one word."""
    words = text.split()
    if not words:
        return []
    fewest = len(_filled(words, face, size_px, width_px))
    # The narrowest measure that needs no more lines balances them.
    low, high = width_px / max(1, fewest) * 0.8, width_px
    for _ in range(8):
        middle = (low + high) / 2
        if len(_filled(words, face, size_px, middle)) > fewest:
            low = middle
        else:
            high = middle
    return _filled(words, face, size_px, high)


def _filled(words: Sequence[str], face: Face, size_px: int, width_px: float) -> list[str]:
    lines = [words[0]]
    for word in words[1:]:
        longer = f"{lines[-1]} {word}"
        if width_of(longer, face, size_px) <= width_px:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def lettered(
    lines: Sequence[str],
    face: Face,
    size_px: int,
    colour: tuple[int, int, int] = (255, 255, 255),
    align: Align = "left",
    leading: float = 1.25,
    tracking: float = 0.0,
) -> Pixels:
    """Lines of text as a BGRA picture, just large enough; `colour` is R, G, B."""
    face_at = font(face, size_px)
    widths = [width_of(line, face, size_px, tracking) for line in lines]
    pad = max(2, size_px // 8)
    size = (round(max(widths, default=0)) + 2 * pad, round(size_px * leading * len(lines)) + 2 * pad)
    mask = Image.new("L", size, 0)
    draw = ImageDraw.Draw(mask)
    ascent, descent = face_at.getmetrics()
    for number, (line, width) in enumerate(zip(lines, widths, strict=True)):
        x = pad + {"left": 0.0, "center": 0.5, "right": 1.0}[align] * (size[0] - 2 * pad - width)
        baseline = pad + size_px * leading * (number + 0.5) + (ascent - descent) / 2
        if not tracking:
            draw.text((x, baseline), line, font=face_at, fill=255, anchor="ls")
            continue
        for letter in line:
            draw.text((x, baseline), letter, font=face_at, fill=255, anchor="ls")
            x += face_at.getlength(letter) + tracking * size_px
    out = np.empty((size[1], size[0], 4), np.uint8)
    out[..., :3] = colour[::-1]
    out[..., 3] = np.asarray(mask)
    return out


def font_file(face: Face) -> Path:
    """Where a face lies, for a program that reads fonts by itself."""
    module, name = _FILES[face]
    return Path(getattr(__import__(module), name))
