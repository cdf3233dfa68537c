"""`python -m bench checks HOME EPISODE`: what inspecting a film costs, against encoding it once."""

import os
import subprocess
import sys
from pathlib import Path

import imageio_ffmpeg

from pokegeo_dagster.defs.edit.quality import measured, qc_report
from pokegeo_dagster.defs.office.studio import open_studio
from pokegeo_dagster.defs.office.takes import Takes
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.providers.bench.listening import listen


def main() -> None:
    """Prints the CPU of every check of a film made in HOME as a share of one encode of it."""
    home, episode = Path(sys.argv[1]).resolve(), sys.argv[2]
    studio = open_studio(home)
    film = Takes("final_cut", studio).of(Place(episode))
    plan = qc_report.work(studio, Place(episode)).order.plan  # pyright: ignore
    lines = {clip.clip: Takes("narration", studio).at(episode, clip.clip) for clip in plan.clips}
    before = _cpu_s()
    measured(film.path(), plan, {name: take.path() for name, take in lines.items()})
    looked = _cpu_s()
    for take in lines.values():
        listen(take.path(), take.slate["text"])
    heard = _cpu_s()
    subprocess.run([
        imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", "-i", str(film.path()),
        "-c:v", "libx264", "-preset", "faster", "-crf", "18", "-c:a", "aac", "-f", "mp4", os.devnull,
    ], check=True)  # fmt: skip
    encode = _cpu_s() - heard
    share = 100 * (heard - before) / encode
    print(
        f"picture and sound {looked - before:.1f} CPU-s, words {heard - looked:.1f}, one encode {encode:.1f}"
    )
    print(f"{'ok ' if share <= 25 else 'MISSED'} all checks ÷ one encode: {share:.1f} % (target ≤ 25)")


def _cpu_s() -> float:
    return sum(os.times()[:4])


if __name__ == "__main__":
    main()
