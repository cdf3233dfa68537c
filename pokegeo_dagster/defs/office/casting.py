"""Casting: the crew that the keys in the environment can hire, the house for everything else."""

import importlib
import re
import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from pokegeo_dagster.budget.tiers import Part, Role, cast, keys_in, wishes
from pokegeo_dagster.film.crew import Crew
from pokegeo_dagster.film.errors import OrderRefused
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.storage.channels import Channels

CALLBACK_VARIABLE = "POKEGEO_KIE_CALLBACK_URL"
WEBHOOK_KEY_VARIABLE = "POKEGEO_KIE_WEBHOOK_KEY"
CLIP_SECONDS_VARIABLE = "POKEGEO_CLIP_SECONDS"
VOICE = "ELEVENLABS_VOICE_ID"


def parts_of(environ: Mapping[str, str]) -> Mapping[Role, Part]:
    """Who does each job. Raises OrderRefused for settings that cannot be."""
    return cast(keys_in(environ), wishes(environ))


def clip_seconds(environ: Mapping[str, str]) -> int | Literal["auto"]:
    """How long the paid camera shoots: POKEGEO_CLIP_SECONDS. Raises OrderRefused for what is no length."""
    text = environ.get(CLIP_SECONDS_VARIABLE, "").strip().lower() or "10"
    if text == "auto":
        return "auto"
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 60):
        raise OrderRefused(
            f"{CLIP_SECONDS_VARIABLE} is {text!r}: write 10, 5, or auto (5 where the line fits, else 10)."
        )
    return int(text)


def callback_url(environ: Mapping[str, str]) -> str | None:
    """Where KIE is to tell that a task is over: POKEGEO_KIE_CALLBACK_URL; None when nobody listens.

    Raises OrderRefused for what is no address, and without the key that its calls are checked with.
    """
    url = environ.get(CALLBACK_VARIABLE, "").strip()
    if not url:
        return None
    if not re.fullmatch(r"https?://[^\s/@]+(/[^\s@]*)?", url):
        raise OrderRefused(
            f"{CALLBACK_VARIABLE} is no address: write the one that your proxy has on the internet, such as "
            "https://studio.example/kie, without a password in it."
        )
    if not environ.get(WEBHOOK_KEY_VARIABLE, "").strip():
        raise OrderRefused(
            f"{CALLBACK_VARIABLE} is set and {WEBHOOK_KEY_VARIABLE} is not, so that anybody could call. Copy "
            "the webhook HMAC key from kie.ai/settings, or leave both out: KIE is asked every few seconds."
        )
    return url


# What a vendor's own SDK takes to come in: half a second of a core each.
SDKS = {"gemini": "google.genai", "elevenlabs": "elevenlabs.client"}


def bring_in_sdks(parts: Mapping[Role, Part]) -> None:
    """Imports what the paid members of a crew will speak through, in the order of their jobs."""
    for vendor in dict.fromkeys(part.vendor for part in parts.values()):
        if vendor in SDKS:
            importlib.import_module(SDKS[vendor])


def hired_crew(house: Crew, parts: Mapping[Role, Part], environ: Mapping[str, str]) -> Crew:
    """The house crew with every paid part in other hands. Opens no connection."""
    members: dict[str, Any] = {}
    clients = _Clients(environ)
    for role, part in parts.items():
        if part.paid:
            members[role] = clients.member(role, part.model or "")
    return replace(house, **members)


class Casts:
    """Who works on each episode: the studio's crew, with the channel's own accounts and voice where it
    has any. A crew is put together once for everyone who has the same."""

    def __init__(self, house: Crew, environ: Mapping[str, str], channels: Channels):
        self._house, self._environ, self._channels = house, environ, channels
        self._known: dict[frozenset[tuple[str, str]], tuple[Mapping[Role, Part], Crew]] = {}
        self._lock = threading.Lock()

    def of(self, brief: Brief | None) -> tuple[Mapping[Role, Part], Crew]:
        """Who does each job for a film, and the crew. Raises CredentialsLocked: another account than
        the channel's own is never charged in its place."""
        own = self._own(brief) if brief else {}
        known = frozenset(own.items())
        with self._lock:
            if known not in self._known:
                environ = {**self._environ, **own}
                parts = parts_of(environ)
                self._known[known] = parts, hired_crew(self._house, parts, environ)
            return self._known[known]

    def _own(self, brief: Brief) -> dict[str, str]:
        own = dict(self._channels.credentials(brief.channel))
        return {**own, VOICE: brief.voice} if brief.voice else own


class _Clients:
    """One client a vendor, made when the first of its members is hired."""

    def __init__(self, environ: Mapping[str, str]):
        self._environ = environ
        self._open: dict[str, Any] = {}

    def member(self, role: Role, model: str) -> Any:
        match role:
            case "researcher":
                from pokegeo_dagster.providers.gemini.researcher import GeminiResearcher

                return GeminiResearcher(self._gemini(), model)
            case "writer":
                from pokegeo_dagster.providers.gemini.writer import GeminiWriter

                return GeminiWriter(self._gemini(), model)
            case "illustrator":
                from pokegeo_dagster.providers.gemini.illustrator import GeminiIllustrator

                return GeminiIllustrator(self._gemini(), model)
            case "camera":
                from pokegeo_dagster.providers.kie.camera import KlingCamera

                seconds, told_at = clip_seconds(self._environ), callback_url(self._environ)
                return KlingCamera(self._kie(), model, seconds, callback_url=told_at)
            case "narrator":
                from pokegeo_dagster.providers.elevenlabs.narrator import ElevenLabsNarrator

                return ElevenLabsNarrator(self._elevenlabs(), self._environ["ELEVENLABS_VOICE_ID"], model)
            case "foley":
                from pokegeo_dagster.providers.elevenlabs.foley import ElevenLabsFoley

                return ElevenLabsFoley(self._elevenlabs(), model)

    def _gemini(self) -> Any:
        if "gemini" not in self._open:
            from pokegeo_dagster.providers.gemini.client import GeminiClient

            base = self._environ.get("GOOGLE_GEMINI_BASE_URL") or None
            self._open["gemini"] = GeminiClient(self._environ["GEMINI_API_KEY"], base)
        return self._open["gemini"]

    def _kie(self) -> Any:
        if "kie" not in self._open:
            from pokegeo_dagster.providers.kie.client import BASE_URL, UPLOAD_URL, KieClient

            self._open["kie"] = KieClient(
                self._environ["KIE_API_KEY"],
                self._environ.get("KIE_BASE_URL") or BASE_URL,
                self._environ.get("KIE_UPLOAD_URL") or UPLOAD_URL,
            )
        return self._open["kie"]

    def _elevenlabs(self) -> Any:
        if "elevenlabs" not in self._open:
            from pokegeo_dagster.providers.elevenlabs.client import ElevenLabsClient

            base = self._environ.get("ELEVENLABS_BASE_URL") or None
            self._open["elevenlabs"] = ElevenLabsClient(self._environ["ELEVENLABS_API_KEY"], base)
        return self._open["elevenlabs"]
