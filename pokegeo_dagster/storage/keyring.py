"""The keyring: secrets of the studio's database are written and read with FERNET_KEY, and shown to nobody."""

from __future__ import annotations

from collections.abc import Mapping

from pokegeo_dagster.film.errors import OrderRefused

VARIABLE = "FERNET_KEY"


class CredentialsLocked(OrderRefused):
    """A secret is there and cannot be read with the keys at hand. Nothing was used in its place."""


def new_key() -> str:
    """A new key, 44 characters of base64."""
    from cryptography.fernet import Fernet

    return Fernet.generate_key().decode()


class Keyring:
    """The keys of FERNET_KEY, separated by commas: the first one writes, all of them read."""

    def __init__(self, keys: str):
        self._keys = [key.strip() for key in keys.split(",") if key.strip()]

    def __repr__(self) -> str:
        return f"Keyring({len(self._keys)} keys)"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Keyring:
        """The keys that the environment holds. None are needed until a secret is written or read."""
        return cls(environ.get(VARIABLE, ""))

    def lock(self, secret: str) -> str:
        """A secret as it may be written down. Raises OrderRefused when there is no usable key."""
        return self._fernet().encrypt(secret.encode()).decode()

    def unlock(self, token: str, what: str) -> str:
        """The secret that was locked; `what` names it for the error. Raises CredentialsLocked."""
        from cryptography.fernet import InvalidToken

        if not self._keys:
            raise CredentialsLocked(
                f"{what} is under lock and {VARIABLE} is not set: set it to the key it was written with."
            )
        try:
            return self._fernet().decrypt(token.encode()).decode()
        except InvalidToken:
            raise CredentialsLocked(
                f"{what} cannot be read with {VARIABLE}: add the key it was written with, after a comma, or "
                "give the credential again (pokegeo channel credential)."
            ) from None

    def _fernet(self):
        from cryptography.fernet import Fernet, MultiFernet

        if not self._keys:
            raise OrderRefused(
                f"A credential is kept only under lock: make a key with `pokegeo channel key`, and set "
                f"{VARIABLE} to it (in .env, beside a copy that you keep elsewhere)."
            )
        try:
            return MultiFernet([Fernet(key) for key in self._keys])
        except ValueError:
            raise OrderRefused(
                f"{VARIABLE} is no key: it is 44 characters of base64, or several such, separated by "
                "commas. `pokegeo channel key` makes one."
            ) from None
