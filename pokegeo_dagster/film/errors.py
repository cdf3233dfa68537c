"""What can go wrong on a film set. The type says what happened, the message what to do next.

ProductionError
├── OrderRefused        the user asked for something that cannot be made (exit code 2)
│   ├── UnknownSpecies
│   ├── BriefRefused
│   └── ScreenplayInvalid
├── VendorTrouble       a paid vendor did not deliver
│   ├── Refused         it declined: free, and never asked again unchanged
│   ├── AccountTrouble  key, credit or permission: free; a human mends it
│   ├── QuotaSpent      its period's quota is used up: free; parked until it is not
│   ├── NotTaken        busy or rate limit: free; nothing was begun; asked again later
│   ├── JobFailed       it took the job and says it failed, or delivered what nobody can use
│   ├── MediaBroken     its bytes are not the media they say they are; downloaded again
│   ├── VendorSilent    a free question was not answered; asked again
│   └── AnswerLost      nobody knows whether it took the job: never bought again by a machine
├── StillAtWork         a paid task goes on beyond our patience; a later run picks it up
├── CapReached          the money it would cost is over a cap; nothing was spent
├── PriceMissing        the price list does not know what this costs; nothing was spent
├── CheckFailed         what it would be made from fails a check; nothing was spent
├── ShotFailed          one piece of work could not be made; the others go on
├── MediaMissing        a take's bytes are not in the store
├── MediaDamaged        a take's bytes are not what was put there
├── StoreUnavailable    the media store cannot be read or written
└── DatabaseUnavailable the studio's database cannot be reached
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


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


class CheckFailed(ProductionError):
    """What a purchase would be made from fails a check that blocks. Nothing was spent. `measured` is
    what the check saw (JSON values), `mend` what to do."""

    def __init__(self, asset: str, key: str, check: str, why: str, measured: Mapping[str, object], mend: str):
        self.asset, self.key, self.check, self.why = asset, key, check, why
        self.measured, self.mend = dict(measured), mend
        super().__init__(f"Nothing was bought: {asset} {key} fails {check} ({why}). {mend}")


class MediaMissing(ProductionError):
    """The store has nothing under this key."""


class MediaDamaged(ProductionError):
    """The store's bytes are not the ones that were put there."""


class StoreUnavailable(ProductionError):
    """The media store cannot be read or written."""


class DatabaseUnavailable(ProductionError):
    """The studio's database cannot be reached."""


class VendorTrouble(ProductionError):
    """A paid vendor did not deliver. The message names the vendor, the reason, what was charged and
    what to do; never a key or a signed address."""

    def __init__(self, vendor: str, reason: str, request_id: str | None = None):
        self.vendor, self.reason, self.request_id = vendor, reason, request_id
        super().__init__(f"{vendor}: {reason}")


class Refused(VendorTrouble):
    """The vendor declined this request: its content, its size, its settings. Free. The same request
    would be declined again, so it is not sent again; a changed one may be."""


class AccountTrouble(VendorTrouble):
    """The vendor declined the account: key wrong or expired, no credit, no permission, the model
    retired, the voice not there. Free. Asked again only when a human starts the work again."""


class QuotaSpent(VendorTrouble):
    """The quota of a period is used up. Free. `until` is when it is back (seconds since 1970)."""

    def __init__(self, vendor: str, reason: str, until: float, request_id: str | None = None):
        self.until = until
        super().__init__(vendor, reason, request_id)


class NotTaken(VendorTrouble):
    """Too busy, or too many requests: the vendor says that it began nothing. Free. `after_s` is how
    long it asks to be left alone, if it says."""

    def __init__(self, vendor: str, reason: str, after_s: float | None = None, request_id: str | None = None):
        self.after_s = after_s
        super().__init__(vendor, reason, request_id)


class JobFailed(VendorTrouble):
    """The vendor took the job and failed, or what it delivered cannot be used. `charge` is what it
    took for that (a film.vendors.Charge), if it says; none is nothing."""

    def __init__(self, vendor: str, reason: str, charge: object = None, request_id: str | None = None):
        self.charge = charge
        super().__init__(vendor, reason, request_id)


class MediaBroken(VendorTrouble):
    """What was downloaded is not whole media. What was paid for is still at the vendor."""


class VendorSilent(VendorTrouble):
    """A free question (a poll, a download, an upload, a preflight) got no usable answer."""


class AnswerLost(VendorTrouble):
    """The request may have reached the vendor and no answer came back: it may be charged for."""


class StillAtWork(ProductionError):
    """A paid task is still at work when patience ends. It goes on; nothing is bought twice."""


class CapReached(ProductionError):
    """What it would cost is over a cap. Nothing was spent. The message names the cap, the price and
    cheaper ways."""


class PriceMissing(ProductionError):
    """The price list has no price for this: an unknown price is never zero. Nothing was spent."""
