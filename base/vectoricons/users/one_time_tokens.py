"""One-time tokens: the secrets in letters. The database holds digests, events hold none.

A token is made by whoever writes the letter that it stands in, in the moment of writing it.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import ColumnElement, func

BYTES = 32
LIFE = timedelta(minutes=15)


def invented() -> str:
    """A new token: 64 hexadecimal digits."""
    return secrets.token_hex(BYTES)


def digest(token: str) -> str:
    """What is stored for *token*. As random as a key, it needs no slow hash: nobody can try them all."""
    return hashlib.sha256(token.encode()).hexdigest()


def expiry() -> ColumnElement[object]:
    """When a token made now ends, by the database's clock."""
    return func.statement_timestamp() + LIFE
