"""The cross-fades of a film: the frames of each joint, encoded once and kept with the film."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pokegeo_dagster.defs.office.takes import Take
from pokegeo_dagster.film.digest import digest
from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.edit.fades import Fade, lay_fades
from pokegeo_dagster.film.edit.timeline import Cut
from pokegeo_dagster.film.errors import MediaDamaged, MediaMissing
from pokegeo_dagster.providers.bench.fading import Joint, make_joint


@dataclass(frozen=True)
class JointMade:
    """A joint, which clip comes in it, and the digest of what it was made from."""

    into: str
    fade: Fade
    joint: Joint
    recipe: str

    @property
    def part(self) -> str:
        """Its file's name in the film's take."""
        return f"fade_{self.into}"

    def told(self) -> dict[str, Any]:
        """What the film's slate says of it."""
        return {**self.fade.model_dump(), "encoded": self.joint.frames, "recipe": self.recipe}


def fades_of(laid: Sequence[Cut], segments: Sequence[Take], wanted: int) -> dict[str, Fade]:
    """The fades of a cut, by the clip that comes. A fade is shorter than `wanted` where a handle is."""
    tails = {
        take.place.key: (int(take.slate.get("tail_frames", 0)), int(take.slate.get("tail_held", 0)))
        for take in segments
    }
    return lay_fades(laid, tails, wanted)


def joints_made(
    laid: Sequence[Cut],
    fades: Mapping[str, Fade],
    segments: Sequence[Take],
    pictures: Sequence[Path],
    delivery: Delivery,
    before: Take | None,
    room: Path,
) -> dict[int, JointMade]:
    """Every joint with a fade in it, by the number of its segment in the cut. One that an earlier cut of
    the film has is not made again. `pictures` are the files that will be joined."""
    takes = {take.place.key: take for take in segments}
    known = before.slate.get("fades", {}) if before else {}
    made = {}
    for number, cut in enumerate(laid):
        fade = fades.get(cut.clip)
        if fade is None:
            continue
        goes, comes, picture = takes[laid[number - 1].clip], takes[cut.clip], pictures[number]
        recipe = digest({"goes": goes.files["tail"].sha256, "comes": comes.files["main"].sha256,
                         "again": picture != comes.path(), "fade": fade, "delivery": delivery})  # fmt: skip
        kept = known.get(cut.clip, {})
        if before is not None and kept.get("recipe") == recipe:
            with contextlib.suppress(MediaMissing, MediaDamaged, KeyError):
                joint = Joint(before.path(f"fade_{cut.clip}"), kept["encoded"])
                made[number] = JointMade(cut.clip, fade, joint, recipe)
                continue
        joint = make_joint(goes.path("tail"), picture, fade, delivery, room / f"fade_{cut.clip}.mp4")
        made[number] = JointMade(cut.clip, fade, joint, recipe)
    return made
