"""The episode report: what a producer reads of a finished film."""

import base64
import re
from decimal import Decimal
from pathlib import Path

import cv2
import numpy as np
import pytest

from pokegeo_dagster.budget.cost_sheet import CostLine, Use, by_vendor
from pokegeo_dagster.film.edit.episode_report import (
    Account,
    ClipReport,
    EpisodeReport,
    Loss,
    PieceReport,
    Remark,
)
from pokegeo_dagster.providers.bench.contact_sheet import contact_sheet
from pokegeo_dagster.providers.bench.episode_page import page
from pokegeo_dagster.storage.settings import StudioSettings
from pokegeo_dagster.storage.studio_db import StudioDb


def line(by: str, usd: str, use: Use, asset: str = "clip") -> CostLine:
    amount = Decimal(usd)
    return CostLine(asset=asset, piece="clip_01", take=1, by=by, model="m", state="stored", quoted=amount,
                    charged=Decimal(0) if use == "on its way" else amount, use=use)  # fmt: skip


def test_every_cent_is_on_one_vendors_account() -> None:
    lines = [line("kie", "0.42", "in the film"), line("kie", "0.41", "wasted"),
             line("gemini", "0.03", "in the film"), line("elevenlabs", "0.01", "on its way")]  # fmt: skip

    accounts = {one.by: one for one in by_vendor(lines, ["kie", "house", "gemini", "house"])}

    assert accounts["kie"].charged == Decimal("0.83") and accounts["kie"].wasted == Decimal("0.41")
    assert accounts["kie"].purchases == 2 and accounts["kie"].pieces == 1
    assert accounts["elevenlabs"].on_its_way == Decimal("0.01") and not accounts["elevenlabs"].charged
    assert accounts["house"] == Account(by="house", pieces=2)
    assert sum(one.charged for one in accounts.values()) == Decimal("0.86")


def reported(count: int = 4) -> EpisodeReport:
    piece = PieceReport(asset="clip", key="clip_01", name="picture", by="kie", model="kling", take=2, takes=2,
                        link="http://studio/media/haunter/clip/clip_01", purchases=2,
                        quoted=Decimal("0.84"), charged=Decimal("0.84"), wasted=Decimal("0.42"),
                        judged=1, remarks=(Remark(check="no_hole", why="<a hole>", grave=True),))  # fmt: skip
    return EpisodeReport(
        episode="haunter", species="haunter", channel="poke1", title="The <Guardian>", duration_s=6.0 * count,
        width_px=320, height_px=180, rate_fps=24, passed=11, checks=12, failed=1, not_passed=("sync: late",),
        links=(), before=(), accounts=by_vendor([line("kie", "0.84", "in the film")], ["kie"]),
        clips=tuple(ClipReport(clip=f"clip_{n + 1:02d}", start_s=6.0 * n, duration_s=6.0,
                               line="Haunter waits… and waits.", pieces=(piece,)) for n in range(count)),
        losses=(Loss(asset="clip", key="clip_01", by="kie", model="kling", charged=Decimal("0.42"),
                     why="another take is in the film"),),
    )  # fmt: skip


@pytest.fixture
def frames(tmp_path: Path) -> dict[str, Path]:
    paths = {}
    for number in range(24):
        path = tmp_path / f"{number}.jpg"
        cv2.imwrite(str(path), np.full((180, 320, 3), 40 + number * 8, np.uint8))
        paths[f"clip_{number + 1:02d}"] = path
    return paths


def test_the_page_says_what_was_wasted_and_what_a_check_found_and_needs_nothing_beside_it(
    frames: dict[str, Path],
) -> None:
    told = page(reported(1), {"clip_01": frames["clip_01"]}, {})

    assert "The &lt;Guardian&gt;" in told and "&lt;a hole&gt;" in told
    assert "$0.42 wasted" in told and "another take is in the film" in told
    assert "1 of 12 checks of the film failed" in told and '2<span class="pale"> of 2' in told
    assert set(re.findall(r'src="([^:]+):|url\(([^:]+):', told)) <= {("data", ""), ("", "data")}


@pytest.mark.parametrize("count", [1, 2, 3, 4, 18, 24])
def test_every_clip_is_on_the_contact_sheet(frames: dict[str, Path], count: int) -> None:
    sheet = cv2.imdecode(np.frombuffer(contact_sheet(reported(count), frames), np.uint8), cv2.IMREAD_COLOR)

    assert sheet is not None
    levels = {int(level) for level in np.unique(sheet[..., 0])}
    for number in range(count):
        area = np.abs(sheet.astype(int) - (40 + number * 8)).max(axis=2) < 3
        assert area.sum() > 0.8 * 400 * 226, (number, sorted(levels))


def test_a_film_made_here_has_its_report_and_its_links_lead_to_the_media_service(rehearsal: Path) -> None:
    take = StudioDb(f"sqlite:///{rehearsal / 'studio.db'}").approved_take("haunter", "episode_report", "film")
    service = StudioSettings.from_env({}, rehearsal).service_url
    told = (rehearsal / "films" / "haunter" / "episode_report.html").read_text(encoding="utf-8")

    assert take is not None and set(take.take.files) == {"main", "picture"}
    assert take.take.slate["charged"] == "0" and take.take.slate["wasted"] == "0"
    for number in range(1, 7):
        for asset in ("clip", "composite", "narration", "sound_effect"):
            assert f'href="{service}/media/haunter/{asset}/clip_{number:02d}"' in told
    pictures = re.findall(r'<img src="data:image/jpeg;base64,([^"]+)"', told)
    assert len(pictures) >= 6 and all(base64.b64decode(p)[:2] == b"\xff\xd8" for p in pictures)
