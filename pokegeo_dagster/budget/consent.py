"""Consent: whether a channel's policy says yes by itself: to what a film would still cost, and to letting
a film out that was paid for."""

from __future__ import annotations

from decimal import Decimal

from pokegeo_dagster.film.release.channel import GreenlightPolicy


def agrees(policy: GreenlightPolicy, up_to_usd: Decimal | None, episode_usd: Decimal) -> bool:
    """Whether a policy says yes to an episode that would cost `episode_usd` in all."""
    return policy == "auto" and up_to_usd is not None and episode_usd <= up_to_usd


def asked_before_release(policy: GreenlightPolicy, up_to_usd: Decimal | None, spent_usd: Decimal) -> bool:
    """Whether a person is asked before a film goes out that `spent_usd` were spent on. A film that cost
    nothing goes out unasked; so does one whose price the channel agreed to by itself."""
    return spent_usd > 0 and policy != "never" and not agrees(policy, up_to_usd, spent_usd)
