"""Words, as they are compared: what is written and what a machine heard, in one spelling.

A listener that heard every word right still writes «1.6 meters» for «one point six metres» and
«haunt her» for «Haunter». None of that is the voice's fault, so it is aliased before it is counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

_COUNTED = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_IN_TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety"
_UNITS, _TENS = _COUNTED.split(), _IN_TENS.split()
_SCALES = ((1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand"), (100, "hundred"))
_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
             "nine": "ninth", "twelve": "twelfth"}  # fmt: skip
_SHORT = {"m": "meters", "km": "kilometers", "cm": "centimeters", "kg": "kilograms", "g": "grams",
          "c": "celsius", "ok": "okay", "mr": "mister", "dr": "doctor", "vs": "versus"}  # fmt: skip
_CONTRACTED = (("won't", "will not"), ("can't", "can not"), ("cannot", "can not"), ("n't", " not"),
               ("'ll", " will"), ("'re", " are"), ("'ve", " have"), ("'m", " am"), ("it's", "it is"),
               ("that's", "that is"), ("there's", "there is"), ("here's", "here is"))  # fmt: skip
# British endings and their American ones; applied to both sides, so that a wrong guess is wrong twice.
_SPELLINGS = (
    (re.compile(r"([a-z]{2,})our(s|ed|ing|less|ful|able|ite|hood)?$"), r"\1or\2"),
    (re.compile(r"([a-z]{2,}[bt])re(s|d)?$"), r"\1er\2"),
    (re.compile(r"([a-z]{2,})is(e|es|ed|ing|ation)$"), r"\1iz\2"),
    (re.compile(r"([a-z]{2,})ys(e|es|ed|ing)$"), r"\1yz\2"),
    (re.compile(r"([a-z]{2,})ll(ed|ing|er|ers)$"), r"\1l\2"),
    (re.compile(r"([a-z]{3,})ogue(s)?$"), r"\1og\2"),
    (re.compile(r"([a-z]{3,})ence(s)?$"), r"\1ense\2"),
)
_RESPELT = {"grey": "gray", "greys": "grays", "mould": "mold", "plough": "plow", "tyre": "tire",
            "towards": "toward", "afterwards": "afterward", "upwards": "upward", "downwards": "downward",
            "whilst": "while", "amongst": "among", "onto": "on to", "into": "in to",
            "learnt": "learned", "burnt": "burned", "programme": "program", "pyjamas": "pajamas",
            "number": "no",  # a listener takes «A twig, no.» for an abbreviation
            "sceptical": "skeptical", "ageing": "aging", "metre": "meter", "metres": "meters"}  # fmt: skip
_SOUNDS = (("ph", "f"), ("ck", "k"), ("qu", "kw"), ("c", "k"), ("q", "k"), ("x", "ks"), ("y", "i"),
           ("z", "s"), ("ai", "a"), ("ea", "e"), ("ee", "e"), ("ie", "i"), ("oo", "u"), ("ou", "u"),
           ("au", "o"), ("wh", "w"), ("kn", "n"), ("gh", ""))  # fmt: skip
NAME_LIKENESS = 0.6  # how alike a name and what was heard in its place must sound, 0 to 1
FAR_LIKENESS = 0.45  # a word less like what is written than this is another word, not a slip of the ear
_LONGEST_NAME = 3  # words that one name may be heard as: «haunt her», «ee lek trick»
# Words that a listener drops or swaps without any change of meaning: alone they are never far.
_SMALL = (
    "a an the and or of in on at to it its is as so for by from with this that than then their they "
    "there he she his her him them we you your be was were are has have had not no do does did but if"
)
_SMALL_WORDS = frozenset(_SMALL.split())
_NUMBER_WORDS = "|".join(_UNITS + _TENS)


def words(text: str) -> list[str]:
    """The words of a text in one spelling: lower case, numbers as words, no hyphens, American."""
    text = text.lower().replace("’", "'").replace("‘", "'").replace("—", " ").replace("–", " ")
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    text = re.sub(r"(\d)\s*%", r"\1 percent", text)
    text = re.sub(r"(\d)\s*°", r"\1 degrees ", text)
    for short, full in _CONTRACTED:
        text = text.replace(short, full)
    text = re.sub(r"'s\b", "s", text).replace("'", "")
    text = re.sub(r"(\d)([a-z]{1,2})\b", _unit, text)
    found = re.findall(r"\d+(?:\.\d+)?(?:st|nd|rd|th)?|[^\W\d_]+", text)
    spelt = [part for word in found for part in _spelt(word)]
    # «a hundred» is «one hundred»; «one hundred and five» is «one hundred five».
    joined = " ".join(spelt)
    joined = re.sub(r"\ba (hundred|thousand|million|billion)\b", r"one \1", joined)
    joined = re.sub(rf"\b(hundred|thousand) and (?=(?:{_NUMBER_WORDS})\b)", r"\1 ", joined)
    return joined.split()


def _unit(found: re.Match[str]) -> str:
    number, letters = found.groups()
    return f"{number}{letters}" if letters in ("st", "nd", "rd", "th") else f"{number} {letters}"


def _spelt(word: str) -> Iterator[str]:
    if word[0].isdigit():
        yield from _number(word)
        return
    word = _RESPELT.get(_SHORT.get(word, word), _SHORT.get(word, word))
    for pattern, other in _SPELLINGS:
        word = pattern.sub(other, word)
    yield from word.split()


def _number(text: str) -> Iterator[str]:
    digits = re.sub(r"(st|nd|rd|th)$", "", text)
    whole, _, decimals = digits.partition(".")
    if len(whole) > 12:
        yield from (_UNITS[int(digit)] for digit in whole)
        return
    said = list(_whole(int(whole)))
    if digits != text:
        last = said[-1]
        said[-1] = _ORDINALS.get(last, last[:-1] + "ieth" if last.endswith("y") else last + "th")
    yield from said
    if decimals:
        yield "point"
        yield from (_UNITS[int(digit)] for digit in decimals)


def _whole(number: int) -> Iterator[str]:
    for size, name in _SCALES:
        if number >= size:
            yield from _whole(number // size)
            yield name
            number %= size
            if not number:
                return
    if number >= 20:
        yield _TENS[number // 10]
        number %= 10
        if not number:
            return
    yield _UNITS[number]


def aliased(written: Sequence[str], heard: Sequence[str], names: Sequence[str]) -> list[str]:
    """What was heard, with the names that stand in the text put back where something like them was
    heard in their place, and words that were only divided otherwise divided as they are written.

    `written` and `heard` are as `words` gives them. Nothing is changed where both agree.
    """
    spoken_names = [tuple(words(name)) for name in names]
    out: list[str] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, written, heard, autojunk=False).get_opcodes():
        block, said = list(written[i1:i2]), list(heard[j1:j2])
        if tag != "replace":
            out += said
        elif "".join(block) == "".join(said) or _sound("".join(block)) == _sound("".join(said)):
            out += block
        else:
            out += _renamed(block, said, spoken_names)
    return out


def _renamed(block: list[str], said: list[str], names: Sequence[tuple[str, ...]]) -> list[str]:
    """`said` with every name of `block` put where the words most like it are, if any are like it."""
    for at in range(len(block)):
        for name in names:
            full = block[at : at + len(name)]
            if not _same_name(full, name):
                continue
            spans = [
                (a, b) for a in range(len(said)) for b in range(a + 1, min(a + _LONGEST_NAME, len(said)) + 1)
            ]
            alike = {span: likeness("".join(full), "".join(said[span[0] : span[1]])) for span in spans}
            best = max(spans, key=lambda span: alike[span], default=None)
            if best and alike[best] >= NAME_LIKENESS:
                said = [*said[: best[0]], *full, *said[best[1] :]]
    return said


def _same_name(written: Sequence[str], name: Sequence[str]) -> bool:
    """Whether these words are a name; «Haunters» and «Haunter's» are it too."""
    return len(written) == len(name) > 0 and all(
        word.removesuffix("s") == part.removesuffix("s") for word, part in zip(written, name, strict=True)
    )


def likeness(one: str, other: str) -> float:
    """How alike two words sound in English, from 0 to 1: by their letters, folded by their sound."""
    return SequenceMatcher(None, _sound(one), _sound(other), autojunk=False).ratio()


def _sound(word: str) -> str:
    for letters, sound in _SOUNDS:
        word = word.replace(letters, sound)
    return re.sub(r"(.)\1+", r"\1", word)


def far(written: Sequence[str], heard: Sequence[str], names: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Pairs (written, heard) that are other words and not slips of the ear: what is heard in a place,
    as a whole, sounds nothing like what is written there. Small words alone never count, nor does
    what is heard in the place of a name or beside one: a listener knows no such word."""
    proper = {form for name in names for word in words(name) for form in (word, f"{word}s")}
    found = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, written, heard, autojunk=False).get_opcodes():
        block, said = written[i1:i2], heard[j1:j2]
        if tag == "equal" or proper.intersection(written[max(0, i1 - 1) : i2 + 1]):
            continue
        if not any(word not in _SMALL_WORDS and len(word) > 3 for word in (*block, *said)):
            continue
        if likeness("".join(block), "".join(said)) < FAR_LIKENESS:
            found.append((" ".join(block), " ".join(said)))
    return found
