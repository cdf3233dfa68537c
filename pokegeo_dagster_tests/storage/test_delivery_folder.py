"""A delivery folder: all of it or nothing, and nobody else's file is touched."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pokegeo_dagster.film.errors import StoreUnavailable
from pokegeo_dagster.storage import delivery_folder
from pokegeo_dagster.storage.delivery_folder import LIST, DeliveryFolder, FolderInUse


def deliver(directory: Path, overwrite: bool = False, **files: str) -> None:
    with DeliveryFolder(directory, overwrite) as folder:
        folder.make_room(files, sum(map(len, files.values())))
        for name, text in files.items():
            folder.write(name, text)
        folder.place()


def holds(directory: Path) -> dict[str, str]:
    files = (path for path in directory.rglob("*") if path.is_file() and path.name != LIST)
    return {str(path.relative_to(directory)): path.read_text() for path in files}


def test_what_is_placed_is_there_and_listed_with_its_digest(tmp_path: Path):
    source = tmp_path / "clip.mp4"
    source.write_bytes(os.urandom(700_000))
    out = tmp_path / "new" / "folder"

    with DeliveryFolder(out) as folder:
        folder.copy("videos/clip.mp4", source)
        folder.write("script.txt", "It waits.")
        folder.place()

    assert (out / "videos" / "clip.mp4").read_bytes() == source.read_bytes()
    checked = subprocess.run(["sha256sum", "-c", LIST], cwd=out, capture_output=True, text=True)
    assert checked.stdout.splitlines() == ["script.txt: OK", "videos/clip.mp4: OK"]
    assert sorted(path.name for path in out.iterdir()) == [LIST, "script.txt", "videos"]


def test_the_next_delivery_replaces_what_the_last_one_put_there(tmp_path: Path):
    deliver(tmp_path, film="first", script="a")

    deliver(tmp_path, film="second")

    assert holds(tmp_path) == {"film": "second", "script": "a"}
    deliver(tmp_path, script="b")  # still known as ours
    assert holds(tmp_path) == {"film": "second", "script": "b"}


@pytest.mark.parametrize("how", ["never ours", "changed since"])
def test_a_file_of_the_users_is_not_overwritten_unless_asked(how: str, tmp_path: Path):
    if how == "changed since":
        deliver(tmp_path, film="ours", script="ours")
    (tmp_path / "film").write_text("the user's own")
    before = holds(tmp_path)

    with pytest.raises(FolderInUse, match=r"film\. Nothing was written.*--overwrite"):
        deliver(tmp_path, film="new", script="new")

    assert holds(tmp_path) == before
    deliver(tmp_path, overwrite=True, film="new", script="new")
    assert holds(tmp_path) == {"film": "new", "script": "new"}


def test_other_files_in_the_folder_are_left_alone(tmp_path: Path):
    (tmp_path / "holiday.jpg").write_text("mine")

    deliver(tmp_path, film="new")

    assert holds(tmp_path) == {"holiday.jpg": "mine", "film": "new"}
    assert "holiday" not in (tmp_path / LIST).read_text()


def test_a_folder_in_the_place_of_a_file_is_not_overwritten(tmp_path: Path):
    (tmp_path / "film").mkdir()

    with pytest.raises(FolderInUse):
        deliver(tmp_path, film="new")


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path):
    (tmp_path / "out").write_text("mine")

    with pytest.raises(FolderInUse, match="is a file"):
        deliver(tmp_path / "out", film="new")


def test_a_disk_without_room_is_told_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    usage = shutil._ntuple_diskusage(2**40, 2**40 - 2**24, 2**24)  # type: ignore[attr-defined]
    monkeypatch.setattr(delivery_folder.shutil, "disk_usage", lambda path: usage)

    with (
        pytest.raises(StoreUnavailable, match="room for 16 MB and 1,024 MB are to be written"),
        DeliveryFolder(tmp_path / "out") as folder,
    ):
        folder.make_room(["film"], 2**30)

    assert not (tmp_path / "out").exists()


def test_a_disk_that_fills_up_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    deliver(tmp_path, film="first")

    def full(path: Path) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(delivery_folder, "sha256_of", full)
    with pytest.raises(StoreUnavailable, match="the disk is full"), DeliveryFolder(tmp_path) as folder:
        folder.write("film", "second")
    assert holds(tmp_path) == {"film": "first"}


def test_a_delivery_that_stops_leaves_nothing(tmp_path: Path):
    def stopped() -> None:
        with DeliveryFolder(tmp_path / "out") as folder:
            folder.write("film", "half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()

    assert not (tmp_path / "out").exists()


def test_a_delivery_killed_as_it_moves_its_files_in_is_finished_by_the_next(tmp_path: Path):
    """The files it had moved are not taken for the user's: its own list, left behind, says whose they are."""
    deliver(tmp_path, film="first", script="first")
    killed = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from pokegeo_dagster.storage.delivery_folder import DeliveryFolder\n"
        "moved, replace = [], os.replace\n"
        "def mortal(a, b):\n"
        "    if moved: os.kill(os.getpid(), 9)\n"
        "    moved.append(b); replace(a, b)\n"
        "os.replace = mortal\n"
        "with DeliveryFolder(Path(sys.argv[1])) as folder:\n"
        "    folder.write('film', 'second'); folder.write('script', 'second'); folder.place()\n"
    )
    done = subprocess.run([sys.executable, "-c", killed, str(tmp_path)], env={"PYTHONPATH": os.getcwd()})
    assert done.returncode == -9
    assert (tmp_path / "film").read_text() == "second"

    deliver(tmp_path, film="third", script="third")

    assert holds(tmp_path) == {"film": "third", "script": "third"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["film", LIST, "script"]


def test_two_deliveries_to_one_folder_do_not_mix(tmp_path: Path):
    with DeliveryFolder(tmp_path) as folder:
        folder.write("film", "first")
        with pytest.raises(FolderInUse, match="Another export"), DeliveryFolder(tmp_path):
            pass
        folder.place()

    assert holds(tmp_path) == {"film": "first"}
