"""The splice: segments joined into a film by copying their packets, without loss and without drift."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import islice
from pathlib import Path

import av
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.stream import VideoStream

from pokegeo_dagster.film.edit.delivery import SAMPLE_RATE_HZ, Delivery
from pokegeo_dagster.film.errors import MediaDamaged, ProductionError
from pokegeo_dagster.providers.bench.encoder import TICKS_PER_FRAME, draft_name
from pokegeo_dagster.providers.bench.parameter_sets import SetsClash, one_header
from pokegeo_dagster.providers.bench.probe import probe, why


class SegmentsDiffer(ProductionError):
    """Segments that cannot be joined by copying: not of one profile, or not of the planned length."""


def join(
    segments: Sequence[Path], frames: Sequence[int], sound: Path | None, delivery: Delivery, out: Path
) -> Path:
    """The cut: every segment's packets one after the other, copied, with `sound` beside them.

    Frame i of segment k is shown at exactly (start of k + i) / rate. `sound` is an AAC file
    whose packets are copied with its priming, so its first sample is heard at frame 0.
    The file appears under `out` in one step, whole. The same inputs give the same bytes.
    Raises SegmentsDiffer when segments are not of one profile or not as long as planned.
    """
    if len(segments) != len(frames) or not segments:
        raise SegmentsDiffer(f"The cut plans {len(frames)} segments; {len(segments)} were handed over.")
    parts = [Part(path, planned) for path, planned in zip(segments, frames, strict=True)]
    return join_parts(parts, sound, delivery, out)


@dataclass(frozen=True)
class Part:
    """A file's pictures from the `skipped`th on, which begins a group of its own: all of them, which must
    be `frames`; or the first `frames` packets."""

    path: Path
    frames: int
    all_of_it: bool = True
    skipped: int = 0


def join_parts(parts: Sequence[Part], sound: Path | None, delivery: Delivery, out: Path) -> Path:
    """The same of parts of files, which together are the film."""
    return splice(parts, _one_header([part.path for part in parts]), sound, delivery, out)


def splice(parts: Sequence[Part], header: bytes, sound: Path | None, delivery: Delivery, out: Path) -> Path:
    """The parts one after the other in one file, which tells players `header`. See `join`."""
    lead = max(_lead(part) for part in parts)
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = draft_name(out)
    try:
        with av.open(str(draft), "w", format="mp4", options=_container_options(delivery)) as film:
            _copy(film, parts, header, sound, delivery, lead)
        _check(draft, sum(part.frames for part in parts), header, delivery)
        os.replace(draft, out)
    finally:
        draft.unlink(missing_ok=True)
    return out


def _container_options(delivery: Delivery) -> dict[str, str]:
    # faststart puts the index before the pictures; bitexact keeps dates and program names out. The
    # sound's edit list is written in the movie's own time scale: at the default of 1/1000 s it
    # would cut up to 47 samples off the end.
    return {
        "movflags": "+faststart",
        "fflags": "+bitexact",
        "movie_timescale": str(SAMPLE_RATE_HZ),
        "video_track_timescale": str(delivery.rate_fps * TICKS_PER_FRAME),
    }


def _one_header(segments: Sequence[Path]) -> bytes:
    headers = []
    for segment in segments:
        headers.append(codec_header(segment))
        try:
            one_header(headers)
        except SetsClash as clash:
            raise SegmentsDiffer(
                f"{segment.name} was not encoded as {segments[0].name} was: {clash}. "
                "Conform it again to the delivery, then join."
            ) from clash
    return one_header(headers)


def codec_header(path: Path) -> bytes:
    """The header that tells a decoder how a file's pictures are made. Raises MediaDamaged."""
    with opened(path) as container:
        return bytes(container.streams.video[0].codec_context.extradata or b"")


def opened(path: Path) -> InputContainer:
    """The file, open for reading. Raises MediaDamaged."""
    try:
        return av.open(str(path))
    except (FFmpegError, OSError) as damage:
        raise MediaDamaged(f"{path.name} cannot be read: {why(damage)}") from damage


def _lead(part: Part) -> int:
    """How many frames the decoder runs ahead of the screen (its reorder delay)."""
    with opened(part.path) as container:
        video = container.streams.video[0]
        packets = _pictures(container, video, part)
        return max(number - _frame_of(p, video, part) for number, p in enumerate(packets))


def _pictures(container: InputContainer, video: VideoStream, part: Part) -> Iterator[Packet]:
    there = (packet for packet in container.demux(video) if packet.size and packet.pts is not None)
    return islice(there, part.skipped, None if part.all_of_it else part.skipped + part.frames)


def _frame_of(packet: Packet, video: VideoStream, part: Part) -> int:
    rate, base = Fraction(video.average_rate or 0), Fraction(video.time_base or 1)
    step = _step(base, rate)
    frame, rest = divmod((packet.pts or 0) * step.numerator, step.denominator)
    if rest:
        raise SegmentsDiffer(
            f"{part.path.name} has a picture between two frames. Conform it again, then join."
        )
    return frame - part.skipped


@lru_cache(maxsize=8)
def _step(base: Fraction, rate: Fraction) -> Fraction:
    """Frames a tick: of one file it is always the same, and fractions are slow."""
    return base * rate


def _copy(
    film: OutputContainer,
    parts: Sequence[Part],
    header: bytes,
    sound: Path | None,
    delivery: Delivery,
    lead: int,
) -> None:
    with opened(parts[0].path) as first:
        track = film.add_stream_from_template(first.streams.video[0])
    track.codec_context.extradata = header
    scale = delivery.rate_fps * TICKS_PER_FRAME
    track.time_base = Fraction(1, scale)
    spoken = opened(sound) if sound else None
    try:
        voice = film.add_stream_from_template(spoken.streams.audio[0]) if spoken else None
        waiting = _sound_packets(spoken) if spoken else iter(())
        held = next(waiting, None)
        for at_s, packet in _picture_packets(parts, lead, scale):
            # Both tracks in the order of their decoding times, as a player reads them.
            while held is not None and voice is not None and held[0] <= at_s:
                held[1].stream = voice
                film.mux_one(held[1])
                held = next(waiting, None)
            packet.stream = track
            film.mux_one(packet)
        while held is not None and voice is not None:
            held[1].stream = voice
            film.mux_one(held[1])
            held = next(waiting, None)
    finally:
        if spoken:
            spoken.close()


def _picture_packets(parts: Sequence[Part], lead: int, scale: int) -> Iterator[tuple[Fraction, Packet]]:
    """Every picture with its decoding time in seconds, stamped on the film's own grid."""
    start = 0
    for part in parts:
        shown = set[int]()
        with opened(part.path) as container:
            video = container.streams.video[0]
            for number, packet in enumerate(_pictures(container, video, part)):
                frame = _frame_of(packet, video, part)
                shown.add(frame)
                packet.pts = (start + frame) * TICKS_PER_FRAME
                packet.dts = (start + number - lead) * TICKS_PER_FRAME
                packet.duration = TICKS_PER_FRAME
                packet.time_base = Fraction(1, scale)
                yield Fraction(packet.dts, scale), packet
        if shown != set(range(part.frames)):
            raise SegmentsDiffer(
                f"{part.path.name} holds {len(shown)} frames and the cut plans {part.frames}. "
                "Conform it again, then join."
            )
        start += part.frames


def _sound_packets(spoken: InputContainer) -> Iterator[tuple[Fraction, Packet]]:
    stream = spoken.streams.audio[0]
    base = Fraction(stream.time_base or 1)
    for packet in spoken.demux(stream):
        if packet.size and packet.dts is not None:
            yield packet.dts * base, packet


def _check(film: Path, frames: int, header: bytes, delivery: Delivery) -> None:
    found = probe(film)
    same = found.extradata_sha256 == hashlib.sha256(header).hexdigest()
    if found.frames != frames or not found.on_grid or not same or found.rate != delivery.rate_fps:
        raise SegmentsDiffer(
            f"{film.name} came out with {found.frames} of {frames} frames"
            f"{'' if found.on_grid else ', not on the frame grid'}. Conform the segments again, then join."
        )
