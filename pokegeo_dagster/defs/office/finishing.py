"""What a film is asked to be finished with (at the terminal, in a file), put on its brief."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.film.edit.finish import (
    LONGEST_FADE_S,
    SHORTEST_FADE_S,
    AskedFinish,
    AskedMark,
    Finish,
    Kept,
    Mark,
    Watermark,
)
from pokegeo_dagster.film.errors import BriefRefused, MediaDamaged
from pokegeo_dagster.film.release.channel import mistakes
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.storage.keys import media_key
from pokegeo_dagster.storage.media_store import sha256_of

SOUNDS = ("wav", "mp3", "m4a", "aac", "flac", "ogg", "opus")
LEAST_MARK_PX, MOST_MARK_PX = 16, 4096
SHORTEST_MUSIC_S = 8.0  # less than this, begun again and again, is a jingle


@dataclass(frozen=True)
class Finishing:
    """What was said. None: nothing was said, and the brief keeps what it has."""

    plain: bool = False
    title_card: bool | None = None
    end_card: bool | None = None
    music: bool | None = None
    music_file: Path | None = None
    watermark: str | None = None
    lies: Mapping[str, str | float | None] = field(default_factory=dict)  # how the watermark lies
    cross_fade_s: float | None = None  # 0: hard cuts again

    @staticmethod
    def of(asked: AskedFinish | None) -> Finishing:
        """What an order in a file asks for. Raises BriefRefused for a file whose place is not known."""
        if asked is None:
            return AS_FILED
        mark = asked.watermark
        lies = mark.model_dump(exclude={"file"}, exclude_unset=True) if isinstance(mark, AskedMark) else {}
        picture = mark.file if isinstance(mark, AskedMark) else mark
        for name in (asked.music, picture):
            if isinstance(name, str) and not Path(name).is_absolute():
                raise BriefRefused(f"Nobody knows where {name} lies: give it with its whole path.")
        own = isinstance(asked.music, str)
        return Finishing(
            title_card=asked.title_card,
            end_card=asked.end_card,
            music=None if own else asked.music is True,
            music_file=Path(asked.music) if isinstance(asked.music, str) else None,
            watermark=picture,
            lies=lies,
            cross_fade_s=asked.cross_fade,
        )

    def check(self) -> None:
        """Nothing, where its files will do. Raises BriefRefused."""
        if self.music_file is not None:
            _checked_music(self.music_file)
        if self.watermark not in (None, "none"):
            _checked_mark(Path(self.watermark))

    def put_on(self, studio: Studio, brief: Brief) -> Brief:
        """The brief with this finish; files are put into the store. Raises BriefRefused, with nothing
        stored, when one of them will not do."""
        kept = Finish() if self.plain or brief.finish is None else brief.finish
        if self.music_file is not None and self.music is False:
            raise BriefRefused("--music-file and --no-music cannot both be: leave one of them out.")
        asked: dict[str, Any] = {"title_card": self.title_card, "end_card": self.end_card}
        changes = {name: value for name, value in asked.items() if value is not None}
        if self.music_file is not None:
            changes["music"] = _kept(studio, brief.episode, "music", _checked_music(self.music_file))
        elif self.music is not None:
            changes["music"] = "house" if self.music else None
        if self.cross_fade_s is not None:
            changes["cross_fade_s"] = _checked_fade(self.cross_fade_s)
        marked = self._mark(studio, brief.episode, kept.watermark)
        finish = kept.model_copy(update={**changes, "watermark": marked})
        return brief.model_copy(update={"finish": None if finish.is_plain else finish})

    def _mark(self, studio: Studio, episode: str, before: Watermark | None) -> Watermark | None:
        said = {name: value for name, value in self.lies.items() if value is not None}
        if isinstance(corner := said.get("corner"), str):
            said["corner"] = corner.replace("-", "_")
        if self.watermark == "none" or (self.watermark is None and before is None):
            if said:
                raise BriefRefused("There is no watermark to place: name its file, --watermark FILE.png.")
            return None
        lies: dict[str, Any] = {**(before.mark.model_dump() if before else {}), **said}
        try:
            Mark.model_validate(lies)
        except ValidationError as wrong:
            raise BriefRefused(f"A watermark cannot lie like that: {mistakes(wrong)}.") from None
        if self.watermark is not None:
            picture = _checked_mark(Path(self.watermark))
            return Watermark(file=_kept(studio, episode, "watermark", picture), **lies)
        return Watermark(file=before.file, **lies) if before else None


AS_FILED = Finishing()


def _checked_fade(seconds: float) -> float | None:
    if seconds and not SHORTEST_FADE_S <= seconds <= LONGEST_FADE_S:
        raise BriefRefused(
            f"A cross-fade of {seconds:g} s cannot be: ask for {SHORTEST_FADE_S:g} to {LONGEST_FADE_S:g} s, "
            "or 0 for hard cuts."
        )
    return seconds or None


def _checked_music(file: Path) -> Path:
    from pokegeo_dagster.providers.bench.sound_file import blocks

    if file.suffix.lower().removeprefix(".") not in SOUNDS:
        raise BriefRefused(f"{file} is no sound file: use one of {', '.join(SOUNDS)}.")
    if not file.is_file():
        raise BriefRefused(f"{file} is not there. Name a sound file for --music-file.")
    samples = 0
    try:
        for block in blocks(file):
            samples += len(block)
            if samples >= SHORTEST_MUSIC_S * 48_000:
                return file
    except MediaDamaged as damage:
        raise BriefRefused(f"{damage} Name another file for --music-file.") from damage
    raise BriefRefused(
        f"{file} is {samples / 48_000:.1f} s long, and music under a film is at least {SHORTEST_MUSIC_S:g} s."
    )


def _checked_mark(file: Path) -> Path:
    from PIL import Image

    if not file.is_file():
        raise BriefRefused(f"{file} is not there. Name a PNG for --watermark.")
    try:
        with Image.open(file) as picture:
            kind, (wide, high) = picture.format, picture.size
            if kind != "PNG" or max(wide, high) > MOST_MARK_PX or min(wide, high) < LEAST_MARK_PX:
                raise BriefRefused(
                    f"{file} is {kind}, {wide}×{high}: a watermark is a PNG of {LEAST_MARK_PX} to "
                    f"{MOST_MARK_PX} pixels a side."
                )
            clear, solid = picture.convert("RGBA").getchannel("A").getextrema()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as damage:
        raise BriefRefused(f"{file} cannot be read as a picture: {damage}.") from damage
    if clear == 255 or solid == 0:
        what = "nothing of it is transparent" if clear == 255 else "all of it is transparent"
        raise BriefRefused(f"{file} will not do as a watermark: {what}. Save it with an alpha channel.")
    return file


def _kept(studio: Studio, episode: str, what: str, file: Path) -> Kept:
    digest, ending = sha256_of(file), file.suffix.lower().removeprefix(".")
    key = media_key(episode, what, None, digest, ending)
    studio.store.put(key, file, mimetypes.guess_type(file.name)[0] or "application/octet-stream")
    return Kept(name=file.name, key=key, sha256=digest)
