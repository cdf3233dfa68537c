"""The hand-over: a finished film leaves the house with everything another house needs, or not at all."""

import csv
import json
import subprocess
from pathlib import Path

import opentimelineio as otio
import pytest

from pokegeo_dagster.providers.bench.credentials import prove
from pokegeo_dagster.providers.bench.probe import probe
from pokegeo_dagster_tests.certificates import write_chain
from pokegeo_dagster_tests.studios import copy_studio, run_pokegeo

FILM = "haunter_final"


def _names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def signed_pack(rehearsal: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole pack of the six-clip haunter, its captions burnt in, by a studio with a certificate."""
    out = tmp_path_factory.mktemp("handover") / "pack"
    papers = write_chain(tmp_path_factory.mktemp("certificate"))
    home = out.with_name("studio")  # a pack makes the vertical cut, which others do not expect
    copy_studio(rehearsal, home)
    done = run_pokegeo(home, "export", "haunter", str(out), "--pack", "--burn-captions", **papers)
    assert done.returncode == 0, done.stderr
    assert "Signed by Haunter Studio" in done.stdout
    return out


def test_a_pack_holds_everything_another_house_asks_for(signed_pack: Path) -> None:
    names = _names(signed_pack)

    assert {
        "haunter_final.mp4", "haunter_captioned.mp4", "haunter_vertical.mp4", "haunter_final.srt",
        "haunter_final.vtt", "qc_report.html", "qc_report.json",
        "haunter_final.otio", "haunter_final.edl", "haunter_final.fcpxml", "assembly_manifest.json",
        "stems/narration.wav", "stems/effects.wav", "stems/clips/clip_06_narration.wav",
        "stems/clips/clip_06_effects.wav", "posters/film.jpg", "posters/clip_06.jpg", "cost_sheet.csv",
        "provenance.csv", "cue_sheet.csv", "script.txt", "pokegeo.sha256", "videos/clip_06.mp4",
    } <= names  # fmt: skip
    assert not [name for name in names if Path(name).name.startswith(".")]
    checked = subprocess.run(["sha256sum", "--quiet", "-c", "pokegeo.sha256"], cwd=signed_pack)
    assert checked.returncode == 0
    listed = {line.split("  ", 1)[1] for line in (signed_pack / "pokegeo.sha256").read_text().splitlines()}
    assert listed == names - {"pokegeo.sha256"}


def test_every_film_and_poster_of_a_pack_is_signed_and_the_studios_own_are_not(
    signed_pack: Path, rehearsal: Path
) -> None:
    out = [path for path in signed_pack.rglob("*") if path.suffix in (".mp4", ".jpg")]

    signed = {path.relative_to(signed_pack).parts[0] for path in out if prove(path) == "Valid"}
    films = {"haunter_final.mp4", "haunter_captioned.mp4", "haunter_vertical.mp4"}
    assert films | {"posters"} <= signed and "videos" not in signed
    assert all(prove(path) == "Valid" for path in (signed_pack / "posters").iterdir())
    assert prove(rehearsal / "films" / "haunter" / "haunter_final.mp4") is None


def test_the_timeline_of_a_pack_renders_the_film_again_to_the_byte(
    signed_pack: Path, rehearsal: Path, run_in, tmp_path: Path
) -> None:
    done = run_in(rehearsal, "recut", str(signed_pack / f"{FILM}.otio"), str(tmp_path / "again.mp4"))

    assert done.returncode == 0, done.stderr
    film = rehearsal / "films" / "haunter" / "haunter_final.mp4"
    assert (tmp_path / "again.mp4").read_bytes() == film.read_bytes()
    twice = run_in(rehearsal, "recut", str(signed_pack / f"{FILM}.otio"), str(tmp_path / "again.mp4"))
    assert twice.returncode == 2 and "is there already" in twice.stderr


def test_every_file_that_the_timeline_names_is_in_the_pack(signed_pack: Path) -> None:
    timeline = otio.adapters.read_from_file(str(signed_pack / f"{FILM}.otio"))
    manifest = json.loads((signed_pack / "assembly_manifest.json").read_text())

    urls = {clip.media_reference.target_url for clip in timeline.find_clips()}
    assert len(urls) == 18 and urls <= _names(signed_pack)
    assert timeline.duration().value == manifest["frames"] == probe(signed_pack / f"{FILM}.mp4").frames


def test_the_captions_are_the_narration_word_for_word(signed_pack: Path) -> None:
    blocks = (signed_pack / f"{FILM}.srt").read_text(encoding="utf-8").strip().split("\n\n")
    manifest = json.loads((signed_pack / "assembly_manifest.json").read_text())

    said = " ".join(" ".join(block.split("\n")[2:]) for block in blocks)
    assert said == " ".join(" ".join(clip["narration"].split()) for clip in manifest["clips"])


def test_the_papers_name_every_piece_of_the_film(signed_pack: Path) -> None:
    origins, costs = _rows(signed_pack / "provenance.csv"), _rows(signed_pack / "cost_sheet.csv")

    pieces = {(row["asset"], row["piece"]) for row in origins}
    assert {("clip", f"clip_0{n}") for n in range(1, 7)} <= pieces and ("final_cut", "film") in pieces
    clips = [row for row in origins if row["asset"] == "clip"]
    assert all(row["prompt"] and len(row["recipe"]) == 64 and row["made by"] == "house" for row in clips)
    assert {row["author"] for row in clips} == {"machine"}
    assert {(row["asset"], row["piece"]) for row in costs[:-4]} == pieces
    assert [row["charged USD"] for row in costs if row["asset"] == "total"] == ["0.000000"]


# --- what cannot be handed over ----------------------------------------------------------------


def test_a_film_that_is_not_up_to_date_is_not_handed_over(rehearsal: Path, run_in, tmp_path: Path) -> None:
    home, out = tmp_path / "studio", tmp_path / "pack"
    copy_studio(rehearsal, home)
    clip = next((home / "media" / "episodes" / "haunter" / "clip" / "clip_05").glob("*.mp4"))
    clip.write_bytes(clip.read_bytes()[:-1000])

    done = run_in(home, "export", "haunter", str(out), "--pack")

    assert done.returncode == 2, done.stderr
    assert "haunter is not ready to be handed over: clip clip_05 damaged" in done.stderr
    assert "pokegeo produce" in done.stderr and not out.exists()


def test_an_expired_certificate_is_told_before_anything_is_written(
    rehearsal: Path, run_in, tmp_path: Path
) -> None:
    done = run_in(rehearsal, "export", "haunter", str(tmp_path / "out"), **write_chain(tmp_path, (-9, -1)))

    assert done.returncode == 2 and "Renew it" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_changed_file_of_an_earlier_export_is_not_overwritten_silently(
    rehearsal: Path, run_in, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert run_in(rehearsal, "export", "gyarados", str(out)).returncode == 0
    assert run_in(rehearsal, "export", "gyarados", str(out)).returncode == 0  # what is ours is replaced
    (out / "02_story_script.md").write_text("my own notes")

    done = run_in(rehearsal, "export", "gyarados", str(out))

    assert done.returncode == 2 and "02_story_script.md" in done.stderr and "--overwrite" in done.stderr
    assert (out / "02_story_script.md").read_text() == "my own notes"


def test_an_episode_that_was_never_written_has_nothing_to_export(
    rehearsal: Path, run_in, tmp_path: Path
) -> None:
    done = run_in(rehearsal, "export", "mew", str(tmp_path / "out"))

    assert done.returncode == 2 and "no episode 'mew'" in done.stderr
    assert not (tmp_path / "out").exists()
