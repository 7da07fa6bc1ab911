"""What stands in the letters that people get: the tokens, made as the postman makes them."""

from __future__ import annotations

from tests.api.factories import SYSTEM, Shelf
from vectoricons.auth.letters import Letters
from vectoricons.users import User, UserRepository


def known(shelf: Shelf, email: str) -> User:
    """Whose account goes by this address."""
    with shelf.database.unit_of_work(SYSTEM) as work:
        found = UserRepository(work.session).find_by_email(email)
    assert found
    return found


def token_to_verify(shelf: Shelf, email: str) -> str:
    """What stands in the letter that the address gets."""
    user = known(shelf, email)
    with shelf.database.unit_of_work(SYSTEM) as work:
        letter = Letters(work).to_verify(user.id)
    assert letter
    return letter.token


def token_to_reset(shelf: Shelf, user: User) -> str:
    """What stands in the letter for who forgot the password."""
    with shelf.database.unit_of_work(SYSTEM) as work:
        letter = Letters(work).to_reset_password(user.id)
    assert letter
    return letter.token
