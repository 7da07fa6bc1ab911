"""Values as ``COPY`` reads them: columns parted by tabs, rows by line feeds."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from vectoricons.common.ids import ALPHABET, PUBLIC_ID_LENGTH

NULL = "\\N"
_PLACES = [f"{a}{b}{c}" for a in ALPHABET for b in ALPHABET for c in ALPHABET]
_BITS = 5 * PUBLIC_ID_LENGTH
_ODD = 0x9E3779B97F4A7C5  # odd: numbers times it, modulo 2^60, stay different


def unique_id(table: int, number: int) -> str:
    """The public id of row *number* of a *table* (by number): no two are the same."""
    bits = ((table << 40 | number) * _ODD + 0x5DEECE66D) % (1 << _BITS)
    return (
        _PLACES[bits >> 45]
        + _PLACES[bits >> 30 & 0x7FFF]
        + _PLACES[bits >> 15 & 0x7FFF]
        + _PLACES[bits & 0x7FFF]
    )


def digest(name: str) -> str:
    """64 hexadecimal digits, as of a file's contents."""
    return blake2b(name.encode(), digest_size=32).hexdigest()


def moments(seconds: NDArray[np.int64]) -> list[str]:
    """Seconds since 1970 as moments in UTC."""
    texts: list[str] = np.datetime_as_string(seconds.astype("datetime64[s]"), timezone="UTC").tolist()
    return texts


def array(values: Iterable[str]) -> str:
    """Words of letters and digits as an array; in quotes, for one of them may be "null"."""
    return "{" + ",".join(f'"{value}"' for value in values) + "}"


def boolean(value: bool) -> str:
    """t or f."""
    return "t" if value else "f"
