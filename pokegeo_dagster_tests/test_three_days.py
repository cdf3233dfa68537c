"""Monday: three briefs on two channels; two greenlights. Tuesday: one clip refused, quota spent, daemon
killed. Wednesday: three films. On the real daemon, against the emulated vendors."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from pokegeo_dagster.film.release.channel import Channel
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.screenplay import Screenplay
from pokegeo_dagster.storage.channels import Channels
from pokegeo_dagster.storage.greenlights import Greenlights
from pokegeo_dagster.storage.keyring import Keyring
from pokegeo_dagster.storage.orders import Orders
from pokegeo_dagster.storage.screenplay_file import write_screenplay
from pokegeo_dagster.storage.studio_db import StudioDb
from pokegeo_dagster_tests.emulators.vendor_city import VendorCity, vendor_city
from pokegeo_dagster_tests.emulators.vendors.scripted import Script
from pokegeo_dagster_tests.studios import BARE, run_pokegeo

CHECKOUT = Path(__file__).resolve().parents[1]
CLIPS = 2


class Daemon:
    """The real daemon with its code server and run workers, which can be killed with -9 all at once."""

    def __init__(self, home: Path, environ: dict[str, str]):
        self._home, self._environ = home, environ
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        log = (self._home / "daemon.log").open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "dagster._daemon", "run", "-w", "workspace.yaml"],
            cwd=CHECKOUT,
            env={**self._environ, "DAGSTER_HOME": str(CHECKOUT)},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    def kill(self) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


class Studio:
    """A studio's records, as a person at its desk sees them."""

    def __init__(self, home: Path):
        self.home = home
        url = f"sqlite:///{home / 'studio.db'}"
        self.db, self.orders, self.greenlights = StudioDb(url), Orders(url), Greenlights(url)
        self.db.migrate()
        self.channels = Channels(url, Keyring.from_env({}))

    def order(self, episode: str, channel: str, species: str) -> None:
        self.db.save_brief(
            Brief(episode=episode, species=species, channel=channel, clip_count=CLIPS, profile="rehearsal")
        )

    def at_the_gate(self, episode: str) -> bool:
        return any(o.stage == "preproduction" and o.state == "done" for o in self.orders.of(episode))

    def say_yes(self, episode: str) -> None:
        play = self.db.approved_take(episode, "screenplay", "film")
        assert play is not None
        self.greenlights.say_yes(episode, "clips", play.data_version, Decimal(9), "human")

    def version(self, episode: str) -> str | None:
        play = self.db.approved_take(episode, "screenplay", "film")
        return play and play.data_version

    def failed(self, episode: str, error: str) -> set[str]:
        return {f"{f.asset} {f.key}" for f in self.db.failures(episode) if f.error_type == error}

    def filmed(self, episode: str) -> bool:
        return self.db.approved_take(episode, "final_cut", "film") is not None

    def delivered(self, episode: str) -> bool:
        return any((self.home / "films" / episode).glob("*_final.mp4"))

    def clips(self, episode: str) -> int:
        return len(self.db.approved(episode, "clip"))

    def the_quota_is_back(self) -> None:
        with self.db._database.transaction(write=True) as connection:
            connection.execute(text("UPDATE quotas SET parked_until = NULL"))


@pytest.fixture
def city() -> Iterator[VendorCity]:
    with vendor_city(task_s=0.5) as opened:
        yield opened


@pytest.fixture
def daemon(city: VendorCity, tmp_path: Path) -> Iterator[Daemon]:
    home = tmp_path / "studio"
    home.mkdir()
    environ = {**BARE, **city.environ, "POKEGEO_HOME": str(home), "POKEGEO_POLL_S": "0.2",
               "PYTHONPATH": str(CHECKOUT), "DAGSTER_GRPC_TIMEOUT_SECONDS": "180"}  # fmt: skip
    opened = Daemon(home, environ)
    opened.start()
    yield opened
    opened.kill()


def _until(what: str, happened: Callable[[], bool], seconds: float = 150) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, f"it never came to this: {what}"
        time.sleep(0.3)  # the grain of the watch


@pytest.mark.timeout(420)
def test_three_briefs_on_monday_are_three_films_on_wednesday(
    daemon: Daemon, city: VendorCity, tmp_path: Path
) -> None:
    studio = Studio(tmp_path / "studio")
    studio.channels.add(Channel(id="poke1"))
    studio.channels.add(Channel(id="poke2", greenlight="auto", greenlight_up_to_usd=Decimal(9)))

    # Monday: three briefs on two channels; two greenlights.
    studio.order("a", "poke1", "haunter")
    studio.order("b", "poke1", "pidgey")
    _until("a and b wait for a yes", lambda: studio.at_the_gate("a") and studio.at_the_gate("b"))
    assert city.charges.bought_twice() == {}
    assert studio.clips("a") == studio.clips("b") == 0, "nothing is filmed before somebody says yes"
    for waits in studio.orders.at_the_gate():
        assert waits.outcome is not None and " in all; see " in waits.outcome
        assert Path(waits.outcome.partition("; see ")[2]).stat().st_size > 0, (
            "the animatic is there to be seen"
        )
    assert {order.episode for order in studio.orders.at_the_gate()} == {"a", "b"}
    city.play(
        Script("rate_day", vendor="gemini", route="image", times=1, charged=False),
        Script("refuse", vendor="kie", route="submit", times=1, charged=False),
    )
    studio.order("c", "poke2", "gyarados")
    _until("Gemini's quota is spent", lambda: bool(studio.failed("c", "QuotaSpent")))
    studio.say_yes("a")

    # Tuesday: one clip is refused, the quota is spent, the daemon is killed.
    _until("one clip is refused", lambda: len(studio.failed("a", "Refused")) == 1)
    studio.say_yes("b")
    _until(
        "b is at work",
        lambda: any(o.episode == "b" and o.state == "running" for o in studio.orders.at_work()),
    )
    daemon.kill()
    daemon.start()

    # Wednesday: the quota is back, the refused clip was reworded, and there are three films.
    (refused,) = studio.failed("a", "Refused")
    before = studio.version("a")
    _reword(studio, "a", refused.removeprefix("clip "))
    studio.the_quota_is_back()
    _until("the new screenplay is in", lambda: studio.version("a") != before)
    assert studio.greenlights.standing("a") is None, "the yes was for another screenplay"
    studio.say_yes("a")
    _until("three films", lambda: all(studio.filmed(e) for e in "abc"), 240)
    _until("they are delivered", lambda: all(studio.delivered(e) for e in "abc"))

    assert city.charges.bought_twice() == {}
    assert [studio.clips(episode) for episode in "abc"] == [CLIPS] * 3
    yes = studio.greenlights.standing("c")
    assert yes is not None and yes.by_whom == "policy of channel poke2"
    pack = run_pokegeo(studio.home, "export", "a", str(tmp_path / "pack"), "--pack", **city.environ)
    assert pack.returncode == 2 and "pokegeo greenlight a --release" in pack.stderr
    assert not (tmp_path / "pack").exists()


def _reword(studio: Studio, episode: str, clip: str) -> None:
    """A person changes what the vendor declined: that clip's movement, and nothing else."""
    approved = studio.db.approved_take(episode, "screenplay", "film")
    assert approved is not None
    play = Screenplay.model_validate_json(
        (studio.home / "media" / approved.take.files["main"].key).read_bytes()
    )
    shots = [
        shot.model_copy(update={"motion": shot.motion.model_copy(update={"sequence": "It settles at last."})})
        if shot.clip == clip
        else shot
        for shot in play.shots
    ]
    edited = play.model_copy(update={"shots": tuple(shots)})
    studio.db.save_edit(episode, "screenplay", write_screenplay(edited), author="human")
