"""What a Gemini writer is asked for in these tests, and how an order is carried out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pokegeo_dagster.film.crew import Made
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.species import find_species
from pokegeo_dagster.film.vendors import Delivery, Job
from pokegeo_dagster.providers.house.researcher import HouseResearcher
from pokegeo_dagster.providers.house.writer import HouseWriter

HAUNTER = find_species("haunter")
BRIEF = Brief(episode="haunter-1", species="haunter", clip_count=18, seed=4711)
DOSSIER = HouseResearcher().research(BRIEF, HAUNTER)
PITCHES = list(HouseWriter().pitch(BRIEF, DOSSIER))
PLAY = HouseWriter().write(BRIEF, DOSSIER, PITCHES[0])


def as_data(value: Any) -> dict[str, Any]:
    return json.loads(value.model_dump_json())


def five() -> dict[str, Any]:
    return {"options": [as_data(p) for p in PITCHES]}


def play(**changes: Any) -> dict[str, Any]:
    data = as_data(PLAY) | changes
    del data["author"]
    return data


def carried_out(job: Job, room: Path) -> Made | Job:
    """Every step as the purse takes it, the delivery written down and read again in between."""
    room.mkdir(parents=True, exist_ok=True)
    delivery = job.submit(job.prepare(room), room)
    assert isinstance(delivery, Delivery)
    facts = json.loads(json.dumps(delivery.facts))
    kept = Delivery(delivery.charge, delivery.files, facts)
    return job.develop(job.fetch(None, kept, room), room)


def written(made: Made | Job, kind: Any) -> Any:
    assert isinstance(made, Made)
    text = made.files["main"].read_text(encoding="utf-8")
    assert text.endswith("}\n")
    return kind.model_validate_json(text)
