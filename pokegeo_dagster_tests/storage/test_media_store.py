"""What every media store promises, asked of a folder and of a real S3 server."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from pokegeo_dagster.film.errors import MediaDamaged, MediaMissing
from pokegeo_dagster.storage.keys import MediaKeyInvalid, media_key
from pokegeo_dagster.storage.media_store import KeyTaken, MediaRef

CLIP = media_key("haunter", "clip", "clip_05", "ab" * 32, "mp4")
POSTER = media_key("haunter", "clip", "clip_05", "ab" * 32, "jpg", "poster")
FILM = media_key("haunter", "final_cut", None, "cd" * 32, "mp4")
OTHER = media_key("haunter-2", "clip", "clip_05", "ab" * 32, "mp4")


@pytest.fixture
def reel(tmp_path):
    """Makes source files outside the store."""

    def write(data, name="reel.bin"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


def test_what_was_put_comes_back_by_every_door(store, reel):
    data = bytes(range(256)) * 5000

    ref = store.put(CLIP, reel(data), "video/mp4")

    assert ref == MediaRef(CLIP, len(data), hashlib.sha256(data).hexdigest(), "video/mp4")
    assert store.head(CLIP) == ref
    assert store.read_bytes(CLIP) == data
    assert store.open_local(CLIP).read_bytes() == data
    assert b"".join(store.stream(CLIP)) == data
    assert b"".join(store.stream(CLIP, 300_000, 300_010)) == data[300_000:300_010]
    assert b"".join(store.stream(CLIP, len(data) - 3)) == data[-3:]
    assert b"".join(store.stream(CLIP, len(data))) == b""
    assert b"".join(store.stream(CLIP, 5, 10**9)) == data[5:]


def test_an_empty_file_is_a_file(store, reel):
    ref = store.put(CLIP, reel(b""), "text/plain")

    assert (ref.size, store.head(CLIP), store.read_bytes(CLIP)) == (0, ref, b"")
    assert list(store.stream(CLIP)) == []
    assert store.open_local(CLIP).stat().st_size == 0


def test_a_film_larger_than_one_part_is_stored_whole(store, reel):
    data = os.urandom(1 << 20) * 20

    ref = store.put(FILM, reel(data), "video/mp4")

    assert store.head(FILM) == ref
    assert hashlib.sha256(store.open_local(FILM).read_bytes()).hexdigest() == ref.sha256


def test_the_store_keeps_its_own_copy(store, reel):
    source = reel(b"take one")
    store.put(CLIP, source, "video/mp4")

    source.write_bytes(b"changed by its owner")

    assert store.read_bytes(CLIP) == b"take one"


def test_the_same_bytes_may_be_put_again(place, store, reel):
    first = store.put(CLIP, reel(b"take"), "video/mp4")

    assert store.put(CLIP, reel(b"take"), "video/mp4") == first
    assert place.open().put(CLIP, reel(b"take"), "video/mp4") == first


def test_other_bytes_never_overwrite_a_take(place, store, reel):
    store.put(CLIP, reel(b"take one"), "video/mp4")

    for writer in (store, place.open()):
        with pytest.raises(KeyTaken, match="already holds other bytes"):
            writer.put(CLIP, reel(b"take two"), "video/mp4")

    assert store.read_bytes(CLIP) == b"take one"


def test_of_sixteen_writers_racing_for_a_key_one_wins(place, reel):
    takes = [reel(f"take {n}".encode() * 1000, f"{n}.bin") for n in range(16)]
    stores = [place.open() for _ in range(2)]

    def race(n):
        try:
            return stores[n % 2].put(CLIP, takes[n], "video/mp4")
        except KeyTaken:
            return None

    with ThreadPoolExecutor(16) as pool:
        won = [ref for ref in pool.map(race, range(16)) if ref]

    assert len(won) == 1
    assert stores[0].head(CLIP) == won[0]
    assert hashlib.sha256(stores[0].read_bytes(CLIP)).hexdigest() == won[0].sha256


def test_sixteen_writers_of_the_same_bytes_all_succeed(place, reel):
    take, stores = reel(b"take" * 5000), [place.open() for _ in range(2)]

    with ThreadPoolExecutor(16) as pool:
        refs = set(pool.map(lambda n: stores[n % 2].put(CLIP, take, "video/mp4"), range(16)))

    assert refs == {stores[0].head(CLIP)}


def test_what_is_missing_is_named_with_its_remedy(store):
    assert store.head(CLIP) is None
    for read in (store.open_local, store.read_bytes, store.stream):
        with pytest.raises(MediaMissing, match=r"clip_05.*pokegeo redo haunter clip_05 --what clip"):
            read(CLIP)


def test_a_truncated_take_is_noticed_by_its_size(place, store, reel):
    store.put(CLIP, reel(b"a whole take"), "video/mp4")
    place.overwrite(CLIP, b"a who")

    for look in (store.head, store.open_local, store.read_bytes, place.open().open_local):
        with pytest.raises(MediaDamaged, match=r"5 bytes instead of 12.*pokegeo redo haunter"):
            look(CLIP)


def test_a_changed_byte_is_noticed_before_anyone_films_with_it(place, store, reel):
    store.put(CLIP, reel(b"a whole take"), "video/mp4")
    place.overwrite(CLIP, b"a whole fake")

    for look in (place.open().open_local, place.open().read_bytes, store.read_bytes):
        with pytest.raises(MediaDamaged, match="clip_05"):
            look(CLIP)


@pytest.mark.parametrize(
    ("harm", "keep_record"), [(b"a who", True), (b"a whole fake", True), (b"a whole take", False)]
)
def test_a_put_repairs_what_is_damaged(place, store, reel, harm, keep_record):
    ref = store.put(CLIP, reel(b"a whole take"), "video/mp4")
    place.overwrite(CLIP, harm, keep_record=keep_record)

    again = place.open().put(CLIP, reel(b"a whole take"), "video/mp4")

    assert again == ref == place.open().head(CLIP)
    assert place.open().open_local(CLIP).read_bytes() == b"a whole take"


def test_a_take_without_its_record_is_damaged_not_guessed_at(place, store, reel):
    store.put(CLIP, reel(b"take"), "video/mp4")
    place.overwrite(CLIP, b"take", keep_record=False)

    with pytest.raises(MediaDamaged, match="record"):
        store.head(CLIP)


def test_a_list_holds_exactly_the_keys_that_begin_so(store, reel):
    for key in (FILM, OTHER, POSTER, CLIP):
        store.put(key, reel(key.encode()), "video/mp4")
    store.probe_writable()

    assert store.list() == sorted([CLIP, POSTER, FILM, OTHER])
    assert store.list("episodes/haunter/") == sorted([CLIP, POSTER, FILM])
    assert store.list("episodes/haunter/clip/clip_05/abab") == sorted([CLIP, POSTER])
    assert store.list("episodes/haunter-2") == [OTHER]
    assert store.list("episodes/gengar/") == []


def test_a_deleted_take_is_gone_and_may_be_put_anew(store, reel):
    store.put(CLIP, reel(b"take one"), "video/mp4")

    store.delete(CLIP)
    store.delete(CLIP)

    assert (store.head(CLIP), store.list()) == (None, [])
    assert store.put(CLIP, reel(b"take two"), "video/mp4") == store.head(CLIP)


NO_KEYS = [
    "../../etc/passwd",
    "/etc/passwd",
    "episodes/../../x/y/" + "ab" * 32 + ".mp4",
    "episodes/haunter/clip/../" + "ab" * 32 + ".mp4",
    "episodes/haunter/clip/clip_05/" + "ab" * 32,
    ".meta/haunter/clip/clip_05/" + "ab" * 32 + ".mp4",
    CLIP + "\n",
    CLIP.replace(".mp4", ".main.mp4"),
    CLIP.upper(),
]


def test_nothing_but_a_key_opens_the_store(store, reel):
    source = reel(b"x")
    reads = (store.head, store.open_local, store.read_bytes, store.stream, store.url, store.delete)
    for use in (*reads, lambda key: store.put(key, source, "text/plain")):
        for key in NO_KEYS:
            with pytest.raises(MediaKeyInvalid):
                use(key)
    assert store.list() == []


def test_no_list_leads_out_of_the_store(store):
    for prefix in ("../", "episodes/../..", "/etc", "episodes/*"):
        with pytest.raises(MediaKeyInvalid):
            store.list(prefix)


def test_an_address_can_be_opened_by_anyone_or_is_none(place, store, reel):
    store.put(CLIP, reel(b"take"), "video/mp4")

    address = store.url(CLIP)

    if place.s3 is None:
        assert address is None
    else:
        answer = httpx.get(address)
        assert (answer.content, answer.headers["content-type"]) == (b"take", "video/mp4")


CRASH = """
import os, signal, sys
from pathlib import Path
from pokegeo_dagster.storage.media_store import open_media_store
from pokegeo_dagster.storage.settings import StudioSettings

store = open_media_store(StudioSettings.from_env(os.environ, Path(sys.argv[1])))

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

if hasattr(store, "_creating"):
    store._creating.meta.events.register("before-call.s3.CompleteMultipartUpload", die)
else:
    os.link = die
store.put(sys.argv[2], Path(sys.argv[3]), "video/mp4")
"""


def test_a_writer_killed_in_the_middle_leaves_nothing_to_see(place, store, reel):
    """Killed with everything sent and one step to go: the record is written, the parts are uploaded."""
    source = reel(os.urandom(1 << 20) * 17)

    crash = subprocess.run(
        [sys.executable, "-c", CRASH, str(place.home), FILM, str(source)],
        env=os.environ | place.environ,
        check=False,
    )

    assert crash.returncode == -signal.SIGKILL
    assert (store.head(FILM), store.list()) == (None, [])
    ref = store.put(FILM, source, "video/mp4")
    assert (store.head(FILM), store.list()) == (ref, [FILM])


def test_a_record_is_kept_with_the_media_not_with_the_database(place, store, reel):
    """So that a store outlives its database, and a person can see what a file should be."""
    ref = store.put(CLIP, reel(b"take"), "video/mp4")

    if place.s3 is None:
        told = json.loads((place.home / "media" / ".meta" / f"{CLIP}.json").read_text())
        assert told == {"key": CLIP, "size": 4, "sha256": ref.sha256, "content_type": "video/mp4"}
    else:
        found = place.s3.client().head_object(
            Bucket=place.s3.bucket, Key=f"{place.settings.s3.prefix}/{CLIP}"
        )
        assert found["Metadata"] == {"pokegeo-sha256": ref.sha256, "pokegeo-size": "4"}
