"""Cross-fades: which frames overlap where one clip follows another. None, unless they are asked for.

A fade begins at the cut. The clip that goes is seen beyond its cut, out of its handle, while the one
that comes appears over it: so every clip, line, caption and cut of the film is where it would be
without fades, and the film is as long. A clip without a handle stands still for as long as the cut
allows anywhere (`LONGEST_HOLD_S`), and the fade is as short as that. Cards come out of black by
themselves: nothing fades into or out of one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from pydantic import Field

from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.edit.finish import Finish, is_card
from pokegeo_dagster.film.edit.timeline import Cut
from pokegeo_dagster.film.model import Frozen

FEWEST_FRAMES = 2  # a fade that would be shorter is a cut


class Fade(Frozen):
    """How a clip comes: over so many frames of the one before it, whose last picture stands in the last
    `held` of them."""

    frames: int = Field(ge=FEWEST_FRAMES)
    held: int = Field(default=0, ge=0)


def wanted_frames(finish: Finish | None, delivery: Delivery) -> int:
    """How long a fade is to be; 0: the film has hard cuts."""
    if finish is None or finish.cross_fade_s is None:
        return 0
    return max(FEWEST_FRAMES, round(finish.cross_fade_s * delivery.rate_fps))


def lay_fades(cuts: Sequence[Cut], tails: Mapping[str, tuple[int, int]], wanted: int) -> dict[str, Fade]:
    """The fades of a film, by the clip that comes. `tails` has, by clip, how many frames it can be seen
    beyond its cut and in how many of the last of those it stands still."""
    if not wanted:
        return {}
    fades = {}
    for goes, comes in pairwise(cuts):
        if is_card(goes.clip) or is_card(comes.clip):
            continue
        seen, still = tails.get(goes.clip, (0, 0))
        frames = min(wanted, seen, comes.frames // 2)
        if frames >= FEWEST_FRAMES:
            fades[comes.clip] = Fade(frames=frames, held=max(0, frames - (seen - still)))
    return fades
