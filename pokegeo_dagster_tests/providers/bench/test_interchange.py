"""Interchange: other programs read the cut as it is, and a timeline rendered again is the film."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import opentimelineio as otio
import pytest

from pokegeo_dagster.film.edit.cut_list import TRACKS, CutList, Event
from pokegeo_dagster.film.edit.delivery import DELIVERIES
from pokegeo_dagster.film.edit.timeline import lay_cuts
from pokegeo_dagster.film.errors import MediaMissing
from pokegeo_dagster.providers.bench.conformer import conform
from pokegeo_dagster.providers.bench.encoder import RawEncoder
from pokegeo_dagster.providers.bench.interchange import (
    TimelineUnreadable,
    lengths,
    otio_text,
    read_cut_list,
    recut,
    write_interchange,
)
from pokegeo_dagster.providers.bench.mixer import master
from pokegeo_dagster.providers.bench.sound_file import WaveWriter
from pokegeo_dagster.providers.bench.splice import join

GOLDEN = Path(__file__).resolve().parents[2] / "golden"
FULL, SMALL = DELIVERIES["full"], DELIVERIES["rehearsal"]


def cuts(delivery=FULL, frames=(181, 199, 151), held=(240, 240, 151)) -> CutList:
    names = [f"clip_{n:02d}" for n in range(1, len(frames) + 1)]
    events = tuple(
        Event(
            cut=cut,
            video=f"videos/{cut.clip}.mp4",
            held_frames=have,
            stems={part: f"stems/clips/{cut.clip}_{part}.wav" for part in TRACKS},
            line="It waits. “Here” & <there>.",
            cue="wind over stones",
        )
        for cut, have in zip(lay_cuts(names, frames, delivery), held, strict=True)
    )
    title = "The Guardian of the Fallen City"
    return CutList(episode="haunter", title=title, delivery=delivery, events=events)


@pytest.mark.parametrize(
    ("part", "name"), [("main", "cut.otio"), ("edl", "cut.edl"), ("fcpxml", "cut.fcpxml")]
)
def test_the_lists_are_the_ones_that_were_reviewed(part: str, name: str, tmp_path: Path):
    written = write_interchange(cuts(), tmp_path)[part].read_text(encoding="utf-8")

    assert written == (GOLDEN / name).read_text(encoding="utf-8")


def test_every_list_read_again_has_the_films_cuts_and_length(tmp_path: Path):
    found = lengths(write_interchange(cuts(), tmp_path), FULL.rate_fps)

    assert found == {part: {"frames": 531, "cuts": 3} for part in ("main", "edl", "fcpxml")}


def test_the_timeline_holds_handles_and_every_stem_on_its_own_track(tmp_path: Path):
    timeline = otio.adapters.read_from_file(str(write_interchange(cuts(), tmp_path)["main"]))

    picture = timeline.video_tracks()[0]
    handles = [(clip.available_range().duration - clip.source_range.duration).value for clip in picture]
    assert handles == [59, 41, 0]
    assert [track.name for track in timeline.audio_tracks()] == ["Narration", "Effects"]
    for track in timeline.audio_tracks():
        starts = [track.trimmed_range_of_child(clip).start_time.rescaled_to(48_000).value for clip in track]
        assert starts == [0, 362_000, 760_000]
    urls = [clip.media_reference.target_url for clip in timeline.find_clips()]
    assert len(urls) == 9 and not [url for url in urls if url.startswith(("/", "file:"))]


def test_the_edit_list_agrees_with_the_record_to_the_frame(tmp_path: Path):
    read = otio.adapters.read_from_string(
        write_interchange(cuts(), tmp_path)["edl"].read_text(), "cmx_3600", rate=24
    )

    clips = list(read.video_tracks()[0])
    assert [clip.name for clip in clips] == ["clip_01", "clip_02", "clip_03"]
    assert [clip.source_range.duration.value for clip in clips] == [181, 199, 151]


def test_a_cut_read_from_its_timeline_is_the_cut_that_was_written(tmp_path: Path):
    path = tmp_path / "cut.otio"
    path.write_text(otio_text(cuts()))

    assert read_cut_list(path) == cuts()


# --- rendered again ----------------------------------------------------------------------------


def _picture(seed: int, number: int) -> np.ndarray:
    """A frame that no other is like: a bright bar that wanders."""
    planes = np.full(SMALL.width_px * SMALL.height_px * 3 // 2, 90 + 20 * seed, np.uint8)
    luma = planes[: SMALL.width_px * SMALL.height_px].reshape(SMALL.height_px, SMALL.width_px)
    luma[:, (number * 7) % 300 : (number * 7) % 300 + 12] = 220
    return planes


def _media(folder: Path, listed: CutList) -> None:
    rng = np.random.default_rng(7)
    for number, event in enumerate(listed.events):
        video = folder / event.video
        video.parent.mkdir(parents=True, exist_ok=True)
        with RawEncoder(SMALL, event.held_frames, video) as encoder:
            for k in range(event.held_frames):
                encoder.write(_picture(number, k))
        for part, loud in zip(TRACKS, (0.2, 0.05), strict=True):
            stem = folder / event.stems[part]
            stem.parent.mkdir(parents=True, exist_ok=True)
            with WaveWriter(stem) as file:
                file.write(rng.normal(0, loud, (event.cut.samples, 2)))


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small film as the studio makes it, its media and its timeline."""
    folder = tmp_path_factory.mktemp("pack")
    listed = cuts(SMALL, (26, 31, 24), (48, 31, 40))
    _media(folder, listed)
    (folder / "film.otio").write_text(otio_text(listed))
    segments = []
    for event in listed.events:
        (folder / "room" / event.cut.clip).mkdir(parents=True)
        segments.append(
            conform(folder / event.video, event.cut.frames, SMALL, folder / "room" / event.cut.clip)
        )
    stems = [{part: folder / event.stems[part] for part in TRACKS} for event in listed.events]
    sound = master(stems, SMALL, folder / "room").files["main"]
    join(segments, [event.cut.frames for event in listed.events], sound, SMALL, folder / "film.mp4")
    shutil.rmtree(folder / "room")
    return folder


def test_a_timeline_rendered_again_is_the_film_to_the_byte(pack: Path, tmp_path: Path):
    """Clips with handles are cut again, sound is mixed again: nothing of the first film is used."""
    again = recut(pack / "film.otio", tmp_path / "again.mp4")

    assert again.read_bytes() == (pack / "film.mp4").read_bytes()
    assert [p.name for p in tmp_path.iterdir()] == ["again.mp4"]


def test_a_pack_that_was_moved_renders_the_same(pack: Path, tmp_path: Path):
    moved = tmp_path / "elsewhere"
    shutil.copytree(pack, moved)

    assert recut(moved / "film.otio", moved / "again.mp4").read_bytes() == (pack / "film.mp4").read_bytes()


def test_a_pack_without_one_of_its_clips_says_which(pack: Path, tmp_path: Path):
    moved = tmp_path / "elsewhere"
    shutil.copytree(pack, moved)
    (moved / "videos" / "clip_02.mp4").unlink()

    with pytest.raises(MediaMissing, match=r"videos/clip_02\.mp4 is not beside the timeline"):
        recut(moved / "film.otio", tmp_path / "again.mp4")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text[:400], "no timeline of this studio"),
        (lambda text: text.replace('"pokegeo": {', '"other": {'), "no timeline of this studio"),
        (lambda text: text.replace("videos/clip_01.mp4", "../../etc/passwd"), "not in the folder"),
        (
            lambda text: text.replace('"value": 31.0', '"value": 30.0', 1),
            "not as long as those of the picture",
        ),
        (lambda text: text.replace('"value": 0.0', '"value": 2.0'), "begins clip_01 at its frame 2"),
    ],
)
def test_a_timeline_that_the_studio_cannot_render_is_refused(change, said: str, pack: Path, tmp_path: Path):
    folder = tmp_path / "pack"
    shutil.copytree(pack, folder)
    (folder / "film.otio").write_text(change((folder / "film.otio").read_text()))

    with pytest.raises(TimelineUnreadable, match=said):
        recut(folder / "film.otio", tmp_path / "again.mp4")
    assert not (tmp_path / "again.mp4").exists()
