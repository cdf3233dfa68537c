"""The names of things: episodes, clips, references. One spelling each, checked where they enter."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import StringConstraints

from pokegeo_dagster.film.errors import BriefRefused

MOST_CLIPS = 24
MOST_REFERENCES = 30

EpisodeId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$")]
ClipId = Annotated[str, StringConstraints(pattern=r"^clip_(0[1-9]|1[0-9]|2[0-4])$")]
ReferenceId = Annotated[str, StringConstraints(pattern=r"^ref_(0[1-9]|[12][0-9]|30)$")]

CLIP_IDS: tuple[str, ...] = tuple(f"clip_{n:02d}" for n in range(1, MOST_CLIPS + 1))
REFERENCE_IDS: tuple[str, ...] = tuple(f"ref_{n:02d}" for n in range(1, MOST_REFERENCES + 1))

_CLIP = re.compile(r"(?:clip_)?0*([0-9]{1,2})")
_EPISODE = re.compile(r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$")


def episode_id(text: str) -> str:
    """`text` if it can name an episode: 1–63 of a–z, 0–9 and inner hyphens.

    It becomes a partition key, a folder and part of a URL, so nothing else is taken.
    Raises BriefRefused.
    """
    if not _EPISODE.fullmatch(text):
        raise BriefRefused(
            f"Episode {text!r} cannot be a name: use 1–63 lower-case letters, digits and inner hyphens, "
            "for example haunter or haunter-night-2."
        )
    return text


def clip_id(text: str) -> str:
    """The clip that a person means by «5», «05» or «clip_05». Raises BriefRefused."""
    # ASCII digits only: «²» is a digit to Python, and no number.
    found = _CLIP.fullmatch(text)
    if found is None or not 1 <= int(found[1]) <= MOST_CLIPS:
        raise BriefRefused(f"{text!r} is no clip: say a number from 1 to {MOST_CLIPS}, or clip_05.")
    return f"clip_{int(found[1]):02d}"


def clip_range(text: str) -> tuple[str, ...]:
    """The clips that a person means by «3-7» or «1,4,9-12», in order. Raises BriefRefused."""
    found: set[str] = set()
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        low, high = clip_id(first.strip()), clip_id(last.strip()) if dash else clip_id(first.strip())
        if high < low:
            raise BriefRefused(f"{part.strip()!r} runs backwards: write {last.strip()}-{first.strip()}.")
        found.update(CLIP_IDS[CLIP_IDS.index(low) : CLIP_IDS.index(high) + 1])
    return tuple(sorted(found))
