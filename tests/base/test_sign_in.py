"""Signing in: lockout, what is remembered of attempts, and how tokens end."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from tests.base.people import ANOTHER, PASSWORD, account, letter_to_reset, registered
from tests.base.world import World, sent, word
from vectoricons.auth import login_history
from vectoricons.auth.authorization import authorize
from vectoricons.auth.errors import InvalidToken
from vectoricons.auth.login_history import (
    LoginHistoryRepository,
    LoginHistoryService,
    LoginReason,
    LoginStatus,
    TooManyAttempts,
)
from vectoricons.auth.password_reset import PasswordReset
from vectoricons.auth.sign_in import SignIn
from vectoricons.common.errors import Forbidden, Invalid, Unauthenticated
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.config.enums import Role
from vectoricons.users import User, UserRepository, UserService
from vectoricons.users.users_to_emails import UserToEmailService

MOST = login_history.MOST_OF_ONE_ACCOUNT


@pytest.fixture
def door(work: UnitOfWork) -> SignIn:
    """Where guests sign in."""
    return SignIn(World(work).anonymously())


def fail(door: SignIn, email: str, times: int = 1, **how: Any) -> Unauthenticated:
    for _ in range(times):
        with pytest.raises(Unauthenticated) as refusal:
            door.sign_in(email, "Wrong-Horse-1", **how)
    return refusal.value


def attempts(work: UnitOfWork, email: str) -> list[tuple[str, str | None]]:
    return [(one.status.value, one.reason) for one in LoginHistoryService(work).get_by_email(email)]


def test_signing_in_is_remembered_and_told(work: UnitOfWork, door: SignIn) -> None:
    ann = account(work)
    signed_in = door.sign_in(ann.email.upper(), PASSWORD, ip_address="192.0.2.1")
    (kept,) = LoginHistoryService(work).get_by_user(ann.id)
    assert (kept.status, kept.ip_address, kept.token_version) == ("SUCCESS", "192.0.2.1", ann.token_version)
    assert sent(work, "user.login") == [{"userId": ann.id}]
    assert signed_in.password is None


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({}, LoginReason.WRONG_PASSWORD),
        ({"is_active": False}, LoginReason.NOT_ACTIVE),
        ({"is_deleted": True}, LoginReason.NOT_ACTIVE),
        ({"is_verified": False}, LoginReason.NOT_VERIFIED),
    ],
)
def test_why_it_failed_is_remembered_but_not_said(
    work: UnitOfWork, door: SignIn, state: dict[str, Any], reason: LoginReason
) -> None:
    ann = account(work)
    UserRepository(work.session).update(ann.id, state)
    with pytest.raises(Unauthenticated) as refusal:
        door.sign_in(ann.email, PASSWORD if state else "Wrong-Horse-1")
    unknown = fail(door, f"{word('nobody')}@example.org")
    assert refusal.value.problem() == unknown.problem()
    assert attempts(work, ann.email) == [("FAILED", reason)]


def test_a_failed_attempt_outlives_the_refusal(work: UnitOfWork, door: SignIn) -> None:
    ann = account(work)
    work.commit()
    fail(door, ann.email)
    work.rollback()
    assert attempts(work, ann.email) == [("FAILED", "wrong-password")]


def test_an_unknown_address_is_locked_as_a_known_one_is(work: UnitOfWork, door: SignIn) -> None:
    said = []
    for email in (account(work).email, f"{word('nobody')}@example.org"):
        lefts = [fail(door, email).extra["attemptsLeft"] for _ in range(MOST)]
        assert lefts == list(reversed(range(MOST)))
        with pytest.raises(TooManyAttempts) as locked:
            door.sign_in(email, PASSWORD)
        said.append(locked.value.detail)
    assert len(set(said)) == 1


def test_a_locked_account_opens_by_itself_and_trying_on_does_not_keep_it_shut(
    work: UnitOfWork, door: SignIn
) -> None:
    ann = account(work)
    fail(door, ann.email, MOST)
    with pytest.raises(TooManyAttempts) as locked:
        door.sign_in(ann.email, PASSWORD)
    assert 0 < locked.value.extra["retryAfter"] <= 900
    work.session.execute(
        text("update login_history set created_at = created_at - interval '15 min' where reason <> 'locked'")
    )
    assert door.sign_in(ann.email, PASSWORD).id == ann.id


def test_a_success_forgives_what_failed_before(work: UnitOfWork, door: SignIn) -> None:
    ann = account(work)
    fail(door, ann.email, MOST - 1)
    door.sign_in(ann.email, PASSWORD)
    assert fail(door, ann.email).extra["attemptsLeft"] == MOST - 1


def test_an_administrator_opens_a_locked_account_and_nobody_else(work: UnitOfWork, door: SignIn) -> None:
    ann = account(work)
    fail(door, ann.email, MOST)
    with pytest.raises(Forbidden):
        LoginHistoryService(World(work).acting_as(ann, Role.CUSTOMER)).reset(ann.email)
    assert LoginHistoryService(World(work).acting_as(ann, Role.ADMIN)).reset(ann.email) == MOST
    assert door.sign_in(ann.email, PASSWORD).id == ann.id


def test_many_accounts_from_one_address_are_stopped_too(
    work: UnitOfWork, door: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login_history, "MOST_FROM_ONE_ADDRESS", 3)
    for _ in range(3):
        fail(door, f"{word('who')}@example.org", ip_address="192.0.2.9")
    ann = account(work)
    with pytest.raises(TooManyAttempts):
        door.sign_in(ann.email, PASSWORD, ip_address="192.0.2.9")
    assert door.sign_in(ann.email, PASSWORD, ip_address="192.0.2.10").id == ann.id


def test_attempts_are_counted_for_an_account_an_address_or_both(work: UnitOfWork, door: SignIn) -> None:
    email, kept = account(work).email, LoginHistoryRepository(work.session)
    fail(door, email, 2, ip_address="192.0.2.20")
    fail(door, email, 1, ip_address="192.0.2.21")
    assert kept.count_failed(email=email.upper()) == 3
    assert kept.count_failed(ip_address="192.0.2.20") == 2
    assert kept.count_failed(email=email, ip_address="192.0.2.21") == 1
    with pytest.raises(Invalid, match="whose"):
        kept.count_failed()


def test_people_see_the_attempts_on_their_own_account(work: UnitOfWork, door: SignIn) -> None:
    ann, bob = account(work), account(work)
    fail(door, ann.email, ip_address="192.0.2.30")
    door.sign_in(ann.email, PASSWORD, ip_address="192.0.2.30")
    mine = LoginHistoryService(World(work).acting_as(ann, Role.CUSTOMER))
    assert len(mine.get_by_user(ann.id)) == len(mine.get_by_ip_address("192.0.2.30")) == 2
    assert [one.status for one in mine.get_by_status(LoginStatus.FAILED)] == ["FAILED"]
    assert LoginHistoryService(World(work).acting_as(bob, Role.CUSTOMER)).get_by_email(ann.email) == []


@pytest.mark.parametrize("address", [f"{'a' * 5000}@example.org", "a\0nn@example.org", "", "\u0130@x.org"])
def test_what_is_hardly_an_address_is_just_another_wrong_one(door: SignIn, address: str) -> None:
    fail(door, address)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tries=st.lists(st.sampled_from(["right", "wrong", "wrong", "wrong"]), max_size=12))
def test_a_password_is_looked_at_unless_too_many_were_wrong_since_the_last_right_one(
    work: UnitOfWork, door: SignIn, tries: list[str]
) -> None:
    email, limit, wrong = account(work).email, 3, 0
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(login_history, "MOST_OF_ONE_ACCOUNT", limit)
        for tried in tries:
            try:
                door.sign_in(email, PASSWORD if tried == "right" else "Wrong-Horse-1")
                ended, wrong = "in", 0
            except TooManyAttempts:
                ended = "locked"
            except Unauthenticated:
                ended, wrong = "wrong", wrong + 1
            assert wrong <= limit
            assert (ended == "locked") is (wrong == limit and ended != "wrong")
            assert ended in ("locked", "in" if tried == "right" else "wrong")


class TestGoingOn:
    """A session or an access token, some time later."""

    def test_goes_on_until_it_is_revoked(self, work: UnitOfWork, door: SignIn) -> None:
        ann = door.sign_in(account(work).email, PASSWORD)
        assert door.resume(ann.uuid, ann.token_version).is_customer
        door.sign_out(ann)
        with pytest.raises(Unauthenticated):
            door.resume(ann.uuid, ann.token_version)
        assert sent(work, "user.logout") == [{"userId": ann.id}]

    @pytest.mark.parametrize("state", [{"is_active": False}, {"is_deleted": True}, {"is_verified": False}])
    def test_ends_with_what_it_stands_on(self, work: UnitOfWork, door: SignIn, state: dict[str, Any]) -> None:
        ann = door.sign_in(account(work).email, PASSWORD)
        UserRepository(work.session).update(ann.id, state)
        with pytest.raises(Unauthenticated):
            door.resume(ann.uuid, ann.token_version)
        with pytest.raises(Unauthenticated):
            door.resume(uuid4(), 1)

    def test_a_closed_account_is_refused_even_with_the_right_password(
        self, work: UnitOfWork, door: SignIn
    ) -> None:
        ann = account(work, role=Role.DENY_ALL)
        with pytest.raises(Forbidden, match="closed"):
            door.sign_in(ann.email, PASSWORD)
        with pytest.raises(Forbidden, match="closed"):
            door.resume(ann.uuid, ann.token_version)
        assert attempts(work, ann.email) == [("FAILED", "closed")]


class TestAuthorize:
    """Doors for some roles only."""

    def test_takes_values_labels_and_names_in_any_case(self, work: UnitOfWork) -> None:
        ann = _with_roles(work, account(work))
        for named in ("customer", "CUSTOMER", "Customer", "ROLE_CUSTOMER"):
            assert authorize(ann, [named]) is ann

    def test_refuses_everybody_by_an_empty_list(self, work: UnitOfWork) -> None:
        with pytest.raises(Forbidden):
            authorize(_with_roles(work, account(work, role=Role.ADMIN)), [])

    def test_lets_in_who_the_thing_belongs_to(self, work: UnitOfWork) -> None:
        ann = _with_roles(work, account(work))
        assert authorize(ann, [Role.SELF], owner=ann.uuid) is ann
        for owner in (uuid4(), None):
            with pytest.raises(Forbidden):
                authorize(ann, [Role.SELF], owner=owner)

    def test_refuses_guests_and_closed_accounts(self, work: UnitOfWork) -> None:
        closed = _with_roles(work, account(work, role=Role.DENY_ALL))
        with pytest.raises(Forbidden, match="closed"):
            authorize(closed, [Role.DENY_ALL, Role.SELF], owner=closed.uuid)
        with pytest.raises(Unauthenticated):
            authorize(None, [Role.CUSTOMER])


class TestPasswords:
    """Forgotten and changed."""

    def test_a_letter_gives_a_new_one_once(self, work: UnitOfWork, door: SignIn) -> None:
        ann = account(work)
        before = door.sign_in(ann.email, PASSWORD)
        reset = PasswordReset(work)
        reset.ask(ann.email.upper())
        assert sent(work, "user.reset-password") == [{"userId": ann.id}]
        token = letter_to_reset(work, ann).token
        assert reset.reset(token, ANOTHER).id == ann.id
        assert door.sign_in(ann.email, ANOTHER).id == ann.id
        with pytest.raises(Unauthenticated):
            door.resume(before.uuid, before.token_version)
        with pytest.raises(InvalidToken):
            reset.reset(token, PASSWORD)
        assert sent(work, "user.password-changed") == [{"userId": ann.id}]

    def test_asking_says_nothing_of_who_is_known(self, work: UnitOfWork) -> None:
        closed = account(work, is_active=False)
        for email in (closed.email, "nobody@example.org"):
            PasswordReset(work).ask(email)
        assert sent(work, "user.reset-password") == []

    def test_a_weak_one_is_refused_and_uses_up_no_letter(self, work: UnitOfWork) -> None:
        ann = account(work)
        token = letter_to_reset(work, ann).token
        with pytest.raises(Invalid, match="8 characters"):
            PasswordReset(work).reset(token, "weak")
        assert PasswordReset(work).reset(token, ANOTHER).id == ann.id

    def test_a_letter_is_good_for_a_quarter_of_an_hour(self, work: UnitOfWork) -> None:
        token = letter_to_reset(work, account(work)).token
        later = "update users set reset_password_expires = reset_password_expires - interval '15 min'"
        work.session.execute(text(later))
        with pytest.raises(InvalidToken):
            PasswordReset(work).reset(token, ANOTHER)

    def test_an_account_closed_in_the_meantime_stays_closed(self, work: UnitOfWork) -> None:
        ann = account(work)
        token = letter_to_reset(work, ann).token
        UserService(work).deactivate(ann.id)
        with pytest.raises(InvalidToken):
            PasswordReset(work).reset(token, ANOTHER)

    def test_the_letter_proves_the_address_and_opens_a_locked_account(
        self, work: UnitOfWork, door: SignIn
    ) -> None:
        ann = registered(work)
        fail(door, ann.email, MOST)
        PasswordReset(work).reset(letter_to_reset(work, ann).token, ANOTHER)
        assert door.sign_in(ann.email, ANOTHER).is_verified
        assert UserToEmailService(work).get_by_user(ann.id)[0].is_active
        assert sent(work, "user.verify-email") == [{"userId": ann.id}]

    def test_who_knows_it_changes_it_and_other_sessions_end(self, work: UnitOfWork, door: SignIn) -> None:
        ann = door.sign_in(account(work).email, PASSWORD)
        with pytest.raises(Unauthenticated):
            PasswordReset(work).change(ann, "Wrong-Horse-1", ANOTHER)
        with pytest.raises(Invalid):
            PasswordReset(work).change(ann, PASSWORD, "weak")
        changed = PasswordReset(work).change(ann, PASSWORD, ANOTHER)
        assert changed.token_version == ann.token_version + 1
        assert door.sign_in(ann.email, ANOTHER).id == ann.id
        assert [one[0] for one in attempts(work, ann.email)] == ["SUCCESS", "FAILED", "SUCCESS", "SUCCESS"]


def _with_roles(work: UnitOfWork, user: User) -> User:
    found = UserRepository(work.session).find_by_uuid(user.uuid)
    assert found is not None
    return found
