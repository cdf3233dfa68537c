"""The media service: what is approved can be opened, and nothing else can."""

import os
import queue
import socket
import subprocess
import sys
import threading

import httpx
import pytest
from starlette.testclient import TestClient

from pokegeo_dagster.film.errors import OrderRefused
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.storage.keys import media_key
from pokegeo_dagster.storage.media_service import media_app, serve_media
from pokegeo_dagster.storage.settings import StudioSettings
from pokegeo_dagster.storage.studio_db import StudioDb

MOVIE = bytes(range(256)) * 8
POSTER = b"\xff\xd8\xff poster"
CLIP_URL = "/media/haunter/clip/clip_05"


@pytest.fixture
def studio(place, tmp_path):
    """A store and a catalogue with one clip and one film of haunter; gengar is only ordered."""
    store, db = place.open(), StudioDb(place.settings.database_url)
    db.migrate()
    db.save_brief(Brief(episode="gengar", species="gengar"))

    def keep(asset, key, number=1, **parts):
        files = {}
        for part, (data, content_type, extension) in parts.items():
            source = tmp_path / "part"
            source.write_bytes(data)
            name = media_key("haunter", asset, key, f"{number:064x}", extension, part)
            files[part] = store.put(name, source, content_type)
        words = {"episode": "haunter", "asset": asset, "key": key, "recipe": "ab" * 32, "number": number}
        take = db.add_take(**words, data_version="cd" * 32, files=files, slate={}, member="house", model="m")
        db.approve("haunter", asset, key, take.id, "")
        return take

    place.keep, place.db, place.store = keep, db, store
    place.clip = keep(
        "clip", "clip_05", main=(MOVIE, "video/mp4", "mp4"), poster=(POSTER, "image/jpeg", "jpg")
    )
    place.film = keep("final_cut", "film", main=(b"the film", "video/mp4", "mp4"))
    yield place
    db.close()


@pytest.fixture
def web(studio):
    return TestClient(media_app(studio.store, studio.db), follow_redirects=False)


@pytest.fixture
def only_folder(place):
    if place.s3 is not None:
        pytest.skip("a bucket serves its own bytes")


def opened(web, url, **headers):
    """The answer at the end of the way, wherever the bytes are."""
    answer = web.get(url, headers=headers)
    return httpx.get(answer.headers["location"], headers=headers) if answer.status_code == 307 else answer


@pytest.mark.parametrize(
    ("url", "data", "content_type"),
    [
        (CLIP_URL, MOVIE, "video/mp4"),
        (f"{CLIP_URL}/main", MOVIE, "video/mp4"),
        (f"{CLIP_URL}/poster", POSTER, "image/jpeg"),
        ("/media/haunter/final_cut", b"the film", "video/mp4"),
        ("/media/haunter/final_cut/film", b"the film", "video/mp4"),
    ],
)
def test_every_part_of_an_approved_take_can_be_opened(web, url, data, content_type):
    answer = opened(web, url)

    assert answer.status_code == 200
    assert (answer.content, answer.headers["content-type"]) == (data, content_type)


def test_an_address_shows_the_take_that_is_approved_now(studio, web):
    studio.keep("clip", "clip_05", 2, main=(b"a better take", "video/mp4", "mp4"))
    assert opened(web, CLIP_URL).content == b"a better take"

    studio.db.approve("haunter", "clip", "clip_05", studio.clip.id, "")
    assert opened(web, CLIP_URL).content == MOVIE


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=100-", 100, 2048),
        ("bytes=-5", 2043, 2048),
        ("bytes=2000-9999", 2000, 2048),
    ],
)
def test_a_player_may_jump_anywhere(web, asked, start, end):
    answer = opened(web, CLIP_URL, range=asked)

    assert answer.status_code == 206
    assert answer.content == MOVIE[start:end]
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/2048"


def test_a_range_beyond_the_end_is_refused(web):
    assert opened(web, CLIP_URL, range="bytes=2048-").status_code == 416


@pytest.mark.usefixtures("only_folder")
@pytest.mark.parametrize("asked", ["bytes=9-0x", "frames=1-2", "nonsense", "bytes="])
def test_a_range_that_nobody_understands_is_ignored(web, asked):
    answer = web.get(CLIP_URL, headers={"range": asked})

    assert (answer.status_code, answer.content) == (200, MOVIE)


def test_a_head_says_what_a_get_would_bring(studio, web):
    answer = web.head(CLIP_URL)

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == "2048"
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["etag"] == f'"{studio.clip.files["main"].sha256}"'
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-disposition"] == 'inline; filename="haunter clip_05 clip.mp4"'


@pytest.mark.usefixtures("only_folder")
def test_a_file_is_saved_under_a_name_a_person_understands(web):
    def name(url):
        return web.get(url).headers["content-disposition"]

    assert name("/media/haunter/final_cut") == 'inline; filename="haunter final_cut.mp4"'
    assert name(f"{CLIP_URL}/poster") == 'inline; filename="haunter clip_05 clip poster.jpg"'


def test_what_a_browser_has_is_not_sent_again(studio, web):
    tag = f'"{studio.clip.files["main"].sha256}"'

    for told in (tag, f"W/{tag}", f'"old", {tag}', "*"):
        answer = web.get(CLIP_URL, headers={"if-none-match": told})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    assert web.get(CLIP_URL, headers={"if-none-match": '"old"'}).status_code in (200, 307)


@pytest.mark.usefixtures("only_folder")
def test_a_resumed_download_never_mixes_two_takes(studio, web):
    tag = f'"{studio.clip.files["main"].sha256}"'

    assert web.get(CLIP_URL, headers={"range": "bytes=5-", "if-range": tag}).status_code == 206
    assert web.get(CLIP_URL, headers={"range": "bytes=5-", "if-range": '"old"'}).status_code == 200


def test_a_bucket_is_opened_by_a_fresh_signed_address(studio, web):
    if studio.s3 is None:
        pytest.skip("a folder has no addresses")
    answer = web.get(CLIP_URL)

    assert (answer.status_code, answer.headers["cache-control"]) == (307, "no-store")
    assert answer.headers["location"].startswith(studio.s3.endpoint)
    assert "X-Amz-Signature" in answer.headers["location"]


@pytest.mark.usefixtures("only_folder")
@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("/media/mew/clip/clip_05", "There is no episode 'mew'. There is: gengar, haunter."),
        ("/media/gengar/clip/clip_05", "Nothing of gengar is made yet."),
        ("/media/gengar", "Nothing of gengar is made yet."),
        ("/media/haunter/poem", "haunter has no 'poem' yet. There is: clip, final_cut."),
        ("/media/haunter/clip", "haunter has no clip of 'film'. There is: clip_05."),
        ("/media/haunter/clip/clip_06", "haunter has no clip of 'clip_06'. There is: clip_05."),
        (f"{CLIP_URL}/words", "haunter clip clip_05 has no part 'words'. There is: main, poster."),
        ("/elsewhere", "There is nothing here."),
    ],
)
def test_what_is_not_there_is_answered_with_what_is(web, url, told):
    answer = web.get(url)

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text.startswith(told)


@pytest.mark.usefixtures("only_folder")
@pytest.mark.parametrize(
    "url",
    [
        "/media/../../etc/passwd",
        "/media/haunter/clip/..%2f..%2f..%2fstudio.db",
        "/media/haunter/clip/%2e%2e/%2e%2e",
        "/media/%2fetc%2fpasswd",
        "/media//etc/passwd",
        "/media/haunter/clip/clip_05/..%5c..%5cstudio.db",
        "/media/haunter/clip/clip_05%00/main",
        "/media/haunter/.meta/clip_05",
        "/media/haunter/clip/clip_05/main/../../../studio.db",
        "/studio.db",
        "/media/haunter/clip/" + "x" * 5000,
    ],
)
def test_no_address_leads_out_of_the_store(web, url):
    answer = web.get(url)

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.usefixtures("only_folder")
def test_an_address_no_database_can_look_up_is_a_404(place, postgres):
    """PostgreSQL refuses a text with a NUL in it."""
    db = StudioDb(postgres.new_database())
    db.migrate()
    web = TestClient(media_app(place.open(), db))

    assert [web.get(url).status_code for url in ("/media/hau%00nter", "/media/haunter/clip%00")] == [404, 404]
    db.close()


@pytest.mark.usefixtures("only_folder")
def test_a_link_in_the_store_is_not_followed(studio, web, tmp_path):
    (tmp_path / "secret").write_bytes(MOVIE)
    path = studio.home / "media" / studio.clip.files["main"].key
    path.unlink()
    path.symlink_to(tmp_path / "secret")

    answer = web.get(CLIP_URL)

    assert answer.status_code == 500
    assert "not a plain file inside the store" in answer.text


def test_lost_and_damaged_bytes_are_told_apart_from_unknown_ones(studio, web):
    studio.overwrite(studio.clip.files["poster"].key, b"half")
    studio.store.delete(studio.film.files["main"].key)

    damaged, lost = web.get(f"{CLIP_URL}/poster"), web.get("/media/haunter/final_cut")

    assert (damaged.status_code, lost.status_code) == (500, 404)
    told = (
        "is damaged: it has 4 bytes instead of 10. "
        "Make it again with `pokegeo redo haunter clip_05 --what clip`"
    )
    assert told in damaged.text
    assert "is not in the media store" in lost.text
    assert "`pokegeo redo haunter --what final_cut`" in lost.text


@pytest.mark.usefixtures("only_folder")
def test_a_database_that_is_gone_is_a_503(place):
    nowhere = StudioDb("postgresql+psycopg2://me:hunter2@127.0.0.1:9/studio")
    web = TestClient(media_app(place.open(), nowhere))

    for url in ("/", "/healthz", CLIP_URL):
        answer = web.get(url)
        assert answer.status_code == 503
        assert "does not answer" in answer.text
        assert "hunter2" not in answer.text


@pytest.mark.usefixtures("only_folder")
def test_the_front_page_leads_to_every_film(web):
    page = web.get("/")

    assert page.status_code == 200
    assert (
        '<a href="/media/haunter">haunter</a> <a href="/media/haunter/final_cut">final_cut</a>' in page.text
    )
    assert '<a href="/media/gengar">gengar</a>' in page.text


def test_every_link_of_an_episode_opens(web):
    page = web.get("/media/haunter").text
    links = [piece.partition('"')[0] for piece in page.split('href="')[1:]]

    assert links == [CLIP_URL, f"{CLIP_URL}/poster", "/media/haunter/final_cut"]
    assert all(opened(web, link).status_code == 200 for link in links)


@pytest.mark.usefixtures("only_folder")
def test_a_healthy_service_says_so(web):
    assert (web.get("/healthz").status_code, web.get("/healthz").text) == (200, "ok\n")


@pytest.mark.usefixtures("only_folder")
def test_nothing_can_be_written_through_the_service(web):
    for verb in ("PUT", "POST", "DELETE", "PATCH"):
        assert web.request(verb, CLIP_URL, content=b"x").status_code == 405


SERVE = """
import os, sys
from pathlib import Path
from dataclasses import replace
from pokegeo_dagster.storage.media_service import serve_media
from pokegeo_dagster.storage.settings import StudioSettings

settings = replace(StudioSettings.from_env(os.environ, Path(sys.argv[1])), service_port=0)
serve_media(settings, started=lambda url: print(url, flush=True))
"""


@pytest.mark.usefixtures("only_folder")
def test_a_real_server_answers_on_this_machine_alone(studio):
    command = [sys.executable, "-c", SERVE, str(studio.home)]
    server = subprocess.Popen(command, env=os.environ | studio.environ, stdout=subprocess.PIPE, text=True)
    try:
        url = server.stdout.readline().strip()

        assert url.startswith("http://127.0.0.1:")
        assert httpx.get(f"{url}{CLIP_URL}", headers={"range": "bytes=-7"}).content == MOVIE[-7:]
        assert httpx.get(f"{url}/media/haunter/clip/..%2f..%2f..%2f..%2fstudio.db").status_code == 404
        answers = queue.Queue()
        threads = [
            threading.Thread(target=lambda: answers.put(httpx.get(url + CLIP_URL).content)) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        assert all(answers.get(timeout=20) == MOVIE for _ in threads)
    finally:
        server.terminate()
        server.communicate()


def test_an_address_that_is_taken_is_refused_in_one_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        settings = StudioSettings.from_env({"POKEGEO_MEDIA_SERVICE": address}, tmp_path)

        with pytest.raises(
            OrderRefused, match=f"cannot listen at http://{address}.*set POKEGEO_MEDIA_SERVICE"
        ):
            serve_media(settings)
