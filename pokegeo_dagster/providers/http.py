"""The one door of vendors that speak plain HTTP: one request out, one answer in, nothing repeated.

What goes wrong is told by what may have happened at the other end, because that decides whether
money may have been spent:

HttpTrouble
├── NeverSent       the connection was never made: the vendor has not heard of the request
├── AnswerMissing   the request may have arrived, and no whole answer came back
├── AnswerGarbled   an answer came, and is not what the vendor promises: a web page, broken JSON
└── NotDelivered    a download was declined (`status`), cut short, or grew past its limit

A vendor's own client turns these into the troubles of `film.errors`; it alone knows what a step
costs. No text here holds a key or the query of an address.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from pokegeo_dagster.film.errors import ProductionError
from pokegeo_dagster.providers.scrub import hush_http_logs, scrubbed, shortened

if TYPE_CHECKING:
    import httpx

__all__ = [
    "Answer",
    "AnswerGarbled",
    "AnswerMissing",
    "Http",
    "HttpTrouble",
    "NeverSent",
    "NotDelivered",
    "Timeouts",
    "scrubbed",
    "shortened",
]

# KIE's Cloudflare answers 1010 to user agents it has not seen in a browser (facts of 2026-11).
USER_AGENT = "Mozilla/5.0 (compatible; pokegeo-dagster/0.1)"
MOST_ANSWER_BYTES = 8 << 20  # of an answer that is read into memory
MOST_ANSWER_S = 600.0  # a server that drips a byte before every read time-out is not waited for
_CHUNK = 1 << 16
_REQUEST_ID = ("x-request-id", "request-id", "x-trace-id", "x-amz-request-id", "cf-ray")
_MOST_REDIRECTS = 5

Model = TypeVar("Model", bound=BaseModel)


class HttpTrouble(ProductionError):
    """A request that did not end in a usable answer. `status` and `request_id` where one came."""

    def __init__(self, text: str, status: int | None = None, request_id: str | None = None):
        self.text, self.status, self.request_id = text, status, request_id
        super().__init__(text)


class NeverSent(HttpTrouble):
    """No connection was made (name, route, proxy, TLS, a full pool): nothing left this machine."""


class AnswerMissing(HttpTrouble):
    """The request may have arrived; its answer did not."""


class AnswerGarbled(HttpTrouble):
    """Something answered, and not in the vendor's words. `after_s` is its Retry-After."""

    after_s: float | None = None


class NotDelivered(HttpTrouble):
    """A download that was declined, cut short or too large. Nothing is left on disk."""


@dataclass(frozen=True)
class Timeouts:
    """How long each part of one request may take, in seconds."""

    connect_s: float = 10.0
    read_s: float = 60.0  # between two bytes of the answer
    write_s: float = 60.0
    pool_s: float = 10.0  # waiting for a free connection


@dataclass(frozen=True)
class Answer:
    """A whole answer, not yet believed. `after_s` is its Retry-After in seconds."""

    where: str  # method, host and path, for error texts
    status: int
    body: bytes
    content_type: str = ""
    request_id: str | None = None
    after_s: float | None = None
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def read(self, model: type[Model]) -> Model:
        """The answer as `model`, which ignores what it does not know. Raises AnswerGarbled."""
        start = self.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
        if start == b"<" or "html" in self.content_type:
            raise self._garbled(f"a web page{self._title()} instead of JSON")
        if not start:
            raise self._garbled("nothing at all")
        try:
            return model.model_validate_json(self.body.lstrip(b"\xef\xbb\xbf"))
        except ValidationError as misfit:
            # Pydantic's own text repeats the input, and the input may hold a signed address.
            raise self._garbled(_misfit(misfit)) from None

    def _garbled(self, what: str) -> AnswerGarbled:
        text = shortened(f"{self.where} answered HTTP {self.status} with {what}", *self.secrets)
        trouble = AnswerGarbled(text, self.status, self.request_id)
        trouble.after_s = self.after_s
        return trouble

    def _title(self) -> str:
        found = re.search(rb"<title[^>]*>(.*?)</title", self.body, re.I | re.S)
        title = found[1].decode("utf-8", "replace").strip() if found else ""
        return f" («{shortened(title, *self.secrets, most=60)}»)" if title else ""


class Http:
    """One vendor's door. Opens nothing before the first request; safe to share between threads.

    Every request has a connection of its own: on a kept one, «the server closed it while it was
    idle» cannot be told from «the server took the request and said nothing». `headers` (keys) go
    with `ask`, never with `download`.
    """

    def __init__(
        self,
        vendor: str,
        *,
        headers: Mapping[str, str] | None = None,
        secrets: Sequence[str] = (),
        timeouts: Timeouts | None = None,
        transport: httpx.BaseTransport | None = None,
    ):
        self.vendor, self.secrets, self.timeouts = vendor, tuple(secrets), timeouts or Timeouts()
        self._headers, self._transport = dict(headers or {}), transport
        self._client: httpx.Client | None = None
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"Http({self.vendor!r})"

    def ask(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, str] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        timeouts: Timeouts | None = None,
    ) -> Answer:
        """Sends one request, once, and gives back its whole answer, whatever its status.

        Redirects are answers too. Raises NeverSent, AnswerMissing, AnswerGarbled.
        """
        where = f"{method} {_place(url)}"
        asked: dict[str, Any] = {"params": query, "json": json, "data": form, "files": files}
        options = {name: value for name, value in asked.items() if value is not None}
        with (
            self._told(where),
            self._opened().stream(
                method, url, headers=self._headers, timeout=_timeout(timeouts or self.timeouts), **options
            ) as response,
        ):
            parts: list[bytes] = []
            try:
                parts.extend(self._body(response, where, MOST_ANSWER_BYTES, MOST_ANSWER_S))
            except NotDelivered as flood:
                raise AnswerGarbled(flood.text, flood.status, _request_id(response)) from None
            return Answer(
                where=where,
                status=response.status_code,
                body=b"".join(parts),
                content_type=response.headers.get("content-type", "").lower(),
                request_id=_request_id(response),
                after_s=_after(response),
                secrets=self.secrets,
            )

    def download(
        self, url: str, to: Path, *, most_bytes: int, patience_s: float = 900.0, web_only: bool = True
    ) -> int:
        """Streams `url` into `to`, which appears whole or not at all; its size in bytes.

        Sent without the door's headers, because a vendor's file lies with somebody else. `web_only`
        allows https only. Raises NeverSent, AnswerMissing, AnswerGarbled (a web page or JSON in the
        place of the file), NotDelivered.
        """
        # The path of a file that anybody with its address may read is as good as a key.
        where = f"the download from {_place(url).partition('/')[0]}"
        allowed = ("https",) if web_only else ("https", "http")
        if urlsplit(url).scheme not in allowed:
            raise NeverSent(f"{where} was not begun: its address is not {allowed[0]}")
        draft = to.with_name(f".{to.name}.part")
        try:
            with self._told(where), self._opened().stream(
                "GET", url, headers={"Accept-Encoding": "identity"}, timeout=_timeout(self.timeouts),
                follow_redirects=True,
            ) as response:  # fmt: skip
                if response.url.scheme not in allowed:
                    raise NotDelivered(f"{where} was sent on to an address that is not https")
                self._check_download(response, where, most_bytes)
                with draft.open("wb") as file:
                    for chunk in self._body(response, where, most_bytes, patience_s):
                        file.write(chunk)
                    size = file.tell()
                promised = _number(response.headers.get("content-length"))
                got = response.num_bytes_downloaded
                if promised is not None and got != promised:
                    raise NotDelivered(f"{where} was cut short: {got} of {promised} bytes came", 200)
                if not size:
                    raise NotDelivered(f"{where} delivered an empty file", response.status_code)
            os.replace(draft, to)
            return size
        finally:
            draft.unlink(missing_ok=True)

    def close(self) -> None:
        """Lets go of the client. The next request opens another."""
        with self._lock:
            client, self._client = self._client, None
        if client:
            client.close()

    def _opened(self) -> httpx.Client:
        with self._lock:
            if self._client is None:
                import httpx

                hush_http_logs()
                try:
                    self._client = httpx.Client(
                        headers={"User-Agent": USER_AGENT, "Accept": "*/*"},
                        limits=httpx.Limits(max_connections=32, max_keepalive_connections=0),
                        transport=self._transport,
                        max_redirects=_MOST_REDIRECTS,
                    )
                except (ValueError, ImportError, OSError, httpx.InvalidURL) as fault:
                    why = shortened(fault, *self.secrets)
                    raise NeverSent(f"the proxy or certificate settings cannot be used ({why})") from None
            return self._client

    def _check_download(self, response: httpx.Response, where: str, most_bytes: int) -> None:
        status, kind = response.status_code, response.headers.get("content-type", "").lower()
        if status != 200:
            raise NotDelivered(f"{where} answered HTTP {status}", status, _request_id(response))
        if "html" in kind or "json" in kind:
            raise AnswerGarbled(f"{where} answered {kind.partition(';')[0]} instead of the file", status)
        promised = _number(response.headers.get("content-length"))
        if promised is not None and promised > most_bytes:
            raise NotDelivered(f"{where} is {promised} bytes, over the limit of {most_bytes}", status)

    def _body(self, response: httpx.Response, where: str, most: int, patience_s: float) -> Iterator[bytes]:
        got, until = 0, time.monotonic() + patience_s
        for chunk in response.iter_bytes(_CHUNK):
            got += len(chunk)
            if got > most:
                raise NotDelivered(f"{where} grew past the limit of {most} bytes", response.status_code)
            if time.monotonic() > until:
                raise AnswerMissing(f"{where} was not done after {patience_s:.0f} s", response.status_code)
            yield chunk

    @contextmanager
    def _told(self, where: str) -> Iterator[None]:
        """Turns httpx's errors into this door's. `from None`: theirs hold the request."""
        import httpx

        unsent = (
            httpx.ConnectError,
            httpx.ConnectTimeout,
            httpx.PoolTimeout,
            httpx.ProxyError,
            httpx.UnsupportedProtocol,
            httpx.InvalidURL,
        )
        try:
            yield
        except unsent as error:
            raise NeverSent(self._story(where, "was never sent", error)) from None
        except (httpx.DecodingError, httpx.TooManyRedirects) as error:
            raise AnswerGarbled(self._story(where, "was answered with garbage", error)) from None
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise AnswerMissing(self._story(where, "got no whole answer", error)) from None

    def _story(self, where: str, what: str, error: Exception) -> str:
        return shortened(f"{where} {what} ({type(error).__name__}: {error})", *self.secrets)


def _timeout(limits: Timeouts) -> httpx.Timeout:
    import httpx

    return httpx.Timeout(
        connect=limits.connect_s, read=limits.read_s, write=limits.write_s, pool=limits.pool_s
    )


def _place(url: str) -> str:
    """Host and path of an address: all of it that an error may name."""
    try:
        parts = urlsplit(url)
        return f"{parts.hostname or '?'}{parts.path}"
    except ValueError:
        return "an address that cannot be read"


def _misfit(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        return "text that is not JSON"
    return f"JSON that does not fit: {'.'.join(map(str, first['loc'])) or 'the whole'} ({first['msg']})"


def _request_id(response: httpx.Response) -> str | None:
    return next((response.headers[name] for name in _REQUEST_ID if name in response.headers), None)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None


def _after(response: httpx.Response) -> float | None:
    seconds = _number(response.headers.get("retry-after"))
    return None if seconds is None else float(seconds)
