"""Streams, waves, drips and the deep; fire, lava, electricity and ice."""

from __future__ import annotations

import numpy as np

from pokegeo_dagster.film.sound.cues import Layer
from pokegeo_dagster.providers.house.synth.stage import RATE_HZ, Mono, Stage, Stereo, swell


def stream(stage: Stage, layer: Layer) -> Stereo:
    """Running water is bubbles: hundreds of small rising notes over a bed of rush."""
    rush = stage.noise([(250, -10), (700, 0), (1800, -5), (5000, -14), (11000, -28)], width=0.9)
    sound = rush * (0.12 + 0.5 * layer.strength**1.5) * stage.drift(1.5, 0.75, 1.1)[:, None]
    bubbles = [_bubble(stage, stage.dice.uniform(380, 2600)) for _ in range(32)]
    for at in stage.moments((70 + 90 * layer.strength) * layer.pace):
        bubble = bubbles[int(stage.dice.integers(len(bubbles)))]
        stage.place(sound, bubble, at, stage.pan(0.9), 0.15 + 0.75 * stage.dice.random() ** 3)
    return sound


def _bubble(stage: Stage, hz: float) -> Mono:
    """The note of an air bubble: it rises as the bubble nears the surface."""
    return stage.ring(hz, 14 / hz + stage.dice.uniform(0.004, 0.012), glide=stage.dice.uniform(0.1, 0.6))


def waves(stage: Stage, layer: Layer) -> Stereo:
    """Each wave draws itself up, falls, and hisses back over the sand."""
    deep = stage.noise([(50, -3), (140, 0), (400, -12), (900, -28)], width=0.7)
    wash = stage.noise([(300, -10), (900, 0), (2500, -6), (8000, -18)], width=0.9)
    foam = stage.noise([(2500, -14), (6000, 0), (12000, -8)], width=1.0)
    period = (4.2 if layer.strength < 0.4 else 6.0) / layer.pace
    rise, fizz = (np.zeros(stage.samples, np.float32) for _ in range(2))
    for at in [-0.55 * period, *stage.turns(period, 0.12)]:
        _add(rise, swell(int(period * 1.1 * RATE_HZ), 0.42, 1.4), at, stage.dice.uniform(0.7, 1.1))
        _add(
            fizz,
            swell(int(period * 0.9 * RATE_HZ), 0.22, 1.2),
            at + 0.46 * period,
            stage.dice.uniform(0.6, 1.0),
        )
    side = stage.drift(0.25, 0.7, 1.3)
    sound = deep * (0.2 + 0.7 * rise)[:, None] + wash * (0.08 + 0.85 * rise**2)[:, None]
    return sound + foam * np.stack((fizz * side, fizz * (2 - side)), axis=1) * 0.32


def _add(curve: Mono, hump: Mono, at_s: float, gain: float) -> None:
    start = int(at_s * RATE_HZ)
    skip = max(0, -start)
    part = hump[skip : skip + max(0, len(curve) - max(start, 0))]
    curve[max(start, 0) : max(start, 0) + len(part)] += part * np.float32(gain)


def underwater(stage: Stage, layer: Layer) -> Stereo:
    """A great dull weight of water, and strings of bubbles going up through it."""
    weight = stage.noise([(35, -4), (80, 0), (220, -8), (600, -26)], width=0.5)
    sound = weight * stage.drift(0.4, 0.5, 1.0)[:, None]
    sound += (
        stage.noise([(250, -6), (500, 0), (900, -18)], width=0.9) * 0.12 * stage.drift(1.2, 0.2, 1.0)[:, None]
    )
    for at in stage.moments(0.55 * layer.pace, at_least=2):
        pan, hz = stage.pan(), stage.dice.uniform(220, 420)
        for _ in range(int(stage.dice.integers(5, 16))):
            at += stage.dice.uniform(0.03, 0.13)
            hz *= stage.dice.uniform(0.97, 1.09)
            stage.place(sound, _bubble(stage, hz), at, pan, stage.dice.uniform(0.2, 0.8))
    return sound


def splash(stage: Stage, layer: Layer) -> Stereo:
    """A body into water: the slap, the plunge, and the drops coming down."""
    sound = stage.noise([(200, -8), (600, 0), (2000, -12)], width=0.9) * 0.05
    for at in stage.turns(3.4 / layer.pace, 0.2, first_s=stage.dice.uniform(0.5, 1.2)):
        pan = stage.pan(0.5)
        stage.place(sound, stage.puff(0.5, 300, 6500, attack=0.06), at, pan, 0.9)
        stage.place(sound, stage.puff(0.7, 60, 320, attack=0.15), at + 0.03, pan, 0.9)
        for _ in range(26):
            when = at + 0.15 + stage.dice.exponential(0.35)
            stage.place(sound, _bubble(stage, stage.dice.uniform(500, 2400)), when, pan + stage.pan(0.5), 0.4)
    return sound


def drips(stage: Stage, layer: Layer) -> Stereo:
    """Single drops into a still pool, and the stone giving them back."""
    sound = stage.noise([(60, 0), (200, -8), (700, -20), (2000, -34)], width=0.7) * 0.10
    for place in range(3):
        hz, pan = stage.dice.uniform(750, 1900), stage.pan()
        for at in stage.turns(stage.dice.uniform(1.3, 3.4) / layer.pace, 0.25):
            note = stage.ring(
                hz * stage.dice.uniform(0.94, 1.06), stage.dice.uniform(0.018, 0.04), glide=0.55
            )
            stage.place(sound, note, at, pan, 1.0 - 0.25 * place)
            stage.place(sound, stage.puff(0.006, 2500, 11000), at, pan, 0.12)
    return sound


def fire(stage: Stage, layer: Layer) -> Stereo:
    """A low breathing roar, the hiss of sap, and wood that cracks when it likes."""
    roar = stage.noise([(60, -3), (140, 0), (420, -10), (1100, -26)], width=0.6)
    hiss = stage.noise([(2500, -10), (5500, 0), (11000, -10)], width=0.9)
    sound = (
        roar
        * (0.25 + 0.6 * layer.strength)
        * (stage.drift(7, 0.5, 1.0) * stage.drift(0.6, 0.7, 1.0))[:, None]
    )
    sound += hiss * 0.07 * stage.drift(3, 0.3, 1.0)[:, None]
    cracks = [_crack(stage) for _ in range(24)]
    for at in stage.moments(26 * layer.pace * (0.5 + layer.strength)):
        crack = cracks[int(stage.dice.integers(len(cracks)))]
        stage.place(sound, crack, at, stage.pan(0.7), 0.12 + 1.9 * stage.dice.random() ** 5)
    return sound


def _crack(stage: Stage) -> Mono:
    snap = stage.puff(stage.dice.uniform(0.003, 0.012), 1200, 13000, attack=0.03)
    knock = stage.ring(stage.dice.uniform(500, 2600), stage.dice.uniform(0.002, 0.008)) * 0.6
    out = np.zeros(max(len(snap), len(knock)), np.float32)
    out[: len(snap)] += snap
    out[: len(knock)] += knock
    return out


def lava(stage: Stage, layer: Layer) -> Stereo:
    """Thick bubbles that swell and burst, over heat and a hiss of gas."""
    deep = stage.noise([(30, -3), (65, 0), (150, -10), (400, -28)], width=0.4)
    gas = stage.noise([(1500, -12), (4000, 0), (9000, -8)], width=0.9)
    sound = (
        deep * 0.6 * stage.drift(0.8, 0.5, 1.0)[:, None] + gas * 0.06 * stage.drift(1.2, 0.1, 1.0)[:, None]
    )
    for at in stage.moments(2.4 * layer.pace, at_least=3):
        pan, hz = stage.pan(), stage.dice.uniform(55, 150)
        stage.place(
            sound, stage.ring(hz, stage.dice.uniform(0.07, 0.16), glide=0.9, attack_s=0.03), at, pan, 1.0
        )
        stage.place(sound, stage.puff(0.09, 200, 1400, attack=0.1), at + 0.12, pan, 0.3)
    return sound


def electricity(stage: Stage, layer: Layer) -> Stereo:
    """A current's hum, and arcs: hundreds of tiny clicks in a burst, no two bursts alike."""
    t = np.arange(stage.samples) / RATE_HZ
    buzz = sum(np.sin(2 * np.pi * 100 * k * t + k) / k**0.8 for k in (1, 2, 3, 4, 6, 8, 11))
    sound = np.repeat((buzz * 0.07 * stage.drift(1.5, 0.2, 1.0)).astype(np.float32)[:, None], 2, axis=1)
    clicks = [stage.puff(stage.dice.uniform(0.0012, 0.004), 1500, 15000, attack=0.05) for _ in range(16)]
    for at in stage.moments((1.6 + 2.2 * layer.strength) * layer.pace, at_least=3):
        pan, length = stage.pan(), stage.dice.uniform(0.06, 0.45)
        for _ in range(int(length * stage.dice.uniform(180, 480))):
            click = clicks[int(stage.dice.integers(len(clicks)))]
            when = at + length * stage.dice.beta(1.1, 2.2)
            stage.place(sound, click, when, pan + stage.pan(0.15), 0.15 + 0.9 * stage.dice.random() ** 2)
        zap = stage.ring(stage.dice.uniform(1800, 4200), 0.03, glide=-1.6)
        stage.place(sound, zap, at, pan, 0.22)
    return sound


def ice(stage: Stage, layer: Layer) -> Stereo:
    """A frozen surface under strain: falling pings that run along it, creaks, small cracks."""
    sound = stage.noise([(100, 0), (300, -8), (900, -20), (4000, -34)], width=0.9)
    sound *= 0.10 * stage.drift(0.4, 0.4, 1.0)[:, None]
    for at in stage.moments(0.7 * layer.pace, at_least=2):
        ping = stage.ring(
            stage.dice.uniform(1400, 3400), stage.dice.uniform(0.05, 0.16), glide=-2.2, attack_s=0.001
        )
        stage.place(sound, ping, at, stage.pan(), stage.dice.uniform(0.3, 0.9))
    for at in stage.moments(0.5 * layer.pace, at_least=1):
        pan = stage.pan()
        for k in range(int(stage.dice.integers(6, 22))):
            when = at + k * stage.dice.uniform(0.008, 0.03)
            knock = stage.ring(stage.dice.uniform(260, 900), stage.dice.uniform(0.003, 0.012))
            stage.place(sound, knock, when, pan, stage.dice.uniform(0.1, 0.5))
    for at in stage.moments(5):
        stage.place(sound, stage.puff(0.004, 3000, 14000), at, stage.pan(1.0), 0.4 * stage.dice.random() ** 2)
    return sound
