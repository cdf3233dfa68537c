"""`python -m bench checks`: what inspecting a film costs, with its page, against encoding it once.

Without arguments on a synthetic film at full size; `HOME EPISODE`: on one that was made there.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import imageio_ffmpeg

from bench.cut_programme import programme
from bench.cut_ways import ours
from pokegeo_dagster.defs.edit.quality import measured, qc_report
from pokegeo_dagster.defs.office.studio import open_studio
from pokegeo_dagster.defs.office.takes import Takes
from pokegeo_dagster.film.edit.delivery import DELIVERIES
from pokegeo_dagster.film.edit.quality import CHECKS, FilmPlan, PlannedClip, judge
from pokegeo_dagster.film.edit.timeline import lay_cuts
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.providers.bench.listening import listen
from pokegeo_dagster.providers.bench.quality_page import page
from pokegeo_dagster.providers.bench.quality_plots import plots, strip_jpeg

Film = tuple[Path, FilmPlan, dict[str, Path]]


def main() -> None:
    """Prints the CPU of every check and of the page as a share of one encode of the same film."""
    if len(sys.argv) > 2:
        _measure(*_delivered(Path(sys.argv[1]).resolve(), sys.argv[2]))
        return
    with tempfile.TemporaryDirectory(prefix="pokegeo-bench-") as folder:
        _measure(*_synthetic(Path(folder)))


def _delivered(home: Path, episode: str) -> Film:
    studio = open_studio(home)
    film = Takes("final_cut", studio).of(Place(episode))
    plan = qc_report.work(studio, Place(episode)).order.plan  # pyright: ignore
    lines = {clip.clip: Takes("narration", studio).at(episode, clip.clip) for clip in plan.clips}
    return film.path(), plan, {name: take.path() for name, take in lines.items()}


def _synthetic(folder: Path) -> Film:
    """A film of eighteen clips at full size, of a photograph and buzzing lines."""
    delivery, film = DELIVERIES["full"], folder / "film.mp4"
    pieces = programme(folder, 18, delivery, in_profile=False)
    ways = [{"clip": str(p.clip), "line": str(p.line), "effect": str(p.effect), "plan": p.plan.model_dump()}
            for p in pieces]  # fmt: skip
    ours(delivery, ways, film)
    names = [f"clip_{n + 1:02d}" for n in range(len(pieces))]
    cuts = lay_cuts(names, [piece.plan.frames for piece in pieces], delivery)
    clips = tuple(
        PlannedClip(clip=cut.clip, start_frame=cut.start_frame, frames=cut.frames, line="The river waits.",
                    voice_in=piece.plan.voice_in, voice_out=piece.plan.voice_out)
        for cut, piece in zip(cuts, pieces, strict=True)
    )  # fmt: skip
    plan = FilmPlan(
        width_px=delivery.width_px, height_px=delivery.height_px, rate_fps=delivery.rate_fps, clips=clips
    )
    return film, plan, {name: piece.line for name, piece in zip(names, pieces, strict=True)}


def _measure(film: Path, plan: FilmPlan, lines: dict[str, Path]) -> None:
    before = _cpu_s()
    seen, picture, sound = measured(film, plan, lines)
    looked = _cpu_s()
    for clip in plan.clips:
        listen(lines[clip.clip], clip.line)
    heard = _cpu_s()
    if picture is None or sound is None:
        sys.exit(f"The film is not whole: {seen.damage}")
    findings = judge(plan, seen)
    drawn = plots(plan, picture, sound, findings, "What it costs")
    strips = {name: strip_jpeg(pictures) for name, pictures in picture.strip.items()}
    page("What it costs", plan, seen, findings, CHECKS, {}, drawn, strips)
    told = _cpu_s()
    subprocess.run([
        imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", "-i", str(film),
        "-c:v", "libx264", "-preset", "faster", "-crf", "18", "-c:a", "aac", "-f", "mp4", os.devnull,
    ], check=True)  # fmt: skip
    encode = _cpu_s() - told
    share = 100 * (told - before) / encode
    print(
        f"picture and sound {looked - before:.1f} CPU-s, words {heard - looked:.1f}, "
        f"plots and page {told - heard:.1f}, one encode {encode:.1f}"
    )
    print(f"{'ok ' if share <= 25 else 'MISSED'} all checks ÷ one encode: {share:.1f} % (target ≤ 25)")


def _cpu_s() -> float:
    return sum(os.times()[:4])


if __name__ == "__main__":
    main()
