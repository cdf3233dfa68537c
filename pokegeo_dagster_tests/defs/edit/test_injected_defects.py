"""Defects put into a real film: each is caught by exactly the right check and by no other."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from pokegeo_dagster.film.crew import NarrationOrder
from pokegeo_dagster.film.edit.delivery import SAMPLE_RATE_HZ
from pokegeo_dagster.film.edit.quality import CHECKS
from pokegeo_dagster.providers.bench.limiter import gain_of, limiting, true_peaks
from pokegeo_dagster.providers.bench.mixer import lay_segment, master
from pokegeo_dagster.providers.house.narrator import HouseNarrator
from pokegeo_dagster_tests.defs.edit.small_film import (
    LINES,
    SMALL,
    SmallFilm,
    Yuv,
    filmed,
    heard_as,
    pictures_of,
    small_film,
)

Injected = Callable[[SmallFilm, Path], SmallFilm]
SECOND = SAMPLE_RATE_HZ
ANOTHER_WORD = "Every evening the mountain fills with cold blue smoke."


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> SmallFilm:
    return small_film(tmp_path_factory.mktemp("film"))


def _black_from(frame: int) -> Injected:
    def fifth_of_a_second(film: SmallFilm, room: Path) -> SmallFilm:
        return film.refilmed(
            room, 1, lambda seen: [_black(p) if frame <= n < frame + 5 else p for n, p in enumerate(seen)]
        )

    return fifth_of_a_second


def _black(picture: Yuv) -> Yuv:
    black = np.full_like(picture, 128)
    black[:180] = 16
    return black


def _freeze(film: SmallFilm, room: Path) -> SmallFilm:
    return film.refilmed(room, 1, lambda seen: [*seen[:30], *[seen[30]] * 48, *seen[78:]])


def _silence(film: SmallFilm, room: Path) -> SmallFilm:
    return film.resounded(room, lambda sound: _within(sound, 5.0, 0.6, lambda part: 0 * part))


def _clip(film: SmallFilm, room: Path) -> SmallFilm:
    return film.resounded(
        room, lambda sound: _within(sound, 5.5, 0.03, lambda part: np.clip(12 * part, -1, 1))
    )


def _within(
    sound: np.ndarray, at_s: float, long_s: float, edit: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    part = slice(round(at_s * SECOND), round((at_s + long_s) * SECOND))
    sound[part] = edit(sound[part])
    return sound


def _too_loud(film: SmallFilm, room: Path) -> SmallFilm:
    """As a studio that aims at −11 LUFS masters it: limited, so that nothing is over full scale."""

    def louder(sound: np.ndarray) -> np.ndarray:
        loud, none = sound * np.float32(10 ** (3.2 / 20)), sound[:0]
        bowed = limiting(true_peaks(loud, none, none), 10 ** (-2.7 / 20))
        return loud * gain_of(bowed, 0, len(loud))[:, None]

    return film.resounded(room, louder)


def _late(film: SmallFilm, room: Path) -> SmallFilm:
    return film.resounded(room, lambda sound: np.roll(sound, round(0.12 * SECOND), axis=0))


def _swapped(film: SmallFilm, room: Path) -> SmallFilm:
    """The second clip is laid with the third one's line."""
    laid = lay_segment(film.voices["clip_03"], film.beds[1], film.plans[1], room)
    sound = master([film.stems[0], laid, film.stems[2]], SMALL, room).files["main"]
    return film.joined(room, film.segments, [clip.frames for clip in film.plan.clips], sound)


def _misspoken(text: str) -> Injected:
    """The second line says something else than is written."""

    def recorded(film: SmallFilm, room: Path) -> SmallFilm:
        voice = HouseNarrator().speak(NarrationOrder(text=text, names=(), seed=7), room).files["main"]
        return replace(film, spoken=(film.spoken[0], heard_as("clip_02", voice, LINES[1]), film.spoken[2]))

    return recorded


def _pillars(film: SmallFilm, room: Path) -> SmallFilm:
    """The second and all other clips are 4:3 in a wide frame."""

    def narrowed(picture: Yuv) -> Yuv:
        planes = picture.copy()
        dark = _black(picture)
        luma, black = planes[:180], dark[:180]
        luma[:, :40], luma[:, -40:] = black[:, :40], black[:, -40:]
        for chroma in planes[180:].reshape(2, 90, 160):
            chroma[:, :20], chroma[:, -20:] = 128, 128
        return planes

    segments = [
        filmed([narrowed(picture) for picture in pictures_of(segment)], room / f"{n}.mp4")
        for n, segment in enumerate(film.segments)
    ]
    return film.joined(room, segments, [clip.frames for clip in film.plan.clips], film.sound)


def _wide_pixels(film: SmallFilm, room: Path) -> SmallFilm:
    return film.reworked(room, "-c", "copy", "-bsf:v", "h264_metadata=sample_aspect_ratio=4/3")


def _another_size(film: SmallFilm, room: Path) -> SmallFilm:
    return film.reworked(room, "-c:a", "copy", "-vf", "scale=240:180,setsar=1", "-crf", "18")


def _short_clip(film: SmallFilm, room: Path) -> SmallFilm:
    """The last clip ends half a second before its plan; its sound does not."""
    return film.refilmed(room, 2, lambda seen: seen[:-12])


def _uneven(film: SmallFilm, room: Path) -> SmallFilm:
    """Every second frame of the file is shown a third of a frame late."""
    return film.reworked(room, "-c", "copy", "-bsf:v", r"setts=pts=PTS+333*mod(floor(PTS/1000)\,2)")


def _cut_off(film: SmallFilm, room: Path) -> SmallFilm:
    whole = film.file.read_bytes()
    cut = room / "cut.mp4"
    cut.write_bytes(whole[: len(whole) * 4 // 5])
    return replace(film, file=cut)


def _torn(film: SmallFilm, room: Path) -> SmallFilm:
    """Some of its bytes are lost in the middle; the file is as long as before."""
    whole = film.file.read_bytes()
    middle = len(whole) // 2
    torn = room / "torn.mp4"
    torn.write_bytes(whole[:middle] + bytes(6000) + whole[middle + 6000 :])
    return replace(film, file=torn)


class Defect(NamedTuple):
    """What is done to the film; the one check that must fail, the clips it must name, and how bad."""

    inject: Injected
    check: str
    clips: tuple[str, ...] = ()
    severity: str = "error"


MIDDLE, ALL = ("clip_02",), ("clip_01", "clip_02", "clip_03")
DEFECTS = {
    "0.2 s black": Defect(_black_from(40), "no_picture_is_black", MIDDLE),
    "0.2 s black from another kind of frame on": Defect(_black_from(43), "no_picture_is_black", MIDDLE),
    "a freeze of 2 s": Defect(_freeze, "no_picture_is_frozen", MIDDLE),
    "0.6 s of silence": Defect(_silence, "no_sound_is_missing", MIDDLE),
    "clipped sound": Defect(_clip, "no_sound_is_clipped", MIDDLE),
    "3 LU too loud": Defect(_too_loud, "the_film_is_as_loud_as_ordered"),
    "sound 120 ms late": Defect(_late, "every_line_is_in_sync", ALL),
    "a swapped narration": Defect(_swapped, "every_clip_speaks_its_own_line", MIDDLE),
    "a line recorded from another text": Defect(_misspoken(LINES[2]), "the_words_are_as_written", MIDDLE),
    # A listening machine may be wrong about one word: it is for a person to judge.
    "a wrong word": Defect(_misspoken(ANOTHER_WORD), "the_words_are_as_written", MIDDLE, "warn"),
    "bars at both sides": Defect(_pillars, "the_frame_has_its_shape"),
    "wide pixels": Defect(_wide_pixels, "the_frame_has_its_shape"),
    "4:3": Defect(_another_size, "the_frame_has_its_shape"),
    "a short clip": Defect(_short_clip, "the_film_is_as_long_as_planned"),
    "a variable frame rate": Defect(_uneven, "every_frame_is_on_its_beat"),
    # Of a file that is not whole nothing else is measured, and the report says so.
    "a truncated file": Defect(_cut_off, "the_file_is_whole"),
    "bytes lost in the middle": Defect(_torn, "the_file_is_whole"),
}


def test_the_film_without_a_defect_passes_every_check(good: SmallFilm) -> None:
    assert [found.check for found in good.findings() if found.outcome == "passed"] == list(CHECKS)


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_caught_by_its_own_check_and_by_no_other(
    good: SmallFilm, name: str, tmp_path: Path
) -> None:
    defect = DEFECTS[name]

    found = defect.inject(good, tmp_path).findings()

    failed = {one.check: (one.clips, one.severity) for one in found if one.outcome == "failed"}
    assert failed == {defect.check: (defect.clips, defect.severity)}
