"""Events that are requests to tell somebody something, and the event of a process that began."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from vectoricons.common.entity import Json
from vectoricons.common.event_bus.payload import Payload


class Channel(StrEnum):
    """Where people on duty read."""

    GENERAL = "#general"
    SITE_ERRORS = "#site-errors"
    UPLOADS = "#uploads"
    TRANSACTIONS = "#transactions"
    CONTRIBUTORS = "#contributors"
    SIGNUPS = "#signups"


class SlackAsked(Payload, name="notify-slack"):
    """People on duty should read this."""

    channel: Channel
    message: str


class EmailAsked(Payload, name="notify-email"):
    """A person should get the letter *type*, filled with *data*."""

    type: str
    user_id: int
    data: Json = Field(default_factory=dict, validate_default=True)


class AppStarted(Payload, name="app.start"):
    """A process of ours began to work."""

    service: str


class AppFailed(Payload, name="app.error"):
    """A process of ours met an error that nobody awaited."""

    service: str
    reason: str
