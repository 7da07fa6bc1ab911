"""A plugin: a name, the event it hears of, and what it does about it, with what it has at hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from vectoricons.common.event_bus.envelope import Envelope
from vectoricons.common.plugins.notifications import Channel, SlackAsked
from vectoricons.common.plugins.templates import Template
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.email_histories.db import EmailHistoryRepository
from vectoricons.users import User, UserService


class Needs(BaseModel):
    """What a plugin needs of an event's data; whatever else is told there it passes over."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, validate_by_name=True)


class Slack(Protocol):
    """Whoever posts to Slack, once an event."""

    def post(self, envelope: Envelope, channel: Channel, message: str) -> None:
        """Have people read *message*, at most once for this event."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What a plugin has at hand: the transaction in which its effect becomes true, and the event."""

    plugin: str
    work: UnitOfWork
    envelope: Envelope
    slack: Slack

    def user(self, id: int) -> User:
        """The person. Raises NotFound."""
        return UserService(self.work).assert_exists(id)

    def write(self, letter: Template, to: User, *, at: str | None = None) -> None:
        """Have *letter* sent to a person, unless they are gone; *at* another address than the usual one."""
        if not to.is_deleted:
            EmailHistoryRepository(self.work.session).queue(
                self.envelope.id,
                letter.template,
                to=at or to.email,
                user_id=to.id,
                payload=letter.model_dump(mode="json"),
            )

    def tell(self, channel: Channel, message: str) -> None:
        """Have people on duty read *message*."""
        told = SlackAsked(channel=channel, message=message)
        self.work.emit(told.event(key=f"{self.plugin}:{self.envelope.id}"))


@dataclass(frozen=True, slots=True)
class Plugin:
    """What follows from the event *event*: *effect*, given what it *needs* of the event's data."""

    name: str
    event: str
    needs: type[BaseModel]
    effect: Callable[[Desk, Any], None]
