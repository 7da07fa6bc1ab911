"""Notifications: which events people were told of, and how. One row an event, so that each is told once."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import DateTime, Integer, String, Uuid, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from vectoricons.common.row import HasTimestamps, Table, one_of

LEASE = timedelta(minutes=3)  # longer than all of Slack's retries


class NotificationState(StrEnum):
    """``pending -> posting -> slack``, or ``email`` when Slack failed.

    ``unknown`` means that e-mail was sent and that Slack may have it as well.
    """

    PENDING = "pending"
    POSTING = "posting"
    SLACK = "slack"
    EMAIL = "email"
    UNKNOWN = "unknown"

    @property
    def is_settled(self) -> bool:
        """Whether people have been told."""
        return self not in {NotificationState.PENDING, NotificationState.POSTING}


class NotificationRow(Table, HasTimestamps):
    """Keyed by the event's own id."""

    __tablename__ = "notifications"
    __table_args__ = (one_of("state", NotificationState),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    event_name: Mapped[str] = mapped_column(String(128))
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    lease_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class BeingSent(Exception):
    """Another messenger is telling people of this event right now."""


class Notifications:
    """The state machine of each notice, as one transaction sees it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def begin(self, event_id: UUID, event_name: str) -> NotificationState:
        """The state so far. Unless that is settled, it becomes ``posting`` and is ours for a while.

        Raises ``BeingSent`` while it is somebody else's.
        """
        row = NotificationRow
        known = insert(row).values(id=event_id, event_name=event_name, state=NotificationState.PENDING)
        self._session.execute(known.on_conflict_do_nothing())
        free = (row.lease_until.is_(None)) | (row.lease_until < func.statement_timestamp())
        state, is_free = self._session.execute(
            select(row.state, free).where(row.id == event_id).with_for_update()
        ).one()
        before = NotificationState(state)
        if before.is_settled:
            return before
        if not is_free:
            raise BeingSent(f"Event {event_id} is being told by another messenger.")
        self._session.execute(
            update(row)
            .where(row.id == event_id)
            .values(
                state=NotificationState.POSTING,
                attempts=row.attempts + 1,
                lease_until=func.statement_timestamp() + LEASE,
            )
        )
        return before

    def settle(self, event_id: UUID, state: NotificationState) -> None:
        """End the attempt in *state*: told, or to be tried again from there."""
        row = NotificationRow
        self._session.execute(update(row).where(row.id == event_id).values(state=state, lease_until=None))
