"""A paid film ordered run by run as the UI orders them: bought once, its papers on every page."""

import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.storage.orders import Orders
from pokegeo_dagster.storage.studio_db import StudioDb
from pokegeo_dagster_tests.emulators.vendor_city import VendorCity, vendor_city
from pokegeo_dagster_tests.studios import CHROMIUM, OpenStudio, browser_page, opened

EPISODE, CLIPS = "duo", 2


@pytest.fixture
def city() -> Iterator[VendorCity]:
    """The vendors, quick ones."""
    with vendor_city(task_s=0.5) as running:
        yield running


@pytest.fixture
def studio(city: VendorCity, tmp_path: Path) -> Iterator[OpenStudio]:
    """An open studio with every key and one brief."""
    home = tmp_path / "studio"
    home.mkdir()
    db = StudioDb(f"sqlite:///{home / 'studio.db'}")
    db.migrate()
    Orders(f"sqlite:///{home / 'studio.db'}").by_hand(EPISODE, None)  # every run is started by the test
    db.save_brief(Brief(episode=EPISODE, species="haunter", clip_count=CLIPS, profile="rehearsal"))
    with opened(home, **city.environ, POKEGEO_POLL_S="0.2") as studio:
        yield studio


def _run(
    studio: OpenStudio, job: str, assets: tuple[str, ...], first: str, last: str = "", config: str = "{}"
) -> None:
    """Materialises assets over a range of partitions as one run, and waits for it to succeed."""
    ranged = {"asset_partition_range_start": first, "asset_partition_range_end": last}
    run = studio.launch(job, ranged if last else {"partition": first}, assets, config)
    assert studio.ended(run) == "SUCCESS", (job, assets)


@pytest.mark.timeout(290)
def test_a_paid_film_is_made_from_the_ui_and_every_piece_shows_its_papers(
    studio: OpenStudio, city: VendorCity
) -> None:
    studio.add_episode(EPISODE)

    _run(studio, "story", ("brief", "dossier", "pitches", "screenplay"), EPISODE)
    _run(studio, "references", ("reference",), f"{EPISODE}|ref_01", f"{EPISODE}|ref_30")
    yes = json.dumps({"ops": {"greenlight": {"config": {"up_to_usd": "9"}}}})
    _run(studio, "say_yes", ("greenlight",), EPISODE, config=yes)
    stages = ("shot", "narration", "sound_effect", "composite", "clip", "segment")
    _run(studio, "clips", stages, f"{EPISODE}|clip_01", f"{EPISODE}|clip_02")
    _run(studio, "cut", ("mix", "final_cut"), EPISODE)

    clips = StudioDb(f"sqlite:///{studio.home / 'studio.db'}").approved(EPISODE, "clip")
    assert [row.take.member for row in clips.values()] == ["kie"] * CLIPS
    assert all(row.take.cost_usd == Decimal("0.42") for row in clips.values())
    assert Counter(c.vendor for c in city.charges.all())["kie"] == CLIPS
    film = httpx.get(f"{studio.media}/media/{EPISODE}/final_cut", timeout=30)
    assert film.headers["content-type"] == "video/mp4"
    if CHROMIUM:
        _look(studio.ui, clips[("clip", "clip_01")].take.slate["vendor_tasks"][0])


def _look(ui: str, vendor_task: str) -> None:
    with browser_page(height=1400) as page:
        page.goto(f"{ui}/assets/clip?view=partitions&partition={EPISODE}%7Cclip_01", timeout=120_000)
        page.get_by_text(vendor_task).first.wait_for(timeout=60_000)
        page.get_by_text("0.42").first.wait_for(timeout=60_000)
