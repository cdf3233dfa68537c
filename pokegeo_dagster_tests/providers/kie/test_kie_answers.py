"""What KIE's answers mean: a task, a free refusal, or nobody knows."""

from __future__ import annotations

import socket
import time
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from pokegeo_dagster.film.errors import (
    AccountTrouble,
    AnswerLost,
    NotTaken,
    QuotaSpent,
    Refused,
    VendorSilent,
)
from pokegeo_dagster.providers.http import Timeouts
from pokegeo_dagster.providers.kie.client import KieClient
from pokegeo_dagster.providers.kie.preflight import preflight

CREATE = "POST /api/v1/jobs/createTask"
RECORD = "GET /api/v1/jobs/recordInfo"
CREDIT = "GET /api/v1/chat/credit"
UPLOAD = "POST /api/file-stream-upload"
FIELDS = {"prompt": "A heron waits.", "image_url": "https://x.test/a.png"}


def _create(client: KieClient):
    return client.create_task("kling-3.0/video", FIELDS)


@pytest.mark.parametrize(
    "body",
    [
        {"code": 200, "msg": "success", "data": {"taskId": "t1"}},
        {"code": "200", "message": "success", "data": {"task_id": "t1", "recordId": 9}},
        {"data": {"taskId": "t1"}},
    ],
)
def test_a_task_is_taken_whatever_spelling_kie_uses(kie, client, body):
    kie.script(CREATE, body)

    assert _create(client).task_id == "t1"
    assert kie.of(CREATE)[0].json == {"model": "kling-3.0/video", "input": FIELDS}


@pytest.mark.parametrize(
    ("code", "msg", "kind"),
    [
        (400, "prompt is required", Refused),
        (422, "image_url must be a URL", Refused),
        (422, "The model kling-9 is not supported", AccountTrouble),
        (401, "You do not have access permissions", AccountTrouble),
        (402, "Credits insufficient", AccountTrouble),
        (404, "model not found", AccountTrouble),
        (433, "sub-key usage exceeds its limit", AccountTrouble),
        (505, "feature disabled", AccountTrouble),
        (429, "Your call frequency is too high", NotTaken),
        (451, "failed to fetch the image", NotTaken),
        (455, "under maintenance", NotTaken),
        (550, "queue is full", NotTaken),
        (429, "The daily limit of this key is reached", QuotaSpent),
        (408, "no result from upstream", AnswerLost),
        (500, "Server Error", AnswerLost),
        (501, "generation failed", AnswerLost),
        (777, "never heard of", AnswerLost),
    ],
)
@pytest.mark.parametrize("by_http", [False, True])
def test_the_code_in_the_body_decides_and_http_is_only_the_second_word(
    kie, client, reply, code, msg, kind, by_http
):
    status = code if by_http and code < 600 else 200
    body = f'{{"code":{code},"msg":"{msg}","data":null}}'
    kie.script(CREATE, reply(body.encode(), status))

    with pytest.raises(kind) as told:
        _create(client)

    assert type(told.value) is kind or kind is NotTaken
    assert len(kie.of(CREATE)) == 1
    assert msg in str(told.value) and "\n" not in str(told.value)


def test_a_no_in_the_body_counts_although_http_says_500(kie, client, reply):
    kie.script(CREATE, reply(b'{"code":402,"msg":"Credits insufficient"}', 500))

    with pytest.raises(AccountTrouble, match="Top up"):
        _create(client)


def test_http_speaks_where_the_body_has_no_code(kie, client, reply):
    kie.script(CREATE, reply(b'{"error":"Unauthorized","path":"/x"}', 401))

    with pytest.raises(AccountTrouble, match="API key"):
        _create(client)


def test_a_task_id_in_hand_is_worth_more_than_a_strange_code(kie, client):
    kie.script(CREATE, {"code": 0, "msg": "ok", "data": {"taskId": "t9"}})

    assert _create(client).task_id == "t9"


@pytest.mark.parametrize(
    "answer",
    [
        {"body": b'{"code":200,"msg":"success","data":{}}'},
        {"body": b'{"code":200,"msg":"success","data":null}'},
        {"body": b'{"code":200,"data":{"taskId":""}}'},
        {"body": b"<html><title>502 Bad Gateway</title></html>", "headers": {"Content-Type": "text/html"}},
        {"body": b"<html>Gateway time-out</html>", "status": 504},
        {"body": b"upstream says hm", "status": 400},
        {"body": b'["a list"]'},
        {"body": b""},
        {"body": b'{"code":200,"data":{"taskId":"t1"}}', "cut": 40},
        {"drop": True},
        {"body": b"", "status": 307, "headers": {"Location": "/elsewhere"}},
    ],
)
def test_an_answer_nobody_can_read_may_have_been_paid_for(kie, client, reply, answer):
    kie.script(CREATE, reply(**answer))

    with pytest.raises(AnswerLost) as told:
        _create(client)

    assert len(kie.of(CREATE)) == 1
    assert str(told.value).count("kie") == 1, "what it may have cost and what to do is the purse's to say"


def test_silence_after_the_request_left_may_have_been_paid_for(kie, reply, key):
    impatient = Timeouts(connect_s=5, read_s=0.2, write_s=5, pool_s=5)
    client = KieClient(key, f"{kie.url}/api/v1", kie.url, submit_timeouts=impatient)
    kie.script(CREATE, reply(hold=True))

    with pytest.raises(AnswerLost, match="ReadTimeout"):
        _create(client)

    assert len(kie.of(CREATE)) == 1


@pytest.mark.parametrize(
    "error", [httpx.ReadError, httpx.WriteError, httpx.WriteTimeout, httpx.RemoteProtocolError]
)
def test_a_break_while_talking_may_have_been_paid_for(key, error):
    sent = []

    def break_off(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        raise error("broken")

    client = KieClient(key, transport=httpx.MockTransport(break_off))

    with pytest.raises(AnswerLost):
        _create(client)

    assert len(sent) == 1


@pytest.mark.parametrize(
    "error", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError]
)
def test_what_never_left_is_free_and_is_asked_again(key, error):
    def refuse(request: httpx.Request) -> httpx.Response:
        raise error("no way")

    client = KieClient(key, transport=httpx.MockTransport(refuse))

    with pytest.raises(NotTaken, match="Nothing was charged"):
        _create(client)


def test_a_closed_port_is_free(key):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    client = KieClient(key, f"http://127.0.0.1:{port}/api/v1")

    with pytest.raises(NotTaken):
        _create(client)


def test_what_cloudflare_turns_away_at_the_door_was_never_begun(kie, client, reply):
    page = b"<!DOCTYPE html><title>Access denied</title>error code: 1010"
    kie.script(
        CREATE,
        reply(page, 403, {"Content-Type": "text/html"}),
        reply(page, 429, {"Content-Type": "text/html", "Retry-After": "45"}),
    )

    with pytest.raises(AccountTrouble, match="Access denied"):
        _create(client)
    with pytest.raises(NotTaken) as busy:
        _create(client)

    assert busy.value.after_s == 45


def test_a_busy_kie_is_left_alone_for_as_long_as_it_asks(kie, client, reply):
    body = b'{"code":429,"msg":"slow down"}'
    kie.script(CREATE, reply(body), reply(body, headers={"Retry-After": "33"}))

    pauses = []
    for _ in range(2):
        with pytest.raises(NotTaken) as busy:
            _create(client)
        pauses.append(busy.value.after_s)

    assert pauses == [10, 33]


def test_a_spent_daily_quota_comes_back_at_the_end_of_the_day(kie, client):
    kie.script(CREATE, {"code": 429, "msg": "daily spend limit exceeded"})

    with pytest.raises(QuotaSpent) as spent:
        _create(client)

    assert spent.value.until % 86_400 == 0
    assert 0 < spent.value.until - time.time() <= 86_400


def test_a_browser_like_name_and_the_key_go_with_every_request(kie, client, key):
    kie.script(CREDIT, {"code": 200, "msg": "success", "data": 1000})

    client.credit()

    headers = kie.asked[0].headers
    assert headers["authorization"] == f"Bearer {key}"
    assert headers["user-agent"].startswith("Mozilla/5.0")


def test_the_request_id_of_a_refusal_is_kept(kie, client, reply):
    kie.script(CREATE, reply(b'{"code":422,"msg":"no"}', headers={"X-Request-Id": "req-77"}))

    with pytest.raises(Refused) as told:
        _create(client)

    assert told.value.request_id == "req-77"


def test_no_error_holds_the_key_or_a_signature(kie, client, reply, key, tmp_path: Path):
    echo = (
        f'{{"code":422,"msg":"bad Authorization: Bearer {key} for https://b.test/a.png?sig=SECRETSIG&e=1"}}'
    )
    kie.script(CREATE, reply(echo.encode()))
    kie.script(RECORD, reply(f"<title>{key}</title>".encode()))
    kie.script("GET /f.mp4", reply(b"no", 403))

    texts = []
    for ask in (
        lambda: _create(client),
        lambda: client.record_info("t1"),
        lambda: client.download(f"{kie.url}/f.mp4?sig=SECRETSIG", tmp_path / "f"),
    ):
        with pytest.raises((Refused, VendorSilent)) as told:
            ask()
        texts.append(f"{told.value!s} {told.value!r} {told.value.__cause__!r}")

    assert not [t for t in texts if key in t or "SECRETSIG" in t]
    assert key not in repr(client) and key not in repr(vars(client)["_http"])


def test_logs_hold_no_signed_address(kie, client, reply, key, tmp_path: Path, caplog):
    kie.script("GET /f.mp4", reply(b"bytes", headers={"Content-Type": "video/mp4"}))

    with caplog.at_level("DEBUG"):
        client.download(f"{kie.url}/f.mp4?sig=SECRETSIG", tmp_path / "f")

    assert "f.mp4" in caplog.text
    assert "SECRETSIG" not in caplog.text and key not in caplog.text


def test_a_vendors_long_speech_is_cut(kie, client):
    kie.script(CREATE, {"code": 422, "msg": "word " * 500})

    with pytest.raises(Refused) as told:
        _create(client)

    assert len(str(told.value)) < 400


@pytest.mark.parametrize("bad", ["", "   ", "a\nb", "schlüssel"])
def test_a_key_that_is_none_is_told_before_anything_is_asked(bad):
    with pytest.raises(AccountTrouble, match="API key"):
        KieClient(bad)


def test_the_balance_is_told_in_credits_and_dollars(kie, client):
    kie.script(CREDIT, {"code": 200, "msg": "success", "data": 1042.5})

    left = preflight(client)

    assert (left.credits, left.usd) == (Decimal("1042.5"), Decimal("5.2125"))


@pytest.mark.parametrize(
    "body", [{"code": 200, "data": 0}, {"code": 200, "data": -3}, {"code": 401, "msg": "no access"}]
)
def test_an_account_without_credit_or_key_is_found_out_beforehand(kie, client, body):
    kie.script(CREDIT, body)

    with pytest.raises(AccountTrouble):
        preflight(client)


@pytest.mark.parametrize("body", [{"code": 200, "data": None}, {"code": 500, "msg": "x"}, {"code": 429}])
def test_a_balance_nobody_tells_is_silence_and_not_nothing(kie, client, body):
    kie.script(CREDIT, body)

    with pytest.raises(VendorSilent):
        preflight(client)


@pytest.mark.parametrize(
    "answer",
    [
        {"body": b'{"code":401,"msg":"no access"}'},
        {"body": b'{"code":402,"msg":"no credit"}'},
        {"body": b'{"code":422,"msg":"recordInfo is null","data":null}'},
        {"body": b'{"code":200,"data":null}'},
        {"body": b'{"code":200,"data":{"taskId":"another","state":"success"}}'},
        {"body": b"<html>", "status": 403},
        {"body": b"", "status": 502},
        {"drop": True},
    ],
)
def test_no_answer_about_a_taken_task_undoes_it(kie, client, reply, answer):
    """A refusal would mean «free», and the task is running and paid for."""
    kie.script(RECORD, reply(**answer))

    with pytest.raises(VendorSilent):
        client.record_info("t1")


def test_a_picture_goes_up_as_a_file_with_its_name(kie, client, composite):
    kie.script(UPLOAD, {"success": True, "code": 200, "data": {"downloadUrl": "https://up.test/a.png"}})

    assert client.upload_image(composite["main"], "a.png") == "https://up.test/a.png"

    sent = kie.of(UPLOAD)[0]
    assert sent.headers["content-type"].startswith("multipart/form-data")
    assert composite["main"].read_bytes() in sent.body
    assert all(part in sent.body for part in (b'name="uploadPath"', b'name="fileName"', b"image/png"))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"code": 401, "msg": "x"}, AccountTrouble),
        ({"success": False, "code": 400, "msg": "not a picture"}, Refused),
        ({"code": 500, "msg": "x"}, VendorSilent),
        ({"code": 200, "data": {"fileName": "a"}}, VendorSilent),
        ({"code": 200, "data": {"downloadUrl": "javascript:alert(1)"}}, VendorSilent),
    ],
)
def test_a_failed_upload_says_whose_fault_it_is(kie, client, composite, body, kind):
    kie.script(UPLOAD, body)

    with pytest.raises(kind):
        client.upload_image(composite["main"], "a.png")
