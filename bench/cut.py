"""`python -m bench cut`: what the cut costs and how exact it is, against references in the same run.

`--clips 4` cuts a shorter programme, `--runs 1` does it once (medians otherwise), `--folder` keeps the files.
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
from typing import Any

import imageio_ffmpeg

from bench.cut_exact import exactness
from bench.cut_programme import Piece, programme
from bench.cut_ways import MOVIEPY
from bench.whole_process import Figures, measure
from pokegeo_dagster.film.edit.delivery import DELIVERIES, Delivery

REQUIREMENTS = Path(__file__).with_name("requirements-moviepy.txt")
Row = dict[str, Any]


def main() -> None:
    """Prints every figure of the cut with its target."""
    reader = argparse.ArgumentParser(prog="python -m bench cut")
    reader.add_argument("--clips", type=int, default=18)
    reader.add_argument("--runs", type=int, default=3)
    reader.add_argument("--folder", type=Path)
    asked = reader.parse_args()
    with tempfile.TemporaryDirectory(prefix="pokegeo-bench-") as temporary:
        folder = asked.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for row in figures(folder, asked.clips, asked.runs):
            mark = {True: "ok", False: "MISSED", None: ""}[row["met"]]
            print(
                f"{mark:<6} {row['figure']}: {row['value']} (target {row['target']}){row['more']}", flush=True
            )


def figures(folder: Path, clips: int, runs: int) -> Iterator[Row]:
    """Every figure, as soon as it is there. Paired: the ways take turns, and medians are compared."""
    delivery = DELIVERIES["full"]
    encoded = _plan(folder / "mixed", programme(folder / "mixed", clips, delivery, False), delivery)
    python = _moviepy(folder / "moviepy")
    took: dict[str, list[Figures]] = {"ours": [], "one_pass": [], "moviepy": []}
    for _ in range(runs):
        for way in ("ours", "one_pass"):
            took[way].append(_cut(way, encoded, folder / f"{way}.mp4"))
        if python:
            script = folder / "with_moviepy.py"
            script.write_text(MOVIEPY)
            took["moviepy"].append(
                measure([str(python), str(script), str(encoded), str(folder / "moviepy.mp4")])
            )
    one = _median(took["one_pass"])
    whole = [f.cpu_s - _steps(f)["redo"] for f in took["ours"]]  # the redo comes after the film
    ours, step = statistics.median(whole), _step_medians(took["ours"])
    yield _row("whole cut ÷ one single-pass encode, CPU", ours / one, 1.03, f"; {ours:.1f} and {one:.1f} s")
    yield _row("SSIM of it − SSIM of that encode", -_ssim_gap(folder, encoded), 0.002, "")
    if took["moviepy"]:
        theirs, peak = _median(took["moviepy"]), took["moviepy"][0].peak_mib
        yield _row("whole cut ÷ MoviePy's, CPU", ours / theirs, 0.82, f"; {theirs:.1f} s, {peak:.0f} MiB")
    else:
        yield {
            "figure": "whole cut ÷ MoviePy's, CPU",
            "value": "not measured",
            "target": "≤ 0.82",
            "met": None,
            "more": ": MoviePy could not be installed",
        }
    yield _row("peak memory of the whole cut, MiB", max(f.peak_mib for f in took["ours"]), 600 / 1.048576, "")
    yield _row("final join with mastered sound ÷ one encode, %", 100 * step["join"] / one, 5,
               f"; {step['join']:.2f} s")  # fmt: skip
    yield _row("the picture's part of the join, %", 100 * step["join picture"] / one, 1, "")
    parts = step["first segment"] + step["join"]
    yield _row("redo of a clip ÷ (that segment + the join)", step["redo"] / parts, 1.1, "")
    yield _row("redo of a clip ÷ the first cut, %", 100 * step["redo"] / ours, 9 * max(1, 18 / clips),
               "" if clips == 18 else f"; 9 % of 18 clips, here {clips}")  # fmt: skip

    own = _plan(folder / "profile", programme(folder / "profile", clips, delivery, True), delivery)
    copies, encodes = [], []
    for _ in range(runs):
        copies.append(_cut("ours", own, folder / "copied.mp4"))
        encodes.append(_cut("one_pass", own, folder / "encoded.mp4"))
    copied = statistics.median(f.cpu_s - _steps(f)["redo"] for f in copies)
    yield _row("cut of clips in the delivery profile ÷ one encode, CPU", copied / _median(encodes), 0.15,
               f"; {copied:.1f} and {_median(encodes):.1f} s")  # fmt: skip
    for name in ("ours", "copied"):
        yield from exactness(folder / f"{name}.mp4", encoded if name == "ours" else own)


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
    """By how much the first clips of our film are nearer to their sources than the reference's are."""
    plan = json.loads(plan_file.read_text())
    d, gap, start = plan["delivery"], [], 0
    for piece in plan["pieces"][:3]:
        frames = piece["plan"]["frames"]
        truth = (
            f"fps={d['rate_fps']}:round=near,scale={d['width_px']}:{d['height_px']}:"
            f"force_original_aspect_ratio=increase:flags=bicubic,crop={d['width_px']}:{d['height_px']},setsar=1,"
            f"format=yuv420p,trim=end_frame={frames}"
        )
        gap.append(_ssim(folder / "ours.mp4", start, frames, piece["clip"], truth)
                   - _ssim(folder / "one_pass.mp4", start, frames, piece["clip"], truth))  # fmt: skip
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


def _row(figure: str, value: float, most: float, more: str) -> Row:
    return {
        "figure": figure,
        "value": f"{value:.3g}",
        "target": f"≤ {most:.3g}",
        "met": value <= most,
        "more": more,
    }


if __name__ == "__main__":
    main()
