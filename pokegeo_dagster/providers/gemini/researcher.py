"""The Gemini researcher: a dossier from the species' record and what a field biologist would add."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import ValidationError

from pokegeo_dagster.film.story.anatomy import anatomy_of
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.dossier import Dossier
from pokegeo_dagster.film.story.ecology import diet_of, habitats_of
from pokegeo_dagster.film.story.rivalry import rival_of
from pokegeo_dagster.film.story.species import Species, species_book
from pokegeo_dagster.film.vendors import Job
from pokegeo_dagster.film.vocabulary import BodyPlan, Habitat
from pokegeo_dagster.providers.gemini.client import GeminiClient
from pokegeo_dagster.providers.gemini.mending import mended_dossier
from pokegeo_dagster.providers.gemini.prompts import prompt
from pokegeo_dagster.providers.gemini.schema import answer_schema
from pokegeo_dagster.providers.gemini.text_job import Reading, Task, TextJob, findings, text_credit

# The house's dossiers have 1,900 characters in 13 short facts; this one orders 16 to 22 longer ones.
_LENGTH = 6_000
_MOST_TOKENS = 16_384


class GeminiResearcher:
    """Finds out what is known of a species, for money."""

    def __init__(self, client: GeminiClient, model: str = "gemini-3.8-flash"):
        self._client, self._model = client, model
        self.credit = text_credit(model)

    def research(self, brief: Brief, species: Species) -> Job:
        """The order for a dossier. Its take is a Dossier as JSON."""

        def read(data: Any) -> Reading:
            clean, mended = mended_dossier(data, species)
            try:
                return Reading(Dossier.model_validate(clean), mended=mended)
            except ValidationError as error:
                return Reading(None, findings(error))

        task = Task(
            what="dossier",
            prompt=_order(brief, species),
            schema=answer_schema(Dossier),
            read=read,
            length=_LENGTH,
            most_tokens=_MOST_TOKENS,
        )
        return TextJob(self._client, self._model, task)


def _order(brief: Brief, species: Species) -> str:
    return prompt(
        "researcher",
        species=species.slug,
        name=species.name,
        clips=brief.clip_count,
        seed=brief.seed,
        record=_record(species),
        body_plans=", ".join(get_args(BodyPlan)),
        habitats=", ".join(get_args(Habitat)),
    )


def _record(species: Species) -> str:
    """What the species book knows, and what the house would infer from it, as plain lines."""
    book, anatomy = species_book(), anatomy_of(species)
    stats = ", ".join(
        f"{name.replace('_', ' ')} {value}" for name, value in species.stats.model_dump().items()
    )
    lines = [
        f"- height: {species.height_m} m; weight: {species.weight_kg} kg; colour: {species.colour}",
        f"- elements (for you alone, never named so in the dossier's prose): {', '.join(species.types)}",
        f"- breeding groups: {', '.join(species.egg_groups)}; constitutions: {', '.join(species.abilities)}",
        f"- strengths, 1 to 255: {stats}",
        f"- body, as the studio's own illustrator draws it: {anatomy.body_plan}, {anatomy.form}, "
        f"skin {anatomy.skin}{', ' + ', '.join(anatomy.features) if anatomy.features else ''}",
        f"- habitats the studio would infer: {', '.join(habitats_of(species))}",
        f"- what it lives on, inferred: {diet_of(species)}",
        f"- a neighbour it might meet: {rival_of(species, 1).name}",
    ]
    if species.evolves_from:
        lines.append(f"- it grew up as: {book[species.evolves_from].name}")
    if species.evolves_to:
        lines.append(f"- it may grow into: {', '.join(book[slug].name for slug in species.evolves_to)}")
    if species.tags:
        lines.append(f"- standing: {', '.join(species.tags)}")
    return "\n".join(lines)
