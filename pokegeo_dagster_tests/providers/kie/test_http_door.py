"""The door of plain-HTTP vendors: what left, what came back, and what may be said of it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from pydantic import BaseModel

from pokegeo_dagster.providers.http import (
    AnswerGarbled,
    AnswerMissing,
    Http,
    NeverSent,
    NotDelivered,
    Timeouts,
    scrubbed,
    shortened,
)

SECRET = "s3cr3t-key-0123456789"
FILE = {"Content-Type": "video/mp4"}


class Bird(BaseModel):
    name: str
    wings: int = 2


@pytest.fixture
def door() -> Iterator[Http]:
    door = Http("kie", headers={"Authorization": f"Bearer {SECRET}"}, secrets=[SECRET])
    yield door
    door.close()


@pytest.fixture
def hang_up() -> Iterator[int]:
    """The port of a server that takes a connection and closes it before a word is said."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    server.accept()[0].close()
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def test_an_answer_becomes_a_model_and_what_nobody_knows_is_dropped(kie, door, reply):
    kie.script("GET /bird", reply(b'\xef\xbb\xbf{"name":"heron","seen":"2026"}', headers={"cf-ray": "ray1"}))

    answer = door.ask("GET", f"{kie.url}/bird", query={"q": "a b"})

    assert answer.read(Bird) == Bird(name="heron") and answer.request_id == "ray1"
    assert kie.asked[0].query == {"q": ["a b"]}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<!DOCTYPE html><title>Just a moment\n</title>", "web page («Just a moment»)"),
        (b'{"name":', "not JSON"),
        (b"", "nothing at all"),
        (b'{"wings":2}', "name (Field required)"),
        (b'{"name":{"url":"https://x.test/?sig=SECRETSIG"}}', "name"),
    ],
)
def test_an_answer_that_is_none_says_what_it_is_instead(kie, door, reply, body, words):
    kie.script("GET /bird", reply(body, 503))

    with pytest.raises(AnswerGarbled) as told:
        door.ask("GET", f"{kie.url}/bird").read(Bird)

    assert words in str(told.value) and told.value.status == 503
    assert "SECRETSIG" not in str(told.value) and told.value.__cause__ is None


def test_a_broken_tls_handshake_means_that_nothing_was_sent(door, hang_up):
    with pytest.raises(NeverSent):
        door.ask("POST", f"https://127.0.0.1:{hang_up}/pay", json={})


def test_a_server_that_hangs_up_in_plain_http_may_have_heard(door, hang_up):
    with pytest.raises(AnswerMissing):
        door.ask("POST", f"http://127.0.0.1:{hang_up}/pay", json={})


def test_a_proxy_that_says_no_means_that_nothing_was_sent(kie, door, reply, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", kie.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    with pytest.raises(NeverSent):
        door.ask("POST", "https://api.kie.test/pay", json={})


@pytest.mark.parametrize("proxy", ["socks9://nowhere:1", "http://[broken"])
def test_a_proxy_setting_that_makes_no_sense_means_that_nothing_was_sent(door, monkeypatch, proxy):
    monkeypatch.setenv("HTTPS_PROXY", proxy)

    with pytest.raises(NeverSent):
        door.ask("POST", "https://api.kie.test/pay", json={})


@pytest.mark.parametrize("url", ["ftp://x.test/a", "https://", "http://[::1/a", "no address"])
def test_an_address_that_is_none_means_that_nothing_was_sent(door, url):
    with pytest.raises(NeverSent):
        door.ask("GET", url)


def test_each_of_the_four_time_outs_reaches_the_wire():
    seen: list[dict[str, float]] = []

    def look(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"])
        return httpx.Response(200, json={"name": "x"})

    limits = Timeouts(connect_s=1, read_s=2, write_s=3, pool_s=4)
    door = Http("kie", timeouts=limits, transport=httpx.MockTransport(look))
    door.ask("GET", "https://x.test/")
    door.ask("GET", "https://x.test/", timeouts=Timeouts(connect_s=5, read_s=6, write_s=7, pool_s=8))

    assert seen == [
        {"connect": 1, "read": 2, "write": 3, "pool": 4},
        {"connect": 5, "read": 6, "write": 7, "pool": 8},
    ]


def test_no_connection_is_kept_for_the_next_request(kie, reply):
    """A server that closes an idle connection must not look like one that lost a paid request."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        accepted = []

        def serve() -> None:
            while len(accepted) < 3:
                peer = server.accept()[0]
                accepted.append(peer)
                peer.recv(65536)
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: x\r\n\r\n{}")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        door = Http("kie")
        for _ in range(3):
            door.ask("POST", f"http://127.0.0.1:{server.getsockname()[1]}/", json={})
        thread.join(5)

    assert len(accepted) == 3


def test_an_answer_without_end_is_not_read_without_end():
    def flood() -> Iterator[bytes]:
        while True:
            yield b"x" * (1 << 20)

    door = Http("kie", transport=httpx.MockTransport(lambda _: httpx.Response(200, content=flood())))

    with pytest.raises(AnswerGarbled, match="grew past"):
        door.ask("GET", "https://x.test/")


def test_a_redirect_is_an_answer_and_the_key_does_not_travel(kie, door, reply):
    kie.script("POST /pay", reply(b"{}", 307, {"Location": f"{kie.url}/elsewhere"}))

    assert door.ask("POST", f"{kie.url}/pay", json={}).status == 307
    assert len(kie.asked) == 1


def test_a_download_appears_whole_and_without_the_key(kie, door, reply, tmp_path: Path):
    kie.script("GET /signed", reply(b"", 302, {"Location": f"{kie.url}/real"}))
    kie.script("GET /real", reply(b"bytes of a film", headers=FILE))

    size = door.download(f"{kie.url}/signed", tmp_path / "film", most_bytes=100, web_only=False)

    assert (tmp_path / "film").read_bytes() == b"bytes of a film" and size == 15
    assert not [asked for asked in kie.asked if "authorization" in asked.headers]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"body": b"x" * 101, "headers": FILE}, NotDelivered),
        ({"body": b"x" * 50, "cut": 10, "headers": FILE}, AnswerMissing),
        ({"body": b"", "headers": FILE}, NotDelivered),
        ({"body": b"no", "status": 403}, NotDelivered),
        ({"body": b"part", "status": 206, "headers": FILE}, NotDelivered),
        ({"body": b'{"code":500}'}, AnswerGarbled),
        ({"body": b"<html>", "headers": {"Content-Type": "text/html; charset=utf-8"}}, AnswerGarbled),
        ({"drop": True}, AnswerMissing),
    ],
)
def test_a_download_that_is_not_whole_leaves_nothing(kie, door, reply, tmp_path: Path, answer, kind):
    kie.script("GET /film", reply(**answer))

    with pytest.raises(kind) as told:
        door.download(f"{kie.url}/film?sig=SECRETSIG", tmp_path / "film", most_bytes=100, web_only=False)

    assert list(tmp_path.iterdir()) == []
    assert "SECRETSIG" not in str(told.value) and "/film" not in str(told.value)


def test_a_download_past_its_limit_stops_although_nobody_said_its_size(tmp_path: Path):
    def flood() -> Iterator[bytes]:
        while True:
            yield b"x" * 1000

    door = Http(
        "kie", transport=httpx.MockTransport(lambda _: httpx.Response(200, content=flood(), headers=FILE))
    )

    with pytest.raises(NotDelivered, match="limit"):
        door.download("https://x.test/f", tmp_path / "film", most_bytes=5000)
    assert list(tmp_path.iterdir()) == []


def test_a_dripping_download_ends_with_patience(tmp_path: Path):
    def drip() -> Iterator[bytes]:
        while True:
            yield b"x"

    door = Http(
        "kie", transport=httpx.MockTransport(lambda _: httpx.Response(200, content=drip(), headers=FILE))
    )

    with pytest.raises(AnswerMissing, match="not done after"):
        door.download("https://x.test/f", tmp_path / "film", most_bytes=1 << 40, patience_s=0.0)


def test_films_come_over_https_only_also_behind_a_redirect(tmp_path: Path):
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"Location": "http://x.test/plain"})

    def plain(request: httpx.Request) -> httpx.Response:
        return answer(request) if request.url.scheme == "https" else httpx.Response(200, content=b"film")

    door = Http("kie", transport=httpx.MockTransport(plain))

    with pytest.raises(NeverSent):
        door.download("http://x.test/f", tmp_path / "film", most_bytes=100)
    with pytest.raises(NotDelivered, match="not https"):
        door.download("https://x.test/f", tmp_path / "film", most_bytes=100)


def test_many_threads_share_one_door(kie, door, reply):
    kie.script("GET /bird", reply(b'{"name":"heron"}'))

    with ThreadPoolExecutor(8) as pool:
        birds = list(pool.map(lambda _: door.ask("GET", f"{kie.url}/bird").read(Bird).name, range(24)))

    assert birds == ["heron"] * 24


@pytest.mark.parametrize(
    "text",
    [
        f"key {SECRET} is wrong",
        "key s3cr3t%2Fkey is wrong",
        "Authorization: Bearer abcdefgh12345678",
        "{'authorization': 'Bearer abcdefgh12345678'}",
        "got bearer abcdefgh12345678.",
        "GET https://user:abcdefgh12345678@x.test/a",
        "GET https://x.test/a?X-Amz-Signature=abcdefgh12345678&b=1#abcdefgh12345678",
        "no such path /v1/models?key=abcdefgh12345678",
        'header "xi-api-key": "abcdefgh12345678"',
        "x-goog-api-key=abcdefgh12345678",
        "api_key=abcdefgh12345678",
        "AWS_SECRET_ACCESS_KEY=abcdefgh12345678",
        "AIzaSyabcdefgh12345678abcdefgh12345678",
        "sk_abcdefgh12345678",
        "ya29.abcdefgh12345678",
        "eyJabcdefgh12345678.abcdefgh12345678.abcdefgh12345678",
    ],
)
def test_nothing_that_looks_like_a_key_is_said(text):
    said = scrubbed(text, SECRET, "s3cr3t/key")

    assert "12345678" not in said and "s3cr3t" not in said


@pytest.mark.parametrize(
    "text",
    [
        "The heron strikes: see https://docs.kie.ai/market/kling for the token limit.",
        "token: expired",
        "prompt has 2501 characters, 2500 are read",
        "file heron_0123456789abcdef.png is missing",
    ],
)
def test_what_is_no_secret_is_left_as_it_is(text):
    assert scrubbed(text, None, "", "kie") == text


def test_an_address_keeps_its_host_and_path():
    assert scrubbed("see (https://x.test/a/b?sig=1).") == "see (https://x.test/a/b?…"


def test_a_text_is_scrubbed_before_it_is_cut_and_is_one_line():
    text = "line one\nline\ttwo " + "x" * 175 + SECRET

    said = shortened(text, SECRET)

    assert len(said) <= 200 and "s3cr" not in said and said.startswith("line one line two x")
