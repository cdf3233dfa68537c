"""The studio as a person meets it: the UI in a browser, a clip materialised, its picture seen."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from pokegeo_dagster_tests.studios import CHROMIUM, OpenStudio, browser_page, copy_studio, opened, until

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium on this machine: install it to have the UI tested"
)


@pytest.fixture(scope="module")
def studio(rehearsal: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenStudio]:
    """An open studio over a copy of the rehearsal."""
    with opened(copy_studio(rehearsal, tmp_path_factory.mktemp("ui") / "studio")) as studio:
        yield studio


@pytest.mark.timeout(280)
def test_a_clip_is_materialised_from_the_ui_and_its_preview_is_seen(studio: OpenStudio) -> None:
    ui, media = studio.ui, studio.media
    before = {run["runId"] for run in studio.runs()}
    with browser_page() as page:
        page.goto(f"{ui}/assets/clip?view=partitions&partition=haunter%7Cclip_02", timeout=120_000)
        page.get_by_role("button", name="Materialize").first.click(timeout=60_000)
        # A film by the house has no greenlight, and Dagster asks whether that is meant.
        page.get_by_role("button", name="Confirm").click(timeout=60_000)
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("button", name="Launch").last.click(timeout=60_000)
        run = until(lambda: [run for run in studio.runs() if run["runId"] not in before], 60)[0]
        ended = studio.ended(run["runId"])
        page.goto(f"{ui}/assets/clip?view=partitions&partition=haunter%7Cclip_02", timeout=120_000)
        page.get_by_text("made by").first.wait_for(timeout=60_000)
        picture = page.locator(f"img[src*='{media}/media/haunter/clip/clip_02/poster']").first
        picture.wait_for(timeout=60_000)
        width = picture.evaluate("image => image.decode().then(() => image.naturalWidth)")

    assert ended == "SUCCESS", run
    assert width == 320


def test_the_film_plays_by_its_short_url(studio: OpenStudio) -> None:
    media = studio.media
    whole = httpx.get(f"{media}/media/haunter/final_cut/film", timeout=30)
    part = httpx.get(f"{media}/media/haunter/final_cut/film", headers={"Range": "bytes=100-199"}, timeout=30)

    assert whole.headers["content-type"] == "video/mp4"
    assert part.status_code == 206 and part.content == whole.content[100:200]
    assert httpx.get(f"{media}/media/haunter/..%2f..%2fstudio.db", timeout=30).status_code == 404
