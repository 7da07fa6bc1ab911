"""The postman, against moto's SES: what waits is sent once, with its token made on the way out."""

from __future__ import annotations

import re
import threading
from uuid import uuid4

import boto3
import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import Message, ses_backends
from sqlalchemy import text

from tests.base.world import World
from vectoricons.aws.ses import Ses
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.errors import Unavailable
from vectoricons.common.plugins import postman, templates
from vectoricons.common.plugins.postman import Link, Postman
from vectoricons.common.plugins.templates import ResetPassword, Template, VerifyEmail
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.email_histories.db import EmailHistory, EmailHistoryRepository, EmailStatus
from vectoricons.users import User, UserRepository

SYSTEM = Actor.system("test")
SITE = "https://icons.example"
SENDER = "icons@example.com"


def token(work: UnitOfWork, user_id: int, _address: str) -> str | None:
    """A token for who is not verified yet."""
    user = UserRepository(work.session).find_by_id(user_id)
    return None if user is None or user.is_verified else f"{user_id:064x}"


LINKS = {VerifyEmail: Link("verify-email", token), ResetPassword: Link("reset-password", token)}


class Away:
    """A mail service that does not answer."""

    def __init__(self) -> None:
        self.asked = 0

    def send(self, recipient: str, subject: str, text: str) -> str:
        self.asked += 1
        raise Unavailable("SES has not answered lately.")


class Office:
    """A postman with SES behind, and somebody to write to."""

    def __init__(self, database: Database) -> None:
        self.database = database
        ses = boto3.client("sesv2")
        ses.create_email_identity(EmailIdentity=SENDER)
        self.postman = Postman(database, Ses(ses, SENDER), SITE, SYSTEM, LINKS)
        with database.unit_of_work(SYSTEM) as work:
            work.session.execute(text("delete from email_histories"))
            self.user: User = World(work).user(is_verified=False)

    def queue(self, letter: Template, **changes: str) -> None:
        with self.database.unit_of_work(SYSTEM) as work:
            EmailHistoryRepository(work.session).queue(
                uuid4(),
                letter.template,
                to=changes.get("to", self.user.email),
                user_id=self.user.id,
                payload=letter.model_dump(mode="json"),
            )

    def letter(self) -> EmailHistory:
        with self.database.unit_of_work(SYSTEM) as work:
            (only,) = EmailHistoryRepository(work.session).find_all()
        return only

    def lease_ends(self) -> None:
        with self.database.unit_of_work(SYSTEM) as work:
            work.session.execute(text("update email_histories set lease_until = null"))


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


@pytest.fixture
def sent() -> list[Message]:
    """What SES has taken since the test began."""
    found = ses_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sent_messages
    found.clear()
    return found


def test_what_waits_is_sent_once(office: Office, sent: list[Message]) -> None:
    office.queue(templates.CreditsAdded(quantity=50))
    assert office.postman.run_once() == 1
    assert office.postman.run_once() == 0
    (mail,) = sent
    assert (mail.source, mail.subject) == (SENDER, "50 credits added")
    assert mail.destinations["ToAddresses"] == [office.user.email]
    assert mail.body.startswith(f"Hello {office.user.display_name},\n\n50 credits were added")
    letter = office.letter()
    assert (letter.status, letter.attempts, letter.message_id) == (EmailStatus.SENT, 1, mail.id)


def test_the_same_letter_of_the_same_event_waits_once(office: Office) -> None:
    event = uuid4()
    with office.database.unit_of_work(SYSTEM) as work:
        for _ in range(2):
            EmailHistoryRepository(work.session).queue(
                event, "user-sign-up", to=office.user.email, user_id=office.user.id, payload={}
            )
    assert office.postman.run_once() == 1


@pytest.mark.parametrize(
    ("letter", "page"),
    [(templates.VerifyEmail(), "verify-email"), (templates.ResetPassword(), "reset-password")],
)
def test_a_token_is_in_the_letter_and_nowhere_else(
    office: Office, sent: list[Message], letter: Template, page: str
) -> None:
    office.queue(letter)
    office.postman.run_once()
    made = re.search(rf"{SITE}/{page}#([0-9a-f]{{64}})", sent[0].body)
    assert made is not None
    assert f"the code is {made[1]}." in sent[0].body
    assert int(made[1], 16) == office.user.id
    with office.database.unit_of_work(SYSTEM) as work:
        stored = work.session.scalars(text("select row_to_json(letter)::text from email_histories letter"))
        assert all(made[1] not in row for row in stored)


def test_a_letter_nobody_needs_any_more_is_not_sent(office: Office, sent: list[Message]) -> None:
    office.queue(templates.VerifyEmail())
    with office.database.unit_of_work(SYSTEM) as work:
        UserRepository(work.session).update(office.user.id, {"is_verified": True})
    assert office.postman.run_once() == 0
    assert office.letter().status is EmailStatus.NEEDLESS
    assert sent == []


def test_a_letter_that_cannot_be_written_any_more_is_given_up(office: Office, sent: list[Message]) -> None:
    linkless = Postman(office.database, Ses(boto3.client("sesv2"), SENDER), SITE, SYSTEM, {})
    office.queue(templates.VerifyEmail())
    assert linkless.run_once() == 0
    letter = office.letter()
    assert letter.status is EmailStatus.FAILED
    assert letter.error == 'Nobody makes the link that the letter "verify-email" holds.'
    assert sent == []


def test_a_letter_to_somebody_who_is_gone_is_not_sent(office: Office, sent: list[Message]) -> None:
    office.queue(templates.UserSignUp())
    with office.database.unit_of_work(SYSTEM) as work:
        UserRepository(work.session).delete(office.user.id)
    office.postman.run_once()
    assert office.letter().status is EmailStatus.NEEDLESS
    assert sent == []


def test_a_refused_letter_is_not_tried_again(office: Office) -> None:
    stranger = Postman(
        office.database, Ses(boto3.client("sesv2"), "me@elsewhere.example"), SITE, SYSTEM, LINKS
    )
    office.queue(templates.UserSignUp())
    assert stranger.run_once() == 0
    letter = office.letter()
    assert letter.status is EmailStatus.FAILED
    assert "MessageRejected" in (letter.error or "")
    office.lease_ends()
    assert office.postman.run_once() == 0


def test_while_ses_is_away_letters_wait(office: Office, sent: list[Message]) -> None:
    away = Away()
    absent = Postman(office.database, away, SITE, SYSTEM, LINKS)
    office.queue(templates.UserSignUp())
    absent.run_once()
    absent.run_once()
    assert away.asked == 1, "not at once again"
    assert (office.letter().status, office.letter().error) == (
        EmailStatus.PENDING,
        "SES has not answered lately.",
    )
    office.lease_ends()
    assert office.postman.run_once() == 1
    assert (office.letter().status, office.letter().error) == (EmailStatus.SENT, None)


def test_a_letter_is_given_up_after_many_tries(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postman, "MOST_ATTEMPTS", 2)
    absent = Postman(office.database, Away(), SITE, SYSTEM, LINKS)
    office.queue(templates.UserSignUp())
    for status in (EmailStatus.PENDING, EmailStatus.FAILED):
        office.lease_ends()
        absent.run_once()
        assert office.letter().status is status


def test_two_postmen_never_send_the_same_letter(office: Office, sent: list[Message]) -> None:
    for number in range(6):
        office.queue(templates.CreditsAdded(quantity=number + 1))
    together = threading.Barrier(2)

    def go_round() -> None:
        together.wait(10)
        while office.postman.run_once():
            pass

    threads = [threading.Thread(target=go_round) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(mail.subject for mail in sent) == [f"{number + 1} credits added" for number in range(6)]


def test_a_postman_goes_round_until_asked_to_stop(office: Office, sent: list[Message]) -> None:
    office.queue(templates.UserSignUp())
    stop = threading.Event()
    with office.postman.beside(stop):
        while office.letter().status is not EmailStatus.SENT:
            pass
    assert stop.is_set()
    assert len(sent) == 1
