"""`python -m bench walk`: the walk through the UI of docs/walk.md, done in a real browser, with its pictures.

A studio is opened with a house crew and an emulated camera that costs money and turns one clip down. What a
person does there is done by clicks, and each step's picture is put into docs/walk/. It takes some minutes.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pokegeo_dagster.storage.orders import Orders
from pokegeo_dagster.storage.studio_db import StudioDb
from pokegeo_dagster_tests.emulators.vendor_city import vendor_city
from pokegeo_dagster_tests.emulators.vendors.scripted import Script
from pokegeo_dagster_tests.studios import browser_page, opened

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHECKOUT = Path(__file__).resolve().parents[1]
PICTURES = CHECKOUT / "docs" / "walk"
EPISODE, CLIPS, REFUSED, UP_TO = "haunter", 4, 3, "9"
WIDE, HIGH, MOST_BYTES = 1440, 900, 150_000
PATIENCE_S, LOAD_MS = 900, 60_000
HOUSE = ("RESEARCHER", "WRITER", "ILLUSTRATOR", "NARRATOR", "FOLEY")


@dataclass
class Walk:
    """A browser in an open studio."""

    page: Page
    ui: str
    db: StudioDb
    orders: Orders
    number: int = 0

    def go(self, path: str, until: str) -> None:
        """Opens a page of the UI, and waits until something is to be read there."""
        self.page.goto(self.ui + path, timeout=LOAD_MS)
        self.page.get_by_text(until).first.wait_for(timeout=LOAD_MS)

    def piece(self, asset: str, key: str = "", until: str = "made by") -> None:
        """The page of one piece: an asset's partition."""
        partition = EPISODE + (f"%7C{key}" if key else "")
        self.go(f"/assets/{asset}?view=partitions&partition={partition}", until)

    def picture(self, name: str) -> None:
        """Takes the picture of this step."""
        self.page.wait_for_timeout(2500)  # pictures load, and fade in
        self.number += 1
        file = PICTURES / f"{self.number:02d}-{name}.jpg"
        for quality in (82, 65, 45):
            self.page.screenshot(path=file, type="jpeg", quality=quality)
            if file.stat().st_size <= MOST_BYTES:
                break
        print(f"{file.relative_to(CHECKOUT)}: {file.stat().st_size // 1000} kB", flush=True)

    def materialise(self, config: str, name: str) -> None:
        """«Materialize» on this page, with config: how that is said is a picture."""
        self.page.get_by_role("button", name="Materialize").first.click(timeout=LOAD_MS)
        dialog = self.page.get_by_role("dialog").first
        dialog.get_by_text("Partition selection").wait_for(timeout=LOAD_MS)
        if self.db.brief(EPISODE) is None:
            dialog.get_by_text("Add a partition").click(timeout=LOAD_MS)
            self.page.get_by_placeholder("name").fill(EPISODE)
            self.page.get_by_role("button", name="Save").click()
            dialog.get_by_text("1 partition").wait_for(timeout=LOAD_MS)
            self.page.get_by_placeholder("name").wait_for(state="detached", timeout=LOAD_MS)
        dialog.get_by_text("Config", exact=True).click()
        dialog.get_by_role("button", name="Add config").click()
        self.page.locator(".cm-content, .CodeMirror").last.click(timeout=LOAD_MS)
        self.page.keyboard.insert_text(config)
        self.picture(name)
        self.page.get_by_role("button", name="Save config").click(timeout=LOAD_MS)
        self.page.get_by_text("Config Editor").wait_for(state="detached", timeout=LOAD_MS)
        dialog.get_by_role("button", name=re.compile("^Launch")).last.click()
        self.page.wait_for_timeout(2000)

    def until(self, what: str, happened: Callable[[], bool]) -> None:
        """Waits for the studio."""
        for _ in range(2 * PATIENCE_S):
            if happened():
                return
            self.page.wait_for_timeout(500)
        raise RuntimeError(f"it never came to this: {what}")

    def made(self, asset: str, pieces: int = 1) -> bool:
        """Whether so many pieces of an asset are there."""
        return len(self.db.approved(EPISODE, asset)) >= pieces


def story(walk: Walk) -> None:
    """From an order to a film, step by step."""
    walk.go("/asset-groups", "story")
    walk.picture("departments")
    walk.go("/automation", "fair_turns")
    walk.page.locator("[data-icon='info'], [aria-label='info']").nth(2).hover()
    walk.picture("automation")
    walk.go("/assets/brief", "Description")
    order = ("species: haunter", f"clips: {CLIPS}", "profile: rehearsal")
    walk.materialise("ops:\n  brief:\n    config:\n" + "".join(f"      {line}\n" for line in order), "order")
    walk.until("it waits for a yes", lambda: bool(walk.orders.at_the_gate()))
    walk.piece("pitches")
    walk.picture("pitches")
    walk.piece("screenplay")
    walk.picture("screenplay")
    walk.piece("animatic")
    walk.picture("animatic")
    walk.go("/assets/greenlight?view=events", "would cost")
    walk.picture("question")
    walk.piece("greenlight", until="Latest materialization")
    walk.materialise(f'ops:\n  greenlight:\n    config:\n      up_to_usd: "{UP_TO}"\n', "yes")
    walk.until("one clip is refused", lambda: bool(_refused(walk)) and walk.made("clip", CLIPS - 1))
    walk.until("nothing is at work", lambda: not walk.orders.at_work())
    (refused,) = _refused(walk)
    made = next(key for _, key in walk.db.approved(EPISODE, "clip"))
    walk.piece("clip", made)
    walk.picture("clips")
    walk.piece("clip", refused, until="Latest materialization")
    walk.picture("refused")
    walk.materialise("ops:\n  clip:\n    config:\n      new_take: true\n", "redo")
    walk.until("the film is there", lambda: walk.made("episode_report"))
    walk.until("nothing is at work", lambda: not walk.orders.at_work())
    walk.piece("final_cut")
    walk.picture("film")
    walk.piece("qc_report")
    walk.picture("quality")
    walk.piece("episode_report")
    walk.picture("report")
    walk.go("/runs", "Success")
    walk.picture("runs")


def _refused(walk: Walk) -> list[str]:
    """The clips that fell."""
    return [failure.key for failure in walk.db.failures(EPISODE) if failure.asset == "clip"]


def main() -> None:
    """Walks, and puts the pictures where docs/walk.md looks for them."""

    home = Path(tempfile.mkdtemp(prefix="pokegeo-walk-"))
    refuse = Script("refuse", vendor="kie", route="submit", nth=REFUSED, times=1, charged=False)
    crew = {f"POKEGEO_{role}": "house" for role in HOUSE}
    try:
        with (
            vendor_city(same_video=False, task_s=0.5) as city,
            opened(home, **city.environ, **crew) as studio,
            browser_page(WIDE, HIGH) as page,
        ):
            city.play(refuse)
            PICTURES.mkdir(exist_ok=True)
            url = f"sqlite:///{home / 'studio.db'}"
            try:
                story(Walk(page, studio.ui, StudioDb(url), Orders(url)))
            except Exception:
                page.screenshot(path="walk-stopped-here.png")
                raise
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
