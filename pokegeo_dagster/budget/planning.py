"""Planning: what a film usually needs while it has no screenplay, and what would make it cheaper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from pokegeo_dagster.budget.estimate import MISSING, Estimate, Line, priced
from pokegeo_dagster.budget.prices import HOUSE, PriceList
from pokegeo_dagster.budget.tiers import Part, Role
from pokegeo_dagster.film.ids import CLIP_IDS, MOST_CLIPS, REFERENCE_IDS
from pokegeo_dagster.film.places import WHOLE_FILM
from pokegeo_dagster.film.vendors import Item

REFERENCES = 22  # as the first film had, and every 18-clip film of the house measured; 20–25 are allowed
CLIP_S = 10  # a vendor's long clip: it holds a line of 6–8 s and both its breaths
EFFECT_S = 10  # as long as the longest clip, so that a new line needs no new effect

# Measured on four films of the house (72 lines): 103–109 characters a line on average, 127 at most.
NARRATION_CHARACTERS = 105

# At 4 characters a token: instructions, schema and what was found before go in (the prompts as they are,
# 2026-11-21); the document comes out, and as much thinking again, which is charged as output. Lengths are
# those a paid writer is asked for: 6,000 characters of dossier, 3,200 of pitches, and a screenplay of 900
# + 1,000 a shot + 550 a reference (the house's own, which is terser: 815 a shot and 380 a reference).
DOSSIER_IN, DOSSIER_OUT = 1_300, 3_000
PITCHES_IN, PITCHES_OUT = 2_700, 1_600
SCREENPLAY_IN, SCREENPLAY_OUT = 4_700, 450
SCREENPLAY_OUT_A_SHOT, SCREENPLAY_OUT_A_REFERENCE = 500, 275
# A picture is asked for in about 2,000 characters; characters are shown the sheet, and a picture that is
# looked at is 1,120 tokens (litellm 1.109.1).
PICTURE_PROMPT_IN, SHEET_IN = 500, 1_120
CHARACTERS = 8  # of 22 references: 7–9 in the house's films

# The first that a model is sold by is taken: what the camera asks for by default.
CLIP_UNITS = ("second-pro", "second-1080p")
IMAGE_UNIT = "image-2k"  # a plate is 1.2 × 1920 wide; rehearsals make do with the smallest
SMALLEST_IMAGE_UNIT = "image-1k"  # which every model has

ROLE_OF: Mapping[str, Role] = {
    "dossier": "researcher",
    "pitches": "writer",
    "screenplay": "writer",
    "reference": "illustrator",
    "clip": "camera",
    "narration": "narrator",
    "sound_effect": "foley",
}

# Whose work the house can take over and the film stays one: text follows the writer it began with.
HOUSE_CAN: tuple[Role, ...] = ("foley", "narrator", "illustrator", "camera")

_USUAL: Mapping[str, Mapping[str, int]] = {
    "dossier": {"input-token": DOSSIER_IN, "output-token": DOSSIER_OUT},
    "pitches": {"input-token": PITCHES_IN, "output-token": PITCHES_OUT},
    "narration": {"character": NARRATION_CHARACTERS},
    "sound_effect": {"sound-second": EFFECT_S},
}


def expected_work(
    clip_count: int, cast: Mapping[Role, Part], prices: PriceList, on: date,
    *, references: int | None = None, image_unit: str = IMAGE_UNIT, without: Iterable[str] = (),
    clip_s: int = CLIP_S,
) -> tuple[Line, ...]:  # fmt: skip
    """A line for every piece of work of a film that is not written yet, priced on a day.

    `references` are 22 for 18 clips and fewer for fewer, and never more than are given. A model that does not
    draw in the size of `image_unit` draws in its smallest. Assets in `without` are left out: those that
    exist already. Raises PriceMissing.
    """
    if not 1 <= clip_count <= MOST_CLIPS:
        raise ValueError(f"A film has 1 to {MOST_CLIPS} clips, not {clip_count}.")
    count = expected_references(clip_count, references)
    left_out = set(without)
    lines = []
    for asset, role in ROLE_OF.items():
        part = cast[role]
        for number, key in enumerate(_keys(asset, clip_count, count) if asset not in left_out else ()):
            bill = _bill(asset, number, part, prices, clip_count, count, image_unit, clip_s)
            lines.append(priced(asset, key, bill, MISSING, prices, on, model=part.model or HOUSE))
    return tuple(lines)


def expected_references(clip_count: int, most: int | None = None) -> int:
    """How many seed images a film of so many clips usually has, 22 from 18 clips on; `most` of them
    where that many were ordered at most."""
    return min(REFERENCES, clip_count + 4, most or REFERENCES)


def cheaper(order: Estimate) -> tuple[tuple[Role, Decimal], ...]:
    """The roles that the house could take over in the same order, each with what all of it would cost
    then, the dearest first. Only those that save something; the order itself may be empty."""
    saving: dict[Role, Decimal] = {role: _total(_by_the_house(role, order.lines)) for role in HOUSE_CAN}
    ways: list[tuple[Role, Decimal]] = [(role, usd) for role, usd in saving.items() if usd < order.usd]
    return tuple(sorted(ways, key=lambda way: (-way[1], way[0])))


def _keys(asset: str, clip_count: int, references: int) -> tuple[str, ...]:
    if asset == "reference":
        return REFERENCE_IDS[:references]
    return (WHOLE_FILM,) if ROLE_OF[asset] in ("researcher", "writer") else CLIP_IDS[:clip_count]


def _bill(
    asset: str,
    number: int,
    part: Part,
    prices: PriceList,
    clips: int,
    references: int,
    image_unit: str,
    clip_s: int,
) -> tuple[Item, ...]:
    """What the `number`th piece of an asset usually takes."""
    if part.model is None:
        return ()
    vendor, model = part.vendor, part.model
    if asset == "clip":
        unit = _sold_by(prices, vendor, model, (f"clip-{clip_s}s", *CLIP_UNITS))
        needs = {unit: clip_s if unit.startswith("second-") else 1}
    elif asset == "reference":
        sheet = SHEET_IN if 0 < number < CHARACTERS else 0
        unit = _sold_by(prices, vendor, model, (image_unit, SMALLEST_IMAGE_UNIT))
        needs = {unit: 1, "input-token": PICTURE_PROMPT_IN + sheet}
    elif asset == "screenplay":
        written = SCREENPLAY_OUT + SCREENPLAY_OUT_A_SHOT * clips + SCREENPLAY_OUT_A_REFERENCE * references
        needs = {"input-token": SCREENPLAY_IN, "output-token": written}
    else:
        needs = _USUAL[asset]
    return tuple(Item(vendor=vendor, model=model, unit=u, units=Decimal(n)) for u, n in needs.items())


def _sold_by(prices: PriceList, vendor: str, model: str, wanted: tuple[str, ...]) -> str:
    """The first of `wanted` that the list has for a model; the first at all when it has none, so that
    the list itself says what is missing."""
    units = prices.units(vendor, model)
    return next((unit for unit in wanted if unit in units), wanted[0])


def _total(lines: Iterable[Line]) -> Decimal:
    return sum((line.usd for line in lines), Decimal(0))


def _by_the_house(role: Role, lines: Iterable[Line]) -> list[Line]:
    return [_free(line) if ROLE_OF.get(line.asset) == role else line for line in lines]


def _free(line: Line) -> Line:
    free = {"vendor": HOUSE, "model": HOUSE, "items": (), "usd": Decimal(0), "price_date": None}
    return line.model_copy(update=free)
