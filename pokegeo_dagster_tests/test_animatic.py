"""The animatic: the film as a sketch, before anything is paid for."""

import json
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from pokegeo_dagster.defs.office.finishing import Finishing
from pokegeo_dagster.defs.office.studio import open_studio
from pokegeo_dagster.providers.bench.probe import decode_all, probe
from pokegeo_dagster.storage.rows import TakeRow
from pokegeo_dagster.storage.studio_db import StudioDb
from pokegeo_dagster_tests.studios import copy_studio

Terminal = Callable[..., subprocess.CompletedProcess[str]]
KEYS = {"GEMINI_API_KEY": "g", "KIE_API_KEY": "k", "ELEVENLABS_API_KEY": "e", "ELEVENLABS_VOICE_ID": "v"}


def _take(home: Path, episode: str) -> TakeRow:
    approved = StudioDb(f"sqlite:///{home / 'studio.db'}").approved_take(episode, "animatic", "film")
    assert approved is not None
    return approved.take


def test_a_name_becomes_a_sketch_of_the_whole_film_for_nothing(pokegeo: Terminal, tmp_path: Path) -> None:
    """The brief asks for one clip of rehearsal size, so that it is quick: the way is the same."""
    filed = pokegeo("animatic", "haunter", "--clips", "1", "--profile", "rehearsal")

    assert filed.returncode == 0, filed.stderr
    home = tmp_path / "studio"
    slate, film = _take(home, "haunter").slate, home / "films" / "haunter" / "animatic.mp4"
    assert slate["scratch"] == {"clip_01": ["picture", "voice", "effect"]}
    assert decode_all(film) == slate["frames"] == round(slate["duration_s"] * 24)
    assert probe(film).audio_rate == 48_000
    with sqlite3.connect(home / "studio.db") as database:
        assert not database.execute("SELECT * FROM tasks").fetchall()


@pytest.fixture(scope="module")
def sketched(rehearsal: Path, tmp_path_factory: pytest.TempPathFactory, run_in: Terminal) -> Path:
    """The rehearsal's studio after an animatic of its finished gyarados was asked for, with every key
    of every vendor in the environment (and no network)."""
    home = tmp_path_factory.mktemp("sketched") / "studio"
    copy_studio(rehearsal, home)
    done = run_in(home, "animatic", "gyarados", **KEYS)
    assert done.returncode == 0, done.stderr
    return home


def test_a_film_that_is_made_is_sketched_from_its_own_pieces_cut_for_cut(sketched: Path) -> None:
    manifest = json.loads((sketched / "films" / "gyarados" / "assembly_manifest.json").read_text())

    take = _take(sketched, "gyarados")

    cuts = [(cut["clip"], cut["start_frame"], cut["frames"]) for cut in take.slate["cuts"]]
    assert cuts == [(c["clip"], c["start_frame"], c["frames"]) for c in manifest["clips"]]


def test_nobody_is_paid_for_a_sketch_whoever_is_hired(sketched: Path) -> None:
    take = _take(sketched, "gyarados")

    assert (take.member, take.cost_usd, take.paid) == ("house", 0, False)


def test_a_sketch_is_stale_when_a_line_changes_and_not_when_a_picture_lands(
    sketched: Path, tmp_path: Path, run_in: Terminal
) -> None:
    home = tmp_path / "studio"
    copy_studio(sketched, home)
    landed = run_in(home, "redo", "gyarados", "2", "--what", "composite", "--new-take")
    assert landed.returncode == 0, landed.stderr
    before = _take(home, "gyarados")
    text = run_in(home, "screenplay", "show", "gyarados").stdout
    line = next(row for row in text.splitlines() if row.strip().startswith("sound_cue:"))
    edited = tmp_path / "edited.yaml"
    edited.write_text(text.replace(line, "  sound_cue: rain on still water, far thunder", 1))

    run_in(home, "screenplay", "apply", "gyarados", str(edited))
    again = run_in(home, "animatic", "gyarados")

    assert again.returncode == 0, again.stderr
    assert before.id == _take(sketched, "gyarados").id
    assert _take(home, "gyarados").id != before.id


def test_a_paid_writer_is_not_sent_to_work_by_a_sketch(pokegeo: Terminal) -> None:
    told = pokegeo("animatic", "haunter", **KEYS)

    assert told.returncode != 0
    assert "--write" in told.stderr and "gemini" in told.stderr


def test_a_sketch_is_finished_as_the_film_will_be(sketched: Path, tmp_path: Path, run_in: Terminal) -> None:
    home = tmp_path / "studio"
    copy_studio(sketched, home)
    Image.new("RGBA", (64, 64), (255, 255, 255, 128)).save(tmp_path / "mark.png")
    studio, plain = open_studio(home), _take(home, "gyarados")
    brief = studio.db.brief("gyarados")
    assert brief is not None
    mark = str(tmp_path / "mark.png")
    finish = Finishing(title_card=True, end_card=True, music=True, watermark=mark, cross_fade_s=0.5)
    studio.db.save_brief(finish.put_on(studio, brief))

    done = run_in(home, "animatic", "gyarados")

    assert done.returncode == 0, done.stderr
    slate, film = _take(home, "gyarados").slate, home / "films" / "gyarados" / "animatic.mp4"
    assert [cut["clip"] for cut in slate["cuts"]] == ["title", "clip_01", "clip_02", "clip_03", "end"]
    assert slate["frames"] - plain.slate["frames"] == 24 * (4.5 + 6)
    assert decode_all(film) == slate["frames"]
