"""Passwords: what is good enough, how they are kept, and what a new one ends."""

from __future__ import annotations

import runpy
import time
from statistics import median
from typing import Any

import argon2
import pytest
from argon2 import PasswordHasher

from tests.base.people import ANOTHER, PASSWORD, account
from tests.base.world import World
from vectoricons.auth.sign_in import SignIn
from vectoricons.common.errors import Invalid, NotFound, Unauthenticated
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.config.enums import Role
from vectoricons.users import User, UserRepository, UserService, passwords


@pytest.mark.parametrize(
    ("password", "missing"),
    [
        ("Aa1-", "8 characters"),
        ("lower-case-1", "upper case"),
        ("UPPER-CASE-1", "lower case"),
        ("No-Digits-Here", "digit"),
        ("NoSigns12345", "neither"),
        ("", "8 characters, an upper case letter, a lower case letter, a digit, a sign"),
    ],
)
def test_a_weak_password_is_refused_with_what_it_lacks(work: UnitOfWork, password: str, missing: str) -> None:
    with pytest.raises(Invalid, match=missing):
        account(work, password=password)


@pytest.mark.parametrize(
    "state", [{"is_active": False}, {"is_verified": False}, {"is_deleted": True}, {"password": None}], ids=str
)
def test_only_active_verified_people_with_a_password_sign_in(work: UnitOfWork, state: dict[str, Any]) -> None:
    ann = account(work)
    UserRepository(work.session).update(ann.id, state)
    with pytest.raises(Unauthenticated):
        SignIn(work).sign_in(ann.email, PASSWORD)


def test_whatever_is_wrong_is_said_in_the_same_words(work: UnitOfWork) -> None:
    ann, closed = account(work), account(work, is_active=False)
    said = set()
    for email, password in ((ann.email, "wrong"), ("nobody@example.org", PASSWORD), (closed.email, PASSWORD)):
        with pytest.raises(Unauthenticated) as refusal:
            SignIn(work).sign_in(email, password)
        said.add(refusal.value.detail)
    assert len(said) == 1


def test_the_clock_does_not_tell_who_exists(work: UnitOfWork, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = PasswordHasher(time_cost=3, memory_cost=32768, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", slow)
    monkeypatch.setattr(passwords, "_NOBODY", slow.hash("nobody"))
    ann = account(work)
    known = median(_seconds(work, ann.email) for _ in range(5))
    unknown = median(_seconds(work, "nobody@example.org") for _ in range(5))
    assert unknown > known / 3


def test_a_new_password_ends_the_old_one_and_its_sessions(work: UnitOfWork) -> None:
    ann = account(work)
    changed = UserService(work).set_password(ann.id, ANOTHER)
    assert changed.token_version == ann.token_version + 1
    assert SignIn(work).sign_in(ann.email, ANOTHER).id == ann.id
    with pytest.raises(Unauthenticated):
        SignIn(work).sign_in(ann.email, PASSWORD)
    with pytest.raises(Invalid):
        UserService(work).set_password(ann.id, "weak")


def test_people_change_their_own_password_and_no_other(work: UnitOfWork) -> None:
    ann, bob = account(work), account(work)
    as_ann = UserService(World(work).acting_as(ann, Role.CUSTOMER))
    as_ann.set_password(ann.id, ANOTHER)
    with pytest.raises(NotFound):
        as_ann.set_password(bob.id, ANOTHER)


def test_a_hash_made_with_weaker_settings_is_renewed_at_sign_in(
    work: UnitOfWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = account(work)
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=2, memory_cost=64, parallelism=1))
    before = _stored(work, ann)
    SignIn(work).sign_in(ann.email, PASSWORD)
    assert _stored(work, ann) != before
    assert not passwords.outdated(_stored(work, ann))


def test_the_password_is_stored_as_argon2id_and_shown_to_nobody(work: UnitOfWork) -> None:
    ann = account(work)
    assert _stored(work, ann).startswith("$argon2id$")
    for shown in (ann, SignIn(work).sign_in(ann.email, PASSWORD), UserService(work).get_by_uuid(ann.uuid)):
        assert shown is not None
        assert shown.password is None
        assert "password" not in str(shown.to_json())


def test_production_hashes_as_the_rfc_says() -> None:
    as_in_production = runpy.run_path(str(passwords.__file__))
    stored = as_in_production["hashed"](PASSWORD)
    assert argon2.extract_parameters(stored) == argon2.profiles.RFC_9106_LOW_MEMORY
    assert as_in_production["outdated"](passwords.hashed(PASSWORD)), "tests hash more lightly"


def test_a_stored_value_that_is_no_hash_matches_nothing() -> None:
    assert not passwords.matches("plain", "plain")


def _seconds(work: UnitOfWork, email: str) -> float:
    started = time.perf_counter()
    with pytest.raises(Unauthenticated):
        SignIn(work).sign_in(email, "Wrong-Horse-1")
    return time.perf_counter() - started


def _stored(work: UnitOfWork, user: User) -> str:
    full = UserRepository(work.session).find_full_by_email(user.email)
    assert full is not None
    assert full.password is not None
    return full.password
