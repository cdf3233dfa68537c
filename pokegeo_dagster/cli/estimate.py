"""`pokegeo estimate`: every line of the bill before anything is ordered; and the check against the caps
that `pokegeo produce` makes before the first cent."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from rich.console import Console
from rich.table import Table

from pokegeo_dagster.budget.caps import LEVELS, Caps, admit, money
from pokegeo_dagster.budget.estimate import KEPT, MISSING, Estimate, Row
from pokegeo_dagster.budget.planning import ROLE_OF, cheaper
from pokegeo_dagster.budget.prices import HOUSE, PriceList
from pokegeo_dagster.budget.tiers import ROLES, Part, Role
from pokegeo_dagster.cli.words import counted, listed, wide_console
from pokegeo_dagster.defs.office.casting import CLIP_SECONDS_VARIABLE, clip_seconds
from pokegeo_dagster.defs.office.estimating import Outlook, everybody, outlook, with_crew_of
from pokegeo_dagster.defs.office.studio import Studio, here
from pokegeo_dagster.film.errors import BriefRefused, CapReached, OrderRefused, UnknownSpecies
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.species import find_species, species_book
from pokegeo_dagster.storage.ledger import Ledger

COUNTED = ("token", "character", "second")  # units that take a plural
VOICE = {"narration": "voice"}  # what a person calls it
SINGLY = 6  # so many edited pieces are named one by one
HALVES = (9, 6)  # shorter films, told as cheaper ways
HALF_THE_REFERENCES = 12  # of the usual 22
DOES = {"researcher": "researches", "writer": "writes", "illustrator": "draws", "camera": "films",
        "narrator": "speaks", "foley": "makes the sounds"}  # fmt: skip


def estimate_order(word: str, clips: int | None, only_stale: bool, references: int | None = None) -> None:
    """Prints what a film, or the rest of one, would cost. `word` is an episode or a species."""
    studio = here()
    brief, filed = _order(studio, word, clips, references)
    if only_stale and not filed:
        raise BriefRefused(f"There is no episode {word!r} that an edit could have touched.")
    studio = studio.staffed(brief)
    keyless = not any(part.paid for part in studio.parts.values()) and not only_stale
    asked = with_crew_of(studio, everybody(os.environ), os.environ) if keyless else studio
    found = outlook(asked, brief)
    console = wide_console()
    if only_stale:
        _tell_stale(console, found)
        return
    console.print(_headline(brief, filed, found))
    _tell_order(console, found, studio.purse.prices)
    _tell_caps(console, studio, found)
    for what, usd in _ways(studio, found):
        console.print(f"  cheaper: {what}: {money(usd)}")
    _tell_now(console, studio, brief, keyless)


def told_before(studio: Studio, brief: Brief) -> str:
    """Who makes a film and what it will still cost, in the second half of a sentence. All of it is
    checked against every cap first. Raises CapReached with cheaper ways, PriceMissing; then nothing
    was begun."""
    studio = studio.staffed(brief)
    paid = {role: part for role, part in studio.parts.items() if part.paid}
    if not paid:
        return ", made by the house crew. It costs $0.00."
    found = outlook(studio, brief)
    _check(studio, found)
    usd = found.order.usd
    bought = Counter(line.asset for line in found.order.lines if line.bought)
    pieces = listed([counted(n, asset) for asset, n in bought.items()])
    about = "" if found.exact else "about "
    cost = f"It will cost {about}{money(usd)} for {pieces}" if bought else "There is nothing left to buy"
    waiting = f"; {counted(len(found.under_way), 'purchase')} under way already" if found.under_way else ""
    return f": {_who(studio.parts)}. {cost}{waiting}."


def _who(parts: Mapping[Role, Part]) -> str:
    """«gemini researches, writes and draws; kie films; the house makes the sounds»."""
    by: dict[str, list[str]] = {}
    for role in ROLES:
        by.setdefault(parts[role].vendor, []).append(DOES[role])
    house = by.pop(HOUSE, None)
    words = [f"{vendor} {listed(does)}" for vendor, does in by.items()]
    return "; ".join([*words, *([f"the house {listed(house)}"] if house else [])])


def _check(studio: Studio, found: Outlook) -> None:
    brief, batch = found.brief, found.order.batch
    spending = _ledger(studio).spending(brief.episode, brief.channel, [key for key, _ in batch])
    admit(_caps(studio, brief), spending, batch, _ways(studio, found))


def _caps(studio: Studio, brief: Brief) -> Caps:
    caps, channel = Caps.from_texts(os.environ), studio.channels.of(brief.channel)
    return caps.within(channel).with_budget(brief.budget_usd)


def _ledger(studio: Studio) -> Ledger:
    return Ledger(studio.settings.database_url)


def _order(studio: Studio, word: str, clips: int | None, references: int | None) -> tuple[Brief, bool]:
    """The brief that is meant, and whether it is on file."""
    filed = studio.db.brief(word)
    as_filed = filed and clips in (None, filed.clip_count) and references in (None, filed.references)
    if filed is not None and as_filed:
        return filed, True
    try:
        animal = find_species(filed.species if filed else word)
    except UnknownSpecies as unknown:
        hint = f" Did you mean {listed(unknown.closest, 'or')}?" if unknown.closest else ""
        raise BriefRefused(f"{word!r} is neither an episode nor a species.{hint}") from unknown
    said = {"clip_count": clips, "references": references}
    given = {name: value for name, value in said.items() if value is not None}
    return Brief(episode=animal.slug, species=animal.slug).model_copy(update=given), False


def _headline(brief: Brief, filed: bool, found: Outlook) -> str:
    name, size = species_book()[brief.species].name, brief.delivery
    if not filed:
        basis = "not ordered yet; quantities as such films usually need them"
    elif found.exact:
        basis = "quantities from its screenplay; what is made and still fits is kept"
    else:
        basis = "its screenplay is yet to be written; quantities as such films usually need them"
    return (
        f"[bold]{name}[/], episode {brief.episode}: {brief.clip_count} clips, "
        f"{size.width_px}×{size.height_px}; {basis}.\n"
    )


def _tell_order(console: Console, found: Outlook, prices: PriceList) -> None:
    order, on = found.order, _today()
    table = Table(box=None, pad_edge=False)
    for name in ("asset", "pieces", "by", "units and price", "price seen", "USD"):
        table.add_column(name, justify="right" if name in ("pieces", "USD") else "left", no_wrap=name != "by")
    rows = [row for row in order.rows() if row.asset in ROLE_OF and row.why != KEPT]
    for row in rows:
        why = "" if row.why == MISSING else f" ({row.why})"
        by = row.vendor if row.model in ("", HOUSE) else f"{row.vendor} {row.model}"
        seen = str(row.price_date) if row.price_date else ""
        table.add_row(f"{row.asset}{why}", str(row.pieces), by, _units(row, prices, on), seen, money(row.usd))
    if rows:
        console.print(table)
    kept = Counter(line.asset for line in order.lines if line.why == KEPT and line.asset in ROLE_OF)
    if kept:
        console.print("kept as they are: " + listed([counted(n, asset) for asset, n in kept.items()]))
    here_made = Counter(line.asset for line in order.lines if line.asset not in ROLE_OF and line.why != KEPT)
    here_made.pop("brief", None)
    if here_made or not found.exact:
        what = listed([counted(n, asset) for asset, n in here_made.items()])
        console.print(f"made on this machine, $0.00: {what or 'the mix, composites, segments, the cut'}")
    for task in found.under_way:
        console.print(
            f"under way: {task.slot.asset} {task.slot.key} at {task.vendor}, {task.state}, "
            f"{money(task.charged_usd or task.quote_usd)} (purchase {task.id})"
        )
    for why in found.stopped:
        console.print(f"[yellow]cannot be ordered[/]: {why}")
    vendors = [f"{vendor} {money(usd)}" for vendor, usd in order.by_vendor().items() if usd]
    oldest = f", oldest price of {order.oldest_price}" if order.oldest_price else ""
    console.print(f"\n[bold]{money(order.usd)}[/] in all: {listed(vendors) or 'nothing to buy'}{oldest}")


def _units(row: Row, prices: PriceList, on: date) -> str:
    """«18 × clip-10s at $0.42», a line a unit."""
    told = []
    for item in row.items:
        if item.vendor == HOUSE:
            continue
        price = prices.price(item.vendor, item.model, item.unit, on)
        per = {1: "", 1_000: " a thousand", 1_000_000: " a million"}.get(price.per, f" for {price.per:,}")
        amount = max(price.amount.normalize(), price.amount.quantize(Decimal("0.01")), key=_digits)
        unit = f"{item.unit}s" if item.unit.endswith(COUNTED) and item.units != 1 else item.unit
        told.append(f"{item.units.normalize():,f} {unit} at ${amount:f}{per}")
    return "\n".join(told)


def _digits(amount: Decimal) -> int:
    """How many digits an amount has behind its point."""
    exponent = amount.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _tell_caps(console: Console, studio: Studio, found: Outlook) -> None:
    caps = _caps(studio, found.brief)
    there = [f"{level} {money(cap)}" for level in LEVELS if (cap := caps.of(level)) is not None]
    if not there:
        console.print("  caps: none is set (--budget 12, or POKEGEO_CAP_EPISODE and its like)")
        return
    try:
        _check(studio, found)
    except CapReached as over:
        console.print(f"  [red]caps[/]: {over}")
    else:
        console.print(f"  caps: it fits ({', '.join(there)})")


def _ways(studio: Studio, found: Outlook) -> tuple[tuple[str, Decimal], ...]:
    """Cheaper ways, told with the words that order them, the dearest first."""
    order = found.order
    ways = [(f"the house {_as(role)} (POKEGEO_{role.upper()}=house)", usd) for role, usd in cheaper(order)]
    if not found.exact:
        ways += [(f"{n} clips (--clips {n})", _of_clips(order, n)) for n in HALVES
                 if n < found.brief.clip_count]  # fmt: skip
        ways += [(f"{n} references (--references {n})", usd) for n in (HALF_THE_REFERENCES,)
                 if (usd := _of_references(studio, found, n)) < order.usd]  # fmt: skip
    elif (usd := _short_clips(studio, found)) is not None:
        ways.append((f"5-second clips where the line fits ({CLIP_SECONDS_VARIABLE}=auto)", usd))
    return tuple(sorted(ways, key=lambda way: -way[1]))


def _as(role: Role) -> str:
    return "for foley" if role == "foley" else f"as {role}"


def _short_clips(studio: Studio, found: Outlook) -> Decimal | None:
    """What the order comes to when clips are as short as their lines allow; None where that saves nothing."""
    bought = any(line.asset == "clip" and line.bought for line in found.order.lines)
    if not bought or clip_seconds(os.environ) != 10:
        return None
    setting = {**os.environ, CLIP_SECONDS_VARIABLE: "auto"}
    try:
        asked = with_crew_of(studio, found.parts, setting)
    except OrderRefused:  # a model that shoots no such lengths
        return None
    staffed = studio.staffed(found.brief)
    if staffed.parts["camera"].paid:  # all others stay who they are, with the channel's own voice
        crew = replace(staffed.crew, camera=asked.crew.camera)
        asked = replace(staffed, crew=crew, casts=None)
    usd = outlook(asked, found.brief).order.usd
    return usd if usd < found.order.usd else None


def _of_references(studio: Studio, found: Outlook, most: int) -> Decimal:
    """What the order comes to with at most so many seed images."""
    if found.brief.references and found.brief.references <= most:
        return found.order.usd
    fewer = found.brief.model_copy(update={"references": most})
    return outlook(with_crew_of(studio, found.parts, os.environ), fewer).order.usd


def _of_clips(order: Estimate, clips: int) -> Decimal:
    """What an order comes to with fewer clips: theirs, and a share of the rest as it usually is."""
    numbers = {f"clip_{n:02d}" for n in range(1, clips + 1)}
    references = {f"ref_{n:02d}" for n in range(1, clips + 5)}
    kept = (
        line
        for line in order.lines
        if not line.key.startswith(("clip_", "ref_")) or line.key in numbers | references
    )
    return sum((line.usd for line in kept), Decimal(0))


def _tell_now(console: Console, studio: Studio, brief: Brief, keyless: bool) -> None:
    if keyless:
        console.print(
            "\nNow: no key is set, so the house crew does every job and it costs $0.00. The prices above "
            "are for all three keys (.env.example says where to get them)."
        )
    else:
        console.print("\nNow, with the keys that are set:")
    for role in ROLES:
        console.print(f"  {studio.parts[role].told}")
    if not keyless and any(not part.paid for part in studio.parts.values()):
        whole = outlook(with_crew_of(studio, everybody(os.environ), os.environ), brief).order.usd
        console.print(f"With all three keys it would cost {money(whole)}.")


def _tell_stale(console: Console, found: Outlook) -> None:
    """«narration line 7 → 1 voice, 1 segment, final cut: $0.02, 0 clips»."""
    stale = found.stale
    again = Counter(line.asset for line in stale.lines)
    for bookkeeping in ("brief", "screenplay", "shot", "mix", "timeline", "captions"):
        again.pop(bookkeeping, None)
    if not again and not stale.usd:
        console.print(f"{found.brief.episode}: nothing is stale; `produce` would buy nothing for an edit.")
        return
    bought = Counter(line.asset for line in stale.lines if line.bought)
    clips = bought.get("clip", 0)
    causes = _edits(found.edits) or _causes(stale)
    pieces = ", ".join(counted(n, VOICE.get(asset, asset)) for asset, n in again.items()) or "nothing"
    console.print(f"{causes} → {pieces}: {money(stale.usd)}, {counted(clips, 'clip')}")
    for row in stale.rows():
        if row.asset in ROLE_OF and row.asset != "screenplay":
            keys = ", ".join(row.keys)
            console.print(f"  {row.asset} {keys}: {row.why}; {row.vendor}, {money(row.usd)}")
    for why in found.stopped:
        console.print(f"  [yellow]cannot be ordered[/]: {why}")


def _edits(edits: Sequence[tuple[str, str]]) -> str:
    """«narration line 7; sound cue of clips 3 and 7; reference 4»."""
    keys: dict[str, list[str]] = {}
    for key, what in edits:
        keys.setdefault(what, []).append(str(int(key.partition("_")[2])))
    return "; ".join(_edit(what.replace("_", " "), numbers) for what, numbers in keys.items())


def _edit(what: str, numbers: Sequence[str]) -> str:
    noun = {"narration": "narration line", "reference": "reference"}.get(what)
    of = "" if noun else f"{what} of "
    if len(numbers) > SINGLY:
        return f"{of}{counted(len(numbers), noun or 'clip')}"
    return f"{of}{noun or 'clip'}{'s' if len(numbers) > 1 else ''} {listed(numbers)}"


def _causes(stale: Estimate) -> str:
    reasons: Sequence[str] = list(dict.fromkeys(line.why.removeprefix("stale: ") for line in stale.lines))
    return listed(reasons)


def _today() -> date:
    return datetime.now(UTC).date()
