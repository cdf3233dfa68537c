"""The quality report: what was measured on the delivered film, for a client to read."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from pokegeo_dagster.defs.edit.checks import QUALITY_CHECKS
from pokegeo_dagster.defs.office import show
from pokegeo_dagster.defs.office.craft import Check, Work, craft
from pokegeo_dagster.defs.office.judging import Record, judged, on_record
from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.defs.office.takes import Take, Takes
from pokegeo_dagster.defs.picture.checks import CLIP_LONG_ENOUGH, COMPOSITE_CHECKS
from pokegeo_dagster.defs.sound.checks import NARRATION_AS_WRITTEN, NARRATION_CHECKS
from pokegeo_dagster.film.crew import Credit, Made
from pokegeo_dagster.film.digest import canonical_json
from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.edit.finish import is_card
from pokegeo_dagster.film.edit.quality import (
    CHECKS,
    EDITION,
    FilmPlan,
    Finding,
    Measured,
    PlannedClip,
    SpokenLine,
    judge,
)
from pokegeo_dagster.film.errors import MediaDamaged
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.film.story.slices import ShotSlice
from pokegeo_dagster.providers.bench.inspection import Picture, inspect
from pokegeo_dagster.providers.bench.listening import EDITION as LISTENER
from pokegeo_dagster.providers.bench.listening_film import Heard, hear_film
from pokegeo_dagster.providers.bench.quality_page import page
from pokegeo_dagster.providers.bench.quality_plots import bring_in_what_draws, plots, strip_jpeg

INSPECTOR = Credit(member="bench", model="inspector")


class QualityOrder(Frozen):
    """What the film is held against, and who listens."""

    edition: int  # of what is held against it
    plan: FilmPlan
    listener: int  # the listener's edition; 0: nobody listens


def _show_report(take: Take) -> dict[str, Any]:
    slate = take.slate
    return {
        "report": show.picture(take, "page_picture", link=show.url(take)) if slate["plotted"] else "no plots",
        "passed": slate["passed"],
        "of": slate["of"],
        "data": show.player(take, "all measurements", "data"),
    }


@craft(
    group="edit",
    per="episode",
    kinds=("html",),
    checks=QUALITY_CHECKS,
    show=_show_report,
    get_ready=bring_in_what_draws,
)
def qc_report(
    place: Place,
    studio: Studio,
    *,
    shot: Takes,
    composite: Takes,
    narration: Takes,
    clip: Takes,
    segment: Takes,
    final_cut: Takes,
) -> Work:
    """The film inspected as it is delivered: black, frozen, silent, clipped, length, shape, sync,
    loudness and words, on a page with plots and a strip of frames of every clip."""
    film = final_cut.of(place)
    cuts = film.slate["cuts"]
    names = [cut["clip"] for cut in cuts if not is_card(cut["clip"])]
    shots, lines, openings, clips, segments = (
        {name: asset.at(place.episode, name) for name in names}
        for asset in (shot, narration, composite, clip, segment)
    )
    slices = {name: shots[name].read(ShotSlice) for name in names}
    delivery: Delivery = slices[names[0]].delivery
    plan = FilmPlan(
        width_px=delivery.width_px,
        height_px=delivery.height_px,
        rate_fps=delivery.rate_fps,
        clips=tuple(
            PlannedClip(
                clip=name,
                start_frame=cut["start_frame"],
                frames=cut["frames"],
                voice_in=segments[name].slate["voice_in"] if name in segments else 0,
                voice_out=segments[name].slate["voice_out"] if name in segments else 0,
                line=slices[name].shot.narration if name in slices else "",
            )
            for cut in cuts
            for name in (cut["clip"],)
        ),
    )

    def report(room: Path) -> Made:
        record = on_record(studio, [*lines.values(), *openings.values(), *clips.values()])
        verdicts = {
            name: [
                *_verdicts(lines[name], NARRATION_CHECKS, record),
                *_verdicts(openings[name], COMPOSITE_CHECKS, record),
                *_verdicts(clips[name], (CLIP_LONG_ENOUGH,), record),
            ]
            for name in names
        }
        spoken = tuple(_spoken(lines[name]) for name in names) if studio.settings.listens else ()
        voices = {name: lines[name].path() for name in names}
        seen, looked, heard = measured(film.path(), plan, voices, spoken)
        findings = judge(plan, seen)
        return _written(room, film.slate["title"], plan, seen, findings, verdicts, looked, heard)

    return Work(
        order=QualityOrder(edition=EDITION, plan=plan, listener=LISTENER if studio.settings.listens else 0),
        credit=INSPECTOR,
        make=report,
        inputs=(*(t for by in (shots, openings, lines, clips, segments) for t in by.values()), film),
        uses={"film": film.files["main"].sha256}
        | {f"line {name}": take.version for name, take in lines.items()}
        | {f"opening {name}": take.version for name, take in openings.items()}
        | {f"clip {name}": take.version for name, take in clips.items()},
    )


def measured(
    film: Path, plan: FilmPlan, voices: dict[str, Path], spoken: tuple[SpokenLine, ...] = ()
) -> tuple[Measured, Picture | None, Heard | None]:
    """Everything that the checks are about, from one look at the film and one listening, at the same
    time: each is one core's work."""
    try:
        with ThreadPoolExecutor(1, "listener") as beside:
            listening = beside.submit(hear_film, film, plan, voices)
            looked = inspect(film, plan)
            heard = listening.result()
    except MediaDamaged as damage:
        return Measured(damage=str(damage)), None, None
    facts = looked.probe
    seen = Measured(
        width_px=facts.width,
        height_px=facts.height,
        pixel_aspect=looked.pixel_aspect,
        bars=looked.bars,
        rate_fps=float(facts.rate),
        on_grid=facts.on_grid,
        frames=facts.frames,
        sound_s=heard.sound_s,
        black=looked.black,
        frozen=looked.frozen,
        silent=heard.silent,
        clipped=heard.clipped,
        integrated_lufs=heard.integrated_lufs,
        range_lu=heard.range_lu,
        true_peak_dbtp=heard.true_peak_dbtp,
        lags=heard.lags,
        lines=spoken,
    )
    return seen, looked, heard


def _verdicts(take: Take, checks: tuple[Check, ...], record: Record) -> list[dict[str, Any]]:
    found = [judged(check, take, record) for check in checks]
    return [
        {
            "asset": take.asset,
            "check": one.check.name,
            "passed": one.passed,
            "severity": one.row.severity,
            "why": one.why,
            "measured": dict(one.row.measured),
        }
        for one in found
    ]


def _spoken(line: Take) -> SpokenLine:
    """How a line was heard, from the records: it was listened to when it was recorded."""
    found = judged(NARRATION_AS_WRITTEN, line)
    facts, warned = found.row.measured, found.row.severity == "warn"
    return SpokenLine(
        clip=line.place.key,
        written=line.slate["text"],
        heard=str(facts.get("heard", "")),
        wrong=int(facts.get("wrong", 0)),
        count=int(facts.get("words", 0)),
        passed=found.passed or warned,
        doubt="" if found.passed or not warned else found.why,
    )


def _written(
    room: Path,
    title: str,
    plan: FilmPlan,
    seen: Measured,
    findings: tuple[Finding, ...],
    verdicts: dict[str, list[dict[str, Any]]],
    looked: Picture | None,
    heard: Heard | None,
) -> Made:
    files = {"main": room / "qc_report.html", "data": room / "qc_report.json"}
    drawn, strips = b"", {}
    if looked is not None and heard is not None:
        drawn = plots(plan, looked, heard, findings, title)
        strips = {name: strip_jpeg(pictures) for name, pictures in looked.strip.items()}
        files["page_picture"] = room / "qc_report.png"
        files["page_picture"].write_bytes(drawn)
    files["main"].write_text(
        page(title, plan, seen, findings, CHECKS, verdicts, drawn, strips), encoding="utf-8"
    )
    curves = {"loudness": heard.loudness} if heard else {}
    data = {"plan": plan, "measured": seen, "findings": findings, "takes": verdicts, "curves": curves}
    files["data"].write_text(canonical_json(data) + "\n", encoding="utf-8")
    passed = sum(finding.outcome == "passed" for finding in findings)
    slate = {
        "title": title,
        "passed": passed,
        "of": len(findings),
        "plotted": bool(drawn),
        "findings": [finding.model_dump(mode="json") for finding in findings],
    }
    return Made(files, slate)
