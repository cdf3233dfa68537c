"""The finish as a value: left out of digests where nothing is asked for; credits; cards in the cut."""

from hypothesis import given
from hypothesis import strategies as st

from pokegeo_dagster.film.digest import digest
from pokegeo_dagster.film.edit.delivery import DELIVERIES
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
