"""Passwords: how they are kept, checked, and judged."""

from __future__ import annotations

import re

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from vectoricons.common.errors import Invalid

SHORTEST = 8
_HASHER = PasswordHasher()  # argon2id with the library's (RFC 9106) parameters
_NOBODY = _HASHER.hash("the password of nobody")
_RULES = {
    f"at least {SHORTEST} characters": re.compile(rf"(?s).{{{SHORTEST},}}"),
    "an upper case letter": re.compile(r"[A-Z]"),
    "a lower case letter": re.compile(r"[a-z]"),
    "a digit": re.compile(r"[0-9]"),
    "a sign that is neither": re.compile(r"[^A-Za-z0-9]"),
}


def require_strong(password: str) -> None:
    """Raises Invalid, naming what is missing, when *password* is too simple."""
    missing = [rule for rule, pattern in _RULES.items() if not pattern.search(password)]
    if missing:
        raise Invalid(f"The password needs {', '.join(missing)}.")


def hashed(password: str) -> str:
    """What is stored for *password*."""
    return _HASHER.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether *password* is the one stored. As slow when nothing is: the clock does not tell who exists."""
    try:
        return _HASHER.verify(stored or _NOBODY, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(stored: str) -> bool:
    """Whether *stored* was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(stored)
