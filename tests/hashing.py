"""Passwords of tests are hashed at Argon2id's cheapest: how it is used is what they look at.

A room's ``conftest.py`` takes the fixture with ``from tests.hashing import light_hashing``. Services that
run as processes of their own hash as production does.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from vectoricons.users import passwords


@pytest.fixture(scope="session", autouse=True)
def light_hashing() -> Iterator[None]:
    """A hash takes a fifth of a second and 64 MB in production, and next to nothing here."""
    cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", cheap)
        patch.setattr(passwords, "_NOBODY", cheap.hash("nobody"))
        yield
