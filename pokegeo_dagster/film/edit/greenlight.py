"""The greenlight: a yes to film one screenplay, up to an amount."""

from __future__ import annotations

from decimal import Decimal

from pokegeo_dagster.film.model import Frozen


class Greenlight(Frozen):
    """Somebody's yes. It is for this version of the screenplay and for no other; `up_to_usd` is what
    the whole episode may cost then (none: as far as the caps go)."""

    episode: str
    screenplay: str  # its version
    up_to_usd: Decimal | None
    by: str
