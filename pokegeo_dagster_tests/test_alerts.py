"""Alerts on their way out: to Discord, to the log, and never in the way of a film."""

import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pokegeo_dagster.defs.office.alerts import WEBHOOK_VARIABLE, watch
from pokegeo_dagster.defs.office.studio import Studio, open_studio
from pokegeo_dagster.film.errors import OrderRefused
from pokegeo_dagster.film.release.channel import Channel
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.providers.discord import DiscordWebhook, NotTold

TOKEN = "s3cr3t-t0ken"


class Discord:
    """Something that listens where a webhook points."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []
        self.status = 204
        discord = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                discord.said.append((self.path, body["content"]))
                self.send_response(discord.status)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/{name}/{TOKEN}"


@pytest.fixture
def discord() -> Iterator[Discord]:
    opened = Discord()
    yield opened
    opened.server.shutdown()
    opened.server.server_close()


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Studio:
    monkeypatch.setenv("FERNET_KEY", "A" * 43 + "=")
    open_studio.cache_clear()
    opened = open_studio(tmp_path / "studio")
    opened.channels.add(Channel(id="poke1"))
    opened.channels.add(Channel(id="poke2"))
    for episode, channel in (("haunter", "poke1"), ("gengar", "poke2")):
        opened.db.save_brief(Brief(episode=episode, species=episode, channel=channel))
    return opened


def fall(studio: Studio, episode: str) -> None:
    studio.db.record_failure(episode, "clip", "clip_05", "kie: violence", "Refused")


def test_a_failed_episode_is_told_to_its_channel_and_once(studio: Studio, discord: Discord) -> None:
    studio.channels.keep("poke1", "discord", discord.url("poke1"))
    fall(studio, "haunter")
    fall(studio, "gengar")

    watch(studio, {WEBHOOK_VARIABLE: discord.url("studio")})
    watch(studio, {WEBHOOK_VARIABLE: discord.url("studio")})

    told = {path.split("/")[1]: message for path, message in discord.said}
    assert len(discord.said) == 2
    assert "haunter: clip clip_05" in told["poke1"] and "gengar: clip clip_05" in told["studio"]
    assert "pokegeo status haunter" in told["poke1"]


@pytest.mark.parametrize("status", [404, 429, 500, 302])
def test_a_broken_webhook_breaks_nothing_and_its_address_is_in_no_log(
    studio: Studio, discord: Discord, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    discord.status = status
    fall(studio, "haunter")
    logging.getLogger("pokegeo.alerts").propagate = True

    with caplog.at_level(logging.DEBUG):
        new = watch(studio, {WEBHOOK_VARIABLE: discord.url("studio")})
        watch(studio, {WEBHOOK_VARIABLE: discord.url("studio")})

    assert [alert.subject for alert in new] == ["failed/haunter/critical"]
    assert len(discord.said) == 1  # it is left alone for five minutes too
    ours = [record for record in caplog.records if record.name.startswith("pokegeo")]
    assert any("was not told" in record.getMessage() for record in ours)
    assert TOKEN not in "".join(f"{r.getMessage()} {getattr(r, 'slate', '')}" for r in ours)


def test_a_webhook_that_is_not_there_is_told_of_without_its_address() -> None:
    with pytest.raises(NotTold) as trouble:
        DiscordWebhook(f"http://127.0.0.1:9/{TOKEN}").say("hello")

    assert TOKEN not in str(trouble.value) and trouble.value.__cause__ is None


def test_what_is_no_address_is_refused_without_repeating_it() -> None:
    with pytest.raises(OrderRefused) as refused:
        DiscordWebhook(f"ftp://discord/{TOKEN}")

    assert TOKEN not in str(refused.value)


def test_without_a_webhook_the_alert_is_still_on_the_books(studio: Studio) -> None:
    fall(studio, "haunter")

    first, again = watch(studio, {}), watch(studio, {})

    assert [alert.level for alert in first] == ["critical"] and again == []
