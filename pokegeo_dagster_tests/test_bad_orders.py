"""Bad orders: one line that says what to do, an exit code, and nothing lost."""

from pathlib import Path

import pytest

from pokegeo_dagster_tests.studios import BARE


def _one_line(done, *words: str, code: int) -> None:
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in lines[0], lines[0]


def test_an_unknown_species_gets_the_closest_names_and_writes_nothing(pokegeo, tmp_path: Path) -> None:
    done = pokegeo("produce", "hauntr")

    _one_line(done, "hauntr", "haunter", code=2)
    assert not (tmp_path / "studio").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("produce", "haunter", "--clips", "0"), "1 to 24"),
        (("produce", "haunter", "--clips", "25"), "1 to 24"),
        (("produce", "haunter", "--episode", "Ep 1/../x"), "hyphens"),
        (("produce", "haunter", "--seed", "-1"), "Seed"),
        (("produce", "haunter", "--profile", "huge"), "rehearsal"),
        (("redo", "haunter", "99"), "1 to 24"),
    ],
)
def test_an_order_out_of_range_is_refused_before_anything_is_written(
    pokegeo, tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    _one_line(pokegeo(*words), told, code=2)
    assert not (tmp_path / "studio").exists()


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path, run_in) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")

    _one_line(run_in(blocked, "produce", "haunter"), str(blocked), "POKEGEO_HOME", code=1)


def test_a_full_disk_is_told_and_nothing_half_made_is_kept(tmp_path: Path, run_in, rehearsal: Path) -> None:
    """/dev/full cannot stand in for a folder, so the file size limit does: a write past it fails the
    same way in the middle of a file."""
    import resource
    import subprocess
    import sys

    home = tmp_path / "studio"
    done = subprocess.run(
        [sys.executable, "-m", "pokegeo_dagster.cli", "produce", "haunter", "--clips", "2", "--profile",
         "rehearsal"],
        env={**BARE, "POKEGEO_HOME": str(home)},
        capture_output=True,
        text=True,
        cwd=Path(__file__).resolve().parents[1],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000)),
    )  # fmt: skip

    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    again = run_in(home, "produce", "haunter")
    assert again.returncode == 0, again.stderr


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"POKEGEO_DATABASE_URL": "postgresql://nobody:secret@127.0.0.1:9/none"}, "127.0.0.1"),
        ({"POKEGEO_DATABASE_URL": "mysql://x"}, "POKEGEO_DATABASE_URL"),
        ({"POKEGEO_MEDIA": "ftp://somewhere"}, "POKEGEO_MEDIA"),
        (
            {
                "POKEGEO_MEDIA": "s3://bucket/prefix",
                "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
                "AWS_ACCESS_KEY_ID": "me",
                "AWS_SECRET_ACCESS_KEY": "secret",
            },
            "127.0.0.1:9",
        ),
    ],
)
def test_a_wrong_setting_is_told_without_its_secret(pokegeo, settings: dict[str, str], told: str) -> None:
    done = pokegeo("produce", "haunter", "--clips", "1", "--profile", "rehearsal", **settings)

    assert done.returncode in (1, 2)
    _one_line(done, told, code=done.returncode)
    assert "secret" not in done.stderr


def test_an_order_that_contradicts_the_brief_on_file_is_refused(rehearsal: Path, run_in) -> None:
    done = run_in(rehearsal, "produce", "haunter", "--clips", "9")

    _one_line(done, "already ordered", "--episode haunter-2", code=2)


def test_an_edited_screenplay_with_a_mistake_is_not_taken_in(rehearsal: Path, tmp_path: Path, run_in) -> None:
    good = run_in(rehearsal, "screenplay", "show", "haunter").stdout
    file = tmp_path / "edited.yaml"
    file.write_text(good.replace("framing: ", "framing: sideways_", 1))

    done = run_in(rehearsal, "screenplay", "apply", "haunter", str(file))

    _one_line(done, "edited.yaml", "framing", code=2)


def test_a_traceback_is_shown_only_when_asked_for(pokegeo) -> None:
    assert "Traceback" in pokegeo("produce", "hauntr", "--debug").stderr
