"""Moves: what the last and the first words of a motion prompt mean for the picture.

Camera words become a `Move`, movement words the kind of micro-movement, and a move with a moment
becomes an `Aim`: where the frame looks, in shares of the frame, without ever rounding to pixels.
"""

from __future__ import annotations

import re
from math import pi, sin
from typing import Literal

from pydantic import Field

from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.vocabulary import CameraMove

Movement = Literal["breath", "head", "tail", "wings", "drift", "ripple", "glow", "blink", "sway"]

# A master picture is 1.2× the frame, so the frame may wander this far before it shows an edge.
MARGIN = 0.1
# The farthest a layer of rate 1 travels. The nearest layers move 1.45 times as far, and 1.45 × 0.062
# with the drift below stays inside the margin.
REACH = 0.062
CLOSEST, WIDEST = 0.085, 0.07  # how far a push goes in and a pull goes out, as a change of scale
TRAVEL_PER_S = 0.0105  # at full strength: across a frame in a minute and a half, never a whip
ZOOM_PER_S = 0.0125
DRIFT = 0.0016  # a held camera is never quite still


class Move(Frozen):
    """One camera move. `strength` is its speed, 1 being the fastest that still feels like nature
    film. `depth` says how far near and far come apart: 1 when the camera travels, less when it
    only turns or zooms."""

    kind: CameraMove
    strength: float = Field(gt=0, le=1)
    depth: float = Field(default=1.0, ge=0, le=1)


class Aim(Frozen):
    """Where the frame looks: its middle moved by `x` frame widths and `y` frame heights from the
    opening frame, magnified by `zoom`."""

    x: float
    y: float
    zoom: float

    def at(self, rate: float) -> Aim:
        """The same aim for a layer that moves `rate` times as much as the subject does."""
        return Aim(x=self.x * rate, y=self.y * rate, zoom=1 + (self.zoom - 1) * rate)


_LOCKED = r"\b(static|locked|lock[- ]?off|tripod|motionless|stationary|holds?|no camera|fixed|still)\b"
_OUT = r"\b(pull\w*|zoom\w* out|doll\w* (out|back)|back\w* (away|off|out)|retreat\w*|widen\w*|reveal\w*)\b"
_IN = r"\b(push\w*|zoom\w*|doll\w*|creep\w*|closer|towards?|move\w* in|ease\w* in|drift\w* in|forward)\b"
_TRACK = r"\b(track\w*|truck\w*|follow\w*|slid\w*|lateral\w*|crab\w*|glid\w*|travel\w*)\b"
_PAN = r"\b(pan|pans|panning|sweep\w*|turn\w*|arc\w*|orbit\w*)\b"
_TILT = r"\b(tilt\w*|crane\w*|pedestal|boom\w*|jib|rise|rises|rising|lower\w*|descend\w*|ascend\w*)\b"

_SPEEDS = (
    (0.5, r"\b(very|extremely|barely|almost|imperceptibl\w*)\b"),
    (0.68, r"\b(slow\w*|gentl\w*|subtl\w*|soft\w*|slight\w*|light\w*|eas\w*|calm\w*)\b"),
    (1.0, r"\b(fast\w*|quick\w*|swift\w*|rapid\w*|urgent\w*)\b"),
)


def read_move(words: str) -> Move:
    """The camera move that these words ask for.

    Words that name none become a gentle push in: a picture that is closer at the end than at its
    beginning suits every shot.
    """
    text = words.lower()
    strength = next((speed for speed, pattern in _SPEEDS if re.search(pattern, text)), 0.82)
    depth = 0.4 if "zoom" in text else 1.0
    sideways = _side(text)
    if re.search(_LOCKED, text) and not re.search(r"\b(push|pull|pan|tilt|track|doll|zoom)", text):
        return Move(kind="locked", strength=strength)
    if re.search(_TRACK, text) or (sideways and re.search(r"\b(doll|truck|crab)", text)):
        return Move(kind="track_left" if sideways == "left" else "track_right", strength=strength)
    if re.search(_OUT, text):
        return Move(kind="pull_out", strength=strength, depth=depth)
    if re.search(_TILT, text):
        down = re.search(r"\b(down\w*|lower\w*|descend\w*)\b", text)
        return Move(kind="tilt_down" if down else "tilt_up", strength=strength, depth=0.6)
    if re.search(_PAN, text):
        return Move(kind="pan_left" if sideways == "left" else "pan_right", strength=strength, depth=0.6)
    if re.search(_IN, text):
        return Move(kind="push_in", strength=strength, depth=depth)
    return Move(kind="push_in", strength=0.68)


def _side(text: str) -> Literal["left", "right"] | None:
    """The side a move ends on: «from left to right» ends on the right."""
    sides = re.findall(r"\b(left|right)(?:wards?)?\b", text)
    return sides[-1] if sides else None


_MOVEMENTS: tuple[tuple[Movement, str], ...] = (
    ("breath", r"breath|chest|ribs?\b|ribcage|flank|inhal|exhal|sigh|swell|heav|throat|gill|belly|sides? "),
    ("blink", r"blink|eyelid|\beyes?\b|pupil|gaze|stare"),
    ("tail", r"\btails?\b|fluke|rattle|coil"),
    ("wings", r"\bwings?\b|flutter|flap|\bfins?\b|wingbeat|feather|plum(e|age)"),
    (
        "head",
        r"\bheads?\b|\bears?\b|nose|snout|\bneck|muzzle|beak|jaw|tongue|whisker|antenna|nostril|glanc|nod"
        r"|mouth|chin|horn|crest",
    ),
    ("drift", r"drift|float|hover|\bbobs?\b|bobbing|glid|swim|levitat|hang|gas|smoke|mist|vapou?r|curl"),
    ("ripple", r"rippl|\bwaves?\b|water|current|surf|puddle|stream|tide|reflection"),
    ("glow", r"glow|flame|ember|puls|spark|lumin|flicker|shimmer|aura|gleam|light|burn|fire|electric"),
    ("sway", r"sway|leaf|leaves|vine|stem|petal|frond|grass|\bfur\b|mane|branch|wind|rock|stir|tremb|shift"),
)


def read_movement(words: str) -> Movement:
    """The one micro-movement that these words describe: whatever they name first.

    An animal that is told nothing breathes.
    """
    text = words.lower()
    found: list[tuple[int, Movement]] = []
    for kind, pattern in _MOVEMENTS:
        if hit := re.search(pattern, text):
            found.append((hit.start(), kind))
    return min(found)[1] if found else "breath"


def travelled(progress: float, start: float = 0.25, end: float = 0.5, ramp: float = 0.3) -> float:
    """The share of its way that a move has gone after `progress` (0–1) of its time.

    The speed swells from `start` of its cruise over the first `ramp` of the time and sinks to
    `end` over the last, without a corner anywhere: it is already moving at the cut in, and has
    not stopped at the cut out.
    """
    return _distance(progress, start, end, ramp) / _distance(1.0, start, end, ramp)


def _distance(t: float, start: float, end: float, ramp: float) -> float:
    # The integral of a smoothstep s²(3−2s) is s³ − s⁴/2.
    def area(s: float) -> float:
        return s**3 - s**4 / 2

    rising, falling = min(t, ramp) / ramp, max(0.0, t - 1 + ramp) / ramp
    gained = start * min(t, ramp) + (1 - start) * ramp * area(rising)
    cruise = max(0.0, min(t, 1 - ramp) - ramp)
    lost = max(0.0, t - 1 + ramp) - (1 - end) * ramp * area(falling)
    return gained + cruise + lost


def aim(move: Move, progress: float, duration_s: float, margin: float = MARGIN) -> Aim:
    """Where the frame looks after `progress` (0–1) of a move of `duration_s` seconds.

    The opening is always (0, 0, 1): the frame that was composed. A pan to the right moves the
    frame to the right, so that the world slides left. Masters with less room than `margin` for
    the frame to wander in get a shorter way.
    """
    room = min(1.0, margin / MARGIN)
    gone = travelled(progress)
    way = min(REACH, TRAVEL_PER_S * move.strength * duration_s) * room * gone
    x, y = _direction(move.kind)
    zoom = 1 + _zoom(move, duration_s, room) * gone
    # The held camera's drift starts at nothing, so that the first frame is the composed one.
    swing = _drift(progress * duration_s)
    return Aim(x=x * way + swing[0] * room, y=y * way + swing[1] * room, zoom=zoom)


def _direction(kind: CameraMove) -> tuple[float, float]:
    return {
        "pan_left": (-1.0, 0.0),
        "pan_right": (1.0, 0.0),
        "track_left": (-1.0, 0.0),
        "track_right": (1.0, 0.0),
        "tilt_up": (0.0, -1.0),
        "tilt_down": (0.0, 1.0),
    }.get(kind, (0.0, 0.0))


def _zoom(move: Move, duration_s: float, room: float) -> float:
    way = ZOOM_PER_S * move.strength * duration_s
    if move.kind == "push_in":
        return min(CLOSEST, way)
    if move.kind == "pull_out":
        return -min(WIDEST, way) * room
    return min(0.02, way * 0.2)  # any other move leans in a little, and locked ones are alive


def _drift(seconds: float) -> tuple[float, float]:
    # Two slow sines of unrelated periods (11 s and 8.3 s), as a fluid head on a long lens.
    return DRIFT * sin(2 * pi * seconds / 11.0), DRIFT * 0.8 * sin(2 * pi * seconds / 8.3)
