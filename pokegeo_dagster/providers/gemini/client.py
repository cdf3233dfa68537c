"""The door to the Gemini API: one authenticated client, one POST a call, every error in our words."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pokegeo_dagster.film.errors import AccountTrouble, AnswerLost, VendorSilent, VendorTrouble
from pokegeo_dagster.providers.gemini.troubles import VENDOR, trouble_from
from pokegeo_dagster.providers.gemini.wire import Answer, Picture, read_answer

if TYPE_CHECKING:
    from google.genai import Client
    from google.genai.types import GenerateContentConfigDict

GOOGLE = "https://generativelanguage.googleapis.com/"


@dataclass(frozen=True)
class Timeouts:
    """Patience in seconds, by step. An answer comes in one piece when it is finished: a screenplay
    with its thinking takes minutes, so reading is patient and everything else is not."""

    connect_s: float = 10.0
    read_s: float = 600.0
    write_s: float = 120.0
    pool_s: float = 10.0


class GeminiClient:
    """Google's SDK, opened at first use. Safe to use from several threads.

    `clock` gives seconds since 1970; it dates the end of a daily quota.
    """

    def __init__(
        self,
        api_key: str,
        base_url: str | None = None,
        *,
        api_version: str = "v1",
        timeouts: Timeouts | None = None,
        clock: Callable[[], float] = time.time,
    ):
        self._key, self._base_url, self._api_version = api_key.strip(), base_url or GOOGLE, api_version
        self._timeouts, self._clock = timeouts or Timeouts(), clock
        self._lock = threading.Lock()
        self._open: Client | None = None
        self._posts = threading.local()

    def generate(
        self, model: str, contents: Sequence[str | Picture], config: GenerateContentConfigDict
    ) -> Answer:
        """One paid generateContent, sent exactly once whatever happens.

        Raises every kind of VendorTrouble that a submit may (see film/vendors.py).
        """
        client = self._client()
        from google.genai import types

        self._posts.count = 0
        try:
            parts = [_part(types, content) for content in contents]
            response = client.models.generate_content(
                model=model,
                contents=[types.Content(role="user", parts=parts)],
                # A continued answer is a second paid request.
                config={**config, "automatic_continuation": False},
            )
            answer = read_answer(response)
        except Exception as error:
            raise self._trouble(error, model) from None
        if answer.says_nothing:
            raise AnswerLost(VENDOR, "its answer has nothing of Gemini's in it.")
        return answer

    def models(self) -> tuple[str, ...]:
        """The names of the models that this key may use. Free.

        Raises AccountTrouble, VendorSilent.
        """
        client = self._client()
        try:
            found = client.models.list(config={"page_size": 1000})
            return tuple((model.name or "").removeprefix("models/") for model in found)
        except Exception as error:
            trouble = self._trouble(error, "")
            if isinstance(trouble, AccountTrouble):
                raise trouble from None
            raise VendorSilent(VENDOR, f"it did not say which models there are: {trouble.reason}") from None

    def close(self) -> None:
        """Closes the connections. The next use opens them again."""
        with self._lock:
            if self._open is not None:
                self._open.close()
            self._open = None

    def __repr__(self) -> str:
        return f"GeminiClient({self._base_url})"

    def _trouble(self, error: Exception, model: str) -> VendorTrouble:
        sent = getattr(self._posts, "count", 0) > 0
        return trouble_from(error, now=self._clock(), key=self._key, model=model, sent=sent)

    def _client(self) -> Client:
        with self._lock:
            if self._open is None:
                self._open = self._opened()
            return self._open

    def _opened(self) -> Client:
        if not self._key or not self._key.isascii() or not self._key.isprintable() or " " in self._key:
            raise AccountTrouble(
                VENDOR, "the API key is empty or not a key. Nothing was charged. Set GEMINI_API_KEY."
            )
        import httpx2
        from google import genai
        from google.genai import types

        line = httpx2.Client(
            # No connection is used twice: one that Google closed while it was idle would look like
            # a lost answer, and a human would have to settle it.
            limits=httpx2.Limits(max_keepalive_connections=0),
            follow_redirects=False,
            event_hooks={"request": [self._before_sending]},
        )
        return genai.Client(
            api_key=self._key,
            vertexai=False,
            http_options=types.HttpOptions(
                base_url=self._base_url,
                api_version=self._api_version,
                httpx_client=line,
                retry_options=types.HttpRetryOptions(attempts=1),
            ),
        )

    def _before_sending(self, request: Any) -> None:
        """Sets the four time-outs (the SDK knows only one) and holds every call to one POST."""
        patience = self._timeouts
        request.extensions["timeout"] = {
            "connect": patience.connect_s,
            "read": patience.read_s,
            "write": patience.write_s,
            "pool": patience.pool_s,
        }
        if request.method == "POST":
            if getattr(self._posts, "count", 0):
                raise RuntimeError("the SDK tried to send a paid request a second time; it was stopped")
            self._posts.count = 1


def preflight(client: GeminiClient, models: Iterable[str]) -> dict[str, bool]:
    """Whether each of the configured models is there. Free.

    Raises AccountTrouble (key, billing), VendorSilent.
    """
    there = set(client.models())
    return {model: model.removeprefix("models/") in there for model in models}


def _part(types: Any, content: str | Picture) -> Any:
    if isinstance(content, str):
        return types.Part.from_text(text=content)
    return types.Part.from_bytes(data=content.data, mime_type=content.mime_type)
