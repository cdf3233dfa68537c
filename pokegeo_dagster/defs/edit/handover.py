"""Edit: what goes out beside the film, made from the same segments: its timeline and its captions."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import Field

from pokegeo_dagster.defs.edit.checks import CAPTIONS_READABLE, TIMELINE_IS_THE_CUT
from pokegeo_dagster.defs.edit.fades import fades_of
from pokegeo_dagster.defs.office import show
from pokegeo_dagster.defs.office.craft import Work, craft
from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.defs.office.takes import Take, Takes
from pokegeo_dagster.film.crew import Credit, Made
from pokegeo_dagster.film.edit import layout
from pokegeo_dagster.film.edit.captions import SpokenLine, caption_film, complaints, srt, vtt
from pokegeo_dagster.film.edit.cut_list import TRACKS, CutList, Event
from pokegeo_dagster.film.edit.delivery import SAMPLE_RATE_HZ, Delivery
from pokegeo_dagster.film.edit.fades import wanted_frames
from pokegeo_dagster.film.edit.finish import Mark, cards_and_clips, lay_programme
from pokegeo_dagster.film.edit.paperwork import Cue, assembly_manifest
from pokegeo_dagster.film.edit.timeline import Cut
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.screenplay import Screenplay
from pokegeo_dagster.film.story.slices import ShotSlice

PAPERS = Credit(member="bench", model="opentimelineio-0.18")
CAPTIONER = Credit(member="bench", model="captions")


class PapersOrder(Frozen):
    """The papers of a cut: its clips in order, in one delivery, and the names of its cards."""

    clips: tuple[str, ...]
    delivery: Delivery
    cards: tuple[str, ...] = Field(default=(), exclude_if=lambda cards: not cards)
    music: bool = Field(default=False, exclude_if=lambda music: not music)
    mark: Mark | None = Field(default=None, exclude_if=lambda mark: mark is None)
    fade: int = Field(default=0, exclude_if=lambda fade: not fade)


def _order(clips: tuple[str, ...], brief: Brief) -> PapersOrder:
    cards, _ = cards_and_clips(lay_programme(clips, [1] * len(clips), brief.finish, brief.delivery))
    return PapersOrder(clips=clips, delivery=brief.delivery, cards=tuple(card.clip for card in cards))


def _show_timeline(take: Take) -> dict[str, Any]:
    return {
        "timeline": show.player(take, "OTIO"),
        "edit decision list": show.player(take, "CMX 3600", "edl"),
        "Final Cut": show.player(take, "FCPXML", "fcpxml"),
        "manifest": show.player(take, "assembly manifest", "manifest"),
        "frames": int(take.slate["frames"]),
        "cuts": show.table(take.slate["events"]),
    }


@craft(group="edit", per="episode", kinds=("otio",), checks=(TIMELINE_IS_THE_CUT,), show=_show_timeline)
def timeline(
    place: Place,
    studio: Studio,
    *,
    brief: Takes,
    screenplay: Takes,
    shot: Takes,
    clip: Takes,
    segment: Takes,
) -> Work:
    """The cut for other programs: OTIO with every clip's handles and a track for each stem, EDL,
    FCPXML, and the assembly manifest. Rendered again, the OTIO gives the film."""
    ordered, written = brief.of(place), screenplay.of(place)
    asked, play = ordered.read(Brief), written.read(Screenplay)
    delivery = asked.delivery
    music = asked.finish is not None and asked.finish.music is not None
    mark = asked.finish.watermark.mark if asked.finish and asked.finish.watermark else None
    clips = tuple(written.slate["clips"])
    shots, filmed, segments = (
        [takes.at(place.episode, name) for name in clips] for takes in (shot, clip, segment)
    )

    fade = wanted_frames(asked.finish, delivery)
    order = _order(clips, asked).model_copy(update={"music": music, "mark": mark, "fade": fade})

    def write(room: Path) -> Made:
        # Here, and not at the top: OpenTimelineIO takes a third of a second to come in.
        from pokegeo_dagster.providers.bench.interchange import write_interchange
        from pokegeo_dagster.providers.bench.probe import probe

        frames = [int(take.slate["frames"]) for take in segments]
        laid = lay_programme(clips, frames, asked.finish, delivery)
        cards, cuts = cards_and_clips(laid)
        fades = fades_of(laid, segments, fade)
        slices = [take.read(ShotSlice).shot for take in shots]
        filed = [
            Event(
                cut=cut,
                video=layout.clip_video(cut.clip),
                held_frames=max(1, int(probe(take.path()).duration_s * delivery.rate_fps + 1e-6)),
                stems={part: layout.clip_stem(cut.clip, part) for part in TRACKS},
                line=said.narration,
                cue=said.sound_cue,
                fade=fades.get(cut.clip),
            )
            for cut, take, said in zip(cuts, filmed, slices, strict=True)
        ]
        filed += [_card(cut) for cut in cards]
        events = tuple(sorted(filed, key=lambda event: event.cut.start_frame))
        listed = CutList(
            episode=place.episode,
            title=play.title,
            delivery=delivery,
            events=events,
            music=layout.MUSIC_BED if music else None,
            watermark=layout.WATERMARK if mark else None,
            mark=mark,
            fade=fade,
        )
        cues = [
            Cue(cut=cut, shot=said, voice_in=take.slate["voice_in"], voice_out=take.slate["voice_out"])
            for cut, said, take in zip(cuts, slices, segments, strict=True)
        ]
        files = {**write_interchange(listed, room), "manifest": _manifest(listed, play, cues, cards, room)}
        rows = [
            {
                "clip": event.cut.clip,
                "starts at frame": event.cut.start_frame,
                "frames": event.cut.frames,
                "handle (frames)": max(0, event.held_frames - event.cut.frames),
                **({"fades in (frames)": event.fade.frames if event.fade else 0} if fade else {}),
            }
            for event in events
        ]
        return Made(files, {"frames": listed.frames, "rate_fps": delivery.rate_fps, "events": rows})

    return Work(
        order=order,
        credit=PAPERS,
        make=write,
        inputs=(ordered, written, *shots, *filmed, *segments),
        uses={
            "title": play.title,
            **{f"line {take.place.key}": take.version for take in shots},
            **{f"clip {take.place.key}": take.files["main"].sha256 for take in filmed},
            **{f"segment {take.place.key}": take.version for take in segments},
        },
    )


def _card(cut: Cut) -> Event:
    stems = {part: layout.clip_stem(cut.clip, part) for part in TRACKS}
    return Event(cut=cut, video=layout.clip_video(cut.clip), held_frames=cut.frames, stems=stems)


def _manifest(
    listed: CutList, play: Screenplay, cues: list[Cue], cards: Sequence[Cut], room: Path
) -> Path:  # fmt: skip
    names = {
        event.cut.clip: {
            "video": event.video,
            "audio": layout.clip_voice(event.cut.clip),
            "sfx": layout.clip_effect(event.cut.clip),
        }
        for event in listed.events
    }
    names |= {card.clip: {"video": layout.clip_video(card.clip)} for card in cards}
    told = assembly_manifest(
        listed.episode, play, cues, listed.delivery, names, layout.film(play.species), cards
    )
    path = room / "manifest.json"
    path.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _show_captions(take: Take) -> dict[str, Any]:
    slate = take.slate
    return {
        "captions": show.player(take, f"{slate['captions']} captions (SRT)"),
        "for the web": show.player(take, "WebVTT", "vtt"),
        "fastest (characters a second)": float(slate["fastest"]),
    }


@craft(group="edit", per="episode", kinds=("srt",), checks=(CAPTIONS_READABLE,), show=_show_captions)
def captions(place: Place, studio: Studio, *, brief: Takes, screenplay: Takes, narration: Takes,
             segment: Takes) -> Work:  # fmt: skip
    """What is said, as SRT and WebVTT, timed by the voice's own words: two lines at most, each there
    when it is spoken and long enough to be read."""
    asked = brief.of(place).read(Brief)
    written = screenplay.of(place)
    clips = tuple(written.slate["clips"])
    lines, segments = ([takes.at(place.episode, name) for name in clips] for takes in (narration, segment))

    def write(room: Path) -> Made:
        frames = [int(take.slate["frames"]) for take in segments]
        _, cuts = cards_and_clips(lay_programme(clips, frames, asked.finish, asked.delivery))
        made = caption_film(
            [_spoken(cut, line, take) for cut, line, take in zip(cuts, lines, segments, strict=True)]
        )
        files = {"main": room / "captions.srt", "vtt": room / "captions.vtt"}
        files["main"].write_text(srt(made), encoding="utf-8")
        files["vtt"].write_text(vtt(made), encoding="utf-8")
        files["data"] = room / "captions.json"
        files["data"].write_text(
            json.dumps([caption.model_dump(mode="json") for caption in made], ensure_ascii=False, indent=1)
            + "\n",
            encoding="utf-8",
        )
        return Made(
            files,
            {
                "captions": len(made),
                "fastest": round(max((caption.a_second for caption in made), default=0.0), 1),
                "complaints": complaints(made),
                "silent": [line.place.key for line in lines if not line.slate["words"]],
            },
        )

    return Work(
        order=_order(clips, asked),
        credit=CAPTIONER,
        make=write,
        inputs=(brief.of(place), written, *lines, *segments),
        # The words' times are on the slate, not in the sound: a narration's recipe stands for both.
        uses={f"words {take.place.key}": take.row.recipe for take in lines}
        | {f"sound {take.place.key}": take.version for take in lines}
        | {f"segment {take.place.key}": take.version for take in segments},
    )


def _spoken(cut: Cut, line: Take, segment: Take) -> SpokenLine:
    per_ms = SAMPLE_RATE_HZ / 1000
    return SpokenLine(
        words=line.slate["words"],
        voice_ms=(cut.start_sample + segment.slate["voice_in"]) / per_ms,
        cut_ms=(cut.start_sample + cut.samples) / per_ms,
    )
