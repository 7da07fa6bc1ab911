"""People at the door: who registers, who writes them letters, and a password that is good enough."""

from __future__ import annotations

from typing import Any

from tests.base.world import World, word
from vectoricons.auth.letters import Letter, Letters
from vectoricons.auth.registration import Registration
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.users import User, UserRepository, UserService

PASSWORD = "Correct-Horse-1"
ANOTHER = "Another-Horse-2"


def newcomer(**given: Any) -> dict[str, Any]:
    """What somebody new fills in."""
    name = word("ann")
    return {
        "email": f"{name}@example.org",
        "username": name,
        "display_name": "Ann",
        "password": PASSWORD,
        **given,
    }


def account(work: UnitOfWork, **given: Any) -> User:
    """Somebody who can sign in with PASSWORD."""
    return UserService(work).register(**{**newcomer(), "is_verified": True, **given})


def registered(work: UnitOfWork, **given: Any) -> User:
    """Somebody who registered as guests do, and has not read the letter yet."""
    filled_in = newcomer(**given)
    Registration(World(work).anonymously()).register(**filled_in)
    user = UserRepository(work.session).find_by_email(filled_in["email"])
    assert user is not None
    return user


def letter(found: Letter | None) -> Letter:
    """The letter, which there is."""
    assert found is not None
    return found


def letter_to_verify(work: UnitOfWork, user: User) -> Letter:
    """The letter after signing up."""
    return letter(Letters(work).to_verify(user.id))


def letter_to_reset(work: UnitOfWork, user: User) -> Letter:
    """The letter to who forgot the password."""
    return letter(Letters(work).to_reset_password(user.id))
