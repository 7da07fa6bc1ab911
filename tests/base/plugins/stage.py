"""What plugins act on in tests: a host on a database, somebody the events are about, a board for Slack."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from tests.base.world import World
from vectoricons.common import ids
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.event_bus.envelope import Envelope
from vectoricons.common.plugins.host import Host
from vectoricons.common.plugins.listed import PLUGINS
from vectoricons.common.plugins.notifications import Channel
from vectoricons.coupon_codes import CouponCode, CouponCodeRepository
from vectoricons.email_histories.db import EmailHistory, EmailHistoryRepository
from vectoricons.options import OptionService
from vectoricons.users import User

SYSTEM = Actor.system("test")


class Board:
    """A Slack that remembers what was posted, and fails where it is told to."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, str]] = []
        self.error: Exception | None = None

    def post(self, envelope: Envelope, channel: Channel, message: str) -> None:
        if self.error:
            raise self.error
        self.posts.append((channel, message))


class Stage:
    """A host on a database, somebody the events are about, and what has become of it all."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.board = Board()
        self.host = Host(database, self.board, PLUGINS, SYSTEM)
        with database.unit_of_work(SYSTEM) as work:
            self.user: User = World(work).user(is_verified=False)

    def deliver(self, name: str, **data: Any) -> Envelope:
        envelope = letter(name, **data)
        self.host.handle(envelope)
        return envelope

    def letters(self) -> list[EmailHistory]:
        with self.database.unit_of_work(SYSTEM) as work:
            return EmailHistoryRepository(work.session).find_all({"user_id": self.user.id})

    def coupons(self) -> list[CouponCode]:
        with self.database.unit_of_work(SYSTEM) as work:
            return CouponCodeRepository(work.session).find_all({"user_id": self.user.id})

    def options(self) -> dict[str, str]:
        with self.database.unit_of_work(SYSTEM) as work:
            return OptionService(work).get_for("user", self.user.id)

    def told(self) -> list[tuple[str, str]]:
        """What people on duty will read, by what waits in the outbox."""
        asked = text("select data from event_outbox where name = 'notify-slack' order by id")
        with self.database.unit_of_work(SYSTEM) as work:
            return [(data["channel"], data["message"]) for data in work.session.scalars(asked)]


def letter(name: str, **data: Any) -> Envelope:
    return Envelope(id=ids.uuid7(), name=name, occurred_at=datetime.now(UTC), actor="system:test", data=data)
