"""The Kling camera: what it can be set to, and what it will not shoot. No network at all."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from pokegeo_dagster.film.edit.delivery import DELIVERIES
from pokegeo_dagster.film.errors import OrderRefused, Refused, ShotFailed
from pokegeo_dagster.providers.kie.camera import KlingCamera
from pokegeo_dagster.providers.kie.client import KieClient
from pokegeo_dagster.providers.kie.models import MODELS

FULL = DELIVERIES["full"]


@pytest.fixture
def mute() -> KieClient:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise AssertionError(f"something asked {request.url}")

    return KieClient("k" * 20, transport=httpx.MockTransport(refuse))


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("rate", [24, 25, 30])
def test_a_fixed_length_camera_shoots_its_length_whatever_is_needed(mute, name, rate):
    delivery = FULL.model_copy(update={"rate_fps": rate})
    camera = KlingCamera(mute, name, 10)

    assert [camera.frames_for(n, delivery) for n in (1, 5 * rate, 10 * rate)] == [10 * rate] * 3


def test_a_segment_longer_than_the_camera_shoots_is_refused_with_a_way_out(mute):
    with pytest.raises(ShotFailed, match=r"needs 9.00 s .*shoots 5 s.*, or set POKEGEO_CLIP_SECONDS=10"):
        KlingCamera(mute, seconds=5).frames_for(9 * 24, FULL)
    with pytest.raises(ShotFailed, match=r"needs 10.54 s .*Shorten the line\.$"):
        KlingCamera(mute, seconds=10).frames_for(253, FULL)  # 10 s and a held last frame end at 252


@pytest.mark.parametrize("name", MODELS)
def test_a_camera_left_to_choose_shoots_five_seconds_where_the_segment_fits(mute, name):
    camera = KlingCamera(mute, name, "auto")

    shot = [camera.frames_for(n, FULL) / 24 for n in (1, 5 * 24, 132, 133, 10 * 24, 252)]
    assert shot == [5, 5, 5, 10, 10, 10]
    with pytest.raises(ShotFailed):
        camera.frames_for(253, FULL)


@pytest.mark.parametrize(("frames", "unit"), [(5 * 24, "clip-5s"), (10 * 24, "clip-10s")])
def test_a_chosen_length_is_what_is_asked_for_and_billed(mute, order, composite, room, frames, unit):
    ordered = order().model_copy(update={"frames": frames})
    job = KlingCamera(mute, seconds="auto").film(ordered, composite, room)

    assert [item.unit for item in job.bill()] == [unit]
    assert job.request()["input"]["duration"] == unit.removeprefix("clip-").removesuffix("s")


def test_an_unknown_model_is_refused_and_the_known_ones_are_named(mute):
    with pytest.raises(OrderRefused) as told:
        KlingCamera(mute, "kling-9")

    assert all(name in str(told.value) for name in MODELS)


@pytest.mark.parametrize(
    ("model", "setting", "fault"),
    [
        ("kling/v2-5-turbo-image-to-video-pro", {"seconds": 7}, "5, 10 s, not 7 s"),
        ("kling-3.0/video", {"seconds": 16}, "not 16 s"),
        ("kling-3.0/video", {"quality": "1080p"}, "pro, std, 4K"),
        ("kling-2.6/image-to-video", {"quality": "pro"}, "no choice"),
        ("kling/v2-5-turbo-image-to-video-pro", {"sound": True}, "sound"),
        ("kling/v3-turbo-image-to-video", {"sound": True}, "sound"),
        ("kling-3.0/video", {"negative_prompt": "blur"}, "holds 0 characters"),
        ("kling/v2-5-turbo-image-to-video-pro", {"negative_prompt": "b" * 501}, "holds 500"),
    ],
)
def test_a_setting_the_model_does_not_have_is_refused_before_any_order(mute, model, setting, fault):
    with pytest.raises(OrderRefused, match=fault):
        KlingCamera(mute, model, **setting)


@pytest.mark.parametrize("name", MODELS)
def test_a_prompt_is_sent_whole_or_not_at_all(mute, order, composite, room, name):
    most = MODELS[name].most_prompt
    camera = KlingCamera(mute, name, 5)
    ending = " Slow push in."
    fits = "a" * (most - len(ending)) + ending

    assert camera.film(order(fits), composite, room).request()["input"]["prompt"] == fits
    with pytest.raises(Refused, match=f"{most + 1} characters.*Nothing was charged"):
        camera.film(order("a" + fits), composite, room)


def test_an_order_longer_than_the_camera_shoots_is_refused(mute, order, composite, room):
    with pytest.raises(ShotFailed, match="Shorten"):
        KlingCamera(mute, seconds=5).film(order(seconds=6), composite, room)


def test_a_shot_without_a_usable_opening_frame_is_refused(mute, order, room, tmp_path: Path):
    huge = tmp_path / "huge.png"
    with huge.open("wb") as file:
        file.truncate(10_000_001)

    with pytest.raises(ShotFailed, match="Composite the shot first"):
        KlingCamera(mute, seconds=5).film(order(), {}, room)
    with pytest.raises(ShotFailed, match="KIE takes 10 MB"):
        KlingCamera(mute, seconds=5).film(order(), {"main": huge}, room)


def test_takes_of_different_settings_have_different_credits(mute):
    """The order says nothing of quality or sound, so the credit must, or one passes for the other."""
    settings = [
        {},
        {"quality": "std"},
        {"sound": True},
        {"quality": "std", "sound": True},
    ]
    names = [KlingCamera(mute, "kling-3.0/video", **s).credit.model for s in settings]
    plain = KlingCamera(mute).credit
    without = KlingCamera(mute, negative_prompt="blur").credit

    assert len(set(names)) == 4 and without != plain
    assert plain.model_dump() == {
        "member": "kie",
        "model": "kling/v2-5-turbo-image-to-video-pro",
        "edition": 1,
    }
