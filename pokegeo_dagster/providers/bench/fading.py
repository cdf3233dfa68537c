"""Fading: the few frames in which one clip goes and the next one comes, encoded; the rest stays copied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from av.error import FFmpegError

from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.edit.fades import Fade
from pokegeo_dagster.film.errors import MediaDamaged
from pokegeo_dagster.providers.bench.encoder import RawEncoder
from pokegeo_dagster.providers.bench.probe import why
from pokegeo_dagster.providers.bench.splice import Part, opened

_LONGEST_JOINT_S = 2.0  # a group of the delivery: more than that to be encoded, and a segment is made anew


@dataclass(frozen=True)
class Joint:
    """The first `frames` pictures of a segment with the fade in them, as a file."""

    picture: Path
    frames: int


def opens_soon(segment: Path, fade: int, delivery: Delivery) -> bool:
    """Whether what follows a segment's first `fade` frames can be copied, but for a few more."""
    return not fade or opens_at(segment, fade) <= fade + _LONGEST_JOINT_S * delivery.rate_fps


def opens_at(segment: Path, fade: int) -> int:
    """The first frame from `fade` on with which a group of pictures begins that needs none before it; the
    segment's length, when there is none."""
    number = highest = -1
    with opened(segment) as container:
        video = container.streams.video[0]
        base, rate = Fraction(video.time_base or 1), Fraction(video.average_rate or 0)
        for packet in container.demux(video):
            if not packet.size or packet.pts is None:
                continue
            number += 1
            frame = round(packet.pts * base * rate)
            if packet.is_keyframe and frame >= fade and frame == number == highest + 1:
                return frame
            highest = max(highest, frame)
    return number + 1


def make_joint(tail: Path, segment: Path, fade: Fade, delivery: Delivery, out: Path) -> Joint:
    """The beginning of `segment` with `tail`, the clip before it, going over `fade.frames` frames: as far as
    the next group of pictures. The same files give the same bytes. Raises MediaDamaged."""
    frames = opens_at(segment, fade.frames)
    going = _planes(tail, fade.frames)
    with RawEncoder(delivery, frames, out) as encoder:
        for number, comes in enumerate(_planes(segment, frames)):
            if number < fade.frames:
                share = (number + 1) / (fade.frames + 1)
                comes = cv2.addWeighted(comes, share, next(going), 1 - share, 0)
            encoder.write(np.ascontiguousarray(comes))
    return Joint(out, frames)


def faded(segments: Sequence[Path], frames: Sequence[int], joints: Mapping[int, Joint]) -> list[Part]:
    """The parts of a film with fades; `joints` has, by the number of a segment, how it begins."""
    parts = []
    for number, (segment, length) in enumerate(zip(segments, frames, strict=True)):
        joint = joints.get(number)
        if joint is None:
            parts.append(Part(segment, length))
            continue
        parts.append(Part(joint.picture, joint.frames))
        if joint.frames < length:
            parts.append(Part(segment, length - joint.frames, skipped=joint.frames))
    return parts


def _planes(path: Path, count: int) -> Iterator[np.ndarray]:
    """The first `count` pictures of a file, as I420 planes. Raises MediaDamaged when there are fewer."""
    there = 0
    try:
        with opened(path) as container:
            for frame in container.decode(video=0):
                if there == count:
                    return
                there += 1
                yield frame.to_ndarray(format="yuv420p")
    except FFmpegError as damage:
        raise MediaDamaged(f"{path.name} stops decoding after {there} pictures: {why(damage)}") from damage
    if there < count:
        raise MediaDamaged(f"{path.name} holds {there} pictures, and a fade needs {count}.")
