"""Gestures: the one micro-movement of a subject, as smooth displacements of its picture.

A gesture bends a body in bands, rows or columns of it, each of which is moved by its own affine
map; neighbours agree at the border between them, so nothing tears and nothing steps.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from math import pi, sin
from typing import Literal

import numpy as np

from pokegeo_dagster.film.picture.moves import Movement
from pokegeo_dagster.providers.house.planes import Plane

BREATH_HZ = 0.27


@dataclass(frozen=True)
class Body:
    """Where a subject is on the master, in pixels; its foot (the pivot) stays where it is."""

    left: float
    top: float
    width: float
    height: float
    pivot_x: float
    pivot_y: float
    facing: Literal["left", "right"]
    free: bool  # hangs in air or water: it may leave its place


class Gesture:
    """A body's movement over time. Everything begins at rest, so the opening frame is the one that
    was composed; the seed only varies tempo and direction."""

    def __init__(self, kind: Movement, body: Body, seed: int):
        draw = random.Random(seed)  # noqa: S311 (a tempo, not a secret)
        self.kind, self.body = kind, body
        self.tempo = draw.uniform(0.9, 1.1)
        self.side = draw.choice((-1.0, 1.0))
        # Everything below is in shares of this; a body larger than the frame moves no more for it.
        self.size = min(body.height, body.width * 1.6)
        self.axis: Literal["rows", "columns", "whole"] = (
            "rows"
            if kind in ("head", "sway", "drift", "blink")
            else "columns"
            if kind in ("tail", "wings")
            else "whole"
        )

    def gain(self, seconds: float) -> float:
        """The brightness of the body, 1 being as it was drawn."""
        if self.kind != "glow":
            return 1.0
        t = seconds * self.tempo
        return 1 + 0.07 * (0.5 - 0.5 * _cos(t / 2.6)) + 0.018 * sin(2 * pi * t * 1.7) * sin(2 * pi * t * 0.43)

    def whole(self, seconds: float) -> Plane:
        """Where each place of the moved body was before, as a 3×3 matrix on master pixels: breath,
        and for bodies that hang free, drift."""
        t, body = seconds * self.tempo, self.body
        breath = _breath(t * BREATH_HZ) * (1.0 if self.kind == "breath" else 0.5)
        taller, wider = 1 + 0.0105 * breath, 1 + 0.0065 * breath
        dx = dy = angle = 0.0
        if body.free or self.kind == "drift":
            share = 1.0 if self.kind == "drift" else 0.55
            share *= 1.0 if body.free else 0.35
            dx = self.side * share * 0.016 * self.size * sin(2 * pi * t / 7.3)
            dy = -share * 0.021 * self.size * sin(2 * pi * t / 5.1)
            angle = self.side * share * 0.012 * sin(2 * pi * t / 6.1)
        if self.kind == "wings" and body.free:
            dy += 0.006 * self.size * sin(2 * pi * t * 2.3)
        turned = np.array([[1, angle, 0], [-angle, 1, 0], [0, 0, 1]])
        scaled = np.diag([1 / wider, 1 / taller, 1.0])
        there = _shift(body.pivot_x, body.pivot_y)
        middle = _shift(0, -body.height / 2 if body.free else 0)
        back = np.linalg.inv(there @ middle)
        return there @ middle @ turned @ scaled @ back @ _shift(-dx, -dy)

    def offset(self, share: float, seconds: float) -> float:
        """How far the band at `share` (rows: 0 foot to 1 top; columns: 0 left to 1 right) is moved
        across itself, in master pixels."""
        t, size = seconds * self.tempo, self.size
        if self.kind == "head":
            lift = _smooth((share - 0.42) / 0.5)
            return (
                self.side * 0.014 * size * lift * (sin(2 * pi * t / 4.6) * 0.8 + 0.25 * sin(2 * pi * t / 1.9))
            )
        if self.kind == "blink":
            return self.side * 0.005 * size * _smooth((share - 0.5) / 0.5) * sin(2 * pi * t / 3.4)
        if self.kind == "sway":
            bend = min(1.2, max(0.0, share)) ** 1.7
            return self.side * 0.013 * size * bend * (sin(2 * pi * t / 3.9) + 0.3 * sin(2 * pi * t / 1.7))
        if self.kind == "drift":
            # A slow wave runs down a hanging body and is widest at its lower end.
            wave = sin(2 * pi * (t / 3.1 + share * 0.7)) - sin(2 * pi * share * 0.7)
            return self.side * 0.006 * size * (1.15 - min(1.0, max(0.0, share))) * wave
        if self.kind == "wings":
            out = abs(2 * min(1.0, max(0.0, share)) - 1)
            return -0.02 * size * out**1.8 * sin(2 * pi * t * 2.3)
        if self.kind == "tail":
            back = share if self.body.facing == "left" else 1 - share
            tip = _smooth((back - 0.66) / 0.34)
            return 0.024 * size * tip * (sin(2 * pi * (t * 0.62 - back * 0.3)) + sin(2 * pi * back * 0.3))
        return 0.0

    def band(self, first: float, last: float, seconds: float) -> Plane:
        """The 3×3 matrix of one band, between two master rows (or columns)."""
        body = self.body
        if self.axis == "rows":
            a = self.offset((body.pivot_y - first) / body.height, seconds)
            b = self.offset((body.pivot_y - last) / body.height, seconds)
        else:
            a = self.offset((first - body.left) / body.width, seconds)
            b = self.offset((last - body.left) / body.width, seconds)
        slope = (b - a) / max(1e-6, last - first)
        # The map leads back: what is seen here was there.
        if self.axis == "rows":
            return np.array([[1, -slope, slope * first - a], [0, 1, 0], [0, 0, 1]])
        return np.array([[1, 0, 0], [-slope, 1, slope * first - a], [0, 0, 1]])


class Ripple:
    """Water: rows of a plate slide from side to side, the more the nearer they are."""

    def __init__(self, horizon: float, bottom: float, frame_h: float):
        self.horizon, self.bottom, self.frame_h = horizon, bottom, frame_h

    def offset(self, row: float, seconds: float) -> float:
        """How far a master row is moved sideways, in pixels. Nothing moves at the start."""
        near = _smooth((row - self.horizon) / max(1.0, self.bottom - self.horizon))
        far = 2.4 - 1.4 * near  # waves look shorter towards the horizon
        phase = 2 * pi * far * (row - self.horizon) / (0.055 * self.frame_h)
        swell = _smooth(seconds / 1.5)
        return 0.0022 * self.frame_h * near * swell * sin(phase - 2 * pi * seconds * 0.55)

    def band(self, first: float, last: float, seconds: float) -> Plane:
        """The 3×3 matrix of the rows between two master rows."""
        a, b = self.offset(first, seconds), self.offset(last, seconds)
        slope = (b - a) / max(1e-6, last - first)
        return np.array([[1, -slope, slope * first - a], [0, 1, 0], [0, 0, 1]])


def _breath(phase: float) -> float:
    """A breath of period 1 from rest: in over two fifths of it, out over three."""
    part = phase % 1.0
    return _smooth(part / 0.4) if part < 0.4 else 1 - _smooth((part - 0.4) / 0.6)


def _smooth(t: float) -> float:
    t = min(1.0, max(0.0, t))
    return t * t * (3 - 2 * t)


def _cos(turns: float) -> float:
    return sin(2 * pi * turns + pi / 2)


def _shift(x: float, y: float) -> Plane:
    return np.array([[1.0, 0, x], [0, 1.0, y], [0, 0, 1.0]])
