"""The caption burner: captions drawn into the picture, for where no player shows them.

White on a dark outline, in the typeface that comes with the program, inside the area that every screen
shows (EBU R 95: five per cent in from each edge).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import ffmpeg

from pokegeo_dagster.film.edit.captions import Caption
from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.providers.bench.encoder import command, encoder_arguments, run
from pokegeo_dagster.providers.bench.probe import probe
from pokegeo_dagster.providers.bench.splice import join

FONT = "Source Sans Pro Semibold"
_HEIGHT = 0.058  # of the picture: 42 of the widest letters still stand inside the safe area
_SAFE = 0.065  # of the picture: how far the last line stands above the lower edge
_OUTLINE, _SHADOW = 0.0034, 0.0012
_SIDES = 0.10
_STYLE = ("Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, "
          "Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, "
          "Alignment, MarginL, MarginR, MarginV, Encoding")  # fmt: skip


def burn(film: Path, captions: Sequence[Caption], delivery: Delivery, room: Path, out: Path) -> Path:
    """The film with its captions in the picture as `out`: the same frames, the same sound, not encoded
    again. Costs one encode of the picture. Raises EncodeFailed, MediaDamaged."""
    frames = probe(film).frames
    script, picture = room / "captions.ass", room / "captioned.mp4"
    script.write_text(ass(captions, delivery), encoding="utf-8")
    drawn = ffmpeg.input(str(film)).video.filter("ass", str(script), fontsdir=str(_fonts()))
    run(command(drawn.output(str(picture), **{"frames:v": frames, **encoder_arguments(delivery)})), film.name)
    return join([picture], [frames], film, delivery, out)


def ass(captions: Sequence[Caption], delivery: Delivery) -> str:
    """The captions as a libass script for a picture of this size."""
    height = delivery.height_px
    style = ", ".join(
        str(value)
        for value in (
            "Default", FONT, round(height * _HEIGHT, 1), "&H00FFFFFF", "&H00FFFFFF", "&H20000000",
            "&H80000000",
            0, 0, 0, 0, 100, 100, 0, 0, 1, round(height * _OUTLINE, 2), round(height * _SHADOW, 2), 2,
            round(delivery.width_px * _SIDES), round(delivery.width_px * _SIDES), round(height * _SAFE), 1,
        )
    )  # fmt: skip
    head = [
        "[Script Info]",
        "ScriptType: v4.00+",
        f"PlayResX: {delivery.width_px}",
        f"PlayResY: {height}",
        "WrapStyle: 2",  # lines are ours: nothing is wrapped again
        "ScaledBorderAndShadow: yes",
        "YCbCr Matrix: TV.709",
        "",
        "[V4+ Styles]",
        f"Format: {_STYLE}",
        f"Style: {style}",
        "",
        "[Events]",
        "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text",
    ]
    events = [
        f"Dialogue: 0,{_clock(c.start_ms)},{_clock(c.end_ms)},Default,,0,0,0,,"
        + r"\N".join(_plain(line) for line in c.lines)
        for c in captions
    ]
    return "\n".join([*head, *events]) + "\n"


def _plain(line: str) -> str:
    """Text in which nothing is a command."""
    return line.replace("\\", "\\\u2060").replace("{", "\\{").replace("}", "\\}")


def _clock(ms: int) -> str:
    hundredths = round(ms / 10)
    return (
        f"{hundredths // 360_000}:{hundredths // 6000 % 60:02d}:{hundredths // 100 % 60:02d}"
        f".{hundredths % 100:02d}"
    )


def _fonts() -> Path:
    found = importlib.util.find_spec("font_source_sans_pro")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "files"
