"""The paperwork of a cut: cue sheet, timed script, assembly manifest. Pure text and values."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from pokegeo_dagster.film.edit.delivery import SAMPLE_RATE_HZ, Delivery
from pokegeo_dagster.film.edit.timeline import Cut, timecode
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.story.screenplay import Screenplay, Shot


class Cue(Frozen):
    """One clip in the film: where it lies and what is said and heard over it."""

    cut: Cut
    shot: Shot
    voice_in: int  # samples from the segment's start
    voice_out: int

    def voice_s(self) -> tuple[float, float]:
        """When the voice begins and ends, in seconds from the start of the film."""
        start = self.cut.start_sample
        return (start + self.voice_in) / SAMPLE_RATE_HZ, (start + self.voice_out) / SAMPLE_RATE_HZ


def cue_sheet(cues: Sequence[Cue], delivery: Delivery, cards: Sequence[Cut] = ()) -> str:
    """A CSV with one row a clip: timecodes, frames, beat, framing, sound cue, narration. A card has a row
    of its own, in its place."""
    rate = delivery.rate_fps
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["clip", "in", "out", "frames", "voice in", "voice out", "beat", "framing",
                   "sound cue", "narration"])  # fmt: skip
    before, after = _about(cards, cues)
    rows.writerows(_card_row(card, rate) for card in before)
    for cue in cues:
        begin, end = (round(second * rate) for second in cue.voice_s())
        rows.writerow([
            cue.cut.clip,
            timecode(cue.cut.start_frame, rate),
            timecode(cue.cut.start_frame + cue.cut.frames, rate),
            cue.cut.frames,
            timecode(begin, rate),
            timecode(end, rate),
            cue.shot.beat,
            cue.shot.framing,
            cue.shot.sound_cue,
            cue.shot.narration,
        ])  # fmt: skip
    rows.writerows(_card_row(card, rate) for card in after)
    return out.getvalue()


def _about(cards: Sequence[Cut], cues: Sequence[Cue]) -> tuple[list[Cut], list[Cut]]:
    first = cues[0].cut.start_frame if cues else 0
    before = [card for card in cards if card.start_frame < first]
    return before, [card for card in cards if card not in before]


def _card_row(card: Cut, rate: int) -> list[str | int]:
    ends = timecode(card.start_frame + card.frames, rate)
    begins = timecode(card.start_frame, rate)
    return [card.clip, begins, ends, card.frames, "", "", f"{card.clip} card", "", "", ""]


def timed_script(screenplay: Screenplay, cues: Sequence[Cue]) -> str:
    """The spoken text with the seconds at which each line begins and ends: ready for captioning."""
    lines = [screenplay.title, screenplay.logline, ""]
    for number, cue in enumerate(cues, 1):
        begin, end = cue.voice_s()
        lines += [
            f"{number:02d}  {_clock(begin)} --> {_clock(end)}  [{cue.shot.beat}]",
            cue.shot.narration,
            "",
        ]
    return "\n".join(lines)


def assembly_manifest(
    episode: str,
    screenplay: Screenplay,
    cues: Sequence[Cue],
    delivery: Delivery,
    files: Mapping[str, Mapping[str, str]],
    film_file: str,
    cards: Sequence[Cut] = (),
) -> dict[str, Any]:
    """What the film was assembled from. `files` gives each clip's video, audio and sfx names, and the
    video of each card."""
    frames = sum(cue.cut.frames for cue in cues) + sum(card.frames for card in cards)
    told = [
        {
            "card": card.clip,
            "start_frame": card.start_frame,
            "frames": card.frames,
            "start_s": card.start_frame / delivery.rate_fps,
            "duration_s": card.frames / delivery.rate_fps,
            **files[card.clip],
        }
        for card in cards
    ]
    return {
        "episode": episode,
        "species": screenplay.species,
        "title": screenplay.title,
        "output": film_file,
        "width_px": delivery.width_px,
        "height_px": delivery.height_px,
        "rate_fps": delivery.rate_fps,
        "frames": frames,
        "duration_s": frames / delivery.rate_fps,
        "clips": [
            {
                "clip": cue.cut.clip,
                "start_frame": cue.cut.start_frame,
                "frames": cue.cut.frames,
                "start_s": cue.cut.start_frame / delivery.rate_fps,
                "duration_s": cue.cut.frames / delivery.rate_fps,
                "voice_start_s": cue.voice_s()[0],
                "narration": cue.shot.narration,
                "sound_cue": cue.shot.sound_cue,
                **files[cue.cut.clip],
            }
            for cue in cues
        ],
        **({"cards": told} if told else {}),
    }


def _clock(second: float) -> str:
    whole = round(second * 1000)
    return f"{whole // 3_600_000:02d}:{whole // 60_000 % 60:02d}:{whole // 1000 % 60:02d},{whole % 1000:03d}"
