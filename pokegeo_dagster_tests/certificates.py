"""Certificates for tests: a chain of two, made on the spot, with whatever is to be wrong with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CONTENT, SERVERS = ExtendedKeyUsageOID.EMAIL_PROTECTION, ExtendedKeyUsageOID.SERVER_AUTH


def write_chain(
    folder: Path, days: tuple[int, int] = (-1, 30), usage: x509.ObjectIdentifier = CONTENT
) -> dict[str, str]:
    """A signer's certificate, valid from and to so many days from now, its issuer's, and its key, as the
    variables that name them."""
    issuer_key, signer_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer, signer = _name("Test Root"), _name("Haunter Studio")
    now = datetime.now(UTC)

    def certificate(name: x509.Name, key: ec.EllipticCurvePrivateKey, root: bool) -> bytes:
        uses = {"content_commitment": False, "key_encipherment": False, "data_encipherment": False,
                "key_agreement": False, "encipher_only": False, "decipher_only": False}  # fmt: skip
        span = (-100, 100) if root else days
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + timedelta(days=span[0]))
            .not_valid_after(now + timedelta(days=span[1]))
            .add_extension(x509.BasicConstraints(root, None), critical=True)
            .add_extension(
                x509.KeyUsage(digital_signature=not root, key_cert_sign=root, crl_sign=root, **uses), True
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
            )
        )
        if not root:
            made = made.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
        return made.sign(issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    chain, key = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(certificate(signer, signer_key, False) + certificate(issuer, issuer_key, True))
    key.write_bytes(
        signer_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return {"POKEGEO_C2PA_CERTIFICATE": str(chain), "POKEGEO_C2PA_KEY": str(key)}


def _name(common: str) -> x509.Name:
    names = ((NameOID.COMMON_NAME, common), (NameOID.ORGANIZATION_NAME, "Test"))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in names])
