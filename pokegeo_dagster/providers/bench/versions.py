"""Versions: the same film in another shape or another codec, made from what is already mastered."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

import ffmpeg

from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.edit.vertical import Window, upright
from pokegeo_dagster.film.errors import MediaDamaged
from pokegeo_dagster.providers.bench.encoder import command, draft_name, encoder_arguments, run
from pokegeo_dagster.providers.bench.marking import Stamp, stamped
from pokegeo_dagster.providers.bench.probe import probe
from pokegeo_dagster.providers.bench.reframing import LABELS

Codec = Literal["h265", "vp9"]
SUFFIXES: dict[Codec, str] = {"h265": ".mp4", "vp9": ".webm"}

# Finer than x265's own default (28) and what Google advises for VP9 at 1080p (31): a master's quality,
# at a master's size.
_ENCODERS: dict[Codec, dict[str, Any]] = {
    "h265": {
        "c:v": "libx265",
        "preset": "medium",
        "crf": 20,
        "tag:v": "hvc1",  # what Apple's players ask for
        "x265-params": "log-level=error:open-gop=0",
        "c:a": "copy",
        "movflags": "+faststart",
        "f": "mp4",
    },
    "vp9": {
        "c:v": "libvpx-vp9",
        "crf": 26,
        "b:v": 0,
        "row-mt": 1,
        "deadline": "good",
        "cpu-used": 3,
        "c:a": "libopus",
        "b:a": 192_000,
        "f": "webm",
    },
}


def upright_segment(
    segment: Path,
    window: Window,
    frames: int,
    delivery: Delivery,
    out: Path,
    stamp: Stamp | None = None,
    fade: int = 0,
) -> Path:
    """What `window` shows of a segment, upright, in a delivery turned upright. Frame for frame. Its first
    `fade` frames can be taken out of it by copying the rest."""
    form = upright(delivery)
    picture = (
        ffmpeg.input(str(segment))
        .video.filter("crop", window.width_px, delivery.height_px, window.left_px, 0)
        .filter("scale", form.width_px, form.height_px, flags="bicubic")
        .filter("setsar", 1)
        .filter("format", "yuv420p")
        .filter("setparams", **LABELS)
    )
    picture = stamped(picture, stamp, form)
    draft = draft_name(out)
    try:
        arguments = {"frames:v": frames, **encoder_arguments(form, fade)}
        run(command(picture.output(str(draft), **arguments)), out.name)
        made = probe(draft)
        if made.frames != frames:
            raise MediaDamaged(f"{out.name}: {made.frames} of {frames} frames came out of the encoder.")
        os.replace(draft, out)
    finally:
        draft.unlink(missing_ok=True)
    return out


def in_codec(film: Path, codec: Codec, out: Path) -> Path:
    """The film in another codec, its sound with it. Takes minutes; `out` appears whole or not at all.

    Raises EncodeFailed, and MediaDamaged when a frame is missing.
    """
    source, draft, rate = ffmpeg.input(str(film)), draft_name(out), probe(film).rate
    colours = {"color_primaries": "bt709", "color_trc": "bt709", "colorspace": "bt709", "color_range": "tv"}
    asked = {"pix_fmt": "yuv420p", "g": round(rate * 2), "map_metadata": -1, "fflags": "+bitexact"}
    try:
        run(
            command(
                ffmpeg.output(source.video, source.audio, str(draft), **asked, **colours, **_ENCODERS[codec])
            ),
            out.name,
        )
        before, after = probe(film).frames, probe(draft).frames
        if before != after:
            raise MediaDamaged(f"{out.name}: {after} of {before} frames came out of the encoder.")
        os.replace(draft, out)
    finally:
        draft.unlink(missing_ok=True)
    return out
