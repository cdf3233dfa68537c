"""Content credentials: a delivered picture or film signed with C2PA, saying that machines made it.

Signed is the copy that leaves the house. What the studio keeps stays unsigned, because a signature
holds a moment and chance, and the same recipe must give the same bytes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np

from pokegeo_dagster.film.errors import OrderRefused, ProductionError

CERTIFICATE, KEY = "POKEGEO_C2PA_CERTIFICATE", "POKEGEO_C2PA_KEY"
FORMATS = {".mp4": "video/mp4", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}

# IPTC digital source types (cv.iptc.org/newscodes/digitalsourcetype, seen 2026-11-21). A vendor's model
# was trained on media of others; the house draws by rule alone, and lays a neural voice over it.
Source = Literal["trainedAlgorithmicMedia", "compositeSynthetic", "algorithmicMedia"]
_IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"

# Nothing is fetched while signing or proving: no remote manifest, no word on a certificate.
_QUIET = {
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
    "builder": {"thumbnail": {"enabled": False}},
}


class CredentialsRefused(OrderRefused):
    """The certificate cannot sign: missing, expired, not for this key, not for content. Nothing was
    written."""


class SigningFailed(ProductionError):
    """A file could not be signed, or does not prove valid afterwards. Nothing was left under its name."""


@dataclass(frozen=True)
class Statement:
    """What a signed file says of itself. `made_with` are the models, vendor first; `originals` are
    media of vendors by title, whose own credentials, where they carry any, go along."""

    title: str
    source: Source
    made_with: Sequence[str] = ()
    originals: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True)
class Signing:
    """A certificate chain and its key, read and found fit."""

    chain: bytes
    key: bytes = field(repr=False)
    algorithm: str
    subject: str
    expires: datetime

    def sign(self, source: Path, target: Path, statement: Statement) -> None:
        """A signed copy of `source` as `target`, proven afterwards. Raises SigningFailed."""
        import c2pa

        form = FORMATS[source.suffix.lower()]
        info = c2pa.C2paSignerInfo(
            alg=self.algorithm, sign_cert=self.chain, private_key=self.key, ta_url=None
        )
        try:
            with (
                c2pa.Context.from_dict(_QUIET) as context,
                c2pa.Signer.from_info(info) as signer,
                c2pa.Builder(_manifest(statement, form), context=context) as builder,
                source.open("rb") as whole,
                target.open("w+b") as signed,
            ):
                for title, original in statement.originals.items():
                    if carries_credentials(original):
                        _add(builder, title, original)
                builder.sign(signer, form, whole, signed)
        except c2pa.C2paError as trouble:
            target.unlink(missing_ok=True)
            raise SigningFailed(
                f"{statement.title} could not be signed ({trouble}). Look at {CERTIFICATE} and {KEY}."
            ) from trouble
        state = prove(target)
        if state not in ("Valid", "Trusted"):
            target.unlink(missing_ok=True)
            raise SigningFailed(
                f"{statement.title} was signed and does not prove valid ({state}): the certificate is not "
                f"one for content. Look at {CERTIFICATE}."
            )


def signing_of(environ: Mapping[str, str]) -> Signing | None:
    """The certificate that `environ` names, or None where it names none.

    POKEGEO_C2PA_CERTIFICATE is a PEM file: the signer's certificate first, then those that vouch for it;
    POKEGEO_C2PA_KEY is a PEM file with its key. Raises CredentialsRefused, with what to do.
    """
    paths = {name: environ.get(name, "").strip() for name in (CERTIFICATE, KEY)}
    if not any(paths.values()):
        return None
    for name, path in paths.items():
        if not path:
            raise CredentialsRefused(f"{name} is not set, and the other half is: set both, or neither.")
    chain, key = (_read(name, path) for name, path in paths.items())
    signing = _fit(chain, key, datetime.now(UTC))
    _tried(signing)
    return signing


def prove(path: Path) -> str | None:
    """What a file's credentials are worth: «Trusted», «Valid» (whole and unchanged, by a signer nobody
    here vouches for), «Invalid»; None where it carries none."""
    import c2pa

    with c2pa.Context.from_dict(_QUIET) as context, path.open("rb") as file:
        reader = c2pa.Reader.try_create(FORMATS[path.suffix.lower()], file, context=context)
        if reader is None:
            return None
        with reader:
            return reader.get_validation_state()


def carries_credentials(path: Path) -> bool:
    """Whether a vendor's file brings credentials of its own, whole or not."""
    import c2pa

    if path.suffix.lower() not in FORMATS:
        return False
    try:
        return prove(path) is not None
    except c2pa.C2paError:
        return False


def _manifest(statement: Statement, form: str) -> dict[str, Any]:
    agent = {"name": "pokegeo", "version": version("pokegeo-dagster")}
    created = {
        "action": "c2pa.created",
        "digitalSourceType": _IPTC + statement.source,
        "softwareAgent": agent,
        "description": "Made by machines: " + (", ".join(statement.made_with) or "the house crew") + ".",
    }
    return {
        "claim_generator_info": [agent],
        "title": statement.title,
        "format": form,
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [created]}}],
    }


def _add(builder: Any, title: str, original: Path) -> None:
    with original.open("rb") as file:
        told = {"title": title, "relationship": "componentOf"}
        builder.add_ingredient(told, FORMATS[original.suffix.lower()], file)


def _tried(signing: Signing) -> None:
    """Signs a picture of four pixels: whatever is wrong with a chain is found before a film is exported."""
    with tempfile.TemporaryDirectory(prefix="pokegeo-") as folder:
        picture = Path(folder, "trial.png")
        cv2.imwrite(str(picture), np.zeros((2, 2, 3), np.uint8))
        try:
            signing.sign(picture, Path(folder, "signed.png"), Statement("a trial", "algorithmicMedia"))
        except SigningFailed as failed:
            raise CredentialsRefused(
                f"The certificate of {signing.subject} cannot sign content: {failed} Nothing was written. It "
                "needs the extended key usage emailProtection or documentSigning, and an issuer's "
                f"certificate below it in {CERTIFICATE}."
            ) from failed


def _read(name: str, path: str) -> bytes:
    try:
        return Path(path).expanduser().read_bytes()
    except OSError as error:
        raise CredentialsRefused(
            f"{name} names {path}, which cannot be read ({error.strerror}). Nothing was written."
        ) from error


def _fit(chain: bytes, key: bytes, now: datetime) -> Signing:
    """The chain and key as a signing, if they can sign content now."""
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization
    from cryptography.x509.oid import NameOID

    try:
        certificates = x509.load_pem_x509_certificates(chain)
        private = serialization.load_pem_private_key(key, password=None)
    except (ValueError, TypeError) as bad:
        raise CredentialsRefused(
            f"{CERTIFICATE} and {KEY} must be PEM files, the key without a pass phrase ({bad}). "
            "Nothing was written."
        ) from bad
    leaf = certificates[0]
    names = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    subject = str(names[0].value) if names else leaf.subject.rfc4514_string()
    for certificate in certificates:
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            raise CredentialsRefused(
                f"The certificate of {certificate.subject.rfc4514_string()} is valid from "
                f"{certificate.not_valid_before_utc:%Y-%m-%d} to {certificate.not_valid_after_utc:%Y-%m-%d}. "
                f"Nothing was written. Renew it, or unset {CERTIFICATE} to deliver without credentials."
            )
    form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    if leaf.public_key().public_bytes(*form) != private.public_key().public_bytes(*form):
        raise CredentialsRefused(
            f"{KEY} is not the key of the first certificate in {CERTIFICATE} ({subject}). "
            "Nothing was written."
        )
    plain = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Signing(chain, plain, _algorithm(private), subject, leaf.not_valid_after_utc)


def _algorithm(private: object) -> str:
    """How C2PA names what this key signs with."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if isinstance(private, ec.EllipticCurvePrivateKey):
        sizes = {256: "es256", 384: "es384", 521: "es512"}
        if private.key_size in sizes:
            return sizes[private.key_size]
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(private, rsa.RSAPrivateKey):
        return "ps256"
    raise CredentialsRefused(
        f"{KEY} is of a kind that C2PA does not sign with: make one on P-256, P-384, P-521, Ed25519 or RSA."
    )
