"""Interchange: the cut as other programs read it (OTIO, CMX 3600, FCPXML), and the way back.

The OTIO file is the whole cut: rendered again from it and the media beside it, it gives the film, to
the byte. EDL and FCPXML are made from it by OpenTimelineIO's own adapters.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from pydantic import ValidationError

from pokegeo_dagster.film.edit.cut_list import TRACKS, CutList, Event
from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.edit.fades import Fade
from pokegeo_dagster.film.edit.finish import Mark, is_card
from pokegeo_dagster.film.edit.timeline import lay_cuts
from pokegeo_dagster.film.errors import MediaMissing, OrderRefused
from pokegeo_dagster.providers.bench.conformer import conform, conform_tail, made_alike
from pokegeo_dagster.providers.bench.fading import Joint, faded, make_joint
from pokegeo_dagster.providers.bench.marking import Stamp
from pokegeo_dagster.providers.bench.mixer import master
from pokegeo_dagster.providers.bench.splice import join_parts

_OURS = "pokegeo"  # our room in the metadata of a timeline
_TRACK_NAMES = {"narration_stem": "Narration", "effects_stem": "Effects"}
_MUSIC = "Music"  # one clip, as long as the film
# Apple's name of a format is what Final Cut looks for; any other size is told by width and height.
_APPLE_NAMES = {(1920, 1080): "1080", (1280, 720): "720", (1080, 1920): "1080x1920"}


class TimelineUnreadable(OrderRefused):
    """A timeline file that is not a cut this studio can render: what is wrong with it, and where."""


def write_interchange(cuts: CutList, room: Path) -> dict[str, Path]:
    """The cut in `room`: `main` (OTIO), `edl` (the picture, CMX 3600) and `fcpxml`."""
    files = {"main": room / "timeline.otio", "edl": room / "timeline.edl", "fcpxml": room / "timeline.fcpxml"}
    texts = {"main": otio_text(cuts), "edl": edl_text(cuts), "fcpxml": fcpxml_text(cuts)}
    for part, text in texts.items():
        files[part].write_text(text, encoding="utf-8")
    return files


def otio_text(cuts: CutList) -> str:
    """The cut as OpenTimelineIO: a picture track, and a track for every stem."""
    import opentimelineio as otio

    return otio.adapters.write_to_string(_timeline(cuts), "otio_json") + "\n"


def edl_text(cuts: CutList) -> str:
    """The picture as a CMX 3600 edit decision list, non-drop, from 00:00:00:00."""
    import opentimelineio as otio

    # The adapter takes two sound tracks at most, and the list is of the picture.
    timeline = _timeline(cuts.model_copy(update={"music": None}))
    # The title line ends the header in every reader; the rate's kind is told right below it.
    text = otio.adapters.write_to_string(timeline, "cmx_3600", rate=cuts.delivery.rate_fps)
    title, _, events = text.partition("\n\n")
    return f"{title}\nFCM: NON-DROP FRAME\n\n{events}"


def fcpxml_text(cuts: CutList) -> str:
    """The cut as Final Cut Pro XML, with the picture's size, which the adapter would ask ffprobe for."""
    import opentimelineio as otio

    root = ElementTree.fromstring(  # noqa: S314 - written by the adapter a moment ago
        otio.adapters.write_to_string(_timeline(cuts), "fcpx_xml").encode()
    )
    width, height, rate = cuts.delivery.width_px, cuts.delivery.height_px, cuts.delivery.rate_fps
    for form in root.iter("format"):
        lines = _APPLE_NAMES.get((width, height))
        form.set("name", f"FFVideoFormat{lines}p{rate}" if lines else "FFVideoFormatRateUndefined")
        form.set("width", str(width))
        form.set("height", str(height))
    for asset in root.iter("asset"):
        if asset.get("hasAudio") == "1":
            asset.attrib.update({"audioSources": "1", "audioChannels": "2", "audioRate": "48000"})
    for project in root.iter("project"):
        project.attrib.pop("uid", None)
    ElementTree.indent(root, "  ")
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n{body}\n'


def lengths(files: Mapping[str, Path], rate_fps: int) -> dict[str, dict[str, int]]:
    """What each of the files of `write_interchange` holds when it is read again: frames and cuts of its
    picture. Raises TimelineUnreadable."""
    import opentimelineio as otio

    adapters = {"main": "otio_json", "edl": "cmx_3600", "fcpxml": "fcpx_xml"}
    found: dict[str, dict[str, int]] = {}
    for part, path in files.items():
        options: dict[str, Any] = {"rate": rate_fps} if part == "edl" else {}
        try:
            read = otio.adapters.read_from_string(path.read_text(encoding="utf-8"), adapters[part], **options)
            picture = read.video_tracks()[0]
            cuts = list(picture.find_clips())
            frames = round(picture.duration().rescaled_to(rate_fps).value)
        except (otio.exceptions.OTIOError, ValueError, IndexError, AttributeError) as bad:
            raise TimelineUnreadable(f"{path.name} cannot be read again: {bad}") from bad
        found[part] = {"frames": frames, "cuts": len(cuts)}
    return found


def _timeline(cuts: CutList) -> Any:
    import opentimelineio as otio

    timeline = otio.schema.Timeline(name=cuts.title)
    timeline.global_start_time = otio.opentime.RationalTime(0, cuts.delivery.rate_fps)
    timeline.metadata[_OURS] = {
        "episode": cuts.episode,
        "delivery": cuts.delivery.model_dump(mode="json"),
    }
    if cuts.watermark and cuts.mark:
        timeline.metadata[_OURS]["watermark"] = cuts.watermark
        timeline.metadata[_OURS]["mark"] = cuts.mark.model_dump(mode="json")
    if cuts.fade:
        timeline.metadata[_OURS]["fade"] = cuts.fade
    picture = otio.schema.Track(name="Picture", kind=otio.schema.TrackKind.Video)
    for number, event in enumerate(cuts.events, 1):
        clip = _clip(event.cut.clip, event.video, event.held_frames, event.cut.frames, cuts.delivery)
        clip.metadata[_OURS] = {"line": event.line, "cue": event.cue}
        if event.fade:
            picture.append(_dissolve(event.fade, cuts.delivery))
        clip.metadata["cmx_3600"] = {"reel": f"CLIP{number:03d}"}  # no reel has more than eight letters
        picture.append(clip)
    timeline.tracks.append(picture)
    for part in TRACKS:
        track = otio.schema.Track(name=_TRACK_NAMES[part], kind=otio.schema.TrackKind.Audio)
        for event in cuts.events:
            name = f"{event.cut.clip} {_TRACK_NAMES[part].lower()}"
            frames = event.cut.frames
            track.append(_clip(name, event.stems[part], frames, frames, cuts.delivery))
        timeline.tracks.append(track)
    if cuts.music:
        track = otio.schema.Track(name=_MUSIC, kind=otio.schema.TrackKind.Audio)
        track.append(_clip("music", cuts.music, cuts.frames, cuts.frames, cuts.delivery))
        timeline.tracks.append(track)
    return timeline


def _dissolve(fade: Fade, delivery: Delivery) -> Any:
    """A fade that begins at the cut: the clip before it is seen on, out of its handle."""
    from opentimelineio import opentime, schema

    return schema.Transition(
        transition_type=schema.TransitionTypes.SMPTE_Dissolve,
        in_offset=opentime.RationalTime(0, delivery.rate_fps),
        out_offset=opentime.RationalTime(fade.frames, delivery.rate_fps),
        metadata={_OURS: {"held": fade.held}},
    )


def _clip(name: str, url: str, held: int, used: int, delivery: Delivery) -> Any:
    """A clip that uses the first `used` frames of a file that holds `held`. A file that is shorter than
    its cut is said to hold the cut: its last frame stands."""
    from opentimelineio import opentime, schema

    def frames(count: int) -> Any:
        zero = opentime.RationalTime(0, delivery.rate_fps)
        return opentime.TimeRange(zero, opentime.RationalTime(count, delivery.rate_fps))

    media = schema.ExternalReference(target_url=url, available_range=frames(max(held, used)))
    return schema.Clip(name=name, media_reference=media, source_range=frames(used))


# --- the way back ------------------------------------------------------------------------------


def read_cut_list(path: Path) -> CutList:
    """The cut that an OTIO file of ours tells. Raises TimelineUnreadable."""
    import opentimelineio as otio

    try:
        timeline = otio.adapters.read_from_file(str(path), "otio_json")
        ours = timeline.metadata[_OURS]
        delivery = Delivery.model_validate_json(_json(ours["delivery"]))
        picture, *sound = timeline.tracks
        music = sound.pop() if sound and sound[-1].name == _MUSIC else None
        clips = list(picture.find_clips())
        fades = _fades(picture, path)
        frames = [_used(clip, path) for clip in clips]
        stems = {part: _urls(track, frames, path) for part, track in zip(TRACKS, sound, strict=True)}
        events = tuple(
            Event(
                cut=cut,
                video=clip.media_reference.target_url,
                held_frames=int(clip.available_range().duration.value),
                stems={part: urls[number] for part, urls in stems.items()},
                line=clip.metadata[_OURS]["line"],
                cue=clip.metadata[_OURS]["cue"],
                fade=fades.get(clip.name),
            )
            for number, (cut, clip) in enumerate(
                zip(lay_cuts([c.name for c in clips], frames, delivery), clips, strict=True)
            )
        )
        return CutList(
            episode=ours["episode"], title=timeline.name, delivery=delivery, events=events,
            watermark=ours.get("watermark"), fade=int(ours.get("fade", 0)),
            mark=Mark.model_validate_json(_json(ours["mark"])) if "mark" in ours else None,
            music=_urls(music, [sum(frames)], path)[0] if music is not None else None,
        )  # fmt: skip
    except (otio.exceptions.OTIOError, OSError, ValueError, KeyError, AttributeError, ValidationError) as bad:
        if isinstance(bad, OrderRefused):
            raise
        raise TimelineUnreadable(
            f"{path.name} is no timeline of this studio ({type(bad).__name__}: {bad}). "
            "Export the episode again, and render that one."
        ) from bad


def recut(path: Path, out: Path) -> Path:
    """The film of an OTIO file and the media beside it, as `out`: conformed, mixed, mastered and joined
    as the studio does, so that an unchanged timeline gives the film it was exported with.

    Raises TimelineUnreadable, MediaMissing, MediaDamaged, SegmentsDiffer.
    """
    cuts = read_cut_list(path)
    media = _found(cuts, path.resolve().parent)
    with tempfile.TemporaryDirectory(prefix=".recut-", dir=out.resolve().parent) as folder:
        room = Path(folder)
        segments: list[Path] = []
        stamp = Stamp(media[cuts.watermark], cuts.mark) if cuts.watermark and cuts.mark else None
        for number, event in enumerate(cuts.events):
            place = room / f"{number:03d}"
            place.mkdir()
            name, source = event.cut.clip, media[event.video]
            own = None if is_card(name) else stamp
            segments.append(conform(source, event.cut.frames, cuts.delivery, place, name, own, cuts.fade))
        stems = [{part: media[event.stems[part]] for part in TRACKS} for event in cuts.events]
        sound = master(stems, cuts.delivery, room, media[cuts.music] if cuts.music else None)
        frames = [event.cut.frames for event in cuts.events]
        pictures = made_alike(segments, frames, cuts.delivery, room, cuts.fade)
        joints = _joints(cuts, media, pictures, stamp, room)
        return join_parts(faded(pictures, frames, joints), sound.files["main"], cuts.delivery, out)


def _joints(
    cuts: CutList, media: Mapping[str, Path], pictures: Sequence[Path], stamp: Stamp | None, room: Path
) -> dict[int, Joint]:
    made = {}
    for number, (goes, comes) in enumerate(pairwise(cuts.events), 1):
        if comes.fade is None:
            continue
        place, name, delivery = room / f"{number - 1:03d}", goes.cut.clip, cuts.delivery
        source, frames = media[goes.video], goes.cut.frames
        beyond, tail = conform_tail(source, frames, cuts.fade, delivery, place, name, stamp)
        if beyond is None or tail.frames < comes.fade.frames:
            raise TimelineUnreadable(
                f"{comes.cut.clip} fades in over {comes.fade.frames} frames of {name}, of which "
                f"{tail.frames} are left beyond its cut. Render this cut in your editor."
            )
        out = room / f"fade_{number:03d}.mp4"
        made[number] = make_joint(beyond, pictures[number], comes.fade, delivery, out)
    return made


def recut_to(path: Path, out: Path) -> None:
    """`recut`, for a person: a film that is there already is never replaced. Raises OrderRefused too."""
    if not path.is_file():
        raise TimelineUnreadable(f"There is no timeline {path}: `pokegeo export EPISODE DIR` writes one.")
    if out.exists() or not out.resolve().parent.is_dir():
        what = "is there already" if out.exists() else "is in a folder that is not there"
        raise OrderRefused(f"{out} {what}: name another file. Nothing was written.")
    recut(path, out)


def _found(cuts: CutList, folder: Path) -> dict[str, Path]:
    """Every media file of the cut. Names that lead out of the folder are refused."""
    names = [name for event in cuts.events for name in (event.video, *event.stems.values())]
    names += [name for name in (cuts.music, cuts.watermark) if name]
    found = {name: (folder / name).resolve() for name in names}
    strange = [name for name, file in found.items() if not file.is_relative_to(folder)]
    if strange:
        raise TimelineUnreadable(
            f"{strange[0]} is not in the folder of its timeline: put the media beside it."
        )
    missing = [name for name, file in found.items() if not file.is_file()]
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise MediaMissing(
            f"{missing[0]}{more} is not beside the timeline in {folder}: export the episode again."
        )
    return found


def _fades(picture: Any, path: Path) -> dict[str, Fade]:
    """How each clip comes that comes with a fade, by its name."""
    from opentimelineio import schema

    fades: dict[str, Fade] = {}
    for before, after in pairwise(picture):
        if isinstance(before, schema.Transition):
            if before.in_offset.value or before.transition_type != schema.TransitionTypes.SMPTE_Dissolve:
                raise TimelineUnreadable(
                    f"{path.name}: the transition into {after.name} is no cross-fade that begins at the cut. "
                    "Render this cut in your editor."
                )
            held = int(before.metadata[_OURS]["held"])
            fades[after.name] = Fade(frames=int(before.out_offset.value), held=held)
    return fades


def _used(clip: Any, path: Path) -> int:
    start, duration = clip.source_range.start_time, clip.source_range.duration
    if start.value:
        raise TimelineUnreadable(
            f"{path.name} begins {clip.name} at its frame {start.value:.0f}; the studio cuts every "
            "clip at its head. Render this cut in your editor."
        )
    return int(duration.value)


def _urls(track: Any, frames: Sequence[int], path: Path) -> list[str]:
    clips = list(track)
    if [_used(clip, path) for clip in clips] != list(frames):
        raise TimelineUnreadable(
            f"{path.name}: the clips of «{track.name}» are not as long as those of the picture. "
            "Render this cut in your editor."
        )
    return [clip.media_reference.target_url for clip in clips]


def _json(value: Any) -> str:
    import json

    return json.dumps(dict(value))
