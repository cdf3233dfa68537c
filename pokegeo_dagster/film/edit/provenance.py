"""The provenance sheet: who made every piece of a film, with what and from which words. Pure text."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Literal

from pokegeo_dagster.film.model import Frozen

COLUMNS = ("asset", "piece", "take", "made by", "model", "author", "prompt", "recipe", "made (UTC)",
           "sha256", "made from")  # fmt: skip


class Origin(Frozen):
    """Where one piece of the film is from. `prompt` is what was asked for, in the words that were sent;
    `author` says whose idea those words were."""

    asset: str
    piece: str
    take: int
    by: str
    model: str
    author: Literal["human", "machine"]
    prompt: str
    recipe: str
    made: str
    sha256: str
    inputs: str
    stand_in_for: str = ""


def provenance_sheet(origins: Sequence[Origin]) -> str:
    """CSV: a row a piece, in the order of the work."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for o in origins:
        by = f"{o.by} (stands in for {o.stand_in_for})" if o.stand_in_for else o.by
        rows.writerow([o.asset, o.piece, o.take, by, o.model, o.author, o.prompt, o.recipe, o.made, o.sha256,
                       o.inputs])  # fmt: skip
    return out.getvalue()
