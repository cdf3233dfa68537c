"""What each voice model of ElevenLabs takes, and how a wish for a manner of speaking becomes that.

Seen in facts of 2026-11: characters per request and half-price models are the vendor's own; where a
model's manners are not documented (the v4 family), only what every model has ever taken is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from pydantic import Field

from pokegeo_dagster.film.errors import Refused
from pokegeo_dagster.film.model import Frozen

VENDOR = "elevenlabs"
VOICE_MODEL = "eleven_multilingual_v2"  # the steadiest over many separate lines
EFFECTS_MODEL = "eleven_text_to_sound_v2"
OUTPUT_FORMAT = "mp3_44100_128"  # the best that every plan may ask for

Setting = Literal["stability", "similarity_boost", "style", "speed", "use_speaker_boost"]


class VoiceSettings(Frozen):
    """How a line is to be spoken. What is None is left to the voice's own stored setting."""

    stability: float = Field(default=0.40, ge=0, le=1)
    similarity: float = Field(default=0.75, ge=0, le=1)
    style: float = Field(default=0.12, ge=0, le=1)
    speed: float | None = Field(default=None, ge=0.7, le=1.2)
    speaker_boost: bool | None = None

    @property
    def tag(self) -> str:
        """The settings in one short word, as 40-75-12: part of who speaks, so part of a take's recipe."""
        word = f"{self.stability * 100:.0f}-{self.similarity * 100:.0f}-{self.style * 100:.0f}"
        word += "" if self.speed is None else f"-speed{self.speed * 100:.0f}"
        return word + ("" if self.speaker_boost is None else f"-boost{int(self.speaker_boost)}")


class VoiceModel(Frozen):
    """What one model takes."""

    name: str
    characters: int  # in one request
    settings: tuple[Setting, ...]
    stability_steps: tuple[float, ...] = ()  # empty: anything from 0 to 1
    neighbours: bool  # previous_text and next_text
    language_code: bool
    credits_per_character: Decimal = Decimal(1)


class Settled(Frozen):
    """What is sent for a wish, and in words what could not be granted."""

    sent: Mapping[str, float | bool]
    changed: tuple[str, ...] = ()


_EVERYTHING: tuple[Setting, ...] = ("stability", "similarity_boost", "style", "speed", "use_speaker_boost")

VOICE_MODELS: Mapping[str, VoiceModel] = {
    model.name: model
    for model in (
        # v4 came in October 2026; its style, boost and stitching are not documented yet, so they are not
        # sent. The turbo's list price is half, as flash's is, and so are taken to be its credits.
        VoiceModel(
            name="eleven_v4",
            characters=10_000,
            settings=("stability", "similarity_boost", "speed"),
            neighbours=False,
            language_code=True,
        ),
        VoiceModel(
            name="eleven_v4_turbo",
            characters=10_000,
            settings=("stability", "similarity_boost", "speed"),
            neighbours=False,
            language_code=True,
            credits_per_character=Decimal("0.5"),
        ),
        # v3 answers any other stability with an error, ignores style and speed, has no speaker boost,
        # and is left out of request stitching.
        VoiceModel(
            name="eleven_v3",
            characters=5_000,
            settings=("stability", "similarity_boost"),
            stability_steps=(0.0, 0.5, 1.0),
            neighbours=False,
            language_code=True,
        ),
        VoiceModel(
            name="eleven_multilingual_v2",
            characters=10_000,
            settings=_EVERYTHING,
            neighbours=True,
            language_code=False,
        ),
        VoiceModel(
            name="eleven_flash_v2_5",
            characters=40_000,
            settings=("stability", "similarity_boost", "speed"),
            neighbours=True,
            language_code=True,
            credits_per_character=Decimal("0.5"),
        ),
    )
}
EFFECTS_MODELS = ("eleven_text_to_sound_v2", "eleven_text_to_sound_v3")


def voice_model(name: str) -> VoiceModel:
    """What is known of a model. Raises Refused for one nobody knows, naming those that are known."""
    if name not in VOICE_MODELS:
        raise Refused(
            VENDOR,
            f"no voice model is called {name!r}; nothing was charged. "
            f"Configure one of {', '.join(VOICE_MODELS)}.",
        )
    return VOICE_MODELS[name]


def effects_model(name: str) -> str:
    """The name again, if it is one. Raises Refused for a model nobody knows."""
    if name not in EFFECTS_MODELS:
        raise Refused(
            VENDOR,
            f"no effects model is called {name!r}; nothing was charged. "
            f"Configure one of {', '.join(EFFECTS_MODELS)}.",
        )
    return name


def settings_for(model: str, asked: VoiceSettings) -> Settled:
    """What this model takes of a manner of speaking, and what had to be changed, before it is paid for."""
    known = voice_model(model)
    wishes: dict[Setting, float | bool | None] = {
        "stability": asked.stability,
        "similarity_boost": asked.similarity,
        "style": asked.style,
        "speed": asked.speed,
        "use_speaker_boost": asked.speaker_boost,
    }
    sent: dict[str, float | bool] = {}
    changed: list[str] = []
    for name, wish in wishes.items():
        if wish is None:
            continue
        if name not in known.settings:
            changed.append(f"{name} {wish:g} is left out: {model} does not take it")
        elif name == "stability" and known.stability_steps:
            sent[name] = step = _nearest(wish, known.stability_steps)
            if step != wish:
                steps = ", ".join(f"{each:g}" for each in known.stability_steps)
                changed.append(f"stability {wish:g} became {step:g}: {model} takes {steps}")
        else:
            sent[name] = wish
    return Settled(sent=sent, changed=tuple(changed))


def _nearest(wish: float, steps: tuple[float, ...]) -> float:
    """The nearest step; between two, the steadier one."""
    return min(steps, key=lambda step: (abs(step - wish), -step))
