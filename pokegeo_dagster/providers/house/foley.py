"""The house foley artist: atmospheres synthesised from a cue's words, on this machine."""

from __future__ import annotations

import math
import os
import wave
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from pokegeo_dagster.film.crew import Credit, Made, SoundOrder
from pokegeo_dagster.film.digest import seed_for
from pokegeo_dagster.film.edit.delivery import SAMPLE_RATE_HZ
from pokegeo_dagster.film.errors import OrderRefused
from pokegeo_dagster.film.sound.cues import CueSheetLine, Kind, Layer, read_cue
from pokegeo_dagster.providers.house.synth import animals, water_and_fire, weather
from pokegeo_dagster.providers.house.synth.stage import Stage, Stereo, in_a_room, loud_level

LONGEST_S = 120.0  # an effect is laid under one clip; more than this is a mistake in the order
_BED_DBFS = -30.0  # a plain layer's loud parts; the mixer puts every bed under the voice
_QUIET_DB: Mapping[Kind, float] = {
    "air": -14.0,
    "snow": -6.0,
    "heartbeat": 3.0,
    "rumble": 4.0,
    "thunder": 4.0,
}
_FLOOR_DBFS = -58.0  # the place itself, under every cue: no clip falls into digital silence
_CEILING = 10 ** (-4.0 / 20)
_EDGE_S = 0.010

_PLAYERS: Mapping[Kind, Callable[[Stage, Layer], Stereo]] = {
    "air": weather.air, "wind": weather.wind, "grass": weather.grass, "rustle": weather.rustle,
    "rain": weather.rain, "thunder": weather.thunder, "rumble": weather.rumble, "snow": weather.snow,
    "sand": weather.sand, "chimes": weather.chimes, "hum": weather.hum,
    "stream": water_and_fire.stream, "waves": water_and_fire.waves,
    "underwater": water_and_fire.underwater, "splash": water_and_fire.splash,
    "drips": water_and_fire.drips, "fire": water_and_fire.fire, "lava": water_and_fire.lava,
    "electricity": water_and_fire.electricity, "ice": water_and_fire.ice,
    "birds": animals.birds, "owl": animals.owl, "crickets": animals.crickets, "frogs": animals.frogs,
    "insects": animals.insects, "footsteps": animals.footsteps, "wingbeats": animals.wingbeats,
    "growl": animals.growl, "breath": animals.breath, "heartbeat": animals.heartbeat,
    "rocks": animals.rocks, "crunch": animals.crunch,
}  # fmt: skip


class HouseFoley:
    """Performs a cue with noise, sines and patience: no samples, no network, no state.

    A tenth of a second of CPU a layer for eight seconds of sound. Safe from any thread.
    """

    credit = Credit(member="house", model="synth")

    def perform(self, order: SoundOrder, room: Path) -> Made:
        """The cue as 48 kHz stereo PCM16 of exactly round(duration_s × 48000) samples.

        It begins and ends in a fade of 10 ms. Slate: `cue`, `duration_s`, `samples`, `layers` (the
        kinds that are heard, the leading one first). Raises OrderRefused for a length that is none.
        """
        if not 0.1 <= order.duration_s <= LONGEST_S:
            raise OrderRefused(
                f"An effect of {order.duration_s} s was ordered ({order.cue!r}); "
                f"the foley stage makes 0.1 to {LONGEST_S:g} s. Nothing was made."
            )
        samples = round(order.duration_s * SAMPLE_RATE_HZ)
        line = read_cue(order.cue)
        path = room / "effect.wav"
        _write(path, _edged(_performed(line, samples, order.seed)))
        slate = {
            "cue": order.cue,
            "duration_s": samples / SAMPLE_RATE_HZ,
            "samples": samples,
            "layers": [layer.kind for layer in line.layers],
        }
        return Made({"main": path}, slate)


def _performed(line: CueSheetLine, samples: int, seed: int) -> Stereo:
    """All layers in their room, at the level of a bed."""
    near = np.zeros((samples, 2), np.float32)
    far: Stereo | None = None
    for number, layer in enumerate(line.layers):
        # Dice of its own for every layer, so that a word added to a cue leaves the others as they were.
        stage = Stage(samples, np.random.default_rng(seed_for(seed, layer.kind, number)))
        sound = _PLAYERS[layer.kind](stage, layer)
        sound *= np.float32(_gain(sound, layer))
        if layer.distance == "far":
            far = sound if far is None else far + sound
        else:
            near += sound
    stage = Stage(samples, np.random.default_rng(seed_for(seed, "room")))
    if "air" not in {layer.kind for layer in line.layers}:
        air = weather.air(stage, Layer(kind="air"))
        near += air * np.float32(10 ** (_FLOOR_DBFS / 20) / loud_level(air))
    return _held(in_a_room(stage, near, far, line.echo))


def _gain(sound: Stereo, layer: Layer) -> float:
    """What brings a layer to its place: by its strength, its kind, its distance and its rank."""
    strength_db = 10 * (layer.strength - 0.5)
    distance_db = {"near": 2.0, "mid": 0.0, "far": -2.0}[layer.distance]
    wanted = _BED_DBFS + strength_db + distance_db + layer.gain_db + _QUIET_DB.get(layer.kind, 0.0)
    return 10 ** (wanted / 20) / max(loud_level(sound), 1e-6)


def _held(sound: Stereo) -> Stereo:
    """Peaks over a knee are bent, not cut: a near crack of thunder stays a crack."""
    knee = _CEILING / 2
    over = np.abs(sound) - knee
    bent = knee + (_CEILING - knee) * np.tanh(np.maximum(over, 0) / (_CEILING - knee))
    return np.where(over > 0, np.sign(sound) * bent, sound).astype(np.float32)


def _edged(sound: Stereo) -> Stereo:
    edge = min(int(_EDGE_S * SAMPLE_RATE_HZ), len(sound) // 2)
    ramp = np.sin(np.linspace(0, math.pi / 2, edge, dtype=np.float32))[:, None]
    sound[:edge] *= ramp
    sound[len(sound) - edge :] *= ramp[::-1]
    return sound


def _write(path: Path, sound: Stereo) -> None:
    draft = path.with_name(f".{path.name}.unfinished")
    with wave.open(str(draft), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes(np.round(sound * 32767).astype("<i2").tobytes())
    os.replace(draft, path)
