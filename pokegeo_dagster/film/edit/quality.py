"""What must hold of a delivered film: its plan, what was measured on it, and the verdicts. Pure.

Every defect belongs to one check: a film that is dark for a moment fails the one about darkness and
no other. A file that is not whole fails that check alone; nothing else can be measured on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from pokegeo_dagster.film.edit.delivery import LOUDNESS_TOLERANCE_LU, MOST_PEAK_DBTP, TARGET_LUFS
from pokegeo_dagster.film.edit.finish import is_card
from pokegeo_dagster.film.edit.quality_takes import FILM_GATE
from pokegeo_dagster.film.model import Frozen

EDITION = 2  # rises when a film is measured or judged otherwise: its report is then made again
BLACK_S = 0.1  # shorter than this nobody sees it as black
BLACK_LEVEL = 24.0  # of luma as delivered (16 is black): a night has something in it that is brighter
FREEZE_S = 1.0  # twice the longest hold that the cut allows
# How much more the liveliest spots of a picture change in half a second than its quiet quarter does, in
# levels of 255, under which it is frozen. See `providers.bench.inspection.liveliness` for what was measured.
STILL_CHANGE, STILL_LAG_S = 0.55, 0.5
SILENCE_DBFS, SILENCE_S = -60.0, 0.4  # quieter than the room tone of any cue, longer than any stop
SYNC_S = 1 / 24  # a frame of the slowest rate; EBU R 37 has 40 ms early and 60 ms late
# Correlation of a line with what is heard in its place, under its bed and mastered. Measured: its own 0.78
# at least (0.67 with the echo of a room on it); another line by the same voice 0.07 at most; another voice
# 0.11; the same voice saying the same words 3 % faster 0.30.
ITS_OWN_VOICE = 0.45
BAR_SHARE = 0.02  # of the frame's height or width


class PlannedClip(Frozen):
    """One clip as it was planned: frames and samples (48 kHz) from the film's start, its line."""

    clip: str
    start_frame: int
    frames: int
    voice_in: int
    voice_out: int
    line: str


class FilmPlan(Frozen):
    """What was ordered."""

    width_px: int
    height_px: int
    rate_fps: int
    clips: tuple[PlannedClip, ...]

    @property
    def frames(self) -> int:
        """The film's length in frames."""
        return sum(clip.frames for clip in self.clips)


class Stretch(Frozen):
    """A stretch of the film, in seconds."""

    start_s: float
    end_s: float


class Lag(Frozen):
    """Where a line is heard: `late_s` after its plan, and how surely it is its own voice (0 to 1)."""

    clip: str
    late_s: float
    likeness: float


class SpokenLine(Frozen):
    """How a line was heard: see `providers.bench.listening.Heard`. `doubt` tells of a word that sounds
    nothing like what is written, in a line that passed all the same."""

    clip: str
    written: str
    heard: str
    wrong: int
    count: int
    passed: bool
    doubt: str = ""


class Measured(Frozen):
    """Everything measured on a delivered file. `damage` says why it is not whole; then the rest is
    not to be relied on."""

    damage: str | None = None
    width_px: int = 0
    height_px: int = 0
    pixel_aspect: float = 1.0
    bars: tuple[float, float] = (0.0, 0.0)  # shares of height and width that are bars
    rate_fps: float = 0.0
    on_grid: bool = True
    frames: int = 0
    sound_s: float = 0.0
    black: tuple[Stretch, ...] = ()
    frozen: tuple[Stretch, ...] = ()
    silent: tuple[Stretch, ...] = ()
    clipped: tuple[Stretch, ...] = ()
    integrated_lufs: float | None = None
    range_lu: float | None = None
    true_peak_dbtp: float | None = None
    lags: tuple[Lag, ...] = ()
    lines: tuple[SpokenLine, ...] = ()


Outcome = Literal["passed", "failed", "not measured"]


class Finding(Frozen):
    """The verdict of one check on a film. `clips` are the clips it concerns, if it is theirs."""

    check: str
    outcome: Outcome
    why: str
    clips: tuple[str, ...] = ()
    severity: Literal["warn", "error"] = "error"


# The checks, in the order of the report, and what each is about.
CHECKS: dict[str, str] = {
    "the_file_is_whole": "Every picture that the file promises is there.",
    "the_film_is_as_long_as_planned": "To the frame; its sound to a tenth of a second.",
    "every_frame_is_on_its_beat": "One constant rate.",
    "the_frame_has_its_shape": "Size, square pixels, and no bars.",
    "no_picture_is_black": f"Not for {BLACK_S:g} s.",
    "no_picture_is_frozen": f"Not for {FREEZE_S:g} s. A photograph that breathes is not frozen.",
    "no_sound_is_missing": f"Never under {SILENCE_DBFS:g} dBFS for {SILENCE_S:g} s.",
    "no_sound_is_clipped": f"Nothing is cut off, and no true peak is over {MOST_PEAK_DBTP:g} dBTP.",
    "the_film_is_as_loud_as_ordered": f"{TARGET_LUFS:g} LUFS ±{LOUDNESS_TOLERANCE_LU:g} (EBU R 128).",
    "every_clip_speaks_its_own_line": "The voice heard in each clip is the one recorded for it.",
    "every_line_is_in_sync": "Each line is heard where it was planned, to a frame.",
    "the_words_are_as_written": f"All lines together under {FILM_GATE:.0%} of words heard otherwise.",
}


def judge(plan: FilmPlan, seen: Measured) -> tuple[Finding, ...]:
    """The verdict of every check, in the order of `CHECKS`."""
    if seen.damage:
        rest = [Finding(check=name, outcome="not measured", why="the file is not whole") for name in CHECKS]
        return (Finding(check="the_file_is_whole", outcome="failed", why=seen.damage), *rest[1:])
    found = {
        "the_file_is_whole": _ruled(not seen.damage, f"all {seen.frames} pictures are there"),
        "the_film_is_as_long_as_planned": _length(plan, seen),
        "every_frame_is_on_its_beat": _ruled(
            seen.on_grid and seen.rate_fps == plan.rate_fps,
            f"{seen.rate_fps:g} frames a second, {'every' if seen.on_grid else 'not every'} one "
            f"in its place; {plan.rate_fps} ordered",
        ),
        "the_frame_has_its_shape": _shape(plan, seen),
        "no_picture_is_black": _none_of(plan, _outside_cards(plan, seen.black), "black"),
        "no_picture_is_frozen": _none_of(plan, _outside_cards(plan, seen.frozen), "frozen"),
        "no_sound_is_missing": _none_of(plan, seen.silent, "silent"),
        "no_sound_is_clipped": _clipping(plan, seen),
        "the_film_is_as_loud_as_ordered": _loudness(seen),
        "every_clip_speaks_its_own_line": _voices(seen),
        "every_line_is_in_sync": _sync(seen),
        "the_words_are_as_written": _words(seen),
    }
    return tuple(
        Finding(check=name, outcome=ruled.outcome, why=ruled.why, clips=ruled.clips, severity=ruled.severity)
        for name, ruled in ((name, found[name]) for name in CHECKS)
    )


class _Ruled(NamedTuple):
    outcome: Outcome
    why: str
    clips: tuple[str, ...] = ()
    severity: Literal["warn", "error"] = "error"


def _ruled(passed: bool, why: str, clips: Sequence[str] = ()) -> _Ruled:
    return _Ruled("passed" if passed else "failed", why, tuple(clips))


def _length(plan: FilmPlan, seen: Measured) -> _Ruled:
    planned_s = plan.frames / plan.rate_fps
    fits = seen.frames == plan.frames and abs(seen.sound_s - planned_s) < 0.1
    return _ruled(
        fits, f"{seen.frames} frames and {seen.sound_s:.2f} s of sound; {plan.frames} frames planned"
    )


def _shape(plan: FilmPlan, seen: Measured) -> _Ruled:
    size = (seen.width_px, seen.height_px) == (plan.width_px, plan.height_px)
    bars = max(seen.bars) > BAR_SHARE
    why = f"{seen.width_px}×{seen.height_px}, pixels {seen.pixel_aspect:g} wide"
    if bars:
        why += f", bars over {max(seen.bars):.0%} of it"
    return _ruled(size and abs(seen.pixel_aspect - 1) < 1e-3 and not bars, f"{why}; "
                  f"{plan.width_px}×{plan.height_px} ordered")  # fmt: skip


def clips_of(plan: FilmPlan, stretches: Sequence[Stretch]) -> tuple[str, ...]:
    """The clips that any of these stretches lies in."""
    rate = plan.rate_fps
    return tuple(
        clip.clip
        for clip in plan.clips
        if any(
            s.start_s * rate < clip.start_frame + clip.frames - 0.5
            and s.end_s * rate > clip.start_frame + 0.5
            for s in stretches
        )
    )


def _outside_cards(plan: FilmPlan, found: Sequence[Stretch]) -> tuple[Stretch, ...]:
    """What of these stretches is not on a card, which is dark, nearly still, and fades from and to black."""
    cards = [
        (clip.start_frame / plan.rate_fps, (clip.start_frame + clip.frames) / plan.rate_fps)
        for clip in plan.clips
        if is_card(clip.clip)
    ]
    within = 1 / plan.rate_fps + 1e-3  # only frames that others are made from are looked at
    return tuple(
        stretch
        for stretch in found
        if not any(a - within <= stretch.start_s and stretch.end_s <= b + within for a, b in cards)
    )


def _none_of(plan: FilmPlan, stretches: Sequence[Stretch], what: str) -> _Ruled:
    told = ", ".join(f"{s.start_s:.2f}–{s.end_s:.2f} s" for s in stretches[:5])
    more = f" and {len(stretches) - 5} more" if len(stretches) > 5 else ""
    return _ruled(not stretches, f"{what} at {told}{more}" if stretches else f"nowhere {what}",
                  clips_of(plan, stretches))  # fmt: skip


def _loudness(seen: Measured) -> _Ruled:
    if seen.integrated_lufs is None:
        return _ruled(False, "no sound passes the gate of R 128")
    fits = abs(seen.integrated_lufs - TARGET_LUFS) <= LOUDNESS_TOLERANCE_LU
    return _ruled(fits, f"{seen.integrated_lufs:.1f} LUFS; {TARGET_LUFS:g} LUFS ordered")


def _clipping(plan: FilmPlan, seen: Measured) -> _Ruled:
    cut_off, peak = _none_of(plan, seen.clipped, "clipped"), seen.true_peak_dbtp
    if peak is None:
        return cut_off
    # To a tenth, as the meter reads it.
    fits = cut_off.outcome == "passed" and round(peak, 1) <= MOST_PEAK_DBTP
    return _ruled(fits, f"{cut_off.why}; true peak {peak:.1f} dBTP, {MOST_PEAK_DBTP:g} allowed",
                  cut_off.clips)  # fmt: skip


def _voices(seen: Measured) -> _Ruled:
    other = [lag for lag in seen.lags if lag.likeness < ITS_OWN_VOICE]
    if other:
        told = ", ".join(f"{lag.clip} ({lag.likeness:.2f})" for lag in other)
        return _ruled(False, f"another voice than its own in {told}", [lag.clip for lag in other])
    least = min((lag.likeness for lag in seen.lags), default=1.0)
    return _ruled(True, f"every line is heard in its clip, the least alike at {least:.2f} of 1")


def _sync(seen: Measured) -> _Ruled:
    own = [lag for lag in seen.lags if lag.likeness >= ITS_OWN_VOICE]
    off = [lag for lag in own if abs(lag.late_s) > SYNC_S]
    worst = max((abs(lag.late_s) for lag in own), default=0.0)
    why = f"{1000 * worst:.1f} ms at most" + (f", in {', '.join(lag.clip for lag in off)}" if off else "")
    return _ruled(not off, f"{why}; {1000 * SYNC_S:.0f} ms allowed", [lag.clip for lag in off])


def _words(seen: Measured) -> _Ruled:
    """Over the gate, or a whole line that is another. A single word that sounds nothing like what is
    written fails too, as a warning: a listening machine may be wrong about one, a person decides."""
    if not seen.lines:
        return _Ruled("not measured", "nobody listened")
    wrong, count = sum(line.wrong for line in seen.lines), sum(line.count for line in seen.lines)
    error = wrong / max(count, 1)
    failed = [line.clip for line in seen.lines if not line.passed]
    doubted = [line for line in seen.lines if line.doubt and line.passed]
    why = f"{wrong} of {count} words heard otherwise ({error:.1%}; gate {FILM_GATE:.0%})"
    if failed:
        why += f"; wrong in {', '.join(failed)}"
    if doubted:
        why += "; listen to " + "; ".join(f"{line.clip}: {line.doubt}" for line in doubted)
    wrongly = bool(failed) or error > FILM_GATE
    clips = (*failed, *(line.clip for line in doubted))
    return _Ruled("failed" if clips or wrongly else "passed", why, clips, "error" if wrongly else "warn")


def stretches(
    times: Sequence[float], holds: Sequence[bool], end_s: float, least_s: float
) -> tuple[Stretch, ...]:
    """The stretches over which `holds` is true from one sample to the first that is not, if at least
    `least_s` long. `times` are the samples' own, in seconds; the last reaches to `end_s`."""
    found: list[Stretch] = []
    start: float | None = None
    for at, held in [*zip(times, holds, strict=True), (end_s, False)]:
        if held and start is None:
            start = at
        elif not held and start is not None:
            if at - start >= least_s - 1e-6:
                found.append(Stretch(start_s=round(start, 3), end_s=round(at, 3)))
            start = None
    return tuple(found)
