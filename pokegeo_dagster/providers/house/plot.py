"""Plot: the five stories an animal could have, and the moments of the one that is told."""

from __future__ import annotations

import random
from dataclasses import dataclass

from pokegeo_dagster.film.digest import seed_for
from pokegeo_dagster.film.story.ecology import habitats_of, light_of, weathers_of
from pokegeo_dagster.film.story.pitches import Pitch
from pokegeo_dagster.film.story.rivalry import is_singular, relation_of, rival_of, size_ratio
from pokegeo_dagster.film.story.species import Species
from pokegeo_dagster.film.vocabulary import BEATS, Beat, Habitat, Light, Prop, Weather
from pokegeo_dagster.providers.house.prose import bank
from pokegeo_dagster.providers.house.prose.grammar import expand
from pokegeo_dagster.providers.house.prose.lexicon import Lexicon, lexicon_of

# How a day goes on while a story is told: opening, confrontation, closing.
ACTS: dict[Light, tuple[Light, Light, Light]] = {
    "dawn": ("dawn", "day", "golden"),
    "day": ("day", "golden", "dusk"),
    "golden": ("golden", "dusk", "night"),
    "dusk": ("dusk", "night", "dawn"),
    "night": ("night", "night", "dawn"),
    "overcast": ("overcast", "overcast", "golden"),
}
_STORMS: dict[Habitat, Weather] = {
    "desert": "dust", "mountain": "snow", "tundra": "snow", "volcano": "embers", "cave": "mist",
    "reef": "clear",
}  # fmt: skip
_TREASURES: dict[Habitat, Prop] = {"cave": "crystals", "mountain": "crystals", "volcano": "crystals"}
# The share of a film that each beat has, and the most clips its moments can fill: 24 in all.
_SHARES: dict[Beat, int] = {"hook": 2, "trigger": 3, "context": 4, "clash": 4, "twist": 3, "closing": 2}
_MOST: dict[Beat, int] = {"hook": 3, "trigger": 4, "context": 6, "clash": 5, "twist": 4, "closing": 2}
_SHORT: dict[int, tuple[Beat, ...]] = {
    1: ("hook",),
    2: ("hook", "closing"),
    3: ("hook", "clash", "closing"),
    4: ("hook", "trigger", "clash", "closing"),
    5: ("hook", "trigger", "clash", "twist", "closing"),
}
_CONTEXT_ORDER = ("size", "type", "prop", "ability", "body", "stat", "kin", "diet", "home")


@dataclass(frozen=True)
class Premise:
    """One story that could be told of a species, before it is worded."""

    story: str
    rival: Species
    habitat: Habitat
    light: Light
    weather: Weather
    score: float

    @property
    def weathers(self) -> tuple[Weather, Weather, Weather]:
        """The weather of the three acts."""
        if self.story == "storm":
            after: Weather = "clear" if self.habitat in ("cave", "reef", "volcano", "tundra") else "mist"
            return self.weather, _STORMS.get(self.habitat, "rain"), after
        return self.weather, self.weather, self.weather

    @property
    def treasure(self) -> Prop:
        """What is worth guarding in this place."""
        return _TREASURES.get(self.habitat, "eggs")


def premises_of(species: Species, seed: int) -> tuple[Premise, ...]:
    """The five stories that suit a species best under this seed, the best first."""
    found = [p for name in bank.STORIES if (p := _premise(species, name, seed)) is not None]
    found.sort(key=lambda p: (-p.score, p.story))
    return tuple(found[:5])


def _premise(species: Species, name: str, seed: int) -> Premise | None:
    homes = habitats_of(species)
    # Two stories in eight leave home for the second habitat, so that five pitches are five places to be.
    away = seed_for("away", species.slug, name, seed) % 4 == 0
    habitat = homes[-1 if len(homes) == 1 else 1] if away else homes[0]
    rival = _rival_for(species, name, seed, habitat)
    if rival is None:
        return None
    dice = random.Random(seed_for("premise", species.slug, name, seed))  # noqa: S311 - a story, not a secret
    light = "dusk" if name == "watch" else "overcast" if name == "storm" else light_of(species)
    if name in ("crossing", "young") and light in ("night", "dusk"):
        light = "dusk"
    weathers: list[Weather] = [
        w for w in weathers_of(habitat) if w != _STORMS.get(habitat, "rain") or name != "storm"
    ]
    weather: Weather = dice.choice(weathers) if weathers else "clear"
    return Premise(
        name, rival, habitat, light, weather, round(_fit(species, rival, name) + dice.uniform(0, 0.2), 2)
    )


def _rival_for(species: Species, name: str, seed: int, habitat: Habitat) -> Species | None:
    """A rival that the story needs: a hunter must be able to hunt, a neighbour to stand its ground."""
    for turn in range(16):
        rival = rival_of(species, seed_for(seed, name, turn), habitat)
        ratio = size_ratio(species, rival)
        if name == "hunted" and (
            ratio < 0.8 or relation_of(species, rival) == "prey" or is_singular(species)
        ):
            continue
        if name == "young" and (ratio < 1.0 or species.evolves_from or not species.evolves_to):
            continue
        if name in ("rival", "lean") and not 0.4 < ratio < 3.5:
            continue
        return rival
    return None if name in ("hunted", "young") else rival_of(species, seed_for(seed, name), habitat)


def _fit(species: Species, rival: Species, name: str) -> float:
    """How well a story suits an animal, 0.5–0.75: the seed decides among the good ones."""
    stats = species.stats
    fits = {
        "hunger": 0.62 + 0.06 * (stats.hp > 90),
        "rival": 0.60 + 0.08 * (0.6 < size_ratio(species, rival) < 1.7) + 0.04 * (stats.attack > 90),
        "storm": 0.62 + 0.04 * ("flying" in species.types or "electric" in species.types),
        "young": 0.68 if species.height_m < 0.7 else 0.55,
        "crossing": 0.60 + 0.05 * (stats.speed > 80) - 0.12 * (stats.speed < 30),
        "watch": 0.62
        + 0.06 * (stats.defence > 90)
        + 0.05 * ("ghost" in species.types or "dark" in species.types),
        "lean": 0.60 + 0.05 * (stats.hp > 90),
        "hunted": 0.62 + 0.08 * (relation_of(species, rival) == "predator") + 0.04 * (stats.speed > 90),
    }
    return fits[name]


def lexicon_for(species: Species, premise: Premise, seed: int) -> Lexicon:
    """The words of a premise."""
    return lexicon_of(
        species, premise.rival, premise.habitat, ACTS[premise.light], premise.weather, premise.treasure, seed
    )


def pitch_of(species: Species, premise: Premise, seed: int) -> Pitch:
    """A premise as it is offered."""
    key = seed_for("pitch", species.slug, premise.story, seed)
    dice = random.Random(key)  # noqa: S311
    words, story = lexicon_for(species, premise, key).words, bank.story(premise.story)
    return Pitch(
        title=expand(dice.choice(story.titles), words, dice),
        logline=expand(story.logline, words, dice),
        conflict=expand(story.conflict, words, dice),
        rival=premise.rival.slug,
        habitat=premise.habitat,
        light=premise.light,
        weather=premise.weather,
        score=premise.score,
        why=expand(story.why, words, dice) + ".",
    )


def beats_for(clips: int) -> dict[Beat, int]:
    """How many clips each beat has in a film of so many clips, 1 to 24."""
    if clips in _SHORT:
        return {beat: int(beat in _SHORT[clips]) for beat in BEATS}
    counts: dict[Beat, int] = dict.fromkeys(BEATS, 1)
    while sum(counts.values()) < clips:
        open_beats: list[Beat] = [b for b in BEATS if counts[b] < _MOST[b]]
        owed: Beat = min(open_beats, key=lambda b: ((counts[b] + 0.5) / _SHARES[b], BEATS.index(b)))
        counts[owed] += 1
    return counts


def moments_for(premise: Premise, clips: int, dice: random.Random) -> list[tuple[Beat, bank.Moment]]:
    """The moments of a film, in order, each with its beat."""
    counts = beats_for(clips)
    story = bank.story(premise.story)
    film: list[tuple[Beat, bank.Moment]] = []
    beat: Beat
    for beat in BEATS:
        chosen: list[bank.Moment]
        if beat == "hook":
            chosen = _first(bank.opening(), counts[beat])
        elif beat == "context":
            chosen = _context(premise, counts[beat], dice)
        else:
            chosen = _first(story.moments[beat], counts[beat])
        film.extend((beat, moment) for moment in chosen)
    return film


def _first(moments: tuple[bank.Moment, ...], count: int) -> list[bank.Moment]:
    """The most needed moments, in the order in which they happen."""
    kept = sorted(moments, key=lambda m: m.rank)[:count]
    return [m for m in moments if m in kept]


def _context(premise: Premise, count: int, dice: random.Random) -> list[bank.Moment]:
    groups = bank.facts()
    others = [g for g in _CONTEXT_ORDER if g not in ("size", "type", "prop")]
    dice.shuffle(others)
    wanted = ["size", "type", *others]
    if premise.story != "watch" and count >= 3:
        wanted.insert(2, "prop")
    chosen = set(wanted[:count])
    moments = []
    for group in _CONTEXT_ORDER:
        if group == "prop" and group in chosen:
            props: list[Prop] = bank.phrases("scenes")["props"][premise.habitat]
            moments.append(bank.prop_moment(dice.choice(props)))
        elif group in chosen:
            moments.append(groups[group])
    return moments
