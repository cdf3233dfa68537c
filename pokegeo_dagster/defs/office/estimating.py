"""Estimating: what an episode would still cost, piece by piece, before anything is asked for.

The film is walked through in the order in which it is made, on paper: every craft is asked what its
work would be, with the takes that are there and, in the place of those that would be made, imagined
ones. Work that costs nothing and is only text is really done, in a room that is thrown away, so that
an edited screenplay is known clip by clip. What hangs on a text that a vendor has yet to write is
taken from what such films usually need. No network, and nothing is stored.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from pokegeo_dagster.budget.books import LIVE_STATES, Slot, Task, may_be_bought
from pokegeo_dagster.budget.estimate import KEPT, MISSING, Estimate, Line, estimate, priced
from pokegeo_dagster.budget.planning import CLIP_S, IMAGE_UNIT, SMALLEST_IMAGE_UNIT, expected_work
from pokegeo_dagster.budget.prices import HOUSE
from pokegeo_dagster.budget.tiers import KEYS, Part, Role, cast, wishes
from pokegeo_dagster.defs.graph import CALL_SHEET, GRAPH
from pokegeo_dagster.defs.office.casting import hired_crew
from pokegeo_dagster.defs.office.craft import Craft, Work, written
from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.defs.office.takes import NotReady, Take, Takes, is_whole, usable_take
from pokegeo_dagster.defs.story.assets import DESK
from pokegeo_dagster.film.crew import ReferenceOrder
from pokegeo_dagster.film.digest import digest
from pokegeo_dagster.film.edit.delivery import SAMPLE_RATE_HZ
from pokegeo_dagster.film.errors import ProductionError
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.screenplay import Reference, Shot
from pokegeo_dagster.film.story.slices import ShotSlice
from pokegeo_dagster.film.vendors import Job
from pokegeo_dagster.providers.kie.camera import KlingCamera
from pokegeo_dagster.storage.greenlights import Consent, Yes
from pokegeo_dagster.storage.media_store import MediaRef, sha256_of
from pokegeo_dagster.storage.rows import TakeRow

Value = TypeVar("Value", bound=BaseModel)

# As fast as the house's voice speaks, and never longer than a vendor's clip with its breaths: how long
# a line that is not spoken yet will be is known afterwards, and changes no price.
CHARACTERS_A_S = 15
LONGEST_LINE_S = 8
# What the keys would be if all were there. Nothing is ever sent with them.
ALL_KEYS = {name: "none" for name in (*KEYS.values(), "ELEVENLABS_VOICE_ID")}


class Unwritten(ProductionError):
    """What this hangs on is a text that nobody has written yet."""


@dataclass(frozen=True)
class Outlook:
    """What an episode would still cost. `exact` is False while a text is unwritten that the rest hangs
    on. `under_way` is what is on the books already: reserved, or paid for and not developed yet."""

    brief: Brief
    order: Estimate
    parts: Mapping[Role, Part]
    exact: bool
    under_way: tuple[Task, ...] = ()
    stopped: tuple[str, ...] = ()  # pieces that cannot be ordered as they are, and why
    edits: tuple[tuple[str, str], ...] = ()  # («clip_07», «narration»): what an edit changes, by key

    @property
    def stale(self) -> Estimate:
        """Only what is made again because something it is made from has changed."""
        return estimate(line for line in self.order.lines if line.why not in (KEPT, MISSING))


def everybody(environ: Mapping[str, str]) -> Mapping[Role, Part]:
    """Who would do each job if every key were there. Raises OrderRefused for settings that cannot be."""
    return cast(frozenset(ALL_KEYS), wishes(environ))


def with_crew_of(studio: Studio, parts: Mapping[Role, Part], environ: Mapping[str, str]) -> Studio:
    """The studio with these parts given out, to be asked about and never to be worked in."""
    known = {name: environ.get(name) or text for name, text in ALL_KEYS.items()}
    crew = hired_crew(studio.house, parts, {**environ, **known})
    return replace(studio, parts=parts, crew=crew, casts=None)


def outlook(studio: Studio, brief: Brief) -> Outlook:
    """What an episode with this brief would still cost; it need not be on file. Raises PriceMissing."""
    everything = replace(studio, greenlights=_EveryYes())  # what it would cost, before anybody says yes
    with tempfile.TemporaryDirectory(prefix="estimate-", dir=studio.scratch()) as folder:
        return _Walk(everything, brief, Path(folder)).outlook()


class _Slate(dict[str, Any]):
    """A slate of which more is known when the take is made."""

    def __missing__(self, name: str) -> Any:
        raise Unwritten(f"{name} is not known yet.")


@dataclass(frozen=True)
class _ImaginedTake(Take):
    """A take that would be made. Its content is known only where it was made on paper."""

    content: Path | None = None
    blank: Path | None = None

    @property
    def slate(self) -> dict[str, Any]:
        return _Slate(self.row.slate)

    def path(self, part: str = "main") -> Path:
        return self.content or self._stand_in()

    def paths(self) -> dict[str, Path]:
        return {"main": self.path()}

    def read(self, kind: type[Value]) -> Value:
        if self.content is None:
            raise Unwritten(f"{self.asset} {self.place} is not written yet.")
        return kind.model_validate_json(self.content.read_bytes())

    def _stand_in(self) -> Path:
        assert self.blank is not None
        return self.blank


@dataclass(frozen=True)
class _Imagined(Takes):
    """The takes of one asset as they would be: imagined first, then those that are there."""

    seen: Mapping[tuple[str, str], Take] = field(default_factory=dict)

    def find(self, place: Place) -> Take | None:
        return self.seen.get((self.asset, place.key))


class _EveryYes:
    """Says yes to everything: on paper nothing is bought."""

    def standing(self, episode: str, consent: Consent = "clips") -> Yes:
        return Yes(0, episode, consent, "", None, "nobody", datetime.fromtimestamp(0, UTC))


@dataclass
class _Walk:
    studio: Studio
    brief: Brief
    room: Path
    lines: list[Line] = field(default_factory=list)
    seen: dict[tuple[str, str], Take] = field(default_factory=dict)
    under_way: list[Task] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    edits: list[tuple[str, str]] = field(default_factory=list)
    exact: bool = True

    def __post_init__(self) -> None:
        self.today: date = datetime.fromtimestamp(self.studio.purse.clock.now(), UTC).date()
        self.handles = {name: _Imagined(name, self.studio, self.seen) for name in GRAPH}
        self.blank = self.room / "blank"
        self.blank.write_bytes(b"not made yet")
        approved = self.studio.db.approved(self.brief.episode)
        self.had = {(asset, key) for asset, key in approved}
        self.inputs = {piece: row.inputs_text for piece, row in approved.items()}
        old = Takes("screenplay", self.studio).find(Place(self.brief.episode))
        self.declared = {*old.slate["clips"], *old.slate["references"]} if old else set()

    def outlook(self) -> Outlook:
        for craft in CALL_SHEET:
            if not craft.wanted(self.studio, self.brief.episode):
                continue
            keys = self._keys(craft)
            if keys is None:
                self._expect(craft.name)
                continue
            waiting = [Place(self.brief.episode, key) for key in keys]
            while waiting:
                later = [place for place in waiting if not self._walked(craft, place)]
                if len(later) == len(waiting):
                    break  # they wait for something that cannot be made: it is among `stopped`
                waiting = later
        return Outlook(
            self.brief, estimate(self.lines), self.studio.parts, self.exact,
            tuple(self.under_way), tuple(self.stopped), tuple(self.edits),
        )  # fmt: skip

    def _keys(self, craft: Craft) -> tuple[str, ...] | None:
        """The keys an asset will have; None while no screenplay says so."""
        if craft.per == "episode":
            return (Place(self.brief.episode).key,)
        play = self.seen.get(("screenplay", Place(self.brief.episode).key))
        if play is None or "clips" not in play.slate:
            return None
        return tuple(play.slate["clips" if craft.per == "shot" else "references"])

    def _walked(self, craft: Craft, place: Place) -> bool:
        """Puts a piece on paper. False when something it is made from comes later."""
        try:
            work = self._work(craft, place)
            recipe = work.recipe(craft.name)
            row = usable_take(self.studio, craft.name, place, recipe)
            if row is None and isinstance(work.order, ReferenceOrder):
                self._compare_reference(place, work.order.reference)
            if row is not None:
                self._kept(craft, place, work, row)
            elif work.paid:
                self._paid(craft, place, work, recipe)
            else:
                self._free(craft, place, work, recipe)
        except NotReady:
            return False
        except Unwritten:
            self._expect(craft.name, place.key)
            self._imagine(craft, place, digest({"unwritten": craft.name, "key": place.key}))
        except ProductionError as reason:
            self.stopped.append(f"{craft.name} {place.key}: {reason}")
        return True

    def _work(self, craft: Craft, place: Place) -> Work:
        if craft.name == "brief":  # it need not be on file yet
            return Work(order=self.brief, credit=DESK, make=written(lambda: self.brief), author="human")
        return craft.work(self.studio, place, self.handles)

    def _kept(self, craft: Craft, place: Place, work: Work, row: TakeRow) -> None:
        self.seen[craft.name, place.key] = Take(craft.name, place, row, self.studio)
        credit = work.credit
        member = credit.member if credit.member in KEYS else HOUSE
        self._line(craft, place, (), KEPT, member, row.model)

    def _paid(self, craft: Craft, place: Place, work: Work, recipe: str) -> None:
        live, tried = self.studio.books.numbers(place.episode, craft.name, place.key, recipe)
        newest = self.studio.db.find_take(place.episode, craft.name, place.key, recipe)
        number = live if live is not None else max(newest.number if newest else 1, tried, 1)
        slot = Slot(place.episode, self.brief.channel, craft.name, place.key, recipe, number)
        task = self.studio.books.last(slot)
        with tempfile.TemporaryDirectory(dir=self.room) as folder:
            job = work.make(Path(folder))
        assert isinstance(job, Job), f"{craft.name} is paid for and hands back no job"
        if task is not None and (task.state in LIVE_STATES or task.state == "stored"):
            self.under_way.append(task)
            self._line(craft, place, job.bill(), KEPT, job.vendor, work.credit.model)
        elif task is not None and not may_be_bought(task):
            self.stopped.append(f"{craft.name} {place.key}: {task.error_text or task.state}")
        else:
            self._line(craft, place, job.bill(), self._why(craft, place, work), job.vendor, work.credit.model)
        self._imagine(craft, place, recipe, work)

    def _free(self, craft: Craft, place: Place, work: Work, recipe: str) -> None:
        """Work that costs nothing: a text is really written, anything else is imagined."""
        self._line(craft, place, (), self._why(craft, place, work), HOUSE, HOUSE)
        if craft.group != "story":
            self._imagine(craft, place, recipe, work)
            return
        folder = Path(tempfile.mkdtemp(dir=self.room))
        made = work.make(folder)
        assert not isinstance(made, Job)
        file = made.files["main"]
        slate = {**made.slate, **work.about(made)}
        reference = MediaRef("on paper", file.stat().st_size, sha256_of(file), "application/json")
        version = digest({part: sha256_of(path) for part, path in made.files.items()})[:32]
        self._imagine(craft, place, recipe, work, slate, {"main": reference}, version, file)
        if craft.name == "shot":
            self._compare(place, file)

    def _compare(self, place: Place, file: Path) -> None:
        """What an edit changes in a clip's slice, in words."""
        before = Takes("shot", self.studio).find(place)
        if before is None:
            return
        try:
            old = before.read(ShotSlice)
        except ProductionError:
            return
        new = ShotSlice.model_validate_json(file.read_bytes())
        changed = [name for name in Shot.model_fields if getattr(old.shot, name) != getattr(new.shot, name)]
        changed += [n for n in ("atmosphere", "delivery", "seed") if getattr(old, n) != getattr(new, n)]
        self.edits.extend((place.key, name) for name in changed)

    def _compare_reference(self, place: Place, wanted: Reference) -> None:
        """What an edit changes in a seed image's plan, as far as its slate remembers that."""
        before = Takes("reference", self.studio).find(place)
        known = ("kind", "name", "description")
        if before is not None and any(
            before.slate.get(n, getattr(wanted, n)) != getattr(wanted, n) for n in known
        ):
            self.edits.append((place.key, "reference"))

    def _imagine(
        self,
        craft: Craft,
        place: Place,
        recipe: str,
        work: Work | None = None,
        slate: Mapping[str, Any] | None = None,
        files: Mapping[str, MediaRef] | None = None,
        version: str | None = None,
        content: Path | None = None,
    ) -> None:
        """Puts a take that does not exist in its place, different from every take that does."""
        mark = digest({"imagined": recipe})
        row = TakeRow(
            id=0,
            episode=place.episode,
            asset=craft.name,
            key=place.key,
            recipe=recipe,
            number=1,
            data_version=version or mark[:32],
            files=files or {"main": MediaRef("imagined", 1, mark, "application/octet-stream")},
            slate=slate if slate is not None else _slate_of(craft, work),
            member="",
            model="",
            cost_usd=Decimal(0),
            paid=False,
            author=work.author if work else None,
            created_at=datetime.fromtimestamp(0, UTC),
        )
        self.seen[craft.name, place.key] = _ImaginedTake(
            craft.name, place, row, self.studio, content, self.blank
        )

    def _why(self, craft: Craft, place: Place, work: Work) -> str:
        """Whether a piece was never made, or what it is made from that has changed."""
        piece = (craft.name, place.key)
        if piece not in self.had:
            new = craft.per != "episode" and self.declared and place.key not in self.declared
            return "stale: new in the screenplay" if new else MISSING
        before, now = _versions(self.inputs[piece]), _versions(work.inputs_text)
        changed = {name.partition("/")[0] for name in now if before.get(name) != now[name]}
        changed.discard("brief")  # what counts of it is in the order
        row = self.studio.approved_row(place.episode, *piece)
        if row is not None and row.recipe == work.recipe(craft.name) and not is_whole(self.studio, row):
            return "stale: damaged"
        if "credit" in changed:
            return "stale: another crew"
        return f"stale: {', '.join(sorted(changed))} changed" if changed else "stale"

    def _line(
        self, craft: Craft, place: Place, items: Sequence[Any], why: str, vendor: str, model: str
    ) -> None:
        if craft.name == "greenlight":
            return  # a yes is no piece of work, and on paper everybody says it
        prices = self.studio.purse.prices
        self.lines.append(
            priced(craft.name, place.key, tuple(items), why, prices, self.today, vendor=vendor, model=model)
        )

    def _expect(self, asset: str, key: str | None = None) -> None:
        """Lines for pieces that hang on an unwritten text: as such films usually need them."""
        hirable = GRAPH[asset].role is not None or GRAPH[asset].group == "story"
        self.exact = self.exact and not hirable  # a report on a film that is not made costs nothing
        wanted: Callable[[Line], bool] = lambda line: line.asset == asset and key in (None, line.key)  # noqa: E731
        self.lines.extend(filter(wanted, self._usual()))

    def _usual(self) -> tuple[Line, ...]:
        camera = self.studio.crew.camera
        unit = IMAGE_UNIT if self.brief.profile == "full" else SMALLEST_IMAGE_UNIT
        return expected_work(
            self.brief.clip_count, self.studio.parts, self.studio.purse.prices, self.today,
            references=self.brief.references, image_unit=unit,
            clip_s=camera.usual_seconds if isinstance(camera, KlingCamera) else CLIP_S,
        )  # fmt: skip


def _slate_of(craft: Craft, work: Work | None) -> dict[str, Any]:
    """What others need to know of a take that is not there: how long a line will be."""
    if craft.name != "narration" or work is None:
        return {}
    seconds = min(len(getattr(work.order, "text", "")) / CHARACTERS_A_S, LONGEST_LINE_S)
    return {"samples": round(max(seconds, 1) * SAMPLE_RATE_HZ)}


def _versions(inputs_text: str) -> dict[str, str]:
    """«asset/key=version;…», taken apart."""
    return {name: version for name, _, version in (e.partition("=") for e in inputs_text.split(";"))}
