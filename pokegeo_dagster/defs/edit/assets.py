"""Edit: clips conformed to their lines, and the film they add up to."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import Field

from pokegeo_dagster.defs.edit.cards import cards_made, ordered_cards, stamp_of
from pokegeo_dagster.defs.edit.checks import FILM_AS_DELIVERED
from pokegeo_dagster.defs.edit.fades import fades_of, joints_made
from pokegeo_dagster.defs.office import show
from pokegeo_dagster.defs.office.craft import Work, craft
from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.defs.office.takes import NotReady, Take, Takes
from pokegeo_dagster.defs.sound.mix import as_told
from pokegeo_dagster.film.crew import Credit, Made
from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.edit.fades import wanted_frames
from pokegeo_dagster.film.edit.finish import Card, Watermark, cards_and_clips, lay_programme
from pokegeo_dagster.film.edit.paperwork import Cue, cue_sheet, timed_script
from pokegeo_dagster.film.edit.timeline import Cut, SegmentPlan, plan_segment
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.screenplay import Screenplay
from pokegeo_dagster.film.story.slices import ShotSlice
from pokegeo_dagster.providers.bench.conformer import conform, conform_tail, made_alike, poster_of
from pokegeo_dagster.providers.bench.fading import faded
from pokegeo_dagster.providers.bench.splice import join_parts

BENCH = Credit(member="bench", model="conformer", edition=2)


class SegmentOrder(Frozen):
    """One conformed clip: how long, and where the voice will lie over it."""

    plan: SegmentPlan
    delivery: Delivery
    watermark: Watermark | None = Field(default=None, exclude_if=lambda mark: mark is None)
    fade: int = Field(default=0, exclude_if=lambda fade: not fade)  # frames


class CutOrder(Frozen):
    """The film: its clips in order, in one delivery, and the cards about them."""

    clips: tuple[str, ...]
    delivery: Delivery
    cards: tuple[Card, ...] = Field(default=(), exclude_if=lambda cards: not cards)
    fade: int = Field(default=0, exclude_if=lambda fade: not fade)  # frames over which clips cross-fade


def _show_segment(take: Take) -> dict[str, Any]:
    slate = take.slate
    return {
        "segment": show.player(take, f"{slate['frames']} frames"),
        "frames": int(slate["frames"]),
    }


@craft(group="edit", per="shot", kinds=("mp4",), show=_show_segment, at_once=2)
def segment(
    place: Place, studio: Studio, *, brief: Takes, shot: Takes, clip: Takes, narration: Takes
) -> Work:
    """This clip conformed: as many frames as its narration and a breath, in the delivery codec.
    A clip that already is that is not encoded again."""
    delivery = shot.of(place).read(ShotSlice).delivery
    picture, line = clip.of(place), narration.of(place)
    finish = brief.of(place).read(Brief).finish
    mark = finish.watermark if finish else None
    order = SegmentOrder(
        plan=plan_segment(line.slate["samples"], delivery),
        delivery=delivery,
        watermark=mark,
        fade=wanted_frames(finish, delivery),
    )

    def lay(room: Path) -> Made:
        stamp, frames, name = stamp_of(studio, mark), order.plan.frames, f"of {place}"
        conformed = conform(picture.path(), frames, delivery, room, name, stamp, order.fade)
        slate = order.plan.model_dump(mode="json")
        if not order.fade:
            return Made({"main": conformed}, slate)
        beyond, tail = conform_tail(picture.path(), frames, order.fade, delivery, room, name, stamp)
        slate |= {"tail_frames": tail.frames, "tail_held": tail.held}
        return Made({"main": conformed, **({"tail": beyond} if beyond else {})}, slate)

    return Work(
        order=order,
        credit=BENCH,
        make=lay,
        # What counts of the brief is in the order: named only where it counts, so that nothing that was
        # made before there were watermarks or fades looks changed.
        inputs=(*([brief.of(place)] if mark or order.fade else []), shot.of(place), picture, line),
        uses={"clip": picture.files["main"].sha256},
    )


def _show_film(take: Take) -> dict[str, Any]:
    slate = take.slate
    return {
        "film": show.picture(take, "poster", link=show.url(take)),
        "duration (s)": float(slate["duration_s"]),
        "frames": int(slate["frames"]),
        "loudness (LUFS)": float(slate["integrated_lufs"]),
        "true peak (dBTP)": float(slate["true_peak_dbtp"]),
        "script": show.player(take, "timed script", "script"),
        "cue sheet": show.player(take, "cue sheet", "cue_sheet"),
        "spent (USD)": float(take.studio.db.spent_usd(take.place.episode)),
    }


@craft(
    group="edit",
    per="episode",
    kinds=("mp4",),
    checks=(FILM_AS_DELIVERED,),
    show=_show_film,
)
def final_cut(
    place: Place, studio: Studio, *, brief: Takes, screenplay: Takes, shot: Takes, segment: Takes, mix: Takes
) -> Work:
    """The film: every segment joined by stream copy under the mix, with its cue sheet and timed script."""
    ordered, written, track = brief.of(place), screenplay.of(place), mix.of(place)
    asked = ordered.read(Brief)
    delivery, finish = asked.delivery, asked.finish
    clips = tuple(written.slate["clips"])
    shots = [shot.at(place.episode, name) for name in clips]
    segments = [segment.at(place.episode, name) for name in clips]
    order = CutOrder(
        clips=clips,
        delivery=delivery,
        cards=ordered_cards(studio, place, asked, written),
        fade=wanted_frames(finish, delivery),
    )

    def assemble(room: Path) -> Made:
        play = written.read(Screenplay)
        laid = lay_programme(clips, [int(take.slate["frames"]) for take in segments], finish, delivery)
        if as_told(laid) != track.slate["cuts"]:
            raise NotReady("mix", place, "has other cuts than the segments, a line has changed since")
        before = Takes("final_cut", studio).find(place)
        frames = [cut.frames for cut in laid]
        cards = cards_made(order.cards, segments, delivery, before, room)
        shown_by = {name: card.picture for name, card in cards.items()}
        shown_by |= {take.place.key: take.path() for take in segments}
        film = room / "main.mp4"
        pictures = made_alike([shown_by[cut.clip] for cut in laid], frames, delivery, room, order.fade)
        fades = fades_of(laid, segments, order.fade)
        joints = joints_made(laid, fades, segments, pictures, delivery, before, room)
        joined = faded(pictures, frames, {n: made.joint for n, made in joints.items()})
        join_parts(joined, track.path(), delivery, film)
        shown, cuts = cards_and_clips(laid)
        cues = [
            Cue(
                cut=cut,
                shot=taken.read(ShotSlice).shot,
                voice_in=take.slate["voice_in"],
                voice_out=take.slate["voice_out"],
            )
            for cut, taken, take in zip(cuts, shots, segments, strict=True)
        ]
        papers = _papers(room, play, cues, shown, delivery)
        poster = poster_of(film, cuts[-1].start_frame // 3, room)
        slate = {
            **track.slate,
            "frames": sum(frames),
            "duration_s": sum(frames) / delivery.rate_fps,
            "title": play.title,
        }
        parts = {name: made.picture for name, made in cards.items()}
        if finish and (stamp := stamp_of(studio, finish.watermark)):
            parts["watermark"] = stamp.picture  # for whoever cuts the film anew
        if cards:
            slate["cards"] = {name: made.recipe for name, made in cards.items()}
        if fades:
            slate["fades"] = {made.into: made.told() for made in joints.values()}
            parts |= {made.part: made.joint.picture for made in joints.values()}
        return Made({"main": film, "poster": poster, **papers, **parts}, slate)

    return Work(
        order=order,
        credit=BENCH,
        make=assemble,
        inputs=(ordered, written, *shots, *segments, track),
        uses={take.place.key: take.version for take in segments}
        | {"mix": track.version}
        | {f"line {take.place.key}": take.version for take in shots},
    )


def _papers(
    room: Path, play: Screenplay, cues: list[Cue], cards: Sequence[Cut], delivery: Delivery
) -> dict[str, Path]:
    texts = {
        "cue_sheet": ("cue_sheet.csv", cue_sheet(cues, delivery, cards)),
        "script": ("script.txt", timed_script(play, cues)),
    }
    papers = {}
    for part, (name, content) in texts.items():
        papers[part] = room / name
        papers[part].write_text(content, encoding="utf-8")
    return papers
