"""A small film made by the real bench, of a photograph and the house voice; and its parts taken out,
spoilt and put together again."""

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import av
import cv2
import numpy as np

from pokegeo_dagster.defs.edit.quality import measured
from pokegeo_dagster.film.crew import NarrationOrder
from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.edit.quality import FilmPlan, Finding, PlannedClip, SpokenLine, judge
from pokegeo_dagster.film.edit.quality_takes import words_of_a_line
from pokegeo_dagster.film.edit.timeline import SegmentPlan, lay_cuts, plan_segment
from pokegeo_dagster.providers.bench.conformer import conform, join
from pokegeo_dagster.providers.bench.encoder import RawEncoder, ffmpeg_path
from pokegeo_dagster.providers.bench.listening import listen
from pokegeo_dagster.providers.bench.mixer import lay_segment, master, voice_samples
from pokegeo_dagster.providers.bench.sound_file import WaveWriter, whole
from pokegeo_dagster.providers.house.narrator import HouseNarrator

PHOTOGRAPH = Path(__file__).resolve().parents[3] / "docs" / "still.jpg"
SMALL = Delivery(width_px=320, height_px=180, rate_fps=24, preset="veryfast", crf=18)
LINES = (
    "Before the sun is up, the river is already awake.",
    "Every evening the valley fills with cold blue smoke.",
    "By morning, nothing remains but prints in the mud.",
)

Yuv = np.ndarray  # planes of a frame as they are in memory: height × 1.5 rows, width columns
PictureEdit = Callable[[list[Yuv]], Sequence[Yuv]]
SoundEdit = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class SmallFilm:
    """The film and all that it was made of. `file` is what would be delivered."""

    room: Path
    file: Path
    plan: FilmPlan
    plans: tuple[SegmentPlan, ...]
    voices: dict[str, Path]
    beds: tuple[Path, ...]
    segments: tuple[Path, ...]
    stems: tuple[dict[str, Path], ...]
    sound: Path
    spoken: tuple[SpokenLine, ...]

    def findings(self) -> tuple[Finding, ...]:
        """The verdicts on the delivered file."""
        return judge(self.plan, measured(self.file, self.plan, self.voices, self.spoken)[0])

    def joined(
        self, room: Path, segments: Sequence[Path], lengths: Sequence[int], sound: Path
    ) -> "SmallFilm":
        """The film joined again from these parts."""
        return replace(self, file=join(segments, lengths, sound, SMALL, room / "film.mp4"))

    def refilmed(self, room: Path, clip: int, edit: PictureEdit) -> "SmallFilm":
        """The film with the pictures of one clip edited, as many as there are then."""
        pictures = edit(pictures_of(self.segments[clip]))
        again = filmed(pictures, room / "again.mp4")
        lengths = [clip.frames for clip in self.plan.clips]
        lengths[clip] = len(pictures)
        segments = [*self.segments[:clip], again, *self.segments[clip + 1 :]]
        return self.joined(room, segments, lengths, self.sound)

    def resounded(self, room: Path, edit: SoundEdit) -> "SmallFilm":
        """The film with its finished sound edited, as long as before."""
        wave, sound = room / "sound.wav", room / "sound.m4a"
        edited = edit(whole(self.sound)[: self.plan.frames * SMALL.samples_per_frame].copy())
        with WaveWriter(wave) as writer:
            writer.write(edited)
        ffmpeg("-i", wave, "-c:a", "aac", "-b:a", "192k", sound)
        return self.joined(room, self.segments, [clip.frames for clip in self.plan.clips], sound)

    def reworked(self, room: Path, *options: object) -> "SmallFilm":
        """The delivered file put through ffmpeg with these options."""
        out = room / "reworked.mp4"
        ffmpeg("-i", self.file, *options, "-movflags", "+faststart", out)
        return replace(self, file=out)


def small_film(room: Path) -> SmallFilm:
    """Three clips of about four seconds, each a slow drift over the photograph and a line."""
    segments, stems, plans, voices, beds, spoken = [], [], [], {}, [], []
    rng, narrator = np.random.default_rng(5), HouseNarrator()
    for number, text in enumerate(LINES):
        name, place = f"clip_0{number + 1}", room / str(number)
        place.mkdir(parents=True)
        voice = narrator.speak(NarrationOrder(text=text, names=(), seed=7), place).files["main"]
        plan = plan_segment(voice_samples(voice), SMALL)
        bed = place / "bed.wav"
        with WaveWriter(bed) as writer:
            writer.write(0.02 * rng.standard_normal((plan.samples, 2)))
        clip = filmed([_view(number, k) for k in range(plan.frames)], place / "clip.mp4")
        segments.append(conform(clip, plan.frames, SMALL, place))
        stems.append(lay_segment(voice, bed, plan, place))
        plans.append(plan)
        beds.append(bed)
        voices[name] = voice
        spoken.append(heard_as(name, voice, text))
    cuts = lay_cuts(list(voices), [plan.frames for plan in plans], SMALL)
    planned = tuple(
        PlannedClip(clip=cut.clip, start_frame=cut.start_frame, frames=cut.frames, voice_in=plan.voice_in,
                    voice_out=plan.voice_out, line=line)
        for cut, plan, line in zip(cuts, plans, LINES, strict=True)
    )  # fmt: skip
    sound = master(stems, SMALL, room).files["main"]
    film = SmallFilm(
        room=room,
        file=join(segments, [plan.frames for plan in plans], sound, SMALL, room / "film.mp4"),
        plan=FilmPlan(width_px=320, height_px=180, rate_fps=24, clips=planned),
        plans=tuple(plans),
        voices=voices,
        beds=tuple(beds),
        segments=tuple(segments),
        stems=tuple(stems),
        sound=sound,
        spoken=tuple(spoken),
    )
    return film


def heard_as(clip: str, voice: Path, written: str) -> SpokenLine:
    """How a recorded line sounds to the listener, ruled on as the check of a narration does."""
    heard = listen(voice, written)
    ruling = words_of_a_line(heard.wrong, heard.count, heard.strange)
    warned = not ruling.passed and ruling.severity == "warn"
    return SpokenLine(
        clip=clip,
        written=written,
        heard=heard.text,
        wrong=heard.wrong,
        count=heard.count,
        passed=ruling.passed or warned,
        doubt=ruling.why if warned else "",
    )


def filmed(pictures: Sequence[Yuv], out: Path) -> Path:
    """Pictures in the delivery profile."""
    with RawEncoder(SMALL, len(pictures), out) as encoder:
        for picture in pictures:
            encoder.write(picture.reshape(-1))
    return out


def pictures_of(file: Path) -> list[Yuv]:
    """Every picture of a file."""
    with av.open(str(file)) as container:
        return [frame.to_ndarray() for frame in container.decode(video=0)]


def ffmpeg(*arguments: object) -> None:
    """Runs ffmpeg."""
    subprocess.run([ffmpeg_path(), "-loglevel", "error", "-y", *map(str, arguments)], check=True)


def _view(clip: int, frame: int) -> Yuv:
    """A frame of a push of an eightieth of the picture a second, each clip on another part of it."""
    photograph = _photograph()
    scale = (0.25 + 0.05 * clip) / (1 + frame / 24 / 80)  # of the photograph's width that is seen
    at = np.array([[scale * 4, 0, 40 + 160 * clip], [0, scale * 4, 60 + 40 * clip]], np.float32)
    seen = cv2.warpAffine(photograph, at, (320, 180), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return cv2.cvtColor(seen, cv2.COLOR_BGR2YUV_I420)


def _photograph() -> np.ndarray:
    picture = cv2.imread(str(PHOTOGRAPH))
    assert picture is not None
    return picture
