"""Crafts: what an asset of this graph is, apart from the machinery that runs it.

A craft is one function that, given a place and the takes it is made from, says what the work is
(`Work`): the order, whoever carries it out, what goes in. It makes nothing itself. So the same
function serves a Dagster run, the plan of a whole production and the status page.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import dagster as dg
from pydantic import BaseModel, Field

from pokegeo_dagster.budget.tiers import KEYS, Role
from pokegeo_dagster.defs.office.partitions import EPISODE_REFERENCES, EPISODE_SHOTS, EPISODES
from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.defs.office.takes import Take, Takes
from pokegeo_dagster.film.crew import Credit, Made
from pokegeo_dagster.film.digest import digest
from pokegeo_dagster.film.errors import ProductionError
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.film.vendors import Job

Per = Literal["episode", "shot", "reference"]
VENDORS = frozenset(KEYS)
# Who shares a vendor's desk. Dagster's pools shape the work and show in the UI; the law is in the
# books (`Books.intend`), because a pool can be over-admitted.
POOLS: Mapping[Role, str] = {
    "researcher": "gemini",
    "writer": "gemini",
    "illustrator": "gemini",
    "camera": "kling",
    "narrator": "elevenlabs",
    "foley": "elevenlabs",
}
PARTITIONS: Mapping[Per, dg.PartitionsDefinition] = {
    "episode": EPISODES,
    "shot": EPISODE_SHOTS,
    "reference": EPISODE_REFERENCES,
}


class TakeConfig(dg.Config):
    """What to do when a take with the same recipe is already there."""

    new_take: bool = Field(
        default=False, description="Make another one, beside the old: with paid crews this costs money."
    )


@dataclass(frozen=True)
class Work:
    """One piece of work: `make` carries out `order` in a room of its own, or, where a vendor is to
    do it, prepares the `Job` that the purse carries out.

    `inputs` are the takes it is made from. `uses` names the bytes that the result really depends
    on (name → digest): a take whose `uses` and order are unchanged is the same take, even when an
    input has a new version.

    `or_else` is work whose result would do as well: where one of it is bought already, it is kept.
    `refusal` says why this cannot be ordered; nothing else of `or_else` being there, it is raised.
    """

    order: BaseModel
    credit: Credit
    make: Callable[[Path], Made | Job]
    inputs: tuple[Take, ...] = ()
    uses: Mapping[str, str] = field(default_factory=dict)
    author: str = "house"
    about: Callable[[Made], Mapping[str, Any]] = lambda made: {}  # what the slate says beside made.slate
    or_else: tuple["Work", ...] = ()
    refusal: ProductionError | None = None

    @property
    def paid(self) -> bool:
        """Whether a vendor does it for money: then `make` prepares a Job and sends nothing."""
        return self.credit.member in VENDORS

    def recipe(self, asset: str) -> str:
        """The digest of everything the result is made from."""
        return digest({"asset": asset, "order": self.order, "credit": self.credit, "uses": dict(self.uses)})

    def bought(self, asset: str, studio: Studio, place: Place) -> bool:
        """Whether this, or what would do as well, is there or may be on its way."""
        recipes = {work.recipe(asset) for work in (self, *self.or_else)}
        return not recipes.isdisjoint(bought_recipes(studio, asset, place))

    @property
    def inputs_text(self) -> str:
        """The versions of what went in, as the studio's database keeps them: «asset/key=version;…»."""
        versions = sorted(f"{t.asset}/{t.place.key}={t.version}" for t in self.inputs)
        return ";".join([*versions, f"credit={self.credit.member}/{self.credit.model}#{self.credit.edition}"])


def bought_recipes(studio: Studio, asset: str, place: Place) -> frozenset[str]:
    """The recipes of a piece of which there is a take, or a purchase that was asked for."""
    piece = (place.episode, asset, place.key)
    return studio.books.bought(*piece).union(take.recipe for take in studio.db.takes(*piece))


def written(value: Callable[[], BaseModel | Job]) -> Callable[[Path], Made | Job]:
    """Work that writes a value as JSON. A paid writer hands back a job instead, whose result is such
    a file."""

    def make(room: Path) -> Made | Job:
        made = value()
        if not isinstance(made, BaseModel):
            return made
        file = room / "main.json"
        file.write_text(made.model_dump_json(indent=2) + "\n", encoding="utf-8")
        return Made({"main": file})

    return make


@dataclass(frozen=True)
class Verdict:
    """What a check found: `measured` is shown as it is; `why` says what is wrong and what to do."""

    passed: bool
    why: str
    measured: Mapping[str, Any] = field(default_factory=dict)
    severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR


@dataclass(frozen=True)
class Check:
    """A claim about a take, named as a sentence, and how to judge it.

    A take is judged once: `edition` rises whenever `judge` would find something else, and `against`
    is a digest of whatever else than the take it looks at. A `blocking` check holds up every purchase
    that would be made from a take which fails it with an error; `mend` then says what to do, with
    {episode} and {key}.
    """

    name: str
    description: str
    judge: Callable[[Take], Verdict]
    edition: int = 1
    blocking: bool = False
    mend: str = ""
    against: Callable[[Take], str] = lambda take: ""


def _is_the_real_one(take: Take) -> Verdict:
    vendor = take.slate.get("stand_in_for")
    if vendor is None:
        return Verdict(True, f"made by {take.row.member}", {"by": take.row.member})
    return Verdict(
        False,
        f"the house stands in for {vendor} ({take.slate['stand_in_why']}). Produce the episode again "
        "to have it made.",
        {"by": take.row.member, "ordered from": vendor},
        dg.AssetCheckSeverity.WARN,
    )


NO_STAND_IN = Check(
    "made_by_the_one_ordered",
    "Nobody stands in for the crew member that was ordered.",
    _is_the_real_one,
)


@dataclass(frozen=True)
class Craft:
    """One asset: how its work is ordered, shown and checked."""

    name: str
    group: str
    per: Per
    plan: Callable[..., Work]
    inputs: tuple[str, ...]
    description: str
    kinds: frozenset[str]
    code_version: str
    checks: tuple[Check, ...]
    show: Callable[[Take], dict[str, Any]]
    role: Role | None  # whose job it is, where somebody can be hired for it
    pool: str | None
    at_once: int  # how many pieces of this work the machine does at a time
    gives_way_to: tuple[str, ...]  # assets whose pieces go first while both are to come
    on_request: bool  # made when somebody asks for it; from then on kept up to date
    config: type["TakeConfig"]  # what a person may say when materialising it
    before: Callable[[Studio, Place, "TakeConfig"], None] | None  # what is done with that
    get_ready: Callable[[], None] | None  # what takes time before the first piece, and needs nothing
    clips_wait: bool  # whether clips are made from it: the bench is theirs first
    wanted_in: Callable[[Studio, str], Sequence[str]] | None  # the order in which others want its keys
    needed: Callable[[Studio, str], bool] | None  # whether an episode has any of this at all

    def work(
        self, studio: Studio, place: Place, handles: Mapping[str, Takes] | None = None, anew: bool = False
    ) -> Work:
        """The work for one place; with `anew`, as it would be ordered today, whatever is there. Raises
        NotReady when something it needs is not made yet, or why it cannot be ordered."""
        takes = handles or {name: Takes(name, studio) for name in self.inputs}
        crewed = studio.at_work_on(place.episode) if self.role else studio

        def planned(number: int) -> Work:
            at = replace(place, take=number)
            return self.plan(at, crewed, **{name: takes[name] for name in self.inputs})

        work = planned(place.take)
        if work.or_else and not anew:
            # A recipe is that of the first take: a later one's seeds do not tell what is there.
            first = work if place.take == 1 else planned(1)
            number = self._there(studio, place, (first, *first.or_else))
            work = replace((work, *work.or_else)[number], or_else=work.or_else)
        if work.refusal:
            raise work.refusal
        return work

    def _there(self, studio: Studio, place: Place, choice: Sequence[Work]) -> int:
        """Which of several that would do is in the film, or else bought; the first where none is."""
        numbers = {work.recipe(self.name): number for number, work in enumerate(choice)}
        piece = (place.episode, self.name, place.key)
        approved = studio.approved_row(*piece)
        if approved and approved.recipe in numbers:
            return numbers[approved.recipe]
        bought = bought_recipes(studio, self.name, place)
        return next((numbers[recipe] for recipe in numbers if recipe in bought), 0)

    def wanted(self, studio: Studio, episode: str) -> bool:
        """Whether a production makes it: on request only, once somebody asked for it and it was made."""
        return not self.on_request or bool(studio.db.approved(episode, self.name))

    def keys(self, studio: Studio, episode: str) -> tuple[str, ...]:
        """The keys this episode uses, in order: its screenplay declares clips and references."""
        if self.needed is not None and not self.needed(studio, episode):
            return ()
        if self.per == "episode":
            return (Place(episode).key,)
        screenplay = Takes("screenplay", studio).find(Place(episode))
        declared = screenplay.slate["clips" if self.per == "shot" else "references"] if screenplay else ()
        return tuple(declared)


def craft(
    *,
    group: str,
    per: Per,
    kinds: Sequence[str],
    checks: Sequence[Check] = (),
    show: Callable[[Take], dict[str, Any]] = lambda take: {},
    code_version: str = "1",
    role: Role | None = None,
    at_once: int = 1,
    gives_way_to: tuple[str, ...] = (),
    on_request: bool = False,
    config: type[TakeConfig] = TakeConfig,
    before: Callable[[Studio, Place, TakeConfig], None] | None = None,
    get_ready: Callable[[], None] | None = None,
    clips_wait: bool = False,
    wanted_in: Callable[[Studio, str], Sequence[str]] | None = None,
    needed: Callable[[Studio, str], bool] | None = None,
) -> Callable[[Callable[..., Work]], Craft]:
    """Turns a function `(place, studio, *, input…) -> Work` into a craft named after it.

    Its keyword-only parameters name the assets it is made from; its docstring is what a producer
    reads in the UI.
    """

    def made(plan: Callable[..., Work]) -> Craft:
        parameters = inspect.signature(plan).parameters.values()
        return Craft(
            name=plan.__name__,
            group=group,
            per=per,
            plan=plan,
            inputs=tuple(p.name for p in parameters if p.kind is p.KEYWORD_ONLY),
            description=inspect.getdoc(plan) or "",
            kinds=frozenset(kinds),
            code_version=code_version,
            checks=(*checks, *([NO_STAND_IN] if role else [])),
            show=show,
            role=role,
            pool=POOLS[role] if role else None,
            at_once=at_once,
            gives_way_to=gives_way_to,
            on_request=on_request,
            config=config,
            before=before,
            get_ready=get_ready,
            clips_wait=clips_wait,
            wanted_in=wanted_in,
            needed=needed,
        )

    return made
