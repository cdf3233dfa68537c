"""How Gemini says no: the documented bodies of its errors (provider_wire.md 1.9, seen 2026-08-01)."""

from __future__ import annotations

from typing import Any

from pokegeo_dagster_tests.emulators.vendors.answers import Answer
from pokegeo_dagster_tests.emulators.vendors.scripted import Script

_GOOGLE = "type.googleapis.com/google.rpc."
_METRIC = "generativelanguage.googleapis.com/generate_requests_per_model"
_STATUS = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 502: "UNAVAILABLE", 503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}  # fmt: skip
_BLOCKS = {"text": "PROHIBITED_CONTENT", "image": "PROHIBITED_CONTENT"}
_FINISHES = {"text": "SAFETY", "image": "IMAGE_SAFETY"}


def error(status: int, message: str, details: list[dict[str, Any]] | None = None) -> Answer:
    """An error as Google's APIs word it."""
    body: dict[str, Any] = {"code": status, "message": message, "status": _STATUS.get(status, "UNKNOWN")}
    if details:
        body["details"] = details
    return Answer({"error": body}, status=status, vital=("error", "status"))


def bad_key() -> Answer:
    """The key is not one of Google's."""
    reason = {"reason": "API_KEY_INVALID", "domain": "googleapis.com"}
    return error(
        400,
        "API key not valid. Please pass a valid API key.",
        [
            {
                "@type": f"{_GOOGLE}ErrorInfo",
                **reason,
                "metadata": {"service": "generativelanguage.googleapis.com"},
            }
        ],
    )


def no_model(model: str, retired: bool) -> Answer:
    """The model is not there, or no longer."""
    if retired:
        return error(404, f"This model models/{model} is no longer available.")
    return error(
        404,
        f"models/{model} is not found for API version v1, or is not supported for generateContent. "
        "Call ListModels to see the list of available models and their supported methods.",
    )


def trouble(script: Script, model: str, route: str, tokens: int) -> Answer:
    """Gemini's own way to say what the script says."""
    match script.do:
        case "rate_minute" | "concurrent":
            return _quota(model, "GenerateRequestsPerMinutePerProjectPerModel", "10", script.seconds or 12)
        case "rate_day":  # a daily quota comes with a short delay all the same
            return _quota(model, "GenerateRequestsPerDayPerProjectPerModel", "250", 36)
        case "exhausted":
            return error(429, "Resource has been exhausted (e.g. check quota).")
        case "no_credit":
            return error(
                429,
                "Your prepayment credits are depleted. Please go to AI Studio at https://ai.studio/projects "
                "to manage your project and billing.",
            )
        case "busy" | "maintenance":
            return error(503, "The model is overloaded. Please try again later.")
        case "invalid":
            return error(400, script.reason or "Request contains an invalid argument.")
        case "unauthorised":
            return bad_key()
        case "forbidden":
            return error(403, "Your API key was reported as leaked. Please use another API key.")
        case "model_gone":
            return no_model(model, retired=True)
        case "blocked":
            reason = script.reason or _BLOCKS.get(route, "OTHER")
            return _said({"promptFeedback": {"blockReason": reason}}, model, tokens)
        case "refuse":
            reason = script.reason or _FINISHES.get(route, "OTHER")
            return _said({"candidates": [{"finishReason": reason, "index": 0}]}, model, tokens)
        case "error_in_200":
            failed = error(500, "An internal error has occurred. Please retry or report.")
            return Answer(failed.document, status=200)
        case _:
            status = script.status or (500 if script.do == "fail" else 503)
            return error(
                status, "The service is currently unavailable." if status == 503 else "Internal error."
            )


def _said(body: dict[str, Any], model: str, tokens: int) -> Answer:
    usage = {"promptTokenCount": tokens, "totalTokenCount": tokens}
    return Answer({**body, "usageMetadata": usage, "modelVersion": model, "responseId": "refused"})


def _quota(model: str, quota_id: str, value: str, delay_s: float) -> Answer:
    message = (
        "You exceeded your current quota, please check your plan and billing details. \n"
        f"* Quota exceeded for metric: {_METRIC}, limit: {value}, model: {model}\n"
        f"Please retry in {delay_s:.2f}s."
    )
    violation = {
        "quotaMetric": _METRIC,
        "quotaId": quota_id,
        "quotaDimensions": {"location": "global", "model": model},
        "quotaValue": value,
    }
    link = {"description": "Learn more", "url": "https://ai.google.dev/gemini-api/docs/rate-limits"}
    return error(
        429,
        message,
        [
            {"@type": f"{_GOOGLE}QuotaFailure", "violations": [violation]},
            {"@type": f"{_GOOGLE}Help", "links": [link]},
            {"@type": f"{_GOOGLE}RetryInfo", "retryDelay": f"{delay_s:g}s"},
        ],
    )
