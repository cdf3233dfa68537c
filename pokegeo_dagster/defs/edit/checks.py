"""What must hold of the film before anybody is shown it. Measured on the delivered file."""

from pokegeo_dagster.defs.office.craft import Check, Verdict
from pokegeo_dagster.defs.office.takes import Take, Takes
from pokegeo_dagster.film.edit.timeline import Cut
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.providers.bench.mixer import loud_segments
from pokegeo_dagster.providers.bench.probe import probe

SILENT_DBFS = -60.0  # quieter than the room tone of any cue


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


def _sounding(take: Take) -> Verdict:
    cuts = [Cut.model_validate(cut) for cut in take.slate["cuts"]]
    levels = dict(zip((cut.clip for cut in cuts), loud_segments(take.path(), cuts), strict=True))
    silent = [name for name, level in levels.items() if level < SILENT_DBFS]
    return Verdict(
        passed=not silent,
        why=f"silent: {', '.join(silent)}" if silent else "every segment sounds",
        measured={"quietest segment (dBFS)": round(min(levels.values()), 1)},
    )


FILM_AS_DELIVERED = Check(
    "the_film_is_what_was_ordered", "Codec, size, rate, and length to the frame.", _as_delivered
)
SOUND_IN_EVERY_SEGMENT = Check("every_segment_sounds", "No clip plays in silence.", _sounding)
