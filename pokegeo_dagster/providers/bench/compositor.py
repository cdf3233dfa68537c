"""The compositor: puts subjects into a place, so that they stand in it and not on it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np

from pokegeo_dagster.film.crew import CompositeOrder, Credit, Made
from pokegeo_dagster.film.digest import canonical_json
from pokegeo_dagster.film.errors import MediaDamaged, ShotFailed
from pokegeo_dagster.film.story.screenplay import Half, Placement
from pokegeo_dagster.film.vocabulary import Framing
from pokegeo_dagster.providers.bench.grading import Place, grade, lay_shadow
from pokegeo_dagster.providers.bench.layers import Layer, LayerSheet, divider, master_size
from pokegeo_dagster.providers.bench.pixels import (
    Pixels,
    cover,
    defocused,
    lay_over,
    premultiplied,
    read_png,
    unpremultiplied,
    write_png,
)

# How far out of focus the plate is, in frame heights (a blur's sigma), by framing: a lens that is
# near its subject sees the place as colour.
PLATE_BLUR: Mapping[Framing, float] = {"close": 0.0055, "detail": 0.0085}
NEAR_BLUR: Mapping[Framing, float] = {"medium": 0.0045}
# A foot above this share of the frame's height hangs in air or water; full contact is a tenth below.
GROUND_LINE = 0.66
# How much of the air's colour lies over a subject this far away.
HAZE: Mapping[Framing, float] = {"extreme_wide": 0.2, "wide": 0.08, "medium": 0.03}
# A portrait that ends at the frame's lower edge goes on below it, for a camera that widens or tilts.
LOWEST_SEEN_CUT = 0.9
BLEED = 0.04  # of the frame's height kept of a subject beyond the master, for it to move into


class BenchCompositor:
    """Builds opening frames from pictures of any crew: the house's layered places, or a vendor's
    single plate of any size and shape."""

    credit = Credit(member="bench", model="layers")

    def compose(self, order: CompositeOrder, pictures: Mapping[str, Mapping[str, Path]], room: Path) -> Made:
        """The opening frame of a shot. Parts: `main`, an RGB PNG of exactly the delivery's size;
        `layers`, a LayerSheet as JSON; and the pictures it names.

        A split screen has two sets of layers instead, `left_layers` and `right_layers` and the pictures
        that they name (with the same beginnings), each as large as a frame of its half asks for.

        A plate of another shape is cropped in the middle to fill the frame. Layers that come out
        as they went in are handed on, not copied. Raises ShotFailed for a subject that is not cut
        out, and MediaDamaged for a picture that cannot be read.
        """
        if order.split is not None:
            return _split(order, order.split, pictures, room)
        return _whole(order, pictures, room)


def _whole(order: CompositeOrder, pictures: Mapping[str, Mapping[str, Path]], room: Path) -> Made:
    table = _Table(order, room)
    table.lay_plates(_parts(pictures, order.plate))
    for number, placement in enumerate(order.subjects, start=1):
        table.place(number, placement, _parts(pictures, placement.reference)["main"])
    table.lay_near()
    return table.finish()


def _split(
    order: CompositeOrder, right: Half, pictures: Mapping[str, Mapping[str, Path]], room: Path
) -> Made:
    """Two frames of half the width, side by side, and the line between them."""
    delivery = order.delivery
    half = delivery.model_copy(update={"width_px": delivery.width_px // 2})
    left = order.model_copy(update={"split": None, "delivery": half})
    files: dict[str, Path] = {}
    frames, slate = [], {"width_px": delivery.width_px, "height_px": delivery.height_px, "split": True}
    both = {
        "left": left,
        "right": left.model_copy(update={"plate": right.plate, "subjects": right.subjects}),
    }
    layers: list[str] = []
    for side, asked in both.items():
        place = room / side
        place.mkdir()
        made = _whole(asked, pictures, place)
        frames.append(read_png(made.files["main"], alpha=False))
        files |= {f"{side}_{part}": path for part, path in made.files.items() if part != "main"}
        layers += [f"{side}_{part}" for part in made.slate["layers"]]
    frame = np.concatenate(frames, axis=1)
    first, end = divider(delivery.width_px)
    frame[:, first:end] = 0
    files["main"] = write_png(room / "main.png", frame)
    subjects = len(order.subjects) + len(right.subjects)
    return Made(files, {**slate, "layers": layers, "subjects": subjects})


def _parts(pictures: Mapping[str, Mapping[str, Path]], reference: str) -> Mapping[str, Path]:
    parts = pictures.get(reference, {})
    if "main" not in parts:
        raise ShotFailed("composite", reference, "its picture is not made yet. Draw the reference first.")
    return parts


class _Table:
    """One opening frame while it is built, back to front."""

    def __init__(self, order: CompositeOrder, room: Path):
        self.order, self.room = order, room
        self.frame_h = order.delivery.height_px
        self.width, self.height = master_size(order.delivery)
        self.window_x = (self.width - order.delivery.width_px) // 2
        self.window_y = (self.height - order.delivery.height_px) // 2
        self.layers: list[Layer] = []
        self.pictures: dict[str, Pixels] = {}
        self.sources: dict[str, Path] = {}  # where an untouched layer already lies
        self.near: Path | None = None
        self.flat: Pixels | None = None  # the plates as one picture, before any subject

    def lay_plates(self, parts: Mapping[str, Path]) -> None:
        """The place itself: far and mid apart while both are in focus, else one plate."""
        blur = PLATE_BLUR.get(self.order.framing, 0.0)
        layered = {"far", "mid"} <= parts.keys()
        if layered:
            far = self._fitted("far", parts["far"], alpha=False)
            mid = self._fitted("mid", parts["mid"], alpha=True)
            self.flat = lay_over(far, mid, 0, 0)
            self.near = parts.get("near")
            if not blur:
                self.pictures |= {"far": far, "mid": mid}
                self.layers += [Layer(part="far", role="far", rate=0.45), Layer(part="mid", role="mid")]
                return
            self.sources.clear()
        else:
            self.flat = self._fitted("plate", parts["main"], alpha=False)
        if blur:
            self.flat = defocused(self.flat, blur * self.frame_h)
            self.sources.pop("plate", None)
        self.pictures["plate"] = self.flat
        self.layers.append(self._plate())

    def place(self, number: int, placement: Placement, path: Path) -> None:
        """One subject: scaled, turned, lit by the place, and its shadow laid under it."""
        assert self.flat is not None
        body, left, top = self._cut_out(placement, path)
        if not body.size:
            return
        foot = (
            self.window_x + placement.x * self.order.delivery.width_px,
            self.window_y + placement.y * self.frame_h,
        )
        contact = self._contact(placement, foot)
        place = Place(self.flat, left, top, self.frame_h)
        body = grade(body, place, HAZE.get(self.order.framing, 0.0), contact)
        if contact > 0:
            for part in [p for p in ("far", "mid", "plate") if p in self.pictures]:
                self.pictures[part] = lay_shadow(self.pictures[part], body, left, foot, contact, self.frame_h)
                self.sources.pop(part, None)
        part = f"subject_{number}"
        self.pictures[part] = body
        self.layers.append(
            Layer(
                part=part,
                role="subject",
                left_px=left,
                top_px=top,
                # A foot that is seen on the ground moves with the ground; anything else is nearer.
                rate=1.0 if self._locked(placement, contact) else 1.12,
                pivot_x_px=round(foot[0], 2),
                pivot_y_px=round(foot[1], 2),
                facing=placement.facing,
                grounded=contact > 0,
            )
        )

    def lay_near(self) -> None:
        """What stands between the lens and the subject; a close lens looks past it."""
        if self.near is None or self.order.framing in PLATE_BLUR:
            return
        near = self._fitted("near", self.near, alpha=True)
        blur = NEAR_BLUR.get(self.order.framing, 0.0)
        if blur:
            near = defocused(near, blur * self.frame_h)
            self.sources.pop("near", None)
        self.pictures["near"] = near
        self.layers.append(Layer(part="near", role="near", rate=1.45))

    def finish(self) -> Made:
        """Everything as files."""
        sheet = LayerSheet(width_px=self.width, height_px=self.height, layers=tuple(self.layers))
        files = {"main": write_png(self.room / "main.png", self._main())}
        for layer in self.layers:
            kept = self.sources.get(layer.part)
            picture = self.pictures[layer.part]
            files[layer.part] = kept or write_png(self.room / f"{layer.part}.png", picture)
        files["layers"] = self.room / "layers.json"
        files["layers"].write_text(canonical_json(sheet), encoding="utf-8")
        return Made(
            files,
            {
                "width_px": self.order.delivery.width_px,
                "height_px": self.order.delivery.height_px,
                "layers": [layer.part for layer in self.layers],
                "subjects": len(self.order.subjects),
            },
        )

    def _main(self) -> Pixels:
        delivery = self.order.delivery
        picture: Pixels | None = None
        for layer in self.layers:
            over = self.pictures[layer.part]
            if picture is None:
                picture = over[..., :3].copy()
            else:
                picture = lay_over(picture, over, layer.left_px, layer.top_px)
        assert picture is not None
        rows = slice(self.window_y, self.window_y + delivery.height_px)
        return picture[rows, self.window_x : self.window_x + delivery.width_px]

    def _fitted(self, part: str, path: Path, alpha: bool) -> Pixels:
        picture = read_png(path, alpha)
        if picture.shape[:2] == (self.height, self.width):
            self.sources[part] = path
            return picture
        return cover(picture, self.width, self.height)

    def _plate(self) -> Layer:
        feet = [p.y for p in self.order.subjects if self._locked(p, 1.0 if p.y >= GROUND_LINE else 0.0)]
        if self.order.framing in PLATE_BLUR and not feet:
            return Layer(part="plate", role="plate", rate=0.55)
        level = self.window_y + (sum(feet) / len(feet) if feet else 0.8) * self.frame_h
        return Layer(part="plate", role="plate", rate=1.0, lean=0.22, level_px=round(level, 2))

    def _locked(self, placement: Placement, contact: float) -> bool:
        return contact > 0 and placement.y < 1.0

    def _contact(self, placement: Placement, foot: tuple[float, float]) -> float:
        """0 for a subject that hangs free, 1 for one that stands."""
        mid = self.pictures.get("mid")
        if mid is not None:  # the house paints its ground on the middle layer
            x, y = min(self.width - 1, max(0, int(foot[0]))), min(self.height - 1, int(foot[1]))
            if mid[y, x, 3] < 128:
                return 0.0
        return float(np.clip((placement.y - GROUND_LINE) / 0.08, 0, 1))

    def _cut_out(self, placement: Placement, path: Path) -> tuple[Pixels, int, int]:
        """The subject at its size on the master (BGRA), and where its corner lies."""
        picture = read_png(path, alpha=True)
        seen = cv2.boundingRect((picture[..., 3] > 8).astype(np.uint8))
        solid = float((picture[..., 3] > 250).mean())
        if not seen[2]:
            raise MediaDamaged(f"{placement.reference}: its picture is empty. Draw the reference again.")
        if solid > 0.985:
            raise ShotFailed(
                "composite",
                placement.reference,
                "it is not cut out (its background is opaque). Draw the reference again with a "
                "transparent background, or accept one that is cut out.",
            )
        x, y, width, height = seen
        body = picture[y : y + height, x : x + width]
        if placement.facing == "left":
            body = body[:, ::-1]
        scale = placement.height * self.frame_h / height
        if placement.y >= LOWEST_SEEN_CUT and (body[-1, :, 3] > 200).mean() > 0.3:
            body = _continued(body, int((self.height - self.window_y) / scale))
        left = self.window_x + placement.x * self.order.delivery.width_px - width * scale / 2
        top = self.window_y + placement.y * self.frame_h - height * scale
        return self._at_size(body, scale, left, top)

    def _at_size(self, body: Pixels, scale: float, left: float, top: float) -> tuple[Pixels, int, int]:
        bleed = int(BLEED * self.frame_h)
        x0, y0 = max(-bleed, int(np.floor(left)) - 2), max(-bleed, int(np.floor(top)) - 2)
        x1 = min(self.width + bleed, int(np.ceil(left + body.shape[1] * scale)) + 2)
        y1 = min(self.height + bleed, int(np.ceil(top + body.shape[0] * scale)) + 2)
        if x1 <= x0 or y1 <= y0:
            return np.zeros((0, 0, 4), np.uint8), 0, 0
        clean, wide, high = premultiplied(body), body.shape[1] * scale, body.shape[0] * scale
        while clean.shape[0] > 1.7 * high:  # halving first keeps fine lines from sparkling
            clean = cv2.resize(clean, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        sx, sy = wide / clean.shape[1], high / clean.shape[0]
        # Half a pixel: scaling is about the corner of a picture, coordinates are pixels' middles.
        matrix = np.array([[sx, 0, left - x0 + (sx - 1) / 2], [0, sy, top - y0 + (sy - 1) / 2]])
        scaled = cv2.warpAffine(clean, matrix, (x1 - x0, y1 - y0), flags=cv2.INTER_CUBIC)
        return unpremultiplied(scaled), x0, y0


def _continued(body: Pixels, rows: int) -> Pixels:
    """A body cut off straight, its lowest part mirrored below the cut (at most a third of it)."""
    return np.concatenate([body, body[::-1][: min(rows, body.shape[0] // 3)]])
