"""What only a bucket can suffer, and the folder that its files are fetched into."""

import os
import time

import pytest

from pokegeo_dagster.film.errors import StoreUnavailable
from pokegeo_dagster.storage import _fetched_files, s3_store
from pokegeo_dagster.storage._fetched_files import FetchedFiles
from pokegeo_dagster.storage.keys import media_key
from pokegeo_dagster.storage.media_store import open_media_store, sha256_of
from pokegeo_dagster.storage.settings import StudioSettings

CLIP = media_key("haunter", "clip", "clip_05", "ab" * 32, "mp4")


def opened(s3, tmp_path, **changes):
    return open_media_store(StudioSettings.from_env(s3.environ | changes, tmp_path))


@pytest.fixture
def reel(tmp_path):
    path = tmp_path / "reel.mp4"
    path.write_bytes(b"take" * 1000)
    return path


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"POKEGEO_MEDIA": "s3://no-such-bucket"}, "has no bucket 'no-such-bucket': create it"),
        ({"AWS_SECRET_ACCESS_KEY": "hush-hush"}, "refused these credentials .*check AWS_ACCESS_KEY_ID"),
        ({"AWS_ACCESS_KEY_ID": "nobody"}, "refused these credentials .*check AWS_ACCESS_KEY_ID"),
        (
            {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9"},
            "does not answer .*AWS_ENDPOINT_URL_S3 is its address",
        ),
    ],
)
def test_a_bad_bucket_is_said_in_one_line_before_any_work(s3, tmp_path, reel, changes, told):
    store = opened(s3, tmp_path, **changes)

    uses = [
        store.probe_writable,
        lambda: store.head(CLIP),
        lambda: store.put(CLIP, reel, "video/mp4"),
        store.list,
    ]
    for use in uses:
        with pytest.raises(StoreUnavailable, match=told) as refusal:
            use()
        assert "\n" not in str(refusal.value)
        assert "hush-hush" not in str(refusal.value)
        assert s3.secret_key not in str(refusal.value)


def test_a_good_bucket_is_probed_without_a_trace(s3, tmp_path):
    opened(s3, tmp_path, POKEGEO_MEDIA=f"s3://{s3.bucket}/probed").probe_writable()

    assert "Contents" not in s3.client().list_objects_v2(Bucket=s3.bucket, Prefix="probed")


def test_parts_of_uploads_that_broke_off_go_after_a_day_and_no_sooner(s3, tmp_path, monkeypatch):
    place = {"Bucket": s3.bucket, "Key": f"broken/{CLIP}"}
    s3.client().create_multipart_upload(**place)
    store = opened(s3, tmp_path, POKEGEO_MEDIA=f"s3://{s3.bucket}/broken")

    def left():
        return s3.client().list_multipart_uploads(Bucket=s3.bucket, Prefix="broken/").get("Uploads", [])

    store.probe_writable()
    assert len(left()) == 1
    monkeypatch.setattr(s3_store, "LEFTOVER_AGE", -s3_store.LEFTOVER_AGE)
    store.probe_writable()
    assert left() == []


def test_a_take_is_fetched_once_and_again_only_when_its_copy_is_spoilt(s3, tmp_path, reel, monkeypatch):
    environ = {"POKEGEO_MEDIA": f"s3://{s3.bucket}/fetched"}
    opened(s3, tmp_path, **environ).put(CLIP, reel, "video/mp4")
    store, fetched = opened(s3, tmp_path, **environ), []
    fetch = store._client.download_file
    monkeypatch.setattr(store._client, "download_file", lambda *a, **k: fetched.append(a) or fetch(*a, **k))

    copy = store.open_local(CLIP)
    assert store.open_local(CLIP) == copy
    assert len(fetched) == 1
    copy.write_bytes(b"fake" * 1000)
    assert store.open_local(CLIP).read_bytes() == reel.read_bytes()
    assert len(fetched) == 2


def test_another_process_uses_the_copies_that_are_there(s3, tmp_path, reel, monkeypatch):
    environ = {"POKEGEO_MEDIA": f"s3://{s3.bucket}/shared"}
    first = opened(s3, tmp_path, **environ)
    first.put(CLIP, reel, "video/mp4")
    copy = first.open_local(CLIP)
    second = opened(s3, tmp_path, **environ)
    monkeypatch.setattr(second._client, "download_file", None)

    assert second.open_local(CLIP) == copy


def test_fetched_files_make_room_for_new_ones_the_longest_unused_first(tmp_path, monkeypatch):
    monkeypatch.setattr(_fetched_files, "IN_USE_S", 60)
    files = FetchedFiles(tmp_path / "cache", kept_bytes=250)

    def fetch(n):
        data = bytes([n]) * 100
        source = tmp_path / f"{n}"
        source.write_bytes(data)
        return files.path(sha256_of(source), "bin", 100, lambda target: target.write_bytes(data))

    paths = [fetch(n) for n in range(2)]
    for path, ago_s in zip(paths, (7000, 9000), strict=True):
        os.utime(path, (time.time() - ago_s,) * 2)
    newest = fetch(2)

    assert [path.exists() for path in (*paths, newest)] == [True, False, True]
    assert all(path.exists() for path in [fetch(n) for n in range(3, 6)]), "what is in use stays"


def test_a_fetch_that_breaks_off_leaves_nothing_to_use(tmp_path):
    files = FetchedFiles(tmp_path / "cache")

    def break_off(target):
        target.write_bytes(b"half")
        raise StoreUnavailable("weather")

    with pytest.raises(StoreUnavailable):
        files.path("ab" * 32, "mp4", 8, break_off)
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []


def test_no_key_is_shown_by_the_store_or_its_settings(s3, tmp_path):
    settings = StudioSettings.from_env(s3.environ, tmp_path)

    shown = f"{settings!r} {settings} {settings.s3!r} {open_media_store(settings)!r}"

    assert s3.secret_key not in shown
    assert f"s3://{s3.bucket}/studio" in shown
