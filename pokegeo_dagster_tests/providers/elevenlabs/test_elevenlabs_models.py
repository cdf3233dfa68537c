"""What each voice model takes, decided before anything is paid for."""

import pytest

from pokegeo_dagster.film.crew import NarrationOrder
from pokegeo_dagster.film.digest import digest
from pokegeo_dagster.film.errors import Refused
from pokegeo_dagster.providers.elevenlabs.models import VOICE_MODELS, VoiceSettings, settings_for


def test_multilingual_takes_the_manner_as_it_is_asked():
    settled = settings_for("eleven_multilingual_v2", VoiceSettings(speed=0.9, speaker_boost=True))

    assert settled.sent == {
        "stability": 0.40,
        "similarity_boost": 0.75,
        "style": 0.12,
        "speed": 0.9,
        "use_speaker_boost": True,
    }
    assert settled.changed == ()


def test_v3_is_only_asked_for_a_stability_it_takes_and_the_change_is_told():
    settled = settings_for("eleven_v3", VoiceSettings())

    assert settled.sent == {"stability": 0.5, "similarity_boost": 0.75}
    assert any("0.4 became 0.5" in line for line in settled.changed)
    assert any("style 0.12 is left out" in line for line in settled.changed)


@pytest.mark.parametrize(
    ("wish", "step"), [(0, 0), (0.2, 0), (0.25, 0.5), (0.5, 0.5), (0.74, 0.5), (0.75, 1), (1, 1)]
)
def test_a_stability_between_two_steps_becomes_the_nearer_and_then_the_steadier(wish: float, step: float):
    assert settings_for("eleven_v3", VoiceSettings(stability=wish)).sent["stability"] == step


@pytest.mark.parametrize("model", VOICE_MODELS)
def test_no_model_is_sent_a_setting_it_does_not_take(model: str):
    everything = VoiceSettings(speed=1.1, speaker_boost=False)

    settled = settings_for(model, everything)

    assert set(settled.sent) <= set(VOICE_MODELS[model].settings)
    assert len(settled.sent) + sum("left out" in line for line in settled.changed) == 5


def test_an_unknown_model_is_refused_with_the_known_ones_named():
    with pytest.raises(Refused, match="eleven_multilingual_v2") as told:
        settings_for("eleven_v9", VoiceSettings())
    assert all(name in str(told.value) for name in VOICE_MODELS)


def test_an_order_without_neighbours_has_the_digest_it_always_had():
    """Takes made before the fields came must not become stale."""
    order = NarrationOrder(text="It waits.", names=("Gyarados",), seed=3)

    assert digest(order) == digest({"text": "It waits.", "names": ["Gyarados"], "voice": None, "seed": 3})
    assert digest(order) != digest(order.model_copy(update={"next_text": "It strikes."}))
