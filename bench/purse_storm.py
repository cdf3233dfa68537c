"""A storm of faults: every fifth answer of every vendor is wrong in one of the ways the emulators know."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import av
from PIL import Image

from bench.purse_studio import PaidStudio, Producers
from pokegeo_dagster.film import errors
from pokegeo_dagster_tests.emulators.vendors.scripted import storm

RATE = 0.2
ROUNDS = 8  # how often a person starts it again before giving up
UNFORESEEN = re.compile(r"Traceback|unforeseen|stopped unexpectedly")
TYPED = {name for name, kind in vars(errors).items() if isinstance(kind, type)} | {"NotReady", "Settled"}


@dataclass
class Weather:
    """How a studio came through a storm."""

    finished: bool = False
    rounds: int = 0
    faults: int = 0
    unknown: int = 0
    reasons: dict[str, int] = field(default_factory=dict)  # why pieces fell, over all rounds
    files: int = 0
    taken_usd: str = ""
    booked_usd: str = ""
    wrong: list[str] = field(default_factory=list)


def weathered(studio: PaidStudio, producers: Producers, seed: int, rounds: int = ROUNDS) -> Weather:
    """Produces in a storm until the film is there or a person would look into it, then checks the
    books, what was said, and every file in the store."""
    studio.city.play(*storm(RATE, seed, slow_s=0.05))
    weather = Weather()
    while not weather.finished and weather.rounds < rounds:
        weather.rounds += 1
        producers.start(studio)
        weather.finished = producers.ended() == 0 and studio.next_words == studio.produce
        for row in studio.rows("SELECT error_type FROM failures"):
            weather.reasons[row["error_type"]] = weather.reasons.get(row["error_type"], 0) + 1
        weather.wrong += studio.broken()
        studio.settle()
    weather.faults, weather.unknown = len(studio.city.played), studio.unknown
    weather.taken_usd, weather.booked_usd = str(studio.city.charges.usd()), str(studio.ledger_usd())
    weather.wrong += [f"untyped: {kind}" for kind in weather.reasons if kind not in TYPED]
    said = studio.log.read_text()
    weather.wrong += [f"said: {said[m.start() : m.start() + 300]!r}" for m in UNFORESEEN.finditer(said)][:3]
    weather.files, damaged = _looked_through(studio)
    weather.wrong += damaged
    return weather


def _looked_through(studio: PaidStudio) -> tuple[int, list[str]]:
    """How many files the store has, and which of them are not what they say they are."""
    wrong, store = [], studio.home / "media"
    stored = [path for path in (store / "episodes").rglob("*") if path.is_file()]
    for path in stored:
        if hashlib.sha256(path.read_bytes()).hexdigest() != path.name.split(".")[0]:
            wrong.append(f"{path.name} is not what was stored")
    for row in studio.rows("SELECT asset, key, files_json FROM takes"):
        for part, reference in json.loads(row["files_json"]).items():
            try:
                _open(store / reference["key"])
            except Exception as error:
                wrong.append(
                    f"{row['asset']} {row['key']} {part} does not open: {type(error).__name__} {error}"
                )
    return len(stored), wrong


def _open(path: Path) -> None:
    """Reads a file to its end. Raises whatever its format raises."""
    match path.suffix:
        case ".json":
            json.loads(path.read_text(encoding="utf-8"))
        case ".png" | ".jpg" | ".jpeg" | ".webp":
            with Image.open(path) as picture:
                picture.load()
        case ".mp3" | ".wav" | ".mp4" | ".m4a":
            with av.open(str(path)) as media:
                if not sum(1 for _ in media.decode(media.streams[0])):
                    raise ValueError("it is empty")
        case _:
            if not path.read_bytes():
                raise ValueError("it is empty")
