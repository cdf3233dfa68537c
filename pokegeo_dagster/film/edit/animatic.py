"""The animatic on paper: what is sketched, how large, and which words stand under which frames."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.edit.finish import Finish
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.story.screenplay import Reference, Screenplay
from pokegeo_dagster.film.story.slices import ShotSlice

SKETCH_HEIGHT_PX = 540  # half of full size each way: enough to judge a cut by, a quarter of the work
CAPTION_CHARS = 72  # two lines of 36: what is read at a glance
CAPTION_LINGERS_S = 0.25


class AnimaticOrder(Frozen):
    """The film as a sketch. It says everything of the shots and nothing of pictures or voices that
    landed: what is approved when the sketch is made is used in it, but does not make it stale."""

    title: str
    shots: tuple[ShotSlice, ...]
    references: tuple[Reference, ...]  # those that a shot uses
    delivery: Delivery
    finish: Finish | None = Field(default=None, exclude_if=lambda finish: finish is None)


class Caption(Frozen):
    """Words on the screen, in seconds from the start of the voice."""

    text: str
    start_s: float
    end_s: float


def sketch_delivery(delivery: Delivery) -> Delivery:
    """The format of a sketch: the film's own shape and rate, at most 540 lines, encoded quickly."""
    height = min(SKETCH_HEIGHT_PX, delivery.height_px)
    width = 2 * round(delivery.width_px * height / delivery.height_px / 2)
    return Delivery(width_px=width, height_px=height, rate_fps=delivery.rate_fps, preset="superfast", crf=24)


def order_animatic(
    play: Screenplay, shots: Sequence[ShotSlice], delivery: Delivery, finish: Finish | None = None
) -> AnimaticOrder:
    """The sketch of a screenplay whose slices these are."""
    used = {name for sliced in shots for name in sliced.shot.references}
    return AnimaticOrder(
        title=play.title,
        shots=tuple(shots),
        references=tuple(r for r in play.references if r.id in used),
        delivery=sketch_delivery(delivery),
        finish=finish,
    )


def captions(words: Sequence[tuple[str, float, float]]) -> tuple[Caption, ...]:
    """Spoken words (text, start, end) gathered into captions of at most two short lines.

    A caption ends with a sentence or a pause rather than in the middle of one, and stays until the
    next one comes, or a moment after its last word.
    """
    groups: list[list[tuple[str, float, float]]] = []
    for word in words:
        length = sum(len(text) + 1 for text, _, _ in groups[-1]) if groups else 0
        full = length + len(word[0]) > CAPTION_CHARS
        # Past half its length, a caption ends where the voice rests.
        rested = length > CAPTION_CHARS / 2 and groups[-1][-1][0].rstrip("\"'”’)")[-1:] in ".…!?;:—,"
        if not groups or full or rested:
            groups.append([])
        groups[-1].append(word)
    starts = [group[0][1] for group in groups]
    ends = [*starts[1:], float("inf")]
    return tuple(
        Caption(
            text=" ".join(text for text, _, _ in group),
            start_s=start,
            end_s=min(end, group[-1][2] + CAPTION_LINGERS_S),
        )
        for group, start, end in zip(groups, starts, ends, strict=True)
    )
