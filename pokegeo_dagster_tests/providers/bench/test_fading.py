"""Cross-fades: two clips over each other for a few frames, everything else where and what it was."""

from __future__ import annotations

import subprocess
from pathlib import Path

import av
import numpy as np
import pytest

from pokegeo_dagster.film.edit.cut_list import TRACKS, CutList, Event
from pokegeo_dagster.film.edit.delivery import DELIVERIES
from pokegeo_dagster.film.edit.fades import Fade
from pokegeo_dagster.film.edit.timeline import lay_cuts
from pokegeo_dagster.providers.bench.conformer import conform, conform_tail, join
from pokegeo_dagster.providers.bench.encoder import RawEncoder, ffmpeg_path
from pokegeo_dagster.providers.bench.fading import faded, make_joint, opens_at
from pokegeo_dagster.providers.bench.interchange import otio_text, read_cut_list, recut, write_interchange
from pokegeo_dagster.providers.bench.probe import decode_all, probe
from pokegeo_dagster.providers.bench.sound_file import WaveWriter
from pokegeo_dagster.providers.bench.splice import join_parts

SMALL = DELIVERIES["rehearsal"]
FADE = 8
FRAMES = (60, 72, 61)
GREYS = (60, 120, 180)


def clip(path: Path, grey: int, frames: int) -> Path:
    """A clip as the house films it: of one grey, which grows a little lighter with every frame."""
    planes = np.full(SMALL.width_px * SMALL.height_px * 3 // 2, 128, np.uint8)
    with RawEncoder(SMALL, frames, path) as encoder:
        for number in range(frames):
            planes[: SMALL.width_px * SMALL.height_px] = grey + number // 4
            encoder.write(planes)
    return path


def levels(path: Path) -> list[float]:
    with av.open(str(path)) as container:
        return [float(f.to_ndarray()[: SMALL.height_px].mean()) for f in container.decode(video=0)]


def packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(p) for p in container.demux(video=0) if p.size]


def fade_film(tmp_path: Path, held: tuple[int, ...]) -> tuple[Path, list[Path], list[int]]:
    """A film of three clips that hold so many frames, each but the first coming with a fade; its segments;
    how many frames at the beginning of each were encoded for it."""
    segments, tails = [], []
    for number, (frames, have, grey) in enumerate(zip(FRAMES, held, GREYS, strict=True)):
        (room := tmp_path / f"{number}").mkdir()
        shot = clip(room / "clip.mp4", grey, have)
        segments.append(conform(shot, frames, SMALL, room, fade=FADE))
        tails.append(conform_tail(shot, frames, FADE, SMALL, room))
    joints = {
        number: make_joint(
            tail, segments[number], Fade(frames=told.frames), SMALL, tmp_path / f"{number}.mp4"
        )
        for number, (tail, told) in enumerate(tails[:-1], 1)
        if tail
    }
    film = join_parts(faded(segments, FRAMES, joints), None, SMALL, tmp_path / "film.mp4")
    return film, segments, [joints[n].frames if n in joints else 0 for n in range(3)]


def test_a_film_with_fades_is_as_long_as_without_and_every_frame_is_on_its_beat(tmp_path: Path) -> None:
    film, _, _ = fade_film(tmp_path, held=(90, 90, 90))

    assert probe(film).on_grid
    assert decode_all(film) == sum(FRAMES)


def test_the_clip_that_goes_runs_on_under_the_one_that_comes_from_the_cut_on(tmp_path: Path) -> None:
    film, _, _ = fade_film(tmp_path, held=(90, 90, 90))
    hard = join([tmp_path / f"{n}/segment.mp4" for n in range(3)], FRAMES, None, SMALL, tmp_path / "hard.mp4")

    shown, cut = levels(film), levels(hard)

    start = FRAMES[0]
    for number in range(FADE):
        share = (number + 1) / (FADE + 1)
        going = GREYS[0] + (FRAMES[0] + number) // 4  # frames that only its handle has
        assert shown[start + number] == pytest.approx(
            share * cut[start + number] + (1 - share) * going, abs=2
        )
    apart = [number for number, (a, b) in enumerate(zip(shown, cut, strict=True)) if abs(a - b) > 0.1]
    second = start + FRAMES[1]
    assert set(apart) <= {*range(start, start + FADE), *range(second, second + FADE)}


def test_only_the_frames_of_a_joint_are_encoded_again(tmp_path: Path) -> None:
    film, segments, encoded = fade_film(tmp_path, held=(90, 90, 90))

    assert encoded == [0, FADE, FADE]
    joined = packets(film)
    assert joined[: FRAMES[0]] == packets(segments[0])
    assert joined[FRAMES[0] + FADE : sum(FRAMES[:2])] == packets(segments[1])[FADE:]


def test_a_clip_that_is_a_segment_already_stays_one_and_is_encoded_to_its_next_group_only(
    tmp_path: Path,
) -> None:
    film, segments, encoded = fade_film(tmp_path, held=FRAMES)  # as the house films: nothing beyond the cut

    assert segments[1] == tmp_path / "1/clip.mp4"
    assert encoded == [0, 48, 48] == [0, *(opens_at(segment, FADE) for segment in segments[1:])]
    assert decode_all(film) == sum(FRAMES)
    assert levels(film)[FRAMES[0] + FADE :] == pytest.approx(
        levels(segments[1])[FADE:] + levels(film)[sum(FRAMES[:2]) :], abs=2
    )


def test_what_has_no_handle_stands_still_as_long_as_a_cut_allows_and_the_fade_is_as_short(
    tmp_path: Path,
) -> None:
    shot = clip(tmp_path / "clip.mp4", 90, 60)

    found = [conform_tail(shot, frames, 24, SMALL, tmp_path)[1] for frames in (40, 56, 60, 68, 72)]

    assert [(tail.frames, tail.held) for tail in found] == [(24, 4), (16, 12), (12, 12), (4, 4), (0, 0)]


def test_a_vendors_clip_is_copied_where_a_group_begins_soon_after_the_fade_and_encoded_where_not(
    tmp_path: Path,
) -> None:
    def shot(group: int) -> Path:
        out = tmp_path / f"vendor_{group}.mp4"
        look = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
        subprocess.run([
            ffmpeg_path(), "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=24:d=4",
            "-vf", look, "-pix_fmt", "yuv420p", "-c:v", "libx264", "-g", str(group), "-sc_threshold", "0",
            "-profile:v", "high", "-level:v", "4.0", str(out),
        ], check=True)  # fmt: skip
        return out

    (near := tmp_path / "near").mkdir()
    (far := tmp_path / "far").mkdir()

    copied = conform(shot(12), 60, SMALL, near, fade=FADE)
    made = conform(shot(250), 60, SMALL, far, fade=FADE)

    assert packets(copied)[:50] == packets(tmp_path / "vendor_12.mp4")[:50]
    assert opens_at(copied, FADE) == 12
    assert packets(made)[:10] != packets(tmp_path / "vendor_250.mp4")[:10]
    assert opens_at(made, FADE) == FADE


# --- in the timeline ---------------------------------------------------------------------------


def listed(held: tuple[int, ...] = (90, 90, 90)) -> CutList:
    names = [f"clip_{n:02d}" for n in (1, 2, 3)]
    events = tuple(
        Event(
            cut=cut,
            video=f"videos/{cut.clip}.mp4",
            held_frames=have,
            stems={part: f"stems/{cut.clip}_{part}.wav" for part in TRACKS},
            fade=Fade(frames=FADE) if number else None,
        )
        for number, (cut, have) in enumerate(zip(lay_cuts(names, FRAMES, SMALL), held, strict=True))
    )
    return CutList(episode="e", title="Fades", delivery=SMALL, events=events, fade=FADE)


def test_the_timeline_tells_every_fade_and_reads_back_as_it_was(tmp_path: Path) -> None:
    files = write_interchange(listed(), tmp_path)

    assert read_cut_list(files["main"]) == listed()
    dissolves = [line for line in files["edl"].read_text().splitlines() if " D " in line]
    assert [line.split()[4] for line in dissolves] == [f"{FADE:03d}"] * 2
    assert dissolves[0].split()[7] == "00:00:02:12"  # it begins at the cut, at frame 60


def test_a_timeline_with_fades_rendered_again_is_the_film_to_the_byte(tmp_path: Path) -> None:
    film, _, _ = fade_film(tmp_path, held=(90, 90, 90))
    out, rng = tmp_path / "pack", np.random.default_rng(3)
    (out / "videos").mkdir(parents=True)
    (out / "stems").mkdir()
    for number, event in enumerate(listed().events):
        (tmp_path / f"{number}/clip.mp4").rename(out / event.video)
        for part, loud in zip(TRACKS, (0.2, 0.05), strict=True):
            with WaveWriter(out / event.stems[part]) as stem:
                stem.write(rng.normal(0, loud, (event.cut.samples, 2)))
    (out / "film.otio").write_text(otio_text(listed()))

    again = recut(out / "film.otio", tmp_path / "again.mp4")

    assert packets(again) == packets(film)
    assert probe(again).frames == sum(FRAMES)
