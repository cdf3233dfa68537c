"""The foley stage: noise of any colour, slow change, small sounds placed in stereo, and a room.

Everything is drawn from one seeded generator and shaped in the frequency domain, which is why it
sounds the same on every run and costs little.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 48_000
Mono = NDArray[np.floating[Any]]
Stereo = NDArray[np.floating[Any]]  # samples × 2
Points = Sequence[tuple[float, float]]  # (Hz, dB), rising in Hz


@dataclass
class Stage:
    """A stretch of time to fill, and the dice that fill it."""

    samples: int
    dice: np.random.Generator
    _padded: int = field(init=False)

    def __post_init__(self) -> None:
        self._padded = quick_size(self.samples)

    @property
    def seconds(self) -> float:
        return self.samples / RATE_HZ

    def silence(self) -> Stereo:
        return np.zeros((self.samples, 2), np.float32)

    def noise(self, colour: Points, width: float = 1.0) -> Stereo:
        """Steady noise, RMS 1, whose spectrum runs straight (in dB over octaves) through the points.

        It falls away 60 dB beyond them. `width` 0 is mono, 1 is two noises that know nothing of each other.
        """
        size = self._padded
        shape = colouring(size, colour)
        shape *= 1 / np.sqrt(np.square(shape).sum() * 2 / size**2) / math.sqrt(size)
        channels = [self._one_noise(shape) for _ in range(2 if width else 1)]
        if not width:
            return np.repeat(channels[0][:, None], 2, axis=1)
        middle, side = channels
        angle = width * math.pi / 4
        left = math.cos(angle) * middle + math.sin(angle) * side
        right = math.cos(angle) * middle - math.sin(angle) * side
        return np.stack((left, right), axis=1)

    def _one_noise(self, shape: NDArray[np.float64]) -> Mono:
        size = self._padded
        draws = self.dice.standard_normal((size // 2 + 1, 2), dtype=np.float32).view(np.complex64)[:, 0]
        draws *= shape.astype(np.float32) * np.float32(math.sqrt(size / 2))
        return np.fft.irfft(draws, size)[: self.samples].astype(np.float32, copy=False)

    def drift(self, per_s: float, low: float = 0.0, high: float = 1.0) -> Mono:
        """A value that wanders smoothly between low and high, turning about `per_s` times a second."""
        knots = max(4, math.ceil(self.seconds * per_s) + 3)
        values = self.dice.uniform(low, high, knots)
        place = np.arange(0, self.samples, 64) / self.samples * (knots - 2) + self.dice.uniform(0, 0.9)
        whole = place.astype(int)
        ease = (1 - np.cos(np.pi * (place - whole))) / 2
        coarse = values[whole] * (1 - ease) + values[whole + 1] * ease
        return np.interp(np.arange(self.samples), np.arange(len(coarse)) * 64, coarse).astype(np.float32)

    def moments(self, per_s: float, at_least: int = 0) -> NDArray[np.float64]:
        """When something happens by chance, `per_s` times a second on average, in order, in seconds.

        Rare things are dealt out over the clip, one to each part of it: chance would bunch them.
        """
        number = max(at_least, int(self.dice.poisson(per_s * self.seconds)))
        places = self.dice.uniform(0, 1, number)
        if number <= 24:
            places = (np.arange(number) + places) / max(number, 1)
        return np.sort(places) * max(self.seconds - 0.05, 0.01)

    def turns(self, every_s: float, unevenness: float = 0.15, first_s: float | None = None) -> list[float]:
        """When something happens in a rhythm that is not a machine's, in seconds."""
        at = self.dice.uniform(0.05, 0.6 * every_s) if first_s is None else first_s
        times: list[float] = []
        while at < self.seconds - 0.05:
            times.append(at)
            at += every_s * max(0.3, 1 + unevenness * self.dice.standard_normal())
        return times

    def place(self, where: Stereo, grain: Mono, at_s: float, pan: float = 0.0, gain: float = 1.0) -> None:
        """Add a small sound to a layer at a time; what hangs over the end is cut. `pan` −1 is left."""
        start = int(at_s * RATE_HZ)
        part = grain[: max(0, self.samples - start)]
        if start < 0 or not len(part):
            return
        angle = (max(-1.0, min(1.0, pan)) + 1) * math.pi / 4
        where[start : start + len(part), 0] += part * (gain * math.cos(angle))
        where[start : start + len(part), 1] += part * (gain * math.sin(angle))

    def pan(self, spread: float = 0.8) -> float:
        return float(self.dice.uniform(-spread, spread))

    def ring(self, hz: float, decay_s: float, glide: float = 0.0, attack_s: float = 0.002) -> Mono:
        """A sine that dies away (to −60 dB after about seven decays), its pitch moving by `glide`
        octaves as it does: a drop, a knock, a bell's partial."""
        t = time_s(min(decay_s * 6, 4.0))
        phase = 2 * np.pi * hz * np.cumsum(np.exp2(glide * (1 - np.exp(-t / decay_s)))) / RATE_HZ
        return (np.sin(phase) * np.exp(-t / decay_s) * (1 - np.exp(-t / attack_s))).astype(np.float32)

    def puff(self, seconds: float, low_hz: float, high_hz: float, attack: float = 0.1) -> Mono:
        """A burst of noise between two frequencies, RMS about 1 at its top."""
        n = max(64, int(seconds * RATE_HZ))
        size = quick_size(n)
        spectrum = np.fft.rfft(self.dice.standard_normal(n, dtype=np.float32), size)
        hz = np.fft.rfftfreq(size, 1 / RATE_HZ)
        spectrum *= (
            1 / np.sqrt(1 + (low_hz / np.maximum(hz, 1)) ** 6) / np.sqrt(1 + (hz / high_hz) ** 6)
        ).astype(np.float32)
        sound = np.fft.irfft(spectrum, size)[:n]
        return (sound / (sound.std() + 1e-9) * swell(n, attack)).astype(np.float32)


def time_s(seconds: float) -> NDArray[np.float64]:
    return np.arange(max(8, int(seconds * RATE_HZ))) / RATE_HZ


def swell(samples: int, attack: float = 0.3, fall: float = 2.0) -> Mono:
    """A hump that begins and ends at 0, its top at `attack` of the way."""
    x = np.linspace(0, 1, samples, dtype=np.float32)
    rise = np.sin(np.clip(x / max(attack, 1e-3), 0, 1) * np.pi / 2) ** 2
    down = np.maximum(np.cos(np.clip((x - attack) / (1 - attack), 0, 1) * np.pi / 2), 0) ** fall
    return rise * down


def colouring(size: int, colour: Points) -> NDArray[np.float64]:
    """Magnitude of each rfft bin for a spectrum through (Hz, dB) points."""
    hz = np.maximum(np.fft.rfftfreq(size, 1 / RATE_HZ), 1.0)
    points = [(colour[0][0] / 4, colour[0][1] - 60), *colour, (colour[-1][0] * 3, colour[-1][1] - 60)]
    octaves, levels = np.log2([p[0] for p in points]), [p[1] for p in points]
    return 10 ** (np.interp(np.log2(hz), octaves, levels) / 20)


def quick_size(samples: int) -> int:
    """The least even 5-smooth number that holds them: sizes at which a Fourier transform is quick."""
    best = 1 << max(3, (samples - 1).bit_length())
    five = 1
    while five < best:
        three = five
        while three < best:
            size = three << max(1, math.ceil(math.log2(max(samples / three, 1))))
            if samples <= size < best:
                best = size
            three *= 3
        five *= 5
    return best


def loud_level(sound: Stereo) -> float:
    """RMS of the louder third of a layer: what is judged loud, whether it is a drip or a gale."""
    grain = RATE_HZ // 50
    power = np.square(sound[: len(sound) // grain * grain : 4].astype(np.float32)).mean(axis=1)
    power = power[: len(power) // (grain // 4) * (grain // 4)].reshape(-1, grain // 4).mean(axis=1)
    if not power.size:
        return 0.0
    return float(math.sqrt(np.sort(power)[-max(1, power.size // 3) :].mean()))


def in_a_room(stage: Stage, near: Stereo, far: Stereo | None, echo: float) -> Stereo:
    """The layers in their room: what is far is dull and mostly reverberation. `echo` 0.12 is open
    air (a soft half-second), 0.6 a cave (two seconds and a half)."""
    tail_s = 0.35 + 3.4 * echo
    tail = int(tail_s * RATE_HZ)
    size = quick_size(stage.samples + tail)
    fade = np.exp(-np.arange(tail) / (tail / 6.9)).astype(np.float32)
    out = np.empty_like(near)
    muffle = 1 / (1 + (np.fft.rfftfreq(size, 1 / RATE_HZ) / 900) ** 1.6).astype(np.float32)
    damp = 1 / (1 + (np.fft.rfftfreq(size, 1 / RATE_HZ) / 3200) ** 1.4).astype(np.float32)
    for channel in range(2):
        impulse = stage.dice.standard_normal(tail, dtype=np.float32) * fade
        impulse[: int(0.012 * RATE_HZ)] = 0
        room = np.fft.rfft(impulse / np.sqrt(np.square(impulse).sum()), size) * damp
        dry = np.fft.rfft(near[:, channel], size)
        spectrum = dry * (1 + echo * room)
        if far is not None:
            away = np.fft.rfft(far[:, channel], size) * muffle
            spectrum += away * (0.75 + (0.45 + echo) * room)
        out[:, channel] = np.fft.irfft(spectrum, size)[: stage.samples]
    return out
