"""The animatic: stills under a slow camera, voice and captions on the film's real timeline.

What a director watches before a single picture is paid for. Its cuts are the film's cuts, frame for
frame, as far as the voice that is in it is the film's voice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from pokegeo_dagster.film.crew import Made
from pokegeo_dagster.film.edit.animatic import AnimaticOrder, captions
from pokegeo_dagster.film.edit.delivery import SAMPLE_RATE_HZ, Delivery
from pokegeo_dagster.film.edit.timeline import Cut, SegmentPlan, lay_cuts, plan_segment, timecode
from pokegeo_dagster.film.picture.moves import aim, read_move
from pokegeo_dagster.film.story.slices import ShotSlice
from pokegeo_dagster.providers.bench.conformer import join
from pokegeo_dagster.providers.bench.encoder import RawEncoder
from pokegeo_dagster.providers.bench.lettering import lettered, wrapped
from pokegeo_dagster.providers.bench.mixer import lay_segment, master, voice_samples
from pokegeo_dagster.providers.bench.pixels import Pixels, cover, lay_over, read_png
from pokegeo_dagster.providers.house.planes import Frame, Plane, yuva

ROOM_TO_MOVE = 1.1  # a still is enlarged this much, so that the camera has somewhere to go
_FINER = 1.5  # and kept this much finer than the frame: bilinear sampling is steady then (see Stage)
_CAPTION_SIZE = 1 / 20  # of the frame's height
_LABEL_SIZE = 1 / 32
_EDGE = 0.035  # how far from the frame's edge anything is written
_BOARD_COLUMNS = 6
_PAPER, _INK, _QUIET = (30, 26, 24), (236, 238, 240), (150, 156, 160)


@dataclass(frozen=True)
class Panel:
    """One shot of the sketch: what is seen, said and heard, and what of it only stands in."""

    sliced: ShotSlice
    picture: Path
    voice: Path
    words: tuple[tuple[str, float, float], ...]  # each with its start and end in seconds
    effect: Path
    scratch: tuple[str, ...]  # of «picture», «voice», «effect»: what the house sketched


def cut_animatic(order: AnimaticOrder, panels: Sequence[Panel], room: Path) -> Made:
    """The sketch as a film. Parts: `main`, an MP4 at the sketch's size with its sound mastered as the
    film's will be; `board`, the stills on one sheet. Slate: `duration_s`, `frames`, `cuts`, `scratch`
    (what stands in, by clip), `stand_ins` (how many pieces that is).
    """
    delivery = order.delivery
    plans = [plan_segment(voice_samples(panel.voice), delivery) for panel in panels]
    cuts = lay_cuts([panel.sliced.shot.clip for panel in panels], [p.frames for p in plans], delivery)
    frames = sum(cut.frames for cut in cuts)
    stems = []
    for panel, plan in zip(panels, plans, strict=True):
        place = room / f"stems_{panel.sliced.shot.clip}"
        place.mkdir()
        stems.append(lay_segment(panel.voice, panel.effect, plan, place))
    picture, stills = room / "picture.mp4", []
    with RawEncoder(delivery, frames, picture) as encoder:
        frame = Frame(delivery.width_px, delivery.height_px)
        for panel, plan, cut in zip(panels, plans, cuts, strict=True):
            still = cover(read_png(panel.picture, alpha=False), delivery.width_px, delivery.height_px)
            stills.append(still)
            _film(panel, plan, cut, delivery, frame, encoder)
    sound = master(stems, delivery, room)
    main = join([picture], [frames], sound.files["main"], delivery, room / "main.mp4")
    board = room / "board.jpg"
    cv2.imwrite(str(board), _board(order, panels, stills, cuts), [cv2.IMWRITE_JPEG_QUALITY, 88])
    scratch = {panel.sliced.shot.clip: list(panel.scratch) for panel in panels if panel.scratch}
    return Made(
        {"main": main, "board": board},
        {
            "duration_s": frames / delivery.rate_fps,
            "frames": frames,
            "width_px": delivery.width_px,
            "height_px": delivery.height_px,
            "rate_fps": delivery.rate_fps,
            "cuts": [cut.model_dump(mode="json") for cut in cuts],
            "clips": len(panels),
            "scratch": scratch,
            "stand_ins": sum(len(parts) for parts in scratch.values()),
            "title": order.title,
        },
    )


def _film(
    panel: Panel, plan: SegmentPlan, cut: Cut, delivery: Delivery, frame: Frame, encoder: RawEncoder
) -> None:
    """Every frame of one panel: the still under the shot's own camera, its caption, its slate."""
    still = _Still(panel.picture, delivery)
    shot, rate = panel.sliced.shot, delivery.rate_fps
    move = read_move(shot.motion.camera)
    clock = _Clock(delivery)
    edge = round(delivery.height_px * _EDGE)
    label = _Overlay.of(_label(panel, delivery))
    spoken = [
        (
            round((plan.voice_in / SAMPLE_RATE_HZ + said.start_s) * rate),
            round((plan.voice_in / SAMPLE_RATE_HZ + said.end_s) * rate),
            _caption(said.text, delivery),
        )
        for said in captions(panel.words)
    ]
    foot = delivery.height_px - 2 * edge
    steps = max(1, plan.frames - 1)
    for number in range(plan.frames):
        here = aim(move, number / steps, plan.frames / rate, (ROOM_TO_MOVE - 1) / 2)
        still.draw(here.x, here.y, here.zoom, frame)
        for first, end, words in spoken:
            if first <= number < end:
                high, wide = words.luma.shape
                words.lay(frame, (delivery.width_px - wide) // 2, foot - high)
        label.lay(frame, edge, edge)
        clock.lay(frame, timecode(cut.start_frame + number, rate))
        encoder.write(frame.data)


class _Still:
    """A picture under a camera: its planes, kept finer than the frame and moved without rounding."""

    def __init__(self, path: Path, delivery: Delivery):
        self.width, self.height = delivery.width_px, delivery.height_px
        fine = (round(self.width * ROOM_TO_MOVE * _FINER), round(self.height * ROOM_TO_MOVE * _FINER))
        packed = yuva(cover(read_png(path, alpha=False), *fine))
        self.y = np.ascontiguousarray(packed[..., 0])
        half = (fine[0] // 2, fine[1] // 2)
        self.u, self.v = (
            cv2.resize(np.ascontiguousarray(packed[..., channel]), half, interpolation=cv2.INTER_AREA)
            for channel in (1, 2)
        )

    def draw(self, x: float, y: float, zoom: float, frame: Frame) -> None:
        for plane, target in ((self.y, frame.y), (self.u, frame.u), (self.v, frame.v)):
            high, wide = target.shape
            scale = plane.shape[1] / (wide * ROOM_TO_MOVE)  # plane pixels to one of the frame's
            step = scale / zoom
            matrix = np.array([
                [step, 0, plane.shape[1] / 2 + x * wide * scale - step * (wide - 1) / 2 - 0.5],
                [0, step, plane.shape[0] / 2 + y * high * scale - step * (high - 1) / 2 - 0.5],
            ])  # fmt: skip
            cv2.warpAffine(
                plane, matrix, (wide, high), dst=target,
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE,
            )  # fmt: skip


@dataclass(frozen=True)
class _Overlay:
    """A picture with alpha, ready to be laid on frames."""

    luma: Plane
    keep: Plane  # how much of the frame stays, 0–255
    small: tuple[Plane, Plane, Plane]  # U, V and what stays, at half size

    @staticmethod
    def of(picture: Pixels) -> _Overlay:
        high, wide = (picture.shape[0] + 1) // 2 * 2, (picture.shape[1] + 1) // 2 * 2
        padded = np.zeros((high, wide, 4), np.uint8)
        padded[: picture.shape[0], : picture.shape[1]] = picture
        y, u, v, alpha = cv2.split(yuva(padded))
        keep = cv2.bitwise_not(alpha)
        half = (wide // 2, high // 2)
        u, v, less = (cv2.resize(plane, half, interpolation=cv2.INTER_AREA) for plane in (u, v, keep))
        return _Overlay(y, keep, (u, v, less))

    def lay(self, frame: Frame, left: int, top: int) -> None:
        """On the frame, its corner at the even pixel at or before (left, top)."""
        left, top = left // 2 * 2, top // 2 * 2
        high, wide = self.luma.shape
        view = frame.y[top : top + high, left : left + wide]
        cv2.add(cv2.multiply(view, self.keep, scale=1 / 255), self.luma, dst=view)
        u, v, less = self.small
        for plane, own in ((frame.u, u), (frame.v, v)):
            view = plane[top // 2 : (top + high) // 2, left // 2 : (left + wide) // 2]
            cv2.add(cv2.multiply(view, less, scale=1 / 255), own, dst=view)


class _Clock:
    """The running timecode in the lower right corner, put together from eleven glyphs."""

    def __init__(self, delivery: Delivery):
        size = max(9, round(delivery.height_px * _LABEL_SIZE))
        glyphs = {c: lettered([c], "sans_semibold", size) for c in "0123456789:"}
        wide = max(glyph.shape[1] for glyph in glyphs.values())
        edge = round(delivery.height_px * _EDGE)
        high = next(iter(glyphs.values())).shape[0]
        self.step = (wide - size // 6) // 2 * 2
        self.left = delivery.width_px - edge - self.step * 11
        self.top = delivery.height_px - edge - high
        self.glyphs: dict[str, _Overlay] = {}
        for letter, glyph in glyphs.items():
            cell = np.zeros((high, self.step, 4), np.uint8)
            x = max(0, (self.step - glyph.shape[1]) // 2)
            skip = max(0, (glyph.shape[1] - self.step) // 2)
            part = glyph[:, skip : skip + self.step]
            cell[:, x : x + part.shape[1]] = part
            self.glyphs[letter] = _Overlay.of(_on_box(cell, 0))

    def lay(self, frame: Frame, text: str) -> None:
        for number, letter in enumerate(text):
            self.glyphs[letter].lay(frame, self.left + number * self.step, self.top)


def _label(panel: Panel, delivery: Delivery) -> Pixels:
    """The slate in the corner: which shot this is, and what of it is only a sketch."""
    shot, size = panel.sliced.shot, max(9, round(delivery.height_px * _LABEL_SIZE))
    said = [shot.clip.replace("clip_", ""), shot.beat.upper(), shot.framing.replace("_", " ")]
    if panel.scratch:
        said.append("sketch: " + ", ".join(panel.scratch))
    return _on_box(lettered(["  ·  ".join(said)], "sans_semibold", size), size // 3)


def _caption(text: str, delivery: Delivery) -> _Overlay:
    size = max(10, round(delivery.height_px * _CAPTION_SIZE))
    lines = wrapped(text, "sans_semibold", size, delivery.width_px * 0.62)
    return _Overlay.of(_on_box(lettered(lines, "sans_semibold", size, align="center"), size // 4))


def _on_box(words: Pixels, margin: int, strength: int = 150) -> Pixels:
    """White words on a dark, see-through box."""
    high, wide = words.shape[0] + 2 * margin, words.shape[1] + 2 * margin
    alpha = np.zeros((high, wide), np.float32)
    alpha[margin : high - margin, margin : wide - margin] = words[..., 3] / 255
    over = alpha + (1 - alpha) * strength / 255
    out = np.empty((high, wide, 4), np.uint8)
    out[..., :3] = np.round(255 * alpha / over)[..., None]
    out[..., 3] = np.round(255 * over)
    return out


def _board(
    order: AnimaticOrder, panels: Sequence[Panel], stills: Sequence[Pixels], cuts: Sequence[Cut]
) -> Pixels:
    """The storyboard: every still with its number, its beat and how long it stands."""
    columns = min(_BOARD_COLUMNS, len(panels))
    wide = 320
    high = round(wide * order.delivery.height_px / order.delivery.width_px)
    gap, under = 16, 54
    rows = -(-len(panels) // columns)
    title = lettered([order.title], "serif", 34, _INK)
    head = title.shape[0] + 2 * gap
    sheet = np.empty((head + rows * (high + under + gap), gap + columns * (wide + gap), 3), np.uint8)
    sheet[:] = _PAPER[::-1]
    sheet = lay_over(sheet, title, gap, gap)
    for number, (panel, still, cut) in enumerate(zip(panels, stills, cuts, strict=True)):
        x = gap + number % columns * (wide + gap)
        y = head + number // columns * (high + under + gap)
        sheet[y : y + high, x : x + wide] = cv2.resize(still, (wide, high), interpolation=cv2.INTER_AREA)
        shot = panel.sliced.shot
        first = f"{shot.clip.replace('clip_', '')}  {shot.beat}, {shot.framing.replace('_', ' ')}"
        seconds = f"{cut.frames / order.delivery.rate_fps:.1f} s"
        move = shot.motion.camera.rstrip(".").lower()
        sheet = lay_over(sheet, lettered([first], "sans_semibold", 17, _INK), x, y + high + 2)
        sheet = lay_over(sheet, lettered([f"{seconds}  ·  {move}"], "sans", 15, _QUIET), x, y + high + 24)
    return sheet
