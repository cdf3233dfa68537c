"""The door to ElevenLabs: its SDK, opened at the first call, with retries off and time-outs named.

Two kinds of calls go through it, and they fail differently. A paid one sends exactly one request and
then tells what is known: free and refused, or nobody knows. A free one may be asked again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from pokegeo_dagster.film.errors import (
    AccountTrouble,
    AnswerLost,
    NotTaken,
    QuotaSpent,
    VendorSilent,
    VendorTrouble,
)
from pokegeo_dagster.providers.elevenlabs import wire
from pokegeo_dagster.providers.elevenlabs.models import VENDOR
from pokegeo_dagster.providers.elevenlabs.troubles import meaning, trouble
from pokegeo_dagster.providers.scrub import hush_http_logs, shortened

if TYPE_CHECKING:
    import httpx
    from elevenlabs.client import ElevenLabs
    from elevenlabs.core.api_error import ApiError
    from elevenlabs.core.request_options import RequestOptions

CONNECT_S, WRITE_S, POOL_S = 10.0, 30.0, 30.0
PAID_READ_S = 180.0  # a line takes seconds; a queue at the vendor may take a minute
FREE_READ_S = 30.0
_PAGE = 1000  # history lines in one answer: the most the vendor gives
_MOST_PAGES = 100


class ElevenLabsClient:
    """One account at ElevenLabs. Safe from any thread.

    Nothing is opened before the first call. `transport` replaces the network in a test.
    """

    def __init__(
        self,
        api_key: str,
        base_url: str | None = None,
        *,
        clock: Callable[[], float] = time.time,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._key = api_key.strip()
        self._base_url = base_url.rstrip("/") if base_url else None
        self._transport = transport
        self._lock = threading.Lock()
        self._sdk: ElevenLabs | None = None
        self._http: httpx.Client | None = None
        self.clock = clock

    def __repr__(self) -> str:
        return f"ElevenLabsClient({self._base_url or 'api.elevenlabs.io'})"

    def close(self) -> None:
        """Lets the connections go; the next call opens new ones."""
        with self._lock:
            http, self._http, self._sdk = self._http, None, None
        if http is not None:
            http.close()

    # Paid. One request each, whatever happens.

    def speak(self, voice_id: str, asked: Mapping[str, Any]) -> tuple[wire.SpeechAnswer | None, wire.Receipt]:
        """A spoken line and its receipt; no line when it was made but arrived damaged, and the receipt
        says where in the history it lies. Raises AnswerLost when nobody knows."""
        with self._paid() as sdk:
            try:
                answer = sdk.text_to_speech.with_raw_response.convert_with_timestamps(
                    voice_id, **asked, request_options=_once(PAID_READ_S)
                )
            except _api_error() as error:
                slip = wire.receipt(error.headers)
                if 200 <= (error.status_code or 0) < 300 and slip.history_item_id:
                    return None, slip
                raise
            slip = wire.receipt(answer.headers)
            try:
                return wire.speech_answer(answer.data), slip
            except ValueError as damage:
                if slip.history_item_id:
                    return None, slip
                reason = f"the answer cannot be used: {damage}."
                raise AnswerLost(VENDOR, reason, slip.request_id) from None

    def sound(self, asked: Mapping[str, Any]) -> tuple[bytes, wire.Receipt]:
        """An effect's bytes and its receipt. Raises AnswerLost when nobody knows."""
        with (
            self._paid() as sdk,
            sdk.text_to_sound_effects.with_raw_response.convert(
                **asked, request_options=_once(PAID_READ_S)
            ) as answer,
        ):
            slip = wire.receipt(answer.headers)
            audio = b"".join(answer.data)
        if not audio or (slip.content_type or "").startswith(("text/", "application/json")):
            raise AnswerLost(VENDOR, "the answer holds no sound.", slip.request_id)
        return audio, slip

    # Free. Asked again by whoever asked.

    def subscription(self) -> wire.Subscription:
        """What is left of the period. Raises AccountTrouble, VendorSilent."""
        with self._free("the subscription") as sdk:
            told = sdk.user.subscription.get(request_options=_once(FREE_READ_S))
            return wire.Subscription.model_validate(told)

    def voice(self, voice_id: str) -> wire.Voice:
        """One voice by its id. Raises AccountTrouble when the account does not have it."""
        with self._free(f"voice {voice_id}") as sdk:
            return wire.Voice.model_validate(sdk.voices.get(voice_id, request_options=_once(FREE_READ_S)))

    def models(self) -> tuple[wire.ModelCard, ...]:
        """Every model the account is offered."""
        with self._free("the list of models") as sdk:
            told = sdk.models.list(request_options=_once(FREE_READ_S))
            return tuple(wire.ModelCard.model_validate(card) for card in told)

    def history(self, voice_id: str, since: float) -> Iterator[wire.HistoryItem]:
        """What this voice has said since then, newest first, a page at a time."""
        after: str | None = None
        for _ in range(_MOST_PAGES):
            with self._free("the history") as sdk:
                page = wire.history_page(
                    sdk.history.list(
                        page_size=_PAGE,
                        voice_id=voice_id,
                        date_after_unix=int(since),
                        start_after_history_item_id=after,
                        request_options=_once(FREE_READ_S),
                    )
                )
            yield from page.history
            before, after = after, page.last_history_item_id
            if not page.has_more or after is None:
                return
            if after == before:
                break
        raise VendorSilent(VENDOR, "the history has no end; nothing is concluded from it.")

    def clock_ahead_s(self, voice_id: str) -> float:
        """By how many seconds this machine's clock is ahead of the vendor's, as the date of a free
        answer tells it to the second; 0 where it tells none. A machine that is some minutes off would
        not find its own line in the history, and buy it again."""
        with self._free("the history") as sdk:
            answer = sdk.history.with_raw_response.list(
                page_size=1, voice_id=voice_id, request_options=_once(FREE_READ_S)
            )
        theirs = wire.moment(answer.headers)
        return self.clock() - theirs if theirs is not None else 0.0

    def history_item(self, item_id: str) -> wire.HistoryItem | None:
        """One line of the history, with its alignment where the vendor kept it; None when it is gone."""
        with self._free(f"history item {item_id}") as sdk:
            try:
                return wire.history_item(sdk.history.get(item_id, request_options=_once(FREE_READ_S)))
            except _api_error() as error:
                if _gone(error):
                    return None
                raise

    def history_audio(self, item_id: str) -> tuple[bytes, wire.Receipt] | None:
        """The sound of a line of the history; None when the vendor no longer has it."""
        with self._free(f"the sound of history item {item_id}") as sdk:
            try:
                with sdk.history.with_raw_response.get_audio(
                    item_id, request_options=_once(FREE_READ_S)
                ) as answer:
                    return b"".join(answer.data), wire.receipt(answer.headers)
            except _api_error() as error:
                if _gone(error):
                    return None
                raise

    @contextmanager
    def _paid(self) -> Iterator[ElevenLabs]:
        """Tells what became of the one request that costs money."""
        import httpx

        sdk = self._open()
        try:
            yield sdk
        except VendorTrouble:
            raise
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
            raise NotTaken(
                VENDOR, f"could not be reached ({_name(error)}); nothing was charged. It is asked for again."
            ) from error
        except _api_error() as error:
            # Not chained: its own text is the whole answer, headers and all.
            raise self._told(error) from None
        except Exception as error:
            # Time-outs, resets, half an answer, garbage: whatever breaks from here on may be charged for.
            raise AnswerLost(VENDOR, f"the answer was lost ({_name(error)}).") from error

    @contextmanager
    def _free(self, what: str) -> Iterator[ElevenLabs]:
        """Tells why a free question has no answer: the account's fault, or weather."""
        sdk = self._open()
        try:
            yield sdk
        except VendorTrouble:
            raise
        except _api_error() as error:
            told = wire.detail(error.body)
            if meaning(error.status_code, told) == "account":
                raise self._told(error) from None
            said = shortened(told.message, self._key) if told.spoken else "not its own answer"
            raise VendorSilent(
                VENDOR,
                f"did not tell {what} (HTTP {error.status_code}: {said}). It is asked again.",
                wire.receipt(error.headers).request_id or told.request_id,
            ) from None
        except Exception as error:
            raise VendorSilent(VENDOR, f"did not tell {what} ({_name(error)}). It is asked again.") from error

    def _told(self, error: ApiError) -> VendorTrouble:
        told = wire.detail(error.body)
        slip = wire.receipt(error.headers)
        said = shortened(told.message, self._key)
        request_id = slip.request_id or told.request_id
        if meaning(error.status_code, told) == "quota":
            until, why = self._back_at()
            if until is not None:
                reason = f"its quota is used up: {said} Nothing was charged; the next period brings it back."
                return QuotaSpent(VENDOR, reason, until, request_id)
            reason = (
                f"its quota is used up: {said} Nothing was charged. {why}Buy credits, then make it again."
            )
            return AccountTrouble(VENDOR, reason, request_id)
        return trouble(error.status_code, told, request_id, _after_s(error.headers), said)

    def _back_at(self) -> tuple[float | None, str]:
        try:
            back = self.subscription().next_character_count_reset_unix
        except VendorTrouble:
            return None, "When it is back could not be read. "
        if back is None or back <= self.clock():
            return None, "The account names no day on which it is back. "
        return float(back), ""

    def _open(self) -> ElevenLabs:
        with self._lock:
            if self._sdk is None:
                if not self._key or not self._key.isascii() or any(c.isspace() for c in self._key):
                    raise AccountTrouble(
                        VENDOR,
                        "the API key is empty or holds a blank. Nothing was charged. Set ELEVENLABS_API_KEY, "
                        "then try again.",
                    )
                self._http, self._sdk = self._opened()
            return self._sdk

    def _opened(self) -> tuple[httpx.Client, ElevenLabs]:
        import httpx
        from elevenlabs.client import ElevenLabs

        hush_http_logs()
        try:
            http = httpx.Client(
                timeout=_patience(FREE_READ_S),
                # A redirect would carry the key to a host that nobody configured.
                follow_redirects=False,
                # A kept connection that the vendor closes while a request leaves is a lost answer.
                limits=httpx.Limits(max_connections=32, max_keepalive_connections=0),
                transport=self._transport,
            )
        except (ValueError, ImportError, OSError, httpx.InvalidURL) as fault:
            why = shortened(fault, self._key)
            raise AccountTrouble(
                VENDOR,
                f"the proxy or certificate settings cannot be used ({why}). Mend them, then try again.",
            ) from None
        return http, ElevenLabs(api_key=self._key, base_url=self._base_url, httpx_client=http)


def _patience(read_s: float) -> httpx.Timeout:
    import httpx

    return httpx.Timeout(connect=CONNECT_S, read=read_s, write=WRITE_S, pool=POOL_S)


def _once(read_s: float) -> RequestOptions:
    """No retry of the SDK's own: it would send a paid request three times (seen with 2.78.0)."""
    # The SDK hands this on to httpx as it is, so all four time-outs may be named.
    return {"max_retries": 0, "timeout_in_seconds": cast(int, _patience(read_s)), "chunk_size": 1 << 16}


def _api_error() -> type[ApiError]:
    from elevenlabs.core.api_error import ApiError

    return ApiError


def _gone(error: ApiError) -> bool:
    told = wire.detail(error.body)
    return told.spoken and (error.status_code == 404 or "history_item_not_found" in told.codes)


def _after_s(headers: Mapping[str, str] | None) -> float | None:
    wait = {name.lower(): value for name, value in (headers or {}).items()}.get("retry-after", "")
    return float(wait) if wait.replace(".", "", 1).isdecimal() else None


def _name(error: BaseException) -> str:
    return type(error).__name__
