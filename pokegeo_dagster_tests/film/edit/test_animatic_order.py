"""The animatic on paper."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pokegeo_dagster.film.edit.animatic import CAPTION_CHARS, captions, sketch_delivery
from pokegeo_dagster.film.edit.delivery import DELIVERIES

LINE = "Between day and dark there is a gap among the fallen columns... and in it, something waits."


def _spoken(line: str) -> list[tuple[str, float, float]]:
    return [(word, n * 0.4, n * 0.4 + 0.35) for n, word in enumerate(line.split())]


def test_a_caption_ends_where_the_voice_rests() -> None:
    texts = [caption.text for caption in captions(_spoken(LINE))]

    assert texts == [
        "Between day and dark there is a gap among the fallen columns...",
        "and in it, something waits.",
    ]


@given(st.lists(st.text("abc.,", min_size=1, max_size=20), min_size=1, max_size=60))
def test_every_word_is_read_once_in_order_and_one_caption_at_a_time(words: list[str]) -> None:
    spoken = [(word, n * 0.4, n * 0.4 + 0.35) for n, word in enumerate(words)]

    found = captions(spoken)

    assert " ".join(caption.text for caption in found).split() == words
    assert all(len(caption.text) <= CAPTION_CHARS + 1 for caption in found)
    assert all(a.start_s < a.end_s <= b.start_s for a, b in pairwise(found))


@pytest.mark.parametrize(("profile", "size"), [("full", (960, 540)), ("rehearsal", (320, 180))])
def test_a_sketch_is_half_the_film_and_never_larger_than_it(profile: str, size: tuple[int, int]) -> None:
    film = DELIVERIES[profile]  # type: ignore[index]

    sketch = sketch_delivery(film)

    assert (sketch.width_px, sketch.height_px) == size
    assert sketch.rate_fps == film.rate_fps
