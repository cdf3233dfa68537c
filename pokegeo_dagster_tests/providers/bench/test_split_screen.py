"""Split screens: two domains side by side, as an opening frame and as a clip."""

from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from pokegeo_dagster.film.crew import ClipOrder, CompositeOrder, Made
from pokegeo_dagster.film.edit.delivery import DELIVERIES
from pokegeo_dagster.film.story.screenplay import Atmosphere, Half, Placement
from pokegeo_dagster.providers.bench.compositor import BenchCompositor
from pokegeo_dagster.providers.bench.layers import divider
from pokegeo_dagster.providers.house.camera import HouseCamera

SMALL = DELIVERIES["rehearsal"]
AIR = Atmosphere(
    habitat="forest",
    light="day",
    weather="clear",
    palette=("green", "blue"),
    prose="Clear light over a quiet wood.",
)


def _picture(path: Path, colour: tuple[int, int, int], cut_out: bool = False) -> dict[str, Path]:
    picture = np.full((216, 384, 4 if cut_out else 3), 255, np.uint8)
    picture[..., :3] = colour
    if cut_out:
        picture[..., 3] = 0
        cv2.circle(picture, (192, 108), 80, (*colour, 255), -1)
    cv2.imwrite(str(path), picture)
    return {"main": path}


@pytest.fixture
def composed(tmp_path: Path) -> Made:
    """A red place with a white ball on the left, a blue one with a white ball on the right."""
    pictures = {
        "ref_01": _picture(tmp_path / "red.png", (30, 30, 180)),
        "ref_02": _picture(tmp_path / "blue.png", (180, 30, 30)),
        "ref_03": _picture(tmp_path / "ball.png", (250, 250, 250), cut_out=True),
    }
    ball = Placement(reference="ref_03", x=0.5, y=0.6, height=0.3)
    order = CompositeOrder(
        framing="wide",
        plate="ref_01",
        subjects=(ball,),
        split=Half(plate="ref_02", subjects=(ball,)),
        delivery=SMALL,
    )
    room = tmp_path / "room"
    room.mkdir()
    return BenchCompositor().compose(order, pictures, room)


def _halves(frame: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    first, end = divider(frame.shape[1])
    return frame[:, :first].astype(int), frame[:, end:].astype(int)


def test_each_half_shows_its_own_place_and_the_subject_in_its_own_middle(composed: Made) -> None:
    frame = cv2.imread(str(composed.files["main"]))
    assert frame is not None

    left, right = _halves(frame)

    assert frame.shape == (180, 320, 3)
    assert (left[5, 5:150, 2] > left[5, 5:150, 0]).all()
    assert (right[5, 5:150, 0] > right[5, 5:150, 2]).all()
    for half, middle in ((left, 80), (right, 80 - (320 - 160 - right.shape[1]))):
        bright = np.flatnonzero(half[80].min(axis=1) > 150)
        assert abs(bright.mean() - middle) < 3


def test_a_dark_line_parts_the_halves_and_stays_where_it_is(composed: Made, tmp_path: Path) -> None:
    order = ClipOrder(
        prompt="A ball rests.",
        movement="breathing slowly",
        camera="Gentle pan right.",
        framing="wide",
        atmosphere=AIR,
        delivery=SMALL,
        frames=24,
        seed=3,
    )
    room = tmp_path / "film"
    room.mkdir()

    made = HouseCamera().film(order, composed.files, room)

    with av.open(str(made.files["main"])) as film:
        frames = [frame.to_ndarray(format="bgr24").astype(int) for frame in film.decode(video=0)]
    first, end = divider(320)
    assert len(frames) == 24
    for frame in (frames[0], frames[-1]):
        assert frame[:, first:end].mean() < 40
        left, right = _halves(frame)
        # Nothing of one half is seen in the other, however the camera moves.
        assert (left[..., 2] + 20 > left[..., 0]).mean() > 0.98
        assert (right[..., 0] + 20 > right[..., 2]).mean() > 0.98
    assert np.abs(frames[0] - frames[-1]).mean() > 0.2
