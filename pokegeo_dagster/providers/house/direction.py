"""Direction: the one movement of a shot, its motion prompt, its camera and its sound."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from pokegeo_dagster.film.story.anatomy import Anatomy, anatomy_of
from pokegeo_dagster.film.story.ecology import Medium
from pokegeo_dagster.film.story.screenplay import Motion, Setting
from pokegeo_dagster.film.story.species import Species
from pokegeo_dagster.film.vocabulary import Framing, Pose, Prop
from pokegeo_dagster.providers.house.prose.bank import phrases
from pokegeo_dagster.providers.house.prose.grammar import expand, mend
from pokegeo_dagster.providers.house.prose.lexicon import Lexicon, body_words
from pokegeo_dagster.providers.house.prose.movements import breathes, gestures_of

_T = TypeVar("_T")

_CAMERAS: dict[Framing, tuple[str, ...]] = {
    "extreme_wide": (
        "Gentle pan left.", "Gentle pan right.", "Slow pull out.", "Slow push in.", "Locked-off camera.",
    ),
    "wide": (
        "Slow push in.", "Gentle tracking right.", "Gentle tracking left.", "Slow pull out.",
        "Gentle pan right.",
    ),
    "medium": (
        "Slow push in.", "Locked-off camera.", "Gentle tracking left.", "Slow pull out.", "Gentle pan left.",
    ),
    "close": ("Very slow push in.", "Slow tilt up.", "Locked-off camera.", "Gentle pan right."),
    "detail": ("Locked-off camera.", "Very slow push in.", "Slow tilt down.", "Slow tilt up."),
}  # fmt: skip
_STANCES: dict[Pose, str] = {
    "sheet": "{stands} still",
    "alert": "{stands} alert",
    "rest": "rests",
    "forage": "feeds with its head low",
    "threat": "{stands} its ground",
    "call": "calls",
    "travel": "{goes} slowly onward",
    "portrait": "looks into the distance",
}
_RESULTS: dict[Pose, tuple[str, ...]] = {
    "sheet": ("It stays as it is.",),
    "alert": (
        "The rest of it stays perfectly still.",
        "It holds the pose, listening.",
        "Nothing else about it stirs.",
    ),
    "rest": ("It settles and grows still.", "Its weight sinks a little deeper.", "The stillness returns."),
    "forage": ("It goes on without looking up.", "The meal continues, unhurried.", "A few crumbs fall."),
    "threat": ("Neither side gives way.", "The tension holds.", "The distance stays the same."),
    "call": ("The sound goes out over the place.", "An answer does not come.", "The air seems to wait."),
    "travel": (
        "Its pace does not change.",
        "The ground slips quietly behind it.",
        "It keeps its slow rhythm.",
    ),
    "portrait": ("Its expression does not change.", "It takes no notice of us.", "Light finds its eye."),
}
_STILL_PLANS = frozenset({"plant", "blob", "mollusc", "mineral", "floater", "arthropod"})


@dataclass
class Directed:
    """What a director adds to a framed shot."""

    still: str
    movement: str
    motion: Motion
    sound_cue: str


@dataclass
class Director:
    """Directs one film: keeps movements, cameras and sounds from repeating shot after shot."""

    species: Species
    rival: Species | None
    lexicon: Lexicon
    dice: random.Random
    _recent: dict[str, list[str]] = field(default_factory=dict)

    def with_animal(
        self, who: str, pose: Pose, framing: Framing, setting: Setting, medium: Medium
    ) -> Directed:
        """The direction of a shot with the animal, its rival, or both in it."""
        animal = self.rival if who == "rival" and self.rival is not None else self.species
        anatomy = anatomy_of(animal)
        movement, detail = self._pick(f"move {animal.slug}", gestures_of(animal, anatomy, medium))
        stance = self._stance(anatomy, pose, medium)
        action = f"{animal.name} {stance} {{in_place}}."
        if who == "both" and self.rival is not None:
            action = f"{animal.name} and {self.rival.name} face each other {{in_place}}."
            detail = f"{animal.name}: {detail[0].lower()}{detail[1:]}"
        sequence = self._pick(f"result {pose}", _RESULTS[pose])
        return self._finished(
            action, detail, sequence, movement, framing, setting, self._heard(who, pose, setting)
        )

    def with_prop(self, prop: Prop, framing: Framing, setting: Setting) -> Directed:
        """The direction of a shot in which a thing lies alone."""
        noun = phrases("objects")[prop]["noun"][0]
        movement, detail = self._land(setting)
        action = f"{noun[0].upper()}{noun[1:]} lies undisturbed {{in_place}}."
        return self._finished(
            action, detail, "The thing itself stays still.", movement, framing, setting, self._bed(setting)
        )

    def without_animal(self, framing: Framing, setting: Setting) -> Directed:
        """The direction of an empty place."""
        movement, detail = self._land(setting)
        action = _EMPTY.get(setting.vantage, "The ground lies empty {in_place}, with no animal in sight.")
        return self._finished(
            action, detail, "The place settles again.", movement, framing, setting, self._bed(setting)
        )

    def _finished(
        self,
        action: str,
        detail: str,
        sequence: str,
        movement: str,
        framing: Framing,
        setting: Setting,
        cue: str,
    ) -> Directed:
        skies = phrases("skies")
        light = skies["lights"][setting.light]["picture"]
        weather = skies["weathers"][setting.weather]["picture"]
        if setting.habitat == "reef":
            weather = skies["under_water"]["picture"]
        action = expand(action, self.lexicon.words, self.dice)
        environment = mend(f"{light}, {weather}, {_VANTAGES[setting.vantage]}.")
        still = mend(f"{framing.replace('_', ' ')} view: {action.rstrip('.')}, {light}, {weather}.")
        motion = Motion(
            action=action,
            details=mend(f"{detail}."),
            sequence=sequence,
            environment=environment,
            camera=self._pick("camera", _CAMERAS[framing]),
        )
        return Directed(still, movement, motion, cue)

    def _stance(self, anatomy: Anatomy, pose: Pose, medium: Medium) -> str:
        if pose == "forage" and anatomy.body_plan in _STILL_PLANS:
            return "feeds"
        words = body_words(anatomy)
        if medium == "water" and anatomy.body_plan not in ("mollusc", "arthropod", "plant", "mineral"):
            words = words | {"stands": ["hangs in the water"], "goes": ["swims"]}
        elif medium == "air":
            words = words | {"stands": ["hovers"], "goes": ["drifts"]}
        stance = _STANCES[pose]
        if pose == "threat":
            stance = "faces the intruder"
        if pose == "rest" and medium == "air":
            stance = "hovers close to the ground"
        said = expand(stance, words, self.dice)
        return said[:1].lower() + said[1:]

    def _land(self, setting: Setting) -> tuple[str, str]:
        rows: list[str] = phrases("scenes")["land"][setting.habitat]
        options = [(movement, detail) for movement, _, detail in (row.partition(" | ") for row in rows)]
        if setting.weather == "mist" and setting.habitat != "reef":
            options.append(("mist drifting", "Mist drifts across the ground"))
        if setting.weather == "snow":
            options.append(("snow drifting down", "Snow drifts down through still air"))
        if setting.weather == "rain" and setting.habitat not in ("reef", "cave"):
            options.append(("water rippling with rain", "Standing water ripples with rain"))
        return self._pick("land", options)

    def _heard(self, who: str, pose: Pose, setting: Setting) -> str:
        animal = self.rival if who == "rival" and self.rival is not None else self.species
        scenes, plan = phrases("scenes"), anatomy_of(animal).body_plan
        if pose in ("threat", "call"):
            own = scenes["voices"][plan]
        elif pose in ("travel", "forage"):
            own = scenes["steps"][plan]
        else:
            own = "slow breath" if breathes(animal, anatomy_of(animal)) else "low hum"
        for kind, sound in (
            ("electric", "faint electricity"),
            ("fire", "soft fire crackle"),
            ("ghost", "eerie hum"),
        ):
            if kind in animal.types and pose in ("threat", "portrait", "alert"):
                own = sound
        return f"{self._bed(setting)}, {own}"

    def _bed(self, setting: Setting) -> str:
        scenes = phrases("scenes")
        hour = "dark" if setting.light in ("dusk", "night") else "day"
        bed = self._pick("bed", scenes["sounds"][setting.habitat][hour])
        weather = scenes["weathers"][setting.weather] if setting.habitat not in ("reef", "cave") else ""
        return f"{bed}, {weather}" if weather and weather not in bed else bed

    def _pick(self, kind: str, options: Sequence[_T]) -> _T:
        """One of the options, but none of the last two of its kind while there are others."""
        recent = self._recent.setdefault(kind, [])
        fresh = [o for o in options if str(o) not in recent[-min(2, len(options) - 1) :]] or list(options)
        choice = self.dice.choice(fresh)
        recent.append(str(choice))
        return choice


_VANTAGES = {
    "vista": "the whole place open to the horizon",
    "clearing": "open ground with the place around it",
    "ground": "seen low, close to the ground",
    "thicket": "seen through soft foreground growth",
    "waterside": "at the edge of water",
    "shelter": "in a sheltered hollow",
}
_EMPTY = {
    "vista": "The land lies open {in_place}, with no animal in sight.",
    "waterside": "Water lies still {in_place}, with no animal in sight.",
}
