"""How long the paid camera shoots is the user's word, and a word that means nothing is refused."""

import pytest

from pokegeo_dagster.defs.office.casting import clip_seconds
from pokegeo_dagster.film.errors import OrderRefused


@pytest.mark.parametrize(("text", "seconds"), [("", 10), ("10", 10), (" 5 ", 5), ("AUTO", "auto")])
def test_ten_seconds_unless_the_user_says_otherwise(text, seconds):
    assert clip_seconds({"POKEGEO_CLIP_SECONDS": text}) == seconds


@pytest.mark.parametrize("text", ["ten", "0", "-5", "5.5", "61", "५"])
def test_what_is_no_length_is_refused(text):
    with pytest.raises(OrderRefused, match="POKEGEO_CLIP_SECONDS"):
        clip_seconds({"POKEGEO_CLIP_SECONDS": text})
