"""Takes looked at and listened to by themselves: an opening frame, a spoken line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pokegeo_dagster.film.edit.delivery import SAMPLE_RATE_HZ
from pokegeo_dagster.film.edit.quality_takes import CLIPPED_RUN, FULL_SCALE, Opening, Voice
from pokegeo_dagster.film.errors import MediaDamaged
from pokegeo_dagster.providers.bench.layers import LayerSheet
from pokegeo_dagster.providers.bench.sound_file import whole

_QUIET_DBFS = -120.0
_SOLID = 128  # alpha from which a pixel of a cut-out is the animal and not its edge


def look(parts: Mapping[str, Path]) -> Opening:
    """What an opening frame shows. `parts` are a composite's: `main`, and the `layers` it is built of.

    Raises MediaDamaged when it is no picture.
    """
    picture = cv2.imread(str(parts["main"]), cv2.IMREAD_COLOR)
    if picture is None:
        raise MediaDamaged(f"{parts['main'].name} is no picture. Compose it again.")
    luma = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    # A hundredth of the pixels says the same of the tones as all of them.
    tones = np.percentile(luma[::5, ::5], (1, 5, 95, 99))
    height, width = luma.shape
    return Opening(
        width_px=width,
        height_px=height,
        darkest=round(float(tones[0]), 1),
        brightest=round(float(tones[3]), 1),
        span=round(float(tones[2] - tones[1]), 1),
        subjects=_subjects(parts, width, height),
    )


def _subjects(parts: Mapping[str, Path], width: int, height: int) -> tuple[tuple[str, float], ...]:
    if "layers" not in parts:
        return ()
    sheet = LayerSheet.model_validate_json(parts["layers"].read_bytes())
    left, top = (sheet.width_px - width) // 2, (sheet.height_px - height) // 2
    found = []
    for layer in sheet.layers:
        if layer.role != "subject":
            continue
        body = cv2.imread(str(parts[layer.part]), cv2.IMREAD_UNCHANGED)
        if body is None or body.shape[2] != 4:
            raise MediaDamaged(f"The cut-out {layer.part} is no picture with transparency.")
        x, y = layer.left_px - left, layer.top_px - top
        seen = body[max(0, -y) : max(0, height - y), max(0, -x) : max(0, width - x), 3]
        found.append((layer.part, round(float((seen >= _SOLID).sum()) / (width * height), 6)))
    return tuple(found)


def hear(path: Path) -> Voice:
    """How long, how loud and how clean a spoken line is. Raises MediaDamaged when it is no sound."""
    sound = whole(path)
    mono = sound.mean(axis=1) if len(sound) else np.zeros(0, np.float32)
    return Voice(
        duration_s=len(sound) / SAMPLE_RATE_HZ,
        loudest_dbfs=_loudest(mono),
        clipped_runs=clipped_runs(sound),
    )


def _loudest(mono: NDArray[np.float32]) -> float:
    """RMS of the loudest second, or of all there is if that is less."""
    if not len(mono):
        return _QUIET_DBFS
    energy = np.cumsum(np.concatenate(([0.0], np.square(mono, dtype=np.float64))))
    window = min(SAMPLE_RATE_HZ, len(mono))
    mean = float((energy[window:] - energy[:-window]).max()) / window
    return round(max(10 * float(np.log10(mean + 1e-30)), _QUIET_DBFS), 1)


def clipped_runs(sound: NDArray[np.float32]) -> int:
    """How often a channel stays at the end of its scale for CLIPPED_RUN samples or longer."""
    runs = 0
    for channel in sound.T:
        full = np.concatenate(([False], np.abs(channel) >= FULL_SCALE, [False]))
        edges = np.flatnonzero(full[1:] != full[:-1])
        runs += int((edges[1::2] - edges[::2] >= CLIPPED_RUN).sum())
    return runs // (2 if _alike(sound) else 1)


def _alike(sound: NDArray[np.float32]) -> bool:
    """Whether both channels are one (a mono recording): then each run is there twice."""
    return sound.shape[1] == 2 and bool(np.array_equal(sound[:, 0], sound[:, 1]))
