"""The quality report as one page that needs nothing beside it: fonts and pictures are inside."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from pokegeo_dagster.film.edit.quality import FilmPlan, Finding, Measured

_TEMPLATE = Path(__file__).with_name("quality_page.html.j2")


def page(
    title: str,
    plan: FilmPlan,
    seen: Measured,
    findings: Sequence[Finding],
    about: Mapping[str, str],
    takes: Mapping[str, Sequence[Mapping[str, object]]],
    plots: bytes,
    strips: Mapping[str, bytes],
) -> str:
    """The page. `about` says what each check is; `takes` has, by clip, the verdicts on its takes."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    lags = {lag.clip: lag for lag in seen.lags}
    lines = {line.clip: line for line in seen.lines}
    clips = [
        {
            "clip": clip.clip,
            "at": clock(clip.start_frame / plan.rate_fps),
            "seconds": clip.frames / plan.rate_fps,
            "line": clip.line,
            "strip": data_url(strips.get(clip.clip, b""), "image/jpeg"),
            "lag": lags.get(clip.clip),
            "heard": lines.get(clip.clip),
            "failed": [f for f in findings if f.outcome == "failed" and clip.clip in f.clips],
            "takes": [row for row in takes.get(clip.clip, ()) if not row["passed"]],
            "judged": len(takes.get(clip.clip, ())),
        }
        for clip in plan.clips
    ]
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
        title=title,
        seconds=clock(plan.frames / plan.rate_fps),
        plan=plan,
        seen=seen,
        findings=findings,
        about=about,
        clips=clips,
        failed=sum(f.outcome != "passed" for f in findings),
        plots=data_url(plots, "image/png"),
        fonts=fonts(),
    )


def clock(seconds: float) -> str:
    """Minutes and seconds, rounded down."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def data_url(content: bytes, kind: str) -> str:
    """Bytes as an address that needs nothing beside it; empty for none."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}" if content else ""


@lru_cache(maxsize=1)
def fonts() -> dict[str, str]:
    """The house's faces for a page, by name."""
    from font_source_sans_pro import font_files_ttf as sans
    from font_source_serif_pro import font_files_ttf as serif

    faces = {
        "sans": sans["SourceSansPro"],
        "sans_bold": sans["SourceSansProSemibold"],
        "serif": serif["SourceSerifPro"],
    }
    return {name: data_url(Path(path).read_bytes(), "font/ttf") for name, path in faces.items()}
