"""What a producer wants to know of a finished film: who made each piece, what it cost, what was wasted.

Plain values; who gathers them is `defs.edit.report`, how they look is `providers.bench.episode_page`.
Amounts are US dollars.
"""

from __future__ import annotations

from decimal import Decimal

from pokegeo_dagster.film.model import Frozen


class Remark(Frozen):
    """A check that a take did not pass, or was let pass."""

    check: str
    why: str
    grave: bool  # an error, and not a warning


class PieceReport(Frozen):
    """One piece of the film: an opening frame, a clip, a line, an effect."""

    asset: str
    key: str
    name: str  # what a producer calls it
    by: str
    model: str
    take: int  # which of its takes, in the order in which they were made, from 1
    takes: int  # how many there are
    link: str  # where it is to be seen or heard
    purchases: int = 0
    quoted: Decimal = Decimal(0)
    charged: Decimal = Decimal(0)  # all that was taken for this piece, wasted or not
    wasted: Decimal = Decimal(0)
    stand_in_for: str = ""
    judged: int = 0
    remarks: tuple[Remark, ...] = ()


class ClipReport(Frozen):
    """One clip of the film with everything that went into it."""

    clip: str
    start_s: float
    duration_s: float
    line: str
    pieces: tuple[PieceReport, ...]

    @property
    def charged(self) -> Decimal:
        """What the whole clip cost."""
        return sum((piece.charged for piece in self.pieces), Decimal(0))

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """Everything that a check found in its pieces."""
        return tuple(remark for piece in self.pieces for remark in piece.remarks)

    @property
    def judged(self) -> int:
        """How many verdicts there are on its pieces."""
        return sum(piece.judged for piece in self.pieces)


class Account(Frozen):
    """What one vendor made and took."""

    by: str
    pieces: int = 0  # that are in the film
    purchases: int = 0
    quoted: Decimal = Decimal(0)
    charged: Decimal = Decimal(0)
    wasted: Decimal = Decimal(0)
    on_its_way: Decimal = Decimal(0)  # promised, not charged yet


class Loss(Frozen):
    """A purchase that was paid for and is not in the film."""

    asset: str
    key: str
    by: str
    model: str
    charged: Decimal
    why: str


class Link(Frozen):
    """Something of the whole film that can be opened."""

    words: str
    url: str


class EpisodeReport(Frozen):
    """The film as its producer sees it."""

    episode: str
    species: str
    channel: str
    title: str
    duration_s: float
    width_px: int
    height_px: int
    rate_fps: int
    passed: int  # checks of the quality report
    checks: int
    failed: int  # of the rest: those that found something; the others could not be judged
    not_passed: tuple[str, ...]  # in words, one each
    links: tuple[Link, ...]
    clips: tuple[ClipReport, ...]
    before: tuple[PieceReport, ...]  # what no single clip has to itself: story and seed images
    accounts: tuple[Account, ...]
    losses: tuple[Loss, ...]

    @property
    def whole(self) -> Account:
        """All accounts in one."""

        def usd(name: str) -> Decimal:
            return sum((getattr(one, name) for one in self.accounts), Decimal(0))

        return Account(
            by="all",
            pieces=sum(one.pieces for one in self.accounts),
            purchases=sum(one.purchases for one in self.accounts),
            quoted=usd("quoted"),
            charged=usd("charged"),
            wasted=usd("wasted"),
            on_its_way=usd("on_its_way"),
        )

    @property
    def a_minute(self) -> Decimal:
        """What a minute of the film cost."""
        return self.whole.charged * 60 / Decimal(self.duration_s)
