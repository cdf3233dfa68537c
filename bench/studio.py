"""`python -m bench studio`: a studio that runs itself, and is killed again and again.

N briefs on three channels are left in the briefs folder of a real studio (PostgreSQL and S3 out of their
wheels, daemon, code server, UI, media service); nobody touches it again. Clips, voices and effects are
bought from the emulated vendors, which let one clip in ten fail; texts and pictures are the house's, at
rehearsal size. Meanwhile three run workers, the daemon and PostgreSQL are killed with -9. At the end all
films are there, or it says what is not; then the books of all sides are laid beside each other.

It needs about 0.25 GB of disk a film of 18 clips, where temporary files go.

`python -m bench studio --catalogued 1000` looks at a large catalogue instead (`bench.studio_catalogued`).
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

import psutil
import yaml
from sqlalchemy.exc import SQLAlchemyError

from bench.purse_studio import PRICES
from bench.studio_books import Records, broken
from bench.studio_report import report
from bench.studio_tree import Tree
from pokegeo_dagster.film.release.channel import Channel
from pokegeo_dagster.film.story.species import species_book
from pokegeo_dagster.storage import local_postgres
from pokegeo_dagster.storage.channels import Channels
from pokegeo_dagster.storage.keyring import Keyring
from pokegeo_dagster.storage.settings import StudioSettings
from pokegeo_dagster_tests.emulators.vendor_city import VendorCity, vendor_city
from pokegeo_dagster_tests.emulators.vendors.scripted import Script
from pokegeo_dagster_tests.studios import free_port

CHECKOUT = Path(__file__).resolve().parents[1]
CHANNELS = ("alpha", "beta", "gamma")
FAIL = 0.1
OPEN_S, LOOK_S, TELL_S = 240, 1.0, 30.0
# Who dies when which share of all clips is there.
DEATHS = ((0.1, "worker"), (0.25, "daemon"), (0.4, "worker"), (0.55, "PostgreSQL"), (0.7, "worker"))


@dataclass
class Proof:
    """A studio under proof: its home, its process, and what was done to it."""

    home: Path
    city: VendorCity
    episodes: int
    clips: int
    postgres: bool
    killed: list[str] = field(default_factory=list)
    opened: subprocess.Popen[bytes] | None = None

    @property
    def environ(self) -> dict[str, str]:
        """Of the studio: nothing of this machine's own but where programs are."""
        (self.home / "prices.toml").write_text(PRICES)
        return {
            "PATH": os.environ.get("PATH", ""), "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8",
            "PYTHONPATH": str(CHECKOUT), "POKEGEO_ENV_FILE": "none", "POKEGEO_HOME": str(self.home),
            "POKEGEO_PRICES": str(self.home / "prices.toml"),
            "POKEGEO_MEDIA_SERVICE": f"127.0.0.1:{free_port()}",
            "POKEGEO_RESEARCHER": "house", "POKEGEO_WRITER": "house", "POKEGEO_ILLUSTRATOR": "house",
            "POKEGEO_POLL_S": "0.3", "POKEGEO_MOST_POLL_S": "1", "POKEGEO_BACKOFF_S": "0.2",
            **self.city.environ,
        }  # fmt: skip

    @property
    def log(self) -> Path:
        """What the supervisor says."""
        return self.home / "supervisor.log"

    @property
    def url(self) -> str:
        """The studio's records."""
        if not self.postgres:
            return f"sqlite:///{self.home / 'studio.db'}"
        return local_postgres.url_of(self.home / "postgres", "studio") or ""

    @property
    def settings(self) -> StudioSettings:
        """Where the studio keeps its things, as it said when it opened."""
        said = re.search(r"media: (s3://\S+) at (http://\S+)", self.log.read_text())
        environ = {"POKEGEO_DATABASE_URL": self.url}
        if said:
            keys = yaml.safe_load((self.home / "run" / "secrets.json").read_text())
            environ |= {"POKEGEO_MEDIA": said[1], "AWS_ENDPOINT_URL_S3": said[2],
                        "AWS_ACCESS_KEY_ID": keys["s3_access_key"],
                        "AWS_SECRET_ACCESS_KEY": keys["s3_secret_key"]}  # fmt: skip
        return StudioSettings.from_env(environ, self.home)

    @contextlib.contextmanager
    def open(self) -> Iterator[int]:
        """The open studio: the number of its first process. Closed as a person closes it."""
        words = [sys.executable, "-m", "pokegeo_dagster.cli", "studio", "--port", str(free_port())]
        with self.log.open("wb") as log:
            self.opened = subprocess.Popen(
                [*words, *(["--postgres"] if self.postgres else [])],
                cwd=CHECKOUT, env=self.environ, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        try:
            end = time.monotonic() + OPEN_S
            while "The studio is open" not in self.log.read_text():
                if self.opened.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"the studio did not open: {self.log.read_text()[-2000:]}")
                time.sleep(0.2)
            yield self.opened.pid
        finally:
            self.opened.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.opened.wait(120)
            self.opened.kill()

    def order(self) -> None:
        """What a person does: three channels that agree to their films' price, and a file of briefs."""
        channels = Channels(self.url, Keyring.from_env({}))
        for name in CHANNELS:
            channels.add(Channel(id=name, greenlight="auto", greenlight_up_to_usd=Decimal(99)))
        orders = [
            {"species": slug, "episode": slug, "channel": CHANNELS[n % 3], "clips": self.clips,
             "profile": "rehearsal"}
            for n, slug in enumerate(list(species_book())[: self.episodes])
        ]  # fmt: skip
        box = self.home / "briefs"
        box.mkdir(exist_ok=True)
        (box / ".bench.part").write_text(yaml.safe_dump(orders))
        (box / ".bench.part").rename(box / "bench.yaml")

    def kill(self, who: str, records: Records) -> bool:
        """Kills one of the studio's processes with -9. False while there is none of them."""
        number = None
        if who == "worker":
            running = records.rows("SELECT process FROM orders WHERE state = 'running'")
            names = [row["process"] for row in running if row["process"]]
            number = int(random.choice(names).split("|")[1]) if names else None  # noqa: S311
        elif who == "PostgreSQL":
            number = int((self.home / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
        else:
            assert self.opened is not None
            for process in psutil.Process(self.opened.pid).children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    if "dagster._daemon" in process.cmdline():
                        number = process.pid
        if number is None:
            return False
        os.kill(number, signal.SIGKILL)
        self.killed.append(who)
        return True


def _until_done(proof: Proof, tree: Tree, records: Records, began: float, deadline_s: float) -> bool:
    """Looks on, kills who is to be killed, tells how far it is. False when the deadline has passed."""
    deaths = [death for death in DEATHS if proof.postgres or death[1] != "PostgreSQL"]
    total, told = proof.episodes * proof.clips, 0.0
    while time.monotonic() < began + deadline_s:
        time.sleep(LOOK_S)
        with contextlib.suppress(SQLAlchemyError, OSError):  # PostgreSQL is being started again
            clips, films = records.count("clip"), records.count("final_cut")
            delivered = len(list((proof.home / "films").glob("*/*_final.mp4")))
            if deaths and clips >= deaths[0][0] * total and proof.kill(deaths[0][1], records):
                _tell(began, f"killed with -9: {deaths[0][1]}")
                deaths.pop(0)
            if time.monotonic() - told > TELL_S:
                told = time.monotonic()
                fallen = records.rows("SELECT COUNT(*) AS n FROM failures")[0]["n"]
                at_work = records.rows("SELECT COUNT(*) AS n FROM orders WHERE state = 'running'")[0]["n"]
                _tell(began, f"{clips} of {total} clips, {films} of {proof.episodes} films, {delivered} "
                      f"delivered; {at_work} at work, {fallen} to be tried again, "
                      f"{sum(tree.cpu_s().values()):.0f} CPU-s, {tree.peak_mib:.0f} MiB at most")  # fmt: skip
            busy = "SELECT 1 FROM orders WHERE state IN ('queued', 'claimed', 'running')"
            if delivered == films == proof.episodes and clips == total and not records.rows(busy):
                return True
        assert proof.opened is not None
        if proof.opened.poll() is not None:
            _tell(began, "the studio has closed by itself")
            return False
    return False


def _tell(began: float, what: str) -> None:
    print(f"{(time.monotonic() - began) / 60:6.1f} min  {what}", flush=True)


def main() -> None:
    """Runs the proof; exits with 1 when a promise was broken."""
    words = argparse.ArgumentParser(prog="python -m bench studio", description=__doc__)
    words.add_argument("--episodes", type=int, default=3)
    words.add_argument("--clips", type=int, default=4)
    words.add_argument("--sqlite", action="store_true", help="SQLite and a folder instead")
    words.add_argument("--deadline", type=float, default=0, metavar="MINUTES", help="[10 and 3 a film]")
    words.add_argument("--keep", type=Path, help="leave the studio in this folder")
    words.add_argument("--catalogued", type=int, metavar="N", help="look at a catalogue of N films instead")
    asked = words.parse_args()
    if asked.catalogued:
        from bench.studio_catalogued import look

        look(asked.catalogued)
        return
    home = asked.keep or Path(tempfile.mkdtemp(prefix="pokegeo-studio-"))
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o755)  # PostgreSQL runs as a user of its own
    try:
        with vendor_city(home / "charges.jsonl", task_s=0.5) as city:
            # The second clip fails for certain, of all others one in ten.
            fails = Script("fail", vendor="kie", route="task", probability=FAIL)
            city.play(replace(fails, probability=None, nth=2), fails)
            proof = Proof(home, city, asked.episodes, asked.clips, not asked.sqlite)
            ok = _prove(proof, 60 * (asked.deadline or 10 + 3 * asked.episodes))
    finally:
        if asked.keep is None:
            shutil.rmtree(home, ignore_errors=True)
    sys.exit(not ok)


def _prove(proof: Proof, deadline_s: float) -> bool:
    with proof.open() as root:
        proof.order()
        records, began = Records(proof.url), time.monotonic()
        tree = Tree(root, proof.home / "postgres" if proof.postgres else None)
        tree.start()
        done = _until_done(proof, tree, records, began, deadline_s)
        wall_s = time.monotonic() - began
        tree.end()
        wrong = broken(records, proof.settings, proof.city, proof.home, proof.episodes, proof.clips)
        report(proof, tree, wall_s, done, wrong)
    return done and not wrong


if __name__ == "__main__":
    main()
