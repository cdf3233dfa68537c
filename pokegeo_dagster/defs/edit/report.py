"""The episode report: the whole film on one page for whoever pays for it. The quality report is the
client's."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from pokegeo_dagster.budget.cost_sheet import CostLine, by_vendor
from pokegeo_dagster.defs.office import show
from pokegeo_dagster.defs.office.accounts import purchases
from pokegeo_dagster.defs.office.craft import Work, craft
from pokegeo_dagster.defs.office.judging import Record, checks_of, judged, on_record
from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.defs.office.takes import Take, Takes
from pokegeo_dagster.film.crew import Credit, Made
from pokegeo_dagster.film.edit.episode_report import (
    ClipReport,
    EpisodeReport,
    Link,
    Loss,
    PieceReport,
    Remark,
)
from pokegeo_dagster.film.edit.finish import is_card
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.film.story.brief import Brief

# What a producer calls the pieces; a seed image has a name of its own.
NAMES = {"clip": "picture", "composite": "opening", "narration": "voice", "sound_effect": "effect",
         "dossier": "research"}  # fmt: skip
REPORTER = Credit(member="bench", model="episode-report")


class ReportOrder(Frozen):
    """What is on the page beside the takes: the purchases as the books have them, what a person let
    pass, and where the links lead."""

    episode: str
    purchases: tuple[CostLine, ...]
    let_pass: tuple[str, ...]
    service: str


def _show(take: Take) -> dict[str, Any]:
    slate = take.slate
    return {
        "report": show.picture(take, "picture", link=show.url(take)),
        "open": show.player(take, "the whole report"),
        "charged (USD)": float(slate["charged"]),
        "wasted (USD)": float(slate["wasted"]),
        "quality": f"{slate['passed']} of {slate['checks']} checks passed",
        "remarks": int(slate["remarks"]),
        "by vendor": show.table(slate["accounts"]),
    }


@craft(group="edit", per="episode", kinds=("html",), show=_show)
def episode_report(
    place: Place,
    studio: Studio,
    *,
    brief: Takes,
    dossier: Takes,
    pitches: Takes,
    screenplay: Takes,
    reference: Takes,
    composite: Takes,
    narration: Takes,
    sound_effect: Takes,
    clip: Takes,
    final_cut: Takes,
    qc_report: Takes,
) -> Work:
    """The film on one page for its producer: a contact sheet of all clips with their lines, who made
    each piece, which take it is, what it cost and what the checks say; what each vendor took, and what
    was wasted."""
    ordered, film, quality = brief.of(place), final_cut.of(place), qc_report.of(place)
    written = screenplay.of(place)
    cuts = [cut for cut in film.slate["cuts"] if not is_card(cut["clip"])]
    by_clip = {
        cut["clip"]: [takes.at(place.episode, cut["clip"]) for takes in (clip, composite, narration,
                                                                         sound_effect)]
        for cut in cuts
    }  # fmt: skip
    before = [
        *(takes.of(place) for takes in (dossier, pitches, screenplay)),
        *(reference.at(place.episode, key) for key in written.slate["references"]),
    ]
    pieces = [*before, *(take for takes in by_clip.values() for take in takes)]
    bought = tuple(purchases(studio, place.episode))
    order = ReportOrder(
        episode=place.episode,
        purchases=bought,
        let_pass=_let_pass(studio, pieces),
        service=studio.settings.service_url,
    )

    def write(room: Path) -> Made:
        # Here, and not at the top: a page's template engine takes a tenth of a second to come in.
        from pokegeo_dagster.providers.bench.contact_sheet import contact_sheet
        from pokegeo_dagster.providers.bench.episode_page import page

        asked = ordered.read(Brief)
        rate = asked.delivery.rate_fps
        found, record = quality.slate["findings"], on_record(studio, pieces)
        report = EpisodeReport(
            episode=place.episode,
            species=asked.species,
            channel=asked.channel,
            title=film.slate["title"],
            duration_s=film.slate["duration_s"],
            width_px=asked.delivery.width_px,
            height_px=asked.delivery.height_px,
            rate_fps=rate,
            passed=quality.slate["passed"],
            checks=quality.slate["of"],
            failed=sum(f["outcome"] == "failed" for f in found),
            not_passed=tuple(
                f"{f['check'].replace('_', ' ')}: {f['why']}" for f in found if f["outcome"] != "passed"
            ),
            links=_links(film, quality),
            clips=tuple(
                ClipReport(
                    clip=cut["clip"],
                    start_s=cut["start_frame"] / rate,
                    duration_s=cut["frames"] / rate,
                    line=by_clip[cut["clip"]][2].slate["text"],
                    pieces=tuple(_piece(take, bought, record) for take in by_clip[cut["clip"]]),
                )
                for cut in cuts
            ),
            before=tuple(_piece(take, bought, record) for take in before),
            accounts=by_vendor(bought, [take.row.member for take in pieces]),
            losses=_losses(bought),
        )
        frames = {name: takes[0].path("poster") for name, takes in by_clip.items()}
        seeds = {take.place.key: take.path() for take in before if take.asset == "reference"}
        files = {"main": room / "episode_report.html", "picture": room / "contact_sheet.jpg"}
        files["picture"].write_bytes(contact_sheet(report, frames))
        files["main"].write_text(page(report, frames, seeds), encoding="utf-8")
        return Made(files, _slate(report))

    return Work(
        order=order,
        credit=REPORTER,
        make=write,
        inputs=(ordered, *pieces, film, quality),
        uses={"film": film.version, "quality": quality.version}
        | {f"{take.asset} {take.place.key}": f"{take.version} {take.row.recipe}" for take in pieces},
    )


def _let_pass(studio: Studio, takes: Sequence[Take]) -> tuple[str, ...]:
    """What a person let pass, and why: it is said on the page."""
    found = studio.verdicts.of_takes([take.row.id for take in takes])
    return tuple(f"{row.take_id} {row.check}: {word.because}" for row, word in found if word)


def _links(film: Take, quality: Take) -> tuple[Link, ...]:
    base = f"{film.studio.settings.service_url}/media/{film.place.episode}"
    parts = ((film, "film", "main"), (quality, "quality report", "main"), (film, "timed script", "script"),
             (film, "cue sheet", "cue_sheet"))  # fmt: skip
    found = [Link(words=words, url=show.url(take, part)) for take, words, part in parts]
    return (*found, Link(words="everything else", url=base))


def _piece(take: Take, bought: Iterable[CostLine], record: Record) -> PieceReport:
    row, place = take.row, take.place
    mine = [line for line in bought if (line.asset, line.piece) == (take.asset, place.key)]
    numbers = [other.id for other in take.studio.db.takes(place.episode, take.asset, place.key)]
    verdicts = [judged(check, take, record) for check in checks_of(take.asset)]
    return PieceReport(
        asset=take.asset,
        key=place.key,
        name=str(take.slate.get("name") or NAMES.get(take.asset, take.asset)).replace("_", " "),
        by=row.member,
        model=row.model,
        take=numbers.index(row.id) + 1,
        takes=len(numbers),
        link=show.url(take),
        purchases=len(mine),
        quoted=sum((line.quoted for line in mine), Decimal(0)),
        charged=sum((line.charged for line in mine), Decimal(0)),
        wasted=sum((line.charged for line in mine if line.use == "wasted"), Decimal(0)),
        stand_in_for=str(take.slate.get("stand_in_for") or ""),
        judged=len(verdicts),
        remarks=tuple(
            Remark(
                check=found.check.name,
                why=found.why,
                grave=not found.passed and found.row.severity == "error",
            )
            for found in verdicts
            if not found.row.passed
        ),
    )


def _losses(bought: Iterable[CostLine]) -> tuple[Loss, ...]:
    whys = {"failed": "it failed after money was taken", "unknown": "nobody knows what became of it"}
    return tuple(
        Loss(
            asset=line.asset,
            key=line.piece,
            by=line.by,
            model=line.model,
            charged=line.charged,
            why=whys.get(line.state, "another take is in the film"),
        )
        for line in bought
        if line.use == "wasted"
    )


def _slate(report: EpisodeReport) -> dict[str, Any]:
    whole = report.whole
    remarks = [remark for piece in report.before for remark in piece.remarks]
    return {
        "title": report.title,
        "charged": str(whole.charged),
        "wasted": str(whole.wasted),
        "passed": report.passed,
        "checks": report.checks,
        "remarks": len(remarks) + sum(len(clip.remarks) for clip in report.clips),
        "accounts": [
            {
                "vendor": one.by,
                "pieces": one.pieces,
                "purchases": one.purchases,
                "quoted (USD)": float(one.quoted),
                "charged (USD)": float(one.charged),
                "wasted (USD)": float(one.wasted),
            }
            for one in report.accounts
        ],
    }
