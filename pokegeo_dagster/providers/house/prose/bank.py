"""The bank: the house writer's phrase files, read once and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from pokegeo_dagster.film.vocabulary import BEATS, Beat, Pose, Vantage
from pokegeo_dagster.providers.house.prose.grammar import Line, read_line

STORIES = ("hunger", "rival", "storm", "young", "crossing", "watch", "lean", "hunted")


@dataclass(frozen=True)
class Moment:
    """One thing a film can show: who is in the picture, from how near, and what may be said.

    Of a beat's moments the lowest ranks are filmed first when there are fewer clips than moments.
    """

    name: str
    who: str  # hero, rival, both, place or prop
    framings: tuple[str, ...]
    pose: Pose
    vantage: Vantage
    rank: int
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Story:
    """One kind of story: its pitch in templates, its moments by beat in the order they happen."""

    id: str
    titles: tuple[str, ...]
    logline: str
    conflict: str
    why: str
    moments: Mapping[Beat, tuple[Moment, ...]]


@lru_cache(maxsize=32)
def phrases(name: str) -> Mapping[str, Any]:
    """One phrase file as plain data. It is shared: read it, never change it."""
    text = files(__name__.rpartition(".")[0]).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    # The C loader reads the banks eight times faster; the wheels carry it, some builds do not.
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


@lru_cache(maxsize=32)
def story(name: str) -> Story:
    """A kind of story by its name."""
    data = phrases(f"story_{name}")
    return Story(
        id=data["id"],
        titles=tuple(data["titles"]),
        logline=data["logline"],
        conflict=data["conflict"],
        why=data["why"],
        moments={
            beat: tuple(_moment(f"{name}_{beat}_{i}", row) for i, row in enumerate(data.get(beat, ()), 1))
            for beat in BEATS
        },
    )


@lru_cache(maxsize=1)
def opening() -> tuple[Moment, ...]:
    """The moments of the hook, in order: the place, the presence, the detail."""
    ranks = {"place": 2, "presence": 1, "detail": 3}
    return tuple(_moment(name, row | {"rank": ranks[name]}) for name, row in phrases("openings").items())


@lru_cache(maxsize=1)
def facts() -> Mapping[str, Moment]:
    """The moments of the context, by what they tell."""
    return {name: _moment(name, row) for name, row in phrases("facts").items()}


@lru_cache(maxsize=32)
def prop_moment(prop: str) -> Moment:
    """The moment in which a thing is seen alone."""
    lines = tuple(read_line(text) for text in phrases("objects")[prop]["lines"])
    return Moment(f"prop_{prop}", "prop", ("close", "medium"), "alert", "ground", 1, lines)


def _moment(name: str, row: Mapping[str, Any]) -> Moment:
    who, framings, *rest = row["shot"].split()
    pose, vantage = (rest[0] if len(rest) > 1 else "alert"), rest[-1]
    lines = tuple(read_line(text) for text in row["lines"].splitlines() if text.strip())
    return Moment(name, who, tuple(framings.split("/")), pose, vantage, int(row.get("rank", 1)), lines)
