"""A contact sheet: every clip of a film in one picture, with its line and who made it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal
from pathlib import Path

import cv2
import numpy as np

from pokegeo_dagster.film.edit.episode_report import ClipReport, EpisodeReport
from pokegeo_dagster.film.errors import MediaDamaged
from pokegeo_dagster.providers.bench.lettering import Face, lettered, width_of, wrapped
from pokegeo_dagster.providers.bench.pixels import Pixels, cover, lay_over, read_png

_PAPER, _INK, _PALE = (0xF7, 0xFA, 0xFB), (0x23, 0x28, 0x2B), (0x6B, 0x74, 0x78)  # B, G, R; R, G, B
_WIDE, _GAP, _MARGIN, _HEAD = 400, 24, 40, 110
_LINES, _WORDS_PX = 3, 17
_TEXT_PX = 26 + 22 * _LINES + 18


def thumbnail(path: Path, width: int, height: int) -> Pixels:
    """A picture file, small. A JPEG is decoded at no more than twice the size it is shown at.

    Raises MediaDamaged.
    """
    data = np.frombuffer(path.read_bytes(), np.uint8)
    picture = None
    for way in (cv2.IMREAD_REDUCED_COLOR_4, cv2.IMREAD_REDUCED_COLOR_2, cv2.IMREAD_COLOR):
        picture = cv2.imdecode(data, way) if data.size else None
        if picture is None or picture.shape[1] >= width:
            break
    if picture is None:
        raise MediaDamaged(f"{path.name} is not a picture that can be read. Make it again.")
    return cover(picture, width, height)


def seed_thumbnail(path: Path, width: int, height: int) -> Pixels:
    """A seed image, small and whole, on paper where it is transparent. Raises MediaDamaged."""
    picture = read_png(path, alpha=True)
    high, wide = picture.shape[:2]
    scale = min(width / wide, height / high)
    size = (max(1, round(wide * scale)), max(1, round(high * scale)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    paper = np.full((height, width, 3), _PAPER, np.uint8)
    return lay_over(paper, small, (width - size[0]) // 2, (height - size[1]) // 2)


def dollars(amount: Decimal) -> str:
    """An amount for a person: cents, and below ten cents up to four digits; never less than it is."""
    step = Decimal("0.01") if amount >= Decimal("0.1") or amount == round(amount, 2) else Decimal("0.0001")
    return f"${amount.quantize(step, ROUND_CEILING):,}"


def jpeg(picture: Pixels) -> bytes:
    """The picture as JPEG, for a page."""
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 84])
    assert done
    return data.tobytes()


def contact_sheet(report: EpisodeReport, frames: Mapping[str, Path]) -> bytes:
    """A JPEG of all clips, in rows of three (one or two where there are no more)."""
    high = round(_WIDE * report.height_px / report.width_px / 2) * 2
    columns = min(3, max(1, len(report.clips)))
    rows = -(-len(report.clips) // columns)
    width = max(3 * _WIDE, columns * _WIDE) + 2 * _GAP + 2 * _MARGIN
    sheet = np.full((_HEAD + rows * (high + _TEXT_PX + _GAP) + _MARGIN, width, 3), _PAPER, np.uint8)
    sheet = _said(sheet, report.title, "serif", 34, _MARGIN, 28, width - 2 * _MARGIN)
    sheet = _said(sheet, _facts(report), "sans", 17, _MARGIN, 74, width - 2 * _MARGIN, _PALE)
    for number, clip in enumerate(report.clips):
        x = _MARGIN + (number % columns) * (_WIDE + _GAP)
        y = _HEAD + (number // columns) * (high + _TEXT_PX + _GAP)
        sheet[y : y + high, x : x + _WIDE] = thumbnail(frames[clip.clip], _WIDE, high)
        sheet = _captioned(sheet, clip, x, y + high)
    return jpeg(sheet)


def _captioned(sheet: Pixels, clip: ClipReport, x: int, y: int) -> Pixels:
    film = clip.pieces[0]
    told = f"{clip.clip.removeprefix('clip_')}  ·  {film.by}, take {film.take}  ·  {dollars(clip.charged)}"
    sheet = _said(sheet, told, "sans_semibold", 16, x, y + 6, _WIDE)
    lines = wrapped(clip.line, "serif", _WORDS_PX, _WIDE - 8)
    if len(lines) > _LINES:
        lines = [*lines[: _LINES - 1], f"{lines[_LINES - 1]} …"]
    for row, line in enumerate(lines):
        sheet = _said(sheet, line, "serif", _WORDS_PX, x, y + 29 + 22 * row, _WIDE)
    if clip.remarks:
        kinds = ", ".join(dict.fromkeys(r.check.replace("_", " ") for r in clip.remarks))
        red = (0xB3, 0x37, 0x2F) if any(r.grave for r in clip.remarks) else _PALE
        sheet = _said(sheet, kinds, "sans", 14, x, y + 31 + 22 * len(lines), _WIDE, red)
    return sheet


def _facts(report: EpisodeReport) -> str:
    whole = report.whole
    seconds = int(report.duration_s)
    wasted = f", {dollars(whole.wasted)} of it wasted" if whole.wasted else ""
    return (
        f"{report.episode}  ·  {seconds // 60}:{seconds % 60:02d}  ·  {len(report.clips)} clips  ·  "
        f"{dollars(whole.charged)} charged{wasted}  ·  {report.passed} of {report.checks} checks passed"
    )


def _said(
    sheet: Pixels, text: str, face: Face, size_px: int, x: int, y: int, most: int,
    colour: tuple[int, int, int] = _INK,
) -> Pixels:  # fmt: skip
    while text and width_of(text, face, size_px) > most:
        text = text[:-2].rstrip() + "…"
    return lay_over(sheet, lettered([text], face, size_px, colour), x - 2, y)
