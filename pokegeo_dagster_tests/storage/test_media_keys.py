"""Media keys: one spelling each, and no way out of the store."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pokegeo_dagster.storage.keys import KeyParts, MediaKeyInvalid, is_key, make_again, media_key, parse_key

DIGEST = "ab" * 32
names = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)


def test_a_key_says_whose_it_is():
    assert (
        media_key("haunter", "clip", "clip_05", DIGEST, ".MP4")
        == f"episodes/haunter/clip/clip_05/{DIGEST}.mp4"
    )
    assert (
        media_key("haunter", "final_cut", None, DIGEST, "mp4")
        == f"episodes/haunter/final_cut/film/{DIGEST}.mp4"
    )
    assert media_key("haunter", "clip", "clip_05", DIGEST, "jpg", "poster").endswith(f"/{DIGEST}.poster.jpg")


@given(names, names, names, st.sampled_from(["mp4", "png", "json"]))
def test_a_key_is_read_as_it_was_written(asset, key, part, extension):
    written = media_key("haunter", asset, key, DIGEST, extension, part)

    assert parse_key(written) == KeyParts("haunter", asset, key, DIGEST, part, extension)


@given(st.text(alphabet="abc/._-\\%\0 \n", max_size=80))
def test_nothing_that_could_climb_is_a_key(text):
    key = f"episodes/haunter/{text}"

    assert not is_key(key) or (".." not in key and key.count("/") == 4 and key.isprintable())


@pytest.mark.parametrize(
    "text",
    ["", "episodes", "episodes/haunter/clip/clip_05", f"episodes/Haunter/clip/clip_05/{DIGEST}.mp4",
     f"episodes/haunter/clip/clip_05/{DIGEST}.", f"episodes/haunter/clip/clip_05/{DIGEST}.a.b.c",
     f"episodes/haunter/clip/clip_05/{DIGEST}0.mp4", f"episodes/haunter/clip//{DIGEST}.mp4"],
)  # fmt: skip
def test_what_is_no_key_is_refused_with_an_explanation(text):
    with pytest.raises(MediaKeyInvalid, match="is no media key"):
        parse_key(text)


def test_lost_bytes_come_with_the_command_that_makes_them_again():
    assert "`pokegeo redo haunter clip_05 --what clip`" in make_again(
        media_key("haunter", "clip", "clip_05", DIGEST, "mp4")
    )
    assert "`pokegeo redo haunter --what final_cut`" in make_again(
        media_key("haunter", "final_cut", None, DIGEST, "mp4")
    )
