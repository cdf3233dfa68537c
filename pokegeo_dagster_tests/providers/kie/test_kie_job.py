"""One clip at KIE, step by step, as the purse carries it out: also by another process each time."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from pathlib import Path

import pytest

from pokegeo_dagster.film.errors import (
    AccountTrouble,
    AnswerLost,
    JobFailed,
    MediaBroken,
    NotTaken,
    VendorSilent,
)
from pokegeo_dagster.film.vendors import Delivery, Item, Job, Pending, Ticket
from pokegeo_dagster.providers.kie.camera import KlingCamera

CREATE = "POST /api/v1/jobs/createTask"
RECORD = "GET /api/v1/jobs/recordInfo"
UPLOAD = "POST /api/file-stream-upload"
FRESH = "POST /api/v1/common/download-url"
TURBO = "kling/v2-5-turbo-image-to-video-pro"
MP4 = {"Content-Type": "video/mp4"}


def _record(state: str, **more: object) -> dict[str, object]:
    data = {"taskId": "t1", "model": TURBO, "state": state, "param": "{}", "resultJson": "", **more}
    return {"code": 200, "msg": "success", "data": data}


def _done(*urls: str, **more: object) -> dict[str, object]:
    more = {"creditsConsumed": 42, "progress": 100, **more}
    return _record("success", resultJson=json.dumps({"resultUrls": list(urls)}), **more)


@pytest.fixture
def make_job(client, order, composite, room):
    """A job rebuilt from its order: a new camera and a new job at every call."""

    def make(model: str = TURBO, seconds: int = 5, prompt: str | None = None, **setting):
        ordered = order(prompt, seconds=seconds) if prompt else order(seconds=seconds)
        return KlingCamera(client, model, seconds, **setting).film(ordered, composite, room)

    return make


@pytest.fixture
def delivered(kie, make_job) -> Delivery:
    kie.script(RECORD, _done(f"{kie.url}/file.mp4?sig=S1"))
    found = make_job().poll(Ticket("t1"))
    assert isinstance(found, Delivery)
    return found


def test_a_clip_goes_from_order_to_take_with_one_paid_request(
    kie, make_job, reply, clip_of, composite, room, tmp_path: Path
):
    """Every step by a job of its own, with nothing handed over but what the contract hands over."""
    clip, upload = clip_of(120), {"code": 200, "data": {"downloadUrl": "https://up.test/frame.png"}}
    kie.script(UPLOAD, upload)
    kie.script(CREATE, {"code": 200, "data": {"taskId": "t1"}})
    kie.script(
        RECORD,
        _record("waiting"),
        _record("generating", progress=40),
        _done(f"{kie.url}/file.mp4?sig=S1"),
    )
    kie.script("GET /file.mp4", reply(clip, headers=MP4))

    prepared = json.loads(json.dumps(dict(make_job().prepare(room))))
    ticket = make_job().submit(prepared, room)
    seen = [make_job().poll(ticket) for _ in range(3)]
    last = seen[-1]
    assert isinstance(last, Delivery)
    kept = make_job().fetch(ticket, Delivery(last.charge, {}, json.loads(json.dumps(last.facts))), room)
    stored = tmp_path / "stored.mp4"
    stored.write_bytes(kept.files["main"].read_bytes())
    studio = tmp_path / "studio"
    studio.mkdir()
    made = make_job().develop(Delivery(kept.charge, {"main": stored}, kept.facts), studio)

    assert isinstance(make_job(), Job)
    assert len(kie.of(CREATE)) == 1 and len(kie.of(UPLOAD)) == 1
    assert seen[:2] == [Pending(None), Pending(40)]
    assert composite["main"].read_bytes() in kie.of(UPLOAD)[0].body
    assert made.files["main"].read_bytes() == clip and made.files["main"] != stored
    assert made.files["poster"].read_bytes()[:3] == b"\xff\xd8\xff"
    assert kept.charge.usd == Decimal("0.21") and kept.charge.request_id == "t1"
    assert {k: made.slate[k] for k in ("frames", "duration_s", "width_px", "height_px", "rate_fps")} == {
        "frames": 120,
        "duration_s": 5.0,
        "width_px": 96,
        "height_px": 54,
        "rate_fps": 24.0,
    }
    assert (made.slate["task_id"], made.slate["credits"], made.slate["sound"]) == ("t1", "42", False)


def test_developing_twice_gives_the_same_bytes(make_job, delivered, clip_of, tmp_path: Path):
    stored = tmp_path / "stored.mp4"
    stored.write_bytes(clip_of(120))
    prints = []
    for name in ("one", "two"):
        place = tmp_path / name
        place.mkdir()
        made = make_job().develop(Delivery(delivered.charge, {"main": stored}, delivered.facts), place)
        prints.append({k: hashlib.sha256(p.read_bytes()).hexdigest() for k, p in made.files.items()})

    assert prints[0] == prints[1]


def test_the_request_of_the_cheapest_model_is_what_its_page_says(kie, make_job, room):
    kie.script(CREATE, {"code": 200, "data": {"taskId": "t1"}})

    make_job(prompt="A heron waits. Slow push in.").submit({"picture": "https://up.test/f.png"}, room)

    assert kie.of(CREATE)[0].json == {
        "model": TURBO,
        "input": {
            "prompt": "A heron waits. Slow push in.",
            "duration": "5",
            "image_url": "https://up.test/f.png",
        },
    }


@pytest.mark.parametrize(
    ("model", "setting", "sent"),
    [
        ("kling-2.6/image-to-video", {}, {"duration": "5", "sound": False}),
        (
            "kling-3.0/video",
            {"quality": "std", "sound": True},
            {"duration": "5", "mode": "std", "sound": True, "multi_shots": False},
        ),
        ("kling/v3-turbo-image-to-video", {"quality": "720p"}, {"duration": "5", "resolution": "720p"}),
        (
            "kling-3.0-omni/image-to-video",
            {},
            {"duration": 5, "resolution": "1080p", "audio": False, "aspect_ratio": "auto"},
        ),
    ],
)
def test_every_other_model_is_spoken_to_in_its_own_words(kie, make_job, room, model, setting, sent):
    kie.script(CREATE, {"code": 200, "data": {"taskId": "t1"}})

    make_job(model, **setting).submit({"picture": "https://up.test/f.png"}, room)

    fields = kie.of(CREATE)[0].json["input"]
    assert fields.pop("prompt") and fields.pop("image_urls") == ["https://up.test/f.png"]
    assert fields == sent


@pytest.mark.parametrize(
    ("model", "seconds", "setting", "unit", "units"),
    [
        (TURBO, 5, {}, "clip-5s", 1),
        (TURBO, 10, {}, "clip-10s", 1),
        ("kling-2.6/image-to-video", 10, {"sound": True}, "clip-10s-sound", 1),
        ("kling-3.0/video", 7, {}, "second-pro", 7),
        ("kling-3.0/video", 7, {"quality": "4K", "sound": True}, "second-4k-sound", 7),
        ("kling/v3-turbo-image-to-video", 3, {}, "second-1080p", 3),
        ("kling-3.0-omni/image-to-video", 15, {"quality": "720p", "sound": True}, "second-720p-sound", 15),
    ],
)
def test_the_bill_names_the_unit_of_the_price_list(make_job, model, seconds, setting, unit, units):
    bill = make_job(model, seconds, **setting).bill()

    assert list(bill) == [Item(vendor="kie", model=model, unit=unit, units=Decimal(units))]


def test_the_recorded_request_holds_the_pictures_digest_and_no_address(make_job, composite):
    said = make_job(public_url=lambda _: "https://s3.test/f.png?X-Amz-Signature=S").request()

    digest = hashlib.sha256(composite["main"].read_bytes()).hexdigest()
    assert said["input"]["image_url"] == f"sha256:{digest}"
    assert "http" not in json.dumps(said)


def test_a_public_store_is_used_instead_of_an_upload_and_its_signature_is_not_recorded(kie, make_job, room):
    kie.script(CREATE, {"code": 200, "data": {"taskId": "t1"}})
    job = make_job(public_url=lambda path: f"https://s3.test/{path.name}?X-Amz-Signature=S")

    prepared = job.prepare(room)
    job.submit(prepared, room)

    assert not kie.of(UPLOAD) and "S3" not in json.dumps(dict(prepared)).upper()
    sent = kie.of(CREATE)[0].json["input"]["image_url"]
    assert sent == "https://s3.test/composite.png?X-Amz-Signature=S"


def test_a_store_that_cannot_sign_costs_nothing(kie, make_job, room):
    def broken(path: Path) -> str:
        raise RuntimeError("no credentials")

    job = make_job(public_url=broken)

    with pytest.raises(NotTaken, match="Nothing was sent"):
        job.submit(job.prepare(room), room)
    assert not kie.of(CREATE)


def test_an_unreachable_picture_is_our_stores_fault_only_if_it_lies_there(kie, make_job, room):
    kie.script(CREATE, {"code": 451, "msg": "failed to fetch"})
    ours = make_job(public_url=lambda _: "http://10.0.0.1/f.png")

    with pytest.raises(AccountTrouble, match="public"):
        ours.submit(ours.prepare(room), room)
    with pytest.raises(NotTaken):
        make_job().submit({"picture": "https://up.test/f.png"}, room)


@pytest.mark.parametrize("progress", [None, 0, 55, 99.5, "80", 400, "soon", -1])
@pytest.mark.parametrize("state", ["waiting", "queuing", "generating", "on its way to Mars"])
def test_whatever_is_not_an_end_is_waited_for(kie, make_job, state, progress):
    kie.script(RECORD, _record(state, progress=progress))

    found = make_job().poll(Ticket("t1"))

    assert isinstance(found, Pending)
    assert found.progress == {0: 0, 55: 55, 99.5: 99, "80": 80}.get(progress)


@pytest.mark.parametrize(
    ("said", "usd"),
    [(42, "0.21"), (22.5, "0.1125"), ("84", "0.42"), (0, None), (None, None), ("many", None), (-4, None)],
)
def test_the_charge_is_kies_own_figure_and_an_unknown_one_is_never_zero(kie, make_job, said, usd):
    kie.script(RECORD, _done("https://r.test/f.mp4", creditsConsumed=said))

    found = make_job().poll(Ticket("t1"))

    assert isinstance(found, Delivery)
    if usd:
        assert found.charge.usd == Decimal(usd) and not found.charge.items
    else:
        assert found.charge.usd is None and found.charge.items[0].unit == "clip-5s"


def test_a_charge_is_taken_from_either_spelling(kie, make_job):
    record = {"code": 200, "data": {"task_id": "t1", "state": "success", "credits_consumed": 10}}
    kie.script(RECORD, record)

    found = make_job().poll(Ticket("t1"))

    assert isinstance(found, Delivery) and found.charge.usd == Decimal("0.05")


def test_what_goes_on_record_holds_no_address(delivered):
    assert dict(delivered.facts) == {"task_id": "t1", "credits": "42"}
    assert "http" not in repr(delivered)


@pytest.mark.parametrize(("credits", "usd"), [(0, Decimal(0)), (42, Decimal("0.21"))])
@pytest.mark.parametrize("code", [200, 501])
def test_a_failed_task_says_why_and_what_it_cost(kie, make_job, code, credits, usd):
    failed = _record("fail", failCode=501, failMsg="violates policy", creditsConsumed=credits)
    kie.script(RECORD, {**failed, "code": code})

    with pytest.raises(JobFailed, match=r"t1 failed \(code 501\): violates policy") as told:
        make_job().poll(Ticket("t1"))

    assert told.value.charge.usd == usd
    assert "Reword" in str(told.value)


def test_a_failed_task_that_names_no_cost_carries_no_charge(kie, make_job):
    kie.script(RECORD, _record("fail", failCode="500", failMsg=None))

    with pytest.raises(JobFailed) as told:
        make_job().poll(Ticket("t1"))

    assert told.value.charge is None


def test_an_expired_address_is_asked_for_anew(kie, make_job, reply, delivered, clip_of, room):
    kie.script(RECORD, _done(f"{kie.url}/old.mp4?s=1"), _done(f"{kie.url}/new.mp4?s=2"))
    kie.script("GET /old.mp4", reply(b"expired", 403))
    kie.script("GET /new.mp4", reply(clip_of(120), headers=MP4))

    kept = make_job().fetch(Ticket("t1"), delivered, room)

    assert kept.files["main"].read_bytes() == clip_of(120)
    assert not kie.of(FRESH)


@pytest.mark.parametrize("status", [403, 404, 410])
def test_the_last_address_is_the_twenty_minute_link(kie, make_job, reply, delivered, clip_of, room, status):
    dead = f"{kie.url}/dead.mp4?s=1"
    kie.script(RECORD, _done(dead))
    kie.script("GET /dead.mp4", reply(b"gone", status))
    kie.script(FRESH, {"code": 200, "msg": "success", "data": f"{kie.url}/link.mp4?t=9"})
    kie.script("GET /link.mp4", reply(clip_of(120), headers=MP4))

    kept = make_job().fetch(None, delivered, room)

    assert kie.of(FRESH)[0].json == {"url": dead}
    assert kept.files["main"].read_bytes() == clip_of(120)
    assert "authorization" not in kie.of("GET /link.mp4")[0].headers


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500},
        {"status": 429},
        {"drop": True},
        {"body": b"half", "cut": 900, "headers": MP4},
        {"body": b"", "headers": MP4},
    ],
)
def test_a_download_that_breaks_is_silence_and_leaves_nothing(kie, make_job, reply, delivered, room, answer):
    kie.script("GET /file.mp4", reply(**answer))

    with pytest.raises(VendorSilent):
        make_job().fetch(Ticket("t1"), delivered, room)
    assert list(room.iterdir()) == []


def test_a_web_page_in_the_place_of_the_clip_is_no_clip(kie, make_job, reply, delivered, room):
    page = reply(b"<html>sign in</html>", headers={"Content-Type": "text/html"})
    kie.script("GET /file.mp4", page)
    kie.script(FRESH, {"code": 200, "data": f"{kie.url}/file.mp4"})

    with pytest.raises(VendorSilent):
        make_job().fetch(Ticket("t1"), delivered, room)


def test_a_success_without_a_file_is_asked_again(kie, make_job, delivered, room):
    kie.script(RECORD, _record("success", resultJson="{not json", creditsConsumed=42))

    with pytest.raises(VendorSilent, match="no file"):
        make_job().fetch(Ticket("t1"), delivered, room)


@pytest.mark.parametrize("damage", ["truncated", "scrambled", "text", "no pictures"])
def test_a_clip_that_is_not_whole_is_not_kept(
    kie, make_job, reply, delivered, clip_of, room, damage, request
):
    clip = clip_of(120)
    middle = len(clip) // 2
    bodies = {
        "truncated": clip[: int(len(clip) * 0.7)],
        "scrambled": clip[:middle] + bytes(1500) + clip[middle + 1500 :],
        "text": b"this was never a film " * 40,
        "no pictures": clip[:32] + bytes(len(clip) - 32),
    }
    kie.script("GET /file.mp4", reply(bodies[damage], headers=MP4))

    with pytest.raises(MediaBroken):
        make_job().fetch(Ticket("t1"), delivered, room)
    assert list(room.iterdir()) == []


@pytest.mark.parametrize(("frames", "good"), [(112, False), (113, True), (120, True), (123, True)])
def test_a_clip_may_be_three_tenths_short_and_no_more(
    kie, make_job, reply, delivered, clip_of, room, frames, good
):
    """5 s − 0.3 s is 112.8 frames at 24 a second."""
    kie.script("GET /file.mp4", reply(clip_of(frames), headers=MP4))

    if good:
        assert "main" in make_job().fetch(Ticket("t1"), delivered, room).files
    else:
        with pytest.raises(MediaBroken, match="5 s were ordered"):
            make_job().fetch(Ticket("t1"), delivered, room)


def test_bytes_that_rotted_since_they_were_kept_fail_with_their_charge(make_job, delivered, tmp_path: Path):
    rotten = tmp_path / "rotten.mp4"
    rotten.write_bytes(b"gone bad")

    with pytest.raises(JobFailed) as told:
        make_job().develop(Delivery(delivered.charge, {"main": rotten}, delivered.facts), tmp_path)

    assert told.value.charge == delivered.charge


def test_a_lost_task_cannot_be_looked_up_by_a_machine(make_job, room):
    with pytest.raises(AnswerLost, match=r"kie\.ai/logs"):
        make_job().look_up(0.0, room)


def test_a_callback_address_goes_along_and_stays_out_of_the_record(kie, make_job, room):
    kie.script(CREATE, {"code": 200, "data": {"taskId": "t1"}})
    job = make_job(callback_url="https://studio.test/kie")

    job.submit({"picture": "https://up.test/f.png"}, room)

    assert kie.of(CREATE)[0].json["callBackUrl"] == "https://studio.test/kie"
    assert "studio.test" not in json.dumps(job.request())
