"""The probe: what a media file really is, read from its packets and not from its label."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.video.reformatter import ColorRange
from pydantic import ConfigDict

from pokegeo_dagster.film.errors import MediaDamaged
from pokegeo_dagster.film.model import Frozen


class Probe(Frozen):
    """The facts of a video file.

    `width` and `height` are in pixels, `rate` in frames per second, `time_scale` in ticks per
    second. `frames` counts the pictures' packets; `on_grid` says that every one of them is shown
    exactly on its frame (0, 1, 2 …, nothing missing, nothing twice). The colours are numbers of
    ITU-T H.273: 1 is BT.709, 2 is «nobody said». The sound is None where there is none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    codec: str
    profile: str
    pixel_format: str
    width: int
    height: int
    rate: Fraction
    time_scale: int
    frames: int
    on_grid: bool
    duration_s: float
    colour_primaries: int
    colour_transfer: int
    colour_matrix: int
    full_range: bool
    extradata_sha256: str
    sample_aspect: Fraction = Fraction(1)  # how wide a pixel is
    interlaced: bool = False
    level: int = 0  # of the codec, times ten
    audio_codec: str | None = None
    audio_channels: int | None = None
    audio_rate: int | None = None  # samples per second


def probe(path: Path) -> Probe:
    """What this video file is. Reads every packet, decodes nothing: a few ms a clip.

    Raises MediaDamaged when it is not a whole video file.
    """
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise MediaDamaged(f"{path.name} has no picture in it.")
            return _read(path, container)
    except (FFmpegError, OSError) as damage:
        raise MediaDamaged(f"{path.name} cannot be read as video: {why(damage)}") from damage


def _read(path: Path, container: InputContainer) -> Probe:
    video = container.streams.video[0]
    context = video.codec_context
    rate = Fraction(video.average_rate or video.guessed_rate or 0)
    base = Fraction(video.time_base or 1)
    shown = {p.pts: p.duration or 0 for p in container.demux(video) if p.pts is not None and p.size}
    times = sorted(shown)
    if not times or not rate:
        raise MediaDamaged(f"{path.name} holds no pictures.")
    # A container cut short still lists its pictures; their bytes are not there.
    if video.frames and video.frames != len(times):
        raise MediaDamaged(
            f"{path.name} is cut short: {len(times)} of its {video.frames} pictures are there."
        )
    step = 1 / (rate * base)
    on_grid = all(t - times[0] == i * step for i, t in enumerate(times))
    # Where the rate varies, how long it really lasts is what the container says of its last picture.
    last = shown[times[-1]] or round(step)
    span_s = float(len(times) / rate) if on_grid else float((times[-1] - times[0] + last) * base)
    return Probe(
        codec=context.name,
        profile=context.profile or "",
        pixel_format=context.pix_fmt or "",
        width=context.width,
        height=context.height,
        rate=rate,
        time_scale=base.denominator,
        frames=len(times),
        on_grid=on_grid and times[0] == 0,
        duration_s=span_s,
        colour_primaries=int(context.color_primaries),
        colour_transfer=int(context.color_trc),
        colour_matrix=int(context.colorspace),
        full_range=int(context.color_range) == int(ColorRange.JPEG),
        extradata_sha256=hashlib.sha256(bytes(context.extradata or b"")).hexdigest(),
        sample_aspect=Fraction(video.sample_aspect_ratio or 1),
        interlaced=int(context.field_order or 0) > 1,  # 0 is «nobody said», 1 is progressive
        level=int(context.level or 0),
        **_sound(container),
    )


def _sound(container: InputContainer) -> dict[str, Any]:
    if not container.streams.audio:
        return {}
    context = container.streams.audio[0].codec_context
    return {
        "audio_codec": context.name,
        "audio_channels": context.channels,
        "audio_rate": context.sample_rate,
    }


def decode_all(path: Path) -> int:
    """The number of pictures that really decode.

    Raises MediaDamaged with the number of the first picture that does not.
    """
    count = 0
    try:
        with av.open(str(path)) as container:
            video = container.streams.video[0]
            video.codec_context.options = {"err_detect": "explode"}
            for frame in container.decode(video):
                if frame.is_corrupt:
                    raise MediaDamaged(f"{path.name}: picture {count} is damaged.")
                count += 1
            promised = video.frames
    except (FFmpegError, OSError, IndexError) as damage:
        raise MediaDamaged(f"{path.name} stops decoding after {count} pictures: {why(damage)}") from damage
    if promised and promised != count:
        raise MediaDamaged(f"{path.name} is cut short: {count} of its {promised} pictures decode.")
    return count


def why(damage: Exception) -> str:
    """ffmpeg's word for what is wrong, without the path of this machine that PyAV adds to it."""
    return getattr(damage, "strerror", None) or str(damage)
