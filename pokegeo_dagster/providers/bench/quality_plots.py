"""The plots of a quality report: loudness over time, the sound with its cuts, the picture, the frames.

Drawn with the house's own fonts and without a date, so that the same film gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import cv2
import numpy as np

from pokegeo_dagster.film.edit.delivery import TARGET_LUFS
from pokegeo_dagster.film.edit.quality import SILENCE_DBFS, FilmPlan, Finding, Stretch
from pokegeo_dagster.providers.bench.inspection import Picture
from pokegeo_dagster.providers.bench.listening_film import Heard

INK, PALE, RULE, ACCENT, GOOD, BAD = "#23282b", "#7c8589", "#d9dcd8", "#2f6f7e", "#3b7a57", "#b3372f"
PAPER = "#fbfaf7"
_WIDTH_IN, _DPI = 12.0, 110


@lru_cache(maxsize=1)
def _fonts() -> None:
    from font_source_sans_pro import font_files_ttf as sans
    from font_source_serif_pro import font_files_ttf as serif
    from matplotlib import font_manager, rcParams

    for path in (sans["SourceSansPro"], serif["SourceSerifPro"]):
        font_manager.fontManager.addfont(path)
    rcParams["font.family"] = ["Source Sans Pro", "DejaVu Sans"]


def bring_in_what_draws() -> None:
    """Imports the plotting library and its fonts: a second of a core, of which nobody need wait for."""
    from matplotlib.backends import backend_agg
    from matplotlib.figure import Figure

    _fonts()
    backend_agg.FigureCanvasAgg(Figure())


def plots(plan: FilmPlan, seen: Picture, heard: Heard, findings: Sequence[Finding], title: str) -> bytes:
    """A PNG, 1320 pixels wide: three curves on the film's own time line, defects shaded."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    _fonts()
    figure = Figure(figsize=(_WIDTH_IN, 7.6), dpi=_DPI, facecolor=PAPER)
    FigureCanvasAgg(figure)
    failed = sum(finding.outcome == "failed" for finding in findings)
    figure.text(0.06, 0.955, title, fontsize=20, color=INK, family="Source Serif Pro")
    word = "passes every check" if not failed else f"fails {failed} of {len(findings)} checks"
    figure.text(0.985, 0.957, word, fontsize=13, color=BAD if failed else GOOD, ha="right")
    grid = figure.add_gridspec(3, 1, left=0.06, right=0.985, top=0.875, bottom=0.06, hspace=0.34)
    axes = [figure.add_subplot(cell) for cell in grid]
    _loudness(axes[0], heard)
    _wave(axes[1], heard)
    _picture(axes[2], seen)
    end = plan.frames / plan.rate_fps
    for ax in axes:
        _cuts(ax, plan, end)
    _shade(axes[1], (*heard.silent, *heard.clipped))
    _shade(axes[2], (*seen.black, *seen.frozen))
    file = io.BytesIO()
    figure.savefig(file, format="png", facecolor=PAPER, metadata={"Software": None})
    return file.getvalue()


def _plain(ax: Any, title: str, unit: str) -> None:
    ax.set_title(title, loc="left", fontsize=12, color=INK, pad=16)
    ax.set_ylabel(unit, fontsize=9, color=PALE)
    ax.set_facecolor(PAPER)
    ax.tick_params(labelsize=9, colors=PALE, length=0)
    for side, spine in ax.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(RULE)


def _cuts(ax: Any, plan: FilmPlan, end: float) -> None:
    ax.set_xlim(0, end)
    top = ax.get_ylim()[1]
    for clip in plan.clips:
        at = clip.start_frame / plan.rate_fps
        ax.axvline(at, color=RULE, linewidth=0.9, zorder=0)
        middle = at + clip.frames / plan.rate_fps / 2
        ax.text(
            middle, top, clip.clip.removeprefix("clip_"), ha="center", va="bottom", fontsize=8, color=PALE
        )
    ax.xaxis.set_major_formatter(lambda s, _: f"{int(s) // 60}:{int(s) % 60:02d}")


def _shade(ax: Any, found: Sequence[Stretch]) -> None:
    for stretch in found:
        ax.axvspan(stretch.start_s, max(stretch.end_s, stretch.start_s + 0.15), color=BAD, alpha=0.35, lw=0)


def _loudness(ax: Any, heard: Heard) -> None:
    told = "silent" if heard.integrated_lufs is None else (
        f"{heard.integrated_lufs:.1f} LUFS in all, range {heard.range_lu or 0:.1f} LU, "
        f"true peak {heard.true_peak_dbtp or 0:.1f} dBTP"
    )  # fmt: skip
    _plain(ax, f"Loudness: {told}", "LUFS")
    if heard.loudness:
        t, momentary, short = (np.array(column) for column in zip(*heard.loudness, strict=True))
        ax.fill_between(t, -60, np.maximum(momentary, -60), color=ACCENT, alpha=0.22, lw=0)
        ax.plot(t, np.where(short > -60, short, np.nan), color=ACCENT, lw=1.6)
    ax.axhline(TARGET_LUFS, color=INK, lw=0.9, ls=(0, (4, 3)))
    ax.text(1.0, TARGET_LUFS + 0.8, f"{TARGET_LUFS:g}", transform=ax.get_yaxis_transform(), ha="right",
            fontsize=8, color=INK)  # fmt: skip
    ax.set_ylim(-48, -4)


def _wave(ax: Any, heard: Heard) -> None:
    _plain(ax, f"Sound: peaks and level; silence is under {SILENCE_DBFS:g} dBFS", "of full scale")
    t = np.arange(len(heard.peaks)) / 100
    peaks = np.array(heard.peaks)
    rms = 10 ** (np.array(heard.level_dbfs) / 20)
    ax.fill_between(t, -peaks, peaks, color=ACCENT, alpha=0.3, lw=0)
    ax.fill_between(t, -rms, rms, color=ACCENT, alpha=0.85, lw=0)
    ax.set_ylim(-1, 1)


def _picture(ax: Any, seen: Picture) -> None:
    _plain(ax, "Picture: brightness (line) and movement in half a second (area)", "levels of 255")
    t, moved = np.array(seen.times), np.array(seen.change)
    ax.fill_between(t, 0, np.where(moved >= 0, moved, 0), color=GOOD, alpha=0.3, lw=0)
    ax.plot(t, seen.brightness, color=INK, lw=1.1)
    ax.set_ylim(0, max(120.0, *(value * 1.1 for value in seen.brightness or [0])))


def strip_jpeg(pictures: Sequence[np.ndarray]) -> bytes:
    """The frames of one clip beside one another."""
    if not len(pictures):
        return b""
    row = np.concatenate(pictures, axis=1)
    done, coded = cv2.imencode(".jpg", cv2.cvtColor(row, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 82])
    return coded.tobytes() if done else b""
