"""The finish of a film: what is put on it when it is asked for, and what stays as it was."""

import csv
import hashlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pokegeo_dagster.providers.bench.interchange import recut
from pokegeo_dagster.providers.bench.probe import decode_all
from pokegeo_dagster.providers.bench.sound_file import WaveWriter
from pokegeo_dagster.storage.rows import TakeRow
from pokegeo_dagster.storage.studio_db import StudioDb
from pokegeo_dagster_tests.studios import copy_studio

Terminal = Callable[..., subprocess.CompletedProcess[str]]
ORDER = ("produce", "gyarados")


def _take(home: Path, asset: str, key: str = "film") -> TakeRow:
    approved = StudioDb(f"sqlite:///{home / 'studio.db'}").approved_take("gyarados", asset, key)
    assert approved is not None
    return approved.take


def _failed(home: Path) -> list[str]:
    findings = _take(home, "qc_report").slate["findings"]
    return [f["check"] for f in findings if f["outcome"] != "passed"]


@pytest.fixture(scope="module")
def carded(rehearsal: Path, tmp_path_factory: pytest.TempPathFactory, run_in: Terminal) -> Path:
    """The rehearsal's studio after its gyarados was given both cards and music, and cut upright."""
    home = tmp_path_factory.mktemp("carded") / "studio"
    copy_studio(rehearsal, home)
    for words in (
        (*ORDER, "--title-card", "--end-card", "--music"),
        ("redo", "gyarados", "--what", "vertical_cut"),
    ):
        done = run_in(home, *words)
        assert done.returncode == 0, done.stderr
    return home


def test_a_card_is_a_segment_of_the_film_and_of_everything_that_reads_its_cut(carded: Path) -> None:
    film, manifest = _take(carded, "final_cut"), carded / "films/gyarados/assembly_manifest.json"
    cuts, told = film.slate["cuts"], json.loads(manifest.read_text())
    rows = list(csv.DictReader((carded / "films/gyarados/cue_sheet.csv").open()))

    names = [cut["clip"] for cut in cuts]

    assert names == ["title", "clip_01", "clip_02", "clip_03", "end"]
    assert [cut["start_frame"] for cut in cuts] == [sum(c["frames"] for c in cuts[:k]) for k in range(5)]
    assert decode_all(carded / "films/gyarados/gyarados_final.mp4") == sum(cut["frames"] for cut in cuts)
    assert _take(carded, "vertical_cut").slate["frames"] == film.slate["frames"] == told["frames"]
    assert [event["clip"] for event in _take(carded, "timeline").slate["events"]] == names
    assert [row["clip"] for row in rows] == names
    starts = {row["clip"]: row["start_frame"] for row in told["clips"]}
    assert starts == {cut["clip"]: cut["start_frame"] for cut in cuts if cut["clip"].startswith("clip_")}
    assert [card["card"] for card in told["cards"]] == ["title", "end"]


def test_a_film_with_cards_passes_every_check_although_they_fade_from_and_to_black(carded: Path) -> None:
    assert _failed(carded) == []


def test_music_lies_under_the_voice_and_the_film_is_as_loud_as_ever(carded: Path) -> None:
    film = _take(carded, "final_cut")

    assert film.slate["voice_over_bed_lu"] >= 6
    assert abs(film.slate["integrated_lufs"] + 14) <= 0.5
    assert {"narration_stem", "effects_stem", "music_stem", "music_bed"} <= set(_take(carded, "mix").files)


def test_no_caption_stands_on_the_title(carded: Path) -> None:
    first = (carded / "films/gyarados/gyarados_final.srt").read_text().splitlines()[1]

    seconds = float(first.split(" --> ")[0].replace(",", ".").rsplit(":", 1)[1])

    assert seconds > _take(carded, "final_cut").slate["cuts"][0]["frames"] / 24


def test_the_timeline_of_a_film_with_cards_gives_the_film_again(
    carded: Path, tmp_path: Path, run_in: Terminal
) -> None:
    done = run_in(carded, "export", "gyarados", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr

    again = recut(tmp_path / "out/gyarados_final.otio", tmp_path / "again.mp4")

    assert again.read_bytes() == (tmp_path / "out/gyarados_final.mp4").read_bytes()


@pytest.mark.parametrize(
    ("name", "why"),
    [("bed.txt", "is no sound file"), ("gone.wav", "is not there"), ("short.wav", "at least 8 s")],
)
def test_music_that_will_not_do_is_refused_before_anything_is_filed(
    name: str, why: str, tmp_path: Path, pokegeo: Terminal
) -> None:
    with WaveWriter(tmp_path / "short.wav") as short:
        short.write(np.zeros((4800, 2)))

    refused = pokegeo(*ORDER, "--music-file", str(tmp_path / name))

    assert refused.returncode == 2
    assert why in refused.stderr
    assert not list((tmp_path / "studio").rglob("*.mp4"))


def test_cards_are_kept_by_the_brief_until_the_film_is_to_be_plain_which_it_then_is_to_the_byte(
    carded: Path, rehearsal: Path, tmp_path: Path, run_in: Terminal
) -> None:
    home = tmp_path / "studio"
    copy_studio(carded, home)

    same = run_in(home, *ORDER)
    status = run_in(home, "status", "gyarados")
    plain = run_in(home, *ORDER, "--plain")

    assert "nothing was made again" in same.stdout
    assert "finished with title card, end card, music" in status.stdout
    assert plain.returncode == 0, plain.stderr
    films = [h / "films/gyarados/gyarados_final.mp4" for h in (home, rehearsal)]
    assert len({hashlib.sha256(film.read_bytes()).hexdigest() for film in films}) == 1
