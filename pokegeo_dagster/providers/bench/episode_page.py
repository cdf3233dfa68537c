"""The episode report as one page that needs nothing beside it: fonts and pictures are inside."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from pokegeo_dagster.film.edit.episode_report import EpisodeReport
from pokegeo_dagster.providers.bench.contact_sheet import dollars, jpeg, seed_thumbnail, thumbnail
from pokegeo_dagster.providers.bench.quality_page import clock, data_url, fonts

_TEMPLATE = Path(__file__).with_name("episode_page.html.j2")
_FRAME_PX, _SEED_PX = 536, 176


def page(report: EpisodeReport, frames: Mapping[str, Path], seeds: Mapping[str, Path]) -> str:
    """The page. `frames` has a picture of each clip, `seeds` each seed image. Raises MediaDamaged."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "usd": dollars,
        "cost": _cost,
        "clock": clock,
        "plain": lambda text: text.replace("_", " "),
    }
    high = round(_FRAME_PX * report.height_px / report.width_px)
    square = _SEED_PX * 9 // 16
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
        report=report,
        whole=report.whole,
        frames={key: data_url(jpeg(thumbnail(path, _FRAME_PX, high)), "image/jpeg")
                for key, path in frames.items()},
        seeds={key: data_url(jpeg(seed_thumbnail(path, _SEED_PX, square)), "image/jpeg")
               for key, path in seeds.items()},
        fonts=fonts(),
    )  # fmt: skip


def _cost(amount: Decimal) -> str:
    """An amount in a table: nothing is a dash."""
    return dollars(amount) if amount else "–"
