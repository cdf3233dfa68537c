"""Caps: how much may be spent on a clip, an episode, a channel, in a day and in a month, and the one decision
whether a batch of work fits under all of them. Nobody is asked and nothing is written here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_CEILING, Decimal
from typing import Annotated, Literal

from pydantic import Field

from pokegeo_dagster.film.errors import CapReached, OrderRefused
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.release.channel import Channel

Level = Literal["clip", "episode", "channel", "day", "month"]
LEVELS: tuple[Level, ...] = ("clip", "episode", "channel", "day", "month")
_PREFIX = "POKEGEO_CAP_"
_AMOUNT = re.compile(r"\$?\s?([0-9]{1,9}(?:\.[0-9]{1,6})?)")

Usd = Annotated[Decimal, Field(ge=0)]
Batch = Iterable[tuple[str, Decimal]]  # (what it is for: clip_05, ref_02, film; US dollars)


class Caps(Frozen):
    """The most that may be spent, in US dollars. None: no cap. 0: nothing.

    `clip` is for one piece: everything ever bought for clip_05 (its voice, its effect, every take), for
    ref_02, or for the film's texts.
    """

    clip: Usd | None = None
    episode: Usd | None = None
    channel: Usd | None = None
    day: Usd | None = None
    month: Usd | None = None

    @classmethod
    def from_texts(cls, texts: Mapping[str, str]) -> Caps:
        """The caps among `texts`: POKEGEO_CAP_EPISODE=12 and its like. An empty text is no cap.

        Raises OrderRefused for a level that does not exist and for what is no amount: a cap that was
        mistyped must not be a cap that is not there.
        """
        found = {}
        for name, text in texts.items():
            if not name.startswith(_PREFIX):
                continue
            level = name.removeprefix(_PREFIX).lower()
            if level not in LEVELS:
                known = ", ".join(_PREFIX + known.upper() for known in LEVELS)
                raise OrderRefused(f"{name} caps nothing. The caps are {known}.")
            if text.strip():
                found[level] = dollars(text, name)
        return cls(**found)

    def with_budget(self, budget_usd: Decimal | None) -> Caps:
        """These caps for an episode that was ordered with a budget: the smaller of the two holds."""
        if budget_usd is None:
            return self
        if not budget_usd.is_finite() or budget_usd < 0:
            raise OrderRefused(
                f"A budget of {budget_usd} is none: write an amount in US dollars, such as 12."
            )
        tighter = budget_usd if self.episode is None else min(budget_usd, self.episode)
        return self.model_copy(update={"episode": tighter})

    def within(self, channel: Channel) -> Caps:
        """These caps for a film of a channel: of two caps of one level the smaller holds."""
        own = {
            "clip": channel.cap_clip_usd,
            "episode": channel.cap_episode_usd,
            "channel": channel.cap_channel_usd,
        }
        tighter = {
            level: usd if (cap := getattr(self, level)) is None else min(usd, cap)
            for level, usd in own.items()
            if usd is not None
        }
        return self.model_copy(update=tighter)

    def of(self, level: Level) -> Decimal | None:
        """The cap of a level."""
        return getattr(self, level)


class Spent(Frozen):
    """What is gone and what is promised, in US dollars."""

    spent: Usd = Decimal(0)
    reserved: Usd = Decimal(0)  # admitted and not yet settled

    @property
    def total(self) -> Decimal:
        """Both, because both count against a cap."""
        return self.spent + self.reserved


class Spending(Frozen):
    """What was spent and reserved at each level before a batch. `clips` is by piece; those not in it
    have cost nothing yet."""

    clips: Mapping[str, Spent] = Field(default_factory=dict)
    episode: Spent = Spent()
    channel: Spent = Spent()
    day: Spent = Spent()
    month: Spent = Spent()


class Overrun(Frozen):
    """One cap that a batch would break."""

    level: Level
    key: str | None  # the piece, for the clip's cap
    cap: Decimal
    before: Spent
    wanted: Decimal

    @property
    def over(self) -> Decimal:
        """By how much, in US dollars. More than 0."""
        return self.before.total + self.wanted - self.cap


def dollars(text: str, name: str) -> Decimal:
    """The amount in a text like «12», «0.50» or «$12». Raises OrderRefused, naming where it was written."""
    found = _AMOUNT.fullmatch(text.strip())
    if not found:
        raise OrderRefused(f"{name} is {text!r}, which is no amount: write US dollars, such as 12 or 0.50.")
    return Decimal(found[1])


def overruns(caps: Caps, spending: Spending, batch: Batch) -> tuple[Overrun, ...]:
    """Every cap that the batch as a whole would break, the tightest (the most over) first."""
    pieces = _by_piece(batch)
    whole = sum(pieces.values(), Decimal(0))
    asked: list[tuple[Level, str | None, Spent, Decimal]] = [
        ("episode", None, spending.episode, whole),
        ("channel", None, spending.channel, whole),
        ("day", None, spending.day, whole),
        ("month", None, spending.month, whole),
    ]
    asked.extend(("clip", key, spending.clips.get(key, Spent()), usd) for key, usd in sorted(pieces.items()))
    found = []
    for level, key, before, wanted in asked:
        cap = caps.of(level)
        # What costs nothing breaks no cap, even one that is already broken: free work goes on.
        if cap is not None and wanted > 0 and before.total + wanted > cap:
            found.append(Overrun(level=level, key=key, cap=cap, before=before, wanted=wanted))
    return tuple(sorted(found, key=lambda overrun: -overrun.over))


def admit(
    caps: Caps, spending: Spending, batch: Batch, alternatives: Sequence[tuple[str, Decimal]] = ()
) -> None:
    """Nothing, if all of the batch fits under every cap; else none of it may be bought.

    `alternatives` are cheaper ways and what the whole batch would cost then. Raises CapReached, which
    names the tightest cap, the price, what is spent and reserved, and those ways.
    """
    batch = tuple(batch)
    if found := overruns(caps, spending, batch):
        raise CapReached(_told(found, sum((usd for _, usd in batch), Decimal(0)), alternatives))


def _by_piece(batch: Batch) -> dict[str, Decimal]:
    pieces: dict[str, Decimal] = {}
    for key, usd in batch:
        if not usd.is_finite() or usd < 0:
            raise ValueError(f"{key} cannot cost {usd}: it would make room for others.")
        pieces[key] = pieces.get(key, Decimal(0)) + usd
    return pieces


def _told(found: Sequence[Overrun], price: Decimal, alternatives: Sequence[tuple[str, Decimal]]) -> str:
    tightest = found[0]
    before, level = tightest.before, tightest.level
    cap = f"the cap of {tightest.key}" if tightest.key else f"the {level}'s cap"
    share = f", {money(tightest.wanted)} of it for {tightest.key}," if tightest.key else ""
    others = dict.fromkeys(o.level for o in found[1:] if o.level != level)
    also = f" (the {' and '.join(others)} cap{'s' * (len(others) > 1)} would be broken too)" if others else ""
    variable = _PREFIX + level.upper() + (" or --budget" if level == "episode" else "")
    wait = f", or wait for the next {level}" if level in ("day", "month") else ""
    return (
        f"This work costs {money(price)}{share} and {cap} is {money(tightest.cap)}, of which "
        f"{money(before.spent)} is spent and {money(before.reserved)} reserved: "
        f"{money(tightest.over)} too much{also}. Nothing of it was bought. "
        f"{_cheaper(price, found, alternatives)}Raise {variable}{wait}."
    )


def _cheaper(price: Decimal, found: Sequence[Overrun], alternatives: Sequence[tuple[str, Decimal]]) -> str:
    ways = [(usd, what) for what, usd in alternatives if usd < price]
    if not ways:
        return ""
    # Which piece a saving is made on is not known here, so a piece's own cap is never said to fit.
    enough = None if any(o.key for o in found) else price - found[0].over
    told = ", ".join(
        f"{what} ({money(usd)}{', fits' if enough is not None and usd <= enough else ''})"
        for usd, what in sorted(ways, reverse=True)
    )
    return f"Cheaper ways: {told}. "


def money(usd: Decimal) -> str:
    """US dollars for a person: cents, and below ten cents up to four digits; never less than it is."""
    step = Decimal("0.01") if usd >= Decimal("0.1") or usd == round(usd, 2) else Decimal("0.0001")
    return f"${usd.quantize(step, ROUND_CEILING):,}"
