"""Events: what happened, to what, by whom. Kept as history, and sent to the world through the outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import BigInteger, DateTime, Index, String, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common import ids
from vectoricons.common.row import HasTimestamps, Row, one_of


class Phase(StrEnum):
    """Where in an operation an event stands."""

    BEFORE = "before"
    AFTER = "after"
    FAILED = "failed"


class Outcome(StrEnum):
    """How the operation an event tells of went."""

    SUCCESS = "SUCCESS"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened. *data* is JSON-ready once it is written; *key* makes it happen at most once.

    ``name`` is ``{entity}.{phase}.{op}``, e.g. ``upload-batch.after.publish``.
    """

    name: str
    data: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None
    id: UUID = field(default_factory=ids.uuid7)
    occurred_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @classmethod
    def of(
        cls, entity: str, phase: Phase, operation: str, data: Mapping[str, Any], *, key: str | None = None
    ) -> Event:
        """The event of *operation* on an *entity* kind."""
        return cls(name=f"{entity}.{phase}.{operation}", data=data, key=key)

    @property
    def parts(self) -> tuple[str, str, str]:
        """Entity kind, phase and operation."""
        entity, phase, operation = self.name.split(".", 2)
        return entity, phase, operation

    def jsonable(self) -> dict[str, Any]:
        """*data* in JSON's own types."""
        plain: dict[str, Any] = to_jsonable_python(dict(self.data), fallback=str)
        return plain


class EventHistoryRow(Row, HasTimestamps):
    """The audit trail. It stands here, beside the outbox, because every unit of work writes it."""

    __tablename__ = "event_histories"
    __table_args__ = (
        one_of("status", Outcome),
        Index("ix_event_histories_entity_id", "entity", "entity_id", "id"),
        Index("ix_event_histories_user_id", "user_id", "id"),
        Index("ix_event_histories_actor", "actor", "id"),
        Index("ix_event_histories_trace_id", "trace_id", "id", postgresql_where=text("trace_id is not null")),
    )

    event_id: Mapped[UUID] = mapped_column(Uuid, unique=True)
    name: Mapped[str] = mapped_column(String(128), index=True)
    entity: Mapped[str] = mapped_column(String(64))
    phase: Mapped[str] = mapped_column(String(16))
    operation: Mapped[str] = mapped_column(String(64))
    entity_id: Mapped[int | None] = mapped_column(BigInteger)
    actor: Mapped[str] = mapped_column(String(128))
    user_id: Mapped[int | None] = mapped_column(BigInteger)
    trace_id: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16))
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    occurred_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


def subject(ids_touched: Sequence[Any]) -> int | None:
    """The one row an event is about, when it is about one row with an integer key."""
    match list(ids_touched):
        case [int() as only]:
            return only
        case _:
            return None
