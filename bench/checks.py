"""`python -m bench checks`: what inspecting a film costs, with its page, against encoding it once.

Without arguments on a synthetic film at full size; `HOME EPISODE`: on one that was made there.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg

from bench.cut_programme import programme
from bench.cut_ways import ours
from bench.figures import Row, at_most, each_told
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
        each_told(_measured(*_delivered(Path(sys.argv[1]).resolve(), sys.argv[2])))
        return
    with tempfile.TemporaryDirectory(prefix="pokegeo-bench-") as folder:
        each_told(checks_figures(Path(folder), Path(folder, "film.mp4")))


def checks_figures(programme_in: Path, film: Path) -> Iterator[Row]:
    """Of a film of eighteen clips at full size; `film` is made where it is not there (see `bench.cut`)."""
    yield from _measured(*_synthetic(programme_in, film))


def _delivered(home: Path, episode: str) -> Film:
    studio = open_studio(home)
    film = Takes("final_cut", studio).of(Place(episode))
    plan = qc_report.work(studio, Place(episode)).order.plan  # pyright: ignore
    lines = {clip.clip: Takes("narration", studio).at(episode, clip.clip) for clip in plan.clips}
    return film.path(), plan, {name: take.path() for name, take in lines.items()}


def _synthetic(folder: Path, film: Path) -> Film:
    """Eighteen clips at full size, of a photograph and buzzing lines."""
    delivery = DELIVERIES["full"]
    pieces = programme(folder, 18, delivery, in_profile=False)
    if not film.exists():
        ours(delivery, [{"clip": str(p.clip), "line": str(p.line), "effect": str(p.effect),
                         "plan": p.plan.model_dump()} for p in pieces], film)  # fmt: skip
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


def _measured(film: Path, plan: FilmPlan, lines: dict[str, Path]) -> Iterator[Row]:
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
    yield at_most(
        "all checks and their page ÷ one encode of the film", 100 * (told - before) / encode, 25, "%",
        picture_and_sound_cpu_s=looked - before, words_cpu_s=heard - looked,
        plots_and_page_cpu_s=told - heard, encode_cpu_s=encode,
    )  # fmt: skip


def _cpu_s() -> float:
    return sum(os.times()[:4])


if __name__ == "__main__":
    main()
