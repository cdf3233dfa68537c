"""What lives there: birds, frogs and insects, and the animal itself: steps, wings, breath and voice."""

from __future__ import annotations

import numpy as np

from pokegeo_dagster.film.sound.cues import Layer
from pokegeo_dagster.providers.house.synth.stage import RATE_HZ, Mono, Stage, Stereo, swell, time_s


def birds(stage: Stage, layer: Layer) -> Stereo:
    """A few birds, each with a phrase of its own that it repeats, varies and leaves off."""
    sound = stage.noise([(300, -8), (900, 0), (3000, -16)], width=0.9) * 0.012
    for number in range(int(stage.dice.integers(3, 5))):
        phrase = _phrase(stage)
        pan, away = stage.pan(0.9), 0.9 / (1 + 0.8 * number)
        at = stage.dice.uniform(0.0, 1.6)
        while at < stage.seconds:
            for offset, syllable in phrase[
                : int(stage.dice.integers(max(1, len(phrase) - 2), len(phrase) + 1))
            ]:
                stage.place(sound, syllable, at + offset, pan, away * stage.dice.uniform(0.75, 1.0))
            at += phrase[-1][0] + stage.dice.uniform(0.9, 3.2) / layer.pace
    return sound


def _phrase(stage: Stage) -> list[tuple[float, Mono]]:
    """Syllables of one bird and when in its phrase they come."""
    base, habit = stage.dice.uniform(2300, 4600), stage.dice.random()
    syllables: list[tuple[float, Mono]] = []
    at = 0.0
    if habit < 0.35:  # a trill: one syllable, many times
        note = _chirp(stage, base, stage.dice.uniform(-0.5, 0.5), stage.dice.uniform(0.035, 0.06))
        step = stage.dice.uniform(0.065, 0.11)
        return [(k * step, note) for k in range(int(stage.dice.integers(6, 13)))]
    for _ in range(int(stage.dice.integers(2, 6))):
        length = stage.dice.uniform(0.06, 0.2)
        bend = stage.dice.uniform(-0.7, 0.7) if habit < 0.75 else stage.dice.uniform(-0.15, 0.15)
        syllables.append((at, _chirp(stage, base * 2 ** stage.dice.uniform(-0.35, 0.35), bend, length)))
        at += length + stage.dice.uniform(0.03, 0.14)
    return syllables


def _chirp(stage: Stage, hz: float, bend: float, seconds: float) -> Mono:
    t = time_s(seconds)
    x = t / t[-1]
    wobble = stage.dice.uniform(0, 0.04) * np.sin(2 * np.pi * stage.dice.uniform(18, 40) * t)
    phase = 2 * np.pi * np.cumsum(hz * np.exp2(bend * x**1.3 + wobble)) / RATE_HZ
    return ((np.sin(phase) + 0.12 * np.sin(2 * phase)) * swell(len(t), stage.dice.uniform(0.15, 0.5))).astype(
        np.float32
    )


def owl(stage: Stage, layer: Layer) -> Stereo:
    """One owl, and a pause in which another might answer."""
    sound = stage.noise([(80, 0), (300, -10), (900, -26)], width=0.8) * 0.02
    hz = stage.dice.uniform(340, 430)
    for at in stage.turns(4.4 / layer.pace, 0.15, first_s=stage.dice.uniform(0.4, 1.2)):
        pan = stage.pan(0.7)
        for offset, length, gain in ((0.0, 0.26, 0.7), (0.55, 0.16, 0.6), (0.78, 0.62, 1.0)):
            t = time_s(length)
            pitch = hz * (1 + 0.05 * np.sin(np.pi * t / length) + 0.004 * np.sin(2 * np.pi * 6 * t))
            phase = 2 * np.pi * np.cumsum(pitch) / RATE_HZ
            hoot = (np.sin(phase) + 0.1 * np.sin(2 * phase)) * swell(len(t), 0.35)
            stage.place(sound, hoot.astype(np.float32), at + offset, pan, gain)
    return sound


def crickets(stage: Stage, layer: Layer) -> Stereo:
    """A field of crickets: each one's pulses come in threes, and no two keep the same time."""
    sound = stage.noise([(3500, -12), (4600, 0), (6000, -14)], width=1.0) * 0.035
    for number in range(6):
        hz, pan = stage.dice.uniform(3900, 5200), stage.pan(1.0)
        pulse = (np.sin(2 * np.pi * hz * time_s(0.016)) * swell(len(time_s(0.016)), 0.4)).astype(np.float32)
        chirp = np.concatenate(
            [np.pad(pulse, (0, int(0.013 * RATE_HZ))) for _ in range(int(stage.dice.integers(3, 5)))]
        )
        every = stage.dice.uniform(0.34, 0.62) / layer.pace
        loud = 1.0 / (1 + number) * stage.drift(0.3, 0.4, 1.0)
        for at in stage.turns(every, 0.04):
            stage.place(sound, chirp, at, pan, float(loud[min(int(at * RATE_HZ), stage.samples - 1)]))
    return sound


def frogs(stage: Stage, layer: Layer) -> Stereo:
    """A pond at night: pulsed croaks, deep ones and shrill ones, answering across the water."""
    sound = stage.noise([(150, -8), (500, 0), (1500, -14)], width=0.9) * 0.02
    for number in range(4):
        hz, pan = stage.dice.uniform(380, 1500), stage.pan(1.0)
        croak = _croak(stage, hz, rate_hz=stage.dice.uniform(28, 60), seconds=stage.dice.uniform(0.18, 0.42))
        for at in stage.turns(stage.dice.uniform(0.8, 1.9) / layer.pace, 0.25):
            stage.place(sound, croak, at, pan, stage.dice.uniform(0.6, 1.0) / (1 + 0.6 * number))
    return sound


def _croak(stage: Stage, hz: float, rate_hz: float, seconds: float) -> Mono:
    t = time_s(seconds)
    beat = np.modf(t * rate_hz)[0] / rate_hz
    tone = (
        np.sin(2 * np.pi * hz * t)
        + 0.5 * np.sin(2 * np.pi * hz * 1.98 * t)
        + 0.25 * np.sin(2 * np.pi * hz * 3.1 * t)
    )
    return (tone * np.exp(-beat * rate_hz * 4) * swell(len(t), 0.3)).astype(np.float32)


def insects(stage: Stage, layer: Layer) -> Stereo:
    """A warm shimmer of wings, and now and then one that flies past the ear."""
    shimmer = stage.noise([(4500, -10), (7000, 0), (9000, -8)], width=1.0)
    sound = shimmer * (0.10 * stage.drift(24, 0.4, 1.0) * stage.drift(0.4, 0.5, 1.0))[:, None]
    for at in stage.turns(2.6 / layer.pace, 0.3):
        seconds = stage.dice.uniform(1.0, 2.2)
        t = time_s(seconds)
        near = swell(len(t), stage.dice.uniform(0.35, 0.65))
        pitch = stage.dice.uniform(150, 230) * np.exp2(
            0.06 * np.sin(2 * np.pi * 2.2 * t) - 0.25 * t / seconds
        )
        phase = 2 * np.pi * np.cumsum(pitch) / RATE_HZ
        buzz = sum(np.sin(k * phase) / k for k in range(1, 10)) * near * (0.8 + 0.2 * np.sin(phase / 7))
        side = np.linspace(-0.9, 0.9, len(t)) * stage.dice.choice([-1, 1])
        start = int(at * RATE_HZ)
        room = min(len(t), stage.samples - start)
        sound[start : start + room, 0] += (buzz * np.sqrt((1 - side) / 2))[:room].astype(np.float32) * 0.3
        sound[start : start + room, 1] += (buzz * np.sqrt((1 + side) / 2))[:room].astype(np.float32) * 0.3
    return sound


def footsteps(stage: Stage, layer: Layer) -> Stereo:
    """Weight set down, and the ground answering: a thud, then what it stepped on."""
    sound = stage.noise([(100, 0), (400, -10), (1500, -24)], width=0.8) * 0.015
    weight = 120 - 60 * layer.strength
    for number, at in enumerate(stage.turns(0.62 / layer.pace, 0.07)):
        pan = 0.12 if number % 2 else -0.12
        stage.place(sound, stage.ring(weight * stage.dice.uniform(0.9, 1.1), 0.035, glide=-0.5), at, pan, 0.9)
        for k in range(int(stage.dice.integers(4, 9))):
            grit = stage.puff(stage.dice.uniform(0.008, 0.035), stage.dice.uniform(500, 1600), 5500)
            when = at + 0.01 + k * stage.dice.uniform(0.008, 0.02)
            stage.place(sound, grit, when, pan + stage.pan(0.1), stage.dice.uniform(0.08, 0.3))
    return sound


def wingbeats(stage: Stage, layer: Layer) -> Stereo:
    """Strokes of a wing, the down-stroke heavy, then a glide."""
    sound = stage.noise([(200, 0), (600, -6), (2000, -22)], width=0.8) * 0.03
    at = stage.dice.uniform(0.1, 0.5)
    beat = stage.dice.uniform(0.24, 0.34) / layer.pace * (0.8 + 0.5 * layer.strength)
    while at < stage.seconds:
        pan = stage.pan(0.5)
        for _ in range(int(stage.dice.integers(4, 8))):
            stage.place(sound, stage.puff(beat * 0.75, 110, 750, attack=0.3), at, pan, 0.9)
            stage.place(sound, stage.puff(beat * 0.45, 500, 2600, attack=0.5), at + beat * 0.5, pan, 0.16)
            at += beat * stage.dice.uniform(0.93, 1.07)
            pan = min(1.0, pan + 0.06)
        at += stage.dice.uniform(0.5, 1.3)
    return sound


def growl(stage: Stage, layer: Layer) -> Stereo:
    """A throat: rough pulses through three resonances, opening and closing."""
    sound = stage.noise([(80, 0), (300, -10), (900, -24)], width=0.7) * 0.01
    for at in stage.turns(3.6 / layer.pace, 0.2, first_s=stage.dice.uniform(0.3, 1.0)):
        stage.place(
            sound, _throat(stage, stage.dice.uniform(1.1, 2.0), 58 - 22 * layer.strength), at, stage.pan(0.25)
        )
    return sound


def _throat(stage: Stage, seconds: float, hz: float) -> Mono:
    t = time_s(seconds)
    steps = max(8, int(seconds * 60))
    jitter = np.interp(t, np.linspace(0, seconds, steps), stage.dice.uniform(0.9, 1.12, steps))
    phase = 2 * np.pi * np.cumsum(hz * jitter * (1 + 0.25 * np.sin(np.pi * t / seconds))) / RATE_HZ
    rough = 0.65 + 0.35 * np.sin(2 * np.pi * 23 * t + 2 * np.sin(phase / 3))
    open_ = swell(len(t), 0.4)
    voice = np.zeros(len(t))
    for k in range(1, 26):
        f = k * hz
        formants = sum(
            g / (1 + ((f - c) / w) ** 2) for c, w, g in ((240, 110, 1.0), (620, 160, 0.55), (1150, 240, 0.3))
        )
        voice += formants / k**0.3 * np.sin(k * phase + k * k)
    rasp = stage.puff(seconds, 250, 1800, attack=0.4)[: len(t)]
    return ((voice * rough * 0.5 + rasp * 0.25 * rough) * open_).astype(np.float32)


def breath(stage: Stage, layer: Layer) -> Stereo:
    """In, brighter and shorter; out, lower and longer; and a rest."""
    sound = stage.noise([(100, 0), (400, -12), (1200, -28)], width=0.7) * 0.015
    cycle = (3.3 if layer.strength < 0.7 else 2.5) / layer.pace
    for at in stage.turns(cycle, 0.06, first_s=stage.dice.uniform(0.1, 0.5)):
        inhale = stage.puff(cycle * 0.30, 900, 3200, attack=0.65)
        exhale = stage.puff(cycle * 0.42, 280, 1500, attack=0.2)
        stage.place(sound, inhale, at, -0.05, 0.35)
        stage.place(sound, exhale, at + cycle * 0.38, 0.05, 0.75)
    return sound


def heartbeat(stage: Stage, layer: Layer) -> Stereo:
    """Two soft blows, and the time between them."""
    sound = stage.noise([(30, 0), (90, -8), (250, -26)], width=0.4) * 0.03
    for at in stage.turns(0.98 / layer.pace, 0.02):
        for offset, hz, gain in ((0.0, 52, 1.0), (0.27, 64, 0.65)):
            stage.place(sound, stage.ring(hz, 0.05, glide=-0.6, attack_s=0.012), at + offset, 0.0, gain)
            stage.place(
                sound, stage.ring(hz * 2.3, 0.03, glide=-0.5, attack_s=0.008), at + offset, 0.0, gain * 0.3
            )
    return sound


def rocks(stage: Stage, layer: Layer) -> Stereo:
    """Stones that come loose: each bounces quicker and smaller until it lies still."""
    sound = stage.noise([(80, 0), (300, -10), (900, -26)], width=0.8) * 0.02
    for at in stage.moments(0.8 * layer.pace, at_least=2):
        hz, pan, gap, loud = stage.dice.uniform(350, 1500), stage.pan(), stage.dice.uniform(0.14, 0.26), 0.9
        while gap > 0.02:
            for ratio in (1.0, 1.73, 2.91):
                stage.place(sound, stage.ring(hz * ratio, 0.009), at, pan, loud * 0.5 / ratio)
            stage.place(sound, stage.puff(0.008, 900, 8000), at, pan, loud * 0.25)
            at, gap, loud, pan = (
                at + gap,
                gap * stage.dice.uniform(0.6, 0.85),
                loud * 0.72,
                pan + stage.pan(0.1),
            )
    return sound


def crunch(stage: Stage, layer: Layer) -> Stereo:
    """Something is being bitten, or stepped through: fibres giving way one after the other."""
    sound = stage.noise([(100, 0), (400, -12), (1200, -28)], width=0.7) * 0.015
    for at in stage.turns(0.95 / layer.pace, 0.25):
        pan = stage.pan(0.3)
        for _ in range(int(stage.dice.integers(8, 20))):
            snap = stage.puff(
                stage.dice.uniform(0.003, 0.012), stage.dice.uniform(700, 2500), 9000, attack=0.05
            )
            stage.place(
                sound, snap, at + stage.dice.exponential(0.05), pan, 0.2 + 0.9 * stage.dice.random() ** 3
            )
    return sound
