"""What must hold of the film before anybody is shown it. Measured on the delivered file."""

from collections.abc import Callable

import dagster as dg

from pokegeo_dagster.defs.office.craft import Check, Verdict
from pokegeo_dagster.defs.office.takes import Take, Takes
from pokegeo_dagster.film.edit.quality import CHECKS, Finding
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.providers.bench.probe import probe


def _as_delivered(take: Take) -> Verdict:
    asked = Takes("brief", take.studio).of(take.place).read(Brief).delivery
    found = probe(take.path())
    frames = sum(cut["frames"] for cut in take.slate["cuts"])
    wanted = {
        "video codec": ("h264", found.codec),
        "width (px)": (asked.width_px, found.width),
        "height (px)": (asked.height_px, found.height),
        "rate (fps)": (float(asked.rate_fps), float(found.rate)),
        "frames": (frames, found.frames),
        "audio codec": ("aac", found.audio_codec),
        "audio rate (Hz)": (48_000, found.audio_rate),
        "channels": (2, found.audio_channels),
    }
    wrong = [f"{name} is {is_}, not {should}" for name, (should, is_) in wanted.items() if is_ != should]
    return Verdict(
        passed=not wrong,
        why="; ".join(wrong) or "codec, size, rate, length and sound are as ordered",
        measured={name: is_ if is_ is not None else "none" for name, (_, is_) in wanted.items()},
    )


def _found(name: str) -> Callable[[Take], Verdict]:
    """A check of the quality report: the report says what was found."""

    def read(take: Take) -> Verdict:
        found = next(f for f in map(Finding.model_validate, take.slate["findings"]) if f.check == name)
        warned = found.outcome == "not measured" or found.severity == "warn"
        return Verdict(
            passed=found.outcome == "passed",
            why=found.why,
            measured={"outcome": found.outcome, "clips": ", ".join(found.clips) or "–"},
            severity=dg.AssetCheckSeverity.WARN if warned else dg.AssetCheckSeverity.ERROR,
        )

    return read


def _readable(take: Take) -> Verdict:
    slate = take.slate
    wrong = [*slate["complaints"], *(f"{key} has no words" for key in slate["silent"])]
    return Verdict(
        passed=not wrong,
        why="; ".join(wrong) or "two lines of 42, 20 characters a second, none beside its words",
        measured={"captions": slate["captions"], "fastest (characters a second)": slate["fastest"]},
        # A voice faster than anyone reads: the film is still right.
        severity=dg.AssetCheckSeverity.WARN,
    )


def _same_cut(take: Take) -> Verdict:
    from pokegeo_dagster.providers.bench.interchange import lengths

    planned = {"frames": int(take.slate["frames"]), "cuts": len(take.slate["events"])}
    found = lengths({part: take.path(part) for part in ("main", "edl", "fcpxml")}, take.slate["rate_fps"])
    wrong = [f"{part} holds {told}, not {planned}" for part, told in found.items() if told != planned]
    return Verdict(
        passed=not wrong,
        why="; ".join(wrong) or "OTIO, EDL and FCPXML, read again, are the film's cut",
        measured=planned,
    )


CAPTIONS_READABLE = Check(
    "every_caption_can_be_read", "Two lines, slow enough, none over another, each with its words.", _readable
)
TIMELINE_IS_THE_CUT = Check(
    "every_timeline_is_the_cut", "Read again, each list has the film's cuts and length.", _same_cut
)
FILM_AS_DELIVERED = Check(
    "the_film_is_what_was_ordered", "Codec, size, rate, and length to the frame.", _as_delivered
)
QUALITY_CHECKS = tuple(Check(name, about, _found(name)) for name, about in CHECKS.items())
