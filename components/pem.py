"""RSA keys in PEM, as stack files have them: checked before anything is made."""

from __future__ import annotations

from typing import Annotated

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from pydantic import AfterValidator, SecretStr

_BITS = 2048  # all that CloudFront takes


def public_half(private_key: SecretStr) -> str:
    """The public key of *private_key*, as PEM."""
    public = _private(private_key).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _private(pem: SecretStr) -> RSAPrivateKey:
    key = load_pem_private_key(pem.get_secret_value().encode(), password=None)
    if not isinstance(key, RSAPrivateKey) or key.key_size != _BITS:
        raise ValueError
    return key


def _checked_private(pem: SecretStr) -> SecretStr:
    try:
        _private(pem)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError(f"must be an RSA private key of {_BITS} bits, as PEM without a password") from None
    return pem


def _checked_public(pem: str) -> str:
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPublicKey) or key.key_size != _BITS:
        raise ValueError(f"must be an RSA public key of {_BITS} bits, as PEM")
    return pem


PrivateKey = Annotated[SecretStr, AfterValidator(_checked_private)]
PublicKey = Annotated[str, AfterValidator(_checked_public)]
