"""The door to Gemini: one POST a call, and every no in the purse's own words."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from typing import Any

import pytest

from pokegeo_dagster.film.errors import (
    AccountTrouble,
    AnswerLost,
    NotTaken,
    QuotaSpent,
    Refused,
    VendorSilent,
    VendorTrouble,
)
from pokegeo_dagster.providers.gemini.client import GeminiClient, Timeouts, preflight
from pokegeo_dagster.providers.gemini.troubles import next_quota_day, trouble_from

KEY = "AIzaTest-0123456789-abcdefghij"


def refusal(code: int, status: str, message: str, *details: dict[str, Any]) -> dict[str, Any]:
    return {"error": {"code": code, "status": status, "message": message, "details": list(details)}}


def quota(
    *ids: str, retry: str | None = "36s", message: str = "You exceeded your current quota"
) -> dict[str, Any]:
    kind = "type.googleapis.com/google.rpc."
    details: list[dict[str, Any]] = [
        {"@type": f"{kind}QuotaFailure", "violations": [{"quotaId": i, "quotaValue": "20"} for i in ids]}
    ]
    if retry:
        details.append({"@type": f"{kind}RetryInfo", "retryDelay": retry})
    return refusal(429, "RESOURCE_EXHAUSTED", message, *details)


def trouble_of(client: GeminiClient, model: str = "gemini-3.8-flash") -> VendorTrouble:
    with pytest.raises(VendorTrouble) as caught:
        client.generate(model, ["hello"], {})
    return caught.value


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_failed_request_is_sent_exactly_once(gemini, client, status):
    gemini.answer(status, refusal(status, "UNAVAILABLE", "overloaded"))

    trouble_of(client)

    assert len(gemini.posts) == 1


def test_an_answer_that_wants_to_be_continued_is_not_bought_again(gemini, client):
    gemini.say("half", finish="CONTINUATION")
    gemini.answers[0][1]["candidates"][0]["continuationToken"] = "bW9yZQ=="

    client.generate("gemini-3.8-flash", ["hello"], {})

    assert len(gemini.posts) == 1


def test_a_second_post_within_one_call_is_stopped_at_the_door(gemini, client, monkeypatch):
    """Whatever a later SDK does by itself, one call is one purchase."""
    from google.genai import models

    gemini.say("hi")
    once = models.Models._generate_content

    def twice(self, **words):
        once(self, **words)
        return once(self, **words)

    monkeypatch.setattr(models.Models, "_generate_content", twice)

    assert isinstance(trouble_of(client), AnswerLost)
    assert len(gemini.posts) == 1


def test_the_request_goes_to_v1_with_the_key_in_a_header_only(gemini, client):
    gemini.say("hi")

    client.generate("gemini-3.8-flash", ["hello"], {})

    asked = gemini.posts[0]
    assert asked.path == "/v1/models/gemini-3.8-flash:generateContent"
    assert asked.headers["x-goog-api-key"] == KEY


def test_no_connection_is_used_twice(gemini, client):
    """One that the other side closed meanwhile would look like an answer that was lost."""
    gemini.say("hi")

    for _ in range(3):
        client.generate("gemini-3.8-flash", ["hello"], {})

    assert len({asked.port for asked in gemini.posts}) == 3


def test_nothing_in_the_environment_sends_the_work_elsewhere(gemini, client, monkeypatch):
    for name in ("GOOGLE_GENAI_USE_VERTEXAI", "GOOGLE_GENAI_USE_ENTERPRISE"):
        monkeypatch.setenv(name, "true")
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("GOOGLE_API_KEY", "another-key")
    monkeypatch.setenv("GOOGLE_GENAI_API_VERSION", "v9")
    gemini.say("hi")

    assert client.generate("gemini-3.8-flash", ["hello"], {}).text == "hi"
    assert gemini.posts[0].headers["x-goog-api-key"] == KEY
    assert gemini.posts[0].path == "/v1/models/gemini-3.8-flash:generateContent"


def test_a_spent_day_parks_gemini_until_midnight_in_california_whatever_retry_info_says(gemini, client):
    gemini.answer(
        429, quota("GenerateRequestsPerMinutePerProject", "GenerateRequestsPerDayPerProjectPerModel")
    )

    trouble = trouble_of(client)

    assert isinstance(trouble, QuotaSpent)
    assert datetime.fromtimestamp(trouble.until, UTC) == datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "midnight"),
    [
        (datetime(2026, 7, 1, 6, 59, tzinfo=UTC), datetime(2026, 7, 1, 7, tzinfo=UTC)),  # summer time
        (datetime(2026, 7, 1, 7, tzinfo=UTC), datetime(2026, 7, 2, 7, tzinfo=UTC)),
        (datetime(2026, 10, 31, 20, tzinfo=UTC), datetime(2026, 11, 1, 7, tzinfo=UTC)),
        (datetime(2026, 11, 1, 20, tzinfo=UTC), datetime(2026, 11, 2, 8, tzinfo=UTC)),  # the 25-hour day
    ],
)
def test_the_quota_day_follows_californias_clock(now, midnight):
    assert datetime.fromtimestamp(next_quota_day(now.timestamp()), UTC) == midnight


def test_a_full_minute_is_waited_out_as_long_as_gemini_asks(gemini, client):
    gemini.answer(429, quota("GenerateRequestsPerMinutePerProjectPerModel", retry="36.5s"))

    trouble = trouble_of(client)

    assert isinstance(trouble, NotTaken) and trouble.after_s == 36.5


def test_a_rate_limit_without_details_waits_a_minute_and_speaks_of_spend_limits(gemini, client):
    gemini.answer(429, refusal(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."))

    trouble = trouble_of(client)

    assert isinstance(trouble, NotTaken) and trouble.after_s == 60
    assert "spend limits" in str(trouble)


@pytest.mark.parametrize(
    "message",
    [
        "Your prepayment credits are depleted.",
        "Quota exceeded for metric: generate_content_free_tier_requests, limit: 0, model: gemini-3-pro-image",
    ],
)
def test_no_money_and_no_quota_at_all_are_for_the_owner(gemini, client, message):
    gemini.answer(429, refusal(429, "RESOURCE_EXHAUSTED", message))

    assert isinstance(trouble_of(client), AccountTrouble)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, refusal(400, "INVALID_ARGUMENT", "API key not valid.", {"reason": "API_KEY_INVALID"})),
        (400, refusal(400, "INVALID_ARGUMENT", "API key expired. Please renew the API key.")),
        (400, refusal(400, "FAILED_PRECONDITION", "enable billing on your project")),
        (401, refusal(401, "UNAUTHENTICATED", "no")),
        (402, refusal(402, "RESOURCE_EXHAUSTED", "prepay credit balance is depleted")),
        (403, refusal(403, "PERMISSION_DENIED", "Your API key was reported as leaked.")),
    ],
)
def test_what_is_wrong_with_the_account_is_told_to_a_human(gemini, client, status, body):
    gemini.answer(status, body)

    assert isinstance(trouble_of(client), AccountTrouble)


def test_a_retired_model_is_named_with_the_configuration(gemini, client):
    gemini.answer(404, refusal(404, "NOT_FOUND", "models/gemini-2.5-flash is no longer available"))

    trouble = trouble_of(client, "gemini-2.5-flash")

    assert isinstance(trouble, AccountTrouble)
    assert "'gemini-2.5-flash'" in str(trouble) and "configuration" in str(trouble)


def test_a_request_that_is_wrong_is_refused_and_not_asked_again(gemini, client):
    gemini.answer(400, refusal(400, "INVALID_ARGUMENT", "Invalid JSON payload received."))

    assert isinstance(trouble_of(client), Refused)


@pytest.mark.parametrize("status", [500, 503])
def test_googles_own_failure_costs_nothing_and_may_be_asked_again(gemini, client, status):
    gemini.headers["retry-after"] = "17"
    gemini.answer(status, refusal(status, "UNAVAILABLE", "The model is overloaded."))

    trouble = trouble_of(client)

    assert isinstance(trouble, NotTaken) and trouble.after_s == 17


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (408, refusal(408, "CANCELLED", "Request timed out")),
        (504, refusal(504, "DEADLINE_EXCEEDED", "Deadline expired")),
        (502, "<html>Bad Gateway</html>"),
        (503, "<html>proxy</html>"),
        (200, "<html>welcome to the hotel</html>"),
        (200, "[]"),
        (200, '{"candidates": 7}'),
        (302, ""),
    ],
)
def test_an_answer_that_says_nothing_certain_is_lost(gemini, client, status, body):
    gemini.answer(status, body)

    assert isinstance(trouble_of(client), AnswerLost)


def test_a_connection_that_breaks_after_the_request_left_is_an_answer_lost(gemini, client):
    gemini.hang_up = True

    assert isinstance(trouble_of(client), AnswerLost)
    assert len(gemini.posts) == 1


def test_an_answer_that_never_comes_is_lost_after_the_patience_for_reading(gemini):
    gemini.silent.set()
    hasty = GeminiClient(KEY, gemini.url, timeouts=Timeouts(read_s=0.2))

    trouble = trouble_of(hasty)

    assert isinstance(trouble, AnswerLost) and "ReadTimeout" in str(trouble)
    assert len(gemini.posts) == 1


def test_where_nobody_listens_nothing_was_taken():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = GeminiClient(KEY, f"http://127.0.0.1:{taken.getsockname()[1]}")

        assert isinstance(trouble_of(nobody), NotTaken)


@pytest.mark.parametrize("key", ["", "  ", "two words", "schlüssel", "line\nbreak"])
def test_what_cannot_be_a_key_is_not_sent_to_anybody(gemini, key):
    assert isinstance(trouble_of(GeminiClient(key, gemini.url)), AccountTrouble)
    assert not gemini.asked


def test_neither_the_key_nor_a_signed_address_is_repeated_in_an_error(gemini, client):
    words = f"key {KEY} denied,\n see https://example.com/x?key=secret&sig=abc " + "and so on " * 60
    gemini.answer(403, refusal(403, "PERMISSION_DENIED", words))

    told = str(trouble_of(client))

    assert KEY not in told and "secret" not in told and "sig=" not in told
    assert "\n" not in told and len(told) < 320 and "https://example.com/x" in told


def test_an_error_carries_no_trace_of_the_sdks_own(gemini, client):
    gemini.answer(403, refusal(403, "PERMISSION_DENIED", f"{KEY} denied"))

    trouble = trouble_of(client)

    assert trouble.__cause__ is None and trouble.__suppress_context__


def test_the_other_tree_of_errors_says_the_same():
    """The Interactions API raises classes of its own, with `status_code` and `body`."""
    import httpx2
    from google.genai._gaos.lib.compat_errors import APIConnectionError, APIError

    def raised(status: int, body: object) -> VendorTrouble:
        request = httpx2.Request("POST", "https://x/v1/interactions")
        error = APIError.generate(status, body, None, httpx2.Response(status, request=request))
        return trouble_from(error, now=1795273200.0, billed_5xx=True)

    assert isinstance(raised(429, quota("GenerateRequestsPerDayPerProjectPerModel")), QuotaSpent)
    assert isinstance(raised(401, refusal(401, "UNAUTHENTICATED", "no")), AccountTrouble)
    assert isinstance(raised(400, refusal(400, "INVALID_ARGUMENT", "bad")), Refused)
    assert isinstance(raised(503, refusal(503, "UNAVAILABLE", "busy")), AnswerLost)
    lost = APIConnectionError(request=httpx2.Request("POST", "https://x"))
    lost.__cause__ = httpx2.ReadTimeout("slow")
    assert isinstance(trouble_from(lost, now=0), AnswerLost)
    lost.__cause__ = httpx2.ConnectError("nobody")
    assert isinstance(trouble_from(lost, now=0), NotTaken)


def test_a_request_the_sdk_cannot_build_is_refused_before_anything_leaves(gemini, client):
    with pytest.raises(Refused):
        client.generate("gemini-3.8-flash", ["hi"], {"image_config": {"output_mime_type": "image/png"}})

    assert not gemini.asked


def test_a_preflight_says_which_models_are_there_and_asks_no_post(gemini, client):
    gemini.answer(
        200, {"models": [{"name": "models/gemini-3.8-flash"}, {"name": "models/gemini-3-pro-image"}]}
    )

    found = preflight(client, ["gemini-3.8-flash", "gemini-2.5-flash-image"])

    assert found == {"gemini-3.8-flash": True, "gemini-2.5-flash-image": False}
    assert not gemini.posts


def test_a_preflight_tells_a_bad_key_from_bad_weather(gemini, client):
    gemini.answer(403, refusal(403, "PERMISSION_DENIED", "no"))
    with pytest.raises(AccountTrouble):
        preflight(client, ["gemini-3.8-flash"])
    gemini.answers = [(503, refusal(503, "UNAVAILABLE", "busy"))]

    with pytest.raises(VendorSilent):
        preflight(client, ["gemini-3.8-flash"])
