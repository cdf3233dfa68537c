"""A Discord webhook: one short message at a time, with a deadline, and its address told to nobody."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx

from pokegeo_dagster.film.errors import OrderRefused, ProductionError

PATIENCE_S = 5.0  # to connect, and again to be answered: nobody's work waits longer for a message
MOST_CHARACTERS = 2_000  # Discord's own limit for `content` (2026-11-21)


class NotTold(ProductionError):
    """A message did not go out. The words hold no part of the webhook's address: it is a password."""


class DiscordWebhook:
    """The webhook of one channel."""

    def __init__(self, url: str):
        where = urlsplit(url)
        if where.scheme not in ("https", "http") or not where.hostname:
            raise OrderRefused(
                "The Discord webhook is no address: copy it from Discord (channel settings, integrations, "
                "webhooks); it begins with https://."
            )
        self._url = url

    def __repr__(self) -> str:
        return "DiscordWebhook(…)"

    def say(self, message: str) -> None:
        """Posts one message; names in it ping nobody. Raises NotTold."""
        body = {"content": message[:MOST_CHARACTERS], "allowed_mentions": {"parse": []}}
        try:
            answer = httpx.post(self._url, json=body, timeout=PATIENCE_S, follow_redirects=False)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            # Not «from error»: httpx puts the address into what it raises.
            raise NotTold(f"Discord was not reached ({type(error).__name__}).") from None
        if not answer.is_success:
            raise NotTold(f"Discord answered {answer.status_code}.")
