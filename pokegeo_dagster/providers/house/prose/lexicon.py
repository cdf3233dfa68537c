"""The lexicon of one film: every slot's words and every tag, worked out from its animals and places."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from pokegeo_dagster.film.story.anatomy import Anatomy, anatomy_of
from pokegeo_dagster.film.story.ecology import diet_of, medium_of
from pokegeo_dagster.film.story.rivalry import is_singular, relation_of, size_ratio
from pokegeo_dagster.film.story.species import Species, species_book
from pokegeo_dagster.film.vocabulary import Habitat, Light, Prop, Weather
from pokegeo_dagster.providers.house.prose.bank import facts, phrases
from pokegeo_dagster.providers.house.prose.grammar import Words, possessive
from pokegeo_dagster.providers.house.prose.measures import (
    heft_of,
    kilograms,
    long_as,
    metres,
    weighs_like,
)


@dataclass(frozen=True)
class Lexicon:
    """What the grammar of one film draws on."""

    words: Words
    tags: frozenset[str]


def lexicon_of(
    species: Species,
    rival: Species | None,
    habitat: Habitat,
    lights: tuple[Light, Light, Light],
    weather: Weather,
    treasure: Prop,
    seed: int,
) -> Lexicon:
    """The words and tags of a film: who is in it, where, and under which three lights."""
    dice = random.Random(seed)  # noqa: S311 - a film is drawn from its seed, nothing is secret
    words: dict[str, Any] = dict(phrases("places")[habitat])
    colour = "grey" if species.colour == "gray" else species.colour
    like, heavy = long_as(species.height_m), weighs_like(species.weight_kg)
    words |= _hours(lights) | _weather(weather, habitat) | _body(species, "") | _diet(species)
    words |= _measures(species) | _kin(species, dice) | _treasure(treasure, is_singular(species))
    words |= {
        "hero": species.name,
        "hero_s": possessive(species.name),
        "colour": colour,
        "colour_reason": phrases("skies")["colours"].get(species.colour, ["it had been made for this place"]),
        "ability": species.abilities[0],
        "medium_word": "water" if habitat == "reef" else "air",
        "between": ["closer", "at our feet", "nearer by", "in front of it all"],
        "glimpse": [
            f"something {colour}, about the size of {like}",
            f"one {colour} shape, no larger than {like}",
            f"something {colour} that weighs no more than {heavy}",
            f"the one {colour} thing for miles, and as large as {like}",
        ],
        "large_word": ["large", "wide", "grand"],
        # Told in the pitch and again in the film, so it may not differ between the two.
        "days": ("three", "four", "five")[species.number % 3],
    }
    tags = _tags(species, habitat) | {habitat, lights[0], weather}
    if rival is not None:
        words |= _rival(rival)
        tags |= _rival_tags(species, rival)
    words |= _titles(words)
    words |= {f"{slot}_cap": value for slot, value in words.items()}  # the grammar sets the capital
    return Lexicon(words, frozenset(tags))


def _hours(lights: tuple[Light, Light, Light]) -> dict[str, Any]:
    first, later, last = (phrases("skies")["lights"][light] for light in lights)
    return {
        "hour_opens": first["opens"],
        "hour_later": later["opens"],
        "hour_last": last["opens"],
        "at_hour": first["at"],
        "at_later": later["at"],
        "first_word": first["word"],
        "last_word": last["word"],
        "hour_noun": last["noun"],
    }


def _weather(weather: Weather, habitat: Habitat) -> dict[str, Any]:
    skies = phrases("skies")
    row = skies["weathers"][weather]
    if habitat == "reef":
        row = skies["under_water"]
    elif habitat == "cave" and weather == "clear":
        row = skies["still_air"]
    turns, seasons = skies["turns"], skies["seasons"]
    return {
        "weather_opens": row["opens"],
        "weather_air": row["air"],
        "weather_turn": turns.get(habitat, turns["default"]),
        "season_word": seasons.get(habitat, seasons["default"]),
    }


def body_words(anatomy: Anatomy) -> dict[str, Any]:
    """How a body moves and what it moves: its plan's words, overruled by its form's."""
    bodies = phrases("bodies")
    # Aerodactyl is built like a raptor and has not one feather.
    form = "bat" if anatomy.body_plan == "bird" and anatomy.wings == "bat" else anatomy.form
    return bodies["plans"][anatomy.body_plan] | bodies["forms"].get(form, {})


def _body(species: Species, prefix: str) -> dict[str, Any]:
    anatomy = anatomy_of(species)
    words = body_words(anatomy) | {"coat": phrases("bodies")["skins"].get(anatomy.skin, ["coat"])}
    return {f"{prefix}{slot}": value for slot, value in words.items()}


def _rival(rival: Species) -> dict[str, Any]:
    return _body(rival, "r_") | {
        "rival": rival.name,
        "rival_s": possessive(rival.name),
        "a_rival": rival.name if is_singular(rival) else f"a {rival.name}",
        "r_size": metres(rival.height_m),
    }


def _diet(species: Species) -> dict[str, Any]:
    row = phrases("bodies")["diets"][diet_of(species)]
    return {**row, "food_any": row["food"]}


def _measures(species: Species) -> dict[str, Any]:
    plan = anatomy_of(species).body_plan
    lying = plan in ("serpent", "fish", "mollusc") or anatomy_of(species).form in ("larva", "centipede")
    like = long_as(species.height_m)
    return {
        "size": metres(species.height_m),
        "weight": kilograms(species.weight_kg),
        "dim": "long" if lying else "tall",
        "as_heavy": weighs_like(species.weight_kg),
        "as_long": like,
    }


def _kin(species: Species, dice: random.Random) -> dict[str, Any]:
    book = species_book()
    nexts = [book[s].name for s in species.evolves_to if s in book]
    prev = book[species.evolves_from].name if species.evolves_from in book else species.name
    return {"next": dice.choice(nexts) if nexts else species.name, "prev": prev}


def _treasure(prop: Prop, singular: bool) -> dict[str, Any]:
    things = {
        "eggs": "four pale eggs",
        "crystals": "seven clear crystals",
        "flowers": "five wild flowers",
        "mushrooms": "six pale mushrooms",
    }
    return {"treasure": things.get(prop, things["flowers" if singular else "eggs"])}


def _titles(words: dict[str, Any]) -> dict[str, Any]:
    """Slots of the film's title: the bare words, each with a capital."""
    titled = {}
    for slot in ("food", "ground", "place", "goal", "storm", "spring"):
        value = words[slot]
        phrase = value if isinstance(value, str) else value[0]
        bare = phrase.removeprefix("the ").removeprefix("a ")
        small = ("and", "of", "the", "a", "in", "or", "what")
        titled[f"{slot}_title"] = " ".join(w if w in small else w[:1].upper() + w[1:] for w in bare.split())
    titled["storm_title"] = f"the {titled['storm_title']}"
    titled["place_title"] = f"the {titled['place_title']}"
    far, ground = words["far"], words["ground"]
    return titled | {"far_bare": far, "ground_bare": ground}


def _tags(species: Species, habitat: Habitat) -> set[str]:
    anatomy, stats = anatomy_of(species), species.stats
    tags = {*species.types, anatomy.body_plan, anatomy.skin, medium_of(species, habitat), diet_of(species)}
    tags |= {heft_of(species.height_m, species.weight_kg), "plain_body", _stage(species)}
    if is_singular(species):
        tags |= {"unique"}
    tags |= _build_tags(anatomy) | _stat_tags(stats.model_dump())
    if species.height_m >= 3:
        tags.add("big")
    if species.height_m <= 0.35:
        tags.add("small")
    if not species.evolves_from and species.evolves_to and species.height_m < 1:
        tags.add("young")
    told = {need for line in facts()["ability"].lines for need in line.needs}
    gifts = {a.replace(" ", "_") for a in species.abilities} & told
    return tags | (gifts or {"other_ability"})


def _build_tags(anatomy: Anatomy) -> set[str]:
    tags = set()
    if anatomy.wings in ("bat", "feather", "insect", "butterfly"):
        tags.add("wings")
    if anatomy.horns in ("unicorn", "pair", "antlers", "nose", "ram", "fork", "blade"):
        tags.add("horned")
    if anatomy.tail > 1.15 and anatomy.body_plan in ("quadruped", "biped"):
        tags.add("longtail")
    if anatomy.back == "shell" or anatomy.skin == "shell":
        tags.add("shelled")
    if anatomy.ears in ("long", "bat", "fan"):
        tags.add("bigears")
    if anatomy.body_plan == "serpent" or anatomy.form in ("whale", "sludge"):
        tags.add("legless")
    return tags


def _stat_tags(stats: dict[str, int]) -> set[str]:
    values = list(stats.values())
    mean = sum(values) / 6
    checks = {
        "fast": stats["speed"] >= 95 or stats["speed"] > 1.5 * mean,
        "slow": stats["speed"] <= 40 or stats["speed"] < 0.55 * mean,
        "armoured": stats["defence"] >= 95 or stats["defence"] > 1.5 * mean,
        "frail": stats["hp"] + stats["defence"] + stats["special_defence"] < 150,
        "strong": stats["attack"] >= 105,
        "gifted": stats["special_attack"] >= 105,
        "hardy": stats["hp"] >= 95,
        "modest": sum(values) < 330,
        "balanced": max(values) < 1.3 * mean and min(values) > 0.7 * mean,
    }
    return {tag for tag, holds in checks.items() if holds} or {"balanced"}


def _stage(species: Species) -> str:
    book = species_book()
    before, after = species.evolves_from in book, any(s in book for s in species.evolves_to)
    if before and after:
        return "middle"
    return "first" if after else "last" if before else "single"


def _rival_tags(species: Species, rival: Species) -> set[str]:
    ratio = size_ratio(species, rival)
    size = "r_bigger" if ratio > 1.5 else "r_smaller" if ratio < 0.67 else "r_equal"
    return {size, relation_of(species, rival)}
