"""Page tokens: where a list stopped. Signed, URL-safe, versioned, exact to the microsecond, good both ways.

A token is base64url(version, JSON, 16 bytes of HMAC-SHA256). It names the sort and a hash of the filters, so
it opens no other list than the one it was made for. Where there are several keys, the last one signs.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from vectoricons.common.errors import InvalidCursor

VERSION = b"\x01"
SIGNATURE_BYTES = 16
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

Keys = bytes | str | Sequence[str]
Scalar = str | int | float | bool | datetime | Decimal | UUID | None


class Direction(StrEnum):
    """Which way from the position a page lies."""

    NEXT = "next"
    PREVIOUS = "previous"


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a sorted list: the row's sort values, its id last, and the way to read on."""

    values: tuple[Scalar, ...]
    direction: Direction = Direction.NEXT


def encode(key: Keys, position: Position, *, sort: str, filters: Mapping[str, Any] | None = None) -> str:
    """The token for *position* in the list with this *sort* and these *filters*, signed with *key*."""
    body = json.dumps(
        {
            "d": position.direction,
            "f": filter_hash(filters),
            "s": sort,
            "v": [_pack(value) for value in position.values],
        },
        separators=(",", ":"),
    ).encode()
    payload = VERSION + body
    return urlsafe_b64encode(payload + _sign(_each(key)[-1], payload)).rstrip(b"=").decode()


def decode(key: Keys, token: str, *, sort: str, filters: Mapping[str, Any] | None = None) -> Position:
    """The position *token* stands for. Raises InvalidCursor if it was altered or is not of this list."""
    payload = _verified(key, token)
    content = json.loads(payload[len(VERSION) :])
    if content["s"] != sort or content["f"] != filter_hash(filters):
        raise InvalidCursor("The page token belongs to another list. Start again from the first page.")
    return Position(tuple(_unpack(value) for value in content["v"]), Direction(content["d"]))


def filter_hash(filters: Mapping[str, Any] | None) -> str:
    """Eight bytes that differ when the filters do; the order they are given in does not matter."""
    canonical = json.dumps(dict(filters or {}), sort_keys=True, separators=(",", ":"), default=_canonical)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _verified(key: Keys, token: str) -> bytes:
    refusal = InvalidCursor("The page token is not valid. Start again from the first page.")
    try:
        raw = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (NotBase64, UnicodeEncodeError):
        raise refusal from None
    payload, signature = raw[:-SIGNATURE_BYTES], raw[-SIGNATURE_BYTES:]
    # Base64 has several spellings of the same bytes; only ours is taken, so that a token has one form.
    canonical = urlsafe_b64encode(raw).rstrip(b"=").decode() == token
    if not (canonical and _is_signed(key, payload, signature) and payload.startswith(VERSION)):
        raise refusal
    return payload


def _is_signed(key: Keys, payload: bytes, signature: bytes) -> bool:
    return any(hmac.compare_digest(signature, _sign(each, payload)) for each in _each(key))


def _each(key: Keys) -> Sequence[bytes | str]:
    return [key] if isinstance(key, bytes | str) else key


def _sign(key: bytes | str, payload: bytes) -> bytes:
    secret = key.encode() if isinstance(key, str) else key
    return hmac.digest(secret, b"cursor:" + payload, "sha256")[:SIGNATURE_BYTES]


def _pack(value: Scalar) -> Any:
    match value:
        case datetime():
            return {"t": (value.astimezone(UTC) - EPOCH) // MICROSECOND}
        case Decimal():
            return {"n": str(value)}
        case UUID():
            return {"u": value.hex}
        case _:
            return value


_UNPACK: Mapping[str, Callable[[Any], Scalar]] = {
    "t": lambda microseconds: EPOCH + microseconds * MICROSECOND,
    "n": Decimal,
    "u": UUID,
}


def _unpack(value: Any) -> Scalar:
    if isinstance(value, dict):
        ((kind, packed),) = value.items()
        return _UNPACK[kind](packed)
    scalar: Scalar = value
    return scalar


def _canonical(value: Any) -> Any:
    return sorted(value, key=str) if isinstance(value, set | frozenset) else str(value)
