"""The house researcher: a dossier from the species' own record, every fact with where it comes from."""

from __future__ import annotations

from pokegeo_dagster.film.crew import Credit
from pokegeo_dagster.film.story.anatomy import anatomy_of
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.dossier import Confidence, Dossier, Fact
from pokegeo_dagster.film.story.ecology import diet_of, habitats_of, light_of, weathers_of
from pokegeo_dagster.film.story.rivalry import relation_of, rival_of
from pokegeo_dagster.film.story.species import Species, species_book
from pokegeo_dagster.providers.house.casting import body_in_words
from pokegeo_dagster.providers.house.prose.measures import kilograms, long_as, metres, weighs_like

_STRENGTHS = {
    "hp": "endurance: it outlasts more than it outruns",
    "attack": "bodily force, used rarely and at close quarters",
    "defence": "armour: little that bites it tries again",
    "special_attack": "what it can do without touching anything",
    "special_defence": "composure: it shrugs off what unsettles others",
    "speed": "speed: it is usually gone before it is seen",
}


class HouseResearcher:
    """Works from the species record and from what can be inferred of it; invents no field notes."""

    credit = Credit(member="house", model="field-notes")

    def research(self, brief: Brief, species: Species) -> Dossier:
        """The dossier of a species. The same species and seed give the same dossier."""
        return Dossier(
            species=species.slug,
            name=species.name,
            body_plan=anatomy_of(species).body_plan,
            habitats=habitats_of(species),
            physiology=_physiology(species),
            niche=_niche(species, brief.seed),
            story_hooks=_hooks(species, brief.seed),
        )


def _fact(text: str, source: str, confidence: Confidence = "recorded") -> Fact:
    return Fact(text=text, source=source, confidence=confidence)


def _physiology(species: Species) -> tuple[Fact, ...]:
    return (
        _fact(
            f"{species.name} measures {metres(species.height_m)}, about the length of "
            f"{long_as(species.height_m)}.",
            "species record: height",
        ),
        _fact(
            f"It weighs {kilograms(species.weight_kg)}, about as much as {weighs_like(species.weight_kg)}.",
            "species record: weight",
        ),
        _fact(
            f"Seen closely: {body_in_words(species)}.", "inferred from types, colour and build", "inferred"
        ),
        _fact(f"Its type is {' and '.join(species.types)}.", "species record: types"),
    )


def _niche(species: Species, seed: int) -> tuple[Fact, ...]:
    home, *others = habitats_of(species)
    elsewhere = f"; it is also met in {' and '.join(others)} country" if others else ""
    rival = rival_of(species, seed)
    return (
        _fact(f"Its home is {home} country{elsewhere}.", "inferred from types and egg groups", "inferred"),
        _fact(f"What sustains it: {diet_of(species)}.", "inferred from types and build", "inferred"),
        _fact(f"It is most active at {light_of(species)}.", "inferred from types", "inferred"),
        _fact(
            f"The animal it has most to do with is {rival.name}: its {relation_of(species, rival)}.",
            "inferred from habitat and size",
            "inferred",
        ),
    )


def _hooks(species: Species, seed: int) -> tuple[Fact, ...]:
    book, stats = species_book(), species.stats.model_dump()
    strength = max(stats, key=lambda name: stats[name])
    weakness = min(stats, key=lambda name: stats[name])
    weather = weathers_of(habitats_of(species)[0])[0]
    ability, *others = species.abilities
    return (
        _fact(f"Its gift is {_STRENGTHS[strength]}.", f"species record: {strength} {stats[strength]}"),
        _fact(
            f"What it lacks is {weakness.replace('_', ' ')}, and a story can turn on that.",
            f"species record: {weakness} {stats[weakness]}",
        ),
        _fact(
            f"Individuals are known to differ: some show {' and some '.join(species.abilities)}."
            if others
            else f"Every one of them shows {ability}.",
            "species record: abilities",
        ),
        _fact(_life(species, book), "species record: evolution"),
        _fact(f"In its country the air is often {weather}.", "inferred from habitat", "imagined"),
    )


def _life(species: Species, book: dict[str, Species]) -> str:
    before = book[species.evolves_from].name if species.evolves_from else None
    after = [book[slug].name for slug in species.evolves_to]
    if before and after:
        return f"It has been a {before} and may yet become {' or '.join(after)}: a life caught in the middle."
    if before:
        return f"It began life as a {before}; it will not change again."
    if after:
        return f"It is the first form of a longer life: in time, {' or '.join(after)}."
    return "It is born as it will die: there is no other form of it."
