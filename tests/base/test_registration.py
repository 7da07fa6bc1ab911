"""Signing up: what guests are told, what letters prove, and whose an address is."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text

from tests.base.people import (
    PASSWORD,
    account,
    letter,
    letter_to_reset,
    letter_to_verify,
    newcomer,
    registered,
)
from tests.base.world import World, sent
from vectoricons.auth.errors import AlreadyVerified, InvalidToken
from vectoricons.auth.letters import Letters
from vectoricons.auth.password_reset import PasswordReset
from vectoricons.auth.registration import Registration
from vectoricons.auth.sign_in import SignIn
from vectoricons.common.errors import Conflict, Duplicate, Forbidden, Invalid, NotFound, Unauthenticated
from vectoricons.common.events import EventHistoryRow
from vectoricons.common.outbox import EventOutboxRow
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.config.enums import Role
from vectoricons.users import UserRepository, UserService
from vectoricons.users.users_to_emails import UserToEmailRepository, UserToEmailService


@pytest.fixture
def door(work: UnitOfWork) -> Registration:
    """Where guests register."""
    return Registration(World(work).anonymously())


def test_who_registers_is_a_customer_once_the_letter_was_read(work: UnitOfWork, door: Registration) -> None:
    ann = registered(work)
    assert ann.is_customer
    assert sent(work, "user.signup") == [{"userId": ann.id}]
    with pytest.raises(Unauthenticated):
        SignIn(work).sign_in(ann.email, PASSWORD)
    proven = door.verify_email(letter_to_verify(work, ann).token)
    assert (proven.email, proven.is_verified) == (ann.email, True)
    assert SignIn(work).sign_in(ann.email, PASSWORD).verified_at is not None
    assert UserToEmailService(work).get_by_user(ann.id)[0].is_active
    assert sent(work, "user.verify-email") == [{"userId": ann.id}]


def test_registering_a_known_address_is_answered_as_any_other_and_told_to_its_owner(
    work: UnitOfWork, door: Registration
) -> None:
    ann = account(work)
    door.register(**newcomer(email=ann.email.upper()))
    assert sent(work, "user.signup.error") == [{"userId": ann.id}]
    assert sent(work, "user.signup") == []
    assert SignIn(work).sign_in(ann.email, PASSWORD).id == ann.id


def test_a_known_address_is_not_told_apart_by_a_taken_name(work: UnitOfWork, door: Registration) -> None:
    ann, taken = account(work), account(work).username
    said = []
    for email in (ann.email, newcomer()["email"]):
        with pytest.raises(Duplicate) as refusal:
            door.register(**newcomer(email=email, username=taken))
        said.append(refusal.value.detail)
    assert said == ["This user name is taken. Choose another one."] * 2


def test_further_addresses_that_were_proven_are_known_too(work: UnitOfWork, door: Registration) -> None:
    ann = account(work)
    UserToEmailRepository(work.session).create(
        {"user_id": ann.id, "email": "second@example.org", "is_verified": True}
    )
    door.register(**newcomer(email="Second@example.org"))
    assert UserRepository(work.session).find_by_email("second@example.org") is None
    assert sent(work, "user.signup.error") == [{"userId": ann.id}]


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"email": "ann"}, "e-mail address"), ({"password": "weak"}, "8 characters")],
)
def test_what_cannot_be_an_account_is_refused_in_words(
    door: Registration, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        door.register(**newcomer(**changes))


def test_a_token_is_in_the_letter_alone(work: UnitOfWork) -> None:
    """Neither the outbox, nor the audit trail, nor a table, nor the letter's own repr holds it."""
    ann = registered(work)
    PasswordReset(work).ask(ann.email)
    letters = [letter_to_verify(work, ann), letter_to_reset(work, ann)]
    tables = ("users", "users_to_email", "event_outbox", "event_histories")
    kept = "".join(
        str(row)
        for table in tables
        for row in work.session.execute(text(f"select to_jsonb(it) from {table} it"))  # noqa: S608 - the four above
    )
    for one in letters:
        assert len(one.token) == 64
        assert one.token not in kept
        assert one.token not in repr(one)


def test_no_event_holds_an_address_or_a_password(work: UnitOfWork) -> None:
    ann = registered(work)
    PasswordReset(work).ask(ann.email)
    told = [*work.session.scalars(select(EventOutboxRow.data)), *_histories(work)]
    assert told
    assert all(secret not in str(told) for secret in (ann.email, PASSWORD, "argon2"))


def test_a_letter_works_once_and_the_second_click_is_told_so(work: UnitOfWork, door: Registration) -> None:
    token = letter_to_verify(work, registered(work)).token
    door.verify_email(token)
    with pytest.raises(AlreadyVerified, match="Sign in"):
        door.verify_email(token)


def test_the_latest_letter_is_the_one_that_works(work: UnitOfWork, door: Registration) -> None:
    ann = registered(work)
    first, second = letter_to_verify(work, ann), letter_to_verify(work, ann)
    with pytest.raises(InvalidToken, match="latest letter"):
        door.verify_email(first.token)
    assert door.verify_email(second.token).is_verified


def test_a_letter_is_good_for_a_quarter_of_an_hour(work: UnitOfWork, door: Registration) -> None:
    token = letter_to_verify(work, registered(work)).token
    work.session.execute(text("update users_to_email set token_expires = token_expires - interval '15 min'"))
    with pytest.raises(InvalidToken, match="fifteen minutes"):
        door.verify_email(token)


def test_a_closed_account_is_not_opened_by_its_letter(work: UnitOfWork, door: Registration) -> None:
    ann = registered(work)
    token = letter_to_verify(work, ann).token
    UserService(work).soft_delete(ann.id)
    with pytest.raises(Conflict, match="closed"):
        door.verify_email(token)
    assert Letters(work).to_verify(ann.id) is None


@pytest.mark.parametrize("token", ["", "0" * 64, "nonsense\0", "é"])
def test_a_token_that_was_never_given_opens_nothing(door: Registration, token: str) -> None:
    with pytest.raises(InvalidToken):
        door.verify_email(token)


def test_only_what_writes_letters_learns_what_is_in_them(work: UnitOfWork) -> None:
    ann = registered(work)
    for nosy in (World(work).anonymously(), World(work).acting_as(ann, Role.ADMIN)):
        with pytest.raises(Forbidden):
            Letters(nosy)


def test_a_letter_is_asked_for_again_once_a_minute_at_most(
    work: UnitOfWork, door: Registration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vectoricons.auth.registration.time.time", lambda: 60_000.0)
    ann, verified = registered(work), account(work)
    for email in (ann.email, ann.email, verified.email, "nobody@example.org"):
        door.ask_again(email)
    (asked,) = sent(work, "user.add-email")
    assert asked["userId"] == ann.id
    again = letter(Letters(work).to_verify_address(asked["emailId"]))
    assert door.verify_email(again.token).email == ann.email
    assert Letters(work).to_verify_address(asked["emailId"]) is None


class TestFurtherAddresses:
    """Several addresses: claimed by many, proven by one."""

    def test_one_is_added_proven_and_used(self, work: UnitOfWork, door: Registration) -> None:
        ann = account(work)
        mine = UserToEmailService(World(work).acting_as(ann, Role.CUSTOMER))
        added = mine.add(ann.id, "New@example.org")
        assert (added.email, added.is_verified, added.is_active) == ("new@example.org", False, False)
        assert mine.add(ann.id, "new@example.org").id == added.id
        profile = UserService(World(work).acting_as(ann, Role.CUSTOMER))
        with pytest.raises(Conflict, match="not confirmed"):
            profile.use_email(ann.id, added.id)
        door.verify_email(letter(Letters(work).to_verify_address(added.id)).token)
        assert profile.use_email(ann.id, added.id).email == "new@example.org"
        assert profile.use_email(ann.id, added.id).email == "new@example.org"
        active = {email.email: email.is_active for email in mine.get_by_user(ann.id)}
        assert active == {ann.email: False, "new@example.org": True}
        (told,) = sent(work, "user.update-email")
        assert told["userId"] == ann.id
        assert SignIn(work).sign_in("new@example.org", PASSWORD).id == ann.id

    def test_to_confirm_one_more_is_no_second_welcome(self, work: UnitOfWork, door: Registration) -> None:
        ann = account(work)
        added = UserToEmailService(work).add(ann.id, "more@example.org")
        door.verify_email(letter(Letters(work).to_verify_address(added.id)).token)
        assert sent(work, "user.verify-email") == []

    def test_claiming_an_address_keeps_nobody_out(self, work: UnitOfWork, door: Registration) -> None:
        ann, mallory = account(work), account(work)
        emails = UserToEmailService(work)
        claimed, own = emails.add(mallory.id, "wanted@example.org"), emails.add(ann.id, "wanted@example.org")
        stolen = letter(Letters(work).to_verify_address(claimed.id)).token
        assert door.verify_email(letter(Letters(work).to_verify_address(own.id)).token).user_id == ann.id
        with pytest.raises(Duplicate), work.savepoint():
            door.verify_email(stolen)

    def test_only_a_proven_address_may_be_active(self, work: UnitOfWork) -> None:
        ann = account(work)
        added = UserToEmailService(work).add(ann.id, "unproven@example.org")
        with pytest.raises(Invalid), work.savepoint():
            UserToEmailRepository(work.session).update(added.id, {"is_active": True})

    def test_the_active_one_stays_until_there_is_another(self, work: UnitOfWork) -> None:
        ann = account(work)
        mine = UserToEmailService(World(work).acting_as(ann, Role.CUSTOMER))
        (active,) = mine.get_by_user(ann.id)
        with pytest.raises(Conflict, match="another address"):
            mine.remove(active.id)
        added = mine.add(ann.id, "spare@example.org")
        assert mine.remove(added.id) == 1
        with pytest.raises(NotFound):
            mine.remove(added.id)

    def test_nobody_confirms_by_writing_the_row(self, work: UnitOfWork) -> None:
        ann = account(work)
        mine = UserToEmailService(World(work).acting_as(ann, Role.CUSTOMER))
        with pytest.raises(Forbidden):
            mine.create({"email": "fake@example.org", "is_verified": True})
        with pytest.raises(Forbidden):
            mine.update(mine.get_by_user(ann.id)[0].id, {"email": "fake@example.org"})
        with pytest.raises(Invalid, match="not an e-mail"):
            mine.add(ann.id, "fake")

    def test_somebody_elses_address_cannot_be_used(self, work: UnitOfWork) -> None:
        ann, bob = account(work), account(work)
        (bobs,) = UserToEmailService(work).get_by_user(bob.id)
        with pytest.raises(NotFound):
            UserService(work).use_email(ann.id, bobs.id)


def _histories(work: UnitOfWork) -> list[Any]:
    return list(work.session.scalars(select(EventHistoryRow.payload)))
