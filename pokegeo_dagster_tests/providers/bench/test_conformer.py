"""Segments in the delivery profile, and the film they join to: exact to the frame and to the byte."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.errors import MediaDamaged, ShotFailed
from pokegeo_dagster.providers.bench.conformer import SegmentsDiffer, conform, join, poster_of
from pokegeo_dagster.providers.bench.encoder import EncodeFailed, RawEncoder, ffmpeg_path
from pokegeo_dagster.providers.bench.pixels import read_png
from pokegeo_dagster.providers.bench.probe import decode_all, probe

SMALL = Delivery(width_px=96, height_px=54, rate_fps=24, preset="faster", crf=20)
Shoot = Callable[..., Path]


@pytest.fixture
def shoot(tmp_path: Path) -> Shoot:
    """Films noise that is brighter in every frame: `shoot(name, frames)`."""

    def film(name: str, frames: int, delivery: Delivery = SMALL, level: int = 60) -> Path:
        luma = delivery.width_px * delivery.height_px
        noise = np.random.default_rng(frames).integers(0, 40, luma)
        grey = np.full(luma // 2, 128, np.uint8)
        out = tmp_path / f"{name}.mp4"
        with RawEncoder(delivery, frames, out) as encoder:
            for number in range(frames):
                encoder.write(np.concatenate([(noise + level + number).astype(np.uint8), grey]))
        return out

    return film


def _make(path: Path, source: str, *options: str) -> Path:
    command = [ffmpeg_path(), "-loglevel", "error", "-y", "-f", "lavfi", "-i", source, *options, str(path)]
    subprocess.run(command, check=True)
    return path


def _tone(path: Path, samples: int) -> Path:
    cut = f"atrim=end_sample={samples}"
    return _make(path, "sine=440:r=48000", "-af", cut, "-c:a", "aac", "-fflags", "+bitexact")


def _vendor_clip(path: Path, size: str, rate: int, seconds: float, *more: str) -> Path:
    return _make(path, f"testsrc2=s={size}:r={rate}:d={seconds}", "-pix_fmt", "yuv420p", *more)


def _encode(delivery: Delivery, pictures: int, promised: int, out: Path) -> None:
    grey = np.full(96 * 54 * 3 // 2, 128, np.uint8)
    with RawEncoder(delivery, promised, out) as encoder:
        for _ in range(pictures):
            encoder.write(grey)


def test_the_same_pictures_give_the_same_bytes(shoot: Shoot) -> None:
    assert shoot("a", 30).read_bytes() == shoot("b", 30).read_bytes()


def test_a_clip_in_the_delivery_profile_is_taken_as_it_is(shoot: Shoot, tmp_path: Path) -> None:
    clip = shoot("clip", 30)

    assert conform(clip, 30, SMALL, tmp_path) == clip


def test_another_setting_of_the_encoder_is_noticed(shoot: Shoot, tmp_path: Path) -> None:
    other = shoot("other", 30, SMALL.model_copy(update={"preset": "ultrafast"}))

    conformed = conform(other, 30, SMALL, tmp_path)

    assert conformed != other
    assert conform(conformed, 30, SMALL, tmp_path) == conformed


@pytest.mark.parametrize(
    ("size", "rate", "more"),
    [("200x80", 30, ()), ("64x120", 25, ()), ("96x54", 24, ("-bf", "0")), ("128x72", 60, ("-an",))],
)
def test_any_vendors_clip_becomes_exactly_the_frames_planned(
    tmp_path: Path, size: str, rate: int, more: tuple[str, ...]
) -> None:
    clip = _vendor_clip(tmp_path / "vendor.mp4", size, rate, 2.0, *more)

    segment = conform(clip, 41, SMALL, tmp_path)

    assert probe(segment).frames == decode_all(segment) == 41
    assert conform(segment, 41, SMALL, tmp_path) == segment


def test_a_clip_that_is_a_little_short_holds_its_last_frame(shoot: Shoot, tmp_path: Path) -> None:
    segment = conform(shoot("clip", 30), 42, SMALL, tmp_path)

    assert decode_all(segment) == 42


def test_a_clip_that_is_far_too_short_is_refused(shoot: Shoot, tmp_path: Path) -> None:
    clip = shoot("clip", 30)

    with pytest.raises(ShotFailed, match=r"holds 30 frames and the cut needs 43\. Shoot a longer clip"):
        conform(clip, 43, SMALL, tmp_path)


@pytest.mark.parametrize("rate", [24, 25, 30])
def test_every_frame_of_the_cut_is_exactly_where_the_sum_says(
    shoot: Shoot, tmp_path: Path, rate: int
) -> None:
    delivery = SMALL.model_copy(update={"rate_fps": rate})
    lengths = [1, 2, 49, *random.Random(rate).choices(range(1, 60), k=6)]
    segments = [shoot(f"s{k}", n, delivery) for k, n in enumerate(lengths)]
    sound = _tone(tmp_path / "sound.m4a", sum(lengths) * delivery.samples_per_frame)

    film = join(segments, lengths, sound, delivery, tmp_path / "film.mp4")

    with av.open(str(film)) as container:
        picture, voice = container.streams.video[0], container.streams.audio[0]
        assert picture.time_base == Fraction(1, rate * 1000)
        packets = [(p.pts, p.dts) for p in container.demux(picture) if p.pts is not None]
        assert Fraction(voice.duration or 0) * (voice.time_base or 0) == Fraction(sum(lengths), rate)
    assert sorted(pts for pts, _ in packets) == [i * 1000 for i in range(sum(lengths))]
    leads = {i * 1000 - (dts or 0) for i, (_, dts) in enumerate(packets)}
    assert len(leads) == 1
    assert decode_all(film) == sum(lengths)


def test_the_joined_sound_is_the_sound_that_was_mastered_to_the_sample(shoot: Shoot, tmp_path: Path) -> None:
    sound = _tone(tmp_path / "sound.m4a", 60 * 2000)
    film = join([shoot("a", 20), shoot("b", 40)], [20, 40], sound, SMALL, tmp_path / "film.mp4")

    def heard(path: Path) -> bytes:
        return subprocess.run(
            [ffmpeg_path(), "-loglevel", "error", "-i", str(path), "-map", "0:a", "-f", "s16le", "-"],
            check=True,
            stdout=subprocess.PIPE,
        ).stdout

    assert len(heard(film)) == 60 * 2000 * 2
    assert heard(film) == heard(sound)


def test_the_same_cut_gives_the_same_bytes(shoot: Shoot, tmp_path: Path) -> None:
    segments = [shoot("a", 10), shoot("b", 25)]

    films = [join(segments, [10, 25], None, SMALL, tmp_path / name) for name in ("1.mp4", "2.mp4")]

    assert films[0].read_bytes() == films[1].read_bytes()
    assert films[0].read_bytes().index(b"moov") < films[0].read_bytes().index(b"mdat")


def test_segments_that_do_not_fit_leave_no_film(shoot: Shoot, tmp_path: Path) -> None:
    one, other = shoot("a", 10), shoot("b", 10, SMALL.model_copy(update={"preset": "ultrafast"}))
    film = tmp_path / "film.mp4"

    with pytest.raises(SegmentsDiffer, match="codec headers differ"):
        join([one, other], [10, 10], None, SMALL, film)
    with pytest.raises(SegmentsDiffer, match="holds 10 frames and the cut plans 11"):
        join([one, one], [10, 11], None, SMALL, film)

    assert not film.exists()
    assert not list(tmp_path.glob(".*"))


def test_a_truncated_clip_is_called_damaged(shoot: Shoot, tmp_path: Path) -> None:
    whole = join([shoot("a", 60)], [60], None, SMALL, tmp_path / "film.mp4").read_bytes()
    cut = tmp_path / "cut.mp4"
    for share in (0.02, 0.3, 0.8):
        cut.write_bytes(whole[: int(len(whole) * share)])

        with pytest.raises(MediaDamaged, match=r"cut\.mp4"):
            probe(cut)
        with pytest.raises(MediaDamaged, match=r"cut\.mp4"):
            conform(cut, 60, SMALL, tmp_path)


def test_bytes_that_rotted_are_found_by_decoding(shoot: Shoot, tmp_path: Path) -> None:
    clip = shoot("clip", 60)
    data = bytearray(clip.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 400] = bytes(400)
    clip.write_bytes(data)

    with pytest.raises(MediaDamaged, match="after"):
        decode_all(clip)


def test_an_encode_that_fails_leaves_nothing_under_the_name(tmp_path: Path) -> None:
    out = tmp_path / "clip.mp4"

    with pytest.raises(EncodeFailed, match="2 of 3 pictures"):
        _encode(SMALL, 2, 3, out)
    with pytest.raises(EncodeFailed, match="preset"):
        _encode(SMALL.model_copy(update={"preset": "no-such-preset"}), 3, 3, out)
    with pytest.raises(AttributeError), RawEncoder(SMALL, 3, out) as encoder:
        encoder.write(None)  # type: ignore[arg-type]

    assert list(tmp_path.iterdir()) == []


def test_a_poster_shows_the_frame_that_was_asked_for(shoot: Shoot, tmp_path: Path) -> None:
    clip = shoot("clip", 60)

    first, later = (read_png(poster_of(clip, frame, tmp_path), alpha=False).mean() for frame in (0, 55))

    # Each frame is one step of video range brighter than the one before it.
    assert later - first == pytest.approx(55 * 255 / 219, abs=2)
    with pytest.raises(MediaDamaged, match="no frame 60"):
        poster_of(clip, 60, tmp_path)
