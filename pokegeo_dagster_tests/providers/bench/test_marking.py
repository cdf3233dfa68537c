"""A watermark: in its corner, as strong as asked for, and nowhere else."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pokegeo_dagster.film.edit.delivery import DELIVERIES
from pokegeo_dagster.film.edit.finish import Corner, Mark
from pokegeo_dagster.providers.bench.conformer import conform
from pokegeo_dagster.providers.bench.encoder import RawEncoder
from pokegeo_dagster.providers.bench.marking import Stamp
from pokegeo_dagster.providers.bench.probe import decode_all
from pokegeo_dagster.providers.house.cards import still_of

SMALL = DELIVERIES["rehearsal"]


@pytest.fixture
def grey(tmp_path: Path) -> Path:
    """A finished segment of a second, grey from corner to corner."""
    planes = np.full(SMALL.width_px * SMALL.height_px * 3 // 2, 128, np.uint8)
    planes[: SMALL.width_px * SMALL.height_px] = 90
    with RawEncoder(SMALL, 24, tmp_path / "grey.mp4") as encoder:
        for _ in range(24):
            encoder.write(planes)
    return tmp_path / "grey.mp4"


@pytest.mark.parametrize("corner", ["top_left", "top_right", "bottom_left", "bottom_right"])
def test_a_mark_is_in_its_corner_of_every_frame_even_of_a_clip_that_was_a_segment_already(
    grey: Path, tmp_path: Path, corner: Corner
) -> None:
    Image.new("RGBA", (64, 64), (255, 255, 255, 255)).save(tmp_path / "mark.png")
    room = tmp_path / "room"
    room.mkdir()

    made = conform(
        grey, 24, SMALL, room, stamp=Stamp(tmp_path / "mark.png", Mark(corner=corner, opacity=0.5))
    )

    assert decode_all(made) == 24
    for number in (0, 23):
        changed = np.abs(still_of(made, number).astype(int) - still_of(grey, number)).max(axis=2) > 30
        rows, columns = (np.flatnonzero(changed.any(axis=axis)) for axis in (1, 0))
        assert (rows.mean() < 90, columns.mean() < 160) == ("top" in corner, "left" in corner)
        assert 24 <= len(rows) <= 32 and 24 <= len(columns) <= 32  # 0.16 of 180
        there = still_of(made, number)[int(rows.mean()), int(columns.mean())]
        assert there.mean() == pytest.approx((255 + still_of(grey, 0)[90, 160].mean()) / 2, abs=12)


def test_without_a_mark_a_finished_segment_is_itself(grey: Path, tmp_path: Path) -> None:
    assert conform(grey, 24, SMALL, tmp_path) == grey
