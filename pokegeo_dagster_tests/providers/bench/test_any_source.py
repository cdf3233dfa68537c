"""Whatever a vendor hands over becomes a segment: exact in length, unstretched, in its own colours."""

from __future__ import annotations

import subprocess
from pathlib import Path

import av
import numpy as np
import pytest

from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.errors import MediaDamaged, ShotFailed
from pokegeo_dagster.providers.bench.conformer import conform
from pokegeo_dagster.providers.bench.encoder import ffmpeg_path
from pokegeo_dagster.providers.bench.probe import probe

SMALL = Delivery(width_px=160, height_px=90, rate_fps=24, preset="ultrafast", crf=18)
# A disc in the middle: a stretched one is no disc. Its ground is grey, its light is white.
DISC = "geq=lum='if(lt(hypot(X-W/2,(Y-H/2)*{tall}),H*{tall}/4),235,40)':cb=128:cr=128"


def made(path: Path, source: str, *options: str) -> Path:
    command = [ffmpeg_path(), "-loglevel", "error", "-y", "-f", "lavfi", "-i", source, *options, str(path)]
    subprocess.run(command, check=True)
    return path


def disc(path: Path, size: str, rate: str, *options: str, more: str = "", tall: float = 1.0) -> Path:
    shape = DISC.format(tall=tall)
    source = f"color=gray:s={size}:r={rate}:d=1.2,format=yuv420p,{shape}{more}"
    return made(path, source, "-preset", "ultrafast", *options)


def picture(path: Path, number: int = 0) -> np.ndarray:
    with av.open(str(path)) as container:
        for index, frame in enumerate(container.decode(video=0)):
            if index == number:
                return frame.to_ndarray(format="yuv420p")[: frame.height].astype(int)
    raise AssertionError(f"no picture {number}")


def roundness(luma: np.ndarray) -> float:
    light = luma > 140
    return np.ptp(np.flatnonzero(light.any(axis=0))) / np.ptp(np.flatnonzero(light.any(axis=1)))


ODD = {
    "24": ("160x90", "24", (), ""),
    "25": ("160x90", "25", (), ""),
    "29.97": ("160x90", "30000/1001", (), ""),
    "30": ("128x72", "30", (), ""),
    "60": ("128x72", "60", (), ""),
    "eight lines short, as Kling's": ("320x178", "24", (), ""),
    "2.36 to 1": ("236x100", "24", (), ""),
    "upright": ("90x160", "24", (), ""),
    "odd-sized": ("161x91", "24", ("-pix_fmt", "yuv444p"), ""),
    "ten bits": ("160x90", "24", ("-pix_fmt", "yuv420p10le"), ""),
    "full range": ("160x90", "24", ("-color_range", "pc"), ",scale=out_range=pc,format=yuvj420p"),
    "BT.601": ("160x90", "25", ("-colorspace", "smpte170m", "-color_primaries", "smpte170m"),
               ",setparams=colorspace=smpte170m:color_primaries=smpte170m"),
    "interlaced": ("160x96", "50", ("-flags", "+ilme+ildct", "-x264-params", "interlaced=1"),
                   ",interlace"),
    "irregular": ("160x90", "30", ("-fps_mode", "vfr"), ",select='not(eq(mod(n,7),3))'"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ODD)
def test_any_clip_becomes_exactly_the_frames_planned_and_no_rounder_than_it_was(kind: str, tmp_path: Path):
    size, rate, options, more = ODD[kind]
    clip = disc(tmp_path / "vendor.mp4", size, rate, *options, more=more)

    segment = conform(clip, 25, SMALL, tmp_path)

    found = probe(segment)
    assert (found.frames, found.on_grid, found.width, found.height) == (25, True, 160, 90)
    assert (found.pixel_format, found.full_range, found.colour_matrix) == ("yuv420p", False, 1)
    luma = picture(segment, 3)
    if kind != "upright":  # there the disc is wider than the frame is high
        assert roundness(luma) == pytest.approx(1, abs=0.06)
        assert luma[2, 2] == pytest.approx(40, abs=4)
    assert luma[45, 80] == pytest.approx(235, abs=4)
    assert conform(segment, 25, SMALL, tmp_path) == segment


def test_pixels_that_are_not_square_are_shown_as_wide_as_they_are(tmp_path: Path):
    clip = disc(tmp_path / "v.mp4", "120x90", "24", more=",setsar=4/3", tall=0.75)

    assert roundness(picture(conform(clip, 24, SMALL, tmp_path))) == pytest.approx(1, abs=0.06)


def test_a_clip_that_was_filmed_lying_down_is_shown_upright(tmp_path: Path):
    lying = made(tmp_path / "l.mp4", "color=black:s=90x160:r=24:d=1.2,drawbox=0:0:90:80:white:fill",
                 "-pix_fmt", "yuv420p")  # fmt: skip
    turned = tmp_path / "turned.mp4"
    command = [ffmpeg_path(), "-loglevel", "error", "-display_rotation", "90", "-i", str(lying)]
    subprocess.run([*command, "-c", "copy", str(turned)], check=True)

    luma = picture(conform(turned, 24, SMALL, tmp_path))

    assert sorted((round(luma[:, 20].mean()), round(luma[:, 140].mean()))) == [16, 235]


@pytest.mark.parametrize(("transfer", "code"), [("smpte2084", 0.58), ("arib-std-b67", 0.75)])
def test_the_light_of_an_hdr_clip_is_converted_and_not_relabelled(transfer: str, code: float, tmp_path: Path):
    """Diffuse white (203 cd/m²) has code 0.58 in PQ and 0.75 in HLG: shown as it is, a dull grey."""
    level = round(64 + 876 * code)
    colour = "range=tv:color_primaries=bt2020:colorspace=bt2020nc:color_trc=" + transfer
    tags = ("-color_primaries", "bt2020", "-color_trc", transfer, "-colorspace", "bt2020nc")
    clip = made(tmp_path / "hdr.mp4", "color=black:s=160x90:r=24:d=1.1,format=yuv420p10le,"
                f"geq=lum='if(lt(X,80),{level},64)':cb=512:cr=512,setparams={colour}", *tags)  # fmt: skip

    luma = picture(conform(clip, 24, SMALL, tmp_path))

    assert 185 <= luma[45, 40] <= 225
    assert luma[45, 120] == pytest.approx(16, abs=2)


def test_a_faster_clip_that_is_short_is_slowed_and_shows_no_picture_twice(tmp_path: Path):
    ramp = "color=black:s=160x90:r=30:d=1,format=yuv420p,geq=lum='40+5*N':cb=128:cr=128"
    clip = made(tmp_path / "v.mp4", ramp, "-crf", "10")

    segment = conform(clip, 30 + 6, SMALL, tmp_path)  # 24 frames as it is, 30 slowed, 6 held

    levels = [picture(segment, n)[45, 80] for n in range(0, 30, 3)]
    assert np.diff(levels).tolist() == pytest.approx([15] * 9, abs=3)
    with pytest.raises(ShotFailed, match=r"haunter clip_05 .*holds 24 frames and the cut needs 43\. Shoot"):
        conform(clip, 43, SMALL, tmp_path, "haunter clip_05")


def test_sound_in_the_clip_and_a_late_first_picture_move_nothing(tmp_path: Path):
    late = made(tmp_path / "late.mp4", "testsrc2=s=160x90:r=24:d=1.2,setpts=PTS+0.2/TB", "-f", "lavfi", "-i",
                "sine=440:d=1.4", "-c:a", "aac", "-pix_fmt", "yuv420p")  # fmt: skip

    segment = conform(late, 28, SMALL, tmp_path)

    assert (probe(segment).frames, probe(segment).audio_codec) == (28, None)


def test_a_picture_that_is_no_film_is_called_damaged(tmp_path: Path):
    fake = tmp_path / "clip.mp4"
    fake.write_bytes(b"<html>404</html>" * 100)

    with pytest.raises(MediaDamaged, match=r"clip\.mp4 cannot be read"):
        conform(fake, 24, SMALL, tmp_path)
