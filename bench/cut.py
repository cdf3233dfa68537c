"""`python -m bench cut`: what the cut costs and how exact it is, against references in the same run.

`--clips 4` cuts a shorter programme, `--runs 1` does it once (medians otherwise), `--folder` keeps the files,
`--part copied` (or `encoded`) does one half.
"""

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import imageio_ffmpeg

from bench.cut_exact import exactness
from bench.cut_programme import Piece, programme
from bench.cut_ways import MOVIEPY
from bench.figures import Row, at_most, each_told, not_measured
from bench.whole_process import Figures, measure
from pokegeo_dagster.film.edit.delivery import DELIVERIES, Delivery

REQUIREMENTS = Path(__file__).with_name("requirements-moviepy.txt")
PARTS = ("encoded", "copied")


def main() -> None:
    """Prints every figure of the cut with its target."""
    reader = argparse.ArgumentParser(prog="python -m bench cut")
    reader.add_argument("--clips", type=int, default=18)
    reader.add_argument("--runs", type=int, default=3)
    reader.add_argument("--folder", type=Path)
    reader.add_argument("--part", choices=PARTS, help="only clips that are encoded, or that are copied")
    asked = reader.parse_args()
    with tempfile.TemporaryDirectory(prefix="pokegeo-bench-") as temporary:
        folder = asked.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        each_told(cut_figures(folder, asked.clips, asked.runs, (asked.part,) if asked.part else PARTS))


def cut_figures(folder: Path, clips: int, runs: int, parts: Sequence[str] = PARTS) -> Iterator[Row]:
    """Every figure, as soon as it is there. Paired: the ways take turns, and medians are compared."""
    if "encoded" in parts:
        yield from _encoded(folder, clips, runs)
    if "copied" in parts:
        yield from _copied(folder, clips, runs)


def _encoded(folder: Path, clips: int, runs: int) -> Iterator[Row]:
    delivery = DELIVERIES["full"]
    plan = _plan(folder / "mixed", programme(folder / "mixed", clips, delivery, False), delivery)
    python = _moviepy(folder / "moviepy")
    took: dict[str, list[Figures]] = {"ours": [], "one_pass": [], "moviepy": []}
    for _ in range(runs):
        for way in ("ours", "one_pass"):
            took[way].append(_cut(way, plan, folder / f"{way}.mp4"))
        if python:
            script = folder / "with_moviepy.py"
            script.write_text(MOVIEPY)
            theirs = [str(python), str(script), str(plan), str(folder / "moviepy.mp4")]
            took["moviepy"].append(measure(theirs))
    one = _median(took["one_pass"])
    whole = [f.cpu_s - _steps(f)["redo"] for f in took["ours"]]  # the redo comes after the film
    ours, step = statistics.median(whole), _step_medians(took["ours"])
    yield at_most("whole cut ÷ one single-pass encode, CPU", ours / one, 1.03, cut_cpu_s=ours, pass_cpu_s=one)
    yield at_most("SSIM that it loses against that encode", _ssim_gap(folder, plan), 0.002)
    if took["moviepy"]:
        movie = _median(took["moviepy"])
        yield at_most("whole cut ÷ MoviePy's, CPU", ours / movie, 0.82, moviepy_cpu_s=movie,
                      moviepy_peak_mib=took["moviepy"][0].peak_mib)  # fmt: skip
    else:
        yield not_measured("whole cut ÷ MoviePy's, CPU", 0.82, "MoviePy could not be installed")
    yield at_most("peak memory of the whole cut", max(f.peak_mib for f in took["ours"]) * 1.048576, 600, "MB",
                  one_pass=took["one_pass"][0].peak_mib * 1.048576)  # fmt: skip
    yield at_most("final join with mastered sound ÷ one encode", 100 * step["join"] / one, 5, "%",
                  join_cpu_s=step["join"])  # fmt: skip
    yield at_most("the picture's part of the join ÷ one encode", 100 * step["join picture"] / one, 1, "%")
    once_more = step["first segment"] + step["join"]
    yield at_most("redo of a clip ÷ (that segment + the join)", step["redo"] / once_more, 1.1)
    yield at_most(f"redo of a clip of {clips} ÷ the first cut", 100 * step["redo"] / ours,
                  9 * max(1, 18 / clips), "%")  # fmt: skip
    yield from exactness(folder / "ours.mp4", plan, "encoded")


def _copied(folder: Path, clips: int, runs: int) -> Iterator[Row]:
    delivery = DELIVERIES["full"]
    plan = _plan(folder / "profile", programme(folder / "profile", clips, delivery, True), delivery)
    copies, encodes = [], []
    for _ in range(runs):
        copies.append(_cut("ours", plan, folder / "copied.mp4"))
        encodes.append(_cut("one_pass", plan, folder / "encoded.mp4"))
    copied = statistics.median(f.cpu_s - _steps(f)["redo"] for f in copies)
    yield at_most("cut of clips in the delivery profile ÷ one encode, CPU", copied / _median(encodes), 0.15,
                  cut_cpu_s=copied, pass_cpu_s=_median(encodes))  # fmt: skip
    yield from exactness(folder / "copied.mp4", plan, "copied")


def _plan(folder: Path, pieces: Sequence[Piece], delivery: Delivery) -> Path:
    file = folder / "plan.json"
    rows = [{**{k: str(v) for k, v in asdict(piece).items() if k != "plan"}, "plan": piece.plan.model_dump()}
            for piece in pieces]  # fmt: skip
    file.write_text(json.dumps({"delivery": delivery.model_dump(), "pieces": rows}))
    return file


def _cut(way: str, plan: Path, out: Path) -> Figures:
    return measure([sys.executable, "-m", "bench.cut_ways", way, str(plan), str(out)])


def _steps(figures_: Figures) -> dict[str, float]:
    return json.loads(figures_.output.strip().splitlines()[-1])


def _step_medians(took: Sequence[Figures]) -> dict[str, float]:
    steps = [_steps(f) for f in took]
    return {name: statistics.median(s[name] for s in steps) for name in steps[0]}


def _median(took: Sequence[Figures]) -> float:
    return statistics.median(f.cpu_s for f in took)


def _ssim_gap(folder: Path, plan_file: Path) -> float:
    """By how much the first clips of our film are further from their sources than the reference's are."""
    plan = json.loads(plan_file.read_text())
    d, gap, start = plan["delivery"], [], 0
    for piece in plan["pieces"][:3]:
        frames = piece["plan"]["frames"]
        truth = (
            f"fps={d['rate_fps']}:round=near,scale={d['width_px']}:{d['height_px']}:"
            f"force_original_aspect_ratio=increase:flags=bicubic,crop={d['width_px']}:{d['height_px']},setsar=1,"
            f"format=yuv420p,trim=end_frame={frames}"
        )
        gap.append(_ssim(folder / "one_pass.mp4", start, frames, piece["clip"], truth)
                   - _ssim(folder / "ours.mp4", start, frames, piece["clip"], truth))  # fmt: skip
        start += frames
    return statistics.mean(gap)


def _ssim(film: Path, start: int, frames: int, clip: str, truth: str) -> float:
    graph = (
        f"[0:v]trim=start_frame={start}:end_frame={start + frames},setpts=N/24/TB[a];"
        f"[1:v]{truth},setpts=N/24/TB[b];[a][b]ssim"
    )
    ffmpeg, both = imageio_ffmpeg.get_ffmpeg_exe(), ["-i", str(film), "-i", clip]
    done = subprocess.run(
        [ffmpeg, "-hide_banner", *both, "-lavfi", graph, "-f", "null", "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"All:([0-9.]+)", done.stderr)
    assert found, done.stderr
    return float(found.group(1))


def _moviepy(folder: Path) -> Path | None:
    """The interpreter of an environment with MoviePy in it; None when it cannot be had."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        done = subprocess.run(
            [str(python), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(REQUIREMENTS)],
            capture_output=True,
        )
        if done.returncode:
            return None
    return (
        python if not subprocess.run([str(python), "-c", "import moviepy"], check=False).returncode else None
    )


if __name__ == "__main__":
    main()
