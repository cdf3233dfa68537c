"""What can go wrong on a film set. The type says what happened, the message what to do next.

ProductionError
├── OrderRefused        the user asked for something that cannot be made (exit code 2)
│   ├── UnknownSpecies
│   ├── BriefRefused
│   └── ScreenplayInvalid
├── ShotFailed          one piece of work could not be made; the others go on
├── MediaMissing        a take's bytes are not in the store
├── MediaDamaged        a take's bytes are not what was put there
├── StoreUnavailable    the media store cannot be read or written
└── DatabaseUnavailable the studio's database cannot be reached
"""

from __future__ import annotations

from collections.abc import Sequence


class ProductionError(Exception):
    """Anything that stops a production, told in one line: what, where, why, what next."""

    exit_code = 1


class OrderRefused(ProductionError):
    """The order itself is wrong. Nothing was made and nothing was spent."""

    exit_code = 2


class UnknownSpecies(OrderRefused):
    """Nobody knows this animal. `closest` are the names that look most like it."""

    def __init__(self, name: str, closest: Sequence[str]):
        self.name, self.closest = name, tuple(closest)
        hint = f" Did you mean {', '.join(closest)}?" if closest else ""
        super().__init__(f"No species is called {name!r}.{hint}")


class BriefRefused(OrderRefused):
    """A brief asks for something outside what can be made."""


class ScreenplayInvalid(OrderRefused):
    """A screenplay breaks the rules of the format. `complaints` holds one line per mistake."""

    def __init__(self, where: str, complaints: Sequence[str]):
        self.where, self.complaints = where, tuple(complaints)
        super().__init__(f"{where} cannot be filmed: " + "; ".join(complaints))


class ShotFailed(ProductionError):
    """One piece of work (an asset's key) could not be made."""

    def __init__(self, asset: str, key: str, reason: str):
        self.asset, self.key, self.reason = asset, key, reason
        super().__init__(f"{asset} {key} could not be made: {reason}")


class MediaMissing(ProductionError):
    """The store has nothing under this key."""


class MediaDamaged(ProductionError):
    """The store's bytes are not the ones that were put there."""


class StoreUnavailable(ProductionError):
    """The media store cannot be read or written."""


class DatabaseUnavailable(ProductionError):
    """The studio's database cannot be reached."""
