"""Measures in words: how a narrator says sizes, and what of like size a viewer has seen."""

from __future__ import annotations

import math

_ONES = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
# Familiar things by weight in kilograms and by length in metres; plain averages of grown animals.
_WEIGHTS: tuple[tuple[float, str], ...] = (
    (0.1, "an apple"), (0.3, "a bread roll and a mug of tea"), (0.5, "a loaf of bread"),
    (1.0, "a bag of flour"), (2.0, "a wild duck"), (3.5, "a newborn child"), (4.5, "a house cat"),
    (6.5, "a red fox"), (9.0, "a goose and her gander"), (12.0, "a badger"), (20.0, "a beaver"),
    (30.0, "a roe deer"), (42.0, "a wolf"), (60.0, "a leopard"), (80.0, "a grown man"),
    (110.0, "a wild boar"), (150.0, "a giant panda"), (200.0, "a lion"), (260.0, "a stag in autumn"),
    (330.0, "a brown bear"), (450.0, "a polar bear"), (600.0, "a bull moose"), (800.0, "a bison"),
    (1000.0, "a giraffe"),
)  # fmt: skip
_LENGTHS: tuple[tuple[float, str], ...] = (
    (0.1, "a wren"), (0.2, "a starling"), (0.3, "a red squirrel"), (0.4, "a crow"), (0.5, "a rabbit"),
    (0.6, "a house cat"), (0.7, "a hare"), (0.8, "an otter"), (0.9, "a fox"), (1.0, "a lynx"),
    (1.2, "a penguin"), (1.4, "a wolf"), (1.6, "a roe deer"), (1.8, "a grown man"),
    (2.1, "a rearing bear"), (2.6, "an ostrich"), (3.2, "an elephant at the shoulder"),
    (4.5, "a crocodile"), (5.5, "a giraffe"), (6.5, "an orca"), (8.8, "a whale shark"),
    (12.0, "a humpback whale"), (14.5, "a sperm whale"), (20.0, "a fin whale"),
)  # fmt: skip


def in_words(number: int) -> str:
    """A whole number from 0 to 9,999, as it is said: four hundred and sixty."""
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        return f"{_ONES[hundreds]} hundred" + (f" and {in_words(rest)}" if rest else "")
    thousands, rest = divmod(number, 1000)
    link = " and " if 0 < rest < 100 else " "
    return f"{in_words(thousands)} thousand" + (f"{link}{in_words(rest)}" if rest else "")


def metres(height_m: float) -> str:
    """A length as it is said: forty centimetres, one and a half metres, six metres."""
    if height_m < 0.95:
        return f"{in_words(round(height_m * 100))} centimetres"
    whole, tenths = divmod(round(height_m * 10), 10)
    if tenths == 0:
        return "one metre" if whole == 1 else f"{in_words(whole)} metres"
    if tenths == 5:
        return f"{in_words(whole)} and a half metres"
    return f"{in_words(whole)} point {_ONES[tenths]} metres"


def kilograms(weight_kg: float) -> str:
    """A weight as it is said: a hundred grams, six kilograms, almost a tonne."""
    if weight_kg >= 990:
        return "almost a tonne"
    if weight_kg < 0.95:
        grams = round(weight_kg * 1000, -1)
        return "a hundred grams" if grams == 100 else f"{in_words(int(grams))} grams"
    whole = round(weight_kg)
    if whole < 8 and abs(weight_kg - whole - 0.5) < 0.06:
        whole = int(weight_kg)
        return f"{in_words(whole)} and a half kilograms"
    return "one kilogram" if whole == 1 else f"{in_words(whole)} kilograms"


def weighs_like(weight_kg: float) -> str:
    """The familiar thing nearest in weight, with its article."""
    return min(_WEIGHTS, key=lambda row: abs(math.log(row[0] / weight_kg)))[1]


def long_as(height_m: float) -> str:
    """The familiar animal nearest in size, with its article."""
    return min(_LENGTHS, key=lambda row: abs(math.log(row[0] / height_m)))[1]


def heft_of(height_m: float, weight_kg: float) -> str:
    """How heavy a body is for its size: weightless, light, usual, heavy or dense.

    By weight over the 2.5th power of height: living animals fall between 8 and 80.
    """
    share = weight_kg / max(height_m, 0.1) ** 2.5
    for limit, word in ((1.0, "weightless"), (8.0, "light"), (70.0, "usual"), (200.0, "heavy")):
        if share < limit:
            return word
    return "dense"
