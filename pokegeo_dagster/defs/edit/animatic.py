"""The animatic: the film as a sketch, at no cost, before anything is paid for."""

from pathlib import Path
from typing import Any

from pokegeo_dagster.defs.edit.cards import ordered_cards, stamp_of
from pokegeo_dagster.defs.office import show
from pokegeo_dagster.defs.office.craft import Craft, Work, craft
from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.defs.office.takes import Take, Takes, is_whole
from pokegeo_dagster.defs.picture.assets import composite
from pokegeo_dagster.defs.sound.assets import narration, sound_effect
from pokegeo_dagster.defs.sound.mix import music_made, ordered_music
from pokegeo_dagster.film.crew import Credit, Made
from pokegeo_dagster.film.edit.animatic import AnimaticOrder, order_animatic
from pokegeo_dagster.film.errors import ProductionError
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.screenplay import Screenplay
from pokegeo_dagster.film.story.slices import ShotSlice
from pokegeo_dagster.providers.house.animatic import Finishing, Panel, cut_animatic
from pokegeo_dagster.providers.house.sketch import sketch_effect, sketch_stills, sketch_voice

# Whoever is hired, the sketch is the house's: nothing in this module can reach a paid member.
SKETCHER = Credit(member="house", model="animatic")


def _show(take: Take) -> dict[str, Any]:
    slate = take.slate
    rows = [
        {
            "clip": cut["clip"],
            "frames": cut["frames"],
            "only sketched": ", ".join(slate["scratch"].get(cut["clip"], ())) or "nothing",
        }
        for cut in slate["cuts"]
    ]
    return {
        "storyboard": show.picture(take, "board", link=show.url(take)),
        "watch": show.player(take, "the animatic"),
        "duration (s)": float(slate["duration_s"]),
        "stand-ins": int(slate["stand_ins"]),
        "clips": show.table(rows),
    }


@craft(group="edit", per="episode", kinds=("mp4",), show=_show, on_request=True)
def animatic(place: Place, studio: Studio, *, brief: Takes, screenplay: Takes, shot: Takes) -> Work:
    """The whole film at no cost on its real timeline: stills under the shots' own camera moves, a
    voice, captions burnt in, finished as the film will be. Approved composites, narrations and effects
    are used where they are up to date; the house sketches the rest, and the slate says which. A changed
    shot makes it stale; a composite that lands does not: ask for a new take to see it."""
    ordered, written = brief.of(place), screenplay.of(place)
    shots = [shot.at(place.episode, name) for name in written.slate["clips"]]
    asked = ordered.read(Brief)
    slices = [take.read(ShotSlice) for take in shots]
    order = order_animatic(written.read(Screenplay), slices, asked.delivery, asked.finish)

    def sketch(room: Path) -> Made:
        bed = ordered_music(asked, written)
        finishing = Finishing(
            cards=ordered_cards(studio, place, asked, written),
            music=lambda samples: music_made(studio, bed, samples, room),
            stamp=stamp_of(studio, asked.finish.watermark if asked.finish else None),
        )
        return cut_animatic(order, _panels(studio, place.episode, order, room), room, finishing)

    return Work(order=order, credit=SKETCHER, make=sketch, inputs=(ordered, written, *shots))


def _panels(studio: Studio, episode: str, order: AnimaticOrder, room: Path) -> list[Panel]:
    there = {
        part: {s.shot.clip: _up_to_date(made_by, studio, Place(episode, s.shot.clip)) for s in order.shots}
        for part, made_by in (("picture", composite), ("voice", narration), ("effect", sound_effect))
    }
    missing = [sliced for sliced in order.shots if there["picture"][sliced.shot.clip] is None]
    stills = dict(
        zip(
            (sliced.shot.clip for sliced in missing),
            sketch_stills(studio.house, order, missing, room),
            strict=True,
        )
    )
    panels = []
    for sliced in order.shots:
        clip = sliced.shot.clip
        picture, voice, effect = (there[part][clip] for part in ("picture", "voice", "effect"))
        spoken = sketch_voice(studio.house, sliced, room) if voice is None else None
        slate = spoken.slate if spoken else voice.slate if voice else {}
        heard = effect.path() if effect else sketch_effect(studio.house, sliced, room).files["main"]
        panels.append(
            Panel(
                sliced=sliced,
                picture=picture.path() if picture else stills[clip].files["main"],
                voice=voice.path() if voice else spoken.files["main"] if spoken else room,
                words=tuple((w["text"], w["start_s"], w["end_s"]) for w in slate["words"]),
                effect=heard,
                scratch=tuple(part for part in there if there[part][clip] is None),
            )
        )
    return panels


def _up_to_date(made_by: Craft, studio: Studio, place: Place) -> Take | None:
    """The approved take of a piece, where it is what its shot asks for today and its bytes are there."""
    take = Takes(made_by.name, studio).find(place)
    if take is None:
        return None
    try:
        current = made_by.work(studio, place).recipe(made_by.name)
    except ProductionError:
        return None
    return take if take.row.recipe == current and is_whole(studio, take.row) else None
