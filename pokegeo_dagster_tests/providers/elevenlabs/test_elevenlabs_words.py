"""When each word is heard: from the vendor's characters, and without them."""

import pytest

from pokegeo_dagster.providers.elevenlabs.wire import Alignment, Alignments
from pokegeo_dagster.providers.elevenlabs.words import time_words

LINE = "Here... it waits."


def aligned(text: str, step: float = 0.1, lead: float = 0.5, **more) -> Alignments:
    starts = [lead + step * place for place in range(len(text))]
    alignment = Alignment(
        characters=tuple(text),
        character_start_times_seconds=tuple(starts),
        character_end_times_seconds=tuple(start + step for start in starts),
    )
    return Alignments(**{"alignment": alignment, **more})


def test_the_silence_of_an_ellipsis_belongs_to_no_word():
    timing = time_words(LINE, aligned(LINE), lead_s=0.5, voice_s=1.65)

    assert [word.text for word in timing.words] == ["Here...", "it", "waits."]
    assert (timing.words[0].start_s, timing.words[0].end_s) == pytest.approx((0.0, 0.4))
    assert (timing.words[1].start_s, timing.words[1].end_s) == pytest.approx((0.8, 1.0))
    assert [edge for phrase in timing.phrases for edge in phrase] == pytest.approx([0.0, 0.4, 0.8, 1.65])
    assert timing.source == "vendor"


def test_words_are_found_when_the_vendor_spells_the_line_otherwise():
    """It leaves a tag out, writes é in two characters, and knows the number only by its name."""
    told = aligned("[calm] Flabe\u0301be\u0301 sees twenty men.")

    timing = time_words("Flabébé sees 20 men.", told, lead_s=1.2, voice_s=2.5)

    assert [word.text for word in timing.words] == ["Flabébé", "sees", "20", "men."]
    assert timing.words[1].start_s == pytest.approx(1.0)
    assert timing.words[1].end_s <= timing.words[2].start_s <= timing.words[2].end_s
    assert timing.words[2].end_s <= timing.words[3].start_s == pytest.approx(2.2)


def test_the_normalized_alignment_serves_when_the_other_is_missing():
    told = aligned(LINE)
    told = Alignments(alignment=None, normalized_alignment=told.alignment)

    assert time_words(LINE, told, 0.5, 1.65).source == "vendor"


@pytest.mark.parametrize("told", [Alignments(), aligned("Something else altogether")])
def test_without_usable_times_the_words_share_the_voice_and_say_so(told: Alignments):
    timing = time_words(LINE, told, 0.5, 2.0)

    assert timing.source == "estimated"
    assert timing.words[0].start_s == 0.0
    assert timing.words[-1].end_s == pytest.approx(2.0)
    assert timing.words[1].start_s - timing.words[0].end_s > 0.2


def test_times_that_run_past_the_sound_are_pressed_into_it():
    timing = time_words(LINE, aligned(LINE, step=0.2), lead_s=0.5, voice_s=1.6)

    assert timing.source == "vendor, pressed"
    assert timing.drift_s == pytest.approx(1.6)
    assert timing.words[1].start_s == pytest.approx(0.8)
    assert timing.words[-1].end_s == pytest.approx(1.6)


def test_words_never_overlap_nor_leave_the_sound():
    told = aligned(LINE)
    assert told.alignment is not None
    backwards = told.alignment.model_copy(
        update={
            "character_start_times_seconds": tuple(reversed(told.alignment.character_start_times_seconds))
        }
    )

    timing = time_words(LINE, Alignments(alignment=backwards), 0.5, 1.0)

    edges = [edge for word in timing.words for edge in (word.start_s, word.end_s)]
    assert edges == sorted(edges)
    assert edges[0] >= 0 and edges[-1] <= 1.0
