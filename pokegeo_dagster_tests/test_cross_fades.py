"""A film with cross-fades, ordered at the terminal: everything is where it was, and can be taken back."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pokegeo_dagster.providers.bench.conformer import frame_at
from pokegeo_dagster.providers.bench.interchange import recut
from pokegeo_dagster.providers.bench.probe import decode_all
from pokegeo_dagster.storage.rows import TakeRow
from pokegeo_dagster.storage.studio_db import StudioDb
from pokegeo_dagster_tests.studios import copy_studio

Terminal = Callable[..., subprocess.CompletedProcess[str]]
ORDER = ("produce", "gyarados")
FILM = "films/gyarados/gyarados_final.mp4"


def _take(home: Path, asset: str) -> TakeRow:
    approved = StudioDb(f"sqlite:///{home / 'studio.db'}").approved_take("gyarados", asset, "film")
    assert approved is not None
    return approved.take


@pytest.fixture(scope="module")
def faded(rehearsal: Path, tmp_path_factory: pytest.TempPathFactory, run_in: Terminal) -> Path:
    """The rehearsal's studio after its gyarados was given cross-fades, and cut upright."""
    home = tmp_path_factory.mktemp("faded") / "studio"
    copy_studio(rehearsal, home)
    for words in ((*ORDER, "--cross-fade", "0.5"), ("redo", "gyarados", "--what", "vertical_cut")):
        done = run_in(home, *words)
        assert done.returncode == 0, done.stderr
    return home


def test_fades_move_no_cut_no_caption_and_no_sound(faded: Path, rehearsal: Path) -> None:
    film, before = _take(faded, "final_cut"), _take(rehearsal, "final_cut")

    assert film.slate["cuts"] == before.slate["cuts"]
    assert decode_all(faded / FILM) == before.slate["frames"]
    assert _take(faded, "mix").id == _take(rehearsal, "mix").id  # not mixed again
    assert _take(faded, "captions").files["main"].sha256 == _take(rehearsal, "captions").files["main"].sha256
    fades = film.slate["fades"]
    assert {clip: (fade["frames"], fade["held"]) for clip, fade in fades.items()} == {
        "clip_02": (12, 12), "clip_03": (12, 12)  # the house films to the cut: its last picture stands
    }  # fmt: skip


def test_both_clips_are_seen_in_the_middle_of_a_fade_and_one_after_it(faded: Path, rehearsal: Path) -> None:
    start = _take(faded, "final_cut").slate["cuts"][1]["start_frame"]

    def luma(home: Path, number: int) -> np.ndarray:
        return frame_at(home / FILM, number).to_ndarray()[:180].astype(float)

    went, came = luma(rehearsal, start - 1), luma(rehearsal, start + 5)
    both = 6 / 13 * came + 7 / 13 * went
    assert np.abs(luma(faded, start + 5) - both).mean() < 3
    assert np.abs(came - went).mean() > 10
    assert np.abs(luma(faded, start + 12) - luma(rehearsal, start + 12)).mean() < 3


def test_a_film_with_fades_passes_every_check_and_so_does_its_upright_cut(faded: Path) -> None:
    findings = _take(faded, "qc_report").slate["findings"]

    assert [f["check"] for f in findings if f["outcome"] != "passed"] == []
    assert (
        decode_all(faded / "films/gyarados/gyarados_vertical.mp4")
        == _take(faded, "final_cut").slate["frames"]
    )


def test_the_timeline_of_a_film_with_fades_gives_the_film_again(
    faded: Path, tmp_path: Path, run_in: Terminal
) -> None:
    done = run_in(faded, "export", "gyarados", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr

    again = recut(tmp_path / "out/gyarados_final.otio", tmp_path / "again.mp4")

    assert again.read_bytes() == (tmp_path / "out/gyarados_final.mp4").read_bytes()


def test_fades_stay_on_order_and_without_them_the_film_is_the_old_one_to_the_byte(
    faded: Path, rehearsal: Path, tmp_path: Path, run_in: Terminal
) -> None:
    home = tmp_path / "studio"
    copy_studio(faded, home)

    same = run_in(home, *ORDER)
    hard = run_in(home, *ORDER, "--cross-fade", "0")

    assert "nothing was made again" in same.stdout
    assert hard.returncode == 0, hard.stderr
    assert (home / FILM).read_bytes() == (rehearsal / FILM).read_bytes()


def test_a_fade_of_a_length_that_cannot_be_is_refused_before_anything_is_made(
    tmp_path: Path, pokegeo: Terminal
) -> None:
    refused = pokegeo(*ORDER, "--cross-fade", "1.5")

    assert refused.returncode == 2
    assert "0.125 to 1 s" in refused.stderr
    assert not list((tmp_path / "studio").rglob("*.mp4"))
