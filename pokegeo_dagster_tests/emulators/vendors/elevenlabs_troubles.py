"""How ElevenLabs says no: `detail` as an object, in its old and its new shape, or as a list."""

from __future__ import annotations

from typing import Any

from pokegeo_dagster_tests.emulators.vendors.answers import Answer
from pokegeo_dagster_tests.emulators.vendors.scripted import Script


def error(status: int, code: str, message: str, legacy: str | None = None, kind: str = "") -> Answer:
    """An error in the newer shape, which carries the older one's `status` as well."""
    detail = {
        "type": kind or ("rate_limit_error" if status == 429 else "validation_error"),
        "code": code,
        "message": message,
        "status": legacy or code,
        "request_id": "refused",
    }
    return Answer({"detail": detail}, status=status)


def legacy_error(status: int, code: str, message: str) -> Answer:
    """An error in the older shape."""
    return Answer({"detail": {"status": code, "message": message}}, status=status)


def unprocessable(where: list[Any], message: str, kind: str = "value_error") -> Answer:
    """A field that breaks the schema of the request."""
    return Answer({"detail": [{"loc": where, "msg": message, "type": kind}]}, status=422)


def bad_key() -> Answer:
    return legacy_error(401, "invalid_api_key", "Invalid API key")


def no_quota(limit: int, left: int, needed: int) -> Answer:
    """The period's credits do not last for this request."""
    return legacy_error(
        401,
        "quota_exceeded",
        f"This request exceeds your quota of {limit}. You have {max(0, left)} credits remaining, "
        f"while {needed} credits are required for this request.",
    )


def trouble(script: Script) -> Answer:
    """ElevenLabs' own way to say what the script says."""
    match script.do:
        case "rate_minute":
            return error(429, "rate_limit_exceeded", "Rate limit exceeded.", kind="rate_limit_error")
        case "concurrent":
            return error(
                429,
                "concurrent_limit_exceeded",
                "Too many concurrent requests. Your current subscription is associated with a maximum of 5 "
                "concurrent requests (running in parallel).",
                legacy="too_many_concurrent_requests",
            )
        case "busy" | "exhausted" | "maintenance":
            return legacy_error(
                429, "system_busy", "We are currently experiencing heavy traffic, please try again."
            )
        case "rate_day" | "no_credit":
            return no_quota(10_000, 5, 100)
        case "unauthorised":
            return bad_key()
        case "forbidden":
            return legacy_error(
                401,
                "missing_permissions",
                "The API key you used is missing the permission text_to_speech to execute this operation.",
            )
        case "invalid":
            return unprocessable(["body", "text"], script.reason or "Field required", "missing")
        case "refuse" | "blocked":
            return error(
                403,
                script.reason or "content_policy_violation",
                "We are sorry but text you are trying to use may violate our Terms of Service and has been "
                "blocked.",
                legacy="content_against_policy",
            )
        case "model_gone":
            return error(400, "model_not_found", "A model with this model ID does not exist.")
        case "error_in_200":
            failed = legacy_error(500, "internal_server_error", "An internal error occurred.")
            return Answer(failed.document, status=200)
        case _:
            status = script.status or (500 if script.do == "fail" else 503)
            return legacy_error(status, "internal_server_error", "An internal error occurred.")
