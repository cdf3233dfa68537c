"""Cards: a film's title and its credits, set over one of its own pictures, which is dark and comes slowly
nearer. They come out of black and go back into it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.edit.finish import Card
from pokegeo_dagster.providers.bench.conformer import frame_at
from pokegeo_dagster.providers.bench.encoder import RawEncoder
from pokegeo_dagster.providers.bench.lettering import Face, lettered, width_of, wrapped
from pokegeo_dagster.providers.bench.pixels import Pixels, cover, lay_over
from pokegeo_dagster.providers.house.planes import Frame, yuva

_PUSH = 0.05  # how much nearer the picture comes while the card stands
_FINER = 1.4  # the picture is kept this much finer than the frame: bilinear sampling is steady then
_LEVEL = 27.0  # levels: how bright a card is on the whole, so that a night is seen and snow is dark enough
_LEAST_LIGHT, _MOST_LIGHT = 0.14, 0.8  # of the picture's own light
_AT_EDGE = 0.42  # how much of that is left in the corners
_SOFT = 0.0035  # how far out of focus it is, in frame heights
_BLACK_S, _WORDS_IN_S, _WORDS_S, _OUT_S = 0.6, 0.5, 0.9, 0.7
_GRAIN = 1.6  # levels of luma: without it so dark a picture shows its steps
_WHITE, _PALE, _GOLD = (244, 242, 236), (190, 190, 186), (214, 186, 128)


def make_card(card: Card, picture: Pixels, delivery: Delivery, out: Path) -> Path:
    """A card over a BGR picture of any size, as a segment in the delivery profile, `card.frames` long.

    The same card over the same picture gives the same bytes.
    """
    with RawEncoder(delivery, card.frames, out) as encoder:
        for frame in draw_card(card, picture, delivery):
            encoder.write(frame.data)
    return out


def draw_card(card: Card, picture: Pixels, delivery: Delivery) -> Iterator[Frame]:
    """Every frame of a card, each in the same place of memory as the one before it."""
    under = _darkened(cover(picture, *_fine(delivery)))
    words = _set(card, delivery)
    frame = Frame(delivery.width_px, delivery.height_px)
    grain = np.random.default_rng(7).normal(0, _GRAIN, (delivery.height_px + 64, delivery.width_px + 64))
    noise = np.round(grain).astype(np.int16)
    for number in range(card.frames):
        seen = _pushed(under, number / max(1, card.frames - 1), delivery)
        words.lay(seen, _word_light(number, card.frames, delivery.rate_fps))
        light = _light(number, card.frames, delivery.rate_fps)
        _fill(frame, seen, light, noise, number)
        yield frame


def still_of(segment: Path, at_frame: int) -> Pixels:
    """A frame of a segment as BGR."""
    decoded = frame_at(segment, at_frame)
    frame = Frame(decoded.width, decoded.height)
    frame.data[:] = decoded.to_ndarray(format="yuv420p").ravel()
    return np.clip(frame.bgr(), 0, 255).astype(np.uint8)


def _fine(delivery: Delivery) -> tuple[int, int]:
    return round(delivery.width_px * _FINER), round(delivery.height_px * _FINER)


def _darkened(picture: Pixels) -> Pixels:
    """The picture out of focus and dark, darker towards the corners."""
    high, wide = picture.shape[:2]
    soft = cv2.GaussianBlur(picture, (0, 0), max(0.5, high * _SOFT))
    y, x = np.ogrid[-1 : 1 : high * 1j, -1 : 1 : wide * 1j]
    far = np.clip((x * x + y * y) / 2, 0, 1)
    kept = min(_MOST_LIGHT, max(_LEAST_LIGHT, _LEVEL / max(1.0, float(soft.mean()))))
    light = (kept * (1 - (1 - _AT_EDGE) * far)).astype(np.float32)
    # A grey share takes the colour back: words are read over it, not it.
    grey = cv2.cvtColor(cv2.cvtColor(soft, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    calm = cv2.addWeighted(soft, 0.75, grey, 0.25, 0)
    return np.round(calm * light[..., None]).astype(np.uint8)


def _pushed(under: Pixels, share: float, delivery: Delivery) -> Pixels:
    zoom = 1 + _PUSH * share
    wide, high = delivery.width_px, delivery.height_px
    step = _FINER / zoom
    matrix = np.array([
        [step, 0, under.shape[1] / 2 - step * (wide - 1) / 2 - 0.5],
        [0, step, under.shape[0] / 2 - step * (high - 1) / 2 - 0.5],
    ])  # fmt: skip
    return cv2.warpAffine(
        under, matrix, (wide, high), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip


def _fill(frame: Frame, seen: Pixels, light: float, noise: NDArray[np.int16], number: int) -> None:
    """The picture as planes, faded: black is 16, and colour goes with the light."""
    y, u, v, _ = cv2.split(yuva(seen))
    high, wide = y.shape
    left, top = number * 29 % 64, number * 47 % 64
    grown = (y.astype(np.float32) - 16) * light + noise[top : top + high, left : left + wide] * light + 16
    frame.y[:] = np.clip(np.round(grown), 16, 235)
    for plane, target in ((u, frame.u), (v, frame.v)):
        small = cv2.resize(plane, (wide // 2, high // 2), interpolation=cv2.INTER_AREA)
        target[:] = np.round((small.astype(np.float32) - 128) * light + 128)


def _eased(share: float) -> float:
    held = min(1.0, max(0.0, share))
    return held * held * (3 - 2 * held)


def _light(number: int, frames: int, rate_fps: int) -> float:
    """How much of the card is there: it comes out of black and goes into it."""
    come = (number + 1) / (_BLACK_S * rate_fps)
    go = (frames - number) / (_OUT_S * rate_fps)
    return _eased(come) * _eased(go)


def _word_light(number: int, frames: int, rate_fps: int) -> float:
    return _eased((number / rate_fps - _WORDS_IN_S) / _WORDS_S)


@dataclass(frozen=True)
class _Words:
    """Everything that is written on a card, ready to be laid on frames of its size."""

    colour: NDArray[np.float32]  # times its alpha
    alpha: NDArray[np.float32]
    left: int
    top: int

    def lay(self, seen: Pixels, strength: float) -> None:
        if strength <= 0:
            return
        high, wide = self.alpha.shape[:2]
        view = seen[self.top : self.top + high, self.left : self.left + wide]
        view[:] = np.round(view * (1 - self.alpha * strength) + self.colour * strength)


def _set(card: Card, delivery: Delivery) -> _Words:
    sheet = _Sheet(delivery)
    if card.credits:
        _credits(sheet, card)
    else:
        _title(sheet, card)
    return sheet.words()


class _Sheet:
    """A card being set: pieces one under the other, the whole of them in the middle of the frame."""

    def __init__(self, delivery: Delivery):
        self.wide, self.high = delivery.width_px, delivery.height_px
        self.unit = min(self.wide, self.high)
        self.measure = self.wide * 0.8
        self.pieces: list[tuple[Pixels, float]] = []  # with the space below, in units

    def size(self, share: float) -> int:
        return max(8, round(self.unit * share))

    def line(self, text: str, face: Face, share: float, colour: tuple[int, int, int], below: float,
             tracking: float = 0.0) -> None:  # fmt: skip
        size = self.size(share)
        widest = max(text.split(), key=len, default="")
        while size > 8 and width_of(widest, face, size, tracking) > self.measure:
            size -= 1
        lines = [text] if tracking else wrapped(text, face, size, self.measure)
        self.pieces.append((lettered(lines, face, size, colour, "center", 1.12, tracking), below))

    def rule(self, below: float) -> None:
        bar = np.zeros((max(1, round(self.unit * 0.002)), round(self.unit * 0.11), 4), np.uint8)
        bar[...] = (*_GOLD[::-1], 255)
        self.pieces.append((bar, below))

    def words(self) -> _Words:
        spaces = [round(below * self.unit) for _, below in self.pieces]
        tall = sum(p.shape[0] for p, _ in self.pieces) + sum(spaces[:-1])
        broad = max(p.shape[1] for p, _ in self.pieces)
        colour = np.zeros((tall, broad, 3), np.float32)
        alpha = np.zeros((tall, broad, 1), np.float32)
        at = 0
        for (piece, _), space in zip(self.pieces, spaces, strict=True):
            high, wide = piece.shape[:2]
            x = (broad - wide) // 2
            own = piece[..., 3:].astype(np.float32) / 255
            alpha[at : at + high, x : x + wide] = own
            colour[at : at + high, x : x + wide] = piece[..., :3] * own
            at += high + space
        left, top = (self.wide - broad) // 2, (self.high - tall) // 2
        skip_x, skip_y = max(0, -left), max(0, -top)
        keep = (slice(skip_y, skip_y + self.high), slice(skip_x, skip_x + self.wide))
        return _Words(colour[keep], alpha[keep], max(0, left), max(0, top))


def _title(sheet: _Sheet, card: Card) -> None:
    sheet.line(card.under.upper(), "sans_semibold", 0.026, _GOLD, 0.028, tracking=0.28)
    sheet.line(card.heading, "serif", 0.098, _WHITE, 0.036)
    sheet.rule(0.0)


def _credits(sheet: _Sheet, card: Card) -> None:
    sheet.line(card.heading, "serif", 0.058, _WHITE, 0.030)
    sheet.rule(0.040)
    sheet.pieces.append((_roll(sheet, card.credits), 0.045))
    sheet.line(card.under.upper(), "sans_semibold", 0.021, _PALE, 0.0, tracking=0.24)


def _roll(sheet: _Sheet, credits: tuple[tuple[str, str], ...]) -> Pixels:
    """The roles on the left of an axis and the names on its right, as credits have always stood."""
    size, gap = sheet.size(0.032), sheet.size(0.022)
    roles = [lettered([role], "sans", size, _PALE) for role, _ in credits]
    names = [lettered([name], "serif", size, _WHITE) for _, name in credits]
    half = max(piece.shape[1] for piece in (*roles, *names)) + gap
    step = round(size * 1.62)
    colour = np.zeros((step * len(credits) + size, 2 * half, 3), np.uint8)
    alpha = colour.copy()
    for number, (role, name) in enumerate(zip(roles, names, strict=True)):
        for piece, x in ((role, half - gap - role.shape[1]), (name, half + gap)):
            flat = piece.copy()
            flat[..., :3] = 255
            alpha = lay_over(alpha, flat, x, number * step)
            solid = piece.copy()
            solid[..., 3] = 255
            colour[number * step : number * step + piece.shape[0], x : x + piece.shape[1]] = solid[..., :3]
    return np.dstack([colour, alpha[..., 0]])
