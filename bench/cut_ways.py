"""Ways of cutting the same programme, each run as one process: ours, one ffmpeg pass, MoviePy.

`python -m bench.cut_ways WAY PLAN.json OUT` cuts it; ours then prints the CPU-seconds of its steps.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import imageio_ffmpeg

from pokegeo_dagster.film.edit.delivery import SAMPLE_RATE_HZ, Delivery
from pokegeo_dagster.film.edit.timeline import SegmentPlan


def cpu_s() -> float:
    """CPU-seconds of this process and of everything it started and waited for."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(s.ru_utime + s.ru_stime for s in spent)


def ours(delivery: Delivery, pieces: Sequence[dict[str, Any]], out: Path) -> dict[str, float]:
    """The bench crew's way, as the assets `segment` and `final_cut` go it; then clip 1 once more."""
    from pokegeo_dagster.providers.bench.conformer import conform, made_alike
    from pokegeo_dagster.providers.bench.encoder import delivery_header
    from pokegeo_dagster.providers.bench.mixer import lay_segment, master
    from pokegeo_dagster.providers.bench.splice import join

    delivery_header(delivery)
    plans = [SegmentPlan(**piece["plan"]) for piece in pieces]
    frames = [plan.frames for plan in plans]
    room = out.with_suffix("")

    def segment(number: int, name: str) -> tuple[Path, dict[str, Path]]:
        place, piece, plan = room / f"{name}_{number:02d}", pieces[number], plans[number]
        place.mkdir(parents=True, exist_ok=True)
        stems = lay_segment(Path(piece["line"]), Path(piece["effect"]), plan, place)
        return conform(Path(piece["clip"]), plan.frames, delivery, place), stems

    def film(segments: Sequence[tuple[Path, dict[str, Path]]]) -> None:
        took["master"], sound = _timed(lambda: master([stems for _, stems in segments], delivery, room))
        pictures = [picture for picture, _ in segments]
        took["join picture"], _ = _timed(
            lambda: join(
                made_alike(pictures, frames, delivery, room), frames, sound.files["main"], delivery, out
            )
        )

    took: dict[str, float] = {}
    took["segments"], segments = _timed(lambda: [segment(n, "first") for n in range(len(pieces))])
    took["join"], _ = _timed(lambda: film(segments))
    took["first segment"], again = _timed(lambda: segment(0, "again"))
    took["redo"], _ = _timed(lambda: film([again, *segments[1:]]))
    took["redo"] += took["first segment"]
    return took


def _timed(step: Callable[[], Any]) -> tuple[float, Any]:
    before = cpu_s()
    result = step()
    return cpu_s() - before, result


def one_pass(delivery: Delivery, pieces: Sequence[dict[str, Any]], out: Path) -> dict[str, float]:
    """The reference: one filter graph, one encode."""
    d, parts, inputs = delivery, [], []
    labels = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
    count = len(pieces)
    for n, piece in enumerate(pieces):
        plan = SegmentPlan(**piece["plan"])
        inputs += ["-i", piece["clip"], "-i", piece["line"], "-i", piece["effect"]]
        parts += [
            f"[{3 * n}:v]fps={d.rate_fps}:round=near,scale={d.width_px}:{d.height_px}:"
            "force_original_aspect_ratio=increase:flags=bicubic,"
            f"crop={d.width_px}:{d.height_px},setsar=1,{labels},format=yuv420p,trim=end_frame={plan.frames}[v{n}]",
            f"[{3 * n + 1}:a]aformat=channel_layouts=stereo,adelay={plan.voice_in}S:all=1,"
            f"apad=whole_len={plan.samples},atrim=end_sample={plan.samples}[n{n}]",
            f"[{3 * n + 2}:a]atrim=end_sample={plan.samples}[e{n}]",
        ]
    for letter, video, audio in (("v", 1, 0), ("n", 0, 1), ("e", 0, 1)):
        parts.append(
            "".join(f"[{letter}{n}]" for n in range(count))
            + f"concat=n={count}:v={video}:a={audio}[{letter}]"
        )
    parts += [
        "[n]asplit[n1][n2]",
        "[e][n1]sidechaincompress=threshold=0.02:ratio=8:attack=20:release=400[bed]",
        f"[n2][bed]amix=inputs=2:normalize=0,volume=9dB,aresample={4 * SAMPLE_RATE_HZ},"
        f"alimiter=limit=0.73:level=disabled:latency=1,aresample={SAMPLE_RATE_HZ}[a]",
    ]
    graph = out.with_suffix(".graph")
    graph.write_text(";\n".join(parts))
    subprocess.run([
        imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", *inputs, "-/filter_complex", str(graph),
        "-map", "[v]", "-map", "[a]", "-c:v", "libx264", "-preset", d.preset, "-crf", str(d.crf),
        "-profile:v", "high", "-level:v", "4.1", "-g", str(2 * d.rate_fps), "-c:a", "aac", "-b:a", "192k",
        "-movflags", "+faststart", str(out),
    ], check=True)  # fmt: skip
    return {}


MOVIEPY = """
import json, sys
from moviepy import AudioFileClip, CompositeAudioClip, VideoFileClip, concatenate_videoclips
plan = json.load(open(sys.argv[1])); d = plan["delivery"]; shots = []
for piece in plan["pieces"]:
    seconds = piece["plan"]["frames"] / d["rate_fps"]
    clip = VideoFileClip(piece["clip"]).without_audio().subclipped(0, seconds)
    scale = max(d["width_px"] / clip.w, d["height_px"] / clip.h)
    if scale != 1:
        clip = clip.resized(scale)
    clip = clip.cropped(x_center=clip.w / 2, y_center=clip.h / 2, width=d["width_px"], height=d["height_px"])
    line = AudioFileClip(piece["line"]).with_start(piece["plan"]["voice_in"] / 48000)
    bed = AudioFileClip(piece["effect"]).subclipped(0, seconds).with_volume_scaled(0.3)
    shots.append(clip.with_audio(CompositeAudioClip([line, bed]).with_duration(seconds)))
concatenate_videoclips(shots).write_videofile(
    sys.argv[2], fps=d["rate_fps"], codec="libx264", preset=d["preset"], audio_codec="aac",
    audio_bitrate="192k", audio_fps=48000,
    ffmpeg_params=["-crf", str(d["crf"]), "-pix_fmt", "yuv420p"], logger=None)
"""


if __name__ == "__main__":
    way, plan_file, target = sys.argv[1], json.loads(Path(sys.argv[2]).read_text()), Path(sys.argv[3])
    wanted = Delivery.model_validate(plan_file["delivery"])
    print(json.dumps({"ours": ours, "one_pass": one_pass}[way](wanted, plan_file["pieces"], target)))
