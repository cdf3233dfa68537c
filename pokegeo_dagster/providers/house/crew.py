"""The house crew, hired: everyone who works for nothing, with no key and no network."""

from __future__ import annotations

import cv2

from pokegeo_dagster.film.crew import Crew
from pokegeo_dagster.providers.bench.compositor import BenchCompositor
from pokegeo_dagster.providers.house.camera import HouseCamera
from pokegeo_dagster.providers.house.foley import HouseFoley
from pokegeo_dagster.providers.house.illustrator import HouseIllustrator
from pokegeo_dagster.providers.house.narrator import HouseNarrator
from pokegeo_dagster.providers.house.researcher import HouseResearcher
from pokegeo_dagster.providers.house.writer import HouseWriter


def house_crew() -> Crew:
    """One member for every job. Pictures are drawn on one thread a piece: several pieces at a time
    use the cores better than one piece on several, and a piece never depends on how many there are."""
    cv2.setNumThreads(1)
    return Crew(
        researcher=HouseResearcher(),
        writer=HouseWriter(),
        illustrator=HouseIllustrator(),
        compositor=BenchCompositor(),
        camera=HouseCamera(),
        narrator=HouseNarrator(),
        foley=HouseFoley(),
    )
