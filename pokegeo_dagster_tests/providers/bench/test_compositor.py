"""Opening frames: exact size, any plate, subjects where they were placed."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from pokegeo_dagster.film.crew import CompositeOrder, Made
from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.errors import MediaDamaged, ShotFailed
from pokegeo_dagster.film.story.screenplay import Placement
from pokegeo_dagster.providers.bench.compositor import BenchCompositor
from pokegeo_dagster.providers.bench.layers import master_size, read_sheet
from pokegeo_dagster.providers.bench.pixels import read_png, write_png

SMALL = Delivery(width_px=320, height_px=180, rate_fps=24, preset="ultrafast", crf=28)


def _plate(path: Path, width: int, height: int) -> Path:
    rows = np.linspace(190, 90, height, dtype=np.float32)[:, None, None]
    return write_png(path, np.broadcast_to(rows, (height, width, 3)).astype(np.uint8).copy())


def _animal(path: Path) -> Path:
    """Red, with a green head on its right, and room around it."""
    picture = np.zeros((140, 160, 4), np.uint8)
    cv2.ellipse(picture, (80, 70), (50, 40), 0, 0, 360, (20, 20, 220, 255), -1, cv2.LINE_AA)
    cv2.ellipse(picture, (118, 50), (16, 16), 0, 0, 360, (20, 220, 20, 255), -1, cv2.LINE_AA)
    return write_png(path, picture)


def _compose(
    room: Path, plate: Path, *subjects: Placement, framing: str = "wide", animal: Path | None = None
) -> Made:
    animal = animal or _animal(room / "animal.png")
    order = CompositeOrder(framing=framing, plate="ref_02", subjects=subjects, delivery=SMALL)  # type: ignore[arg-type]
    out = room / "out"
    out.mkdir(exist_ok=True)
    return BenchCompositor().compose(order, {"ref_02": {"main": plate}, "ref_01": {"main": animal}}, out)


def _where(picture: np.ndarray, channel: int) -> tuple[int, int, int, int]:
    other = picture.astype(int).sum(axis=2) - picture[..., channel]
    return cv2.boundingRect((picture[..., channel].astype(int) * 2 - other > 110).astype(np.uint8))  # type: ignore[return-value]


@pytest.mark.parametrize("size", [(384, 216), (944, 400), (500, 500), (90, 160), (320, 180)])
def test_a_plate_of_any_shape_gives_exactly_the_delivered_size(tmp_path: Path, size: tuple[int, int]) -> None:
    made = _compose(tmp_path, _plate(tmp_path / "plate.png", *size), framing="extreme_wide")

    assert read_png(made.files["main"], alpha=False).shape == (180, 320, 3)
    assert read_png(made.files["plate"], alpha=False).shape == (216, 384, 3)


def test_a_subject_stands_where_it_was_placed(tmp_path: Path) -> None:
    placed = Placement(reference="ref_01", x=0.3, y=0.9, height=0.5)

    made = _compose(tmp_path, _plate(tmp_path / "plate.png", *master_size(SMALL)), placed, framing="close")

    x, y, width, height = _where(read_png(made.files["main"], alpha=False), 2)
    assert x + width / 2 == pytest.approx(0.3 * 320, abs=4)
    assert y + height == pytest.approx(0.9 * 180, abs=3)
    assert height == pytest.approx(0.5 * 180, abs=4)


def test_a_subject_faces_the_way_it_was_told(tmp_path: Path) -> None:
    plate = _plate(tmp_path / "plate.png", *master_size(SMALL))
    heads = []
    for facing in ("left", "right"):
        placed = Placement(reference="ref_01", x=0.5, y=0.9, height=0.6, facing=facing)  # type: ignore[arg-type]
        x, _, width, _ = _where(read_png(_compose(tmp_path, plate, placed).files["main"], alpha=False), 1)
        heads.append(x + width / 2)

    assert heads[0] < 160 < heads[1]


def test_a_subject_on_the_ground_throws_a_shadow_and_one_in_the_air_does_not(tmp_path: Path) -> None:
    plate = _plate(tmp_path / "plate.png", *master_size(SMALL))
    clean = read_png(plate, alpha=False).astype(int)
    darkest = []
    for foot in (0.9, 0.45):
        placed = Placement(reference="ref_01", x=0.5, y=foot, height=0.3)
        laid = read_png(_compose(tmp_path, plate, placed).files["plate"], alpha=False).astype(int)
        darkest.append(int((clean - laid).max()))

    assert darkest[0] > 30
    assert darkest[1] == 0


def test_an_animal_that_is_not_cut_out_is_refused(tmp_path: Path) -> None:
    opaque = write_png(tmp_path / "opaque.png", np.full((60, 60, 3), 200, np.uint8))
    placed = Placement(reference="ref_01", x=0.5, y=0.9, height=0.5)

    with pytest.raises(ShotFailed, match=r"ref_01 .*not cut out"):
        _compose(tmp_path, _plate(tmp_path / "plate.png", 384, 216), placed, animal=opaque)


def test_a_damaged_picture_is_called_damaged(tmp_path: Path) -> None:
    plate = _plate(tmp_path / "plate.png", 384, 216)
    plate.write_bytes(plate.read_bytes()[:40])

    with pytest.raises(MediaDamaged, match=r"plate\.png"):
        _compose(tmp_path, plate)


def test_the_house_layers_stay_apart_and_untouched_ones_are_not_copied(tmp_path: Path) -> None:
    width, height = master_size(SMALL)
    far = _plate(tmp_path / "far.png", width, height)
    ground = np.zeros((height, width, 4), np.uint8)
    ground[height // 2 :] = (60, 90, 70, 255)
    near = np.zeros((height, width, 4), np.uint8)
    near[-20:, :60] = (10, 20, 10, 255)
    parts = {
        "main": far,
        "far": far,
        "mid": write_png(tmp_path / "mid.png", ground),
        "near": write_png(tmp_path / "near.png", near),
    }
    placed = Placement(reference="ref_01", x=0.5, y=0.9, height=0.4)
    order = CompositeOrder(framing="wide", plate="ref_02", subjects=(placed,), delivery=SMALL)
    out = tmp_path / "out"
    out.mkdir()

    made = BenchCompositor().compose(
        order, {"ref_02": parts, "ref_01": {"main": _animal(tmp_path / "a.png")}}, out
    )

    sheet = read_sheet(made.files["layers"])
    assert [layer.role for layer in sheet.layers] == ["far", "mid", "subject", "near"]
    assert made.files["near"] == parts["near"]
    assert made.files["mid"] != parts["mid"]  # it has the shadow on it
    rates = {layer.role: layer.rate for layer in sheet.layers}
    assert rates["far"] < rates["mid"] == rates["subject"] < rates["near"]


def test_the_same_order_gives_the_same_bytes(tmp_path: Path) -> None:
    plate = _plate(tmp_path / "plate.png", 944, 400)
    placed = Placement(reference="ref_01", x=0.4, y=0.85, height=0.45)

    first = {part: path.read_bytes() for part, path in _compose(tmp_path, plate, placed).files.items()}
    again = {part: path.read_bytes() for part, path in _compose(tmp_path, plate, placed).files.items()}

    assert first == again
