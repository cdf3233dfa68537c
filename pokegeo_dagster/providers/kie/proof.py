"""The proof of a delivered clip: what the vendor's file really holds, decoded to its last picture."""

from __future__ import annotations

from pathlib import Path

from pokegeo_dagster.film.errors import MediaBroken, MediaDamaged
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.providers.kie.troubles import VENDOR

SHORTEST_OF_ASKED_S = 0.3  # a clip of «10 s» has been seen a few pictures short; more is a fault


class ClipFacts(Frozen):
    """A whole clip. `frames` are its own pictures at its own rate, not the delivery's."""

    frames: int
    duration_s: float
    width_px: int
    height_px: int
    rate_fps: float
    codec: str
    sound: bool


def proven(path: Path, asked_s: float) -> ClipFacts:
    """The facts of a file that is a whole clip of at least `asked_s` (less 0.3 s).

    Decodes every picture. Raises MediaBroken when it is no video, cut short, does not decode, or
    is too short.
    """
    try:
        facts = measured(path)
        shown_s = _decoded(path) / facts.rate_fps  # an edit list may hide what is stored
    except MediaDamaged as damage:
        raise MediaBroken(VENDOR, f"the clip is not whole ({damage}). It is downloaded again.") from None
    if shown_s < asked_s - SHORTEST_OF_ASKED_S:
        raise MediaBroken(
            VENDOR,
            f"the clip shows {shown_s:.2f} s, and {asked_s:g} s were ordered. It is downloaded again.",
        )
    return facts


def measured(path: Path) -> ClipFacts:
    """The facts of a video file, from its packets: nothing is decoded. Raises MediaDamaged."""
    from pokegeo_dagster.providers.bench.probe import probe

    found = probe(path)
    return ClipFacts(
        frames=found.frames,
        duration_s=round(found.duration_s, 4),
        width_px=found.width,
        height_px=found.height,
        rate_fps=round(float(found.rate), 4),
        codec=found.codec,
        sound=found.audio_codec is not None,
    )


def _decoded(path: Path) -> int:
    """The pictures that decode. Not as strict as the house's own files are taken: a vendor's
    encoder may be sloppy, and a clip that plays has been paid for."""
    import av
    from av.error import FFmpegError

    from pokegeo_dagster.providers.bench.probe import why

    count = 0
    try:
        with av.open(str(path)) as container:
            for frame in container.decode(video=0):
                if frame.is_corrupt:
                    raise MediaDamaged(f"picture {count} is damaged")
                count += 1
    except (FFmpegError, OSError, IndexError) as damage:
        raise MediaDamaged(f"it stops decoding after {count} pictures: {why(damage)}") from None
    return count
