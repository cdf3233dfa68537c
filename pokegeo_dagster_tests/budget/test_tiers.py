"""Who is cast for a job, and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pokegeo_dagster.budget.prices import PriceList
from pokegeo_dagster.budget.tiers import MODELS, ROLES, TIERS, Part, cast, keys_in, missing_keys, wishes
from pokegeo_dagster.film.errors import OrderRefused

EVERY_KEY = frozenset({"GEMINI_API_KEY", "KIE_API_KEY", "ELEVENLABS_API_KEY", "ELEVENLABS_VOICE_ID"})


def told(keys: set[str] | frozenset[str], **texts: str) -> dict[str, str]:
    return {role: part.told for role, part in cast(keys, wishes(texts)).items()}


def test_without_a_key_the_house_does_every_job_and_says_which_key_is_missing():
    parts = cast(frozenset())

    assert {part.vendor for part in parts.values()} == {"house"}
    assert parts["camera"].told == "camera: house (KIE_API_KEY is not set)"
    assert not any(part.paid for part in parts.values())


def test_with_every_key_the_vendors_do_the_jobs_they_are_for():
    parts = cast(EVERY_KEY)

    assert {role: part.vendor for role, part in parts.items()} == {role: TIERS[role][0] for role in ROLES}
    assert parts["camera"] == Part(
        role="camera", vendor="kie", model="kling/v2-5-turbo-image-to-video-pro", why="KIE_API_KEY is set"
    )


def test_a_voice_is_part_of_what_a_narrator_needs_and_a_foley_artist_does_not():
    line = told({"ELEVENLABS_API_KEY"})

    assert line["narrator"] == "narrator: house (ELEVENLABS_VOICE_ID is not set)"
    assert line["foley"] == "foley: eleven_text_to_sound_v2 by elevenlabs (ELEVENLABS_API_KEY is set)"


@given(st.sets(st.sampled_from(sorted(EVERY_KEY))))
def test_nobody_is_cast_without_every_key_it_needs(keys: set[str]):
    for role, part in cast(keys).items():
        assert not missing_keys(role, part.vendor, keys)
        better = TIERS[role][: TIERS[role].index(part.vendor)]
        assert all(missing_keys(role, vendor, keys) for vendor in better)


def test_a_key_of_nothing_but_spaces_is_no_key():
    assert keys_in({"KIE_API_KEY": "  ", "GEMINI_API_KEY": "abc", "HOME": "x"}) == {"GEMINI_API_KEY"}


def test_the_settings_can_leave_a_job_to_the_house():
    assert told(EVERY_KEY, POKEGEO_CAMERA="House")["camera"] == "camera: house (POKEGEO_CAMERA says so)"


def test_the_settings_can_name_a_model():
    parts = cast(EVERY_KEY, wishes({"POKEGEO_CAMERA_MODEL": "kling-3.0/video"}))

    assert parts["camera"].model == "kling-3.0/video"
    assert parts["narrator"].model == MODELS["narrator"]


def test_a_paid_job_waits_unless_told_to_step_down():
    patient = cast(EVERY_KEY)["camera"]
    hasty = cast(EVERY_KEY, wishes({"POKEGEO_WHEN_STUCK_CAMERA": "step-down"}))["camera"]
    alone = cast(EVERY_KEY, wishes({"POKEGEO_WHEN_STUCK_CAMERA": "step_down", "POKEGEO_CAMERA": "kie"}))[
        "camera"
    ]

    assert (patient.policy, patient.fallback) == ("wait", None)
    assert (hasty.policy, hasty.fallback) == ("step_down", "house")
    assert (alone.policy, alone.fallback) == ("step_down", None)


def test_jobs_left_to_vendors_without_keys_are_refused_all_at_once():
    with pytest.raises(OrderRefused) as refusal:
        told({"ELEVENLABS_API_KEY"}, POKEGEO_CAMERA="kie", POKEGEO_NARRATOR="elevenlabs")

    assert str(refusal.value) == (
        "Nobody can do every job: camera is left to kie, but KIE_API_KEY is not set; narrator is left to "
        "elevenlabs, but ELEVENLABS_VOICE_ID is not set. Set what is missing, or add house to "
        "POKEGEO_CAMERA, POKEGEO_NARRATOR."
    )


@pytest.mark.parametrize(
    ("name", "text", "meant"),
    [
        ("POKEGEO_CAMERA", "kling, house", "kie or house"),
        ("POKEGEO_CAMERA", "gemini", "kie or house"),
        ("POKEGEO_CAMERA", ",", "kie or house"),
        ("POKEGEO_CAMERA_MODEL", "a b; rm", "kling"),
        ("POKEGEO_CAMRA_MODEL", "kling-3.0/video", "POKEGEO_CAMERA_MODEL"),
        ("POKEGEO_WHEN_STUCK_CAMERA", "retry", "step_down"),
        ("POKEGEO_WHEN_STUCK_NARATOR", "wait", "POKEGEO_WHEN_STUCK_NARRATOR"),
    ],
)
def test_a_name_nobody_knows_is_refused_with_the_one_meant(name: str, text: str, meant: str):
    with pytest.raises(OrderRefused) as refusal:
        wishes({name: text})

    assert name in str(refusal.value) and meant in str(refusal.value)


def test_an_empty_setting_asks_for_nothing():
    empty = {"POKEGEO_CAMERA": "", "POKEGEO_CAMERA_MODEL": " ", "POKEGEO_WHEN_STUCK_CAMERA": ""}

    assert cast(EVERY_KEY, wishes(empty)) == cast(EVERY_KEY)


@pytest.mark.parametrize("role", ROLES)
def test_every_default_model_has_a_price(role):
    assert PriceList.load().units(TIERS[role][0], MODELS[role])
