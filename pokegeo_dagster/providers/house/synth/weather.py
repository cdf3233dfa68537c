"""Air, wind and what it moves, rain, thunder, snow and sand."""

from __future__ import annotations

import numpy as np

from pokegeo_dagster.film.sound.cues import Layer
from pokegeo_dagster.providers.house.synth.stage import RATE_HZ, Stage, Stereo, swell, time_s


def air(stage: Stage, layer: Layer) -> Stereo:
    """The tone of a quiet place: nothing, as a microphone hears it."""
    tone = stage.noise([(60, 0), (250, -8), (1000, -16), (6000, -30), (12000, -42)], width=0.8)
    return tone * stage.drift(0.3, 0.8, 1.1)[:, None]


def _gusts(stage: Stage, layer: Layer) -> np.ndarray:
    """Slow swells with quicker flutter on them, 0–1."""
    slow = stage.drift(0.35 * layer.pace, 0.1, 1.0)
    return slow * stage.drift(2.2, 0.75, 1.0) * (0.6 + 0.4 * layer.strength)


def wind(stage: Stage, layer: Layer) -> Stereo:
    """Gusts: the harder they blow, the brighter they get, and hard ones begin to whistle."""
    gust = _gusts(stage, layer)[:, None]
    low = stage.noise([(45, -4), (120, 0), (350, -12), (700, -30)], width=0.5)
    body = stage.noise([(180, -14), (420, 0), (900, -8), (2200, -26)], width=0.7)
    hiss = stage.noise([(900, -16), (2500, -6), (5000, -10), (11000, -26)], width=0.9)
    sound = low * (0.35 + 0.8 * gust) + body * 0.8 * gust**1.6 + hiss * 0.28 * gust**2.6
    if layer.strength > 0.6:
        sound += _whistle(stage, gust[:, 0])[:, None] * 0.5
    return sound


def _whistle(stage: Stage, gust: np.ndarray) -> np.ndarray:
    hz = 380 + 260 * gust + stage.drift(1.5, -25, 25)
    tone = np.sin(2 * np.pi * np.cumsum(hz) / RATE_HZ)
    return (tone * gust**3 * stage.drift(3, 0.2, 1.0)).astype(np.float32)


def grass(stage: Stage, layer: Layer) -> Stereo:
    """Dry stems brushing past one another, in waves that cross from one side to the other."""
    gust = _gusts(stage, layer)
    dry = stage.noise([(1200, -18), (3500, 0), (7000, -4), (13000, -16)], width=0.9)
    side = stage.drift(0.4, 0.35, 1.0)
    sound = dry * np.stack((gust * side, gust * (1.3 - side)), axis=1) * stage.drift(9, 0.55, 1.0)[:, None]
    for at in stage.moments(14 * layer.pace):
        loud = float(gust[min(int(at * RATE_HZ), stage.samples - 1)])
        stage.place(
            sound, stage.puff(stage.dice.uniform(0.01, 0.04), 2500, 9000), at, stage.pan(), 2.2 * loud
        )
    return sound


def rustle(stage: Stage, layer: Layer) -> Stereo:
    """Leaves: a breath of them all the time, and here and there a handful that is stirred."""
    gust = _gusts(stage, layer)
    sound = stage.noise([(700, -14), (2200, 0), (5000, -6), (11000, -20)], width=0.9) * (0.4 * gust)[:, None]
    for at in stage.moments(0.9 * layer.pace, at_least=2):
        pan = stage.pan()
        for k in range(int(stage.dice.integers(5, 18))):
            leaf = stage.puff(stage.dice.uniform(0.012, 0.07), stage.dice.uniform(600, 1800), 7000)
            when = at + k * stage.dice.uniform(0.015, 0.07)
            stage.place(sound, leaf, when, pan + stage.pan(0.2), stage.dice.uniform(0.3, 1.4))
    return sound


def rain(stage: Stage, layer: Layer) -> Stereo:
    """A curtain of it, and the drops that fall nearest, each for itself."""
    heavy = layer.strength
    curtain = stage.noise([(350, -16), (1200, -6), (4000, 0), (9000, -5), (15000, -16)], width=1.0)
    roar = stage.noise([(150, -6), (500, 0), (1400, -8)], width=0.9)
    sound = curtain * (0.10 + 0.55 * heavy) * stage.drift(0.8, 0.8, 1.1)[:, None] + roar * 0.5 * heavy**2
    drops = [_drop(stage) for _ in range(28)]
    for at in stage.moments(45 + 260 * heavy):
        drop = drops[int(stage.dice.integers(len(drops)))]
        stage.place(sound, drop, at, stage.pan(1.0), 0.25 + 1.1 * stage.dice.random() ** 3)
    return sound


def _drop(stage: Stage) -> np.ndarray:
    tick = stage.puff(0.006, 1800, 12000, attack=0.02) * 0.7
    plop = stage.ring(stage.dice.uniform(900, 3800), stage.dice.uniform(0.004, 0.014), glide=0.4)
    out = np.zeros(max(len(tick), len(plop)), np.float32)
    out[: len(tick)] += tick
    out[: len(plop)] += plop * stage.dice.uniform(0.3, 1.0)
    return out


def thunder(stage: Stage, layer: Layer) -> Stereo:
    """One strike, or two in a long clip: a crack when it is near, then the sky rolling away."""
    sound = stage.noise([(40, 0), (120, -8), (300, -24)], width=0.6) * 0.05
    first = stage.dice.uniform(0.3, max(0.4, min(1.6, stage.seconds * 0.2)))
    strikes = [first, first + stage.dice.uniform(4.5, 6.0)] if stage.seconds > 7 else [first]
    top = 90 if layer.distance == "far" else 220
    for number, at in enumerate(strikes):
        pan = stage.pan(0.5)
        if layer.distance == "near" or layer.strength > 0.7:
            stage.place(sound, stage.puff(0.35, 250, 7000, attack=0.01), at, pan, 1.1)
        for k in range(int(stage.dice.integers(7, 12))):
            length = stage.dice.uniform(0.8, 2.2)
            roll = stage.puff(
                length, 28, top * stage.dice.uniform(0.7, 1.6), attack=stage.dice.uniform(0.08, 0.4)
            )
            when = at + k * stage.dice.uniform(0.12, 0.42)
            gain = 1.5 * 0.84**k * stage.dice.uniform(0.5, 1.2) * (0.8 if number else 1.0)
            stage.place(sound, roll, when, pan + stage.pan(0.4), gain)
    return sound


def rumble(stage: Stage, layer: Layer) -> Stereo:
    """Something very large, moving underfoot."""
    deep = stage.noise([(26, -4), (48, 0), (90, -10), (200, -30)], width=0.3)
    stones = stage.noise([(90, -12), (180, 0), (420, -14)], width=0.8)
    swells = stage.drift(0.6 * layer.pace, 0.3, 1.0)[:, None]
    return deep * swells + stones * 0.6 * swells**2 * stage.drift(11, 0.2, 1.0)[:, None]


def snow(stage: Stage, layer: Layer) -> Stereo:
    """Snow on the air: the world with its top taken off, and single flakes on a cold surface."""
    sound = stage.noise([(120, -6), (400, 0), (1300, -14), (3000, -30)], width=0.9)
    sound *= 0.4 * stage.drift(0.4, 0.5, 1.0)[:, None]
    for at in stage.moments(22 * layer.pace):
        stage.place(sound, stage.puff(0.005, 5000, 14000), at, stage.pan(1.0), 0.5 * stage.dice.random() ** 2)
    return sound


def sand(stage: Stage, layer: Layer) -> Stereo:
    """Grains carried over a crest: thin, high, and never quite still."""
    gust = _gusts(stage, layer)
    fine = stage.noise([(2500, -20), (6000, 0), (11000, -2), (16000, -12)], width=1.0)
    low = stage.noise([(90, 0), (260, -8), (600, -24)], width=0.6)
    grains = stage.drift(40, 0.3, 1.0)
    return fine * (gust**1.5 * grains)[:, None] * 0.8 + low * 0.2 * gust[:, None]


def chimes(stage: Stage, layer: Layer) -> Stereo:
    """Crystal struck by nothing in particular: glassy partials that beat as they die."""
    sound = stage.noise([(3000, -10), (7000, 0), (12000, -8)], width=1.0) * 0.01
    root = stage.dice.uniform(620, 880)
    for at in stage.moments(1.1 * layer.pace, at_least=3):
        note = root * 2 ** (float(stage.dice.choice([0, 2, 4, 7, 9, 12, 16])) / 12)
        pan = stage.pan()
        for ratio, gain in ((1.0, 0.6), (2.0, 0.32), (2.76, 0.5), (5.4, 0.22), (8.9, 0.08)):
            partial = stage.ring(note * ratio * stage.dice.uniform(0.998, 1.002), 0.55 / ratio**0.5)
            stage.place(sound, partial, at, pan, gain)
    return sound


# Partials against the root, and how loud: two fifths, and above them what no throat would add.
_DRONE = (
    (1, 0.8), (1.5, 0.45), (2, 0.5), (2.4, 0.22), (3, 0.3), (4.76, 0.16), (8.03, 0.09), (12.1, 0.06),
)  # fmt: skip


def hum(stage: Stage, layer: Layer) -> Stereo:
    """An eerie drone: a few low voices a hair apart, breath in them, and something glassy above."""
    t = time_s(stage.seconds)[: stage.samples]
    root = stage.dice.uniform(65, 92)
    sound = stage.noise([(200, -12), (500, 0), (900, -10), (2500, -26)], width=0.9)
    sound *= 0.16 * stage.drift(0.5, 0.1, 1.0)[:, None]
    for ratio, gain in (
        (1, 0.8),
        (1.5, 0.45),
        (2, 0.5),
        (2.4, 0.22),
        (3, 0.28),
        (4.76, 0.12),
        (8.03, 0.07),
        (12.1, 0.05),
    ):
        bend = np.cumsum(np.exp2(stage.drift(0.25, -0.012, 0.012)[: len(t)])) / RATE_HZ
        swells = stage.drift(0.45, 0.1, 1.0) * np.float32(gain)
        start = stage.dice.uniform(0, 2 * np.pi)
        for channel in range(2):
            # A hair apart in pitch and phase: wide, and still there when a telephone plays it in mono.
            hz = root * ratio * (1 + stage.dice.uniform(-0.0006, 0.0006))
            phase = 2 * np.pi * hz * bend + start + stage.dice.uniform(-0.7, 0.7)
            sound[:, channel] += np.sin(phase).astype(np.float32) * swells
    moan = swell(stage.samples, 0.5)
    glide = root * 5.3 * np.exp2(stage.drift(0.5, -0.25, 0.25))
    voice = np.sin(2 * np.pi * np.cumsum(glide) / RATE_HZ + 0.6 * np.sin(2 * np.pi * 4.6 * t)).astype(
        np.float32
    )
    return sound + (voice * moan * 0.16 * stage.drift(0.6, 0.0, 1.0))[:, None]
