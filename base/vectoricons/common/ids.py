"""Identifiers: twelve-character public ones for URLs, time-ordered UUIDs for batches and events."""

from __future__ import annotations

import secrets
from uuid import UUID

import uuid_utils

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o, u to misread
PUBLIC_ID_LENGTH = 12


def public_id() -> str:
    """Twelve characters, 60 bits: as ``public_id()`` in the database makes for every ``unique_id``."""
    return "".join(secrets.choice(ALPHABET) for _ in range(PUBLIC_ID_LENGTH))


def uuid7() -> UUID:
    """A UUID that sorts by the time it was made (RFC 9562, version 7)."""
    return UUID(int=uuid_utils.uuid7().int)
