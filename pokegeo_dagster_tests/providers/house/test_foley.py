"""The house foley stage: exact lengths, no clicks, levels of a bed, the same bytes every time."""

import wave
from pathlib import Path

import numpy as np
import pytest

from pokegeo_dagster.film.crew import Made, SoundOrder
from pokegeo_dagster.film.errors import OrderRefused
from pokegeo_dagster.providers.bench.loudness import frame_power, lufs
from pokegeo_dagster.providers.house.foley import _PLAYERS, HouseFoley


def performed(cue: str, room: Path, seconds: float = 2.0, seed: int = 3) -> Made:
    return HouseFoley().perform(SoundOrder(cue=cue, duration_s=seconds, seed=seed), room)


def sound(made: Made) -> np.ndarray:
    with wave.open(str(made.files["main"])) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (48_000, 2, 2)
        return (
            (np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768)
            .astype(np.float32)
            .reshape(-1, 2)
        )


def band(samples: np.ndarray, low: float, high: float) -> float:
    power = np.abs(np.fft.rfft(samples.mean(axis=1))) ** 2
    hz = np.fft.rfftfreq(len(samples), 1 / 48_000)
    return float(power[(hz >= low) & (hz < high)].sum() / power.sum())


@pytest.mark.parametrize("kind", sorted(_PLAYERS))
def test_every_kind_sounds_at_the_level_of_a_bed(kind: str, tmp_path: Path):
    cue = {"air": "silence", "crunch": "gnawing", "drips": "dripping", "rustle": "rustling"}.get(kind, kind)

    made = performed(cue, tmp_path)

    assert made.slate["layers"][0] == kind
    level = lufs(frame_power(sound(made)))
    assert -46 < level < -21
    assert np.abs(sound(made)).max() < 0.66


@pytest.mark.parametrize("seconds", [0.5, 1.23456, 7.999])
def test_an_effect_is_as_long_as_it_was_ordered_to_the_sample(seconds: float, tmp_path: Path):
    made = performed("rain", tmp_path, seconds)

    assert len(sound(made)) == made.slate["samples"] == round(seconds * 48_000)


def test_an_effect_begins_and_ends_without_a_click(tmp_path: Path):
    samples = sound(performed("heavy rain, near thunder", tmp_path))

    assert np.abs(samples[[0, -1]]).max() == 0
    assert np.abs(samples[:24]).max() < 0.02


def test_the_same_order_gives_the_same_bytes_and_another_seed_another_take(tmp_path: Path):
    cue = "wind, birds"
    first = performed(cue, tmp_path).files["main"].read_bytes()

    assert performed(cue, tmp_path).files["main"].read_bytes() == first
    assert performed(cue, tmp_path, seed=4).files["main"].read_bytes() != first


def test_sounds_are_what_they_are_called(tmp_path: Path):
    birds, rumble, hiss = (sound(performed(cue, tmp_path)) for cue in ("birds", "rumble", "sand"))

    assert band(birds, 1500, 9000) > 0.8
    assert band(rumble, 20, 300) > 0.8
    assert band(hiss, 2000, 20_000) > 0.5


def test_what_is_far_is_duller_than_what_is_near(tmp_path: Path):
    near, far = (sound(performed(cue, tmp_path)) for cue in ("near rain", "distant rain"))

    assert band(far, 4000, 20_000) < band(near, 4000, 20_000) / 3


def test_a_cave_keeps_a_drop_longer_than_a_field(tmp_path: Path):
    cave, field = (
        sound(performed(f"footsteps {place}", tmp_path, 3.0)) for place in ("in a tunnel", "on the road")
    )

    def valleys(samples: np.ndarray) -> float:
        power = np.square(samples[:142_080]).reshape(-1, 960, 2).mean(axis=(1, 2))
        return float(np.quantile(power, 0.2) / power.max())

    assert valleys(cave) > 2.5 * valleys(field)


def test_an_effect_is_wide_and_still_there_in_mono(tmp_path: Path):
    left, right = sound(performed("wind, rain", tmp_path)).T

    assert 0.05 < np.corrcoef(left, right)[0, 1] < 0.9


@pytest.mark.parametrize("seconds", [0.0, -1.0, 1e6, float("nan")])
def test_a_length_that_is_none_is_refused(seconds: float, tmp_path: Path):
    with pytest.raises(OrderRefused, match="ordered"):
        performed("rain", tmp_path, seconds)
