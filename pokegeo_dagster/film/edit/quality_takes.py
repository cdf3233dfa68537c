"""What must hold of an opening frame and of a spoken line before money is spent on what is made from
them: the measures, the bounds, and what is said when one is broken. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pokegeo_dagster.film.edit.timeline import BREATH_AFTER_S, BREATH_BEFORE_S
from pokegeo_dagster.film.model import Frozen

# --- bounds of a picture, in 8-bit levels of luma (0–255), measured on the whole frame --------------
BLACK_LEVEL = 10.0  # a frame whose brightest hundredth is under this shows nothing
WHITE_LEVEL = 250.0  # and one whose darkest hundredth is over this neither
# From the darkest twentieth to the brightest. The flattest of 71 opening frames of the house (night, fog,
# under water) has 48; a blank or fogged sheet has under 6.
LEAST_SPAN = 12.0
LEAST_SUBJECT = 0.001  # of the frame: the smallest animal of those frames, far away, covers 0.36 %

# --- bounds of a voice --------------------------------------------------------------------------------
LONGEST_CLIP_S = 10.0  # the longest clip a vendor shoots (Kling 2.5, Omni; 2026-11)
LONGEST_LINE_S = LONGEST_CLIP_S - BREATH_BEFORE_S - BREATH_AFTER_S
SHORTEST_LINE_S = 0.5
QUIETEST_VOICE_DBFS = -45.0  # RMS of the loudest second: a whisper is at −35
FULL_SCALE = 0.999  # a sample this near the end of the scale has nowhere to go
CLIPPED_RUN = 4  # such samples on end: a pure tone at full scale has two or three at 48 kHz
MOST_CLIPPED = 3  # such runs in a line: one or two are a plosive's, and inaudible

LINE_GATE = 0.30  # word error at which a single line fails
LINE_WORDS = 3  # and at least so many words: two in a line of six are within what a listener mishears
FILM_GATE = 0.10  # word error of all lines together


class Opening(Frozen):
    """An opening frame as measured. Levels are luma, 0–255; `subjects` are the shares of the frame
    that each cut-out covers in it, 0 to 1."""

    width_px: int
    height_px: int
    darkest: float  # the level of the darkest hundredth
    brightest: float  # of the brightest hundredth
    span: float  # from the darkest twentieth to the brightest
    subjects: tuple[tuple[str, float], ...] = ()


class Voice(Frozen):
    """A line as measured: length, the RMS of its loudest second, and runs of samples at full scale."""

    duration_s: float
    loudest_dbfs: float
    clipped_runs: int


class Ruling(Frozen):
    """What a measure means: passed or not, how bad, and in words."""

    passed: bool
    why: str
    severity: Literal["warn", "error"] = "error"


def something_to_see(seen: Opening) -> Ruling:
    """Whether the frame is a picture at all: neither black nor white nor one flat tone."""
    if seen.brightest < BLACK_LEVEL:
        return Ruling(passed=False, why=f"black: nothing in it is brighter than {seen.brightest:.0f} of 255")
    if seen.darkest > WHITE_LEVEL:
        return Ruling(passed=False, why=f"white: nothing in it is darker than {seen.darkest:.0f} of 255")
    if seen.span < LEAST_SPAN:
        return Ruling(
            passed=False,
            why=f"flat: its tones span {seen.span:.0f} levels of 255, and a picture needs {LEAST_SPAN:.0f}",
        )
    return Ruling(passed=True, why=f"its tones span {seen.span:.0f} levels of 255")


def subjects_in_frame(seen: Opening) -> Ruling:
    """Whether every cut-out that was placed is really in the frame."""
    lost = [f"{name} covers {100 * share:.2f} %" for name, share in seen.subjects if share < LEAST_SUBJECT]
    if lost:
        return Ruling(passed=False, why=f"not in the frame: {'; '.join(lost)} of it")
    told = ", ".join(f"{name} {100 * share:.1f} %" for name, share in seen.subjects)
    return Ruling(passed=True, why=f"in the frame: {told}" if told else "a place without an animal in it")


def fits_its_clip(heard: Voice) -> Ruling:
    """Whether a line is neither nothing nor longer than the longest clip can carry with its breaths."""
    if not SHORTEST_LINE_S <= heard.duration_s <= LONGEST_LINE_S:
        return Ruling(
            passed=False,
            why=f"{heard.duration_s:.2f} s spoken; a clip carries "
            f"{SHORTEST_LINE_S:g} to {LONGEST_LINE_S:g} s",
        )
    return Ruling(passed=True, why=f"{heard.duration_s:.2f} s spoken; a clip carries {LONGEST_LINE_S:g} s")


def can_be_heard(heard: Voice) -> Ruling:
    """Whether there is a voice in the file."""
    return Ruling(
        passed=heard.loudest_dbfs >= QUIETEST_VOICE_DBFS,
        why=f"its loudest second is at {heard.loudest_dbfs:.1f} dBFS; "
        f"a voice is above {QUIETEST_VOICE_DBFS:g}",
    )


def is_undistorted(heard: Voice) -> Ruling:
    """Whether the recording fits its scale."""
    return Ruling(
        passed=heard.clipped_runs <= MOST_CLIPPED,
        why=f"{heard.clipped_runs} times at the end of its scale for {CLIPPED_RUN} samples or longer"
        if heard.clipped_runs
        else "nowhere at the end of its scale",
    )


def words_of_a_line(wrong: int, count: int, strange: Sequence[tuple[str, str]]) -> Ruling:
    """Whether a line says what is written.

    A listening machine mishears a word in a line now and then, so a line alone fails only well above
    what a film may have; a word that sounds nothing like what is written is told as a warning.
    """
    said = f"{wrong} of {count} words differ"
    if wrong >= LINE_WORDS and wrong > LINE_GATE * count:
        return Ruling(passed=False, why=f"{said}, over {LINE_GATE:.0%} of the line")
    if strange:
        told = "; ".join(f"heard «{heard}» for «{written}»" for written, heard in strange)
        return Ruling(passed=False, why=f"{said}: {told}", severity="warn")
    return Ruling(passed=True, why="every word as written" if not wrong else said)
