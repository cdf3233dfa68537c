"""Copying: a segment made of the clip's own packets, with only its last pictures encoded again.

A vendor's clip that already is in the delivery profile loses nothing and costs next to nothing. It is
done only when the file itself shows that it can be, and only kept when it decodes across the joint.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.errors import ProductionError
from pokegeo_dagster.providers.bench.encoder import RawEncoder, delivery_header
from pokegeo_dagster.providers.bench.parameter_sets import OUR_ID, one_header, read_sets
from pokegeo_dagster.providers.bench.probe import Probe
from pokegeo_dagster.providers.bench.splice import Part, codec_header, opened, splice

_HIGHEST_LEVEL = 41  # what the delivery promises to players
_LONGEST_TAIL_S = 0.5  # more than that to be encoded, and the clip is not one to copy
_CLOSE = 8  # pictures before a joint that are decoded whole
_NEAR = 4.0  # mean difference of luma, of 255, at which a picture encoded again is still the same one

log = logging.getLogger("pokegeo.production")


def may_be_copied(found: Probe, frames: int, delivery: Delivery) -> bool:
    """Whether a clip is in the delivery profile, though somebody else encoded it."""
    return (
        found.codec == "h264"
        and found.profile == "High"
        and 0 < found.level <= _HIGHEST_LEVEL
        and found.pixel_format == "yuv420p"
        and (found.width, found.height) == (delivery.width_px, delivery.height_px)
        and found.rate == delivery.rate_fps
        and found.on_grid
        and found.frames >= frames
        and (found.colour_primaries, found.colour_transfer, found.colour_matrix) == (1, 1, 1)
        and not found.full_range
        and not found.interlaced
        and found.sample_aspect == 1
    )


def copied(source: Path, frames: int, delivery: Delivery, room: Path) -> Path | None:
    """The first `frames` frames as a segment, without encoding more than the last few; None when this
    clip cannot be cut so."""
    try:
        header = codec_header(source)
        sets = read_sets(header)
        if sets is None or sets.length_bytes != 4 or OUR_ID in sets.ids:
            return None
        cut = _cut_of(source, frames)
        if cut is None or frames - cut.copied > _LONGEST_TAIL_S * delivery.rate_fps:
            return None
        # The last copied picture too: what the finished segment shows is held against it.
        truth = _pictures(source, cut.key_frame, cut.copied - 1, frames)
        parts = [Part(source, cut.copied, all_of_it=False)]
        if cut.copied < frames:
            parts.append(Part(_tail(truth[1:], delivery, room), frames - cut.copied))
        segment = splice(
            parts, one_header([header, delivery_header(delivery)]), None, delivery, room / "segment.mp4"
        )
        if _is_true(segment, cut, frames, truth):
            return segment
        segment.unlink()
    except (ProductionError, FFmpegError) as reason:
        log.info("%s is encoded, because it could not be copied: %s", source.name, reason)
    return None


@dataclass(frozen=True)
class _Cut:
    """Where a clip can be cut by copying: its first `copied` packets are exactly its first `copied`
    pictures. `key_frame` is the last picture before that at which decoding can begin."""

    copied: int
    key_frame: int


def _cut_of(source: Path, frames: int) -> _Cut | None:
    found, highest, key_frame = None, -1, 0
    with opened(source) as container:
        video = container.streams.video[0]
        for number, packet in enumerate(p for p in container.demux(video) if p.size and p.pts is not None):
            frame = _number(packet.pts or 0, video)
            if number == 0 and (not packet.is_keyframe or frame != 0):
                return None
            if number >= frames:
                break
            if packet.is_keyframe:
                key_frame = frame
            highest = max(highest, frame)
            if highest == number:
                found = _Cut(number + 1, key_frame)
    return found


def _number(pts: int, video: VideoStream) -> int:
    return round(pts * Fraction(video.time_base or 1) * Fraction(video.average_rate or 0))


def _tail(pictures: list[np.ndarray], delivery: Delivery, room: Path) -> Path:
    tail = room / "tail.mp4"
    with RawEncoder(delivery, len(pictures), tail) as encoder:
        for planes in pictures:
            encoder.write(planes)
    return tail


def _pictures(path: Path, key_frame: int, first: int, end: int, again: bool = False) -> list[np.ndarray]:
    """Frames `first` … `end` − 1 as I420 planes, decoded from `key_frame` on. With `again`, the decoder
    is then given the file's first picture, as it will be given the next segment's. Raises FFmpegError
    when anything in it is wrong."""
    with opened(path) as container:
        video = container.streams.video[0]
        context = video.codec_context
        context.thread_count = 1
        context.options = {"err_detect": "explode"}
        begin = Fraction(key_frame) / Fraction(video.average_rate or 1) / Fraction(video.time_base or 1)
        container.seek(round(begin), stream=video)
        packets = [p for p in _until(container.demux(video), video, end) if p.size]
        found = dict[int, np.ndarray]()
        for packet in packets:
            # Pictures that no other is made from are passed over until the joint is near.
            context.skip_frame = "NONREF" if _number(packet.pts or 0, video) < first - _CLOSE else "DEFAULT"
            _keep(context.decode(packet), found, video, first, end)
        if again:
            with opened(path) as next_one:  # in a container of its own: seeking would empty the decoder
                opening = next(p for p in next_one.demux(next_one.streams.video[0]) if p.size)
                _keep(context.decode(opening), found, video, first, end)
        _keep(context.decode(None), found, video, first, end)
    return [found[number] for number in range(first, end) if number in found]


def _until(packets: Iterator[Packet], video: VideoStream, end: int) -> Iterator[Packet]:
    """Packets up to where every picture before `end` has been given to the decoder."""
    for packet in packets:
        yield packet
        if packet.dts is not None and _number(packet.dts, video) >= end:
            return


def _keep(
    frames: list[VideoFrame], found: dict[int, np.ndarray], video: VideoStream, first: int, end: int
) -> None:
    for frame in frames:
        number = _number(frame.pts, video) if frame.pts is not None else -1
        if first <= number < end and number not in found:
            if frame.is_corrupt:
                raise ProductionError(f"picture {number} does not decode")
            found[number] = np.ascontiguousarray(frame.to_ndarray(format="yuv420p"))


def _is_true(segment: Path, cut: _Cut, frames: int, truth: list[np.ndarray]) -> bool:
    """Whether the segment decodes across its joint and into the next one, and shows what it should."""
    shown = _pictures(segment, cut.key_frame, cut.copied - 1, frames, again=True)
    if len(shown) != len(truth) or not np.array_equal(shown[0], truth[0]):
        return False
    lines = slice(0, truth[0].shape[0] * 2 // 3)
    return all(
        np.abs(a[lines].astype(np.int16) - b[lines]).mean() < _NEAR
        for a, b in zip(shown[1:], truth[1:], strict=True)
    )
