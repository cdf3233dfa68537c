"""Where the files of a delivered episode lie, and what they are called. One spelling for the export, the
timeline and the manifest, so that every one of them finds the media beside it."""

from __future__ import annotations

MANIFEST = "assembly_manifest.json"
SCRIPT = "script.txt"
CUE_SHEET = "cue_sheet.csv"
POSTER = "poster.jpg"
ANIMATIC = "animatic.mp4"
STORYBOARD = "storyboard.jpg"
QUALITY_PAGE = "qc_report.html"
QUALITY_DATA = "qc_report.json"
EPISODE_PAGE = "episode_report.html"
COST_SHEET = "cost_sheet.csv"
WATERMARK = "watermark.png"
MUSIC_BED = "stems/music_bed.wav"  # before it is ducked; as long as the film
PROVENANCE = "provenance.csv"
REFERENCE_FOLDERS = {"character": "characters", "prop": "props", "environment": "environments"}


def reference(kind: str, name: str) -> str:
    """A seed image."""
    return f"assets/{REFERENCE_FOLDERS[kind]}/{name}.png"


def composite(clip: str) -> str:
    """A clip's opening frame."""
    return f"assets/composites/{clip}_composite.png"


def poster(clip: str | None = None) -> str:
    """A still of a clip, or of the film."""
    return f"posters/{clip or 'film'}.jpg"


def clip_video(clip: str) -> str:
    """A clip as the camera delivered it, with its handles."""
    return f"videos/{clip}.mp4"


def clip_voice(clip: str) -> str:
    """A clip's line as it was spoken."""
    return f"audio/{clip}.wav"


def clip_effect(clip: str) -> str:
    """A clip's atmosphere as it was performed."""
    return f"sfx/{clip}_sfx.wav"


FILM_STEMS = ("narration_stem", "effects_stem", "music_stem")  # of the whole film, where it has them


def clip_stem(clip: str, part: str) -> str:
    """One layer of a clip's sound («narration_stem», «effects_stem»): levelled, and exactly as long as
    its cut, so that stems on end are the film's."""
    return f"stems/clips/{clip}_{part.removesuffix('_stem')}.wav"


def film_stem(part: str) -> str:
    """One layer of the whole film's sound, before mastering."""
    return f"stems/{part.removesuffix('_stem')}.wav"


def film(species: str) -> str:
    """The master."""
    return f"{species}_final.mp4"


def beside_film(species: str, ending: str) -> str:
    """What belongs to the master and has its name: captions (a player finds them so), timelines."""
    return f"{species}_final.{ending}"


def captioned_film(species: str) -> str:
    """The master with its captions burnt in."""
    return f"{species}_captioned.mp4"


def version(species: str, codec: str, suffix: str) -> str:
    """The master in another codec."""
    return f"{species}_final_{codec}{suffix}"


def vertical_film(species: str) -> str:
    """The vertical master."""
    return f"{species}_vertical.mp4"
