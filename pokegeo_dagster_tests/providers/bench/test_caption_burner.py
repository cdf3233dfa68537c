"""Burnt-in captions: in the picture when they are said, nowhere else, and the sound untouched."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from pokegeo_dagster.film.edit.captions import Caption
from pokegeo_dagster.film.edit.delivery import DELIVERIES
from pokegeo_dagster.providers.bench.caption_burner import ass, burn
from pokegeo_dagster.providers.bench.encoder import RawEncoder
from pokegeo_dagster.providers.bench.mixer import master
from pokegeo_dagster.providers.bench.sound_file import WaveWriter
from pokegeo_dagster.providers.bench.splice import join

SMALL, FULL = DELIVERIES["rehearsal"], DELIVERIES["full"]
FRAMES = 48
WIDEST = ("M" * 42, "W" * 42)


def said(start_ms: int, end_ms: int, *lines: str) -> Caption:
    return Caption(start_ms=start_ms, end_ms=end_ms, lines=lines, voice_ms=(start_ms, end_ms))


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    room = tmp_path_factory.mktemp("film")
    with RawEncoder(SMALL, FRAMES, room / "picture.mp4") as encoder:
        for _ in range(FRAMES):
            encoder.write(np.full(SMALL.width_px * SMALL.height_px * 3 // 2, 128, np.uint8))
    rng = np.random.default_rng(1)
    for stem, loud in (("narration_stem", 0.2), ("effects_stem", 0.02)):
        with WaveWriter(room / f"{stem}.wav") as file:
            file.write(rng.normal(0, loud, (FRAMES * 2000, 2)))
    stems = {stem: room / f"{stem}.wav" for stem in ("narration_stem", "effects_stem")}
    sound = master([stems], SMALL, room).files["main"]
    return join([room / "picture.mp4"], [FRAMES], sound, SMALL, room / "film.mp4")


def pictures(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]


def sound_packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]


def test_a_caption_is_in_the_picture_for_its_own_frames_and_no_others(film: Path, tmp_path: Path):
    out = burn(film, [said(500, 1500, "It waits.")], SMALL, tmp_path, tmp_path / "out.mp4")

    shown = [number for number, frame in enumerate(pictures(out)) if frame.max() > 200]
    assert shown == list(range(12, 36))


def test_the_widest_lines_stay_inside_what_every_screen_shows(film: Path, tmp_path: Path):
    out = burn(film, [said(0, 2000, *WIDEST)], SMALL, tmp_path, tmp_path / "out.mp4")

    touched = np.abs(pictures(out)[10].astype(int) - 128) > 40
    rows, columns = np.flatnonzero(touched.any(axis=1)), np.flatnonzero(touched.any(axis=0))
    assert SMALL.height_px * 0.05 <= rows.min() and rows.max() <= SMALL.height_px * 0.95
    assert SMALL.width_px * 0.05 <= columns.min() and columns.max() <= SMALL.width_px * 0.95
    assert rows.min() > SMALL.height_px * 0.7  # and out of the picture's way


def test_the_captioned_film_has_the_same_sound_and_length(film: Path, tmp_path: Path):
    out = burn(film, [said(0, 900, "It waits.")], SMALL, tmp_path, tmp_path / "out.mp4")

    assert sound_packets(out) == sound_packets(film)
    assert len(pictures(out)) == FRAMES


def test_the_same_captions_give_the_same_bytes(film: Path, tmp_path: Path):
    (tmp_path / "a").mkdir(), (tmp_path / "b").mkdir()
    once, again = (
        burn(film, [said(0, 900, "It waits.")], SMALL, tmp_path / room, tmp_path / f"{room}.mp4")
        for room in ("a", "b")
    )

    assert once.read_bytes() == again.read_bytes()


def test_marks_that_are_commands_to_the_renderer_are_only_marks():
    script = ass([said(0, 1000, r"{\b1}It \N waits.")], FULL)

    assert script.splitlines()[-1].endswith(",,\\{\\\u2060b1\\}It \\\u2060N waits.")


def test_the_script_is_timed_in_hundredths_and_made_for_its_picture():
    script = ass([said(3_661_234, 3_662_000, "One.", "Two.")], FULL)

    assert "Dialogue: 0,1:01:01.23,1:01:02.00,Default,,0,0,0,,One.\\NTwo." in script
    assert "PlayResX: 1920" in script and "PlayResY: 1080" in script
