"""The conformer: brings a clip into the delivery profile, once, and joins segments without loss."""

from __future__ import annotations

import hashlib
import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import ffmpeg
import numpy as np
from av.error import FFmpegError

from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.edit.timeline import LONGEST_HOLD_S
from pokegeo_dagster.film.errors import MediaDamaged, ShotFailed
from pokegeo_dagster.providers.bench.encoder import (
    TICKS_PER_FRAME,
    command,
    delivery_header,
    draft_name,
    encoder_arguments,
    run,
)
from pokegeo_dagster.providers.bench.probe import Probe, probe, why
from pokegeo_dagster.providers.bench.splice import SegmentsDiffer, join, opened

__all__ = ["SegmentsDiffer", "conform", "is_segment", "join", "poster_of", "write_poster"]

_BT601 = {5, 6}  # H.273 numbers of the two standard-definition matrices


def conform(source: Path, frames: int, delivery: Delivery, room: Path) -> Path:
    """A segment of exactly `frames` frames in the delivery profile.

    A source that already is one is returned itself, neither copied nor encoded. A source that is
    up to half a second short holds its last frame. Raises ShotFailed when it is shorter, and
    MediaDamaged when it cannot be read.
    """
    found = probe(source)
    if is_segment(found, frames, delivery):
        return source
    have = int(found.duration_s * delivery.rate_fps + 1e-6)
    short = frames - have
    if short > LONGEST_HOLD_S * delivery.rate_fps:
        raise ShotFailed(
            "segment",
            source.stem,
            f"the clip holds {have} frames and the cut needs {frames}. "
            "Shoot a longer clip, or shorten the line.",
        )
    segment = room / "segment.mp4"
    draft = draft_name(segment)
    picture = _reframed(ffmpeg.input(str(source)).video, found, delivery, hold=max(0, short) + 1)
    output = picture.output(str(draft), **{"frames:v": frames, **encoder_arguments(delivery)})
    try:
        run(command(output), source.name)
        made = probe(draft)
        if made.frames != frames:
            raise MediaDamaged(f"{source.name}: {made.frames} of {frames} frames came out of the encoder.")
        os.replace(draft, segment)
    finally:
        draft.unlink(missing_ok=True)
    return segment


def is_segment(found: Probe, frames: int, delivery: Delivery) -> bool:
    """Whether a file already is a finished segment: the profile, the header, the length, the grid."""
    return (
        found.codec == "h264"
        and found.audio_codec is None
        and (found.width, found.height) == (delivery.width_px, delivery.height_px)
        and found.rate == delivery.rate_fps
        and found.time_scale == delivery.rate_fps * TICKS_PER_FRAME
        and found.pixel_format == "yuv420p"
        and (found.colour_primaries, found.colour_transfer, found.colour_matrix) == (1, 1, 1)
        and not found.full_range
        and found.frames == frames
        and found.on_grid
        and found.extradata_sha256 == hashlib.sha256(delivery_header(delivery)).hexdigest()
    )


def _reframed(video: Any, found: Probe, delivery: Delivery, hold: int) -> Any:
    """The filters, in the order that keeps the frame count exact: the rate comes first."""
    width, height = delivery.width_px, delivery.height_px
    labels = {"range": "tv", "color_primaries": "bt709", "color_trc": "bt709", "colorspace": "bt709"}
    return (
        video.filter("fps", fps=delivery.rate_fps, round="near")
        .filter("tpad", stop_mode="clone", stop=hold)
        .filter(
            "scale",
            width,
            height,
            force_original_aspect_ratio="increase",
            flags="bicubic",
            in_color_matrix=_matrix(found),
            out_color_matrix="bt709",
            in_range="pc" if found.full_range or found.pixel_format.startswith("yuvj") else "tv",
            out_range="tv",
        )
        .filter("crop", width, height)
        .filter("setsar", 1)
        .filter("format", "yuv420p")
        .filter("setparams", **labels)
    )


def _matrix(found: Probe) -> str:
    """The matrix that the source's colours were made with. An unlabelled file is what files of its
    size usually are: BT.601 below 720 lines, BT.709 from there."""
    if found.colour_matrix in _BT601:
        return "bt601"
    if found.colour_matrix == 2 and found.height < 720:
        return "bt601"
    return "bt2020" if found.colour_matrix in {9, 10} else "bt709"


def poster_of(path: Path, at_frame: int, room: Path) -> Path:
    """Frame `at_frame` (0 is the first) of a clip or film, as `poster.jpg` in `room`.

    Decodes from the key picture before it only. Raises MediaDamaged when there is no such frame.
    """
    poster = room / "poster.jpg"
    try:
        with opened(path) as container:
            video = container.streams.video[0]
            at = Fraction(at_frame) / Fraction(video.average_rate or 1) / Fraction(video.time_base or 1)
            container.seek(int(at), stream=video)
            for frame in container.decode(video):
                if frame.pts is not None and frame.pts >= at:
                    write_poster(frame.to_ndarray(format="bgr24"), poster)
                    return poster
    except FFmpegError as damage:
        raise MediaDamaged(f"{path.name} stops decoding before frame {at_frame}: {why(damage)}") from damage
    raise MediaDamaged(f"{path.name} has no frame {at_frame}.")


def write_poster(picture: np.ndarray, out: Path) -> None:
    """A BGR picture as JPEG, at a quality at which a poster shows no blocks."""
    cv2.imwrite(str(out), picture, [cv2.IMWRITE_JPEG_QUALITY, 90])
