"""The callback: only KIE's own, only about one task, only now."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import pytest

from pokegeo_dagster.providers.kie.callback import TOLERANCE_S, CallbackRefused, verify_callback

HMAC_KEY, NOW = "webhook-key", 1_763_700_000.0


def _signed(task_id: str, key: str = HMAC_KEY, at: float = NOW) -> dict[str, str]:
    mac = hmac.new(key.encode(), f"{task_id}.{at:.0f}".encode(), hashlib.sha256).digest()
    return {"X-Webhook-Timestamp": f"{at:.0f}", "X-Webhook-Signature": base64.b64encode(mac).decode()}


def _body(**data: object) -> bytes:
    return json.dumps({"code": 200, "msg": "ok", "data": {"state": "success", **data}}).encode()


@pytest.mark.parametrize("body", [_body(taskId="t1"), _body(task_id="t1"), _body(taskId="t1", task_id="t1")])
def test_a_genuine_callback_names_its_task_in_either_spelling(body):
    assert verify_callback(body, _signed("t1"), HMAC_KEY, now=NOW + 3) == "t1"


def test_a_task_id_beside_the_data_is_found_too_and_headers_come_in_any_case():
    headers = {name.lower(): value for name, value in _signed("t1").items()}

    assert verify_callback('{"taskId":"t1","code":501,"data":{}}', headers, HMAC_KEY, now=NOW) == "t1"


def test_a_known_signature_is_the_one_openssl_makes():
    """printf %s t1.1763700000 | openssl dgst -sha256 -hmac webhook-key -binary | base64"""
    headers = {
        "X-Webhook-Timestamp": "1763700000",
        "X-Webhook-Signature": "QvIZj/aKR87N0/zPmtSk1NF+JPjnYT9vKwInqQ+bGCU=",
    }

    assert verify_callback(_body(taskId="t1"), headers, HMAC_KEY, now=NOW) == "t1"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        _signed("t1", key="another key"),
        _signed("t2"),
        {**_signed("t1"), "X-Webhook-Signature": ""},
        {**_signed("t1"), "X-Webhook-Signature": "é"},
        {**_signed("t1"), "X-Webhook-Timestamp": "1763700001"},
        {**_signed("t1"), "X-Webhook-Timestamp": "yesterday"},
        {**_signed("t1"), "X-Webhook-Timestamp": "¹²"},
    ],
)
def test_a_callback_that_is_not_signed_for_this_task_and_moment_is_refused(headers):
    with pytest.raises(CallbackRefused):
        verify_callback(_body(taskId="t1"), headers, HMAC_KEY, now=NOW)


@pytest.mark.parametrize("age_s", [-TOLERANCE_S - 1, TOLERANCE_S + 1, 86_400])
def test_an_old_callback_or_one_from_the_future_is_refused(age_s):
    with pytest.raises(CallbackRefused, match="clock"):
        verify_callback(_body(taskId="t1"), _signed("t1"), HMAC_KEY, now=NOW + age_s)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        _body(),
        _body(taskId=""),
        _body(taskId="t1", task_id="t2"),
        b"\xff\xfe",
    ],
)
def test_a_callback_that_does_not_name_exactly_one_task_is_refused(body):
    with pytest.raises(CallbackRefused):
        verify_callback(body, _signed("t1"), HMAC_KEY, now=NOW)


def test_without_a_key_nothing_is_believed():
    with pytest.raises(CallbackRefused, match="webhook key"):
        verify_callback(_body(taskId="t1"), _signed("t1", key=""), "", now=NOW)
