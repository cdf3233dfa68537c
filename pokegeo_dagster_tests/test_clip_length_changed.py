"""Clips that are bought stay bought: how long clips are shot is a setting for those to come."""

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from pokegeo_dagster_tests.emulators.vendor_city import VendorCity, vendor_city
from pokegeo_dagster_tests.studios import run_pokegeo

HOUSE = {f"POKEGEO_{role}": "house" for role in ("RESEARCHER", "WRITER", "ILLUSTRATOR", "FOLEY")}
QUICK = {"POKEGEO_POLL_S": "0.1", "POKEGEO_MOST_POLL_S": "0.3", "POKEGEO_BACKOFF_S": "0.05"}
ORDER = ("produce", "haunter", "--clips", "1", "--profile", "rehearsal")
SHORT = "Deep among old stones a solitary shadow waits until it is night."  # some 4 s


@pytest.fixture(scope="module")
def city() -> Iterator[VendorCity]:
    with vendor_city(same_video=False, video_px=(320, 180)) as running:
        yield running


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory, city: VendorCity):
    """A terminal in a studio whose one clip was bought with ten seconds."""
    home = tmp_path_factory.mktemp("lengths") / "studio"

    def run(*words: str, **environment: str):
        return run_pokegeo(home, *words, **{**city.environ, **HOUSE, **QUICK, **environment})

    done = run(*ORDER)
    assert done.returncode == 0, done.stderr
    return run


def _nothing_to_buy(terminal, city: VendorCity, **setting: str) -> None:
    taken = len(city.charges.all("kie"))
    told = terminal("estimate", "haunter", **setting)
    assert "$0.00 in all: nothing to buy" in told.stdout, told.stdout
    assert "nothing is stale" in terminal("estimate", "haunter", "--stale", **setting).stdout
    made = terminal(*ORDER, **setting)
    assert made.returncode == 0, made.stderr
    assert "nothing left to buy" in made.stderr
    assert len(city.charges.all("kie")) == taken


@pytest.mark.parametrize("seconds", ["auto", "5"])
def test_a_ten_second_clip_is_kept_when_shorter_ones_are_ordered(terminal, city, seconds: str) -> None:
    """Its line may be too long for five seconds: a clip that is there needs no camera."""
    _nothing_to_buy(terminal, city, POKEGEO_CLIP_SECONDS=seconds)


def test_a_five_second_clip_that_was_asked_for_is_kept_when_longer_ones_are_ordered(
    terminal, city, tmp_path: Path
) -> None:
    text = terminal("screenplay", "show", "haunter").stdout
    edited = tmp_path / "edited.yaml"
    edited.write_text(re.sub(r"narration: .+\n(?:      .+\n)*", f"narration: {SHORT}\n", text, count=1))
    applied = terminal("screenplay", "apply", "haunter", str(edited))
    assert applied.returncode == 0, applied.stderr
    assert terminal(*ORDER).returncode == 0

    redone = terminal("redo", "haunter", "1", "--new-take", POKEGEO_CLIP_SECONDS="5")

    assert redone.returncode == 0, redone.stderr
    bought = city.charges.all("kie")
    assert [row.usd for row in bought] == [Decimal("0.42"), Decimal("0.21")]
    _nothing_to_buy(terminal, city, POKEGEO_CLIP_SECONDS="10")
    _nothing_to_buy(terminal, city)
    kept = terminal("takes", "haunter", "1").stdout.splitlines()
    assert [line.endswith("in the film") for line in kept[1:3]] == [False, True]


def test_a_clip_at_the_vendor_is_awaited_and_not_bought_in_another_length(tmp_path: Path) -> None:
    home = tmp_path / "studio"
    with vendor_city(task_s=8.0, video_px=(320, 180)) as city:
        keys = {**city.environ, **HOUSE, **QUICK}
        impatient = run_pokegeo(home, *ORDER, **keys, POKEGEO_GIVE_UP_S="0.3")
        assert impatient.returncode == 1 and "nothing is bought twice" in impatient.stderr

        told = run_pokegeo(home, "estimate", "haunter", **keys, POKEGEO_CLIP_SECONDS="5")
        done = run_pokegeo(home, *ORDER, **keys, POKEGEO_CLIP_SECONDS="5")

        assert "under way: clip clip_01" in told.stdout and "$0.00 in all" in told.stdout
        assert done.returncode == 0, done.stderr
        assert len(city.charges.all("kie")) == 1
