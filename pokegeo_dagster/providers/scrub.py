"""What an error or a log line may say: one line, without keys and without signed addresses."""

from __future__ import annotations

import logging
import re
from urllib.parse import quote, quote_plus

HIDDEN = "…"
MOST_WORDS = 200  # characters of a vendor's own message that an error repeats
_LEAST_SECRET = 6  # a shorter «secret» would blank out ordinary words

_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s\"'<>\\`|{}]+", re.I)
_QUERY = re.compile(r"\?[\w.%~+\[\]-]+=[^\s\"'<>]*")
_HEADER = re.compile(
    r"((?:proxy-)?authorization[\"']?\s*[:=]\s*[\"']?)(?:(?:bearer|basic|token|key)\s+)?[^\s\"',;}]+", re.I
)
_BEARER = re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{8,}", re.I)
# A value after the name of a secret: long, or with a digit in it, so that prose survives
# («token: expired» says something, «token: 8f3a…» must not).
_NAMED = re.compile(
    r"((?:\b|_|-)(?:api[_-]?key|access[_-]?key(?:[_-]?id)?|secret(?:[_-]?(?:access[_-]?)?key)?|token|signature"
    r"|password|credentials?|x-[a-z]+-key|xi-api-key)[\"']?\s*[:=]\s*[\"']?)"
    r"(?=[^\s\"',;&}]{16}|[^\s\"',;&}]*\d)[^\s\"',;&}]{6,}",
    re.I,
)
_SHAPES = re.compile(
    r"\bAIza[\w-]{20,}|\bya29\.[\w-]+|\bsk[-_][\w-]{12,}|\bAKIA[0-9A-Z]{12,}|\beyJ[\w-]{8,}(?:\.[\w-]+){1,2}"
)


def scrubbed(text: object, *secrets: str | None) -> str:
    """`text` in one line without `secrets`, anything else that looks like a key, and the queries
    of addresses (that is where a signature is). For every error text and log line of a vendor."""
    line = " ".join(str(text).split())
    for secret in sorted({s.strip() for s in secrets if s}, key=len, reverse=True):
        if len(secret) >= _LEAST_SECRET:
            for spelling in {secret, quote(secret, safe=""), quote_plus(secret)}:
                line = line.replace(spelling, HIDDEN)
    line = _ADDRESS.sub(_bare, line)
    line = _QUERY.sub("?" + HIDDEN, line)
    line = _HEADER.sub(rf"\1{HIDDEN}", line)
    line = _BEARER.sub(rf"\1 {HIDDEN}", line)
    line = _NAMED.sub(rf"\1{HIDDEN}", line)
    return _SHAPES.sub(HIDDEN, line)


def shortened(text: object, *secrets: str | None, most: int = MOST_WORDS) -> str:
    """`scrubbed`, then cut to `most` characters: in this order, so that no half of a key is left."""
    line = scrubbed(text, *secrets)
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _bare(found: re.Match[str]) -> str:
    """An address without who asks (user:password@), its query and its fragment."""
    address, mark, _ = found[0].partition("?")
    address = address.partition("#")[0]
    scheme, _, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}{mark and '?' + HIDDEN}"


class _Discretion(logging.Filter):
    """httpx logs every address it asks, with its query; httpcore logs headers."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = scrubbed(record.getMessage()), ()
        return True


_DISCRETION = _Discretion()
_TALKERS = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy")


def hush_http_logs() -> None:
    """From now on httpx and httpcore log no keys and no signed addresses. Costs nothing twice."""
    for name in _TALKERS:
        logging.getLogger(name).addFilter(_DISCRETION)
