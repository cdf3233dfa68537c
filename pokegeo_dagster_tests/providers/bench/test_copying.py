"""A clip that already is in the delivery profile is copied: its own packets, cut to the frame."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.providers.bench import copying
from pokegeo_dagster.providers.bench.conformer import SegmentsDiffer, conform, join, made_alike
from pokegeo_dagster.providers.bench.encoder import ffmpeg_path
from pokegeo_dagster.providers.bench.probe import decode_all, probe

SMALL = Delivery(width_px=160, height_px=90, rate_fps=24, preset="ultrafast", crf=20)
BT709 = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
Shoot = Callable[..., Path]


@pytest.fixture
def shoot(tmp_path: Path) -> Shoot:
    """Films three seconds as a vendor would, in the delivery profile: `shoot(name, *x264 options)`."""

    def film(name: str, *options: str, labels: str = BT709) -> Path:
        out = tmp_path / f"{name}.mp4"
        source = "testsrc2=s=160x90:r=24:d=3,noise=alls=10:allf=t"
        command = [ffmpeg_path(), "-loglevel", "error", "-y", "-f", "lavfi", "-i", source, "-vf", labels]
        vendor = ["-pix_fmt", "yuv420p", "-c:v", "libx264", "-profile:v", "high", "-level:v", "4.0"]
        subprocess.run([*command, *vendor, *options, str(out)], check=True)
        return out

    return film


def packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(p) for p in container.demux(video=0) if p.size]


def pictures(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        return np.array([f.to_ndarray(format="yuv420p")[:90] for f in container.decode(video=0)])


def warnings(path: Path) -> str:
    command = [ffmpeg_path(), "-v", "warning", "-i", str(path), "-f", "null", "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stderr


def room(tmp_path: Path, name: str) -> Path:
    folder = tmp_path / f"room of {name}"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    "options",
    [("-g", "250"), ("-g", "12"), ("-bf", "0"), ("-bf", "7", "-g", "250")],
)
@pytest.mark.parametrize("frames", [41, 42, 43, 72])
def test_a_copied_segment_shows_the_clips_own_pictures_to_the_frame(
    shoot: Shoot, tmp_path: Path, options: tuple[str, ...], frames: int
):
    clip = shoot("vendor", *options)

    segment = conform(clip, frames, SMALL, room(tmp_path, "segment"))

    own, theirs = packets(segment), packets(clip)
    same = sum(a == b for a, b in zip(own, theirs, strict=False))
    assert probe(segment).on_grid and decode_all(segment) == len(own) == frames
    assert frames - same <= 8
    truth, shown = pictures(clip)[:frames].astype(int), pictures(segment)
    assert np.array_equal(shown[:same], truth[:same])
    assert np.abs(shown - truth).mean(axis=(1, 2)).max() < 3
    assert warnings(segment) == ""


def test_copied_and_encoded_segments_make_one_film_that_decodes_without_a_word(shoot: Shoot, tmp_path: Path):
    vendor, other = shoot("vendor", "-g", "250"), shoot("other", labels="crop=120:80")
    lengths = [41, 30, 55]
    segments = [
        conform(clip, n, SMALL, room(tmp_path, str(n)))
        for clip, n in zip((vendor, other, vendor), lengths, strict=True)
    ]

    film = join(segments, lengths, None, SMALL, tmp_path / "film.mp4")

    assert packets(segments[0])[:30] == packets(vendor)[:30]
    assert probe(film).on_grid and decode_all(film) == sum(lengths)
    assert warnings(film) == ""
    assert np.array_equal(pictures(film), np.concatenate([pictures(s) for s in segments]))


def test_two_vendors_whose_headers_clash_are_brought_into_one_film(shoot: Shoot, tmp_path: Path):
    clips = [shoot("a", "-refs", "2"), shoot("b", "-refs", "4", "-bf", "5"), shoot("c", "-refs", "2")]
    segments = [conform(clip, 41, SMALL, room(tmp_path, clip.stem)) for clip in clips]
    lengths = [41, 41, 41]
    with pytest.raises(SegmentsDiffer, match="codec headers differ"):
        join(segments, lengths, None, SMALL, tmp_path / "film.mp4")

    alike = made_alike(segments, lengths, SMALL, room(tmp_path, "alike"))

    film = join(alike, lengths, None, SMALL, tmp_path / "film.mp4")
    assert (alike[0], alike[2]) == (segments[0], segments[2])
    assert decode_all(film) == 123
    assert warnings(film) == ""


@pytest.mark.parametrize(
    ("options", "labels"),
    [
        (("-profile:v", "main"), BT709),
        (("-level:v", "5.1"), BT709),
        ((), "null"),  # nobody said which colours
        ((), "setparams=range=pc:color_primaries=bt709:color_trc=bt709:colorspace=bt709"),
        (("-r", "25"), BT709),
        (("-g", "12", "-x264-params", "open-gop=1"), BT709),  # decoding cannot begin at its key pictures
        ((), f"{BT709},setsar=4/3"),
    ],
)
def test_a_clip_that_is_not_quite_in_the_profile_is_encoded(
    shoot: Shoot, tmp_path: Path, options: tuple[str, ...], labels: str
):
    clip = shoot("vendor", *options, labels=labels)

    segment = conform(clip, 41, SMALL, room(tmp_path, "segment"))

    assert packets(segment)[:9] != packets(clip)[:9]
    assert decode_all(segment) == 41
    assert conform(segment, 41, SMALL, room(tmp_path, "again")) == segment


def test_a_joint_that_does_not_show_what_it_should_is_not_kept(
    shoot: Shoot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    clip, tail = shoot("vendor", "-g", "250"), copying._tail
    monkeypatch.setattr(
        copying, "_tail", lambda shown, delivery, place: tail([255 - p for p in shown], delivery, place)
    )

    segment = conform(clip, 42, SMALL, room(tmp_path, "segment"))

    assert packets(segment)[:9] != packets(clip)[:9]
    assert np.abs(pictures(segment) - pictures(clip)[:42].astype(int)).mean() < 6


def test_the_same_clip_is_copied_to_the_same_bytes(shoot: Shoot, tmp_path: Path):
    clip = shoot("vendor", "-g", "250")

    first, second = (conform(clip, 42, SMALL, room(tmp_path, name)).read_bytes() for name in ("1", "2"))

    assert first == second
