"""Picture: seed images, opening frames, and the clips they are brought to life in."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from pokegeo_dagster.defs.office import show
from pokegeo_dagster.defs.office.craft import Work, craft
from pokegeo_dagster.defs.office.studio import WORKERS, Studio
from pokegeo_dagster.defs.office.takes import NotReady, Take, Takes
from pokegeo_dagster.defs.picture.checks import CLIP_LONG_ENOUGH, COMPOSITE_CHECKS
from pokegeo_dagster.film.crew import ClipOrder, CompositeOrder, Made, ReferenceOrder
from pokegeo_dagster.film.edit.timeline import plan_segment
from pokegeo_dagster.film.errors import ShotFailed
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.screenplay import Reference, Screenplay
from pokegeo_dagster.film.story.slices import ShotSlice


def _show_reference(take: Take) -> dict[str, Any]:
    slate = take.slate
    return {
        "picture": show.picture(take),
        "size": f"{slate['width_px']}×{slate['height_px']}",
        "kind": slate["kind"],
        "name": slate["name"],
        "description": show.text(slate["description"]),
    }


def _sheet_of(play: Screenplay) -> Reference | None:
    return next((r for r in play.references if r.kind == "character"), None)


def _by_first_use(studio: Studio, episode: str) -> list[str]:
    """The sheets, which poses wait for, then what the first clip opens on, the second …: so the first
    clip is shot while the last one's pictures are drawn."""
    play = Takes("screenplay", studio).of(Place(episode)).read(Screenplay)
    sheets = [r.id for r in play.references if r.pose == "sheet"]
    used = [name for planned in play.shots for name in planned.references]
    return list(dict.fromkeys([*sheets, *used]))


@craft(
    group="picture",
    per="reference",
    kinds=("png",),
    role="illustrator",
    show=_show_reference,
    at_once=WORKERS,
    clips_wait=True,
    wanted_in=_by_first_use,
)
def reference(place: Place, studio: Studio, *, brief: Takes, screenplay: Takes, reference: Takes) -> Work:
    """One seed image. Characters and props are cut out; the character sheet comes first and is
    passed along, so that the animal stays the same animal."""
    ordered, written = brief.of(place), screenplay.of(place)
    brief_value, play = ordered.read(Brief), written.read(Screenplay)
    plan = next(r for r in play.references if r.id == place.key)
    sheet_plan = _sheet_of(play)
    sheet = None
    same_animal = sheet_plan is not None and sheet_plan.species == plan.species
    if plan.kind == "character" and sheet_plan and same_animal and sheet_plan.id != plan.id:
        sheet = reference.at(place.episode, sheet_plan.id)
    order = ReferenceOrder(
        reference=plan,
        atmosphere=play.atmosphere,
        delivery=brief_value.delivery,
        seed=place.seed(brief_value.seed, brief_value.species),
    )

    illustrator = studio.crew.illustrator
    return Work(
        order=order,
        credit=illustrator.credit,
        make=lambda room: illustrator.draw(order, sheet.path() if sheet else None, room),
        about=lambda made: {"kind": plan.kind, "name": plan.name, "description": plan.description},
        inputs=(ordered, written, *([sheet] if sheet else [])),
        uses={"sheet": sheet.files["main"].sha256} if sheet else {},
    )


def _show_composite(take: Take) -> dict[str, Any]:
    slate = take.slate
    return {"picture": show.picture(take), "size": f"{slate['width_px']}×{slate['height_px']}"}


@craft(
    group="picture",
    per="shot",
    kinds=("png",),
    checks=COMPOSITE_CHECKS,
    show=_show_composite,
    at_once=WORKERS,
    clips_wait=True,
)
def composite(place: Place, studio: Studio, *, shot: Takes, reference: Takes) -> Work:
    """The opening frame of a clip, exactly the size that is delivered: plate and subjects as one."""
    sliced = shot.of(place)
    value = sliced.read(ShotSlice)
    pictures = {name: reference.at(place.episode, name) for name in value.shot.references}
    order = CompositeOrder(
        framing=value.shot.framing,
        plate=value.shot.plate,
        subjects=value.shot.subjects,
        split=value.shot.split,
        delivery=value.delivery,
    )

    def compose(room: Path) -> Made:
        files = {name: take.paths() for name, take in pictures.items()}
        return studio.crew.compositor.compose(order, files, room)

    return Work(
        order=order,
        credit=studio.crew.compositor.credit,
        make=compose,
        inputs=(sliced, *pictures.values()),
        uses={name: take.version for name, take in pictures.items()},
    )


def _show_clip(take: Take) -> dict[str, Any]:
    slate = take.slate
    return {
        "clip": show.picture(take, "poster", link=show.url(take)),
        "duration (s)": float(slate["duration_s"]),
        "frames": int(slate["frames"]),
        "motion prompt": show.text(slate["prompt"]),
    }


@craft(
    group="picture",
    per="shot",
    kinds=("mp4",),
    role="camera",
    checks=(CLIP_LONG_ENOUGH,),
    show=_show_clip,
    at_once=WORKERS,
)
def clip(
    place: Place, studio: Studio, *, shot: Takes, composite: Takes, narration: Takes, greenlight: Takes
) -> Work:
    """The moving picture of one shot: its composite brought to life, as long as its line needs. Where
    it costs money it waits for the greenlight; a clip that is bought and long enough stays, however
    long clips would be shot today."""
    sliced, opening, line = shot.of(place), composite.of(place), narration.of(place)
    value = sliced.read(ShotSlice)
    camera, yes = studio.crew.camera, greenlight.find(Place(place.episode))
    needed = plan_segment(line.slate["samples"], value.delivery).frames

    def shot_at(frames: int) -> Work:
        order = ClipOrder(
            prompt=value.shot.prompt,
            movement=value.shot.movement,
            camera=value.shot.motion.camera,
            framing=value.shot.framing,
            atmosphere=value.atmosphere,
            delivery=value.delivery,
            frames=frames,
            seed=place.seed(value.seed, place.key),
        )
        work = Work(
            order=order,
            credit=camera.credit,
            make=lambda room: camera.film(order, opening.paths(), room),
            about=lambda made: {"prompt": order.prompt, "frames_needed": needed},
            inputs=(sliced, opening, line),
            uses={"composite": opening.version},
        )
        return replace(work, inputs=(*work.inputs, yes)) if work.paid and yes else work

    would_do = tuple(shot_at(frames) for frames in camera.would_do(needed, value.delivery))
    try:
        work = replace(shot_at(camera.frames_for(needed, value.delivery)), or_else=would_do)
    except ShotFailed as too_long:
        work = replace(shot_at(needed), or_else=would_do, refusal=too_long)
    # What was bought already is used without asking again, whatever has changed since.
    paid_now = work.paid and not work.bought("clip", studio, place)
    if paid_now and studio.greenlights.standing(place.episode) is None:
        raise NotReady("greenlight", Place(place.episode))
    return work
