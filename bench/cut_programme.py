"""The programme of `bench cut`: vendor clips that look like photographs, lines and atmospheres."""

import subprocess
import wave
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from pokegeo_dagster.film.edit.delivery import SAMPLE_RATE_HZ, Delivery
from pokegeo_dagster.film.edit.timeline import SegmentPlan, plan_segment

STILL = Path(__file__).resolve().parents[1] / "docs" / "still.jpg"
CLIP_S = 10
PICTURES = 4  # different clips; then they come again, under other lines and as long as those
# Sizes and rates in which vendors deliver, in turn.
FORMS = (("1920x1080", "30"), ("1280x720", "24"), ("1920x1072", "24"), ("1920x1080", "25"))


@dataclass(frozen=True)
class Piece:
    """One clip of the programme: its sources, and the segment it becomes."""

    clip: Path
    line: Path
    effect: Path
    plan: SegmentPlan


def programme(folder: Path, clips: int, delivery: Delivery, in_profile: bool) -> list[Piece]:
    """`clips` pieces under `folder`. `in_profile`: the clips are in the delivery profile already, encoded
    by somebody else; otherwise in the sizes and rates of FORMS."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_piece(folder, number, delivery, in_profile) for number in range(clips)]


def _piece(folder: Path, number: int, delivery: Delivery, in_profile: bool) -> Piece:
    rng = np.random.default_rng(number)
    seconds = 4.6 + 1.4 * rng.random()
    line = _wave(folder / f"line_{number:02d}.wav", _speech(seconds, rng))
    effect = _wave(
        folder / f"effect_{number:02d}.wav", 0.05 * rng.standard_normal((CLIP_S * SAMPLE_RATE_HZ, 2))
    )
    shown = number % PICTURES
    size, rate = FORMS[shown % len(FORMS)]
    if in_profile:
        size, rate = f"{delivery.width_px}x{delivery.height_px}", str(delivery.rate_fps)
    clip = _filmed(folder / f"clip_{shown:02d}.mp4", shown, size, rate)
    return Piece(clip, line, effect, plan_segment(round(seconds * SAMPLE_RATE_HZ), delivery))


def _filmed(out: Path, number: int, size: str, rate: str) -> Path:
    """A slow drift over a still, with grain that is new in every frame: what a photoreal clip costs."""
    if out.exists():
        return out
    width, height = size.split("x")
    drift = (
        f"scale={int(width) * 5 // 4}:-2:flags=bicubic,noise=alls=4:all_seed={number}:allf=t,"
        f"crop={width}:{height}:x='(in_w-out_w)*(0.1+0.08*t)':y='(in_h-out_h)*{0.2 + 0.03 * number:.2f}',"
        f"hue=h={number * 7}:b={0.05 * (number % 3)},format=yuv420p,"
        "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
    )
    subprocess.run([
        imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", "-loop", "1", "-framerate", rate,
        "-i", str(STILL), "-t", str(CLIP_S), "-vf", drift, "-c:v", "libx264", "-preset", "veryfast",
        "-crf", "18", "-profile:v", "high", "-level:v", "4.0", str(out),
    ], check=True)  # fmt: skip
    return out


def _speech(seconds: float, rng: np.random.Generator) -> np.ndarray:
    """Syllables: a buzz in bursts of uneven loudness."""
    t = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    buzz = sum(np.sin(2 * np.pi * 140 * k * t) / k for k in range(1, 16))
    bursts = rng.uniform(0.02, 0.16, len(t) // 9000 + 1)
    bursts[0] = 0.16  # a line begins clearly: its onset is what is measured
    loud = np.repeat(bursts, 9000)[: len(t)]
    return buzz * loud * (np.sin(2 * np.pi * 4 * t) > -0.4)


def _wave(path: Path, sound: np.ndarray) -> Path:
    pcm = np.round(np.clip(sound, -1, 1) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1 if pcm.ndim == 1 else 2)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes(pcm.tobytes())
    return path
