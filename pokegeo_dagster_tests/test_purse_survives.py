"""Whatever is killed, and whatever the vendors answer: nothing is bought twice, nothing is off the books."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.purse import Tally, killed_at_random, killed_at_steps, two_at_once
from bench.purse_storm import weathered
from bench.purse_studio import Producers, paid_studio

CLIPS = 1
pytestmark = pytest.mark.timeout(280)


@pytest.fixture(scope="module")
def producers() -> Iterator[tuple[Producers, Producers]]:
    both = Producers(), Producers()
    yield both
    for place in both:
        place.close()


def _agrees(tally: Tally) -> None:
    assert tally.wrong == []
    assert tally.most_per_slot == 1
    assert abs(tally.booked_usd - tally.taken_usd) < 0.005
    assert tally.off < 0.04  # the texts, quoted at the most they may cost, weigh most in the smallest film


def test_a_production_killed_around_its_commits_and_at_any_moment_buys_nothing_twice(
    tmp_path: Path, producers: tuple[Producers, Producers]
) -> None:
    tally = Tally()
    with paid_studio(tmp_path / "studio", CLIPS) as studio:
        killed_at_steps(studio, producers[0], tally, most=8, share=0.2, seed=11, then_ends=False)
        killed_at_random(studio, producers[0], tally, 4, random.Random(3), longest_s=3.0)

    assert tally.kills >= 10
    _agrees(tally)


def test_two_producers_of_one_episode_buy_it_once(
    tmp_path: Path, producers: tuple[Producers, Producers]
) -> None:
    tally = Tally()
    with paid_studio(tmp_path / "studio", CLIPS) as studio:
        two_at_once(studio, producers, tally)

    _agrees(tally)


def test_two_producers_of_one_episode_both_killed_again_and_again_buy_it_once(
    tmp_path: Path, producers: tuple[Producers, Producers]
) -> None:
    tally = Tally()
    with paid_studio(tmp_path / "studio", CLIPS) as studio:
        two_at_once(studio, producers, tally, rounds_of_death=3)

    assert tally.kills >= 4
    _agrees(tally)


def test_a_storm_of_faults_ends_in_a_film_or_in_typed_reasons(
    tmp_path: Path, producers: tuple[Producers, Producers]
) -> None:
    with paid_studio(tmp_path / "studio", CLIPS) as studio:
        weather = weathered(studio, producers[0], seed=1, rounds=3)

    assert weather.wrong == []
    assert weather.faults >= 3 and weather.files > 10
