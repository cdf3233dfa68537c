"""The finish as a value: left out of digests where nothing is asked for; credits; cards in the cut."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pokegeo_dagster.film.digest import digest
from pokegeo_dagster.film.edit.delivery import DELIVERIES
from pokegeo_dagster.film.edit.fades import lay_fades, wanted_frames
from pokegeo_dagster.film.edit.finish import Finish, cards_and_clips, credit_roll, is_card, lay_programme
from pokegeo_dagster.film.edit.quality import FilmPlan, Measured, PlannedClip, Stretch, judge
from pokegeo_dagster.film.story.brief import Brief

FULL = DELIVERIES["full"]


def test_a_brief_without_a_finish_has_the_digest_it_had_before_there_was_any() -> None:
    brief = Brief(episode="haunter", species="haunter")

    assert "finish" not in brief.model_dump(mode="json")
    assert digest(brief) != digest(brief.model_copy(update={"finish": Finish(title_card=True)}))


@given(st.lists(st.integers(48, 400), min_size=1, max_size=24), st.booleans(), st.booleans())
def test_with_or_without_cards_every_segment_begins_where_the_one_before_it_ends(
    frames: list[int], title: bool, end: bool
) -> None:
    names = [f"clip_{n:02d}" for n in range(1, len(frames) + 1)]

    laid = lay_programme(names, frames, Finish(title_card=title, end_card=end), FULL)

    cards, clips = cards_and_clips(laid)
    assert [cut.frames for cut in clips] == frames
    assert len(cards) == title + end
    assert [cut.start_frame for cut in laid] == [sum(c.frames for c in laid[:k]) for k in range(len(laid))]
    assert is_card(laid[0].clip) is title and is_card(laid[-1].clip) is end


def test_credits_name_whoever_did_most_of_a_job_first_and_nobody_who_did_nothing() -> None:
    makers = [("clip", "house"), ("clip", "kie"), ("clip", "kie"), ("narration", "elevenlabs")]

    assert credit_roll(makers) == (("Camera", "Kling, House crew"), ("Narration", "ElevenLabs"))


def test_black_on_a_card_is_a_fade_and_black_in_a_clip_is_a_fault() -> None:
    clips = [("title", 0, 108), ("clip_01", 108, 120)]
    plan = FilmPlan(
        width_px=320, height_px=180, rate_fps=24,
        clips=tuple(
            PlannedClip(clip=name, start_frame=start, frames=frames, voice_in=0, voice_out=0, line="")
            for name, start, frames in clips
        ),
    )  # fmt: skip
    faded = Stretch(start_s=4.3, end_s=4.5)

    def verdict(*black: Stretch) -> tuple[str, tuple[str, ...]]:
        found = {finding.check: finding for finding in judge(plan, Measured(black=black))}
        return found["no_picture_is_black"].outcome, found["no_picture_is_black"].clips

    assert verdict(faded) == ("passed", ())
    assert verdict(faded, Stretch(start_s=6.0, end_s=6.2)) == ("failed", ("clip_01",))
    assert verdict(Stretch(start_s=4.3, end_s=4.8))[0] == "failed"  # it outlives its card


@given(
    st.lists(st.integers(48, 400), min_size=2, max_size=24), st.booleans(),
    st.sampled_from([0.125, 0.5, 1.0]),
    st.data(),
)  # fmt: skip
def test_a_fade_moves_nothing_and_never_uses_more_than_there_is(
    frames: list[int], cards: bool, seconds: float, data: st.DataObject
) -> None:
    names = [f"clip_{n:02d}" for n in range(1, len(frames) + 1)]
    finish = Finish(title_card=cards, end_card=cards, cross_fade_s=seconds)
    tails = {name: (seen := data.draw(st.integers(0, 30)), data.draw(st.integers(0, seen))) for name in names}

    laid = lay_programme(names, frames, finish, FULL)
    fades = lay_fades(laid, tails, wanted_frames(finish, FULL))

    assert laid == lay_programme(names, frames, finish.model_copy(update={"cross_fade_s": None}), FULL)
    assert set(fades) <= set(names[1:])  # nothing fades into the first clip, or into or out of a card
    for goes, comes in pairwise(names):
        seen, still = tails[goes]
        if comes not in fades:
            assert seen < 2
            continue
        assert 2 <= fades[comes].frames <= min(seen, seconds * 24)
        assert fades[comes].held == max(0, fades[comes].frames - (seen - still))


def test_a_fade_shorter_or_longer_than_reads_as_one_is_refused() -> None:
    for seconds in (0.1, 1.1, -0.5):
        with pytest.raises(ValidationError):
            Finish(cross_fade_s=seconds)


def test_a_finish_without_fades_has_the_digest_it_had_before_there_were_any() -> None:
    assert "cross_fade_s" not in Finish(title_card=True).model_dump(mode="json")
    assert "0.5 s" in Finish(cross_fade_s=0.5).told()
