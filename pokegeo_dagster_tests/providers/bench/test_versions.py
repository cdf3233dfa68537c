"""The same film in other shapes and codecs: frame for frame, with the sound it was mastered with."""

from __future__ import annotations

import subprocess
from pathlib import Path

import av
import numpy as np
import pytest

from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.edit.vertical import Window, upright
from pokegeo_dagster.providers.bench.conformer import conform, join
from pokegeo_dagster.providers.bench.encoder import ffmpeg_path
from pokegeo_dagster.providers.bench.probe import decode_all, probe
from pokegeo_dagster.providers.bench.versions import SUFFIXES, Codec, in_codec, upright_segment

SMALL = Delivery(width_px=160, height_px=90, rate_fps=24, preset="ultrafast", crf=18)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One second: black, with a white column from 100 to 120; a tone that begins at once."""
    folder = tmp_path_factory.mktemp("film")
    ffmpeg = [ffmpeg_path(), "-loglevel", "error", "-y", "-f", "lavfi", "-i"]
    column = "color=black:s=160x90:r=24:d=1,drawbox=100:0:20:90:white:fill,format=yuv420p"
    subprocess.run([*ffmpeg, column, str(folder / "clip.mp4")], check=True)
    sound = ["sine=440:r=48000,aformat=channel_layouts=stereo,atrim=end_sample=48000", "-c:a", "aac"]
    subprocess.run([*ffmpeg, *sound, "-movie_timescale", "48000", str(folder / "sound.m4a")], check=True)
    segment = conform(folder / "clip.mp4", 24, SMALL, folder)
    return join([segment], [24], folder / "sound.m4a", SMALL, folder / "film.mp4")


def heard(path: Path) -> bytes:
    command = [ffmpeg_path(), "-loglevel", "error", "-i", str(path), "-map", "0:a", "-f", "s16le", "-"]
    return subprocess.run(command, check=True, capture_output=True).stdout


def first_row(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        return next(container.decode(video=0)).to_ndarray(format="gray")[5].astype(int)


def test_an_upright_segment_shows_its_window_and_joins_with_the_films_own_sound(film: Path, tmp_path: Path):
    segment = upright_segment(film, Window(left_px=84, width_px=50), 24, SMALL, tmp_path / "s.mp4")

    cut = join([segment], [24], film, upright(SMALL), tmp_path / "cut.mp4")

    found = probe(cut)
    assert (found.width, found.height, found.frames, found.on_grid) == (90, 160, 24, True)
    assert heard(cut) == heard(film)
    light = np.flatnonzero(first_row(cut) > 128)  # columns 16–36 of 50, at 90 wide
    assert (light[0], light[-1]) == (pytest.approx(29, abs=2), pytest.approx(64, abs=2))


@pytest.mark.parametrize("codec", ["h265", "vp9"])
def test_the_film_in_another_codec_has_every_frame_and_its_sound_in_place(
    film: Path, tmp_path: Path, codec: Codec
):
    out = in_codec(film, codec, tmp_path / f"film{SUFFIXES[codec]}")

    assert decode_all(out) == 24
    assert probe(out).codec == {"h265": "hevc", "vp9": "vp9"}[codec]
    assert abs(first_row(out) - first_row(film)).max() < 24
    there, here = (np.frombuffer(heard(path), "<i2").reshape(-1, 2)[:, 0] for path in (out, film))
    onsets = [np.flatnonzero(np.abs(sound.astype(int)) > 1000)[0] for sound in (there, here)]
    assert abs(onsets[0] - onsets[1]) <= 240  # 5 ms
