"""Consent: whether a channel's policy says yes by itself to what a film would still cost."""

from __future__ import annotations

from decimal import Decimal

from pokegeo_dagster.film.release.channel import GreenlightPolicy


def agrees(policy: GreenlightPolicy, up_to_usd: Decimal | None, episode_usd: Decimal) -> bool:
    """Whether a policy says yes to an episode that would cost `episode_usd` in all."""
    return policy == "auto" and up_to_usd is not None and episode_usd <= up_to_usd
