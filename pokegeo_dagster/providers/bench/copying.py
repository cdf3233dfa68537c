"""Copying: a segment made of the clip's own packets, with only its last pictures encoded again.

A vendor's clip that already is in the delivery profile loses nothing and costs next to nothing. It is
done only when the file itself shows that it can be, and only kept when it decodes across the joint: the
decoder that has seen the clip up to its joint is given what comes after.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, islice, takewhile
from pathlib import Path

import numpy as np
from av.codec import CodecContext
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
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
_LATER = 1 << 20  # added to the numbers of a segment's pictures: the decoder may still hold the clip's
_NEAR = 4.0  # mean difference of luma, of 255, at which a picture encoded again is still the same one

Planes = np.ndarray

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
        joint = one_header([header, delivery_header(delivery)])
        eye = _Eye(joint)
        truth = _as_filmed(eye, source, cut, frames)
        parts = [Part(source, cut.copied, all_of_it=False)]
        if cut.copied < frames:
            parts.append(Part(_tail(truth, delivery, room), frames - cut.copied))
        segment = splice(parts, joint, None, delivery, room / "segment.mp4")
        if _copies(segment, source, cut.copied) and _alike(_as_cut(eye, segment, cut, frames), truth):
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


def _tail(pictures: list[Planes], delivery: Delivery, room: Path) -> Path:
    tail = room / "tail.mp4"
    with RawEncoder(delivery, len(pictures), tail) as encoder:
        for planes in pictures:
            encoder.write(planes)
    return tail


class _Eye:
    """A decoder that is given a clip up to its joint and then what comes after the joint, as any player's
    will be: so a joint is looked at without decoding the clip twice. What is wrong raises FFmpegError."""

    def __init__(self, header: bytes):
        context = CodecContext.create("h264", "r")
        assert isinstance(context, VideoCodecContext)
        context.extradata = header
        context.thread_count = 1
        context.options = {"err_detect": "explode"}
        self._context = context

    def sees(self, packets: Iterable[tuple[int, Packet]], wanted: range, over: bool = False) -> list[Planes]:
        """The pictures with these numbers as I420 planes, as soon as all of them are shown; those that
        there are, when the packets end before. `over`: nothing comes after."""
        found = dict[int, Planes]()
        for number, packet in packets:
            # Pictures that no other is made from are passed over until the joint is near.
            self._context.skip_frame = "NONREF" if number < wanted.start - _CLOSE else "DEFAULT"
            packet.pts, packet.dts = number, None
            self._keep(packet, wanted, found)
            if wanted and len(found) == len(wanted) and not over:
                break
        if over or len(found) < len(wanted):
            self._keep(None, wanted, found)
            self._context.flush_buffers()
        return [found[number] for number in wanted if number in found]

    def _keep(self, packet: Packet | None, wanted: range, found: dict[int, Planes]) -> None:
        for frame in self._context.decode(packet):
            if frame.is_corrupt:
                raise ProductionError(f"picture {frame.pts} does not decode")
            if frame.pts is not None and frame.pts in wanted:
                found[frame.pts] = np.ascontiguousarray(frame.to_ndarray(format="yuv420p"))


def _as_filmed(eye: _Eye, clip: Path, cut: _Cut, frames: int) -> list[Planes]:
    """The pictures that are not copied, as the clip has them."""
    with opened(clip) as container:
        video = container.streams.video[0]
        begin = Fraction(cut.key_frame) / Fraction(video.average_rate or 1) / Fraction(video.time_base or 1)
        container.seek(round(begin), stream=video)
        packets = ((_number(p.pts or 0, video), p) for p in container.demux(video) if p.size)
        if cut.copied == frames:
            packets = takewhile(lambda numbered: numbered[0] < frames, packets)
        return eye.sees(packets, range(cut.copied, frames))


def _as_cut(eye: _Eye, segment: Path, cut: _Cut, frames: int) -> list[Planes]:
    """The same pictures as the segment has them, seen after the clip's; and after them the segment's first
    one, as the next segment's will be."""
    with opened(segment) as container, opened(segment) as next_one:
        video, opening = container.streams.video[0], next_one.streams.video[0]
        there = (packet for packet in container.demux(video) if packet.size)
        tail = ((_LATER + _number(p.pts or 0, video), p) for p in islice(there, cut.copied, None))
        first = next(packet for packet in next_one.demux(opening) if packet.size)
        wanted = range(_LATER + cut.copied, _LATER + frames)
        return eye.sees(chain(tail, [(_LATER + frames, first)]), wanted, over=True)


def _copies(segment: Path, clip: Path, count: int) -> bool:
    """Whether the segment's first packets are the clip's, to the byte and to the frame."""
    with opened(segment) as ours, opened(clip) as theirs:
        pairs = zip(*(islice(_packets(container), count) for container in (ours, theirs)), strict=True)
        return all(mine == other for mine, other in pairs)


def _packets(container: InputContainer) -> Iterator[tuple[int, bytes]]:
    video = container.streams.video[0]
    return ((_number(p.pts or 0, video), bytes(p)) for p in container.demux(video) if p.size)


def _alike(shown: list[Planes], truth: list[Planes]) -> bool:
    """Whether what was encoded again shows what it should."""
    lines = slice(0, truth[0].shape[0] * 2 // 3) if truth else slice(0)
    return len(shown) == len(truth) and all(
        np.abs(a[lines].astype(np.int16) - b[lines]).mean() < _NEAR for a, b in zip(shown, truth, strict=True)
    )
