"""Clips of the house camera: exact, the same every time, and moving as the words say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from pokegeo_dagster.film.crew import ClipOrder, CompositeOrder
from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.errors import ShotFailed
from pokegeo_dagster.film.story.screenplay import Atmosphere, Placement
from pokegeo_dagster.film.vocabulary import Weather
from pokegeo_dagster.providers.bench.compositor import BenchCompositor
from pokegeo_dagster.providers.bench.conformer import conform
from pokegeo_dagster.providers.bench.layers import master_size
from pokegeo_dagster.providers.bench.pixels import read_png, write_png
from pokegeo_dagster.providers.house.camera import HouseCamera

SMALL = Delivery(width_px=320, height_px=180, rate_fps=24, preset="ultrafast", crf=16)


@pytest.fixture(scope="module")
def composite(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """A soft patterned place of three layers with a round animal in it."""
    room = tmp_path_factory.mktemp("composite")
    width, height = master_size(SMALL)
    draw = np.random.default_rng(5)
    blobs = cv2.GaussianBlur(draw.integers(0, 255, (height, width, 3)).astype(np.float32), (0, 0), 4)
    far = np.clip((blobs - 127) * 7 + 130, 20, 235).astype(np.uint8)
    ground = np.zeros((height, width, 4), np.uint8)
    ground[..., :3] = far[::-1]
    ground[int(height * 0.6) :, :, 3] = 255
    near = np.zeros((height, width, 4), np.uint8)
    near[-24:, :40] = (10, 20, 10, 255)
    animal = np.zeros((80, 80, 4), np.uint8)
    cv2.circle(animal, (40, 40), 36, (60, 60, 200, 255), -1, cv2.LINE_AA)
    pictures = {"far": far, "mid": ground, "near": near, "main": far, "animal": animal}
    paths = {name: write_png(room / f"{name}.png", picture) for name, picture in pictures.items()}
    order = CompositeOrder(
        framing="wide",
        plate="ref_02",
        subjects=(Placement(reference="ref_01", x=0.5, y=0.85, height=0.3),),
        delivery=SMALL,
    )
    out = room / "out"
    out.mkdir()
    return BenchCompositor().compose(order, {"ref_02": paths, "ref_01": {"main": paths["animal"]}}, out).files


def _order(
    camera: str, frames: int = 24, weather: Weather = "clear", movement: str = "breathing"
) -> ClipOrder:
    air = Atmosphere(
        habitat="forest",
        light="day",
        weather=weather,
        palette=("green", "grey"),
        prose="A quiet wood in spring.",
    )
    return ClipOrder(
        prompt="It breathes.",
        movement=movement,
        camera=camera,
        framing="wide",
        atmosphere=air,
        delivery=SMALL,
        frames=frames,
        seed=3,
    )


def _frames(clip: Path) -> list[np.ndarray]:
    with av.open(str(clip)) as container:
        return [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]


def _film(order: ClipOrder, composite: Mapping[str, Path], room: Path) -> list[np.ndarray]:
    return _frames(HouseCamera().film(order, composite, room).files["main"])


def _slid(first: np.ndarray, last: np.ndarray, rows: slice, columns: slice) -> tuple[float, float]:
    """How far the picture slid between two frames, in pixels right and down."""
    a, b = (cv2.cvtColor(f, cv2.COLOR_BGR2GRAY)[rows, columns].astype(np.float32) for f in (first, last))
    (x, y), _ = cv2.phaseCorrelate(a, b, cv2.createHanningWindow(a.shape[::-1], cv2.CV_32F))
    return x, y


SKY, GROUND = slice(0, 96), slice(116, 166)
LEFT, RIGHT = slice(30, 130), slice(190, 290)


def test_a_clip_has_exactly_the_frames_ordered_and_needs_no_conforming(
    composite: Mapping[str, Path], tmp_path: Path
) -> None:
    order = _order("Slow push in.", frames=31)

    made = HouseCamera().film(order, composite, tmp_path)

    assert HouseCamera().frames_for(31, SMALL) == 31
    assert conform(made.files["main"], 31, SMALL, tmp_path) == made.files["main"]
    assert read_png(made.files["poster"], alpha=False).shape == (180, 320, 3)
    assert (made.slate["frames"], made.slate["move"]) == (31, "push_in")


def test_a_clip_opens_on_its_composite(composite: Mapping[str, Path], tmp_path: Path) -> None:
    main = read_png(composite["main"], alpha=False)

    opening = _film(_order("Gentle pan left.", frames=2), composite, tmp_path)[0]

    assert _slid(main, opening, slice(0, 180), slice(0, 320)) == pytest.approx((0, 0), abs=0.1)
    assert np.abs(main.astype(int) - opening).mean() < 9  # grain, vignette and the encoder


def test_a_pan_to_the_left_slides_the_world_to_the_right(
    composite: Mapping[str, Path], tmp_path: Path
) -> None:
    frames = _film(_order("Pan left."), composite, tmp_path)

    assert _slid(frames[0], frames[-1], SKY, slice(0, 320))[0] > 0.7


def test_a_pan_to_the_right_slides_the_world_to_the_left(
    composite: Mapping[str, Path], tmp_path: Path
) -> None:
    frames = _film(_order("Pan right."), composite, tmp_path)

    assert _slid(frames[0], frames[-1], SKY, slice(0, 320))[0] < -0.7


def test_a_push_in_drives_the_sides_apart(composite: Mapping[str, Path], tmp_path: Path) -> None:
    frames = _film(_order("Fast push in.", frames=48), composite, tmp_path)

    left = _slid(frames[0], frames[-1], GROUND, LEFT)[0]
    right = _slid(frames[0], frames[-1], GROUND, RIGHT)[0]
    assert right - left > 2


def test_near_things_move_more_than_far_ones(composite: Mapping[str, Path], tmp_path: Path) -> None:
    frames = _film(_order("Fast tracking right.", frames=36), composite, tmp_path)

    far = _slid(frames[0], frames[-1], slice(0, 80), slice(0, 320))[0]
    ground = _slid(frames[0], frames[-1], GROUND, RIGHT)[0]
    assert ground < 1.5 * far < 0


def test_the_same_order_gives_the_same_bytes(composite: Mapping[str, Path], tmp_path: Path) -> None:
    clips = []
    for take in ("a", "b"):
        room = tmp_path / take
        room.mkdir()
        made = HouseCamera().film(_order("Slow push in.", 12, "rain", "head turning"), composite, room)
        clips.append({part: path.read_bytes() for part, path in made.files.items()})

    assert clips[0] == clips[1]


@pytest.mark.parametrize("weather", ["mist", "rain", "snow", "dust", "embers", "pollen"])
def test_every_weather_moves_in_the_air(
    composite: Mapping[str, Path], tmp_path: Path, weather: Weather
) -> None:
    room = tmp_path / "clear"
    room.mkdir()
    clear = _film(_order("Static.", 2), composite, room)
    weathered = _film(_order("Static.", 2, weather), composite, tmp_path)

    assert np.abs(clear[0].astype(int) - weathered[0]).max() > 12


@pytest.mark.parametrize("movement", ["head turning", "tail flicking", "wings fluttering", "leaves swaying"])
def test_only_what_was_told_to_move_moves(
    composite: Mapping[str, Path], tmp_path: Path, movement: str
) -> None:
    room = tmp_path / "breathing"
    room.mkdir()

    breathing = _film(_order("Static.", 20), composite, room)[14].astype(int)
    moving = _film(_order("Static.", 20, movement=movement), composite, tmp_path)[14].astype(int)

    # The same grain and the same air lie over both: only the animal is not where it was.
    change = np.abs(breathing - moving).mean(axis=2)
    body, sky = change[92:154, 130:190], change[5:60, 20:120]
    assert body.max() > 4 * sky.max()


def test_a_vendors_composite_without_layers_is_filmed_too(
    composite: Mapping[str, Path], tmp_path: Path
) -> None:
    frames = _film(_order("Pan left.", 48), {"main": composite["main"]}, tmp_path)

    assert len(frames) == 48
    assert _slid(frames[0], frames[-1], SKY, slice(0, 320))[0] > 0.5


def test_a_clip_without_its_composite_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ShotFailed, match="Composite the shot first"):
        HouseCamera().film(_order("Slow push in."), {}, tmp_path)
