"""CloudFront's signed URLs, verified as it does: a canned policy, signed by a trusted key."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_public_key

# What stands in a link for the characters of base 64 that an address cannot have.
FROM_ADDRESS = str.maketrans("-_~", "+=/")
HASHES: Mapping[str, HashAlgorithm] = {
    "SHA1": SHA1(),  # noqa: S303 - CloudFront's own default
    "SHA256": SHA256(),
}
OURS = {"Expires", "Signature", "Key-Pair-Id", "Hash-Algorithm"}


class NotSigned(Exception):
    """CloudFront would not open the path for this address; the message says why."""


def verify(url: str, keys: Mapping[str, str]) -> None:
    """Check *url* against the public *keys* (PEM by id). Raises NotSigned."""
    given = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    pem = keys.get(given.get("Key-Pair-Id", ""))
    if pem is None:
        raise NotSigned("Key-Pair-Id names no key that is trusted for this path.")
    try:
        expires, signature = int(given["Expires"]), _bytes(given["Signature"])
        hashed = HASHES[given.get("Hash-Algorithm", "SHA1")]
    except (KeyError, ValueError) as error:
        raise NotSigned(f"Expires, Signature or Hash-Algorithm is missing or malformed: {error}") from error
    try:
        _public(pem).verify(signature, _policy(_resource(url), expires), PKCS1v15(), hashed)
    except InvalidSignature as error:
        raise NotSigned("The signature is not that of this address.") from error
    if datetime.now(UTC).timestamp() > expires:
        raise NotSigned("The link has expired.")


def _resource(url: str) -> str:
    """What was signed: the address without what signing added to it."""
    address, _, query = url.partition("?")
    kept = [pair for pair in query.split("&") if pair.partition("=")[0] not in OURS]
    return f"{address}?{'&'.join(kept)}" if any(kept) else address


def _policy(resource: str, expires: int) -> bytes:
    condition = {"DateLessThan": {"AWS:EpochTime": expires}}
    statement = {"Statement": [{"Resource": resource, "Condition": condition}]}
    return json.dumps(statement, separators=(",", ":")).encode()


def _bytes(signature: str) -> bytes:
    try:
        return base64.b64decode(signature.translate(FROM_ADDRESS), validate=True)
    except binascii.Error as error:
        raise ValueError(error) from error


def _public(pem: str) -> RSAPublicKey:
    key = load_pem_public_key(pem.encode())
    if not isinstance(key, RSAPublicKey):
        raise NotSigned("The trusted key is not an RSA key.")
    return key
