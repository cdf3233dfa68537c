"""What is heard in the words of a cue."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pokegeo_dagster.film.sound.cues import MOST_LAYERS, read_cue


def heard(cue: str) -> list[str]:
    return [layer.kind for layer in read_cue(cue).layers]


@pytest.mark.parametrize(
    ("cue", "kinds"),
    [
        ("Distant thunder, light rain on leaves", ["thunder", "rain", "rustle"]),
        ("wind through dry grass, crickets", ["wind", "grass", "crickets"]),
        ("soft footsteps in snow, slow breathing", ["footsteps", "breath"]),
        ("crackling electricity", ["electricity"]),
        ("crackle of flames", ["fire"]),
        ("bubbling lava and a deep rumble", ["lava", "rumble"]),
        ("a low, rumbling growl", ["growl"]),
        ("gulls crying over the surf", ["birds", "waves"]),
        ("river over stones", ["stream"]),
        ("the forest at dawn", ["rustle", "birds"]),
        ("silence", ["air"]),
        ("a seasonal sight", ["air"]),
    ],
)
def test_a_cue_is_heard_as_it_is_written(cue: str, kinds: list[str]):
    assert heard(cue) == kinds


def test_a_manner_belongs_to_the_sound_it_stands_with():
    thunder, rain = read_cue("distant thunder and heavy rain").layers

    assert (thunder.distance, rain.distance) == ("far", "mid")
    assert rain.strength > thunder.strength


def test_what_is_named_first_leads():
    gains = [layer.gain_db for layer in read_cue("waves, wind, gulls, distant thunder").layers]

    assert gains == sorted(gains, reverse=True)
    assert gains[0] == 0


def test_a_cave_echoes_and_a_meadow_does_not():
    assert read_cue("drips in a cave").echo > 3 * read_cue("wind over the meadow").echo


@given(st.text(max_size=120))
def test_no_cue_is_without_sound(cue: str):
    assert 1 <= len(heard(cue)) <= MOST_LAYERS
    assert len(set(heard(cue))) == len(heard(cue))
