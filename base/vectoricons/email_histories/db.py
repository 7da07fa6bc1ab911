"""The storage of mail: each row is a letter, first to be sent, then what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.entity import Json, Timestamped
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasTimestamps, Row, one_of

LEASE = timedelta(minutes=2)  # longer than all of an SES call's retries


class EmailStatus(StrEnum):
    """``pending -> sent``, ``failed`` when trying again is of no use, ``needless`` when nobody needs it."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    NEEDLESS = "needless"


class EmailHistoryRow(Row, HasTimestamps):
    __tablename__ = "email_histories"
    __table_args__ = (
        one_of("status", EmailStatus),
        UniqueConstraint("event_id", "template", "recipient"),
        Index("ix_email_histories_pending", "id", postgresql_where=text("status = 'pending'")),
        Index("ix_email_histories_user_id", "user_id", "id"),
    )

    event_id: Mapped[UUID] = mapped_column(Uuid)
    template: Mapped[str] = mapped_column(String(64))
    recipient: Mapped[str] = mapped_column(String(255))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="set null"))
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    status: Mapped[str] = mapped_column(String(16), server_default="pending")
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    lease_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    message_id: Mapped[str | None] = mapped_column(String(128))
    error: Mapped[str | None] = mapped_column(Text)


class EmailHistory(Timestamped):
    """A letter: what it says (its template and what that was filled with), to whom, and how it went."""

    id: int
    event_id: UUID
    template: str
    recipient: str
    user_id: int | None
    payload: Json
    status: EmailStatus
    attempts: int
    message_id: str | None
    error: str | None


class EmailHistoryRepository(Repository[EmailHistoryRow, EmailHistory]):
    """Letters. An event has one letter of a template to an address, however often it is delivered."""

    unique_key = ("event_id", "template", "recipient")

    def queue(
        self, event_id: UUID, template: str, *, to: str, user_id: int | None, payload: Mapping[str, Any]
    ) -> None:
        """Have a letter sent, unless this event has sent it already."""
        letter = {
            "event_id": event_id,
            "template": template,
            "recipient": to,
            "user_id": user_id,
            "payload": payload,
        }
        self._session.execute(insert(EmailHistoryRow).values(letter).on_conflict_do_nothing())

    def claim(self, limit: int) -> list[EmailHistory]:
        """The oldest letters that nobody is sending, ours for a while. What another takes is skipped."""
        row = EmailHistoryRow
        free = or_(row.lease_until.is_(None), row.lease_until < func.statement_timestamp())
        waiting = (
            select(row.id).where(row.status == EmailStatus.PENDING, free).order_by(row.id)
            .limit(limit).with_for_update(skip_locked=True)
        )  # fmt: skip
        taken = (
            update(row)
            .where(row.id.in_(waiting.scalar_subquery()))
            .values(attempts=row.attempts + 1, lease_until=func.statement_timestamp() + LEASE)
            .returning(row)
        )
        return sorted(self._written(taken), key=lambda letter: letter.id)

    def settle(
        self, id: int, status: EmailStatus, *, message_id: str | None = None, error: str | None = None
    ) -> None:
        """End the attempt. A letter that is pending again is looked at when its lease has ended."""
        result = {"status": status, "message_id": message_id, "error": error}
        over = {} if status is EmailStatus.PENDING else {"lease_until": None}
        self.update(id, result | over)
