"""A photograph that hardly moves is a shot; one that stands still is a defect."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.edit.quality import FilmPlan, PlannedClip, Stretch
from pokegeo_dagster.film.picture.moves import aim, read_move
from pokegeo_dagster.providers.bench.conformer import conform
from pokegeo_dagster.providers.bench.encoder import RawEncoder
from pokegeo_dagster.providers.bench.inspection import inspect
from pokegeo_dagster_tests.defs.edit.small_film import PHOTOGRAPH, ffmpeg

MEDIUM = Delivery(width_px=640, height_px=360, rate_fps=24, preset="veryfast", crf=18)
GRAINS = (0.0, 0.4)  # levels; at a third of 1080p as hard to look through as 1.2 there
FRAMES = 84
LOCKED = read_move("locked tripod, very still")  # of all the house's moves the one that moves least
Shoot = Callable[[float, float, str], tuple[Stretch, ...]]


@pytest.fixture
def frozen(tmp_path: Path) -> Shoot:
    """Where a clip is seen as frozen, as a vendor would deliver it: `movement` 1 is the locked camera's."""

    def shot(movement: float, grain: float, bit_rate: str) -> tuple[Stretch, ...]:
        photograph, rng = cv2.imread(str(PHOTOGRAPH)), np.random.default_rng(3)
        assert photograph is not None
        own, cheap = tmp_path / "own.mp4", tmp_path / "cheap.mp4"
        with RawEncoder(MEDIUM, FRAMES, own) as encoder:
            for number in range(FRAMES):
                look = aim(LOCKED, number / 240, 10.0)
                zoom = 1.06 + movement * (look.zoom - 1)
                middle = np.array([640, 360]) * (1 - 1 / zoom)
                shift = movement * np.array([look.x * 1280, look.y * 720])
                at = np.array([[2 / zoom, 0, (middle + shift)[0]], [0, 2 / zoom, (middle + shift)[1]]])
                seen = cv2.warpAffine(
                    photograph, at, (640, 360), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
                )
                planes = cv2.cvtColor(seen, cv2.COLOR_BGR2YUV_I420)
                noise = grain * rng.standard_normal((360, 640))
                planes[:360] = np.clip(np.rint(planes[:360] + noise), 16, 235)
                encoder.write(planes.reshape(-1))
        ffmpeg("-i", own, "-c:v", "libx264", "-preset", "veryfast", "-b:v", bit_rate, "-threads", 1, cheap)
        whole = PlannedClip(clip="clip_01", start_frame=0, frames=FRAMES, voice_in=0, voice_out=0, line="")
        plan = FilmPlan(width_px=640, height_px=360, rate_fps=24, clips=(whole,))
        return inspect(conform(cheap, FRAMES, MEDIUM, tmp_path), plan).frozen

    return shot


@pytest.mark.parametrize("bit_rate", ["3M", "300k"])
@pytest.mark.parametrize("grain", GRAINS)
@pytest.mark.parametrize("movement", [1.0, 0.5])
def test_a_breathing_photograph_is_not_frozen(
    frozen: Shoot, movement: float, grain: float, bit_rate: str
) -> None:
    assert frozen(movement, grain, bit_rate) == ()


@pytest.mark.parametrize("bit_rate", ["3M", "300k"])
@pytest.mark.parametrize("grain", GRAINS)
def test_a_photograph_that_stands_still_is_frozen(frozen: Shoot, grain: float, bit_rate: str) -> None:
    assert frozen(0.0, grain, bit_rate)
