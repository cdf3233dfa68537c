"""How KIE says no: a code in the body, most often inside HTTP 200 (provider_wire.md 2 and 11)."""

from __future__ import annotations

from typing import Any

from pokegeo_dagster_tests.emulators.vendors.answers import Answer
from pokegeo_dagster_tests.emulators.vendors.scripted import Script

# Kling's own word for content that it will not film.
RISK_CONTROL = "Failure to pass the risk control system"
_CODES: dict[str, tuple[int, str]] = {
    "rate_minute": (429, "The call frequency is too high. Please try again later."),
    "concurrent": (429, "Your call frequency is too high, too many tasks are in progress."),
    "rate_day": (433, "Request limit: the key's usage exceeds its limit."),
    "exhausted": (429, "Request limit has been exceeded for this resource."),
    "no_credit": (402, "Credits insufficient"),
    "busy": (455, "Service unavailable: the system is currently undergoing maintenance."),
    "maintenance": (455, "Service unavailable: the system is currently undergoing maintenance."),
    "invalid": (422, "duration is not within the range of allowed options"),
    "refuse": (422, "Your prompt was flagged as violating content policies."),
    "blocked": (422, "Your prompt was flagged as violating content policies."),
    "unauthorised": (401, "You do not have access permissions"),
    "forbidden": (505, "Feature disabled: the requested feature is currently disabled."),
    "model_gone": (404, "The model name you specified is not supported."),
    "asset_unfetched": (451, "Failed to fetch the image. Kindly verify its access limits."),
    "fail": (501, "generation failed"),
    "error_in_200": (500, "Server exception, please try again later or contact customer service."),
}


def said(code: int, msg: str, http_status: int = 200, data: Any = None) -> Answer:
    """A KIE body. An error comes with `http_status`; 200 with itself."""
    status = 200 if code == 200 or http_status == 200 else min(code, 599)
    return Answer({"code": code, "msg": msg, "data": data}, status=status, vital=("code",))


def trouble(script: Script, http_status: int) -> Answer:
    """KIE's own way to say what the script says."""
    if script.do in _CODES:
        code, msg = _CODES[script.do]
        return said(code, script.reason or msg, 200 if script.do == "error_in_200" else http_status)
    document = {"code": 500, "msg": "Server Error", "data": None}
    return Answer(document, status=script.status or 503)
