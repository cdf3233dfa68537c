"""What is left on the KIE account, asked before any work begins."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pokegeo_dagster.film.errors import AccountTrouble
from pokegeo_dagster.providers.kie.client import KieClient
from pokegeo_dagster.providers.kie.troubles import FREE, VENDOR
from pokegeo_dagster.providers.kie.wire import CREDIT_USD


@dataclass(frozen=True)
class Balance:
    """Credits left, and their worth."""

    credits: Decimal
    usd: Decimal


def preflight(client: KieClient) -> Balance:
    """What is left. Free. Raises AccountTrouble (wrong key, nothing left) and VendorSilent."""
    left = client.credit()
    if left <= 0:
        raise AccountTrouble(VENDOR, f"no credits are left. {FREE} Top up the KIE account.")
    return Balance(left, left * CREDIT_USD)
