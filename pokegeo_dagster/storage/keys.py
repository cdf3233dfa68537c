"""Media keys: where a take's bytes live. One spelling, checked wherever a key enters.

A key is `episodes/<episode>/<asset>/<clip, reference or film>/<digest>[.<part>].<extension>`:
five plain segments, none of which can climb out of the store.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pokegeo_dagster.film.errors import OrderRefused
from pokegeo_dagster.film.ids import episode_id

FILM = "film"  # the key of whatever belongs to a whole episode
MAIN = "main"  # the part that is the thing itself

_ASSET = re.compile(r"[a-z][a-z0-9_]{0,62}")
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_PART = re.compile(r"[a-z][a-z0-9_]{0,62}")
_DIGEST = re.compile(r"[0-9a-f]{16,64}")
_EXTENSION = re.compile(r"[a-z0-9]{1,8}")
_PREFIX = re.compile(r"[a-z0-9_./-]*")


class MediaKeyInvalid(OrderRefused):
    """A text that cannot be a media key, so that nothing is read or written under it."""


@dataclass(frozen=True, slots=True)
class KeyParts:
    """What a media key says: `str()` of it is the key."""

    episode: str
    asset: str
    key: str
    digest: str
    part: str
    extension: str

    def __str__(self) -> str:
        part = "" if self.part == MAIN else f".{self.part}"
        return f"episodes/{self.episode}/{self.asset}/{self.key}/{self.digest}{part}.{self.extension}"


def media_key(
    episode: str, asset: str, key: str | None, digest: str, extension: str, part: str = MAIN
) -> str:
    """The key of one file of a take.

    `key` is a clip or reference id, or None for what belongs to the whole episode; `digest` is
    16–64 hex digits; `extension` may come with its dot and in capitals. Raises MediaKeyInvalid.
    """
    parts = KeyParts(episode, asset, key or FILM, digest, part, extension.removeprefix(".").lower())
    return str(parse_key(str(parts)))


def parse_key(text: str) -> KeyParts:
    """What `text` says, if it is a media key. Raises MediaKeyInvalid."""
    folders = text.split("/")
    name = folders[-1].split(".")
    if len(folders) != 5 or folders[0] != "episodes" or len(name) not in (2, 3):
        raise MediaKeyInvalid(
            f"{text!r} is no media key: write "
            "episodes/<episode>/<asset>/<clip or film>/<digest>[.<part>].<extension>."
        )
    part = name[1] if len(name) == 3 else MAIN
    parts = KeyParts(folders[1], folders[2], folders[3], name[0], part, name[-1])
    _check(text, parts)
    return parts


def is_key(text: str) -> bool:
    """Whether `text` is a media key."""
    try:
        parse_key(text)
    except MediaKeyInvalid:
        return False
    return True


def check_prefix(text: str) -> str:
    """`text` if it can begin a media key: plain characters and no way upwards. Raises MediaKeyInvalid."""
    if not _PREFIX.fullmatch(text) or ".." in text or text.startswith("/"):
        raise MediaKeyInvalid(f"{text!r} cannot begin a media key: try episodes/haunter/.")
    return text


def make_again(text: str) -> str:
    """What to do when the bytes of a key are lost: one sentence for the end of an error."""
    parts = parse_key(text)
    clip = "" if parts.key == FILM else f" {parts.key}"
    return f"Make it again with `pokegeo redo {parts.episode}{clip} --what {parts.asset}`."


def _check(text: str, parts: KeyParts) -> None:
    try:
        episode_id(parts.episode)
    except OrderRefused as problem:
        raise MediaKeyInvalid(f"{text!r} is no media key. {problem}") from None
    for what, value, shape in (
        ("an asset", parts.asset, _ASSET),
        ("a clip, a reference or «film»", parts.key, _KEY),
        ("a digest of 16–64 hex digits", parts.digest, _DIGEST),
        ("a part", parts.part, _PART),
        ("an extension", parts.extension, _EXTENSION),
    ):
        if not shape.fullmatch(value):
            raise MediaKeyInvalid(f"{text!r} is no media key: {value!r} is not {what}.")
    if str(parts) != text:  # ".main." is spelt without its part
        raise MediaKeyInvalid(f"{text!r} is no media key: write {parts}.")
