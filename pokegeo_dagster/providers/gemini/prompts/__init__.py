"""The prompts: what the hired crew is told, in files that a producer can read and change."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from string import Template


def prompt(which: str, /, **words: object) -> str:
    """One prompt with its blanks (`$species` …) filled in. A blank without a word is an error."""
    return _template(which).substitute({key: str(word) for key, word in words.items()}).strip()


@lru_cache(maxsize=16)
def _template(name: str) -> Template:
    return Template(files(__name__).joinpath(f"{name}.md").read_text(encoding="utf-8"))
