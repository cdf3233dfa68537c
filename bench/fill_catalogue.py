"""Fills a studio's database with finished episodes (records only, no media), for the status page."""

import json
import sys
from pathlib import Path

from sqlalchemy import insert

from pokegeo_dagster.defs.graph import CALL_SHEET, GRAPH
from pokegeo_dagster.film.digest import digest
from pokegeo_dagster.film.ids import CLIP_IDS, REFERENCE_IDS
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.species import species_book
from pokegeo_dagster.storage import schema
from pokegeo_dagster.storage.settings import StudioSettings
from pokegeo_dagster.storage.studio_db import StudioDb

KEYS = {"episode": ("film",), "shot": CLIP_IDS[:18], "reference": REFERENCE_IDS[:22]}
SLATE = json.dumps({"clips": KEYS["shot"], "references": KEYS["reference"]})


def fill(home: Path, count: int) -> None:
    """Writes `count` episodes whose every piece is made, one in ten with a stale narration."""
    home.mkdir(parents=True, exist_ok=True)
    db = StudioDb(StudioSettings.from_env({}, home).database_url)
    db.migrate()
    slugs = list(species_book())
    for number in range(count):
        db.save_brief(Brief(episode=f"episode-{number:04d}", species=slugs[number % len(slugs)]))
    with db._database.transaction(write=True) as connection:
        for number in range(count):
            takes, approved = _pieces(f"episode-{number:04d}", number * 1_000)
            connection.execute(insert(schema.takes), takes)
            connection.execute(insert(schema.approved), approved)


def _pieces(episode: str, first_id: int) -> tuple[list[dict], list[dict]]:
    from datetime import UTC, datetime

    at = datetime(2026, 1, 1, tzinfo=UTC)
    versions: dict[tuple[str, str], str] = {}
    takes, approved = [], []
    for craft in CALL_SHEET:
        for key in KEYS[craft.per]:
            version = digest([episode, craft.name, key])[:32]
            versions[craft.name, key] = version
            made_from = [
                f"{name}/{source}={versions[name, source]}"
                for name in craft.inputs
                for source in ((key,) if GRAPH[name].per == craft.per else KEYS[GRAPH[name].per])
                if (name, source) in versions
            ]
            take = first_id + len(takes) + 1
            takes.append({
                "id": take, "episode": episode, "asset": craft.name, "key": key, "recipe": digest(version),
                "number": 1, "data_version": version, "files_json": "{}",
                "slate_json": SLATE if craft.name == "screenplay" else "{}",
                "member": "house", "model": "parallax-2.5d", "cost_usd": 0, "paid": False,
                "author": "house", "created_at": at,
            })  # fmt: skip
            approved.append({
                "episode": episode, "asset": craft.name, "key": key, "take_id": take,
                "data_version": version, "approved_at": at,
                "inputs_text": ";".join([*sorted(made_from), "credit=house/parallax-2.5d#1"]),
            })  # fmt: skip
    if first_id % 10_000 == 0:
        stale = next(row for row in approved if row["asset"] == "narration")
        stale["inputs_text"] = "shot/clip_01=" + "0" * 32 + ";credit=house/hibari#1"
    return takes, approved


if __name__ == "__main__":
    fill(Path(sys.argv[1]), int(sys.argv[2]))
