"""What fails a check that blocks holds up the purchase that would be made from it, and nothing else."""

import wave
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from pokegeo_dagster.storage.keys import media_key
from pokegeo_dagster.storage.media_store import open_media_store, sha256_of
from pokegeo_dagster.storage.settings import StudioSettings
from pokegeo_dagster.storage.studio_db import StudioDb
from pokegeo_dagster.storage.verdicts import VerdictFile
from pokegeo_dagster_tests.emulators.vendor_city import VendorCity, vendor_city
from pokegeo_dagster_tests.studios import run_pokegeo

QUICK = {"POKEGEO_POLL_S": "0.1", "POKEGEO_MOST_POLL_S": "0.5", "POKEGEO_BACKOFF_S": "0.05"}
SAYS = "the_narration_says_what_is_written"


@pytest.fixture(scope="module")
def city() -> Iterator[VendorCity]:
    with vendor_city(same_video=False, video_px=(320, 180), longest_px=256) as running:
        yield running


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory, city: VendorCity) -> tuple[Path, CompletedProcess[str]]:
    """A two-clip film whose paid voice says nothing that is written: the emulated one hums. The rest of
    the crew is the house's, but for the camera."""
    home = tmp_path_factory.mktemp("held") / "studio"
    return home, _produce(home, city)


def _produce(home: Path, city: VendorCity) -> CompletedProcess[str]:
    keys = {name: city.environ[name] for name in city.environ if "KIE" in name or "ELEVEN" in name}
    return run_pokegeo(
        home, "produce", "haunter", "--clips", "2", "--profile", "rehearsal",
        **keys, **QUICK, POKEGEO_FOLEY="house", POKEGEO_LISTENER="on",
    )  # fmt: skip


def _bought(city: VendorCity) -> Counter[str]:
    return Counter(charge.vendor for charge in city.charges.all())


def test_a_wrong_line_holds_up_its_clip_before_anything_is_spent_on_it(
    studio: tuple[Path, CompletedProcess[str]], city: VendorCity
) -> None:
    home, done = studio

    assert done.returncode == 1
    assert _bought(city) == {"elevenlabs": 2}, "the voice was bought, no clip was"
    failed = StudioDb(f"sqlite:///{home / 'studio.db'}").failures("haunter")
    held = {f.key: f for f in failed if f.asset == "clip"}
    assert set(held) == {"clip_01", "clip_02"}
    assert {f.error_type for f in held.values()} == {"CheckFailed"}
    for word in ("Nothing was bought", SAYS, "words differ", "redo haunter clip_01", "pokegeo pass haunter"):
        assert word in held["clip_01"].reason


def test_status_tells_what_fails(studio: tuple[Path, CompletedProcess[str]]) -> None:
    told = run_pokegeo(studio[0], "status", "haunter", COLUMNS="300").stdout

    assert f"fails narration clip_01 {SAYS}" in told
    assert "clip clip_01: Nothing was bought" in told


def test_a_person_lets_one_clip_pass_and_only_that_one_is_bought(
    studio: tuple[Path, CompletedProcess[str]], city: VendorCity
) -> None:
    home = studio[0]
    unsaid = run_pokegeo(home, "pass", "haunter", "1", SAYS, "--because", " ")
    nothing = run_pokegeo(home, "pass", "haunter", "1", "the_composite_shows_something", "--because", "x")
    word = run_pokegeo(home, "pass", "haunter", "1", SAYS, "--because", "It hums, and we like it.")

    done = _produce(home, city)

    assert unsaid.returncode == nothing.returncode == 2
    assert "nothing to let pass" in nothing.stderr
    assert word.returncode == 0 and "may pass" in word.stdout, word.stderr
    assert done.returncode == 1, "the other clip is still held up"
    assert _bought(city) == {"elevenlabs": 2, "kie": 1}
    made = StudioDb(f"sqlite:///{home / 'studio.db'}").approved("haunter", "clip")
    assert [key for _, key in made] == ["clip_01"]
    assert "It hums, and we like it." in run_pokegeo(home, "status", "haunter", COLUMNS="300").stdout


def test_a_take_is_judged_once(studio: tuple[Path, CompletedProcess[str]], city: VendorCity) -> None:
    """The film was produced twice by now; each verdict is on file once, from the first time."""
    home = studio[0]
    approved = StudioDb(f"sqlite:///{home / 'studio.db'}").approved("haunter", "narration")
    file = VerdictFile(f"sqlite:///{home / 'studio.db'}")
    before = file.of_takes([row.take.id for row in approved.values()])

    _produce(home, city)

    after = file.of_takes([row.take.id for row in approved.values()])
    assert after == before and len(before) == 2 * 6
    heard = [row.measured["heard"] for row, _ in after if row.check == SAYS]
    assert len(heard) == 2


def test_other_clips_go_on_when_one_is_held_up(tmp_path: Path, city: VendorCity) -> None:
    """The house made both clips; now they are to be bought, and one's line has gone silent."""
    environment: dict[str, str] = {
        **{name: city.environ[name] for name in city.environ if "KIE" in name},
        **QUICK,
    }
    order = ("produce", "haunter", "--clips", "2", "--profile", "rehearsal")
    home = tmp_path / "studio"
    before = _bought(city)["kie"]
    assert run_pokegeo(home, *order).returncode == 0
    _spoil_one_line(home)

    done = run_pokegeo(home, *order, **environment)

    assert done.returncode == 1
    db = StudioDb(f"sqlite:///{home / 'studio.db'}")
    clips = db.approved("haunter", "clip")
    assert {key: row.take.member for (_, key), row in clips.items()} == {"clip_01": "house", "clip_02": "kie"}
    assert _bought(city)["kie"] == before + 1
    (held,) = [f for f in db.failures("haunter") if f.asset == "clip"]
    assert held.key == "clip_01" and "the_narration_can_be_heard" in held.reason


def _spoil_one_line(home: Path) -> None:
    """Makes the voice of clip_01 silent, as a broken delivery would be, and stores it as a take."""
    db = StudioDb(f"sqlite:///{home / 'studio.db'}")
    good = db.approved("haunter", "narration")["narration", "clip_01"]
    silent = home / "silent.wav"
    with wave.open(str(silent), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(bytes(2 * good.take.slate["samples"]))
    store = open_media_store(StudioSettings.from_env({}, home))
    key = media_key("haunter", "narration", "clip_01", sha256_of(silent), ".wav")
    spoilt = db.add_take(
        episode="haunter", asset="narration", key="clip_01", recipe=good.take.recipe, number=2,
        data_version="0" * 32, files={"main": store.put(key, silent, "audio/wav")},
        slate=good.take.slate, member="house", model="heart",
    )  # fmt: skip
    db.approve("haunter", "narration", "clip_01", spoilt.id, good.inputs_text)
