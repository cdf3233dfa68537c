"""How exact a delivered film is: every cut, every onset, every sample, and whether it decodes in silence."""

import json
import subprocess
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np

from bench.figures import Row, at_most
from pokegeo_dagster.film.edit.delivery import SAMPLE_RATE_HZ, Delivery
from pokegeo_dagster.film.edit.timeline import SegmentPlan, lay_cuts
from pokegeo_dagster.providers.bench.loudness import measure_loudness


def exactness(film: Path, plan_file: Path, name: str) -> Iterator[Row]:
    """The claims of a delivery desk about one film, measured on it. `name` tells it from another."""
    plan = json.loads(plan_file.read_text())
    delivery = Delivery.model_validate(plan["delivery"])
    plans = [SegmentPlan(**piece["plan"]) for piece in plan["pieces"]]
    cuts = lay_cuts([str(n) for n in range(len(plans))], [p.frames for p in plans], delivery)
    frames = sum(p.frames for p in plans)
    with av.open(str(film)) as container:
        video = container.streams.video[0]
        base = Fraction(video.time_base or 1)
        times = sorted(p.pts * base * delivery.rate_fps for p in container.demux(video) if p.pts is not None)
    drift = max(abs(t - n) for n, t in enumerate(times)) + abs(len(times) - frames)
    yield at_most(f"{name}: frames away from their place", float(drift), 0)
    sound = _heard(film)
    lead = [_onset(sound, cut.start_sample + p.voice_in) for cut, p in zip(cuts, plans, strict=True)]
    yield at_most(f"{name}: sound onset away from its place", max(lead), 5, "ms")
    yield at_most(f"{name}: samples more or less than frames × 2000", abs(len(sound) - cuts[-1].start_sample
                 - cuts[-1].samples), 0)  # fmt: skip
    loud = measure_loudness(film)
    yield at_most(f"{name}: loudness away from −14 LUFS", round(abs(loud.integrated_lufs + 14), 2), 0.5, "LU")
    yield at_most(f"{name}: true peak", loud.true_peak_dbtp, -1, "dBTP")
    done = subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "warning", "-i", str(film), "-f", "null", "-"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    yield at_most(f"{name}: warnings while it decodes", len(done.stderr.splitlines()), 0)


def _heard(film: Path) -> np.ndarray:
    """The sound as a player gives it, samples × 2."""
    decode = ["-i", str(film), "-map", "0:a", "-f", "f32le", "-ac", "2", "-ar", str(SAMPLE_RATE_HZ), "-"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *decode]
    return np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, "<f4").reshape(
        -1, 2
    )


def _onset(sound: np.ndarray, expected: int) -> float:
    """How far, in ms, the first sharp rise near `expected` is from it."""
    reach = SAMPLE_RATE_HZ // 20
    near = np.abs(sound[expected - reach : expected + reach, 0]).astype(float)
    smooth = np.convolve(near, np.ones(48) / 48, "same")
    rise = np.flatnonzero(smooth > smooth[:reach].max() * 2)
    return abs(int(rise[0]) - reach) * 1000 / SAMPLE_RATE_HZ if rise.size else 1000.0
