"""Sketches: what the house lends an animatic where nothing of the film is there yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pokegeo_dagster.film.crew import CompositeOrder, Crew, Made, NarrationOrder, ReferenceOrder, SoundOrder
from pokegeo_dagster.film.digest import seed_for
from pokegeo_dagster.film.edit.animatic import AnimaticOrder
from pokegeo_dagster.film.story.slices import ShotSlice

HANDS = 2  # pieces drawn or spoken at a time: they are numpy's and OpenCV's work, which share the cores
EFFECT_S = 10.0


def sketch_stills(house: Crew, order: AnimaticOrder, shots: Sequence[ShotSlice], room: Path) -> list[Made]:
    """The opening frame of each of these shots at the sketch's size, drawn and composed by the house.

    A reference that several shots share is drawn once. The same order gives the same pictures.
    """
    wanted = {name for sliced in shots for name in sliced.shot.references}
    plans = [reference for reference in order.references if reference.id in wanted]
    with ThreadPoolExecutor(HANDS, thread_name_prefix="sketch") as hands:

        def draw(number: int) -> Mapping[str, Path]:
            plan, sliced = plans[number], shots[0]
            drawn = ReferenceOrder(
                reference=plan, atmosphere=sliced.atmosphere, delivery=order.delivery, seed=sliced.seed
            )
            return house.illustrator.draw(drawn, None, _room(room, plan.id)).files

        pictures = dict(zip((p.id for p in plans), hands.map(draw, range(len(plans))), strict=True))

        def compose(sliced: ShotSlice) -> Made:
            shot = sliced.shot
            composed = CompositeOrder(
                framing=shot.framing,
                plate=shot.plate,
                subjects=shot.subjects,
                split=shot.split,
                delivery=order.delivery,
            )
            return house.compositor.compose(composed, pictures, _room(room, f"still_{shot.clip}"))

        return list(hands.map(compose, shots))


def sketch_voice(house: Crew, sliced: ShotSlice, room: Path) -> Made:
    """The line of a shot in the house's voice."""
    order = NarrationOrder(text=sliced.shot.narration, names=sliced.names, seed=sliced.seed)
    return house.narrator.speak(order, _room(room, f"voice_{sliced.shot.clip}"))


def sketch_effect(house: Crew, sliced: ShotSlice, room: Path) -> Made:
    """The atmosphere of a shot, as the house hears its cue."""
    clip = sliced.shot.clip
    seed = seed_for(sliced.seed, clip, "effect")
    order = SoundOrder(cue=sliced.shot.sound_cue, duration_s=EFFECT_S, seed=seed)
    return house.foley.perform(order, _room(room, f"effect_{clip}"))


def _room(room: Path, name: str) -> Path:
    place = room / name
    place.mkdir()
    return place
