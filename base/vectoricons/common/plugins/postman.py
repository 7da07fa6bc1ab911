"""The postman: takes letters that wait to SES, at least once: a death in between sends one again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from threading import Event
from typing import Protocol

from vectoricons.aws.ses import is_refusal
from vectoricons.common import log
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.errors import Invalid, Unavailable
from vectoricons.common.plugins import templates
from vectoricons.common.plugins.templates import Template, Words
from vectoricons.common.rounds import rounds
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.email_histories.db import EmailHistory, EmailHistoryRepository, EmailStatus
from vectoricons.users import UserRepository

BATCH = 10
EVERY = 2.0  # seconds between looks
MOST_ATTEMPTS = 20  # with a look every lease, most of an hour

logger = log.get(__name__)


class Sender(Protocol):
    """Whoever takes mail: raises AwsFailed or Unavailable when it does not."""

    def send(self, recipient: str, subject: str, text: str) -> str:
        """Send it; returns the id it has there."""
        ...


@dataclass(frozen=True, slots=True)
class Link:
    """What a letter links to: a page, with a token for its recipient; None: there is no need any more."""

    page: str
    token: Callable[[UnitOfWork, int, str], str | None]


class Postman:
    """Sends what waits. *site* is the storefront's origin; *links* are those that letters of a kind hold."""

    def __init__(
        self,
        database: Database,
        sender: Sender,
        site: str,
        actor: Actor,
        links: Mapping[type[Template], Link],
    ) -> None:
        self._links = links
        self._database = database
        self._sender = sender
        self._site = site.rstrip("/")
        self._actor = actor

    def beside(self, stop: Event) -> AbstractContextManager[None]:
        """Go round for as long as the block runs; ends with *stop*."""
        return rounds("postman", lambda: self._send_all(stop), every=EVERY, stop=stop)

    def run_once(self) -> int:
        """Send some of what waits; returns how many letters went out."""
        with self._database.unit_of_work(self._actor) as work:
            letters = EmailHistoryRepository(work.session).claim(BATCH)
        return sum(self._deliver(letter) for letter in letters)

    def _send_all(self, stop: Event) -> None:
        while not stop.is_set() and self.run_once():
            pass

    def _deliver(self, letter: EmailHistory) -> bool:
        try:
            with self._database.unit_of_work(self._actor) as work:
                words = self._words(work, letter)
        except Invalid as refusal:  # a template that is gone, or takes other values by now
            self._settle(letter, EmailStatus.FAILED, error=refusal.detail)
            return False
        if words is None:
            self._settle(letter, EmailStatus.NEEDLESS)
            return False
        try:
            message_id = self._sender.send(letter.recipient, words.subject, words.text)
        except Unavailable as failure:
            for_good = is_refusal(failure) or letter.attempts >= MOST_ATTEMPTS
            self._settle(
                letter, EmailStatus.FAILED if for_good else EmailStatus.PENDING, error=failure.detail
            )
            return False
        self._settle(letter, EmailStatus.SENT, message_id=message_id)
        return True

    def _words(self, work: UnitOfWork, letter: EmailHistory) -> Words | None:
        """The letter as it is sent: its token is made now, and is nowhere else. None: nobody needs it."""
        template = templates.filled(letter.template, letter.payload)
        user = UserRepository(work.session).find_by_id(letter.user_id) if letter.user_id else None
        if user is None:
            return None
        link = self._links.get(type(template))
        if link is None and not template.has_link():
            return template.words(to=user.display_name, site=self._site)
        if link is None:
            raise Invalid(f'Nobody makes the link that the letter "{letter.template}" holds.')
        token = link.token(work, user.id, letter.recipient)
        if token is None:
            return None
        address = f"{self._site}/{link.page}#{token}"  # no server is sent what stands behind the "#"
        return template.words(to=user.display_name, site=self._site, link=address, code=token)

    def _settle(
        self,
        letter: EmailHistory,
        status: EmailStatus,
        *,
        message_id: str | None = None,
        error: str | None = None,
    ) -> None:
        with self._database.unit_of_work(self._actor) as work:
            EmailHistoryRepository(work.session).settle(letter.id, status, message_id=message_id, error=error)
        logger.info("letter-settled", letter=letter.id, template=letter.template, status=status.value)
