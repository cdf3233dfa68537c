"""What only a folder can suffer: full disks, closed folders, links, and a kill at any instant."""

import errno
import json
import os
import subprocess
import sys
import time

import pytest

from pokegeo_dagster.film.errors import MediaDamaged, StoreUnavailable
from pokegeo_dagster.storage import folder_store
from pokegeo_dagster.storage.folder_store import LEFTOVER_AGE_S, FolderStore
from pokegeo_dagster.storage.keys import media_key

CLIP = media_key("haunter", "clip", "clip_05", "ab" * 32, "mp4")


@pytest.fixture
def root(tmp_path):
    return tmp_path / "media"


@pytest.fixture
def reel(tmp_path):
    path = tmp_path / "reel.mp4"
    path.write_bytes(b"take" * 50_000)
    return path


KILLS = """
import json, os, signal, sys
from pathlib import Path
from pokegeo_dagster.storage.folder_store import FolderStore

key, reel, home = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
steps = ("open", "fsync", "replace", "link", "unlink", "mkdir")
seen = []
for cut in range(1, 100):
    child = os.fork()
    if not child:
        left = cut
        def counted(real):
            def step(*args, **kwargs):
                global left
                left -= 1
                if not left:
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(*args, **kwargs)
            return step
        for name in steps:
            setattr(os, name, counted(getattr(os, name)))
        FolderStore(home / str(cut)).put(key, reel, "video/mp4")
        os._exit(0)
    _, status = os.waitpid(child, 0)
    store = FolderStore(home / str(cut))
    before = store.head(key)
    whole = before is None or store.open_local(key).read_bytes() == reel.read_bytes()
    listed = store.list() == ([] if before is None else [key])
    store.put(key, reel, "video/mp4")
    healed = store.open_local(key).read_bytes() == reel.read_bytes()
    seen.append([status, before is not None, whole, listed, healed])
    if status == 0:
        break
print(json.dumps(seen))
"""


def test_a_kill_at_any_step_leaves_the_whole_take_or_none(tmp_path, reel):
    ran = subprocess.run(
        [sys.executable, "-c", KILLS, CLIP, str(reel), str(tmp_path)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    cuts = json.loads(ran.stdout)

    assert len(cuts) > 20  # the steps of one put
    assert [status for status, *_ in cuts] == [9] * (len(cuts) - 1) + [0]
    assert all(whole and listed and healed for _, _, whole, listed, healed in cuts)
    visible = [there for _, there, *_ in cuts]
    assert visible == sorted(visible), "once visible, it stays"


def test_the_record_is_on_the_disk_before_the_take_can_be_seen(root, reel, monkeypatch):
    seen, link = [], os.link

    def look(source, target):
        seen.append((root / ".meta" / f"{CLIP}.json").exists())
        link(source, target)

    monkeypatch.setattr(os, "link", look)
    FolderStore(root).put(CLIP, reel, "video/mp4")

    assert seen == [True]


def test_a_disk_without_links_is_good_enough(root, reel, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    store = FolderStore(root)

    ref = store.put(CLIP, reel, "video/mp4")

    assert store.head(CLIP) == ref
    assert list((root / ".tmp").iterdir()) == []


@pytest.mark.parametrize("kernel_copy", [True, False])
def test_a_take_is_copied_whole_with_or_without_the_kernels_help(root, reel, monkeypatch, kernel_copy):
    if not kernel_copy:
        monkeypatch.delattr(os, "copy_file_range", raising=False)

    FolderStore(root).put(CLIP, reel, "video/mp4")

    assert (root / CLIP).read_bytes() == reel.read_bytes()
    assert list((root / ".tmp").iterdir()) == []
    assert os.stat(root / CLIP).st_ino != os.stat(reel).st_ino


def test_a_full_disk_is_said_and_nothing_is_half_stored(root, reel, monkeypatch):
    def fill(source, target):
        target.write(source.read(1000))
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(folder_store, "_copy", fill)
    store = FolderStore(root)

    with pytest.raises(StoreUnavailable, match=r"full disk: nothing was stored\. Free some space"):
        store.put(CLIP, reel, "video/mp4")
    assert (store.head(CLIP), store.list(), list((root / ".tmp").iterdir())) == (None, [], [])


def test_a_take_that_is_there_needs_no_room(root, reel, monkeypatch):
    store = FolderStore(root)
    ref = store.put(CLIP, reel, "video/mp4")
    monkeypatch.setattr(folder_store, "_copy", None)

    assert store.put(CLIP, reel, "video/mp4") == ref


def test_a_path_that_is_no_folder_is_told_apart_from_a_closed_one(tmp_path):
    (tmp_path / "file").write_text("not a folder")

    with pytest.raises(StoreUnavailable, match=r"path is not made of folders\. Set POKEGEO_MEDIA"):
        FolderStore(tmp_path / "file" / "media").probe_writable()


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs users")
def test_a_closed_folder_is_said_at_the_start(root, monkeypatch):
    root.mkdir()
    root.chmod(0o500)
    root.parent.chmod(0o755)
    if os.geteuid() == 0:  # root is never refused: ask as someone who is
        real = os.mkdir

        def mkdir(path, *args, **kwargs):
            if str(path).startswith(str(root)):
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return real(path, *args, **kwargs)

        monkeypatch.setattr(os, "mkdir", mkdir)

    with pytest.raises(StoreUnavailable, match="closed to this user: allow writing there"):
        FolderStore(root).probe_writable()


def test_a_good_folder_is_probed_without_a_trace(root):
    FolderStore(root).probe_writable()

    assert [path for path in root.rglob("*") if path.is_file()] == []


def test_leftovers_of_crashes_go_after_a_day_and_no_sooner(root):
    store = FolderStore(root)
    store.probe_writable()
    old, young = root / ".tmp" / "old", root / ".tmp" / "young"
    for path, age_s in ((old, LEFTOVER_AGE_S + 60), (young, LEFTOVER_AGE_S - 600)):
        path.write_bytes(b"half a take")
        os.utime(path, (time.time() - age_s,) * 2)

    store.probe_writable()

    assert (old.exists(), young.exists()) == (False, True)


def test_a_take_is_checked_once_until_it_changes(root, reel, monkeypatch):
    FolderStore(root).put(CLIP, reel, "video/mp4")
    checked, check = [], folder_store.sha256_of
    monkeypatch.setattr(folder_store, "sha256_of", lambda path: checked.append(path) or check(path))
    store = FolderStore(root)

    for _ in range(3):
        store.open_local(CLIP)
    assert len(checked) == 1
    (root / CLIP).write_bytes(b"fake" * 50_000)
    with pytest.raises(MediaDamaged, match="changed since"):
        store.open_local(CLIP)


def test_no_link_leads_a_reader_out_of_the_store(tmp_path, root, reel):
    store = FolderStore(root)
    store.put(CLIP, reel, "video/mp4")
    secret = tmp_path / "secret"
    secret.write_bytes(reel.read_bytes())
    (root / CLIP).unlink()
    (root / CLIP).symlink_to(secret)

    for read in (store.open_local, store.read_bytes, store.stream, store.head):
        with pytest.raises(MediaDamaged, match="not a plain file inside the store"):
            read(CLIP)
    store.put(CLIP, reel, "video/mp4")
    assert store.open_local(CLIP).is_symlink() is False
    assert secret.exists()


def test_no_linked_folder_leads_a_reader_out_of_the_store(tmp_path, root, reel):
    FolderStore(root).put(CLIP, reel, "video/mp4")
    (root / CLIP).parent.rename(tmp_path / "moved")
    (root / CLIP).parent.symlink_to(tmp_path / "moved")

    with pytest.raises(MediaDamaged, match="not a plain file inside the store"):
        FolderStore(root).open_local(CLIP)


def test_no_link_leads_a_writer_out_of_the_store(tmp_path, root, reel):
    outside = tmp_path / "outside"
    (root / "episodes").mkdir(parents=True)
    outside.mkdir()
    (root / "episodes" / "haunter").symlink_to(outside)

    with pytest.raises(StoreUnavailable, match="is a link, so nothing is written there"):
        FolderStore(root).put(CLIP, reel, "video/mp4")
    assert [path for path in outside.rglob("*") if path.is_file()] == []


def test_a_store_may_itself_be_reached_through_a_link(tmp_path, root, reel):
    root.mkdir()
    (tmp_path / "link").symlink_to(root)

    ref = FolderStore(tmp_path / "link").put(CLIP, reel, "video/mp4")

    assert FolderStore(root).head(CLIP) == ref


def test_a_source_that_is_not_there_is_the_callers_problem(root, tmp_path):
    with pytest.raises(FileNotFoundError):
        FolderStore(root).put(CLIP, tmp_path / "no.mp4", "video/mp4")
