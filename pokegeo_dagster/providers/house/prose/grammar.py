"""The grammar: how one line of a phrase bank becomes one flawless English sentence or two.

A line is plain English with three marks: `[this|that]` is a choice, `{slot}` is filled from the
lexicon (a slot of several words is a choice too), and `<air,!water>` in front says when the line
may be used. Everything else (capitals, a or an, possessives, doubled stops) is mended at the end.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence, Set
from typing import NamedTuple

Words = Mapping[str, str | Sequence[str]]

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{([a-z_]+)\}")
_WHEN = re.compile(r"^<([^>]+)>\s*")
_TITLES = ("Mr", "Jr", "Mrs", "Dr")
# Vowel letters that are heard as consonants. Names decide by their letter, save these.
_A_BEFORE = re.compile(r"^(?:uni(?!n)|use|usu|one\b|once|eu|uxie)", re.I)
_AN_BEFORE = re.compile(r"^(?:hour|honest|heir|honou?r)", re.I)


class Line(NamedTuple):
    """One line of a bank: what has to hold for it to be said, and its text."""

    needs: frozenset[str]
    bars: frozenset[str]
    text: str

    def fits(self, tags: Set[str]) -> bool:
        """Whether the line may be said in a film of these tags."""
        return self.needs <= tags and not self.bars & tags


def read_line(raw: str) -> Line:
    """A line as written in a bank."""
    found = _WHEN.match(raw)
    marks = [m.strip() for m in found.group(1).split(",")] if found else []
    return Line(
        needs=frozenset(m for m in marks if not m.startswith("!")),
        bars=frozenset(m[1:] for m in marks if m.startswith("!")),
        text=_WHEN.sub("", raw).strip(),
    )


def expand(text: str, words: Words, dice: random.Random) -> str:
    """The line with its choices made, its slots filled and its English mended.

    Raises KeyError for a slot that the words do not have.
    """
    for _ in range(8):  # a slot may hold choices and slots; nothing in the banks nests deeper
        before = text
        text = _CHOICE.sub(lambda m: dice.choice(m.group(1).split("|")), text)
        text = _SLOT.sub(lambda m: _fill(m.group(1), words, dice), text)
        if text == before:
            break
    return mend(text)


def slots_of(text: str) -> set[str]:
    """The slots that a line asks for."""
    return set(_SLOT.findall(text))


def mend(text: str) -> str:
    """English as it is set: capitals after stops, a and an, one space, one stop, curly apostrophes."""
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"\s+([,.;:!?])", r"\1", text)
    text = re.sub(r"(?<=[a-z])\.(?:\.{3,})", "...", text)  # Mime Jr. before an ellipsis
    text = re.sub(r"(?<!\.)\.\.(?!\.)", ".", text)  # and at the end of a sentence
    text = re.sub(r",{2,}", ",", text).replace(",.", ".").replace("’s’s", "’s")
    text = re.sub(r"\b([Aa])n? (?=(\w[\w’'-]*))", _article, text)
    text = re.sub(r"(?<=\w)'(?=\w)|(?<=s)'(?= )", "’", text)
    return _capitals(text)


def possessive(name: str) -> str:
    """The name's own: Gyarados’s, Farfetch’d’s."""
    return f"{name}’s"


def _fill(slot: str, words: Words, dice: random.Random) -> str:
    value = words[slot]
    return value if isinstance(value, str) else dice.choice(list(value))


def _article(match: re.Match[str]) -> str:
    word = match.group(2)
    vowel = word[0].lower() in "aeiou" and not _A_BEFORE.match(word)
    an = vowel or bool(_AN_BEFORE.match(word))
    return match.group(1) + ("n " if an else " ")


def _capitals(text: str) -> str:
    out: list[str] = []
    raise_next = True
    for i, char in enumerate(text):
        if raise_next and char.isalpha():
            char, raise_next = char.upper(), False
        elif raise_next and char.isdigit():
            raise_next = False
        out.append(char)
        if char in ".!?" and text[i + 1 : i + 2] in (" ", ""):
            raise_next = not text[: i + 1].endswith("..") and not _is_title(text[:i])
    return "".join(out)


def _is_title(before: str) -> bool:
    return before.endswith(_TITLES) and not before[:-2].endswith(tuple("abcdefghijklmnopqrstuvwxyz"))
