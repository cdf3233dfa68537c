"""Reframing: the filters that bring any vendor's picture into the delivery, unstretched and in its colours.

What a file says of itself is converted, not relabelled: its matrix, range, primaries and, for HDR,
its light. Nothing is interpolated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.edit.retiming import Retiming
from pokegeo_dagster.providers.bench.probe import Probe

LABELS = {"range": "tv", "color_primaries": "bt709", "color_trc": "bt709", "colorspace": "bt709"}
# Numbers of ITU-T H.273, and what zimg calls them.
_PRIMARIES: Mapping[int, str] = {
    4: "470m", 5: "470bg", 6: "170m", 7: "240m", 8: "film", 9: "2020", 11: "smpte431", 12: "smpte432",
    22: "ebu3213",
}  # fmt: skip
_HDR: Mapping[int, str] = {16: "smpte2084", 18: "arib-std-b67"}
_MATRICES: Mapping[int, str] = {5: "470bg", 6: "170m", 9: "2020_ncl", 10: "2020_cl"}
_BT601 = {5, 6}
# A diffuse white of 203 cd/m² (ITU-R BT.2408) becomes a bright SDR white; what is brighter is rolled off.
_HDR_WHITE_NITS = 203


def reframed(video: Any, found: Probe, delivery: Delivery, retiming: Retiming, first: int = 0) -> Any:
    """An ffmpeg-python picture in the delivery's size, rate, shape and colours.

    The order keeps the frame count exact: first the times, then the picture. A picture of another
    shape fills the frame and is cropped in the middle. ffmpeg has turned it upright before.
    `first` is the frame that it begins with.
    """
    if found.interlaced:
        video = video.filter("bwdif", mode="send_frame", deint="all")
    slow = f"*{retiming.slow:.9f}" if retiming.slow != 1 else ""
    video = video.filter("setpts", f"(PTS-STARTPTS){slow}")
    video = video.filter("fps", fps=delivery.rate_fps, round="near")
    # One more than is planned: a rate that does not divide may give a frame less than it promises.
    video = video.filter("tpad", stop_mode="clone", stop=retiming.hold_frames + 1)
    if first:
        video = video.filter("trim", start_frame=first).filter("setpts", "PTS-STARTPTS")
    if found.sample_aspect != 1:
        video = video.filter("scale", "trunc(iw*sar/2)*2", "ih").filter("setsar", 1)
    foreign = _is_foreign(found)
    video = (
        _sized(video, found, delivery, keep_colours=foreign)
        .filter("crop", delivery.width_px, delivery.height_px)
        .filter("setsar", 1)
    )
    if foreign:
        video = _translated(video, found)
    return video.filter("format", "yuv420p").filter("setparams", **LABELS)


def _is_foreign(found: Probe) -> bool:
    """Whether its colours or its light are not those of BT.709, so that a matrix is not enough."""
    return found.colour_transfer in _HDR or found.colour_primaries in _PRIMARIES


def _sized(video: Any, found: Probe, delivery: Delivery, keep_colours: bool) -> Any:
    size: dict[str, Any] = {"force_original_aspect_ratio": "increase", "flags": "bicubic"}
    range_ = "pc" if _full_range(found) else "tv"
    if not keep_colours:
        size |= {
            "in_color_matrix": _matrix(found),
            "out_color_matrix": "bt709",
            "in_range": range_,
            "out_range": "tv",
        }
    return video.filter("scale", delivery.width_px, delivery.height_px, **size)


def _translated(video: Any, found: Probe) -> Any:
    """Colours of another world in BT.709; HDR light rolled off into what a plain screen can show."""
    hdr = _HDR.get(found.colour_transfer)
    primaries = _PRIMARIES.get(found.colour_primaries, "2020" if hdr else "709")
    entering = {
        "pin": primaries,
        "tin": hdr or "709",
        "min": _MATRICES.get(found.colour_matrix, "2020_ncl" if hdr else "709"),
        "rin": "full" if _full_range(found) else "limited",
    }
    leaving = {"p": "709", "t": "709", "m": "709", "r": "limited"}
    if hdr is None:
        return video.filter("zscale", **entering, **leaving)
    return (
        video.filter("zscale", **entering, t="linear", npl=_HDR_WHITE_NITS)
        .filter("format", "gbrpf32le")
        .filter("zscale", p="709")
        .filter("tonemap", tonemap="mobius", desat=0)
        .filter("zscale", **leaving)
    )


def _full_range(found: Probe) -> bool:
    return found.full_range or found.pixel_format.startswith("yuvj")


def _matrix(found: Probe) -> str:
    """The matrix that the source's colours were made with. An unlabelled file is what files of its
    size usually are: BT.601 below 720 lines, BT.709 from there."""
    if found.colour_matrix in _BT601:
        return "bt601"
    if found.colour_matrix == 2 and found.height < 720:
        return "bt601"
    return "bt2020" if found.colour_matrix in {9, 10} else "bt709"
