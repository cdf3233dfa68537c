"""Words and tables of the terminal."""

import sys
from collections.abc import Iterable

from rich.console import Console

PLAIN_COLUMNS = 150  # of a page that no terminal shows: nothing is broken into lines

# What a person calls more than one of an asset.
PLURALS = {"pitches": "pitches", "mix": "mixes", "final_cut": "cuts", "captions": "captions"}


def listed(words: Iterable[str], last: str = "and") -> str:
    """«a», «a and b», «a, b and c»."""
    *first, end = list(words) or [""]
    return f"{', '.join(first)} {last} {end}" if first else end


def counted(number: int, noun: str) -> str:
    """«1 sound effect», «18 clips», «final cut»."""
    if (
        noun in ("dossier", "pitches", "screenplay", "mix", "final_cut", "timeline", "captions", "brief")
        and number == 1
    ):
        return noun.replace("_", " ")
    name = noun.replace("_", " ")
    return f"{number} {name}" if number == 1 else f"{number} {PLURALS.get(noun, name + 's')}"


def wide_console() -> Console:
    """Standard output for tables: as wide as the terminal, or wide enough."""
    there = sys.stdout.isatty()
    return Console(highlight=False, soft_wrap=True, width=None if there else PLAIN_COLUMNS)
