"""The outbox: events leave in the transaction that made them true; the relay sends them on afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Index, Integer, String, Uuid, func, select, text, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from vectoricons.common.actor import Actor
from vectoricons.common.event_bus.envelope import Envelope
from vectoricons.common.events import Event
from vectoricons.common.row import HasTimestamps, Table


class EventOutboxRow(Table, HasTimestamps):
    """Events on their way out. ``dedupe_key`` is the promise that one of its kind is ever written."""

    __tablename__ = "event_outbox"
    __table_args__ = (
        Index("ix_event_outbox_unpublished", "id", postgresql_where=text("published_at is null")),
        Index("ix_event_outbox_published_at", "published_at"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    name: Mapped[str] = mapped_column(String(128))
    dedupe_key: Mapped[str | None] = mapped_column(String(128), unique=True)
    actor: Mapped[str] = mapped_column(String(128))
    trace_id: Mapped[str | None] = mapped_column(String(64))
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    occurred_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


def write(session: Session, actor: Actor, trace_id: str | None, events: Sequence[Event]) -> None:
    """Put *events* into the outbox; one whose key is there already is dropped."""
    rows = [
        {
            "id": event.id,
            "name": event.name,
            "dedupe_key": event.key,
            "actor": actor.name,
            "trace_id": trace_id,
            "data": event.jsonable(),
            "occurred_at": event.occurred_at,
        }
        for event in events
    ]
    if rows:
        # The rows are parameters: with them in the statement, it would be compiled anew for each.
        session.execute(insert(EventOutboxRow).on_conflict_do_nothing(index_elements=["dedupe_key"]), rows)


def claim(session: Session, limit: int) -> list[Envelope]:
    """The oldest *limit* unpublished events, locked until the transaction ends; other relays skip them."""
    oldest = (
        select(EventOutboxRow)
        .where(EventOutboxRow.published_at.is_(None))
        .order_by(EventOutboxRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [
        Envelope(
            id=row.id,
            name=row.name,
            occurred_at=row.occurred_at,
            actor=row.actor,
            trace_id=row.trace_id,
            data=row.data,
        )
        for row in session.scalars(oldest)
    ]


def count_unpublished(session: Session) -> int:
    """How many events have not left yet."""
    waiting = select(func.count()).select_from(EventOutboxRow).where(EventOutboxRow.published_at.is_(None))
    return session.scalar(waiting) or 0


def mark_published(session: Session, ids: Sequence[UUID]) -> None:
    """The events *ids* have left: they are not claimed again."""
    _touch(session, ids, published_at=func.statement_timestamp())


def mark_attempted(session: Session, ids: Sequence[UUID]) -> None:
    """Sending the events *ids* failed once more; they stay first in line."""
    _touch(session, ids)


def _touch(session: Session, ids: Sequence[UUID], **values: Any) -> None:
    session.execute(
        update(EventOutboxRow)
        .where(EventOutboxRow.id.in_(ids))
        .values(attempts=EventOutboxRow.attempts + 1, **values)
        .execution_options(synchronize_session=False)
    )
