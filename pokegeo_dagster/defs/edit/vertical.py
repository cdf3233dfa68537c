"""Edit: the film for a telephone held upright. Made when somebody asks for it."""

import contextlib
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import Field

from pokegeo_dagster.defs.edit.cards import card_recipe, card_still, ordered_cards, stamp_of
from pokegeo_dagster.defs.edit.fades import fades_of
from pokegeo_dagster.defs.office import show
from pokegeo_dagster.defs.office.craft import Work, craft
from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.defs.office.takes import Take, Takes
from pokegeo_dagster.film.crew import Credit, Made
from pokegeo_dagster.film.digest import digest
from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.edit.fades import wanted_frames
from pokegeo_dagster.film.edit.finish import TITLE, Card, lay_programme
from pokegeo_dagster.film.edit.vertical import Window, upright, window_of
from pokegeo_dagster.film.errors import MediaDamaged, MediaMissing
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.slices import ShotSlice
from pokegeo_dagster.providers.bench.conformer import conform, conform_tail, poster_of
from pokegeo_dagster.providers.bench.fading import faded, make_joint
from pokegeo_dagster.providers.bench.splice import join_parts
from pokegeo_dagster.providers.bench.versions import upright_segment
from pokegeo_dagster.providers.house.cards import make_card

CREDIT = Credit(member="bench", model="vertical")


class VerticalOrder(Frozen):
    """The vertical cut: what is shown of each clip, in one delivery (the horizontal one)."""

    windows: dict[str, Window]
    delivery: Delivery
    cards: tuple[Card, ...] = Field(default=(), exclude_if=lambda cards: not cards)
    fade: int = Field(default=0, exclude_if=lambda fade: not fade)


def _show(take: Take) -> dict[str, Any]:
    return {
        "film": show.picture(take, "poster", link=show.url(take)),
        "duration (s)": float(take.slate["duration_s"]),
        "size": f"{take.slate['width_px']}×{take.slate['height_px']}",
    }


@craft(group="edit", per="episode", kinds=("mp4",), show=_show, on_request=True)
def vertical_cut(
    place: Place, studio: Studio, *, brief: Takes, screenplay: Takes, shot: Takes, segment: Takes,
    final_cut: Takes,
) -> Work:  # fmt: skip
    """The film upright, 9:16, cropped around the subject of each clip, with the same mastered sound.
    On request: `pokegeo redo EPISODE --what vertical_cut`, or materialise it here. From then on
    it is kept up to date, and only the clips that changed are encoded again."""
    ordered, written, film = brief.of(place), screenplay.of(place), final_cut.of(place)
    asked = ordered.read(Brief)
    delivery = asked.delivery
    mark = asked.finish.watermark if asked.finish else None
    clips = tuple(written.slate["clips"])
    shots = {name: shot.at(place.episode, name) for name in clips}
    segments = {name: segment.at(place.episode, name) for name in clips}
    windows = {
        name: window_of(taken.read(ShotSlice).shot.main_subjects, delivery) for name, taken in shots.items()
    }
    cards = ordered_cards(studio, place, asked, written)
    fade = wanted_frames(asked.finish, delivery)
    order = VerticalOrder(windows=windows, delivery=delivery, cards=cards, fade=fade)

    def make(room: Path) -> Made:
        def upright_tail(name: str) -> Path:
            """What is seen of a clip beyond its cut, upright, and made of the clip without the mark."""
            take, source = segments[name], segments[name].path("tail") if not mark else None
            if source is None:
                clip = Takes("clip", studio).at(place.episode, name)
                (own := room / f"{name}_tail").mkdir()
                length = int(take.slate["frames"])
                source, _ = conform_tail(clip.path(), length, fade, delivery, own, f"of {clip.place}")
                assert source is not None
            long, out = int(take.slate["tail_frames"]), room / f"{name}_tail.mp4"
            return upright_segment(source, windows[name], long, delivery, out, stamp_of(studio, mark))

        recipes = {
            name: digest({"of": segments[name].files["main"].sha256, "window": windows[name],
                          "delivery": delivery, "credit": CREDIT, **({"fade": fade} if fade else {})})
            for name in clips
        }  # fmt: skip
        frames = {name: int(segments[name].slate["frames"]) for name in clips}
        before = Takes("vertical_cut", studio).find(place)
        known = before.slate["recipes"] if before else {}
        parts = {}
        for name in clips:
            if before and known.get(name) == recipes[name]:
                with contextlib.suppress(MediaMissing, MediaDamaged, KeyError):
                    parts[name] = before.path(name)  # encoded for an earlier cut
                    continue
            source, out = segments[name].path(), room / f"{name}.mp4"
            if mark:  # its corner lies outside of the window: cut from the clip without it
                clip = Takes("clip", studio).at(place.episode, name)
                (own := room / name).mkdir()
                source = conform(clip.path(), frames[name], delivery, own, f"of {clip.place}")
            stamp = stamp_of(studio, mark)
            parts[name] = upright_segment(source, windows[name], frames[name], delivery, out, stamp, fade)
        form = upright(delivery)
        laid = lay_programme(clips, list(frames.values()), asked.finish, delivery)
        lengths = [cut.frames for cut in laid]
        for card in cards:
            name = card.name
            under = segments[clips[0] if name == TITLE else clips[-1]]
            recipes[name] = card_recipe(card, under, form)
            if before and known.get(name) == recipes[name]:
                with contextlib.suppress(MediaMissing, MediaDamaged, KeyError):
                    parts[name] = before.path(name)
                    continue
            parts[name] = make_card(card, card_still(card, under), form, room / f"{name}.mp4")
        pictures = [parts[cut.clip] for cut in laid]
        fades, joints = fades_of(laid, list(segments.values()), fade), {}
        for number, (goes, comes) in enumerate(pairwise(laid), 1):
            if joined := fades.get(comes.clip):
                tail = upright_tail(goes.clip)
                out = room / f"fade_{comes.clip}.mp4"
                joints[number] = make_joint(tail, pictures[number], joined, form, out)
        cut = join_parts(faded(pictures, lengths, joints), film.path(), form, room / "main.mp4")
        slate = {
            "frames": sum(lengths),
            "duration_s": sum(lengths) / delivery.rate_fps,
            "width_px": form.width_px,
            "height_px": form.height_px,
            "recipes": recipes,
        }
        return Made({"main": cut, "poster": poster_of(cut, sum(lengths) // 3, room), **parts}, slate)

    return Work(
        order=order,
        credit=CREDIT,
        make=make,
        inputs=(ordered, written, *shots.values(), *segments.values(), film),
        uses={"sound": film.files["main"].sha256}
        | {name: take.files["main"].sha256 for name, take in segments.items()},
    )
