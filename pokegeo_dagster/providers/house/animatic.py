"""The animatic: stills under a slow camera, voice and captions on the film's real timeline.

What a director watches before a single picture is paid for. Its cuts are the film's cuts, frame for
frame, as far as the voice that is in it is the film's voice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from pokegeo_dagster.film.crew import Made
from pokegeo_dagster.film.edit.animatic import AnimaticOrder, captions
from pokegeo_dagster.film.edit.delivery import SAMPLE_RATE_HZ, Delivery
from pokegeo_dagster.film.edit.fades import wanted_frames
from pokegeo_dagster.film.edit.finish import END, TITLE, Card, cards_and_clips, lay_programme
from pokegeo_dagster.film.edit.timeline import Cut, SegmentPlan, plan_segment, timecode
from pokegeo_dagster.film.picture.moves import aim, read_move
from pokegeo_dagster.film.story.slices import ShotSlice
from pokegeo_dagster.providers.bench.conformer import join
from pokegeo_dagster.providers.bench.encoder import RawEncoder
from pokegeo_dagster.providers.bench.lettering import lettered, wrapped
from pokegeo_dagster.providers.bench.marking import Stamp
from pokegeo_dagster.providers.bench.mixer import lay_cards, lay_segment, master, voice_samples
from pokegeo_dagster.providers.bench.pixels import Pixels, cover, lay_over, read_png
from pokegeo_dagster.providers.house.cards import draw_card
from pokegeo_dagster.providers.house.overlays import EDGE, LABEL_SIZE, Clock, Logo, Overlay, on_box
from pokegeo_dagster.providers.house.planes import Frame, yuva

ROOM_TO_MOVE = 1.1  # a still is enlarged this much, so that the camera has somewhere to go
_FINER = 1.5  # and kept this much finer than the frame: bilinear sampling is steady then (see Stage)
_CAPTION_SIZE = 1 / 20  # of the frame's height
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


@dataclass(frozen=True)
class Finishing:
    """What is put on the sketch as it will be on the film. `music` makes a bed of so many samples."""

    cards: tuple[Card, ...] = ()
    music: Callable[[int], Path | None] = lambda samples: None
    stamp: Stamp | None = None


PLAIN = Finishing()


def cut_animatic(
    order: AnimaticOrder, panels: Sequence[Panel], room: Path, finishing: Finishing = PLAIN
) -> Made:
    """The sketch as a film, finished as the film will be. Parts: `main`, an MP4 at the sketch's size with
    its sound mastered as the film's will be; `board`, the stills on one sheet. Slate: `duration_s`,
    `frames`, `cuts`, `scratch` (what stands in, by clip), `stand_ins` (how many pieces that is).
    """
    delivery = order.delivery
    plans = [plan_segment(voice_samples(panel.voice), delivery) for panel in panels]
    clips = [panel.sliced.shot.clip for panel in panels]
    programme = lay_programme(clips, [p.frames for p in plans], order.finish, delivery)
    boards, cuts = cards_and_clips(programme)
    frames = sum(cut.frames for cut in programme)
    stems = {}
    for panel, plan in zip(panels, plans, strict=True):
        place = room / f"stems_{panel.sliced.shot.clip}"
        place.mkdir()
        stems[panel.sliced.shot.clip] = lay_segment(panel.voice, panel.effect, plan, place)
    picture = room / "picture.mp4"
    stills = [
        cover(read_png(panel.picture, alpha=False), delivery.width_px, delivery.height_px) for panel in panels
    ]
    cards = {card.name: card for card in finishing.cards}
    with RawEncoder(delivery, frames, picture) as encoder:
        if title := cards.get(TITLE):
            _write(draw_card(title, stills[0], delivery), encoder)
        _film_all(order, panels, plans, cuts, finishing.stamp, encoder)
        if end := cards.get(END):
            _write(draw_card(end, stills[-1], delivery), encoder)
    stems |= lay_cards([stems[name] for name in clips], boards, room)
    music = finishing.music(frames * delivery.samples_per_frame)
    sound = master([stems[cut.clip] for cut in programme], delivery, room, music)
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
            "cuts": [cut.model_dump(mode="json") for cut in programme],
            "clips": len(panels),
            "scratch": scratch,
            "stand_ins": sum(len(parts) for parts in scratch.values()),
            "title": order.title,
        },
    )


def _write(frames: Iterable[Frame], encoder: RawEncoder) -> None:
    for frame in frames:
        encoder.write(frame.data)


def _film_all(
    order: AnimaticOrder,
    panels: Sequence[Panel],
    plans: Sequence[SegmentPlan],
    cuts: Sequence[Cut],
    stamp: Stamp | None,
    encoder: RawEncoder,
) -> None:
    delivery = order.delivery
    corner = stamp.mark.corner if stamp else None
    furniture = _Furniture(
        Clock(delivery, up=corner == "bottom_right"),
        Logo.of(stamp, delivery) if stamp else None,
        corner == "top_left",
    )
    fade, before = wanted_frames(order.finish, delivery), None
    for panel, plan, cut in zip(panels, plans, cuts, strict=True):
        shown = _Shown(_Still(panel.picture, delivery), panel, plan.frames, delivery.rate_fps)
        going = (before, min(fade, plan.frames // 2)) if before and fade else None
        _film(shown, plan, cut, delivery, furniture, going, encoder)
        before = shown


@dataclass(frozen=True)
class _Furniture:
    """What stands in the corners of every frame, out of each other's way."""

    clock: Clock
    logo: Logo | None
    label_below: bool


@dataclass(frozen=True)
class _Shown:
    """A still under its shot's own camera."""

    still: _Still
    panel: Panel
    frames: int
    rate_fps: int

    def draw(self, number: int, frame: Frame) -> None:
        """Frame `number`; beyond the last one the camera stands."""
        move = read_move(self.panel.sliced.shot.motion.camera)
        share = min(1.0, number / max(1, self.frames - 1))
        here = aim(move, share, self.frames / self.rate_fps, (ROOM_TO_MOVE - 1) / 2)
        self.still.draw(here.x, here.y, here.zoom, frame)


def _film(
    shown: _Shown,
    plan: SegmentPlan,
    cut: Cut,
    delivery: Delivery,
    furniture: _Furniture,
    going: tuple[_Shown, int] | None,
    encoder: RawEncoder,
) -> None:
    """Every frame of one panel: the still under the shot's own camera, its caption, its slate; over its
    first frames the one before it goes, where the film will cross-fade."""
    panel, rate = shown.panel, delivery.rate_fps
    frame, under = (Frame(delivery.width_px, delivery.height_px) for _ in range(2))
    edge = round(delivery.height_px * EDGE)
    label = Overlay.of(_label(panel, delivery))
    label_top = delivery.height_px - edge - label.luma.shape[0] if furniture.label_below else edge
    spoken = [
        (
            round((plan.voice_in / SAMPLE_RATE_HZ + said.start_s) * rate),
            round((plan.voice_in / SAMPLE_RATE_HZ + said.end_s) * rate),
            _caption(said.text, delivery),
        )
        for said in captions(panel.words)
    ]
    foot = delivery.height_px - 2 * edge
    for number in range(plan.frames):
        shown.draw(number, frame)
        if going and number < going[1]:
            going[0].draw(going[0].frames + number, under)
            share = (number + 1) / (going[1] + 1)
            cv2.addWeighted(frame.data, share, under.data, 1 - share, 0, dst=frame.data)
        if furniture.logo:
            furniture.logo.lay(frame)
        for first, end, words in spoken:
            if first <= number < end:
                high, wide = words.luma.shape
                words.lay(frame, (delivery.width_px - wide) // 2, foot - high)
        label.lay(frame, edge, label_top)
        furniture.clock.lay(frame, timecode(cut.start_frame + number, rate))
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


def _label(panel: Panel, delivery: Delivery) -> Pixels:
    """The slate in the corner: which shot this is, and what of it is only a sketch."""
    shot, size = panel.sliced.shot, max(9, round(delivery.height_px * LABEL_SIZE))
    said = [shot.clip.replace("clip_", ""), shot.beat.upper(), shot.framing.replace("_", " ")]
    if panel.scratch:
        said.append("sketch: " + ", ".join(panel.scratch))
    return on_box(lettered(["  ·  ".join(said)], "sans_semibold", size), size // 3)


def _caption(text: str, delivery: Delivery) -> Overlay:
    size = max(10, round(delivery.height_px * _CAPTION_SIZE))
    lines = wrapped(text, "sans_semibold", size, delivery.width_px * 0.62)
    return Overlay.of(on_box(lettered(lines, "sans_semibold", size, align="center"), size // 4))


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
