"""The conformer: brings a clip into the delivery profile, once, and joins segments without loss."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import ffmpeg
import numpy as np
from av.error import FFmpegError
from av.video.frame import VideoFrame

from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.edit.retiming import Tail, retime, tail_of
from pokegeo_dagster.film.errors import MediaDamaged, ShotFailed
from pokegeo_dagster.providers.bench.copying import copied, may_be_copied
from pokegeo_dagster.providers.bench.encoder import (
    TICKS_PER_FRAME,
    command,
    delivery_header,
    draft_name,
    encoder_arguments,
    run,
)
from pokegeo_dagster.providers.bench.fading import opens_soon
from pokegeo_dagster.providers.bench.marking import Stamp, stamped
from pokegeo_dagster.providers.bench.parameter_sets import SetsClash, one_header
from pokegeo_dagster.providers.bench.probe import Probe, probe, why
from pokegeo_dagster.providers.bench.reframing import reframed
from pokegeo_dagster.providers.bench.splice import SegmentsDiffer, codec_header, join, opened

__all__ = [
    "SegmentsDiffer",
    "conform",
    "conform_tail",
    "frame_at",
    "is_segment",
    "join",
    "made_alike",
    "poster_of",
    "write_poster",
]


def conform(
    source: Path,
    frames: int,
    delivery: Delivery,
    room: Path,
    name: str = "",
    stamp: Stamp | None = None,
    fade: int = 0,
) -> Path:
    """A segment of exactly `frames` frames in the delivery profile, from any clip.

    A source that already is one is returned itself, neither copied nor encoded; of one that is in the
    delivery profile, though somebody else encoded it, the packets are copied. A source that is too
    short holds its last frame or is slowed, within the limits of `film.edit.retiming`. `name` is what
    people call the clip. With a `stamp` it is encoded whatever it is: the mark is in its
    pictures. Where another clip is to `fade` into it over so many frames, a group of pictures begins soon
    after them, so that the rest can be copied. Raises ShotFailed when it is shorter than that, and
    MediaDamaged when it cannot be read.
    """
    found = probe(source)
    if stamp is None and is_segment(found, frames, delivery) and opens_soon(source, fade, delivery):
        return source
    if stamp is None and may_be_copied(found, frames, delivery) and opens_soon(source, fade, delivery):
        segment = copied(source, frames, delivery, room)
        if segment is not None:
            return segment
    return _encoded(source, found, frames, delivery, room / "segment.mp4", name, stamp, fade)


def conform_tail(
    source: Path,
    frames: int,
    fade: int,
    delivery: Delivery,
    room: Path,
    name: str = "",
    stamp: Stamp | None = None,
) -> tuple[Path | None, Tail]:
    """What is seen of a clip beyond a cut after `frames` frames, up to `fade` of them, conformed as the
    segment is; no file where that is nothing."""
    found = probe(source)
    tail = tail_of(found.duration_s, float(found.rate), frames, delivery.rate_fps, fade)
    if not tail.frames:
        return None, tail
    picture = reframed(ffmpeg.input(str(source)).video, found, delivery, tail.shown, frames)
    out = room / "handle.mp4"
    return _made(stamped(picture, stamp, delivery), tail.frames, delivery, out, name or source.name), tail


def _encoded(
    source: Path,
    found: Probe,
    frames: int,
    delivery: Delivery,
    segment: Path,
    name: str,
    stamp: Stamp | None = None,
    fade: int = 0,
) -> Path:
    retiming = retime(found.duration_s, float(found.rate), frames, delivery.rate_fps)
    if retiming is None:
        have = int(found.duration_s * delivery.rate_fps + 1e-6)
        raise ShotFailed(
            "segment",
            name or source.stem,
            f"the clip holds {have} frames and the cut needs {frames}. "
            "Shoot a longer clip, or shorten the line.",
        )
    picture = stamped(reframed(ffmpeg.input(str(source)).video, found, delivery, retiming), stamp, delivery)
    return _made(picture, frames, delivery, segment, name or source.name, fade)


def _made(picture: Any, frames: int, delivery: Delivery, out: Path, name: str, fade: int = 0) -> Path:
    draft = draft_name(out)
    output = picture.output(str(draft), **{"frames:v": frames, **encoder_arguments(delivery, fade)})
    try:
        run(command(output), name)
        made = probe(draft)
        if made.frames != frames or not made.on_grid:
            raise MediaDamaged(f"{name}: {made.frames} of {frames} frames came out of the encoder.")
        os.replace(draft, out)
    finally:
        draft.unlink(missing_ok=True)
    return out


def made_alike(
    segments: Sequence[Path], frames: Sequence[int], delivery: Delivery, room: Path, fade: int = 0
) -> list[Path]:
    """The same segments, ready to be joined: where two vendors' codec headers cannot live in one film,
    the rarer of them are encoded here, ready for `fade` if need be."""
    headers = [codec_header(segment) for segment in segments]
    kept: list[bytes] = []
    for header, _ in Counter([delivery_header(delivery), *headers]).most_common():
        with contextlib.suppress(SetsClash):
            one_header([*kept, header])
            kept.append(header)
    return [
        segment
        if header in kept
        else _encoded(
            segment, probe(segment), planned, delivery, room / f"again_{number}.mp4", segment.name, fade=fade
        )
        for number, (segment, header, planned) in enumerate(zip(segments, headers, frames, strict=True))
    ]


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


def poster_of(path: Path, at_frame: int, room: Path) -> Path:
    """Frame `at_frame` (0 is the first) of a clip or film, as `poster.jpg` in `room`.

    Raises MediaDamaged when there is no such frame.
    """
    poster = room / "poster.jpg"
    write_poster(frame_at(path, at_frame).to_ndarray(format="bgr24"), poster)
    return poster


def frame_at(path: Path, at_frame: int) -> VideoFrame:
    """Frame `at_frame` (0 is the first) of a clip or film, decoded from the key picture before it only.

    Raises MediaDamaged when there is no such frame.
    """
    try:
        with opened(path) as container:
            video = container.streams.video[0]
            at = Fraction(at_frame) / Fraction(video.average_rate or 1) / Fraction(video.time_base or 1)
            container.seek(int(at), stream=video)
            for frame in container.decode(video):
                if frame.pts is not None and frame.pts >= at:
                    return frame
    except FFmpegError as damage:
        raise MediaDamaged(f"{path.name} stops decoding before frame {at_frame}: {why(damage)}") from damage
    raise MediaDamaged(f"{path.name} has no frame {at_frame}.")


def write_poster(picture: np.ndarray, out: Path) -> None:
    """A BGR picture as JPEG, at a quality at which a poster shows no blocks."""
    cv2.imwrite(str(out), picture, [cv2.IMWRITE_JPEG_QUALITY, 90])
