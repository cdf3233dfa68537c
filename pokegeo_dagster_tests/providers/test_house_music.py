"""The house's music: the same for the same order, calm, and without a click."""

from pathlib import Path

import numpy as np
import pytest

from pokegeo_dagster.film.edit.finish import Composed, Mood
from pokegeo_dagster.providers.bench.mixer import lay_music
from pokegeo_dagster.providers.bench.sound_file import WaveWriter, whole
from pokegeo_dagster.providers.house.music import composed

RATE = 48_000


@pytest.mark.parametrize("mood", ["serene", "solemn", "tense"])
def test_a_bed_never_jumps_never_stops_and_has_little_above_a_voice(mood: Mood) -> None:
    sound = composed(Composed(seed=3, mood=mood), 24 * RATE)

    assert np.abs(sound).max() <= 0.2501
    # A sine of 1 kHz at this peak moves 0.033 a sample at most: nothing in a bed is that quick.
    assert np.abs(np.diff(sound, axis=0)).max() < 0.02
    level = np.sqrt(np.square(sound[2 * RATE : 22 * RATE]).reshape(-1, RATE // 2, 2).mean(axis=(1, 2)))
    assert level.max() / level.min() < 4
    spectrum = np.abs(np.fft.rfft(sound[:, 0])) ** 2
    assert spectrum[24 * 3000 :].sum() < 1e-3 * spectrum.sum()


def test_the_same_order_is_the_same_bed_and_another_seed_is_another() -> None:
    one, again, other = (composed(Composed(seed=s, mood="serene"), 6 * RATE) for s in (1, 1, 2))

    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("seconds", [9.0, 31.0])
def test_a_bed_of_any_length_fits_the_film_without_a_seam(tmp_path: Path, seconds: float) -> None:
    time = np.arange(round(seconds * RATE)) / RATE
    with WaveWriter(tmp_path / "own.wav") as file:
        file.write(np.repeat(0.3 * np.sin(2 * np.pi * 220 * time)[:, None], 2, axis=1))

    bed = whole(lay_music(tmp_path / "own.wav", 30 * RATE, tmp_path))

    assert len(bed) == 30 * RATE
    assert np.abs(bed[[0, -1]]).max() < 1e-3
    level = np.sqrt(np.square(bed[4 * RATE : 25 * RATE]).reshape(-1, RATE // 4, 2).mean(axis=(1, 2)))
    assert level.max() / level.min() < 1.6  # where it begins again, two of one pitch add up
    assert np.abs(np.diff(bed, axis=0)).max() < 0.003
