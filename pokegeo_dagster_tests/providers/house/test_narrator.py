"""The house voice: what it hands over, and that it says names as people do."""

import socket
import wave
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from pokegeo_dagster.film.crew import Made, NarrationOrder
from pokegeo_dagster.film.errors import OrderRefused
from pokegeo_dagster.film.sound.pacing import PAUSES_S, spoken_seconds
from pokegeo_dagster.providers.house.narrator import HouseNarrator
from pokegeo_dagster.providers.house.synth.pronounce import with_pronunciations

LINE = "Here, at the edge of the marsh... a Gyarados waits... patient, and utterly still."


@pytest.fixture(scope="module")
def narrator() -> HouseNarrator:
    return HouseNarrator()


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch):
    def shut(*_: object, **__: object):
        raise AssertionError("the voice reached for the network")

    monkeypatch.setattr(socket, "socket", shut)
    monkeypatch.setattr(socket, "create_connection", shut)


def spoken(narrator: HouseNarrator, text: str, room: Path, seed: int = 7) -> Made:
    room.mkdir(exist_ok=True)
    return narrator.speak(NarrationOrder(text=text, names=("Gyarados",), seed=seed), room)


def sound(made: Made) -> np.ndarray:
    with wave.open(str(made.files["main"])) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (48_000, 1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768


def test_the_slate_counts_the_samples_of_the_file(narrator: HouseNarrator, tmp_path: Path):
    made = spoken(narrator, LINE, tmp_path)

    assert made.slate["samples"] == len(sound(made))
    assert made.slate["duration_s"] == pytest.approx(len(sound(made)) / 48_000, abs=1e-4)


def test_every_word_has_its_time_in_order_inside_the_line(narrator: HouseNarrator, tmp_path: Path):
    slate = spoken(narrator, LINE, tmp_path).slate

    edges = [edge for word in slate["words"] for edge in (word["start_s"], word["end_s"])]
    assert " ".join(word["text"] for word in slate["words"]) == LINE
    assert edges == sorted(edges)
    assert 0 <= edges[0] < 0.05
    assert slate["duration_s"] - 0.05 < edges[-1] <= slate["duration_s"]


def test_an_ellipsis_is_real_silence_of_its_length(narrator: HouseNarrator, tmp_path: Path):
    made = spoken(narrator, LINE, tmp_path)
    words, samples = made.slate["words"], sound(made)

    for before, after in ((6, 7), (9, 10)):
        start, end = words[before]["end_s"], words[after]["start_s"]
        assert words[before]["text"].endswith("...")
        assert end - start == pytest.approx(PAUSES_S["ellipsis"], abs=0.03)
        gap = samples[int((start + 0.03) * 48_000) : int((end - 0.02) * 48_000)]
        assert np.abs(gap).max() < 0.003


def test_nothing_is_silent_at_the_ends_and_nothing_clips(narrator: HouseNarrator, tmp_path: Path):
    samples = sound(spoken(narrator, LINE, tmp_path))

    loud = np.flatnonzero(np.abs(samples) > 0.004)
    assert loud[0] < 0.05 * 48_000
    assert len(samples) - loud[-1] < 0.08 * 48_000
    assert 0.1 < np.abs(samples).max() < 0.75


def test_lines_are_equally_loud(narrator: HouseNarrator, tmp_path: Path):
    levels = []
    for text in ("She knows it.", LINE, "Something in the water is watching him."):
        samples = sound(spoken(narrator, text, tmp_path))
        grains = np.square(samples[: len(samples) // 960 * 960].reshape(-1, 960)).mean(axis=1)
        levels.append(10 * np.log10(grains[grains > grains.max() / 1000].mean()))

    assert max(levels) - min(levels) < 1.5


def test_the_same_order_gives_the_same_bytes_whoever_else_is_speaking(tmp_path: Path):
    narrator = HouseNarrator()
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda k: spoken(narrator, LINE, tmp_path / str(k)), range(4)))

    assert len({one.files["main"].read_bytes() for one in made}) == 1
    other = spoken(HouseNarrator(), LINE, tmp_path / "again")
    assert other.files["main"].read_bytes() == made[0].files["main"].read_bytes()


@pytest.mark.parametrize(
    "text", ["Haunter.", "Silence", "It is 3.5 m wide!", "“Why?” Mr. Mime asked: no one."]
)
def test_a_short_or_odd_line_is_spoken_whole(narrator: HouseNarrator, tmp_path: Path, text: str):
    slate = spoken(narrator, text, tmp_path).slate

    assert " ".join(word["text"] for word in slate["words"]) == text
    assert slate["duration_s"] > 0.3


def test_a_very_long_line_is_spoken_whole(narrator: HouseNarrator, tmp_path: Path):
    text = "and the river runs on past the old stones " * 14

    slate = spoken(narrator, text, tmp_path).slate

    assert [word["text"] for word in slate["words"]] == text.split()
    assert slate["duration_s"] > 20


@pytest.mark.parametrize("text", ["", "  ...  "])
def test_a_line_without_a_word_is_refused(narrator: HouseNarrator, tmp_path: Path, text: str):
    with pytest.raises(OrderRefused, match="without a word"):
        spoken(narrator, text, tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        LINE,
        "For three weeks the rains have failed — and the river has shrunk to a chain of muddy pools.",
        "At just thirty centimeters tall, the Joltik is among the smallest predators in the forest.",
        "They have learned to listen... to the ground, to the wind, to one another.",
        "Nothing is wasted here; even the fallen leaves will feed the young that hatch beneath them.",
    ],
)
def test_the_estimate_is_close_to_the_voice(narrator: HouseNarrator, tmp_path: Path, text: str):
    taken = spoken(narrator, text, tmp_path).slate["duration_s"]

    assert spoken_seconds(text) == pytest.approx(taken, rel=0.12)


def test_names_are_said_as_people_say_them(narrator: HouseNarrator, tmp_path: Path):
    phonemes = spoken(narrator, "A Gyarados's wake hides the Pikachu.", tmp_path).slate["phonemes"]

    assert "ɡˈɛɹədOsᵻz" in phonemes
    assert "pˈikəʧˌu" in phonemes


def test_a_measure_is_read_out(narrator: HouseNarrator, tmp_path: Path):
    slate = spoken(narrator, "It is 6.5 m long.", tmp_path).slate

    assert "sˈɪks pYnt fˈIv mˈiTəɹz" in slate["phonemes"]
    assert [word["text"] for word in slate["words"]] == ["It", "is", "6.5", "m", "long."]


def test_a_name_in_small_letters_is_only_a_name_where_the_order_says_so():
    assert with_pronunciations("an abra sleeps", ()) == "an abra sleeps"
    assert with_pronunciations("an abra sleeps", ("Abra",)) == "an [abra](/ˈæbɹə/) sleeps"
